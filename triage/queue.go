package triage

import (
	"minsheng/clock"
	"minsheng/household"
	"minsheng/intake"
	"minsheng/internal/evidence"
	"minsheng/internal/seal"
	"minsheng/internal/store"
	"minsheng/notice"
	"minsheng/paper"
	"minsheng/region"
	"minsheng/staff"
)

// Queue is the officers' desk.
type Queue struct {
	store   *store.Store
	keys    *seal.Keys
	atlas   *region.Atlas
	staff   *staff.Desk
	intake  *intake.Desk
	shelf   *evidence.Shelf
	notices *notice.Board
	purse   *household.Purse
	clocks  *clock.Book
	papers  *paper.Press
	tell    func(lang, key string, pairs ...any) string
	common  commonGrams
	names   staff.Names
	lenders map[string]Lender // by kind of owner; of other rooms
}

// Config is what a Queue needs.
type Config struct {
	Store   *store.Store
	Keys    *seal.Keys
	Atlas   *region.Atlas
	Staff   *staff.Desk
	Intake  *intake.Desk
	Shelf   *evidence.Shelf
	Notices *notice.Board    // describes what complaints refer to; without it that is not shown
	Purse   *household.Purse // the same for payments
	Clocks  *clock.Book
	Papers  *paper.Press // writes what reporters get on paper; without it none is written
	// Tell returns the sentence of a catalog key told.<event> in the reporter's
	// language ("zh-CN", "en"), {name} replaced from the pairs "name", value, ….
	// The portal wires it to the catalogs; this room knows none.
	Tell func(lang, key string, pairs ...any) string
}

// New returns the queue.
func New(c Config) *Queue {
	return &Queue{
		store: c.Store, keys: c.Keys, atlas: c.Atlas, staff: c.Staff,
		intake: c.Intake, shelf: c.Shelf, clocks: c.Clocks,
		notices: c.Notices, purse: c.Purse, papers: c.Papers, tell: c.Tell,
		names: staff.NewNames(c.Keys), lenders: map[string]Lender{},
	}
}
