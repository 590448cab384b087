package rectification

import (
	"minsheng/clock"
	"minsheng/docket"
	"minsheng/inspection"
	"minsheng/internal/evidence"
	"minsheng/internal/store"
	"minsheng/paper"
	"minsheng/region"
	"minsheng/staff"
)

// Config is what a Desk needs.
type Config struct {
	Store       *store.Store
	Atlas       *region.Atlas
	Staff       *staff.Desk
	Shelf       *evidence.Shelf
	Clocks      *clock.Book
	Docket      *docket.Desk
	Inspections *inspection.Desk
	Papers      *paper.Press
}

// Desk is where orders are issued and followed to their end.
type Desk struct{ Config }

// New returns the desk.
func New(c Config) *Desk { return &Desk{c} }
