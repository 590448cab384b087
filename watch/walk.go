package watch

import (
	"context"
	"errors"

	"gorm.io/gorm"

	"minsheng/clock"
	"minsheng/internal/step"
)

// batch is how many deadlines one transaction deals with, at most.
const batch = 100

// dealt is what one transaction of a walk did.
type dealt struct {
	next  clock.Place // where to go on
	done  bool
	told  []Stage
	moved int
}

// failed is what kept one deadline from being dealt with; the next one is behind
// the place.
type failed struct {
	at  clock.Place
	err error
}

func (f *failed) Error() string { return "watch: a deadline failed: " + f.err.Error() }
func (f *failed) Unwrap() error { return f.err }

// errAgain means that a room cannot say who owes what. The walk goes on without
// it.
var errAgain = errors.New("watch: without that room")

// walk deals with running deadlines from the first to the last, a batch in each
// transaction. A batch in which one fails is rolled back and taken one by one,
// and the one that fails is left out: it holds up no other.
func (t *turn) walk(ctx context.Context, swept *Swept, deal func(tx *gorm.DB, from clock.Place, n int) (dealt, error)) error {
	from, alone := clock.Place{}, 0 // alone: how many are still taken one by one
	for {
		n := batch
		if alone > 0 {
			n = 1
		}
		var d dealt
		err := step.Again(func() error {
			return t.write(ctx, func(tx *gorm.DB) (err error) {
				d, err = deal(tx, from, n)
				return err
			})
		})
		alone--
		var one *failed
		switch {
		case err == nil:
			swept.add(d)
			if d.done {
				return nil
			}
			from = d.next
		case errors.Is(err, errAgain):
			swept.fail(err)
		case ctx.Err() != nil || !errors.As(err, &one):
			return err
		case n > 1:
			alone = batch
		default:
			swept.fail(one.err)
			from = one.at
		}
	}
}
