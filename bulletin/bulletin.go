package bulletin

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/clock"
	"minsheng/docket"
	"minsheng/figures"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/ledger"
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

	// Sources are what a circular may rest on beside items, by kind.
	Sources map[ledger.Subject]Source

	// What other rooms did in a stretch of days, in an office and those below it.
	// Reports leave out what nil has no answer to.
	Inspections func(ctx context.Context, unit uuid.UUID, from, to workday.Date) (InspectionSums, error)
	Orders      func(ctx context.Context, unit uuid.UUID, from, to workday.Date) (OrderSums, error)
	Measures    func(ctx context.Context, unit uuid.UUID, from, to workday.Date) ([]MeasureSum, error)
}

// InspectionSums is what the office looked at itself: what its plan had for the
// period, what was carried out (and how much of that was planned), and what was
// found, most first.
type InspectionSums struct {
	InPlan, Carried, CarriedPlan int64
	Findings                     []FindingSum
}

// FindingSum counts findings under a clause of the Measures. Amounts are fen.
type FindingSum struct {
	Clause     string // catalog key inspection.clause.<code>
	Name       string // of the clause, in Chinese: reports are written in it
	N          int64
	Households int64
	AmountFen  int64
}

// OrderSums is what came of rectification orders. Amounts are fen.
type OrderSums struct {
	Issued, StruckOff         int64
	RecoveredFen, ReturnedFen int64
}

// MeasureSum is how often offices or persons were held to account in one way;
// nobody is named.
type MeasureSum struct {
	Name string // of the measure, in Chinese
	N    int64
}

// Desk is where bulletins are composed and issued.
type Desk struct{ Config }

// New returns the desk.
func New(c Config) *Desk { return &Desk{c} }

func (d *Desk) today() workday.Date { return workday.On(d.Store.Now()) }

func (d *Desk) unitName(id uuid.UUID) string {
	u, err := d.Atlas.Unit(id)
	if err != nil {
		return ""
	}
	return u.Name
}

func (d *Desk) note(tx *gorm.DB, by staff.Officer, id uuid.UUID, kind string, body map[string]string) error {
	return d.Clocks.Append(tx, ledger.OfBulletin, id, kind, by.Actor(), body)
}

// namesOf reads what people are called, by id.
func namesOf(db *gorm.DB, ids ...*uuid.UUID) (map[uuid.UUID]string, error) {
	var wanted []uuid.UUID
	for _, id := range ids {
		if id != nil {
			wanted = append(wanted, *id)
		}
	}
	names := map[uuid.UUID]string{}
	if len(wanted) == 0 {
		return names, nil
	}
	var people []struct {
		ID   uuid.UUID
		Name string
	}
	err := db.Table("account").Select("id, name").Where("id IN ?", wanted).Limit(len(wanted)).Scan(&people).Error
	for _, p := range people {
		names[p.ID] = p.Name
	}
	return names, err
}

func nameOf(names map[uuid.UUID]string, id *uuid.UUID) string {
	if id == nil {
		return ""
	}
	return names[*id]
}

// author is who drafted what somebody signs, as far as they still may: papers say
// both. The signer themselves when they may not any more.
func (d *Desk) author(ctx context.Context, by staff.Officer, id uuid.UUID) (staff.Officer, error) {
	colleagues, err := d.Staff.ColleaguesWith(ctx, []uuid.UUID{by.UnitID}, staff.WritePapers)
	for _, c := range colleagues {
		if c.ID == id {
			return c, err
		}
	}
	return by, err
}

// press makes the paper of what author drafted and by signs, both in their own
// names.
func (d *Desk) press(tx *gorm.DB, author, by staff.Officer, draft paper.Draft) (paper.Paper, error) {
	if author.ID == by.ID {
		return d.Papers.Issue(tx, by, draft)
	}
	id, err := d.Papers.Put(tx, author, draft)
	if err != nil {
		return paper.Paper{}, err
	}
	return d.Papers.Finish(tx, by, id)
}
