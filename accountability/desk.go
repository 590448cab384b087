package accountability

import (
	"minsheng/clock"
	"minsheng/docket"
	"minsheng/inspection"
	"minsheng/internal/evidence"
	"minsheng/internal/seal"
	"minsheng/internal/store"
	"minsheng/paper"
	"minsheng/rectification"
	"minsheng/region"
	"minsheng/staff"
	"minsheng/triage"
)

// Config is what a Desk needs.
type Config struct {
	Store       *store.Store
	Keys        *seal.Keys
	Atlas       *region.Atlas
	Staff       *staff.Desk
	Triage      *triage.Queue
	Shelf       *evidence.Shelf
	Clocks      *clock.Book
	Docket      *docket.Desk
	Inspections *inspection.Desk
	Orders      *rectification.Desk
	Papers      *paper.Press
}

// Desk is where measures are proposed, approved and followed.
type Desk struct{ Config }

// New returns the desk.
func New(c Config) *Desk { return &Desk{c} }
