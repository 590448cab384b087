// Package public is the face that villagers see.
//
// Every page is complete without scripts, weighs less than 100 KB on a first
// visit with everything it loads, and sets no cookie. Language and size of type
// travel in addresses. What must not stand in an address (the receipt, the
// token of a tracking page) is posted, and the answer is the page itself:
// loading it again posts the same form, which has the same receipt.
//
// Nothing typed is lost. A mistake, a puzzle read wrongly, an old form, too
// many senders, a database that is away: each gives the form back with every
// word and every file that had arrived.
//
// People in lists are shown masked, and pages are made of values that have no
// place for more: a whole name, a villagers' group, a cause. Their tables cannot
// be taken along, search engines are told to leave them out, and at midnight in
// Shanghai after their last day they are gone.
//
// Pages that are the same for everybody are rendered and packed once, found
// again by their address, and dropped when a notice changed, at midnight, or
// after a minute. The form of a report is kept the same way, with
// holes for what is one visitor's own.
package public
