package bulletin

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/clock"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/staff"
)

// Report is a monthly or quarterly one as stored.
type Report struct {
	ID         uuid.UUID `gorm:"primaryKey"`
	UnitID     uuid.UUID
	ToUnitID   *uuid.UUID // the office above; nil: none in the portal
	Every      Every
	Period     Period
	State      State
	DueOn      workday.Date
	Numbers    Numbers  `gorm:"serializer:json"`
	Changes    []Change `gorm:"serializer:json"` // what counting again changed last
	CountedAt  *time.Time
	Words      Words `gorm:"serializer:json"`
	Number     string
	DraftedBy  *uuid.UUID
	DraftedAt  *time.Time
	IssuedBy   *uuid.UUID
	IssuedAt   *time.Time
	ReceivedBy *uuid.UUID
	ReceivedAt *time.Time
	Version    int
}

// TableName is work_report.
func (Report) TableName() string { return "work_report" }

// CameLate reports whether it was issued after its day.
func (r Report) CameLate() bool { return r.IssuedAt != nil && workday.On(*r.IssuedAt) > r.DueOn }

// reports narrows a query over work_report to what the officer may read
// (staff.WritePapers): those of the own office, and issued ones of offices below.
func (d *Desk) reports(db *gorm.DB, by staff.Officer) *gorm.DB {
	if !by.May(staff.WritePapers) {
		return db.Where("1 = 0")
	}
	return db.Where("(work_report.unit_id = ? OR work_report.state = 'issued' AND work_report.unit_id IN ?)", by.UnitID, d.Atlas.Subtree(by.UnitID))
}

func (d *Desk) report(db *gorm.DB, by staff.Officer, id uuid.UUID) (r Report, err error) {
	return r, store.One(d.reports(db, by).Where("work_report.id = ?", id), &r)
}

// begin makes the report of an office for a period, and starts its clock.
func (d *Desk) beginReport(tx *gorm.DB, unit uuid.UUID, p Period, by ledger.Actor) (Report, error) {
	u, err := d.Atlas.Unit(unit)
	if err != nil {
		return Report{}, err
	}
	r := Report{ID: uuid.Must(uuid.NewV7()), UnitID: unit, ToUnitID: u.ParentID, Every: p.Every(), Period: p, State: Due, Changes: []Change{}, Words: Words{}, Version: 1}
	due, err := d.Clocks.Start(tx, clock.Subject{Kind: ledger.OfBulletin, ID: r.ID}, p.Every().rule(), p.Last())
	if err != nil {
		return r, err
	}
	r.DueOn = due.DueOn
	if err := tx.Create(&r).Error; err != nil {
		return r, err
	}
	return r, ledger.Append(tx, ledger.OfBulletin, r.ID, "report_due", by, d.Store.Now(), clock.Tell(map[string]string{"period": string(p), "due_on": string(r.DueOn)}, due))
}

// Compose begins the report of the own office for a period that is over, or goes
// on with the one that is due: its numbers are counted, its words suggested
// (staff.WritePapers). Errors: *step.Invalid (period), step.ErrState when it was
// composed before.
func (d *Desk) Compose(ctx context.Context, by staff.Officer, every Every, p Period) (id uuid.UUID, err error) {
	if err := by.Require(staff.WritePapers); err != nil {
		return id, err
	}
	if !every.Valid(p) || p.Last() >= d.today() || p.First() < d.today().Add(-800) {
		return id, step.Bad("period", "bulletin_period")
	}
	n, err := d.count(ctx, by, p)
	if err != nil {
		return id, err
	}
	words := suggest(p, n)
	err = step.Again(func() error {
		return d.Store.Transact(ctx, func(tx *gorm.DB) error {
			var r Report
			err := store.One(tx.Where("unit_id = ? AND every = ? AND period = ?", by.UnitID, every, p), &r)
			if errors.Is(err, store.ErrNotFound) {
				r, err = d.beginReport(tx, by.UnitID, p, by.Actor())
			}
			if err != nil {
				return err
			}
			if r.State != Due {
				return step.ErrState
			}
			id = r.ID
			now := d.Store.Now()
			if err := keep(tx, r, map[string]any{"state": Drafted, "drafted_by": by.ID, "drafted_at": now, "counted_at": now}, &n, []Change{}, &words); err != nil {
				return err
			}
			return d.note(tx, by, r.ID, "report_composed", map[string]string{"period": string(p)})
		})
	})
	return id, err
}

