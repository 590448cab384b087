package evidence

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/semaphore"

	"minsheng/internal/seal"
	"minsheng/internal/store"
)

// Limits of one form (bytes). Issue and SECURITY §1.3.
const (
	MaxFiles     = 5
	MaxFileSize  = 10 << 20
	MaxTotalSize = 25 << 20
)

// MaxStaged is how many bytes of files that were picked but not handed in may
// lie on the disk together (4 GiB: what 160 full forms hold).
const MaxStaged = 4 << 30

// stagedFor is how long a file waits for its form to be sent: as long as a
// form lives.
const stagedFor = 24 * time.Hour

// Refusals. Each has a plain sentence in the catalogs: evidence.<reason>.
var (
	ErrTooLarge    = errors.New("evidence: file too large")
	ErrTooMany     = errors.New("evidence: too many files") // more than 5, or more than 25 MB together
	ErrEmpty       = errors.New("evidence: empty file")
	ErrKind        = errors.New("evidence: kind of file not taken")
	ErrMismatch    = errors.New("evidence: name and content disagree")
	ErrHugePicture = errors.New("evidence: picture has too many pixels")
	ErrBroken      = errors.New("evidence: file cannot be read")
	ErrFull        = errors.New("evidence: no room to store files")
)

// Reason maps a refusal to the end of its catalog key ("too_large" for
// evidence.too_large); "" for any other error.
func Reason(err error) string {
	for _, r := range []struct {
		err error
		key string
	}{
		{ErrTooLarge, "too_large"},
		{ErrTooMany, "too_many"},
		{ErrEmpty, "empty"},
		{ErrKind, "kind"},
		{ErrMismatch, "mismatch"},
		{ErrHugePicture, "huge_picture"},
		{ErrBroken, "broken"},
		{ErrFull, "full"},
	} {
		if errors.Is(err, r.err) {
			return r.key
		}
	}
	return ""
}

// File is a stored file.
type File struct {
	ID          uuid.UUID
	OwnerKind   string
	OwnerID     *uuid.UUID
	Media       string // image, pdf, audio, video; of staff also sheet
	ContentType string // of what Open gives out
	Size        int64  // bytes of the original
	SHA256      []byte // of the original
	Name        string // cleaned for display
	Ordinal     int
	CreatedAt   time.Time

	keySealed, originalKeySealed []byte // as they lie with the portal
}

// Blobs stores encrypted bytes under random names.
type Blobs interface {
	// Create returns a writer whose bytes appear under the returned name once
	// Commit succeeds; Abort removes what was written.
	Create(ctx context.Context) (Draft, error)
	// Open returns the bytes of a name; the error wraps fs.ErrNotExist when
	// there are none.
	Open(ctx context.Context, name string) (io.ReadCloser, error)
	// Remove deletes a blob; one that is not there is not an error.
	Remove(ctx context.Context, name string) error
}

// Draft is a blob being written.
type Draft interface {
	io.Writer
	// Commit makes the bytes durable and returns their name.
	Commit() (name string, err error)
	// Abort removes what was written. After Commit it does nothing.
	Abort()
}

// Shelf takes files in and gives them out.
type Shelf struct {
	store    *store.Store
	keys     *seal.Keys
	names    *seal.Box
	locks    *seal.Box // keys of files
	blobs    Blobs
	decoding *semaphore.Weighted

	maxStaged int64 // bytes; see MaxStaged
}

// Config is what a Shelf needs.
type Config struct {
	Store *store.Store
	Keys  *seal.Keys
	Blobs Blobs
}

// New returns the shelf.
func New(c Config) *Shelf {
	return &Shelf{
		store:    c.Store,
		keys:     c.Keys,
		names:    c.Keys.Box("evidence-name"),
		locks:    c.Keys.Box("evidence-key"),
		blobs:    c.Blobs,
		decoding: semaphore.NewWeighted(decodeSlots),

		maxStaged: MaxStaged,
	}
}

// row is a file as stored.
type row struct {
	ID          uuid.UUID `gorm:"primaryKey"`
	OwnerKind   string
	OwnerID     *uuid.UUID
	FormKey     []byte
	Ordinal     int
	Media       string
	ContentType string
	Size        int64
	SHA256      []byte `gorm:"column:sha256"`
	NameSealed  []byte
	Original    string
	Derivative  string
	CreatedAt   time.Time
	ExpiresAt   *time.Time

	OwnKey            bool // false: of before, under the portal's key for files
	KeySealed         []byte
	OriginalKeySealed []byte
}

func (row) TableName() string { return "evidence_file" }

// staged is the owner kind of a file whose form has not been sent yet.
const staged = "staged"

func namePlace(id uuid.UUID) string { return "evidence:" + id.String() + ":name" }

func (s *Shelf) file(r row) (File, error) {
	name, err := s.names.Open(r.NameSealed, namePlace(r.ID))
	if err != nil {
		return File{}, err
	}
	return File{
		ID: r.ID, OwnerKind: r.OwnerKind, OwnerID: r.OwnerID, Media: r.Media, ContentType: r.ContentType,
		Size: r.Size, SHA256: r.SHA256, Name: string(name), Ordinal: r.Ordinal, CreatedAt: r.CreatedAt,
		keySealed: r.KeySealed, originalKeySealed: r.OriginalKeySealed,
	}, nil
}

func (s *Shelf) files(rows []row) ([]File, error) {
	files := make([]File, 0, len(rows))
	for _, r := range rows {
		f, err := s.file(r)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	return files, nil
}
