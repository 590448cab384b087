package docket

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/clock"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/staff"
)

func (w *office) in(do func(tx *gorm.DB) error) {
	w.t.Helper()
	w.must(w.Store.Transact(bg, do))
}

func TestPressingIsCounted(t *testing.T) {
	each(t, func(t *testing.T, w *office) {
		i := w.ordered()
		stale := i
		for range 3 {
			w.must(w.do(w.officer, &i, "press"))
		}
		if err := w.do(w.officer, &stale, "press"); !errors.Is(err, step.ErrStale) {
			t.Errorf("the same page once more: %v", err)
		}
		page, err := w.Items(bg, w.lead, Filter{}, "")
		w.must(err)
		v := w.view(i)
		if i.Pressed != 3 || page.Rows[0].Pressed != 3 || i.State != Issued || len(v.Notes) != 3 || v.Notes[2].Kind != "press" || v.Notes[2].Body != enough {
			t.Errorf("pressed %d, %s, %+v", i.Pressed, i.State, v.Notes)
		}
		events, err := ledger.Of(bg, w.Store, ledger.OfItem, i.ID, "item_pressed")
		w.must(err)
		if len(events) != 3 || events[2].Body["times"] != "3" {
			t.Errorf("record %+v", events)
		}
	})
}

func TestTheOfficeAboveGetsWhatIsRed(t *testing.T) {
	each(t, func(t *testing.T, w *office) {
		i, x := w.asked()
		city := w.units[cityDesk]
		for range 2 { // the watch may come twice
			w.in(func(tx *gorm.DB) error { return w.Escalate(tx, i.ID, city.ID) })
		}
		i = w.item(i.ID)
		if *i.EscalatedTo != city.ID || i.EscalatedAt == nil {
			t.Errorf("escalated %v", i.EscalatedTo)
		}
		kinds := w.kinds(ledger.OfItem, i.ID)
		if n := len(kinds); kinds[n-1] != "item_escalated" || kinds[n-2] == "item_escalated" {
			t.Errorf("record %v", kinds)
		}
		if got := w.listed(w.above, Filter{Escalated: true}); !slices.Equal(got, []uuid.UUID{i.ID}) {
			t.Errorf("listed %v", got)
		}
		if got := w.listed(w.officer, Filter{Escalated: true}); len(got) > 0 {
			t.Errorf("listed for the issuer %v", got)
		}
		w.must(w.do(w.above, &i, "press"))
		w.must(w.RuleExtension(bg, w.above, i.ID, x, true, ""))
		i = w.item(i.ID)
		w.must(w.do(w.officer, &i, "cancel"))
		w.in(func(tx *gorm.DB) error { return w.Escalate(tx, i.ID, w.units[panshan].ID) })
		if now := w.item(i.ID); *now.EscalatedTo != city.ID {
			t.Error("what is over was escalated")
		}
		err := w.Store.Transact(bg, func(tx *gorm.DB) error { return w.Escalate(tx, i.ID, uuid.New()) })
		if !errors.Is(err, store.ErrNotFound) {
			t.Errorf("to no office: %v", err)
		}
	})
}

// An office to which it was escalated, and which commands neither side, presses
// and grants time, and does nothing else; what a case hides stays hidden.
func TestWhoIsRaisedToPressesAndRulesOnly(t *testing.T) {
	each(t, func(t *testing.T, w *office) {
		c := w.verified()
		i := w.issued(c)
		w.must(w.do(w.lead, &i, "acknowledge"))
		w.must(w.AskExtension(bg, w.lead, i.ID, i.Version, moreTime))
		other := w.foreign // of 大洼区, which commands nobody here
		w.in(func(tx *gorm.DB) error { return w.Escalate(tx, i.ID, other.UnitID) })
		i = w.item(i.ID)
		v, err := w.Item(bg, other, i.ID)
		w.must(err)
		if !slices.Equal(v.Actions, []string{"extend_rule", "press"}) || len(v.Complaints) > 0 || len(v.Missing) > 0 {
			t.Errorf("offered %v, reads %v %v", v.Actions, v.Complaints, v.Missing)
		}
		for _, code := range []string{"cancel", "return", "resume"} {
			if err := w.do(other, &i, code); !errors.Is(err, staff.ErrForbidden) {
				t.Errorf("%s: %v", code, err)
			}
		}
		w.must(w.do(other, &i, "press"))
		w.must(w.RuleExtension(bg, other, i.ID, v.Extension.ID, false, "请按期办结"))
		w.must(w.Triage.NameSubject(bg, w.officer, c.ID, w.again(c).Version, []uuid.UUID{other.UnitID}))
		if _, err := w.Item(bg, other, i.ID); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("the office that the case is about: %v", err)
		}
	})
}

