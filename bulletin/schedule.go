package bulletin

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/ledger"
	"minsheng/staff"
)

// Schedule says that an office reports each period from the first on.
type Schedule struct {
	ID          uuid.UUID `gorm:"primaryKey"`
	UnitID      uuid.UUID
	Every       Every
	FirstPeriod Period
	MadeThrough Period
	SetBy       uuid.UUID
	SetAt       time.Time
	EndedAt     *time.Time
}

// TableName is work_report_schedule.
func (Schedule) TableName() string { return "work_report_schedule" }

// Schedules lists those of the own office that are in force (staff.WritePapers).
func (d *Desk) Schedules(ctx context.Context, by staff.Officer) (all []Schedule, err error) {
	if err := by.Require(staff.WritePapers); err != nil {
		return nil, err
	}
	return all, d.Store.Read(ctx).Where("unit_id = ? AND ended_at IS NULL", by.UnitID).Order("every").Limit(2).Find(&all).Error
}

// SetSchedule lets the own office report each period from the running one on
// (staff.SignPapers). Errors: *step.Invalid (every), step.ErrState when it does
// already.
func (d *Desk) SetSchedule(ctx context.Context, by staff.Officer, every Every) error {
	if err := by.Require(staff.SignPapers); err != nil {
		return err
	}
	if !slices.Contains(Rhythms(), every) {
		return step.Bad("every", "bulletin_every")
	}
	s := Schedule{ID: uuid.Must(uuid.NewV7()), UnitID: by.UnitID, Every: every, FirstPeriod: every.Of(d.today()), SetBy: by.ID, SetAt: d.Store.Now()}
	err := d.Store.Transact(ctx, func(tx *gorm.DB) error {
		if err := tx.Create(&s).Error; err != nil {
			return err
		}
		return d.note(tx, by, s.ID, "report_scheduled", map[string]string{"every": string(every)})
	})
	if store.IsDuplicate(err) {
		return step.ErrState
	}
	return err
}

// EndSchedule ends a schedule of the own office; what is due stays due
// (staff.SignPapers). Errors: store.ErrNotFound, also when it has ended.
func (d *Desk) EndSchedule(ctx context.Context, by staff.Officer, id uuid.UUID) error {
	if err := by.Require(staff.SignPapers); err != nil {
		return err
	}
	return d.Store.Transact(ctx, func(tx *gorm.DB) error {
		res := tx.Model(&Schedule{}).Where("id = ? AND unit_id = ? AND ended_at IS NULL", id, by.UnitID).Updates(map[string]any{"ended_at": d.Store.Now()})
		if res.Error == nil && res.RowsAffected == 0 {
			return store.ErrNotFound
		}
		if res.Error != nil {
			return res.Error
		}
		return d.note(tx, by, id, "report_unscheduled", nil)
	})
}

// Tick makes the reports of all periods that are over. It changes nothing when
// they are there, and may run anywhere, at any time, more than once.
func (d *Desk) Tick(ctx context.Context) error {
	var units []uuid.UUID
	err := d.Store.Read(ctx).Model(&Schedule{}).Where("ended_at IS NULL").Distinct().Limit(2000).Pluck("unit_id", &units).Error
	for _, unit := range units {
		if err := d.catchUp(ctx, unit); err != nil {
			return err
		}
	}
	return err
}

// catchUp makes what is due of an office's schedules, so that whoever looks sees
// it also when nothing ticked.
func (d *Desk) catchUp(ctx context.Context, unit uuid.UUID) error {
	var all []Schedule
	if err := d.Store.Read(ctx).Where("unit_id = ? AND ended_at IS NULL", unit).Limit(2).Find(&all).Error; err != nil {
		return err
	}
	for _, s := range all {
		periods := owed(s.FirstPeriod, s.MadeThrough, d.today())
		if len(periods) == 0 {
			continue
		}
		err := step.Again(func() error {
			return d.Store.Transact(ctx, func(tx *gorm.DB) error { return d.makeDue(tx, s, periods) })
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// makeDue makes the reports of periods. Of two who do it at once, one does it.
func (d *Desk) makeDue(tx *gorm.DB, s Schedule, periods []Period) error {
	mine := tx.Model(&Schedule{}).Where("id = ? AND made_through = ? AND ended_at IS NULL", s.ID, s.MadeThrough).
		Updates(map[string]any{"made_through": periods[len(periods)-1]})
	if mine.Error != nil || mine.RowsAffected == 0 {
		return mine.Error
	}
	for _, p := range periods {
		var r Report
		err := store.One(tx.Where("unit_id = ? AND every = ? AND period = ?", s.UnitID, s.Every, p), &r)
		if errors.Is(err, store.ErrNotFound) {
			_, err = d.beginReport(tx, s.UnitID, p, ledger.System())
		}
		if err != nil {
			return err
		}
	}
	return nil
}
