package clock

import (
	"gorm.io/gorm"

	"minsheng/internal/workday"
)

// Preview is what a change of a rule, or days of a calendar, would do to the
// dates that run.
type Preview struct {
	Rule    Rule   // as it would be; zero for a calendar
	Before  Rule   // that stands now
	Version string // of rules and calendar that it was made on
	Moves   []Move // those that would move, at most 200, by their present date
	Open    int    // running dates that would be counted again, looked at up to 10 000
	More    bool   // there are more than were looked at
	Moved   int
	Told    int // of the moved ones, dates that a reporter was told
}

const (
	mostShown  = 200
	mostWalked = 10_000
	stride     = 500
)

// walk foresees what the running deadlines of a query become on a calendar. By
// says on which rule each is counted, and whether it is meant at all.
func (p *Preview) walk(query *gorm.DB, c *workday.Calendar, by func(d Deadline) (Rule, bool)) error {
	query = query.Order("due_on, subject_id, rule").Session(&gorm.Session{})
	for from, walked := (Place{}), 0; ; {
		var open []Deadline
		if err := from.After(query).Limit(stride).Find(&open).Error; err != nil {
			return err
		}
		pauses, err := pausesOf(query.Session(&gorm.Session{NewDB: true}), open...)
		if err != nil {
			return err
		}
		for _, d := range open {
			from = PlaceOf(d)
			if r, meant := by(d); meant {
				p.add(counted(c, d, r, pauses[runOf(d)]))
			}
		}
		if walked += len(open); len(open) < stride || walked >= mostWalked {
			p.More = len(open) == stride
			return nil
		}
	}
}

func (p *Preview) add(m Move) {
	p.Open++
	if !m.Happened() {
		return
	}
	p.Moved++
	if m.ToldOn != nil {
		p.Told++
	}
	if len(p.Moves) < mostShown {
		p.Moves = append(p.Moves, m)
	}
}
