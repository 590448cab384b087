package inspection

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/staff"
)

// ErrRevoked means that the office called a copy on a phone lost: nothing is
// taken from it any more.
var ErrRevoked = errors.New("inspection: this copy was revoked")

// entryRow is what came in from a phone under the name that the phone gave it.
type entryRow struct {
	ID     uuid.UUID `gorm:"primaryKey"`
	CopyID uuid.UUID
	Kind   string
	Became uuid.UUID
	At     time.Time
}

func (entryRow) TableName() string { return "inspection_entry" }

// fromCopy runs what came in from a phone, once: a second time, after an answer
// that was lost on the way, it changes nothing and is no error. Whoever took the
// visit along may, also when they left the team meanwhile. Errors: ErrRevoked,
// store.ErrNotFound for the copy of somebody else, those of a step.
func (d *Desk) fromCopy(ctx context.Context, by staff.Officer, a Act, id, copyID, entry uuid.UUID, kind string, do func(tx *gorm.DB, i *Inspection) (became uuid.UUID, err error)) error {
	return step.Again(func() error {
		return d.Store.Transact(ctx, func(tx *gorm.DB) error {
			i, err := d.held(tx, by, a, id)
			if err != nil {
				return err
			}
			if err := whoseCopy(tx, by, i, copyID); err != nil {
				return err
			}
			switch known, err := entered(tx, copyID, entry); {
			case err != nil:
				return err
			case known != nil:
				return nil
			}
			if _, err := after(i.State, a); err != nil {
				return err
			}
			became, err := do(tx, &i)
			if err != nil {
				return err
			}
			return tx.Create(&entryRow{entry, copyID, kind, became, d.Store.Now()}).Error
		})
	})
}

// whoseCopy returns nil when a copy of the inspection is the officer's own and
// may still bring in what it holds.
func whoseCopy(tx *gorm.DB, by staff.Officer, i Inspection, copyID uuid.UUID) error {
	var c copyRow
	err := store.One(tx.Where("id = ? AND inspection_id = ? AND account_id = ?", copyID, i.ID, by.ID), &c)
	switch {
	case err != nil:
		return err
	case by.UnitID != i.UnitID:
		return staff.ErrForbidden
	case c.RevokedAt != nil:
		return ErrRevoked
	}
	return nil
}

// entered reads what an entry became; nil for one that did not come in yet, and
// store.ErrNotFound for one of another phone.
func entered(db *gorm.DB, copyID, entry uuid.UUID) (*entryRow, error) {
	var e entryRow
	err := store.One(db.Where("id = ?", entry), &e)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil, nil
	case err == nil && e.CopyID != copyID:
		return nil, store.ErrNotFound
	}
	return &e, err
}

// BringAnswer takes in an answer that was given in the field: *Conflict when
// somebody else answered the question meanwhile with something else. Errors:
// *step.Invalid, ErrRevoked, those of a step.
func (d *Desk) BringAnswer(ctx context.Context, by staff.Officer, id, copyID, entry uuid.UUID, a Answered) error {
	a, err := a.tidy()
	if err != nil {
		return err
	}
	return d.fromCopy(ctx, by, ToAnswer, id, copyID, entry, "answer", func(tx *gorm.DB, i *Inspection) (uuid.UUID, error) {
		err := d.answer(tx, by, i, &copyID, []Answered{a})
		var other *Conflict
		if errors.As(err, &other) && len(other.Now) == 1 && other.Now[0].Answer == a.Answer && other.Now[0].Note == a.Note {
			err = nil // both say the same
		}
		return a.Question, err
	})
}

