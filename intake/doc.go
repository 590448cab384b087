// Package intake is what reporters hand in and the conversation with them.
//
// A report is one message with one receipt; it holds one complaint, or several
// when an officer splits it. The receipt (18 random digits and two check
// digits) is made when the form is rendered and travels sealed inside it, so
// that however often the form arrives there is one report and one receipt,
// though the portal stores only a keyed hash of it.
//
// Guarantees: Submit returned nil means stored, with its event and its clocks,
// in one commit. Words and names are stored sealed. Nothing here can be
// deleted.
package intake
