package selfreport

import (
	"slices"
	"testing"

	"minsheng/internal/workday"
)

func TestPeriods(t *testing.T) {
	for _, c := range []struct {
		every       Every
		day         workday.Date
		period      Period
		first, last workday.Date
		next, over  Period
	}{
		{Month, "2026-03-02", "2026-03", "2026-03-01", "2026-03-31", "2026-04", "2026-02"},
		{Month, "2026-12-31", "2026-12", "2026-12-01", "2026-12-31", "2027-01", "2026-11"},
		{Month, "2026-01-01", "2026-01", "2026-01-01", "2026-01-31", "2026-02", "2025-12"},
		{Month, "2028-02-29", "2028-02", "2028-02-01", "2028-02-29", "2028-03", "2028-01"},
		{Quarter, "2026-03-31", "2026-Q1", "2026-01-01", "2026-03-31", "2026-Q2", "2025-Q4"},
		{Quarter, "2026-04-01", "2026-Q2", "2026-04-01", "2026-06-30", "2026-Q3", "2026-Q1"},
		{Quarter, "2026-12-31", "2026-Q4", "2026-10-01", "2026-12-31", "2027-Q1", "2026-Q3"},
	} {
		p := c.every.Of(c.day)
		if p != c.period || p.First() != c.first || p.Last() != c.last || p.Next() != c.next || c.every.over(c.day) != c.over || !c.every.Valid(p) {
			t.Errorf("%s %s: %s, %s to %s, then %s, after %s", c.every, c.day, p, p.First(), p.Last(), p.Next(), c.every.over(c.day))
		}
	}
	for text, every := range map[Period]Every{"": Month, "2026-13": Month, "2026-00": Month, "2026-Q5": Quarter, "2026-Q1": Month, "2026-01": Quarter, "1999-01": Month, "2026-1": Month, "2026-01 ": Month, "2026-01-01": Month} {
		if every.Valid(text) {
			t.Errorf("%q is taken for a %s", text, every)
		}
	}
}

func TestPeriodsInWords(t *testing.T) {
	for p, want := range map[Period]string{"2026-03": "2026年3月", "2026-12": "2026年12月", "2026-Q1": "2026年第1季度"} {
		if got := p.Chinese(); got != want {
			t.Errorf("%s is called %s", p, got)
		}
	}
}

func TestWhatIsOwed(t *testing.T) {
	for _, c := range []struct {
		first, made Period
		today       workday.Date
		want        []Period
	}{
		{"2026-03", "", "2026-03-31", nil}, // it is not over
		{"2026-03", "", "2026-04-01", []Period{"2026-03"}},
		{"2026-03", "2026-03", "2026-04-30", nil}, // they are there
		{"2026-03", "2026-03", "2026-05-01", []Period{"2026-04"}},
		{"2025-11", "", "2026-02-01", []Period{"2025-11", "2025-12", "2026-01"}}, // nobody looked for months
		{"2026-Q1", "", "2026-03-31", nil},
		{"2026-Q1", "", "2026-07-01", []Period{"2026-Q1", "2026-Q2"}},
		{"2026-Q4", "2026-Q4", "2027-04-01", []Period{"2027-Q1"}},
		{"2027-01", "", "2026-04-01", nil}, // it begins later
	} {
		if got := owed(c.first, c.made, c.today); !slices.Equal(got, c.want) {
			t.Errorf("from %s, made %q, on %s: %v, want %v", c.first, c.made, c.today, got, c.want)
		}
	}
}
