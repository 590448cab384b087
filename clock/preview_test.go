package clock_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/clock"
	"minsheng/internal/step"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/staff"
)

// What is foreseen is what happens: of a rule and of a calendar, with pauses and
// dates that were told.
func TestAPreviewSaysWhatThenHappens(t *testing.T) {
	each(t, func(t *testing.T, w *tower) {
		w.on("2026-12-01")
		paused := w.start(ledger.OfItem, "", "supervision_item.complex", "2026-12-18")
		w.in(func(tx *gorm.DB) error {
			_, err := w.Pause(tx, w.boss, paused.SubjectID, paused.Rule, clock.Suspension, "2026-12-21", "2027-01-08")
			return err
		})
		w.start(ledger.OfItem, "", "supervision_item.complex", "2027-01-06")
		w.start(ledger.OfComplaint, "", reply, "2026-12-08")
		w.start(ledger.OfComplaint, "", accept, "2026-12-01")
		foreseen, err := w.ImportDaysFromCommandLine(bg, year2027(), []int{2027}, true)
		w.must(err)
		p := foreseen.Dates
		if p.Open != 4 || p.Moved != 3 || p.Told != 1 || len(p.Moves) != 3 || p.More || p.Version == "" {
			t.Errorf("foreseen %+v", p)
		}
		_, err = w.ImportDaysFromCommandLine(bg, year2027(), []int{2027}, false)
		w.must(err)
		happens(t, p, w.recount(2))

		change := clock.Change{Code: "supervision_item.complex", N: 40, DayKind: workday.CalendarDays, Basis: "督查室通知", From: "2026-12-01", Why: "复杂件放宽"}
		p, err = w.PreviewChange(bg, w.admin, change)
		if err != nil || p.Moved != 2 || p.Before.N != 30 || p.Rule.N != 40 {
			t.Errorf("foreseen %+v, %v", p, err)
		}
		w.must(w.SetRule(bg, w.admin, change))
		happens(t, p, w.recount(2))
	})
}

func happens(t *testing.T, p clock.Preview, moved []clock.Move) {
	t.Helper()
	want := map[uuid.UUID][2]workday.Date{}
	for _, m := range p.Moves {
		want[m.SubjectID] = [2]workday.Date{m.Before, m.DueOn}
	}
	if len(moved) != len(want) {
		t.Errorf("%d moved, %d were foreseen", len(moved), len(want))
	}
	for _, m := range moved {
		if got := [2]workday.Date{m.Before, m.DueOn}; got != want[m.SubjectID] {
			t.Errorf("moved %v, foreseen %v", got, want[m.SubjectID])
		}
	}
}

func TestAChangeIsMadeOnWhatItsPreviewSaw(t *testing.T) {
	each(t, func(t *testing.T, w *tower) {
		change := clock.Change{Code: normal, N: 20, DayKind: workday.CalendarDays, Basis: "督查室通知", From: "2026-03-01", Why: strings.Repeat("放宽", 150)}
		p, err := w.PreviewChange(bg, w.admin, change)
		w.must(err)
		other := clock.New(w.store, workday.BuiltIn()) // another replica
		w.must(other.SetRule(bg, w.admin, clock.Change{Code: "supervision_item.urgent", N: 6, DayKind: workday.CalendarDays, Basis: "督查室通知", From: "2026-03-01", Why: "急件放宽"}))
		change.Seen = p.Version
		if err := w.SetRule(bg, w.admin, change); !errors.Is(err, step.ErrStale) {
			t.Errorf("confirmed what nobody looked at: %v", err)
		}
		p, err = w.PreviewChange(bg, w.admin, change)
		w.must(err)
		change.Seen = p.Version
		w.must(w.SetRule(bg, w.admin, change))
		r, err := w.Stood(bg, normal, "", "2026-03-02")
		w.must(err)
		if r.SetBy == nil || *r.SetBy != w.admin.ID || r.SetWhy != change.Why {
			t.Errorf("set by %v because of %d characters", r.SetBy, len(r.SetWhy))
		}
	})
}

// The version is of what the rules say: the same for every replica, however
// often they are read.
func TestAllReplicasNameTheSameVersion(t *testing.T) {
	each(t, func(t *testing.T, w *tower) {
		first, err := w.Version(bg)
		w.must(err)
		w.on("2026-03-03") // read again
		again, err := w.Version(bg)
		w.must(err)
		other, err := clock.New(w.store, workday.BuiltIn()).Version(bg)
		w.must(err)
		if first != again || first != other {
			t.Errorf("%s, again %s, another replica %s", first, again, other)
		}
	})
}

func TestWhoMayImportACalendarAndWhatIsNone(t *testing.T) {
	each(t, func(t *testing.T, w *tower) {
		if _, err := w.ImportDays(bg, w.boss, year2027(), nil, true); !errors.Is(err, staff.ErrForbidden) {
			t.Errorf("a supervisor: %v", err)
		}
		for name, days := range map[string][]workday.Day{
			"nothing":   nil,
			"long ago":  {{On: "1999-12-31", Name: "元旦", Source: "通知"}},
			"long name": {{On: "2027-01-01", Name: strings.Repeat("元", 41), Source: "通知"}},
			"too many":  make([]workday.Day, 1001),
		} {
			var unfit *step.Invalid
			if _, err := w.ImportDays(bg, w.admin, days, nil, false); !errors.As(err, &unfit) || unfit.Problems["file"] == "" {
				t.Errorf("%s: %v", name, err)
			}
		}
		// What came with the portal and is told again is nothing new.
		got, err := w.ImportDays(bg, w.admin, []workday.Day{{On: "2026-10-10", Works: true, Name: "国庆节", Source: "抄来的"}}, nil, false)
		if err != nil || got.Same != 1 || len(got.Days) != 0 {
			t.Errorf("%+v, %v", got, err)
		}
		if n := w.events("calendar_imported"); n != 1 {
			t.Errorf("%d events", n)
		}
	})
}
