package triage

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
	"minsheng/staff"
)

// looks are what is recorded of who was shown what of a case: officer and kind.
func (w *crew) looks(c intake.Complaint) (seen []string) {
	w.t.Helper()
	var rows []Look
	w.must(w.store.Read(bg).Where("complaint_id = ?", c.ID).Order("at, what").Find(&rows).Error)
	for _, l := range rows {
		seen = append(seen, l.Name+" "+l.What)
		if l.UnitName == "" || l.Role == "" || l.At.Before(l.Hour) || l.At.Sub(l.Hour) >= time.Hour {
			w.t.Errorf("recorded as %+v", l)
		}
	}
	return seen
}

// inOneHour acts within one hour of the clock, again if the hour ends meanwhile.
func inOneHour(act func()) {
	for {
		began := time.Now().UTC().Truncate(time.Hour)
		act()
		if time.Now().UTC().Truncate(time.Hour).Equal(began) {
			return
		}
	}
}

func TestWhoIsShownACaseIsRecordedOnceAnHour(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newCrew(t, s)
		var c intake.Complaint
		inOneHour(func() {
			c = w.submitted()
			w.open(w.officer, c)
			w.open(w.officer, c)
			w.open(w.second, c)
		})
		want := []string{w.officer.Name + " page", w.second.Name + " page"}
		if got := w.looks(c); !slices.Equal(slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(want))) {
			t.Errorf("recorded %v, want %v", got, want)
		}
		t.Run("in the next hour again", func(t *testing.T) {
			w.t = t
			w.must(w.store.Transact(bg, func(tx *gorm.DB) error {
				l := w.lookOf(w.officer, c.ID, SawPage)
				l.Hour, l.At = l.Hour.Add(-time.Hour), l.At.Add(-time.Hour)
				return keepLook(tx, l)
			}))
			if got := w.looks(c); len(got) != 3 {
				t.Errorf("recorded %v", got)
			}
		})
		t.Run("each thing that is shown", func(t *testing.T) {
			w.t = t
			file := w.file("report", c.ReportID)
			_, err := w.OpenFile(bg, w.second, file)
			w.must(err)
			w.opened(w.custodian, w.keeper, c.ID, "contact: 要约定入户时间")
			_, _, err = w.Name(bg, w.custodian, w.key(w.custodian), c.ID)
			w.must(err)
			got := w.looks(c)
			for _, saw := range []string{w.second.Name + " file", w.custodian.Name + " name"} {
				if !slices.Contains(got, saw) {
					t.Errorf("%s is not among %v", saw, got)
				}
			}
		})
		t.Run("lists and refusals are none", func(t *testing.T) {
			w.t = t
			before := len(w.looks(c))
			third := w.office.officer(panshan, staff.TriageOfficer)
			w.found(third, Filter{})
			w.found(third, Filter{Text: "补助"})
			if _, err := w.Case(bg, w.foreign, c.ID); err == nil {
				t.Fatal("it is shown to another county")
			}
			if got := w.looks(c); len(got) != before {
				t.Errorf("recorded %v", got)
			}
		})
	})
}

// What was recorded stands, whoever asks the database.
func TestLooksCanBeNeitherChangedNorDeleted(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newCrew(t, s)
		c := w.submitted()
		w.open(w.officer, c)
		log := slog.Default()
		slog.SetDefault(slog.New(slog.DiscardHandler)) // the failures are meant
		defer slog.SetDefault(log)
		for _, attempt := range []string{"UPDATE look SET name = '别人'", "DELETE FROM look", "DELETE FROM look WHERE complaint_id = '" + c.ID.String() + "'"} {
			if err := s.Read(bg).Exec(attempt).Error; err == nil {
				t.Errorf("%s is done", attempt)
			}
		}
		if s.Postgres() {
			if err := s.Read(bg).Exec("TRUNCATE look").Error; err == nil {
				t.Error("the table can be emptied")
			}
		}
		if got := w.looks(c); !slices.Equal(got, []string{w.officer.Name + " page"}) {
			t.Errorf("recorded %v", got)
		}
	})
}

