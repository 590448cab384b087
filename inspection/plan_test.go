package inspection

import (
	"slices"
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

func (o *office) sheet(id uuid.UUID) PlanSheet {
	o.t.Helper()
	s, err := o.ShowPlan(bg, o.lead, id)
	o.must(err)
	return s
}

// planned is an approved plan of the county with an entry for the town in March
// and one for three villages in September.
func (o *office) planned() uuid.UUID {
	o.t.Helper()
	id, err := o.BeginPlan(bg, o.lead, 2026, "")
	o.must(err)
	v := func() int { return o.sheet(id).Version }
	town := o.units[tianshui].ID
	o.must(o.SetPriorities(bg, o.lead, id, v(), "资金到户、名单公示、驻村帮扶"))
	o.must(o.SetEntry(bg, o.lead, id, v(), Entry{Kind: AnnualPlan, Form: Onsite, UnitID: &town, Month: 3, Focus: "资金到户"}))
	o.must(o.SetEntry(bg, o.lead, id, v(), Entry{Kind: Regular, Form: PeriodicReport, Place: "任选三个村", Month: 9, Focus: "驻村工作队到岗"}))
	o.must(o.ProposePlan(bg, o.lead, id, v()))
	o.must(o.RulePlan(bg, o.boss, id, v(), true, ""))
	return id
}

func TestAPlanIsApprovedByAnotherAndChangedByVersions(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		id, err := o.BeginPlan(bg, o.lead, 2026, "")
		o.must(err)
		if _, err := o.BeginPlan(bg, o.mate, 2026, ""); err != step.ErrState {
			t.Errorf("two drafts: %v", err)
		}
		for _, year := range []int{2014, 2024, 2028} {
			if _, err := o.BeginPlan(bg, o.lead, year, ""); problem(err, "year") == "" {
				t.Errorf("%d: %v", year, err)
			}
		}
		if err := o.ProposePlan(bg, o.lead, id, 1); problem(err, "priorities") == "" || problem(err, "entries") == "" {
			t.Errorf("an empty plan: %v", err)
		}
		o.must(o.SetPriorities(bg, o.lead, id, 1, "资金到户"))
		o.fails("from a stale page", o.SetPriorities(bg, o.mate, id, 1, "名单公示"), step.ErrStale)
		town, above := o.units[tianshui].ID, o.units[cityDesk].ID
		for what, c := range map[string]struct {
			e     Entry
			field string
		}{
			"nowhere":          {Entry{Kind: Regular, Form: Onsite, Month: 3, Focus: "资金到户"}, "unit"},
			"the office above": {Entry{Kind: Regular, Form: Onsite, UnitID: &above, Month: 3, Focus: "资金到户"}, "unit"},
			"no month":         {Entry{Kind: Regular, Form: Onsite, UnitID: &town, Month: 13, Focus: "资金到户"}, "month"},
			"no kind":          {Entry{Form: Onsite, UnitID: &town, Month: 3, Focus: "资金到户"}, "kind"},
			"no form":          {Entry{Kind: Regular, UnitID: &town, Month: 3, Focus: "资金到户"}, "way"},
			"no focus":         {Entry{Kind: Regular, Form: Onsite, UnitID: &town, Month: 3}, "focus"},
		} {
			if err := o.SetEntry(bg, o.lead, id, 2, c.e); problem(err, c.field) == "" {
				t.Errorf("%s: %v", what, err)
			}
		}
		o.must(o.SetEntry(bg, o.lead, id, 2, Entry{Kind: Regular, Form: Onsite, UnitID: &town, Month: 3, Focus: "资金到户"}))
		o.must(o.SetEntry(bg, o.lead, id, 3, Entry{Kind: Special, Form: Onsite, Place: "任选三个村", Month: 5, Focus: "公示公告"}))
		s := o.sheet(id)
		e := s.Entries[1].Entry
		e.Month = 6
		o.must(o.SetEntry(bg, o.lead, id, 4, e))
		o.fails("an entry of none", o.SetEntry(bg, o.lead, id, 5, Entry{Key: uuid.New(), Kind: Special, Form: Onsite, Place: "任选三个村", Month: 5, Focus: "公示公告"}), store.ErrNotFound)
		o.must(o.DropEntry(bg, o.lead, id, 5, s.Entries[0].Key))
		o.must(o.ProposePlan(bg, o.boss, id, 6))
		o.fails("changed while it waits", o.SetPriorities(bg, o.lead, id, 7, "名单公示"), step.ErrState)
		o.fails("approved by who proposed", o.RulePlan(bg, o.boss, id, 7, true, ""), step.ErrSamePerson)
		chief := o.person(panshan, staff.Supervisor)
		o.fails("approved without the right", o.RulePlan(bg, o.idle, id, 7, true, ""), staff.ErrForbidden)
		o.fails("approved by the office above", o.RulePlan(bg, o.city, id, 7, true, ""), staff.ErrForbidden)
		o.fails("approved by another county", o.RulePlan(bg, o.other, id, 7, true, ""), store.ErrNotFound)
		if err := o.RulePlan(bg, chief, id, 7, false, "改"); problem(err, "note") == "" {
			t.Errorf("returned without a reason: %v", err)
		}
		o.must(o.RulePlan(bg, chief, id, 7, false, "请补上驻村帮扶"))
		o.must(o.ProposePlan(bg, o.boss, id, 8))
		third := o.person(panshan, staff.Supervisor)
		o.oneWins(race(
			func() error { return o.RulePlan(bg, chief, id, 9, true, "") },
			func() error { return o.RulePlan(bg, third, id, 9, false, "再议一次") },
		), step.ErrStale, step.ErrState)
		want := []string{"plan_begun", "plan_saved", "plan_saved", "plan_saved", "plan_saved", "plan_saved", "plan_proposed", "plan_returned", "plan_proposed"}
		if got := o.kinds(ledger.OfPlan, id); !slices.Equal(got[:9], want) || len(got) != 10 {
			t.Errorf("events %v", got)
		}
	})
}

