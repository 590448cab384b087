package staff

import (
	"bytes"
	"crypto/hmac"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"filippo.io/age"
	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/seal"
	"minsheng/internal/store"
)

// ErrNoKey means that somebody has no key that could be sealed to, or a session
// holds none: it began before they had one. Signing in again with a password of
// their own makes it.
var ErrNoKey = errors.New("staff: no key")

// Key opens what is sealed to one account. It exists in the memory of a request
// that came with the cookie of that person's session and nowhere else, and
// prints as nothing.
type Key struct {
	account  uuid.UUID
	identity *age.X25519Identity
}

// Account is whose key it is.
func (k *Key) Account() uuid.UUID { return k.account }

// Recipient is the public half.
func (k *Key) Recipient() string { return k.identity.Recipient().String() }

// Open opens what age sealed to this key.
func (k *Key) Open(sealed []byte) ([]byte, error) {
	if k == nil {
		return nil, ErrNoKey
	}
	plain, err := age.Decrypt(bytes.NewReader(sealed), k.identity)
	if err != nil {
		return nil, fmt.Errorf("staff: open with the key of an account: %w", err)
	}
	return io.ReadAll(plain)
}

// Format keeps the private half out of everything that prints a session.
func (k *Key) Format(f fmt.State, _ rune) { io.WriteString(f, "key") }

// LogValue does the same for logs.
func (k *Key) LogValue() slog.Value { return slog.StringValue("key") }

// keyRow is the key of an account as stored.
type keyRow struct {
	AccountID  uuid.UUID `gorm:"primaryKey"`
	Generation int
	Recipient  string
	Vouched    []byte
	Wrapped    []byte
	MadeAt     time.Time
}

func (keyRow) TableName() string { return "account_key" }

// place binds the private half to its row.
func (r keyRow) place() string { return fmt.Sprintf("staff:%s:%d", r.AccountID, r.Generation) }

// vouch is the portal's word that an account has that public key: whoever can
// write to the database only cannot put another in its place.
func (d *Desk) vouch(r keyRow) []byte {
	return d.keys.MAC("account-key", []byte(r.place()+":"+r.Recipient))
}

// PublicKey is what is sealed to an account with.
type PublicKey struct {
	Account    uuid.UUID
	Generation int // grows when a lost password costs the account its key
	Recipient  string
}

// PublicKeys finds the keys of accounts; accounts without one are left out. Pass
// the transaction inside Transact.
func (d *Desk) PublicKeys(db *gorm.DB, accounts ...uuid.UUID) (map[uuid.UUID]PublicKey, error) {
	keys := map[uuid.UUID]PublicKey{}
	if len(accounts) == 0 {
		return keys, nil
	}
	var rows []keyRow
	if err := db.Where("account_id IN ? AND wrapped IS NOT NULL", accounts).Find(&rows).Error; err != nil {
		return nil, err
	}
	for _, r := range rows {
		if !hmac.Equal(r.Vouched, d.vouch(r)) {
			return nil, fmt.Errorf("staff: the key of account %s was changed from outside: %w", r.AccountID, seal.ErrForged)
		}
		keys[r.AccountID] = PublicKey{r.AccountID, r.Generation, r.Recipient}
	}
	return keys, nil
}

// keyForSession unwraps the key of an account that signs in, or makes its first
// one, and shuts it for the session. It is nil while the password is one that
// somebody else set: they would hold the key too.
func (d *Desk) keyForSession(tx *gorm.DB, a accountRow, made derived, cookie string, session uuid.UUID) ([]byte, error) {
	if a.MustChange {
		return nil, nil
	}
	secret, err := d.ownKey(tx, a.ID, made.wrap, made.wrap)
	if err != nil {
		return nil, err
	}
	return sessionBox(cookie).Shut(secret, sessionPlace(session)), nil
}

// rewrap wraps the account's key under the new password, and gives it to the
// session if it had none.
func (d *Desk) rewrap(tx *gorm.DB, session sessionRow, cookie string, before, after derived) error {
	secret, err := d.ownKey(tx, session.AccountID, before.wrap, after.wrap)
	if err != nil {
		return err
	}
	sealed := sessionBox(cookie).Shut(secret, sessionPlace(session.ID))
	return tx.Model(&sessionRow{}).Where("id = ?", session.ID).Update("key_sealed", sealed).Error
}

// ownKey returns the private half of an account's key, made if there is none,
// and leaves it wrapped under the box after. The account is held.
func (d *Desk) ownKey(tx *gorm.DB, account uuid.UUID, before, after *seal.Box) ([]byte, error) {
	var r keyRow
	err := store.One(tx.Where("account_id = ?", account), &r)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	if r.Wrapped == nil {
		return d.newKey(tx, keyRow{AccountID: account, Generation: r.Generation + 1}, after)
	}
	secret, err := before.Open(r.Wrapped, r.place())
	if err != nil || before == after {
		return secret, err
	}
	set := map[string]any{"wrapped": after.Shut(secret, r.place())}
	return secret, tx.Model(&keyRow{}).Where("account_id = ?", account).Updates(set).Error
}

// newKey makes the key of a generation.
func (d *Desk) newKey(tx *gorm.DB, r keyRow, wrap *seal.Box) ([]byte, error) {
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		return nil, err
	}
	secret := []byte(identity.String())
	r.Recipient, r.MadeAt = identity.Recipient().String(), d.store.Now()
	r.Vouched, r.Wrapped = d.vouch(r), wrap.Shut(secret, r.place())
	if err := tx.Where("account_id = ?", r.AccountID).Delete(&keyRow{}).Error; err != nil {
		return nil, err
	}
	return secret, tx.Create(&r).Error
}

// loseKey forgets the private half; the generation stays, so that the next one
// is another.
func loseKey(tx *gorm.DB, account uuid.UUID) error {
	return tx.Model(&keyRow{}).Where("account_id = ?", account).Update("wrapped", nil).Error
}

// sessionBox shuts what a session holds, under its cookie: the database knows
// the cookie's hash only.
func sessionBox(cookie string) *seal.Box {
	return seal.BoxOf(stretched([]byte(cookie), "session-wrap/v1"))
}

func sessionPlace(session uuid.UUID) string { return "session:" + session.String() + ":key" }

// openKey is the key that a session holds; nil when it holds none.
func (r sessionRow) openKey(cookie string) (*Key, error) {
	if r.KeySealed == nil {
		return nil, nil
	}
	secret, err := sessionBox(cookie).Open(r.KeySealed, sessionPlace(r.ID))
	if err != nil {
		return nil, err
	}
	identity, err := age.ParseX25519Identity(string(secret))
	if err != nil {
		return nil, errors.New("staff: a session holds no key") // the parser's own error could quote it
	}
	return &Key{r.AccountID, identity}, nil
}

// moveKey shuts the key that a session holds for a new cookie.
func (r sessionRow) moveKey(old, new string) ([]byte, error) {
	if r.KeySealed == nil {
		return nil, nil
	}
	secret, err := sessionBox(old).Open(r.KeySealed, sessionPlace(r.ID))
	if err != nil {
		return nil, err
	}
	return sessionBox(new).Shut(secret, sessionPlace(r.ID)), nil
}
