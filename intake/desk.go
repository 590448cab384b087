package intake

import (
	"errors"
	"sync/atomic"

	"minsheng/clock"
	"minsheng/custody"
	"minsheng/internal/evidence"
	"minsheng/internal/seal"
	"minsheng/internal/store"
	"minsheng/region"
	"minsheng/staff"
)

var (
	// ErrStaleForm means the form is older than 24 hours (a tracking page: 15
	// minutes) or was not made here; a new one must be shown with what was
	// typed.
	ErrStaleForm = errors.New("intake: form expired")
	// ErrNoReceipt means no report has that receipt; mistyped digits (check
	// digits wrong) give the same error after the same work.
	ErrNoReceipt = errors.New("intake: no such receipt")
	// ErrClosed means nothing more can be added or withdrawn.
	ErrClosed = errors.New("intake: report is closed")
)

// Desk takes in reports and keeps up the conversation. It is safe for use by
// many goroutines.
type Desk struct {
	store   *store.Store
	keys    *seal.Keys
	atlas   *region.Atlas
	shelf   *evidence.Shelf
	clocks  *clock.Book
	custody *custody.Desk
	// contents is custody, or opens what the portal itself keeps where there is none.
	contents *custody.Desk
	occupied atomic.Pointer[occupied]
	places   gazetteer
	passed   atomic.Pointer[passed] // when names were last handed over
	names    staff.Names

	formBox, trackBox, narrativeBox, identityBox, messageBox, letterBox, personBox, noteBox *seal.Box
}

// Config is what a Desk needs.
type Config struct {
	Store  *store.Store
	Keys   *seal.Keys
	Atlas  *region.Atlas
	Shelf  *evidence.Shelf
	Clocks *clock.Book
	// Custody holds the keys that names are sealed to. Without it, and as long as
	// no office has a key, the portal itself keeps them.
	Custody *custody.Desk
}

// New returns the desk.
func New(c Config) *Desk {
	contents := c.Custody
	if contents == nil {
		contents = custody.New(custody.Config{Store: c.Store, Keys: c.Keys, Atlas: c.Atlas})
	}
	return &Desk{
		contents: contents,
		store:    c.Store, keys: c.Keys, atlas: c.Atlas, shelf: c.Shelf, clocks: c.Clocks, custody: c.Custody,
		formBox: c.Keys.Box("form"), trackBox: c.Keys.Box("track"),
		narrativeBox: c.Keys.Box("narrative"), identityBox: c.Keys.Box("identity"), messageBox: c.Keys.Box("message"),
		letterBox: c.Keys.Box("letter"), personBox: c.Keys.Box("complaint_person"), noteBox: c.Keys.Box("identity_opening"), names: staff.NewNames(c.Keys),
	}
}
