package intake

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/custody"
	"minsheng/internal/evidence"
	"minsheng/internal/seal"
	"minsheng/internal/store"
	"minsheng/staff"
)

var (
	// ErrErased means that what a file opens with was destroyed, as was decided.
	ErrErased = errors.New("intake: the file was erased")
	// ErrLocked means that a file, or what an office wrote, is sealed to people of whom
	// the officer is none.
	ErrLocked = errors.New("intake: sealed to others")
)

// originalKey is the key of a picture as a reporter handed it in, sealed to one of
// those who keep the name.
type originalKey struct {
	FileID        uuid.UUID `gorm:"primaryKey"`
	RecipientKind string    `gorm:"primaryKey"` // custody.ToUnit, custody.ToOffline
	RecipientID   string    `gorm:"primaryKey"`
	Generation    int
	Sealed        []byte
}

// TableName is original_key.
func (originalKey) TableName() string { return "original_key" }

// filePlain is what a box of age holds of a file's key: which file it opens, for a
// box does not know in which row it lies.
type filePlain struct {
	File uuid.UUID
	Key  []byte
}

// bind gives the files staged for a form to what a reporter wrote, and their keys to
// whom they are for.
func (d *Desk) bind(tx *gorm.DB, form []byte, kind string, owner, desk uuid.UUID, words []custody.To) (evidence.Bound, error) {
	files, err := d.shelf.Bind(tx, form, kind, owner)
	if err != nil || len(files) == 0 {
		return nil, err
	}
	return files, d.keepFiles(tx, desk, words, files...)
}

// keepFiles hands on the keys of files that a reporter sent, in the transaction that
// binds them: of a picture as it came, to those who keep names on the desk; of
// voice, film and PDF, which tell who speaks and of which there is no clean copy,
// to those who work its cases; of the rest to whoever reads the words (nil: the
// portal itself). What nobody has a key for stays with the portal.
func (d *Desk) keepFiles(tx *gorm.DB, desk uuid.UUID, words []custody.To, files ...evidence.File) error {
	for _, f := range files {
		keys, err := d.shelf.Keys(f)
		if err != nil {
			return err
		}
		to := words
		if f.Media != "image" {
			if to, err = d.listeners(tx, desk, words); err != nil {
				return err
			}
		}
		if keys.Given != nil {
			rows, err := d.contents.ContentKeys(f.ID, keys.Given, to)
			if err != nil {
				return err
			}
			if err := d.store.InsertInto(tx, rows...); err != nil {
				return err
			}
		}
		kept := false
		if keys.Original != nil {
			if kept, err = d.keepOriginal(tx, desk, f.ID, keys.Original); err != nil {
				return err
			}
		}
		if err := d.shelf.Release(tx, f.ID, kept); err != nil {
			return err
		}
	}
	return nil
}

// listeners are those to whom voice is sealed that lies on a desk.
func (d *Desk) listeners(db *gorm.DB, desk uuid.UUID, words []custody.To) ([]custody.To, error) {
	if len(words) > 0 || d.custody == nil {
		return words, nil
	}
	return d.custody.Handlers(db, desk)
}

// keepOriginal seals the key of a picture as it came to those who keep names; false
// where there are none yet.
func (d *Desk) keepOriginal(tx *gorm.DB, desk, file uuid.UUID, key []byte) (bool, error) {
	to, err := d.custodians(tx, desk)
	if err != nil || len(to) == 0 {
		return false, err
	}
	rows := make([]any, len(to))
	for i, t := range to {
		sealed, err := sealFileKey(t, file, key)
		if err != nil {
			return false, err
		}
		rows[i] = &originalKey{FileID: file, RecipientKind: t.Kind, RecipientID: t.ID, Generation: t.Generation, Sealed: sealed}
	}
	return true, d.store.InsertInto(tx, rows...)
}

// sealFileKey seals the key of a file to somebody. For keys outside it is a file of
// identities as stock age reads them: what else opens it stands on no server.
func sealFileKey(to custody.To, file uuid.UUID, key []byte) ([]byte, error) {
	if to.Kind == custody.ToOffline {
		return to.Seal(fmt.Appendf(nil, "# %s\n%s\n", file, key))
	}
	plain, err := json.Marshal(filePlain{file, key})
	if err != nil {
		return nil, err
	}
	return to.Seal(plain)
}

