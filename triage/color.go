package triage

import "minsheng/internal/workday"

// Colours of the clock (DOMAIN §3.5): yellow from one working day overdue, red
// from five.
const (
	NotLate = "none"
	Yellow  = "yellow"
	Red     = "red"
)

// ColorOf is the colour of something that many working days overdue.
func ColorOf(late int) string {
	switch {
	case late >= 5:
		return Red
	case late >= 1:
		return Yellow
	}
	return NotLate
}

// late counts the working days from the day after due to today.
func (q *Queue) late(due *workday.Date, today workday.Date) int { return q.clocks.Late(due, today) }
