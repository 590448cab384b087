package inspection

import (
	"minsheng/clock"
	"minsheng/docket"
	"minsheng/internal/evidence"
	"minsheng/internal/seal"
	"minsheng/internal/store"
	"minsheng/paper"
	"minsheng/region"
	"minsheng/staff"
)

// Config is what a Desk needs.
type Config struct {
	Store  *store.Store
	Keys   *seal.Keys
	Atlas  *region.Atlas
	Staff  *staff.Desk
	Shelf  *evidence.Shelf
	Clocks *clock.Book
	Docket *docket.Desk
	Papers *paper.Press
}

// Desk is where inspections are planned and written down.
type Desk struct{ Config }

// New returns the desk.
func New(c Config) *Desk { return &Desk{c} }
