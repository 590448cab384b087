package view

import (
	"slices"
	"strings"
	"time"

	"minsheng/internal/workday"
	"minsheng/portal/locale"
)

// Limit is a time limit as a page explains it.
type Limit struct {
	Name        string // what is due, ready text
	From, Due   workday.Date
	N           int
	Unit        workday.Unit
	Basis       string // the law or rule behind it
	Granted     bool   // the days were granted or agreed on, not taken from a rule
	Provisional bool   // the days off of a year it touches are not announced
	Pauses      []workday.Span
}

// Why answers "why this date?" in words and with a small calendar.
type Why struct {
	Limit
	Words  []string
	Days   []string // of the week, Monday first
	Months []WhyMonth
}

// WhyMonth is one sheet of the small calendar.
type WhyMonth struct {
	Title string
	Weeks [][7]WhyDay
}

// WhyDay is one day on it; the zero WhyDay is an empty corner.
type WhyDay struct {
	N     int    // day of the month
	Class string // start, counted, off, paused, passed, due
	Says  string // what it is, for who cannot see the colour
	Work  bool   // a make-up working day
}

// mostSheets is how many months are drawn: an answer takes three, with an
// extension four or five.
const mostSheets = 6

// Why explains a limit as it was counted on a calendar.
func (r *Renderer) Why(lang locale.Lang, l Limit, c *workday.Calendar) Why {
	w := Why{Limit: l, Days: strings.Fields(r.Text(lang, "why.weekdays"))}
	marks := c.Trace(l.From, l.N, l.Unit, l.Pauses...)
	w.Words = r.whyWords(lang, l, marks)
	if w.Months = r.sheets(lang, l, marks); len(w.Months) > mostSheets {
		w.Months = nil
	}
	return w
}

func (r *Renderer) whyWords(lang locale.Lang, l Limit, marks []workday.Mark) []string {
	count := "why.count." + string(l.Unit)
	if l.Granted {
		count = "why.granted"
	}
	words := []string{r.Text(lang, "why.from", "day", Day(lang, l.From)), r.Text(lang, count, "n", l.N)}
	var off, work []string
	last := l.From
	for _, m := range marks {
		if m.Counted > 0 {
			last = m.On
		}
		switch {
		case m.Name == "" || m.On == l.From:
		case m.Works:
			work = append(work, Day(lang, m.On))
		case !slices.Contains(off, m.Name):
			off = append(off, m.Name)
		}
	}
	mark := r.Text(lang, "why.list_mark")
	if len(off) > 0 {
		words = append(words, r.Text(lang, "why.off."+string(l.Unit), "names", strings.Join(off, mark)))
	}
	if len(work) > 0 && l.Unit == workday.WorkingDays {
		words = append(words, r.Text(lang, "why.work", "days", strings.Join(work, mark)))
	}
	for _, p := range l.Pauses {
		words = append(words, r.Text(lang, "why.paused", "first", Day(lang, p.First), "last", Day(lang, p.Last)))
	}
	switch end := marks[len(marks)-1].On; {
	case end != l.Due:
		words = append(words, r.Text(lang, "why.kept", "day", Day(lang, l.Due)))
	case marks[len(marks)-1].Moved:
		words = append(words, r.Text(lang, "why.moved", "last", Day(lang, last), "day", Day(lang, l.Due)))
	}
	if l.Provisional {
		words = append(words, r.Text(lang, "why.provisional"))
	}
	return words
}

// sheets draws the months from the first day to the last.
func (r *Renderer) sheets(lang locale.Lang, l Limit, marks []workday.Mark) []WhyMonth {
	var months []WhyMonth
	for _, m := range marks {
		at := m.On.Time()
		title := r.Text(lang, "why.month", "year", at.Year(), "month", int(at.Month()))
		if len(months) == 0 || months[len(months)-1].Title != title {
			months = append(months, r.sheet(lang, title, m.On))
		}
		weeks := months[len(months)-1].Weeks
		slot := slotOf(at)
		weeks[slot/7][slot%7] = r.whyDay(lang, l, m)
	}
	return months
}

// slotOf is where a day stands on the sheet of its month, counted along weeks
// that begin on Monday.
func slotOf(at time.Time) int {
	first := at.AddDate(0, 0, 1-at.Day())
	return (int(first.Weekday())+6)%7 + at.Day() - 1
}

// sheet is an empty month with its numbers.
func (r *Renderer) sheet(lang locale.Lang, title string, of workday.Date) WhyMonth {
	month := WhyMonth{Title: title}
	first := of.Time().AddDate(0, 0, 1-of.Time().Day())
	lead := (int(first.Weekday()) + 6) % 7
	days := first.AddDate(0, 1, -1).Day()
	month.Weeks = make([][7]WhyDay, (lead+days+6)/7)
	for d := range days {
		month.Weeks[(lead+d)/7][(lead+d)%7] = WhyDay{N: d + 1}
	}
	return month
}

func (r *Renderer) whyDay(lang locale.Lang, l Limit, m workday.Mark) WhyDay {
	d := WhyDay{N: m.On.Time().Day(), Work: m.Works && m.Name != ""}
	switch {
	case m.On == l.Due:
		d.Class = "due"
	case m.On == l.From:
		d.Class = "start"
	case m.Paused:
		d.Class = "paused"
	case m.Counted > 0:
		d.Class = "counted"
	case !m.Works:
		d.Class = "off"
	default:
		d.Class = "passed"
	}
	d.Says = r.Text(lang, "why.day."+d.Class, "n", m.Counted, "name", m.Name)
	return d
}
