package rectification

import (
	"context"
	"strconv"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/clock"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/staff"
)

// Rules of the clocks that run here.
const (
	ruleReceipt = "rectification.receipt"
	rulePlan    = "rectification.plan"
	ruleReport  = "rectification.report"
	ruleCheck   = "rectification.check"
	ruleFollow  = "rectification.follow_up_check"
)

func itoa(n int) string { return strconv.Itoa(n) }

// origin is what an order comes of, for which a rule of its own may stand.
func (o Order) origin() string {
	if o.ItemID != nil {
		return string(ledger.OfItem)
	}
	return string(ledger.OfInspection)
}

func (o Order) clocked() clock.Subject {
	return clock.Subject{Kind: ledger.OfOrder, ID: o.ID, Of: o.origin()}
}

// start lets clocks of an order run from a day on.
func (d *Desk) start(tx *gorm.DB, o *Order, from workday.Date, rules ...string) error {
	for _, rule := range rules {
		if _, err := d.Clocks.Start(tx, o.clocked(), rule, from); err != nil {
			return err
		}
	}
	return d.nextDue(tx, o.ID)
}

// met stops clocks of an order; all of them without rules.
func (d *Desk) met(tx *gorm.DB, o *Order, rules ...string) error {
	if err := d.Clocks.Meet(tx, o.ID, rules...); err != nil {
		return err
	}
	return d.nextDue(tx, o.ID)
}

// nextDue writes the earliest open deadline beside the order, for lists. It is no
// step of its life and leaves the version alone.
func (d *Desk) nextDue(tx *gorm.DB, id uuid.UUID) error {
	next, err := d.Clocks.Next(tx, id)
	if err != nil {
		return err
	}
	set := map[string]any{"due_on": nil, "due_rule": ""}
	if next != nil {
		set = map[string]any{"due_on": next.DueOn, "due_rule": next.Rule}
	}
	return tx.Model(&Order{}).Where("id = ?", id).Updates(set).Error
}

// started starts the clocks of an order that is issued. It counts as received on
// the last day for signing for it, if nobody signs before.
func (d *Desk) started(tx *gorm.DB, o *Order) error {
	receipt, err := d.Clocks.Start(tx, o.clocked(), ruleReceipt, d.today())
	if err != nil {
		return err
	}
	return d.start(tx, o, receipt.DueOn, rulePlan, ruleReport)
}

// received counts plan and report from today, when the order is signed for before
// it would count as received, and stops the clock of signing for it.
func (d *Desk) received(tx *gorm.DB, o *Order) error {
	running, err := d.Clocks.Running(tx, o.ID)
	if err != nil {
		return err
	}
	for _, c := range running {
		if c.StartedOn <= d.today() || c.Rule != rulePlan && c.Rule != ruleReport {
			continue
		}
		if err := d.start(tx, o, d.today(), c.Rule); err != nil {
			return err
		}
	}
	return d.met(tx, o, ruleReceipt)
}

// Owners tells who owes what is due: the ordered office while an order waits for
// it, the ordering one for the look on site and the follow-up. What lies with the
// ordering office to be ruled on, is suspended or over is of nobody's concern.
func (d *Desk) Owners(db *gorm.DB, subjects []uuid.UUID) (map[uuid.UUID]clock.Owner, error) {
	owners := map[uuid.UUID]clock.Owner{}
	if len(subjects) == 0 {
		return owners, nil
	}
	var all []Order
	err := db.Where("id IN ? AND state IN ?", subjects, append([]State{ReportSubmitted, Verified, StruckOff}, withTarget...)).Find(&all).Error
	for _, o := range all {
		switch {
		case o.Suspended(d.today()):
		case o.State == Ordered || o.State == PlanApproved || o.State == InProgress:
			owners[o.ID] = clock.Owner{Unit: o.TargetID, By: &o.UnitID, Name: o.Number}
		default:
			owners[o.ID] = clock.Owner{Unit: o.UnitID, Name: o.Number}
		}
	}
	return owners, err
}

// Moved mends the date that lists show. Nobody outside was told it.
func (d *Desk) Moved(tx *gorm.DB, m clock.Move) error { return d.nextDue(tx, m.SubjectID) }

// Disclose tells the numbers of those orders of which the officer may know, from
// either side.
func (d *Desk) Disclose(ctx context.Context, by staff.Officer, subjects []uuid.UUID) (map[uuid.UUID]string, error) {
	names := map[uuid.UUID]string{}
	for _, narrow := range []func(*gorm.DB, staff.Officer) *gorm.DB{d.visible, d.addressed} {
		var seen []Order
		if err := narrow(d.Store.Read(ctx).Model(&Order{}), by).Where("rectification_order.id IN ?", subjects).Find(&seen).Error; err != nil {
			return nil, err
		}
		for _, o := range seen {
			names[o.ID] = o.Number
		}
	}
	return names, nil
}
