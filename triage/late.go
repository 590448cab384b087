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
func (q *Queue) late(due *workday.Date, today workday.Date) int {
	if due == nil {
		return 0
	}
	n := 0
	for d := due.Add(1); d <= today; d = d.Add(1) {
		if works, _ := q.calendar.IsWorkday(d); works {
			n++
		}
	}
	return n
}
