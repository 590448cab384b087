package paper

import (
	"minsheng/internal/evidence"
	"minsheng/internal/store"
	"minsheng/region"
	"minsheng/staff"
)

// Config is what a Press needs.
type Config struct {
	Store *store.Store
	Atlas *region.Atlas
	Staff *staff.Desk
	Shelf *evidence.Shelf
}

// Press makes papers.
type Press struct{ Config }

// New returns the press.
func New(c Config) *Press { return &Press{c} }
