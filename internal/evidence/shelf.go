package evidence

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/seal"
	"minsheng/internal/store"
)

// Limits of one form (bytes). Issue and SECURITY §1.3.
const (
	MaxFiles     = 5
	MaxFileSize  = 10 << 20
	MaxTotalSize = 25 << 20
)

// Refusals. Each has a plain sentence in the catalogs: evidence.<reason>.
var (
	ErrTooLarge    = errors.New("evidence: file too large")
	ErrTooMany     = errors.New("evidence: too many files")
	ErrEmpty       = errors.New("evidence: empty file")
	ErrKind        = errors.New("evidence: kind of file not taken")
	ErrMismatch    = errors.New("evidence: name and content disagree")
	ErrHugePicture = errors.New("evidence: picture has too many pixels")
	ErrBroken      = errors.New("evidence: file cannot be read")
	ErrFull        = errors.New("evidence: no room to store files")
)

// File is a stored file.
type File struct {
	ID          uuid.UUID
	OwnerKind   string
	OwnerID     *uuid.UUID
	Media       string // image, pdf, audio, video
	ContentType string // of what Open gives out
	Size        int64  // bytes of the original
	Name        string // cleaned for display
	Ordinal     int
	CreatedAt   time.Time
}

// Blobs stores encrypted bytes under random names.
type Blobs interface {
	// Create returns a writer whose bytes appear under the returned name once
	// Commit succeeds; Abort removes what was written.
	Create(ctx context.Context) (Draft, error)
	Open(ctx context.Context, name string) (io.ReadCloser, error)
	Remove(ctx context.Context, name string) error
}

// Draft is a blob being written.
type Draft interface {
	io.Writer
	Commit() (name string, err error)
	Abort()
}

// Shelf takes files in and gives them out.
type Shelf struct{}

// Config is what a Shelf needs.
type Config struct {
	Store *store.Store
	Keys  *seal.Keys
	Blobs Blobs
}

// New returns the shelf.
func New(c Config) *Shelf { panic("contract: not built") }

// Folder keeps blobs as files below dir.
func Folder(dir string) (Blobs, error) { panic("contract: not built") }

// Stage reads one file of the form formKey into the shelf. It stays staged for
// 24 hours, until Bind gives it an owner. r may end early or never; limits are
// applied while reading.
func (s *Shelf) Stage(ctx context.Context, formKey []byte, name string, r io.Reader) (File, error) {
	panic("contract: not built")
}

// Staged lists the files staged for a form, in order.
func (s *Shelf) Staged(ctx context.Context, formKey []byte) ([]File, error) {
	panic("contract: not built")
}

// Unstage removes one staged file of the form; unknown ids are ignored.
func (s *Shelf) Unstage(ctx context.Context, formKey []byte, id uuid.UUID) error {
	panic("contract: not built")
}

// Bind gives all files staged for a form to their owner, in the owner's
// transaction.
func (s *Shelf) Bind(tx *gorm.DB, formKey []byte, ownerKind string, ownerID uuid.UUID) (int, error) {
	panic("contract: not built")
}

// Of lists the files of the owners, in order, at most 500.
func (s *Shelf) Of(ctx context.Context, ownerKind string, owners ...uuid.UUID) ([]File, error) {
	panic("contract: not built")
}

// Open gives out the clean copy (or, for kinds that have none, the file) with
// the name under which it is downloaded: evidence-1.jpg.
func (s *Shelf) Open(ctx context.Context, id uuid.UUID) (f File, content io.ReadCloser, downloadName string, err error) {
	panic("contract: not built")
}

// Sweep removes staged files that expired before now, and their blobs.
func (s *Shelf) Sweep(ctx context.Context) (removed int, err error) { panic("contract: not built") }
