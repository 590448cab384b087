package figures

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"minsheng/clock"
	"minsheng/intake"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/staff"
)

// scratch counts everything anew from all rows there are, in the plainest way:
// what the kept counts are held against.
type scratch struct {
	w         *world
	cases     map[uuid.UUID]intake.Complaint
	items     map[uuid.UUID]item
	dates     []clock.Deadline
	decided   map[uuid.UUID]time.Time // first
	reports   map[uuid.UUID]time.Time // last, by item
	behind    map[uuid.UUID][]uuid.UUID
	looks     map[uuid.UUID][]time.Time // on the spot, by complaint
	named     map[uuid.UUID][]uuid.UUID
	recused   map[uuid.UUID][]uuid.UUID
	addressed map[uuid.UUID][]uuid.UUID
	sheet     Sheet
}

func (w *world) scratch() *scratch {
	w.t.Helper()
	s := &scratch{w: w, cases: map[uuid.UUID]intake.Complaint{}, items: map[uuid.UUID]item{}, decided: map[uuid.UUID]time.Time{}, reports: map[uuid.UUID]time.Time{},
		looks: map[uuid.UUID][]time.Time{}, behind: w.pairs("item_complaint", "item_id", "complaint_id"), named: w.pairs("complaint_subject", "complaint_id", "unit_id"),
		recused: w.pairs("recusal", "complaint_id", "account_id"), addressed: w.pairs("item_unit", "item_id", "unit_id")}
	db := w.Store.Read(bg)
	var cases []intake.Complaint
	w.must(db.Find(&cases).Error)
	for _, c := range cases {
		s.cases[c.ID] = c
	}
	var items []item
	w.must(db.Find(&items).Error)
	for _, i := range items {
		s.items[i.ID] = i
	}
	w.must(db.Find(&s.dates).Error)
	var events []ledger.Event
	w.must(db.Where("kind = 'decided'").Order("seq DESC").Find(&events).Error)
	for _, e := range events {
		s.decided[e.SubjectID] = e.At
	}
	var notes []struct {
		ItemID uuid.UUID
		At     time.Time
	}
	w.must(db.Table("item_note").Where("kind = 'report'").Order("at").Find(&notes).Error)
	for _, n := range notes {
		s.reports[n.ItemID] = n.At
	}
	var looks []struct {
		ComplaintID uuid.UUID
		Method      string
		At          time.Time
	}
	w.must(db.Table("verification").Find(&looks).Error)
	for _, l := range looks {
		if l.Method == "site_visit" || l.Method == "household_visit" {
			s.looks[l.ComplaintID] = append(s.looks[l.ComplaintID], l.At)
		}
	}
	return s
}

func (w *world) pairs(table, key, value string) map[uuid.UUID][]uuid.UUID {
	w.t.Helper()
	var rows []struct{ A, B uuid.UUID }
	w.must(w.Store.Read(bg).Table(table).Select(key + " AS a, " + value + " AS b").Find(&rows).Error)
	all := map[uuid.UUID][]uuid.UUID{}
	for _, r := range rows {
		all[r.A] = append(all[r.A], r.B)
	}
	return all
}

// hidden reports whether a complaint is hidden from somebody wherever it lies.
func (s *scratch) hidden(by staff.Officer, c uuid.UUID) bool {
	return slices.Contains(s.recused[c], by.ID) || slices.ContainsFunc(s.named[c], func(u uuid.UUID) bool { return slices.Contains(s.w.Atlas.Above(by.UnitID), u) })
}

func (s *scratch) seesCase(by staff.Officer, c intake.Complaint) bool {
	return slices.Contains(s.w.Atlas.Subtree(by.UnitID), c.DeskUnitID) && !s.hidden(by, c.ID) && (c.AccusedLevel != "office" || by.UnitName == cityDesk)
}

func (s *scratch) seesItem(by staff.Officer, i item) bool {
	shut := slices.ContainsFunc(s.behind[i.ID], func(c uuid.UUID) bool { return s.hidden(by, c) })
	toMe := i.IssuedAt != nil && slices.Contains(s.addressed[i.ID], by.UnitID)
	return slices.Contains(s.w.Atlas.Subtree(by.UnitID), i.IssuerID) && (!shut || toMe) || toMe && i.LeadUnitID == by.UnitID
}

