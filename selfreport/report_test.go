package selfreport

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
	"minsheng/staff"
)

func TestAReportGoesInComesBackAndIsTaken(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.asked()
		w := o.owes(o.county)
		o.must(o.Save(bg, o.county, w.ID, w.Version, Answers{1: {Figure: 40}, 4: {Words: "还在核对"}}))
		o.fails("saved on an old page", o.Save(bg, o.mate, w.ID, w.Version, answered), step.ErrStale)
		// Nobody else reads what is being written.
		if draft := o.read(o.county, w.ID); draft.Answers[1].Figure != 40 || len(draft.Rounds) != 0 || !slices.Equal(draft.Actions, []string{"hand_in", "save"}) {
			t.Errorf("%+v", draft)
		}
		if seen := o.read(o.city, w.ID); len(seen.Answers) != 0 || len(seen.Rounds) != 0 || len(seen.Actions) != 0 {
			t.Errorf("the city reads %+v", seen)
		}
		w = o.read(o.county, w.ID)
		err := o.HandIn(bg, o.county, w.ID, w.Version, Answers{1: {Figure: 40}}, nil)
		if problem(err, "q.2") == "" || problem(err, "q.3") == "" || problem(err, "q.1") != "" || problem(err, "q.4") != "" {
			t.Errorf("with half of it: %v", err)
		}
		key := []byte("a form")
		o.stage(key)
		o.must(o.HandIn(bg, o.county, w.ID, w.Version, answered, key))
		first := o.read(o.city, w.ID)
		if first.State != HandedIn || !maps.Equal(first.Answers, answered) || len(first.Rounds) != 1 || len(first.Rounds[0].Files) != 1 || first.Rounds[0].By != o.county.Name || *first.HandedOn != "2026-03-02" || first.CameLate() || len(o.clocks(w.ID)) != 0 {
			t.Errorf("%+v", first)
		}
		o.fails("handed in twice", o.HandIn(bg, o.county, w.ID, first.Version, answered, nil), step.ErrState)
		o.fails("taken by who sent it", o.Take(bg, o.county, w.ID, first.Version), staff.ErrForbidden)

		o.on("2026-03-09")
		if err := o.Return(bg, o.city, w.ID, first.Version, "短"); problem(err, "why") == "" {
			t.Errorf("returned without a reason: %v", err)
		}
		o.must(o.Return(bg, o.city, w.ID, first.Version, "资金数与发放表不符"))
		back := o.read(o.county, w.ID)
		if back.State != Returned || back.DueOn != "2026-03-16" || !maps.Equal(back.Answers, answered) || back.Rounds[0].ReturnedWhy != "资金数与发放表不符" || back.Rounds[0].ReturnedBy != o.city.Name {
			t.Errorf("%+v", back)
		}
		o.on("2026-03-18")
		if late := o.read(o.county, w.ID); late.Late != 2 {
			t.Errorf("%d days late", late.Late)
		}
		mended := maps.Clone(answered)
		mended[2] = Value{Figure: 5_000_000}
		o.must(o.HandIn(bg, o.county, w.ID, back.Version, mended, nil))
		again := o.read(o.city, w.ID)
		if len(again.Rounds) != 2 || again.Rounds[0].N != 2 || again.Rounds[0].Answers[2].Figure != 5_000_000 || again.Rounds[1].Answers[2].Figure != 5_200_000 || len(again.Rounds[1].Files) != 1 || again.CameLate() {
			t.Errorf("what was said first is not kept: %+v", again.Rounds)
		}
		o.must(o.Take(bg, o.second, w.ID, again.Version))
		done := o.read(o.county, w.ID)
		if done.State != Taken || done.TakerName != o.second.Name || len(done.Actions) != 0 {
			t.Errorf("%+v", done.Report)
		}
		o.fails("returned after it was taken", o.Return(bg, o.city, w.ID, done.Version, "资金数与发放表不符"), step.ErrState)
		want := []string{"selfreport_due", "selfreport_saved", "selfreport_handed_in", "selfreport_returned", "selfreport_handed_in", "selfreport_taken"}
		if kinds := o.kinds(w.ID); !slices.Equal(kinds, want) {
			t.Errorf("events %v", kinds)
		}
		sent, err := o.Sent(bg, o.county, uuid.Nil)
		if err != nil || len(sent) != 1 || sent[0].Title != "精准扶贫月度自查" {
			t.Errorf("%+v, %v", sent, err)
		}
		if more, err := o.Sent(bg, o.county, sent[0].ID); err != nil || len(more) != 0 {
			t.Errorf("%+v, %v", more, err)
		}
	})
}

