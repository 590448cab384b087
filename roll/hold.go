package roll

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/store"
)

// hold is an objection that keeps a row, or without a key the list, from moving.
type hold struct {
	ID       uuid.UUID `gorm:"primaryKey"` // of the objection
	RollID   uuid.UUID
	Key      *int
	PlacedAt time.Time
	LiftedAt *time.Time
}

// TableName is roll_hold.
func (hold) TableName() string { return "roll_hold" }

// Hold freezes a row (or, with key nil, the list) for an objection in the
// caller's transaction. ErrStage when the roll is draft or final: the objection
// comes too early or too late. store.ErrNotFound when there is no such row now.
func (b *Book) Hold(tx *gorm.DB, objection, id uuid.UUID, key *int) error {
	r, err := lock(tx, id)
	if err != nil {
		return err
	}
	if r.Stage == Draft || r.Stage == Final {
		return ErrStage
	}
	if key != nil {
		var row Row
		if err := store.One(tx.Where("roll_id = ? AND key = ? AND until IS NULL", id, *key), &row); err != nil {
			return err
		}
	}
	h := hold{ID: objection, RollID: id, Key: key, PlacedAt: b.store.Now()}
	if err := tx.Create(&h).Error; err != nil {
		return fmt.Errorf("roll: hold: %w", err)
	}
	return nil
}

// Lift ends a hold in the caller's transaction. One that is lifted already, or
// never was, is left alone.
func (b *Book) Lift(tx *gorm.DB, objection uuid.UUID) error {
	return tx.Model(&hold{}).Where("id = ? AND lifted_at IS NULL", objection).
		Updates(map[string]any{"lifted_at": b.store.Now()}).Error
}

// Holds tells which keys are under objection (0: the list itself) with how many.
func (b *Book) Holds(ctx context.Context, id uuid.UUID) (map[int]int, error) {
	return holds(b.store.Read(ctx), id)
}

func holds(tx *gorm.DB, id uuid.UUID) (map[int]int, error) {
	var found []struct {
		Key int
		N   int
	}
	err := tx.Model(&hold{}).Select("COALESCE(key, 0) AS key, COUNT(*) AS n").
		Where("roll_id = ? AND lifted_at IS NULL", id).Group("key").Find(&found).Error
	if err != nil {
		return nil, fmt.Errorf("roll: read holds: %w", err)
	}
	all := make(map[int]int, len(found))
	for _, f := range found {
		all[f.Key] = f.N
	}
	return all, nil
}

func (b *Book) markHeld(tx *gorm.DB, id uuid.UUID, rows []Row) error {
	keys := make([]int, len(rows))
	for i := range rows {
		keys[i] = rows[i].Key
	}
	if len(keys) == 0 {
		return nil
	}
	var held []int
	err := tx.Model(&hold{}).Where("roll_id = ? AND key IN ? AND lifted_at IS NULL", id, keys).Distinct().Pluck("key", &held).Error
	if err != nil {
		return fmt.Errorf("roll: read holds: %w", err)
	}
	for i := range rows {
		for _, key := range held {
			rows[i].Held = rows[i].Held || rows[i].Key == key
		}
	}
	return nil
}
