package custody

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"filippo.io/age"
	"github.com/google/uuid"
	"gorm.io/gorm"
)

// Kinds of recipients.
const (
	ToServer  = "server"  // the portal itself
	ToUnit    = "unit"    // the members of an office's key
	ToOffline = "offline" // keys that are on no server
)

// To is whom something is sealed to. It holds no secret.
type To struct {
	Kind       string // ToUnit, ToOffline
	ID         string // of the office; of an offline recipient the end of its hash
	Generation int    // of the office's key
	nested     []age.Recipient
	drawer     *drawer // nil: envelopes are made as they are needed
}

// For tells whom a reporter's name is sealed to when the report lies on an
// office's desk: the custodians of the nearest office in charge that has a key,
// and those of the highest, who stay when a matter turns out to accuse somebody
// nearer. Without any, the offline recipient; none at all means that only the
// portal itself can keep the name.
func (d *Desk) For(db *gorm.DB, desk uuid.UUID) ([]To, error) {
	keys, err := d.sound(db, Identity)
	if err != nil {
		return nil, err
	}
	var all []To
	for _, unit := range d.Atlas.Above(desk) {
		one, has := keys[unit]
		switch {
		case !has:
		case len(all) == 2:
			all[1] = one // the highest takes the place of those between
		default:
			all = append(all, one)
		}
	}
	if outside, is := d.Outside(); is && len(all) == 0 {
		all = append(all, outside)
	}
	return all, nil
}

// Outside are the keys for names that are on no server; false when there are none.
func (d *Desk) Outside() (To, bool) {
	return To{Kind: ToOffline, ID: offlineID(d.Offline), Generation: 1, nested: d.Offline}, len(d.Offline) > 0
}

// known are the keys of all offices, as they were read.
type known struct {
	keys map[Duty]map[uuid.UUID]To
	at   time.Time
}

// knownFor is how long a key that another replica made may stay unused: what is
// sealed to the one before meanwhile is moved like all that lies under it.
const knownFor = 5 * time.Second

// sound are the present keys of all offices that the portal vouches for. A key that
// was changed from outside is passed over: nobody is kept from reporting.
func (d *Desk) sound(db *gorm.DB, duty Duty) (map[uuid.UUID]To, error) {
	if k := d.known.Load(); k != nil && time.Since(k.at) < knownFor {
		return k.keys[duty], nil
	}
	now := &known{map[Duty]map[uuid.UUID]To{Identity: {}, Handling: {}}, time.Now()}
	var rows []Key
	if err := db.Where("state = ?", active).Limit(1000).Find(&rows).Error; err != nil {
		return nil, err
	}
	for _, k := range rows {
		if !hmac.Equal(k.Vouched, d.vouch(k)) {
			slog.Error("the key of an office was changed from outside", "component", "custody")
			continue
		}
		one, err := k.to()
		if err != nil {
			return nil, err
		}
		one.drawer = d.drawers.of(k.Recipient, one.nested[0])
		now.keys[k.Duty][k.UnitID] = one
	}
	d.known.Store(now)
	return now.keys[duty], nil
}

// Present is the present key of one office for a duty, or store.ErrNotFound.
func (d *Desk) Present(db *gorm.DB, unit uuid.UUID, duty Duty) (To, error) {
	k, err := d.activeKey(db, unit, duty)
	if err != nil {
		return To{}, err
	}
	return k.to()
}

func (k Key) to() (To, error) {
	to, err := age.ParseX25519Recipient(k.Recipient)
	return To{Kind: ToUnit, ID: k.UnitID.String(), Generation: k.Generation, nested: []age.Recipient{to}}, err
}

// Standing names the keys that can be sealed to at present; "" when there are
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

// Offices counts the offices that have a key for a duty.
func Offices(db *gorm.DB, duty Duty) (n int64, err error) {
	return n, db.Model(&Key{}).Where("duty = ? AND state = ?", duty, active).Count(&n).Error
}

// offlineID tells offline recipients apart.
func offlineID(to []age.Recipient) string {
	sum := sha256.Sum256([]byte(fmt.Sprint(to)))
	return hex.EncodeToString(sum[:8])
}

// Seal shuts plain so that To alone opens it.
func (t To) Seal(plain []byte) ([]byte, error) {
	if t.drawer == nil {
		return nest(plain, t.nested...)
	}
	e, err := t.drawer.take()
	if err != nil {
		return nil, err
	}
	return e.shut(plain)
}

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
		e, err := newEnvelope(to[i])
		if err != nil {
			return nil, err
		}
		if plain, err = e.shut(plain); err != nil {
			return nil, err
		}
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
