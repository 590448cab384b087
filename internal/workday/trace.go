package workday

// Mark is one day of the way from the start of a limit to its end, for the
// picture that answers "why this date?".
type Mark struct {
	On       Date
	Counted  int    // the how-manieth day of the limit it is; 0: not counted
	Works    bool   // people work on it
	Name     string // of the holiday, or of the one that a make-up day is for
	Paused   bool
	Presumed bool // the year's days off are not announced
	Moved    bool // after the last day counted, passed over for being off
}

// Trace walks a limit as Limit counts it and marks each day, from the first
// (not counted) to the last. It marks at most 400 days.
func (c *Calendar) Trace(from Date, n int, unit Unit, pauses ...Span) []Mark {
	const most = 400
	p := c.current.Load()
	rest := spans(pauses)
	first := from.number()
	marks := []Mark{p.mark(first, rest)}
	day, count := first, 0
	for len(marks) < most && count < n {
		day++
		m := p.mark(day, rest)
		if counted, _ := p.counted(day, unit, rest); counted {
			count++
			m.Counted = count
		}
		marks = append(marks, m)
	}
	for last := &marks[len(marks)-1]; len(marks) < most && (!last.Works || last.Paused); last = &marks[len(marks)-1] {
		day++
		m := p.mark(day, rest)
		m.Moved = true
		marks = append(marks, m)
	}
	return marks
}

func (p *pages) mark(n dayNumber, rest numberSpans) Mark {
	works, presumed := p.isWorkday(n)
	return Mark{On: n.date(), Works: works, Name: p.days[n].Name, Paused: rest.hold(n), Presumed: presumed}
}
