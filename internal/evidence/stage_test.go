package evidence_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"testing"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/evidence"
	"minsheng/internal/seal"
	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
)

var form = []byte("form-1")

// room is a shelf with what stands behind it.
type room struct {
	*evidence.Shelf
	store *store.Store
	dir   string
}

func newRoom(t *testing.T, s *store.Store) room {
	t.Helper()
	keys, err := seal.Create(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	blobs, err := evidence.Folder(dir)
	if err != nil {
		t.Fatal(err)
	}
	return room{evidence.New(evidence.Config{Store: s, Keys: keys, Blobs: blobs}), s, dir}
}

func (r room) stage(t *testing.T, name string, content []byte) evidence.File {
	t.Helper()
	f, err := r.Stage(context.Background(), form, name, bytes.NewReader(content))
	if err != nil {
		t.Fatalf("Stage(%s): %v", name, err)
	}
	return f
}

func (r room) read(t *testing.T, id uuid.UUID) (evidence.File, []byte, string) {
	t.Helper()
	f, content, name, err := r.Open(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	defer content.Close()
	b, err := io.ReadAll(content)
	if err != nil {
		t.Fatal(err)
	}
	return f, b, name
}

func (r room) bind(t *testing.T, key []byte, kind string, owner uuid.UUID) int {
	t.Helper()
	var files evidence.Bound
	err := r.store.Transact(context.Background(), func(tx *gorm.DB) (err error) {
		files, err = r.Bind(tx, key, kind, owner)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return len(files)
}

// photo is a picture whose top left quarter is red and whose rest is blue.
func photo(w, h int) image.Image {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{0, 0, 200, 255}
			if x < w/2 && y < h/2 {
				c = color.RGBA{200, 0, 0, 255}
			}
			m.SetRGBA(x, y, c)
		}
	}
	return m
}

func jpegOf(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func pngOf(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func pdf(size int) []byte {
	b := bytes.Repeat([]byte("1 0 obj <<>> endobj\n"), size/20+1)[:size]
	copy(b, "%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
	return b
}

func TestPhotoGoesInAndItsCopyComesOut(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		r := newRoom(t, s)
		f := r.stage(t, "现场.jpg", jpegOf(t, photo(64, 48)))
		if f.Media != "image" || f.Name != "现场.jpg" || f.Ordinal != 1 {
			t.Fatalf("staged %+v", f)
		}
		owner := uuid.Must(uuid.NewV7())
		if n := r.bind(t, form, "report", owner); n != 1 {
			t.Fatalf("Bind = %d, want 1", n)
		}
		files, err := r.Of(context.Background(), "report", owner)
		if err != nil || len(files) != 1 {
			t.Fatalf("Of = %v, %v", files, err)
		}
		_, content, name := r.read(t, files[0].ID)
		if name != "evidence-1.jpg" {
			t.Errorf("downloaded as %s", name)
		}
		m, err := jpeg.Decode(bytes.NewReader(content))
		if err != nil || m.Bounds().Dx() != 64 || m.Bounds().Dy() != 48 {
			t.Fatalf("copy: %v", err)
		}
	})
}

func TestFilesNobodyHandsInCannotFillTheDisk(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		r := newRoom(t, s)
		pdf := append([]byte("%PDF-1.4\n"), bytes.Repeat([]byte{'x'}, 4000)...)
		r.LimitStaged(int64(len(pdf)))
		r.stage(t, "a.pdf", pdf)
		_, err := r.Stage(context.Background(), []byte("form-2"), "b.pdf", bytes.NewReader(append(pdf, 'y')))
		if !errors.Is(err, evidence.ErrFull) {
			t.Fatalf("Stage = %v, want ErrFull", err)
		}
		// What is handed in no longer counts.
		r.bind(t, form, "report", uuid.New())
		if _, err := r.Stage(context.Background(), []byte("form-2"), "b.pdf", bytes.NewReader(append(pdf, 'y'))); err != nil {
			t.Fatalf("Stage after handing in = %v", err)
		}
	})
}
