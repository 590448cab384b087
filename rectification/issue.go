package rectification

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/step"
	"minsheng/ledger"
	"minsheng/paper"
	"minsheng/staff"
)

// Issue issues an order that somebody else worded (staff.OrderRectifying): it
// becomes a paper with its number, its clocks start, and the ordered office reads
// it from then on. What was fit to leave when it was worded is looked at again.
// Errors: *triage.Leak, those of a step.
func (d *Desk) Issue(ctx context.Context, by staff.Officer, id uuid.UUID, version int) error {
	return d.on(ctx, by, ToIssue, id, version, func(tx *gorm.DB, o *Order, fit discretion) error {
		rows, err := pointRows(tx, id)
		if err != nil {
			return err
		}
		if err := fit(tx, texts(*o, rows)...); err != nil {
			return err
		}
		if err := d.standing(tx, *o); err != nil {
			return err
		}
		if err := d.move(tx, o, ToIssue, map[string]any{"issued_by": by.ID, "issued_at": d.Store.Now()}); err != nil {
			return err
		}
		if err := d.started(tx, o); err != nil {
			return err
		}
		if err := d.print(tx, by, o); err != nil {
			return err
		}
		for _, r := range rows {
			if r.FindingID == nil {
				continue
			}
			if err := d.Inspections.MarkOrdered(tx, by, *r.FindingID); err != nil {
				return err
			}
		}
		return d.tellIssued(tx, by, *o)
	})
}

// standing is step.ErrState for an order that comes of an item which is over by
// now.
func (d *Desk) standing(tx *gorm.DB, o Order) error {
	if o.ItemID == nil || o.Round > 1 {
		return nil
	}
	item, err := d.Docket.BriefIn(tx, *o.ItemID)
	if err == nil && item.Over {
		err = step.ErrState
	}
	return err
}

// print makes the paper of an order, whose number is the order's.
func (d *Desk) print(tx *gorm.DB, by staff.Officer, o *Order) error {
	points, err := d.points(tx, *o)
	if err != nil {
		return err
	}
	running, err := d.Clocks.Running(tx, o.ID)
	if err != nil {
		return err
	}
	days := map[string]string{}
	for _, c := range running {
		days[c.Rule] = limitWords(c)
	}
	basis, err := d.basis(tx, *o)
	if err != nil {
		return err
	}
	done, err := d.Papers.Issue(tx, by, paper.Draft{
		Kind: paper.RectificationOrder, Unit: o.UnitID, To: o.TargetID, Subject: ledger.OfOrder, SubjectID: o.ID, DraftedBy: o.ProposedBy,
		Title: orderTitle(o.Round), Content: orderContent(*o, d.unitName(o.TargetID), basis, days[rulePlan], days[ruleReport], points),
	})
	if err != nil {
		return err
	}
	o.Number = done.Number
	return tx.Model(&Order{}).Where("id = ?", o.ID).Updates(map[string]any{"number": o.Number}).Error
}

// basis is what an order refers to: the inspection, or the item.
func (d *Desk) basis(tx *gorm.DB, o Order) (string, error) {
	if o.ItemID == nil {
		return d.Inspections.NumberOf(tx, *o.InspectionID)
	}
	item, err := d.Docket.BriefIn(tx, *o.ItemID)
	return item.Number, err
}

func (d *Desk) tellIssued(tx *gorm.DB, by staff.Officer, o Order) error {
	facts := map[string]string{"number": o.Number, "round": itoa(o.Round)}
	if o.ItemID != nil {
		if err := ledger.Append(tx, ledger.OfItem, *o.ItemID, "order_issued", by.Actor(), d.Store.Now(), facts); err != nil {
			return err
		}
	}
	return d.note(tx, by, o.ID, "order_issued", facts)
}
