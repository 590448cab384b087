package selfreport

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"minsheng/clock"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/staff"
)

func TestAScheduleMakesWhatIsDueAndNothingTwice(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		id := o.asked()
		count := func() (n int64) {
			o.t.Helper()
			o.must(o.Store.Read(bg).Model(&Report{}).Where("schedule_id = ?", id).Count(&n).Error)
			return n
		}
		w := o.owes(o.county)
		if count() != 2 || w.Period != "2026-02" || w.State != Due || w.DueOn != "2026-03-06" || w.AskerName != cityDesk || len(w.Questions) != 4 || !slices.Equal(o.clocks(w.ID), []workday.Date{"2026-03-06"}) {
			t.Errorf("%d reports, %+v, clocks %v", count(), w.Report, o.clocks(w.ID))
		}
		if kinds := o.kinds(w.ID); !slices.Equal(kinds, []string{"selfreport_due"}) {
			t.Errorf("events %v", kinds)
		}
		o.must(o.Tick(bg))
		if count() != 2 {
			t.Errorf("%d reports after a tick", count())
		}
		// Nobody looked for two months: then all at once do.
		o.on("2026-05-04")
		for _, err := range race(func() error { return o.Tick(bg) }, func() error { return o.Tick(bg) },
			func() error { return second(o.Waiting(bg, o.county)) }, func() error { return second(o.Waiting(bg, o.zone)) }, func() error { return second(o.Schedules(bg, o.city, uuid.Nil)) }) {
			o.must(err)
		}
		if count() != 6 {
			t.Errorf("%d reports of three months and two offices", count())
		}
		lines, err := o.Waiting(bg, o.county)
		o.must(err)
		if len(lines) != 3 || lines[0].Period != "2026-02" || lines[0].Late == 0 || lines[2].Period != "2026-04" || lines[2].Late != 0 {
			t.Errorf("%+v", lines)
		}
		for _, l := range lines {
			if len(o.clocks(l.ID)) != 1 {
				t.Errorf("%s has the clocks %v", l.Period, o.clocks(l.ID))
			}
		}
		s, err := o.Schedules(bg, o.second, uuid.Nil)
		o.must(err)
		if len(s) != 1 || s[0].Units != 2 || s[0].Handed != 0 || s[0].Late != 4 || s[0].MadeThrough != "2026-04" {
			t.Errorf("%+v", s)
		}
		// The schema holds what the code does.
		if err := o.exec("INSERT INTO self_report (id, schedule_id, unit_id, period, state, due_on, first_due_on, version) VALUES (?, ?, ?, '2026-03', 'due', '2026-04-08', '2026-04-08', 1)", uuid.New(), id, o.units[panshan].ID); err == nil {
			t.Error("two reports of one office for one period")
		}
		if err := o.exec("INSERT INTO self_report (id, schedule_id, unit_id, period, state, due_on, first_due_on, version) VALUES (?, ?, ?, '2026-03', 'due', '2026-04-08', '2026-04-08', 1)", uuid.New(), id, o.units[tianshui].ID); err == nil {
			t.Error("a report of an office that owes none")
		}
	})
}

func second[T any](_ T, err error) error { return err }

func TestWhatCanBeAskedForAndOfWhom(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.fails("by who may not", second(o.Ask(bg, o.handler, o.request())), staff.ErrForbidden)
		for field, spoil := range map[string]func(r *Request){
			"title":     func(r *Request) { r.Title = "短" },
			"every":     func(r *Request) { r.Every = "week" },
			"first":     func(r *Request) { r.First = "2026-01" },
			"first ":    func(r *Request) { r.First = "2027-04" },
			"first  ":   func(r *Request) { r.First = "2026-Q1" },
			"units":     func(r *Request) { r.Units = nil },
			"units ":    func(r *Request) { r.Units = []uuid.UUID{o.units[cityDesk].ID} }, // itself
			"units  ":   func(r *Request) { r.Units = []uuid.UUID{uuid.New()} },
			"questions": func(r *Request) { r.Questions = []Question{{Words: "  "}} },
			"questions ": func(r *Request) {
				r.Questions = append(r.Questions, Question{Words: "存在的问题", Kind: Text})
			},
			"questions  ":    func(r *Request) { r.Questions[0].Kind = "colour" },
			"questions   ":   func(r *Request) { r.Questions[0].Words = strings.Repeat("长", 201) },
			"questions    ":  func(r *Request) { r.Questions = slices.Repeat([]Question{{Words: "走访户数", Kind: Number}}, 31) },
			"questions     ": func(r *Request) { r.Questions[0].Words = "户" },
		} {
			r := o.request()
			spoil(&r)
			if _, err := o.Ask(bg, o.city, r); problem(err, strings.TrimSpace(field)) == "" {
				t.Errorf("%s: %v", field, err)
			}
		}
		// A county asks its towns, and no other county.
		r := o.request()
		if _, err := o.Ask(bg, o.county, r); problem(err, "units") == "" {
			t.Errorf("a county asks another: %v", err)
		}
		r.Units = []uuid.UUID{o.units[tianshui].ID, o.units[tianshui].ID}
		id, err := o.Ask(bg, o.county, r)
		o.must(err)
		if w := o.owes(o.handler); w.Schedule.ID != id || !w.Own {
			t.Errorf("%+v", w.Report)
		}
	})
}

