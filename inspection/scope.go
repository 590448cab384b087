package inspection

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/staff"
)

// visible narrows a query over inspection to what the officer may know all of:
// those of the own office and of offices below it (staff.WorkInspections). It
// and addressed are the only places that decide this; TestEveryQueryIsScoped
// holds every query of the room to them.
func (d *Desk) visible(db *gorm.DB, by staff.Officer) *gorm.DB {
	if !by.May(staff.WorkInspections) {
		return db.Where("1 = 0")
	}
	return db.Where("inspection.unit_id IN ?", d.Atlas.Subtree(by.UnitID))
}

// addressed narrows a query over inspection to those of which the officer's own
// office is told that it is inspected (staff.ReadItems). What it may read of
// them is less than all: Addressed.
func (d *Desk) addressed(db *gorm.DB, by staff.Officer) *gorm.DB {
	if !by.May(staff.ReadItems) {
		return db.Where("1 = 0")
	}
	return db.Where("inspection.target_id = ? AND inspection.announced_at IS NOT NULL", by.UnitID)
}

// one reads an inspection of the officer's side, or store.ErrNotFound.
func (d *Desk) one(db *gorm.DB, by staff.Officer, id uuid.UUID) (Inspection, error) {
	var i Inspection
	err := store.One(d.visible(db, by).Where("inspection.id = ?", id), &i)
	return i, err
}

// side is who does an act.
type side int

const (
	byOffice   side = iota // anybody of the inspecting office (staff.WorkInspections)
	byTeam                 // leader and members
	byApprover             // of the inspecting office, not of the team (staff.ApprovePlans)
	byTarget               // the inspected office (staff.AnswerOffices)
)

// doers says whose each act is. What was seen is written by who was there, and
// issued by somebody who was not.
var doers = map[Act]side{
	ToChange: byOffice, ToAnnounce: byOffice, ToMatter: byOffice, ToCancel: byOffice, ToFollow: byOffice, ToClose: byOffice, ToRevoke: byOffice,
	ToAsk: byTeam, ToReturn: byTeam, ToSilence: byTeam, ToQuestion: byTeam, ToAnswer: byTeam, ToRecord: byTeam,
	ToWrite: byTeam, ToPrepare: byTeam, ToExchange: byTeam, ToSubmit: byTeam, ToCorrect: byTeam,
	ToIssue:  byApprover,
	ToHandIn: byTarget, ToRefuse: byTarget, ToComment: byTarget,
}

// may returns nil when the act is the officer's to do: staff.ErrForbidden, or
// step.ErrSamePerson for who would issue what their own team found.
func (d *Desk) may(tx *gorm.DB, by staff.Officer, i Inspection, a Act) error {
	whose := doers[a]
	if whose == byTarget {
		return by.Require(staff.AnswerOffices)
	}
	// An officer whose own office is inspected is of nobody's team, also when
	// they came there after they were named.
	if by.UnitID != i.UnitID || by.UnitID == i.TargetID {
		return staff.ErrForbidden
	}
	if whose == byOffice {
		return by.Require(staff.WorkInspections)
	}
	belongs, err := inTeam(tx, i, by.ID)
	switch {
	case err != nil:
		return err
	case whose == byTeam && !belongs:
		return staff.ErrForbidden
	case whose == byApprover && !by.May(staff.ApprovePlans):
		return staff.ErrForbidden
	case whose == byApprover && belongs:
		return step.ErrSamePerson
	}
	return by.Require(staff.WorkInspections)
}

// inTeam reports whether somebody leads an inspection or is a member.
func inTeam(tx *gorm.DB, i Inspection, account uuid.UUID) (bool, error) {
	if i.LeaderID == account {
		return true, nil
	}
	members, err := membersOf(tx, i.ID)
	return slices.Contains(members, account), err
}

func membersOf(tx *gorm.DB, id uuid.UUID) (members []uuid.UUID, err error) {
	err = tx.Model(&memberRow{}).Where("inspection_id = ?", id).Order("account_id").Pluck("account_id", &members).Error
	return members, err
}

