package triage

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/staff"
)

// TieEarlier notes which visible case the reporter of a complaint had reported
// before, for an officer who found out. Of retaliation it begins the audit of who
// looked at that one. Errors: *step.Invalid on "number".
func (q *Queue) TieEarlier(ctx context.Context, by staff.Officer, id uuid.UUID, version int, earlier uuid.UUID) error {
	return q.step(ctx, by, staff.WorkCases, TieEarlier, id, version, func(tx *gorm.DB, c *intake.Complaint) error {
		before, err := q.CaseIn(tx, by, earlier)
		if err != nil || before.ReportID == c.ReportID || before.Seq > c.Seq {
			return orInvalid(err, "number", "case_earlier")
		}
		tied, err := q.intake.EarlierOf(tx, c.ID)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		if err := move(tx, c, nil); err != nil {
			return err
		}
		if err := q.intake.TieEarlier(tx, *c, before.ReportID, by.ID); errors.Is(err, intake.ErrClosed) {
			return step.ErrState
		} else if err != nil {
			return err
		}
		if err := q.note(tx, by, c, "earlier_tied", map[string]string{"to": before.Number()}); err != nil {
			return err
		}
		if c.Kind != intake.Retaliation || tied.AuditAt != nil {
			return nil
		}
		return q.note(tx, by, c, "audit_opened", nil)
	})
}

// earlierCases lists the cases of a report that the officer may see.
func (q *Queue) earlierCases(ctx context.Context, by staff.Officer, report uuid.UUID) ([]Row, error) {
	var seen []intake.Complaint
	query := q.visible(q.store.Read(ctx), by).Where("complaint.report_id = ?", report)
	if err := query.Order("complaint.part").Limit(maxParts).Find(&seen).Error; err != nil {
		return nil, err
	}
	return q.rows(ctx, by, seen)
}

// beginAudit begins the audit of a complaint that turned out to be about
// retaliation, when its reporter named an earlier report.
func (q *Queue) beginAudit(tx *gorm.DB, by staff.Officer, c *intake.Complaint) error {
	began, err := q.intake.BeginAudit(tx, c.ID)
	if err != nil || !began {
		return err
	}
	return q.note(tx, by, c, "audit_opened", nil)
}
