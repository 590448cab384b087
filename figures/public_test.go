package figures

import (
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"minsheng/clock"
	"minsheng/intake"
	"minsheng/internal/workday"
	"minsheng/ledger"
)

// tells reads what the public is told, after counting.
func (w *world) tells() Public {
	w.t.Helper()
	w.pass(2 * time.Minute)
	w.must(w.Refresh(bg))
	p, err := w.Public(bg)
	w.must(err)
	return p
}

// area is the place of an area in the rows.
func (p Public) area(t *testing.T, name string) int {
	t.Helper()
	at := slices.IndexFunc(p.Areas, func(a Area) bool { return a.Name == name })
	if at < 0 {
		t.Fatalf("no area %s in %+v", name, p.Areas)
	}
	return at
}

func (w *world) many(n int, village string, with ...func(*intake.Complaint)) (all []intake.Complaint) {
	for range n {
		all = append(all, w.receive(village, with...))
	}
	return all
}

func TestThePublicIsToldOfWholeQuarters(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		answered := w.many(12, shuangliu)
		w.many(7, dayushu)
		w.many(9, xinheyan)
		w.many(3, dayushu, func(c *intake.Complaint) { c.Channel = intake.Check }) // found by the office itself
		for i := range answered {
			w.accept(&answered[i])
			w.pass(time.Minute)
		}
		for i := range answered[:9] {
			w.answer(&answered[i], intake.Substantiated)
		}
		for _, early := range []workday.Date{"2026-03-31", "2026-04-01"} {
			w.at(early, 23)
			if p := w.tells(); len(p.Rows) > 0 || p.Until != "" || p.Sums[Reports] != 0 {
				t.Errorf("on %s: %+v", early, p)
			}
		}
		w.at("2026-04-02", 1)
		p := w.tells()
		if len(p.Rows) != 1 || p.Rows[0].Quarter != "2026Q1" || p.Since != "2026Q1" || p.Until != "2026Q1" || p.Sums[Reports] != 28 || p.Sums[AnsweredReports] != 9 {
			t.Fatalf("the day after: %+v", p)
		}
		r := p.Rows[0]
		for name, want := range map[string]Shown{"盘山县": {N: 12}, "大洼区": {N: 7}, "双台子区": {Hidden: true}, "兴隆台区": {Hidden: true},
			"辽河口生态经济区": {Hidden: true}} { // goes along with the two districts
			if got := r.Areas[Reports][p.area(t, name)]; got != want {
				t.Errorf("%s received %+v, want %+v", name, got, want)
			}
		}
		if r.Total[Reports] != (Shown{N: 28}) || r.Total[PutRight] != (Shown{Hidden: true}) || r.InTime[clock.Kept] != (Shown{Hidden: true}) || r.Closed != (Shown{Hidden: true}) || r.Corrected != (Shown{Hidden: true}) {
			t.Errorf("told %+v", r)
		}
		// Due dates lie in the next quarter: nine answers in time, three missing.
		w.at("2026-07-02", 9)
		p = w.tells()
		if len(p.Rows) != 2 || p.Rows[0].Quarter != "2026Q2" || p.Rows[1].Quarter != "2026Q1" || p.Sums[Reports] != 28 {
			t.Fatalf("a quarter later: %+v", p)
		}
		if got := p.Rows[0].InTime; got[clock.Kept] != (Shown{N: 9}) || got[clock.Missed] != (Shown{Hidden: true}) {
			t.Errorf("nine in time and three late: %+v", got)
		}
		var events int64
		w.must(w.Store.Read(bg).Model(&ledger.Event{}).Where("kind = 'figures_published' AND subject_kind = ?", ledger.OfPortal).Count(&events).Error)
		if events != 2 {
			t.Errorf("%d events of publishing", events)
		}
	})
}

// What the public was told does not move, whatever happens to what was counted:
// comparing the pages of two days tells nothing.
func TestWhatThePublicWasToldStays(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		cases := w.many(20, shuangliu)
		w.at("2026-04-02", 9)
		first := w.tells()
		for i := range cases[:8] {
			w.change(&cases[i], "moved_desk", map[string]any{"town_code": "211104112000", "received_at": w.Store.Now()})
		}
		w.accept(&cases[9])
		w.answer(&cases[9], intake.Partly)
		w.many(3, shuangliu)
		w.must(w.Rebuild(bg))
		for _, day := range []workday.Date{"2026-04-03", "2026-05-20", "2026-06-30", "2026-07-01"} {
			w.at(day, 23)
			if p := w.tells(); !reflect.DeepEqual(p, first) {
				t.Errorf("on %s: %+v, was %+v", day, p, first)
			}
		}
	})
}

