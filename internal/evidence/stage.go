package evidence

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"filippo.io/age"
	"github.com/google/uuid"
	"gorm.io/gorm"
)

// pieceSize is what a stalled upload holds at first. It is also the head from
// which the kind is told. Written in pieces of this size, the buffer inside
// age ends at 80 KB and not at 128: a stalled upload costs 100 KB at most.
const pieceSize = 20 << 10

// arrival is a file whose blobs are on disk but that has no row yet.
type arrival struct {
	kind        kind
	contentType string // of what is given out
	size        int64
	sum         []byte
	original    string
	derivative  string
	key         *age.X25519Identity // of the original
	copyKey     *age.X25519Identity // of the clean copy; nil where there is none
}

// Stage reads one file of the form formKey into the shelf. It stays staged for
// 24 hours, until Bind gives it an owner. r may end early or never; limits are
// applied while reading. The same bytes staged twice for one form (a retry
// whose first answer was lost) are one file.
//
// Errors: the refusals above, or the error of r or of the database.
func (s *Shelf) Stage(ctx context.Context, formKey []byte, name string, r io.Reader) (File, error) {
	return s.stage(ctx, formKey, name, r, tell)
}

// stage takes in what tell takes.
func (s *Shelf) stage(ctx context.Context, formKey []byte, name string, r io.Reader, tell teller) (File, error) {
	if len(formKey) == 0 {
		return File{}, errors.New("evidence: no form to stage for")
	}
	waiting, err := s.Staged(ctx, formKey)
	if err != nil {
		return File{}, err
	}
	room, err := roomLeft(waiting)
	if err != nil {
		return File{}, err
	}
	if err := s.crowded(ctx); err != nil {
		return File{}, err
	}
	name = CleanName(name)
	a, err := s.receive(ctx, extension(name), r, room, tell)
	if err != nil {
		return File{}, err
	}
	kept, err := s.finish(ctx, formKey, name, &a)
	if err != nil || kept.Original != a.original {
		s.discard(ctx, a.original, a.derivative)
	}
	if err != nil {
		return File{}, err
	}
	return s.file(kept)
}

// crowded returns ErrFull when files that nobody has handed in yet take up all
// that is set aside for them: picking files costs no captcha, and a disk full
// of them would stop reports.
func (s *Shelf) crowded(ctx context.Context) error {
	var waiting int64
	err := s.store.Read(ctx).Raw("SELECT COALESCE(SUM(size), 0) FROM evidence_file WHERE expires_at IS NOT NULL").Scan(&waiting).Error
	if err == nil && waiting >= s.maxStaged {
		return ErrFull
	}
	return err
}

// finish makes the clean copy and writes the row.
func (s *Shelf) finish(ctx context.Context, formKey []byte, name string, a *arrival) (row, error) {
	a.contentType = a.kind.contentType
	if a.kind.media == "image" {
		if err := s.cleanCopy(ctx, a); err != nil {
			return row{}, err
		}
	}
	return s.enter(ctx, formKey, name, *a)
}

// roomLeft is how many bytes the next file of a form may have.
func roomLeft(waiting []File) (int64, error) {
	if len(waiting) >= MaxFiles {
		return 0, ErrTooMany
	}
	room := int64(MaxTotalSize)
	for _, f := range waiting {
		room -= f.Size
	}
	if room <= 0 {
		return 0, ErrTooMany
	}
	return room, nil
}

// within says which limit a file of size bytes breaks, given the room that its
// form has left.
func within(size, room int64) error {
	switch {
	case size > MaxFileSize:
		return ErrTooLarge
	case size > room:
		return ErrTooMany
	}
	return nil
}

// receive streams r into an encrypted blob of at most room plain bytes. No
// blob is begun before the first piece has shown what the file is.
func (s *Shelf) receive(ctx context.Context, ext string, r io.Reader, room int64, tell teller) (arrival, error) {
	piece := make([]byte, pieceSize)
	n, last, err := fill(ctx, r, piece)
	if err != nil {
		return arrival{}, err
	}
	if n == 0 {
		return arrival{}, ErrEmpty
	}
	k, err := tell(piece[:n], ext)
	if err != nil {
		return arrival{}, err
	}
	draft, err := s.blobs.Create(ctx)
	if err != nil {
		return arrival{}, err
	}
	defer draft.Abort()
	key, err := newKey()
	if err != nil {
		return arrival{}, err
	}
	sealed, err := age.Encrypt(draft, key.Recipient())
	if err != nil {
		return arrival{}, err
	}
	a := arrival{kind: k, key: key}
	sum, tail := sha256.New(), &archiveTail{}
	whole := &whole{wanted: k.check != nil}
	out := io.MultiWriter(sum, tail, whole, sealed)
	for {
		a.size += int64(n)
		if err := within(a.size, room); err != nil {
			return arrival{}, err
		}
		if _, err := out.Write(piece[:n]); err != nil {
			return arrival{}, err
		}
		if last {
			break
		}
		if n, last, err = fill(ctx, r, piece); err != nil {
			return arrival{}, err
		}
	}
	if err := looked(k, tail, whole); err != nil {
		return arrival{}, err
	}
	if err := sealed.Close(); err != nil {
		return arrival{}, err
	}
	a.sum = sum.Sum(nil)
	a.original, err = draft.Commit()
	return a, err
}

