package selfreport

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/store"
	"minsheng/staff"
)

const pageSize = 50

// Line is a report in a list of the office that owes it.
type Line struct {
	Report
	Title     string
	AskerName string
	Late      int // working days overdue
}

// Waiting lists what the officer's own office has to hand in, the most pressing
// first, at most 50 (staff.SendSelfReports).
func (d *Desk) Waiting(ctx context.Context, by staff.Officer) ([]Line, error) {
	if err := by.Require(staff.SendSelfReports); err != nil {
		return nil, err
	}
	err := d.catchUp(ctx, func(db *gorm.DB) *gorm.DB {
		return db.Where("id IN (SELECT schedule_id FROM self_report_ower WHERE unit_id = ?)", by.UnitID)
	})
	if err != nil {
		return nil, err
	}
	db := d.Store.Read(ctx)
	var all []Report
	err = d.owing(db, by).Where("self_report.state IN ? AND self_report.schedule_id IN (SELECT id FROM self_report_schedule WHERE ended_at IS NULL)", []State{Due, Returned}).
		Order("self_report.due_on, self_report.id").Limit(pageSize).Find(&all).Error
	if err != nil {
		return nil, err
	}
	return d.lines(db, all)
}

// Sent lists what the officer's own office handed in, the newest first, 50 at a
// time before the one with that id.
func (d *Desk) Sent(ctx context.Context, by staff.Officer, before uuid.UUID) ([]Line, error) {
	if err := by.Require(staff.SendSelfReports); err != nil {
		return nil, err
	}
	db := d.Store.Read(ctx)
	query := d.owing(db, by).Where("self_report.state IN ?", []State{HandedIn, Taken})
	if before != uuid.Nil {
		query = query.Where("self_report.id < ?", before)
	}
	var all []Report
	if err := query.Order("self_report.id DESC").Limit(pageSize).Find(&all).Error; err != nil {
		return nil, err
	}
	return d.lines(db, all)
}

func (d *Desk) lines(db *gorm.DB, all []Report) ([]Line, error) {
	schedules, err := schedulesOf(db, all)
	lines := make([]Line, len(all))
	for n, r := range all {
		s := schedules[r.ScheduleID]
		lines[n] = Line{Report: r, Title: s.Title, AskerName: d.unitName(s.UnitID)}
		if r.waits() {
			lines[n].Late = d.Clocks.Late(&r.DueOn, d.today())
		}
	}
	return lines, err
}

// schedulesOf reads the schedules of reports that the officer may read.
func schedulesOf(db *gorm.DB, reports []Report) (map[uuid.UUID]Schedule, error) {
	of := map[uuid.UUID]Schedule{}
	var ids []uuid.UUID
	for _, r := range reports {
		ids = append(ids, r.ScheduleID)
	}
	if len(ids) == 0 {
		return of, nil
	}
	var all []Schedule
	err := db.Where("id IN ?", ids).Find(&all).Error
	for _, s := range all {
		of[s.ID] = s
	}
	return of, err
}

// ScheduleLine is a schedule in a list of the office that asks.
type ScheduleLine struct {
	Schedule
	UnitName string
	Units    int // that owe it
	Handed   int // of its last period
	Late     int // reports of any period that are late
}

// Schedules lists what the own office and those below it ask, the newest first, 50
// at a time before the one with that id (staff.AskSelfReports).
func (d *Desk) Schedules(ctx context.Context, by staff.Officer, before uuid.UUID) ([]ScheduleLine, error) {
	if err := by.Require(staff.AskSelfReports); err != nil {
		return nil, err
	}
	if err := d.catchUp(ctx, func(db *gorm.DB) *gorm.DB { return d.asked(db, by) }); err != nil {
		return nil, err
	}
	db := d.Store.Read(ctx)
	query := d.asked(db, by)
	if before != uuid.Nil {
		query = query.Where("self_report_schedule.id < ?", before)
	}
	var all []Schedule
	if err := query.Order("self_report_schedule.id DESC").Limit(pageSize).Find(&all).Error; err != nil || len(all) == 0 {
		return nil, err
	}
	lines := make([]ScheduleLine, len(all))
	var ids []uuid.UUID
	for n, s := range all {
		lines[n] = ScheduleLine{Schedule: s, UnitName: d.unitName(s.UnitID)}
		ids = append(ids, s.ID)
	}
	return lines, d.count(db, ids, lines)
}

// count counts for schedules who owes them, who handed in, and who is late.
func (d *Desk) count(db *gorm.DB, ids []uuid.UUID, lines []ScheduleLine) error {
	type tally struct {
		ScheduleID uuid.UUID
		N          int
	}
	reports := func() *gorm.DB {
		return db.Table("self_report r").Joins("JOIN self_report_schedule s ON s.id = r.schedule_id").Where("r.schedule_id IN ?", ids).Select("r.schedule_id, count(*) AS n").Group("r.schedule_id")
	}
	for _, c := range []struct {
		query *gorm.DB
		into  func(*ScheduleLine) *int
	}{
		{db.Table("self_report_ower").Where("schedule_id IN ?", ids).Select("schedule_id, count(*) AS n").Group("schedule_id"), func(l *ScheduleLine) *int { return &l.Units }},
		{reports().Where("r.period = s.made_through AND r.state IN ?", []State{HandedIn, Taken}), func(l *ScheduleLine) *int { return &l.Handed }},
		{reports().Where("s.ended_at IS NULL AND r.state IN ? AND r.due_on < ?", []State{Due, Returned}, d.today()), func(l *ScheduleLine) *int { return &l.Late }},
	} {
		var found []tally
		if err := c.query.Scan(&found).Error; err != nil {
			return err
		}
		for n := range lines {
			for _, t := range found {
				if t.ScheduleID == lines[n].ID {
					*c.into(&lines[n]) = t.N
				}
			}
		}
	}
	return nil
}

// one reads a schedule of the asking side, or store.ErrNotFound.
func (d *Desk) one(db *gorm.DB, by staff.Officer, id uuid.UUID) (s Schedule, err error) {
	return s, store.One(d.asked(db, by).Where("self_report_schedule.id = ?", id), &s)
}
