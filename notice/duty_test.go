package notice

import (
	"errors"
	"testing"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/roll"
	"minsheng/staff"
)

func TestADutyIsOwedFromTheDayOfTheEvent(t *testing.T) {
	eachTill(t, func(t *testing.T, b *till) {
		owed, err := b.Owe(bg, b.townBy, "LIST_VILLAGE", "双柳村评议会定下名单", shuangliuAt, "2026-02-27")
		want := b.Clocks.Calendar().Limit("2026-02-27", 20, workday.WorkingDays)
		if err != nil || owed.DueOn != want.On || owed.Rule != "notice.list" || owed.Calendar != want.Calendar || owed.Provisional || owed.UnitID != b.town.ID {
			t.Errorf("%+v, %v; want until %s", owed, err, want.On)
		}
		events, err := ledger.Of(bg, b.Store, ledger.OfUnit, b.town.ID, "duty_recorded")
		if err != nil || len(events) != 1 || events[0].Body["due_on"] != string(want.On) {
			t.Errorf("%+v, %v", events, err)
		}
		for field, args := range map[string][4]string{
			"kind":  {"PROJECT_PRE", "没有期限的", shuangliuAt, "2026-02-27"}, // no limit
			"about": {"POLICY", "x", shuangliuAt, "2026-02-27"},
			"place": {"POLICY", "县里的事", panshanAt, "2026-02-27"},
			"on":    {"POLICY", "明天的事", shuangliuAt, "2026-03-03"},
		} {
			var invalid *Invalid
			_, err := b.Owe(bg, b.townBy, args[0], args[1], args[2], workday.Date(args[3]))
			if !errors.As(err, &invalid) || len(invalid.Problems) != 1 || invalid.Problems[field] == "" {
				t.Errorf("%s: %v", field, err)
			}
		}
		var invalid *Invalid
		if _, err := b.Owe(bg, b.townBy, "LIST_COUNTY", "县里公告", tianshuiAt, "2026-02-27"); !errors.As(err, &invalid) {
			t.Errorf("a town owes what a county publishes: %v", err)
		}
		var exposed *Exposed
		if _, err := b.Owe(bg, b.townBy, "POLICY", "文件 11010519491231002X", tianshuiAt, "2026-02-27"); !errors.As(err, &exposed) {
			t.Errorf("an ID number in words: %v", err)
		}
	})
}

func TestLimitsBeyondTheCalendarAreProvisional(t *testing.T) {
	eachTill(t, func(t *testing.T, b *till) {
		b.at("2026-12-28 10:00:00")
		owed, err := b.Owe(bg, b.countyBy, "POLICY", "一份文件", panshanAt, "2026-12-28")
		if err != nil || !owed.Provisional || owed.DueOn <= "2026-12-31" {
			t.Errorf("%+v, %v", owed, err)
		}
		board, err := b.Duties(bg, b.countyBy)
		if err != nil || len(board.Open) != 1 || !board.Open[0].Provisional {
			t.Errorf("%+v, %v", board.Open, err)
		}
	})
}

func TestPublishingMeetsWhatWasOwed(t *testing.T) {
	eachTill(t, func(t *testing.T, b *till) {
		older, err := b.Owe(bg, b.countyBy, "POLICY", "第一份文件", panshanAt, "2026-02-02")
		b.must(err)
		newer, err := b.Owe(bg, b.countyBy, "POLICY", "第二份文件", panshanAt, "2026-02-10")
		b.must(err)
		f := b.fund(1000)
		meet := func(n Notice) {
			t.Helper()
			stored := b.put(n)
			b.do(func(tx *gorm.DB) error { return b.meetDuties(tx, stored) })
		}
		meet(Notice{Kind: "POLICY", UnitID: b.city.ID, PlaceCode: panshanAt})                       // another office
		meet(Notice{Kind: "POLICY", UnitID: b.county.ID, PlaceCode: tianshuiAt})                    // another place
		meet(Notice{Kind: "FUND_ALLOC", UnitID: b.town.ID, PlaceCode: tianshuiAt, FundID: &f.ID})   // the town's own part
		meet(Notice{Kind: "PROJECT_PRE", UnitID: b.county.ID, PlaceCode: panshanAt, FundID: &f.ID}) // another kind
		open, met := b.duties(b.countyBy)
		if len(open) != 3 || len(met) != 0 {
			t.Fatalf("%d open, %d met; want 3 and 0", len(open), len(met))
		}
		meet(Notice{Kind: "POLICY", UnitID: b.county.ID, PlaceCode: panshanAt})
		open, met = b.duties(b.countyBy)
		if len(open) != 2 || len(met) != 1 || met[0].ID != older.ID || *met[0].MetOn != "2026-03-02" || met[0].NoticeID == nil {
			t.Errorf("the oldest first: %+v", met)
		}
		meet(Notice{Kind: "FUND_ALLOC", UnitID: b.county.ID, PlaceCode: panshanAt, FundID: &f.ID})
		if open, _ = b.duties(b.countyBy); len(open) != 1 || open[0].ID != newer.ID {
			t.Errorf("left: %+v", open)
		}
	})
}

