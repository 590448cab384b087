// Package bulletin holds what a supervision office tells of its work: circulars
// that praise or criticise (Art. 18 of the Measures), monthly and quarterly
// reports to those above (Art. 17).
//
// A circular is drafted by one person, issued by another, and read by the offices
// that it goes to; criticised ones answer by a last day. A public one is handed
// to whoever publishes. A report is composed of numbers, which nobody types, and
// of words; issued, both stay as they were.
package bulletin
