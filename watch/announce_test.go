package watch

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/clock"
	"minsheng/internal/store/storetest"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/staff"
)

// days sweeps several times on each day from first to last, at different hours,
// night and weekend too.
func (w *tower) days(first, last workday.Date) {
	w.t.Helper()
	for day := first; day <= last; day = day.Add(1) {
		for _, hour := range []time.Duration{3, 9, 13, 20} {
			w.set(day.Time().Add(hour * time.Hour))
			w.sweep()
		}
	}
}

func TestAnItemGoesThroughItsStagesEachOnce(t *testing.T) {
	each(t, func(t *testing.T, w *tower) {
		d := w.start(normal, "2026-11-02") // due on Tuesday, 17 November
		if d.DueOn != "2026-11-17" {
			t.Fatalf("due %s", d.DueOn)
		}
		told := map[workday.Date][]Stage{}
		for day := workday.Date("2026-11-02"); day <= "2026-12-04"; day = day.Add(1) {
			before := len(w.alarms(d.SubjectID))
			w.days(day, day)
			if now := w.alarms(d.SubjectID); len(now) > before {
				told[day] = now[before:]
			}
		}
		want := map[workday.Date][]Stage{"2026-11-12": {Remind}, "2026-11-17": {Due}, "2026-11-18": {Yellow}, "2026-11-24": {Red, Escalated}}
		for day, stages := range want {
			if !slices.Equal(told[day], stages) {
				t.Errorf("on %s: %v, want %v", day, told[day], stages)
			}
		}
		if len(told) != len(want) || w.once() != 5 {
			t.Errorf("told on %v", told)
		}
		for stage, offices := range map[Stage][]string{Remind: {"镇政府"}, Due: {"镇政府"}, Yellow: {"县督查室", "镇政府"}, Red: {"县督查室", "镇政府"}, Escalated: {"市督查室"}} {
			if got := w.hears(d.SubjectID, stage); !slices.Equal(got, offices) {
				t.Errorf("%s is heard by %v", stage, got)
			}
		}
		if up := w.items.escalated[d.SubjectID]; len(up) != 1 || up[0] != w.city.ID {
			t.Errorf("went up to %v", up)
		}
		events, err := ledger.Of(bg, w.Store, ledger.OfItem, d.SubjectID, "clock_yellow")
		if err != nil || len(events) != 1 || events[0].Body["rule"] != normal || events[0].Body["due_on"] != "2026-11-17" || events[0].Body["units"] != "镇政府、县督查室" || events[0].ActorKind != "system" {
			t.Errorf("%+v, %v", events, err)
		}
	})
}

func TestNothingIsMadeUpOfWhatNobodyWatched(t *testing.T) {
	each(t, func(t *testing.T, w *tower) {
		late := w.start(normal, "2026-09-01")      // imported, months late
		yesterday := w.start(normal, "2026-10-16") // due on Monday, 2 November
		w.on("2026-11-03")
		w.sweep()
		if got := w.alarms(late.SubjectID); !slices.Equal(got, []Stage{Red, Escalated}) {
			t.Errorf("months late: %v", got)
		}
		if got := w.alarms(yesterday.SubjectID); !slices.Equal(got, []Stage{Yellow}) {
			t.Errorf("a day late: %v", got)
		}
		w.once()
	})
}

func TestWhatIsMetIsNotAlarmedAndWhatIsExtendedIsAnew(t *testing.T) {
	each(t, func(t *testing.T, w *tower) {
		met := w.start(reply, "2026-09-04") // due on Tuesday, 3 November
		longer := w.start(reply, "2026-09-04")
		paused := w.start("supervision_item.complex", "2026-10-05") // due on Wednesday, 4 November
		w.on("2026-11-03")
		w.sweep()
		boss := w.person(w.county, staff.Supervisor)
		w.in(func(tx *gorm.DB) error {
			if err := w.Clocks.Meet(tx, met.SubjectID); err != nil {
				return err
			}
			if _, err := w.Clocks.Extend(tx, longer.SubjectID, reply, 10); err != nil {
				return err
			}
			_, err := w.Clocks.Pause(tx, boss, paused.SubjectID, paused.Rule, clock.Suspension, "2026-11-04", "2026-11-13")
			return err
		})
		w.days("2026-11-04", "2026-12-01")
		if got := w.alarms(met.SubjectID); !slices.Equal(got, []Stage{Due}) {
			t.Errorf("met on its last day: %v", got)
		}
		if got := w.alarms(longer.SubjectID); !slices.Equal(got, []Stage{Due, Remind, Due, Yellow, Red, Escalated}) { // the second time due on 13 November
			t.Errorf("extended: %v", got)
		}
		if got := w.alarms(paused.SubjectID); !slices.Equal(got, []Stage{Remind, Remind, Due, Yellow, Red, Escalated}) { // due on 16 November
			t.Errorf("paused: %v", got)
		}
		w.once()
	})
}