func TestAScheduleCanBeChangedUntilReportsAreThere(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		r := o.request()
		r.First = "2026-03"
		id, err := o.Ask(bg, o.city, r)
		o.must(err)
		if lines, err := o.Waiting(bg, o.county); err != nil || len(lines) != 0 {
			t.Errorf("%d are due before the period is over, %v", len(lines), err)
		}
		changed := o.request()
		changed.Title, changed.Every, changed.First, changed.Units = "精准扶贫季度自查", Quarter, "2026-Q1", changed.Units[:1]
		changed.Questions = changed.Questions[:2]
		o.fails("by the office asked", o.Change(bg, o.county, id, 1, changed), store.ErrNotFound)
		o.fails("stale", o.Change(bg, o.city, id, 2, changed), step.ErrStale)
		o.must(o.Change(bg, o.city, id, 1, changed))
		g, err := o.Show(bg, o.city, id)
		o.must(err)
		if g.Title != changed.Title || len(g.Questions) != 2 || len(g.Units) != 1 || len(g.Periods) != 0 || !slices.Equal(g.Actions, []string{"change", "end"}) {
			t.Errorf("%+v", g)
		}
		o.on("2026-04-01")
		w := o.owes(o.county)
		if w.Period != "2026-Q1" || w.DueOn != "2026-04-08" { // the sixth is the holiday of 清明
			t.Errorf("%+v", w.Report)
		}
		o.fails("once reports are there", o.Change(bg, o.city, id, 2, changed), step.ErrState)
		g, err = o.Show(bg, o.city, id)
		o.must(err)
		if !slices.Equal(g.Actions, []string{"end"}) || !slices.Equal(g.Periods, []Period{"2026-Q1"}) {
			t.Errorf("%v, %v", g.Actions, g.Periods)
		}
		if err := o.End(bg, o.city, id, g.Version, "短"); problem(err, "why") == "" {
			t.Errorf("without a reason: %v", err)
		}
		o.must(o.End(bg, o.city, id, g.Version, "并入全市统计报表"))
		o.fails("twice", o.End(bg, o.city, id, g.Version+1, "并入全市统计报表"), step.ErrState)
		o.on("2026-08-03")
		o.must(o.Tick(bg))
		if lines, err := o.Waiting(bg, o.county); err != nil || len(lines) != 0 {
			t.Errorf("%d are due after the end, %v", len(lines), err)
		}
		if due := o.clocks(w.ID); len(due) != 0 {
			t.Errorf("clocks run on: %v", due)
		}
		o.fails("handed in after the end", o.HandIn(bg, o.county, w.ID, w.Version, answered, nil), step.ErrState)
		if kinds := o.kinds(id); !slices.Equal(kinds, []string{"selfreport_asked", "selfreport_changed", "selfreport_ended"}) {
			t.Errorf("events %v", kinds)
		}
		if lines, err := o.Schedules(bg, o.city, uuid.Nil); err != nil || len(lines) != 1 || lines[0].Late != 0 || lines[0].EndedAt == nil {
			t.Errorf("%+v, %v", lines, err)
		}
	})
}

func TestTheWatchKnowsWhoOwesAReport(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.asked()
		w, gone := o.owes(o.county), uuid.New()
		owners := func() map[uuid.UUID]clock.Owner {
			all, err := o.Owners(o.Store.Read(bg), []uuid.UUID{w.ID, gone})
			o.must(err)
			return all
		}
		all := owners()
		if len(all) != 1 || all[w.ID].Unit != o.units[panshan].ID || *all[w.ID].By != o.units[cityDesk].ID || all[w.ID].Name != "精准扶贫月度自查 2026年2月" {
			t.Errorf("%+v", all)
		}
		if none, err := o.Owners(o.Store.Read(bg), nil); err != nil || len(none) != 0 {
			t.Errorf("%v, %v", none, err)
		}
		move := clock.Move{Deadline: clock.Deadline{SubjectID: w.ID, Rule: ruleDue, DueOn: "2026-03-10"}, Before: w.DueOn}
		o.must(o.Moved(o.Store.Read(bg), move))
		if r := o.read(o.county, w.ID); r.DueOn != "2026-03-10" || r.FirstDueOn != "2026-03-10" {
			t.Errorf("%+v", r.Report)
		}
		o.must(o.HandIn(bg, o.county, w.ID, w.Version, answered, nil))
		if len(owners()) != 0 {
			t.Errorf("handed in, it is owed: %+v", owners())
		}
		o.on("2026-03-20")
		r := o.read(o.city, w.ID)
		o.must(o.Return(bg, o.city, w.ID, r.Version, "资金数与发放表不符"))
		if len(owners()) != 1 {
			t.Error("returned, nobody owes it")
		}
		move.DueOn = "2026-03-30"
		o.must(o.Moved(o.Store.Read(bg), move))
		if r := o.read(o.county, w.ID); r.DueOn != "2026-03-30" || r.FirstDueOn != "2026-03-10" || r.CameLate() {
			t.Errorf("what was in time is judged anew: %+v", r.Report)
		}
	})
}
