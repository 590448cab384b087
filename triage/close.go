package triage

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/internal/step"
	"minsheng/staff"
)

// Close ends an answered case. Every supervision item that came of it, or of a
// report merged into it, must be struck off or cancelled first: step.ErrState.
func (q *Queue) Close(ctx context.Context, by staff.Officer, id uuid.UUID, version int) error {
	return q.step(ctx, by, staff.WorkCases, Close, id, version, func(tx *gorm.DB, c *intake.Complaint) error {
		var open int64
		// The room of items stands above this one: a plain look at its tables takes
		// the place of an arrow back.
		err := tx.Table("supervision_item").
			Where(`id IN (SELECT item_id FROM item_complaint WHERE complaint_id = ?
				OR complaint_id IN (SELECT id FROM complaint WHERE merged_into = ?))`, c.ID, c.ID).
			Where("closed_at IS NULL").Count(&open).Error
		if err != nil {
			return err
		}
		if open > 0 {
			return step.ErrState
		}
		if err := q.end(tx, c, intake.Closed); err != nil {
			return err
		}
		if err := q.note(tx, by, c, "closed", nil); err != nil {
			return err
		}
		return q.inform(tx, by, c, "closed")
	})
}
