package workday

import (
	"crypto/sha256"
	_ "embed"
	"encoding/csv"
	"encoding/hex"
	"fmt"
	"strings"
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

// Calendar knows which days are worked. It is never changed after it was made.
type Calendar struct {
	works   map[dayNumber]bool // days that differ from, or confirm, the plain week
	years   []span             // years whose days off are announced
	version string
}

// dayNumber counts days since 1970-01-01: counting over years of days in
// numbers is some fifty times faster than in texts.
type dayNumber int

type span struct{ first, last dayNumber }

// Days off and make-up working days as announced by the State Council's
// office, by date and not by year: a notice may change the December before it.
//
//go:embed days.csv
var announced string

// BuiltIn returns the calendar with the official days of 2025 and 2026.
func BuiltIn() *Calendar {
	c, err := read(announced, 2025, 2026)
	if err != nil {
		panic(err) // the file is part of the program and tested
	}
	return c
}

// read makes a calendar from lines of date,kind,name,source. Only days of the
// given years are certain.
func read(text string, years ...int) (*Calendar, error) {
	lines, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("workday: %w", err)
	}
	sum := sha256.Sum256([]byte(text))
	c := &Calendar{works: make(map[dayNumber]bool)}
	c.version = fmt.Sprintf("%d-%d/%s", years[0], years[len(years)-1], hex.EncodeToString(sum[:4]))
	for _, y := range years {
		c.years = append(c.years, span{numberOf(y, time.January, 1), numberOf(y, time.December, 31)})
	}
	for i, line := range lines[1:] {
		d, err := Parse(line[0])
		if err != nil || (line[1] != "off" && line[1] != "work") {
			return nil, fmt.Errorf("workday: line %d of the calendar is not a day", i+2)
		}
		c.works[d.number()] = line[1] == "work"
	}
	return c, nil
}

// Version names the calendar by its years and its content: a date computed on
// another version may have to be computed again.
func (c *Calendar) Version() string { return c.version }

// IsWorkday reports whether people work on d, and whether that is only
// presumed because the year's days off are not announced.
func (c *Calendar) IsWorkday(d Date) (works, provisional bool) { return c.isWorkday(d.number()) }

func (c *Calendar) isWorkday(n dayNumber) (works, provisional bool) {
	if works, listed := c.works[n]; listed {
		return works, false
	}
	works = !n.weekend()
	for _, y := range c.years {
		if y.first <= n && n <= y.last {
			return works, false
		}
	}
	return works && !presumedOff(n), true
}

// Limit returns the last day of a limit of n days (0 and more) that starts on
// from. The first day is not counted; a last day that is a day off moves to the
// next working day.
func (c *Calendar) Limit(from Date, n int, unit Unit) Due {
	day := from.number()
	due := Due{Calendar: c.version}
	if unit == CalendarDays {
		day += dayNumber(n)
	} else {
		for left := n; left > 0; {
			day++
			works, presumed := c.isWorkday(day)
			due.Provisional = due.Provisional || presumed
			if works {
				left--
			}
		}
	}
	for {
		works, presumed := c.isWorkday(day)
		due.Provisional = due.Provisional || presumed
		if works {
			due.On = day.date()
			return due
		}
		day++
	}
}

// WorkdaysBetween counts the working days after from up to and including to:
// how late something due on from is on to. It is 0 when to is not after from.
func (c *Calendar) WorkdaysBetween(from, to Date) int {
	count := 0
	for day, last := from.number()+1, to.number(); day <= last; day++ {
		if works, _ := c.isWorkday(day); works {
			count++
		}
	}
	return count
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
