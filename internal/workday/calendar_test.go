package workday

import (
	"math/rand/v2"
	"os"
	"os/exec"
	"testing"
	"time"
)

func TestLimitCountsTheOfficialDays(t *testing.T) {
	c := BuiltIn()
	for _, test := range []struct {
		name        string
		from        Date
		n           int
		unit        Unit
		want        Date
		provisional bool
	}{
		{"make-up Saturday before the Spring Festival", "2026-02-13", 1, WorkingDays, "2026-02-14", false},
		{"across the Spring Festival", "2026-02-13", 2, WorkingDays, "2026-02-24", false},
		{"make-up Saturday after the Spring Festival", "2026-02-27", 1, WorkingDays, "2026-02-28", false},
		{"across National Day", "2026-09-30", 1, WorkingDays, "2026-10-08", false},
		{"across National Day with a make-up Saturday", "2026-09-30", 5, WorkingDays, "2026-10-13", false},
		{"make-up Sunday before National Day", "2026-09-18", 1, WorkingDays, "2026-09-20", false},
		{"across Mid-Autumn", "2026-09-24", 1, WorkingDays, "2026-09-28", false},
		{"make-up Saturday after Labour Day", "2026-05-08", 1, WorkingDays, "2026-05-09", false},
		{"across Labour Day", "2026-04-30", 1, WorkingDays, "2026-05-06", false},
		{"across Qingming", "2026-04-03", 1, WorkingDays, "2026-04-07", false},
		{"across Dragon Boat", "2026-06-18", 1, WorkingDays, "2026-06-22", false},
		{"New Year with a make-up Sunday", "2025-12-31", 1, WorkingDays, "2026-01-04", false},
		{"2025 Spring Festival", "2025-01-27", 1, WorkingDays, "2025-02-05", false},
		{"2025 make-up Sunday", "2025-01-24", 1, WorkingDays, "2025-01-26", false},
		{"2025 National Day", "2025-09-30", 2, WorkingDays, "2025-10-10", false},
		{"2025 make-up Saturday", "2025-10-10", 1, WorkingDays, "2025-10-11", false},
		{"an ordinary weekend", "2026-11-20", 1, WorkingDays, "2026-11-23", false},
		{"into a year not announced", "2026-12-31", 1, WorkingDays, "2027-01-04", true},
		{"from a day off", "2026-10-03", 1, WorkingDays, "2026-10-08", false},

		{"15 days end on a working day", "2026-11-23", 15, CalendarDays, "2026-12-08", false},
		{"15 days end on a Saturday", "2026-11-06", 15, CalendarDays, "2026-11-23", false},
		{"15 days end in the National Day week", "2026-09-18", 15, CalendarDays, "2026-10-08", false},
		{"a make-up Saturday is a good last day", "2026-09-25", 15, CalendarDays, "2026-10-10", false},
		{"60 days into a year not announced", "2026-11-23", 60, CalendarDays, "2027-01-22", true},
		{"a last day pushed into a year not announced", "2025-12-25", 365, CalendarDays, "2026-12-25", false},
		{"the eve of a presumed Spring Festival", "2027-01-06", 30, CalendarDays, "2027-02-09", true},
		{"presumed National Day", "2027-09-21", 10, CalendarDays, "2027-10-04", true},
		{"a limit of no days", "2026-11-23", 0, CalendarDays, "2026-11-23", false},
	} {
		got := c.Limit(test.from, test.n, test.unit)
		if got.On != test.want || got.Provisional != test.provisional {
			t.Errorf("%s: Limit(%s, %d, %s) = %s provisional %v, want %s %v",
				test.name, test.from, test.n, test.unit, got.On, got.Provisional, test.want, test.provisional)
		}
		if got.Calendar != c.Version() || got.Calendar == "" {
			t.Errorf("%s: calendar %q", test.name, got.Calendar)
		}
	}
}

