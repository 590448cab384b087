package custody

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/store"
	"minsheng/staff"
)

// ErrDestroyed means that the key of something written is gone for everybody: it
// was destroyed. It wraps store.ErrNotFound.
var ErrDestroyed = fmt.Errorf("custody: the key is destroyed: %w", store.ErrNotFound)

// ContentKey is the key of one narrative, message or file, as sealed to one
// recipient.
type ContentKey struct {
	OwnerID       uuid.UUID `gorm:"primaryKey"`
	RecipientKind string    `gorm:"primaryKey"` // ToServer, ToUnit
	RecipientID   string    `gorm:"primaryKey"` // of the office; "" for the portal
	Generation    int       // of the office's key
	Sealed        []byte
}

// TableName is content_key.
func (ContentKey) TableName() string { return "content_key" }

// Handlers tells whom words about an office that works with the portal are sealed
// to when they lie on a desk: those who work cases there, and in the highest office
// above that has a key. None means that the portal itself keeps them: also where
// only an office above has a key, for the desk has to read what it is to settle.
func (d *Desk) Handlers(db *gorm.DB, desk uuid.UUID) ([]To, error) {
	keys, err := d.sound(db, Handling)
	if err != nil {
		return nil, err
	}
	own, has := keys[desk]
	if !has {
		return nil, nil
	}
	all := []To{own}
	for _, unit := range d.Atlas.Above(desk) {
		if one, has := keys[unit]; has && unit != desk {
			all = append(all[:1], one) // the highest takes the place of those between
		}
	}
	return all, nil
}

// Handler is the present key for handling of one office; false when it has none.
func (d *Desk) Handler(db *gorm.DB, unit uuid.UUID) (To, bool, error) {
	keys, err := d.sound(db, Handling)
	one, has := keys[unit]
	return one, has, err
}

// ContentKeys are the rows that keep the key of something written: sealed to each
// office, or to the portal itself where there is none. No secret is needed to make
// those of offices.
func (d *Desk) ContentKeys(owner uuid.UUID, key []byte, to []To) ([]any, error) {
	if len(to) == 0 {
		return []any{&ContentKey{OwnerID: owner, RecipientKind: ToServer, Generation: 1, Sealed: d.content.Shut(key, contentPlace(owner))}}, nil
	}
	rows := make([]any, len(to))
	for i, t := range to {
		sealed, err := t.Seal(key)
		if err != nil {
			return nil, err
		}
		rows[i] = &ContentKey{OwnerID: owner, RecipientKind: t.Kind, RecipientID: t.ID, Generation: t.Generation, Sealed: sealed}
	}
	return rows, nil
}

// contentPlace binds a key to what it opens.
func contentPlace(owner uuid.UUID) string { return "content:" + owner.String() }

// Content is what somebody's session makes of the key of one thing.
type Content struct {
	Key []byte
	Err error // staff.ErrNoKey, ErrNotMember: sealed to others; nil with a Key
}

// ContentKey opens the key of one thing: the portal's own, or an office's with the
// key of the officer's session (by.Key). The zero Officer is the portal itself, which
// opens no office's. Errors: ErrDestroyed, staff.ErrNoKey, ErrNotMember.
func (d *Desk) ContentKey(db *gorm.DB, by staff.Officer, owner uuid.UUID) ([]byte, error) {
	all, err := d.Contents(db, by, owner)
	if err != nil {
		return nil, err
	}
	c, is := all[owner]
	if !is {
		return nil, ErrDestroyed
	}
	return c.Key, c.Err
}

// Contents is ContentKey for several things. Those whose key is destroyed, or that
// never had one of their own, are left out.
func (d *Desk) Contents(db *gorm.DB, by staff.Officer, owners ...uuid.UUID) (map[uuid.UUID]Content, error) {
	all := make(map[uuid.UUID]Content, len(owners))
	if len(owners) == 0 {
		return all, nil
	}
	var rows []ContentKey
	if err := db.Where("owner_id IN ?", owners).Find(&rows).Error; err != nil {
		return nil, err
	}
	session := opened{d, db, by, map[string]opening{}}
	for _, r := range rows {
		if c, is := all[r.OwnerID]; is && c.Err == nil {
			continue
		}
		key, err := session.content(r)
		if err != nil && !errors.Is(err, staff.ErrNoKey) && !errors.Is(err, ErrNotMember) {
			return nil, err
		}
		all[r.OwnerID] = Content{key, err}
	}
	return all, nil
}

// opened are the keys of offices that a session opened while one request lasts.
type opened struct {
	desk *Desk
	db   *gorm.DB
	by   staff.Officer
	keys map[string]opening
}

type opening struct {
	secret secret
	err    error
}

func (o opened) content(r ContentKey) ([]byte, error) {
	if r.RecipientKind == ToServer {
		key, err := o.desk.content.Open(r.Sealed, contentPlace(r.OwnerID))
		if err != nil {
			return nil, fmt.Errorf("custody: the key of %s: %w", r.OwnerID, err)
		}
		return key, nil
	}
	which := fmt.Sprint(r.RecipientID, r.Generation)
	it, is := o.keys[which]
	if !is {
		it.secret, it.err = o.desk.handling(o.db, o.by, r.RecipientID, r.Generation)
		o.keys[which] = it
	}
	if it.err != nil {
		return nil, it.err
	}
	return it.secret.open(r.Sealed)
}

