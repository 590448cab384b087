package view

import (
	"fmt"

	"minsheng/internal/workday"
	"minsheng/portal/locale"
)

// YearMonth is one month of the calendar of a year.
type YearMonth struct {
	Title string
	Weeks [][7]YearDay
}

// YearDay is one day of it; the zero YearDay is an empty corner.
type YearDay struct {
	N        int
	Class    string // holiday: off by notice; off: a weekend; work: one that is worked; else ""
	Presumed bool   // the days off of the year are not announced
	Says     string // what it is, and who says so: of days that differ from a plain week
}

// Year draws the twelve months of a year as they are worked.
func (r *Renderer) Year(lang locale.Lang, year int, c *workday.Calendar) (months []YearMonth) {
	first := workday.Date(fmt.Sprintf("%04d-01-01", year))
	for on := first; on.Year() == year; on = on.Add(1) {
		at := on.Time()
		if at.Day() == 1 {
			sheet := r.sheet(lang, r.Text(lang, "why.month", "year", year, "month", int(at.Month())), on)
			months = append(months, YearMonth{Title: sheet.Title, Weeks: make([][7]YearDay, len(sheet.Weeks))})
		}
		weeks := months[len(months)-1].Weeks
		slot := slotOf(at)
		weeks[slot/7][slot%7] = r.yearDay(lang, on, c)
	}
	return months
}

func (r *Renderer) yearDay(lang locale.Lang, on workday.Date, c *workday.Calendar) YearDay {
	works, presumed := c.IsWorkday(on)
	day, listed := c.Day(on)
	d := YearDay{N: on.Time().Day(), Presumed: presumed}
	switch {
	case listed && works:
		d.Class = "work"
	case listed:
		d.Class = "holiday"
	case !works:
		d.Class = "off"
	}
	if listed {
		d.Says = r.Text(lang, "calendar.day."+d.Class, "name", day.Name, "source", day.Source)
	} else if !works && presumed {
		d.Says = r.Text(lang, "calendar.day.presumed")
	}
	return d
}