func TestWhatIsNoAnswerIsTold(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.asked()
		w := o.owes(o.county)
		for field, spoil := range map[string]func(a Answers){
			"q.1":  func(a Answers) { a[1] = Value{Figure: -1} },
			"q.2":  func(a Answers) { a[2] = Value{Figure: largest + 1} },
			"q.3":  func(a Answers) { a[3] = Value{Figure: 2} },
			"q.4":  func(a Answers) { a[4] = Value{Words: strings.Repeat("长", longestAnswer+1)} },
			"q.4 ": func(a Answers) { a[4] = Value{Words: "户主电话13800000000，身份证在村里"} },
		} {
			a := maps.Clone(answered)
			spoil(a)
			for what, err := range map[string]error{"saved": o.Save(bg, o.county, w.ID, w.Version, a), "handed in": o.HandIn(bg, o.county, w.ID, w.Version, a, nil)} {
				if problem(err, strings.TrimSpace(field)) == "" {
					t.Errorf("%s %s: %v", what, field, err)
				}
			}
		}
		// An answer to no question, and words where a figure belongs, are not kept.
		a := maps.Clone(answered)
		a[9], a[1] = Value{Figure: 1}, Value{Words: "四十二", Figure: 42}
		o.must(o.HandIn(bg, o.county, w.ID, w.Version, a, nil))
		if got := o.read(o.city, w.ID).Answers; !maps.Equal(got, answered) {
			t.Errorf("%+v", got)
		}
	})
}

func TestOfTwoWhoHandInOrTakeOneIsLate(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.asked()
		w := o.owes(o.county)
		one := func(what string, errs []error) {
			t.Helper()
			won := 0
			for _, err := range errs {
				if err == nil {
					won++
				} else if !errors.Is(err, step.ErrStale) && !errors.Is(err, step.ErrState) {
					t.Errorf("%s: %v", what, err)
				}
			}
			if won != 1 {
				t.Errorf("%s: %d won", what, won)
			}
		}
		one("handed in", race(func() error { return o.HandIn(bg, o.county, w.ID, w.Version, answered, nil) }, func() error { return o.HandIn(bg, o.mate, w.ID, w.Version, answered, nil) }))
		w = o.read(o.city, w.ID)
		one("taken and returned", race(func() error { return o.Take(bg, o.city, w.ID, w.Version) }, func() error { return o.Return(bg, o.second, w.ID, w.Version, "资金数与发放表不符") }))
	})
}