func TestWhatACaseWaitsFor(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newCrew(t, s)
		now := w.store.Now()
		desk := w.units[cityDesk].ID
		yesterday := w.today().Add(-1)
		tomorrow := w.today().Add(1)
		set := map[string]intake.Complaint{
			"plain":    w.receive(shuangliu),
			"second":   w.receive(shuangliu, func(c *intake.Complaint) { c.SecondDeskID = &desk }),
			"callback": w.receive(shuangliu, func(c *intake.Complaint) { c.DueOn, c.DueRule = &tomorrow, callback }),
			"review":   w.receive(shuangliu, func(c *intake.Complaint) { c.State, c.DeskUnitID = intake.Review, desk }),
			"reexam":   w.receive(shuangliu, func(c *intake.Complaint) { c.State, c.DeskUnitID = intake.Reexam, desk }),
			"below":    w.receive(shuangliu, func(c *intake.Complaint) { c.State = intake.Review }), // of another office
			"leaving":  w.receive(shuangliu, func(c *intake.Complaint) { c.LeavesOn = &yesterday }),
			"cooling":  w.receive(shuangliu, func(c *intake.Complaint) { c.LeavesOn = &tomorrow }),
			"pressed":  w.receive(shuangliu, func(c *intake.Complaint) { c.PressedAt = &now }),
			"closed": w.receive(shuangliu, func(c *intake.Complaint) {
				c.State, c.ClosedAt, c.PressedAt, c.LeavesOn = intake.Closed, &now, &now, &yesterday
			}),
		}
		for wants, names := range map[string][]string{
			WantsSecondLook: {"second"}, WantsCallback: {"callback"}, WantsAppeal: {"review", "reexam"}, WantsLetGo: {"leaving"}, WantsCare: {"pressed"},
		} {
			ids := map[string]uuid.UUID{}
			var want []uuid.UUID
			for name, c := range set {
				ids[name] = c.ID
				if slices.Contains(names, name) {
					want = append(want, c.ID)
				}
			}
			if got := w.found(w.above, Filter{Wants: wants}); !sameSet(got, want) {
				t.Errorf("%s: %v, want %v", wants, nameOf(ids, got), names)
			}
		}
		if groups := w.groups(w.above); len(groups[WantsAppeal]) != 2 || len(groups[WantsCare]) != 1 {
			t.Errorf("today lists %d and %d", len(groups[WantsAppeal]), len(groups[WantsCare]))
		}
		// Who took part in it, and who owns it, is not asked.
		if w.found(w.officer, Filter{Wants: WantsSecondLook}) != nil {
			t.Error("the office below is asked for the second look")
		}
		for name, took := range map[string]func(c intake.Complaint){
			"owns it": func(c intake.Complaint) {
				w.must(s.Read(bg).Exec("UPDATE complaint SET owner_id = ? WHERE id = ?", w.above.ID, c.ID).Error)
			},
			"proposed the answer": func(c intake.Complaint) {
				w.must(s.Read(bg).Exec("UPDATE complaint SET owner_id = NULL WHERE id = ?", c.ID).Error)
				w.must(s.Transact(bg, func(tx *gorm.DB) error { return w.note(tx, w.above, &c, "decide_proposed", nil) }))
			},
		} {
			took(set["callback"])
			if w.finds(w.above, Filter{Wants: WantsCallback}, set["callback"]) {
				t.Errorf("who %s is asked to call back", name)
			}
		}
	})
}

func (w *crew) groups(by staff.Officer) map[string][]Row {
	w.t.Helper()
	groups, err := w.Today(bg, by)
	w.must(err)
	return groups
}

// Each of these lists is a handful of cases among a million: it is found by an
// index made for it.
func TestWaitingCasesAreFoundByTheirIndex(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newCrew(t, s)
		w.fill(2000, w.above)
		desk := w.units[cityDesk].ID
		now, yesterday := s.Now(), w.today().Add(-1)
		for range 5 {
			w.receive(shuangliu, func(c *intake.Complaint) { c.SecondDeskID = &desk })
			w.receive(shuangliu, func(c *intake.Complaint) { c.DueOn, c.DueRule = &yesterday, callback })
			w.receive(shuangliu, func(c *intake.Complaint) { c.State, c.DeskUnitID = intake.Review, desk })
			w.receive(shuangliu, func(c *intake.Complaint) { c.LeavesOn = &yesterday })
			w.receive(shuangliu, func(c *intake.Complaint) { c.PressedAt = &now })
		}
		w.must(s.Read(bg).Exec("ANALYZE complaint").Error)
		for wants, index := range map[string]string{WantsSecondLook: "complaint_second", WantsCallback: "complaint_callback", WantsAppeal: "complaint_appealed",
			WantsLetGo: "complaint_leaving", WantsCare: "complaint_pressed"} {
			if plan := w.plan(w.above, Filter{Wants: wants}); !strings.Contains(plan, index) {
				t.Errorf("%s is not found by %s:\n%s", wants, index, plan)
			}
		}
	})
}

// plan is how the database goes about the first page of a filter.
func (w *crew) plan(by staff.Officer, f Filter) string {
	w.t.Helper()
	query := w.asked(bg, by, f).Where("complaint.due_on IS NOT NULL").Order("complaint.due_on, complaint.seq").Limit(pageSize)
	if f.Wants != WantsCallback {
		query = w.asked(bg, by, f).Where("complaint.due_on IS NULL AND complaint.seq > 0").Order("complaint.due_on, complaint.seq").Limit(pageSize)
	}
	dry := query.Session(&gorm.Session{DryRun: true}).Find(&[]intake.Complaint{})
	return storetest.Plan(w.t, w.store, dry.Statement.SQL.String(), dry.Statement.Vars...)
}

// BenchmarkLooked measures what recording a look adds to a page: the first of an
// hour, and each further one.
func BenchmarkLooked(b *testing.B) {
	for name, s := range map[string]*store.Store{"sqlite": storetest.SQLite(b), "postgres": storetest.Postgres(b)} {
		w := newCrew(b, s)
		c := w.submitted()
		b.Run(name+"/first", func(b *testing.B) {
			for b.Loop() {
				by := w.officer
				by.ID = uuid.New()
				w.must(w.Looked(bg, by, c.ID, SawPage))
			}
		})
		b.Run(name+"/again", func(b *testing.B) {
			for b.Loop() {
				w.must(w.Looked(bg, w.officer, c.ID, SawPage))
			}
		})
	}
}

// BenchmarkAlike measures the comparison of a proposed answer with as many as are
// looked at.
func BenchmarkAlike(b *testing.B) {
	w := newCrew(b, storetest.SQLite(b))
	c := w.verified()
	words := strings.Repeat("经核实发放表所列金额与存折入账金额一致差额系代扣的合作医疗保险费。", 5)
	w.must(w.store.Transact(bg, func(tx *gorm.DB) error {
		for i := range alikeLooked {
			_, err := w.intake.PutLetter(tx, c, Letter{Kind: intake.OfDecision, UnitID: c.DeskUnitID, Parts: []intake.LetterPart{{N: 1, Facts: fmt.Sprint(i, words)}}})
			if err != nil {
				return err
			}
		}
		return nil
	}))
	answer := Answer{Findings: []AnswerPart{{N: 1, Facts: words}}}
	for b.Loop() {
		_, err := w.alikeAnswers(bg, w.boss, c, answer)
		w.must(err)
	}
}
