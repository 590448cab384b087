package notice

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/roll"
	"minsheng/staff"
)

// split cuts a total into n parts of at least one fen.
func split(r *rand.Rand, total int64, n int) []int64 {
	parts := make([]int64, n)
	for i := range parts {
		parts[i] = 1
		total--
	}
	for i := range parts[1:] {
		some := r.Int64N(total + 1)
		parts[i+1] += some
		total -= some
	}
	parts[0] += total
	return parts
}

func TestAmountsConserve(t *testing.T) {
	eachTill(t, func(t *testing.T, b *till) {
		r := rand.New(rand.NewPCG(1, 2))
		for i := range 40 {
			total := 1000 + r.Int64N(1e11)
			parts := split(r, total, 1+r.IntN(7))
			off := []int64{0, 0, 1, -1, r.Int64N(500) - 250}[r.IntN(5)]
			if parts[0]+off < 1 {
				off = 0
			}
			parts[0] += off
			n, projects := b.allocated(b.fund(total), parts...)
			var made int64
			for _, p := range projects {
				made += p.AmountFen
			}
			s, err := b.sums(bg, n)
			b.must(err)
			if s.TotalFen != total || s.AllocatedFen != total+off || s.ProjectsFen != made || made != total+off || s.PaidFen != 0 {
				t.Fatalf("round %d: %+v, projects %d; want %d and %d", i, *s, made, total, total+off)
			}
			if s.Differs != (off != 0) {
				t.Errorf("round %d: off by %d fen, differs %v", i, off, s.Differs)
			}
		}
	})
}

func TestRostersMayNotPayMoreThanTheirProject(t *testing.T) {
	eachTill(t, func(t *testing.T, b *till) {
		f := b.fund(1000)
		_, projects := b.allocated(f, 600, 400)
		first := b.roster(published, nil, &projects[0].ID, 300, 200)
		check := func(name string, n Notice, paid int64, differs bool) {
			t.Helper()
			s, err := b.sums(bg, n)
			if err != nil || s.PaidFen != paid || s.Differs != differs {
				t.Errorf("%s: %+v, %v; want %d paid, differs %v", name, s, err, paid, differs)
			}
		}
		check("within", first, 500, false)
		draft := b.roster(draftState, nil, &projects[0].ID, 101)
		check("a draft counts for itself", draft, 601, true)
		check("and not for others", first, 500, false)
		other := b.roster(reviewed, nil, &projects[1].ID, 400)
		check("signed ones count", first, 900, false)
		shown := other
		shown.ID, shown.State = uuid.Nil, ended // the same roll shown again
		b.put(shown)
		check("a roll counts once", first, 900, false)
		b.roster(published, &f.ID, nil, 101)
		check("more than the fund", first, 1001, true)
		if s, err := b.sums(bg, b.put(Notice{Kind: "POLICY", UnitID: b.city.ID, PlaceCode: "211100000000"})); s != nil || err != nil {
			t.Errorf("a notice that speaks of no money: %+v, %v", s, err)
		}
	})
}

func TestAnAllocationThatIsEmptyDiffers(t *testing.T) {
	eachTill(t, func(t *testing.T, b *till) {
		f := b.fund(1000)
		plan := b.put(Notice{Kind: "ANNUAL_PLAN", UnitID: b.county.ID, PlaceCode: panshanAt, FundID: &f.ID})
		if s, err := b.sums(bg, plan); err != nil || s.Differs {
			t.Errorf("before anybody allocated: %+v, %v", s, err)
		}
		empty := b.roll(b.countyBy, roll.Allocation, panshanAt)
		n := b.put(Notice{Kind: "FUND_ALLOC", State: draftState, UnitID: b.county.ID, PlaceCode: panshanAt, FundID: &f.ID, RollID: &empty.ID})
		if s, err := b.sums(bg, n); err != nil || !s.Differs {
			t.Errorf("an empty allocation: %+v, %v", s, err)
		}
	})
}

