package docket

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/store"
	"minsheng/ledger"
	"minsheng/paper"
	"minsheng/staff"
	"minsheng/triage"
)

// issue gives the item its number, starts its clocks and tells the cases it
// came of. What was fit to leave when it was docketed is looked at again: an
// office may have been named since, a reporter may have written more.
func (d *Desk) issue(tx *gorm.DB, by staff.Officer, i *Item, secret triage.Secrets) error {
	n, err := asNew(tx, *i)
	if err != nil {
		return err
	}
	if err := n.check(secret); err != nil {
		return err
	}
	behind, err := behind(tx, i.ID)
	if err != nil {
		return err
	}
	if err := d.spares(tx, n, behind...); err != nil {
		return err
	}
	if err := d.number(tx, i); err != nil {
		return err
	}
	return d.tellBoth(tx, by, i, behind, "issued", "item_issued")
}

// series is the series of document numbers that supervision items have.
const series = "item"

func (d *Desk) number(tx *gorm.DB, i *Item) error {
	issuer, err := d.Atlas.Unit(i.IssuerID)
	if err != nil {
		return err
	}
	today := d.today()
	n, err := paper.Next(tx, i.IssuerID, series, today.Year())
	if err != nil {
		return err
	}
	due, err := d.Clocks.Start(tx, i.clocked(), dueRule(i.Urgency), today)
	if err != nil {
		return err
	}
	if _, err := d.Clocks.Start(tx, i.clocked(), ruleAcknowledge, today); err != nil {
		return err
	}
	if _, err := d.Clocks.Start(tx, i.clocked(), ruleDispute, today); err != nil {
		return err
	}
	i.Number = paper.Number(issuer.DocMark, "交", today.Year(), n)
	return tx.Model(&Item{}).Where("id = ?", i.ID).Updates(map[string]any{
		"year": today.Year(), "n": n, "number": i.Number, "issued_at": d.Store.Now(), "due_on": due.DueOn,
	}).Error
}

// tellBoth records a step with the item, and with the cases it came of.
func (d *Desk) tellBoth(tx *gorm.DB, by staff.Officer, i *Item, behind []uuid.UUID, ofItem, ofCase string) error {
	body := map[string]string{"number": i.Number}
	if err := d.note(tx, by, i.ID, ofItem, body); err != nil {
		return err
	}
	if err := d.Triage.Hold(tx, behind...); err != nil {
		return err
	}
	for _, c := range behind {
		if err := ledger.Append(tx, ledger.OfComplaint, c, ofCase, by.Actor(), d.Store.Now(), body); err != nil {
			return err
		}
	}
	return nil
}

// secretsBehind gathers what must not leave towards the units of an item; it
// gathers nothing for steps that are not the issuing office's, nor for who
// does not act for that office.
func (d *Desk) secretsBehind(ctx context.Context, by staff.Officer, item uuid.UUID, issuer bool) (triage.Secrets, error) {
	db := d.Store.Read(ctx)
	if _, err := d.ownItem(db, by, item); errors.Is(err, store.ErrNotFound) || !issuer {
		return triage.Secrets{}, nil
	} else if err != nil {
		return triage.Secrets{}, err
	}
	behind, err := behind(db, item)
	if err != nil {
		return triage.Secrets{}, err
	}
	return d.Triage.SecretsOf(ctx, by, behind...)
}

// probed is triage's Probed for the complaints behind an item.
func (d *Desk) probed(ctx context.Context, by staff.Officer, err error, item uuid.UUID) error {
	if leak := (*triage.Leak)(nil); !errors.As(err, &leak) {
		return err
	}
	behind, failed := behind(d.Store.Read(ctx), item)
	if failed != nil {
		return failed
	}
	return d.Triage.Probed(ctx, by, err, behind...)
}
