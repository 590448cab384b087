package portal

import (
	"context"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"minsheng/portal/gate"
)

// deadline bounds what a handler may spend, with what a phone may take to send
// its form. Handlers pass c.UserContext() to
// whatever waits; it ends when the answer is ready.
func deadline(c *fiber.Ctx) error {
	a := &allowance{until: time.Now().Add(pageTime + min(gate.BodyTime(c), uploadTime))}
	defer a.end()
	c.SetUserContext(a)
	return c.Next()
}

// allowance is a context that ends with its time or with end. It winds its
// timer up when it is first waited for: a page that is served from memory
// waits for nothing, and most pages are.
type allowance struct {
	until time.Time

	mu     sync.Mutex
	ended  bool
	wound  context.Context
	cancel context.CancelFunc
}

func (a *allowance) wind() context.Context {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.wound == nil {
		a.wound, a.cancel = context.WithDeadline(context.Background(), a.until)
		if a.ended {
			a.cancel()
		}
	}
	return a.wound
}

// end ends the context, as the function of context.WithDeadline does.
func (a *allowance) end() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.ended = true
	if a.cancel != nil {
		a.cancel()
	}
}

// Deadline is when the time is up.
func (a *allowance) Deadline() (time.Time, bool) { return a.until, true }

// Done is closed when the context ends.
func (a *allowance) Done() <-chan struct{} { return a.wind().Done() }

// Err says whether and why it ended.
func (a *allowance) Err() error { return a.wind().Err() }

// Value lets contexts made from this one find the timer, and so end with it
// without a goroutine that watches.
func (a *allowance) Value(key any) any { return a.wind().Value(key) }
