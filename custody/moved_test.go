package custody_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/uuid"

	"minsheng/intake"
	"minsheng/internal/store"
	"minsheng/staff"
	"minsheng/triage"
)

const dawa = "大洼区督查室"

// townHouse is a house with a town's office in which somebody works, who is accused.
func (h *house) townHouse() (w handled, accused staff.Officer) {
	h.t.Helper()
	town, err := h.Atlas.AddTownOffice(bg, "211122111000")
	h.must(err)
	h.units[town.Name] = town
	accused = h.person(town.Name, staff.TriageOfficer)
	return h.handled(), accused
}

// merge has an officer handle one report as another.
func (h *house) merge(by staff.Officer, c, lead intake.Complaint) {
	h.t.Helper()
	h.must(h.triage.Link(bg, by, c.ID, h.again(c).Version, lead.ID))
}

const ofReport = `SELECT id FROM message WHERE report_id = ? UNION ALL SELECT id FROM sheet WHERE report_id = ? UNION ALL SELECT id FROM report WHERE id = ?`

// TestWhatWasMergedMovesDeskWithItsLead: the words, what was said and what was written
// are read by whoever works on the new desk, and no more on the old one; never on one
// that either accuses.
func TestWhatWasMergedMovesDeskWithItsLead(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		w, accused := h.townHouse()
		fresh := h.person(dawa, staff.TriageOfficer)
		h.handle(fresh, h.person(dawa, staff.Supervisor))
		lead, _ := h.report("town", "")
		c, digits := h.report("town", "")
		h.must(h.triage.Describe(bg, h.as(w.county), c.ID, c.Version, triage.Description{Summary: "反映危房改造补助未足额发放", Kind: "FUND_WITHHOLD", Severity: 2, Demands: []string{wanted}}))
		h.must(h.triage.Message(bg, h.as(w.county), c.ID, asked))
		h.add(digits)
		h.merge(h.as(w.county), c, lead)
		h.must(h.triage.Transfer(bg, h.as(w.county), lead.ID, h.again(lead).Version, h.units[dawa].ID, "属于大洼"))
		if now := h.again(c); now.DeskUnitID != h.units[dawa].ID {
			t.Fatal("it did not move")
		}
		if a, b, d := h.reads(h.as(fresh), c), h.reads(h.as(w.county), c), h.reads(h.as(accused), c); a != all || b != locked || d != locked {
			t.Errorf("the new desk reads %q, the old one %q, who is accused %q", a, b, d)
		}
		if _, said := h.sees(h.as(fresh), c); !shows(said, wanted) || !shows(h.talk(h.as(fresh), c), asked, added) {
			t.Errorf("the new desk reads %q and %q", said, h.talk(h.as(fresh), c))
		}
		if _, err := h.triage.Case(bg, h.as(accused), c.ID); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("who is accused: %v", err)
		}
		h.add(digits)
		if a, b := h.reads(h.as(fresh), c), h.reads(h.as(w.county), c); a != all+"|"+added+"。" || b != locked+"|locked" {
			t.Errorf("of what comes later the new desk reads %q, the old one %q", a, b)
		}
		if got := h.sealedTo(ofReport, c.ReportID, c.ReportID, c.ReportID); !slices.Equal(got, []string{dawa, cityDesk}) {
			t.Errorf("sealed to %v", got)
		}
		// One of what was merged accuses the desk to which the lead is to go.
		second, _ := h.report("town", "")
		against, _ := h.report("town", "")
		h.must(h.triage.NameSubject(bg, h.as(w.county), against.ID, against.Version, []uuid.UUID{h.units[dawa].ID}))
		h.merge(h.as(w.city), against, second)
		if err := h.triage.Transfer(bg, h.as(w.city), second.ID, h.again(second).Version, h.units[dawa].ID, "属于大洼"); err == nil {
			t.Error("it goes to the desk that it accuses")
		}
		if got := h.reads(h.as(fresh), against); got != string(intake.Locked) {
			t.Errorf("the accused desk reads %q", got)
		}
	})
}

