package audit

import (
	"context"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/internal/step"
	"minsheng/ledger"
	"minsheng/staff"
)

// End says what an audit found: nothing, or something that somebody has to look
// into, such as by an item of its own. words, 4 to 2000 characters, are kept
// sealed; the reporter reads only which of the two it is, in the portal's words.
// Whoever looked at the earlier case before the audit began, or took part in it,
// cannot: step.ErrSamePerson. Nor can an auditor, who reads and changes nothing.
// Errors: store.ErrNotFound, *step.Invalid, step.ErrState when it has ended.
func (d *Desk) End(ctx context.Context, by staff.Officer, complaint uuid.UUID, found, words string) error {
	if err := by.Require(staff.AuditLooks); err != nil {
		return err
	}
	if err := by.Require(staff.ApproveCases); err != nil {
		return err
	}
	var f step.Form
	f.Require(slices.Contains([]string{intake.FoundNothing, intake.FoundSuspicious}, found), "audit_found", "audit_found")
	words = f.Text("words", words, 4, 2000, "audit_words")
	if err := f.Err(); err != nil {
		return err
	}
	return step.Again(func() error {
		return d.Store.Transact(ctx, func(tx *gorm.DB) error { return d.end(tx, by, complaint, found, words) })
	})
}

func (d *Desk) end(tx *gorm.DB, by staff.Officer, complaint uuid.UUID, found, words string) error {
	e, err := d.read(tx, by, complaint)
	if err != nil {
		return err
	}
	cases, err := d.cases(tx, e)
	if err != nil {
		return err
	}
	inList, err := d.inList(tx, cases, by, *e.AuditAt)
	if err != nil {
		return err
	}
	if inList {
		return step.ErrSamePerson
	}
	ended, err := d.Intake.EndAudit(tx, complaint, found)
	if err != nil {
		return err
	}
	if !ended {
		return step.ErrState
	}
	sealed := d.box.Shut([]byte(words), "look_audit:"+complaint.String())
	if err := tx.Create(&row{complaint, found, sealed, by.ID, d.Store.Now()}).Error; err != nil {
		return err
	}
	if err := ledger.Append(tx, ledger.OfComplaint, complaint, "audit_ended", by.Actor(), d.Store.Now(), map[string]string{"found": found}); err != nil {
		return err
	}
	var own intake.Complaint
	if err := tx.Where("id = ?", complaint).Take(&own).Error; err != nil {
		return err
	}
	return d.Triage.TellOne(tx, by, own, "audit_"+found)
}
