package tray

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/sheet"
	"minsheng/staff"
)

// Import starts taking the sheet in and returns at once; Sheet tells how far it
// is. One transaction: all or nothing. ErrProblems when a dry run has any, or
// nothing to take, ErrBusy when it is under way (one that died is taken over
// after a minute), ErrStale, ErrGone. A sheet that is done is left alone.
func (t *Tray) Import(ctx context.Context, by staff.Officer, id uuid.UUID, version int) error {
	s, target, err := t.find(ctx, by, id)
	if err != nil || s.State == done {
		return err
	}
	if err := t.editable(s, version); err != nil {
		return err
	}
	p, err := t.open(ctx, s, target)
	if errors.Is(err, ErrGone) {
		// Whoever pressed a moment earlier may have imported it and cleared the file away.
		if now, _, again := t.find(ctx, by, id); again == nil && now.State == done {
			return nil
		}
	}
	if err != nil {
		return err
	}
	trial, err := p.try(ctx, by)
	p.close()
	if err != nil {
		return err
	}
	if !trial.fit() {
		return ErrProblems
	}
	if err := t.claim(ctx, &s, version, trial.Records); err != nil {
		return err
	}
	t.start(context.WithoutCancel(ctx), by, s, target)
	return nil
}

// deadAfter is how long an import that gives no sign of life is waited for;
// signEvery is how often a living one gives it.
const (
	deadAfter = time.Minute
	signEvery = time.Second
	longest   = 30 * time.Minute
)

// dead is when an import last gave a sign of life that is taken for dead.
func (t *Tray) dead() time.Time { return t.store.Now().Add(-deadAfter) }

func (t *Tray) isDead(s Sheet) bool {
	return s.State == importing && t.runOf(s) == nil && (s.StartedAt == nil || s.StartedAt.Before(t.dead()))
}

// claim makes this process the one that imports a sheet. Two replicas that try
// change the same version of the same row, and only one of them finds it.
func (t *Tray) claim(ctx context.Context, s *Sheet, version, total int) error {
	now := t.store.Now()
	err := t.store.Transact(ctx, func(tx *gorm.DB) error {
		return t.change(tx, *s, version, map[string]any{"started_at": now, "done": 0, "total": total}, importing)
	})
	if err != nil {
		return err
	}
	s.State, s.Version, s.StartedAt, s.Done, s.Total = importing, version+1, &now, 0, total
	return nil
}

// run is an import under way in this process.
type run struct {
	version int
	taken   atomic.Int64
	closing atomic.Bool   // all is stored; only the commit is missing
	over    chan struct{} // closed when it is
}

// runOf is the run of a sheet in this process, nil when there is none.
func (t *Tray) runOf(s Sheet) *run {
	t.mu.Lock()
	defer t.mu.Unlock()
	if r := t.running[s.ID]; r != nil && r.version == s.Version {
		return r
	}
	return nil
}

// progress tells how far an import is, as far as this process knows.
func (t *Tray) progress(s *Sheet) {
	if r := t.runOf(*s); r != nil {
		s.Done = int(r.taken.Load())
	} else if t.isDead(*s) {
		s.State = failed
	}
}

// start imports in the background.
func (t *Tray) start(ctx context.Context, by staff.Officer, s Sheet, target Target) {
	r := &run{version: s.Version, over: make(chan struct{})}
	t.mu.Lock()
	t.running[s.ID] = r
	t.mu.Unlock()
	go func() {
		defer t.end(s, r)
		ctx, cancel := context.WithTimeout(ctx, longest)
		defer cancel()
		err := t.work(ctx, by, s, target, r)
		if err != nil {
			t.fail(context.WithoutCancel(ctx), s, err)
			return
		}
		// What was imported need not lie about; else it is swept tomorrow.
		_ = t.shelf.Unstage(context.WithoutCancel(ctx), formKey(s.ID), s.FileID)
	}()
}

func (t *Tray) end(s Sheet, r *run) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.running[s.ID] == r {
		delete(t.running, s.ID)
	}
	close(r.over)
}

