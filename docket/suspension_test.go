package docket

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/uuid"

	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/staff"
)

var standStill = NewSuspension{Why: "discipline", Reason: "县纪委已立案,账目被调走", LastOn: "2026-04-30"}

// halting is an order for which a suspension was asked.
func (w *office) halting() (Item, uuid.UUID) {
	w.t.Helper()
	i := w.acknowledged()
	w.must(w.AskSuspension(bg, w.officer, i.ID, i.Version, standStill))
	return w.item(i.ID), w.view(i).Suspensions[0].ID
}

// suspended is an order that stands still from 10 March to 30 April.
func (w *office) suspended() Item {
	w.t.Helper()
	i, h := w.halting()
	w.on("2026-03-10")
	w.must(w.RuleSuspension(bg, w.boss, i.ID, h, true, "同意暂停"))
	return w.item(i.ID)
}

func TestAMatterOfADisciplineOrganStandsStill(t *testing.T) {
	each(t, func(t *testing.T, w *office) {
		i := w.suspended()
		// 52 days are not counted: the 17th of March becomes the 8th of May.
		if *i.SuspendedUntil != "2026-04-30" || *i.DueOn != "2026-05-08" || *i.FirstDueOn != "2026-05-08" || w.due(i) != *i.DueOn || i.State != Acknowledged {
			t.Errorf("until %s, due %s, by the clock %s, %s", *i.SuspendedUntil, *i.DueOn, w.due(i), i.State)
		}
		kinds := w.kinds(ledger.OfItem, i.ID)
		if want := []string{"item_suspension_asked", "clock_moved", "item_suspended"}; !slices.Equal(kinds[len(kinds)-3:], want) {
			t.Errorf("record %v", kinds)
		}
		v := w.view(i)
		if !v.Halted || v.Late != 0 || len(v.Pauses) != 1 || *v.Suspensions[0].FirstOn != "2026-03-10" || v.Suspensions[0].Why != "discipline" {
			t.Errorf("%+v", v)
		}
		// The unit learns that it stands still, and not why.
		v, err := w.Item(bg, w.lead, i.ID)
		w.must(err)
		if len(v.Suspensions) != 1 || v.Suspensions[0].Why != "" || v.Suspensions[0].Reason != "" || !v.Halted {
			t.Errorf("the unit reads %+v", v.Suspensions)
		}
		for _, e := range v.Events {
			if e.Kind == "item_suspension_asked" || e.Body["why"] == "discipline" {
				t.Errorf("the unit reads %s %v", e.Kind, e.Body)
			}
		}
		for _, code := range []string{"report", "dispute"} {
			if err := w.do(w.lead, &i, code); !errors.Is(err, step.ErrState) {
				t.Errorf("%s meanwhile: %v", code, err)
			}
		}
		if err := w.AskExtension(bg, w.lead, i.ID, i.Version, moreTime); !errors.Is(err, step.ErrState) {
			t.Errorf("more time meanwhile: %v", err)
		}
		if err := w.do(w.officer, &i, "press"); !errors.Is(err, step.ErrState) {
			t.Errorf("pressed meanwhile: %v", err)
		}
		w.must(w.do(w.lead, &i, "note"))
		// Nobody does anything, and the day after it goes on.
		w.on("2026-05-01")
		if v := w.view(i); v.Halted || !slices.Contains(v.Actions, "press") {
			t.Errorf("halted %v, %v", v.Halted, v.Actions)
		}
		w.must(w.do(w.lead, &i, "report", w.staged()...))
	})
}

func TestASuspensionIsEndedEarly(t *testing.T) {
	each(t, func(t *testing.T, w *office) {
		i := w.suspended()
		w.on("2026-03-20")
		if err := w.do(w.lead, &i, "resume"); !errors.Is(err, staff.ErrForbidden) {
			t.Errorf("by the unit: %v", err)
		}
		w.must(w.do(w.officer, &i, "resume"))
		// Ten days stood still; the 27th of March is a Friday.
		if i.SuspendedUntil != nil || *i.DueOn != "2026-03-27" || w.due(i) != *i.DueOn {
			t.Errorf("until %v, due %s, by the clock %s", i.SuspendedUntil, *i.DueOn, w.due(i))
		}
		v := w.view(i)
		if *v.Suspensions[0].EndedOn != "2026-03-19" || v.Notes[len(v.Notes)-1].Kind != "resume" {
			t.Errorf("%+v", v.Suspensions[0])
		}
		if err := w.do(w.officer, &i, "resume"); !errors.Is(err, step.ErrState) {
			t.Errorf("twice: %v", err)
		}
		// It may stand still another time.
		w.must(w.AskSuspension(bg, w.officer, i.ID, i.Version, NewSuspension{Why: "court", Reason: "法院保全", LastOn: "2026-04-10"}))
		v = w.view(i)
		w.must(w.RuleSuspension(bg, w.boss, i.ID, v.Suspensions[1].ID, true, ""))
		if i = w.item(i.ID); *i.SuspendedUntil != "2026-04-10" || w.due(i) != *i.DueOn {
			t.Errorf("until %s, due %s", *i.SuspendedUntil, *i.DueOn)
		}
	})
}

