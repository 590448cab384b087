package docket

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"gorm.io/gorm"

	"minsheng/clock"
	"minsheng/internal/step"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/staff"
)

// movers are the events that may move the last day of an item.
var movers = []string{"issued", "clock_moved", "item_extended", "item_suspended", "item_resumed"}

// Whatever people do with an item, in whatever order and on whatever days, its
// last day is the one of its clock, and never moves without an event that says
// so.
func TestALastDayNeverMovesUnseen(t *testing.T) {
	each(t, func(t *testing.T, w *office) {
		for seed := range uint64(5) {
			w.on("2026-03-02")
			r := rand.New(rand.NewPCG(seed, 4))
			walk := &walker{office: w, r: r, i: w.opened(w.instruction()), today: "2026-03-02"}
			for range 30 {
				walk.step()
			}
			if walk.taken < 6 {
				t.Errorf("seed %d: only %d steps were possible", seed, walk.taken)
			}
		}
	})
}

// walker does whatever an item lets happen.
type walker struct {
	*office
	r     *rand.Rand
	i     Item
	today workday.Date
	taken int
}

func (w *walker) step() {
	w.t.Helper()
	if w.r.IntN(3) == 0 {
		w.today = w.today.Add(1 + w.r.IntN(4))
		w.on(w.today)
	}
	before, recorded := w.i.DueOn, len(w.kinds(ledger.OfItem, w.i.ID))
	what, err := w.act()
	if err != nil && !errors.Is(err, step.ErrState) && problem(err, "until") == "" {
		w.t.Fatalf("%s: %v", what, err)
	}
	if err == nil {
		w.taken++
	}
	w.i = w.item(w.i.ID)
	fresh := w.kinds(ledger.OfItem, w.i.ID)[recorded:]
	moved := (before == nil) != (w.i.DueOn == nil) || before != nil && *before != *w.i.DueOn
	if said := slices.ContainsFunc(fresh, func(kind string) bool { return slices.Contains(movers, kind) }); moved && !said {
		w.t.Errorf("%s moved the last day from %v to %v, and the record says %v", what, before, w.i.DueOn, fresh)
	}
	if w.i.DueOn != nil && w.i.ClosedAt == nil && w.office.due(w.i) != *w.i.DueOn {
		w.t.Errorf("after %s it is due %s, by the clock %s", what, *w.i.DueOn, w.office.due(w.i))
	}
	if w.i.FirstDueOn != nil && *w.i.FirstDueOn > *w.i.DueOn {
		w.t.Errorf("after %s it is due %s, without the extension %s", what, *w.i.DueOn, *w.i.FirstDueOn)
	}
}

// act takes one of the steps that anybody is offered.
func (w *walker) act() (string, error) {
	v, x := w.view(w.i), ""
	by := map[string]staff.Officer{}
	for _, who := range []staff.Officer{w.lead, w.boss, w.officer} {
		seen, err := w.Item(bg, who, w.i.ID)
		if err != nil {
			continue // a draft
		}
		for _, code := range seen.Actions {
			by[code] = who
		}
	}
	delete(by, "cancel")
	delete(by, "strike_off")
	codes := []string{"recount"}
	for _, way := range life {
		if _, may := by[way.Code]; may {
			codes = append(codes, way.Code)
		}
	}
	x = codes[w.r.IntN(len(codes))]
	switch x {
	case "recount":
		return x, w.Store.Transact(bg, func(tx *gorm.DB) error {
			moved, _, _, err := w.Clocks.Recount(tx, clock.Place{}, 100)
			for _, m := range moved {
				err = errors.Join(err, w.Keeper().Moved(tx, m))
			}
			return err
		})
	case "extend":
		return x, w.AskExtension(bg, by[x], w.i.ID, w.i.Version, NewExtension{Days: 1 + w.r.IntN(30), Reason: moreTime.Reason, Progress: moreTime.Progress})
	case "extend_rule":
		return x, w.RuleExtension(bg, by[x], w.i.ID, v.Extension.ID, w.r.IntN(4) > 0, "看情况定")
	case "suspend":
		return x, w.AskSuspension(bg, by[x], w.i.ID, w.i.Version, NewSuspension{Why: "court", Reason: "法院保全", LastOn: w.today.Add(1 + w.r.IntN(30))})
	case "suspend_rule":
		return x, w.RuleSuspension(bg, by[x], w.i.ID, v.Suspensions[len(v.Suspensions)-1].ID, w.r.IntN(4) > 0, "看情况定")
	}
	return x, w.Step(bg, by[x], w.i.ID, w.i.Version, x, Entry{Body: enough})
}
