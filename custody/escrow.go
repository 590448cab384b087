package custody

import (
	"context"
	"strconv"
	"strings"

	"filippo.io/age"
	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/staff"
)

// Holder keeps a key outside the office. Any two of three open the office's key
// together, with the age command alone.
type Holder struct {
	Name      string // 2 to 50 characters: who keeps it, and where
	Recipient string // age1…
}

// Pairs are the parts of an escrow: which two holders open one.
func Pairs() []string { return []string{"ab", "ac", "bc"} }

type holderRow struct {
	KeyID     uuid.UUID `gorm:"primaryKey"`
	Place     string    `gorm:"primaryKey"` // a, b, c
	Name      string
	Recipient string
}

func (holderRow) TableName() string { return "escrow_holder" }

type partRow struct {
	KeyID  uuid.UUID `gorm:"primaryKey"`
	Pair   string    `gorm:"primaryKey"`
	Sealed []byte
}

func (partRow) TableName() string { return "escrow_part" }

// Escrow seals the office's key to three holders so that any two of them open it:
// each part is sealed to one holder inside what is sealed to another. It takes the
// place of what was there for this key. Problems stand beside name.a, key.a and so
// on. Errors: *step.Invalid, staff.ErrNoKey, ErrNotMember, step.ErrState.
func (d Ring) Escrow(ctx context.Context, by staff.Officer, own *staff.Key, three [3]Holder) error {
	to, err := checked(&three)
	if err != nil {
		return err
	}
	return d.on(ctx, by, own, func(tx *gorm.DB) error {
		s, err := d.ownSecret(tx, by, own)
		if err != nil {
			return err
		}
		for _, row := range []any{&partRow{}, &holderRow{}} {
			if err := tx.Where("key_id = ?", s.key.ID).Delete(row).Error; err != nil {
				return err
			}
		}
		for i, h := range three {
			if err := tx.Create(&holderRow{s.key.ID, place(i), h.Name, h.Recipient}).Error; err != nil {
				return err
			}
		}
		for _, pair := range Pairs() {
			sealed, err := nest([]byte(s.identity.String()+"\n"), to[pair[0]-'a'], to[pair[1]-'a'])
			if err != nil {
				return err
			}
			if err := tx.Create(&partRow{s.key.ID, pair, sealed}).Error; err != nil {
				return err
			}
		}
		return d.jot(tx, by, "custody_escrowed", map[string]string{"generation": strconv.Itoa(s.key.Generation)})
	})
}

func place(i int) string { return string(rune('a' + i)) }

// checked trims the holders and reads their keys; no two may be the same.
func checked(three *[3]Holder) (to [3]age.Recipient, err error) {
	var f step.Form
	seen := map[string]bool{}
	for i := range three {
		h := &three[i]
		h.Name = f.Text("name."+place(i), h.Name, 2, 50, "custody_holder")
		h.Recipient = strings.TrimSpace(h.Recipient)
		read, err := age.ParseX25519Recipient(h.Recipient)
		f.Require(err == nil, "key."+place(i), "custody_recipient")
		f.Require(!seen[h.Recipient], "key."+place(i), "custody_same")
		seen[h.Recipient], to[i] = true, read
	}
	return to, f.Err()
}

// Part is what two holders open, as age wrote it, to be handed to them. Errors:
// staff.ErrForbidden, store.ErrNotFound.
func (d Ring) Part(ctx context.Context, by staff.Officer, pair string) (sealed []byte, generation int, err error) {
	if err := by.Require(d.duty.permission()); err != nil {
		return nil, 0, err
	}
	var row partRow
	err = step.Again(func() error {
		return d.Store.Transact(ctx, func(tx *gorm.DB) error {
			k, err := d.activeKey(tx, by.UnitID, d.duty)
			if err != nil {
				return err
			}
			generation = k.Generation
			if err := store.One(tx.Where("key_id = ? AND pair = ?", k.ID, pair), &row); err != nil {
				return err
			}
			return d.jot(tx, by, "custody_part_taken", map[string]string{"pair": pair, "generation": strconv.Itoa(generation)})
		})
	})
	return row.Sealed, generation, err
}

// Recover makes the officer a member of the office's key by its private half, as
// two holders of the escrow opened it. Errors: *step.Invalid (secret) when it is
// not that key's, staff.ErrNoKey, store.ErrNotFound, step.ErrStale (a member
// already).
func (d Ring) Recover(ctx context.Context, by staff.Officer, own *staff.Key, text string) error {
	return d.on(ctx, by, own, func(tx *gorm.DB) error {
		k, err := d.activeKey(tx, by.UnitID, d.duty)
		if err != nil {
			return err
		}
		s, err := k.from(strings.TrimSpace(text))
		if err != nil {
			return step.Bad("secret", "custody_secret")
		}
		keys, err := d.Staff.PublicKeys(tx, by.ID)
		if err != nil {
			return err
		}
		to, ready := keys[by.ID]
		if !ready {
			return staff.ErrNoKey
		}
		if err := s.wrap(tx, to, by.ID, d.Store.Now()); err != nil {
			return err
		}
		return d.jot(tx, by, "custody_recovered", map[string]string{"generation": strconv.Itoa(k.Generation)})
	})
}
