package triage

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/step"
	"minsheng/staff"
)

// EditItem changes a docketed item before it is issued. Errors: *Leak,
// *intake.Invalid.
func (q *Queue) EditItem(ctx context.Context, by staff.Officer, id uuid.UUID, version int, n NewItem) error {
	secret, err := q.secretsBehind(ctx, by, id, true)
	if err != nil {
		return err
	}
	err = again(func() error {
		return q.store.Transact(ctx, func(tx *gorm.DB) error {
			i, err := q.ownItem(tx, by, id)
			switch {
			case err != nil:
				return err
			case i.Version != version:
				return step.ErrStale
			case i.State != Docketed:
				return step.ErrState
			}
			tidied, err := q.fitsAll(tx, i, n)
			if err != nil {
				return err
			}
			if err := tidied.check(secret); err != nil {
				return err
			}
			return q.edit(tx, by, &i, tidied)
		})
	})
	return q.probedItem(ctx, by, err, id)
}

// fitsAll tidies a new text of an item for every complaint behind it.
func (q *Queue) fitsAll(tx *gorm.DB, i Item, n NewItem) (NewItem, error) {
	behind, err := q.behind(tx, i.ID)
	if err != nil {
		return n, err
	}
	if len(behind) == 0 {
		return n, fmt.Errorf("triage: item %s serves no complaint", i.ID)
	}
	for _, c := range behind {
		issuable, err := q.issuable(tx, i.IssuerID, c)
		if err != nil {
			return n, err
		}
		if n, err = n.tidy(issuable); err != nil {
			return n, err
		}
	}
	return n, nil
}

func (q *Queue) edit(tx *gorm.DB, by staff.Officer, i *Item, n NewItem) error {
	err := moveItem(tx, i, map[string]any{
		"title": n.Title, "summary": n.Summary, "requirement": n.Requirement,
		"urgency": n.Urgency, "lead_unit_id": n.Lead,
	})
	if err != nil {
		return err
	}
	if err := setUnits(tx, i.ID, n); err != nil {
		return err
	}
	return q.noteItem(tx, by, i.ID, "item_edited", nil)
}

// asNew reads back what an item says and to whom.
func asNew(tx *gorm.DB, i Item) (NewItem, error) {
	n := NewItem{Title: i.Title, Summary: i.Summary, Requirement: i.Requirement, Urgency: i.Urgency, Lead: i.LeadUnitID}
	err := tx.Table("item_unit").Where("item_id = ? AND duty = 'assist'", i.ID).Order("unit_id").Pluck("unit_id", &n.Assist).Error
	return n, err
}
