package docket

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/staff"
	"minsheng/triage"
)

// acknowledged is an order that the unit has, due on 17 March.
func (w *office) acknowledged() Item {
	w.t.Helper()
	i := w.ordered()
	w.must(w.do(w.lead, &i, "acknowledge"))
	return i
}

var moreTime = NewExtension{Days: 20, Reason: "两户外出务工,三月下旬才能回来核对", Progress: "十五户已核清十三户"}

// asked is an order for which more time was asked, with the request.
func (w *office) asked() (Item, uuid.UUID) {
	w.t.Helper()
	i := w.acknowledged()
	w.must(w.AskExtension(bg, w.lead, i.ID, i.Version, moreTime))
	return w.item(i.ID), w.view(i).Extension.ID
}

func (w *office) view(i Item) ItemView {
	w.t.Helper()
	v, err := w.Item(bg, w.above, i.ID)
	w.must(err)
	return v
}

// due is the last day as the clock has it.
func (w *office) due(i Item) workday.Date {
	w.t.Helper()
	open, err := w.Clocks.Running(w.Store.Read(bg), i.ID)
	w.must(err)
	d := clockOf(open, dueRule(i.Urgency))
	if d == nil {
		w.t.Fatal("the clock does not run")
	}
	return d.DueOn
}

func TestMoreTimeIsGrantedByAnother(t *testing.T) {
	each(t, func(t *testing.T, w *office) {
		i := w.acknowledged()
		n := moreTime
		n.FormKey = w.staged()
		w.on("2026-03-17") // the last day itself still counts
		w.must(w.AskExtension(bg, w.lead, i.ID, i.Version, n))
		v := w.view(i)
		x := v.Extension
		if x == nil || x.State != open || x.Days != 20 || x.Reason != n.Reason || x.Progress != n.Progress || x.AskedBy != w.lead.Name || x.UnitName != panshanPoor || x.DueBefore != "2026-03-17" || len(x.Files) != 1 {
			t.Fatalf("asked %+v", x)
		}
		if *v.DueOn != "2026-03-17" || !v.Waits {
			t.Errorf("due %s, waits %v: nothing moves before somebody ruled", *v.DueOn, v.Waits)
		}
		if _, content, _, err := w.OpenFile(bg, w.officer, i.ID, x.Files[0].ID); err != nil {
			t.Errorf("the file: %v", err)
		} else {
			content.Close()
		}
		w.on("2026-03-19") // the office is slower than the clock
		w.must(w.RuleExtension(bg, w.boss, i.ID, x.ID, true, "同意"))
		v = w.view(i)
		// Twenty days from the 17th: Monday, 6 April is Qingming's day off.
		if *v.DueOn != "2026-04-07" || *v.FirstDueOn != "2026-03-17" || w.due(v.Item) != *v.DueOn || v.Waits {
			t.Errorf("due %s, at first %s, by the clock %s", *v.DueOn, *v.FirstDueOn, w.due(v.Item))
		}
		if v.Extension.State != approved || v.Extension.RuledBy != w.boss.Name || *v.Extension.DueAfter != *v.DueOn {
			t.Errorf("ruled %+v", v.Extension)
		}
		for _, d := range v.Deadlines {
			if d.Rule == "supervision_item.normal" && d.Round == 2 && (!d.Extends || !strings.Contains(d.Basis, "延期一次")) {
				t.Errorf("the clock's second round %+v", d)
			}
		}
		events, err := ledger.Of(bg, w.Store, ledger.OfItem, i.ID, "item_extended")
		w.must(err)
		if len(events) != 1 || events[0].Body["before"] != "2026-03-17" || events[0].Body["due_on"] != "2026-04-07" || events[0].Body["days"] != "20" {
			t.Errorf("record %+v", events)
		}
		i = w.item(i.ID)
		if err := w.AskExtension(bg, w.lead, i.ID, i.Version, moreTime); !errors.Is(err, step.ErrState) {
			t.Errorf("a second time: %v", err)
		}
	})
}

