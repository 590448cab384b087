package triage

import (
	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/staff"
)

// reseal has the words of a complaint, and of what was merged into it, sealed to
// those who are to read them now that it lies elsewhere or names somebody else.
func (q *Queue) reseal(tx *gorm.DB, by staff.Officer, c *intake.Complaint) error {
	return eachReport(tx, c, func(report uuid.UUID) error { return q.intake.Reseal(tx, by, report) })
}

// keepAbove takes the names of all whose reports are handled as a complaint away from
// offices below a desk.
func (q *Queue) keepAbove(tx *gorm.DB, c *intake.Complaint, desk uuid.UUID) error {
	return eachReport(tx, c, func(report uuid.UUID) error { return q.intake.KeepAbove(tx, report, desk) })
}

func eachReport(tx *gorm.DB, c *intake.Complaint, do func(report uuid.UUID) error) error {
	var reports []uuid.UUID
	if err := tx.Table("complaint").Where("merged_into = ?", c.ID).Order("id").Pluck("report_id", &reports).Error; err != nil {
		return err
	}
	for _, report := range append(reports, c.ReportID) {
		if err := do(report); err != nil {
			return err
		}
	}
	return nil
}
