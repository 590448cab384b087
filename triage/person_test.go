package triage

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"

	"minsheng/intake"
	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
	"minsheng/ledger"
	"minsheng/staff"
)

// called is an officer with a name of their own, known by it.
func (w *crew) called(unit, name string, roles ...staff.Role) staff.Officer {
	w.t.Helper()
	by := w.officerNamed(unit, name, roles...)
	w.must(w.staff.TieSelves(bg))
	return by
}

func (o *office) officerNamed(unit, name string, roles ...staff.Role) staff.Officer {
	o.t.Helper()
	by := o.officer(unit, roles...)
	o.must(o.store.Read(bg).Exec("UPDATE account SET name = ? WHERE id = ?", name, by.ID).Error)
	by.Name = name
	return by
}

// knows reports whether an officer learns of a complaint in any of the ways that
// the room has; they must all agree.
func (w *crew) knows(by staff.Officer, c intake.Complaint) bool {
	w.t.Helper()
	opened := w.opens(by, c)
	among, err := w.Among(bg, by, c.ID)
	w.must(err)
	numbered, err := w.Numbered(bg, by, c.Number())
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		w.t.Fatal(err)
	}
	if listed := w.finds(by, Filter{}, c); listed != opened || (len(among) > 0) != opened || (numbered == c.ID) != opened {
		w.t.Errorf("%s opens it: %v, lists it: %v, among others: %d, by number: %v", by.Name, opened, listed, len(among), numbered == c.ID)
	}
	return opened
}

func TestWhoIsNamedDoesNotSeeIt(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newCrew(t, s)
		wang := w.called(panshan, "王水生", staff.Supervisor)
		abroad := w.called(dawa, "王水生", staff.Supervisor) // of the same name, elsewhere
		c := w.described()
		if !w.knows(wang, c) {
			t.Fatal("hidden before anybody is named")
		}
		w.must(w.NamePerson(bg, w.officer, c.ID, c.Version, " 王 水生", w.units[panshanPoor].ID))
		c = w.again(c)
		// The poverty office is another branch: it is somebody else of that name, and
		// the case lies with the city, above that office.
		if c.DeskUnitID != w.units[cityDesk].ID || w.opens(w.officer, c) || !w.knows(w.above, c) {
			t.Errorf("it lies with %s", w.unitName(c.DeskUnitID))
		}
		d := w.described()
		w.must(w.NamePerson(bg, w.officer, d.ID, d.Version, "王水生", uuid.Nil))
		d = w.again(d)
		if d.DeskUnitID != w.units[panshan].ID || w.knows(wang, d) || !w.knows(w.boss, d) {
			t.Error("a name alone: the bearer sees it, or their colleagues do not, or it moved")
		}
		w.must(s.Read(bg).Exec("UPDATE complaint SET desk_unit_id = ? WHERE id = ?", w.units[dawa].ID, d.ID).Error)
		if w.knows(abroad, d) {
			t.Error("a name alone is everybody's of that name")
		}
		e := w.described()
		w.must(w.NamePerson(bg, w.officer, e.ID, e.Version, "王水生", w.village(shuangliu).ID))
		if !w.knows(wang, e) {
			t.Error("a namesake in a village takes the case from an officer of the county")
		}
		opened, err := w.Case(bg, w.above, c.ID)
		w.must(err)
		if len(opened.People) != 1 || opened.People[0].Name != "王 水生" || opened.People[0].UnitName != panshanPoor || opened.People[0].ByReporter {
			t.Errorf("whom it names: %+v", opened.People)
		}
		for _, e := range opened.Events {
			if strings.Contains(fmt.Sprint(e.Body), "水生") {
				t.Errorf("event %s says the name", e.Kind)
			}
		}
	})
}

func TestWhoIsTiedToSomebodyNamedDoesNotSeeIt(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newCrew(t, s)
		w.must(w.staff.Declare(bg, w.second, staff.Tie{Kind: "sibling", Name: "赵铁柱", UnitID: w.village(shuangliu).ID}))
		w.must(w.staff.Declare(bg, w.boss, staff.Tie{Kind: "friend", Name: "赵铁柱", Office: "县医院"}))
		name := func(unit uuid.UUID) intake.Complaint {
			c := w.described()
			w.must(w.NamePerson(bg, w.officer, c.ID, c.Version, "赵铁柱", unit))
			return w.again(c)
		}
		village, weizigou, open := name(w.units["双柳村村民委员会"].ID), name(w.village(weizigou).ID), name(uuid.Nil)
		for label, test := range map[string]struct {
			by   staff.Officer
			c    intake.Complaint
			sees bool
		}{
			"a brother there":                          {w.second, village, false},
			"a brother, and the name is of elsewhere":  {w.second, weizigou, true},
			"a brother, and no office is said":         {w.second, open, false},
			"a friend of whom no office is known":      {w.boss, weizigou, false},
			"somebody who declared nothing":            {w.officer, village, true},
			"the office above, which declared nothing": {w.above, open, true},
		} {
			if got := w.knows(test.by, test.c); got != test.sees {
				t.Errorf("%s sees it: %v", label, got)
			}
		}
		ties, err := w.staff.Ties(bg, w.second)
		w.must(err)
		w.must(w.staff.EndTie(bg, w.second, ties[0].ID))
		if w.knows(w.second, village) {
			t.Error("ending a tie opened what was named before")
		}
		later := name(uuid.Nil)
		if !w.knows(w.second, later) || w.knows(w.boss, later) {
			t.Error("an ended tie still hides what is named later, or a standing one does not")
		}
	})
}

