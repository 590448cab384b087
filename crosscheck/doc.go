// Package crosscheck compares what was paid and listed with what is known of
// people: the dead, cadres and their families, owners of vehicles and houses,
// several households on one account, one person on two lists, paid but never
// listed, listed but never paid.
//
// It decides nothing: a hit says which rows and why, and a person looks.
package crosscheck
