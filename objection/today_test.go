package objection

import (
	"errors"
	"maps"
	"testing"

	"github.com/google/uuid"

	"minsheng/roll"
	"minsheng/staff"
)

// groups tells in which group each objection waits for somebody.
func (o *office) groups(by staff.Officer) map[uuid.UUID]string {
	o.t.Helper()
	waiting, err := o.Today(bg, by)
	o.must(err)
	found := map[uuid.UUID]string{}
	for group, lines := range waiting {
		for _, l := range lines {
			if found[l.ID] != "" {
				o.t.Errorf("%s stands in %s and %s", l.Number(), found[l.ID], group)
			}
			found[l.ID] = group
		}
	}
	return found
}

// What waits for somebody depends on who they are: nobody is asked to sign their
// own visit or to rule on their own proposal.
func TestWhatWaitsToday(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		n, by := o.list(), o.county()
		fresh := o.filed(n, key(1), WrongIn)
		visited, proposed := o.filed(n, key(2), WrongIn), o.filed(n, key(3), WrongIn)
		o.must(o.Acknowledge(bg, by.first, visited.ID, visited.Version))
		o.must(o.Record(bg, by.first, visited.ID, o.again(visited).Version, o.visit(householdVisit)))
		proposed = o.verified(by, proposed, householdVisit)
		o.must(o.Propose(bg, by.chief, proposed.ID, proposed.Version, UpheldRemove, roll.Edit{Key: 3}, reply))
		other := o.officer(panshan, staff.Supervisor)
		for name, c := range map[string]struct {
			by   staff.Officer
			want map[uuid.UUID]string
		}{
			"who was there":   {by.first, map[uuid.UUID]string{fresh.ID: NotTakenUp}},
			"a second":        {by.second, map[uuid.UUID]string{fresh.ID: NotTakenUp, visited.ID: WaitsForSignature}},
			"who proposed":    {by.chief, map[uuid.UUID]string{fresh.ID: NotTakenUp, visited.ID: WaitsForSignature}},
			"an approver":     {other, map[uuid.UUID]string{fresh.ID: NotTakenUp, visited.ID: WaitsForSignature, proposed.ID: WaitsForRuling}},
			"the publisher's": {o.officer("town", staff.Supervisor), map[uuid.UUID]string{}},
			"another county":  {o.officer(dawa, staff.Supervisor), map[uuid.UUID]string{}},
		} {
			got := o.groups(c.by)
			if name == "who proposed" || name == "who was there" || name == "a second" {
				delete(got, proposed.ID) // its date may be near
			}
			if name == "who was there" {
				delete(got, visited.ID)
			}
			if !maps.Equal(got, c.want) {
				t.Errorf("%s: %v, want %v", name, got, c.want)
			}
		}
		if got := o.groups(by.first)[visited.ID]; got == WaitsForSignature {
			t.Error("the first verifier is asked to sign")
		}
		if got := o.groups(by.chief)[proposed.ID]; got == WaitsForRuling {
			t.Error("who proposed is asked to rule")
		}
		if open, late, err := o.Mine(bg, by.first); err != nil || open != 2 || late != 0 {
			t.Errorf("mine: %d, %d late, %v", open, late, err)
		}
		o.days(30)
		if got := o.groups(by.first); got[fresh.ID] != PastDue || got[visited.ID] != PastDue {
			t.Errorf("a month later: %v", got)
		}
		if open, late, err := o.Mine(bg, by.first); err != nil || open != 2 || late != 2 {
			t.Errorf("mine a month later: %d, %d late, %v", open, late, err)
		}
		if _, err := o.Today(bg, o.officer(panshan, staff.Publisher)); !errors.Is(err, staff.ErrForbidden) {
			t.Errorf("a publisher: %v", err)
		}
		if _, _, err := o.Mine(bg, o.officer(panshan, staff.Auditor)); !errors.Is(err, staff.ErrForbidden) {
			t.Errorf("an auditor: %v", err)
		}
	})
}
