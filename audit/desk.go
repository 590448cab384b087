package audit

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"minsheng/clock"
	"minsheng/intake"
	"minsheng/internal/seal"
	"minsheng/internal/store"
	"minsheng/ledger"
	"minsheng/region"
	"minsheng/staff"
	"minsheng/triage"
)

// Config is what a Desk needs.
type Config struct {
	Store  *store.Store
	Keys   *seal.Keys
	Triage *triage.Queue
	Intake *intake.Desk
	Clocks *clock.Book
	Atlas  *region.Atlas
	// Disclosers say what of the things that somebody asked for in vain the reader
	// may know of.
	Disclosers map[ledger.Subject]clock.Discloser
}

// Desk keeps the audits.
type Desk struct {
	Config
	box *seal.Box
}

// New returns the desk.
func New(c Config) *Desk { return &Desk{c, c.Keys.Box("look_audit")} }

// row is what an audit found, as stored.
type row struct {
	ComplaintID uuid.UUID `gorm:"primaryKey"` // the report of retaliation
	Found       string    // intake.FoundNothing, intake.FoundSuspicious
	WordsSealed []byte
	ByID        uuid.UUID
	At          time.Time
}

func (row) TableName() string { return "look_audit" }

// Audit is one audit, as a list shows it: which cases, and nothing of what they
// are about.
type Audit struct {
	ComplaintID uuid.UUID
	Number      string   // of the report of retaliation
	Earlier     []string // numbers of the cases of the earlier report
	OpenedAt    time.Time
	Found       string // "" while it is open
	EndedAt     *time.Time
	Readable    bool // the officer may also open the report of retaliation
}

// mayRead narrows a query over complaint_earlier to the audits that an officer
// may read. It is the only place that decides this.
//
//   - their office stands above every desk: an office whose people could be in
//     the list does not read it;
//   - neither the report of retaliation nor the earlier one is about their office
//     or one that commands it, nor did they step back from either.
//
// Without staff.AuditLooks there is none.
func (d *Desk) mayRead(db *gorm.DB, by staff.Officer) *gorm.DB {
	if !d.Reads(by) {
		return db.Where("1 = 0")
	}
	own := clause.Column{Table: "complaint_earlier", Name: "complaint_id"}
	before := clause.Column{Table: "part", Name: "id"}
	return db.Where("complaint_earlier.audit_at IS NOT NULL").
		Where("NOT ?", d.Triage.Hides(by, own)).
		Where(`NOT EXISTS (SELECT 1 FROM complaint part WHERE part.report_id = complaint_earlier.earlier_report_id AND ?)`, d.Triage.Hides(by, before))
}

// Reads reports whether an officer may read audits at all, of whatever they are:
// staff.AuditLooks, in an office that stands above every desk.
func (d *Desk) Reads(by staff.Officer) bool {
	return by.May(staff.AuditLooks) && d.Triage.Highest(by.UnitID)
}

const listed = 50

// List shows the audits that an officer may read: open ones first, the latest
// before others, at most 50.
func (d *Desk) List(ctx context.Context, by staff.Officer) ([]Audit, error) {
	db := d.Store.Read(ctx)
	var ties []intake.Earlier
	err := d.mayRead(db.Model(&intake.Earlier{}), by).
		Order("CASE WHEN audit_ended_at IS NULL THEN 0 ELSE 1 END, audit_at DESC, complaint_id").Limit(listed).Find(&ties).Error
	if err != nil {
		return nil, err
	}
	var audits []Audit
	for _, e := range ties {
		a, err := d.face(ctx, db, by, e)
		if err != nil {
			return nil, err
		}
		audits = append(audits, a)
	}
	return audits, nil
}

// Waiting counts the open audits that an officer may read, up to 50.
func (d *Desk) Waiting(ctx context.Context, by staff.Officer) (int, error) {
	var ids []uuid.UUID
	err := d.mayRead(d.Store.Read(ctx).Model(&intake.Earlier{}), by).
		Where("audit_ended_at IS NULL").Limit(listed).Pluck("complaint_id", &ids).Error
	return len(ids), err
}

func (d *Desk) face(ctx context.Context, db *gorm.DB, by staff.Officer, e intake.Earlier) (Audit, error) {
	a := Audit{ComplaintID: e.ComplaintID, OpenedAt: e.AuditAt.UTC(), Found: e.AuditFound, EndedAt: e.AuditEndedAt}
	own, err := numbers(db, "id = ?", e.ComplaintID)
	if err != nil {
		return a, err
	}
	for _, c := range own {
		a.Number = c.Number()
	}
	before, err := numbers(db, "report_id = ?", e.EarlierReportID)
	if err != nil {
		return a, err
	}
	for _, c := range before {
		a.Earlier = append(a.Earlier, c.Number())
	}
	_, err = d.Triage.CaseIn(db, by, e.ComplaintID)
	if errors.Is(err, store.ErrNotFound) {
		return a, nil
	}
	a.Readable = err == nil
	return a, err
}

// numbers reads what cases of an audit that may be read are called, and which they
// were merged into: their numbers alone leave this room.
func numbers(db *gorm.DB, which string, value uuid.UUID) ([]intake.Complaint, error) {
	var all []intake.Complaint
	err := db.Select("seq", "id", "received_at", "merged_into").Where(which, value).Order("part").Limit(50).Find(&all).Error
	return all, err
}

// read is the audit of a report of retaliation that an officer may read;
// store.ErrNotFound for any other.
func (d *Desk) read(db *gorm.DB, by staff.Officer, complaint uuid.UUID) (e intake.Earlier, err error) {
	return e, store.One(d.mayRead(db, by).Where("complaint_earlier.complaint_id = ?", complaint), &e)
}
