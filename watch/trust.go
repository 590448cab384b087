package watch

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"minsheng/internal/store"
)

var (
	// ErrSkewed means that this machine's clock is not the database's.
	ErrSkewed = errors.New("watch: the clock is more than 5 s from the database's")
	// ErrJumped means that the clock moved by itself since the last turn. The next
	// turn believes it again.
	ErrJumped = errors.New("watch: the clock jumped")
	// ErrBackwards means that it is earlier than when somebody last looked. Time
	// will catch up.
	ErrBackwards = errors.New("watch: the clock is behind the last turn")
)

const (
	mostSkew   = 5 * time.Second  // as for readiness
	mostJump   = 2 * time.Minute  // between two turns, beyond the time that passed
	mostBehind = 10 * time.Second // two replicas may each be mostSkew off
)

// believe compares the clock of the portal with that of the database, where it
// has one, and with the time that the process knows to have passed.
func believe(s *store.Store) func(ctx context.Context) error {
	steady := steadiness{}
	return func(ctx context.Context) error {
		if err := steady.check(s.Now(), time.Now()); err != nil {
			return err
		}
		skew, err := s.ClockSkew(ctx)
		if err != nil {
			return fmt.Errorf("watch: %w", err)
		}
		if skew.Abs() > mostSkew {
			return ErrSkewed
		}
		return nil
	}
}

// steadiness remembers two clocks that must go at the same pace: the wall's and
// one that nobody sets.
type steadiness struct {
	mu          sync.Mutex
	wall, ticks time.Time
}

// check returns ErrJumped when the wall's clock went further than the other
// since the last check, or less far. ticks carries a monotonic reading.
func (s *steadiness) check(wall, ticks time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var jump time.Duration
	if !s.ticks.IsZero() {
		jump = wall.Sub(s.wall) - ticks.Sub(s.ticks)
	}
	s.wall, s.ticks = wall, ticks
	if jump.Abs() > mostJump {
		return ErrJumped
	}
	return nil
}