// Somebody may act while the watch looks: what is met at the same moment is
// announced before it, or not at all.
func TestWhoMeetsADeadlineRacesWithTheWatch(t *testing.T) {
	each(t, func(t *testing.T, w *tower) {
		w.on("2026-11-03")
		var all []clock.Deadline
		for range 60 {
			all = append(all, w.start(reply, "2026-09-03"))
		}
		other := w.another()
		done := make(chan error, 1)
		go func() {
			for _, d := range all {
				if err := other.Store.Transact(bg, func(tx *gorm.DB) error { return other.Clocks.Meet(tx, d.SubjectID) }); err != nil {
					done <- err
					return
				}
			}
			done <- nil
		}()
		for range 5 {
			w.sweep()
		}
		w.must(<-done)
		var wrong int64
		w.must(w.Store.Read(bg).Table("alarm").Joins("JOIN deadline ON deadline.subject_id = alarm.subject_id").
			Where("deadline.met_at IS NULL").Count(&wrong).Error)
		before := len(all)
		w.sweep()
		if n := w.once(); wrong != 0 || n > before {
			t.Errorf("%d alarms of %d deadlines, %d still run", n, before, wrong)
		}
	})
}

func TestWhatSomebodyMayDoIsNeverLate(t *testing.T) {
	each(t, func(t *testing.T, w *tower) {
		var ids []uuid.UUID
		for _, rule := range rights {
			ids = append(ids, w.start(rule, "2026-09-01").SubjectID)
		}
		over := w.start(normal, "2026-09-01")
		delete(w.items.owners, over.SubjectID) // the room says that it is nobody's concern
		w.sweep()
		for _, id := range append(ids, over.SubjectID) {
			if got := w.alarms(id); len(got) > 0 {
				t.Errorf("alarms %v", got)
			}
		}
	})
}

// A limit of a day or two is not reminded of as it begins.
func TestWhatIsShortIsNotRemindedOf(t *testing.T) {
	each(t, func(t *testing.T, w *tower) {
		short := w.start("supervision_item.acknowledge", "2026-11-02")
		edge := w.start("objection.answer", "2026-11-02")   // three working days
		long := w.start("rectification.plan", "2026-11-02") // five
		w.days("2026-11-02", "2026-11-09")
		for d, want := range map[*clock.Deadline][]Stage{&short: {Due, Yellow}, &edge: {Due, Yellow}, &long: {Remind, Due}} {
			if got := w.alarms(d.SubjectID); !slices.Equal(got, want) {
				t.Errorf("%s, due on %s: %v, want %v", d.Rule, d.DueOn, got, want)
			}
		}
	})
}

func TestKindsMayHaveLimitsOfTheirOwn(t *testing.T) {
	each(t, func(t *testing.T, w *tower) {
		admin := w.person(w.city, staff.Administrator)
		w.must(w.SetRule(bg, admin, clock.Change{Code: ruleRemind, Kind: "leader_instruction", N: 8, DayKind: workday.WorkingDays, Basis: "督查室通知", From: "2026-11-01", Why: "批示件早提醒"}))
		w.must(w.SetRule(bg, admin, clock.Change{Code: ruleRed, Kind: "leader_instruction", N: 2, DayKind: workday.WorkingDays, Basis: "督查室通知", From: "2026-11-01", Why: "批示件早升级"}))
		begin := func(of string) clock.Deadline {
			var d clock.Deadline
			subject := clock.Subject{Kind: ledger.OfItem, ID: uuid.Must(uuid.NewV7()), Of: of}
			w.items.own(subject.ID, clock.Owner{Unit: w.town.ID, By: &w.county.ID})
			w.in(func(tx *gorm.DB) (err error) { d, err = w.Clocks.Start(tx, subject, normal, "2026-11-02"); return err })
			return d
		}
		own, general := begin("leader_instruction"), begin("plan")
		w.on("2026-11-05") // eight working days before 17 November
		w.sweep()
		if a, b := w.alarms(own.SubjectID), w.alarms(general.SubjectID); !slices.Equal(a, []Stage{Remind}) || len(b) != 0 {
			t.Errorf("reminded: own kind %v, general %v", a, b)
		}
		w.on("2026-11-19")
		w.sweep()
		if a, b := w.alarms(own.SubjectID), w.alarms(general.SubjectID); !slices.Contains(a, Red) || !slices.Equal(b, []Stage{Yellow}) {
			t.Errorf("two days late: own kind %v, general %v", a, b)
		}
	})
}

