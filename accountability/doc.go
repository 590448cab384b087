// Package accountability holds offices, and the people in them, to account
// (Art. 19–20 of the Measures).
//
// A measure: proposed → approved by somebody else → served → adopted or not; what
// was decided can be appealed against and lifted. What the office may decide, what
// it may only recommend and what it must refer are kept apart, in code, in the
// schema and on paper. Further targets that Art. 20(3) links to a measure are
// offered, never taken by themselves.
//
// Names and posts of people are sealed at rest, and stand in no event, log, public
// page or export.
package accountability