// OpenFile gives out a file that a reporter sent, in the officer's session: the
// clean copy of a picture, anything else as it came. Whoever calls has checked that
// the officer may read it, has written that down, and closes content. Errors:
// store.ErrNotFound, ErrErased, ErrLocked.
func (d *Desk) OpenFile(ctx context.Context, by staff.Officer, file uuid.UUID) (f evidence.File, content io.ReadCloser, name string, err error) {
	f, content, name, err = d.shelf.Open(ctx, file)
	if errors.Is(err, evidence.ErrDestroyed) {
		err = ErrErased
	}
	if !errors.Is(err, evidence.ErrKept) {
		return f, content, name, err
	}
	key, err := d.contents.ContentKey(d.store.Read(ctx), by, file)
	switch {
	case errors.Is(err, custody.ErrDestroyed):
		err = ErrErased
	case errors.Is(err, staff.ErrNoKey), errors.Is(err, custody.ErrNotMember):
		err = fmt.Errorf("%w: %w", ErrLocked, err)
	}
	if err != nil {
		return evidence.File{}, nil, "", err
	}
	return d.shelf.OpenWith(ctx, file, key)
}

// Opens returns the error with which OpenFile would answer, without opening anything:
// nobody is written down as having seen what they could not.
func (d *Desk) Opens(ctx context.Context, by staff.Officer, file uuid.UUID) error {
	_, content, _, err := d.OpenFile(ctx, by, file)
	if err == nil {
		err = content.Close()
	}
	return err
}

// Locked tells which of some files OpenFile would answer with ErrLocked.
func (d *Desk) Locked(ctx context.Context, by staff.Officer, files ...evidence.File) (map[uuid.UUID]bool, error) {
	ids := make([]uuid.UUID, len(files))
	for i, f := range files {
		ids[i] = f.ID
	}
	keys, err := d.contents.Contents(d.store.Read(ctx), by, ids...)
	locked := map[uuid.UUID]bool{}
	for id, key := range keys {
		if key.Err != nil {
			locked[id] = true
		}
	}
	return locked, err
}

// Pictures lists the pictures that came with a report and with what its reporter
// wrote later, at most 500.
func (d *Desk) Pictures(ctx context.Context, report uuid.UUID) ([]evidence.File, error) {
	var messages []uuid.UUID
	err := d.store.Read(ctx).Model(&messageRow{}).Where("report_id = ? AND side = ?", report, fromReporter).Order("at, id").Limit(maxTalk).Pluck("id", &messages).Error
	if err != nil {
		return nil, err
	}
	files, err := d.shelf.Of(ctx, "report", report)
	if err != nil {
		return nil, err
	}
	later, err := d.shelf.Of(ctx, "message", messages...)
	var pictures []evidence.File
	for _, f := range append(files, later...) {
		if f.Media == "image" {
			pictures = append(pictures, f)
		}
	}
	return pictures, err
}

// UnsealOriginals opens the keys of a report's pictures as they came, by file, in the
// session of a custodian; those of before, which have no key of their own, and those
// that this session does not open are left out. Whoever calls has checked that
// somebody else asked, and records it.
func (d *Desk) UnsealOriginals(tx *gorm.DB, by staff.Officer, report uuid.UUID) (map[uuid.UUID][]byte, error) {
	pictures, err := d.Pictures(tx.Statement.Context, report)
	if err != nil {
		return nil, err
	}
	keys := map[uuid.UUID][]byte{}
	for _, f := range pictures {
		key, err := d.unsealOriginal(tx, by, f)
		switch {
		case errors.Is(err, custody.ErrNotMember), errors.Is(err, ErrOffline), errors.Is(err, store.ErrNotFound):
		case err != nil:
			return nil, err
		case key != nil:
			keys[f.ID] = key
		}
	}
	return keys, nil
}

