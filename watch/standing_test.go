package watch

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/staff"
)

// here says that an account was last seen now.
func (w *tower) here(p staff.Officer) {
	w.t.Helper()
	w.must(w.Store.Read(bg).Table("account").Where("id = ?", p.ID).Update("last_seen_at", w.Store.Now()).Error)
}

// standing names the offices about which an alarm stands that another hears.
func (w *tower) standing(s Stage, hears uuid.UUID) (about []string) {
	w.t.Helper()
	rows, err := standing(w.Store.Read(bg), s)
	w.must(err)
	for _, a := range rows {
		var to []hearingRow
		w.must(w.Store.Read(bg).Where("alarm_id = ? AND over_at IS NULL", a.ID).Find(&to).Error)
		if len(to) != 1 || to[0].UnitID != hears {
			w.t.Errorf("%s of %s is heard by %+v", s, a.DueOn, to)
		}
		u, err := w.Atlas.Unit(a.SubjectID)
		if err == nil {
			about = append(about, u.Name)
		} else {
			about = append(about, string(a.DueOn))
		}
	}
	slices.Sort(about)
	return about
}

func TestAnOfficeWhereNobodyComesIn(t *testing.T) {
	each(t, func(t *testing.T, w *tower) {
		worker, other := w.person(w.town, staff.UnitHandler), w.person(w.town, staff.Publisher)
		boss := w.person(w.county, staff.Supervisor)
		w.person(w.city, staff.Supervisor)          // nobody stands above
		lonely := w.person(w.county, staff.Auditor) // is not expected to come in
		w.must(w.Store.Read(bg).Table("account").Where("id = ?", lonely.ID).Update("created_at", w.Store.Now().AddDate(-1, 0, 0)).Error)
		w.here(worker)
		at := func(day workday.Date) Swept {
			w.on(day)
			w.here(boss)
			return w.sweep()
		}
		at("2026-11-16") // ten working days after Monday, 2 November
		if got := w.standing(Absent, w.county.ID); len(got) != 0 {
			t.Fatalf("too early: %v", got)
		}
		for _, day := range []workday.Date{"2026-11-17", "2026-11-18", "2026-11-30"} {
			at(day)
		}
		if got := w.standing(Absent, w.county.ID); !slices.Equal(got, []string{"镇政府"}) {
			t.Errorf("nobody for ten days: %v", got)
		}
		events, err := ledger.Of(bg, w.Store, ledger.OfUnit, w.town.ID, "office_absent")
		if err != nil || len(events) != 1 || events[0].Body["since"] != "2026-11-02" || events[0].Body["units"] != "县督查室" {
			t.Errorf("%+v, %v", events, err)
		}
		w.here(other) // anybody of the office
		at("2026-12-01")
		if got := w.standing(Absent, w.county.ID); len(got) != 0 {
			t.Errorf("somebody came: %v", got)
		}
		for day := workday.Date("2026-12-02"); day <= "2026-12-16"; day = day.Add(1) {
			if works, _ := w.Clocks.Calendar().IsWorkday(day); works {
				at(day)
			}
		}
		if n := len(w.unitEvents(w.town.ID, "office_absent")); n != 2 { // since Monday, 30 November
			t.Errorf("%d times absent", n)
		}
		w.once()
	})
}

func (w *tower) unitEvents(unit uuid.UUID, kind string) []ledger.Event {
	w.t.Helper()
	events, err := ledger.Of(bg, w.Store, ledger.OfUnit, unit, kind)
	w.must(err)
	return events
}

// An office without any account is missed when it owes something.
func TestAnOfficeWithoutPeopleIsMissedWhenItOwes(t *testing.T) {
	each(t, func(t *testing.T, w *tower) {
		w.on("2026-11-30") // it is there since 30 October
		w.sweep()
		if got := w.standing(Absent, w.county.ID); len(got) != 0 {
			t.Fatalf("owes nothing: %v", got)
		}
		d := w.start(normal, "2026-11-02")
		w.pass(standingEvery)
		w.sweep()
		if got := w.standing(Absent, w.county.ID); !slices.Equal(got, []string{"镇政府"}) {
			t.Errorf("owes: %v", got)
		}
		w.in(func(tx *gorm.DB) error { return w.Clocks.Meet(tx, d.SubjectID) })
		w.pass(standingEvery)
		w.sweep()
		if got := w.standing(Absent, w.county.ID); len(got) != 0 {
			t.Errorf("owes nothing any more: %v", got)
		}
		var kept int64
		w.must(w.Store.Read(bg).Model(&hearingRow{}).Where("over_at IS NULL AND grade <> ?", Calendar.grade()).Count(&kept).Error)
		if kept != 0 {
			t.Errorf("%d alarms of what is met are not put away", kept)
		}
	})
}