func TestWhatWasGrantedStandsStillToo(t *testing.T) {
	each(t, func(t *testing.T, w *office) {
		i, x := w.asked()
		w.must(w.RuleExtension(bg, w.boss, i.ID, x, true, "")) // due 7 April instead of 17 March
		i = w.item(i.ID)
		w.must(w.AskSuspension(bg, w.officer, i.ID, i.Version, NewSuspension{Why: "court", Reason: "法院保全", LastOn: "2026-03-11"}))
		w.must(w.RuleSuspension(bg, w.boss, i.ID, w.view(i).Suspensions[0].ID, true, ""))
		i = w.item(i.ID)
		// Ten days from 2 to 11 March; without the extension it stays the 17th.
		if *i.DueOn != "2026-04-16" || *i.FirstDueOn != "2026-03-17" || w.due(i) != *i.DueOn {
			t.Errorf("due %s, at first %s, by the clock %s", *i.DueOn, *i.FirstDueOn, w.due(i))
		}
	})
}

func TestWhoMayLetAnItemStandStill(t *testing.T) {
	each(t, func(t *testing.T, w *office) {
		i := w.acknowledged()
		for name, test := range map[string]struct {
			by   staff.Officer
			want error
		}{"the unit": {w.lead, staff.ErrForbidden}, "another county": {w.foreign, store.ErrNotFound}} {
			if err := w.AskSuspension(bg, test.by, i.ID, i.Version, standStill); !errors.Is(err, test.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
		for field, change := range map[string]func(*NewSuspension){
			"why": func(n *NewSuspension) { n.Why = "holiday" }, "reason": func(n *NewSuspension) { n.Reason = "" },
			"last_on": func(n *NewSuspension) { n.LastOn = "2026-08-29" },
		} {
			n := standStill
			change(&n)
			if err := w.AskSuspension(bg, w.officer, i.ID, i.Version, n); problem(err, field) == "" {
				t.Errorf("%s: %v", field, err)
			}
		}
		for _, last := range []workday.Date{"2026-03-02", "2026-02-30", ""} {
			n := standStill
			n.LastOn = last
			if err := w.AskSuspension(bg, w.officer, i.ID, i.Version, n); problem(err, "last_on") == "" {
				t.Errorf("until %q: %v", last, err)
			}
		}
		i, h := w.halting()
		if err := w.AskSuspension(bg, w.second, i.ID, i.Version, standStill); !errors.Is(err, step.ErrState) {
			t.Errorf("asked twice: %v", err)
		}
		if err := w.RuleSuspension(bg, w.officer, i.ID, h, true, ""); !errors.Is(err, staff.ErrForbidden) {
			t.Errorf("who does not approve: %v", err)
		}
		w.must(w.Store.Read(bg).Exec("UPDATE item_suspension SET asked_by = ? WHERE id = ?", w.boss.ID, h).Error)
		if err := w.RuleSuspension(bg, w.boss, i.ID, h, true, ""); !errors.Is(err, step.ErrSamePerson) {
			t.Errorf("own request: %v", err)
		}
		w.must(w.RuleSuspension(bg, w.above, i.ID, h, false, "材料不足"))
		if v := w.view(i); v.Suspensions[0].State != denied || v.Halted || *v.DueOn != "2026-03-17" {
			t.Errorf("%+v", v.Suspensions[0])
		}
		if v, err := w.Item(bg, w.lead, i.ID); err != nil || len(v.Suspensions) > 0 {
			t.Errorf("the unit reads what did not come: %+v, %v", v.Suspensions, err)
		}
		// What is over its day cannot stand still any more.
		w.on("2026-03-18")
		i = w.item(i.ID)
		if err := w.AskSuspension(bg, w.officer, i.ID, i.Version, standStill); !errors.Is(err, step.ErrState) {
			t.Errorf("when it is late: %v", err)
		}
	})
}

// A request that nobody ruled on in time can only be refused.
func TestASuspensionIsRuledOnInTime(t *testing.T) {
	each(t, func(t *testing.T, w *office) {
		i, h := w.halting()
		w.on("2026-03-18") // after the last day of the item
		before := w.everything()
		if err := w.RuleSuspension(bg, w.boss, i.ID, h, true, ""); !errors.Is(err, step.ErrState) {
			t.Errorf("approved late: %v", err)
		}
		if w.everything() != before {
			t.Error("it left something")
		}
		w.must(w.RuleSuspension(bg, w.boss, i.ID, h, false, "已到期"))
	})
}
