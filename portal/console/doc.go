// Package console is the face that staff see.
package console
