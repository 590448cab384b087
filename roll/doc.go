// Package roll keeps the tables that notices show: households, payments, the
// outcome of an allocation, projects.
//
// A roll has versions; nothing is overwritten, so any two can be compared. A row
// keeps its key through all of them. While an objection is open its row is
// frozen, and the roll moves to no further round by any way.
package roll
