package watch

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/clock"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/staff"
)

// lists what an officer reads, without the alarms of calendars and absence.
func (w *tower) lists(by staff.Officer) (stages []Stage) {
	w.t.Helper()
	all, _, err := w.Alarms(bg, by, AlarmPlace{})
	w.must(err)
	for _, a := range all {
		if a.Clock != nil {
			stages = append(stages, a.Stage)
		}
	}
	return stages
}

func TestEachOfficeReadsWhatItHears(t *testing.T) {
	each(t, func(t *testing.T, w *tower) {
		handler, county, city := w.person(w.town, staff.UnitHandler), w.person(w.county, staff.TriageOfficer), w.person(w.city, staff.Supervisor)
		w.on("2026-11-12")
		near := w.start(normal, "2026-11-02")  // due on 17 November
		late := w.start(normal, "2026-10-26")  // due on 10 November
		red := w.start(normal, "2026-09-01")   // long ago
		report := w.start(reply, "2026-09-10") // due on 9 November, at the county
		w.sweep()
		for name, test := range map[string]struct {
			by   staff.Officer
			want []Stage
		}{
			"town":   {handler, []Stage{Red, Yellow, Remind}},
			"county": {county, []Stage{Red, Yellow, Yellow}},
			"city":   {city, []Stage{Escalated}},
		} {
			if got := w.lists(test.by); !slices.Equal(got, test.want) {
				t.Errorf("%s reads %v", name, got)
			}
		}
		all, next, err := w.Alarms(bg, handler, AlarmPlace{})
		if err != nil || next != (AlarmPlace{}) || all[0].Subject != red.SubjectID || all[0].Name != "盘督交" || all[0].Owes != w.town.ID ||
			all[1].Late != 2 || all[1].Clock.Basis == "" || all[1].Clock.StartedOn != "2026-10-26" || all[1].Kind != ledger.OfItem || all[2].Late != 0 {
			t.Errorf("%+v, %v", all, err)
		}
		// Met and moved: gone at once, whether or not anybody swept.
		w.in(func(tx *gorm.DB) error {
			if err := w.Clocks.Meet(tx, late.SubjectID); err != nil {
				return err
			}
			if err := w.Clocks.Meet(tx, report.SubjectID); err != nil {
				return err
			}
			_, err := w.Clocks.Pause(tx, county, near.SubjectID, normal, clock.Suspension, "2026-11-13", "2026-11-20")
			return err
		})
		if a, b := w.lists(handler), w.lists(county); !slices.Equal(a, []Stage{Red}) || !slices.Equal(b, []Stage{Red}) {
			t.Errorf("still read %v, %v", a, b)
		}
		// What the room does not let them see does not exist for them.
		w.items.hidden[red.SubjectID] = true
		open, n, err := w.Count(bg, city)
		if got := w.lists(city); len(got) != 0 || err != nil || n != 0 || open != 0 {
			t.Errorf("reads %v, counts %d and %d, %v", got, open, n, err)
		}
	})
}

func TestAKindWhoseRoomDoesNotTellIsShownWithoutAName(t *testing.T) {
	w := newSQLiteTower(t)
	county := w.person(w.county, staff.Supervisor)
	d := w.start(normal, "2026-09-01")
	w.Keepers[ledger.OfItem] = struct{ clock.Keeper }{w.items} // tells nothing
	w.sweep()
	all, _, err := w.Alarms(bg, county, AlarmPlace{})
	if err != nil || len(all) != 1 || all[0].Name != "" || all[0].Subject != d.SubjectID {
		t.Errorf("%+v, %v", all, err)
	}
}

func TestWhatGoesUpBeyondTheTopIsForItsHeads(t *testing.T) {
	each(t, func(t *testing.T, w *tower) {
		d := w.start(reply, "2026-08-01")
		w.reps.own(d.SubjectID, clock.Owner{Unit: w.city.ID, Name: "访"})
		w.sweep()
		for role, want := range map[staff.Role][]Stage{
			staff.Supervisor: {Escalated, Red}, staff.TriageOfficer: {Red}, staff.Administrator: nil, staff.Registrar: nil,
		} {
			if got := w.lists(w.person(w.city, role)); !slices.Equal(got, want) {
				t.Errorf("%s reads %v, want %v", role, got, want)
			}
		}
	})
}

func TestTheCalendarIsForWhoKeepsIt(t *testing.T) {
	w := newSQLiteTower(t)
	w.sweep() // in November, without 2027
	for _, test := range []struct {
		by   staff.Officer
		want int
	}{{w.person(w.city, staff.Administrator), 1}, {w.person(w.city, staff.Supervisor), 0}, {w.person(w.county, staff.Administrator), 0}} {
		all, _, err := w.Alarms(bg, test.by, AlarmPlace{})
		open, late, err2 := w.Count(bg, test.by)
		if err != nil || err2 != nil || len(all) != test.want || open != test.want || late != 0 || test.want == 1 && (all[0].Stage != Calendar || all[0].Year != 2027) {
			t.Errorf("%s, %v: %+v, %v", test.by.UnitName, test.by.Roles, all, err)
		}
		if test.want == 1 {
			if err := w.Hear(bg, test.by, all[0].ID); !errors.Is(err, staff.ErrForbidden) {
				t.Errorf("acknowledged instead of imported: %v", err)
			}
		}
	}
}