func TestEachSideSeesItsOwn(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		id := o.asked()
		w := o.sent()
		r := o.request()
		r.Units = []uuid.UUID{o.units[tianshui].ID}
		towns, err := o.Ask(bg, o.county, r)
		o.must(err)
		for who, c := range map[string]struct {
			by                      staff.Officer
			report, schedule, their bool
		}{
			"the office that owes it":     {o.county, true, false, true},
			"its supervisor":              {o.mate, true, false, true},
			"the office that asks":        {o.city, true, true, true}, // and what those below it ask
			"another that owes":           {o.zone, false, false, false},
			"who has no part in it":       {o.reader, false, false, false},
			"the town":                    {o.handler, false, false, false},
			"the town's publisher":        {o.town, false, false, false},
			"an auditor of the city":      {o.person(cityDesk, staff.Auditor), false, false, false},
			"a handler of the same place": {o.person(cityDesk, staff.UnitHandler), false, false, false},
		} {
			missing := func(what string, may bool, err error) {
				t.Helper()
				if may && err != nil || !may && err != store.ErrNotFound {
					t.Errorf("%s, %s: %v", who, what, err)
				}
			}
			missing("the report", c.report, second(o.Open(bg, c.by, w.ID)))
			missing("the schedule", c.schedule, second(o.Show(bg, c.by, id)))
			missing("the table", c.schedule, second(o.Compare(bg, c.by, id, "")))
			missing("what the county asks", c.their, second(o.Show(bg, c.by, towns)))
			if told, err := o.Disclose(bg, c.by, []uuid.UUID{w.ID}); err != nil || (len(told) == 1) != c.report {
				t.Errorf("%s is told %v, %v", who, told, err)
			}
			if !c.report {
				o.fails(who+" hands it in", o.HandIn(bg, c.by, w.ID, w.Version, answered, nil), store.ErrNotFound)
				o.fails(who+" takes it", o.Take(bg, c.by, w.ID, w.Version), store.ErrNotFound)
			}
			if !c.schedule {
				o.fails(who+" ends it", o.End(bg, c.by, id, 1, "并入全市统计报表"), store.ErrNotFound)
			}
		}
		// The office above reads what a county asks, and does nothing about it.
		theirs := o.owes(o.handler)
		o.must(o.HandIn(bg, o.handler, theirs.ID, theirs.Version, answered, nil))
		seen := o.read(o.city, theirs.ID)
		if len(seen.Actions) != 0 {
			t.Errorf("the city is offered %v", seen.Actions)
		}
		o.fails("the city takes it", o.Take(bg, o.city, theirs.ID, seen.Version), staff.ErrForbidden)
		o.fails("the city hands it in", o.Save(bg, o.city, theirs.ID, seen.Version, answered), staff.ErrForbidden)
		o.fails("the city ends it", o.End(bg, o.city, towns, 1, "并入全市统计报表"), staff.ErrForbidden)
		o.fails("by who may send nothing", second(o.Waiting(bg, o.reader)), staff.ErrForbidden)
		o.fails("by who may send nothing", second(o.Sent(bg, o.reader, uuid.Nil)), staff.ErrForbidden)
		o.fails("by who may ask nothing", second(o.Schedules(bg, o.handler, uuid.Nil)), staff.ErrForbidden)
		if lines, err := o.Schedules(bg, o.zone, uuid.Nil); err != nil || len(lines) != 0 {
			t.Errorf("another county lists %d, %v", len(lines), err)
		}
		if lines, err := o.Sent(bg, o.zone, uuid.Nil); err != nil || len(lines) != 0 {
			t.Errorf("another county lists %d reports, %v", len(lines), err)
		}
	})
}

func TestFilesOfAReportGoToBothSides(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.asked()
		w := o.owes(o.county)
		key := []byte("a form")
		o.stage(key)
		o.must(o.HandIn(bg, o.county, w.ID, w.Version, answered, key))
		file := o.read(o.city, w.ID).Rounds[0].Files[0].ID
		for _, by := range []staff.Officer{o.county, o.city} {
			_, content, name, err := o.OpenFile(bg, by, w.ID, file)
			o.must(err)
			content.Close()
			if !strings.HasSuffix(name, ".pdf") {
				t.Errorf("called %q", name)
			}
		}
		_, _, _, err := o.OpenFile(bg, o.zone, w.ID, file)
		o.fails("another county", err, store.ErrNotFound)
		other := o.owes(o.zone)
		_, _, _, err = o.OpenFile(bg, o.zone, other.ID, file)
		o.fails("under another report", err, store.ErrNotFound)
		opened := 0
		for _, kind := range o.kinds(w.ID) {
			if kind == "evidence_opened" {
				opened++
			}
		}
		if opened != 2 {
			t.Errorf("%d times on record", opened)
		}
	})
}

