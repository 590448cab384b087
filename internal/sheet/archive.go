package sheet

import (
	"archive/zip"
	"io"
	"strings"
)

// How much a workbook may unpack to. 200 000 rows of 20 cells are 180 MB of
// markup; office programs pack such rows 10 to 40 times smaller, and what is
// made to hurt, a thousand times.
const (
	maxUnpacked = 256 << 20
	maxRatio    = 100
	ratioFrom   = 1 << 20 // bytes from which the ratio counts
	maxParts    = 5000
)

// archive is the container of a workbook.
type archive map[string]*zip.File

// openArchive refuses by the directory alone what would unpack to too much.
func openArchive(r io.ReaderAt, size int64) (archive, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, ErrBroken
	}
	if len(z.File) > maxParts {
		return nil, ErrBomb
	}
	a, total := archive{}, uint64(0)
	for _, f := range z.File {
		if f.UncompressedSize64 > maxUnpacked || f.CompressedSize64 > uint64(size) {
			return nil, ErrBomb
		}
		if f.UncompressedSize64 > ratioFrom && f.UncompressedSize64/max(f.CompressedSize64, 1) > maxRatio {
			return nil, ErrBomb
		}
		if total += f.UncompressedSize64; total > maxUnpacked {
			return nil, ErrBomb
		}
		a[strings.ToLower(strings.ReplaceAll(f.Name, `\`, "/"))] = f
	}
	return a, nil
}

// open gives out one part. One that is longer than the directory said ends in
// an error: archive/zip counts.
func (a archive) open(name string) (io.ReadCloser, error) {
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

// each hands out the markup of one part piece by piece.
func (a archive) each(name string, do func(m *markup) error) error {
	part, err := a.open(name)
	if err != nil {
		return err
	}
	defer part.Close()
	m := newMarkup(part)
	for {
		switch err := m.next(); {
		case err == io.EOF:
			return nil
		case err != nil:
			return broken(err)
		}
		if err := do(m); err != nil {
			return err
		}
	}
}
