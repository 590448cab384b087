package intake

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/store"
	"minsheng/ledger"
)

// Retaliation is the kind of what is done to people because they reported
// something.
const Retaliation Kind = "RETALIATION"

// What came of an audit of who looked at an earlier report.
const (
	FoundNothing    = "nothing"
	FoundSuspicious = "suspicious"
)

// Earlier ties a complaint to the report that its reporter handed in before.
// Where it is about retaliation, an audit of who looked at that one begins with
// it.
type Earlier struct {
	ComplaintID     uuid.UUID `gorm:"primaryKey"`
	EarlierReportID uuid.UUID
	TiedBy          *uuid.UUID // nil: the reporter
	At              time.Time
	AuditAt         *time.Time // nil: there is no audit
	AuditFound      string     // FoundNothing, FoundSuspicious, "" while it is open
	AuditEndedAt    *time.Time
}

// TableName is complaint_earlier.
func (Earlier) TableName() string { return "complaint_earlier" }

// TieOf seals which report a new one refers to as earlier, for the form that is
// opened from a tracking page: the receipt goes into no form and no address. The
// place is that of the earlier one. Errors: ErrStaleForm.
func (d *Desk) TieOf(ctx context.Context, token string) (tie, place string, err error) {
	id, err := d.openTrack(token)
	if err != nil {
		return "", "", err
	}
	var r Report
	err = store.One(d.store.Read(ctx).Where("id = ?", id), &r)
	return d.trackBox.ShutText(d.dated(id[:]), "earlier"), r.PlaceCode, err
}

// earlierOf finds the report that a submission refers to as earlier; uuid.Nil
// when there is none, or none that is known. Whether digits are a receipt that
// somebody holds is not told: it would be a way to try receipts.
func (d *Desk) earlierOf(db *gorm.DB, s Submission) (uuid.UUID, error) {
	var r Report
	query := db.Select("id")
	if plain, err := d.trackBox.OpenText(s.Tie, "earlier"); err == nil {
		id, fresh := d.undated(plain, formLives)
		report, err := uuid.FromBytes(id)
		if !fresh || err != nil {
			return uuid.Nil, nil
		}
		query = query.Where("id = ?", report)
	} else {
		digits, ok := parseReceipt(s.Earlier)
		if !ok {
			return uuid.Nil, nil
		}
		query = query.Where("receipt_index = ?", d.receiptIndex(digits))
	}
	err := store.One(query, &r)
	if errors.Is(err, store.ErrNotFound) {
		return uuid.Nil, nil
	}
	return r.ID, err
}

// oddReceipt reports whether what was typed as an earlier receipt can be none:
// its check digits are wrong.
func oddReceipt(typed string) bool {
	_, ok := parseReceipt(typed)
	return typed != "" && !ok
}

// tie is the row that ties a new complaint to an earlier report, with the event
// of the audit that begins with it; nothing when there is no earlier report. last
// is the complaint's event before that.
func (f filed) tie(c *Complaint, earlier uuid.UUID, last ledger.Event) []any {
	if earlier == uuid.Nil {
		return nil
	}
	tie := Earlier{ComplaintID: c.ID, EarlierReportID: earlier, TiedBy: f.enteredBy, At: f.at}
	if c.Kind != Retaliation {
		return []any{&tie}
	}
	tie.AuditAt = &f.at
	opened := last.Next("audit_opened", f.actor, f.at, nil)
	return []any{&tie, &opened}
}

// TieEarlier ties a complaint to an earlier report in place of what it was tied
// to, for an officer who found out which it is, in the caller's transaction. What
// is about retaliation begins an audit; one that ended is not begun again.
// Whoever calls has checked that the officer may, and writes the step's event.
func (d *Desk) TieEarlier(tx *gorm.DB, c Complaint, earlier, by uuid.UUID) error {
	before, err := d.EarlierOf(tx, c.ID)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if before.AuditEndedAt != nil {
		return ErrClosed
	}
	now := d.store.Now()
	tie := Earlier{ComplaintID: c.ID, EarlierReportID: earlier, TiedBy: &by, At: now, AuditAt: before.AuditAt}
	if c.Kind == Retaliation && tie.AuditAt == nil {
		tie.AuditAt = &now
	}
	if err := tx.Where("complaint_id = ?", c.ID).Delete(&Earlier{}).Error; err != nil {
		return err
	}
	return tx.Create(&tie).Error
}

// BeginAudit begins the audit of a complaint that turns out to be about
// retaliation, in the caller's transaction, and reports whether one began: there
// must be an earlier report, and no audit yet.
func (d *Desk) BeginAudit(tx *gorm.DB, complaint uuid.UUID) (bool, error) {
	res := tx.Model(&Earlier{}).Where("complaint_id = ? AND audit_at IS NULL", complaint).Updates(map[string]any{"audit_at": d.store.Now()})
	return res.RowsAffected > 0, res.Error
}

// EndAudit notes what an audit found, in the caller's transaction; false when it
// has ended already, or never began.
func (d *Desk) EndAudit(tx *gorm.DB, complaint uuid.UUID, found string) (bool, error) {
	res := tx.Model(&Earlier{}).Where("complaint_id = ? AND audit_at IS NOT NULL AND audit_ended_at IS NULL", complaint).
		Updates(map[string]any{"audit_found": found, "audit_ended_at": d.store.Now()})
	return res.RowsAffected > 0, res.Error
}

// EarlierOf is what a complaint is tied to, or store.ErrNotFound. Whoever calls
// has checked that it may be known.
func (d *Desk) EarlierOf(db *gorm.DB, complaint uuid.UUID) (e Earlier, err error) {
	return e, store.One(db.Where("complaint_id = ?", complaint), &e)
}

// auditOf is how the audit of a complaint stands for its reporter: open, or what
// it found; "" when there is none.
func (d *Desk) auditOf(db *gorm.DB, complaint uuid.UUID) (string, error) {
	e, err := d.EarlierOf(db, complaint)
	switch {
	case errors.Is(err, store.ErrNotFound) || err == nil && e.AuditAt == nil:
		return "", nil
	case err == nil && e.AuditEndedAt == nil:
		return "open", nil
	}
	return e.AuditFound, err
}
