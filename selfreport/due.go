package selfreport

import (
	"context"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/clock"
	"minsheng/internal/step"
	"minsheng/internal/workday"
	"minsheng/ledger"
)

const ruleDue = "selfreport.due"

// State of a report; catalog key selfreport.state.<code>.
type State string

// Where a report can be.
const (
	Due      State = "due"
	HandedIn State = "handed_in"
	Returned State = "returned"
	Taken    State = "taken"
)

// Report is what an office owes of a schedule for a period.
type Report struct {
	ID         uuid.UUID `gorm:"primaryKey"`
	ScheduleID uuid.UUID
	UnitID     uuid.UUID
	Period     Period
	State      State
	DueOn      workday.Date // of the clock that runs, or ran last
	FirstDueOn workday.Date
	HandedOn   *workday.Date // the first time
	TakenBy    *uuid.UUID
	TakenAt    *time.Time
	Version    int
}

// TableName is self_report.
func (Report) TableName() string { return "self_report" }

// waits reports whether the office still has to hand it in.
func (r Report) waits() bool { return r.State == Due || r.State == Returned }

// CameLate reports whether it was first handed in after its day.
func (r Report) CameLate() bool { return r.HandedOn != nil && *r.HandedOn > r.FirstDueOn }

func clocked(id uuid.UUID, every Every) clock.Subject {
	return clock.Subject{Kind: ledger.OfSelfReport, ID: id, Of: string(every)}
}

// Tick makes the reports of all periods that are over. It changes nothing when
// they are there, and may run anywhere, at any time, more than once.
func (d *Desk) Tick(ctx context.Context) error {
	return d.catchUp(ctx, func(db *gorm.DB) *gorm.DB { return db })
}

// catchUp makes what is due of schedules that which narrows down to, so that
// whoever looks sees it also when nothing ticked.
func (d *Desk) catchUp(ctx context.Context, which func(*gorm.DB) *gorm.DB) error {
	for _, every := range Rhythms() {
		over := every.over(d.today())
		var behind []Schedule
		err := which(d.Store.Read(ctx)).Where("ended_at IS NULL AND every = ? AND made_through < ? AND first_period <= ?", every, over, over).
			Order("id").Limit(500).Find(&behind).Error
		if err != nil {
			return err
		}
		for _, s := range behind {
			err := step.Again(func() error {
				return d.Store.Transact(ctx, func(tx *gorm.DB) error { return d.makeDue(tx, s) })
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// makeDue makes the reports of a schedule's periods that are over, with their
// clocks. Of two who do it at once, one does it.
func (d *Desk) makeDue(tx *gorm.DB, s Schedule) error {
	periods := owed(s.FirstPeriod, s.MadeThrough, d.today())
	if len(periods) == 0 {
		return nil
	}
	mine := tx.Model(&Schedule{}).Where("id = ? AND made_through = ? AND ended_at IS NULL", s.ID, s.MadeThrough).
		Updates(map[string]any{"made_through": periods[len(periods)-1]})
	if mine.Error != nil || mine.RowsAffected == 0 {
		return mine.Error
	}
	var units []uuid.UUID
	if err := tx.Model(&owerRow{}).Where("schedule_id = ?", s.ID).Order("unit_id").Limit(mostUnits).Pluck("unit_id", &units).Error; err != nil {
		return err
	}
	for _, period := range periods {
		for _, unit := range units {
			if err := d.makeReport(tx, s, unit, period); err != nil {
				return err
			}
		}
	}
	return nil
}

func (d *Desk) makeReport(tx *gorm.DB, s Schedule, unit uuid.UUID, period Period) error {
	id, err := uuid.NewV7()
	if err != nil {
		return err
	}
	due, err := d.Clocks.Start(tx, clocked(id, s.Every), ruleDue, period.Last())
	if err != nil {
		return err
	}
	r := Report{ID: id, ScheduleID: s.ID, UnitID: unit, Period: period, State: Due, DueOn: due.DueOn, FirstDueOn: due.DueOn, Version: 1}
	if err := tx.Create(&r).Error; err != nil {
		return err
	}
	return ledger.Append(tx, ledger.OfSelfReport, id, "selfreport_due", ledger.System(), d.Store.Now(), clock.Tell(map[string]string{"period": string(period), "due_on": string(due.DueOn)}, due))
}
