package inspection

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/ledger"
	"minsheng/staff"
)

// PlanState of a plan; catalog key inspection.plan.<code>.
type PlanState string

// States of plans.
const (
	PlanDraft    PlanState = "draft"
	PlanProposed PlanState = "proposed"
	PlanApproved PlanState = "approved"
	PlanReplaced PlanState = "replaced" // by a later version
)

// Plan is a version of the plan of an office for a year (Art. 3), as stored.
type Plan struct {
	ID         uuid.UUID `gorm:"primaryKey"`
	UnitID     uuid.UUID
	Year       int
	N          int // version: 1, 2 …
	State      PlanState
	Priorities string // in words
	Why        string // there is a new version
	MadeBy     uuid.UUID
	MadeAt     time.Time
	ProposedBy *uuid.UUID
	ProposedAt *time.Time
	RuledBy    *uuid.UUID
	RuledAt    *time.Time
	RulingNote string
	Version    int
}

// TableName is inspection_plan.
func (Plan) TableName() string { return "inspection_plan" }

// Entry is one inspection that a plan means to have, as stored.
type Entry struct {
	PlanID uuid.UUID `gorm:"primaryKey"`
	Key    uuid.UUID `gorm:"primaryKey"` // the same through all versions
	Kind   Kind
	Form   Form
	UnitID *uuid.UUID // office to be inspected; nil: Place says where
	Place  string
	Month  int // 1 to 12
	Focus  string
}

// TableName is inspection_plan_entry.
func (Entry) TableName() string { return "inspection_plan_entry" }

const (
	mostEntries = 100
	firstYear   = 2015 // of the Measures
)

// visiblePlans narrows a query over plans to those of the own office and of
// offices below it.
func (d *Desk) visiblePlans(db *gorm.DB, by staff.Officer) *gorm.DB {
	if !by.May(staff.WorkInspections) {
		return db.Where("1 = 0")
	}
	return db.Where("inspection_plan.unit_id IN ?", d.Atlas.Subtree(by.UnitID))
}

// BeginPlan begins the plan of by's office for a year: the first version, or,
// when one was approved, the next with the reason (4 to 300 characters), which
// starts as a copy. Errors: *step.Invalid; step.ErrState while another version is
// being written.
func (d *Desk) BeginPlan(ctx context.Context, by staff.Officer, year int, why string) (uuid.UUID, error) {
	if err := by.Require(staff.WorkInspections); err != nil {
		return uuid.Nil, err
	}
	today := d.today()
	if year < max(firstYear, today.Year()-1) || year > today.Year()+1 {
		return uuid.Nil, step.Bad("year", "inspection_year")
	}
	id, err := uuid.NewV7()
	if err != nil {
		return uuid.Nil, err
	}
	err = d.Store.Transact(ctx, func(tx *gorm.DB) error {
		p := Plan{ID: id, UnitID: by.UnitID, Year: year, N: 1, State: PlanDraft, MadeBy: by.ID, MadeAt: d.Store.Now(), Version: 1}
		var entries []Entry
		was, err := lastPlan(tx, by.UnitID, year)
		if err != nil {
			return err
		}
		if was != nil {
			if entries, err = p.follow(tx, *was, why); err != nil {
				return err
			}
		}
		if err := tx.Create(&p).Error; err != nil {
			return err
		}
		if len(entries) > 0 {
			if err := tx.Create(&entries).Error; err != nil {
				return err
			}
		}
		return d.notePlan(tx, by, p, "plan_begun")
	})
	if store.IsDuplicate(err) { // somebody else began it at the same moment
		err = errors.Join(step.ErrState, err)
	}
	return id, err
}

// lastPlan is the last version of a year's plan; nil when there is none.
func lastPlan(tx *gorm.DB, unit uuid.UUID, year int) (*Plan, error) {
	var was Plan
	err := store.One(tx.Where("unit_id = ? AND year = ?", unit, year).Order("n DESC").Limit(1), &was)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	return &was, err
}

// follow makes a plan the next version of one that was approved.
func (p *Plan) follow(tx *gorm.DB, was Plan, why string) ([]Entry, error) {
	if was.State != PlanApproved {
		return nil, step.ErrState
	}
	var f step.Form
	p.N, p.Priorities, p.Why = was.N+1, was.Priorities, f.Text("why", why, 4, 300, "inspection_plan_why")
	if err := f.Err(); err != nil {
		return nil, err
	}
	entries, err := entriesOf(tx, was.ID)
	for i := range entries {
		entries[i].PlanID = p.ID
	}
	return entries, err
}

func entriesOf(db *gorm.DB, plan uuid.UUID) (entries []Entry, err error) {
	err = db.Where("plan_id = ?", plan).Order("month, key").Limit(mostEntries).Find(&entries).Error
	return entries, err
}

