package clock_test

import (
	"testing"

	"gorm.io/gorm"

	"minsheng/clock"
	"minsheng/internal/workday"
)

func TestLateCountsWorkingDays(t *testing.T) {
	b := clock.New(nil, workday.BuiltIn())
	for _, test := range []struct {
		due, today workday.Date
		late       int
	}{
		{"2026-03-06", "2026-03-06", 0},
		{"2026-03-06", "2026-03-08", 0}, // Friday to Sunday
		{"2026-03-06", "2026-03-09", 1},
		{"2026-03-06", "2026-03-12", 4},
		{"2026-03-06", "2026-03-13", 5},
		{"2025-09-30", "2025-10-08", 0}, // National Day week
		{"2025-09-30", "2025-10-11", 3}, // Saturday worked
		{"2026-03-09", "2026-03-06", 0}, // not due yet
	} {
		late := b.Late(&test.due, test.today)
		if late != test.late {
			t.Errorf("due %s on %s: %d, want %d", test.due, test.today, late, test.late)
		}
	}
	if b.Late(nil, "2026-03-06") != 0 {
		t.Error("without a last day nothing is late")
	}
}

func TestColorsStandInTheTableOfRules(t *testing.T) {
	each(t, func(t *testing.T, w *tower) {
		of := func(kind string) (all [7]clock.Color) {
			c, err := w.Colors(bg, kind)
			w.must(err)
			for late := range all {
				all[late] = c.Of(late)
			}
			return all
		}
		const n, y, r = clock.NotLate, clock.Yellow, clock.Red
		if got := of(""); got != [7]clock.Color{n, y, y, y, y, r, r} {
			t.Errorf("as it came: %v", got)
		}
		for _, c := range []clock.Change{
			{Code: "supervision_item.yellow", Kind: "leader_instruction", N: 0, DayKind: workday.WorkingDays, Basis: "领导批示件从严", From: "2026-03-02", Why: "督查室会议"},
			{Code: "supervision_item.red", Kind: "leader_instruction", N: 2, DayKind: workday.WorkingDays, Basis: "领导批示件从严", From: "2026-03-02", Why: "督查室会议"},
		} {
			w.must(w.SetRule(bg, w.admin, c))
		}
		if got := of("leader_instruction"); got != [7]clock.Color{n, y, r, r, r, r, r} {
			t.Errorf("a kind of its own: %v", got)
		}
		if got := of("plan"); got != [7]clock.Color{n, y, y, y, y, r, r} {
			t.Errorf("another kind: %v", got)
		}
		w.in(func(tx *gorm.DB) error {
			c, err := w.ColorsIn(tx, "leader_instruction")
			if c.Red != 2 {
				t.Errorf("in a transaction: %+v", c)
			}
			return err
		})
	})
}

// Whatever day it is, what was due on the day that LateSince names is late by so
// many days, and what was due the day after is not.
func TestLateSinceTurnsRound(t *testing.T) {
	b := clock.New(nil, workday.BuiltIn())
	for day := workday.Date("2026-01-20"); day < "2026-03-20"; day = day.Add(1) { // around Spring Festival
		for n := 1; n < 8; n++ {
			since := b.LateSince(n, day)
			next := since.Add(1)
			if b.Late(&since, day) != n || b.Late(&next, day) >= n {
				t.Fatalf("%d days late on %s since %s: %d, the day after %d", n, day, since, b.Late(&since, day), b.Late(&next, day))
			}
		}
	}
}
