package watch

import (
	"slices"

	"github.com/google/uuid"

	"minsheng/clock"
)

// hearer is an office that hears of an alarm.
type hearer struct {
	Unit  uuid.UUID
	Heads bool // for those who approve only: no office stands above
}

// above is the office that commands another; the office's own heads where none
// does. line is what region.Atlas.Above tells: the office, and what commands it,
// nearest first.
func above(line []uuid.UUID) hearer {
	if len(line) > 1 {
		return hearer{Unit: line[1]}
	}
	return hearer{line[0], true}
}

// hearers are the offices that hear of a stage of what somebody owes. Before the
// day, and on it, only who owes it; once it is late also who asked for it. What
// is red goes up: to the office above the one that asked, or above the one that
// owes when nobody else did.
func hearers(s Stage, o clock.Owner, line func(unit uuid.UUID) []uuid.UUID) []hearer {
	asked := o.Unit
	if o.By != nil {
		asked = *o.By
	}
	switch s {
	case Remind, Due:
		return []hearer{{Unit: o.Unit}}
	case Escalated:
		return []hearer{above(line(asked))}
	}
	return slices.Compact([]hearer{{Unit: o.Unit}, {Unit: asked}})
}