// Every day off and every make-up day of the two notices, counted by hand from
// the notices: it fails when a line of days.csv is lost or mistyped.
func TestAnnouncedDays(t *testing.T) {
	c := BuiltIn()
	spans := map[bool][][2]Date{
		false: {{"2025-01-01", "2025-01-01"}, {"2025-01-28", "2025-02-04"}, {"2025-04-04", "2025-04-06"},
			{"2025-05-01", "2025-05-05"}, {"2025-05-31", "2025-06-02"}, {"2025-10-01", "2025-10-08"},
			{"2026-01-01", "2026-01-03"}, {"2026-02-15", "2026-02-23"}, {"2026-04-04", "2026-04-06"},
			{"2026-05-01", "2026-05-05"}, {"2026-06-19", "2026-06-21"}, {"2026-09-25", "2026-09-27"}, {"2026-10-01", "2026-10-07"}},
		true: {{"2025-01-26", "2025-01-26"}, {"2025-02-08", "2025-02-08"}, {"2025-04-27", "2025-04-27"},
			{"2025-09-28", "2025-09-28"}, {"2025-10-11", "2025-10-11"}, {"2026-01-04", "2026-01-04"},
			{"2026-02-14", "2026-02-14"}, {"2026-02-28", "2026-02-28"}, {"2026-05-09", "2026-05-09"},
			{"2026-09-20", "2026-09-20"}, {"2026-10-10", "2026-10-10"}},
	}
	listed := 0
	for works, list := range spans {
		for _, s := range list {
			for d := s[0]; d <= s[1]; d = d.Add(1) {
				listed++
				if got, provisional := c.IsWorkday(d); got != works || provisional {
					t.Errorf("IsWorkday(%s) = %v provisional %v, want %v", d, got, provisional, works)
				}
			}
		}
	}
	if len(c.current.Load().days) != listed {
		t.Errorf("the calendar lists %d days, the notices %d", len(c.current.Load().days), listed)
	}
}

func TestDaysNotAnnouncedArePresumedAndSaySo(t *testing.T) {
	c := BuiltIn()
	for d, works := range map[Date]bool{
		"2027-01-01": false, "2027-01-04": true, "2027-02-05": false, "2027-02-08": false, "2027-02-09": true,
		"2027-04-05": false, "2027-05-03": true, "2027-06-09": false, "2027-09-15": false, "2027-10-01": false,
		"2027-10-02": false, "2027-10-04": true, "2028-05-01": false, "2024-10-01": false,
	} {
		if got, provisional := c.IsWorkday(d); got != works || !provisional {
			t.Errorf("IsWorkday(%s) = %v provisional %v, want %v true", d, got, provisional, works)
		}
	}
}

func TestLimitEndsOnAWorkingDayAndGrowsWithItsLength(t *testing.T) {
	c := BuiltIn()
	random := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		from := Date("2024-12-01").Add(random.IntN(900))
		for _, unit := range []Unit{CalendarDays, WorkingDays} {
			before := from
			for n := 1; n <= 40; n++ {
				due := c.Limit(from, n, unit)
				if works, _ := c.IsWorkday(due.On); !works {
					t.Fatalf("Limit(%s, %d, %s) = %s, a day off", from, n, unit, due.On)
				}
				if due.On < before || (unit == WorkingDays && due.On == before) {
					t.Fatalf("Limit(%s, %d, %s) = %s, not after %s", from, n, unit, due.On, before)
				}
				if unit == WorkingDays && c.WorkdaysBetween(from, due.On) != n {
					t.Fatalf("WorkdaysBetween(%s, %s) = %d, want %d", from, due.On, c.WorkdaysBetween(from, due.On), n)
				}
				before = due.On
			}
		}
	}
}

