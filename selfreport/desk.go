package selfreport

import (
	"minsheng/clock"
	"minsheng/internal/evidence"
	"minsheng/internal/store"
	"minsheng/region"
	"minsheng/staff"
)

// Config is what a Desk needs.
type Config struct {
	Store  *store.Store
	Atlas  *region.Atlas
	Staff  *staff.Desk
	Shelf  *evidence.Shelf
	Clocks *clock.Book
}

// Desk is where reports are asked for, handed in and read.
type Desk struct{ Config }

// New returns the desk.
func New(c Config) *Desk { return &Desk{c} }