// duties are the open and met ones that an officer sees.
func (b *till) duties(by staff.Officer) (open, met []Duty) {
	b.t.Helper()
	board, err := b.Duties(bg, by)
	b.must(err)
	return board.Open, board.Met
}

func TestARoundOwesTheNext(t *testing.T) {
	eachTill(t, func(t *testing.T, b *till) {
		r := b.roll(b.townBy, roll.Households, shuangliuAt, roll.Edit{Label: "张三", People: 3})
		round := func(kind string, unit uuid.UUID, end workday.Date) Notice {
			n := b.put(Notice{Kind: kind, Title: "名单公示", UnitID: unit, PlaceCode: shuangliuAt, RollID: &r.ID, EndsOn: &end})
			b.do(func(tx *gorm.DB) error {
				if err := b.meetDuties(tx, n); err != nil {
					return err
				}
				return b.oweNext(tx, n)
			})
			return n
		}
		first := round("LIST_VILLAGE", b.village.ID, "2026-03-08")
		open, _ := b.duties(b.townBy)
		if len(open) != 1 || open[0].Kind != "LIST_TOWN" || open[0].UnitID != b.town.ID || open[0].EventOn != "2026-03-08" ||
			open[0].DueOn != b.Clocks.Calendar().Limit("2026-03-08", 20, workday.WorkingDays).On {
			t.Fatalf("%+v", open)
		}
		longer := workday.Date("2026-03-12") // the round was lengthened
		first.EndsOn = &longer
		b.do(func(tx *gorm.DB) error { return b.oweNext(tx, first) })
		if open, _ = b.duties(b.townBy); len(open) != 1 || open[0].EventOn != longer || open[0].DueOn != b.Clocks.Calendar().Limit(longer, 20, workday.WorkingDays).On {
			t.Errorf("after it was lengthened: %+v", open)
		}
		round("LIST_TOWN", b.town.ID, "2026-03-20")
		if open, met := b.duties(b.townBy); len(open) != 0 || len(met) != 1 {
			t.Errorf("the town owes %+v", open)
		}
		if open, _ = b.duties(b.countyBy); len(open) != 1 || open[0].Kind != "LIST_COUNTY" || open[0].UnitID != b.county.ID {
			t.Errorf("the county's poverty office owes %+v", open)
		}
		round("LIST_COUNTY", b.county.ID, "2026-04-10")
		if open, _ = b.duties(b.desk); len(open) != 0 {
			t.Errorf("after the announcement: %+v", open)
		}
	})
}

func TestAnExitOwesItsAnnouncementAndOthersNothing(t *testing.T) {
	for kind, want := range map[string]string{"EXIT_VILLAGE": "EXIT_ANN", "EXIT_ANN": "", "LIST_COUNTY": "", "FUND_ALLOC": "", "PROJECT_LIB": "", "POLICY": ""} {
		if next, ok := nextRound(kind); ok != (want != "") || next.Code != want {
			t.Errorf("%s is followed by %q", kind, next.Code)
		}
	}
}

func TestLateIsCountedInWorkingDays(t *testing.T) {
	eachTill(t, func(t *testing.T, b *till) {
		due := workday.Date("2026-03-06") // a Friday
		for today, want := range map[workday.Date]int{"2026-03-02": -4, "2026-03-05": -1, "2026-03-06": 0, "2026-03-08": 0, "2026-03-09": 1, "2026-03-16": 6} {
			b.at(string(today) + " 12:00:00")
			owed := Duty{UnitID: b.county.ID, DueOn: due}
			if b.lateness(&owed); owed.Late != want || owed.UnitName != b.county.Name {
				t.Errorf("on %s: %d late, %q; want %d", today, owed.Late, owed.UnitName, want)
			}
			met := workday.Date("2026-03-10")
			owed.MetOn = &met
			if b.lateness(&owed); owed.Late != 2 {
				t.Errorf("met on the 10th: %d late", owed.Late)
			}
		}
	})
}

