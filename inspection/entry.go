package inspection

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/staff"
)

// SetEntry adds an entry to a draft, or changes the one with its key. Errors:
// *step.Invalid, those of a step; store.ErrNotFound for a key that is not there.
func (d *Desk) SetEntry(ctx context.Context, by staff.Officer, id uuid.UUID, version int, e Entry) error {
	var f step.Form
	f.Require(member(Kinds(), e.Kind), "kind", "inspection_kind")
	f.Require(member(Forms(), e.Form), "way", "inspection_form")
	e.Place = f.Text("place", e.Place, 0, 100, "inspection_entry_place")
	f.Require(e.UnitID != nil || e.Place != "", "unit", "inspection_entry_unit")
	f.Require(e.UnitID == nil || slices.Contains(d.Targets(by.UnitID), *e.UnitID), "unit", "inspection_target")
	f.Require(e.Month >= 1 && e.Month <= 12, "month", "inspection_month")
	e.Focus = f.Text("focus", e.Focus, 4, 500, "inspection_focus")
	if err := f.Err(); err != nil {
		return err
	}
	fresh, err := uuid.NewV7()
	if err != nil {
		return err
	}
	return d.onPlan(ctx, by, staff.WorkInspections, id, version, PlanDraft, func(tx *gorm.DB, p *Plan) error {
		if err := step.Move(tx, &Plan{}, p.ID, p.Version, nil); err != nil {
			return err
		}
		row := e
		row.PlanID = p.ID
		if err := setEntry(tx, row, fresh); err != nil {
			return err
		}
		return d.notePlan(tx, by, *p, "plan_saved")
	})
}

func setEntry(tx *gorm.DB, e Entry, fresh uuid.UUID) error {
	if e.Key != uuid.Nil {
		res := tx.Model(&Entry{}).Where("plan_id = ? AND key = ?", e.PlanID, e.Key).Updates(map[string]any{
			"kind": e.Kind, "form": e.Form, "unit_id": e.UnitID, "place": e.Place, "month": e.Month, "focus": e.Focus,
		})
		if res.Error == nil && res.RowsAffected == 0 {
			return store.ErrNotFound
		}
		return res.Error
	}
	var there int64
	if err := tx.Model(&Entry{}).Where("plan_id = ?", e.PlanID).Count(&there).Error; err != nil {
		return err
	}
	if there >= mostEntries {
		return step.Bad("focus", "inspection_many_entries")
	}
	e.Key = fresh
	return tx.Create(&e).Error
}

// DropEntry takes an entry off a draft; not one that has become an inspection
// already (step.ErrState). Errors: those of a step, store.ErrNotFound.
func (d *Desk) DropEntry(ctx context.Context, by staff.Officer, id uuid.UUID, version int, key uuid.UUID) error {
	return d.onPlan(ctx, by, staff.WorkInspections, id, version, PlanDraft, func(tx *gorm.DB, p *Plan) error {
		became, err := becameOf(tx, key)
		if err != nil {
			return err
		}
		if len(became) > 0 {
			return step.ErrState
		}
		if err := step.Move(tx, &Plan{}, p.ID, p.Version, nil); err != nil {
			return err
		}
		gone := tx.Where("plan_id = ? AND key = ?", p.ID, key).Delete(&Entry{})
		if gone.Error == nil && gone.RowsAffected == 0 {
			return store.ErrNotFound
		}
		if gone.Error != nil {
			return gone.Error
		}
		return d.notePlan(tx, by, *p, "plan_saved")
	})
}

// becameOf reads which inspections entries of plans have become, by their key.
// What it tells is no more than the number: whoever may see the plan may see them.
func becameOf(db *gorm.DB, keys ...uuid.UUID) (map[uuid.UUID]Inspection, error) {
	became := map[uuid.UUID]Inspection{}
	if len(keys) == 0 {
		return became, nil
	}
	var all []Inspection
	err := db.Where("plan_key IN ? AND state <> ?", keys, Cancelled).Find(&all).Error
	for _, i := range all {
		became[*i.PlanKey] = i
	}
	return became, err
}

// runEntries lets each entry's clock run to the end of its month, and stops those
// of entries that the version before had. It returns those that run.
func (d *Desk) runEntries(tx *gorm.DB, p Plan) (run []uuid.UUID, err error) {
	entries, err := entriesOf(tx, p.ID)
	if err != nil {
		return nil, err
	}
	var keys, before []uuid.UUID
	for _, e := range entries {
		keys = append(keys, e.Key)
	}
	err = tx.Model(&Entry{}).Distinct("key").
		Where("plan_id IN (SELECT id FROM inspection_plan WHERE unit_id = ? AND year = ? AND n < ?)", p.UnitID, p.Year, p.N).Pluck("key", &before).Error
	if err != nil {
		return nil, err
	}
	for _, key := range before {
		if err := d.Clocks.Meet(tx, key); err != nil {
			return nil, err
		}
	}
	became, err := becameOf(tx, keys...)
	for _, e := range entries {
		if _, done := became[e.Key]; err == nil && !done {
			run, err = append(run, e.Key), d.runEntry(tx, p.Year, e)
		}
	}
	return run, err
}

// runEntry lets the clock of an entry run to the end of its month.
func (d *Desk) runEntry(tx *gorm.DB, year int, e Entry) error {
	last := endOf(year, e.Month)
	_, err := d.Clocks.Until(tx, e.clocked(), rulePlanEntry, min(d.today(), last), last)
	return err
}

// endOf is the last day of a month.
func endOf(year, month int) workday.Date {
	return workday.On(time.Date(year, time.Month(month)+1, 1, 0, 0, 0, 0, workday.Shanghai)).Add(-1)
}

// ripe stops the clock of an entry that is becoming an inspection: store.ErrNotFound
// unless it stands in the approved plan of by's office.
func (d *Desk) ripe(tx *gorm.DB, by staff.Officer, key uuid.UUID) error {
	var e Entry
	err := store.One(tx.Where("key = ? AND plan_id IN (SELECT id FROM inspection_plan WHERE unit_id = ? AND state = ?)", key, by.UnitID, PlanApproved), &e)
	if err != nil {
		return err
	}
	return d.Clocks.Meet(tx, key)
}

// unripe lets the clock of an entry run again whose inspection was called off,
// unless the plan has no such entry any more.
func (d *Desk) unripe(tx *gorm.DB, key uuid.UUID) error {
	var p Plan
	err := store.One(tx.Where("state = ? AND id IN (SELECT plan_id FROM inspection_plan_entry WHERE key = ?)", PlanApproved, key), &p)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	var e Entry
	if err := store.One(tx.Where("plan_id = ? AND key = ?", p.ID, key), &e); err != nil {
		return err
	}
	return d.runEntry(tx, p.Year, e)
}
