package portal

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"
)

const (
	readyKept  = 2 * time.Second // how long an answer of /readyz stands
	checkTime  = time.Second     // how long its checks may take together
	maxSkew    = 5 * time.Second // between this machine's clock and the database's
	readyAgain = "2"             // seconds
)

// alive answers as long as the process does.
func alive(c *fiber.Ctx) error { return c.SendString("ok\n") }

// readyz says whether this replica should get visitors.
func (s *Site) readyz(c *fiber.Ctx) error {
	if s.draining.Load() {
		return notReady(c, []string{"draining"})
	}
	if failed := s.ready.failed(); len(failed) > 0 {
		return notReady(c, failed)
	}
	return c.SendString("ready\n")
}

func notReady(c *fiber.Ctx, why []string) error {
	c.Set(fiber.HeaderRetryAfter, readyAgain)
	return c.Status(fiber.StatusServiceUnavailable).SendString("not ready: " + strings.Join(why, ", ") + "\n")
}

// readiness remembers the outcome of its checks for a moment, so that asking
// often costs nothing.
type readiness struct {
	check func(context.Context) []string

	mu   sync.Mutex
	last []string
	at   time.Time
}

// failed names what is not ready.
func (r *readiness) failed() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.at.IsZero() && time.Since(r.at) < readyKept {
		return r.last
	}
	ctx, cancel := context.WithTimeout(context.Background(), checkTime)
	defer cancel()
	r.last, r.at = r.check(ctx), time.Now()
	return r.last
}

// checks asks the database whether it is there, up to date, and of one mind
// with this machine about the time.
func (s *Site) checks(ctx context.Context) []string {
	if err := s.Store.Ping(ctx); err != nil {
		return []string{"database"}
	}
	var failed []string
	if behind, err := s.Store.Behind(ctx); err != nil || behind > 0 {
		failed = append(failed, "schema")
	}
	if skew, err := s.Store.ClockSkew(ctx); err != nil || skew.Abs() > maxSkew {
		failed = append(failed, fmt.Sprintf("clock (more than %s from the database's)", maxSkew))
	}
	return failed
}