func (d *Desk) notePlan(tx *gorm.DB, by staff.Officer, p Plan, kind string, run ...uuid.UUID) error {
	facts, err := d.Clocks.TellParts(tx, map[string]string{"year": strconv.Itoa(p.Year), "n": strconv.Itoa(p.N)}, run...)
	if err != nil {
		return err
	}
	return d.Clocks.Append(tx, ledger.OfPlan, p.ID, kind, by.Actor(), facts)
}

// onPlan runs a step of a plan of by's own office, held and still as the page
// showed it, in one of the states.
func (d *Desk) onPlan(ctx context.Context, by staff.Officer, may staff.Permission, id uuid.UUID, version int, from PlanState, do func(tx *gorm.DB, p *Plan) error) error {
	return step.Again(func() error {
		return d.Store.Transact(ctx, func(tx *gorm.DB) error {
			var p Plan
			err := store.One(d.visiblePlans(tx, by).Where("inspection_plan.id = ?", id).Clauses(clause.Locking{Strength: "UPDATE"}), &p)
			switch {
			case err != nil:
				return err
			case p.UnitID != by.UnitID || !by.May(may):
				return staff.ErrForbidden
			case p.Version != version:
				return step.ErrStale
			case p.State != from:
				return step.ErrState
			}
			return do(tx, &p)
		})
	})
}

// SetPriorities writes down what a year's inspections are about: 4 to 2000
// characters. Errors: *step.Invalid, those of a step.
func (d *Desk) SetPriorities(ctx context.Context, by staff.Officer, id uuid.UUID, version int, words string) error {
	var f step.Form
	words = f.Text("priorities", words, 4, 2000, "inspection_priorities")
	if err := f.Err(); err != nil {
		return err
	}
	return d.onPlan(ctx, by, staff.WorkInspections, id, version, PlanDraft, func(tx *gorm.DB, p *Plan) error {
		if err := step.Move(tx, &Plan{}, p.ID, p.Version, map[string]any{"priorities": words}); err != nil {
			return err
		}
		return d.notePlan(tx, by, *p, "plan_saved")
	})
}

// ProposePlan hands a draft in for approval: *step.Invalid without priorities or
// entries. Errors: those of a step.
func (d *Desk) ProposePlan(ctx context.Context, by staff.Officer, id uuid.UUID, version int) error {
	return d.onPlan(ctx, by, staff.WorkInspections, id, version, PlanDraft, func(tx *gorm.DB, p *Plan) error {
		entries, err := entriesOf(tx, p.ID)
		if err != nil {
			return err
		}
		var f step.Form
		f.Require(p.Priorities != "", "priorities", "inspection_priorities")
		f.Require(len(entries) > 0, "entries", "inspection_no_entries")
		if err := f.Err(); err != nil {
			return err
		}
		err = step.Move(tx, &Plan{}, p.ID, p.Version, map[string]any{
			"state": PlanProposed, "proposed_by": by.ID, "proposed_at": d.Store.Now(), "ruled_by": nil, "ruled_at": nil, "ruling_note": "",
		})
		if err != nil {
			return err
		}
		return d.notePlan(tx, by, *p, "plan_proposed")
	})
}

// RulePlan approves a plan or returns it with a note of 4 to 500 characters
// (staff.ApprovePlans): step.ErrSamePerson for who proposed it. An approved
// version replaces the one before, and each of its entries has its month to
// become an inspection in. Errors: *step.Invalid, those of a step.
func (d *Desk) RulePlan(ctx context.Context, by staff.Officer, id uuid.UUID, version int, approve bool, note string) error {
	var f step.Form
	least := 4
	if approve {
		least = 0
	}
	note = f.Text("note", note, least, 500, "inspection_return_note")
	if err := f.Err(); err != nil {
		return err
	}
	return d.onPlan(ctx, by, staff.ApprovePlans, id, version, PlanProposed, func(tx *gorm.DB, p *Plan) error {
		if *p.ProposedBy == by.ID {
			return step.ErrSamePerson
		}
		to, event := PlanDraft, "plan_returned"
		if approve {
			to, event = PlanApproved, "plan_approved"
			if err := replacePlan(tx, *p); err != nil {
				return err
			}
		}
		err := step.Move(tx, &Plan{}, p.ID, p.Version, map[string]any{"state": to, "ruled_by": by.ID, "ruled_at": d.Store.Now(), "ruling_note": note})
		if err != nil {
			return err
		}
		var run []uuid.UUID
		if approve {
			if run, err = d.runEntries(tx, *p); err != nil {
				return err
			}
		}
		return d.notePlan(tx, by, *p, event, run...)
	})
}

// replacePlan lets the version before an approved one go.
func replacePlan(tx *gorm.DB, p Plan) error {
	return tx.Model(&Plan{}).Where("unit_id = ? AND year = ? AND state = ?", p.UnitID, p.Year, PlanApproved).
		Updates(map[string]any{"state": PlanReplaced, "version": gorm.Expr("version + 1")}).Error
}