func TestTheKeeperTellsWhoOwes(t *testing.T) {
	each(t, func(t *testing.T, w *office) {
		owners := func(i Item) map[uuid.UUID]clock.Owner {
			got, err := w.Keeper().Owners(w.Store.Read(bg), []uuid.UUID{i.ID, uuid.New()})
			w.must(err)
			return got
		}
		i := w.opened(w.instruction())
		if got := owners(i); len(got) > 0 {
			t.Errorf("a draft: %v", got)
		}
		w.must(w.do(w.officer, &i, "issue"))
		if got := owners(i)[i.ID]; got.Unit != w.units[panshanPoor].ID || *got.By != w.units[panshan].ID || got.Name != i.Number {
			t.Errorf("issued: %+v", got)
		}
		w.must(w.do(w.lead, &i, "acknowledge"))
		w.must(w.do(w.lead, &i, "report", w.staged()...))
		if got := owners(i); len(got) > 0 {
			t.Errorf("it lies with the office: %v", got)
		}
		w.must(w.do(w.officer, &i, "return"))
		if got := owners(i); len(got) != 1 {
			t.Errorf("returned: %v", got)
		}
		still := w.suspended()
		if got := owners(still); len(got) > 0 {
			t.Errorf("suspended: %v", got)
		}
		w.on("2026-05-01")
		if got := owners(still); len(got) != 1 {
			t.Errorf("after the suspension: %v", got)
		}
		w.must(w.do(w.officer, &i, "cancel"))
		if got := owners(i); len(got) > 0 {
			t.Errorf("over: %v", got)
		}
	})
}

// When the calendar changes, the last day of an item moves with its clock.
func TestAnItemKeepsTheDateOfItsClock(t *testing.T) {
	each(t, func(t *testing.T, w *office) {
		w.on("2027-01-22")
		i := w.opened(w.instruction())
		w.must(w.do(w.officer, &i, "issue"))
		before := *i.DueOn // presumed: the calendar of 2027 is not announced
		days := []workday.Day{{On: before, Name: "春节", Source: "通知"}, {On: before.Add(1), Name: "春节", Source: "通知"}}
		_, err := w.Clocks.ImportDaysFromCommandLine(bg, days, nil, false)
		w.must(err)
		w.in(func(tx *gorm.DB) error {
			moved, _, _, err := w.Clocks.Recount(tx, clock.Place{}, 100)
			for _, m := range moved {
				if err := w.Keeper().Moved(tx, m); err != nil {
					return err
				}
			}
			return err
		})
		now := w.item(i.ID)
		if *now.DueOn <= before || *now.DueOn != w.due(i) || *now.FirstDueOn != *now.DueOn {
			t.Errorf("was due %s, is due %s, by the clock %s", before, *now.DueOn, w.due(i))
		}
		if kinds := w.kinds(ledger.OfItem, i.ID); kinds[len(kinds)-1] != "clock_moved" {
			t.Errorf("record %v", kinds)
		}
		if err := w.do(w.lead, &i, "acknowledge"); err != nil && !errors.Is(err, step.ErrStale) {
			t.Error(err)
		}
	})
}