// TestWhatMovedWithoutAKeyIsHandedOn by a member above: words of what was merged, and
// what was said and written of one part of several.
func TestWhatMovedWithoutAKeyIsHandedOn(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		w, _ := h.townHouse()
		fresh := h.person(dawa, staff.TriageOfficer)
		h.handle(fresh, h.person(dawa, staff.Supervisor))
		c, _ := h.report("town", "")
		_, err := h.triage.Split(bg, h.as(w.county), c.ID, c.Version, []string{"另反映村里账目长期不公开"})
		h.must(err)
		h.must(h.triage.Message(bg, h.as(w.county), c.ID, asked))
		lead, _ := h.report("town", "")
		merged, _ := h.report("town", "")
		h.merge(h.as(w.county), merged, lead)
		for _, one := range []intake.Complaint{c, lead} {
			h.must(h.triage.Transfer(bg, h.as(w.late), one.ID, h.again(one).Version, h.units[dawa].ID, "属于大洼"))
		}
		if a, b := h.talk(h.as(fresh), c), h.reads(h.as(fresh), merged); shows(a, asked) || b != string(intake.Locked) {
			t.Errorf("handed on without a key: %q, %q", a, b)
		}
		by := h.as(w.city)
		if behind, err := h.intake.WordsBehind(bg, by); err != nil || !behind {
			t.Errorf("nothing waits to be handed on: %v", err)
		}
		if _, _, err := h.intake.RenewWords(bg, by); err != nil {
			t.Fatal(err)
		}
		if a, b := h.talk(h.as(fresh), c), h.reads(h.as(fresh), merged); !shows(a, asked) || !shows(b, told) {
			t.Errorf("handed on: %q, %q", a, b)
		}
		if behind, err := h.intake.WordsBehind(bg, by); err != nil || behind {
			t.Errorf("something waits still: %v", err)
		}
	})
}

// TestWhatWasMergedGoesUpWithALeadWhoseReporterWasPressed to withdraw it.
func TestWhatWasMergedGoesUpWithALeadWhoseReporterWasPressed(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		w, _ := h.townHouse()
		lead, digits := h.report("town", "")
		c, _ := h.report("town", "")
		h.merge(h.as(w.county), c, lead)
		page, err := h.intake.Track(bg, digits)
		h.must(err)
		h.must(h.intake.Withdraw(bg, page.Token, intake.Pressed))
		if now := h.again(c); now.DeskUnitID != h.units[cityDesk].ID {
			t.Error("it stays below")
		}
		if a, b := h.reads(h.as(w.city), c), h.reads(h.as(w.county), c); !shows(a, told) || b != string(intake.Locked) {
			t.Errorf("the city reads %q, the desk below %q", a, b)
		}
	})
}

// TestAReferralThatNamesAnOfficeMovesTheWords: until somebody agrees, nothing moves; and
// then nobody who sees them is left, but the portal has them no more.
func TestAReferralThatNamesAnOfficeMovesTheWords(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		w := h.handled()
		boss := h.person(panshan, staff.Supervisor)
		c, digits := h.report("village", "")
		follows, _ := h.report("village", "")
		h.add(digits)
		h.merge(h.as(w.late), follows, c)
		h.must(h.triage.NameSubject(bg, h.as(w.late), c.ID, h.again(c).Version, []uuid.UUID{h.units[cityDesk].ID}))
		if got := h.reads(staff.Officer{}, c); got != all {
			t.Fatalf("while it is only proposed: %q", got)
		}
		h.must(h.triage.Rule(bg, h.as(boss), c.ID, h.open(c), true, ""))
		if found := h.search(t, told, added); len(found) > 0 {
			t.Errorf("with the portal's keys: %v", found)
		}
		if a, b := h.reads(staff.Officer{}, c), h.reads(staff.Officer{}, follows); a != locked || b != string(intake.Locked) {
			t.Errorf("the portal reads %q, and of what was merged %q", a, b)
		}
		for _, by := range []staff.Officer{w.county, w.city} {
			if _, err := h.triage.Case(bg, h.as(by), c.ID); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("%s sees it: %v", by.UnitName, err)
			}
		}
		if page, err := h.intake.Track(bg, digits); err != nil || len(page.Messages) != 2 || page.Messages[1].Kept != "" {
			t.Errorf("under the receipt: %+v, %v", page.Messages, err)
		}
	})
}