// One report more from a place that has few: no number of any place is another.
func TestAFewDoNotShowOnThePublicPage(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		few := func(c *intake.Complaint) { c.TownCode = "211102002000" } // 双台子区
		w.many(20, shuangliu)
		w.many(9, dayushu)
		tell := func() Row {
			w.must(w.Store.Read(bg).Exec("DELETE FROM figures_public").Error)
			w.must(w.Rebuild(bg))
			p, err := w.Public(bg)
			w.must(err)
			return p.Rows[0]
		}
		w.at("2026-04-02", 9)
		without := tell()
		for range 4 {
			w.at("2026-03-20", 9)
			w.receive(shuangliu, few)
			w.at("2026-04-02", 12)
			if with := tell(); !reflect.DeepEqual(with.Areas, without.Areas) {
				t.Errorf("%+v, was %+v", with.Areas, without.Areas)
			}
		}
	})
}

func TestTwoReplicasTellOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.many(6, shuangliu)
		w.at("2026-04-02", 9)
		w.must(w.Refresh(bg))
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				if _, err := New(w.Config).Public(bg); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		var rows, events int64
		w.must(w.Store.Read(bg).Model(&told{}).Where("measure = 'reports' AND n = 6").Count(&rows).Error)
		w.must(w.Store.Read(bg).Model(&ledger.Event{}).Where("kind = 'figures_published'").Count(&events).Error)
		if rows != 1 || events != 1 {
			t.Errorf("%d rows, %d events", rows, events)
		}
	})
}

func TestTownsLieInTheirAreas(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		areas, err := w.areas(bg)
		w.must(err)
		zoneID := w.units[zone].ID.String()
		for town, want := range map[string]string{
			"211122111000": "211122000000", "211122106000": zoneID, "211104112000": "211104000000", "211103002000": "211103000000",
			"211121112000": "211104000000", // 大洼县, before it became a district
			"211100000000": "", "": "", "990000000000": "",
		} {
			if got, err := w.areaOf(bg, areas, town); err != nil || got != want {
				t.Errorf("%s lies in %q, %v; want %q", town, got, err, want)
			}
		}
	})
}

// What happened is gathered in the quarter and area it belongs to.
func TestATaleHasEveryNumber(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		all := w.many(2, shuangliu)
		for i := range all {
			w.accept(&all[i])
		}
		i := w.issue(panshan, poor, all[0])
		w.step(&i, "acknowledged", "acknowledged")
		w.step(&i, "reported", "reported")
		w.pass(time.Hour)
		w.look(&all[0], "household_visit")
		w.step(&i, "reviewed", "report_accepted")
		w.step(&i, "struck_off", "struck_off")
		w.name(&all[1], panshan) // counted apart, and counted
		now := w.Store.Now()
		for n, state := range []string{"upheld_add", "upheld_correct", "not_upheld", "withdrawn"} {
			w.object(state, now.AddDate(0, 0, n))
		}
		w.object("upheld_remove", now.AddDate(0, 1, 0)) // in the next quarter
		w.must(w.Rebuild(bg))
		rows, err := w.tale(bg, "2026Q1")
		w.must(err)
		got := map[Measure]int64{}
		for _, r := range rows {
			if r.Area == "" || r.Area == "211122000000" {
				got[r.Measure] += r.N
			} else if r.N != 0 {
				t.Errorf("%+v", r)
			}
		}
		for m, want := range map[Measure]int64{Reports: 2, PutRight: 1, Corrected: 2, AnsweredReports: 0} {
			if got[m] != want {
				t.Errorf("%s: %d, want %d", m, got[m], want)
			}
		}
	})
}

// object stores an objection that ended.
func (w *world) object(state string, at time.Time) {
	w.t.Helper()
	id, report := uuid.Must(uuid.NewV7()), uuid.Must(uuid.NewV7())
	db := w.Store.Read(bg)
	w.must(db.Create(&intake.Report{ID: report, ReceiptIndex: report[:], Mode: intake.Anonymous, Channel: intake.Web, PlaceCode: shuangliu, Lang: "zh-CN", ReceivedAt: at}).Error)
	w.must(db.Table("objection").Create(map[string]any{"id": id, "report_id": report, "notice_id": w.list(), "kind": "MISSED", "state": state, "place_code": shuangliu, "place_name": "",
		"desk_unit_id": w.units[panshan].ID, "publisher_id": w.units[poor].ID, "due_rule": "", "received_at": at, "closed_at": at, "version": 1}).Error)
}

// list is the notice that people object to.
func (w *world) list() uuid.UUID {
	w.t.Helper()
	id, now := uuid.Must(uuid.NewV7()), w.Store.Now()
	w.must(w.Store.Read(bg).Table("notice").Create(map[string]any{"id": id, "kind": "LIST_VILLAGE", "title": "名单", "doc_number": "", "unit_id": w.units[poor].ID,
		"place_code": shuangliu, "body": "", "state": "ended", "starts_on": "2026-02-01", "created_at": now, "version": 1}).Error)
	return id
}
