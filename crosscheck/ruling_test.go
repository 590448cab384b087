package crosscheck

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"minsheng/intake"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/staff"
)

// oneHit is a world with one hit: money to a dead person.
func oneHit(w *world) (staff.Officer, Hit) {
	w.t.Helper()
	w.pay(paidTo{"双柳村", "张老三", id1, "", "2026-03-05"})
	w.refer(Deceased, knownAs{"双柳村", "张老三", id1, "2026-01-01"})
	by := w.checker(county)
	w.check(by)
	hits := w.hits(by, Filter{})
	if len(hits) != 1 {
		w.t.Fatal(found(hits))
	}
	return by, hits[0]
}

func TestOpeningNamesIsRecorded(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		by, h := oneHit(w)
		if names := h.Rows[0].Name + h.Rows[1].Name; names != "张*三张*三" {
			t.Errorf("listed as %s", names)
		}
		if w.events("hit_opened") != 0 {
			t.Error("the list opened a name")
		}
		got, err := w.Hit(bg, by, h.ID)
		if err != nil || got.Rows[0].Name != "张老三" || got.Rows[1].Name != "张老三" || !strings.HasSuffix(got.Village, "双柳村") {
			t.Errorf("%+v, %v", got, err)
		}
		if n := w.events("hit_opened"); n != 1 {
			t.Errorf("%d events", n)
		}
		if _, err := w.Hit(bg, w.checker(other), h.ID); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("from another county: %v", err)
		}
		if n := w.events("hit_opened"); n != 1 {
			t.Errorf("%d events after a refusal", n)
		}
		var stored string
		must(t, w.Store.Read(bg).Raw("SELECT rows FROM cross_hit").Scan(&stored).Error)
		if strings.Contains(stored, "张老三") {
			t.Error("the name is stored")
		}
	})
}

func TestManyMayOpenAHitAtOnce(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		by, h := oneHit(w)
		var all sync.WaitGroup
		errs := make([]error, 8)
		for i := range errs {
			all.Go(func() { _, errs[i] = w.Hit(bg, by, h.ID) })
		}
		all.Wait()
		if err := errors.Join(errs...); err != nil || w.events("hit_opened") != 8 {
			t.Errorf("%d events, %v", w.events("hit_opened"), err)
		}
	})
}

func TestDismissedStaysDismissed(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		by, h := oneHit(w)
		for _, reason := range []string{"", "不是", strings.Repeat("长", 201)} {
			if err := w.Dismiss(bg, by, h.ID, h.Version, reason); !errors.Is(err, ErrReason) {
				t.Errorf("%q: %v", reason, err)
			}
		}
		if err := w.Dismiss(bg, w.checker(other), h.ID, h.Version, "同名不同人"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("from another county: %v", err)
		}
		if err := w.Dismiss(bg, by, h.ID, h.Version+1, "同名不同人"); !errors.Is(err, step.ErrStale) {
			t.Errorf("another version: %v", err)
		}
		must(t, w.Dismiss(bg, by, h.ID, h.Version, "同名不同人"))
		if err := w.Dismiss(bg, by, h.ID, h.Version+1, "同名不同人"); !errors.Is(err, ErrState) {
			t.Errorf("twice: %v", err)
		}
		if _, err := w.Turn(bg, by, h.ID, h.Version+1, "请核实这笔钱。"); !errors.Is(err, ErrState) {
			t.Errorf("turned after all: %v", err)
		}
		// The same person in a file loaded later, and a payment more.
		w.refer(Deceased, knownAs{"苇子沟村", "李四", id2, ""}, knownAs{"双柳村", "张老三", id1, "2026-01-01"})
		if run := w.check(by); run.Hits != 1 || run.Fresh != 0 {
			t.Errorf("found again: %+v", run)
		}
		w.pay(paidTo{"双柳村", "张老三", id1, "", "2026-04-05"})
		if run := w.check(by); run.Hits != 2 || run.Fresh != 1 {
			t.Errorf("further money: %+v", run)
		}
		gone := w.hits(by, Filter{State: "dismissed"})
		if len(gone) != 1 || gone[0].Reason != "同名不同人" || gone[0].Ruler != "督查员" || gone[0].RuledAt == nil {
			t.Errorf("%+v", gone)
		}
		if w.events("hit_dismissed") != 1 {
			t.Error("no event")
		}
	})
}

