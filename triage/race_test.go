package triage

import (
	"errors"
	"slices"
	"sync"
	"testing"

	"github.com/google/uuid"

	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
	"minsheng/ledger"
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
				return w.Convert(bg, by, c.ID, c.Version, toItem(new(uuid.UUID)))
			}))
			if got := w.kinds(ledger.OfComplaint, c.ID); !slices.Equal(got[len(got)-2:], []string{"accepted", "converted"}) {
				t.Errorf("events %v", got)
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
