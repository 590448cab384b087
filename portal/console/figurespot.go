package console

import (
	"net/url"
	"slices"
	"strconv"

	"github.com/google/uuid"

	"minsheng/figures"
	"minsheng/internal/store"
)

// spot is what the address of the dashboard asks for.
type spot struct {
	period figures.Period
	chosen string // the period as it stands in the address
	office uuid.UUID
	place  string
	shade  string
}

func (v *visit) spot() (spot, error) {
	today := v.day()
	s := spot{period: figures.LastYear(today), chosen: v.c.Query("period"), place: v.c.Query("place"), shade: v.known1("map", shades)}
	if text := v.c.Query("office"); text != "" {
		if s.office = named(text); s.office == uuid.Nil {
			return s, store.ErrNotFound
		}
	}
	period, is := periodOf(s.chosen)
	if !is {
		s.chosen = ""
		return s, nil
	}
	s.period = period
	return s, nil
}

// periodOf reads a period of the address: a year, a quarter, a month.
func periodOf(text string) (figures.Period, bool) {
	if q, is := figures.ParseQuarter(text); is {
		return q.Period(), true
	}
	if m, is := figures.ParseMonth(text); is {
		return figures.Period{First: m, Last: m}, true
	}
	year, err := strconv.Atoi(text)
	return figures.Year(year), err == nil && year >= 2000 && year < 3000 && len(text) == 4
}

// address is the dashboard with something else asked for.
func (s spot) address(change func(*spot)) string {
	change(&s)
	q := url.Values{}
	for name, value := range map[string]string{"period": s.chosen, "place": s.place, "map": s.shade} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if s.office != uuid.Nil {
		q.Set("office", s.office.String())
	}
	if len(q) == 0 {
		return figuresPath
	}
	return figuresPath + "?" + q.Encode()
}

// periods are the periods to choose from.
func (v *visit) periods(s spot) []lens {
	today := v.day()
	quarter := figures.QuarterOf(figures.MonthOf(today))
	var out []lens
	for _, text := range []string{"", strconv.Itoa(today.Year()), strconv.Itoa(today.Year() - 1), string(quarter), string(quarter.Add(-1))} {
		out = append(out, lens{Key: v.periodLabel(text), Href: s.address(func(s *spot) { s.chosen = text }), On: text == s.chosen})
	}
	if !slices.ContainsFunc(out, func(l lens) bool { return l.On }) {
		out = append(out, lens{Key: v.periodLabel(s.chosen), Href: s.address(func(*spot) {}), On: true})
	}
	return out
}

func (v *visit) periodLabel(text string) string {
	if q, is := figures.ParseQuarter(text); is {
		return v.t("figures.quarter", "year", string(q[:4]), "n", string(q[5:]))
	}
	if m, is := figures.ParseMonth(text); is {
		return v.monthLabel(m)
	}
	if text == "" {
		return v.t("figures.last_year")
	}
	return v.t("figures.year", "year", text)
}
