package paper

import (
	"context"

	"github.com/google/uuid"

	"minsheng/intake"
	"minsheng/internal/evidence"
	"minsheng/internal/seal"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/region"
	"minsheng/staff"
)

// Guard reports whether somebody may see what a paper is about: nil when they
// may, store.ErrNotFound when it does not exist for them. It leaves no trace: it
// is asked for every line of a list.
type Guard func(ctx context.Context, by staff.Officer, subject uuid.UUID) error

// Config is what a Press needs.
type Config struct {
	Store  *store.Store
	Keys   *seal.Keys
	Atlas  *region.Atlas
	Staff  *staff.Desk
	Shelf  *evidence.Shelf
	Intake *intake.Desk // seals what papers say of complaints
	// Guards says who may see the things that papers are about. Of a kind of thing
	// without a guard nobody sees a paper.
	Guards map[ledger.Subject]Guard
}

// Press makes papers.
type Press struct {
	Config
	box *seal.Box
}

// New returns the press.
func New(c Config) *Press { return &Press{c, c.Keys.Box("paper")} }

func (p *Press) today() workday.Date { return workday.On(p.Store.Now()) }
