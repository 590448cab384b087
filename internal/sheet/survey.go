package sheet

import (
	"bytes"
	"cmp"
	"slices"
)

// survey is what must be known of a sheet before its first row is read: Excel
// writes merged cells behind the rows.
type survey struct {
	merges []merge
	hidden [MaxColumns]bool
}

type merge struct{ row, lastRow, column, lastColumn int32 }

const (
	maxMerges = 500_000
	lastRow   = 1 << 20 // of any spreadsheet program
)

// survey looks through a sheet once and refuses those with too many rows.
// Rows that only carry a format do not count: programs write a million of them
// for a column that somebody coloured.
func (w *workbook) survey(sheet int) (*survey, error) {
	p := &w.pages[sheet]
	if p.seen != nil {
		return p.seen, nil
	}
	s, rows, counted := &survey{}, 0, false
	err := w.parts.each(p.part, func(m *markup) error {
		if m.piece != start {
			return nil
		}
		switch string(m.name) {
		case "row":
			counted = false
		case "v", "is", "f":
			if !counted {
				counted = true
				rows++
			}
			if rows > MaxRows {
				return ErrTooLong
			}
		case "col":
			s.column(m)
		case "mergeCell":
			return s.merge(m.attr("ref"))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(s.merges, func(a, b merge) int {
		return cmp.Or(cmp.Compare(a.row, b.row), cmp.Compare(a.column, b.column))
	})
	p.seen = s
	return s, nil
}

func (s *survey) column(m *markup) {
	if !m.on("hidden") {
		return
	}
	from, ok := whole(m.attr("min"))
	to, fine := whole(m.attr("max"))
	if !ok || !fine || from < 1 {
		return
	}
	for c := from - 1; c < min(to, MaxColumns); c++ {
		s.hidden[c] = true
	}
}

func (s *survey) merge(ref []byte) error {
	from, to, is := bytes.Cut(ref, []byte(":"))
	row, column, ok := place(from)
	last, lastColumn, fine := place(to)
	if !is || !ok || !fine || last < row || lastColumn < column || column >= MaxColumns || row == last && column == lastColumn {
		return nil
	}
	if len(s.merges) >= maxMerges {
		return ErrBomb
	}
	s.merges = append(s.merges, merge{int32(row), int32(min(last, lastRow)), int32(column), int32(min(lastColumn, MaxColumns-1))})
	return nil
}

func (w *workbook) hiddenColumns(sheet int) (func(int) bool, error) {
	s, err := w.survey(sheet)
	if err != nil {
		return nil, err
	}
	return func(c int) bool { return c >= 0 && c < MaxColumns && s.hidden[c] }, nil
}

// filler fills merged cells in, row after row.
type filler struct {
	waiting []merge
	open    []filling
}

type filling struct {
	merge
	text string
	lost bool
}

// fill puts the text of merged cells into all cells they cover.
func (f *filler) fill(r *Row) error {
	n := int32(r.Number)
	f.open = slices.DeleteFunc(f.open, func(o filling) bool { return o.lastRow < n })
	for len(f.waiting) > 0 && f.waiting[0].row <= n {
		m := f.waiting[0]
		f.waiting = f.waiting[1:]
		// A merged cell whose first row has nothing in it has no text.
		if m.row == n && int(m.column) < len(r.Cells) && r.Cells[m.column] != "" {
			f.open = append(f.open, filling{m, r.Cells[m.column], slices.Contains(r.lost, int(m.column))})
		}
	}
	// Merged cells do not overlap, unless somebody means harm.
	if len(f.open) > MaxColumns {
		return ErrBroken
	}
	for _, o := range f.open {
		for c := int(o.column); c <= int(o.lastColumn); c++ {
			if n == o.row && c == int(o.column) {
				continue
			}
			for len(r.Cells) <= c {
				r.Cells = append(r.Cells, "")
			}
			r.Cells[c] = o.text
			r.filled = append(r.filled, c)
			if o.lost {
				r.lost = append(r.lost, c)
			}
		}
	}
	return nil
}
