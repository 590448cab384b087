package accountability

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/clock"
	"minsheng/docket"
	"minsheng/inspection"
	"minsheng/internal/evidence"
	"minsheng/internal/seal"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/paper"
	"minsheng/rectification"
	"minsheng/region"
	"minsheng/staff"
	"minsheng/triage"
)

// Finder finds what a measure can stand on by its number, for an officer who may
// see it; store.ErrNotFound for any other.
type Finder func(ctx context.Context, by staff.Officer, number string) (uuid.UUID, error)

// Config is what a Desk needs.
type Config struct {
	Store       *store.Store
	Keys        *seal.Keys
	Atlas       *region.Atlas
	Staff       *staff.Desk
	Triage      *triage.Queue
	Shelf       *evidence.Shelf
	Clocks      *clock.Book
	Docket      *docket.Desk
	Inspections *inspection.Desk
	Orders      *rectification.Desk
	Papers      *paper.Press
	// Finders find the cases, items, inspections and orders that measures stand on
	// (ledger.OfComplaint, OfItem, OfInspection, OfOrder). Without one nothing of
	// its kind is found.
	Finders map[ledger.Subject]Finder
}

// Desk is where measures are proposed, approved and followed.
type Desk struct {
	Config
	box *seal.Box
}

// New returns the desk.
func New(c Config) *Desk { return &Desk{c, c.Keys.Box("accountability")} }

func (d *Desk) today() workday.Date { return workday.On(d.Store.Now()) }

// note writes an event of a measure: codes, numbers and dates, never a person.
func (d *Desk) note(tx *gorm.DB, by staff.Officer, id uuid.UUID, kind string, facts map[string]string) error {
	return d.Clocks.Append(tx, ledger.OfMeasure, id, kind, by.Actor(), facts)
}

func place(kind string, id uuid.UUID) string { return kind + ":" + id.String() }

// unitName is what an office is called now.
func (d *Desk) unitName(id uuid.UUID) string {
	u, _ := d.Atlas.Unit(id)
	return u.Name
}

// namesOf reads what people with accounts are called.
func namesOf(db *gorm.DB, ids ...uuid.UUID) (map[uuid.UUID]string, error) {
	names := map[uuid.UUID]string{}
	if len(ids) == 0 {
		return names, nil
	}
	var people []struct {
		ID   uuid.UUID
		Name string
	}
	err := db.Table("account").Select("id, name").Where("id IN ?", ids).Find(&people).Error
	for _, p := range people {
		names[p.ID] = p.Name
	}
	return names, err
}
