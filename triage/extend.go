package triage

import (
	"context"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/internal/step"
	"minsheng/internal/workday"
	"minsheng/paper"
	"minsheng/staff"
)

// maxExtension is the most days by which the answer may be put off (DOMAIN
// §3.1 X6).
const maxExtension = 30

// ProposeExtension asks a second person for 1 to 30 more calendar days to
// answer: once, and before the time is over (step.ErrState afterwards). The
// reporter reads the reason, 4 to 500 characters, which may not say what is covered:
// *Leak.
func (q *Queue) ProposeExtension(ctx context.Context, by staff.Officer, id uuid.UUID, version int, days int, reason string) error {
	body := proposalBody{Days: days, Reason: strings.TrimSpace(reason)}
	f := form{}
	f.require(days >= 1 && days <= maxExtension, "days", "case_days")
	f.check(within("reason", body.Reason, 4, 500, "case_reason"))
	if err := f.err(); err != nil {
		return err
	}
	if err := q.uncovered(ctx, by, id, [2]string{"reason", body.Reason}); err != nil {
		return err
	}
	return q.step(ctx, by, staff.WorkCases, Extend, id, version, func(tx *gorm.DB, c *intake.Complaint) error {
		if _, err := q.inTime(tx, c); err != nil {
			return err
		}
		return q.propose(tx, by, c, "extend", body)
	})
}

// inTime is the last day to answer; step.ErrState unless that still runs today.
func (q *Queue) inTime(tx *gorm.DB, c *intake.Complaint) (workday.Date, error) {
	open, err := q.clocks.Running(tx, c.ID)
	if err != nil {
		return "", err
	}
	reply := clockOf(open, replyDue)
	if reply == nil || reply.DueOn < q.today() {
		return "", step.ErrState
	}
	return reply.DueOn, nil
}

// extend gives the days that were asked for, counted from the end of the time
// that runs. An approval that comes after that end comes too late.
func (q *Queue) extend(tx *gorm.DB, by staff.Officer, c *intake.Complaint, body proposalBody) error {
	before, err := q.inTime(tx, c)
	if err != nil {
		return err
	}
	if err := move(tx, c, map[string]any{"extended": true}); err != nil {
		return err
	}
	reply, err := q.clocks.Extend(tx, c.ID, replyDue, body.Days)
	if err != nil {
		return err
	}
	if err := q.intake.NextDue(tx, c.ID); err != nil {
		return err
	}
	if err := q.note(tx, by, c, "extended", map[string]string{"reply_by": string(reply.DueOn)}); err != nil {
		return err
	}
	matter, err := q.matter(tx, *c)
	if err != nil {
		return err
	}
	content := extensionContent(matter, q.unitName(c.DeskUnitID), body.Reason, before, reply.DueOn)
	if _, err := q.Issue(tx, by, *c, paper.Draft{Kind: paper.ExtensionNote, Unit: c.DeskUnitID, DraftedBy: body.by, Content: content}); err != nil {
		return err
	}
	return q.inform(tx, by, c, "extended", "date", reply.DueOn, "reason", body.Reason)
}
