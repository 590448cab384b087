// Package world fills a portal with invented people, places and troubles: a
// small believable world to try the portal in (Build), or a large one to
// measure it with (Load).
//
// Nobody in it exists. Villages have block codes of 9xx, which real ones do not
// use, and telephone numbers end in zeros.
package world
