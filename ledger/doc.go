// Package ledger is the record of what happened: append-only events, each
// written in the same commit as the change it tells of.
//
// An event carries ids, states, dates and reasons from lists; never a
// reporter's name, phone or words. Triggers in both databases refuse to change
// or delete one.
//
// Each event is committed to by a salted hash (Commit) that covers all of it and
// the commitment of the subject's event before it. A trigger puts the commitment
// into the queue of the public log in the same commit, and refuses an event that
// has none.
package ledger
