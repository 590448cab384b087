package register

import (
	"minsheng/clock"
	"minsheng/docket"
	"minsheng/internal/store"
	"minsheng/region"
)

// Config is what a Book needs.
type Config struct {
	Store  *store.Store
	Atlas  *region.Atlas
	Clocks *clock.Book
	Docket *docket.Desk
}

// Book is the register.
type Book struct{ Config }

// New returns the register.
func New(c Config) *Book { return &Book{c} }
