package clock_test

import (
	"errors"
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

// recount walks over all running clocks in steps of n.
func (w *tower) recount(n int) (moved []clock.Move) {
	w.t.Helper()
	from, done := clock.Place{}, false
	for steps := 0; !done; steps++ {
		if steps > 100 {
			w.t.Fatal("the walk does not end")
		}
		w.in(func(tx *gorm.DB) error {
			some, next, last, err := w.Recount(tx, from, n)
			moved, from, done = append(moved, some...), next, last
			return err
		})
	}
	return moved
}

// year2027 is an announcement as it might be: National Day is a week.
func year2027() []workday.Day {
	var days []workday.Day
	for _, span := range [][2]workday.Date{{"2027-01-01", "2027-01-03"}, {"2027-02-05", "2027-02-12"}, {"2027-10-01", "2027-10-07"}} {
		for d := span[0]; d <= span[1]; d = d.Add(1) {
			days = append(days, workday.Day{On: d, Name: "放假", Source: "通知"})
		}
	}
	return append(days, workday.Day{On: "2027-02-14", Works: true, Name: "春节", Source: "通知"})
}

func TestAnImportedYearMovesWhatWasPresumed(t *testing.T) {
	each(t, func(t *testing.T, w *tower) {
		w.on("2026-12-01")
		// 60 days from 8 December: 6 February, presumed to be in the festival.
		told := w.start(ledger.OfComplaint, "", reply, "2026-12-08")
		untold := w.start(ledger.OfItem, "", "supervision_item.complex", "2027-01-06")
		sure := w.start(ledger.OfComplaint, "", accept, "2026-12-01")
		if !told.Provisional || told.DueOn != "2027-02-09" || untold.DueOn != "2027-02-09" || sure.Provisional {
			t.Fatalf("before: %+v, %+v, %+v", told, untold, sure)
		}
		if w.MissingYear() != 2027 {
			t.Errorf("on 1 December the year %d is missing", w.MissingYear())
		}
		before, err := w.Version(bg)
		w.must(err)
		got, err := w.ImportDaysFromCommandLine(bg, year2027(), []int{2027}, true)
		if err != nil || len(got.Days) != 19 || w.Calendar().Announced(2027) {
			t.Errorf("rehearsal: %+v, %v", got, err)
		}
		got, err = w.ImportDaysFromCommandLine(bg, year2027(), []int{2027}, false)
		if err != nil || len(got.Days) != 19 || !w.Calendar().Announced(2027) || w.MissingYear() != 0 {
			t.Errorf("import: %+v, %v", got, err)
		}
		if now, _ := w.Version(bg); now == before {
			t.Error("the version is the same")
		}
		moved := w.recount(1)
		if len(moved) != 2 || w.events("clock_moved") != 2 {
			t.Errorf("moved %+v, %d events", moved, w.events("clock_moved"))
		}
		for _, d := range []clock.Deadline{told, untold} {
			now := w.again(d)
			if now.DueOn != "2027-02-14" || now.Provisional || now.Calendar == d.Calendar {
				t.Errorf("now %+v", now)
			}
		}
		if now := w.again(told); now.ToldOn == nil || *now.ToldOn != now.DueOn {
			t.Errorf("told %v of %s", now.ToldOn, now.DueOn)
		}
		if moved := w.recount(10); len(moved) != 0 {
			t.Errorf("moved again: %+v", moved)
		}
	})
}

func TestADateThatWasToldNeverBecomesEarlier(t *testing.T) {
	each(t, func(t *testing.T, w *tower) {
		w.on("2026-12-01")
		told := w.start(ledger.OfComplaint, "", reply, "2026-12-08")
		untold := w.start(ledger.OfItem, "", "supervision_item.complex", "2027-01-06")
		days := []workday.Day{{On: "2027-02-05", Works: true, Name: "上班", Source: "通知"}, {On: "2027-02-06", Works: true, Name: "上班", Source: "通知"}}
		_, err := w.ImportDaysFromCommandLine(bg, days, nil, false)
		w.must(err)
		w.recount(10)
		if now := w.again(told); now.DueOn != told.DueOn {
			t.Errorf("told %s, now %s", told.DueOn, now.DueOn)
		}
		if now := w.again(untold); now.DueOn != "2027-02-05" {
			t.Errorf("nobody was told, and it stays %s", now.DueOn)
		}
	})
}

func TestAYearIsAnnouncedOnlyWhole(t *testing.T) {
	each(t, func(t *testing.T, w *tower) {
		_, err := w.ImportDaysFromCommandLine(bg, year2027()[:3], []int{2027}, false)
		if !errors.Is(err, clock.ErrUnannounced) || w.Calendar().Announced(2027) {
			t.Errorf("half a year: %v", err)
		}
		// A day of another year, as when a notice changes the December before it.
		got, err := w.ImportDaysFromCommandLine(bg, []workday.Day{{On: "2026-12-26", Works: true, Name: "元旦", Source: "通知"}}, nil, false)
		works, _ := w.Calendar().IsWorkday("2026-12-26")
		if err != nil || len(got.Days) != 1 || got.Days[0].Before != nil || !works {
			t.Errorf("%+v, %v, works %v", got, err, works)
		}
		got, err = w.ImportDaysFromCommandLine(bg, []workday.Day{{On: "2026-12-26", Name: "元旦", Source: "通知二"}}, nil, false)
		if works, _ = w.Calendar().IsWorkday("2026-12-26"); err != nil || len(got.Days) != 1 || got.Days[0].Before == nil || works {
			t.Errorf("amended: %+v, %v, works %v", got, err, works)
		}
		other := clock.New(w.store, workday.BuiltIn())
		w.must(other.LoadCalendar(bg))
		if other.Calendar().Version() != w.Calendar().Version() {
			t.Error("another replica counts on another calendar")
		}
	})
}

func TestAClockPausesOnlyForWhatItsRuleAllows(t *testing.T) {
	each(t, func(t *testing.T, w *tower) {
		on := w.start(ledger.OfComplaint, "", reexam, "2026-03-02") // due 1 April
		never := w.start(ledger.OfComplaint, "", reply, "2026-03-02")
		for _, try := range []struct {
			d           clock.Deadline
			why         string
			first, last workday.Date
			want        error
		}{
			{never, clock.Hearing, "2026-03-10", "2026-03-12", clock.ErrNoPause},
			{on, clock.Suspension, "2026-03-10", "2026-03-12", clock.ErrNoPause},
			{on, clock.Hearing, "2026-03-12", "2026-03-10", clock.ErrSpan},
			{on, clock.Hearing, "2026-03-01", "2026-03-10", clock.ErrSpan},
			{on, clock.Hearing, "2026-04-02", "2026-04-03", clock.ErrSpan},
			{on, clock.Hearing, "2026-03-10", "2027-03-20", clock.ErrSpan},
			{clock.Deadline{SubjectID: uuid.New(), Rule: reexam}, clock.Hearing, "2026-03-10", "2026-03-12", store.ErrNotFound},
		} {
			err := w.store.Transact(bg, func(tx *gorm.DB) error {
				_, err := w.Pause(tx, w.boss, try.d.SubjectID, try.d.Rule, try.why, try.first, try.last)
				return err
			})
			if !errors.Is(err, try.want) {
				t.Errorf("%s for %s from %s to %s: %v, want %v", try.d.Rule, try.why, try.first, try.last, err, try.want)
			}
		}
		if on.DueOn != "2026-04-01" || w.events("clock_moved") != 0 {
			t.Errorf("due %s, %d moves", on.DueOn, w.events("clock_moved"))
		}
	})
}

func TestAPausedClockRunsOnByItself(t *testing.T) {
	each(t, func(t *testing.T, w *tower) {
		d := w.start(ledger.OfComplaint, "", reexam, "2026-03-02")
		var m clock.Move
		w.in(func(tx *gorm.DB) (err error) {
			m, err = w.Pause(tx, w.boss, d.SubjectID, reexam, clock.Hearing, "2026-03-10", "2026-03-19")
			return err
		})
		// Ten days are not counted; 11 April is a Saturday, so Monday the 13th.
		if !m.Happened() || m.Before != "2026-04-01" || m.DueOn != "2026-04-13" || *m.ToldOn != m.DueOn {
			t.Errorf("moved %+v", m)
		}
		err := w.store.Transact(bg, func(tx *gorm.DB) error {
			_, err := w.Pause(tx, w.boss, d.SubjectID, reexam, clock.Hearing, "2026-03-19", "2026-03-20")
			return err
		})
		if !errors.Is(err, clock.ErrPaused) {
			t.Errorf("paused twice on one day: %v", err)
		}
		w.on("2026-03-12")
		w.in(func(tx *gorm.DB) (err error) { m, err = w.Resume(tx, w.boss, d.SubjectID, reexam); return err })
		if m.Happened() {
			t.Errorf("the reporter was told 13 April, now %s", m.DueOn)
		}
		pauses, err := w.Pauses(bg, d.SubjectID)
		if err != nil || len(pauses) != 1 || pauses[0].LastOn != "2026-03-11" {
			t.Errorf("pauses %+v, %v", pauses, err)
		}
	})
}

// Work that stands still before the days that were granted begin has them
// later, all of them.
func TestAnExtensionThatHasNotBegunIsPausedWhole(t *testing.T) {
	each(t, func(t *testing.T, w *tower) {
		d := w.start(ledger.OfItem, "", normal, "2026-03-02") // due 17 March
		w.on("2026-03-10")
		w.in(func(tx *gorm.DB) (err error) { d, err = w.Extend(tx, d.SubjectID, normal, 10); return err })
		if d.StartedOn != "2026-03-17" || d.DueOn != "2026-03-27" {
			t.Fatalf("extended %+v", d)
		}
		var m clock.Move
		w.in(func(tx *gorm.DB) (err error) {
			m, err = w.Pause(tx, w.boss, d.SubjectID, normal, clock.Suspension, "2026-03-12", "2026-03-25")
			return err
		})
		// Fourteen days stand still: the ten that were granted begin after the 31st.
		if m.StartedOn != "2026-03-31" || m.DueOn != "2026-04-10" {
			t.Errorf("paused from 12 to 25 March: counts after %s, due %s", m.StartedOn, m.DueOn)
		}
		w.on("2026-03-16")
		w.in(func(tx *gorm.DB) (err error) { m, err = w.Resume(tx, w.boss, d.SubjectID, normal); return err })
		// Four days stood still.
		if m.StartedOn != "2026-03-21" || m.DueOn != "2026-03-31" {
			t.Errorf("resumed on the 16th: counts after %s, due %s", m.StartedOn, m.DueOn)
		}
		w.on("2026-03-24")
		w.in(func(tx *gorm.DB) (err error) {
			m, err = w.Pause(tx, w.boss, d.SubjectID, normal, clock.Suspension, "2026-03-24", "2026-03-26")
			return err
		})
		if m.StartedOn != "2026-03-21" || m.DueOn != "2026-04-03" {
			t.Errorf("paused while it counts: counts after %s, due %s", m.StartedOn, m.DueOn)
		}
		w.in(func(tx *gorm.DB) (err error) { m, err = w.Resume(tx, w.boss, d.SubjectID, normal); return err })
		if m.StartedOn != "2026-03-21" || m.DueOn != "2026-03-31" {
			t.Errorf("resumed on the same day: counts after %s, due %s", m.StartedOn, m.DueOn)
		}
	})
}

// What ends before it has begun leaves nothing.
func TestAPauseThatIsTakenBackAtOnceLeavesAnExtensionAsItWas(t *testing.T) {
	each(t, func(t *testing.T, w *tower) {
		d := w.start(ledger.OfItem, "", normal, "2026-03-02")
		w.in(func(tx *gorm.DB) (err error) { d, err = w.Extend(tx, d.SubjectID, normal, 10); return err })
		w.on("2026-03-05")
		var m clock.Move
		w.in(func(tx *gorm.DB) error {
			_, err := w.Pause(tx, w.boss, d.SubjectID, normal, clock.Suspension, "2026-03-05", "2026-04-05")
			if err == nil {
				m, err = w.Resume(tx, w.boss, d.SubjectID, normal)
			}
			return err
		})
		if m.StartedOn != d.StartedOn || m.DueOn != d.DueOn {
			t.Errorf("counts after %s, due %s; was %s, %s", m.StartedOn, m.DueOn, d.StartedOn, d.DueOn)
		}
	})
}

func TestResumingEarlyBringsTheDayNearerWhereNobodyWasTold(t *testing.T) {
	each(t, func(t *testing.T, w *tower) {
		d := w.start(ledger.OfItem, "", normal, "2026-03-02") // due 17 March
		pause := func(first, last workday.Date) {
			w.in(func(tx *gorm.DB) error {
				_, err := w.Pause(tx, w.boss, d.SubjectID, normal, clock.Suspension, first, last)
				return err
			})
		}
		resume := func() (m clock.Move) {
			w.in(func(tx *gorm.DB) (err error) { m, err = w.Resume(tx, w.boss, d.SubjectID, normal); return err })
			return m
		}
		pause("2026-03-10", "2026-03-29")
		if now := w.again(d); now.DueOn != "2026-04-07" { // 6 April is 清明
			t.Errorf("suspended until 29 March: due %s", now.DueOn)
		}
		w.on("2026-03-12")
		if m := resume(); m.DueOn != "2026-03-19" || m.Before != "2026-04-07" {
			t.Errorf("resumed: %+v", m)
		}
		pause("2026-03-16", "2026-03-18")
		if m := resume(); m.DueOn != "2026-03-19" {
			t.Errorf("a pause that had not begun left %s", m.DueOn)
		}
		if pauses, _ := w.Pauses(bg, d.SubjectID); len(pauses) != 1 {
			t.Errorf("%d pauses", len(pauses))
		}
	})
}

func TestAChangedRuleIsForeseenAndThenMovesWhatBeganUnderIt(t *testing.T) {
	each(t, func(t *testing.T, w *tower) {
		old := w.start(ledger.OfItem, "", normal, "2026-02-25")
		item := w.start(ledger.OfItem, "", normal, "2026-03-02")
		own := w.start(ledger.OfItem, "leader_instruction", normal, "2026-03-02")
		change := clock.Change{Code: normal, N: 20, DayKind: workday.CalendarDays, Basis: "市委市政府督查室通知", From: "2026-03-01", Why: "一般件放宽到二十日"}
		w.must(w.SetRule(bg, w.admin, clock.Change{Code: normal, Kind: "leader_instruction", N: 7, DayKind: workday.WorkingDays, Basis: "领导批示件", From: "2026-03-01", Why: "批示件另有时限"}))
		p, err := w.PreviewChange(bg, w.admin, change)
		if err != nil || p.Open != 1 || p.Moved != 1 || p.Told != 0 || len(p.Moves) != 1 || p.Moves[0].SubjectID != item.SubjectID || p.Moves[0].DueOn != "2026-03-23" {
			t.Errorf("preview %+v, %v", p, err)
		}
		if now := w.again(item); now.DueOn != "2026-03-17" {
			t.Errorf("the preview moved it to %s", now.DueOn)
		}
		w.must(w.SetRule(bg, w.admin, change))
		w.recount(10)
		for d, want := range map[*clock.Deadline]workday.Date{&old: "2026-03-12", &item: "2026-03-23", &own: "2026-03-11"} {
			if now := w.again(*d); now.DueOn != want {
				t.Errorf("began on %s: due %s, want %s", d.StartedOn, now.DueOn, want)
			}
		}
		if now := w.again(item); now.Basis != change.Basis || now.N != 20 {
			t.Errorf("counted on %d days, %q", now.N, now.Basis)
		}
		if w.events("rule_set") != 2 {
			t.Errorf("%d events", w.events("rule_set"))
		}
	})
}

func TestWhoMayChangeRulesAndHow(t *testing.T) {
	each(t, func(t *testing.T, w *tower) {
		good := clock.Change{Code: normal, N: 20, DayKind: workday.CalendarDays, Basis: "市委市政府督查室通知", From: "2026-03-01", Why: "一般件放宽到二十日"}
		if err := w.SetRule(bg, w.boss, good); !errors.Is(err, staff.ErrForbidden) {
			t.Errorf("a supervisor changed a rule: %v", err)
		}
		if _, err := w.PreviewChange(bg, w.boss, good); !errors.Is(err, staff.ErrForbidden) {
			t.Errorf("a supervisor saw a preview: %v", err)
		}
		if _, err := w.Rules(bg, w.boss); !errors.Is(err, staff.ErrForbidden) {
			t.Errorf("a supervisor read the rules: %v", err)
		}
		bad := clock.Change{Code: normal, N: 4000, DayKind: "weeks", Basis: "短", From: "2026-13-01", Why: ""}
		var unfit *step.Invalid
		if err := w.SetRule(bg, w.admin, bad); !errors.As(err, &unfit) || len(unfit.Problems) != 5 {
			t.Errorf("%v, %+v", err, unfit)
		}
		lost := good
		lost.Code = "supervision_item.lunch"
		if err := w.SetRule(bg, w.admin, lost); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a rule that is none: %v", err)
		}
		w.must(w.SetRule(bg, w.admin, good))
		w.must(w.SetRule(bg, w.admin, good)) // the same once more replaces itself
		early := good
		early.From = "2026-02-01"
		if err := w.SetRule(bg, w.admin, early); !errors.Is(err, clock.ErrTooEarly) {
			t.Errorf("before a later one: %v", err)
		}
		rules, err := w.Rules(bg, w.admin)
		w.must(err)
		versions := 0
		for _, r := range rules {
			if r.Code == normal {
				versions++
			}
		}
		if versions != 2 {
			t.Errorf("%d versions of the rule", versions)
		}
	})
}