func TestMoreTimeIsRefusedWithWords(t *testing.T) {
	each(t, func(t *testing.T, w *office) {
		i, x := w.asked()
		if err := w.RuleExtension(bg, w.boss, i.ID, x, false, ""); problem(err, "note") == "" {
			t.Errorf("without a word: %v", err)
		}
		w.must(w.RuleExtension(bg, w.boss, i.ID, x, false, "人员电话联系即可核对"))
		v := w.view(i)
		if *v.DueOn != "2026-03-17" || v.Extension.State != denied || v.Extension.Note != "人员电话联系即可核对" {
			t.Errorf("due %s, %+v", *v.DueOn, v.Extension)
		}
		if err := w.AskExtension(bg, w.lead, i.ID, v.Version, moreTime); !errors.Is(err, step.ErrState) {
			t.Errorf("asked again: %v", err)
		}
		if err := w.RuleExtension(bg, w.boss, i.ID, x, true, ""); !errors.Is(err, step.ErrState) {
			t.Errorf("ruled again: %v", err)
		}
	})
}

func TestWhoMayAskForMoreTimeAndWhoMayGrantIt(t *testing.T) {
	each(t, func(t *testing.T, w *office) {
		i := w.acknowledged()
		for name, test := range map[string]struct {
			by   staff.Officer
			want error
		}{"who assists": {w.assist, staff.ErrForbidden}, "the issuer": {w.officer, staff.ErrForbidden}, "a stranger": {w.stranger, store.ErrNotFound}} {
			if err := w.AskExtension(bg, test.by, i.ID, i.Version, moreTime); !errors.Is(err, test.want) {
				t.Errorf("asked by %s: %v", name, err)
			}
		}
		if err := w.AskExtension(bg, w.lead, i.ID, i.Version-1, moreTime); !errors.Is(err, step.ErrStale) {
			t.Errorf("from a stale page: %v", err)
		}
		for field, change := range map[string]func(*NewExtension){
			"days": func(n *NewExtension) { n.Days = 31 }, "reason": func(n *NewExtension) { n.Reason = "忙" }, "progress": func(n *NewExtension) { n.Progress = "" },
		} {
			n := moreTime
			change(&n)
			if err := w.AskExtension(bg, w.lead, i.ID, i.Version, n); problem(err, field) == "" {
				t.Errorf("%s: %v", field, err)
			}
		}
		w.on("2026-03-18")
		if err := w.AskExtension(bg, w.lead, i.ID, i.Version, moreTime); !errors.Is(err, step.ErrState) {
			t.Errorf("a day late: %v", err)
		}
		w.on("2026-03-03")
		i, x := w.asked()
		for name, test := range map[string]struct {
			by   staff.Officer
			want error
		}{
			"who does not approve": {w.officer, staff.ErrForbidden}, "the unit": {w.lead, staff.ErrForbidden},
			"another county": {w.foreign, store.ErrNotFound}, "a stranger": {w.stranger, store.ErrNotFound},
		} {
			if err := w.RuleExtension(bg, test.by, i.ID, x, true, ""); !errors.Is(err, test.want) {
				t.Errorf("ruled by %s: %v, want %v", name, err, test.want)
			}
		}
		if err := w.RuleExtension(bg, w.boss, i.ID, uuid.New(), true, ""); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("another request: %v", err)
		}
		// Who sits in both chairs rules on nothing of their own.
		w.must(w.Store.Read(bg).Exec("UPDATE item_extension SET asked_by = ? WHERE id = ?", w.boss.ID, x).Error)
		if err := w.RuleExtension(bg, w.boss, i.ID, x, true, ""); !errors.Is(err, step.ErrSamePerson) {
			t.Errorf("own request: %v", err)
		}
		v, err := w.Item(bg, w.boss, i.ID)
		if err != nil || slices.Contains(v.Actions, "extend_rule") {
			t.Errorf("offered to who asked: %v, %v", v.Actions, err)
		}
		loud := quietly()
		if err := w.Store.Read(bg).Exec("UPDATE item_extension SET state = 'approved', ruled_by = asked_by WHERE id = ?", x).Error; err == nil {
			t.Error("the database lets somebody rule on their own request")
		}
		loud()
		w.must(w.RuleExtension(bg, w.above, i.ID, x, true, ""))
	})
}