func TestFiguresOfOfficesStandSideBySide(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		id := o.asked()
		w := o.sent()
		o.on("2026-03-10")
		zone := o.owes(o.zone)
		o.must(o.HandIn(bg, o.zone, zone.ID, zone.Version, Answers{1: {Figure: 8}, 2: {Figure: 100}, 3: {Figure: 0}}, nil))
		o.on("2026-04-02")
		table, err := o.Compare(bg, o.city, id, "2026-02")
		o.must(err)
		at := func(unit string) TableRow {
			return table.Rows[slices.IndexFunc(table.Rows, func(r TableRow) bool { return r.Unit == unit })]
		}
		if len(table.Rows) != 2 || !maps.Equal(at(panshan).Answers, answered) || at(panshan).Late || !at(dawa).Late || at(dawa).State != HandedIn {
			t.Errorf("%+v", table.Rows)
		}
		if want := map[int]int64{1: 50, 2: 5_200_100}; !maps.Equal(table.Sums, want) {
			t.Errorf("sums %v", table.Sums)
		}
		// Returned, the figures stay until others come; what is being written is none.
		o.must(o.Return(bg, o.city, w.ID, o.read(o.city, w.ID).Version, "资金数与发放表不符"))
		o.must(o.Save(bg, o.county, w.ID, o.read(o.county, w.ID).Version, Answers{1: {Figure: 99}}))
		table, err = o.Compare(bg, o.city, id, "2026-02")
		o.must(err)
		if at(panshan).Answers[1].Figure != 42 || table.Sums[1] != 50 || at(panshan).State != Returned {
			t.Errorf("%+v", table.Rows)
		}
		table, err = o.Compare(bg, o.city, id, "")
		o.must(err)
		if table.Period != "2026-03" || !slices.Equal(table.Periods, []Period{"2026-03", "2026-02"}) || len(table.Rows) != 2 || table.Rows[0].Answers != nil {
			t.Errorf("%+v", table)
		}
		o.fails("a period that is not there", second(o.Compare(bg, o.city, id, "2026-09")), store.ErrNotFound)
		g, err := o.Show(bg, o.city, id)
		o.must(err)
		row := g.Units[slices.IndexFunc(g.Units, func(u UnitCells) bool { return u.Name == dawa })]
		if len(row.Cells) != 2 || row.Cells[0].State != Due || row.Cells[0].Late || row.Cells[1].State != HandedIn || !row.Cells[1].Late {
			t.Errorf("%+v", row)
		}
	})
}

// The lists go by an index that fits them, also when there are many.
func TestListsOfReportsHaveTheirIndex(t *testing.T) {
	o := build(t, store.Config{Dir: storetest.SQLiteDir(t)})
	for query, index := range map[string]string{
		"SELECT * FROM self_report WHERE unit_id = 'x' AND state IN ('due', 'returned') ORDER BY due_on, id LIMIT 50":                      "self_report_waits",
		"SELECT * FROM self_report WHERE unit_id = 'x' AND state IN ('handed_in', 'taken') AND id < 'y' ORDER BY id DESC LIMIT 50":         "self_report_unit",
		"SELECT * FROM self_report WHERE schedule_id = 'x' AND period = '2026-03' LIMIT 200":                                               "self_report",
		"SELECT * FROM self_report_schedule WHERE unit_id IN ('x', 'y') AND id < 'z' ORDER BY id DESC LIMIT 50":                            "self_report_schedule",
		"SELECT * FROM self_report_schedule WHERE ended_at IS NULL AND every = 'month' AND made_through < '2026-02' ORDER BY id LIMIT 500": "self_report_schedule_open",
		"SELECT schedule_id, count(*) FROM self_report WHERE schedule_id IN ('x') AND state IN ('due', 'returned') GROUP BY schedule_id":   "self_report",
		"SELECT * FROM self_report_answer WHERE round_id IN ('x', 'y') LIMIT 60":                                                           "sqlite_autoindex_self_report_answer_1",
	} {
		var plan []struct{ Detail string }
		o.must(o.Store.Read(bg).Raw("EXPLAIN QUERY PLAN " + query).Scan(&plan).Error)
		if len(plan) == 0 || !strings.Contains(plan[0].Detail, "SEARCH") || !strings.Contains(plan[0].Detail, index) {
			t.Errorf("%s goes by %+v", query, plan)
		}
	}
}
