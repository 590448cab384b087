package docket

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/step"
	"minsheng/paper"
)

// Twenty items are issued at once, beside as many transactions that
// fail after they took a number: the numbers have no gap and none stands twice.
func TestNumbersHaveNoGaps(t *testing.T) {
	each(t, func(t *testing.T, w *office) {
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
				err := w.Store.Transact(bg, func(tx *gorm.DB) error {
					if _, err := paper.Next(tx, w.units[panshan].ID, series, w.today().Year()); err != nil {
						return err
					}
					return broken
				})
				if !errors.Is(err, broken) {
					t.Errorf("rollback: %v", err)
				}
				if err := w.Step(bg, w.officer, id, 1, "issue", Entry{}); err != nil {
					t.Errorf("issue: %v", err)
				}
			})
		}
		all.Wait()
		var numbers []int
		w.must(w.Store.Read(bg).Model(&Item{}).Where("n IS NOT NULL").Order("n").Pluck("n", &numbers).Error)
		for i, n := range numbers {
			if n != i+1 {
				t.Fatalf("numbers %v", numbers)
			}
		}
		if len(numbers) != len(drafts) {
			t.Errorf("%d numbers for %d items: %v", len(numbers), len(drafts), numbers)
		}
		var last string
		w.must(w.Store.Read(bg).Model(&Item{}).Where("n = 20").Pluck("number", &last).Error)
		if want := fmt.Sprintf("盘县督交〔%d〕20号", w.today().Year()); last != want {
			t.Errorf("number %s, want %s", last, want)
		}
	})
}

// Of many who take a step from the same page one takes it, and the others are
// told that the page is old.
func TestOfManyWhoStepOneIsInTime(t *testing.T) {
	each(t, func(t *testing.T, w *office) {
		i := w.acknowledged()
		got := make([]error, 6)
		var all sync.WaitGroup
		for n := range got {
			all.Go(func() { got[n] = w.Step(bg, w.officer, i.ID, i.Version, "press", Entry{Body: enough}) })
		}
		all.Wait()
		got = slices.DeleteFunc(got, func(err error) bool { return errors.Is(err, step.ErrStale) })
		if len(got) != 1 || got[0] != nil {
			t.Errorf("got %v beside those who were late", got)
		}
		notes := 0
		for _, n := range w.view(i).Notes {
			if n.Kind == "press" {
				notes++
			}
		}
		if now := w.item(i.ID); now.Pressed != 1 || notes != 1 {
			t.Errorf("pressed %d times, with %d notes", now.Pressed, notes)
		}
	})
}

func TestNumbersStartAnewEachYearAndOffice(t *testing.T) {
	each(t, func(t *testing.T, w *office) {
		var got []int
		for _, of := range []struct {
			unit string
			year int
		}{{panshan, 2026}, {panshan, 2026}, {panshan, 2027}, {dawa, 2026}, {panshan, 2026}} {
			w.must(w.Store.Transact(bg, func(tx *gorm.DB) error {
				n, err := paper.Next(tx, w.units[of.unit].ID, series, of.year)
				got = append(got, n)
				return err
			}))
		}
		if want := []int{1, 2, 1, 1, 3}; !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}
