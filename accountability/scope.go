package accountability

import (
	"context"
	"errors"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/staff"
)

// ground is what a measure or a referral stands on, in the conditions that hide it.
var ground = clause.Column{Table: "ground", Name: "ref_id"}

// visible narrows a query over measure to what the officer may know all of
// (staff.ProposeMeasures): those of the own office and of offices below it,
// unless a case that they stand on is hidden from the officer, or they are
// against the officer's own office or one above it. What goes to the discipline
// organ or to the courts only those see who make the packages, and who proposed
// it. This and served are the only places that decide who may see what;
// TestEveryQueryIsScoped holds the room to it.
func (d *Desk) visible(db *gorm.DB, by staff.Officer) *gorm.DB {
	if !by.May(staff.ProposeMeasures) {
		return db.Where("1 = 0")
	}
	if !by.May(staff.SealReferrals) {
		db = db.Where("(measure.nature <> ? OR measure.proposed_by = ?)", Refer, by.ID)
	}
	return db.Where("measure.unit_id IN ?", d.Atlas.Subtree(by.UnitID)).
		Where("measure.target_id NOT IN ?", d.Atlas.Above(by.UnitID)).
		Where(`NOT EXISTS (SELECT 1 FROM measure_ground ground WHERE ground.measure_id = measure.id
			AND ((ground.kind = 'complaint' AND ?) OR (ground.kind = 'item' AND ?) OR (ground.kind = 'order' AND ?)))`,
			d.Triage.Hides(by, ground), d.Docket.Hides(by, ground), d.Orders.Hides(by, ground))
}

// served narrows a query over measure to what was decided about the officer's own
// office, or about people in it, and served (staff.AnswerOffices).
func (d *Desk) served(db *gorm.DB, by staff.Officer) *gorm.DB {
	if !by.May(staff.AnswerOffices) {
		return db.Where("1 = 0")
	}
	return db.Where("measure.target_id = ? AND measure.served_at IS NOT NULL AND measure.nature = ?", by.UnitID, Decide)
}

// one reads a measure of the officer's side, or store.ErrNotFound.
func (d *Desk) one(db *gorm.DB, by staff.Officer, id uuid.UUID) (m Measure, err error) {
	return m, store.One(d.visible(db, by).Where("measure.id = ?", id), &m)
}

// MaySee returns nil when the officer may know all of a measure; store.ErrNotFound
// for any other.
func (d *Desk) MaySee(ctx context.Context, by staff.Officer, id uuid.UUID) error {
	_, err := d.one(d.Store.Read(ctx), by, id)
	return err
}

// MayRead returns nil when the officer may know of a measure from either side: for
// its papers. store.ErrNotFound for any other.
func (d *Desk) MayRead(ctx context.Context, by staff.Officer, id uuid.UUID) error {
	if err := d.MaySee(ctx, by, id); !errors.Is(err, store.ErrNotFound) {
		return err
	}
	var m Measure
	return store.One(d.served(d.Store.Read(ctx), by).Where("measure.id = ?", id), &m)
}

// Targets lists the offices that an office can hold to account: those under its
// command.
func (d *Desk) Targets(unit uuid.UUID) []uuid.UUID {
	return slices.DeleteFunc(slices.Clone(d.Atlas.Subtree(unit)), func(id uuid.UUID) bool { return id == unit })
}

// may returns nil when an act is the officer's: staff.ErrForbidden, or
// step.ErrSamePerson for who would rule on what they proposed themselves.
func may(by staff.Officer, m Measure, a Act) error {
	switch {
	case a == ToAppeal && by.UnitID == m.TargetID:
		return by.Require(staff.AnswerOffices)
	case by.UnitID != m.UnitID:
		return staff.ErrForbidden
	case a == ToRule || a == ToLift:
		if err := by.Require(staff.ApproveMeasures); err != nil {
			return err
		}
		if m.ProposedBy == by.ID {
			return step.ErrSamePerson
		}
		return nil
	case a == ToHand:
		return by.Require(staff.SealReferrals)
	}
	return by.Require(staff.ProposeMeasures)
}

// on runs an act in one transaction on a measure that the officer may do it with,
// and that is as the page showed it. The measure is held until the end. Errors:
// store.ErrNotFound, staff.ErrForbidden, step.ErrSamePerson, step.ErrStale,
// step.ErrState, those of do.
func (d *Desk) on(ctx context.Context, by staff.Officer, a Act, id uuid.UUID, version int, do func(tx *gorm.DB, m *Measure) error) error {
	return step.Again(func() error {
		return d.Store.Transact(ctx, func(tx *gorm.DB) error {
			var m Measure
			locked := tx.Clauses(clause.Locking{Strength: "UPDATE"})
			err := store.One(d.visible(locked, by).Where("measure.id = ?", id), &m)
			if errors.Is(err, store.ErrNotFound) && a == ToAppeal {
				err = store.One(d.served(tx.Clauses(clause.Locking{Strength: "UPDATE"}), by).Where("measure.id = ?", id), &m)
			}
			if err != nil {
				return err
			}
			if err := may(by, m, a); err != nil {
				return err
			}
			if m.Version != version {
				return step.ErrStale
			}
			if !possible(a, m.Nature, m.State) {
				return step.ErrState
			}
			return do(tx, &m)
		})
	})
}

// move changes a measure that on holds.
func move(tx *gorm.DB, m *Measure, set map[string]any) error {
	return step.Move(tx, &Measure{}, m.ID, m.Version, set)
}

// actions lists what the officer can do with a measure now.
func actions(by staff.Officer, m Measure) (all []Act) {
	for _, a := range acts {
		if possible(a.Act, m.Nature, m.State) && may(by, m, a.Act) == nil {
			all = append(all, a.Act)
		}
	}
	return all
}
