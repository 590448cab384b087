package rectification

import (
	"context"
	"errors"
	"maps"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/ledger"
	"minsheng/staff"
)

// visible narrows a query over rectification_order to what the officer may know
// all of: those of the own office and of offices below it
// (staff.OrderRectifying), but none that comes of an item which a case behind it
// hides from the officer. It and addressed are the only places that decide this;
// TestEveryQueryIsScoped holds every query of the room to them.
func (d *Desk) visible(db *gorm.DB, by staff.Officer) *gorm.DB {
	if !by.May(staff.OrderRectifying) {
		return db.Where("1 = 0")
	}
	return db.Where("rectification_order.unit_id IN ? AND (rectification_order.item_id IS NULL OR rectification_order.item_id IN (?))",
		d.Atlas.Subtree(by.UnitID), d.Docket.Known(db, by))
}

// addressed narrows a query over rectification_order to those that were issued to
// the officer's own office (staff.ReadItems).
func (d *Desk) addressed(db *gorm.DB, by staff.Officer) *gorm.DB {
	if !by.May(staff.ReadItems) {
		return db.Where("1 = 0")
	}
	return db.Where("rectification_order.target_id = ? AND rectification_order.issued_at IS NOT NULL", by.UnitID)
}

// one reads an order from either side, and whether the officer is of the ordering
// one; store.ErrNotFound for any other.
func (d *Desk) one(db *gorm.DB, by staff.Officer, id uuid.UUID) (o Order, above bool, err error) {
	err = store.One(d.visible(db, by).Where("rectification_order.id = ?", id), &o)
	if !errors.Is(err, store.ErrNotFound) {
		return o, true, err
	}
	return o, false, store.One(d.addressed(db, by).Where("rectification_order.id = ?", id), &o)
}

// MaySee returns nil when the officer may know all of an order, for rooms above
// that refer to one; store.ErrNotFound for any other, the ordered office too.
func (d *Desk) MaySee(ctx context.Context, by staff.Officer, id uuid.UUID) error {
	var o Order
	return store.One(d.visible(d.Store.Read(ctx), by).Where("rectification_order.id = ?", id), &o)
}

// MayRead returns nil when the officer may know of an order, from either side:
// for its papers. store.ErrNotFound for any other.
func (d *Desk) MayRead(ctx context.Context, by staff.Officer, id uuid.UUID) error {
	_, _, err := d.one(d.Store.Read(ctx), by, id)
	return err
}

// Numbered finds the order with a number (盘督整〔2026〕3号) for who may know all of
// it; store.ErrNotFound for any other.
func (d *Desk) Numbered(ctx context.Context, by staff.Officer, number string) (uuid.UUID, error) {
	if number = strings.TrimSpace(number); number == "" { // as orders have before they are issued
		return uuid.Nil, store.ErrNotFound
	}
	var o Order
	err := store.One(d.visible(d.Store.Read(ctx), by).Where("rectification_order.number = ?", number), &o)
	return o.ID, err
}

// Hides is the condition under which the order whose id stands in a column is
// hidden from the officer wherever it lies: a case behind its item is. Rooms above
// hide with it what came of an order.
func (d *Desk) Hides(by staff.Officer, id clause.Column) clause.Expr {
	hides := d.Docket.Hides(by, clause.Column{Table: "of_item", Name: "item_id"})
	return gorm.Expr("EXISTS (SELECT 1 FROM rectification_order of_item WHERE of_item.id = ? AND of_item.item_id IS NOT NULL AND ?)", id, hides)
}

// Brief is what rooms above show of an order that they refer to.
type Brief struct {
	Number string
	Office string // the ordered one
}

// Brief reads the brief of an order for who may know all of it; store.ErrNotFound
// for any other.
func (d *Desk) Brief(ctx context.Context, by staff.Officer, id uuid.UUID) (Brief, error) {
	var o Order
	err := store.One(d.visible(d.Store.Read(ctx), by).Where("rectification_order.id = ?", id), &o)
	return Brief{o.Number, d.unitName(o.TargetID)}, err
}

// Betrays refuses texts of rooms above about an order that could give away who
// reported behind its item (*triage.Leak, which it records as tried) or whom the
// team of its inspection spoke to (*step.Invalid), each text with the name of its
// field. store.ErrNotFound for who may not know the order.
func (d *Desk) Betrays(ctx context.Context, by staff.Officer, id uuid.UUID, texts ...[2]string) error {
	db := d.Store.Read(ctx)
	var o Order
	if err := store.One(d.visible(db, by).Where("rectification_order.id = ?", id), &o); err != nil {
		return err
	}
	if o.ItemID != nil {
		return d.Docket.GivesAway(ctx, by, ledger.OfItem, *o.ItemID, texts...)
	}
	return d.Inspections.Betrays(ctx, by, *o.InspectionID, texts...)
}

// ItemBehind is the item that an order comes of, if any, for rooms above that
// have made sure that the officer knows of the order.
func (d *Desk) ItemBehind(db *gorm.DB, id uuid.UUID) (*uuid.UUID, error) {
	var o Order
	err := store.One(db.Where("id = ?", id), &o)
	return o.ItemID, err
}

