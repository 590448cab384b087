package evidence

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"io"

	"filippo.io/age"
	"golang.org/x/image/webp"
)

// Bounds of pictures (SECURITY §1.3).
const (
	maxPixels   = 40_000_000
	maxSide     = 12_000
	copySide    = 2048 // longer side of the clean copy
	copyQuality = 85
)

// decodeSlots is how many pictures are decoded at once. A picture of more than
// bigPicture pixels takes both: a progressive JPEG of 40 million pixels needs
// half a gigabyte for a moment.
const (
	decodeSlots = 2
	bigPicture  = 16_000_000
)

// cleanCopy makes the copy that staff see: nothing of the file but its pixels,
// turned the right way and at most 2048 to a side.
func (s *Shelf) cleanCopy(ctx context.Context, a *arrival) error {
	pixels, err := s.measure(ctx, a)
	if err != nil {
		return err
	}
	slots := slotsFor(pixels)
	if err := s.decoding.Acquire(ctx, slots); err != nil {
		return err
	}
	defer s.decoding.Release(slots)
	file, err := s.whole(ctx, a)
	if err != nil {
		return err
	}
	picture, err := decode(a.kind, file)
	if err != nil {
		return err
	}
	copied := turn(reduce(picture, copySide), orientation(a.kind, file))
	a.contentType = jpegKind.contentType
	if !copied.Opaque() {
		a.contentType = pngKind.contentType
	}
	a.derivative, a.copyKey, err = s.shelve(ctx, func(w io.Writer) error { return encode(w, copied, a.contentType) })
	return err
}

func slotsFor(pixels int) int64 {
	if pixels > bigPicture {
		return decodeSlots
	}
	return 1
}

// measure reads how large the picture says it is, and decodes nothing.
func (s *Shelf) measure(ctx context.Context, a *arrival) (pixels int, err error) {
	plain, closer, err := s.plain(ctx, a.original, a.key)
	if err != nil {
		return 0, err
	}
	defer closer.Close()
	config, err := decodeConfig(a.kind, bufio.NewReader(plain))
	if err != nil {
		return 0, fmt.Errorf("%w: %w", ErrBroken, err)
	}
	return bounded(config)
}

func bounded(c image.Config) (pixels int, err error) {
	switch {
	case c.Width <= 0 || c.Height <= 0:
		return 0, ErrBroken
	case c.Width > maxSide || c.Height > maxSide || c.Width*c.Height > maxPixels:
		return 0, ErrHugePicture
	}
	return c.Width * c.Height, nil
}

func (s *Shelf) whole(ctx context.Context, a *arrival) ([]byte, error) {
	plain, closer, err := s.plain(ctx, a.original, a.key)
	if err != nil {
		return nil, err
	}
	defer closer.Close()
	file := make([]byte, a.size)
	if _, err := io.ReadFull(plain, file); err != nil {
		return nil, fmt.Errorf("evidence: read back: %w", err)
	}
	return file, nil
}

func decodeConfig(k kind, r io.Reader) (image.Config, error) {
	switch k.contentType {
	case jpegKind.contentType:
		return jpeg.DecodeConfig(r)
	case pngKind.contentType:
		return png.DecodeConfig(r)
	}
	return webp.DecodeConfig(r)
}

// decode turns a file into pixels. A decoder that panics over crafted bytes
// has met a broken file and must not take the portal with it.
func decode(k kind, file []byte) (m image.Image, err error) {
	defer func() {
		if p := recover(); p != nil {
			m, err = nil, fmt.Errorf("%w: decoder panicked", ErrBroken)
		}
	}()
	switch r := bytes.NewReader(file); k.contentType {
	case jpegKind.contentType:
		m, err = jpeg.Decode(r)
	case pngKind.contentType:
		m, err = png.Decode(r)
	default:
		m, err = webp.Decode(r)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBroken, err)
	}
	return m, nil
}

func encode(w io.Writer, m image.Image, contentType string) error {
	if contentType == pngKind.contentType {
		return png.Encode(w, m)
	}
	return jpeg.Encode(w, m, &jpeg.Options{Quality: copyQuality})
}

// shelve encrypts what write writes into a new blob under a key of its own.
func (s *Shelf) shelve(ctx context.Context, write func(io.Writer) error) (name string, key *age.X25519Identity, err error) {
	if key, err = newKey(); err != nil {
		return "", nil, err
	}
	draft, err := s.blobs.Create(ctx)
	if err != nil {
		return "", nil, err
	}
	defer draft.Abort()
	sealed, err := age.Encrypt(draft, key.Recipient())
	if err != nil {
		return "", nil, err
	}
	if err := write(sealed); err != nil {
		return "", nil, err
	}
	if err := sealed.Close(); err != nil {
		return "", nil, err
	}
	name, err = draft.Commit()
	return name, key, err
}

// plain opens a blob for reading.
func (s *Shelf) plain(ctx context.Context, name string, key *age.X25519Identity) (io.Reader, io.Closer, error) {
	blob, err := s.blobs.Open(ctx, name)
	if err != nil {
		return nil, nil, err
	}
	plain, err := age.Decrypt(blob, key)
	if err != nil {
		blob.Close()
		return nil, nil, fmt.Errorf("evidence: open blob: %w", err)
	}
	return plain, blob, nil
}
