// Package ledger is the record of what happened: append-only events, each
// written in the same commit as the change it tells of.
//
// An event carries ids, states, dates and reasons from lists; never a
// reporter's name, phone or words. Triggers in both databases refuse to change
// or delete one.
package ledger
