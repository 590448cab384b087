package docket

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/step"
	"minsheng/staff"
)

// Edit changes a docketed item before it is issued, but not where it comes from.
// Errors: *triage.Leak, *step.Invalid.
func (d *Desk) Edit(ctx context.Context, by staff.Officer, id uuid.UUID, version int, n NewItem) error {
	secret, err := d.SecretsOf(ctx, by, id)
	if err != nil {
		return err
	}
	err = d.change(ctx, func(tx *gorm.DB) error {
		i, err := d.ownItem(tx, by, id)
		switch {
		case err != nil:
			return err
		case i.Version != version:
			return step.ErrStale
		case i.State != Docketed:
			return step.ErrState
		}
		tidied, err := d.fits(tx, i, n)
		if err != nil {
			return err
		}
		if err := tidied.check(secret); err != nil {
			return err
		}
		return d.edit(tx, by, &i, tidied)
	})
	return d.Probed(ctx, by, err, id)
}

// fits tidies a new text of an item for every complaint behind it, and for what
// it is about itself. What a complaint tells is not changed here.
func (d *Desk) fits(tx *gorm.DB, i Item, n NewItem) (NewItem, error) {
	was, err := asNew(tx, i)
	if err != nil {
		return n, err
	}
	n.Origin, n.OriginRef, n.OriginReport, n.Against = was.Origin, was.OriginRef, was.OriginReport, was.Against
	if i.Origin == PublicComplaint {
		n.OriginNote, n.OriginOn, n.Kind, n.Programme, n.PlaceCode = was.OriginNote, was.OriginOn, was.Kind, was.Programme, was.PlaceCode
	}
	behind, err := behind(tx, i.ID)
	if err != nil {
		return n, err
	}
	issuable, err := d.issuable(tx, i.IssuerID, n.Against, behind...)
	if err != nil {
		return n, err
	}
	if n, err = n.tidy(issuable, d.today(), d.Clocks.Calendar()); err != nil {
		return n, err
	}
	return n, placed(tx, n.PlaceCode)
}

func (d *Desk) edit(tx *gorm.DB, by staff.Officer, i *Item, n NewItem) error {
	err := move(tx, i, map[string]any{
		"title": n.Title, "summary": n.Summary, "requirement": n.Requirement,
		"urgency": n.Urgency, "until_on": n.Until, "lead_unit_id": n.Lead,
		"origin_note": n.OriginNote, "origin_on": n.OriginOn, "kind": n.Kind, "programme": n.Programme,
		"place_code": n.PlaceCode, "amount_fen": n.AmountFen, "households": n.Households,
	})
	if err != nil {
		return err
	}
	if err := setUnits(tx, i.ID, n); err != nil {
		return err
	}
	return d.note(tx, by, i.ID, "item_edited", nil)
}
