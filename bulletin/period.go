package bulletin

import (
	"fmt"
	"strconv"

	"minsheng/figures"
	"minsheng/internal/workday"
)

// Every is how often an office reports upwards; catalog key bulletin.every.<code>.
type Every string

// How often.
const (
	Month   Every = "month"
	Quarter Every = "quarter"
)

// Rhythms lists both.
func Rhythms() []Every { return []Every{Month, Quarter} }

// rule is the time rule of a rhythm.
func (e Every) rule() string {
	if e == Quarter {
		return "bulletin.quarterly"
	}
	return "bulletin.monthly"
}

// Period is a month (2026-03) or a quarter (2026Q1), as figures write them.
// Periods of one rhythm sort as texts.
type Period string

// Of is the period of a rhythm in which a day lies.
func (e Every) Of(day workday.Date) Period {
	m := figures.MonthOf(day)
	if e == Quarter {
		return Period(figures.QuarterOf(m))
	}
	return Period(m)
}

// Valid reports whether a text is a period of a rhythm.
func (e Every) Valid(p Period) bool {
	if e == Quarter {
		_, ok := figures.ParseQuarter(string(p))
		return ok
	}
	_, ok := figures.ParseMonth(string(p))
	return ok && e == Month
}

// Every is the rhythm of a valid period.
func (p Period) Every() Every {
	if _, ok := figures.ParseQuarter(string(p)); ok {
		return Quarter
	}
	return Month
}

// Span is the months of a valid period.
func (p Period) Span() figures.Period {
	if q, ok := figures.ParseQuarter(string(p)); ok {
		return q.Period()
	}
	return figures.Period{First: figures.Month(p), Last: figures.Month(p)}
}

// First is the first day of a valid period, Last the last.
func (p Period) First() workday.Date { return p.Span().First.First() }

// Last is the last day of a valid period.
func (p Period) Last() workday.Date { return p.Span().Last.Last() }

// Next is the period after a valid one.
func (p Period) Next() Period { return p.Every().Of(p.Last().Add(1)) }

// Before is the period before a valid one.
func (p Period) Before() Period { return p.Every().Of(p.First().Add(-1)) }

// YearBefore is the same period a year earlier.
func (p Period) YearBefore() Period { return p.Every().Of(p.Span().First.Add(-12).First()) }

// Chinese is what papers call a valid period: 2026年3月, 2026年第1季度.
func (p Period) Chinese() string {
	if p.Every() == Quarter {
		return string(p[:4]) + "年第" + string(p[5]) + "季度"
	}
	return fmt.Sprintf("%s年%d月", p[:4], p.month())
}

func (p Period) month() int {
	n, _ := strconv.Atoi(string(p[5:]))
	return n
}

// owed lists the periods that are over on a day and have no report yet: from the
// first on, after those made already.
func owed(first, made Period, today workday.Date) (all []Period) {
	next := first
	if made >= next {
		next = made.Next()
	}
	for last := first.Every().Of(today).Before(); next <= last; next = next.Next() {
		all = append(all, next)
	}
	return all
}
