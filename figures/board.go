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

// Board answers with figures. It is safe for use by many goroutines.
type Board struct {
	Config
	counting counting
}

// New returns the board.
func New(c Config) *Board { return &Board{Config: c} }
