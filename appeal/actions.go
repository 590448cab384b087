package appeal

import (
	"context"
	"slices"

	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/staff"
	"minsheng/triage"
)

// Action is a step that the page of a case may offer (catalog key
// appeal.action.<code>).
type Action string

const (
	HandOver   Action = "deliver"
	CallOn     Action = "call_back"
	LookAgain  Action = "second_look"
	TakeNote   Action = "appeal_note"
	SetHearing Action = "hearing"
	ProposeOn  Action = "appeal_propose"
	RuleOn     Action = "appeal_rule"
)

// Actions lists the codes in the order in which a page shows them.
func Actions() []Action {
	return []Action{RuleOn, ProposeOn, SetHearing, TakeNote, LookAgain, HandOver, CallOn}
}

// readActions finds what the page offers. Every step asks again for itself.
func (d *Desk) readActions(_ context.Context, db *gorm.DB, by staff.Officer, c triage.Case, e *Ending) error {
	if !by.May(staff.WorkCases) || c.ClosedAt != nil {
		return nil
	}
	took, err := d.Triage.TookPart(db, &c.Complaint)
	if err != nil {
		return err
	}
	f := facts{by: by, took: took[by.ID], below: c.SecondDeskID != nil && d.above(by, *c.SecondDeskID), undelivered: len(c.Undelivered)}
	if c.Appealed() && len(e.Appeals) > 0 {
		last := e.Appeals[len(e.Appeals)-1]
		before, err := d.Triage.TookPart(db, &c.Complaint, asking...)
		if err != nil {
			return err
		}
		f.appeal, f.decides = &last, by.UnitID == c.DeskUnitID && !before[by.ID]
	}
	e.Actions = f.offered(c.Complaint)
	return nil
}

// facts is what decides which steps a page offers.
type facts struct {
	by          staff.Officer
	took        bool    // in what was done about the case
	below       bool    // the second look that is owed is the officer's to take
	undelivered int     // reporters who do not have the newest letter
	appeal      *Appeal // that is open
	decides     bool    // for the office that decides it, with no part in what it is about
}

func (f facts) offered(c intake.Complaint) (actions []Action) {
	own := c.OwnerID == nil || *c.OwnerID == f.by.ID
	open := f.appeal != nil && f.decides
	for _, a := range Actions() {
		ok := false
		switch a {
		case RuleOn:
			ok = open && f.appeal.State == Proposed && f.appeal.RulingKept == "" && f.by.May(staff.ApproveCases) && f.appeal.ProposedByID != f.by.ID
		case ProposeOn:
			ok = open && f.appeal.State == Open
		case SetHearing:
			ok = open && f.appeal.Level == intake.OfReexam
		case TakeNote:
			ok = open
		case LookAgain:
			ok = answered(c) && f.below && !f.took
		case HandOver:
			ok = own && f.undelivered > 0
		case CallOn:
			ok = answered(c) && c.DueRule == ruleCallback && !f.took
		}
		if ok {
			actions = append(actions, a)
		}
	}
	return actions
}

// Offers reports whether the page offers a step.
func (e Ending) Offers(a Action) bool { return slices.Contains(e.Actions, a) }
