// Package step is what steps of every room have in common: they are taken on a
// thing that is still as the page showed it, in a state that lets them happen,
// by the right person, with a form that is filled in well.
package step