func TestADateThatWasAgreedOnMovesWithNothingButAPause(t *testing.T) {
	each(t, func(t *testing.T, w *tower) {
		w.on("2026-12-01")
		var d, told clock.Deadline
		w.in(func(tx *gorm.DB) (err error) { // a Saturday of a year that is not announced
			d, err = w.Until(tx, clock.Subject{Kind: ledger.OfItem, ID: uuid.New()}, normal, "2026-12-01", "2027-01-16")
			if err == nil {
				told, err = w.Until(tx, clock.Subject{Kind: ledger.OfComplaint, ID: uuid.New()}, reply, "2026-12-01", "2027-01-16")
			}
			return err
		})
		if d.DueOn != "2027-01-16" || d.Provisional || d.ToldOn != nil || told.ToldOn == nil || *told.ToldOn != "2027-01-16" {
			t.Errorf("agreed on %+v, told %+v", d, told)
		}
		_, err := w.ImportDaysFromCommandLine(bg, append(year2027(), workday.Day{On: "2027-01-18", Name: "休", Source: "通知"}), []int{2027}, false)
		w.must(err)
		if moved := w.recount(10); len(moved) != 0 {
			t.Errorf("a calendar moved %+v", moved)
		}
		w.in(func(tx *gorm.DB) error {
			m, err := w.Pause(tx, w.boss, d.SubjectID, normal, clock.Suspension, "2026-12-10", "2026-12-12")
			if m.DueOn != "2027-01-19" || m.Before != "2027-01-16" {
				t.Errorf("paused for three days: %+v", m)
			}
			return err
		})
	})
}

