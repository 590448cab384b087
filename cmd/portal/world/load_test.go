package world_test

import (
	"testing"

	"github.com/google/uuid"

	"minsheng/cmd/portal/world"
	"minsheng/intake"
	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
	"minsheng/internal/workday"
	"minsheng/notice"
	"minsheng/region"
	"minsheng/roll"
	"minsheng/staff"
	"minsheng/triage"
)

func count(t *testing.T, r world.Rooms, text string, args ...any) int {
	t.Helper()
	var n int
	if err := r.Store.Read(ctx).Raw(text, args...).Scan(&n).Error; err != nil {
		t.Fatal(err)
	}
	return n
}

func TestLoadIsWholeAndReadable(t *testing.T) {
	each(t, func(t *testing.T, r world.Rooms) {
		n, notices := 12_000, 300 // enough for PostgreSQL to rebuild the search index
		if !r.Store.Postgres() {
			n = 6_000 // SQLite in Go is slow under the race detector
		}
		last, total := 0, 0
		err := world.Load(ctx, r, world.Loads{Complaints: n, Notices: notices, Rows: 3000}, func(done, of int) { last, total = max(last, done), of })
		if err != nil {
			t.Fatal(err)
		}
		if last != n+notices || total != n+notices {
			t.Errorf("progress ended at %d of %d", last, total)
		}
		if err := world.Load(ctx, r, world.Loads{Complaints: 10}, nil); err != nil {
			t.Fatalf("a second load: %v", err)
		}
		all := count(t, r, "SELECT COUNT(*) FROM complaint")
		if all != n+10 {
			t.Fatalf("%d complaints", all)
		}
		if open := count(t, r, "SELECT COUNT(*) FROM complaint WHERE closed_at IS NULL"); open < n/100 || open > n*3/100 {
			t.Errorf("%d of %d are open, want about 2 %%", open, n)
		}
		for what, text := range map[string]string{
			"without a report":              "SELECT COUNT(*) FROM complaint WHERE report_id NOT IN (SELECT id FROM report)",
			"without words":                 "SELECT COUNT(*) FROM report WHERE id NOT IN (SELECT owner_id FROM sealed_blob WHERE kind = 'narrative')",
			"named without an identity":     "SELECT COUNT(*) FROM report WHERE (mode = 'anonymous') = (id IN (SELECT owner_id FROM sealed_blob WHERE kind = 'identity'))",
			"open without its clock":        "SELECT COUNT(*) FROM complaint WHERE closed_at IS NULL AND NOT EXISTS (SELECT 1 FROM deadline d WHERE d.subject_id = complaint.id AND d.rule = complaint.due_rule AND d.due_on = complaint.due_on AND d.met_at IS NULL)",
			"closed with a clock":           "SELECT COUNT(*) FROM complaint WHERE closed_at IS NOT NULL AND due_on IS NOT NULL",
			"without events":                "SELECT COUNT(*) FROM complaint WHERE id NOT IN (SELECT subject_id FROM event WHERE seq = 1)",
			"finished before it came":       "SELECT COUNT(*) FROM complaint WHERE closed_at < received_at OR accepted_at < received_at",
			"at work without being taken":   "SELECT COUNT(*) FROM complaint WHERE state IN ('accepted', 'verifying', 'delivered', 'closed') AND accepted_at IS NULL",
			"with a table of another size":  "SELECT COUNT(*) FROM roll WHERE size <> (SELECT COUNT(*) FROM roll_row WHERE roll_id = roll.id AND until IS NULL)",
			"with another sum":              "SELECT COUNT(*) FROM roll WHERE total_fen <> (SELECT SUM(amount_fen) FROM roll_row WHERE roll_id = roll.id)",
			"naming people past their days": "SELECT COUNT(*) FROM notice WHERE state = 'published' AND ends_on < '" + string(workday.On(r.Store.Now())) + "'",
			"frozen where nothing is":       "SELECT COUNT(*) FROM roll_hold h WHERE NOT EXISTS (SELECT 1 FROM roll_row r WHERE r.roll_id = h.roll_id AND r.key = h.key)",
			"with a gap between its events": "SELECT COUNT(*) FROM (SELECT subject_id FROM event GROUP BY subject_kind, subject_id HAVING MAX(seq) <> COUNT(*)) gaps",
		} {
			if bad := count(t, r, text); bad > 0 {
				t.Errorf("%d are %s", bad, what)
			}
		}
		if counties := count(t, r, "SELECT COUNT(DISTINCT county_code) FROM complaint"); counties != 4 {
			t.Errorf("%d counties", counties)
		}
		readable(t, r)
		searchable(t, r)
		shown, err := r.Notices.List(ctx, "", uuid.Nil)
		if err != nil || len(shown) != 20 {
			t.Errorf("%d notices on the first page, %v", len(shown), err)
		}
		published(t, r, 3000)
		goesOn(t, r)
	})
}

