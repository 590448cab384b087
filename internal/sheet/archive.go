package sheet

import (
	"errors"
	"io"

	"minsheng/internal/archive"
)

// bounds is how much a workbook may unpack to: 200 000 rows of 20 cells are
// 180 MB of markup.
var bounds = archive.Bounds{Unpacked: 256 << 20, Parts: 5000}

// parts are what lies in the container of a workbook.
type parts struct{ archive.Archive }

// openParts refuses by the directory alone what would unpack to too much.
func openParts(r io.ReaderAt, size int64) (parts, error) {
	a, err := archive.Open(r, size, bounds)
	switch {
	case errors.Is(err, archive.ErrBomb):
		return parts{}, ErrBomb
	case err != nil:
		return parts{}, ErrBroken
	}
	return parts{a}, nil
}

// each hands out the markup of one part piece by piece.
func (p parts) each(name string, do func(m *markup) error) error {
	part, err := p.Part(name)
	if err != nil {
		return ErrBroken
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
