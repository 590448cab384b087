package docket

import (
	"minsheng/clock"
	"minsheng/internal/evidence"
	"minsheng/internal/seal"
	"minsheng/internal/store"
	"minsheng/paper"
	"minsheng/region"
	"minsheng/staff"
	"minsheng/triage"
)

// Config is what a Desk needs.
type Config struct {
	Store  *store.Store
	Keys   *seal.Keys
	Atlas  *region.Atlas
	Staff  *staff.Desk
	Triage *triage.Queue
	Shelf  *evidence.Shelf
	Clocks *clock.Book
	Papers *paper.Press // nil: no papers are written
}

// Desk is where items are docketed and followed to their end.
type Desk struct{ Config }

// New returns the desk. Files of items leave through the door of triage.
func New(c Config) *Desk {
	d := &Desk{c}
	c.Triage.LeavesFrom(d, noteFiles, extensionFiles)
	return d
}
