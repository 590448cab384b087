package watch

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"minsheng/clock"
	"minsheng/internal/workday"
)

var ordinary = steps{
	Remind: clock.Rule{N: 3, DayKind: workday.WorkingDays},
	Yellow: clock.Rule{N: 1, DayKind: workday.WorkingDays},
	Red:    clock.Rule{N: 5, DayKind: workday.WorkingDays},
}

func TestStagesOfADeadline(t *testing.T) {
	c := workday.BuiltIn()
	soon := ordinary
	soon.Remind = clock.Rule{N: 2, DayKind: workday.CalendarDays}
	soon.Red = clock.Rule{N: 4, DayKind: workday.CalendarDays}
	for _, test := range []struct {
		name       string
		rules      steps
		due, today workday.Date
		want       Stage
	}{
		{"four working days are left", ordinary, "2026-11-27", "2026-11-23", ""},
		{"three are left", ordinary, "2026-11-27", "2026-11-24", Remind},
		{"three are left over a weekend", ordinary, "2026-11-25", "2026-11-20", Remind},
		{"four are left over a weekend", ordinary, "2026-11-26", "2026-11-20", ""},
		{"one is left", ordinary, "2026-11-27", "2026-11-26", Remind},
		{"the day itself", ordinary, "2026-11-27", "2026-11-27", Due},
		{"the last working day before a day off that was agreed on", ordinary, "2026-11-28", "2026-11-27", Due},
		{"one day late", ordinary, "2026-11-27", "2026-11-30", Yellow},
		{"one day late after a day off that was agreed on", ordinary, "2026-11-28", "2026-11-30", Yellow},
		{"four days late", ordinary, "2026-11-27", "2026-12-03", Yellow},
		{"five days late", ordinary, "2026-11-27", "2026-12-04", Red},
		{"years late", ordinary, "2024-11-27", "2026-12-04", Red},
		{"three are left before the Spring Festival", ordinary, "2026-02-25", "2026-02-13", Remind},
		{"the Saturday that is worked is one", ordinary, "2026-02-24", "2026-02-14", Remind},
		{"late over the Spring Festival", ordinary, "2026-02-14", "2026-02-24", Yellow},
		{"red over National Day", ordinary, "2026-09-30", "2026-10-13", Red},
		{"not yet red, for the Saturday is the third day", ordinary, "2026-09-30", "2026-10-12", Yellow},
		{"over the end of a year", ordinary, "2025-12-31", "2026-01-04", Yellow},
		{"in calendar days, three are left", soon, "2026-11-27", "2026-11-24", ""},
		{"in calendar days, two are left", soon, "2026-11-27", "2026-11-25", Remind},
		{"red in calendar days", soon, "2026-11-27", "2026-12-01", Red},
	} {
		if got := test.rules.stageOn(c, test.due, test.today); got != test.want {
			t.Errorf("%s: due %s, on %s: %q, want %q", test.name, test.due, test.today, got, test.want)
		}
	}
	patient := ordinary
	patient.Yellow.N = 3
	if got := patient.stageOn(c, "2026-11-27", "2026-12-01"); got != Due {
		t.Errorf("two days late with yellow from three: %q", got)
	}
}

// What the database is asked for holds everything that is in a stage, and for
// rules without kinds of their own nothing else.
func TestEndsAreWhereStagesEnd(t *testing.T) {
	c := workday.BuiltIn()
	for _, today := range []workday.Date{"2026-02-13", "2026-02-14", "2026-09-30", "2026-10-09", "2026-10-10", "2026-11-27", "2026-12-31"} {
		e := ordinary.endsOn(c, today)
		for due := today.Add(-30); due < today.Add(30); due = due.Add(1) {
			want := ungraded
			for _, s := range []struct {
				end   workday.Date
				stage Stage
			}{{e.Remind, Remind}, {e.Due, Due}, {e.Yellow, Yellow}, {e.Red, Red}} {
				if due <= s.end {
					want = s.stage.grade()
				}
			}
			if got := ordinary.stageOn(c, due, today).grade(); got != want {
				t.Errorf("on %s, due %s: grade %d, by the ends %d", today, due, got, want)
			}
		}
	}
}

