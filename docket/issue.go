package docket

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/clock"
	"minsheng/internal/step"
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
	if err := d.number(tx, by, i); err != nil {
		return err
	}
	if err := d.tellBoth(tx, by, i, behind, "issued", "item_issued"); err != nil {
		return err
	}
	return d.Clocks.Meet(tx, i.ID, ruleDispute) // a right and nothing that is owed
}

// series is the series of document numbers that supervision items have.
const series = "item"

func (d *Desk) number(tx *gorm.DB, by staff.Officer, i *Item) error {
	issuer, err := d.Atlas.Unit(i.IssuerID)
	if err != nil {
		return err
	}
	today := d.today()
	n, err := paper.Next(tx, i.IssuerID, series, today.Year())
	if err != nil {
		return err
	}
	due, err := d.startDue(tx, i)
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
	err = tx.Model(&Item{}).Where("id = ?", i.ID).Updates(map[string]any{
		"year": today.Year(), "n": n, "number": i.Number, "issued_at": d.Store.Now(), "due_on": due.DueOn, "first_due_on": due.DueOn,
	}).Error
	if err != nil {
		return err
	}
	return d.assignment(tx, by, *i, due.DueOn)
}

// startDue starts the clock of what the unit owes: to the day that was agreed
// on, or as the rule of the item's urgency says.
func (d *Desk) startDue(tx *gorm.DB, i *Item) (clock.Deadline, error) {
	today, rule := d.today(), dueRule(i.Urgency)
	if i.UntilOn == nil {
		return d.Clocks.Start(tx, i.clocked(), rule, today)
	}
	if *i.UntilOn <= today {
		return clock.Deadline{}, step.Bad("until", "item_until")
	}
	return d.Clocks.Until(tx, i.clocked(), rule, today, *i.UntilOn)
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

// SecretsOf gathers what must not leave about the reporters behind an item; nothing
// for who does not see the item, or does not issue any. It is read before the
// transaction that checks texts with it, and what the check refused goes through
// Probed: here, and in rooms above that write of an item.
func (d *Desk) SecretsOf(ctx context.Context, by staff.Officer, item uuid.UUID) (triage.Secrets, error) {
	db := d.Store.Read(ctx)
	i, err := d.itemIn(db, by, item)
	if errors.Is(err, store.ErrNotFound) {
		return triage.Secrets{}, nil
	}
	if err != nil {
		return triage.Secrets{}, err
	}
	behind, err := behind(db, item)
	if err != nil {
		return triage.Secrets{}, err
	}
	ofCases, err := d.Triage.SecretsOf(ctx, by, behind...)
	if err != nil {
		return triage.Secrets{}, err
	}
	ofReports, err := d.Triage.SecretsOfReports(ctx, by, reportsOf(i.OriginReport)...)
	return ofCases.And(ofReports), err
}

// GivesAway refuses texts, each with the name of its field, that could give away who
// reported behind an item or a case (*triage.Leak, which it records as tried). Rooms
// above whose things were looked into together with one ask it.
func (d *Desk) GivesAway(ctx context.Context, by staff.Officer, kind ledger.Subject, id uuid.UUID, texts ...[2]string) error {
	if kind == ledger.OfComplaint {
		secret, err := d.Triage.SecretsOf(ctx, by, id)
		if err != nil {
			return err
		}
		return d.Triage.Probed(ctx, by, secret.Check(texts...), id)
	}
	secret, err := d.SecretsOf(ctx, by, id)
	if err != nil {
		return err
	}
	return d.Probed(ctx, by, secret.Check(texts...), id)
}

// Probed is triage's Probed for the complaints behind an item, and for the
// objection: err is what came of a check, and is returned.
func (d *Desk) Probed(ctx context.Context, by staff.Officer, err error, item uuid.UUID) error {
	if leak := (*triage.Leak)(nil); !errors.As(err, &leak) {
		return err
	}
	db := d.Store.Read(ctx)
	behind, failed := behind(db, item)
	if failed != nil {
		return failed
	}
	var reports []uuid.UUID
	failed = db.Table("supervision_item").Where("id = ? AND origin_report IS NOT NULL", item).Pluck("origin_report", &reports).Error
	if failed != nil {
		return failed
	}
	return d.Triage.ProbedReports(ctx, by, d.Triage.Probed(ctx, by, err, behind...), reports...)
}
