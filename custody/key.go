package custody

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"filippo.io/age"
	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/seal"
	"minsheng/internal/store"
	"minsheng/staff"
)

// Duty is what an office's key is for.
type Duty string

// The two duties that an office holds keys for. They are held apart: who works
// cases or objections need not be able to open a name, and the other way round.
const (
	Identity Duty = "identity" // who reported, held by the office's custodians
	Handling Duty = "handling" // words about offices that work with the portal, held by who works cases or objections
)

// Duties lists both.
func Duties() []Duty { return []Duty{Identity, Handling} }

// permission is what a person must be allowed to hold the key of a duty.
func (duty Duty) permission() staff.Permission {
	if duty == Handling {
		return staff.HoldHandling
	}
	return staff.RevealIdentity
}

const (
	active  = "active"
	retired = "retired"
)

// Key is one generation of an office's key: its public half.
type Key struct {
	ID         uuid.UUID `gorm:"primaryKey"`
	UnitID     uuid.UUID
	Duty       Duty
	Generation int
	Recipient  string
	Vouched    []byte
	State      string // active, retired
	CreatedBy  uuid.UUID
	CreatedAt  time.Time
}

// TableName is unit_key.
func (Key) TableName() string { return "unit_key" }

// vouch is the portal's word that this is an office's key: whoever can write to
// the database only cannot put another in its place.
func (d *Desk) vouch(k Key) []byte {
	return d.Keys.MAC("unit-key", fmt.Appendf(nil, "%s:%s:%s:%d:%s", k.ID, k.UnitID, k.Duty, k.Generation, k.Recipient))
}

// memberRow is an office's private half, sealed to one of its members.
type memberRow struct {
	KeyID      uuid.UUID `gorm:"primaryKey"`
	AccountID  uuid.UUID `gorm:"primaryKey"`
	Generation int       `gorm:"primaryKey"` // of the account's key
	Recipient  string
	Wrapped    []byte
	Proof      []byte
	AdmittedBy uuid.UUID
	At         time.Time
}

func (memberRow) TableName() string { return "unit_key_member" }

// activeKey is the key that is sealed to for an office and a duty, or
// store.ErrNotFound.
func (d *Desk) activeKey(db *gorm.DB, unit uuid.UUID, duty Duty) (k Key, err error) {
	err = store.One(db.Where("unit_id = ? AND duty = ? AND state = ?", unit, duty, active), &k)
	if err == nil && !hmac.Equal(k.Vouched, d.vouch(k)) {
		err = fmt.Errorf("custody: the key of office %s was changed from outside: %w", unit, seal.ErrForged)
	}
	return k, err
}

// secret is the private half of an office's key while a member's request lasts.
type secret struct {
	key      Key
	identity *age.X25519Identity
}

// newSecret makes the next key of an office.
func (d *Desk) newSecret(unit uuid.UUID, duty Duty, generation int, by uuid.UUID) (secret, error) {
	made, err := age.GenerateX25519Identity()
	if err != nil {
		return secret{}, err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return secret{}, err
	}
	k := Key{ID: id, UnitID: unit, Duty: duty, Generation: generation, Recipient: made.Recipient().String(),
		State: active, CreatedBy: by, CreatedAt: d.Store.Now()}
	k.Vouched = d.vouch(k)
	return secret{k, made}, nil
}

// unlock opens an office's private half with the key of a member's session, or
// returns ErrNotMember.
func unlock(db *gorm.DB, k Key, own *staff.Key) (secret, error) {
	if own == nil {
		return secret{}, staff.ErrNoKey
	}
	var m memberRow
	err := store.One(db.Where("key_id = ? AND account_id = ? AND recipient = ?", k.ID, own.Account(), own.Recipient()), &m)
	if errors.Is(err, store.ErrNotFound) {
		return secret{}, ErrNotMember
	}
	if err != nil {
		return secret{}, err
	}
	plain, err := own.Open(m.Wrapped)
	if err != nil {
		return secret{}, ErrNotMember // not what a member wrote
	}
	return k.from(string(plain))
}

// from reads a private half and holds it against the public one.
func (k Key) from(text string) (secret, error) {
	read, err := age.ParseX25519Identity(text)
	if err != nil || read.Recipient().String() != k.Recipient {
		return secret{}, ErrNotMember // the parser's own error could quote it
	}
	return secret{k, read}, nil
}

// wrap seals the private half to an account, and proves that whoever wrote the
// line held it: a line that somebody smuggled into the database is passed over
// when the key is handed on.
func (s secret) wrap(tx *gorm.DB, to staff.PublicKey, by uuid.UUID, at time.Time) error {
	sealed, err := sealTo([]byte(s.identity.String()), to.Recipient)
	if err != nil {
		return err
	}
	row := memberRow{KeyID: s.key.ID, AccountID: to.Account, Generation: to.Generation, Recipient: to.Recipient, Wrapped: sealed, AdmittedBy: by, At: at}
	row.Proof = s.proof(row)
	return tx.Create(&row).Error
}

func (s secret) proof(m memberRow) []byte {
	key, err := hkdf.Key(sha256.New, []byte(s.identity.String()), nil, "custody-roster/v1", 32)
	if err != nil {
		panic(err) // the length is fixed
	}
	h := hmac.New(sha256.New, key)
	fmt.Fprintf(h, "%s:%s:%d:%s", m.KeyID, m.AccountID, m.Generation, m.Recipient)
	return h.Sum(nil)
}

// proven are the members of a key whose lines a member wrote.
func (s secret) proven(db *gorm.DB) ([]memberRow, error) {
	rows, err := membersOf(db, s.key.ID)
	var all []memberRow
	for _, r := range rows {
		if hmac.Equal(r.Proof, s.proof(r)) {
			all = append(all, r)
		}
	}
	return all, err
}

// membersOf lists who a key is sealed to, at most 100.
func membersOf(db *gorm.DB, key uuid.UUID) (rows []memberRow, err error) {
	return rows, db.Where("key_id = ?", key).Order("at, account_id").Limit(100).Find(&rows).Error
}
