package public

import (
	"context"
	"sync"
	"time"

	"minsheng/intake"
	"minsheng/internal/workday"
)

// sums keeps the figures until midnight: a number that moved during the day
// would tell whoever watches it when somebody reported. Counting reads whole
// indexes; while new ones are counted the old ones are shown, so that nobody
// waits but the first visitor after a start.
type sums struct {
	mu       sync.Mutex
	until    time.Time
	known    intake.Figures
	counted  bool // known is not empty
	counting bool
}

const (
	countTime  = time.Minute     // the most that counting in the background may take
	countAgain = 5 * time.Minute // after counting failed
)

// tomorrow is the midnight that ends the day of now in Shanghai.
func tomorrow(now time.Time) time.Time { return workday.On(now).Add(1).Time() }

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
		s.known, s.until, s.counted = figures, tomorrow(now), true
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
	if err != nil {
		f.sums.until = f.Now().Add(countAgain)
		return
	}
	f.sums.known, f.sums.until = figures, tomorrow(f.Now())
}
