package roll

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/store"
	"minsheng/internal/workday"
)

// Advance moves a roll to its next stage in the caller's transaction, holding
// the roll's row so that no objection comes in between. All its rows then stand
// until standsUntil ("" none). ErrStage, ErrEmpty, ErrHeld, ErrStanding (a day of
// publicity of the round or of a row is left on today), ErrMinutes, ErrConsent.
func (b *Book) Advance(tx *gorm.DB, id uuid.UUID, to Stage, today, standsUntil workday.Date) error {
	r, err := lock(tx, id)
	if err != nil {
		return err
	}
	if err := obstacle(tx, r, to, today); err != nil {
		return err
	}
	moved := tx.Model(&Roll{}).Where("id = ? AND stage = ? AND version = ?", id, r.Stage, r.Version).
		Updates(map[string]any{"stage": to})
	if moved.Error != nil {
		return fmt.Errorf("roll: advance: %w", moved.Error)
	}
	if moved.RowsAffected == 0 {
		return ErrStale
	}
	return tx.Model(&Row{}).Where("roll_id = ? AND until IS NULL AND stands_until <> ?", id, standsUntil).
		Updates(map[string]any{"stands_until": standsUntil}).Error
}

// May tells whether Advance would go through now, without doing it.
func (b *Book) May(ctx context.Context, id uuid.UUID, to Stage, today workday.Date) error {
	db := b.store.Read(ctx)
	r, err := b.RollIn(db, id)
	if err != nil {
		return err
	}
	return obstacle(db, r, to, today)
}

// obstacle is the first thing in the way of a roll's next stage.
func obstacle(tx *gorm.DB, r Roll, to Stage, today workday.Date) error {
	if to == "" || to != r.Next() {
		return ErrStage
	}
	if r.Size == 0 {
		return ErrEmpty
	}
	checks := []struct {
		applies bool
		query   *gorm.DB
		found   bool // what must not be
		why     error
	}{
		{true, tx.Model(&hold{}).Where("roll_id = ? AND lifted_at IS NULL", r.ID), true, ErrHeld},
		{r.Stage != Draft, present(tx, r.ID).Where("stands_until >= ?", today), true, ErrStanding},
		{r.Kind == Households && (to == Village || to == Town), tx.Model(&Minutes{}).Where("roll_id = ? AND stage = ?", r.ID, to), false, ErrMinutes},
		{r.Kind == Exits, present(tx, r.ID).Where("cells NOT LIKE ?", `%"agreed":"yes"%`), true, ErrConsent},
	}
	for _, c := range checks {
		if !c.applies {
			continue
		}
		found, err := exists(c.query)
		if err != nil {
			return fmt.Errorf("roll: look for what is in the way: %w", err)
		}
		if found == c.found {
			return c.why
		}
	}
	return nil
}

func present(tx *gorm.DB, id uuid.UUID) *gorm.DB {
	return tx.Model(&Row{}).Where("roll_id = ? AND until IS NULL", id)
}

func exists(q *gorm.DB) (bool, error) {
	var one struct{ Found int }
	err := store.One(q.Select("1 AS found"), &one)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}
