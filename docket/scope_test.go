package docket

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/uuid"

	"minsheng/internal/store"
	"minsheng/ledger"
	"minsheng/staff"
)

// sight is every way to learn of an item.
func (w *office) sight(by staff.Officer, i Item, c uuid.UUID) map[string]bool {
	w.t.Helper()
	n, err := w.Count(bg, by, Filter{})
	w.must(err)
	of, err := w.OfCase(bg, by, c)
	w.must(err)
	_, open := w.Item(bg, by, i.ID)
	_, brief := w.Brief(bg, by, i.ID)
	return map[string]bool{
		"list": slices.Contains(w.listed(by, Filter{}), i.ID), "count": n > 0, "id": open == nil, "brief": brief == nil,
		"may see": w.MaySee(bg, by, i.ID) == nil, "of the case": len(of) > 0,
	}
}

func TestWhoMayKnowOfAnItem(t *testing.T) {
	each(t, func(t *testing.T, w *office) {
		c := w.verified()
		i := w.docketed(c)
		for _, test := range []struct {
			unit          string
			role          staff.Role
			draft, issued bool
		}{
			{panshan, staff.TriageOfficer, true, true}, {panshan, staff.Supervisor, true, true}, {cityDesk, staff.TriageOfficer, true, true},
			{panshan, staff.UnitHandler, false, false}, {cityDesk, staff.UnitHandler, false, false}, {dawa, staff.Supervisor, false, false},
			{panshanPoor, staff.UnitHandler, false, true}, {w.town.Name, staff.UnitHandler, false, true}, {panshanPoor, staff.TriageOfficer, false, true},
			{panshan, staff.IdentityCustodian, false, false}, {panshanPoor, staff.IdentityCustodian, false, false}, {panshanPoor, staff.Publisher, false, false},
			{panshan, staff.Registrar, false, false}, {panshan, staff.Auditor, false, false}, {panshanPoor, staff.Administrator, false, false},
		} {
			by := w.person(test.unit, test.role)
			for _, stage := range []bool{false, true} {
				want := test.draft
				if stage {
					want = test.issued
					if i.State == Docketed {
						w.must(w.do(w.officer, &i, "issue"))
					}
				}
				for way, sees := range w.sight(by, i, c.ID) {
					if sees != want {
						t.Errorf("%s of %s, issued %v: %s is %v", test.role, test.unit, stage, way, sees)
					}
				}
			}
			w.must(w.Store.Read(bg).Exec("UPDATE supervision_item SET state = 'docketed', issued_at = NULL, due_on = NULL, first_due_on = NULL WHERE id = ?", i.ID).Error)
			i = w.item(i.ID)
		}
	})
}

// The unit learns of the case behind an item what the officer wrote, and nothing
// that the case itself says.
func TestAUnitIsNotToldWhatTheCaseIsAbout(t *testing.T) {
	each(t, func(t *testing.T, w *office) {
		ref, report := uuid.New(), w.objector("他家在县城有门市房还开着小轿车却评上了低保户")
		n := w.instruction()
		n.Origin, n.OriginRef, n.OriginReport = PublicObjection, &ref, &report
		objected, told := w.opened(n), w.ordered()
		w.must(w.do(w.officer, &objected, "issue"))
		for name, i := range map[string]Item{"case": w.issued(w.verified()), "objection": objected} {
			full, err := w.Item(bg, w.officer, i.ID)
			w.must(err)
			if full.Kind == "" || full.Programme == "" || full.PlaceCode == "" || full.OriginOn == nil {
				t.Errorf("%s: the issuer reads %q %q %q", name, full.Kind, full.Programme, full.PlaceCode)
			}
			page, err := w.Items(bg, w.lead, Filter{}, "")
			w.must(err)
			v, err := w.Item(bg, w.lead, i.ID)
			w.must(err)
			for _, seen := range append(page.Rows, v) {
				if seen.ID == i.ID && (seen.Kind != "" || seen.Programme != "" || seen.PlaceCode != "" || seen.OriginRef != nil || seen.OriginReport != nil || name == "case" && seen.OriginOn != nil) {
					t.Errorf("%s: the unit reads %q %q %q", name, seen.Kind, seen.Programme, seen.PlaceCode)
				}
			}
			if b, err := w.Brief(bg, w.lead, i.ID); err != nil || b.PlaceCode != "" {
				t.Errorf("%s, in brief: %q, %v", name, b.PlaceCode, err)
			}
		}
		if v, err := w.Item(bg, w.lead, told.ID); err != nil || v.Kind == "" || v.PlaceCode == "" || v.OriginOn == nil {
			t.Errorf("an instruction is told whole: %+v, %v", v.Item, err)
		}
	})
}

