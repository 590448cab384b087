package triage

import (
	"context"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/internal/step"
	"minsheng/staff"
)

// AlsoServes ties a further complaint to an item that is not over. The item's
// text must not give that reporter away either (*Leak), and none of its units
// may be accused by that complaint (*intake.Invalid).
func (q *Queue) AlsoServes(ctx context.Context, by staff.Officer, item, complaint uuid.UUID) error {
	s, err := q.secretsOf(ctx, by, complaint)
	if err != nil {
		return err
	}
	err = q.act(ctx, by, staff.IssueItems, complaint, func(tx *gorm.DB, c intake.Complaint) error {
		i, err := q.ownItem(tx, by, item)
		if err != nil {
			return err
		}
		if i.ClosedAt != nil {
			return step.ErrState
		}
		if err := q.ready(tx, Convert, c); err != nil {
			return err
		}
		n, err := asNew(tx, i)
		if err != nil {
			return err
		}
		if err := q.addressed(tx, n, c); err != nil {
			return err
		}
		if err := n.check(s); err != nil {
			return err
		}
		return q.alsoServes(tx, by, &i, &c)
	})
	return q.probed(ctx, by, err, complaint)
}

func (q *Queue) alsoServes(tx *gorm.DB, by staff.Officer, i *Item, c *intake.Complaint) error {
	var already int64
	err := tx.Table("item_complaint").Where("item_id = ? AND complaint_id = ?", i.ID, c.ID).Count(&already).Error
	if err != nil || already > 0 {
		return err
	}
	if err := moveItem(tx, i, nil); err != nil {
		return err
	}
	if err := move(tx, c, nil); err != nil {
		return err
	}
	if err := tie(tx, i.ID, c.ID); err != nil {
		return err
	}
	// The item's own record does not say whom it serves: handling units read it.
	if err := q.noteItem(tx, by, i.ID, "serves_more", nil); err != nil {
		return err
	}
	return q.note(tx, by, c, "converted", map[string]string{"item": i.ID.String()})
}

// addressed is bad when a unit of the item is accused by the complaint.
func (q *Queue) addressed(tx *gorm.DB, n NewItem, c intake.Complaint) error {
	accused, err := q.accusedBy(tx, c)
	if err != nil {
		return err
	}
	for _, id := range append([]uuid.UUID{n.Lead}, n.Assist...) {
		if slices.Contains(accused, id) {
			return bad("lead", "item_accused")
		}
	}
	return nil
}
