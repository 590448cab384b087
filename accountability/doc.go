// Package accountability holds offices, and the people in them, to account
// (Art. 19–20 of the Measures).
//
// A measure: proposed → approved → served → adopted or not. What the office may
// decide, what it may only recommend and what it must refer are kept apart;
// measures against others that the Measures link to one are offered, never
// taken by themselves. What becomes of persons is never public by default.
package accountability