func TestAnEntryBecomesAnInspectionWhenItsTimeComes(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		id := o.planned()
		s := o.sheet(id)
		march, autumn := s.Entries[0], s.Entries[1]
		if !march.Ripe || march.Late || autumn.Ripe || o.clocks(march.Key)[rulePlanEntry] != "2026-03-31" || o.clocks(autumn.Key)[rulePlanEntry] != "2026-09-30" {
			t.Errorf("%+v, %v", march, o.clocks(march.Key))
		}
		m := o.mandate()
		m.PlanKey = &march.Key
		o.oneWins(race(
			func() error { _, err := o.Arrange(bg, o.lead, m); return err },
			func() error { _, err := o.Arrange(bg, o.mate, m); return err },
		), step.ErrState)
		became := o.sheet(id).Entries[0].Became
		if became == nil || len(o.clocks(march.Key)) != 0 {
			t.Fatalf("became %+v", became)
		}
		// A new version: the town stays, the villages go, another month comes.
		if _, err := o.BeginPlan(bg, o.lead, 2026, ""); problem(err, "why") == "" {
			t.Errorf("a version without a reason: %v", err)
		}
		next, err := o.BeginPlan(bg, o.lead, 2026, "市里下半年有专项督查，错开时间")
		o.must(err)
		v := func() int { return o.sheet(next).Version }
		if s := o.sheet(next); s.N != 2 || len(s.Entries) != 2 || s.Priorities == "" || s.Entries[0].Became == nil {
			t.Errorf("%+v", s)
		}
		o.fails("dropped though it has become one", o.DropEntry(bg, o.lead, next, v(), march.Key), step.ErrState)
		moved := autumn.Entry
		moved.Month = 2
		o.must(o.SetEntry(bg, o.lead, next, v(), moved))
		o.must(o.ProposePlan(bg, o.lead, next, v()))
		if o.clocks(autumn.Key)[rulePlanEntry] != "2026-09-30" {
			t.Error("a draft moves dates")
		}
		o.must(o.RulePlan(bg, o.boss, next, v(), true, ""))
		if o.sheet(id).State != PlanReplaced || o.clocks(autumn.Key)[rulePlanEntry] != "2026-02-28" || !o.sheet(next).Entries[0].Late {
			t.Errorf("%s, %v, %+v", o.sheet(id).State, o.clocks(autumn.Key), o.sheet(next).Entries)
		}
		lines, err := o.Plans(bg, o.city)
		if err != nil || len(lines) != 1 || lines[0].N != 2 || lines[0].Entries != 2 {
			t.Errorf("%+v, %v", lines, err)
		}
		if lines, _ := o.Plans(bg, o.other); len(lines) != 0 {
			t.Errorf("another county reads %d plans", len(lines))
		}
		// Called off, the entry waits again.
		o.must(o.CallOff(bg, o.boss, became.ID, became.Version, "镇里换届，推迟"))
		if s := o.sheet(next); s.Entries[1].Became != nil || !s.Entries[1].Ripe || o.clocks(march.Key)[rulePlanEntry] != "2026-03-31" {
			t.Errorf("%+v", s.Entries[1])
		}
		_, err = o.Arrange(bg, o.lead, m)
		o.must(err)
		m.PlanKey = &many(1)[0]
		if _, err := o.Arrange(bg, o.lead, m); err != store.ErrNotFound {
			t.Errorf("an entry of none: %v", err)
		}
	})
}

