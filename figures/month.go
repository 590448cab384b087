package figures

import (
	"fmt"
	"regexp"
	"time"

	"minsheng/internal/workday"
)

// Month is a calendar month in Shanghai, "2006-01". Months compare as strings.
// The zero value is no month.
type Month string

const monthLayout = "2006-01"

// MonthOf is the month in which a day lies.
func MonthOf(d workday.Date) Month {
	if len(d) < len(monthLayout) {
		return ""
	}
	return Month(d[:len(monthLayout)])
}

// ParseMonth accepts only real months written as 2006-01.
func ParseMonth(text string) (Month, bool) {
	t, err := time.Parse(monthLayout, text)
	return Month(text), err == nil && t.Format(monthLayout) == text && t.Year() >= 2000
}

// First is the first day of the month.
func (m Month) First() workday.Date { return workday.Date(string(m) + "-01") }

// Last is the last day of the month.
func (m Month) Last() workday.Date { return m.Add(1).First().Add(-1) }

// Add is the month n months later.
func (m Month) Add(n int) Month {
	return Month(m.First().Time().AddDate(0, n, 0).Format(monthLayout))
}

// Year is the calendar year.
func (m Month) Year() int { return m.First().Year() }

// Number is the number of the month within its year, 1 to 12.
func (m Month) Number() int { return int(m.First().Time().Month()) }

// from and to bound the month's instants: from is in it, to is not.
func (m Month) from() time.Time { return m.First().Time().UTC() }
func (m Month) to() time.Time   { return m.Add(1).First().Time().UTC() }

// Period is a stretch of months, both ends counted.
type Period struct{ First, Last Month }

// mostMonths bounds what a wrong date can make anybody count.
const mostMonths = 600

// Months lists the months of the period, at most 600.
func (p Period) Months() (all []Month) {
	for m := p.First; m <= p.Last && len(all) < mostMonths; m = m.Add(1) {
		all = append(all, m)
	}
	return all
}

// String writes the period as it stands in an address: 2026-05, or
// 2025-06..2026-05.
func (p Period) String() string {
	if p.First == p.Last {
		return string(p.First)
	}
	return string(p.First) + ".." + string(p.Last)
}

// LastYear is the twelve months that end with the month of a day.
func LastYear(today workday.Date) Period {
	m := MonthOf(today)
	return Period{m.Add(-11), m}
}

// Year is the twelve months of a calendar year.
func Year(n int) Period {
	return Period{Month(fmt.Sprintf("%04d-01", n)), Month(fmt.Sprintf("%04d-12", n))}
}

// Quarter is a quarter of a year, "2026Q2". Quarters compare as strings.
type Quarter string

var quarterText = regexp.MustCompile(`^20[0-9]{2}Q[1-4]$`)

// QuarterOf is the quarter in which a month lies.
func QuarterOf(m Month) Quarter {
	return Quarter(fmt.Sprintf("%04dQ%d", m.Year(), (m.Number()+2)/3))
}

// ParseQuarter accepts only quarters written as 2026Q2.
func ParseQuarter(text string) (Quarter, bool) {
	return Quarter(text), quarterText.MatchString(text)
}

// Period is the quarter's three months.
func (q Quarter) Period() Period {
	year, n := string(q[:4]), int(q[5]-'0')
	last := Month(fmt.Sprintf("%s-%02d", year, 3*n))
	return Period{last.Add(-2), last}
}

// Add is the quarter n quarters later.
func (q Quarter) Add(n int) Quarter { return QuarterOf(q.Period().First.Add(3 * n)) }
