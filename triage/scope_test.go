package triage

import (
	"errors"
	"io"
	"slices"
	"testing"

	"github.com/google/uuid"

	"minsheng/intake"
	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
	"minsheng/ledger"
	"minsheng/staff"
)

// sight is every way to learn of a complaint.
func (o *office) sight(by staff.Officer, c, like intake.Complaint) map[string]bool {
	o.t.Helper()
	n, err := o.Counts(bg, by)
	o.must(err)
	today, err := o.Today(bg, by)
	o.must(err)
	_, err = o.Case(bg, by, c.ID)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		o.t.Fatal(err)
	}
	similar, err := o.similar(bg, by, like)
	o.must(err)
	return map[string]bool{
		"list":    o.finds(by, Filter{}, c),
		"counts":  n.Open > 0,
		"today":   slices.ContainsFunc(today["today"], func(r Row) bool { return r.ID == c.ID }),
		"search":  o.finds(by, Filter{Text: "截留款"}, c),
		"number":  o.finds(by, Filter{Text: c.Number()}, c),
		"id":      err == nil && o.opens(by, c),
		"similar": slices.ContainsFunc(similar, func(s Similar) bool { return s.ID == c.ID }),
	}
}

func (o *office) opens(by staff.Officer, c intake.Complaint) bool {
	_, err := o.Case(bg, by, c.ID)
	return err == nil
}

func TestWhoMayKnowOfAComplaint(t *testing.T) {
	const officer, supervisor = staff.TriageOfficer, staff.Supervisor
	for _, test := range []struct {
		name  string
		unit  string
		role  staff.Role
		about string // an office named
		level string
		back  bool // the officer stepped back
		sees  bool
	}{
		{name: "own desk", unit: panshan, role: officer, sees: true},
		{name: "a desk below", unit: cityDesk, role: officer, sees: true},
		{name: "a sibling's desk", unit: dawa, role: officer},
		{name: "a desk above", unit: panshanPoor, role: officer},
		{name: "own desk, supervisor", unit: panshan, role: supervisor, sees: true},
		{name: "own desk, custodian", unit: panshan, role: staff.IdentityCustodian, sees: true},
		{name: "about the own office", unit: panshan, role: officer, about: panshan},
		{name: "about the own office, seen above", unit: cityDesk, role: officer, about: panshan, sees: true},
		{name: "about the office above", unit: panshan, role: supervisor, about: cityDesk},
		{name: "about an office below", unit: panshan, role: officer, about: "甜水镇双柳村村民委员会", sees: true},
		{name: "about the highest office", unit: cityDesk, role: supervisor, about: cityDesk},
		{name: "stepped back", unit: panshan, role: officer, back: true},
		{name: "against an office of the house", unit: panshan, role: officer, level: "office"},
		{name: "against an office of the house, highest desk", unit: cityDesk, role: officer, level: "office", sees: true},
		{name: "registrar", unit: panshan, role: staff.Registrar},
		{name: "unit handler", unit: panshan, role: staff.UnitHandler},
		{name: "publisher", unit: panshan, role: staff.Publisher},
		{name: "notice approver", unit: panshan, role: staff.NoticeApprover},
		{name: "auditor", unit: cityDesk, role: staff.Auditor},
		{name: "administrator", unit: cityDesk, role: staff.Administrator},
	} {
		t.Run(test.name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, s *store.Store) {
				o := newOffice(t, s)
				o.village(shuangliu)
				by := o.officer(test.unit, test.role)
				c := o.receive(shuangliu, summary("村里截留款项不发给困难户"), due(o.today()), func(c *intake.Complaint) {
					if test.level != "" {
						c.AccusedLevel = test.level
					}
				})
				// What it would be similar to: not stored, so not counted.
				like := c
				like.ID, like.ReportID, like.Seq = uuid.New(), uuid.New(), c.Seq+1
				if test.about != "" {
					o.about(c, by, o.units[test.about].ID)
				}
				if test.back {
					o.stepBack(c, by)
				}
				for way, sees := range o.sight(by, c, like) {
					if sees != test.sees {
						t.Errorf("%s: sees = %v, want %v", way, sees, test.sees)
					}
				}
			})
		})
	}
}

