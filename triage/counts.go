package triage

import (
	"context"

	"minsheng/intake"
	"minsheng/staff"
)

// Counts counts the visible open cases: one pass for everything but
// WaitingForMe, which is counted from the open proposals.
func (q *Queue) Counts(ctx context.Context, by staff.Officer) (Counts, error) {
	today := q.today()
	db := q.store.Read(ctx)
	var n Counts
	err := q.visible(db.Model(&intake.Complaint{}), by).
		Where("complaint.closed_at IS NULL").
		Select(`COUNT(*) AS open,
			COUNT(*) FILTER (WHERE complaint.due_on < ?) AS overdue,
			COUNT(*) FILTER (WHERE complaint.due_on = ?) AS due_today,
			COUNT(*) FILTER (WHERE complaint.due_on > ? AND complaint.due_on <= ?) AS due_week,
			COUNT(*) FILTER (WHERE complaint.owner_id = ?) AS mine,
			COUNT(*) FILTER (WHERE complaint.owner_id = ? AND complaint.due_on < ?) AS mine_late,
			COUNT(*) FILTER (WHERE complaint.owner_id IS NULL) AS unassigned`,
			today, today, today, today.Add(7), by.ID, by.ID, today).
		Scan(&n).Error
	if err != nil || !by.May(staff.ApproveCases) {
		return n, err
	}
	var waiting int64
	err = waitingFor(q.visible(db.Model(&intake.Complaint{}), by), by).
		Where("complaint.closed_at IS NULL").Count(&waiting).Error
	n.WaitingForMe = int(waiting)
	return n, err
}

// MyCounts counts the officer's own visible open cases, and the late ones among
// them. It stands on every page: unlike Counts, it does not read what others
// have on their desks.
func (q *Queue) MyCounts(ctx context.Context, by staff.Officer) (mine, late int, err error) {
	var n Counts
	err = q.visible(q.store.Read(ctx).Model(&intake.Complaint{}), by).
		Where("complaint.closed_at IS NULL AND complaint.owner_id = ?", by.ID).
		Select("COUNT(*) AS mine, COUNT(*) FILTER (WHERE complaint.due_on < ?) AS mine_late", q.today()).
		Scan(&n).Error
	return n.Mine, n.MineLate, err
}

// Today lists what is due in groups, at most 20 each: "overdue", "today",
// "week" (the seven days after today), "waiting" (a proposal to rule on), and
// each of Wants for who works on cases.
func (q *Queue) Today(ctx context.Context, by staff.Officer) (map[string][]Row, error) {
	groups := map[string][]Row{}
	for name, f := range map[string]Filter{
		"overdue": {Late: true},
		"today":   {DueToday: true},
		"week":    {DueWeek: true},
		"waiting": {Waiting: true},
	} {
		rows, err := q.top(ctx, by, f, 20)
		if err != nil {
			return nil, err
		}
		groups[name] = rows
	}
	if !by.May(staff.WorkCases) {
		return groups, nil
	}
	for _, wants := range Wants() {
		rows, err := q.top(ctx, by, Filter{Wants: wants}, 20)
		if err != nil {
			return nil, err
		}
		groups[wants] = rows
	}
	return groups, nil
}
