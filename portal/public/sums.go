package public

import (
	"context"
	"sync"
	"time"

	"minsheng/intake"
)

// sums keeps the figures for some minutes: counting reads whole indexes. While
// new ones are counted the old ones are shown, so that nobody waits but the
// first visitor after a start.
type sums struct {
	mu       sync.Mutex
	until    time.Time
	known    intake.Figures
	counted  bool // known is not empty
	counting bool
}

const (
	sumsFor   = 5 * time.Minute
	countTime = time.Minute // the most that counting in the background may take
)

func (f *Face) figures(ctx context.Context) (intake.Figures, error) {
	s := f.sums
	s.mu.Lock()
	defer s.mu.Unlock()
	now := f.Now()
	switch {
	case !s.counted:
		figures, err := f.Intake.Figures(ctx)
		if err != nil {
			return figures, err
		}
		s.known, s.until, s.counted = figures, now.Add(sumsFor), true
	case now.After(s.until) && !s.counting:
		s.counting = true
		go f.recount()
	}
	return s.known, nil
}

func (f *Face) recount() {
	ctx, cancel := context.WithTimeout(context.Background(), countTime)
	defer cancel()
	figures, err := f.Intake.Figures(ctx)
	f.sums.mu.Lock()
	defer f.sums.mu.Unlock()
	f.sums.counting = false
	if f.sums.until = f.Now().Add(sumsFor); err == nil {
		f.sums.known = figures
	}
}
