package workday

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"time"
)

// Unit is what a time limit is counted in.
type Unit string

const (
	CalendarDays Unit = "cd" // 日
	WorkingDays  Unit = "wd" // 工作日
)

// Due is the end of a time limit with what it was counted on.
type Due struct {
	On          Date
	Provisional bool   // a year whose calendar is not announced was touched
	Calendar    string // version of the calendar, kept so that "why this date?" has an answer
}

// Calendar knows which days are worked. What it knows may be replaced at any
// time (Adopt); each count sees the calendar as it was at one instant.
type Calendar struct{ current atomic.Pointer[pages] }

// pages are what a calendar knows. They are never changed after they were made.
type pages struct {
	days    map[dayNumber]Day // days that differ from, or confirm, the plain week
	years   []int             // years whose days off are announced, in order
	version string
}

// dayNumber counts days since 1970-01-01: counting over years of days in
// numbers is some fifty times faster than in texts.
type dayNumber int

// Days off and make-up working days as announced by the State Council's
// office, by date and not by year: a notice may change the December before it.
//
//go:embed days.csv
var announced string

var announcedYears = []int{2025, 2026}

// BuiltIn returns the calendar with the official days of 2025 and 2026.
func BuiltIn() *Calendar {
	c := &Calendar{}
	c.Adopt(nil, nil)
	return c
}

// Adopt replaces what was adopted before: days beside the built-in ones, or
// instead of them where both tell of the same date, and further years whose
// days off are announced.
func (c *Calendar) Adopt(days []Day, years []int) {
	builtIn, err := ReadDays(strings.NewReader(announced))
	if err != nil {
		panic(err) // the file is part of the program and tested
	}
	p := &pages{days: make(map[dayNumber]Day)}
	for _, d := range append(builtIn, days...) {
		p.days[d.On.number()] = d
	}
	p.years = slices.Compact(slices.Sorted(slices.Values(append(slices.Clone(announcedYears), years...))))
	p.version = p.name()
	c.current.Store(p)
}

// name tells pages apart by their years and their content.
func (p *pages) name() string {
	sum := sha256.New()
	for _, n := range slices.Sorted(maps.Keys(p.days)) {
		fmt.Fprintln(sum, p.days[n].On, p.days[n].Works)
	}
	fmt.Fprintln(sum, p.years)
	return fmt.Sprintf("%d-%d/%s", p.years[0], p.years[len(p.years)-1], hex.EncodeToString(sum.Sum(nil)[:4]))
}

// Version names the calendar by its years and its content: a date computed on
// another version may have to be computed again.
func (c *Calendar) Version() string { return c.current.Load().version }

// Announced reports whether the days off of a year are known, and so whether
// dates in it are certain.
func (c *Calendar) Announced(year int) bool { return slices.Contains(c.current.Load().years, year) }

// Day returns what a notice says of d; listed is false for a day of a plain week.
func (c *Calendar) Day(d Date) (day Day, listed bool) {
	day, listed = c.current.Load().days[d.number()]
	return day, listed
}

// Years lists the years whose days off are announced, in order.
func (c *Calendar) Years() []int { return slices.Clone(c.current.Load().years) }

// IsWorkday reports whether people work on d, and whether that is only
// presumed because the year's days off are not announced.
func (c *Calendar) IsWorkday(d Date) (works, provisional bool) {
	return c.current.Load().isWorkday(d.number())
}

func (p *pages) isWorkday(n dayNumber) (works, provisional bool) {
	if day, listed := p.days[n]; listed {
		return day.Works, false
	}
	works = !n.weekend()
	if slices.Contains(p.years, n.time().Year()) {
		return works, false
	}
	return works && !presumedOff(n), true
}

// Limit returns the last day of a limit of n days (0 and more) that starts on
// from. The first day is not counted; a last day that is a day off moves to the
// next working day. Days of a pause are not counted, and a limit ends on none.
func (c *Calendar) Limit(from Date, n int, unit Unit, pauses ...Span) Due {
	p := c.current.Load()
	due := Due{Calendar: p.version}
	day := from.number()
	if unit == CalendarDays && len(pauses) == 0 {
		day += dayNumber(n)
		n = 0
	}
	rest := spans(pauses)
	for left := n; left > 0; {
		day++
		counted, presumed := p.counted(day, unit, rest)
		due.Provisional = due.Provisional || presumed
		if counted {
			left--
		}
	}
	for {
		works, presumed := p.isWorkday(day)
		due.Provisional = due.Provisional || presumed
		if works && !rest.hold(day) {
			due.On = day.date()
			return due
		}
		day++
	}
}

// counted reports whether a day counts towards a limit of that unit.
func (p *pages) counted(day dayNumber, unit Unit, rest numberSpans) (counted, presumed bool) {
	if rest.hold(day) {
		return false, false
	}
	if unit == CalendarDays {
		return true, false
	}
	return p.isWorkday(day)
}

// WorkdaysBetween counts the working days after from up to and including to:
// how late something due on from is on to. It is 0 when to is not after from.
func (c *Calendar) WorkdaysBetween(from, to Date) int {
	p := c.current.Load()
	count := 0
	for day, last := from.number()+1, to.number(); day <= last; day++ {
		if works, _ := p.isWorkday(day); works {
			count++
		}
	}
	return count
}

// WorkdaysBefore returns the last working day from which at least n working days
// (0 and more) are left until d.
func (c *Calendar) WorkdaysBefore(d Date, n int) Date {
	p := c.current.Load()
	day := d.number()
	for works, _ := p.isWorkday(day); !works || n > 0; works, _ = p.isWorkday(day) {
		if works {
			n--
		}
		day--
	}
	return day.date()
}

// PublicityEnd returns the last day of a period of n days (1 and more) that
// begins on start, both counted. A day off does not move it.
func PublicityEnd(start Date, n int) Date { return start.Add(n - 1) }

func numberOf(year int, month time.Month, day int) dayNumber {
	return dayNumber(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / (24 * 60 * 60))
}

func (d Date) number() dayNumber {
	t := d.Time()
	return numberOf(t.Year(), t.Month(), t.Day())
}

func (n dayNumber) time() time.Time { return time.Unix(int64(n)*24*60*60, 0).UTC() }

func (n dayNumber) date() Date { return Date(n.time().Format(layout)) }

// weekend: day 0 was a Thursday.
func (n dayNumber) weekend() bool {
	weekday := ((n+4)%7 + 7) % 7
	return weekday == 0 || weekday == 6
}
