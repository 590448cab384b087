package docket

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/staff"
)

// Brief is what other rooms say of an item that they refer to.
type Brief struct {
	ID         uuid.UUID
	Number     string // "" until it is issued
	Title      string
	Origin     Origin
	State      ItemState
	IssuerID   uuid.UUID
	IssuerName string
	LeadID     uuid.UUID
	LeadName   string
	PlaceCode  string // "" for a unit that is not told what the case behind it is about
	DueOn      *workday.Date
	Late       int // working days overdue
	Halted     bool
	Over       bool // struck off or cancelled
}

// MaySee returns nil when the officer may open the item, else
// store.ErrNotFound.
func (d *Desk) MaySee(ctx context.Context, by staff.Officer, id uuid.UUID) error {
	_, err := d.itemIn(d.Store.Read(ctx), by, id)
	return err
}

// Known selects the ids of the items that the officer may know of, as a part of
// queries of rooms above.
func (d *Desk) Known(db *gorm.DB, by staff.Officer) *gorm.DB {
	fresh := db.Session(&gorm.Session{NewDB: true}).Table("supervision_item").Select("supervision_item.id")
	return d.itemScope(fresh, by)
}

// Owns returns nil when the officer acts for the office that issues the item, or
// for one that commands it; else store.ErrNotFound.
func (d *Desk) Owns(ctx context.Context, by staff.Officer, id uuid.UUID) error {
	_, err := d.ownItem(d.Store.Read(ctx), by, id)
	return err
}

// Brief is what stands of an item that the officer may open; store.ErrNotFound
// for any other.
func (d *Desk) Brief(ctx context.Context, by staff.Officer, id uuid.UUID) (Brief, error) {
	i, err := d.itemIn(d.Store.Read(ctx), by, id)
	return d.brief(d.seen(by, i)), err
}

// BriefIn is Brief in a transaction, for whoever has checked (MaySee) that the
// officer may open it.
func (d *Desk) BriefIn(tx *gorm.DB, id uuid.UUID) (Brief, error) {
	var i Item
	err := store.One(tx.Where("id = ?", id), &i)
	return d.brief(i), err
}

func (d *Desk) brief(i Item) Brief {
	v := d.face(i)
	return Brief{
		ID: i.ID, Number: i.Number, Title: i.Title, Origin: i.Origin, State: i.State,
		IssuerID: i.IssuerID, IssuerName: v.IssuerName, LeadID: i.LeadUnitID, LeadName: v.LeadName, PlaceCode: i.PlaceCode,
		DueOn: i.DueOn, Late: v.Late, Halted: v.Halted, Over: i.ClosedAt != nil,
	}
}
