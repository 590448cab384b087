// Package inspection is how an office looks for itself: the plan of a year, the
// visits, what was asked for, said and found.
//
// An inspection: planned → under way → views exchanged → findings issued →
// closed. What is found is not issued before the views were exchanged with the
// head of the inspected office (Art. 16 of the Measures), and that office's
// opinion stands beside each finding for good.
package inspection
