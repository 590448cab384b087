package selfreport

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"minsheng/internal/workday"
)

// Every is how often something is reported; catalog key selfreport.every.<code>.
type Every string

// How often.
const (
	Month   Every = "month"
	Quarter Every = "quarter"
)

// Rhythms lists how often something can be reported.
func Rhythms() []Every { return []Every{Month, Quarter} }

// Period is a month (2026-03) or a quarter (2026-Q1). Periods of one rhythm sort
// as texts.
type Period string

var periodForm = regexp.MustCompile(`^(20\d\d)-(0[1-9]|1[0-2]|Q[1-4])$`)

// Valid reports whether text is a period of a rhythm.
func (e Every) Valid(p Period) bool {
	m := periodForm.FindStringSubmatch(string(p))
	return m != nil && (m[2][0] == 'Q') == (e == Quarter)
}

// Of is the period in which a day lies.
func (e Every) Of(day workday.Date) Period {
	year, month := day.Year(), int(day.Time().Month())
	if e == Quarter {
		return Period(fmt.Sprintf("%d-Q%d", year, (month+2)/3))
	}
	return Period(fmt.Sprintf("%d-%02d", year, month))
}

// parts are the year and the first month of a valid period, and how many months
// it has.
func (p Period) parts() (year, month, months int) {
	year, _ = strconv.Atoi(string(p[:4]))
	if p[5] == 'Q' {
		return year, int(p[6]-'1')*3 + 1, 3
	}
	month, _ = strconv.Atoi(string(p[5:]))
	return year, month, 1
}

func (p Period) every() Every {
	if p[5] == 'Q' {
		return Quarter
	}
	return Month
}

// First is the first day of a valid period.
func (p Period) First() workday.Date {
	year, month, _ := p.parts()
	return dayOf(year, month)
}

// Last is its last day.
func (p Period) Last() workday.Date {
	year, month, months := p.parts()
	return dayOf(year, month+months).Add(-1)
}

// Next is the period after a valid one.
func (p Period) Next() Period { return p.every().Of(p.Last().Add(1)) }

// Before is the period before a valid one.
func (p Period) Before() Period { return p.every().Of(p.First().Add(-1)) }

func dayOf(year, month int) workday.Date {
	return workday.On(time.Date(year, time.Month(month), 1, 0, 0, 0, 0, workday.Shanghai))
}

// over is the last period of a rhythm that is over on a day.
func (e Every) over(today workday.Date) Period { return e.Of(today).Before() }

// owed lists the periods that are over on a day and whose reports are not there
// yet: from the first on, after those made already.
func owed(first, made Period, today workday.Date) (periods []Period) {
	next := first
	if made >= next {
		next = made.Next()
	}
	for last := first.every().over(today); next <= last; next = next.Next() {
		periods = append(periods, next)
	}
	return periods
}

// Chinese is what people call a valid period: 2026年3月, 2026年第1季度.
func (p Period) Chinese() string {
	year, rest, _ := strings.Cut(string(p), "-")
	if n, quarter := strings.CutPrefix(rest, "Q"); quarter {
		return year + "年第" + n + "季度"
	}
	return year + "年" + strings.TrimPrefix(rest, "0") + "月"
}
