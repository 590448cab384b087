package step

import (
	"errors"
	"maps"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/store"
)

var (
	// ErrStale means that the thing changed since the page was made.
	ErrStale = errors.New("step: changed meanwhile")
	// ErrState means that the step is not possible in the thing's present state.
	ErrState = errors.New("step: not possible in this state")
	// ErrSamePerson means that the step needs somebody else than who asked for
	// it, or did the one before.
	ErrSamePerson = errors.New("step: needs another person")
)

// Again repeats a whole transaction, at most five times, while it collides with
// another one on a unique key, as two do that write the next event of one
// subject. What still collides is ErrStale.
func Again(transaction func() error) error {
	var err error
	for range 5 {
		if err = transaction(); !store.IsDuplicate(err) {
			return err
		}
	}
	return errors.Join(ErrStale, err)
}

// Move changes the row of model that has the id and still the version, and
// counts its version on; ErrStale when there is none. It comes before anything
// else a step writes: whoever loses a race waits here for the winner and then
// finds nothing to change.
func Move(tx *gorm.DB, model any, id uuid.UUID, version int, changes map[string]any) error {
	set := map[string]any{"version": version + 1}
	maps.Copy(set, changes)
	res := tx.Model(model).Where("id = ? AND version = ?", id, version).Updates(set)
	if res.Error == nil && res.RowsAffected == 0 {
		return ErrStale
	}
	return res.Error
}
