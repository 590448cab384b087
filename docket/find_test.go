package docket

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/clock"
	"minsheng/internal/store/storetest"
	"minsheng/internal/workday"
	"minsheng/staff"
)

// stored puts items into the database as they might have come to be.
func (w *office) stored(items ...Item) []Item {
	w.t.Helper()
	var units []itemUnit
	for n := range items {
		i := &items[n]
		i.ID, i.IssuerID, i.CreatedBy, i.CreatedAt, i.Version = uuid.Must(uuid.NewV7()), w.officer.UnitID, w.officer.ID, w.Store.Now(), 1
		if i.Urgency == "" {
			i.Urgency = "normal"
		}
		if i.Origin == "" {
			i.Origin = LeaderInstruction
		}
		if i.LeadUnitID == uuid.Nil {
			i.LeadUnitID = w.units[panshanPoor].ID
		}
		if i.Year == 0 {
			i.Year = 2026
		}
		i.OriginNote, i.Title, i.Summary, i.Requirement = "批示", "核查", "核查", "核查"
		at := w.Store.Now()
		if i.State != Docketed {
			i.IssuedAt = &at
		}
		if i.State == StruckOff || i.State == Cancelled {
			i.ClosedAt = &at
		}
		units = append(units, itemUnit{i.ID, i.LeadUnitID, "lead"})
	}
	w.must(w.Store.Transact(bg, func(tx *gorm.DB) error {
		if err := tx.CreateInBatches(items, 500).Error; err != nil {
			return err
		}
		return tx.CreateInBatches(units, 1000).Error
	}))
	return items
}

func (w *office) listed(by staff.Officer, f Filter) []uuid.UUID {
	w.t.Helper()
	var ids []uuid.UUID
	for cursor := ""; ; {
		page, err := w.Items(bg, by, f, cursor)
		w.must(err)
		for _, v := range page.Rows {
			ids = append(ids, v.ID)
		}
		if cursor = page.Next; cursor == "" {
			return ids
		}
	}
}

