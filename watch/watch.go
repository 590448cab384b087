package watch

import (
	"context"
	"sync"
	"time"

	"github.com/google/uuid"

	"minsheng/clock"
	"minsheng/internal/store"
	"minsheng/ledger"
	"minsheng/region"
	"minsheng/staff"
)

// Config is what a Watch needs.
type Config struct {
	Store   *store.Store
	Atlas   *region.Atlas
	Staff   *staff.Desk
	Clocks  *clock.Book
	Keepers map[ledger.Subject]clock.Keeper // the rooms that clocks run for

	// Waiting counts what lies on the desk of each office that takes complaints;
	// nil: desks without people raise no alarm.
	Waiting func(ctx context.Context) (map[uuid.UUID]int, error)
	// Trust returns an error that tells why this machine's clock cannot be
	// believed at the moment; nil: it is compared with the database's, and with
	// how long the process has run.
	Trust func(ctx context.Context) error

	Interval time.Duration // between two turns; 0: 20 seconds. A lease lives twice as long
	Hours    Hours         // zero: 8:30 to 17:30
	Settle   time.Duration // how long rules or a calendar stay as they are before dates are counted on them; 0: a minute
}

const (
	ordinaryInterval = 20 * time.Second
	ordinarySettle   = time.Minute // twice what a replica takes to hear of a rule or a calendar
)

// Watch looks after every clock. It is safe for use by many goroutines.
type Watch struct {
	Config
	holder uuid.UUID // of this process

	turning sync.Mutex // one turn at a time
	counted noticed
	stood   time.Time // when what stands longer than a day was looked at last
	trust   func(ctx context.Context) error
}

// New returns the watch.
func New(c Config) *Watch {
	if c.Interval == 0 {
		c.Interval = ordinaryInterval
	}
	if c.Settle == 0 {
		c.Settle = ordinarySettle
	}
	if c.Hours == (Hours{}) {
		c.Hours = ordinaryHours
	}
	w := &Watch{Config: c, holder: uuid.New(), trust: c.Trust}
	if w.trust == nil {
		w.trust = believe(c.Store)
	}
	return w
}
