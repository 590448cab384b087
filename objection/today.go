package objection

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/workday"
	"minsheng/staff"
)

// Groups of what waits, in the order in which they are looked at.
const (
	WaitsForRuling    = "rule" // another person's proposal
	WaitsForSignature = "sign" // another person's visit, the first of its objection
	PastDue           = "late"
	NotTakenUp        = "new"
	NearlyDue         = "due" // within dueWindow
)

// todaySize is how many objections a group shows, dueWindow how many working
// days ahead a date is near.
const (
	todaySize = 20
	dueWindow = 3
)

// Groups lists the groups in order.
func Groups() []string {
	return []string{WaitsForRuling, WaitsForSignature, PastDue, NotTakenUp, NearlyDue}
}

// Today is what waits for the officer, each in the first group it belongs to, 20
// of a group, by date (staff.WorkObjections). Groups without any are missing.
func (d *Desk) Today(ctx context.Context, by staff.Officer) (map[string][]Line, error) {
	if err := by.Require(staff.WorkObjections); err != nil {
		return nil, err
	}
	db := d.Store.Read(ctx)
	groups, seen := map[string][]Line{}, map[uuid.UUID]bool{}
	for _, group := range Groups() {
		query, may := d.waiting(d.visible(db, by), by, group)
		if !may {
			continue
		}
		var found, fresh []Objection
		err := query.Where("objection.closed_at IS NULL").Order("objection.due_on, objection.seq").Limit(todaySize).Find(&found).Error
		if err != nil {
			return nil, err
		}
		for _, o := range found {
			if !seen[o.ID] {
				fresh, seen[o.ID] = append(fresh, o), true
			}
		}
		if len(fresh) == 0 {
			continue
		}
		if groups[group], err = d.lines(db, fresh); err != nil {
			return nil, err
		}
	}
	return groups, nil
}

// waiting narrows a query to a group; false when the officer has no such group.
func (d *Desk) waiting(query *gorm.DB, by staff.Officer, group string) (*gorm.DB, bool) {
	today := d.today()
	switch group {
	case WaitsForRuling:
		return query.Where("objection.id IN (SELECT objection_id FROM objection_ruling WHERE state = 'open' AND asked_by <> ?)", by.ID),
			by.May(staff.RuleObjections)
	case WaitsForSignature:
		return query.Where("objection.due_rule = ?", ruleVerify).
			Where("objection.id IN (SELECT objection_id FROM objection_check WHERE second_id IS NULL AND first_id <> ?)", by.ID), true
	case PastDue:
		return query.Where("objection.due_on < ?", today), true
	case NearlyDue:
		return query.Where("objection.due_on BETWEEN ? AND ?", today, d.Clocks.Calendar().Limit(today, dueWindow, workday.WorkingDays).On), true
	}
	return query.Where("objection.state = ?", Submitted), true
}

// Mine counts the open objections that the officer has taken up, and those of
// them that are past their date, 1000 at most (staff.WorkObjections).
func (d *Desk) Mine(ctx context.Context, by staff.Officer) (open, late int, err error) {
	if err := by.Require(staff.WorkObjections); err != nil {
		return 0, 0, err
	}
	var own []Objection
	err = d.visible(d.Store.Read(ctx), by).Select("due_on").
		Where("objection.owner_id = ? AND objection.closed_at IS NULL", by.ID).Limit(1000).Find(&own).Error
	for _, o := range own {
		if o.DueOn != nil && *o.DueOn < d.today() {
			late++
		}
	}
	return len(own), late, err
}
