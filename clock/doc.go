// Package clock counts what is owed and until when.
//
// A rule says how long something may take, from which event, on which legal
// basis and since when; a deadline is one such limit running for one subject,
// with the rule, the calendar and the pauses it was counted on, so that "why
// this date?" has an answer. What the law or the calendar changes later moves
// it (Recount); a date that a reporter was told never moves to an earlier day.
//
// The life of a deadline: Start → (Pause, Resume, Extend, Recount) → Meet. A
// clock that starts again begins a new round; nothing is overwritten but the
// last day of the running one, and each such move is an event.
package clock
