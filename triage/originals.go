package triage

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/custody"
	"minsheng/intake"
	"minsheng/internal/evidence"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/staff"
)

// openedOriginal is the key of a picture as it came, sealed to who asked for it, or for
// the name, as long as that is open.
type openedOriginal struct {
	OpeningID uuid.UUID `gorm:"primaryKey"`
	FileID    uuid.UUID `gorm:"primaryKey"`
	Sealed    []byte
}

func (openedOriginal) TableName() string { return "opened_original" }

// openOriginals opens the report's pictures as they came to who asked, in the session of
// the one who opens them: who may know who the reporter is may see what tells that.
// Where pictures are all that was asked for, one at least has to open:
// custody.ErrNotMember.
func (q *Queue) openOriginals(tx *gorm.DB, by staff.Officer, own *staff.Key, report uuid.UUID, opening openingRow) error {
	by.Key = own
	keys, err := q.intake.UnsealOriginals(tx, by, report)
	if err != nil {
		return err
	}
	if len(keys) == 0 {
		if opening.What == OpensPictures {
			err = custody.ErrNotMember
		}
		return err
	}
	accounts, err := q.staff.PublicKeys(tx, opening.AskedBy)
	if err != nil {
		return err
	}
	to, has := accounts[opening.AskedBy]
	if !has {
		return staff.ErrNoKey
	}
	for file, key := range keys {
		sealed, err := intake.ShutOriginalFor(file, key, to.Recipient)
		if err != nil {
			return err
		}
		if err := tx.Create(&openedOriginal{opening.ID, file, sealed}).Error; err != nil {
			return err
		}
	}
	return nil
}

// MayAskPictures reports whether a visible case has pictures, and no name, that the
// officer may ask another to open as they came.
func (q *Queue) MayAskPictures(ctx context.Context, by staff.Officer, id uuid.UUID) (bool, error) {
	if !by.May(staff.RevealIdentity) {
		return false, nil
	}
	db := q.store.Read(ctx)
	c, err := q.CaseIn(db, by, id)
	if err != nil {
		return false, err
	}
	err = q.mayOpen(db, by, c, OpensPictures)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// Originals lists the pictures of a case that are open to the officer as they came.
func (q *Queue) Originals(ctx context.Context, by staff.Officer, id uuid.UUID) ([]evidence.File, error) {
	db := q.store.Read(ctx)
	c, err := q.CaseIn(db, by, id)
	if err != nil {
		return nil, err
	}
	opening, err := liveOpening(db, by, id)
	if err != nil || opening.State != NameOpen {
		return nil, err
	}
	var open []uuid.UUID
	err = db.Model(&openedOriginal{}).Where("opening_id = ?", opening.ID).Order("file_id").Limit(500).Pluck("file_id", &open).Error
	if err != nil || len(open) == 0 {
		return nil, err
	}
	is := map[uuid.UUID]bool{}
	for _, id := range open {
		is[id] = true
	}
	pictures, err := q.intake.Pictures(ctx, c.ReportID)
	var files []evidence.File
	for _, f := range pictures {
		if is[f.ID] {
			files = append(files, f)
		}
	}
	return files, err
}

// OpenOriginal gives out a picture as it came to the custodian to whom it, or the name,
// is open. That it was opened, and by whom, stands in the record before the first byte
// is given out; the reporter reads of it. Errors: store.ErrNotFound, step.ErrState
// (it is not open to them, or no longer), staff.ErrNoKey, those of a step.
func (q *Queue) OpenOriginal(ctx context.Context, by staff.Officer, own *staff.Key, id, file uuid.UUID) (OpenedFile, error) {
	var kept openedOriginal
	err := q.act(ctx, by, staff.RevealIdentity, id, func(tx *gorm.DB, c intake.Complaint) error {
		if err := q.mayOpen(tx, by, c, opens(c)); err != nil {
			return err
		}
		opening, err := liveOpening(tx, by, c.ID)
		if err != nil {
			return err
		}
		if opening.State != NameOpen || !opening.Until.After(q.store.Now()) {
			return step.ErrState
		}
		if err := store.One(tx.Where("opening_id = ? AND file_id = ?", opening.ID, file), &kept); err != nil {
			return err
		}
		if own == nil || own.Account() != by.ID {
			return staff.ErrNoKey
		}
		if err := q.looked(tx, by, c.ID, SawFile); err != nil {
			return err
		}
		return q.note(tx, by, &c, "original_opened", map[string]string{"file": file.String()})
	})
	if err != nil {
		return OpenedFile{}, err
	}
	f, content, name, err := q.intake.OpenOriginal(ctx, own, file, kept.Sealed)
	return OpenedFile{File: f, Content: content, DownloadName: name}, err
}
