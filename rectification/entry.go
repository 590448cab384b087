package rectification

import (
	"context"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/evidence"
	"minsheng/internal/step"
	"minsheng/internal/workday"
	"minsheng/staff"
)

// Kinds of entries; catalog key order.entry.<kind>.
const (
	acknowledged   = "acknowledged"
	planHandedIn   = "plan"
	planApproved   = "plan_approved"
	planReturned   = "plan_returned"
	progress       = "progress"
	reported       = "report"
	reportReturned = "report_returned"
	checked        = "check"
	struckOff      = "struck_off"
	followedUp     = "follow_up"
	withdrawn      = "withdrawn"
	resumed        = "resumed"
)

// files are the kinds of owners that files kept with entries have.
var files = map[string]string{planHandedIn: "order_plan", progress: "order_report", reported: "order_report", checked: "order_check", followedUp: "order_check"}

// entryRow is what either side did and said, as stored. It never changes.
type entryRow struct {
	ID      uuid.UUID `gorm:"primaryKey"`
	OrderID uuid.UUID
	Kind    string
	Words   string
	Lasting string
	Head    string
	OnDay   *workday.Date
	Place   string
	People  string
	Passed  *bool
	ByID    uuid.UUID
	UnitID  uuid.UUID
	At      time.Time
}

func (entryRow) TableName() string { return "rectification_entry" }

// Line is what an entry says to one point.
type Line struct {
	EntryID     uuid.UUID `gorm:"primaryKey"`
	PointID     uuid.UUID `gorm:"primaryKey"`
	Cause       string
	Measures    string
	Responsible string
	ByOn        *workday.Date // of a plan
	Result      string        // of a report: done, unfinished; of a look: passed, failed
	Words       string        // of a report: how far it is, and what is left
}

// TableName is rectification_line.
func (Line) TableName() string { return "rectification_line" }

// Results of points; catalog key order.result.<code>.
const (
	Done       = "done"
	Unfinished = "unfinished"
	Passed     = "passed"
	Failed     = "failed"
)

// Entry is what either side did and said.
type Entry struct {
	ID      uuid.UUID
	Kind    string
	Words   string
	Lasting string        // of a report: what is to last
	Head    string        // of a report: head of the unit
	On      *workday.Date // of a look on site
	Place   string
	People  string // who was there
	Passed  *bool  // of a look on site
	By      string
	Unit    string
	At      time.Time
	Lines   map[uuid.UUID]Line // by point
	Files   []evidence.File
}

const mostEntries = 300

// write keeps an entry with its lines and files.
func (d *Desk) write(tx *gorm.DB, by staff.Officer, o *Order, e entryRow, lines []Line, form []byte) (evidence.Bound, error) {
	var there int64
	if err := tx.Model(&entryRow{}).Where("order_id = ?", o.ID).Count(&there).Error; err != nil {
		return nil, err
	}
	if there >= mostEntries {
		return nil, step.Bad("words", "order_many")
	}
	id, err := uuid.NewV7()
	if err != nil {
		return nil, err
	}
	e.ID, e.OrderID, e.ByID, e.UnitID, e.At = id, o.ID, by.ID, by.UnitID, d.Store.Now()
	if err := tx.Create(&e).Error; err != nil {
		return nil, err
	}
	for i := range lines {
		lines[i].EntryID = id
	}
	if len(lines) > 0 {
		if err := tx.Create(&lines).Error; err != nil {
			return nil, err
		}
	}
	return d.Shelf.Bind(tx, form, files[e.Kind], id)
}

// ruled reports whether somebody called plan or report of an order good or bad.
func ruled(db *gorm.DB, order, who uuid.UUID) (bool, error) {
	var n int64
	err := db.Model(&entryRow{}).Where("order_id = ? AND by_id = ? AND kind IN ?", order, who, []string{planApproved, planReturned, reportReturned}).Count(&n).Error
	return n > 0, err
}

// entries reads all that was done and said, in order.
func (d *Desk) entries(ctx context.Context, db *gorm.DB, order uuid.UUID) ([]Entry, error) {
	var rows []entryRow
	if err := db.Where("order_id = ?", order).Order("at, id").Limit(mostEntries).Find(&rows).Error; err != nil || len(rows) == 0 {
		return nil, err
	}
	var ids, people []uuid.UUID
	for _, r := range rows {
		ids, people = append(ids, r.ID), append(people, r.ByID)
	}
	names, err := namesOf(db, people...)
	if err != nil {
		return nil, err
	}
	var lines []Line
	if err := db.Where("entry_id IN ?", ids).Limit(mostEntries * mostPoints).Find(&lines).Error; err != nil {
		return nil, err
	}
	kept, err := d.filesOf(ctx, ids, "order_plan", "order_report", "order_check")
	if err != nil {
		return nil, err
	}
	all := make([]Entry, len(rows))
	for n, r := range rows {
		all[n] = Entry{ID: r.ID, Kind: r.Kind, Words: r.Words, Lasting: r.Lasting, Head: r.Head, On: r.OnDay, Place: r.Place, People: r.People,
			Passed: r.Passed, By: names[r.ByID], Unit: d.unitName(r.UnitID), At: r.At.UTC(), Lines: map[uuid.UUID]Line{}, Files: kept[r.ID]}
		for _, l := range lines {
			if l.EntryID == r.ID {
				all[n].Lines[l.PointID] = l
			}
		}
	}
	return all, nil
}

// filesOf reads the files of owners of several kinds, by owner.
func (d *Desk) filesOf(ctx context.Context, owners []uuid.UUID, kinds ...string) (map[uuid.UUID][]evidence.File, error) {
	kept := map[uuid.UUID][]evidence.File{}
	for _, kind := range kinds {
		found, err := d.Shelf.Of(ctx, kind, owners...)
		if err != nil {
			return nil, err
		}
		for _, f := range found {
			kept[*f.OwnerID] = append(kept[*f.OwnerID], f)
		}
	}
	return kept, nil
}

// last is the newest entry of a kind; nil when there is none.
func last(all []Entry, kind string) *Entry {
	for n := len(all) - 1; n >= 0; n-- {
		if all[n].Kind == kind {
			return &all[n]
		}
	}
	return nil
}
