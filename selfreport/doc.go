// Package selfreport is what counties and the zone report of their own work on a
// schedule (Art. 14 of the Measures).
package selfreport
