package intake

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/custody"
	"minsheng/staff"
)

// SealUp seals up to a hundred names that the officer's office keeps, and that the
// highest office above did not get because it had no key then, to that office too, with
// the pictures of those reports as they came, in a member's session. It reports how many, and whether there are more. Errors:
// staff.ErrForbidden, staff.ErrNoKey, custody.ErrNotMember.
func (d *Desk) SealUp(ctx context.Context, by staff.Officer, own *staff.Key) (n int, more bool, err error) {
	if err := by.Require(staff.RevealIdentity); err != nil {
		return 0, false, err
	}
	err = d.store.Transact(ctx, func(tx *gorm.DB) error {
		n, more = 0, false
		missing, highest, err := d.keptBelow(tx, by.UnitID)
		if err != nil || missing == nil {
			return err
		}
		var blobs []sealedBlob
		if err := missing.Order("owner_id").Limit(resealBatch).Find(&blobs).Error; err != nil {
			return err
		}
		for _, b := range blobs {
			who, err := d.unsealed(tx, by, own, b)
			if err != nil {
				return err
			}
			rows, err := sealedFor(b.OwnerID, who, []custody.To{highest})
			if err != nil {
				return err
			}
			if err := tx.Create(rows[0]).Error; err != nil {
				return err
			}
			if err := d.originalsUp(tx, by, own, b.OwnerID, highest); err != nil {
				return err
			}
		}
		n, more = len(blobs), len(blobs) == resealBatch
		return nil
	})
	return n, more, err
}

// originalsUp is SealUp for the pictures of one report as they came.
func (d *Desk) originalsUp(tx *gorm.DB, by staff.Officer, own *staff.Key, report uuid.UUID, highest custody.To) error {
	by.Key = own
	var rows []originalKey
	err := tx.Where("file_id IN "+filesAbout, report, report).
		Where("recipient_kind = ? AND recipient_id = ?", custody.ToUnit, by.UnitID.String()).Order("file_id").Find(&rows).Error
	if err != nil {
		return err
	}
	for _, r := range rows {
		key, err := d.openOriginal(tx, by, r)
		if err != nil {
			return err
		}
		up := originalKey{FileID: r.FileID, RecipientKind: highest.Kind, RecipientID: highest.ID, Generation: highest.Generation}
		if up.Sealed, err = sealFileKey(highest, r.FileID, key); err != nil {
			return err
		}
		if err := tx.Create(&up).Error; err != nil {
			return err
		}
	}
	return nil
}

// KeptBelow reports whether names lie with the officer's office that the highest one
// above could not open. Only custodians ask.
func (d *Desk) KeptBelow(ctx context.Context, by staff.Officer) (bool, error) {
	if err := by.Require(staff.RevealIdentity); err != nil {
		return false, err
	}
	missing, _, err := d.keptBelow(d.store.Read(ctx), by.UnitID)
	if err != nil || missing == nil {
		return false, err
	}
	return exists(missing)
}

// keptBelow narrows to the names that an office keeps and the highest one above does
// not; nil where there is none above that has a key.
func (d *Desk) keptBelow(db *gorm.DB, unit uuid.UUID) (*gorm.DB, custody.To, error) {
	to, err := d.custodians(db, unit)
	if err != nil || len(to) == 0 {
		return nil, custody.To{}, err
	}
	highest := to[len(to)-1]
	if highest.Kind != custody.ToUnit || highest.ID == unit.String() {
		return nil, highest, nil
	}
	return db.Model(&sealedBlob{}).Where("kind = 'identity' AND recipient_kind = ? AND recipient_id = ?", custody.ToUnit, unit.String()).
		Where("NOT EXISTS (SELECT 1 FROM sealed_blob above WHERE above.owner_id = sealed_blob.owner_id AND above.kind = 'identity' AND above.recipient_kind = ? AND above.recipient_id = ?)", custody.ToUnit, highest.ID), highest, nil
}