func TestTheWatchLearnsWhoOwesWhat(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		plan := o.planned()
		entry := o.sheet(plan).Entries[1].Key
		id := o.announced()
		o.must(o.AskFor(bg, o.lead, id, "上年度补助发放表", ""))
		material := o.whole(id).Materials[0]
		var keeper clock.Keeper = o.Desk
		owners, err := keeper.Owners(o.Store.Read(bg), []uuid.UUID{id, material.ID, entry, uuid.New()})
		o.must(err)
		county, town := o.units[panshan].ID, o.units[tianshui].ID
		if len(owners) != 3 || owners[id].Unit != county || owners[id].Name != o.whole(id).Number ||
			owners[material.ID].Unit != town || *owners[material.ID].By != county || owners[entry].Unit != county || owners[entry].Name != "任选三个村" {
			t.Errorf("%+v", owners)
		}
		for who, told := range map[string]struct {
			by   staff.Officer
			want int
		}{"the team": {o.lead, 3}, "the city": {o.city, 3}, "the town": {o.town, 2}, "another county": {o.other, 0}} {
			if names, err := o.Disclose(bg, told.by, []uuid.UUID{id, material.ID, entry, uuid.New()}); err != nil || len(names) != told.want {
				t.Errorf("%s is told %v, %v", who, names, err)
			}
		}
		// Another calendar moves dates, and what lists show with them.
		o.must(second(o.Clocks.ImportDaysFromCommandLine(bg, days("2026-03-09"), nil, false)))
		moved := 0
		o.must(o.Store.Transact(bg, func(tx *gorm.DB) error {
			all, _, _, err := o.Clocks.Recount(tx, clock.Place{}, 100)
			for _, m := range all {
				moved++
				if err := keeper.Moved(tx, m); err != nil {
					return err
				}
			}
			return err
		}))
		if due := o.whole(id).Materials[0].DueOn; due != "2026-03-10" || moved != 1 {
			t.Errorf("due %s after %d moves", due, moved)
		}
		o.exchangeSoon(id)
		if owners, _ := keeper.Owners(o.Store.Read(bg), []uuid.UUID{id, material.ID}); len(owners) != 2 {
			t.Errorf("after the exchange %+v", owners)
		}
		o.must(o.CallOff(bg, o.boss, id, o.version(id), "合并到下月进行"))
		if owners, _ := keeper.Owners(o.Store.Read(bg), []uuid.UUID{id, material.ID}); len(owners) != 0 {
			t.Errorf("after the end %+v", owners)
		}
	})
}

func (o *office) exchangeSoon(id uuid.UUID) {
	o.t.Helper()
	o.must(o.Record(bg, o.lead, id, o.done()))
	o.exchange(id)
}

// days are days off that nobody announced.
func days(all ...workday.Date) (off []workday.Day) {
	for _, on := range all {
		off = append(off, workday.Day{On: on, Name: "试验", Source: "试验"})
	}
	return off
}

func TestTodayShowsWhatWaits(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		now, waits := o.arranged(), o.visited()
		o.found(waits)
		o.exchange(waits)
		o.must(o.SubmitFindings(bg, o.lead, waits, o.version(waits)))
		groups := func(by staff.Officer) map[string][]uuid.UUID {
			all, err := o.Today(bg, by)
			o.must(err)
			out := map[string][]uuid.UUID{}
			for code, lines := range all {
				for _, l := range lines {
					out[code] = append(out[code], l.ID)
				}
			}
			return out
		}
		if g := groups(o.boss); !slices.Equal(g[WaitsForIssue], []uuid.UUID{waits}) || !slices.Equal(g[NearlyDue], []uuid.UUID{now}) || len(g) != 2 {
			t.Errorf("the approver: %v", g)
		}
		if g := groups(o.mate); !slices.Equal(g[VisitToday], []uuid.UUID{now}) || len(g) != 1 {
			t.Errorf("a member: %v", g)
		}
		o.on("2026-03-17")
		if g := groups(o.mate); len(g[PastDue]) != 2 {
			t.Errorf("past both dates: %v", g)
		}
		if g := groups(o.city); len(g) != 0 {
			t.Errorf("the office above: %v", g)
		}
	})
}