func TestOneThatFailsHoldsUpNoOther(t *testing.T) {
	each(t, func(t *testing.T, w *tower) {
		var all []clock.Deadline
		for range 130 { // more than a batch
			all = append(all, w.start(normal, "2026-09-01"))
		}
		bad := all[40]
		w.items.fails[bad.SubjectID] = true
		swept := w.sweep()
		if swept.Failed != 1 || swept.Told[Red] != 129 || len(w.alarms(bad.SubjectID)) != 0 {
			t.Errorf("%+v, and of the one that fails %v", swept, w.alarms(bad.SubjectID))
		}
		delete(w.items.fails, bad.SubjectID)
		if swept = w.sweep(); swept.Failed != 0 || swept.Told[Red] != 1 {
			t.Errorf("once it is well again: %+v", swept)
		}
		w.once()

		w.items.broken = true
		report := w.start(reply, "2026-08-01")
		item := w.start(normal, "2026-09-01")
		if swept = w.sweep(); swept.Failed != 1 || !slices.Equal(w.alarms(report.SubjectID), []Stage{Red, Escalated}) || len(w.alarms(item.SubjectID)) != 0 {
			t.Errorf("a room that cannot say: %+v", swept)
		}
	})
}

// load makes deadlines that are far off and some that are red, of which the city
// has heard all: enough for PostgreSQL to think twice. SQLite goes by an index at
// any size, and gets a tenth.
func (w *tower) load(far, red int) {
	w.t.Helper()
	if !w.Store.Postgres() {
		far, red = far/10, red/10
	}
	var all []clock.Deadline
	var alarms []alarmRow
	var heard []hearingRow
	for i := range far + red {
		d := clock.Deadline{SubjectID: uuid.Must(uuid.NewV7()), SubjectKind: ledger.OfItem, Rule: normal, Round: 1, N: 15, DayKind: workday.CalendarDays,
			Basis: "依据", StartedOn: "2026-09-01", DueOn: workday.Date("2026-12-01").Add(i % 300), Calendar: "c"}
		if i < red {
			d.DueOn = workday.Date("2026-09-01").Add(i % 20)
			alarms = append(alarms, alarmRow{ID: uuid.Must(uuid.NewV7()), SubjectKind: d.SubjectKind, SubjectID: d.SubjectID, Rule: d.Rule, Round: 1, DueOn: d.DueOn,
				Stage: Red, Grade: Red.grade(), At: w.Store.Now()})
			heard = append(heard, hearingRow{AlarmID: alarms[i].ID, UnitID: w.city.ID, Grade: Red.grade()})
		}
		w.items.own(d.SubjectID, clock.Owner{Unit: w.town.ID, By: &w.county.ID})
		all = append(all, d)
	}
	w.must(w.Store.Read(bg).CreateInBatches(all, 500).Error)
	w.must(w.Store.Read(bg).CreateInBatches(alarms, 500).Error)
	w.must(w.Store.Read(bg).CreateInBatches(heard, 500).Error)
	w.must(w.Store.Read(bg).Exec("ANALYZE").Error)
}

// plan is how the database goes about a query.
func (w *tower) plan(query *gorm.DB, into any) string {
	w.t.Helper()
	dry := query.Session(&gorm.Session{DryRun: true}).Find(into)
	return storetest.Plan(w.t, w.Store, dry.Statement.SQL.String(), dry.Statement.Vars...)
}

func TestTheWatchReadsOnlyWhatIsNear(t *testing.T) {
	each(t, func(t *testing.T, w *tower) {
		w.load(6000, 1500)
		a := announcing{turn: &turn{Watch: w.Watch}}
		var err error
		a.eager, err = w.eager(bg, "2026-11-02")
		w.must(err)
		for _, from := range []clock.Place{{}, {DueOn: "2026-09-05", Subject: uuid.New(), Rule: normal}} {
			plan := w.plan(a.near(w.Store.Read(bg), from, batch), &[]nearing{})
			if !strings.Contains(plan, "deadline_open") || strings.Contains(plan, "Seq Scan") || strings.Contains(plan, "SCAN") {
				t.Errorf("from %s:\n%s", from.DueOn, plan)
			}
		}
	})
}
