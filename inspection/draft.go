package inspection

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/staff"
)

// draftRow is an exchange of views as it is being prepared.
type draftRow struct {
	InspectionID uuid.UUID `gorm:"primaryKey"`
	BodySealed   []byte
	ByID         uuid.UUID
	At           time.Time
	CopyID       *uuid.UUID
	Version      int
}

func (draftRow) TableName() string { return "inspection_draft" }

// Prepared is an exchange of views as it is being prepared: not checked, and
// worth nothing before it is recorded.
type Prepared struct {
	Talk
	By      string
	At      time.Time
	CopyID  *uuid.UUID // prepared in the field
	Version int        // 0: nothing is prepared
}

// mostPrepared bounds what is kept of an exchange that nobody checked, in bytes.
const mostPrepared = 64 << 10

// DraftConflict says that somebody else prepared the exchange meanwhile, with
// what it says now. It is a step.ErrStale.
type DraftConflict struct{ Now Prepared }

// Error says only that there is one.
func (c *DraftConflict) Error() string {
	return "inspection: the exchange was prepared by somebody else"
}

// Unwrap makes a conflict a step.ErrStale.
func (c *DraftConflict) Unwrap() error { return step.ErrStale }

// KeepDraft keeps an exchange of views that is being prepared; version is that of
// what was prepared before, 0 for nothing. Errors: *DraftConflict, *step.Invalid
// when it is too long, those of a step.
func (d *Desk) KeepDraft(ctx context.Context, by staff.Officer, id uuid.UUID, version int, t Talk) error {
	return d.on(ctx, by, ToPrepare, id, 0, func(tx *gorm.DB, i *Inspection) error {
		return d.keepDraft(tx, by, i, nil, version, t)
	})
}

func (d *Desk) keepDraft(tx *gorm.DB, by staff.Officer, i *Inspection, copyID *uuid.UUID, version int, t Talk) error {
	if i.waiting() {
		return step.ErrState
	}
	body, err := json.Marshal(t)
	if err != nil {
		return err
	}
	if len(body) > mostPrepared {
		return step.Bad("opinion", "inspection_opinion")
	}
	was, err := draftOf(tx, i.ID)
	if err != nil {
		return err
	}
	if was.Version != version && !same(was.CopyID, copyID) {
		return d.draftConflict(tx, was)
	}
	row := draftRow{i.ID, d.shut("draft", i.ID, string(body)), by.ID, d.Store.Now(), copyID, was.Version + 1}
	if was.Version == 0 {
		err = tx.Create(&row).Error
	} else {
		err = tx.Model(&draftRow{}).Where("inspection_id = ?", i.ID).Updates(map[string]any{
			"body_sealed": row.BodySealed, "by_id": row.ByID, "at": row.At, "copy_id": row.CopyID, "version": row.Version,
		}).Error
	}
	if err != nil {
		return err
	}
	return d.note(tx, by, i.ID, "exchange_prepared", nil)
}

// draftOf reads what is prepared; the zero row when nothing is.
func draftOf(db *gorm.DB, inspection uuid.UUID) (row draftRow, err error) {
	err = store.One(db.Where("inspection_id = ?", inspection), &row)
	if errors.Is(err, store.ErrNotFound) {
		return draftRow{}, nil
	}
	return row, err
}

func (d *Desk) draftConflict(tx *gorm.DB, was draftRow) error {
	now, err := d.prepared(tx, was)
	if err != nil {
		return err
	}
	return &DraftConflict{now}
}

// prepared opens what is prepared.
func (d *Desk) prepared(db *gorm.DB, row draftRow) (p Prepared, err error) {
	if row.Version == 0 {
		return p, nil
	}
	body, err := d.open("draft", row.InspectionID, row.BodySealed)
	if err != nil {
		return p, err
	}
	if err := json.Unmarshal([]byte(body), &p.Talk); err != nil {
		return p, err
	}
	names, err := namesOf(db, row.ByID)
	p.By, p.At, p.CopyID, p.Version = names[row.ByID], row.At.UTC(), row.CopyID, row.Version
	return p, err
}
