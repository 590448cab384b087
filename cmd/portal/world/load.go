package world

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"minsheng/internal/store"
)

// Loads says how much to make. Rows is how many rows the largest list has; the
// other tables have those of a village or a small town. 0: no such list.
type Loads struct{ Complaints, Notices, Rows int }

const (
	chunk     = 5000                     // complaints in one transaction
	loadYears = 3 * 365 * 24 * time.Hour // how far back the load reaches
)

// Load adds load data: complaints of the last three years, about 2 % of them
// open, over all counties, with sealed words, clocks, events and the search
// index; and notices with their tables, funds and projects. progress is told how many rows of both are done; it may
// be called from several goroutines, but not at once.
//
// The data has the shapes and sizes of real life, not a story: names of
// statistics tell, texts repeat. No portal may be serving meanwhile on
// PostgreSQL, because the search index is built anew at the end.
func Load(ctx context.Context, r Rooms, n Loads, progress func(done, total int)) error {
	if progress == nil {
		progress = func(int, int) {}
	}
	if err := r.places(ctx); err != nil {
		return err
	}
	w, err := newWriter(ctx, r)
	if err != nil {
		return err
	}
	if n.Rows > 0 {
		n.Notices = max(n.Notices, 1)
	}
	total := n.Complaints + n.Notices
	if n.Complaints > 0 {
		if err := w.complaints(ctx, n.Complaints, func(done int) { progress(done, total) }); err != nil {
			return err
		}
	}
	for done := 0; done < n.Notices; done += chunk {
		if err := w.notices(ctx, min(chunk, n.Notices-done), n.Rows); err != nil {
			return err
		}
		n.Rows = 0 // in the first chunk only
		progress(n.Complaints+min(done+chunk, n.Notices), total)
	}
	return settle(ctx, r.Store)
}

// complaints writes n complaints, oldest first, in chunks.
func (w *writer) complaints(ctx context.Context, n int, progress func(done int)) error {
	first, err := reserve(ctx, w.Store, n)
	if err != nil {
		return err
	}
	group, ctx2 := errgroup.WithContext(ctx)
	group.SetLimit(w.hands())
	step := loadYears / time.Duration(n)
	var done atomic.Int64
	tell := make(chan struct{}, 1)
	for from := 0; from < n; from += chunk {
		group.Go(func() error {
			size := min(chunk, n-from)
			if err := w.stretch(ctx2, first, from, size, w.until.Add(-loadYears), step); err != nil {
				return err
			}
			tell <- struct{}{}
			progress(int(done.Add(int64(size))))
			<-tell
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	return w.index(ctx, first, n)
}

// stretch writes complaints number from to from+size, one every step since
// start.
func (w *writer) stretch(ctx context.Context, first int64, from, size int, start time.Time, step time.Duration) error {
	b, err := w.batch(from)
	if err != nil {
		return err
	}
	for i := from; i < from+size; i++ {
		if err := b.complaint(ctx, first+int64(i), start.Add(time.Duration(i)*step)); err != nil {
			return err
		}
	}
	return b.write(ctx)
}

// hands is how many chunks are made at once. SQLite has one writer.
func (w *writer) hands() int {
	if w.Store.Postgres() {
		return min(4, max(2, runtime.NumCPU()))
	}
	return 1
}

// reserve takes n numbers for complaints and returns the first.
func reserve(ctx context.Context, s *store.Store, n int) (int64, error) {
	var taken struct{ First, Last int64 }
	text := "SELECT COALESCE(MAX(seq), 0) + 1 AS first, COALESCE(MAX(seq), 0) + ? AS last FROM complaint"
	if s.Postgres() {
		text = "SELECT MIN(v) AS first, MAX(v) AS last FROM (SELECT nextval(pg_get_serial_sequence('complaint', 'seq')) v FROM generate_series(1, ?)) taken"
	}
	if err := s.Read(ctx).Raw(text, n).Scan(&taken).Error; err != nil {
		return 0, err
	}
	if taken.Last-taken.First+1 != int64(n) {
		return 0, fmt.Errorf("world: a portal is taking in reports on this database: stop it first")
	}
	return taken.First, nil
}

// settle lets PostgreSQL know what it has got: its plans depend on it.
func settle(ctx context.Context, s *store.Store) error {
	if !s.Postgres() {
		return nil
	}
	for _, name := range []string{"report", "sealed_blob", "complaint", "deadline", "event", "complaint_search", "notice", "roll", "roll_row", "roll_hold", "fund", "project"} {
		if err := s.Read(ctx).Exec("VACUUM (ANALYZE) " + name).Error; err != nil {
			return err
		}
	}
	return nil
}

// random gives each chunk its own stream, so that the same load comes out
// whatever the number of hands.
func random(chunk int) *rand.Rand { return rand.New(rand.NewPCG(20151130, uint64(chunk))) }
