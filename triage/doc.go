// Package triage is what officers do with complaints: the queue, verification,
// answers.
//
// Visibility is decided in one place (scope.go): an officer sees complaints on
// the desk of the own office and those below it, never one that accuses the
// own office or one above it, never one they stepped back from; whatever is not
// visible does not exist (store.ErrNotFound). Every change is guarded by state
// and version, and writes its event in the same commit.
//
// What comes of complaints, such as supervision items, is kept by rooms above.
// They ask here which cases an officer may see (CaseIn, Among, Hides), count a
// case on (Convert, Join), and have their words checked against those of the
// reporters (SecretsOf).
package triage