// handling opens a generation of an office's key for handling in the officer's
// session.
func (d *Desk) handling(db *gorm.DB, by staff.Officer, unit string, generation int) (secret, error) {
	if err := holds(by, by.Key); err != nil {
		return secret{}, err
	}
	if !by.May(Handling.permission()) {
		return secret{}, ErrNotMember
	}
	var k Key
	err := store.One(db.Where("unit_id = ? AND duty = ? AND generation = ?", unit, Handling, generation), &k)
	if errors.Is(err, store.ErrNotFound) {
		return secret{}, ErrNotMember
	}
	if err != nil {
		return secret{}, err
	}
	return unlock(db, k, by.Key)
}

// Reseal has the keys of things sealed to others, in the caller's transaction. A key
// that neither the portal nor the officer's session opens is left with those of them
// to whom it is sealed already, and with whoever has it where there are none: it is
// never lost. Without anybody to seal to it goes to the portal.
func (d *Desk) Reseal(tx *gorm.DB, by staff.Officer, to []To, owners ...uuid.UUID) error {
	keys, err := d.Contents(tx, by, owners...)
	if err != nil {
		return err
	}
	for owner, c := range keys {
		if c.Err != nil {
			err = leaveWith(tx, owner, to)
		} else {
			err = d.sealAnew(tx, owner, c.Key, to)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (d *Desk) sealAnew(tx *gorm.DB, owner uuid.UUID, key []byte, to []To) error {
	var rows []ContentKey
	if err := tx.Where("owner_id = ?", owner).Find(&rows).Error; err != nil {
		return err
	}
	same := len(rows) == max(len(to), 1)
	for _, r := range rows {
		same = same && (len(to) == 0 && r.RecipientKind == ToServer || slices.ContainsFunc(to, r.sealedTo))
	}
	if same {
		return nil
	}
	if err := tx.Where("owner_id = ?", owner).Delete(&ContentKey{}).Error; err != nil {
		return err
	}
	fresh, err := d.ContentKeys(owner, key, to)
	if err != nil {
		return err
	}
	return d.Store.InsertInto(tx, fresh...)
}

func (r ContentKey) sealedTo(t To) bool {
	return r.RecipientKind == t.Kind && r.RecipientID == t.ID && r.Generation == t.Generation
}

// leaveWith takes a key away from everybody but those named, if one of them has it.
func leaveWith(tx *gorm.DB, owner uuid.UUID, to []To) error {
	var units []string
	for _, t := range to {
		units = append(units, t.ID)
	}
	var stay int64
	err := tx.Model(&ContentKey{}).Where("owner_id = ? AND recipient_kind = ? AND recipient_id IN ?", owner, ToUnit, units).Count(&stay).Error
	if err != nil || stay == 0 {
		return err
	}
	return tx.Where("owner_id = ? AND NOT (recipient_kind = ? AND recipient_id IN ?)", owner, ToUnit, units).Delete(&ContentKey{}).Error
}

// Holders are the offices that have a key for handling.
func (d *Desk) Holders(db *gorm.DB) ([]uuid.UUID, error) {
	keys, err := d.sound(db, Handling)
	return slices.Collect(maps.Keys(keys)), err
}

// RenewContents seals up to limit keys that lie under an earlier key of the officer's
// office for handling to its present one, in a member's session and the caller's
// transaction, and reports how many. Errors: staff.ErrNoKey, ErrNotMember,
// store.ErrNotFound (the office has no key).
func (d *Desk) RenewContents(tx *gorm.DB, by staff.Officer, limit int) (n int, err error) {
	now, err := d.Present(tx, by.UnitID, Handling)
	if err != nil {
		return 0, err
	}
	var rows []ContentKey
	if err := olderContents(tx, now).Order("generation, owner_id").Limit(limit).Find(&rows).Error; err != nil {
		return 0, err
	}
	session := opened{d, tx, by, map[string]opening{}}
	for _, r := range rows {
		key, err := session.content(r)
		if err != nil {
			return n, err
		}
		sealed, err := now.Seal(key)
		if err != nil {
			return n, err
		}
		done := olderContents(tx, now).Where("owner_id = ?", r.OwnerID).Updates(map[string]any{"sealed": sealed, "generation": now.Generation})
		if done.Error != nil {
			return n, done.Error
		}
		n += int(done.RowsAffected)
	}
	return n, nil
}

// ContentsBehind reports whether something lies under an earlier key of an office for
// handling.
func (d *Desk) ContentsBehind(db *gorm.DB, unit uuid.UUID) (bool, error) {
	now, err := d.Present(db, unit, Handling)
	if err == nil {
		var r ContentKey
		err = store.One(olderContents(db, now).Select("owner_id").Limit(1), &r)
	}
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// olderContents narrows to keys that lie under earlier keys of an office. What lies
// under its key for names is not among them: that is another line in another table.
func olderContents(db *gorm.DB, now To) *gorm.DB {
	return db.Model(&ContentKey{}).Where("recipient_kind = ? AND recipient_id = ? AND generation < ?", now.Kind, now.ID, now.Generation)
}
