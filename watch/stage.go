package watch

import (
	"sort"

	"minsheng/clock"
	"minsheng/internal/workday"
)

// Stage is how far a deadline is, or what else an office above should know of.
type Stage string

// Stages. Those of a deadline follow one another; what a deadline is in is
// announced once, and what it passed while nobody looked is not made up.
const (
	Remind    Stage = "remind"    // three working days are left
	Due       Stage = "due"       // the last working day
	Yellow    Stage = "yellow"    // one working day late
	Red       Stage = "red"       // five
	Escalated Stage = "escalated" // the same day, to the office above

	Ownerless Stage = "ownerless" // cases lie on a desk that has nobody to work on them
	Absent    Stage = "absent"    // nobody has come in for ten working days
	Calendar  Stage = "calendar"  // the days off of a year are not imported
)

// marks are the stages, the gravest first, with what the record calls them.
var marks = []struct {
	Stage Stage
	Event string
}{
	{Stage: Escalated, Event: "clock_escalated"},
	{Stage: Red, Event: "clock_red"},
	{Stage: Yellow, Event: "clock_yellow"},
	{Stage: Due, Event: "clock_due"},
	{Stage: Remind, Event: "clock_reminded"},
	{Stage: Ownerless, Event: "queue_ownerless"},
	{Stage: Absent, Event: "office_absent"},
	{Stage: Calendar, Event: "calendar_missing"},
}

// Stages lists all stages, the gravest first.
func Stages() (all []Stage) {
	for _, m := range marks {
		all = append(all, m.Stage)
	}
	return all
}

// grade is 1 for the gravest stage; that of no stage is behind all others.
func (s Stage) grade() int {
	for i, m := range marks {
		if m.Stage == s {
			return i + 1
		}
	}
	return ungraded
}

const ungraded = 99

// Late reports whether something of that stage is past its day.
func (s Stage) Late() bool { return s == Escalated || s == Red || s == Yellow }

// steps are the limits between the stages of a deadline, each in its own days.
type steps struct{ Remind, Yellow, Red clock.Rule }

// The rules that the limits are taken from (DOMAIN §3.5). They stand for items
// and for whatever else has a last day.
const (
	ruleRemind = "supervision_item.remind_before"
	ruleYellow = "supervision_item.yellow"
	ruleRed    = "supervision_item.red"
)

// stageOn is the stage of something due on a day, on another day that is worked;
// "" while there is nothing to say. Whoever owes it has the whole of the last
// day; a last day that is not worked is due on the working day before.
func (s steps) stageOn(c *workday.Calendar, due, today workday.Date) Stage {
	switch {
	case today > due && between(c, due, today, s.Red.DayKind) >= s.Red.N:
		return Red
	case today > due && between(c, due, today, s.Yellow.DayKind) >= s.Yellow.N:
		return Yellow
	case today > due || c.WorkdaysBetween(today, due) == 0:
		return Due
	case between(c, today, due, s.Remind.DayKind) <= s.Remind.N:
		return Remind
	}
	return ""
}

// brief reports whether a limit is so short that a reminder would come as it
// begins, and so is none.
func (s steps) brief(c *workday.Calendar, from, due workday.Date) bool {
	return between(c, from, due, s.Remind.DayKind) <= s.Remind.N
}

// between counts the days after from up to to.
func between(c *workday.Calendar, from, to workday.Date, unit workday.Unit) int {
	if unit == workday.CalendarDays {
		return max(0, to.Sub(from))
	}
	return c.WorkdaysBetween(from, to)
}

// ends are, for a day, the latest last days that are in each stage: what is due
// after Remind is in none.
type ends struct{ Remind, Due, Yellow, Red workday.Date }

// farthest is how many days before its end a deadline is looked at at most.
const farthest = 400

// endsOn are the ends on a day. The later something is due, the less grave its
// stage.
func (s steps) endsOn(c *workday.Calendar, today workday.Date) ends {
	end := func(stage Stage) workday.Date {
		back := sort.Search(2*farthest, func(n int) bool {
			return s.stageOn(c, today.Add(farthest-n), today).grade() <= stage.grade()
		})
		return today.Add(farthest - back)
	}
	return ends{Remind: end(Remind), Due: end(Due), Yellow: end(Yellow), Red: end(Red)}
}

// later is the eager of two: the later end of each stage.
func (e ends) later(o ends) ends {
	return ends{max(e.Remind, o.Remind), max(e.Due, o.Due), max(e.Yellow, o.Yellow), max(e.Red, o.Red)}
}
