package docket

import (
	"context"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/internal/step"
	"minsheng/staff"
	"minsheng/triage"
)

// AlsoServes ties a further complaint to an item that is not over. The item's
// text must not give that reporter away either (*triage.Leak), and none of its
// units may be accused by that complaint (*step.Invalid).
func (d *Desk) AlsoServes(ctx context.Context, by staff.Officer, item, complaint uuid.UUID) error {
	secret, err := d.Triage.SecretsOf(ctx, by, complaint)
	if err != nil {
		return err
	}
	err = d.Triage.Join(ctx, by, complaint, func(tx *gorm.DB, c intake.Complaint, into triage.Into) error {
		i, err := d.ownItem(tx, by, item)
		if err != nil {
			return err
		}
		if i.ClosedAt != nil {
			return step.ErrState
		}
		n, err := asNew(tx, i)
		if err != nil {
			return err
		}
		if err := d.spares(tx, n, c.ID); err != nil {
			return err
		}
		if err := n.check(secret); err != nil {
			return err
		}
		return d.alsoServes(tx, by, &i, c.ID, into)
	})
	return d.Triage.Probed(ctx, by, err, complaint)
}

func (d *Desk) alsoServes(tx *gorm.DB, by staff.Officer, i *Item, complaint uuid.UUID, into triage.Into) error {
	var already int64
	err := tx.Table("item_complaint").Where("item_id = ? AND complaint_id = ?", i.ID, complaint).Count(&already).Error
	if err != nil || already > 0 {
		return err
	}
	if err := move(tx, i, nil); err != nil {
		return err
	}
	if err := into(i.ID); err != nil {
		return err
	}
	if err := tie(tx, i.ID, complaint); err != nil {
		return err
	}
	// The item's own record does not say whom it serves: handling units read it.
	return d.note(tx, by, i.ID, "serves_more", nil)
}

// spares is bad when a unit of the item is accused by one of the complaints.
func (d *Desk) spares(tx *gorm.DB, n NewItem, complaints ...uuid.UUID) error {
	accused, err := d.Triage.Accused(tx, complaints...)
	if err != nil {
		return err
	}
	for _, id := range append([]uuid.UUID{n.Lead}, n.Assist...) {
		if slices.Contains(accused, id) {
			return step.Bad("lead", "item_accused")
		}
	}
	return nil
}