// of counts what somebody may count.
func (s *scratch) of(by staff.Officer, a Ask) Sheet {
	s.sheet = Sheet{Ask: a, Total: Counts{}, Months: map[Month]Counts{}, Offices: map[uuid.UUID]Counts{}, Towns: map[string]Counts{}, Open: Open{Ages: agesOn(s.w.today())}}
	within := func(units ...uuid.UUID) bool {
		return a.Office == uuid.Nil || slices.ContainsFunc(units, func(u uuid.UUID) bool { return slices.Contains(s.w.Atlas.Subtree(a.Office), u) })
	}
	red, err := s.w.Clocks.RedBy(bg)
	s.w.must(err)
	for _, c := range s.cases {
		if s.seesCase(by, c) && within(c.DeskUnitID) && inPlace(c.TownCode, a.Place) {
			s.ofCase(c, red)
		}
	}
	for _, i := range s.items {
		if s.seesItem(by, i) && within(i.IssuerID, i.LeadUnitID) && inPlace(townOf(i.PlaceCode), a.Place) {
			s.ofItem(i, red)
		}
	}
	return s.sheet
}

// note counts one thing that happened on a day.
func (s *scratch) note(on workday.Date, owing uuid.UUID, town string, n int64, measures ...Measure) {
	m := MonthOf(on)
	if m < s.sheet.Period.First || m > s.sheet.Period.Last || n == 0 {
		return
	}
	for _, measure := range measures {
		for _, counts := range []Counts{s.sheet.Total, more(s.sheet.Months, m), more(s.sheet.Offices, owing), more(s.sheet.Towns, town)} {
			counts.Add(measure, Count{N: n})
		}
	}
}

func (s *scratch) ofCase(c intake.Complaint, red workday.Date) {
	came, desk, town := workday.On(c.ReceivedAt), c.DeskUnitID, c.TownCode
	message := c.Part == 1 && c.Channel != intake.Check
	s.note(came, desk, town, 1, Matters)
	if message {
		s.note(came, desk, town, 1, Reports)
	}
	if c.AcceptedAt != nil {
		s.note(came, desk, town, 1, Accepted)
	}
	for _, e := range s.cases {
		if e.State == intake.Closed && e.DeskUnitID == c.DeskUnitID && e.PlaceCode == c.PlaceCode && e.Kind == c.Kind &&
			!e.ClosedAt.After(c.ReceivedAt) && c.ReceivedAt.Sub(*e.ClosedAt) <= 90*24*time.Hour {
			s.note(came, desk, town, 1, Repeats)
			break
		}
	}
	if c.ClosedAt != nil {
		ended := map[intake.State][]Measure{intake.Closed: {Closed, ClosedAs(c.Outcome)}, intake.NotAccepted: {NotAccepted}, intake.Transferred: {Transferred},
			intake.Referred: {Referred}, intake.Merged: {Merged}, intake.Withdrawn: {Withdrawn}}
		s.note(workday.On(*c.ClosedAt), desk, town, 1, ended[c.State]...)
	}
	if at, is := s.decided[c.ID]; is {
		s.note(workday.On(at), desk, town, 1, Answered)
		s.note(workday.On(at), desk, town, int64(workday.On(at).Sub(came)), AnswerDays)
		if message {
			s.note(workday.On(at), desk, town, 1, AnsweredReports)
		}
	}
	if c.State == intake.Merged && message {
		if at, is := s.decided[*c.MergedInto]; is {
			s.note(workday.On(at), desk, town, 1, AnsweredReports)
		}
	}
	if c.State != intake.Withdrawn && c.State != intake.Merged {
		s.came(c.ID, desk, town, StageAccept, StageReply)
	}
	if c.ClosedAt == nil {
		s.sheet.Open.Matters++
		for i, age := range s.sheet.Open.Ages {
			if came >= age.From && came <= age.To {
				s.sheet.Open.Ages[i].N++
			}
		}
		s.late(c.DueOn, red, &s.sheet.Open.Late, &s.sheet.Open.Red)
	}
}

func (s *scratch) late(due *workday.Date, red workday.Date, late, reds *int) {
	if due != nil && *due < s.w.today() {
		*late++
		if *due <= red {
			*reds++
		}
	}
}

