package bulletin

import (
	"minsheng/clock"
	"minsheng/docket"
	"minsheng/figures"
	"minsheng/internal/store"
	"minsheng/notice"
	"minsheng/paper"
	"minsheng/region"
	"minsheng/staff"
)

// Config is what a Desk needs.
type Config struct {
	Store   *store.Store
	Atlas   *region.Atlas
	Staff   *staff.Desk
	Clocks  *clock.Book
	Docket  *docket.Desk
	Notices *notice.Desk
	Figures *figures.Board
	Papers  *paper.Press
}

// Desk is where bulletins are composed and issued.
type Desk struct{ Config }

// New returns the desk.
func New(c Config) *Desk { return &Desk{c} }
