package custody

import (
	"context"
	"errors"
	"strconv"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/staff"
)

// Create makes the key of the officer's office in their own session; they are its
// first member. It needs a second person who can be admitted. Where nobody can
// open the key that there is any more, the new one takes its place. Errors:
// staff.ErrForbidden (also: the office takes no complaints), staff.ErrNoKey,
// ErrAlone, step.ErrState (there is one that somebody holds).
func (d Ring) Create(ctx context.Context, by staff.Officer, own *staff.Key) error {
	unit, err := d.Atlas.Unit(by.UnitID)
	if err != nil {
		return err
	}
	if !unit.TakesComplaints {
		return staff.ErrForbidden
	}
	there, err := d.present(ctx, by.UnitID)
	if err != nil {
		return err
	}
	return d.on(ctx, by, own, func(tx *gorm.DB) error {
		keys, err := d.Staff.PublicKeys(tx, accounts(there)...)
		if err != nil {
			return err
		}
		if len(keys) < 2 {
			return ErrAlone
		}
		last, err := d.lastKey(tx, by.UnitID)
		if err != nil {
			return err
		}
		if held, err := d.held(tx, last, keys); err != nil || held {
			return errors.Join(err, step.ErrState)
		}
		_, err = d.succeed(tx, by, last, []staff.PublicKey{keys[by.ID]}, "custody_created")
		return err
	})
}

// lastKey is the newest key of an office; the zero Key when there was none.
func (d Ring) lastKey(db *gorm.DB, unit uuid.UUID) (k Key, err error) {
	err = store.One(db.Where("unit_id = ? AND duty = ?", unit, d.duty).Order("generation DESC"), &k)
	if errors.Is(err, store.ErrNotFound) {
		err = nil
	}
	return k, err
}

// held reports whether some account with one of the keys can open an office's key.
func (d Ring) held(db *gorm.DB, k Key, keys map[uuid.UUID]staff.PublicKey) (bool, error) {
	rows, err := membersOf(db, k.ID)
	for _, m := range rows {
		if keys[m.AccountID].Recipient == m.Recipient {
			return true, err
		}
	}
	return false, err
}

// succeed puts a new key in the place of an office's last one and seals it to
// members. Of two at once the unique index lets one through.
func (d Ring) succeed(tx *gorm.DB, by staff.Officer, last Key, to []staff.PublicKey, event string) (Key, error) {
	s, err := d.newSecret(by.UnitID, d.duty, last.Generation+1, by.ID)
	if err != nil {
		return Key{}, err
	}
	err = tx.Model(&Key{}).Where("unit_id = ? AND duty = ? AND state = ?", by.UnitID, d.duty, active).Update("state", retired).Error
	if err != nil {
		return Key{}, err
	}
	if err := tx.Create(&s.key).Error; err != nil {
		return Key{}, err
	}
	for _, one := range to {
		if err := s.wrap(tx, one, by.ID, d.Store.Now()); err != nil {
			return Key{}, err
		}
	}
	body := map[string]string{"generation": strconv.Itoa(s.key.Generation), "key": s.key.Recipient, "members": strconv.Itoa(len(to))}
	return s.key, d.jot(tx, by, event, body)
}

// Admit seals the office's key to a colleague whose key the officer heard read
// aloud: recipient is the one whose six words stood on the page. Errors:
// staff.ErrNoKey, ErrNotMember, ErrNotReady, step.ErrState (the office has no key),
// store.ErrNotFound (nobody of this office for the duty), step.ErrStale (their key changed, or is admitted already).
func (d Ring) Admit(ctx context.Context, by staff.Officer, own *staff.Key, account uuid.UUID, recipient string) error {
	there, err := d.present(ctx, by.UnitID)
	if err != nil {
		return err
	}
	if _, here := there[account]; !here {
		return store.ErrNotFound
	}
	return d.on(ctx, by, own, func(tx *gorm.DB) error {
		keys, err := d.Staff.PublicKeys(tx, account)
		if err != nil {
			return err
		}
		to, ready := keys[account]
		switch {
		case !ready:
			return ErrNotReady
		case to.Recipient != recipient:
			return step.ErrStale
		}
		s, err := d.ownSecret(tx, by, own)
		if err != nil {
			return err
		}
		if err := s.wrap(tx, to, by.ID, d.Store.Now()); err != nil {
			return err // admitted already: step.Again makes it stale
		}
		return d.jot(tx, by, "custody_admitted", map[string]string{"account": account.String(), "generation": strconv.Itoa(s.key.Generation), "key": to.Recipient})
	})
}

// ownSecret opens the active key of the officer's office; step.ErrState when there
// is none.
func (d Ring) ownSecret(tx *gorm.DB, by staff.Officer, own *staff.Key) (secret, error) {
	k, err := d.activeKey(tx, by.UnitID, d.duty)
	if errors.Is(err, store.ErrNotFound) {
		err = step.ErrState
	}
	if err != nil {
		return secret{}, err
	}
	return unlock(tx, k, own)
}

// Rotate makes the office's next key and seals it to those members of the last one
// who are still here for the duty, with the key that they were admitted with. What
// is sealed from now on is closed to everybody else; lines of people who left are
// taken off the old keys. The escrow has to be made anew. generation is the one
// that the page showed. Errors: staff.ErrNoKey, ErrNotMember, step.ErrStale,
// step.ErrState (there is no key yet).
func (d Ring) Rotate(ctx context.Context, by staff.Officer, own *staff.Key, generation int) error {
	there, err := d.present(ctx, by.UnitID)
	if err != nil {
		return err
	}
	return d.on(ctx, by, own, func(tx *gorm.DB) error {
		s, err := d.ownSecret(tx, by, own)
		if err != nil {
			return err
		}
		if s.key.Generation != generation {
			return step.ErrStale
		}
		keys, err := d.Staff.PublicKeys(tx, accounts(there)...)
		if err != nil {
			return err
		}
		rows, err := s.proven(tx)
		if err != nil {
			return err
		}
		var stay []staff.PublicKey
		for _, m := range rows {
			if k, here := keys[m.AccountID]; here && k.Recipient == m.Recipient {
				stay = append(stay, k)
			}
		}
		if _, err := d.succeed(tx, by, s.key, stay, "custody_rotated"); err != nil {
			return err
		}
		return tx.Where("key_id IN (SELECT id FROM unit_key WHERE unit_id = ? AND duty = ?) AND account_id NOT IN ?", by.UnitID, d.duty, accounts(there)).Delete(&memberRow{}).Error
	})
}

func accounts(of map[uuid.UUID]staff.Officer) []uuid.UUID {
	var ids []uuid.UUID
	for id := range of {
		ids = append(ids, id)
	}
	return ids
}
