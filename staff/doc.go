// Package staff is the people who work with the portal: their accounts, what
// each may do, and where they are signed in.
//
// What may be done is decided from role and office in one table (may.go).
// Sessions live in SQL and end on any change of password, role or account.
// Nobody is locked out by somebody else's wrong guesses.
//
// A sign-in: SignIn (password) → Code, or StartEnrolment and FinishEnrolment
// the first time → a full session of at most ten hours. The first
// administrator is made by Bootstrap from the command line; after that
// administrators make accounts for their own office and below.
package staff
