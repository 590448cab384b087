// Package bulletin holds what a supervision office issues about its work:
// circulars that praise or criticise (Art. 18 of the Measures), monthly and
// quarterly reports to those above (Art. 17).
package bulletin
