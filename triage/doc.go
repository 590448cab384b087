// Package triage is what officers do: the queue, verification, answers, and
// the supervision items that come of complaints.
//
// Visibility is decided in one place (scope.go): an officer sees complaints on
// the desk of the own office and those below it, never one that accuses the
// own office or one above it, never one they stepped back from; whatever is not visible does not
// exist (store.ErrNotFound). Every change is guarded by state and version, and
// writes its event in the same commit.
package triage