// Who begins a day later is never due earlier, on whatever calendar, with a
// pause or without.
func TestLimitIsMonotoneInItsStart(t *testing.T) {
	known, presumed := BuiltIn(), BuiltIn()
	presumed.Adopt([]Day{{On: "2026-12-26", Works: true, Name: "元旦"}, {On: "2027-02-03", Name: "春节"}}, []int{2027})
	random := rand.New(rand.NewPCG(7, 8))
	for _, c := range []*Calendar{known, presumed} {
		for range 150 {
			n, first := random.IntN(61), Date("2024-12-01").Add(random.IntN(1000))
			pause := Span{first.Add(random.IntN(30)), first.Add(30 + random.IntN(20))}
			for _, pauses := range [][]Span{nil, {pause}} {
				for _, unit := range []Unit{CalendarDays, WorkingDays} {
					before := c.Limit(first, n, unit, pauses...).On
					for from := first.Add(1); from < first.Add(20); from = from.Add(1) {
						due := c.Limit(from, n, unit, pauses...).On
						if due < before {
							t.Fatalf("Limit(%s, %d, %s, %v) = %s, but a day earlier %s", from, n, unit, pauses, due, before)
						}
						before = due
					}
				}
			}
		}
	}
}

func TestWorkdaysBetween(t *testing.T) {
	c := BuiltIn()
	for _, test := range []struct {
		from, to Date
		want     int
	}{
		{"2026-09-30", "2026-09-30", 0},
		{"2026-09-30", "2026-10-07", 0},
		{"2026-09-30", "2026-10-08", 1},
		{"2026-09-30", "2026-10-13", 5},
		{"2026-10-13", "2026-09-30", 0},
		{"2026-11-20", "2026-11-23", 1},
	} {
		if got := c.WorkdaysBetween(test.from, test.to); got != test.want {
			t.Errorf("WorkdaysBetween(%s, %s) = %d, want %d", test.from, test.to, got, test.want)
		}
	}
}

func TestPublicityCountsBothEnds(t *testing.T) {
	for _, test := range []struct {
		start Date
		n     int
		want  Date
	}{
		{"2022-09-19", 10, "2022-09-28"}, {"2026-11-23", 7, "2026-11-29"}, {"2026-12-31", 1, "2026-12-31"}, {"2024-02-28", 3, "2024-03-01"},
	} {
		if got := PublicityEnd(test.start, test.n); got != test.want {
			t.Errorf("PublicityEnd(%s, %d) = %s, want %s", test.start, test.n, got, test.want)
		}
	}
}

func TestDatesAreShanghaiDates(t *testing.T) {
	if got := On(time.Date(2026, 11, 23, 15, 59, 59, 0, time.UTC)); got != "2026-11-23" {
		t.Errorf("one second before midnight: %s", got)
	}
	if got := On(time.Date(2026, 11, 23, 16, 0, 0, 0, time.UTC)); got != "2026-11-24" {
		t.Errorf("midnight: %s", got)
	}
	for _, bad := range []string{"", "2026-02-29", "2026-2-3", "26-02-03", "2026-13-01", "2026-02-03x"} {
		if d, err := Parse(bad); err == nil {
			t.Errorf("Parse(%q) = %s", bad, d)
		}
	}
	if d, err := Parse("2024-02-29"); err != nil || d != "2024-02-29" {
		t.Errorf("Parse of a leap day = %s, %v", d, err)
	}
}

// The machine's own time zone must not move a day: the other tests of this
// package run again on machines that live elsewhere.
func TestTheMachinesTimeZoneDoesNotMatter(t *testing.T) {
	if os.Getenv("WORKDAY_ZONE_CHILD") != "" {
		return
	}
	for _, zone := range []string{"America/Los_Angeles", "Pacific/Kiritimati", "UTC"} {
		cmd := exec.Command(os.Args[0], "-test.run=TestLimitCounts|TestLimitIsMonotone|TestAnnounced|TestDates|TestWorkdays|TestPublicity|TestLimitsPass|TestPauses|TestWorkdaysBefore|TestATrace|TestAnAdopted")
		cmd.Env = append(os.Environ(), "TZ="+zone, "WORKDAY_ZONE_CHILD=1")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("in %s: %v\n%s", zone, err, out)
		}
	}
}
