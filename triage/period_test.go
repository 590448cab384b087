package triage

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/clock"
	"minsheng/intake"
	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/staff"
)

// decided records that a case was decided at a time.
func (o *office) decided(c intake.Complaint, at time.Time) {
	o.t.Helper()
	o.must(o.store.Transact(bg, func(tx *gorm.DB) error {
		return ledger.Append(tx, ledger.OfComplaint, c.ID, "decided", ledger.System(), at, nil)
	}))
}

// owes stores a last day of a case, met at a time or not.
func (o *office) owes(c intake.Complaint, rule string, due workday.Date, met *time.Time, with ...func(*clock.Deadline)) {
	o.t.Helper()
	d := clock.Deadline{SubjectID: c.ID, SubjectKind: ledger.OfComplaint, Rule: rule, Round: 1, N: 15, DayKind: "cd", Basis: "依据", StartedOn: due.Add(-15), DueOn: due, Calendar: "x", MetAt: met}
	for _, change := range with {
		change(&d)
	}
	o.must(o.store.Read(bg).Create(&d).Error)
}

func on(day workday.Date) time.Time { return day.Time().Add(9 * time.Hour).UTC() }

func came(day workday.Date) func(*intake.Complaint) {
	return func(c *intake.Complaint) { c.ReceivedAt = on(day) }
}

func ended(day workday.Date, s intake.State, outcome intake.Outcome) func(*intake.Complaint) {
	return func(c *intake.Complaint) { at := on(day); c.ClosedAt, c.State, c.Outcome = &at, s, outcome }
}