// An office that is told to do something reads no case behind it, even one that
// lies with itself.
func TestTheCasesBehindAreForWhoIssues(t *testing.T) {
	each(t, func(t *testing.T, w *office) {
		c, n := w.verified(), w.instruction()
		n.Lead = w.units[panshan].ID
		id, err := w.Open(bg, w.above, n)
		w.must(err)
		w.must(w.AlsoServes(bg, w.above, id, c.ID))
		w.must(w.Step(bg, w.above, id, w.item(id).Version, "issue", Entry{}))
		for _, test := range []struct {
			by     staff.Officer
			behind int
		}{{w.above, 1}, {w.officer, 0}} {
			v, err := w.Item(bg, test.by, id)
			w.must(err)
			if len(v.Complaints) != test.behind {
				t.Errorf("%s reads %d cases", test.by.UnitName, len(v.Complaints))
			}
		}
	})
}

// When the record cannot be written, nothing of a step stays.
func TestEveryStepIsRecordedOrLeavesNothing(t *testing.T) {
	each(t, func(t *testing.T, w *office) {
		draft, served := w.opened(w.instruction()), w.verified()
		ready := w.acknowledged()
		asked, x := w.asked()
		halting, h := w.halting()
		w.on("2026-03-10")
		key := w.staged()
		for name, step := range map[string]func() error{
			"open":    func() error { _, err := w.Open(bg, w.officer, w.instruction()); return err },
			"convert": func() error { _, err := w.Convert(bg, w.officer, served.ID, served.Version, w.newItem()); return err },
			"serve":   func() error { return w.AlsoServes(bg, w.officer, draft.ID, served.ID) },
			"edit":    func() error { return w.Edit(bg, w.officer, draft.ID, draft.Version, w.instruction()) },
			"issue":   func() error { return w.Step(bg, w.officer, draft.ID, draft.Version, "issue", Entry{}) },
			"report": func() error {
				return w.Step(bg, w.lead, ready.ID, ready.Version, "report", Entry{Body: enough, FormKey: key})
			},
			"press":       func() error { return w.Step(bg, w.officer, ready.ID, ready.Version, "press", Entry{Body: enough}) },
			"cancel":      func() error { return w.Step(bg, w.officer, ready.ID, ready.Version, "cancel", Entry{Body: enough}) },
			"ask":         func() error { return w.AskExtension(bg, w.lead, ready.ID, ready.Version, moreTime) },
			"grant":       func() error { return w.RuleExtension(bg, w.boss, asked.ID, x, true, "") },
			"refuse":      func() error { return w.RuleExtension(bg, w.boss, asked.ID, x, false, "不同意") },
			"halt":        func() error { return w.AskSuspension(bg, w.officer, ready.ID, ready.Version, standStill) },
			"stand still": func() error { return w.RuleSuspension(bg, w.boss, halting.ID, h, true, "") },
		} {
			restore := w.sealRecord()
			before := w.everything()
			err := step()
			after := w.everything()
			restore()
			if err == nil || before != after {
				t.Errorf("%s went through without its event, or left something: %v", name, err)
			}
		}
		// The steps themselves were fit to be taken.
		w.must(w.RuleSuspension(bg, w.boss, halting.ID, h, true, ""))
		w.must(w.RuleExtension(bg, w.boss, asked.ID, x, true, ""))
		w.must(w.Step(bg, w.lead, ready.ID, ready.Version, "report", Entry{Body: enough, FormKey: key}))
		if got := w.kinds(ledger.OfItem, ready.ID); got[len(got)-1] != "reported" {
			t.Errorf("record %v", got)
		}
		if _, err := w.Item(bg, w.stranger, ready.ID); !errors.Is(err, store.ErrNotFound) {
			t.Error(err)
		}
	})
}