// Offlined is the key of a picture as it came, as it is sealed to the offline recipient.
type Offlined struct {
	FileID uuid.UUID
	Sealed []byte
}

// OfflineOriginals are the keys of a report's pictures that open with keys outside only,
// at most 500. Whoever calls has checked that the officer may take them, and records it.
func (d *Desk) OfflineOriginals(tx *gorm.DB, report uuid.UUID) (all []Offlined, err error) {
	pictures, err := d.Pictures(tx.Statement.Context, report)
	if err != nil {
		return nil, err
	}
	for _, f := range pictures {
		var r originalKey
		err := store.One(tx.Where("file_id = ? AND recipient_kind = ?", f.ID, custody.ToOffline).Limit(1), &r)
		switch {
		case err == nil:
			all = append(all, Offlined{f.ID, r.Sealed})
		case !errors.Is(err, store.ErrNotFound):
			return nil, err
		}
	}
	return all, nil
}

// OriginalsHere reports whether a report came with a picture that opens here as it came:
// to custodians, or, as long as there are none, to the portal.
func (d *Desk) OriginalsHere(db *gorm.DB, report uuid.UUID) (bool, error) {
	var f struct{ ID uuid.UUID }
	err := store.One(db.Table("evidence_file").Select("id").Where("id IN "+filesAbout, report, report).
		Where("original_key_sealed IS NOT NULL OR id IN (SELECT file_id FROM original_key WHERE recipient_kind = ?)", custody.ToUnit), &f)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

func (d *Desk) unsealOriginal(tx *gorm.DB, by staff.Officer, f evidence.File) ([]byte, error) {
	here, err := d.shelf.Keys(f)
	if err != nil || here.Original != nil {
		return here.Original, err
	}
	var rows []originalKey
	if err := tx.Where("file_id = ?", f.ID).Order("recipient_kind DESC, recipient_id").Limit(10).Find(&rows).Error; err != nil {
		return nil, err
	}
	err = nil
	for _, r := range rows {
		if r.RecipientKind != custody.ToUnit {
			err = ErrOffline
			continue
		}
		plain, opened := d.openOriginal(tx, by, r)
		if opened == nil {
			return plain, nil
		}
		if err = opened; !errors.Is(err, custody.ErrNotMember) {
			return nil, err
		}
	}
	return nil, err
}

// openOriginal opens one line of original_key in a member's session.
func (d *Desk) openOriginal(tx *gorm.DB, by staff.Officer, r originalKey) ([]byte, error) {
	unit, err := uuid.Parse(r.RecipientID)
	if err != nil {
		return nil, err
	}
	plain, err := d.custody.Open(tx, by, by.Key, unit, r.Generation, r.Sealed)
	if err != nil {
		return nil, err
	}
	return fileKeyIn(r.FileID, plain)
}

func fileKeyIn(file uuid.UUID, plain []byte) ([]byte, error) {
	var p filePlain
	if err := json.Unmarshal(plain, &p); err != nil {
		return nil, err
	}
	if p.File != file {
		return nil, fmt.Errorf("intake: the key of another file lay with %s: %w", file, seal.ErrForged)
	}
	return p.Key, nil
}

// ShutOriginalFor seals the key of a picture that was unsealed to one recipient.
func ShutOriginalFor(file uuid.UUID, key []byte, recipient string) ([]byte, error) {
	plain, err := json.Marshal(filePlain{file, key})
	if err != nil {
		return nil, err
	}
	return custody.SealTo(plain, recipient)
}

// OpenOriginal gives out a picture as it came, with what ShutOriginalFor sealed to
// the key of the session. Errors: store.ErrNotFound, staff.ErrNoKey.
func (d *Desk) OpenOriginal(ctx context.Context, own *staff.Key, file uuid.UUID, sealed []byte) (f evidence.File, content io.ReadCloser, name string, err error) {
	plain, err := own.Open(sealed)
	if err != nil {
		return f, nil, "", err
	}
	key, err := fileKeyIn(file, plain)
	if err != nil {
		return f, nil, "", err
	}
	return d.shelf.OpenOriginal(ctx, file, key)
}
