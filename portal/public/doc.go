// Package public is the face that villagers see: complete without JavaScript,
// light, without cookies.
package public
