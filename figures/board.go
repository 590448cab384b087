package figures

import (
	"minsheng/clock"
	"minsheng/internal/store"
	"minsheng/region"
)

// Config is what a Board needs.
type Config struct {
	Store  *store.Store
	Atlas  *region.Atlas
	Clocks *clock.Book
}

// Board answers with figures.
type Board struct{ Config }

// New returns the board.
func New(c Config) *Board { return &Board{c} }
