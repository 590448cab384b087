package docket

import (
	"slices"

	"github.com/google/uuid"

	"minsheng/internal/step"
	"minsheng/internal/workday"
	"minsheng/staff"
)

// part is how somebody stands to an item.
type part int

const (
	issuer part = 1 << iota // acts for the issuing office, or for one that commands it
	raised                  // acts for the office to which it was escalated
	lead                    // acts for the lead unit
	assist                  // acts for a unit that assists
)

// way is one thing that can be done with an item.
type way struct {
	Code    string
	From    []ItemState
	To      ItemState // "" the state stays
	Who     part
	Approve bool   // needs staff.ApproveCases too
	Halted  bool   // also while the item is suspended
	Note    string // kind of the entry that is kept with it, "" for none
	Least   int    // fewest characters that go with it
	Event   string
}

// Stretches of an item's life.
var (
	withUnit = []ItemState{Acknowledged, InProgress, Returned}
	running  = []ItemState{Issued, Acknowledged, InProgress, Disputed, Returned} // the clock runs against the lead unit
	unended  = []ItemState{Docketed, Issued, Acknowledged, InProgress, Reported, Reviewed, Disputed, Returned}
)

// life is what can be done with a supervision item (DOMAIN §8.2), in the order in
// which a page offers it.
var life = []way{
	{Code: "issue", From: []ItemState{Docketed}, To: Issued, Who: issuer, Event: "issued"},
	{Code: "acknowledge", From: []ItemState{Issued}, To: Acknowledged, Who: lead, Halted: true, Note: "acknowledge", Event: "acknowledged"},
	{Code: "extend_rule", From: running, Who: issuer | raised, Approve: true},
	{Code: "suspend_rule", From: running, Who: issuer, Approve: true},
	{Code: "report", From: withUnit, To: Reported, Who: lead, Note: "report", Least: 10, Event: "reported"},
	{Code: "accept_report", From: []ItemState{Reported}, To: Reviewed, Who: issuer, Note: "review", Event: "report_accepted"},
	{Code: "strike_off", From: []ItemState{Reviewed}, To: StruckOff, Who: issuer, Note: "strike_off", Event: "struck_off"},
	{Code: "note", From: withUnit, To: InProgress, Who: lead | assist, Halted: true, Note: "progress", Least: 2, Event: "progress_noted"},
	{Code: "press", From: []ItemState{Issued, Acknowledged, InProgress, Returned}, Who: issuer | raised, Note: "press", Least: 4, Event: "item_pressed"},
	{Code: "return", From: []ItemState{Reported, Reviewed, Disputed}, To: Returned, Who: issuer, Halted: true, Note: "return", Least: 4, Event: "returned"},
	{Code: "extend", From: withUnit, Who: lead},
	{Code: "dispute", From: []ItemState{Issued, Acknowledged}, To: Disputed, Who: lead, Note: "dispute", Least: 4, Event: "disputed"},
	{Code: "suspend", From: running, Who: issuer},
	{Code: "resume", From: running, Who: issuer, Halted: true, Note: "resume", Least: 4, Event: "item_resumed"},
	{Code: "cancel", From: unended, To: Cancelled, Who: issuer, Halted: true, Note: "cancel", Least: 4, Event: "cancelled"},
}

func wayOf(code string) (way, bool) {
	at := slices.IndexFunc(life, func(w way) bool { return w.Code == code })
	if at < 0 {
		return way{}, false
	}
	return life[at], true
}

// waitsForUnit reports whether the clock runs against the handling unit; a
// report that lies with the issuing office is not late.
func waitsForUnit(s ItemState) bool { return slices.Contains(running, s) }

// facts is what, beside the item itself, decides what can be done with it.
type facts struct {
	Today       workday.Date
	Extension   string        // state of the extension that was asked for, "" when none was
	ExtensionBy uuid.UUID     // who asked
	Halt        string        // "open" while a suspension waits for a ruling
	HaltBy      uuid.UUID     // who asked
	Objected    bool          // a dispute was raised before
	ObjectBy    *workday.Date // last day to raise one; nil before it is issued
	Lacks       []string      // what striking off still lacks
}

// allowed returns staff.ErrForbidden when the way is somebody else's to go.
func (w way) allowed(by staff.Officer, is part) error {
	if w.Who&is == 0 || w.Approve && !by.May(staff.ApproveCases) {
		return staff.ErrForbidden
	}
	return nil
}

// possible returns step.ErrState unless the way can be gone now.
func (w way) possible(i Item, f facts) error {
	if !slices.Contains(w.From, i.State) || i.Suspended(f.Today) && !w.Halted || !w.fits(i, f) {
		return step.ErrState
	}
	return nil
}

// fits asks what a way needs beside the state.
func (w way) fits(i Item, f facts) bool {
	inTime := i.DueOn != nil && f.Today <= *i.DueOn
	switch w.Code {
	case "extend":
		return f.Extension == "" && inTime
	case "extend_rule":
		return f.Extension == open
	case "suspend":
		return f.Halt != open && inTime
	case "suspend_rule":
		return f.Halt == open
	case "resume":
		return i.Suspended(f.Today)
	case "dispute":
		return !f.Objected && f.ObjectBy != nil && f.Today <= *f.ObjectBy
	case "strike_off":
		return len(f.Lacks) == 0
	}
	return true
}

// partIn is how the officer stands to an item, given their office's duty in it.
func (d *Desk) partIn(by staff.Officer, i Item, duty string) part {
	var is part
	if d.issues(by, i) {
		is |= issuer
	}
	if by.May(staff.IssueItems) && i.EscalatedTo != nil && *i.EscalatedTo == by.UnitID {
		is |= raised
	}
	if by.May(staff.HandleItems) && duty == "lead" {
		is |= lead
	}
	if by.May(staff.HandleItems) && duty == "assist" {
		is |= assist
	}
	return is
}

// offered lists what an item's page offers to somebody; each asks again for
// itself. Who asked is not offered to rule.
func offered(by staff.Officer, is part, i Item, f facts) []string {
	var codes []string
	for _, w := range life {
		own := w.Code == "extend_rule" && f.ExtensionBy == by.ID || w.Code == "suspend_rule" && f.HaltBy == by.ID
		if !own && w.allowed(by, is) == nil && w.possible(i, f) == nil {
			codes = append(codes, w.Code)
		}
	}
	return codes
}
