// Package docket keeps supervision items: what an office under command has to do,
// and by when.
//
// An item comes of complaints, of a leader's instruction, of an inspection, or of
// whatever else origin.go lists. Its life: docketed → issued → acknowledged → in
// progress → reported → reviewed → struck off; branches are disputes,
// extensions, returns, suspensions and cancelling. Handling units see the item
// and nothing of the complaints behind it.
package docket
