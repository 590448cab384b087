package watch

import (
	"context"
	"errors"
	"log/slog"
	"time"
)

// Swept is what one turn did.
type Swept struct {
	Still   error         // why nothing was looked at, nil when something was
	Told    map[Stage]int // alarms that were raised
	Moved   int           // dates that moved with rules or a calendar
	Failed  int           // deadlines that were left out because a room failed
	failure error         // the first of them
}

func (s *Swept) add(d dealt) {
	for _, stage := range d.told {
		s.Told[stage]++
	}
	s.Moved += d.moved
}

func (s *Swept) fail(err error) {
	s.Failed++
	if s.failure == nil {
		s.failure = err
	}
}

// total is how much a turn did.
func (s *Swept) total() int {
	n := s.Moved
	for _, told := range s.Told {
		n += told
	}
	return n
}

// Run sweeps at every interval until ctx ends. Every replica runs it: one of them
// sweeps, and when it dies another does, two intervals later at most.
func (w *Watch) Run(ctx context.Context, log *slog.Logger) {
	log = log.With("component", "watch")
	var said error
	for {
		swept, err := w.Sweep(ctx)
		if ctx.Err() == nil {
			said = report(log, swept, err, said)
		}
		select {
		case <-ctx.Done():
			w.leave(log)
			return
		case <-time.After(w.rest(swept.Still)):
		}
	}
}

// rest is how long to wait before the next turn: an interval, or as long as the
// lease of another lives where that is less.
func (w *Watch) rest(still error) time.Duration {
	var other elsewhere
	if errors.As(still, &other) {
		return min(w.Interval, max(other.left, time.Millisecond))
	}
	return w.Interval
}

// leave lets another replica go on at once.
func (w *Watch) leave(log *slog.Logger) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if err := w.release(ctx); err != nil {
		log.Warn("the watch could not be handed on", "error", err)
	}
}

// report says what a turn did, and why one did nothing when that is new.
func report(log *slog.Logger, swept Swept, err, said error) error {
	switch {
	case errors.Is(err, errLost):
		log.Warn("another replica took the watch over in the middle of a turn")
	case err != nil:
		log.Error("a turn of the watch failed", "error", err)
	}
	if swept.Failed > 0 {
		log.Error("clocks were left out because a room failed", "count", swept.Failed, "error", swept.failure)
	}
	if n := swept.total(); n > 0 {
		log.Info("clocks swept", "count", n)
	}
	if swept.Still == nil || errors.Is(swept.Still, errElsewhere) {
		return nil
	}
	for _, why := range stills {
		if errors.Is(swept.Still, why.err) && !errors.Is(said, why.err) {
			log.Error(why.says)
		}
	}
	return swept.Still
}

// stills are why a turn looks at nothing, and what the log says of it.
var stills = []struct {
	err  error
	says string
}{
	{ErrSkewed, "the watch stands still: the clock is far from the database's"},
	{ErrJumped, "the watch stands still for a turn: the clock jumped"},
	{ErrBackwards, "the watch stands still: the clock is behind the last turn"},
}

// Sweep is one turn: it takes the lease or finds it taken, counts dates again
// where rules or the calendar changed, and in office hours announces what is due
// and late. Whatever it did before an error stays done.
func (w *Watch) Sweep(ctx context.Context) (Swept, error) {
	w.turning.Lock()
	defer w.turning.Unlock()
	swept := Swept{Told: map[Stage]int{}}
	t, err := w.begin(ctx)
	still := errors.Is(err, errElsewhere)
	for _, why := range stills {
		still = still || errors.Is(err, why.err)
	}
	if still {
		swept.Still = err
		return swept, nil
	}
	if err != nil {
		return swept, err
	}
	err = t.recount(ctx, &swept)
	if errors.Is(err, errLost) || !w.Hours.Open(w.Store.Now(), w.Clocks.Calendar()) {
		return swept, err
	}
	return swept, errors.Join(err, t.announce(ctx, &swept), t.standing(ctx, &swept))
}

// begin starts a turn of whoever may sweep now.
func (w *Watch) begin(ctx context.Context) (*turn, error) {
	if err := w.trust(ctx); err != nil {
		return nil, err
	}
	t, err := w.take(ctx)
	if err != nil {
		return nil, err
	}
	return t, t.look(ctx)
}
