package console

import (
	"strings"

	"minsheng/figures"
	"minsheng/internal/workday"
	"minsheng/portal/view"
)

// readSpan reads a stretch of days as it stands in an address: a month
// (2026-05), a day (2026-05-12), or two of the same joined by two dots.
func readSpan(text string) (workday.Span, bool) {
	from, to, joined := strings.Cut(text, "..")
	if !joined {
		to = from
	}
	first, ok := firstOf(from)
	if !ok {
		return workday.Span{}, false
	}
	last, ok := lastOf(to)
	return workday.Span{First: first, Last: last}, ok && first <= last
}

func firstOf(text string) (workday.Date, bool) {
	if m, is := figures.ParseMonth(text); is {
		return m.First(), true
	}
	d, err := workday.Parse(text)
	return d, err == nil
}

func lastOf(text string) (workday.Date, bool) {
	if m, is := figures.ParseMonth(text); is {
		return m.Last(), true
	}
	d, err := workday.Parse(text)
	return d, err == nil
}

// spanLabel says a stretch of days in words; as it is when it is none.
func (v *visit) spanLabel(text string) string {
	from, to, joined := strings.Cut(text, "..")
	if !joined || from == to {
		return v.spanEnd(from)
	}
	return v.t("figures.span", "from", v.spanEnd(from), "to", v.spanEnd(to))
}

func (v *visit) spanEnd(text string) string {
	if m, is := figures.ParseMonth(text); is {
		return v.monthLabel(m)
	}
	if d, err := workday.Parse(text); err == nil {
		return view.Day(v.lang, d)
	}
	return text
}

// monthLabel is a month in words.
func (v *visit) monthLabel(m figures.Month) string {
	return v.t("figures.month", "year", m.Year(), "month", m.Number())
}

// monthOptions offers the last two years, and what is chosen.
func (v *visit) monthOptions(chosen string) []Option {
	var out []Option
	found := chosen == ""
	for n := range 24 {
		m := figures.MonthOf(v.day()).Add(-n)
		out = append(out, Option{Value: string(m), Label: v.monthLabel(m)})
		found = found || string(m) == chosen
	}
	if _, is := readSpan(chosen); !found && is {
		out = append([]Option{{Value: chosen, Label: v.spanLabel(chosen)}}, out...)
	}
	return out
}
