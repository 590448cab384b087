package triage

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/clock"
	"minsheng/intake"
	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
	"minsheng/internal/workday"
	"minsheng/staff"
)

// Who owes a complaint, and so hears that it is late, may know of it; whom it is
// about, and whoever is below them, hears nothing.
func TestWhoOwesAComplaintMayKnowOfIt(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		village := o.village(shuangliu)
		by := o.officer(cityDesk, staff.Supervisor)
		onDesk := func(unit string, accused string) func(*intake.Complaint) {
			return func(c *intake.Complaint) { c.DeskUnitID, c.AccusedLevel = o.units[unit].ID, accused }
		}
		closed := func(c *intake.Complaint) { now := o.store.Now(); c.ClosedAt, c.State = &now, intake.Closed }
		for _, test := range []struct {
			name  string
			with  []func(*intake.Complaint)
			about []string
			want  string
		}{
			{name: "its desk", want: panshan},
			{name: "about the village", about: []string{village.Name}, want: panshan},
			{name: "about the desk itself", about: []string{panshan}, want: cityDesk},
			{name: "about the poverty office beside", about: []string{panshanPoor}, want: panshan},
			{name: "against an office, on a county's desk", with: []func(*intake.Complaint){onDesk(panshan, "office")}, want: cityDesk},
			{name: "about the highest desk", with: []func(*intake.Complaint){onDesk(cityDesk, "city")}, about: []string{cityDesk}},
			{name: "about the county and the city", about: []string{panshan, cityDesk}},
			{name: "finished", with: []func(*intake.Complaint){closed}},
		} {
			c := o.receive(shuangliu, test.with...)
			for _, unit := range test.about {
				o.about(c, by, o.units[unit].ID)
			}
			owners, err := o.Keeper().Owners(s.Read(bg), []uuid.UUID{c.ID, uuid.New()})
			o.must(err)
			owner, owed := owners[c.ID]
			if owed != (test.want != "") || owed && (owner.Unit != o.units[test.want].ID || owner.By != nil || owner.Name != c.Number()) {
				t.Errorf("%s: %+v, %v", test.name, owner, owed)
			}
			tells := o.Keeper().(clock.Discloser)
			for _, unit := range []string{panshan, cityDesk, dawa} {
				worker := o.officer(unit, staff.TriageOfficer)
				named, err := tells.Disclose(bg, worker, []uuid.UUID{c.ID})
				o.must(err)
				_, seen := named[c.ID]
				if _, err := o.CaseIn(s.Read(bg), worker, c.ID); seen != (err == nil) {
					t.Errorf("%s: %s is told %v, the queue says %v", test.name, unit, named, err)
				}
				if unit == test.want && !seen {
					t.Errorf("%s: %s hears of what it may not know", test.name, unit)
				}
			}
			if blind := o.officer(panshan, staff.UnitHandler); true {
				if named, err := tells.Disclose(bg, blind, []uuid.UUID{c.ID}); err != nil || len(named) != 0 {
					t.Errorf("%s: a handler is told %v, %v", test.name, named, err)
				}
			}
		}
		waiting, err := o.Waiting(bg)
		if err != nil || waiting[o.units[panshan].ID] != 6 || waiting[o.units[cityDesk].ID] != 1 || len(waiting) != 2 {
			t.Errorf("waiting %v, %v", waiting, err)
		}
	})
}

// Everybody who was told a day reads of the new one, in the own language, once.
func TestADateThatMovesIsToldToWhomItWasTold(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		o.tell = func(lang, key string, pairs ...any) string { return lang + " " + key + " " + fmt.Sprint(pairs...) }
		by := o.officer(cityDesk, staff.TriageOfficer)
		lead, second := o.told(shuangliu, "补助少发了三百块钱。"), o.told(shuangliu, "我们家的补助也少发了三百块。")
		o.must(s.Read(bg).Table("report").Where("id = ?", second.ReportID).Update("lang", "en").Error)
		o.must(o.Link(bg, by, second.ID, second.Version, lead.ID))
		today := o.today()
		var before clock.Deadline
		o.in(func(tx *gorm.DB) error {
			open, err := o.clocks.Running(tx, lead.ID)
			before = *clockOf(open, acceptNotice)
			return err
		})
		admin := o.officer(cityDesk, staff.Administrator)
		longer := clock.Change{Code: acceptNotice, N: before.N + 30, DayKind: workday.CalendarDays, Basis: "新的条例", From: today.Add(-1), Why: "条例改了"}
		target := clock.Change{Code: triageTarget, N: 9, DayKind: workday.WorkingDays, Basis: "内部时限", From: today.Add(-1), Why: "人手不够"}
		o.must(o.clocks.SetRule(bg, admin, longer))
		o.must(o.clocks.SetRule(bg, admin, target))
		moves := 0
		o.in(func(tx *gorm.DB) error {
			moved, _, _, err := o.clocks.Recount(tx, clock.Place{}, 100)
			for _, m := range moved {
				if moves++; err == nil {
					err = o.Keeper().Moved(tx, m)
				}
			}
			return err
		})
		if moves != 2 {
			t.Fatalf("%d dates moved", moves)
		}
		open, err := o.clocks.Running(s.Read(bg), lead.ID)
		o.must(err)
		now := clockOf(open, acceptNotice)
		for report, lang := range map[uuid.UUID]string{lead.ReportID: "zh-CN", second.ReportID: "en"} {
			talk, err := o.intake.Conversation(bg, staff.Officer{}, report)
			o.must(err)
			talk = slices.DeleteFunc(talk, func(m intake.Message) bool { return !strings.Contains(m.Text, "told.date_moved") })
			want := []string{lang + " told.date_moved", lang + " told.date." + acceptNotice, sayDay(lang, before.DueOn), sayDay(lang, now.DueOn), lang + " told.moved.rule"}
			if len(talk) != 1 || slices.ContainsFunc(want, func(w string) bool { return !strings.Contains(talk[0].Text, w) }) {
				t.Errorf("%s: told %+v, want one with %q", lang, talk, want)
			} else if m := talk[0]; m.AuthorName != "" || !m.FromOffice || m.Kind != intake.NoticeOfStep {
				t.Errorf("written by %q as %s", m.AuthorName, m.Kind)
			}
		}
		c, err := o.CaseIn(s.Read(bg), by, lead.ID)
		if err != nil || *c.DueOn != open[0].DueOn || c.DueRule != open[0].Rule {
			t.Errorf("the case says %s of %s, next is %s of %s", *c.DueOn, c.DueRule, open[0].DueOn, open[0].Rule)
		}
	})
}

func (o *office) in(do func(tx *gorm.DB) error) {
	o.t.Helper()
	o.must(o.store.Transact(bg, do))
}
