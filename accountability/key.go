package accountability

import (
	"context"
	"errors"
	"strings"
	"time"

	"filippo.io/age"
	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/ledger"
	"minsheng/staff"
)

// keyRow is a public key of an organ, as an office entered it.
type keyRow struct {
	ID        uuid.UUID `gorm:"primaryKey"`
	UnitID    uuid.UUID
	Organ     Body
	Recipient string
	SetBy     uuid.UUID
	SetAt     time.Time
}

func (keyRow) TableName() string { return "referral_key" }

// Key is the public key that packages of an office for an organ are sealed to; ""
// none, and a passphrase is made for each.
func (d *Desk) Key(ctx context.Context, unit uuid.UUID, organ Body) (string, error) {
	return keyIn(d.Store.Read(ctx), unit, organ)
}

func keyIn(db *gorm.DB, unit uuid.UUID, organ Body) (string, error) {
	var k keyRow
	err := store.One(db.Where("unit_id = ? AND organ = ?", unit, organ).Order("id DESC"), &k)
	if errors.Is(err, store.ErrNotFound) {
		err = nil
	}
	return k.Recipient, err
}

// SetKey enters the public key (age1…) of an organ for the own office, "" takes it
// away (staff.SealReferrals). What is sealed already stays as it is. Errors:
// *step.Invalid, staff.ErrForbidden.
func (d *Desk) SetKey(ctx context.Context, by staff.Officer, organ Body, recipient string) error {
	if err := by.Require(staff.SealReferrals); err != nil {
		return err
	}
	var f step.Form
	recipient = strings.TrimSpace(recipient)
	f.Require(organ == Discipline || organ == Judicial, "organ", "referral_organ")
	if recipient != "" {
		_, err := age.ParseX25519Recipient(recipient)
		f.Require(err == nil, "key", "referral_key")
	}
	if err := f.Err(); err != nil {
		return err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return err
	}
	return step.Again(func() error {
		return d.Store.Transact(ctx, func(tx *gorm.DB) error {
			if err := tx.Create(&keyRow{id, by.UnitID, organ, recipient, by.ID, d.Store.Now()}).Error; err != nil {
				return err
			}
			return ledger.Append(tx, ledger.OfUnit, by.UnitID, "referral_key_set", by.Actor(), d.Store.Now(), map[string]string{"organ": string(organ), "key": recipient})
		})
	})
}
