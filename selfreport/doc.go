// Package selfreport is what counties and the zone report of their own work on a
// schedule (Art. 14 of the Measures).
//
// An office asks others for figures and words, each month or quarter. When a
// period is over its reports are due, whoever looks first, or a tick, makes them,
// and each has its clock. Life of one: due → handed in → taken; returned, it is
// written anew, and what it said before is kept. What is being written is seen by
// its own office alone.
package selfreport
