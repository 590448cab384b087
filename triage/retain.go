package triage

import (
	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/staff"
)

// Visible narrows a query over the table complaint, under that name, to what the
// officer may know of: for rooms above that list cases in an order of their own.
func (q *Queue) Visible(db *gorm.DB, by staff.Officer) *gorm.DB { return q.visible(db, by) }

// SeesWhole reports whether no part of a report is hidden from the officer: what
// happens to its words happens to all of them.
func (q *Queue) SeesWhole(db *gorm.DB, by staff.Officer, report uuid.UUID) (bool, error) {
	hidden, err := q.withheld(db, by, report)
	return !hidden[report], err
}

// EraseName destroys who handed in the report of the complaint that CaseIn gave,
// also where a custodian has it open, in the caller's transaction.
func (q *Queue) EraseName(tx *gorm.DB, c intake.Complaint) error {
	if err := q.closeNames(tx, c.ReportID); err != nil {
		return err
	}
	return q.intake.EraseName(tx, c.ReportID)
}

// EraseWords destroys what was written about the report of the complaint that CaseIn
// gave, and who handed it in, in the caller's transaction. What was decided stays.
func (q *Queue) EraseWords(tx *gorm.DB, c intake.Complaint) (intake.Destroyed, error) {
	if err := q.closeNames(tx, c.ReportID); err != nil {
		return intake.Destroyed{}, err
	}
	if err := q.eraseDemanded(tx, c.ReportID); err != nil {
		return intake.Destroyed{}, err
	}
	return q.intake.EraseWords(tx, c.ReportID)
}

// eraseDemanded destroys what was demanded in all parts of a report.
func (q *Queue) eraseDemanded(tx *gorm.DB, report uuid.UUID) error {
	const parts = "complaint_id IN (SELECT id FROM complaint WHERE report_id = ?)"
	var rows []demandRow
	if err := tx.Where(parts, report).Find(&rows).Error; err != nil {
		return err
	}
	if err := eraseDemands(tx, rows); err != nil {
		return err
	}
	return tx.Model(&demandRow{}).Where(parts, report).Update("body", "").Error
}

// closeNames takes back names that are open, and requests for them.
func (q *Queue) closeNames(tx *gorm.DB, report uuid.UUID) error {
	err := tx.Where("opening_id IN (SELECT id FROM identity_opening WHERE complaint_id IN (SELECT id FROM complaint WHERE report_id = ?))", report).Delete(&openedOriginal{}).Error
	if err != nil {
		return err
	}
	return tx.Model(&openingRow{}).Where("state IN ? AND complaint_id IN (SELECT id FROM complaint WHERE report_id = ?)", []OpeningState{NameAsked, NameOpen}, report).
		Updates(map[string]any{"state": NameOver, "sealed": nil}).Error
}
