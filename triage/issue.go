package triage

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/internal/store"
	"minsheng/ledger"
	"minsheng/paper"
	"minsheng/staff"
)

// issue gives the item its number, starts its clocks and tells the cases it
// came of. What was fit to leave when it was docketed is looked at again: an
// office may have been named since, a reporter may have written more.
func (q *Queue) issue(tx *gorm.DB, by staff.Officer, i *Item, secret secrets) error {
	n, err := asNew(tx, *i)
	if err != nil {
		return err
	}
	if err := n.check(secret); err != nil {
		return err
	}
	behind, err := q.behind(tx, i.ID)
	if err != nil {
		return err
	}
	for _, c := range behind {
		if err := q.addressed(tx, n, c); err != nil {
			return err
		}
	}
	if err := q.numberItem(tx, i); err != nil {
		return err
	}
	return q.tellBoth(tx, by, i, behind, "issued", "item_issued")
}

// itemSeries is the series of document numbers that supervision items have.
const itemSeries = "item"

func (q *Queue) numberItem(tx *gorm.DB, i *Item) error {
	issuer, err := q.atlas.Unit(i.IssuerID)
	if err != nil {
		return err
	}
	today := q.today()
	n, err := paper.Next(tx, i.IssuerID, itemSeries, today.Year())
	if err != nil {
		return err
	}
	due, err := q.clocks.Start(tx, i.clocked(), itemDue(i.Urgency), today)
	if err != nil {
		return err
	}
	if _, err := q.clocks.Start(tx, i.clocked(), itemAcknowledge, today); err != nil {
		return err
	}
	if _, err := q.clocks.Start(tx, i.clocked(), itemDispute, today); err != nil {
		return err
	}
	i.Number = paper.Number(issuer.DocMark, "交", today.Year(), n)
	return tx.Model(&Item{}).Where("id = ?", i.ID).Updates(map[string]any{
		"year": today.Year(), "n": n, "number": i.Number, "issued_at": q.store.Now(), "due_on": due.DueOn,
	}).Error
}

// tellBoth records a step with the item, and with the cases it came of.
func (q *Queue) tellBoth(tx *gorm.DB, by staff.Officer, i *Item, behind []intake.Complaint, ofItem, ofCase string) error {
	body := map[string]string{"number": i.Number}
	if err := q.noteItem(tx, by, i.ID, ofItem, body); err != nil {
		return err
	}
	for _, c := range behind {
		if err := hold(tx, c.ID); err != nil {
			return err
		}
		if err := ledger.Append(tx, ledger.OfComplaint, c.ID, ofCase, by.Actor(), q.store.Now(), body); err != nil {
			return err
		}
	}
	return nil
}

// behind lists the complaints an item came of, whoever may see them: it serves
// their record and the checks, and is shown to nobody.
func (q *Queue) behind(tx *gorm.DB, item uuid.UUID) ([]intake.Complaint, error) {
	var all []intake.Complaint
	err := tx.Where("id IN (SELECT complaint_id FROM item_complaint WHERE item_id = ?)", item).
		Order("id").Limit(200).Find(&all).Error
	return all, err
}

// secretsBehind gathers what must not leave towards the units of an item; it
// gathers nothing for steps that are not the issuing office's, nor for who
// does not act for that office.
func (q *Queue) secretsBehind(ctx context.Context, by staff.Officer, item uuid.UUID, issuer bool) (secrets, error) {
	db := q.store.Read(ctx)
	if _, err := q.ownItem(db, by, item); errors.Is(err, store.ErrNotFound) || !issuer {
		return secrets{}, nil
	} else if err != nil {
		return secrets{}, err
	}
	behind, err := q.behind(db, item)
	if err != nil {
		return secrets{}, err
	}
	var ids []uuid.UUID
	for _, c := range behind {
		ids = append(ids, c.ID)
	}
	return q.secretsOf(ctx, by, ids...)
}