func TestAFundIsRecordedWithItsDuty(t *testing.T) {
	eachTill(t, func(t *testing.T, b *till) {
		f := b.fund(186_50000)
		var owed Duty
		b.must(store.One(b.Store.Read(bg).Where("fund_id = ?", f.ID), &owed))
		want := b.Clocks.Calendar().Limit("2026-02-27", 15, workday.WorkingDays)
		if owed.Kind != "FUND_ALLOC" || owed.UnitID != b.county.ID || owed.DueOn != want.On || owed.EventOn != "2026-02-27" || owed.Rule != "notice.fund" {
			t.Errorf("owes %+v; want until %s", owed, want.On)
		}
		events, err := ledger.Of(bg, b.Store, ledger.OfProject, f.ID)
		if err != nil || len(events) != 1 || events[0].Kind != "fund_recorded" {
			t.Errorf("%+v, %v", events, err)
		}
		for field, with := range map[string]func(*Fund){
			"name": func(f *Fund) { f.Name = "钱" }, "doc_number": func(f *Fund) { f.DocNumber = "" }, "source": func(f *Fund) { f.Source = "heaven" },
			"total": func(f *Fund) { f.TotalFen = 0 }, "year": func(f *Fund) { f.Year = 1998 }, "allocated_on": func(f *Fund) { f.AllocatedOn = "2026-03-03" },
			"place": func(f *Fund) { f.PlaceCode = "211104000000" },
		} {
			bad := f
			with(&bad)
			var invalid *Invalid
			if _, err := b.NewFund(bg, b.countyBy, bad); !errors.As(err, &invalid) || len(invalid.Problems) != 1 || invalid.Problems[field] == "" {
				t.Errorf("%s: %v", field, err)
			}
		}
		leaking := f
		leaking.Name = "张三11010519491231002X的资金"
		var exposed *Exposed
		if _, err := b.NewFund(bg, b.countyBy, leaking); !errors.As(err, &exposed) {
			t.Errorf("a name with an ID number: %v", err)
		}
		approver := staff.Officer{ID: b.countyBy.ID, UnitID: b.county.ID, Roles: []staff.Role{staff.NoticeApprover}}
		if _, err := b.NewFund(bg, approver, f); !errors.Is(err, staff.ErrForbidden) {
			t.Errorf("an approver records a fund: %v", err)
		}
	})
}

func TestFundsAndProjectsAreThoseOfTheOfficeAndBelow(t *testing.T) {
	eachTill(t, func(t *testing.T, b *till) {
		f := b.fund(1000)
		b.allocated(f, 400, 600)
		for name, test := range map[string]struct {
			by    staff.Officer
			funds int
		}{"own": {b.countyBy, 1}, "above": {b.desk, 1}, "below": {b.townBy, 0}, "elsewhere": {b.cityBy, 0}} {
			funds, err := b.Funds(bg, test.by, uuid.Nil)
			if err != nil || len(funds) != test.funds {
				t.Errorf("%s sees %d funds, %v; want %d", name, len(funds), err, test.funds)
			}
			projects, err := b.Projects(bg, test.by, f.ID, uuid.Nil)
			if err != nil || len(projects) != 2*test.funds {
				t.Errorf("%s sees %d projects, %v; want %d", name, len(projects), err, 2*test.funds)
			}
		}
		if _, err := b.Funds(bg, b.townBy, f.ID); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a cursor of another office: %v", err)
		}
		if rest, err := b.Funds(bg, b.countyBy, f.ID); err != nil || len(rest) != 0 {
			t.Errorf("after the last: %d, %v", len(rest), err)
		}
	})
}

func TestRowsOfAnAllocationBecomeProjects(t *testing.T) {
	eachTill(t, func(t *testing.T, b *till) {
		f := b.fund(1000)
		n, projects := b.allocated(f, 400, 600)
		p := projects[0]
		if len(projects) != 2 || p.State != planned || *p.FundID != f.ID || p.UnitID != b.county.ID || p.PlaceCode != tianshuiAt ||
			p.Name != "通村路硬化" || p.Content != "水泥路1公里" || p.AmountFen != 400 {
			t.Fatalf("%+v", projects)
		}
		b.do(func(tx *gorm.DB) error {
			r, err := b.Rolls.RollIn(tx, *n.RollID)
			if err == nil {
				_, err = b.Rolls.Amend(tx, r.ID, r.Version, []roll.Edit{
					{Key: 1, Label: "通村路硬化二期", PlaceCode: tianshuiAt, AmountFen: 1000}, {Key: 2, Gone: true},
				}, "", uuid.Nil)
			}
			if err == nil {
				err = b.projectsOf(tx, n)
			}
			return err
		})
		found, err := b.board.ProjectsOfRows(bg, *n.RollID, 1, 2, 3)
		if err != nil || len(found) != 2 || found[1].ID != p.ID || found[1].AmountFen != 1000 || found[1].Name != "通村路硬化二期" || found[2].AmountFen != 0 {
			t.Errorf("after a correction: %+v, %v", found, err)
		}
		for kind, want := range map[string]int{"PROJECT_LIB": 1, "ANNUAL_PLAN": 1, "LIST_VILLAGE": 0} {
			for _, phase := range []string{"arranged", "completed"} {
				r := b.roll(b.countyBy, roll.Projects, panshanAt, roll.Edit{Label: "机井", AmountFen: 5, Cells: map[string]string{"task": "一眼"}})
				b.do(func(tx *gorm.DB) error {
					return b.projectsOf(tx, Notice{Kind: kind, UnitID: b.county.ID, PlaceCode: panshanAt, RollID: &r.ID, Fields: map[string]string{"plan_phase": phase}})
				})
				if phase == "completed" && kind == "ANNUAL_PLAN" {
					want = 0
				}
				got, err := b.board.ProjectsOfRows(bg, r.ID, 1)
				if err != nil || len(got) != want || want == 1 && got[1].Content != "一眼" {
					t.Errorf("%s %s makes %+v, %v; want %d", kind, phase, got, err, want)
				}
			}
		}
	})
}

