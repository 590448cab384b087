package tray

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/sheet"
	"minsheng/staff"
)

// Arrange stores which sheet and header rows are meant and what each column is
// (index → field code, "" drops it; wan: indexes of columns in 万元), and
// remembers it for the office. When the header lies elsewhere than before, its
// columns are guessed anew, and of columns only what is said differently than
// before counts, because a form that was sent shows the columns of the old one.
// Header rows of 0 are looked for. ErrStale, ErrBusy, ErrGone, sheet.ErrEmpty.
func (t *Tray) Arrange(ctx context.Context, by staff.Officer, id uuid.UUID, version int, sheetIndex, headerFrom, headerTo int, columns map[int]string, wan map[int]bool) error {
	s, target, err := t.find(ctx, by, id)
	if err != nil {
		return err
	}
	if err := t.editable(s, version); err != nil {
		return err
	}
	l := s.Layout
	if sheetIndex != l.Sheet || headerFrom != l.HeaderFrom || headerTo != l.HeaderTo {
		if l, err = t.again(ctx, by, s, target, sheetIndex, headerFrom, headerTo); err != nil {
			return err
		}
		if sheetIndex != s.Layout.Sheet {
			columns, wan = nil, nil
		} else {
			columns, wan = changed(s.Layout, columns, wan, l)
		}
	}
	l = arranged(l, target, columns, wan)
	return t.store.Transact(ctx, func(tx *gorm.DB) error {
		text, err := layoutText(l)
		if err != nil {
			return err
		}
		if err := t.change(tx, s, version, map[string]any{"layout": text}, open); err != nil {
			return err
		}
		return remember(tx, s, l)
	})
}

// again looks at a header that somebody pointed at.
func (t *Tray) again(ctx context.Context, by staff.Officer, s Sheet, target Target, sheetIndex, headerFrom, headerTo int) (sheet.Layout, error) {
	h, err := t.habits(ctx, by, target)
	if err != nil {
		return sheet.Layout{}, err
	}
	p, err := t.open(ctx, s, target)
	if err != nil {
		return sheet.Layout{}, err
	}
	defer p.close()
	var l sheet.Layout
	if headerFrom < 1 {
		l, err = p.book.Guess(sheetIndex, target.Fields, h.fields)
		if errors.Is(err, sheet.ErrEmpty) && len(l.Columns) > 0 {
			err = nil
		}
	} else {
		l, err = p.book.Head(sheetIndex, headerFrom, max(headerFrom, min(headerTo, headerFrom+deepest-1)), target.Fields, h.fields)
	}
	h.wan(&l)
	return l, err
}

// deepest is how many lines a header can have.
const deepest = 5

// changed keeps of what was said about the columns of an old layout only what
// differs from it; the rest is as the new one has it.
func changed(old sheet.Layout, columns map[int]string, wan map[int]bool, l sheet.Layout) (map[int]string, map[int]bool) {
	said, saidWan := map[int]string{}, map[int]bool{}
	for _, c := range l.Columns {
		said[c.Index], saidWan[c.Index] = c.Field, c.Wan
	}
	for _, c := range old.Columns {
		if code, is := columns[c.Index]; is && code != c.Field {
			said[c.Index] = code
		}
		if wan[c.Index] != c.Wan {
			saidWan[c.Index] = wan[c.Index]
		}
	}
	return said, saidWan
}

// arranged is a layout with what was said about its columns; nil columns leave
// it as it is. A field that the target does not know drops the column.
func arranged(l sheet.Layout, target Target, columns map[int]string, wan map[int]bool) sheet.Layout {
	l = bare(l)
	if columns == nil {
		return l
	}
	for i := range l.Columns {
		c := &l.Columns[i]
		if code, said := columns[c.Index]; said {
			c.Field, c.Sure = code, true
			if target.typeOf(code) == "" {
				c.Field = ""
			}
		}
		c.Wan = wan[c.Index]
	}
	return l
}

// Fix replaces what stands in cells (cell → text; "" takes a correction back).
// Cells that are none, and more than 5000 corrections, are left out. ErrStale,
// ErrBusy.
func (t *Tray) Fix(ctx context.Context, by staff.Officer, id uuid.UUID, version int, cells map[string]string) error {
	s, _, err := t.find(ctx, by, id)
	if err != nil {
		return err
	}
	if err := t.editable(s, version); err != nil {
		return err
	}
	fixes := maps.Clone(s.Fixes)
	for _, ref := range slices.Sorted(maps.Keys(cells)) {
		text := cells[ref]
		switch {
		case text == "":
			delete(fixes, ref)
		case sheet.IsRef(ref) && len(fixes) < mostFixes:
			fixes[ref] = firstOf(text, longestFix)
		}
	}
	return t.store.Transact(ctx, func(tx *gorm.DB) error {
		return t.change(tx, s, version, map[string]any{"fixes": t.shutFixes(s.ID, fixes)}, open)
	})
}

// Whoever has more to correct than this corrects the file.
const (
	mostFixes  = 5000
	longestFix = 1000 // characters
)

// firstOf keeps the first n characters.
func firstOf(text string, n int) string {
	if r := []rune(text); len(r) > n {
		return string(r[:n])
	}
	return text
}
