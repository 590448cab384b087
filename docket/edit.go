package docket

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/step"
	"minsheng/staff"
)

// Edit changes a docketed item before it is issued. Errors: *triage.Leak,
// *step.Invalid.
func (d *Desk) Edit(ctx context.Context, by staff.Officer, id uuid.UUID, version int, n NewItem) error {
	secret, err := d.secretsBehind(ctx, by, id, true)
	if err != nil {
		return err
	}
	err = step.Again(func() error {
		return d.Store.Transact(ctx, func(tx *gorm.DB) error {
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
	})
	return d.probed(ctx, by, err, id)
}

// fits tidies a new text of an item for every complaint behind it.
func (d *Desk) fits(tx *gorm.DB, i Item, n NewItem) (NewItem, error) {
	behind, err := behind(tx, i.ID)
	if err != nil {
		return n, err
	}
	if len(behind) == 0 {
		return n, fmt.Errorf("docket: item %s serves no complaint", i.ID)
	}
	issuable, err := d.issuable(tx, i.IssuerID, behind...)
	if err != nil {
		return n, err
	}
	return n.tidy(issuable)
}

func (d *Desk) edit(tx *gorm.DB, by staff.Officer, i *Item, n NewItem) error {
	err := move(tx, i, map[string]any{
		"title": n.Title, "summary": n.Summary, "requirement": n.Requirement,
		"urgency": n.Urgency, "lead_unit_id": n.Lead,
	})
	if err != nil {
		return err
	}
	if err := setUnits(tx, i.ID, n); err != nil {
		return err
	}
	return d.note(tx, by, i.ID, "item_edited", nil)
}

// asNew reads back what an item says and to whom.
func asNew(tx *gorm.DB, i Item) (NewItem, error) {
	n := NewItem{Title: i.Title, Summary: i.Summary, Requirement: i.Requirement, Urgency: i.Urgency, Lead: i.LeadUnitID}
	err := tx.Table("item_unit").Where("item_id = ? AND duty = 'assist'", i.ID).Order("unit_id").Pluck("unit_id", &n.Assist).Error
	return n, err
}
