// Package household keeps what was recorded as paid to households.
//
// Who they are is stored as keyed hashes, so that a household finds its own
// records and nobody can list anybody's; the name that staff need for checking
// is sealed.
package household
