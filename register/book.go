package register

import (
	"errors"

	"minsheng/clock"
	"minsheng/docket"
	"minsheng/internal/store"
	"minsheng/region"
	"minsheng/staff"
	"minsheng/triage"
)

// Config is what a Book needs. What later rooms know of an item may be missing:
// its columns are empty then.
type Config struct {
	Store  *store.Store
	Atlas  *region.Atlas
	Staff  *staff.Desk
	Clocks *clock.Book
	Triage *triage.Queue
	Docket *docket.Desk

	Rectified  Rectified
	Accounted  Accounted
	CalledBack CalledBack
}

// ErrBusy means that as many exports are written as the portal writes at once.
var ErrBusy = errors.New("register: too many exports at once")

// mostExports is how many exports are written at a time.
const mostExports = 2

// Book is the register. It is safe for use by many goroutines.
type Book struct {
	Config
	exports chan struct{}
}

// New returns the register.
func New(c Config) *Book { return &Book{c, make(chan struct{}, mostExports)} }