func TestOfTwoWhoRuleOneIsLate(t *testing.T) {
	each(t, func(t *testing.T, w *office) {
		other := w.person(panshan, staff.Supervisor)
		for range 5 {
			i, x := w.asked()
			got := make([]error, 2)
			var both sync.WaitGroup
			for n, by := range []staff.Officer{w.boss, other} {
				both.Go(func() { got[n] = w.RuleExtension(bg, by, i.ID, x, n == 0, "两人同时审批") })
			}
			both.Wait()
			late := got[0]
			if late == nil {
				late = got[1]
			}
			if (got[0] == nil) == (got[1] == nil) || !errors.Is(late, step.ErrStale) && !errors.Is(late, step.ErrState) {
				t.Errorf("got %v", got)
			}
			kinds := w.kinds(ledger.OfItem, i.ID)
			if last := kinds[len(kinds)-1]; (got[0] == nil) != (last == "item_extended") || (got[1] == nil) != (last == "item_extension_denied") {
				t.Errorf("%v, and the record ends with %s", got, last)
			}
			if now := w.item(i.ID); w.due(now) != *now.DueOn {
				t.Errorf("due %s, by the clock %s", *now.DueOn, w.due(now))
			}
		}
	})
}

func TestOfTwoWhoAskOneIsLate(t *testing.T) {
	each(t, func(t *testing.T, w *office) {
		other := w.person(panshanPoor, staff.UnitHandler)
		i := w.acknowledged()
		got := make([]error, 2)
		var both sync.WaitGroup
		for n, by := range []staff.Officer{w.lead, other} {
			both.Go(func() { got[n] = w.AskExtension(bg, by, i.ID, i.Version, moreTime) })
		}
		both.Wait()
		late := errors.Join(got...)
		if (got[0] == nil) == (got[1] == nil) || !errors.Is(late, step.ErrStale) && !errors.Is(late, step.ErrState) {
			t.Errorf("got %v", got)
		}
	})
}

// A fixed day can be extended like any other.
func TestAnAgreedDayIsExtendedToo(t *testing.T) {
	each(t, func(t *testing.T, w *office) {
		n := w.instruction()
		n.Until = day("2026-03-20")
		i := w.opened(n)
		w.must(w.do(w.officer, &i, "issue"))
		w.must(w.do(w.lead, &i, "acknowledge"))
		w.must(w.AskExtension(bg, w.lead, i.ID, i.Version, moreTime))
		w.must(w.RuleExtension(bg, w.boss, i.ID, w.view(i).Extension.ID, true, ""))
		if i = w.item(i.ID); *i.DueOn != "2026-04-09" || *i.FirstDueOn != "2026-03-20" || w.due(i) != *i.DueOn {
			t.Errorf("due %s, at first %s, by the clock %s", *i.DueOn, *i.FirstDueOn, w.due(i))
		}
	})
}

// What the office writes when it rules is read by the unit.
func TestARulingGivesNobodyAway(t *testing.T) {
	each(t, func(t *testing.T, w *office) {
		i := w.issued(w.verified())
		w.must(w.do(w.lead, &i, "acknowledge"))
		w.must(w.AskExtension(bg, w.lead, i.ID, i.Version, moreTime))
		var leak *triage.Leak
		if err := w.RuleExtension(bg, w.boss, i.ID, w.view(i).Extension.ID, false, "先去问张试样"); !errors.As(err, &leak) || leak.Findings[0] != finding("note", "name", "张试样") {
			t.Errorf("%v %+v", err, leak)
		}
		i = w.item(i.ID)
		if err := w.Step(bg, w.officer, i.ID, i.Version, "press", Entry{Body: "张试样等着呢"}); !errors.As(err, &leak) || leak.Findings[0] != finding("body", "name", "张试样") {
			t.Errorf("pressed: %v %+v", err, leak)
		}
	})
}

// Nothing waits any more once the item is over.
func TestRequestsLapseWithTheItem(t *testing.T) {
	each(t, func(t *testing.T, w *office) {
		i, x := w.asked()
		w.must(w.AskSuspension(bg, w.officer, i.ID, i.Version, standStill))
		i = w.item(i.ID)
		w.must(w.do(w.officer, &i, "cancel"))
		v := w.view(i)
		if v.Extension.State != lapsed || v.Suspensions[0].State != lapsed || v.Waits {
			t.Errorf("%+v %+v", v.Extension, v.Suspensions)
		}
		if err := w.RuleExtension(bg, w.boss, i.ID, x, true, ""); !errors.Is(err, step.ErrState) {
			t.Errorf("ruled when it is over: %v", err)
		}
	})
}