func TestWhatAnObjectorReadsNeverBecomesEarlier(t *testing.T) {
	each(t, func(t *testing.T, w *tower) {
		d := w.start(ledger.OfObjection, "", "objection.verify", "2026-03-02")
		if d.ToldOn == nil || *d.ToldOn != d.DueOn {
			t.Fatalf("the date stands on the objector's page, told %v", d.ToldOn)
		}
		w.must(w.SetRule(bg, w.admin, clock.Change{Code: "objection.verify", N: 3, DayKind: workday.WorkingDays, Basis: "内部时限", From: "2026-03-01", Why: "加快核实"}))
		if moved := w.recount(10); len(moved) != 0 {
			t.Errorf("moved %+v", moved)
		}
	})
}

func TestEachDateKnowsWhyItMoved(t *testing.T) {
	each(t, func(t *testing.T, w *tower) {
		w.on("2026-12-01")
		byRule := w.start(ledger.OfItem, "", normal, "2026-12-01")
		byCalendar := w.start(ledger.OfItem, "", "supervision_item.complex", "2027-01-06")
		w.must(w.SetRule(bg, w.admin, clock.Change{Code: normal, N: 20, DayKind: workday.CalendarDays, Basis: "督查室通知", From: "2026-12-01", Why: "一般件放宽到二十日"}))
		_, err := w.ImportDaysFromCommandLine(bg, year2027(), []int{2027}, false)
		w.must(err)
		why := map[uuid.UUID]string{}
		for _, m := range w.recount(1) {
			why[m.SubjectID] = m.Why
		}
		if len(why) != 2 || why[byRule.SubjectID] != "rule" || why[byCalendar.SubjectID] != "calendar" {
			t.Errorf("%v", why)
		}
	})
}
