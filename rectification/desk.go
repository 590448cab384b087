package rectification

import (
	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/clock"
	"minsheng/docket"
	"minsheng/inspection"
	"minsheng/internal/evidence"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/paper"
	"minsheng/region"
	"minsheng/staff"
)

// Config is what a Desk needs.
type Config struct {
	Store       *store.Store
	Atlas       *region.Atlas
	Staff       *staff.Desk
	Shelf       *evidence.Shelf
	Clocks      *clock.Book
	Docket      *docket.Desk
	Inspections *inspection.Desk
	Papers      *paper.Press
}

// Desk is where orders are issued and followed to their end.
type Desk struct{ Config }

// New returns the desk.
func New(c Config) *Desk { return &Desk{c} }

func (d *Desk) today() workday.Date { return workday.On(d.Store.Now()) }

// note writes an event of an order: codes, ids and dates, never words.
func (d *Desk) note(tx *gorm.DB, by staff.Officer, id uuid.UUID, kind string, facts map[string]string) error {
	return d.Clocks.Append(tx, ledger.OfOrder, id, kind, by.Actor(), facts)
}

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
