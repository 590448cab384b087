package main

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"

	"minsheng/bulletin"
	"minsheng/internal/store/storetest"
	"minsheng/internal/workday"
	"minsheng/region"
	"minsheng/selfreport"
	"minsheng/staff"
)

// Reports of periods that are over become due though nobody looks: once, however
// many replicas there are and whichever is killed.
func TestReportsBecomeDueByThemselves(t *testing.T) {
	t.Parallel()
	f := newFleet(t, 2, storetest.PostgresURL(t))
	wanted := scheduled(t, f)
	s := roomsOf(t, f.environ, nil).store
	count := func(table, where string) (n int64) {
		t.Helper()
		if err := s.Read(context.Background()).Table(table).Where(where).Count(&n).Error; err != nil {
			t.Fatal(err)
		}
		return n
	}
	for range 2 { // of which the first is killed as soon as something is there
		f.start(0)
		f.start(1)
		for end := time.Now().Add(time.Minute); count("self_report", "1 = 1") == 0 && time.Now().Before(end); {
			time.Sleep(5 * time.Millisecond)
		}
		f.kill(0)
		f.kill(1)
	}
	f.start(0)
	f.start(1)
	for end := time.Now().Add(time.Minute); count("self_report", "1 = 1")+count("work_report", "1 = 1") < wanted && time.Now().Before(end); {
		time.Sleep(20 * time.Millisecond)
	}
	awaitReady(t, f.addrs[0])
	awaitReady(t, f.addrs[1])
	made := count("self_report", "state = 'due'") + count("work_report", "state = 'due'")
	told := count("event", "kind IN ('selfreport_due', 'report_due')")
	clocks := count("deadline", "rule IN ('selfreport.due', 'bulletin.monthly')")
	if made != wanted || told != wanted || clocks != wanted {
		t.Errorf("%d reports with %d events and %d clocks, want %d", made, told, clocks, wanted)
	}
}

// scheduled lets a city, as it was seventy days ago, report monthly and ask its
// offices to, and returns how many reports are due by now.
func scheduled(t *testing.T, f *fleet) int64 {
	t.Helper()
	ctx, then := context.Background(), time.Now().AddDate(0, 0, -70)
	h := roomsOf(t, f.environ, func() time.Time { return then })
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	units, err := h.atlas.StandardUnits(ctx)
	must(err)
	var city region.Unit
	var owers []uuid.UUID
	for _, u := range units {
		switch {
		case u.Level == region.City && u.TakesComplaints && city.ID == uuid.Nil:
			city = u
		case u.Level == region.County && u.TakesComplaints:
			owers = append(owers, u.ID)
		}
	}
	_, err = h.staff.AddFromCommandLine(ctx, staff.NewAccount{Login: "boss", Name: "演示员", UnitID: city.ID, Roles: []staff.Role{staff.Supervisor}, Password: "long enough 2026"})
	must(err)
	found, err := h.staff.ColleaguesWith(ctx, []uuid.UUID{city.ID}, staff.SignPapers)
	must(err)
	must(h.bulletin.SetSchedule(ctx, found[0], bulletin.Month))
	first := selfreport.Period(bulletin.Month.Of(workday.On(then)))
	_, err = h.selves.Ask(ctx, found[0], selfreport.Request{Title: "扶贫工作自查", Every: selfreport.Month, First: first, Units: owers,
		Questions: []selfreport.Question{{Words: "本月走访户数", Kind: selfreport.Number, Required: true}}})
	must(err)
	periods := int64(0)
	for p := bulletin.Month.Of(workday.On(then)); p.Last() < workday.On(time.Now()); p = p.Next() {
		periods++
	}
	return periods * int64(1+len(owers))
}