func TestAnOfficeAcknowledgesForItself(t *testing.T) {
	each(t, func(t *testing.T, w *tower) {
		county, other, handler := w.person(w.county, staff.Supervisor), w.person(w.county, staff.TriageOfficer), w.person(w.town, staff.UnitHandler)
		w.on("2026-11-12")
		d := w.start(normal, "2026-10-26")
		w.sweep()
		all, _, err := w.Alarms(bg, county, AlarmPlace{})
		w.must(err)
		id := all[0].ID
		for name, by := range map[string]staff.Officer{"another office": w.person(w.city, staff.Supervisor), "no office": {ID: uuid.New(), UnitID: uuid.New(), Roles: []staff.Role{staff.Supervisor}}} {
			if err := w.Hear(bg, by, id); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := w.Hear(bg, w.person(w.county, staff.Registrar), id); !errors.Is(err, staff.ErrForbidden) {
			t.Errorf("a registrar: %v", err)
		}
		w.items.hidden[d.SubjectID] = true
		if err := w.Hear(bg, county, id); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("who may not know of it: %v", err)
		}
		delete(w.items.hidden, d.SubjectID)

		results := make(chan error, 2)
		for _, by := range []staff.Officer{county, other} {
			go func() { results <- w.Hear(bg, by, id) }()
		}
		a, b := <-results, <-results
		if (a == nil) == (b == nil) || !errors.Is(errors.Join(a, b), step.ErrStale) {
			t.Errorf("two at once: %v, %v", a, b)
		}
		if mine, theirs := w.lists(county), w.lists(handler); len(mine) != 0 || !slices.Equal(theirs, []Stage{Yellow}) {
			t.Errorf("county still reads %v, town %v", mine, theirs)
		}
		heard, err := w.Heard(bg, county)
		if err != nil || len(heard) != 1 || heard[0].HeardBy == "" || heard[0].HeardAt == nil || heard[0].Name != "盘督交" || heard[0].Subject != d.SubjectID {
			t.Errorf("%+v, %v", heard, err)
		}
		if got := w.eventsOf(d.SubjectID, "alarm_heard"); len(got) != 1 || got[0].Body["stage"] != "yellow" || got[0].Body["rule"] != normal {
			t.Errorf("%+v", got)
		}
		// The next stage is heard again.
		w.on("2026-11-18")
		w.sweep()
		if got := w.lists(county); !slices.Equal(got, []Stage{Red}) {
			t.Errorf("a week later the county reads %v", got)
		}
	})
}

func TestAListOfAlarmsIsReadPageByPage(t *testing.T) {
	each(t, func(t *testing.T, w *tower) {
		handler := w.person(w.town, staff.UnitHandler)
		w.load(500, 3000)
		for i := range 2*pageSize + 7 {
			from := workday.Date("2026-09-01")
			if i%2 == 0 {
				from = "2026-10-16" // due on 2 November
			}
			w.start(normal, from)
		}
		w.set(w.Store.Now().Add(time.Hour))
		w.sweep()
		seen := map[uuid.UUID]bool{}
		var last AlarmPlace
		for after, pages := (AlarmPlace{}), 0; ; pages++ {
			all, next, err := w.Alarms(bg, handler, after)
			w.must(err)
			for _, a := range all {
				if at := (AlarmPlace{a.Stage.grade(), a.ID}); at.Grade < last.Grade {
					t.Errorf("%s behind something less grave", a.Stage)
				} else {
					last = at
				}
				seen[a.ID] = true
			}
			if after = next; next == (AlarmPlace{}) || pages > 5 {
				break
			}
		}
		open, late, err := w.Count(bg, handler)
		if err != nil || len(seen) != 2*pageSize+7 || open != len(seen) || late != pageSize+3 {
			t.Errorf("%d alarms on the pages, %d counted, %d late, %v", len(seen), open, late, err)
		}
		w.must(w.Store.Read(bg).Exec("ANALYZE").Error)
		for _, after := range []AlarmPlace{{}, last} {
			plan := w.plan(w.heard(bg, handler, after, pageSize), &[]heardRow{})
			if !strings.Contains(plan, "alarm_unit_open") || strings.Contains(plan, "Seq Scan") || strings.Contains(plan, "SCAN") {
				t.Errorf("plan:\n%s", plan)
			}
		}
	})
}
