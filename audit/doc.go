// Package audit is the audits of who looked at a case, because its reporter was
// punished for it.
//
// A report of retaliation that names an earlier one begins an audit of that one
// by itself (intake ties the two in the commit of the report). The audit is read
// where no audited office can: by an office that stands above every desk, and
// never by one that either report is about. It lists what triage recorded when it
// showed something of the earlier case, and the record's own entries of opened
// evidence, opened names and refused attempts; it marks what is out of the way. A
// person says what they found (End), and never one who is in the list.
package audit
