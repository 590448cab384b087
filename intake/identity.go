package intake

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"
	"gorm.io/gorm"

	"minsheng/custody"
	"minsheng/internal/seal"
	"minsheng/internal/store"
	"minsheng/staff"
)

var (
	// ErrKept means that only custodians can open a name, in their sessions.
	ErrKept = errors.New("intake: the name is kept by custodians")
	// ErrOffline means that a name opens outside the portal only.
	ErrOffline = errors.New("intake: the name opens offline only")
)

// kept is what a custodian's key opens: a name with the report that it belongs
// to, for a box of age does not know in which row it lies.
type kept struct {
	Report uuid.UUID
	Identity
}

// keptSize: boxes are filled up to whole multiples of it, in bytes, so that their
// length tells neither how long a name is nor, mostly, whether words lie with it.
const keptSize = 256

// keepIdentity seals who wrote a report to the custodians that answer for a desk,
// or, as long as there are none, to the portal itself. Where custodians keep it,
// the name and phone are covered in the words, which more people read.
func (d *Desk) keepIdentity(db *gorm.DB, report, desk uuid.UUID, told Narrative, who Identity) (Narrative, []any, error) {
	to, err := d.custodians(db, desk)
	if err != nil {
		return told, nil, err
	}
	if len(to) == 0 {
		blob, err := toServer(d.identityBox, report, "identity", who)
		return told, []any{blob}, err
	}
	covered, changed := told.cover(who)
	if changed {
		who.Said = &told
	}
	rows, err := sealedFor(report, who, to)
	return covered, rows, err
}

func (d *Desk) custodians(db *gorm.DB, desk uuid.UUID) ([]custody.To, error) {
	if d.custody == nil {
		return nil, nil
	}
	return d.custody.For(db, desk)
}

// sealedFor seals a name to each recipient, at the same time: it is most of what
// keeping a name costs.
func sealedFor(report uuid.UUID, who Identity, to []custody.To) ([]any, error) {
	plain, err := kept{report, who}.padded()
	if err != nil {
		return nil, err
	}
	rows := make([]any, len(to))
	var sealing errgroup.Group
	for i, t := range to {
		sealing.Go(func() error {
			sealed, err := t.Seal(plain)
			rows[i] = &sealedBlob{OwnerID: report, Kind: "identity", RecipientKind: t.Kind, RecipientID: t.ID, Generation: t.Generation, Ciphertext: sealed}
			return err
		})
	}
	return rows, sealing.Wait()
}

func (k kept) padded() ([]byte, error) { return padded(k) }

// padded writes what goes into a box, filled up.
func padded(what any) ([]byte, error) {
	plain, err := json.Marshal(what)
	return append(plain, bytes.Repeat([]byte(" "), keptSize-len(plain)%keptSize)...), err
}

// keptBy reads what a custodian's key opened for a report.
func keptBy(report uuid.UUID, plain []byte) (Identity, error) {
	var k kept
	if err := json.Unmarshal(plain, &k); err != nil {
		return Identity{}, err
	}
	if k.Report != report {
		return Identity{}, fmt.Errorf("intake: the name of another report lay with %s: %w", report, seal.ErrForged)
	}
	return k.Identity, nil
}

// KeepAbove takes a name, pictures as they came, and what was noted because of them,
// away from custodians of offices below a desk, in the caller's transaction: the matter
// moved up because it accuses one of them. Where nobody higher holds it, it stays.
func (d *Desk) KeepAbove(tx *gorm.DB, report, desk uuid.UUID) error {
	var above []string
	for _, unit := range d.atlas.Above(desk) {
		above = append(above, unit.String())
	}
	if err := keepOriginalsAbove(tx, report, above); err != nil {
		return err
	}
	if err := keepNotesAbove(tx, report, above); err != nil {
		return err
	}
	if has, err := exists(tx.Where("owner_id = ? AND kind = 'identity' AND recipient_kind = ? AND recipient_id IN ?", report, custody.ToUnit, above)); err != nil || !has {
		return err
	}
	return tx.Where("owner_id = ? AND kind = 'identity' AND recipient_kind = ? AND recipient_id NOT IN ?", report, custody.ToUnit, above).
		Delete(&sealedBlob{}).Error
}

// Identity opens who a reporter said they are where the portal itself keeps it;
// ErrKept where custodians do, store.ErrNotFound when anonymous. It serves checks
// that show it to nobody.
func (d *Desk) Identity(ctx context.Context, report uuid.UUID) (who Identity, err error) {
	blobs, err := identityBlobs(d.store.Read(ctx), report)
	if err != nil {
		return who, err
	}
	for _, b := range blobs {
		if b.RecipientKind == "server" {
			return who, b.open(d.identityBox, &who)
		}
	}
	return who, ErrKept
}

func identityBlobs(db *gorm.DB, report uuid.UUID) (blobs []sealedBlob, err error) {
	err = db.Where("owner_id = ? AND kind = 'identity'", report).Limit(10).Find(&blobs).Error
	if err == nil && len(blobs) == 0 {
		err = store.ErrNotFound
	}
	return blobs, err
}

// Unseal opens who a reporter said they are in the session of a custodian who
// holds a key that it is sealed to. Whoever calls has checked that somebody else
// asked, and records it. Errors: store.ErrNotFound when anonymous,
// staff.ErrNoKey, custody.ErrNotMember, ErrOffline.
func (d *Desk) Unseal(db *gorm.DB, by staff.Officer, own *staff.Key, report uuid.UUID) (who Identity, err error) {
	blobs, err := identityBlobs(db, report)
	if err != nil {
		return who, err
	}
	err = ErrOffline
	for _, b := range blobs {
		switch b.RecipientKind {
		case "server":
			return who, b.open(d.identityBox, &who)
		case custody.ToUnit:
			if who, err = d.unsealed(db, by, own, b); !errors.Is(err, custody.ErrNotMember) {
				return who, err
			}
		}
	}
	return who, err
}

// unsealed opens a box that lies with an office's custodians.
func (d *Desk) unsealed(db *gorm.DB, by staff.Officer, own *staff.Key, b sealedBlob) (Identity, error) {
	unit, err := uuid.Parse(b.RecipientID)
	if err != nil {
		return Identity{}, err
	}
	plain, err := d.custody.Open(db, by, own, unit, b.Generation, b.Ciphertext)
	if err != nil {
		return Identity{}, err
	}
	return keptBy(b.OwnerID, plain)
}

// Offline is the name of a report as it is sealed to the offline recipient, for
// whoever holds that key on a machine of their own; store.ErrNotFound when it is
// not sealed to one.
func (d *Desk) Offline(db *gorm.DB, report uuid.UUID) ([]byte, error) {
	var b sealedBlob
	err := store.One(db.Where("owner_id = ? AND kind = 'identity' AND recipient_kind = ?", report, custody.ToOffline), &b)
	return b.Ciphertext, err
}

// ShutFor seals a name that was unsealed for a report to one recipient.
func ShutFor(report uuid.UUID, who Identity, recipient string) ([]byte, error) {
	plain, err := kept{report, who}.padded()
	if err != nil {
		return nil, err
	}
	return custody.SealTo(plain, recipient)
}

// ReadFor opens what ShutFor sealed, with the key of the session that it was
// sealed to.
func ReadFor(report uuid.UUID, own *staff.Key, sealed []byte) (Identity, error) {
	plain, err := own.Open(sealed)
	if err != nil {
		return Identity{}, err
	}
	return keptBy(report, plain)
}