func TestAnAttemptIsRecordedOnceAnHour(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		stranger, other := o.officer(dawa, staff.TriageOfficer), o.officer(dawa, staff.TriageOfficer)
		c := o.receive(shuangliu)
		for _, by := range []staff.Officer{stranger, stranger, other} {
			if _, err := o.Case(bg, by, c.ID); !errors.Is(err, store.ErrNotFound) {
				t.Fatalf("Case = %v", err)
			}
		}
		if _, err := o.Case(bg, stranger, uuid.New()); !errors.Is(err, store.ErrNotFound) {
			t.Fatalf("Case of nothing = %v", err)
		}
		seen, err := o.Case(bg, o.officer(cityDesk, staff.TriageOfficer), c.ID)
		o.must(err)
		if len(seen.Events) != 2 || seen.Events[0].Kind != "refused" || seen.Events[0].ActorName != stranger.Name || seen.Events[1].ActorName != other.Name {
			t.Errorf("events = %+v, want one refusal of each", seen.Events)
		}
	})
}

func TestWordsAreWithheldWhenAnotherPartAccusesTheOffice(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		county, city := o.officer(panshan, staff.TriageOfficer), o.officer(cityDesk, staff.TriageOfficer)
		c := o.told(shuangliu, "修路的钱少了一半,县里督查室的人也拿了好处")
		file := o.file("report", c.ReportID)
		page, err := o.Find(bg, county, Filter{}, "")
		o.must(err)
		if len(page.Rows) != 1 || page.Rows[0].Withheld || page.Rows[0].Files != 1 {
			t.Fatalf("before the split: %+v", page.Rows)
		}
		second := o.receive(shuangliu, func(p *intake.Complaint) { p.ReportID, p.Part, p.DeskUnitID = c.ReportID, 2, o.units[cityDesk].ID })
		o.about(second, city, o.units[panshan].ID)

		page, err = o.Find(bg, county, Filter{}, "")
		o.must(err)
		if len(page.Rows) != 1 || !page.Rows[0].Withheld || page.Rows[0].Files != 0 {
			t.Errorf("list shows %+v", page.Rows)
		}
		got, err := o.Case(bg, county, c.ID)
		o.must(err)
		if !got.Withheld || got.Narrative.Text != "" || len(got.Files) > 0 || len(got.Siblings) > 0 {
			t.Errorf("county sees %q, %d files, siblings %v, withheld %v", got.Narrative.Text, len(got.Files), got.Siblings, got.Withheld)
		}
		if _, err := o.OpenFile(bg, county, file); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("county opens the file: %v", err)
		}
		got, err = o.Case(bg, city, c.ID)
		o.must(err)
		if got.Withheld || got.Narrative.Text == "" || len(got.Files) != 1 || len(got.Siblings) != 1 {
			t.Errorf("city sees %q, %d files, siblings %v, withheld %v", got.Narrative.Text, len(got.Files), got.Siblings, got.Withheld)
		}
	})
}

func TestOpeningAFileIsRecordedFirst(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		county, stranger := o.officer(panshan, staff.TriageOfficer), o.officer(dawa, staff.TriageOfficer)
		c := o.told(shuangliu, "井打完没有水,工程队早走了")
		file := o.file("report", c.ReportID)
		opened, err := o.OpenFile(bg, county, file)
		o.must(err)
		defer opened.Content.Close()
		if content, err := io.ReadAll(opened.Content); err != nil || len(content) == 0 {
			t.Errorf("content %d bytes, %v", len(content), err)
		}
		if _, err := o.OpenFile(bg, stranger, file); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a stranger opens it: %v", err)
		}
		if _, err := o.OpenFile(bg, county, uuid.New()); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a file that is none: %v", err)
		}
		events, err := ledger.Of(bg, s, ledger.OfComplaint, c.ID)
		o.must(err)
		var kinds []string
		for _, e := range events {
			if e.ActorKind == "staff" {
				kinds = append(kinds, e.Kind+" "+e.ActorName)
			}
		}
		if want := []string{"evidence_opened " + county.Name, "refused " + stranger.Name}; !slices.Equal(kinds, want) {
			t.Errorf("events %v, want %v", kinds, want)
		}
	})
}