func TestProgressGoesForwardInOrderOfTime(t *testing.T) {
	eachTill(t, func(t *testing.T, b *till) {
		_, projects := b.allocated(b.fund(10), 10)
		id := projects[0].ID
		before, err := b.board.Stamp(bg)
		b.must(err)
		for _, step := range []struct {
			name    string
			by      staff.Officer
			version int
			state   string
			on      workday.Date
			want    error
			field   bool
		}{
			{"accepted at once", b.countyBy, 1, accepted, "2026-03-01", step.ErrState, false},
			{"no day", b.countyBy, 1, underWay, "03-01", nil, true},
			{"another office", b.townBy, 1, underWay, "2026-03-01", store.ErrNotFound, false},
			{"planned for the future", b.countyBy, 1, planned, "2026-05-01", nil, false},
			{"begun tomorrow", b.countyBy, 2, underWay, "2026-03-03", nil, true},
			{"begun", b.countyBy, 2, underWay, "2026-03-01", nil, false},
			{"as it was", b.countyBy, 2, accepted, "2026-03-02", step.ErrStale, false},
			{"accepted before it began", b.countyBy, 3, accepted, "2026-02-28", nil, true},
			{"accepted, by an office above", b.desk, 3, accepted, "2026-03-02", nil, false},
			{"back", b.countyBy, 4, underWay, "2026-03-02", step.ErrState, false},
		} {
			err := b.Progress(bg, step.by, id, step.version, step.state, step.on)
			var invalid *Invalid
			if step.field != errors.As(err, &invalid) || !step.field && !errors.Is(err, step.want) {
				t.Errorf("%s: %v", step.name, err)
			}
		}
		p, err := projectIn(b.Store.Read(bg), id)
		if err != nil || p.State != accepted || p.PlannedOn != "2026-05-01" || p.StartedOn != "2026-03-01" || p.AcceptedOn != "2026-03-02" || p.reached() != "2026-03-02" {
			t.Errorf("%+v, %v", p, err)
		}
		events, err := ledger.Of(bg, b.Store, ledger.OfProject, id, "project_progress")
		if after, _ := b.board.Stamp(bg); err != nil || len(events) != 3 || after != before+3 {
			t.Errorf("%d events, %v; stamp %d after %d", len(events), err, after, before)
		}
	})
}

func TestThePublicSeesMoneyOfShownNoticesOnly(t *testing.T) {
	eachTill(t, func(t *testing.T, b *till) {
		f := b.fund(60)
		amounts := make([]int64, 60)
		for i := range amounts {
			amounts[i] = 1
		}
		n, projects := b.allocated(f, amounts...)
		roster := b.roster(published, nil, &projects[0].ID, 1)
		v, err := b.board.Fund(bg, f.ID, uuid.Nil)
		if err != nil || len(v.Projects) != 50 || !v.More || v.Sums.TotalFen != 60 || v.Sums.AllocatedFen != 60 || v.Sums.ProjectsFen != 60 || v.Sums.PaidFen != 1 || v.Sums.Differs {
			t.Fatalf("%+v, %v", v.Sums, err)
		}
		if rest, err := b.board.Fund(bg, f.ID, v.Projects[49].ID); err != nil || len(rest.Projects) != 10 || rest.More {
			t.Errorf("second page: %d, %v", len(rest.Projects), err)
		}
		p, err := b.board.Project(bg, projects[0].ID)
		if err != nil || p.Fund == nil || p.Fund.ID != f.ID || len(p.Notices) != 1 || len(p.Rosters) != 1 || p.PaidFen != 1 {
			t.Errorf("%+v, %v", p, err)
		}
		second, _ := b.allocated(f, 7)
		second.State = withdrawn
		b.put(second)
		if v, err := b.board.Fund(bg, f.ID, v.Projects[49].ID); err != nil || len(v.Projects) != 10 || v.Sums.ProjectsFen != 60 || v.Sums.AllocatedFen != 60 {
			t.Errorf("with one that was withdrawn: %d, %+v, %v", len(v.Projects), v.Sums, err)
		}
		b.at("2026-03-20 10:00:00") // the roster is over and gone, what it paid is not
		if p, err = b.board.Project(bg, projects[0].ID); err != nil || len(p.Rosters) != 0 || p.PaidFen != 1 {
			t.Errorf("after the roster's days: %+v, %v", p, err)
		}
		draft := b.put(Notice{Kind: "FUND_ALLOC", State: draftState, UnitID: b.county.ID, PlaceCode: panshanAt, FundID: &f.ID, RollID: roster.RollID})
		pulled := b.Store.Now()
		for name, hide := range map[string]func(*Notice){
			"withdrawn": func(n *Notice) { n.State = withdrawn }, "draft": func(n *Notice) { n.State = draftState }, "pulled": func(n *Notice) { n.PulledAt = &pulled },
		} {
			hidden := n
			hide(&hidden)
			b.put(hidden)
			_, fundErr := b.board.Fund(bg, f.ID, uuid.Nil)
			_, projectErr := b.board.Project(bg, projects[0].ID)
			if !errors.Is(fundErr, store.ErrNotFound) || !errors.Is(projectErr, store.ErrNotFound) {
				t.Errorf("%s: fund %v, project %v", name, fundErr, projectErr)
			}
		}
		if _, err := b.board.Fund(bg, draft.ID, uuid.Nil); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("no such fund: %v", err)
		}
	})
}