// work imports a sheet that was claimed; a panic of a target is an error, not
// the end of the portal.
func (t *Tray) work(ctx context.Context, by staff.Officer, s Sheet, target Target, r *run) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("tray: panic: %T", p)
		}
	}()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go t.live(ctx, cancel, s, r)
	p, err := t.open(ctx, s, target)
	if err != nil {
		return err
	}
	defer p.close()
	return t.store.Transact(ctx, func(tx *gorm.DB) error {
		r.closing.Store(false)
		r.taken.Store(0)
		result, err := p.take(ctx, tx, by, func() { r.taken.Add(1) })
		if err != nil {
			return err
		}
		r.closing.Store(true)
		return t.finish(tx, s, result, int(r.taken.Load()))
	})
}

// live gives signs of life beside the transaction, which shows nothing until
// it is over. SQLite has one writer, the transaction itself; there this process
// is the only one and knows what it is doing. cancel ends an import that
// another replica took for dead.
func (t *Tray) live(ctx context.Context, cancel context.CancelFunc, s Sheet, r *run) {
	if !t.store.Postgres() {
		return
	}
	tick := time.NewTicker(signEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		signed := t.store.Read(ctx).Model(&row{}).Where("id = ? AND state = ? AND version = ?", s.ID, importing, s.Version).
			Updates(map[string]any{"done": r.taken.Load(), "started_at": t.store.Now()})
		if signed.Error == nil && signed.RowsAffected == 0 && !r.closing.Load() {
			cancel()
			return
		}
	}
}

var errStopped = errors.New("tray: target stopped reading")

// take hands every record to the target. A record with a problem ends it all.
func (p pass) take(ctx context.Context, tx *gorm.DB, by staff.Officer, taken func()) (uuid.UUID, error) {
	next, stop := iter.Pull2(func(yield func(sheet.Record, error) bool) {
		_, err := p.read(ctx, by, func(r sheet.Record, problems []sheet.Problem) error {
			switch {
			case len(problems) > 0:
				return ErrProblems
			case !yield(r, nil):
				return errStopped
			}
			return nil
		})
		if err != nil && !errors.Is(err, errStopped) {
			yield(sheet.Record{}, err)
		}
	})
	defer stop()
	ended := false
	result, err := p.target.Take(tx, by, p.sheet, func() (sheet.Record, error) {
		r, err, more := next()
		if !more {
			ended = true
			return sheet.Record{}, io.EOF
		}
		if err == nil {
			taken()
		}
		return r, err
	})
	if err == nil && !ended {
		err = errors.New("tray: target left records lying")
	}
	return result, err
}

// finish writes in the same commit that the sheet was taken. It finds nothing
// when another replica took the import over: then this one is undone.
func (t *Tray) finish(tx *gorm.DB, s Sheet, result uuid.UUID, records int) error {
	values := map[string]any{"state": done, "done": records, "total": records, "version": s.Version + 1,
		"fixes": t.shutFixes(s.ID, map[string]string{})}
	if result != uuid.Nil {
		values["owner_id"] = result
	}
	finished := tx.Model(&row{}).Where("id = ? AND state = ? AND version = ?", s.ID, importing, s.Version).Updates(values)
	if finished.Error != nil {
		return finished.Error
	}
	if finished.RowsAffected == 0 {
		return ErrStale
	}
	return nil
}

// fail says that nothing was stored. Why is told by the next dry run, as far as
// the sheet is the reason; else the log has the kind of it.
func (t *Tray) fail(ctx context.Context, s Sheet, why error) {
	if !errors.Is(why, ErrProblems) && !errors.Is(why, ErrStale) {
		slog.ErrorContext(ctx, "import failed", "component", "tray", "target", s.Target, "error_kind", fmt.Sprintf("%T", why))
	}
	err := t.store.Transact(ctx, func(tx *gorm.DB) error {
		return tx.Model(&row{}).Where("id = ? AND state = ? AND version = ?", s.ID, importing, s.Version).
			Updates(map[string]any{"state": failed, "done": 0, "version": s.Version + 1}).Error
	})
	if err != nil {
		slog.ErrorContext(ctx, "import not closed", "component", "tray", "error_kind", fmt.Sprintf("%T", err))
	}
}

// Wait blocks until nothing is being imported in this process, or ctx ends.
func (t *Tray) Wait(ctx context.Context) error {
	for {
		r := t.anyRun()
		if r == nil {
			return nil
		}
		select {
		case <-r.over:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (t *Tray) anyRun() *run {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, r := range t.running {
		return r
	}
	return nil
}
