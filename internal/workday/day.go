package workday

import (
	"encoding/csv"
	"fmt"
	"io"
	"strings"
	"time"
)

// Day is one day as a notice of the State Council's office announces it.
type Day struct {
	On     Date
	Works  bool   // a make-up working day; else a day off
	Name   string // 春节
	Source string // the notice that says so
}

// BadLines are the lines of a calendar that are wrong, all at once.
type BadLines []BadLine

// BadLine is one of them. Why is head, fields, day, kind or twice; Text is what
// stands there.
type BadLine struct {
	Line int
	Why  string
	Text string
}

// Error tells the lines one below the other.
func (b BadLines) Error() string {
	var all []string
	for _, l := range b {
		all = append(all, fmt.Sprintf("line %d: %q %s", l.Line, l.Text, badWords[l.Why]))
	}
	return strings.Join(all, "\n")
}

var badWords = map[string]string{
	"head":   "is not the heading date,kind,name,source",
	"fields": "has not the four fields date,kind,name,source",
	"day":    "is not a day such as 2027-01-01",
	"kind":   "is neither off nor work",
	"twice":  "stands there twice",
}

// ReadDays reads lines of date,kind,name,source with a heading; kind is "off" or
// "work". Days may also be written as office programs rewrite them, 2027/1/1.
// Errors: BadLines.
func ReadDays(r io.Reader) ([]Day, error) {
	file := csv.NewReader(r)
	file.FieldsPerRecord, file.TrimLeadingSpace, file.LazyQuotes = -1, true, true
	var days []Day
	var wrong BadLines
	seen := map[Date]bool{}
	for n := 1; ; n++ {
		cells, err := file.Read()
		if err == io.EOF && n > 1 {
			break
		}
		if err != nil && err != io.EOF {
			return nil, fmt.Errorf("workday: %w", err)
		}
		text := strings.Join(cells, ",")
		if n == 1 {
			if !strings.HasPrefix(strings.TrimPrefix(text, "\uFEFF"), "date,kind,") {
				return nil, BadLines{{1, "head", text}}
			}
			continue
		}
		if strings.Trim(text, ", ") == "" {
			continue // an empty row of a table
		}
		line, _ := file.FieldPos(0)
		d, why := readDay(cells)
		if why == "" && seen[d.On] {
			why = "twice"
		}
		if why != "" {
			wrong = append(wrong, BadLine{line, why, text})
			continue
		}
		seen[d.On] = true
		days = append(days, d)
	}
	if len(wrong) > 0 {
		return nil, wrong
	}
	return days, nil
}

// readDay reads one line, or says what is wrong with it.
func readDay(cells []string) (d Day, why string) {
	if len(cells) != 4 {
		return d, "fields"
	}
	t, err := time.Parse("2006-1-2", strings.ReplaceAll(strings.TrimSpace(cells[0]), "/", "-"))
	if err != nil {
		return d, "day"
	}
	kind := strings.TrimSpace(cells[1])
	if kind != "off" && kind != "work" {
		return d, "kind"
	}
	return Day{Date(t.Format(layout)), kind == "work", strings.TrimSpace(cells[2]), strings.TrimSpace(cells[3])}, ""
}

// Span is a stretch of days, both ends counted.
type Span struct{ First, Last Date }

type numberSpans [][2]dayNumber

func spans(pauses []Span) numberSpans {
	var all numberSpans
	for _, s := range pauses {
		all = append(all, [2]dayNumber{s.First.number(), s.Last.number()})
	}
	return all
}

func (s numberSpans) hold(n dayNumber) bool {
	for _, span := range s {
		if span[0] <= n && n <= span[1] {
			return true
		}
	}
	return false
}
