package intake

import (
	"slices"

	"minsheng/clock"
	"minsheng/internal/workday"
	"minsheng/ledger"
)

// Step is one of the five words with its date.
type Step struct {
	Stage Stage
	On    workday.Date // "" while not reached
}

// progress is what the view of one complaint is made from. While it is merged
// into another, that one's progress is shown and nothing else of it.
type progress struct {
	own, lead Complaint
	began     map[string]workday.Date // first day of each kind of event of lead
	answered  workday.Date            // the answer under the own receipt, "" while there is none
	withdrawn bool                    // by this reporter, though others' reports go on
}

// checking are the events by which an officer shows to be at work on the facts.
var checking = []string{"verifying", "verified", "converted"}

// firstDays tells on which day each kind of event happened first.
func firstDays(events []ledger.Event) map[string]workday.Date {
	first := map[string]workday.Date{}
	for _, e := range events {
		day := workday.On(e.At)
		if known, ok := first[e.Kind]; !ok || day < known {
			first[e.Kind] = day
		}
	}
	return first
}

// ending is the state in which a complaint left the five words, or "".
func (p progress) ending() State {
	switch {
	case p.withdrawn || p.own.State == Withdrawn:
		return Withdrawn
	case slices.Contains([]State{NotAccepted, Transferred, Referred, Withdrawn}, p.lead.State):
		return p.lead.State
	}
	return ""
}

// stage is how far it has come. A complaint that ended otherwise, or waits for
// the reporter, stays where it was.
func (p progress) stage() Stage {
	state := p.lead.State
	if state == NeedInfo {
		state = p.lead.ResumeState
	}
	switch state {
	case Accepted:
		return TakenUp
	case Verifying:
		return Checking
	case Decided, Delivered, Review, Reexam, Final: // who looks again does not take the answer away
		return Answered
	case Closed:
		return Finished
	}
	switch {
	case p.lead.AcceptedAt == nil:
		return Received
	case p.checkedOn() != "":
		return Checking
	}
	return TakenUp
}

func (p progress) checkedOn() workday.Date {
	for _, kind := range checking {
		if day := p.began[kind]; day != "" {
			return day
		}
	}
	return ""
}

// steps dates the five words. A step that was passed without an event of its
// own has the date of the one before; none is earlier than the report itself,
// or it would tell that somebody else was first.
func (p progress) steps() []Step {
	received := workday.On(p.own.ReceivedAt)
	steps := []Step{{Received, received}, {Stage: TakenUp}, {Stage: Checking}, {Stage: Answered}, {Stage: Finished}}
	if p.lead.AcceptedAt != nil {
		steps[1].On = workday.On(*p.lead.AcceptedAt)
	}
	steps[2].On = p.checkedOn()
	steps[3].On = p.answered
	if steps[3].On == "" {
		steps[3].On = p.began["delivered"]
	}
	if p.lead.ClosedAt != nil {
		steps[4].On = workday.On(*p.lead.ClosedAt)
	}
	reached := p.stage()
	for i := 1; i < len(steps); i++ {
		switch {
		case steps[i].Stage > reached:
			steps[i].On = ""
		case steps[i].On < steps[i-1].On:
			steps[i].On = steps[i-1].On
		}
	}
	return steps
}

// next is the earliest running date that the law sets: the office's own
// targets are nobody else's business. A date before the report came in belongs
// to the older complaint it was merged into, and is not told.
func next(clocks []clock.Deadline, received workday.Date, statutory func(rule string) bool) (on workday.Date, rule string) {
	for _, c := range clocks {
		if c.MetAt == nil && c.DueOn >= received && statutory(c.Rule) && (on == "" || c.DueOn < on) {
			on, rule = c.DueOn, c.Rule
		}
	}
	return on, rule
}