func TestStagesHaveTheirGrade(t *testing.T) {
	all := Stages()
	for i, s := range all {
		if s.grade() != i+1 {
			t.Errorf("%s has grade %d", s, s.grade())
		}
	}
	if len(all) != 8 || !slices.Equal(all[:3], []Stage{Escalated, Red, Yellow}) || Stage("").grade() != ungraded || Due.Late() || !Red.Late() {
		t.Errorf("%v", all)
	}
}

func TestWhoHears(t *testing.T) {
	city, county, town := uuid.New(), uuid.New(), uuid.New()
	line := func(unit uuid.UUID) []uuid.UUID {
		all := []uuid.UUID{town, county, city}
		return all[slices.Index(all, unit):]
	}
	item := clock.Owner{Unit: town, By: &county}
	own := clock.Owner{Unit: county, By: &county}
	report := clock.Owner{Unit: county}
	top := clock.Owner{Unit: city}
	for _, test := range []struct {
		name  string
		owner clock.Owner
		stage Stage
		want  []hearer
	}{
		{"who owes is reminded", item, Remind, []hearer{{Unit: town}}},
		{"who owes has the last day", item, Due, []hearer{{Unit: town}}},
		{"who asked hears that it is late", item, Yellow, []hearer{{Unit: town}, {Unit: county}}},
		{"both see it red", item, Red, []hearer{{Unit: town}, {Unit: county}}},
		{"above who asked", item, Escalated, []hearer{{Unit: city}}},
		{"who asked of itself hears once", own, Yellow, []hearer{{Unit: county}}},
		{"nobody asked", report, Yellow, []hearer{{Unit: county}}},
		{"above who owes", report, Escalated, []hearer{{Unit: city}}},
		{"nobody above: the heads", top, Escalated, []hearer{{Unit: city, Heads: true}}},
	} {
		if got := hearers(test.stage, test.owner, line); !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}

func TestPeopleAreDisturbedInOfficeHours(t *testing.T) {
	c := workday.BuiltIn()
	at := func(day workday.Date, hour, minute int) time.Time {
		return day.Time().Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute)
	}
	for _, test := range []struct {
		at   time.Time
		want bool
	}{
		{at("2026-11-27", 8, 29), false}, {at("2026-11-27", 8, 30), true}, {at("2026-11-27", 12, 0), true},
		{at("2026-11-27", 17, 29), true}, {at("2026-11-27", 17, 30), false}, {at("2026-11-28", 10, 0), false}, // Saturday
		{at("2026-10-10", 10, 0), true}, {at("2026-10-05", 10, 0), false}, // a Saturday that is worked, National Day
		{at("2026-11-27", 10, 0).UTC(), true}, {at("2026-11-27", 0, 30).UTC(), false},
	} {
		if got := ordinaryHours.Open(test.at, c); got != test.want {
			t.Errorf("%s: %v", test.at, got)
		}
	}
	for text, want := range map[string]Hours{
		"08:30-17:30": ordinaryHours, "8:30-17:30": ordinaryHours, "00:00-24:00": {0, 24 * time.Hour},
	} {
		if got, err := ParseHours(text); err != nil || got != want {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "8-17", "08:30", "17:30-08:30", "08:30-25:00", "08:30-08:30", "08:30-17:60", "08:30-17:30x"} {
		if h, err := ParseHours(text); !errors.Is(err, ErrHours) {
			t.Errorf("%q: %v, %v", text, h, err)
		}
	}
}

func TestAClockThatJumpsIsNotBelievedForOneTurn(t *testing.T) {
	wall, began := time.Date(2026, 11, 27, 2, 0, 0, 0, time.UTC), time.Now()
	for _, jump := range []time.Duration{72 * time.Hour, -72 * time.Hour, 121 * time.Second, -121 * time.Second} {
		var s steadiness
		for i, test := range []struct {
			wall, ticks time.Duration
			want        error
		}{
			{0, 0, nil}, {20 * time.Second, 20 * time.Second, nil},
			{time.Hour, time.Hour, nil}, // a turn that took long, or a machine that slept
			{time.Hour + time.Second + jump, time.Hour + time.Second, ErrJumped},
			{time.Hour + 21*time.Second + jump, time.Hour + 21*time.Second, nil},
			{time.Hour + 160*time.Second + jump, time.Hour + 41*time.Second, nil}, // within two minutes
		} {
			if err := s.check(wall.Add(test.wall), began.Add(test.ticks)); !errors.Is(err, test.want) {
				t.Errorf("jump of %s, check %d: %v, want %v", jump, i, err, test.want)
			}
		}
	}
}