func TestPeriodsNarrow(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		by := o.officer(cityDesk, staff.Supervisor)
		whole := o.receive(shuangliu, came("2026-02-01"))
		set := map[string]intake.Complaint{
			"april":   o.receive(shuangliu, came("2026-04-30"), func(c *intake.Complaint) { c.Kind = "FUND_WITHHOLD" }),
			"first":   o.receive(shuangliu, came("2026-05-01"), func(c *intake.Complaint) { at := on("2026-05-03"); c.AcceptedAt = &at }),
			"last":    o.receive(shuangliu, came("2026-05-31")),
			"june":    o.receive(shuangliu, came("2026-06-01")),
			"dawa":    o.receive(dayushu, came("2026-05-10")),
			"part":    o.receive(shuangliu, came("2026-05-11"), func(c *intake.Complaint) { c.Part, c.ReportID = 2, whole.ReportID }),
			"found":   o.receive(shuangliu, came("2026-05-12"), func(c *intake.Complaint) { c.Channel = intake.Check }),
			"true":    o.receive(shuangliu, came("2026-01-02"), ended("2026-05-20", intake.Closed, intake.Substantiated), func(c *intake.Complaint) { c.Kind = "FUND_DELAY" }),
			"false":   o.receive(shuangliu, came("2026-01-02"), ended("2026-05-31", intake.Closed, intake.Unsubstantiated)),
			"gone":    o.receive(shuangliu, came("2026-01-02"), ended("2026-05-21", intake.Withdrawn, "")),
			"again":   o.receive(shuangliu, came("2026-08-18"), func(c *intake.Complaint) { c.Kind = "FUND_DELAY" }),
			"too old": o.receive(shuangliu, came("2026-08-19"), func(c *intake.Complaint) { c.Kind = "FUND_DELAY" }),
		}
		o.decided(set["first"], on("2026-06-10"))
		o.decided(set["first"], on("2026-07-10")) // once more
		o.decided(set["dawa"], on("2026-07-11"))
		early, late := on("2026-05-14"), on("2026-05-16")
		o.owes(set["april"], acceptNotice, "2026-05-15", &early)
		o.owes(set["first"], acceptNotice, "2026-05-15", &late)
		o.owes(set["last"], replyDue, "2026-05-15", &early) // another stage
		o.owes(set["gone"], acceptNotice, "2026-05-15", &early)
		o.owes(set["june"], acceptNotice, "2026-05-15", &early)
		o.owes(set["june"], acceptNotice, "2026-06-14", nil, func(d *clock.Deadline) { d.Round, d.Extends = 2, true })
		may := workday.Span{First: "2026-05-01", Last: "2026-05-31"}
		in := func(by string, span workday.Span) Period { return Period{By: by, Span: span} }
		due := func(r clock.Result) Filter {
			return Filter{Period: Period{By: Dated, Span: may, Rules: []string{acceptNotice}, Result: r}}
		}
		for name, test := range map[string]struct {
			f    Filter
			want []string // latest first
		}{
			"received":           {Filter{Period: in(Received, may)}, []string{"last", "found", "part", "dawa", "first"}},
			"received on a day":  {Filter{Period: in(Received, workday.Span{First: "2026-05-31", Last: "2026-05-31"})}, []string{"last"}},
			"messages":           {Filter{Period: in(Received, may), First: true}, []string{"last", "dawa", "first"}},
			"taken up":           {Filter{Period: in(Received, may), Taken: true}, []string{"first"}},
			"in a county":        {Filter{Period: in(Received, may), Place: "211104000000"}, []string{"dawa"}},
			"of an office":       {Filter{Period: in(Received, may), Office: o.units[dawa].ID}, []string{"dawa"}},
			"of all below":       {Filter{Period: in(Received, may), Office: o.units[cityDesk].ID}, []string{"last", "found", "part", "dawa", "first"}},
			"on a desk":          {Filter{Period: in(Received, may), Desk: o.units[dawa].ID}, []string{"dawa"}},
			"on the city's desk": {Filter{Period: in(Received, may), Desk: o.units[cityDesk].ID}, nil},
			"open":               {Filter{Period: in(Received, workday.Span{First: "2026-01-01", Last: "2026-04-30"}), Open: true, Kind: "FUND_WITHHOLD"}, []string{"april"}},
			"ended":              {Filter{Period: in(Ended, may)}, []string{"false", "gone", "true"}},
			"closed":             {Filter{Period: in(Ended, may), State: intake.Closed}, []string{"false", "true"}},
			"substantiated":      {Filter{Period: in(Ended, may), State: intake.Closed, Outcomes: []intake.Outcome{intake.Substantiated, intake.Partly}}, []string{"true"}},
			"answered":           {Filter{Period: in(Answered, workday.Span{First: "2026-06-01", Last: "2026-12-31"})}, []string{"dawa", "first"}},
			"answered again":     {Filter{Period: in(Answered, workday.Span{First: "2026-07-01", Last: "2026-07-31"})}, []string{"dawa"}},
			"kept":               {due(clock.Kept), []string{"april"}},
			"missed":             {due(clock.Missed), []string{"first"}},
			"extended":           {due(clock.Extended), []string{"june"}},
			"repeats":            {Filter{Period: in(Received, workday.Span{First: "2026-08-01", Last: "2026-08-31"}), Again: true}, []string{"again"}},
			"nothing known":      {Filter{Period: in("eaten", may)}, nil},
			"words in a period":  {Filter{Period: in(Received, may), Text: "补助", Place: "211104000000"}, []string{"dawa"}},
			"words, another one": {Filter{Period: in(Answered, workday.Span{First: "2026-07-01", Last: "2026-07-31"}), Text: "补助"}, []string{"dawa"}},
			"number in a period": {Filter{Period: in(Received, may), Text: set["april"].Number()}, nil},
		} {
			var want []uuid.UUID
			for _, n := range test.want {
				want = append(want, set[n].ID)
			}
			if got := o.found(by, test.f); !slices.Equal(got, want) {
				t.Errorf("%s: %v, want %v", name, got, test.want)
			}
		}
	})
}

func TestRedIsWhatTheRuleSays(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		by := o.officer(panshan, staff.Supervisor)
		red, err := o.clocks.RedBy(bg)
		o.must(err)
		for days := range 12 {
			o.receive(shuangliu, due(o.today().Add(-days)))
		}
		page, err := o.Find(bg, by, Filter{}, "")
		o.must(err)
		for _, r := range page.Rows {
			if (r.Color == clock.Red) != (*r.DueOn <= red) {
				t.Errorf("due on %s, red by %s, is %s", *r.DueOn, red, r.Color)
			}
			if listed := o.finds(by, Filter{Red: true}, r.Complaint); listed != (r.Color == clock.Red) {
				t.Errorf("due on %s is %s, in the list of red ones: %v", *r.DueOn, r.Color, listed)
			}
		}
	})
}

