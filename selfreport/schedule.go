package selfreport

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/staff"
)

// Schedule is what an office asks others to report, and how often.
type Schedule struct {
	ID          uuid.UUID `gorm:"primaryKey"`
	UnitID      uuid.UUID // the office that asks
	Title       string
	Every       Every
	FirstPeriod Period
	MadeThrough Period // the last period whose reports are there; "" none yet
	AskedBy     uuid.UUID
	AskedAt     time.Time
	EndedAt     *time.Time
	EndedWhy    string
	Version     int
}

// TableName is self_report_schedule.
func (Schedule) TableName() string { return "self_report_schedule" }

// owerRow is an office that owes the reports of a schedule.
type owerRow struct {
	ScheduleID uuid.UUID `gorm:"primaryKey"`
	UnitID     uuid.UUID `gorm:"primaryKey"`
}

func (owerRow) TableName() string { return "self_report_ower" }

// Request is what a schedule is made from.
type Request struct {
	Title     string // 4 to 60 characters
	Every     Every
	First     Period      // from the last one that is over to a year ahead
	Units     []uuid.UUID // of Targets: 1 to 200
	Questions []Question  // 1 to 30; only words, kind and required count
}

const mostUnits = 200

// Targets lists the offices that an office may ask: within its reach, but not
// itself.
func (d *Desk) Targets(unit uuid.UUID) []uuid.UUID {
	return slices.DeleteFunc(d.Atlas.Reach(unit), func(id uuid.UUID) bool { return id == unit })
}

