package roll

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/staff"
)

// Minutes are what a round was decided on. Files: evidence owner kind "minutes".
type Minutes struct {
	ID       uuid.UUID `gorm:"primaryKey"`
	RollID   uuid.UUID
	Stage    Stage
	MetOn    workday.Date
	Present  int
	Entitled int
	Note     string
	ByID     uuid.UUID
	At       time.Time
}

// TableName is roll_minutes.
func (Minutes) TableName() string { return "roll_minutes" }

// SetMinutes stores the minutes of a stage in the caller's transaction, over
// those that stand, which keep their id and so their files (staff.WriteNotices;
// rolls that the office may go on with). ErrStage once the roll has reached the stage: what a round was
// decided on does not change afterwards. *Invalid: met_on, present, entitled,
// note.
func (b *Book) SetMinutes(tx *gorm.DB, by staff.Officer, m Minutes) (Minutes, error) {
	if err := by.Require(staff.WriteNotices); err != nil {
		return Minutes{}, err
	}
	r, err := lock(tx, m.RollID)
	if err != nil {
		return Minutes{}, err
	}
	if !slices.Contains(b.atlas.Reach(by.UnitID), r.UnitID) {
		return Minutes{}, store.ErrNotFound
	}
	stages := r.Kind.Stages()
	if m.Stage == Final || slices.Index(stages, m.Stage) <= slices.Index(stages, r.Stage) {
		return Minutes{}, ErrStage
	}
	m.Note = strings.TrimSpace(m.Note)
	if err := m.wrong(workday.On(b.store.Now())); err != nil {
		return Minutes{}, err
	}
	m.ByID, m.At = by.ID, b.store.Now()
	return m, keepMinutes(tx, &m)
}

// keepMinutes writes over the minutes of the stage, or makes them; the roll is
// locked.
func keepMinutes(tx *gorm.DB, m *Minutes) error {
	var stand Minutes
	err := store.One(tx.Where("roll_id = ? AND stage = ?", m.RollID, m.Stage), &stand)
	if errors.Is(err, store.ErrNotFound) {
		m.ID = uuid.Must(uuid.NewV7())
		return tx.Create(m).Error
	}
	if err != nil {
		return fmt.Errorf("roll: read minutes: %w", err)
	}
	m.ID = stand.ID
	return tx.Model(&Minutes{}).Where("id = ?", m.ID).Updates(map[string]any{
		"met_on": m.MetOn, "present": m.Present, "entitled": m.Entitled, "note": m.Note, "by_id": m.ByID, "at": m.At}).Error
}

func (m Minutes) wrong(today workday.Date) error {
	wrong := &Invalid{Problems: map[string]string{}}
	if _, err := workday.Parse(string(m.MetOn)); err != nil {
		wrong.Problems["met_on"] = "not_day"
	} else if m.MetOn > today {
		wrong.Problems["met_on"] = "ahead"
	}
	if m.Present < 1 {
		wrong.Problems["present"] = "required"
	}
	if m.Entitled < m.Present {
		wrong.Problems["entitled"] = "fewer"
	}
	if utf8.RuneCountInString(m.Note) > 500 {
		wrong.Problems["note"] = "too_long"
	}
	return wrong.orNil()
}

// MinutesOf lists the minutes of a roll by stage.
func (b *Book) MinutesOf(ctx context.Context, id uuid.UUID) ([]Minutes, error) {
	var all []Minutes
	if err := b.store.Read(ctx).Where("roll_id = ?", id).Limit(5).Find(&all).Error; err != nil {
		return nil, fmt.Errorf("roll: read minutes: %w", err)
	}
	order := Households.Stages()
	slices.SortFunc(all, func(a, b Minutes) int { return slices.Index(order, a.Stage) - slices.Index(order, b.Stage) })
	return all, nil
}