// teller decides from its first bytes and the extension of its name what a file
// is.
type teller func(head []byte, ext string) (kind, error)

// whole keeps all bytes of a file of a kind that has to be looked at.
type whole struct {
	wanted bool
	bytes.Buffer
}

func (w *whole) Write(p []byte) (int, error) {
	if !w.wanted {
		return len(p), nil
	}
	return w.Buffer.Write(p)
}

// looked says what is wrong with a file that has arrived.
func looked(k kind, tail *archiveTail, all *whole) error {
	switch {
	case k.check != nil:
		return k.check(all.Bytes())
	case k.media != "image" && tail.found(): // a picture loses its tail in the clean copy
		return ErrKind
	}
	return nil
}

// fill reads until piece is full or r ends; last means that it ended. It is
// not io.ReadFull, which gives a file that was cut off on its way the same
// error as one that is merely shorter than the piece.
func fill(ctx context.Context, r io.Reader, piece []byte) (n int, last bool, err error) {
	for idle := 0; n < len(piece) && idle < 100; idle++ {
		if err := ctx.Err(); err != nil {
			return n, false, err
		}
		m, err := r.Read(piece[n:])
		n += m
		if err == io.EOF {
			return n, true, nil
		}
		if err != nil {
			return n, false, fmt.Errorf("evidence: receive: %w", err)
		}
		if m > 0 {
			idle = 0
		}
	}
	if n < len(piece) {
		return n, false, fmt.Errorf("evidence: receive: %w", io.ErrNoProgress)
	}
	return n, false, nil
}

// enter writes the row of a staged file. Uploads of one form that race are
// counted one after the other, so that the limits hold.
func (s *Shelf) enter(ctx context.Context, formKey []byte, name string, a arrival) (row, error) {
	now := s.store.Now()
	expires := now.Add(stagedFor)
	var kept row
	err := s.store.Transact(ctx, func(tx *gorm.DB) error {
		if err := s.alone(tx, formKey); err != nil {
			return err
		}
		var waiting []row
		if err := tx.Where("form_key = ?", formKey).Order("ordinal, id").Find(&waiting).Error; err != nil {
			return err
		}
		place, twin, err := nextPlace(waiting, a)
		if err != nil || twin != nil {
			kept = deref(twin)
			return err
		}
		id, err := uuid.NewV7()
		if err != nil {
			return err
		}
		kept = row{
			ID: id, OwnerKind: staged, FormKey: formKey, Ordinal: place,
			Media: a.kind.media, ContentType: a.contentType, Size: a.size, SHA256: a.sum,
			NameSealed: s.names.Shut([]byte(name), namePlace(id)),
			Original:   a.original, Derivative: a.derivative,
			CreatedAt: now, ExpiresAt: &expires,
		}
		s.lock(&kept, a)
		return tx.Create(&kept).Error
	})
	return kept, err
}

func deref(r *row) row {
	if r == nil {
		return row{}
	}
	return *r
}

// nextPlace is the ordinal of the next file of a form, or the file among those
// waiting that has the same bytes.
func nextPlace(waiting []row, a arrival) (place int, twin *row, err error) {
	total := a.size
	for i, w := range waiting {
		if string(w.SHA256) == string(a.sum) {
			return 0, &waiting[i], nil
		}
		total += w.Size
		place = max(place, w.Ordinal)
	}
	switch {
	case len(waiting) >= MaxFiles, total > MaxTotalSize:
		return 0, nil, ErrTooMany
	}
	return place + 1, nil, nil
}

// alone holds back other transactions that stage for the same form until this
// one ends. SQLite writes one transaction at a time anyway.
func (s *Shelf) alone(tx *gorm.DB, formKey []byte) error {
	if !s.store.Postgres() {
		return nil
	}
	sum := sha256.Sum256(formKey)
	return tx.Exec("SELECT pg_advisory_xact_lock(?)", int64(binary.BigEndian.Uint64(sum[:]))).Error
}

// discard removes blobs that no row names. It must happen even when the
// visitor is gone; what it cannot remove stays encrypted and unnamed.
func (s *Shelf) discard(ctx context.Context, names ...string) {
	for _, name := range names {
		if name != "" {
			_ = s.blobs.Remove(context.WithoutCancel(ctx), name)
		}
	}
}