func (d *Desk) tidy(by staff.Officer, r Request) (Request, error) {
	var f step.Form
	r.Title = f.Text("title", r.Title, 4, 60, "selfreport_title")
	f.Require(slices.Contains(Rhythms(), r.Every), "every", "selfreport_every")
	f.Require(r.Every.Valid(r.First) && r.First >= r.Every.over(d.today()) && r.First.First() <= d.today().Add(366), "first", "selfreport_first")
	may := d.Targets(by.UnitID)
	slices.SortFunc(r.Units, func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
	r.Units = slices.Compact(r.Units)
	f.Require(len(r.Units) > 0 && len(r.Units) <= mostUnits, "units", "selfreport_units")
	f.Require(!slices.ContainsFunc(r.Units, func(id uuid.UUID) bool { return !slices.Contains(may, id) }), "units", "selfreport_units")
	r.Questions = tidyQuestions(&f, r.Questions)
	return r, f.Err()
}

// Ask begins a schedule (staff.AskSelfReports). What is due already is due at
// once. Errors: *step.Invalid.
func (d *Desk) Ask(ctx context.Context, by staff.Officer, r Request) (uuid.UUID, error) {
	if err := by.Require(staff.AskSelfReports); err != nil {
		return uuid.Nil, err
	}
	r, err := d.tidy(by, r)
	if err != nil {
		return uuid.Nil, err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return uuid.Nil, err
	}
	err = d.Store.Transact(ctx, func(tx *gorm.DB) error {
		s := Schedule{ID: id, UnitID: by.UnitID, Title: r.Title, Every: r.Every, FirstPeriod: r.First, AskedBy: by.ID, AskedAt: d.Store.Now(), Version: 1}
		if err := tx.Create(&s).Error; err != nil {
			return err
		}
		if err := fill(tx, id, r); err != nil {
			return err
		}
		if err := d.note(tx, by, id, "selfreport_asked", factsOf(r)); err != nil {
			return err
		}
		return d.makeDue(tx, s)
	})
	return id, err
}

func factsOf(r Request) map[string]string {
	return map[string]string{"every": string(r.Every), "first": string(r.First), "offices": strconv.Itoa(len(r.Units)), "questions": strconv.Itoa(len(r.Questions))}
}

// fill writes who owes the reports of a schedule, and what they are asked.
func fill(tx *gorm.DB, id uuid.UUID, r Request) error {
	owers := make([]owerRow, len(r.Units))
	for i, unit := range r.Units {
		owers[i] = owerRow{id, unit}
	}
	for i := range r.Questions {
		r.Questions[i].ScheduleID = id
	}
	if err := tx.Create(&owers).Error; err != nil {
		return err
	}
	return tx.Create(&r.Questions).Error
}

// Change writes a schedule anew as long as no report of it is there: after that
// figures of different periods would not be comparable (step.ErrState). Errors:
// *step.Invalid, step.ErrStale, store.ErrNotFound, staff.ErrForbidden.
func (d *Desk) Change(ctx context.Context, by staff.Officer, id uuid.UUID, version int, r Request) error {
	return d.onSchedule(ctx, by, id, version, func(tx *gorm.DB, s *Schedule) error {
		if s.MadeThrough != "" {
			return step.ErrState
		}
		r, err := d.tidy(by, r)
		if err != nil {
			return err
		}
		if err := step.Move(tx, &Schedule{}, id, version, map[string]any{"title": r.Title, "every": r.Every, "first_period": r.First}); err != nil {
			return err
		}
		for _, of := range []any{&owerRow{}, &Question{}} {
			if err := tx.Where("schedule_id = ?", id).Delete(of).Error; err != nil {
				return err
			}
		}
		if err := fill(tx, id, r); err != nil {
			return err
		}
		if err := d.note(tx, by, id, "selfreport_changed", factsOf(r)); err != nil {
			return err
		}
		s.Every, s.FirstPeriod = r.Every, r.First
		return d.makeDue(tx, *s)
	})
}

// End ends a schedule with the reason (4 to 300 characters): no further period is
// owed, nor what was not handed in. Errors: those of Change.
func (d *Desk) End(ctx context.Context, by staff.Officer, id uuid.UUID, version int, why string) error {
	var f step.Form
	why = f.Text("why", why, 4, 300, "selfreport_why")
	if err := f.Err(); err != nil {
		return err
	}
	return d.onSchedule(ctx, by, id, version, func(tx *gorm.DB, s *Schedule) error {
		if err := step.Move(tx, &Schedule{}, id, version, map[string]any{"ended_at": d.Store.Now(), "ended_why": why}); err != nil {
			return err
		}
		var open []uuid.UUID
		if err := tx.Model(&Report{}).Where("schedule_id = ? AND state IN ?", id, []State{Due, Returned}).Pluck("id", &open).Error; err != nil {
			return err
		}
		for _, report := range open {
			if err := d.Clocks.Meet(tx, report); err != nil {
				return err
			}
		}
		return d.note(tx, by, id, "selfreport_ended", map[string]string{"unsent": strconv.Itoa(len(open))})
	})
}

// onSchedule runs a step on a schedule of by's own office that was not ended, held
// and still as the page showed it.
func (d *Desk) onSchedule(ctx context.Context, by staff.Officer, id uuid.UUID, version int, do func(tx *gorm.DB, s *Schedule) error) error {
	return step.Again(func() error {
		return d.Store.Transact(ctx, func(tx *gorm.DB) error {
			var s Schedule
			err := store.One(d.asked(tx, by).Where("self_report_schedule.id = ?", id).Clauses(clause.Locking{Strength: "UPDATE"}), &s)
			switch {
			case err != nil:
				return err
			case s.UnitID != by.UnitID:
				return staff.ErrForbidden
			case s.Version != version:
				return step.ErrStale
			case s.EndedAt != nil:
				return step.ErrState
			}
			return do(tx, &s)
		})
	})
}

func (d *Desk) today() workday.Date { return workday.On(d.Store.Now()) }

// note writes an event of a schedule or a report: codes, ids and dates.
func (d *Desk) note(tx *gorm.DB, by staff.Officer, id uuid.UUID, kind string, facts map[string]string) error {
	return d.Clocks.Append(tx, ledger.OfSelfReport, id, kind, by.Actor(), facts)
}

func questionsOf(db *gorm.DB, schedule uuid.UUID) (all []Question, err error) {
	err = db.Where("schedule_id = ?", schedule).Order("n").Limit(mostQuestions).Find(&all).Error
	return all, err
}
