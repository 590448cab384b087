package workday

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Day is one day as a notice of the State Council's office announces it.
type Day struct {
	On     Date
	Works  bool   // a make-up working day; else a day off
	Name   string // 春节
	Source string // the notice that says so
}

// ReadDays reads lines of date,kind,name,source with a header line; kind is
// "off" or "work". It tells all lines that are wrong at once.
func ReadDays(r io.Reader) ([]Day, error) {
	file := csv.NewReader(r)
	file.FieldsPerRecord, file.TrimLeadingSpace = 4, true
	lines, err := file.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("workday: %w", err)
	}
	if len(lines) == 0 || strings.TrimPrefix(lines[0][0], "\uFEFF") != "date" {
		return nil, errors.New("workday: the first line must be date,kind,name,source")
	}
	var days []Day
	var wrong []error
	seen := map[Date]bool{}
	for i, line := range lines[1:] {
		on, err := Parse(strings.TrimSpace(line[0]))
		switch {
		case err != nil:
			wrong = append(wrong, fmt.Errorf("line %d: %q is not a day such as 2027-01-01", i+2, line[0]))
		case line[1] != "off" && line[1] != "work":
			wrong = append(wrong, fmt.Errorf("line %d: %q is neither off nor work", i+2, line[1]))
		case seen[on]:
			wrong = append(wrong, fmt.Errorf("line %d: %s stands twice", i+2, on))
		}
		seen[on] = true
		days = append(days, Day{on, line[1] == "work", line[2], line[3]})
	}
	if err := errors.Join(wrong...); err != nil {
		return nil, fmt.Errorf("workday: %w", err)
	}
	return days, nil
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
