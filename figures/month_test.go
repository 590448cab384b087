package figures

import (
	"testing"
	"time"

	"minsheng/internal/workday"
)

func TestMonthsAreThoseOfShanghai(t *testing.T) {
	for _, test := range []struct {
		at    time.Time
		month Month
		first workday.Date
		last  workday.Date
	}{
		{time.Date(2026, 2, 28, 15, 59, 59, 0, time.UTC), "2026-02", "2026-02-01", "2026-02-28"},
		{time.Date(2026, 2, 28, 16, 0, 0, 0, time.UTC), "2026-03", "2026-03-01", "2026-03-31"},
		{time.Date(2027, 12, 31, 16, 0, 0, 0, time.UTC), "2028-01", "2028-01-01", "2028-01-31"},
		{time.Date(2028, 2, 10, 0, 0, 0, 0, time.UTC), "2028-02", "2028-02-01", "2028-02-29"},
	} {
		m := MonthOf(workday.On(test.at))
		if m != test.month || m.First() != test.first || m.Last() != test.last {
			t.Errorf("%s: %s from %s to %s", test.at, m, m.First(), m.Last())
		}
		if test.at.Before(m.from()) || !test.at.Before(m.to()) || m.to() != m.Add(1).from() {
			t.Errorf("%s lies from %s to %s", test.at, m.from(), m.to())
		}
	}
	if MonthOf("") != "" {
		t.Error("no day has a month")
	}
}

func TestPeriodsAndQuarters(t *testing.T) {
	year := LastYear("2026-03-02")
	if year.String() != "2025-04..2026-03" || len(year.Months()) != 12 {
		t.Errorf("the last year is %s", year)
	}
	if got := Year(2026).String(); got != "2026-01..2026-12" {
		t.Error(got)
	}
	for m, want := range map[Month]Quarter{"2026-01": "2026Q1", "2026-03": "2026Q1", "2026-04": "2026Q2", "2026-12": "2026Q4"} {
		q := QuarterOf(m)
		if p := q.Period(); q != want || m < p.First || m > p.Last || len(p.Months()) != 3 {
			t.Errorf("%s lies in %s: %s", m, q, q.Period())
		}
	}
	if q := Quarter("2026Q4").Add(1); q != "2027Q1" || q.Add(-4) != "2026Q1" {
		t.Errorf("the next is %s", q)
	}
	if p := (Period{"2026-05", "2026-05"}); p.String() != "2026-05" {
		t.Error(p)
	}
	if endless := (Period{"2000-01", "2999-12"}); len(endless.Months()) != mostMonths {
		t.Errorf("%d months", len(endless.Months()))
	}
	for text, ok := range map[string]bool{"2026-05": true, "2026-5": false, "2026-13": false, "1999-12": false, "": false, "2026-05-01": false, "2026-05 ": false} {
		if _, is := ParseMonth(text); is != ok {
			t.Errorf("%q is a month: %v", text, is)
		}
	}
	for text, ok := range map[string]bool{"2026Q1": true, "2026Q4": true, "2026Q5": false, "2026Q0": false, "2026q1": false, "26Q1": false, "": false, "2026Q11": false} {
		if _, is := ParseQuarter(text); is != ok {
			t.Errorf("%q is a quarter: %v", text, is)
		}
	}
}