// readable: intake opens the words that the load sealed.
func readable(t *testing.T, r world.Rooms) {
	t.Helper()
	var named intake.Report
	if err := store.One(r.Store.Read(ctx).Where("mode <> ?", intake.Anonymous).Order("received_at DESC"), &named); err != nil {
		t.Fatal(err)
	}
	words, err := r.Intake.Narratives(ctx, staff.Officer{}, named.ID)
	if err != nil || len([]rune(words[named.ID].Text)) < 10 {
		t.Errorf("narrative %q, %v", words[named.ID].Text, err)
	}
	if who, err := r.Intake.Identity(ctx, named.ID); err != nil || who.Phone != "13800000000" {
		t.Errorf("identity %+v, %v", who, err)
	}
}

// searchable: an officer of the city finds common and rare words.
func searchable(t *testing.T, r world.Rooms) {
	t.Helper()
	var desk region.Unit
	for _, u := range r.Atlas.Units() {
		if u.Kind == region.SupervisionOffice && u.Level == region.City {
			desk = u
		}
	}
	if _, err := r.Staff.AddFromCommandLine(ctx, staff.NewAccount{Login: "finder", Name: "找", UnitID: desk.ID, Roles: []staff.Role{staff.TriageOfficer}}); err != nil {
		t.Fatal(err)
	}
	officers, err := r.Staff.ColleaguesWith(ctx, []uuid.UUID{desk.ID}, staff.ReadCases)
	if err != nil || len(officers) != 1 {
		t.Fatalf("%v, %v", officers, err)
	}
	for text, least := range map[string]int{"低保": 20, "渡口": 1} {
		page, err := r.Triage.Find(ctx, officers[0], triage.Filter{Text: text}, "")
		if err != nil || len(page.Rows) < least {
			t.Errorf("%s finds %d, %v; want %d", text, len(page.Rows), err, least)
		}
	}
}

// published: the largest list can be read page by page, some of its rows are
// frozen, and an allocation adds up to its fund and became projects.
func published(t *testing.T, r world.Rooms, rows int) {
	t.Helper()
	largest, err := r.Notices.Find(ctx, notice.Wanted{Kind: "LIST_VILLAGE", State: "running"})
	if err != nil || len(largest) == 0 {
		t.Fatalf("no list runs: %v", err)
	}
	p, err := r.Notices.Published(ctx, largest[0].ID)
	if err != nil || p.Roll.Size != rows {
		t.Fatalf("the largest list: %+v, %v", p.Roll, err)
	}
	page, more, err := r.Rolls.Page(ctx, p.Roll.ID, roll.Ask{After: rows / 2, Order: roll.ByNumber})
	if err != nil || len(page) != 50 || !more || page[0].N != rows/2+1 || page[0].Shown == page[0].Label {
		t.Errorf("a page in its middle: %d rows, %v", len(page), err)
	}
	if holds, err := r.Rolls.Holds(ctx, p.Roll.ID); err != nil || len(holds) == 0 {
		t.Errorf("frozen: %v, %v", holds, err)
	}
	allocations, err := r.Notices.Find(ctx, notice.Wanted{Kind: "FUND_ALLOC"})
	if err != nil || len(allocations) == 0 {
		t.Fatalf("no allocation: %v", err)
	}
	fund, err := r.Notices.Fund(ctx, *allocations[0].FundID, uuid.Nil)
	if err != nil || fund.Sums.Differs || fund.Sums.ProjectsFen != fund.TotalFen || len(fund.Projects) == 0 {
		t.Errorf("the fund: %+v, %d projects, %v", fund.Sums, len(fund.Projects), err)
	}
}

// goesOn: after a load the portal takes in reports as before.
func goesOn(t *testing.T, r world.Rooms) {
	t.Helper()
	before := count(t, r, "SELECT MAX(seq) FROM complaint")
	form := r.Intake.NewForm()
	_, err := r.Intake.Submit(ctx, intake.Submission{
		Token: form.Token, PlaceCode: "211122111901", Text: "修路的钱拿去装修村部了,请来看看。", Mode: intake.Anonymous,
		AccusedLevel: "village", Channel: intake.Web, Lang: "zh-CN",
	})
	if err != nil {
		t.Fatal(err)
	}
	if after := count(t, r, "SELECT MAX(seq) FROM complaint"); after != before+1 {
		t.Errorf("the next complaint is number %d after %d", after, before)
	}
}

// BenchmarkLoad tells what ten thousand complaints cost on each database.
func BenchmarkLoad(b *testing.B) {
	for name, where := range map[string]func() store.Config{
		"sqlite":   func() store.Config { return store.Config{Dir: b.TempDir()} },
		"postgres": func() store.Config { return store.Config{URL: storetest.PostgresURL(b)} },
	} {
		b.Run(name, func(b *testing.B) {
			r := rooms(b, where())
			for b.Loop() {
				if err := world.Load(ctx, r, world.Loads{Complaints: 10_000}, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
