package intake

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/custody"
	"minsheng/internal/evidence"
	"minsheng/internal/store"
	"minsheng/staff"
)

// waitingFiles are the two ways in which keys of files wait with the portal for
// somebody to get a key that they can be sealed to.
var waitingFiles = []func(tx *gorm.DB) *gorm.DB{
	// pictures as they came
	func(tx *gorm.DB) *gorm.DB {
		return tx.Where("original_key_sealed IS NOT NULL AND owner_kind IN ('report', 'message')")
	},
	// voice, film and PDF
	func(tx *gorm.DB) *gorm.DB {
		return tx.Where("owner_kind IN ('report', 'message') AND media IN ('audio', 'video', 'pdf')").
			Where("id IN (SELECT owner_id FROM content_key WHERE recipient_kind = ?)", custody.ToServer)
	},
}

// handOverFiles is HandOver for the keys of files, all of them.
func (d *Desk) handOverFiles(ctx context.Context) (n int, err error) {
	for _, waiting := range waitingFiles {
		for after := uuid.Nil; ; {
			did, next, err := d.handOverSome(ctx, waiting, after)
			if n += did; err != nil {
				return n, err
			}
			if next == uuid.Nil {
				break
			}
			after = next
		}
	}
	return n, nil
}

func (d *Desk) handOverSome(ctx context.Context, waiting func(*gorm.DB) *gorm.DB, after uuid.UUID) (n int, next uuid.UUID, err error) {
	err = d.store.Transact(ctx, func(tx *gorm.DB) error {
		n, next = 0, uuid.Nil
		files, err := d.shelf.Some(waiting(tx).Where("id > ?", after), resealBatch)
		if err != nil {
			return err
		}
		for _, f := range files {
			done, err := d.handOverFile(tx, f)
			if err != nil {
				return err
			}
			if done {
				n++
			}
		}
		if len(files) == resealBatch {
			next = files[len(files)-1].ID
		}
		return nil
	})
	return n, next, err
}

// handOverFile seals the keys of one file to those who are to have them; false when
// there is nobody yet.
func (d *Desk) handOverFile(tx *gorm.DB, f evidence.File) (bool, error) {
	desk, err := d.deskOfFile(tx, f)
	if err != nil {
		return false, err
	}
	keys, err := d.shelf.Keys(f)
	if err != nil {
		return false, err
	}
	if keys.Original != nil {
		kept, err := d.keepOriginal(tx, desk, f.ID, keys.Original)
		if err != nil || !kept {
			return false, err
		}
		return true, d.shelf.Release(tx, f.ID, true)
	}
	to, err := d.listeners(tx, desk, nil)
	if err != nil || len(to) == 0 {
		return false, err
	}
	return true, d.contents.Reseal(tx, staff.Officer{}, to, f.ID)
}

// deskOfFile is the desk on which what a file came with lies.
func (d *Desk) deskOfFile(tx *gorm.DB, f evidence.File) (uuid.UUID, error) {
	if f.OwnerKind == "report" {
		return d.deskOf(tx, *f.OwnerID)
	}
	var m messageRow
	if err := store.One(tx.Where("id = ?", *f.OwnerID), &m); err != nil {
		return uuid.Nil, err
	}
	return d.deskOfSaid(tx, m)
}

func (d *Desk) deskOfSaid(tx *gorm.DB, m messageRow) (uuid.UUID, error) {
	if m.KeptUnitID != nil {
		return *m.KeptUnitID, nil
	}
	return d.deskOf(tx, m.ReportID)
}

// filesAbout are the ids of the files of a report, which is named twice.
const filesAbout = `(SELECT id FROM evidence_file WHERE owner_kind = 'report' AND owner_id = ?
	UNION ALL SELECT id FROM evidence_file WHERE owner_kind = 'message' AND owner_id IN (SELECT id FROM message WHERE report_id = ?))`

// keepOriginalsAbove is KeepAbove for a report's pictures as they came.
func keepOriginalsAbove(tx *gorm.DB, report uuid.UUID, above []string) error {
	return tx.Where("file_id IN "+filesAbout, report, report).
		Where("recipient_kind = ? AND recipient_id NOT IN ?", custody.ToUnit, above).
		Where("file_id IN (SELECT file_id FROM original_key WHERE recipient_kind = ? AND recipient_id IN ?)", custody.ToUnit, above).
		Delete(&originalKey{}).Error
}

// eraseOriginals destroys the keys of a report's pictures as they came; the clean
// copies stay.
func (d *Desk) eraseOriginals(tx *gorm.DB, report uuid.UUID) error {
	if err := tx.Where("file_id IN "+filesAbout, report, report).Delete(&originalKey{}).Error; err != nil {
		return err
	}
	waiting, err := d.shelf.Some(waitingFiles[0](tx).Where("id IN "+filesAbout, report, report), 500)
	for _, f := range waiting {
		if err == nil {
			err = d.shelf.Release(tx, f.ID, true)
		}
	}
	return err
}

// originalsOlderThan narrows to the pictures that lie under earlier keys of an office.
func originalsOlderThan(db *gorm.DB, now custody.To) *gorm.DB {
	return db.Model(&originalKey{}).Where("recipient_kind = ? AND recipient_id = ? AND generation < ?", now.Kind, now.ID, now.Generation)
}

// renewOriginals is Renew for pictures as they came.
func (d *Desk) renewOriginals(tx *gorm.DB, by staff.Officer, now custody.To) (n int, more bool, err error) {
	var rows []originalKey
	if err := originalsOlderThan(tx, now).Order("generation, file_id").Limit(resealBatch).Find(&rows).Error; err != nil {
		return 0, false, err
	}
	for _, r := range rows {
		key, err := d.openOriginal(tx, by, r)
		if err != nil {
			return n, false, err
		}
		sealed, err := sealFileKey(now, r.FileID, key)
		if err != nil {
			return n, false, err
		}
		done := originalsOlderThan(tx, now).Where("file_id = ?", r.FileID).Updates(map[string]any{"sealed": sealed, "generation": now.Generation})
		if done.Error != nil {
			return n, false, done.Error
		}
		n += int(done.RowsAffected)
	}
	return n, len(rows) == resealBatch, nil
}