func TestListsAreNarrowed(t *testing.T) {
	each(t, func(t *testing.T, w *office) {
		w.on("2026-03-16") // a Monday
		made := w.stored(
			Item{State: Docketed},
			Item{State: Acknowledged, DueOn: day("2026-03-16")},
			Item{State: InProgress, DueOn: day("2026-03-13")},                                    // yellow since today
			Item{State: Returned, DueOn: day("2026-03-10"), Origin: AnnualPlan},                  // four days
			Item{State: Issued, DueOn: day("2026-03-09"), LeadUnitID: w.town.ID},                 // red since today
			Item{State: Reported, DueOn: day("2026-03-02")},                                      // lies with the office
			Item{State: Disputed, DueOn: day("2026-03-02"), EscalatedTo: &w.above.UnitID},        // red: the clock runs on
			Item{State: InProgress, DueOn: day("2026-05-08"), SuspendedUntil: day("2026-03-16")}, // until today
			Item{State: InProgress, DueOn: day("2026-05-08"), SuspendedUntil: day("2026-03-15")}, // until yesterday
			Item{State: StruckOff, Year: 2025, DueOn: day("2025-03-02")}, Item{State: Cancelled},
		)
		is := func(numbers ...int) (ids []uuid.UUID) {
			for _, n := range numbers {
				ids = append(ids, made[n].ID)
			}
			return ids
		}
		for name, test := range map[string]struct {
			f    Filter
			want []uuid.UUID
		}{
			"all":                    {Filter{}, is(0, 1, 2, 3, 4, 5, 6, 7, 8)},
			"drafts":                 {Filter{Stretch: Drafts}, is(0)},
			"with the unit":          {Filter{Stretch: WithUnit}, is(1, 2, 3, 4, 8)},
			"with the issuer":        {Filter{Stretch: WithIssuer}, is(5, 6)},
			"suspended":              {Filter{Stretch: Suspended}, is(7)},
			"finished":               {Filter{Stretch: Finished}, is(9, 10)},
			"yellow":                 {Filter{Color: clock.Yellow}, is(2, 3)},
			"red":                    {Filter{Color: clock.Red}, is(4, 6)},
			"red, with the unit":     {Filter{Color: clock.Red, Stretch: WithUnit}, is(4)},
			"of the plan":            {Filter{Origin: AnnualPlan}, is(3)},
			"of a unit":              {Filter{Lead: w.town.ID}, is(4)},
			"of a year":              {Filter{Year: 2025}, nil},
			"finished, of a year":    {Filter{Year: 2025, Stretch: Finished}, is(9)},
			"addressed to an issuer": {Filter{Mine: true}, nil},
		} {
			if got := w.listed(w.officer, test.f); !sameSet(got, test.want) {
				t.Errorf("%s: %d, want %d", name, len(got), len(test.want))
			}
			if test.f.Stretch != Finished {
				if n, err := w.Count(bg, w.officer, test.f); err != nil || n != len(test.want) {
					t.Errorf("%s: counted %d, %v, want %d", name, n, err, len(test.want))
				}
			}
		}
		if got := w.listed(w.above, Filter{Escalated: true}); !sameSet(got, is(6)) {
			t.Errorf("escalated: %d", len(got))
		}
		if got := w.listed(w.lead, Filter{Mine: true}); !sameSet(got, is(1, 2, 3, 5, 6, 7, 8)) {
			t.Errorf("the unit's own: %d", len(got))
		}
		// What waits for a ruling lies with the office too.
		w.must(w.Store.Read(bg).Exec("UPDATE supervision_item SET number = '盘县督交〔2026〕99号' WHERE id = ?", made[1].ID).Error)
		w.must(w.AskExtension(bg, w.lead, made[1].ID, 1, moreTime))
		if got := w.listed(w.officer, Filter{Stretch: WithIssuer}); !sameSet(got, is(1, 5, 6)) {
			t.Errorf("with a request: %d", len(got))
		}
		// A colour may begin earlier for one origin.
		w.must(w.Store.Read(bg).Exec(`INSERT INTO time_rule (code, kind, n, day_kind, from_event, duty, pause_on, basis, valid_from, set_why)
			VALUES ('supervision_item.red', 'plan', 3, 'wd', 'due', 'internal', '', '计划事项从严', '2026-01-01', '')`).Error)
		w.on("2026-03-16") // past the half minute for which rules are kept
		w.now.Add(int64(60e9))
		if got := w.listed(w.officer, Filter{Color: clock.Red}); !sameSet(got, is(3, 4, 6)) {
			t.Errorf("red by origin: %d", len(got))
		}
		page, err := w.Items(bg, w.officer, Filter{Color: clock.Red}, "")
		w.must(err)
		for _, v := range page.Rows {
			if v.Color != clock.Red {
				t.Errorf("listed as red, painted %s", v.Color)
			}
		}
	})
}

func TestAColorIsTheSameInTheListAndOnTheItem(t *testing.T) {
	each(t, func(t *testing.T, w *office) {
		w.on("2026-02-27") // after the long days off of Spring Festival
		var items []Item
		for n := range 40 {
			items = append(items, Item{State: InProgress, DueOn: day(workday.Date("2026-01-25").Add(n))})
		}
		w.stored(items...)
		for _, color := range []clock.Color{clock.Yellow, clock.Red} {
			listed := w.listed(w.officer, Filter{Color: color})
			var painted []uuid.UUID
			page, err := w.Items(bg, w.officer, Filter{}, "")
			w.must(err)
			for _, v := range page.Rows {
				if v.Color == color {
					painted = append(painted, v.ID)
				}
			}
			if !sameSet(listed, painted) || len(listed) == 0 {
				t.Errorf("%s: %d listed, %d painted", color, len(listed), len(painted))
			}
		}
	})
}

// The order is kept over pages, though items move meanwhile.
func TestFinishedItemsAreWalkedNewestFirst(t *testing.T) {
	each(t, func(t *testing.T, w *office) {
		var items []Item
		for range pageSize + 7 {
			items = append(items, Item{State: StruckOff})
		}
		var want []uuid.UUID
		for _, i := range w.stored(items...) {
			want = append(want, i.ID)
		}
		slices.Reverse(want)
		if got := w.listed(w.officer, Filter{Stretch: Finished}); !slices.Equal(got, want) {
			t.Errorf("%d of %d, or in another order", len(got), len(want))
		}
	})
}

