package evidence

import (
	"context"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"io"
	"slices"
	"time"

	"filippo.io/age"
	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"minsheng/internal/store"
)

// Grid is how many squares lie beside and above one another on a picture that is
// blackened; they are numbered from 0, row by row.
const Grid = 10

// bleed is how much further than a square the black goes, in pixels: a JPEG smears
// what it shows over blocks of eight.
const bleed = 8

// maxCopied bounds a copy, in bytes: a clean copy has at most 2048 pixels to a side.
const maxCopied = 24 << 20

// Clearance says that somebody looked a file over before it leaves.
type Clearance struct {
	FileID      uuid.UUID `gorm:"primaryKey"`
	Verdict     string    // fit, covered, replaced
	Squares     string
	Blob        string
	ContentType string
	Size        int64
	KeySealed   []byte
	ByID        uuid.UUID
	At          time.Time
	AgreedBy    *uuid.UUID
	AgreedAt    *time.Time
	Version     int
}

// TableName is clearance.
func (Clearance) TableName() string { return "clearance" }

// Verdicts on a file.
const (
	Fit      = "fit"      // nothing is to be covered
	Covered  = "covered"  // blackened here
	Replaced = "replaced" // by a copy that was covered elsewhere
)

// Redact blackens squares of a picture, which content and contentType are of, and
// puts the copy on the shelf beside the file: c then leads to it. Nothing of the
// picture but its pixels goes along, and under the black there are none. Whoever calls
// stores c, and calls Discard when that fails. Errors: ErrBroken.
func (s *Shelf) Redact(ctx context.Context, content io.Reader, contentType string, squares []int, c *Clearance) error {
	file, err := io.ReadAll(io.LimitReader(content, maxCopied))
	if err != nil {
		return err
	}
	if err := s.decoding.Acquire(ctx, 1); err != nil {
		return err
	}
	defer s.decoding.Release(1)
	picture, err := decode(kind{contentType: contentType}, file)
	if err != nil {
		return err
	}
	black := blackened(picture, squares)
	return s.copy(ctx, c, contentType, func(w io.Writer) error { return encode(w, black, contentType) })
}

// blackened is a picture with squares of it black.
func blackened(picture image.Image, squares []int) *image.RGBA {
	b := picture.Bounds()
	out := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(out, out.Bounds(), picture, b.Min, draw.Src)
	for _, n := range squares {
		draw.Draw(out, square(out.Bounds(), n).Inset(-bleed).Intersect(out.Bounds()), image.NewUniform(color.Black), image.Point{}, draw.Src)
	}
	return out
}

// square is where the n-th square of a picture lies.
func square(b image.Rectangle, n int) image.Rectangle {
	x, y := n%Grid, n/Grid
	return image.Rect(b.Dx()*x/Grid, b.Dy()*y/Grid, (b.Dx()*(x+1)+Grid-1)/Grid, (b.Dy()*(y+1)+Grid-1)/Grid)
}

// Replace puts a copy on the shelf that was covered elsewhere, as Redact does.
func (s *Shelf) Replace(ctx context.Context, content io.Reader, contentType string, c *Clearance) error {
	return s.copy(ctx, c, contentType, func(w io.Writer) error {
		_, err := io.Copy(w, io.LimitReader(content, maxCopied))
		return err
	})
}

func (s *Shelf) copy(ctx context.Context, c *Clearance, contentType string, write func(io.Writer) error) error {
	key, err := age.GenerateX25519Identity()
	if err != nil {
		return err
	}
	draft, err := s.blobs.Create(ctx)
	if err != nil {
		return err
	}
	defer draft.Abort()
	sealed, err := age.Encrypt(draft, key.Recipient())
	if err != nil {
		return err
	}
	count := &counter{w: sealed}
	if err := write(count); err != nil {
		return err
	}
	if err := sealed.Close(); err != nil {
		return err
	}
	c.Blob, err = draft.Commit()
	c.ContentType, c.Size = contentType, count.n
	c.KeySealed = s.keys.Box("evidence-copy").Shut([]byte(key.String()), copyPlace(c.FileID))
	return err
}

func copyPlace(file uuid.UUID) string { return "evidence:" + file.String() + ":copy" }

type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.n += int64(n)
	return n, err
}

// OpenCopy gives out the copy of a clearance that has one, with the name under which
// it is downloaded. Whoever calls closes it.
func (s *Shelf) OpenCopy(ctx context.Context, f File, c Clearance) (content io.ReadCloser, downloadName string, err error) {
	text, err := s.keys.Box("evidence-copy").Open(c.KeySealed, copyPlace(c.FileID))
	if err != nil {
		return nil, "", fmt.Errorf("evidence: open key of a copy: %w", err)
	}
	key, err := age.ParseX25519Identity(string(text))
	if err != nil {
		return nil, "", fmt.Errorf("evidence: key of a copy: %w", err)
	}
	blob, err := s.blobs.Open(ctx, c.Blob)
	if err != nil {
		return nil, "", err
	}
	plain, err := age.Decrypt(blob, key)
	if err != nil {
		blob.Close()
		return nil, "", fmt.Errorf("evidence: open copy: %w", err)
	}
	f.ContentType = c.ContentType
	return readCloser{plain, blob}, nameFor(f), nil
}

// Discard removes the blob of a copy that no clearance leads to any more.
func (s *Shelf) Discard(ctx context.Context, blob string) { s.discard(ctx, blob) }

// destroyCopies takes the copies of files along when the files are destroyed.
func (s *Shelf) destroyCopies(tx *gorm.DB, files []uuid.UUID) error {
	if len(files) == 0 {
		return nil
	}
	var copies []Clearance
	if err := tx.Where("file_id IN ?", files).Find(&copies).Error; err != nil {
		return err
	}
	for _, c := range copies {
		if c.Blob == "" {
			continue
		}
		if err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&leaving{c.Blob, s.store.Now()}).Error; err != nil {
			return err
		}
	}
	return tx.Where("file_id IN ?", files).Delete(&Clearance{}).Error
}

// FileOf is a file by its id, or store.ErrNotFound.
func (s *Shelf) FileOf(ctx context.Context, id uuid.UUID) (File, error) {
	var r row
	if err := store.One(s.store.Read(ctx).Where("id = ?", id), &r); err != nil {
		return File{}, err
	}
	return s.file(r)
}

// Squares are the numbers of squares that exist, in order, each once.
func Squares(numbers []int) []int {
	kept := slices.DeleteFunc(slices.Clone(numbers), func(n int) bool { return n < 0 || n >= Grid*Grid })
	slices.Sort(kept)
	return slices.Compact(kept)
}