// Many that happened at the same instant, or are due on the same day, stand on
// one page each.
func TestPagesOfAPeriodNeitherSkipNorRepeat(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		by := o.officer(panshan, staff.TriageOfficer)
		var all []uuid.UUID
		for i := range 120 {
			day := workday.Date("2026-05-05").Add(i / 40)
			c := o.receive(shuangliu, came(day), ended(day, intake.Closed, intake.Partly))
			o.decided(c, on(day))
			o.owes(c, replyDue, day, nil)
			all = append(all, c.ID)
		}
		span := workday.Span{First: "2026-05-01", Last: "2026-05-31"}
		for _, p := range []Period{{By: Received, Span: span}, {By: Ended, Span: span}, {By: Answered, Span: span}, {By: Dated, Span: span, Rules: []string{replyDue}, Result: clock.Missed}} {
			if got := o.found(by, Filter{Period: p}); !sameSet(got, all) || got[0] != all[119] || got[119] != all[0] {
				t.Errorf("%s: %d of %d", p.By, len(got), len(all))
			}
		}
	})
}

// Every list of a period goes along an index: among many years of cases none
// reads them all.
func TestPeriodsGoAlongAnIndex(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		o.years(1500)
		span := workday.Span{First: "2025-05-01", Last: "2025-05-31"}
		for _, by := range []staff.Officer{o.officer(cityDesk, staff.Supervisor), o.officer(panshan, staff.Supervisor)} {
			for name, f := range map[string]struct {
				Filter
				index string
			}{
				"received":  {Filter{Period: Period{By: Received, Span: span}}, "complaint_received"},
				"in a town": {Filter{Period: Period{By: Received, Span: span}, Place: "211122111000"}, "complaint_"},
				"again":     {Filter{Period: Period{By: Received, Span: span}, Again: true}, "complaint_again"},
				"ended":     {Filter{Period: Period{By: Ended, Span: span}, Outcomes: []intake.Outcome{intake.Partly}}, "complaint_ended"},
				"answered":  {Filter{Period: Period{By: Answered, Span: span}}, "event_decided"},
				"dated":     {Filter{Period: Period{By: Dated, Span: span, Rules: []string{replyDue}, Result: clock.Missed}}, "deadline_dated"},
			} {
				w, _ := o.wayOf(f.Period)
				query := w.narrow(o.asked(bg, by, f.Filter), span).Select("complaint.*").Order(w.when + " DESC, complaint.seq DESC").Limit(51)
				plan := o.plan(query)
				if !strings.Contains(plan, f.index) || strings.Contains(plan, "Seq Scan on complaint ") || strings.Contains(plan, "SCAN complaint\n") {
					t.Errorf("%s, by %s:\n%s", name, by.UnitName, plan)
				}
			}
		}
	})
}

// years stores cases of three years with what happened to them.
func (o *office) years(n int) {
	o.t.Helper()
	owner := o.officer(panshan, staff.TriageOfficer)
	o.fill(n, owner)
	var cases []intake.Complaint
	o.must(o.store.Read(bg).Find(&cases).Error)
	var events []ledger.Event
	var dates []clock.Deadline
	for _, c := range cases {
		last := ledger.Event{SubjectKind: ledger.OfComplaint, SubjectID: c.ID}
		for n, kind := range []string{"submitted", "claimed", "described", "accepted", "verified", "decided", "closed"} {
			last = last.Next(kind, ledger.System(), c.ReceivedAt.AddDate(0, 0, 5*n), nil)
			events = append(events, last)
		}
		day := workday.On(c.ReceivedAt)
		for _, rule := range []string{acceptNotice, replyDue} {
			dates = append(dates, clock.Deadline{SubjectID: c.ID, SubjectKind: ledger.OfComplaint, Rule: rule, Round: 1, DayKind: "cd", StartedOn: day, DueOn: day.Add(15)})
		}
	}
	o.must(o.store.Read(bg).CreateInBatches(events, 500).Error)
	o.must(o.store.Read(bg).CreateInBatches(dates, 500).Error)
	o.must(o.store.Read(bg).Exec("ANALYZE").Error)
}

// plan is how the database goes about a query.
func (o *office) plan(query *gorm.DB) string {
	o.t.Helper()
	dry := query.Session(&gorm.Session{DryRun: true}).Find(&[]intake.Complaint{})
	return storetest.Plan(o.t, o.store, dry.Statement.SQL.String(), dry.Statement.Vars...)
}
