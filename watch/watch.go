package watch

import (
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
}

// Watch looks after every clock.
type Watch struct{ Config }

// New returns the watch.
func New(c Config) *Watch { return &Watch{c} }
