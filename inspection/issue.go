package inspection

import (
	"context"
	"strconv"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/step"
	"minsheng/staff"
)

// SubmitFindings asks somebody who was not there to issue the findings. Errors:
// those of a step; step.ErrState without findings, or while there is one on
// which views were not exchanged.
func (d *Desk) SubmitFindings(ctx context.Context, by staff.Officer, id uuid.UUID, version int) error {
	return d.on(ctx, by, ToSubmit, id, version, func(tx *gorm.DB, i *Inspection) error {
		if i.waiting() {
			return step.ErrState
		}
		n, err := exchanged(tx, i)
		if err != nil {
			return err
		}
		err = d.move(tx, by, i, ToSubmit, map[string]any{"submitted_by": by.ID, "submitted_at": d.Store.Now(), "returned_why": ""})
		if err != nil {
			return err
		}
		return d.note(tx, by, id, "findings_submitted", map[string]string{"n": strconv.Itoa(n)})
	})
}

// exchanged is the gate of Art. 16: it counts the findings of an inspection that
// is held, and is step.ErrState unless there are some and views were exchanged on
// each of them. The schema holds the same: no finding has a day of issue without
// an exchange of its own inspection.
func exchanged(tx *gorm.DB, i *Inspection) (int, error) {
	var all []findingRow
	err := tx.Select("id, exchange_id").Where("inspection_id = ?", i.ID).Limit(mostFindings).Find(&all).Error
	if err != nil {
		return 0, err
	}
	if i.ExchangeID == nil || len(all) == 0 {
		return 0, step.ErrState
	}
	for _, f := range all {
		if f.ExchangeID == nil {
			return 0, step.ErrState
		}
	}
	return len(all), nil
}

// IssueFindings issues the findings that were submitted (staff.ApprovePlans): the
// inspected office reads them from then on, and their rectification can be
// ordered. Nobody of the team can. Errors: those of a step, step.ErrState unless
// they were submitted and views were exchanged on each.
func (d *Desk) IssueFindings(ctx context.Context, by staff.Officer, id uuid.UUID, version int) error {
	return d.ruled(ctx, by, id, version, func(tx *gorm.DB, i *Inspection) error {
		n, err := exchanged(tx, i)
		if err != nil {
			return err
		}
		now := d.Store.Now()
		if err := d.move(tx, by, i, ToIssue, map[string]any{"issued_by": by.ID, "issued_at": now}); err != nil {
			return err
		}
		err = tx.Model(&findingRow{}).Where("inspection_id = ? AND exchange_id IS NOT NULL", id).
			Updates(map[string]any{"issued_at": now, "version": gorm.Expr("version + 1")}).Error
		if err != nil {
			return err
		}
		if err := d.met(tx, i, ruleFindings); err != nil {
			return err
		}
		if err := d.report(tx, by, *i); err != nil {
			return err
		}
		return d.note(tx, by, id, "findings_issued", map[string]string{"n": strconv.Itoa(n), "number": i.Number})
	})
}

// ReturnFindings gives submitted findings back to the team, with the reason (4
// to 500 characters). Errors: *step.Invalid, those of IssueFindings.
func (d *Desk) ReturnFindings(ctx context.Context, by staff.Officer, id uuid.UUID, version int, why string) error {
	var f step.Form
	why = f.Text("note", why, 4, 500, "inspection_return_note")
	if err := f.Err(); err != nil {
		return err
	}
	return d.ruled(ctx, by, id, version, func(tx *gorm.DB, i *Inspection) error {
		err := d.move(tx, by, i, ToPrepare, map[string]any{"submitted_by": nil, "submitted_at": nil, "returned_why": why})
		if err != nil {
			return err
		}
		return d.note(tx, by, id, "findings_returned", nil)
	})
}

// ruled is on for whoever rules on findings that were submitted.
func (d *Desk) ruled(ctx context.Context, by staff.Officer, id uuid.UUID, version int, do func(tx *gorm.DB, i *Inspection) error) error {
	return d.on(ctx, by, ToIssue, id, version, func(tx *gorm.DB, i *Inspection) error {
		if !i.waiting() {
			return step.ErrState
		}
		if *i.SubmittedBy == by.ID { // who left the team meanwhile
			return step.ErrSamePerson
		}
		return do(tx, i)
	})
}
