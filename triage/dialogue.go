package triage

import (
	"context"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/internal/step"
	"minsheng/staff"
)

// maxMessage is how long an office's message may be, in characters.
const maxMessage = 2000

// Message writes to the reporter of a case that is not over. text has 2 to
// 2000 characters and may not say what is covered: *Leak.
func (q *Queue) Message(ctx context.Context, by staff.Officer, id uuid.UUID, text string) error {
	text = strings.TrimSpace(text)
	if err := within("text", text, 2, maxMessage, "case_message"); err != nil {
		return err
	}
	if err := q.uncovered(ctx, by, id, [2]string{"text", text}); err != nil {
		return err
	}
	return q.act(ctx, by, staff.WorkCases, id, func(tx *gorm.DB, c intake.Complaint) error {
		if !possible(SayToReporter, c) {
			return step.ErrState
		}
		if err := othersCase(tx, by, SayToReporter, c); err != nil {
			return err
		}
		if err := hold(tx, c.ID); err != nil {
			return err
		}
		if err := q.talk(tx, by, c, text); err != nil {
			return err
		}
		return q.note(tx, by, &c, "message_sent", nil)
	})
}

// AskMore asks the reporter for something the case cannot go on without. No
// clock stops; when the reporter writes, the case is again where it was. text may not
// say what is covered: *Leak.
func (q *Queue) AskMore(ctx context.Context, by staff.Officer, id uuid.UUID, version int, text string) error {
	text = strings.TrimSpace(text)
	if err := within("text", text, 2, maxMessage, "case_message"); err != nil {
		return err
	}
	if err := q.uncovered(ctx, by, id, [2]string{"text", text}); err != nil {
		return err
	}
	return q.step(ctx, by, staff.WorkCases, AskMore, id, version, func(tx *gorm.DB, c *intake.Complaint) error {
		if err := move(tx, c, map[string]any{"state": intake.NeedInfo, "resume_state": c.State}); err != nil {
			return err
		}
		if err := q.intake.Reply(tx, by, c.ReportID, &c.ID, intake.Talk, text); err != nil {
			return err
		}
		return q.note(tx, by, c, "more_asked", nil)
	})
}

// talk writes to the reporter. What an office says while it looks again at what
// another one decided is read by nobody below it.
func (q *Queue) talk(tx *gorm.DB, by staff.Officer, c intake.Complaint, text string) error {
	if c.Appealed() {
		return q.intake.ReplyAbove(tx, by, c, text)
	}
	return q.intake.Reply(tx, by, c.ReportID, &c.ID, intake.Talk, text)
}
