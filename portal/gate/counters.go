package gate

import (
	"sync"
	"time"
)

// counters is the generic cell rate algorithm in memory. Two generations keep
// it bounded: when the young one is full it becomes the old one and the old
// one is forgotten, so that what goes first was used least recently.
type counters struct {
	share int // this process allows 1/share of each rule
	now   func() time.Time

	mu         sync.Mutex
	young, old map[string]time.Time // theoretical arrival time of each key
}

// generation is how many keys one generation holds: 2 × 50 000 keys are about
// 15 MB at the very worst.
const generation = 50_000

func newCounters(share int, now func() time.Time) *counters {
	return &counters{share: share, now: now, young: map[string]time.Time{}}
}

func (c *counters) take(key string, rule Rule, n int) Verdict {
	every := rule.Per * time.Duration(c.share) / time.Duration(rule.Rate)
	burst := max((rule.Burst+c.share-1)/c.share, 1)
	now := c.now()
	c.mu.Lock()
	defer c.mu.Unlock()
	due := c.find(key)
	if due.Before(now) {
		due = now
	}
	// One more fits when its slot lies within the burst.
	wait := due.Add(every).Sub(now) - every*time.Duration(burst)
	if wait > 0 {
		return Verdict{RetryAfter: max(wait, time.Second)}
	}
	if n > 0 {
		c.put(key, due.Add(every*time.Duration(n)))
	}
	return Verdict{OK: true}
}

func (c *counters) find(key string) time.Time {
	if due, ok := c.young[key]; ok {
		return due
	}
	return c.old[key]
}

func (c *counters) put(key string, due time.Time) {
	if len(c.young) >= generation {
		c.old, c.young = c.young, map[string]time.Time{}
	}
	c.young[key] = due
}
