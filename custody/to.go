package custody

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"filippo.io/age"
	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/seal"
	"minsheng/internal/store"
)

// Kinds of recipients.
const (
	ToUnit    = "unit"    // the custodians of an office
	ToOffline = "offline" // keys that are on no server
)

// To is whom something is sealed to. It holds no secret.
type To struct {
	Kind       string // ToUnit, ToOffline
	ID         string // of the office; of an offline recipient the end of its hash
	Generation int    // of the office's key
	nested     []age.Recipient
}

// For tells whom a reporter's name is sealed to when the report lies on an
// office's desk: the custodians of the nearest office in charge that has a key,
// and those of the highest, who stay when a matter turns out to accuse somebody
// nearer. Without any, the offline recipient; none at all means that only the
// portal itself can keep the name.
func (d *Desk) For(db *gorm.DB, desk uuid.UUID) ([]To, error) {
	var all []To
	for _, unit := range d.Atlas.Above(desk) {
		k, err := d.activeKey(db, unit)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if errors.Is(err, seal.ErrForged) {
			// Nobody is kept from reporting: the name goes to whose key is sound.
			slog.Error("the key of an office was changed from outside", "component", "custody")
			continue
		}
		if err != nil {
			return nil, err
		}
		one, err := k.to()
		if err != nil {
			return nil, err
		}
		if len(all) == 2 {
			all[1] = one // the highest takes the place of those between
		} else {
			all = append(all, one)
		}
	}
	if len(all) == 0 && len(d.Offline) > 0 {
		all = append(all, To{ToOffline, offlineID(d.Offline), 1, d.Offline})
	}
	return all, nil
}

// Present is the present key of one office, or store.ErrNotFound.
func (d *Desk) Present(db *gorm.DB, unit uuid.UUID) (To, error) {
	k, err := d.activeKey(db, unit)
	if err != nil {
		return To{}, err
	}
	return k.to()
}

func (k Key) to() (To, error) {
	to, err := age.ParseX25519Recipient(k.Recipient)
	return To{ToUnit, k.UnitID.String(), k.Generation, []age.Recipient{to}}, err
}

// Standing names the keys that names can be sealed to at present; "" when there are
// none. It changes whenever a key is made.
func (d *Desk) Standing(db *gorm.DB) (string, error) {
	var ids []string
	if err := db.Model(&Key{}).Where("state = ?", active).Order("id").Limit(1000).Pluck("id", &ids).Error; err != nil {
		return "", err
	}
	if len(d.Offline) > 0 {
		ids = append(ids, offlineID(d.Offline))
	}
	return strings.Join(ids, " "), nil
}

// offlineID tells offline recipients apart.
func offlineID(to []age.Recipient) string {
	sum := sha256.Sum256([]byte(fmt.Sprint(to)))
	return hex.EncodeToString(sum[:8])
}

// Seal shuts plain so that To alone opens it.
func (t To) Seal(plain []byte) ([]byte, error) { return nest(plain, t.nested...) }

// SealTo shuts plain for one age recipient.
func SealTo(plain []byte, recipient string) ([]byte, error) { return sealTo(plain, recipient) }

func sealTo(plain []byte, recipient string) ([]byte, error) {
	to, err := age.ParseX25519Recipient(recipient)
	if err != nil {
		return nil, err
	}
	return nest(plain, to)
}

// nest shuts plain for the last recipient first, so that the first one opens the
// outer shell: age -d with the first key, then age -d with the next.
func nest(plain []byte, to ...age.Recipient) ([]byte, error) {
	for i := len(to) - 1; i >= 0; i-- {
		var out bytes.Buffer
		w, err := age.Encrypt(&out, to[i])
		if err != nil {
			return nil, err
		}
		if _, err := w.Write(plain); err != nil {
			return nil, err
		}
		if err := w.Close(); err != nil { // writes what is left
			return nil, err
		}
		plain = out.Bytes()
	}
	return plain, nil
}

// recipients reads age recipients with commas or spaces between them.
func recipients(text string) (all []age.Recipient, err error) {
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' }) {
		to, err := age.ParseX25519Recipient(word)
		if err != nil {
			return nil, errors.New("not an age recipient (age1…)")
		}
		all = append(all, to)
	}
	return all, nil
}

// open opens what was sealed to an office's key.
func (s secret) open(sealed []byte) ([]byte, error) {
	r, err := age.Decrypt(bytes.NewReader(sealed), s.identity)
	if err != nil {
		return nil, fmt.Errorf("custody: open: %w", err)
	}
	return io.ReadAll(r)
}
