// Package watch is what happens when time passes: reminders, colours, what goes
// up to the office above, dates that move with the calendar.
//
// One replica at a time sweeps; when it dies any other takes over within two
// intervals. Every step is an event and happens exactly once, whatever crashes,
// because the step and its mark are one commit. People are only disturbed in
// office hours.
package watch
