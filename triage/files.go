package triage

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/internal/evidence"
	"minsheng/internal/store"
	"minsheng/staff"
)

// OpenedFile is evidence being read; the caller closes it.
type OpenedFile struct {
	evidence.File
	Content interface {
		Read([]byte) (int, error)
		Close() error
	}
	DownloadName string
}

// whose is the owner of a file as stored.
type whose struct {
	OwnerKind string
	OwnerID   *uuid.UUID
}

// OpenFile gives out evidence of a visible case, or of what another room shows:
// store.ErrNotFound for any other. That it was opened, and by whom, stands in the
// record before the first byte is given out. Where something is covered on it, all but
// who has the case and custodians get the copy. Errors: intake.ErrLocked where the
// session holds no key that opens it, intake.ErrErased.
func (q *Queue) OpenFile(ctx context.Context, by staff.Officer, file uuid.UUID) (OpenedFile, error) {
	f, of, c, err := q.lent(ctx, by, file)
	if err != nil {
		return OpenedFile{}, err
	}
	if c.Blob != "" && !of.Whole {
		return q.openCopy(ctx, f, of, c)
	}
	if err := q.intake.Opens(ctx, by, file); err != nil {
		return OpenedFile{}, of.locked(ctx, file, err)
	}
	if err := of.Record(ctx, "evidence_opened", map[string]string{"file": file.String()}); err != nil {
		return OpenedFile{}, err
	}
	f, content, name, err := q.intake.OpenFile(ctx, by, file)
	return OpenedFile{File: f, Content: content, DownloadName: name}, err
}

// lockedTo tells which files of a case OpenFile would answer with intake.ErrLocked.
func (q *Queue) lockedTo(ctx context.Context, by staff.Officer, c intake.Complaint, files []evidence.File) (map[uuid.UUID]bool, error) {
	locked, err := q.intake.Locked(ctx, by, files...)
	if err != nil || len(locked) == 0 || seesUncovered(by, c) {
		return locked, err
	}
	cleared, err := q.Clearances(ctx, slices.Collect(maps.Keys(locked))...)
	for id, said := range cleared {
		if said.Blob != "" { // the copy is given out instead
			delete(locked, id)
		}
	}
	return locked, err
}

// openFor returns the case under which the officer may open a file of that
// owner.
func (q *Queue) openFor(ctx context.Context, db *gorm.DB, by staff.Officer, owner whose) (uuid.UUID, error) {
	switch owner.OwnerKind {
	case "report":
		return q.openForMessage(ctx, db, by, *owner.OwnerID, nil)
	case "message":
		var m struct {
			ReportID    uuid.UUID
			ComplaintID *uuid.UUID
			KeptUnitID  *uuid.UUID
		}
		if err := store.One(db.Table("message").Where("id = ?", *owner.OwnerID), &m); err != nil {
			return uuid.Nil, err
		}
		if !q.reads(by, m.KeptUnitID) {
			return uuid.Nil, q.refuseMessage(ctx, by, m.ReportID, m.ComplaintID)
		}
		return q.openForMessage(ctx, db, by, m.ReportID, m.ComplaintID)
	case "verification", "delivery", "callback":
		return q.openForCase(ctx, db, by, owner.OwnerKind, *owner.OwnerID)
	}
	return uuid.Nil, store.ErrNotFound
}

// openForCase finds the visible case of which a row of a table is.
func (q *Queue) openForCase(ctx context.Context, db *gorm.DB, by staff.Officer, table string, id uuid.UUID) (uuid.UUID, error) {
	var of struct{ ComplaintID uuid.UUID }
	if err := store.One(db.Table(table).Where("id = ?", id), &of); err != nil {
		return uuid.Nil, err
	}
	_, err := q.CaseIn(db, by, of.ComplaintID)
	if errors.Is(err, store.ErrNotFound) {
		err = q.refuse(ctx, by, of.ComplaintID)
	}
	return of.ComplaintID, err
}

// reads reports whether somebody may read what is kept for an office and those
// above it; nil is for everybody who sees the case.
func (q *Queue) reads(by staff.Officer, kept *uuid.UUID) bool {
	return kept == nil || slices.Contains(q.atlas.Above(*kept), by.UnitID)
}

// openForMessage finds the visible part of a message under which its files may
// be opened: the part that they were sent about, or, when they belong to the
// whole, any part, unless the whole is withheld.
func (q *Queue) openForMessage(ctx context.Context, db *gorm.DB, by staff.Officer, report uuid.UUID, part *uuid.UUID) (uuid.UUID, error) {
	query := q.visible(db, by).Where("complaint.report_id = ?", report)
	if part != nil {
		query = query.Where("complaint.id = ?", *part)
	} else {
		withheld, err := q.withheld(db, by, report)
		if err != nil {
			return uuid.Nil, err
		}
		if withheld[report] {
			query = query.Where("1 = 0")
		}
	}
	var c intake.Complaint
	err := store.One(query.Order("complaint.part").Limit(1), &c)
	if errors.Is(err, store.ErrNotFound) {
		return uuid.Nil, q.refuseMessage(ctx, by, report, part)
	}
	return c.ID, err
}

// refuseMessage records the attempt with the part that was meant, or with the
// first.
func (q *Queue) refuseMessage(ctx context.Context, by staff.Officer, report uuid.UUID, part *uuid.UUID) error {
	if part != nil {
		return q.refuse(ctx, by, *part)
	}
	var first struct{ ID uuid.UUID }
	err := store.One(q.store.Read(ctx).Table("complaint").Where("report_id = ?", report).Order("part").Limit(1), &first)
	if err != nil {
		return err
	}
	return q.refuse(ctx, by, first.ID)
}