// keep changes a report, and with it numbers, changes and words where they are
// given.
func keep(tx *gorm.DB, r Report, set map[string]any, n *Numbers, changes []Change, w *Words) error {
	if err := step.Move(tx, &Report{}, r.ID, r.Version, set); err != nil {
		return err
	}
	var columns []any
	now := Report{}
	if n != nil {
		now.Numbers, now.Changes, columns = *n, changes, append(columns, "changes")
	}
	if w != nil {
		now.Words, columns = *w, append(columns, "words")
	}
	if len(columns) == 0 {
		return nil
	}
	first := "numbers"
	if n == nil {
		first, columns = "words", nil
	}
	return tx.Model(&Report{}).Where("id = ?", r.ID).Select(first, columns...).Updates(&now).Error
}

// Count counts the numbers of a draft again, and keeps what that changed. Errors:
// store.ErrNotFound, step.ErrState, step.ErrStale.
func (d *Desk) Count(ctx context.Context, by staff.Officer, id uuid.UUID, version int) error {
	r, err := d.ownReport(d.Store.Read(ctx), by, id)
	if err != nil {
		return err
	}
	n, err := d.count(ctx, by, r.Period)
	if err != nil {
		return err
	}
	return d.onReport(ctx, by, id, version, func(tx *gorm.DB, r Report) error {
		changes := changed(r.Numbers, n)
		if err := keep(tx, r, map[string]any{"counted_at": d.Store.Now(), "drafted_by": by.ID}, &n, changes, nil); err != nil {
			return err
		}
		return d.note(tx, by, id, "report_counted", map[string]string{"changed": strconv.Itoa(len(changes))})
	})
}

// Write keeps the words of a draft; who does so is its author from then on.
// Errors: *step.Invalid by section, store.ErrNotFound, step.ErrState,
// step.ErrStale.
func (d *Desk) Write(ctx context.Context, by staff.Officer, id uuid.UUID, version int, w Words) error {
	return d.onReport(ctx, by, id, version, func(tx *gorm.DB, r Report) error {
		w, err := w.fit(r.Numbers.Sections(), false)
		if err != nil {
			return err
		}
		if err := keep(tx, r, map[string]any{"drafted_by": by.ID, "drafted_at": d.Store.Now()}, nil, nil, &w); err != nil {
			return err
		}
		return d.note(tx, by, id, "report_worded", nil)
	})
}

// Sign issues a report that somebody else drafted: it gets its number and its
// paper, stays as it is, and lies with the office above (staff.SignPapers).
// Errors: step.ErrSamePerson, *step.Invalid by section, those of Write.
func (d *Desk) Sign(ctx context.Context, by staff.Officer, id uuid.UUID, version int) error {
	if err := by.Require(staff.SignPapers); err != nil {
		return err
	}
	r, err := d.ownReport(d.Store.Read(ctx), by, id)
	if err != nil {
		return err
	}
	author := by
	if r.DraftedBy != nil {
		if author, err = d.author(ctx, by, *r.DraftedBy); err != nil {
			return err
		}
	}
	return d.onReport(ctx, by, id, version, func(tx *gorm.DB, r Report) error {
		if r.DraftedBy != nil && *r.DraftedBy == by.ID {
			return step.ErrSamePerson
		}
		if _, err := r.Words.fit(r.Numbers.Sections(), true); err != nil {
			return err
		}
		if err := keep(tx, r, map[string]any{"state": Issued, "issued_by": by.ID, "issued_at": d.Store.Now()}, nil, nil, nil); err != nil {
			return err
		}
		p, err := d.press(tx, author, by, d.reportPaper(r))
		if err != nil {
			return err
		}
		if err := tx.Model(&Report{}).Where("id = ?", id).Updates(map[string]any{"number": p.Number}).Error; err != nil {
			return err
		}
		if err := d.Clocks.Meet(tx, id); err != nil {
			return err
		}
		return d.note(tx, by, id, "report_issued", map[string]string{"number": p.Number, "period": string(r.Period)})
	})
}

// Receive says that the office above has the report (staff.WritePapers). Errors:
// store.ErrNotFound, step.ErrState when it was said before.
func (d *Desk) Receive(ctx context.Context, by staff.Officer, id uuid.UUID) error {
	return step.Again(func() error {
		return d.Store.Transact(ctx, func(tx *gorm.DB) error {
			r, err := d.report(tx, by, id)
			if err != nil {
				return err
			}
			if r.ToUnitID == nil || *r.ToUnitID != by.UnitID {
				return store.ErrNotFound
			}
			if r.ReceivedAt != nil || r.State != Issued {
				return step.ErrState
			}
			if err := step.Move(tx, &Report{}, id, r.Version, map[string]any{"received_by": by.ID, "received_at": d.Store.Now()}); err != nil {
				return err
			}
			return d.note(tx, by, id, "report_received", nil)
		})
	})
}

