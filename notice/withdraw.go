package notice

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/step"
	"minsheng/internal/workday"
	"minsheng/staff"
)

// Lengthen moves the end of a notice that is approved or published
// (staff.ApproveNotices); it can never be shortened.
func (d *Desk) Lengthen(ctx context.Context, by staff.Officer, id uuid.UUID, version int, to workday.Date) error {
	return d.on(ctx, by, staff.ApproveNotices, id, version, func(tx *gorm.DB, n *Notice) error {
		if n.State != reviewed && n.State != published || n.EndsOn == nil {
			return step.ErrState
		}
		day, err := workday.Parse(string(to))
		if err != nil {
			return bad("ends_on", "notice_date")
		}
		if day <= *n.EndsOn {
			return bad("ends_on", "notice_shorter")
		}
		if day.Sub(*n.EndsOn) > maxAhead {
			return bad("ends_on", "notice_end_far")
		}
		from := *n.EndsOn
		if err := shift(tx, n, map[string]any{"ends_on": day}); err != nil {
			return err
		}
		if err := d.note(tx, by, id, "notice_lengthened", map[string]string{"from": string(from), "to": string(day)}); err != nil {
			return err
		}
		return Touch(tx)
	})
}

// Withdraw takes a notice down that is approved, running or over, with a reason
// of 4 to 200 characters that the public reads (staff.ApproveNotices; not the
// editor). Duties that it met are open again. Its roll stays at its stage with
// the objections to it: they are ruled on as if it stood, and until then no list
// of the place goes on.
func (d *Desk) Withdraw(ctx context.Context, by staff.Officer, id uuid.UUID, version int, reason string) error {
	if err := by.Require(staff.ApproveNotices); err != nil {
		return err
	}
	reason, err := because(reason)
	if err != nil {
		return err
	}
	if err := refuse(d.checkText("reason", reason), func(Exposure) bool { return true }); err != nil {
		return err
	}
	return d.on(ctx, by, staff.ApproveNotices, id, version, func(tx *gorm.DB, n *Notice) error {
		if n.State != reviewed && n.State != published && n.State != ended {
			return step.ErrState
		}
		if err := d.other(tx, by, *n); err != nil {
			return err
		}
		set := map[string]any{"state": withdrawn, "withdrawn_at": d.Store.Now(), "withdrawn_why": reason}
		if n.State == reviewed {
			set["published_at"] = nil // it was never shown: the public has nothing to read
		}
		if err := move(tx, n, set); err != nil {
			return err
		}
		if err := tx.Model(&Duty{}).Where("notice_id = ?", id).Updates(map[string]any{"notice_id": nil, "met_on": nil}).Error; err != nil {
			return err
		}
		if err := d.note(tx, by, id, "notice_withdrawn", nil); err != nil {
			return err
		}
		return Touch(tx)
	})
}