func TestDescribeTellsWhatAReferenceIs(t *testing.T) {
	eachTill(t, func(t *testing.T, b *till) {
		f := b.fund(1234_50)
		n, projects := b.allocated(f, 1234_50)
		has := func(name string, a About, err error, title, href string, lines ...[2]string) {
			t.Helper()
			if err != nil || a.Title != title || a.Href != href {
				t.Errorf("%s: %+v, %v; want %s at %q", name, a, err, title, href)
			}
			for _, want := range lines {
				found := false
				for _, line := range a.Lines {
					found = found || line == want
				}
				if !found {
					t.Errorf("%s lacks %v: %v", name, want, a.Lines)
				}
			}
		}
		at := "/notices/" + n.ID.String()
		a, err := b.board.Describe(bg, "notice", n.ID, 0)
		has("notice", a, err, "资金分配结果公告", at, [2]string{"notice.FUND_ALLOC", "–"}, [2]string{"publishing.unit", b.county.Name})
		for _, id := range []uuid.UUID{n.ID, *n.RollID} {
			a, err = b.board.Describe(bg, "row", id, 1)
			has("row", a, err, "资金分配结果公告", at, [2]string{"publishing.row", "1"}, [2]string{"publishing.amount", "1234.50"})
		}
		a, err = b.board.Describe(bg, "fund", f.ID, 0)
		has("fund", a, err, f.Name, "/funds/"+f.ID.String(), [2]string{"fund.province", f.DocNumber}, [2]string{"publishing.total", "1234.50"})
		a, err = b.board.Describe(bg, "project", projects[0].ID, 0)
		has("project", a, err, "通村路硬化", "/projects/"+projects[0].ID.String(), [2]string{"publishing.fund", f.Name}, [2]string{"project.planned", "–"})
		n.State = withdrawn
		b.put(n)
		a, err = b.board.Describe(bg, "row", n.ID, 1)
		has("row of a withdrawn one", a, err, "资金分配结果公告", "", [2]string{"publishing.row", "1"})
		for kind, id := range map[string]uuid.UUID{"notice": f.ID, "fund": n.ID, "project": n.ID, "row": f.ID, "payment": n.ID} {
			if _, err := b.board.Describe(bg, kind, id, 1); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("unknown %s: %v", kind, err)
			}
		}
	})
}

func TestAPersonsRowIsDescribedMasked(t *testing.T) {
	eachTill(t, func(t *testing.T, b *till) {
		n := b.roster(published, nil, nil, 600_00)
		a, err := b.board.Describe(bg, "row", n.ID, 1)
		b.must(err)
		shown := ""
		for _, line := range a.Lines {
			if line[0] == "publishing.row_shown" {
				shown = line[1]
			}
			if strings.Contains(line[1], "张三") {
				t.Errorf("the full name stands in %v", line)
			}
		}
		if shown != "张*" {
			t.Errorf("shows %q", shown)
		}
		b.do(func(tx *gorm.DB) error { // rows of drafts leave nothing behind
			if err := b.Rolls.Advance(tx, *n.RollID, roll.Final, b.today(), ""); err != nil {
				return err
			}
			r, err := b.Rolls.RollIn(tx, *n.RollID)
			if err == nil {
				_, err = b.Rolls.Amend(tx, r.ID, r.Version, []roll.Edit{{Key: 1, Gone: true}}, "", uuid.Nil)
			}
			return err
		})
		a, err = b.board.Describe(bg, "row", n.ID, 1)
		if err != nil || a.Lines[len(a.Lines)-1][0] != "publishing.row_gone" {
			t.Errorf("a row that is gone: %+v, %v", a, err)
		}
	})
}
