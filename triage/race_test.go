package triage

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
	"minsheng/ledger"
	"minsheng/paper"
	"minsheng/staff"
)

// race lets several officers do the same at once and returns what each got.
func race(officers []staff.Officer, do func(by staff.Officer) error) []error {
	got := make([]error, len(officers))
	start := make(chan struct{})
	var all sync.WaitGroup
	for i, by := range officers {
		all.Go(func() {
			<-start
			got[i] = do(by)
		})
	}
	close(start)
	all.Wait()
	return got
}

// oneWinner fails unless exactly one got nil and everybody else *Taken with
// the winner's name.
func oneWinner(t *testing.T, officers []staff.Officer, got []error) {
	t.Helper()
	winner := slices.Index(got, nil)
	if winner < 0 {
		t.Fatalf("nobody won: %v", got)
	}
	for i, err := range got {
		var taken *Taken
		if i != winner && (!errors.As(err, &taken) || taken.By != officers[winner].Name) {
			t.Errorf("loser got %v (%+v), want taken by %s", err, taken, officers[winner].Name)
		}
	}
}

func (w *crew) rivals(n int) (all []staff.Officer) {
	for range n {
		all = append(all, w.office.officer(panshan, staff.TriageOfficer))
	}
	return all
}

func TestOfManyWhoClaimOneWins(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newCrew(t, s)
		rivals := w.rivals(6)
		for range 5 {
			c := w.submitted()
			oneWinner(t, rivals, race(rivals, func(by staff.Officer) error { return w.Claim(bg, by, c.ID) }))
			if got := w.kinds(ledger.OfComplaint, c.ID); !slices.Equal(got, []string{"submitted", "claimed"}) {
				t.Errorf("events %v", got)
			}
		}
	})
}

func TestOfManyWhoConvertOneWins(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newCrew(t, s)
		rivals := w.rivals(6)
		for range 3 {
			c := w.accepted()
			oneWinner(t, rivals, race(rivals, func(by staff.Officer) error {
				_, err := w.Convert(bg, by, c.ID, c.Version, w.newItem())
				return err
			}))
			var items int64
			w.must(w.store.Read(bg).Table("item_complaint").Where("complaint_id = ?", c.ID).Count(&items).Error)
			if items != 1 {
				t.Errorf("%d items", items)
			}
		}
	})
}

func TestOfTwoWhoRuleOneIsLate(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newCrew(t, s)
		c := w.verified()
		w.must(w.ProposeAnswer(bg, w.officer, c.ID, c.Version, goodAnswer))
		p := w.openProposal(c)
		bosses := []staff.Officer{w.boss, w.above}
		got := race(bosses, func(by staff.Officer) error { return w.Rule(bg, by, c.ID, p, true, "") })
		won, late := 0, 0
		for _, err := range got {
			add(&won, err == nil)
			add(&late, errors.Is(err, step.ErrStale) || errors.Is(err, step.ErrState))
		}
		if won != 1 || late != 1 {
			t.Errorf("got %v", got)
		}
		if told := w.toldTo(c); told != 2 { // taken up, answer
			t.Errorf("%d messages", told)
		}
	})
}

// Twenty items are issued at once, beside as many transactions that
// fail after they took a number: the numbers have no gap and none stands twice.
func TestNumbersHaveNoGaps(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newCrew(t, s)
		c := w.accepted()
		var drafts []uuid.UUID
		for range 20 {
			id, err := w.Convert(bg, w.officer, c.ID, w.again(c).Version, w.newItem())
			w.must(err)
			drafts = append(drafts, id)
		}
		broken := errors.New("broken")
		var all sync.WaitGroup
		for _, id := range drafts {
			all.Go(func() {
				err := s.Transact(bg, func(tx *gorm.DB) error {
					if _, err := paper.Next(tx, w.units[panshan].ID, itemSeries, w.today().Year()); err != nil {
						return err
					}
					return broken
				})
				if !errors.Is(err, broken) {
					t.Errorf("rollback: %v", err)
				}
				if err := w.ItemStep(bg, w.officer, id, 1, "issue", "", nil); err != nil {
					t.Errorf("issue: %v", err)
				}
			})
		}
		all.Wait()
		var numbers []int
		w.must(s.Read(bg).Model(&Item{}).Where("n IS NOT NULL").Order("n").Pluck("n", &numbers).Error)
		for i, n := range numbers {
			if n != i+1 {
				t.Fatalf("numbers %v", numbers)
			}
		}
		if len(numbers) != len(drafts) {
			t.Errorf("%d numbers for %d items: %v", len(numbers), len(drafts), numbers)
		}
		var last string
		w.must(s.Read(bg).Model(&Item{}).Where("n = 20").Pluck("number", &last).Error)
		if want := fmt.Sprintf("盘县督交〔%d〕20号", w.today().Year()); last != want {
			t.Errorf("number %s, want %s", last, want)
		}
	})
}

func TestNumbersStartAnewEachYearAndOffice(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newCrew(t, s)
		var got []int
		for _, of := range []struct {
			unit string
			year int
		}{{panshan, 2026}, {panshan, 2026}, {panshan, 2027}, {dawa, 2026}, {panshan, 2026}} {
			w.must(s.Transact(bg, func(tx *gorm.DB) error {
				n, err := paper.Next(tx, w.units[of.unit].ID, itemSeries, of.year)
				got = append(got, n)
				return err
			}))
		}
		if want := []int{1, 2, 1, 1, 3}; !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}
