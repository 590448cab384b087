// Package objection is what people say against a published list.
//
// An objection has a receipt, evidence and tracking like a report. It freezes
// the row it is about until two people have looked and a ruling stands that a
// second person approved. The office that published the list never reads it.
package objection
