package watch

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/clock"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/staff"
)

// ruleChange makes the ordinary limit of items twenty days.
var ruleChange = clock.Change{Code: normal, N: 20, DayKind: workday.CalendarDays, Basis: "督查室通知", From: "2026-11-01", Why: "一般件放宽到二十日"}

func (w *tower) lengthen() {
	w.t.Helper()
	w.must(w.SetRule(bg, w.person(w.city, staff.Administrator), ruleChange))
}

// countedOn is the version on which all dates are counted.
func (w *tower) countedOn() string {
	w.t.Helper()
	var f factRow
	w.must(w.Store.Read(bg).Where("name = ?", countedOn).Limit(1).Find(&f).Error)
	return f.Value
}

func (w *tower) version() string {
	w.t.Helper()
	v, err := w.Clocks.Version(bg)
	w.must(err)
	return v
}

// settled sweeps until the rules are known to every replica.
func (w *tower) settled() (swept Swept) {
	w.t.Helper()
	w.sweep()
	w.pass(w.Settle)
	return w.sweep()
}

func TestDatesAreCountedAgainOnceEveryReplicaKnows(t *testing.T) {
	each(t, func(t *testing.T, w *tower) {
		w.settled()
		if w.countedOn() != w.version() {
			t.Fatalf("counted on %q", w.countedOn())
		}
		w.set(workday.Date("2026-11-02").Time().Add(23 * time.Hour)) // at night too
		item, report := w.start(normal, "2026-11-02"), w.start(reply, "2026-11-02")
		w.lengthen()
		for range 2 { // found out, and half a minute later
			if swept := w.sweep(); swept.Moved != 0 {
				t.Errorf("counted again before everybody knew: %+v", swept)
			}
			w.pass(30 * time.Second)
		}
		if swept := w.sweep(); swept.Moved != 1 || w.countedOn() != w.version() {
			t.Errorf("%+v, counted on %q", swept, w.countedOn())
		}
		moves := w.items.moved[item.SubjectID]
		if len(moves) != 1 || moves[0].Before != "2026-11-17" || moves[0].DueOn != "2026-11-23" || moves[0].Why != "rule" || len(w.reps.moved[report.SubjectID]) != 0 {
			t.Errorf("told of %+v", moves)
		}
		w.pass(time.Hour)
		if swept := w.sweep(); swept.Moved != 0 {
			t.Errorf("and again: %+v", swept)
		}
	})
}

func TestACalendarIsCountedOnWhereItWasNotAnnounced(t *testing.T) {
	each(t, func(t *testing.T, w *tower) {
		w.on("2026-12-08")
		told, never := w.start(reply, "2026-12-08"), w.start(normal, "2026-12-08")
		w.settled()
		var days []workday.Day
		for _, span := range [][2]workday.Date{{"2027-01-01", "2027-01-03"}, {"2027-02-05", "2027-02-12"}, {"2027-10-01", "2027-10-07"}} {
			for d := span[0]; d <= span[1]; d = d.Add(1) {
				days = append(days, workday.Day{On: d, Name: "放假", Source: "通知"})
			}
		}
		// Another replica imports; this one hears of it half a minute later.
		other := w.another()
		_, err := other.ImportDays(bg, w.person(w.city, staff.Administrator), days, []int{2027}, false)
		w.must(err)
		w.must(w.Clocks.LoadCalendar(bg))
		if swept := w.settled(); swept.Moved != 1 {
			t.Errorf("%+v", swept)
		}
		if m := w.reps.moved[told.SubjectID]; len(m) != 1 || m[0].Why != "calendar" || m[0].DueOn != "2027-02-15" || len(w.items.moved[never.SubjectID]) != 0 {
			t.Errorf("told of %+v", m)
		}
	})
}

func TestAWalkThatIsCutOffIsWalkedToItsEnd(t *testing.T) {
	each(t, func(t *testing.T, w *tower) {
		const n = 250
		var all []uuid.UUID
		for range n {
			all = append(all, w.start(normal, "2026-11-02").SubjectID)
		}
		w.settled()
		w.lengthen()
		w.sweep()
		w.pass(w.Settle)
		ctx, cut := context.WithCancel(bg)
		w.items.mover = func(told int) {
			if told == 150 {
				cut() // in the middle of the second batch
			}
		}
		if swept, err := w.Sweep(ctx); !errors.Is(err, context.Canceled) || swept.Moved != batch || w.countedOn() == w.version() {
			t.Errorf("cut off: %+v, %v", swept, err)
		}
		w.items.mover = nil
		if swept := w.sweep(); swept.Moved != n-batch || w.countedOn() != w.version() {
			t.Errorf("to its end: %+v", swept)
		}
		for _, id := range all {
			if moved, told := len(w.eventsOf(id, "clock_moved")), len(w.eventsOf(id, "told")); moved != 1 || told != 1 {
				t.Fatalf("moved %d times, told %d times", moved, told)
			}
		}
	})
}

func TestARoomThatCannotMoveOneHoldsUpNoOther(t *testing.T) {
	each(t, func(t *testing.T, w *tower) {
		var all []clock.Deadline
		for range 120 {
			all = append(all, w.start(normal, "2026-11-02"))
		}
		// What no room looks after is counted all the same.
		lone := clock.Subject{Kind: ledger.OfInspection, ID: uuid.New()}
		w.in(func(tx *gorm.DB) error { _, err := w.Clocks.Start(tx, lone, normal, "2026-11-02"); return err })
		w.settled()
		bad := all[7]
		w.items.fails[bad.SubjectID] = true
		w.lengthen()
		if swept := w.settled(); swept.Failed != 1 || swept.Moved != 120 || w.countedOn() == w.version() {
			t.Errorf("%+v", swept)
		}
		running, err := w.Clocks.Running(w.Store.Read(bg), bad.SubjectID)
		if err != nil || running[0].DueOn != bad.DueOn || len(w.eventsOf(bad.SubjectID, "clock_moved")) != 0 {
			t.Errorf("it moved although its room did not know: %+v, %v", running, err)
		}
		delete(w.items.fails, bad.SubjectID)
		if swept := w.sweep(); swept.Moved != 0 {
			t.Errorf("tried again at once: %+v", swept)
		}
		w.pass(patience)
		if swept := w.sweep(); swept.Failed != 0 || swept.Moved != 1 || w.countedOn() != w.version() {
			t.Errorf("when it is well again: %+v", swept)
		}
	})
}

func TestARuleThatIsGoneLeavesItsDates(t *testing.T) {
	each(t, func(t *testing.T, w *tower) {
		w.in(func(tx *gorm.DB) error {
			return tx.Create(&clock.Deadline{SubjectID: uuid.New(), SubjectKind: ledger.OfItem, Rule: "item.gone", Round: 1, N: 5, DayKind: workday.CalendarDays,
				Basis: "依据", StartedOn: "2026-11-02", DueOn: "2026-11-09", Calendar: "c"}).Error
		})
		w.settled()
		if w.countedOn() != w.version() {
			t.Error("the walk does not end")
		}
	})
}