// Lists walk along indexes: a city keeps its items for ever.
func TestListsAreServedByIndexes(t *testing.T) {
	each(t, func(t *testing.T, w *office) {
		w.fill(6000)
		w.must(w.Store.Read(bg).Exec("ANALYZE").Error)
		for name, test := range map[string]struct {
			f     Filter
			index string
		}{
			"open": {Filter{}, "item_open"}, "red": {Filter{Color: clock.Red}, "item_open"}, "with the unit": {Filter{Stretch: WithUnit}, "item_open"},
			"of a unit": {Filter{Lead: w.town.ID}, "item_open(_lead)?"}, "escalated": {Filter{Escalated: true}, "item_(escalated|open)"},
			"finished": {Filter{Stretch: Finished}, "item_closed"}, "finished of a unit": {Filter{Stretch: Finished, Lead: w.town.ID}, "item_closed_lead"},
			"finished of a year": {Filter{Stretch: Finished, Year: 2003}, "item_closed(_year)?"}, "finished of an origin": {Filter{Stretch: Finished, Origin: AnnualPlan}, "item_closed(_origin)?"},
		} {
			for _, by := range []staff.Officer{w.officer, w.above, w.assist} {
				if by.ID == w.assist.ID { // whose office has few of them
					test.f.Mine, test.index = true, "item_unit_unit"
				}
				db := w.Store.Read(bg)
				query, err := w.narrow(w.itemScope(db, by), by, test.f)
				w.must(err)
				plan := w.plan(after(query, test.f, "").Limit(pageSize + 1))
				if !regexp.MustCompile(`\b`+test.index+`\b`).MatchString(plan) || strings.Contains(plan, "Seq Scan on supervision_item") || strings.Contains(plan, "SCAN supervision_item\n") {
					t.Errorf("%s, for %s:\n%s", name, by.UnitName, plan)
				}
			}
		}
	})
}

// fill stores n items in one statement, of which one in forty is open.
func (w *office) fill(n int) {
	w.t.Helper()
	id, spread := "printf('%08x-0000-7000-8000-000000000000', k.n)", "date('2026-01-01', '+' || (k.n % 200) || ' days')"
	if w.Store.Postgres() {
		id, spread = "(lpad(to_hex(k.n), 8, '0') || '-0000-7000-8000-000000000000')::uuid", "to_char(date '2026-01-01' + (k.n % 200), 'YYYY-MM-DD')"
	}
	at := w.Store.Now()
	w.must(w.Store.Transact(bg, func(tx *gorm.DB) error {
		err := tx.Exec(`WITH RECURSIVE k (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM k WHERE n < ?)
			INSERT INTO supervision_item (id, issuer_id, year, number, title, summary, requirement, urgency, state, place_code, lead_unit_id, created_by, created_at, version, origin, origin_note,
				issued_at, due_on)
			SELECT `+id+`, ?, 2000 + k.n % 26, '', '核查', '核查', '核查', 'normal', CASE WHEN k.n % 40 = 0 THEN 'in_progress' ELSE 'struck_off' END, '',
				?, ?, ?, 1, CASE k.n % 3 WHEN 0 THEN 'leader_instruction' WHEN 1 THEN 'plan' ELSE 'audit_media' END, '批示',
				?, `+spread+`
			FROM k`, n-1, w.officer.UnitID, w.units[panshanPoor].ID, w.officer.ID, at, at).Error
		if err != nil {
			return err
		}
		if err := tx.Exec("UPDATE supervision_item SET closed_at = ? WHERE state = 'struck_off'", at).Error; err != nil {
			return err
		}
		if err := tx.Exec("UPDATE supervision_item SET lead_unit_id = ? WHERE year = 2013", w.town.ID).Error; err != nil {
			return err
		}
		return tx.Exec("INSERT INTO item_unit (item_id, unit_id, duty) SELECT id, lead_unit_id, 'lead' FROM supervision_item").Error
	}))
}

// plan is how the database would run a query.
func (w *office) plan(query *gorm.DB) string {
	w.t.Helper()
	dry := query.Session(&gorm.Session{DryRun: true}).Find(&[]Item{})
	return storetest.Plan(w.t, w.Store, dry.Statement.SQL.String(), dry.Statement.Vars...)
}