func TestOtherRoomsReferToWhatMayBeSeen(t *testing.T) {
	each(t, func(t *testing.T, w *office) {
		i := w.ordered()
		w.on("2026-03-18")
		for name, by := range map[string]staff.Officer{"issuer": w.officer, "unit": w.lead, "above": w.above} {
			b, err := w.Brief(bg, by, i.ID)
			if err != nil || b.Number != i.Number || b.Title != i.Title || b.State != Issued || b.LeadName != panshanPoor || b.IssuerName != panshan || b.Late != 1 || b.Over {
				t.Errorf("%s: %+v, %v", name, b, err)
			}
			if n, err := w.Numbered(bg, by, i.Number); err != nil || n != i.ID {
				t.Errorf("%s, by number: %v", name, err)
			}
			if err := w.MaySee(bg, by, i.ID); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if told := w.disclosed(by, i.ID); told != i.Number+" "+i.Title {
				t.Errorf("%s is told %q", name, told)
			}
		}
		for name, by := range map[string]staff.Officer{"stranger": w.stranger, "another county": w.foreign, "who keeps names": w.custodian} {
			_, brief := w.Brief(bg, by, i.ID)
			_, numbered := w.Numbered(bg, by, i.Number)
			if told := w.disclosed(by, i.ID); told != "" {
				t.Errorf("%s is told %q", name, told)
			}
			for _, err := range []error{brief, numbered, w.MaySee(bg, by, i.ID)} {
				if !errors.Is(err, store.ErrNotFound) {
					t.Errorf("%s: %v", name, err)
				}
			}
		}
		draft := w.opened(w.instruction())
		if _, err := w.Numbered(bg, w.officer, ""); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("by no number: %v", err)
		}
		w.in(func(tx *gorm.DB) error {
			b, err := w.BriefIn(tx, draft.ID)
			if b.ID != draft.ID || b.Number != "" {
				t.Errorf("%+v", b)
			}
			return err
		})
	})
}

func TestWhatCameOfItIsKept(t *testing.T) {
	each(t, func(t *testing.T, w *office) {
		i := w.ordered()
		fen := func(n int64) *int64 { return &n }
		take := func(by staff.Officer, code string, e Entry) error {
			err := w.Step(bg, by, i.ID, i.Version, code, e)
			i = w.item(i.ID)
			return err
		}
		w.must(take(w.lead, "acknowledge", Entry{Responsible: "祝负责", DeputyLead: "程分管"}))
		for field, e := range map[string]Entry{
			"responsible": {Body: enough, Responsible: "一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一"},
			"conclusion":  {Body: enough, Conclusion: "maybe"}, "recovered": {Body: enough, RecoveredFen: fen(-1)},
			"returned": {Body: enough, RecoveredFen: fen(100), ReturnedFen: fen(101)},
		} {
			if err := take(w.lead, "report", e); problem(err, field) == "" {
				t.Errorf("%s: %v", field, err)
			}
		}
		w.must(take(w.lead, "report", Entry{Body: enough, FormKey: w.staged(), Responsible: "祝新人", Conclusion: "partly", Measures: "逐户公示发放表",
			RecoveredFen: fen(300_000), ReturnedFen: fen(250_000)}))
		if i.Responsible != "祝新人" || i.DeputyLead != "程分管" || i.Conclusion != "partly" || i.Measures != "逐户公示发放表" || i.RecoveredFen != 300_000 || i.ReturnedFen != 250_000 {
			t.Errorf("reported %+v", i)
		}
		w.must(take(w.officer, "accept_report", Entry{}))
		if err := take(w.officer, "strike_off", Entry{ReturnedFen: fen(300_001)}); problem(err, "returned") == "" {
			t.Errorf("more returned than there was: %v", err)
		}
		w.must(take(w.officer, "strike_off", Entry{ReturnedFen: fen(300_000)}))
		if i.State != StruckOff || i.RecoveredFen != 300_000 || i.ReturnedFen != 300_000 || i.ClosedAt == nil {
			t.Errorf("struck off %+v", i)
		}
	})
}

// disclosed is what somebody is told that the subject of an alarm is called.
func (w *office) disclosed(by staff.Officer, item uuid.UUID) string {
	w.t.Helper()
	names, err := w.Keeper().(clock.Discloser).Disclose(bg, by, []uuid.UUID{item})
	w.must(err)
	return names[item]
}
