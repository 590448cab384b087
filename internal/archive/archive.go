package archive

import (
	"archive/zip"
	"errors"
	"io"
	"strings"
)

var (
	// ErrBroken means that the file is no archive, or lacks what was asked for.
	ErrBroken = errors.New("archive: cannot be read")
	// ErrBomb means that the archive would unpack to too much.
	ErrBomb = errors.New("archive: unpacks to too much")
)

// Bounds is how much an archive may hold.
type Bounds struct {
	Unpacked uint64 // bytes, all parts together
	Parts    int
}

// What office programs write is packed 10 to 40 times smaller; what is made to
// hurt, a thousand times.
const (
	maxRatio  = 100
	ratioFrom = 1 << 20 // bytes from which the ratio counts
)

// Archive is an opened container, by the names of its parts in lower case.
type Archive map[string]*zip.File

// Open reads the directory. Errors: ErrBroken, ErrBomb.
func Open(r io.ReaderAt, size int64, b Bounds) (Archive, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, ErrBroken
	}
	if len(z.File) > b.Parts {
		return nil, ErrBomb
	}
	a, total := Archive{}, uint64(0)
	for _, f := range z.File {
		if f.UncompressedSize64 > b.Unpacked || f.CompressedSize64 > uint64(size) {
			return nil, ErrBomb
		}
		if f.UncompressedSize64 > ratioFrom && f.UncompressedSize64/max(f.CompressedSize64, 1) > maxRatio {
			return nil, ErrBomb
		}
		if total += f.UncompressedSize64; total > b.Unpacked {
			return nil, ErrBomb
		}
		a[strings.ToLower(strings.ReplaceAll(f.Name, `\`, "/"))] = f
	}
	return a, nil
}

// Part gives out one part. One that is longer than the directory said ends in
// an error: archive/zip counts. One that is not there is ErrBroken.
func (a Archive) Part(name string) (io.ReadCloser, error) {
	f, ok := a[strings.ToLower(name)]
	if !ok {
		return nil, ErrBroken
	}
	content, err := f.Open()
	if err != nil {
		return nil, ErrBroken
	}
	return content, nil
}