func TestAccountsDismissedStaySoWhenPaidAgain(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		by := w.checker(county)
		month := func(day string, more ...paidTo) Run {
			w.pay(append(more, paidTo{"双柳村", "张老三", id1, "6217000000001234", day}, paidTo{"双柳村", "李四", id2, "6217000000001234", day})...)
			return w.check(by)
		}
		month("2026-03-05")
		h := w.hits(by, Filter{})[0]
		must(t, w.Dismiss(bg, by, h.ID, h.Version, "兄弟两户共用一折"))
		if run := month("2026-04-05"); run.Fresh != 0 {
			t.Errorf("a month later: %+v", run)
		}
		if run := month("2026-05-05", paidTo{"双柳村", "王五五", id3, "6217000000001234", "2026-05-05"}); run.Fresh != 1 {
			t.Errorf("a third household: %+v", run)
		}
	})
}

func TestHitBecomesACase(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		by, h := oneHit(w)
		for words, want := range map[string]error{
			"查一": ErrWords, strings.Repeat("长", 2001): ErrWords,
			"张老三去世后仍有补贴发放。": ErrNames, "张 老三去世后仍有补贴发放。": ErrNames, "请打13800000000核实。": ErrNames,
		} {
			if _, err := w.Turn(bg, by, h.ID, h.Version, words); !errors.Is(err, want) {
				t.Errorf("%.20s: %v, want %v", words, err, want)
			}
		}
		if _, err := w.Turn(bg, w.checker(other), h.ID, h.Version, "请核实这笔钱。"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("from another county: %v", err)
		}
		id, err := w.Turn(bg, by, h.ID, h.Version, "比对发现：去世后仍有补贴发放，请核实。")
		must(t, err)
		about, err := w.Intake.AboutOf(bg, id)
		must(t, err)
		var kinds []string
		for _, a := range about {
			kinds = append(kinds, a.Kind)
		}
		if !slices.Equal(kinds, []string{"hit", "payment"}) || about[0].RefID != h.ID || about[1].RefID != h.Rows[0].ID {
			t.Errorf("refers to %+v", about)
		}
		var c struct {
			PlaceCode  string
			Kind       intake.Kind
			DeskUnitID uuid.UUID
		}
		must(t, w.Store.Read(bg).Table("complaint").Where("id = ?", id).Take(&c).Error)
		if c.PlaceCode != shuangliu || c.Kind != "FUND_FRAUD_CLAIM" || c.DeskUnitID != w.units[county].ID {
			t.Errorf("%+v", c)
		}
		turned := w.hits(by, Filter{State: "case"})
		if len(turned) != 1 || turned[0].ComplaintID == nil || *turned[0].ComplaintID != id {
			t.Errorf("%+v", turned)
		}
		if run := w.check(by); run.Hits != 1 || run.Fresh != 0 {
			t.Errorf("found again: %+v", run)
		}
	})
}

func TestHitBecomesOneCaseHoweverManyTurnIt(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		by, h := oneHit(w)
		var all sync.WaitGroup
		errs := make([]error, 9)
		for i := range errs {
			all.Go(func() {
				if i == 8 {
					errs[i] = w.Dismiss(bg, by, h.ID, h.Version, "同名不同人")
					return
				}
				_, errs[i] = w.Turn(bg, by, h.ID, h.Version, "比对发现：请核实这笔钱。")
			})
		}
		all.Wait()
		done := 0
		for _, err := range errs {
			switch {
			case err == nil:
				done++
			case !errors.Is(err, ErrState):
				t.Error(err)
			}
		}
		var cases int64
		must(t, w.Store.Read(bg).Table("complaint").Count(&cases).Error)
		if want := int64(1); done != 1 || cases > want || cases != int64(w.events("hit_turned")) {
			t.Errorf("%d went through, %d cases", done, cases)
		}
	})
}

// TestWhicheverFileSaysItIsTheSameHit: the city reads files of more offices and
// finds the person in another one first.
func TestWhicheverFileSaysItIsTheSameHit(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		must(t, w.load(w.officer(other, staff.Publisher), Deceased, knownAs{"", "李四", id2, ""}, knownAs{"", "张老三", id1, ""}))
		by, h := oneHit(w)
		must(t, w.Dismiss(bg, by, h.ID, h.Version, "同名不同人"))
		if run := w.check(w.checker(city)); run.Hits != 1 || run.Fresh != 0 {
			t.Errorf("%+v", run)
		}
	})
}