// BringActivity takes in an activity that was written down in the field. Its
// files come after it, one by one: BringPhoto. Errors: those of BringAnswer but
// *Conflict.
func (d *Desk) BringActivity(ctx context.Context, by staff.Officer, id, copyID, entry uuid.UUID, a Done) error {
	a, err := a.tidy(d.today())
	if err != nil {
		return err
	}
	activity, err := uuid.NewV7()
	if err != nil {
		return err
	}
	return d.fromCopy(ctx, by, ToRecord, id, copyID, entry, "activity", func(tx *gorm.DB, i *Inspection) (uuid.UUID, error) {
		return activity, d.record(tx, by, i, activity, &copyID, a)
	})
}

// mostPhotos is how many photos one activity of a phone can have.
const mostPhotos = 30

// PhotoKey names the form under which a photo of the field is staged: the same
// for every try, so that the same picture is kept once.
func (d *Desk) PhotoKey(copyID, entry uuid.UUID) []byte {
	return d.Keys.MAC("field-photo", append(copyID[:], entry[:]...))
}

// BringPhoto gives a photo that was staged under PhotoKey to the activity that
// came in as entry of. Errors: those of BringActivity; store.ErrNotFound before
// that activity came in; *step.Invalid when there is no photo, or too many.
func (d *Desk) BringPhoto(ctx context.Context, by staff.Officer, id, copyID, entry, of uuid.UUID) error {
	return d.fromCopy(ctx, by, ToRecord, id, copyID, entry, "photo", func(tx *gorm.DB, i *Inspection) (uuid.UUID, error) {
		activity, err := entered(tx, copyID, of)
		if err != nil {
			return uuid.Nil, err
		}
		if activity == nil || activity.Kind != "activity" {
			return uuid.Nil, store.ErrNotFound
		}
		var there int64
		if err := tx.Table("evidence_file").Where("owner_kind = 'activity' AND owner_id = ?", activity.Became).Count(&there).Error; err != nil {
			return uuid.Nil, err
		}
		if there >= mostPhotos {
			return uuid.Nil, step.Bad("files", "inspection_many_photos")
		}
		bound, err := d.Shelf.Bind(tx, d.PhotoKey(copyID, entry), "activity", activity.Became)
		if err == nil && bound == 0 {
			err = step.Bad("files", "inspection_no_photo")
		}
		if err != nil {
			return uuid.Nil, err
		}
		return activity.Became, d.note(tx, by, id, "photo_added", nil)
	})
}

// BringDraft takes in an exchange of views that was prepared in the field.
// Errors: those of BringAnswer with *DraftConflict.
func (d *Desk) BringDraft(ctx context.Context, by staff.Officer, id, copyID, entry uuid.UUID, version int, t Talk) error {
	return d.fromCopy(ctx, by, ToPrepare, id, copyID, entry, "draft", func(tx *gorm.DB, i *Inspection) (uuid.UUID, error) {
		return id, d.keepDraft(tx, by, i, &copyID, version, t)
	})
}

// CameIn reports whether an entry of a copy is here already, so that a photo need
// not travel twice.
func (d *Desk) CameIn(ctx context.Context, copyID, entry uuid.UUID) (bool, error) {
	known, err := entered(d.Store.Read(ctx), copyID, entry)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return known != nil, err
}

// Unpack notes that everything of a copy came in and the phone forgot it.
// Errors: those of BringAnswer.
func (d *Desk) Unpack(ctx context.Context, by staff.Officer, id, copyID uuid.UUID) error {
	return step.Again(func() error {
		return d.Store.Transact(ctx, func(tx *gorm.DB) error {
			i, err := d.held(tx, by, ToRecord, id)
			if err != nil {
				return err
			}
			if err := whoseCopy(tx, by, i, copyID); err != nil {
				return err
			}
			done := tx.Model(&copyRow{}).Where("id = ? AND cleared_at IS NULL", copyID).Updates(map[string]any{"cleared_at": d.Store.Now()})
			if done.Error != nil || done.RowsAffected == 0 {
				return done.Error
			}
			return d.note(tx, by, id, "visit_cleared", map[string]string{"copy": copyID.String()})
		})
	})
}
