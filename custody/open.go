package custody

import (
	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/store"
	"minsheng/staff"
)

// Open opens what was sealed to a generation of an office's key, in the session
// whose key is given. Whoever calls has checked that the officer may, and that
// somebody else asked. Errors: staff.ErrNoKey, ErrNotMember.
func (d *Desk) Open(db *gorm.DB, by staff.Officer, own *staff.Key, unit uuid.UUID, generation int, sealed []byte) ([]byte, error) {
	if err := by.Require(staff.RevealIdentity); err != nil {
		return nil, err
	}
	if err := holds(by, own); err != nil {
		return nil, err
	}
	var k Key
	if err := store.One(db.Where("unit_id = ? AND duty = ? AND generation = ?", unit, Identity, generation), &k); err != nil {
		return nil, err
	}
	s, err := unlock(db, k, own)
	if err != nil {
		return nil, err
	}
	return s.open(sealed)
}
