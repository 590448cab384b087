package inspection

import (
	"context"
	"errors"
	"slices"
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
	ID      uuid.UUID `gorm:"primaryKey"`
	CopyID  uuid.UUID
	Kind    string
	Edition int
	Became  uuid.UUID
	At      time.Time
}

func (entryRow) TableName() string { return "inspection_entry" }

// Parcel says which entry of which copy a phone sends. What is changed on the
// phone after it may have come in keeps its name and is the next edition, so that
// an older one that arrives late does not stand in its place.
type Parcel struct {
	Inspection, Copy, Entry uuid.UUID
	Edition                 int // 1 or more
}

// fromCopy runs what came in from a phone, once: a second time, after an answer
// that was lost on the way, it changes nothing and is no error. Whoever took the
// visit along may, also when they left the team meanwhile. Errors: ErrRevoked,
// store.ErrNotFound for the copy of somebody else, those of a step.
func (d *Desk) fromCopy(ctx context.Context, by staff.Officer, a Act, p Parcel, kind string, do func(tx *gorm.DB, i *Inspection) (became uuid.UUID, err error)) error {
	return step.Again(func() error {
		return d.Store.Transact(ctx, func(tx *gorm.DB) error {
			i, err := d.held(tx, by, a, p.Inspection)
			if err != nil {
				return err
			}
			if err := whoseCopy(tx, by, i, p.Copy); err != nil {
				return err
			}
			known, err := entered(tx, p)
			if err != nil || known != nil && known.Edition >= p.Edition {
				return err
			}
			if _, err := after(i.State, a); err != nil {
				return err
			}
			became, err := do(tx, &i)
			if err != nil {
				return err
			}
			if known != nil {
				return tx.Model(&entryRow{}).Where("id = ?", p.Entry).Updates(map[string]any{"edition": p.Edition, "at": d.Store.Now()}).Error
			}
			return tx.Create(&entryRow{p.Entry, p.Copy, kind, p.Edition, became, d.Store.Now()}).Error
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
func entered(db *gorm.DB, p Parcel) (*entryRow, error) {
	var e entryRow
	err := store.One(db.Where("id = ?", p.Entry), &e)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil, nil
	case err == nil && e.CopyID != p.Copy:
		return nil, store.ErrNotFound
	}
	return &e, err
}

// BringAnswer takes in an answer that was given in the field: *Conflict when
// somebody else answered the question meanwhile with something else. Errors:
// *step.Invalid, ErrRevoked, those of a step.
func (d *Desk) BringAnswer(ctx context.Context, by staff.Officer, p Parcel, a Answered) error {
	a, err := a.tidy()
	if err != nil {
		return err
	}
	return d.fromCopy(ctx, by, ToAnswer, p, "answer", func(tx *gorm.DB, i *Inspection) (uuid.UUID, error) {
		err := d.answer(tx, by, i, &p.Copy, []Answered{a})
		var other *Conflict
		if errors.As(err, &other) && len(other.Now) == 1 && other.Now[0].Answer == a.Answer && other.Now[0].Note == a.Note {
			err = nil // both say the same
		}
		return a.Question, err
	})
}

// BringActivity takes in an activity that was written down in the field. Its
// files come after it, one by one: BringPhoto. A record stays as it came in: there
// is one edition of it. Errors: those of BringAnswer but *Conflict.
func (d *Desk) BringActivity(ctx context.Context, by staff.Officer, p Parcel, a Done) error {
	p.Edition = 1
	a, err := a.tidy(d.today())
	if err != nil {
		return err
	}
	activity, err := uuid.NewV7()
	if err != nil {
		return err
	}
	return d.fromCopy(ctx, by, ToRecord, p, "activity", func(tx *gorm.DB, i *Inspection) (uuid.UUID, error) {
		return activity, d.record(tx, by, i, activity, &p.Copy, a)
	})
}

// mostPhotos is how many photos one activity of a phone can have.
const mostPhotos = 30

// PhotoKey names the form under which somebody stages a photo of the field: the
// same for every try, so that the same picture is kept once.
func (d *Desk) PhotoKey(by staff.Officer, p Parcel) []byte {
	return d.Keys.MAC("field-photo", slices.Concat(by.ID[:], p.Copy[:], p.Entry[:]))
}

// BringPhoto gives a photo that was staged under PhotoKey to the activity that
// came in as entry of. Errors: those of BringActivity; store.ErrNotFound before
// that activity came in; *step.Invalid when there is no photo, or too many.
func (d *Desk) BringPhoto(ctx context.Context, by staff.Officer, p Parcel, of uuid.UUID) error {
	p.Edition = 1
	return d.fromCopy(ctx, by, ToRecord, p, "photo", func(tx *gorm.DB, i *Inspection) (uuid.UUID, error) {
		activity, err := entered(tx, Parcel{Copy: p.Copy, Entry: of})
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
		bound, err := d.Shelf.Bind(tx, d.PhotoKey(by, p), "activity", activity.Became)
		if err == nil && len(bound) == 0 {
			err = step.Bad("files", "inspection_no_photo")
		}
		if err != nil {
			return uuid.Nil, err
		}
		return activity.Became, d.note(tx, by, i.ID, "photo_added", bound.Tell(nil))
	})
}

// BringDraft takes in an exchange of views that was prepared in the field.
// Errors: those of BringAnswer with *DraftConflict.
func (d *Desk) BringDraft(ctx context.Context, by staff.Officer, p Parcel, version int, t Talk) error {
	return d.fromCopy(ctx, by, ToPrepare, p, "draft", func(tx *gorm.DB, i *Inspection) (uuid.UUID, error) {
		return i.ID, d.keepDraft(tx, by, i, &p.Copy, version, t)
	})
}

// CameIn reports whether an entry of a copy is here already, so that a photo need
// not travel twice.
func (d *Desk) CameIn(ctx context.Context, p Parcel) (bool, error) {
	known, err := entered(d.Store.Read(ctx), p)
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