func TestNamesInTheReportersWordsAreRecognised(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newCrew(t, s)
		wang, kin := w.called(panshan, "王水生", staff.Supervisor), w.second
		w.must(w.staff.Declare(bg, kin, staff.Tie{Kind: "kin", Name: "赵铁柱"}))
		hand := func(who, level string) intake.Complaint {
			c, _ := w.handIn(shuangliu, func(s *intake.Submission) { s.Who, s.AccusedLevel = who, level })
			return c
		}
		alone := hand("听说是王水生批的", "")
		if alone.DeskUnitID != w.units[panshan].ID || w.knows(wang, alone) || !w.knows(kin, alone) {
			t.Error("a name alone is not hidden from its bearer, or moved the case")
		}
		for how, c := range map[string]intake.Complaint{
			"office written": hand(panshan+"的王水生", ""), "level ticked": hand("王水生", "county"),
		} {
			if c.DeskUnitID != w.units[cityDesk].ID || w.opens(w.officer, c) {
				t.Errorf("%s: it lies with %s", how, w.unitName(c.DeskUnitID))
			}
		}
		both := hand("会计赵铁柱和王水生", "")
		if w.knows(kin, both) || w.knows(wang, both) || !w.knows(w.boss, both) {
			t.Error("two names in a sentence")
		}
		if named, err := w.Case(bg, w.boss, both.ID); err != nil || len(named.People) != 2 || !named.People[0].ByReporter {
			t.Errorf("recognised %+v, %v", named.People, err)
		}
		if c := hand("村会计老张", ""); !w.knows(wang, c) || !w.knows(kin, c) {
			t.Error("somebody who is nobody's")
		}
	})
}

// Splitting and merging take along whom a complaint names.
func TestPartsAndMergedCasesNameTheSamePeople(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newCrew(t, s)
		wang := w.called(panshan, "王水生", staff.TriageOfficer)
		c, lead := w.described(), w.described()
		w.must(w.NamePerson(bg, w.officer, c.ID, c.Version, "王水生", uuid.Nil))
		parts, err := w.Split(bg, w.officer, c.ID, w.again(c).Version, []string{"反映同村道路工程质量问题"})
		w.must(err)
		w.must(w.Link(bg, w.officer, c.ID, w.again(c).Version, lead.ID))
		for label, id := range map[string]uuid.UUID{"a part": parts[0], "the lead": lead.ID, "the merged one": c.ID} {
			if w.knows(wang, w.again(intake.Complaint{ID: id})) {
				t.Errorf("%s is shown to who is named", label)
			}
			if !w.opens(w.officer, intake.Complaint{ID: id}) {
				t.Errorf("%s is shown to nobody", label)
			}
		}
	})
}

func TestSomebodyIsAlwaysLeftWhoSeesIt(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newCrew(t, s)
		lone := w.called(dawa, "孙独行", staff.TriageOfficer)
		w.must(s.Read(bg).Exec("UPDATE account SET state = 'disabled' WHERE id = ?", w.foreign.ID).Error)
		c, _ := w.handIn(dayushu, func(s *intake.Submission) { s.Who = "孙独行" })
		if c.DeskUnitID != w.units[cityDesk].ID || w.opens(lone, c) || !w.opens(w.above, c) {
			t.Errorf("with nobody left below it lies with %s", w.unitName(c.DeskUnitID))
		}
		w.must(s.Read(bg).Exec("UPDATE account SET name = '钱独行' WHERE id = ?", w.above.ID).Error)
		w.must(s.Read(bg).Exec("DELETE FROM staff_tie").Error)
		w.must(w.staff.TieSelves(bg))
		if err := w.NamePerson(bg, w.above, c.ID, c.Version, "钱独行", uuid.Nil); problem(err, "person") != "case_person_last" {
			t.Errorf("the last who sees it: %v", err)
		}
		owned := w.described()
		w.must(w.Claim(bg, w.officer, owned.ID))
		w.must(s.Read(bg).Exec("UPDATE account SET name = '周经办' WHERE id = ?", w.officer.ID).Error)
		w.must(s.Read(bg).Exec("DELETE FROM staff_tie").Error)
		w.must(w.staff.TieSelves(bg))
		w.must(w.NamePerson(bg, w.officer, owned.ID, w.again(owned).Version, "周经办", uuid.Nil))
		if now := w.again(owned); now.OwnerID != nil || w.opens(w.officer, now) || !w.opens(w.boss, now) {
			t.Error("who is named still owns it")
		}
		if got := w.kinds(ledger.OfComplaint, owned.ID); got[len(got)-2] != "released" && got[len(got)-1] != "released" {
			t.Errorf("events %v", got)
		}
	})
}

func TestPeopleAreNamedWell(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newCrew(t, s)
		c := w.described()
		if err := w.NamePerson(bg, w.officer, c.ID, c.Version, "王", uuid.Nil); problem(err, "person") != "case_person" {
			t.Errorf("one character: %v", err)
		}
		if err := w.NamePerson(bg, w.officer, c.ID, c.Version, "王水生", uuid.New()); problem(err, "person_unit") != "case_units" {
			t.Errorf("an unknown office: %v", err)
		}
		if err := w.NamePerson(bg, w.foreign, c.ID, c.Version, "王水生", uuid.Nil); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("from elsewhere: %v", err)
		}
	})
}