func TestWhatIsExpectedOfAYearIsMissed(t *testing.T) {
	eachTill(t, func(t *testing.T, b *till) {
		missing := func() map[uuid.UUID]Duty {
			t.Helper()
			board, err := b.Duties(bg, b.desk)
			b.must(err)
			found := map[uuid.UUID]Duty{}
			for _, m := range board.Missing {
				found[m.UnitID] = m
			}
			return found
		}
		first := missing()
		// Village committees and the supervision office itself are not asked.
		if len(first) != 2 || first[b.county.ID].Kind != "ANNUAL_PLAN" || first[b.town.ID].PlaceCode != tianshuiAt || first[b.town.ID].ID != uuid.Nil {
			t.Fatalf("%+v", first)
		}
		if m := first[b.county.ID]; m.DueOn != b.Clocks.Calendar().Limit("2026-01-01", 20, workday.WorkingDays).On || m.Late <= 0 || m.Basis == "" {
			t.Errorf("%+v", m)
		}
		b.put(Notice{Kind: "ANNUAL_PLAN", State: draftState, UnitID: b.county.ID, PlaceCode: panshanAt})
		b.put(Notice{Kind: "ANNUAL_PLAN", State: withdrawn, UnitID: b.town.ID, PlaceCode: tianshuiAt})
		b.put(Notice{Kind: "ANNUAL_PLAN", Year: 2025, UnitID: b.town.ID, PlaceCode: tianshuiAt})
		if left := missing(); len(left) != 1 || left[b.town.ID].Kind == "" {
			t.Errorf("left: %+v", left)
		}
		_, err := b.Owe(bg, b.townBy, "ANNUAL_PLAN", "2026年计划", tianshuiAt, "2026-02-27")
		b.must(err)
		if left := missing(); len(left) != 0 {
			t.Errorf("recorded as owed and missing: %+v", left)
		}
	})
}

func TestBoardsHaveToBePhotographed(t *testing.T) {
	eachTill(t, func(t *testing.T, b *till) {
		n := b.put(Notice{Kind: "PROJECT_PRE", UnitID: b.town.ID, PlaceCode: tianshuiAt, EndsOn: until("2026-03-11")})
		b.put(Notice{Kind: "POLICY", UnitID: b.county.ID, PlaceCode: panshanAt}) // on the web for the long term
		b.put(Notice{Kind: "PROJECT_PRE", State: draftState, UnitID: b.town.ID, PlaceCode: tianshuiAt, EndsOn: until("2026-03-11")})
		photos := func(want int, when string) {
			t.Helper()
			board, err := b.Duties(bg, b.countyBy)
			if err != nil {
				t.Fatal(err)
			}
			mine, err := b.Duties(bg, b.townBy)
			if err != nil || len(mine.Photos) != want || want > 0 && mine.Photos[0].ID != n.ID || len(board.Photos) != 0 {
				t.Errorf("%s: the town lacks %d photos (%v), the office beside it %d; want %d", when, len(mine.Photos), err, len(board.Photos), want)
			}
		}
		photos(1, "at the start")
		b.photo(n.ID, "notice_start")
		photos(0, "with a photo of the start")
		b.at("2026-03-12 09:00:00")
		photos(1, "when it is over")
		b.photo(n.ID, "notice_end")
		photos(0, "with both")
		b.at("2026-03-02 10:00:00")
	})
}

// photo stores that a notice has a photo.
func (b *till) photo(notice uuid.UUID, role string) {
	b.t.Helper()
	b.must(b.Store.Read(bg).Table("evidence_file").Create(map[string]any{
		"id": uuid.Must(uuid.NewV7()), "owner_kind": role, "owner_id": notice, "ordinal": 1, "media": "image", "content_type": "image/jpeg", "size": 1,
		"sha256": []byte{1}, "name_sealed": []byte{1}, "original": "x", "derivative": "", "created_at": b.Store.Now()}).Error)
}

func TestDutiesAreThoseOfTheOfficeAndBelow(t *testing.T) {
	eachTill(t, func(t *testing.T, b *till) {
		_, err := b.Owe(bg, b.townBy, "POLICY", "镇里的文件", tianshuiAt, "2026-02-27")
		b.must(err)
		for name, test := range map[string]struct {
			by   staff.Officer
			want int
		}{"own": {b.townBy, 1}, "above": {b.desk, 1}, "beside": {b.countyBy, 0}, "elsewhere": {b.cityBy, 0}} {
			if open, _ := b.duties(test.by); len(open) != test.want {
				t.Errorf("%s sees %d; want %d", name, len(open), test.want)
			}
		}
		clerk := b.officer(b.town, staff.Registrar)
		if _, err := b.Duties(bg, clerk); !errors.Is(err, staff.ErrForbidden) {
			t.Errorf("a registrar sees the board: %v", err)
		}
		if _, err := b.Owe(bg, clerk, "POLICY", "镇里的文件", tianshuiAt, "2026-02-27"); !errors.Is(err, staff.ErrForbidden) {
			t.Errorf("a registrar records a duty: %v", err)
		}
		var none []Duty
		if b.must(b.Store.Read(bg).Where("created_by = ?", clerk.ID).Find(&none).Error); len(none) != 0 {
			t.Error("it was recorded all the same")
		}
		if err := store.One(b.Store.Read(bg).Where("unit_id = ?", b.town.ID), &Duty{}); err != nil {
			t.Error(err)
		}
	})
}
