package roll

import (
	"errors"
	"io"
	"sync"
	"testing"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
)

// TestObjectionsAndAdvancesDoNotCross lets two replicas take objections and move
// the list at the same instant. What an objection froze in a round never moves
// out of it, and what moved was free.
func TestObjectionsAndAdvancesDoNotCross(t *testing.T) {
	eachTwice(t, func(t *testing.T, first, second *store.Store) {
		h := newShelf(t, first)
		books := []*Book{h.Book, New(second, h.atlas)}
		moved, stopped := 0, 0
		for round := range 40 {
			r := h.opened(5, "2026-03-02", "2026-03-08")
			must(t, h.minutes(r.ID, Town))
			if round%2 == 1 { // the last step: afterwards nothing may be held
				must(t, first.Read(bg).Model(&Roll{}).Where("id = ?", r.ID).Updates(map[string]any{"stage": County}).Error)
				r.Stage = County
			}
			stages, advanced := crossing(books, r, round%5)
			before := 0
			for _, s := range stages {
				if s == r.Stage {
					before++
				} else if s == Final {
					t.Fatalf("round %d: an objection froze a row of a final list", round)
				}
			}
			switch {
			case advanced == nil && before > 0:
				t.Fatalf("round %d: the list moved on although %d objections had frozen it", round, before)
			case advanced == nil:
				moved++
			case !errors.Is(advanced, ErrHeld) || before == 0:
				t.Fatalf("round %d: advance: %v with %d objections", round, advanced, before)
			default:
				stopped++
			}
		}
		if moved == 0 || stopped == 0 {
			t.Logf("moved %d, stopped %d: one of them was never first", moved, stopped)
		}
	})
}

// crossing runs four objections and one advance together. It returns the stage
// in which each objection froze its row.
func crossing(books []*Book, r Roll, mover int) (stages []Stage, advanced error) {
	key := mover + 1
	var mu sync.Mutex
	var all sync.WaitGroup
	start := make(chan struct{})
	for i := range 5 {
		all.Add(1)
		go func() {
			defer all.Done()
			b := books[i%len(books)]
			<-start
			if i == mover {
				advanced = b.store.Transact(bg, func(tx *gorm.DB) error { return b.Advance(tx, r.ID, r.Next(), "2026-03-09", "2026-03-15") })
				return
			}
			var seen Roll
			err := b.store.Transact(bg, func(tx *gorm.DB) (err error) {
				if err = b.Hold(tx, uuid.Must(uuid.NewV7()), r.ID, &key); err == nil {
					seen, err = b.RollIn(tx, r.ID)
				}
				return err
			})
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				stages = append(stages, seen.Stage)
			}
		}()
	}
	close(start)
	all.Wait()
	return stages, advanced
}

// eachTwice runs test on SQLite and on PostgreSQL with two replicas.
func eachTwice(t *testing.T, test func(t *testing.T, first, second *store.Store)) {
	open := func(t *testing.T, c store.Config) *store.Store {
		s, err := store.Open(bg, c)
		must(t, err)
		t.Cleanup(func() { s.Close() })
		return s
	}
	t.Run("sqlite", func(t *testing.T) {
		c := store.Config{Dir: t.TempDir()}
		first := open(t, c)
		must(t, first.MigrateUp(bg, io.Discard))
		test(t, first, open(t, c))
	})
	t.Run("postgres", func(t *testing.T) {
		c := store.Config{URL: storetest.PostgresURL(t)}
		test(t, open(t, c), open(t, c))
	})
}

// TestTwoAmendmentsDoNotCross: both start from the same version; one stands.
func TestTwoAmendmentsDoNotCross(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newShelf(t, s)
		r := h.opened(3, "2026-03-02", "2026-03-08")
		errs := make(chan error, 4)
		for i := range cap(errs) {
			go func() {
				errs <- s.Transact(bg, func(tx *gorm.DB) error {
					_, err := h.Amend(tx, r.ID, r.Version, []Edit{{Key: 2, Label: "张三", AmountFen: int64(i + 1), Reason: "typo"}}, "2026-03-20", uuid.Nil)
					return err
				})
			}()
		}
		done := 0
		for range cap(errs) {
			switch err := <-errs; {
			case err == nil:
				done++
			case !errors.Is(err, ErrStale):
				t.Error(err)
			}
		}
		if after := h.now(r.ID); done != 1 || after.Version != r.Version+1 || after.Size != 3 {
			t.Errorf("%d went through; roll is %+v", done, after)
		}
	})
}