func (s *scratch) ofItem(i item, red workday.Date) {
	town := townOf(i.PlaceCode)
	if i.IssuedAt != nil {
		s.note(workday.On(*i.IssuedAt), i.LeadUnitID, town, 1, Issued)
	}
	report, handed := s.reports[i.ID]
	handed = handed && slices.Contains([]string{"reported", "reviewed", "struck_off"}, i.State)
	if i.ClosedAt != nil {
		s.note(workday.On(*i.ClosedAt), i.LeadUnitID, town, 1, map[string]Measure{"struck_off": StruckOff, "cancelled": Cancelled}[i.State])
		right := slices.ContainsFunc(s.behind[i.ID], func(c uuid.UUID) bool {
			return slices.ContainsFunc(s.looks[c], func(at time.Time) bool { return handed && at.After(report) && !at.After(*i.ClosedAt) })
		})
		if right && i.State == "struck_off" {
			s.note(workday.On(*i.ClosedAt), i.LeadUnitID, town, 1, PutRight)
		}
	}
	if i.State != "cancelled" {
		s.came(i.ID, i.LeadUnitID, town, StageAcknowledge)
		s.reported(i, report, handed, town)
	}
	if i.ClosedAt == nil && i.IssuedAt != nil {
		s.sheet.Open.Items++
		if slices.Contains([]string{"issued", "acknowledged", "in_progress", "disputed", "returned"}, i.State) {
			s.late(i.DueOn, red, &s.sheet.Open.ItemsLate, &s.sheet.Open.ItemsRed)
		}
	}
}

func (s *scratch) came(subject, owing uuid.UUID, town string, stages ...Stage) {
	for _, stage := range stages {
		for _, d := range s.dates {
			if d.SubjectID == subject && slices.Contains(stage.Rules(), d.Rule) {
				if r := s.result(d, d.MetAt); r != "" {
					s.note(d.DueOn, owing, town, 1, stage.Came(r))
				}
			}
		}
	}
}

func (s *scratch) reported(i item, at time.Time, handed bool, town string) {
	for _, d := range s.dates {
		if d.SubjectID != i.ID || !slices.Contains(StageDue.Rules(), d.Rule) {
			continue
		}
		met := &at
		if !handed {
			met = nil
		}
		if r := s.result(d, met); r != "" {
			s.note(d.DueOn, i.LeadUnitID, town, 1, StageDue.Came(r))
		}
	}
}

// result tells what became of a last day, "" while nobody knows or when another
// round tells.
func (s *scratch) result(d clock.Deadline, met *time.Time) clock.Result {
	at := slices.IndexFunc(s.dates, func(n clock.Deadline) bool {
		return n.SubjectID == d.SubjectID && n.Rule == d.Rule && n.Round == d.Round+1
	})
	granted := d.Extends && d.Round > 1
	if at >= 0 {
		switch next := s.dates[at]; {
		case next.Extends && workday.On(*d.MetAt) > d.DueOn:
			return clock.Missed
		case next.Extends && granted:
			return ""
		case next.Extends:
			return clock.Extended
		case next.StartedOn < workday.On(*d.MetAt):
			return ""
		}
	}
	switch {
	case met == nil && d.DueOn < s.w.today(), met != nil && workday.On(*met) > d.DueOn:
		return clock.Missed
	case met == nil || granted:
		return ""
	}
	return clock.Kept
}

// same fails unless a sheet shows exactly what was counted from scratch.
func (s *scratch) same(t *testing.T, when string, by staff.Officer, got Sheet) {
	t.Helper()
	want := s.of(by, got.Ask)
	diff(t, when+", "+by.UnitName+", total", got.Total, want.Total)
	for m := range union(got.Months, want.Months) {
		diff(t, when+", "+by.UnitName+", "+string(m), got.Months[m], want.Months[m])
	}
	for u := range union(got.Offices, want.Offices) {
		diff(t, when+", "+by.UnitName+", office "+u.String(), got.Offices[u], want.Offices[u])
	}
	for town := range union(got.Towns, want.Towns) {
		diff(t, when+", "+by.UnitName+", town "+town, got.Towns[town], want.Towns[town])
	}
	if g, o := got.Open, want.Open; g.Matters != o.Matters || g.Late != o.Late || g.Red != o.Red || g.Items != o.Items || g.ItemsLate != o.ItemsLate || g.ItemsRed != o.ItemsRed || !slices.Equal(g.Ages, o.Ages) {
		t.Errorf("%s, %s: open %+v, want %+v", when, by.UnitName, g, o)
	}
}

func union[K comparable](a, b map[K]Counts) map[K]Counts {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

func diff(t *testing.T, what string, got, want Counts) {
	t.Helper()
	measures := slices.Sorted(maps.Keys(got))
	measures = append(measures, slices.Sorted(maps.Keys(want))...)
	slices.Sort(measures)
	for _, m := range slices.Compact(measures) {
		if got[m] != want[m] {
			t.Errorf("%s: %s is %+v, from scratch %+v", what, m, got[m], want[m])
		}
	}
}
