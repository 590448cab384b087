package notice

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/step"
	"minsheng/internal/workday"
	"minsheng/roll"
	"minsheng/staff"
)

// HandIn gives a complete draft to the approvers. *Invalid names what is
// missing; *Exposed what nobody called a false alarm; roll errors say why a list
// may not go on.
func (d *Desk) HandIn(ctx context.Context, by staff.Officer, id uuid.UUID, version int) error {
	n, err := d.seen(ctx, by, staff.WriteNotices, id, version)
	if err != nil {
		return err
	}
	if n.State != draftState || n.waits() {
		return step.ErrState
	}
	if err := d.ready(ctx, n); err != nil {
		return err
	}
	known, err := passes(d.Store.Read(ctx), id)
	if err != nil {
		return err
	}
	found, _, err := d.exposed(ctx, n, known, true)
	if err != nil {
		return err
	}
	if err := blocking(found); err != nil {
		return err
	}
	return d.on(ctx, by, staff.WriteNotices, id, version, func(tx *gorm.DB, n *Notice) error {
		if n.State != draftState || n.waits() {
			return step.ErrState
		}
		if err := move(tx, n, map[string]any{"handed_in_at": d.Store.Now(), "returned": "", "editor_id": by.ID}); err != nil {
			return err
		}
		if err := d.pinRows(ctx, tx, *n); err != nil {
			return err
		}
		return d.note(tx, by, id, "notice_handed_in", nil)
	})
}

// ready says what a draft still lacks, and whether its roll may go on.
func (d *Desk) ready(ctx context.Context, n Notice) error {
	original, err := d.originalOf(ctx, n)
	if err != nil {
		return err
	}
	p, err := d.complete(ctx, n, original)
	if err != nil {
		return err
	}
	if err := p.err(); err != nil {
		return err
	}
	if original != nil {
		return d.correctable(ctx, n, *original)
	}
	_, err = d.round(ctx, n)
	return err
}

// pinRows notes which rows are handed in: an approver signs those and no others
// that a sheet brings meanwhile.
func (d *Desk) pinRows(ctx context.Context, tx *gorm.DB, n Notice) error {
	rollID, err := d.rollID(ctx, n)
	if err != nil || rollID == nil {
		return err
	}
	r, err := d.Rolls.RollIn(tx, *rollID)
	if err != nil {
		return err
	}
	kept, err := backingOf(tx, n.ID)
	if err != nil {
		return err
	}
	kept.RollVersion = r.Version
	return kept.keep(tx)
}

// Return gives it back with a reason of 4 to 200 characters
// (staff.ApproveNotices).
func (d *Desk) Return(ctx context.Context, by staff.Officer, id uuid.UUID, version int, reason string) error {
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
		if !n.waits() {
			return step.ErrState
		}
		if err := move(tx, n, map[string]any{"handed_in_at": nil, "returned": reason}); err != nil {
			return err
		}
		return d.note(tx, by, id, "notice_returned", nil)
	})
}

// moved begins a period on the day of approval when the one that the editor
// wrote has passed while the notice waited; it keeps its length.
func moved(n Notice, today workday.Date) Notice {
	if n.StartsOn == "" || n.StartsOn >= today {
		return n
	}
	if n.EndsOn != nil {
		last := n.EndsOn.Add(today.Sub(n.StartsOn))
		n.EndsOn = &last
	}
	n.StartsOn = today
	return n
}

// pinned returns step.ErrStale when the rows are no longer those that were handed in.
func (d *Desk) pinned(tx *gorm.DB, rollID *uuid.UUID, kept backing) (roll.Roll, error) {
	if rollID == nil {
		return roll.Roll{}, nil
	}
	r, err := d.Rolls.RollIn(tx, *rollID)
	if err == nil && r.Version != kept.RollVersion {
		err = step.ErrStale
	}
	return r, err
}
