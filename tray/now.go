package tray

import (
	"context"
	"io"
	"path/filepath"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/staff"
)

// Now imports a file at once, without a dry run shown to anybody: the command
// line, whose officer may be an office without an account. Problems, and a
// sheet with nothing to take, stop it: ErrProblems with the trial. progress may
// be nil; it is called every 2000 records and at the end.
func (t *Tray) Now(ctx context.Context, by staff.Officer, target string, name string, r io.Reader, progress func(done, total int)) (Trial, uuid.UUID, error) {
	become, err := t.target(by, target)
	if err != nil {
		return Trial{}, uuid.Nil, err
	}
	content, err := read(ctx, r)
	if err != nil {
		return Trial{}, uuid.Nil, err
	}
	s := Sheet{ID: uuid.Must(uuid.NewV7()), Target: target, UnitID: by.UnitID, ByID: by.ID,
		Name: filepath.Base(name), State: importing, CreatedAt: t.store.Now(), Version: 1}
	if s.Layout, err = t.look(ctx, by, become, content, s.Name); err != nil {
		return Trial{}, uuid.Nil, err
	}
	if err := t.reading.Acquire(ctx, 1); err != nil {
		return Trial{}, uuid.Nil, err
	}
	p, err := t.openBytes(s, become, content)
	if err != nil {
		return Trial{}, uuid.Nil, err
	}
	defer p.close()
	trial, err := p.try(ctx, by)
	if err == nil && !trial.fit() {
		err = ErrProblems
	}
	if err != nil {
		return trial, uuid.Nil, err
	}
	result, err := t.takeNow(ctx, by, p, trial.Records, progress)
	return trial, result, err
}

func (t *Tray) takeNow(ctx context.Context, by staff.Officer, p pass, total int, progress func(done, total int)) (result uuid.UUID, err error) {
	err = t.store.Transact(ctx, func(tx *gorm.DB) error {
		n := 0
		var err error
		result, err = p.take(ctx, tx, by, func() {
			if n++; progress != nil && n%2000 == 0 {
				progress(n, total)
			}
		})
		return err
	})
	if err == nil && progress != nil {
		progress(total, total)
	}
	return result, err
}
