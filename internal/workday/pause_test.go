package workday

import (
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func TestLimitsPassOverPauses(t *testing.T) {
	c := BuiltIn()
	for _, test := range []struct {
		name   string
		from   Date
		n      int
		unit   Unit
		pauses []Span
		want   Date
	}{
		{"a hearing of three days", "2026-03-02", 30, CalendarDays, []Span{{"2026-03-10", "2026-03-12"}}, "2026-04-07"},
		{"a pause on days off counts nothing twice", "2026-03-02", 5, WorkingDays, []Span{{"2026-03-07", "2026-03-08"}}, "2026-03-09"},
		{"a pause over the last day", "2026-03-02", 5, WorkingDays, []Span{{"2026-03-09", "2026-03-09"}}, "2026-03-10"},
		{"a pause right after the last day counted off", "2026-03-02", 5, CalendarDays, []Span{{"2026-03-09", "2026-03-10"}}, "2026-03-11"},
		{"two pauses", "2026-03-02", 10, CalendarDays, []Span{{"2026-03-03", "2026-03-04"}, {"2026-03-10", "2026-03-10"}}, "2026-03-16"},
		{"across the Spring Festival", "2026-02-09", 10, WorkingDays, []Span{{"2026-02-14", "2026-02-24"}}, "2026-03-03"},
	} {
		if got := c.Limit(test.from, test.n, test.unit, test.pauses...).On; got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

// A pause never brings a limit nearer, never lets it end on a day off or
// within itself, and moves it no further than the pause is long, beside the days
// off that then come to lie at its end.
func TestPausesOnlyEverDelay(t *testing.T) {
	c := BuiltIn()
	random := rand.New(rand.NewPCG(3, 4))
	for range 2000 {
		from := Date("2025-01-01").Add(random.IntN(600))
		first := from.Add(1 + random.IntN(40))
		pause := Span{first, first.Add(random.IntN(20))}
		for _, unit := range []Unit{CalendarDays, WorkingDays} {
			n := 1 + random.IntN(60)
			plain, paused := c.Limit(from, n, unit).On, c.Limit(from, n, unit, pause).On
			works, _ := c.IsWorkday(paused)
			if paused < plain || !works || pause.First <= paused && paused <= pause.Last {
				t.Fatalf("Limit(%s, %d, %s) = %s, with a pause %v %s", from, n, unit, plain, pause, paused)
			}
			if pause.First > plain && paused != plain {
				t.Fatalf("a pause %v after the end moved %s to %s", pause, plain, paused)
			}
		}
	}
}

func TestATraceEndsWhereTheLimitDoes(t *testing.T) {
	c := BuiltIn()
	random := rand.New(rand.NewPCG(5, 6))
	for range 1000 {
		from, n := Date("2025-01-01").Add(random.IntN(700)), random.IntN(60)
		pause := Span{from.Add(3), from.Add(3 + random.IntN(8))}
		for _, unit := range []Unit{CalendarDays, WorkingDays} {
			marks := c.Trace(from, n, unit, pause)
			last := 0
			for i, m := range marks {
				if m.On != from.Add(i) {
					t.Fatalf("Trace(%s, %d, %s) leaves out a day before %s", from, n, unit, m.On)
				}
				last = max(last, m.Counted)
			}
			if due := c.Limit(from, n, unit, pause).On; marks[len(marks)-1].On != due || last != n {
				t.Fatalf("Trace(%s, %d, %s) counts %d to %s, due %s", from, n, unit, last, marks[len(marks)-1].On, due)
			}
		}
	}
	marks := c.Trace("2026-09-30", 1, WorkingDays)
	if len(marks) != 9 || marks[1].Name != "国庆节" || marks[1].Works || marks[8].Counted != 1 {
		t.Errorf("National Day: %+v", marks)
	}
	marks = c.Trace("2026-11-06", 15, CalendarDays) // ends on a Saturday
	if last := marks[len(marks)-1]; last.On != "2026-11-23" || !last.Moved || last.Counted != 0 || marks[15].Counted != 15 {
		t.Errorf("%+v", marks[15:])
	}
}

func TestWorkdaysBefore(t *testing.T) {
	c := BuiltIn()
	for _, test := range []struct {
		due  Date
		n    int
		want Date
	}{
		{"2026-11-27", 3, "2026-11-24"}, // Friday, Tuesday
		{"2026-11-24", 3, "2026-11-19"}, // Tuesday, Thursday before
		{"2026-11-25", 3, "2026-11-20"}, // Wednesday: from Friday on three are left
		{"2026-10-08", 3, "2026-09-28"}, // after National Day
		{"2026-10-12", 3, "2026-10-08"}, // the Saturday before is worked
		{"2026-10-05", 0, "2026-09-30"}, // a day off
		{"2026-11-27", 0, "2026-11-27"},
	} {
		if got := c.WorkdaysBefore(test.due, test.n); got != test.want {
			t.Errorf("WorkdaysBefore(%s, %d) = %s, want %s", test.due, test.n, got, test.want)
		}
	}
	for d := Date("2025-01-01"); d < "2026-12-31"; d = d.Add(1) {
		before := c.WorkdaysBefore(d, 3)
		next := c.Limit(before, 1, WorkingDays).On
		if left := c.WorkdaysBetween(before, d); left < 3 || c.WorkdaysBetween(next, d) >= 3 {
			t.Fatalf("WorkdaysBefore(%s, 3) = %s leaves %d", d, before, left)
		}
	}
}

func TestAnAdoptedYearTakesEffectAtOnceAndOnlyWhole(t *testing.T) {
	c := BuiltIn()
	before := c.Version()
	if c.Announced(2027) {
		t.Fatal("2027 is not announced")
	}
	c.Adopt([]Day{{On: "2027-01-01", Name: "元旦"}, {On: "2026-12-26", Works: true, Name: "元旦"}}, []int{2027})
	if works, presumed := c.IsWorkday("2027-05-01"); works || presumed {
		t.Error("1 May 2027 is a Saturday, and certain now")
	}
	if works, _ := c.IsWorkday("2026-12-26"); !works {
		t.Error("the notice of 2027 made a Saturday of 2026 a working day")
	}
	if due := c.Limit("2026-12-31", 1, WorkingDays); due.Provisional || due.Calendar == before {
		t.Errorf("%+v", due)
	}
	c.Adopt(nil, nil)
	if c.Version() != before || c.Announced(2027) {
		t.Error("what was adopted stays although it was replaced by nothing")
	}
}

func TestReadDaysTellsEveryLineThatIsWrong(t *testing.T) {
	days, err := ReadDays(strings.NewReader("\uFEFFdate,kind,name,source\n2027-01-01,off,元旦,通知\n2027/2/14,work, 春节,通知\n,,,\n"))
	if err != nil || len(days) != 2 || days[0].Works || !days[1].Works || days[1].Name != "春节" || days[1].On != "2027-02-14" {
		t.Errorf("%+v, %v", days, err)
	}
	_, err = ReadDays(strings.NewReader("date,kind,name,source\n2027-02-30,off,元旦,通知\n2027-01-01,rest,元旦,通知\n2027-01-02,off,元旦,通知\n2027-01-02,off,元旦,通知\n2027-01-03,off\n"))
	var wrong BadLines
	want := BadLines{{2, "day", "2027-02-30,off,元旦,通知"}, {3, "kind", "2027-01-01,rest,元旦,通知"}, {5, "twice", "2027-01-02,off,元旦,通知"}, {6, "fields", "2027-01-03,off"}}
	if !errors.As(err, &wrong) || !slices.Equal(wrong, want) {
		t.Errorf("%+v", wrong)
	}
	for _, l := range want {
		if badWords[l.Why] == "" || !strings.Contains(err.Error(), l.Text) {
			t.Errorf("says %q", err)
		}
	}
	for _, bad := range []string{"", "day,kind\n", "2027-01-01,off,元旦,通知\n"} {
		if _, err := ReadDays(strings.NewReader(bad)); !errors.As(err, &wrong) || wrong[0].Why != "head" {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
