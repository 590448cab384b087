package inspection

import (
	"context"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/workday"
	"minsheng/staff"
)

// pageSize is how many inspections one page of a list shows.
const pageSize = 50

// Line is an inspection in a list.
type Line struct {
	Inspection
	UnitName   string
	TargetName string
	LeaderName string
	Late       int // working days overdue
}

// Filter narrows the list; the zero Filter is what is not over yet.
type Filter struct {
	State  State // "" those not over; "all"
	Target uuid.UUID
	Kind   Kind
	Year   int
	Mine   bool      // of which the officer leads the team or is a member
	After  uuid.UUID // id of the last line
}

// List shows inspections of the own office and of offices below it, the newest
// first, 50 at a time (staff.WorkInspections).
func (d *Desk) List(ctx context.Context, by staff.Officer, f Filter) ([]Line, error) {
	if err := by.Require(staff.WorkInspections); err != nil {
		return nil, err
	}
	db := d.Store.Read(ctx)
	query := d.visible(db, by)
	switch {
	case f.State == "":
		query = query.Where("inspection.closed_at IS NULL")
	case f.State != "all":
		query = query.Where("inspection.state = ?", f.State)
	}
	if f.Target != uuid.Nil {
		query = query.Where("inspection.target_id = ?", f.Target)
	}
	if f.Kind != "" {
		query = query.Where("inspection.kind = ?", f.Kind)
	}
	if f.Year != 0 {
		query = query.Where("inspection.year = ?", f.Year)
	}
	if f.Mine {
		query = ofTeam(query, by)
	}
	if f.After != uuid.Nil {
		query = query.Where("inspection.id < ?", f.After)
	}
	var all []Inspection
	if err := query.Order("inspection.id DESC").Limit(pageSize).Find(&all).Error; err != nil {
		return nil, err
	}
	return d.lines(db, all)
}

// ofTeam narrows a query to inspections of the officer's own.
func ofTeam(query *gorm.DB, by staff.Officer) *gorm.DB {
	return query.Where("(inspection.leader_id = ? OR inspection.id IN (SELECT inspection_id FROM inspection_member WHERE account_id = ?))", by.ID, by.ID)
}

func (d *Desk) lines(db *gorm.DB, all []Inspection) ([]Line, error) {
	var people []uuid.UUID
	for _, i := range all {
		people = append(people, i.LeaderID)
	}
	names, err := namesOf(db, people...)
	lines := make([]Line, len(all))
	for n, i := range all {
		lines[n] = Line{i, d.unitName(i.UnitID), d.unitName(i.TargetID), names[i.LeaderID], d.Clocks.Late(i.DueOn, d.today())}
	}
	return lines, err
}

// Groups of what waits, in the order in which they are looked at; catalog key
// inspection.today.<code>.
const (
	WaitsForIssue = "issue" // findings that somebody else submitted
	PastDue       = "late"
	VisitToday    = "visit" // of the officer's own, planned for today or going on
	NearlyDue     = "due"   // within dueWindow working days
)

// todaySize is how many inspections a group shows, dueWindow how many working
// days ahead a date is near.
const (
	todaySize = 20
	dueWindow = 3
)

// Groups lists the groups in order.
func Groups() []string { return []string{WaitsForIssue, PastDue, VisitToday, NearlyDue} }

// Today is what waits for the officer, each in the first group it belongs to, 20
// of a group, by date (staff.WorkInspections). Groups without any are missing.
func (d *Desk) Today(ctx context.Context, by staff.Officer) (map[string][]Line, error) {
	if err := by.Require(staff.WorkInspections); err != nil {
		return nil, err
	}
	db := d.Store.Read(ctx)
	groups, seen := map[string][]Line{}, []uuid.UUID{}
	for _, group := range Groups() {
		query := d.waiting(d.visible(db, by).Where("inspection.closed_at IS NULL AND inspection.unit_id = ?", by.UnitID), by, group)
		var found []Inspection
		if err := query.Order("inspection.due_on, inspection.id").Limit(todaySize).Find(&found).Error; err != nil {
			return nil, err
		}
		found = slices.DeleteFunc(found, func(i Inspection) bool { return slices.Contains(seen, i.ID) })
		if len(found) == 0 {
			continue
		}
		for _, i := range found {
			seen = append(seen, i.ID)
		}
		var err error
		if groups[group], err = d.lines(db, found); err != nil {
			return nil, err
		}
	}
	return groups, nil
}

// waiting narrows a query to a group.
func (d *Desk) waiting(query *gorm.DB, by staff.Officer, group string) *gorm.DB {
	today := d.today()
	switch group {
	case WaitsForIssue:
		if !by.May(staff.ApprovePlans) {
			return query.Where("1 = 0")
		}
		return query.Where("inspection.submitted_at IS NOT NULL AND inspection.leader_id <> ?", by.ID).
			Where("inspection.id NOT IN (SELECT inspection_id FROM inspection_member WHERE account_id = ?)", by.ID)
	case PastDue:
		return query.Where("inspection.due_on < ?", today)
	case VisitToday:
		return ofTeam(query, by).Where("inspection.starts_on <= ? AND inspection.ends_on >= ? AND inspection.state IN ?", today, today, []State{Planned, UnderWay})
	}
	near := d.Clocks.Calendar().Limit(today, dueWindow, workday.WorkingDays).On
	return query.Where("inspection.due_on BETWEEN ? AND ?", today, near)
}
