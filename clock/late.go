package clock

import (
	"sync"

	"minsheng/internal/workday"
)

// Late counts the working days from the day after due to today: 0 while nothing
// is due or nothing is late yet.
func (b *Book) Late(due *workday.Date, today workday.Date) int {
	if due == nil || *due >= today {
		return 0
	}
	return b.overdue.since(*due, today, b.calendar)
}

// lateness remembers, for one day, how many working days lie behind it: a page
// of cases that are years overdue would otherwise look at every day of those
// years for every row.
type lateness struct {
	mu     sync.Mutex
	today  workday.Date
	pages  string               // version of the calendar
	back   workday.Date         // how far it has been counted
	behind map[workday.Date]int // working days after that day, up to today
}

func (l *lateness) since(due, today workday.Date, c *workday.Calendar) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.today != today || l.pages != c.Version() {
		l.today, l.pages, l.back, l.behind = today, c.Version(), today, map[workday.Date]int{today: 0}
	}
	for l.back > due {
		n := l.behind[l.back]
		if works, _ := c.IsWorkday(l.back); works {
			n++
		}
		l.back = l.back.Add(-1)
		l.behind[l.back] = n
	}
	return l.behind[due]
}
