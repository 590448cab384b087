package triage

import (
	"slices"

	"minsheng/intake"
	"minsheng/internal/workday"
	"minsheng/staff"
)

// facts is what, beside the complaint itself, decides which steps a page
// offers to an officer.
type facts struct {
	Open    *Proposal // the proposal that waits for a ruling
	Checks  int       // verifications recorded
	Demands int       // numbered demands
	Beyond  bool      // even the highest desk is accused: it can only be referred
	Today   workday.Date
	Held    bool // something keeps it from being closed
	Took    bool // the officer took part in what was done about it
	Finals  bool // a case that was decided finally looks like it
	Lately  bool // the same was closed not long before it came in
}

// actionsFor lists the steps that the page offers: what the state lets happen
// (possible), to whom the case belongs or who approves, and what must be there
// first. It only decides what is shown; every step asks again for itself, and
// lets a case that nobody has claimed yet be worked on at once.
func actionsFor(c intake.Complaint, by staff.Officer, f facts) []Action {
	var offered []Action
	for _, a := range actionOrder {
		if allowed(a, c, by) && possible(a, c) && f.let(a, c, by) {
			offered = append(offered, a)
		}
	}
	return offered
}

// actionOrder is the order in which a page shows them: what moves the case on
// before what arranges it.
var actionOrder = []Action{
	Rule, LetGo, Claim, Accept, RejectRepeat, Verify, Decide, Close,
	AskMore, SayToReporter, Describe, NameSubject, NamePerson, Convert, Extend,
	Decline, Transfer, Refer, Split, Link, Again, TieEarlier,
	Assign, Release, Recuse, RevealName,
}

// allowed asks the officer's roles and whose case it is. Most work belongs to
// the case's owner; an approver may also hand cases out and take them back.
func allowed(a Action, c intake.Complaint, by staff.Officer) bool {
	own := c.OwnerID != nil && *c.OwnerID == by.ID
	switch a {
	case RevealName:
		return by.May(staff.RevealIdentity)
	case Rule:
		return by.May(staff.ApproveCases)
	case Claim, Recuse:
		return by.May(staff.WorkCases)
	case LetGo:
		return by.May(staff.WorkCases) && !own
	case Assign:
		return by.May(staff.WorkCases) && (own || c.OwnerID == nil || by.May(staff.ApproveCases))
	case Release:
		return by.May(staff.WorkCases) && (own || by.May(staff.ApproveCases))
	case Convert:
		return by.May(staff.IssueItems) && own
	}
	return by.May(staff.WorkCases) && own
}

// let asks what has to be there, or must not be, before a step.
func (f facts) let(a Action, c intake.Complaint, by staff.Officer) bool {
	if f.Open != nil && waitsForRuling(a) || f.Beyond && needsDesk(a) {
		return false
	}
	switch a {
	case Rule:
		return f.Open != nil && f.Open.AskedByID != by.ID
	case Decide:
		return f.Checks > 0 && f.Demands > 0
	case Extend:
		return c.DueOn != nil && *c.DueOn >= f.Today
	case Close:
		return !f.Held
	case LetGo:
		return !f.Took && *c.LeavesOn <= f.Today
	case RejectRepeat:
		return f.Finals
	case Again:
		return f.Lately
	}
	return true
}

// Offers reports whether the case's page offers a step.
func (c Case) Offers(a Action) bool { return slices.Contains(c.Actions, a) }
