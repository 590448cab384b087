package tray

import (
	"bytes"
	"context"
	"errors"
	"io"
	"path/filepath"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/evidence"
	"minsheng/internal/sheet"
	"minsheng/staff"
)

// Put takes a file in for a target; owner is what it is for (a roll), or nil.
// The layout is guessed. Errors: those of evidence and sheet, but for
// sheet.ErrEmpty: where the header is can be said later.
func (t *Tray) Put(ctx context.Context, by staff.Officer, target string, owner *uuid.UUID, name string, r io.Reader) (Sheet, error) {
	become, err := t.target(by, target)
	if err != nil {
		return Sheet{}, err
	}
	content, err := read(ctx, r)
	if err != nil {
		return Sheet{}, err
	}
	s := Sheet{ID: uuid.Must(uuid.NewV7()), Target: target, OwnerID: owner, UnitID: by.UnitID, ByID: by.ID,
		Fixes: map[string]string{}, State: open, CreatedAt: t.store.Now(), Version: 1}
	if _, err := (pass{sheet: s, target: become}).check(ctx, by); err != nil {
		return Sheet{}, err // it is for nothing of this office
	}
	if s.Layout, err = t.look(ctx, by, become, content, name); err != nil {
		return Sheet{}, err
	}
	file, err := t.shelf.StagePaper(ctx, formKey(s.ID), name, bytes.NewReader(content))
	if err != nil {
		return Sheet{}, err
	}
	s.FileID, s.Name = file.ID, file.Name
	if err := t.enter(ctx, s); err != nil {
		_ = t.shelf.Unstage(context.WithoutCancel(ctx), formKey(s.ID), s.FileID) // else it is swept tomorrow
		return Sheet{}, err
	}
	return s, nil
}

// enter writes the row of a new sheet.
func (t *Tray) enter(ctx context.Context, s Sheet) error {
	return t.store.Transact(ctx, func(tx *gorm.DB) error {
		return tx.Create(&row{ID: s.ID, Target: s.Target, OwnerID: s.OwnerID, UnitID: s.UnitID, ByID: s.ByID, FileID: s.FileID,
			Name: t.shut(s.ID, "name", s.Name), Layout: bare(s.Layout), Fixes: t.shutFixes(s.ID, s.Fixes),
			State: s.State, CreatedAt: s.CreatedAt, Version: s.Version}).Error
	})
}

// formKey is the form that the file of a sheet is staged for: one of its own.
func formKey(id uuid.UUID) []byte { return append([]byte("tray:"), id[:]...) }

// read takes the bytes of an upload into memory: a zip is read from its end.
func read(ctx context.Context, r io.Reader) ([]byte, error) {
	content, err := io.ReadAll(io.LimitReader(withContext{ctx, r}, evidence.MaxFileSize+1))
	if err != nil {
		return nil, err
	}
	if len(content) > evidence.MaxFileSize {
		return nil, evidence.ErrTooLarge
	}
	return content, nil
}

// withContext stops reading when nobody waits any more.
type withContext struct {
	ctx context.Context
	r   io.Reader
}

func (w withContext) Read(p []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	return w.r.Read(p)
}

// look opens a file and guesses its layout: on the sheet that names the most
// fields.
func (t *Tray) look(ctx context.Context, by staff.Officer, target Target, content []byte, name string) (sheet.Layout, error) {
	h, err := t.habits(ctx, by, target)
	if err != nil {
		return sheet.Layout{}, err
	}
	if err := t.reading.Acquire(ctx, 1); err != nil {
		return sheet.Layout{}, err
	}
	defer t.reading.Release(1)
	book, err := sheet.Open(bytes.NewReader(content), int64(len(content)), filepath.Base(name))
	if err != nil {
		return sheet.Layout{}, err
	}
	defer book.Close()
	var best sheet.Layout
	most := -1
	for i := range book.Sheets()[:min(len(book.Sheets()), mostSheets)] {
		l, err := book.Guess(i, target.Fields, h.fields)
		if err != nil && !errors.Is(err, sheet.ErrEmpty) {
			return sheet.Layout{}, err
		}
		if n := mapped(l); n > most && (n > 0 || len(l.Columns) > len(best.Columns)) {
			best, most = l, n
		}
	}
	if len(best.Columns) == 0 {
		return sheet.Layout{}, sheet.ErrEmpty // nothing in it at all
	}
	h.wan(&best)
	return best, nil
}

// mostSheets is on how many sheets of a workbook a table is looked for.
const mostSheets = 20

func mapped(l sheet.Layout) int {
	n := 0
	for _, c := range l.Columns {
		if c.Field != "" {
			n++
		}
	}
	return n
}