// ownReport reads a draft of the officer's own office.
func (d *Desk) ownReport(db *gorm.DB, by staff.Officer, id uuid.UUID) (Report, error) {
	r, err := d.report(db, by, id)
	switch {
	case err != nil:
		return r, err
	case r.UnitID != by.UnitID:
		return r, store.ErrNotFound
	case r.State != Drafted:
		return r, step.ErrState
	}
	return r, nil
}

func (d *Desk) onReport(ctx context.Context, by staff.Officer, id uuid.UUID, version int, do func(tx *gorm.DB, r Report) error) error {
	return step.Again(func() error {
		return d.Store.Transact(ctx, func(tx *gorm.DB) error {
			r, err := d.ownReport(tx, by, id)
			if err != nil {
				return err
			}
			if r.Version != version {
				return step.ErrStale
			}
			return do(tx, r)
		})
	})
}

// ReportWhole is a report with names and what can be done.
type ReportWhole struct {
	Report
	UnitName, ToName                    string
	DraftName, IssuerName, ReceiverName string
	Clocks                              []clock.Deadline
	Events                              []ledger.Event
	Late                                int
	Actions                             []string
}

// Report opens a report, or store.ErrNotFound.
func (d *Desk) Report(ctx context.Context, by staff.Officer, id uuid.UUID) (ReportWhole, error) {
	db := d.Store.Read(ctx)
	r, err := d.report(db, by, id)
	if err != nil {
		return ReportWhole{}, err
	}
	w := ReportWhole{Report: r, UnitName: d.unitName(r.UnitID)}
	if r.ToUnitID != nil {
		w.ToName = d.unitName(*r.ToUnitID)
	}
	names, err := namesOf(db, r.DraftedBy, r.IssuedBy, r.ReceivedBy)
	if err != nil {
		return w, err
	}
	w.DraftName, w.IssuerName, w.ReceiverName = nameOf(names, r.DraftedBy), nameOf(names, r.IssuedBy), nameOf(names, r.ReceivedBy)
	if r.State != Issued {
		w.Late = d.Clocks.Late(&r.DueOn, d.today())
	}
	w.Actions = w.actions(by)
	if w.Clocks, err = d.Clocks.Of(ctx, id); err != nil {
		return w, err
	}
	w.Events, err = ledger.Of(ctx, d.Store, ledger.OfBulletin, id)
	return w, err
}

func (w ReportWhole) actions(by staff.Officer) (all []string) {
	own := w.UnitID == by.UnitID
	switch {
	case own && w.State == Due:
		return []string{ToCompose}
	case own && w.State == Drafted:
		if by.May(staff.SignPapers) && (w.DraftedBy == nil || *w.DraftedBy != by.ID) {
			all = append(all, ToIssue)
		}
		return append(all, ToWord, ToCount)
	case w.State == Issued && w.ToUnitID != nil && *w.ToUnitID == by.UnitID && w.ReceivedAt == nil:
		return []string{ToReceive}
	}
	return nil
}

// ReportLine is a report in a list.
type ReportLine struct {
	Report
	UnitName string
	Late     int
}

// Reports lists those of the own office, or those that offices below sent to it,
// the newest first, 50 before the one with that id (staff.WritePapers).
func (d *Desk) Reports(ctx context.Context, by staff.Officer, sent bool, before uuid.UUID) ([]ReportLine, error) {
	if err := by.Require(staff.WritePapers); err != nil {
		return nil, err
	}
	if err := d.catchUp(ctx, by.UnitID); err != nil {
		return nil, err
	}
	query := d.reports(d.Store.Read(ctx), by)
	if sent {
		query = query.Where("work_report.to_unit_id = ? AND work_report.state = 'issued'", by.UnitID)
	} else {
		query = query.Where("work_report.unit_id = ?", by.UnitID)
	}
	if before != uuid.Nil {
		query = query.Where("work_report.id < ?", before)
	}
	var all []Report
	err := query.Order("work_report.id DESC").Limit(pageSize).Find(&all).Error
	var lines []ReportLine
	for _, r := range all {
		l := ReportLine{Report: r, UnitName: d.unitName(r.UnitID)}
		if r.State != Issued {
			l.Late = d.Clocks.Late(&r.DueOn, d.today())
		}
		lines = append(lines, l)
	}
	return lines, err
}

// Owed lists the reports that the own office has not issued yet, for the Today
// page: only when they lie with somebody who writes.
func (d *Desk) Owed(ctx context.Context, by staff.Officer) ([]ReportLine, error) {
	if !by.May(staff.WritePapers) {
		return nil, nil
	}
	lines, err := d.Reports(ctx, by, false, uuid.Nil)
	return slices.DeleteFunc(lines, func(l ReportLine) bool { return l.State == Issued }), err
}
