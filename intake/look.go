package intake

import (
	"context"
	"slices"
	"time"

	"minsheng/internal/workday"
)

// Look is that somebody of an office was shown what a reporter handed in: on which
// day, in which role and what of it. Which person it was stays in the office.
type Look struct {
	On       workday.Date
	UnitName string
	Role     string
	What     string // page, file, item, export, print
}

const (
	looksShown = 20
	looksRead  = 400
)

// looks reads who was shown the complaints of a report, newest first, each office,
// role, day and kind of thing once. Where one was merged into another, also who was
// shown that one since: before, it was somebody else's. It reads the table look of
// the room above by name (complaint_id, at, unit_name, role, what). Looks at the
// name are told apart from these, with their reasons.
func (d *Desk) looks(ctx context.Context, matters []matter) (all []Look, err error) {
	for _, m := range matters {
		var rows []struct {
			At                   time.Time
			UnitName, Role, What string
		}
		query := d.store.Read(ctx).Table("look").Select("at, unit_name, role, what").Where("what <> 'name'")
		if m.lead.ID == m.own.ID {
			query = query.Where("complaint_id = ?", m.own.ID)
		} else {
			query = query.Where("(complaint_id = ? OR (complaint_id = ? AND at >= ?))", m.own.ID, m.lead.ID, m.own.ReceivedAt)
		}
		if err := query.Order("at DESC").Limit(looksRead).Find(&rows).Error; err != nil {
			return nil, err
		}
		for _, r := range rows {
			l := Look{On: workday.On(r.At), UnitName: r.UnitName, Role: r.Role, What: r.What}
			if !slices.Contains(all, l) {
				all = append(all, l)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b Look) int {
		switch {
		case a.On > b.On:
			return -1
		case a.On < b.On:
			return 1
		}
		return 0
	})
	return all[:min(len(all), looksShown)], nil
}
