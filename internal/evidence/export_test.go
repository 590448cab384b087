package evidence

import (
	"context"
	"image"
)

// Occupy takes n of the two places at which pictures are decoded, until the
// function it returns is called.
func (s *Shelf) Occupy(n int64) (leave func()) {
	if err := s.decoding.Acquire(context.Background(), n); err != nil {
		panic(err)
	}
	return func() { s.decoding.Release(n) }
}

// RoomError is what the folder makes of an error of the disk.
func RoomError(err error) error { return roomError(err) }

// Orientation reads EXIF from a file of a content type.
func Orientation(contentType string, file []byte) int {
	return orientation(kind{contentType: contentType}, file)
}

// Reduce is how pictures are made smaller.
func Reduce(m image.Image, limit int) *image.RGBA { return reduce(m, limit) }

// SlotsFor is how many of the two places a picture takes.
func SlotsFor(pixels int) int64 { return slotsFor(pixels) }

// LimitStaged sets how many bytes may wait to be handed in.
func (s *Shelf) LimitStaged(n int64) { s.maxStaged = n }
