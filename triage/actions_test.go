package triage

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"minsheng/intake"
	"minsheng/internal/workday"
	"minsheng/staff"
)

func TestActionsFitStateRoleAndOwner(t *testing.T) {
	me, other := uuid.New(), uuid.New()
	at := time.Now()
	day := workday.Date("2026-03-10")
	officer := staff.Officer{ID: me, Roles: []staff.Role{staff.TriageOfficer}}
	supervisor := staff.Officer{ID: me, Roles: []staff.Role{staff.Supervisor}}
	custodian := staff.Officer{ID: me, Roles: []staff.Role{staff.IdentityCustodian}}
	asked := &Proposal{State: "open", AskedByID: other}
	askedByMe := &Proposal{State: "open", AskedByID: me}

	named := intake.Complaint{State: intake.Submitted, Mode: intake.Named, DueOn: &day}
	owned := func(c intake.Complaint, by uuid.UUID) intake.Complaint { c.OwnerID = &by; return c }
	in := func(state intake.State) intake.Complaint {
		c := owned(named, me)
		c.State = state
		switch state {
		case intake.Accepted, intake.Verifying, intake.Decided, intake.Delivered, intake.Review, intake.Reexam, intake.Final:
			c.AcceptedAt = &at
		case intake.Closed, intake.Merged, intake.Withdrawn:
			c.ClosedAt = &at
		}
		return c
	}
	extended := in(intake.Verifying)
	extended.Extended = true
	untaken := []Action{Accept, AskMore, SayToReporter, Describe, NameSubject, NamePerson, Decline, Transfer, Refer, Split, Link, Assign, Release, Recuse}
	retaliation, leaving := owned(named, me), named
	retaliation.Kind, leaving.LeavesOn = intake.Retaliation, &day
	arranging := []Action{Assign, Release, Recuse}

	for name, test := range map[string]struct {
		c    intake.Complaint
		by   staff.Officer
		f    facts
		want []Action
	}{
		"unowned":                       {named, officer, facts{}, []Action{Claim, Assign, Recuse}},
		"a colleague's":                 {owned(named, other), officer, facts{}, []Action{Recuse}},
		"a colleague's, supervisor":     {owned(named, other), supervisor, facts{Open: asked}, []Action{Rule, Assign, Release, Recuse}},
		"custodian":                     {named, custodian, facts{Open: asked}, []Action{RevealName}},
		"custodian, nobody's name":      {intake.Complaint{State: intake.Submitted, Mode: intake.Anonymous}, custodian, facts{}, nil},
		"own, new":                      {owned(named, me), officer, facts{}, untaken},
		"own, waiting for the reporter": {in(intake.NeedInfo), officer, facts{}, without(untaken, AskMore)},
		"accepted, nothing verified": {in(intake.Accepted), officer, facts{Today: day, Demands: 1},
			[]Action{Verify, AskMore, SayToReporter, Describe, NameSubject, NamePerson, Convert, Extend, Refer, Split, Link, Assign, Release, Recuse}},
		"verifying": {in(intake.Verifying), officer, facts{Today: day, Checks: 1, Demands: 1},
			[]Action{Verify, Decide, AskMore, SayToReporter, Describe, NameSubject, NamePerson, Convert, Extend, Refer, Split, Link, Assign, Release, Recuse}},
		"verifying, no demand numbered": {in(intake.Verifying), officer, facts{Today: day, Checks: 1},
			[]Action{Verify, AskMore, SayToReporter, Describe, NameSubject, NamePerson, Convert, Extend, Refer, Split, Link, Assign, Release, Recuse}},
		"verifying, extended once": {extended, officer, facts{Today: day, Checks: 1, Demands: 1},
			[]Action{Verify, Decide, AskMore, SayToReporter, Describe, NameSubject, NamePerson, Convert, Refer, Split, Link, Assign, Release, Recuse}},
		"verifying, too late to extend": {in(intake.Verifying), officer, facts{Today: day.Add(1), Checks: 1, Demands: 1},
			[]Action{Verify, Decide, AskMore, SayToReporter, Describe, NameSubject, NamePerson, Convert, Refer, Split, Link, Assign, Release, Recuse}},
		"waiting for a ruling":                  {in(intake.Verifying), officer, facts{Open: askedByMe, Today: day, Checks: 1, Demands: 1}, []Action{SayToReporter, NameSubject, NamePerson, Convert, Refer, Assign, Release, Recuse}},
		"ruling on one's own":                   {in(intake.Verifying), supervisor, facts{Open: askedByMe, Today: day, Checks: 1}, []Action{SayToReporter, NameSubject, NamePerson, Convert, Refer, Assign, Release, Recuse}},
		"ruling on another's":                   {in(intake.Verifying), supervisor, facts{Open: asked, Today: day, Checks: 1}, []Action{Rule, SayToReporter, NameSubject, NamePerson, Convert, Refer, Assign, Release, Recuse}},
		"even the highest is accused":           {owned(named, me), officer, facts{Beyond: true}, without(untaken, Accept, Decline, Transfer, Link)},
		"answered, not read":                    {in(intake.Decided), officer, facts{}, append([]Action{SayToReporter, Convert}, arranging...)},
		"delivered":                             {in(intake.Delivered), officer, facts{}, append([]Action{Close, SayToReporter, Convert}, arranging...)},
		"delivered, more may be asked":          {in(intake.Delivered), officer, facts{Held: true}, append([]Action{SayToReporter, Convert}, arranging...)},
		"with the office above":                 {in(intake.Review), officer, facts{}, append([]Action{SayToReporter}, arranging...)},
		"and once more":                         {in(intake.Reexam), officer, facts{}, append([]Action{SayToReporter}, arranging...)},
		"decided finally":                       {in(intake.Final), officer, facts{}, append([]Action{Close, SayToReporter}, arranging...)},
		"the same was decided finally":          {owned(named, me), officer, facts{Finals: true}, among(untaken, Accept, RejectRepeat)},
		"the same was closed lately":            {owned(named, me), officer, facts{Lately: true}, among(untaken, Link, Again)},
		"retaliation":                           {retaliation, officer, facts{}, among(untaken, Link, TieEarlier)},
		"withdrawn, may be taken back":          {owned(leaving, other), officer, facts{Today: day.Add(-1)}, []Action{Recuse}},
		"withdrawn, by somebody else's officer": {owned(leaving, other), officer, facts{Today: day}, []Action{LetGo, Recuse}},
		"withdrawn, the own one":                {owned(leaving, me), officer, facts{Today: day}, untaken},
		"withdrawn, had a part in it":           {owned(leaving, other), officer, facts{Today: day, Took: true}, []Action{Recuse}},
		"closed":                                {in(intake.Closed), supervisor, facts{}, nil},
		"withdrawn":                             {in(intake.Withdrawn), officer, facts{}, nil},
	} {
		if got := actionsFor(test.c, test.by, test.f); !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
	for _, role := range []staff.Role{staff.Registrar, staff.UnitHandler, staff.Publisher, staff.NoticeApprover, staff.Auditor, staff.Administrator} {
		by := staff.Officer{ID: me, Roles: []staff.Role{role}}
		if got := actionsFor(owned(named, me), by, facts{Open: asked}); got != nil {
			t.Errorf("%s: %v", role, got)
		}
	}
}

// among is a list with another action after one of it.
func among(all []Action, after, more Action) []Action {
	return slices.Insert(slices.Clone(all), slices.Index(all, after)+1, more)
}

func without(all []Action, gone ...Action) []Action {
	return slices.DeleteFunc(slices.Clone(all), func(a Action) bool { return slices.Contains(gone, a) })
}

// An action that is in no order would never be offered.
func TestEveryActionHasItsPlace(t *testing.T) {
	all := []Action{Claim, Assign, Release, Recuse, Split, Link, AskMore, SayToReporter, Describe, NameSubject, NamePerson, Accept, Decline, Transfer, Refer, Extend, Verify, Decide, Rule, Convert, Close, RevealName, RejectRepeat, Again, LetGo, TieEarlier}
	for _, a := range all {
		if !slices.Contains(actionOrder, a) {
			t.Errorf("%s is never offered", a)
		}
	}
	if len(actionOrder) != len(all) {
		t.Errorf("%d actions in order, %d in all", len(actionOrder), len(all))
	}
}