func TestADeskWithoutPeople(t *testing.T) {
	each(t, func(t *testing.T, w *tower) {
		waiting := map[uuid.UUID]int{w.county.ID: 3, w.city.ID: 2}
		w.Waiting = func(context.Context) (map[uuid.UUID]int, error) { return waiting, nil }
		w.person(w.county, staff.Administrator) // may not work on cases
		turn := func() []string {
			w.pass(standingEvery)
			w.sweep()
			return w.standing(Ownerless, w.city.ID)
		}
		if got := turn(); !slices.Equal(got, []string{"县督查室"}) {
			t.Errorf("nobody at the desk: %v", got)
		}
		w.on("2026-11-03")
		if got := turn(); len(got) != 1 || len(w.unitEvents(w.county.ID, "queue_ownerless")) != 1 {
			t.Errorf("the next day: %v", got)
		}
		officer := w.person(w.county, staff.TriageOfficer)
		if got := turn(); len(got) != 0 {
			t.Errorf("somebody is there: %v", got)
		}
		w.must(w.Store.Read(bg).Table("account").Where("id = ?", officer.ID).Update("state", "disabled").Error)
		w.on("2026-11-04")
		if got := turn(); len(got) != 1 || len(w.unitEvents(w.county.ID, "queue_ownerless")) != 2 {
			t.Errorf("gone again: %v", got)
		}
		delete(waiting, w.county.ID)
		if got := turn(); len(got) != 0 {
			t.Errorf("nothing lies there: %v", got)
		}
		w.once()
	})
}

func TestAMissingCalendarIsAskedForOnceAWeek(t *testing.T) {
	each(t, func(t *testing.T, w *tower) {
		w.on("2026-10-30")
		w.sweep()
		if got := w.standing(Calendar, w.city.ID); len(got) != 0 {
			t.Fatalf("in October: %v", got)
		}
		w.days("2026-11-01", "2026-11-15")
		if got := w.standing(Calendar, w.city.ID); !slices.Equal(got, []string{"2026-11-09"}) || w.once() != 0 {
			t.Errorf("two weeks into November: %v", got)
		}
		var asked int64
		w.must(w.Store.Read(bg).Model(&ledger.Event{}).Where("kind = 'calendar_missing'").Count(&asked).Error)
		if asked != 2 {
			t.Errorf("asked for %d times", asked)
		}
		var days []workday.Day
		for _, on := range []workday.Date{"2027-01-01", "2027-10-01"} {
			days = append(days, workday.Day{On: on, Name: "放假", Source: "通知"})
		}
		_, err := w.ImportDays(bg, w.person(w.city, staff.Administrator), days, []int{2027}, false)
		w.must(err)
		w.set(workday.Date("2026-11-16").Time().Add(10 * time.Hour))
		w.sweep()
		if got := w.standing(Calendar, w.city.ID); len(got) != 0 {
			t.Errorf("imported: %v", got)
		}
	})
}

func TestWhoMaySetRulesForEverybody(t *testing.T) {
	w := newSQLiteTower(t)
	for _, test := range []struct {
		by   staff.Officer
		want bool
	}{
		{w.person(w.city, staff.Administrator), true}, {w.person(w.county, staff.Administrator), false}, {w.person(w.city, staff.Supervisor), false},
	} {
		_, preview := w.PreviewRule(bg, test.by, ruleChange)
		set := w.SetRule(bg, test.by, ruleChange)
		_, imported := w.ImportDays(bg, test.by, []workday.Day{{On: "2027-01-01", Name: "元旦", Source: "通知"}}, nil, true)
		for what, err := range map[string]error{"preview": preview, "set": set, "import": imported} {
			if (err == nil) != test.want {
				t.Errorf("%s of %s by %v: %v", what, test.by.UnitName, test.by.Roles, err)
			}
		}
		if w.MaySet(test.by) != test.want {
			t.Errorf("offered to %s, %v", test.by.UnitName, test.by.Roles)
		}
	}
}