// side is who does an act.
type side int

const (
	byOffice   side = iota // anybody of the ordering office (staff.OrderRectifying)
	bySecond               // of it, not who worded the order
	byChecker              // of it, not who ruled on plan or report
	byApprover             // of it, not who asked or checked (staff.ApproveCases)
	byTarget               // the ordered office (staff.HandleItems, staff.AnswerOffices)
)

// doers says whose each act is. What was put right is looked at by somebody who
// has not called the plan or the report good.
var doers = map[Act]side{
	ToChange: byOffice, ToWithdraw: byOffice, ToRulePlan: byOffice, ToReturn: byOffice, ToFollow: byOffice, ToSuspend: byOffice, ToResume: byOffice,
	ToIssue: bySecond,
	ToCheck: byChecker, ToConfirm: byChecker,
	ToStrike: byApprover, ToRuleHalt: byApprover,
	ToAcknowledge: byTarget, ToPlan: byTarget, ToNote: byTarget, ToReport: byTarget, ToEnter: byTarget, ToCorrect: byTarget,
}

// may returns nil when the act is the officer's to do: staff.ErrForbidden, or
// step.ErrSamePerson for who did what it is to follow.
func (d *Desk) may(tx *gorm.DB, by staff.Officer, o Order, a Act) error {
	whose := doers[a]
	if whose == byTarget {
		if by.UnitID != o.TargetID || !by.May(staff.HandleItems) {
			return staff.ErrForbidden
		}
		return by.Require(staff.AnswerOffices)
	}
	if by.UnitID != o.UnitID || !by.May(staff.OrderRectifying) || whose == byApprover && !by.May(staff.ApproveCases) {
		return staff.ErrForbidden
	}
	same, err := d.samePerson(tx, by.ID, o, a)
	if err == nil && same {
		err = step.ErrSamePerson
	}
	return err
}

// samePerson reports whether somebody did what an act of another person follows.
func (d *Desk) samePerson(tx *gorm.DB, who uuid.UUID, o Order, a Act) (bool, error) {
	switch a {
	case ToIssue:
		return o.ProposedBy == who, nil
	case ToStrike:
		return o.CheckedBy != nil && *o.CheckedBy == who, nil
	case ToRuleHalt:
		h, err := openSuspension(tx, o.ID)
		return h != nil && h.AskedBy == who, err
	case ToCheck, ToConfirm:
		return ruled(tx, o.ID, who)
	}
	return false, nil
}

// discretion refuses texts of the ordering office that could give away who
// reported or whom a team spoke to; each is named by its field.
type discretion func(tx *gorm.DB, texts ...[2]string) error

// on runs an act in one transaction on an order that the officer may do it with.
// The order is held until the transaction ends: nobody else can take it out of
// the state that lets the act happen. A version other than 0 must be that which
// the page showed. Errors: store.ErrNotFound, staff.ErrForbidden,
// step.ErrSamePerson, step.ErrStale, step.ErrState, those of do.
func (d *Desk) on(ctx context.Context, by staff.Officer, a Act, id uuid.UUID, version int, do func(tx *gorm.DB, o *Order, fit discretion) error) error {
	o, above, err := d.one(d.Store.Read(ctx), by, id)
	if err != nil {
		return err
	}
	if above == (doers[a] == byTarget) {
		return staff.ErrForbidden
	}
	fit, err := d.discretion(ctx, by, o)
	if err != nil {
		return err
	}
	err = step.Again(func() error {
		return d.Store.Transact(ctx, func(tx *gorm.DB) error {
			o, err := d.held(tx, by, a, id)
			if err != nil {
				return err
			}
			if err := d.may(tx, by, o, a); err != nil {
				return err
			}
			if version != 0 && version != o.Version {
				return step.ErrStale
			}
			if _, err := after(o, a, d.today()); err != nil {
				return err
			}
			return do(tx, &o, fit)
		})
	})
	return d.probed(ctx, by, o, err)
}

// held reads the order of an act as the officer may see it, and holds it.
func (d *Desk) held(tx *gorm.DB, by staff.Officer, a Act, id uuid.UUID) (Order, error) {
	query := d.visible(tx, by)
	if doers[a] == byTarget {
		query = d.addressed(tx, by)
	}
	var o Order
	err := store.One(query.Where("rectification_order.id = ?", id).Clauses(clause.Locking{Strength: "UPDATE"}), &o)
	return o, err
}

// move changes an order that on holds, and takes it to where the act leads unless
// the changes say where. set may be nil.
func (d *Desk) move(tx *gorm.DB, o *Order, a Act, set map[string]any) error {
	next, err := after(*o, a, d.today())
	if err != nil {
		return err
	}
	changes := map[string]any{"state": next}
	maps.Copy(changes, set)
	if err := step.Move(tx, &Order{}, o.ID, o.Version, changes); err != nil {
		return err
	}
	var now Order
	err = store.One(tx.Where("id = ?", o.ID), &now)
	*o = now
	return err
}