// on runs an act in one transaction on an inspection that the officer may do it
// with. The inspection is held until the transaction ends: nobody else can take
// it out of the state that lets the act happen. A version other than 0 must be
// that which the page showed. Errors: store.ErrNotFound, staff.ErrForbidden,
// step.ErrSamePerson, step.ErrStale, step.ErrState, those of do.
func (d *Desk) on(ctx context.Context, by staff.Officer, a Act, id uuid.UUID, version int, do func(tx *gorm.DB, i *Inspection) error) error {
	return step.Again(func() error {
		return d.Store.Transact(ctx, func(tx *gorm.DB) error {
			i, err := d.held(tx, by, a, id)
			if err != nil {
				return err
			}
			if err := d.may(tx, by, i, a); err != nil {
				return err
			}
			if version != 0 && version != i.Version {
				return step.ErrStale
			}
			if _, err := after(i.State, a); err != nil {
				return err
			}
			return do(tx, &i)
		})
	})
}

// held reads the inspection of an act as the officer may see it, and holds it.
func (d *Desk) held(tx *gorm.DB, by staff.Officer, a Act, id uuid.UUID) (Inspection, error) {
	query := d.visible(tx, by)
	if doers[a] == byTarget {
		query = d.addressed(tx, by)
	}
	var i Inspection
	err := store.One(query.Where("inspection.id = ?", id).Clauses(clause.Locking{Strength: "UPDATE"}), &i)
	return i, err
}

// move changes an inspection that on holds and takes it to where the act leads.
// Whatever is done on a visit begins it. set may be nil.
func (d *Desk) move(tx *gorm.DB, by staff.Officer, i *Inspection, a Act, set map[string]any) error {
	next, err := after(i.State, a)
	if err != nil {
		return err
	}
	if next == i.State && len(set) == 0 {
		return nil // a further record leaves what a page shows as it is
	}
	changes := map[string]any{"state": next}
	maps.Copy(changes, set)
	if err := step.Move(tx, &Inspection{}, i.ID, i.Version, changes); err != nil {
		return err
	}
	began := i.State == Planned && next == UnderWay
	i.State = next
	i.Version++
	if !began {
		return nil
	}
	if err := d.met(tx, i, ruleVisit); err != nil {
		return err
	}
	return d.note(tx, by, i.ID, "inspection_begun", nil)
}

// MaySee returns nil when the officer may know all of an inspection, for rooms
// above that refer to one; store.ErrNotFound for any other.
func (d *Desk) MaySee(ctx context.Context, by staff.Officer, id uuid.UUID) error {
	_, err := d.one(d.Store.Read(ctx), by, id)
	return err
}

// MayRead returns nil when the officer may know of an inspection, from either
// side: for its papers. store.ErrNotFound for any other.
func (d *Desk) MayRead(ctx context.Context, by staff.Officer, id uuid.UUID) error {
	err := d.MaySee(ctx, by, id)
	if !errors.Is(err, store.ErrNotFound) {
		return err
	}
	var i Inspection
	return store.One(d.addressed(d.Store.Read(ctx), by).Where("inspection.id = ?", id), &i)
}

// Brief is what rooms above show of an inspection that they refer to.
type Brief struct {
	Number string
	Office string // the inspected one
}

// Brief reads the brief of an inspection for who may know all of it;
// store.ErrNotFound for any other.
func (d *Desk) Brief(ctx context.Context, by staff.Officer, id uuid.UUID) (Brief, error) {
	i, err := d.one(d.Store.Read(ctx), by, id)
	return Brief{i.Number, d.unitName(i.TargetID)}, err
}

// Betrays refuses texts of rooms above about an inspection that name somebody whom
// its team spoke to (*step.Invalid), or that could give away who reported what it
// looked into (*triage.Leak), each text with the name of its field.
// store.ErrNotFound for who may not know all of the inspection.
func (d *Desk) Betrays(ctx context.Context, by staff.Officer, id uuid.UUID, texts ...[2]string) error {
	if err := d.MaySee(ctx, by, id); err != nil {
		return err
	}
	all := map[string]string{}
	for _, t := range texts {
		all[t[0]] = t[1]
	}
	db := d.Store.Read(ctx)
	if err := d.Discreet(db, id, all); err != nil {
		return err
	}
	seen, err := d.matters(ctx, db, by, id)
	if err != nil {
		return err
	}
	for _, m := range seen {
		if err := d.Docket.GivesAway(ctx, by, m.Kind, m.ID, texts...); err != nil {
			return err
		}
	}
	return nil
}

// NumberOf is the number of an inspection, for rooms above, inside their
// transaction or outside. Whoever calls has checked that it may be known.
func (d *Desk) NumberOf(db *gorm.DB, id uuid.UUID) (string, error) {
	var number string
	return number, db.Table("inspection").Where("id = ?", id).Limit(1).Pluck("number", &number).Error
}
