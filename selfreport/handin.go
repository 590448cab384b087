package selfreport

import (
	"context"
	"strconv"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/staff"
)

// FieldOf names the answer to a question in a form, and in its problems.
func FieldOf(n int) string { return "q." + strconv.Itoa(n) }

// Save keeps answers that are not complete yet; the office that asks does not see
// them. Errors: *step.Invalid, those of a step.
func (d *Desk) Save(ctx context.Context, by staff.Officer, id uuid.UUID, version int, a Answers) error {
	return d.onOwn(ctx, by, id, version, func(tx *gorm.DB, r *Report, s *Schedule) error {
		if _, err := d.keep(tx, r, a, false); err != nil {
			return err
		}
		if err := step.Move(tx, &Report{}, id, version, nil); err != nil {
			return err
		}
		return d.note(tx, by, id, "selfreport_saved", map[string]string{"period": string(r.Period)})
	})
}

// keep checks answers and writes them into the round that is being written.
func (d *Desk) keep(tx *gorm.DB, r *Report, a Answers, whole bool) (roundRow, error) {
	questions, err := questionsOf(tx, r.ScheduleID)
	if err != nil {
		return roundRow{}, err
	}
	var f step.Form
	a = a.tidy(&f, questions, whole)
	if err := f.Err(); err != nil {
		return roundRow{}, err
	}
	round, err := writing(tx, r.ID)
	if err != nil {
		return round, err
	}
	if round.Round > mostRounds {
		return round, step.ErrState
	}
	return round, write(tx, round.ID, a)
}

// HandIn hands in a report with the files that were staged in a form (nil none).
// What it says stays as it is from then on; returned, it is written anew. Errors:
// *step.Invalid by the fields FieldOf, those of a step.
func (d *Desk) HandIn(ctx context.Context, by staff.Officer, id uuid.UUID, version int, a Answers, form []byte) error {
	return d.onOwn(ctx, by, id, version, func(tx *gorm.DB, r *Report, s *Schedule) error {
		round, err := d.keep(tx, r, a, true)
		if err != nil {
			return err
		}
		today, now := d.today(), d.Store.Now()
		set := map[string]any{"state": HandedIn}
		if r.HandedOn == nil {
			set["handed_on"] = today
		}
		if err := step.Move(tx, &Report{}, id, version, set); err != nil {
			return err
		}
		if err := tx.Model(&roundRow{}).Where("id = ?", round.ID).Updates(map[string]any{"handed_by": by.ID, "handed_at": now}).Error; err != nil {
			return err
		}
		files, err := d.Shelf.Bind(tx, form, "selfreport", round.ID)
		if err != nil {
			return err
		}
		if err := d.Clocks.Meet(tx, id); err != nil {
			return err
		}
		return d.note(tx, by, id, "selfreport_handed_in", files.Tell(map[string]string{"period": string(r.Period), "round": strconv.Itoa(round.Round)}))
	})
}

// Take closes a report as it was handed in. Errors: those of a step.
func (d *Desk) Take(ctx context.Context, by staff.Officer, id uuid.UUID, version int) error {
	return d.onHanded(ctx, by, id, version, func(tx *gorm.DB, r *Report, s *Schedule) error {
		if err := step.Move(tx, &Report{}, id, version, map[string]any{"state": Taken, "taken_by": by.ID, "taken_at": d.Store.Now()}); err != nil {
			return err
		}
		return d.note(tx, by, id, "selfreport_taken", map[string]string{"period": string(r.Period)})
	})
}

// Return sends a report back with the reason (4 to 500 characters); its time
// begins anew today. Errors: *step.Invalid, those of a step.
func (d *Desk) Return(ctx context.Context, by staff.Officer, id uuid.UUID, version int, why string) error {
	var f step.Form
	why = f.Text("why", why, 4, 500, "selfreport_return_why")
	if err := f.Err(); err != nil {
		return err
	}
	return d.onHanded(ctx, by, id, version, func(tx *gorm.DB, r *Report, s *Schedule) error {
		due, err := d.Clocks.Start(tx, clocked(id, s.Every), ruleDue, d.today())
		if err != nil {
			return err
		}
		if err := step.Move(tx, &Report{}, id, version, map[string]any{"state": Returned, "due_on": due.DueOn}); err != nil {
			return err
		}
		last := tx.Model(&roundRow{}).Where("report_id = ? AND handed_at IS NOT NULL AND returned_at IS NULL", id)
		if err := last.Updates(map[string]any{"returned_by": by.ID, "returned_at": d.Store.Now(), "returned_why": why}).Error; err != nil {
			return err
		}
		return d.note(tx, by, id, "selfreport_returned", map[string]string{"period": string(r.Period), "due_on": string(due.DueOn)})
	})
}

// onOwn runs a step of the office that owes a report, while it waits for it.
func (d *Desk) onOwn(ctx context.Context, by staff.Officer, id uuid.UUID, version int, do func(tx *gorm.DB, r *Report, s *Schedule) error) error {
	return d.on(ctx, by, id, func(tx *gorm.DB, r *Report, s *Schedule) error {
		switch {
		case r.UnitID != by.UnitID || !by.May(staff.SendSelfReports):
			return staff.ErrForbidden
		case r.Version != version:
			return step.ErrStale
		case !r.waits() || s.EndedAt != nil:
			return step.ErrState
		}
		return do(tx, r, s)
	})
}

// onHanded runs a step of the office that asked for a report which was handed in.
func (d *Desk) onHanded(ctx context.Context, by staff.Officer, id uuid.UUID, version int, do func(tx *gorm.DB, r *Report, s *Schedule) error) error {
	return d.on(ctx, by, id, func(tx *gorm.DB, r *Report, s *Schedule) error {
		switch {
		case s.UnitID != by.UnitID || !by.May(staff.AskSelfReports):
			return staff.ErrForbidden
		case r.Version != version:
			return step.ErrStale
		case r.State != HandedIn || s.EndedAt != nil:
			return step.ErrState
		}
		return do(tx, r, s)
	})
}

// on runs a step on a report that the officer may read, and holds it. Errors:
// store.ErrNotFound, those of do.
func (d *Desk) on(ctx context.Context, by staff.Officer, id uuid.UUID, do func(tx *gorm.DB, r *Report, s *Schedule) error) error {
	return step.Again(func() error {
		return d.Store.Transact(ctx, func(tx *gorm.DB) error {
			var r Report
			if err := store.One(d.readable(tx, by).Where("self_report.id = ?", id).Clauses(clause.Locking{Strength: "UPDATE"}), &r); err != nil {
				return err
			}
			s, err := scheduleOf(tx, r)
			if err != nil {
				return err
			}
			return do(tx, &r, &s)
		})
	})
}

// scheduleOf is the schedule of a report that the officer may read.
func scheduleOf(db *gorm.DB, r Report) (s Schedule, err error) {
	return s, store.One(db.Where("id = ?", r.ScheduleID), &s)
}
