package inspection

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/clock"
	"minsheng/internal/store"
	"minsheng/staff"
)

// Owners tells who owes what is due: materials the inspected office, everything
// else the office that inspects. Clocks run for inspections, for materials of
// one, and for entries of plans; each by its own id.
func (d *Desk) Owners(db *gorm.DB, subjects []uuid.UUID) (map[uuid.UUID]clock.Owner, error) {
	owners := map[uuid.UUID]clock.Owner{}
	if len(subjects) == 0 {
		return owners, nil
	}
	for _, read := range []func(*gorm.DB, []uuid.UUID, map[uuid.UUID]clock.Owner) error{ownInspections, d.ownMaterials, d.ownEntries} {
		if err := read(db, subjects, owners); err != nil {
			return nil, err
		}
	}
	return owners, nil
}

func ownInspections(db *gorm.DB, subjects []uuid.UUID, owners map[uuid.UUID]clock.Owner) error {
	var all []Inspection
	err := db.Select("id, unit_id, number").Where("id IN ? AND closed_at IS NULL", subjects).Find(&all).Error
	for _, i := range all {
		owners[i.ID] = clock.Owner{Unit: i.UnitID, Name: i.Number}
	}
	return err
}

func (d *Desk) ownMaterials(db *gorm.DB, subjects []uuid.UUID, owners map[uuid.UUID]clock.Owner) error {
	var all []struct {
		ID       uuid.UUID
		TargetID uuid.UUID
		UnitID   uuid.UUID
		Number   string
	}
	err := db.Table("inspection_material m").Joins("JOIN inspection i ON i.id = m.inspection_id").
		Select("m.id, i.target_id, i.unit_id, i.number").Where("m.id IN ? AND m.state = ? AND i.closed_at IS NULL", subjects, MaterialAsked).Scan(&all).Error
	for _, m := range all {
		owners[m.ID] = clock.Owner{Unit: m.TargetID, By: &m.UnitID, Name: m.Number}
	}
	return err
}

func (d *Desk) ownEntries(db *gorm.DB, subjects []uuid.UUID, owners map[uuid.UUID]clock.Owner) error {
	var all []struct {
		Key    uuid.UUID
		UnitID uuid.UUID
		Target *uuid.UUID
		Place  string
	}
	err := db.Table("inspection_plan_entry e").Joins("JOIN inspection_plan p ON p.id = e.plan_id").
		Select("e.key, p.unit_id, e.unit_id AS target, e.place").Where("e.key IN ? AND p.state = ?", subjects, PlanApproved).Scan(&all).Error
	for _, e := range all {
		name := e.Place
		if e.Target != nil {
			name = d.unitName(*e.Target)
		}
		owners[e.Key] = clock.Owner{Unit: e.UnitID, Name: name}
	}
	return err
}

// Moved mends the date that lists show. Nobody outside is told of these dates but
// the inspected office, whose page reads it.
func (d *Desk) Moved(tx *gorm.DB, m clock.Move) error {
	if m.Rule == ruleMaterial {
		return tx.Model(&materialRow{}).Where("id = ?", m.SubjectID).Updates(map[string]any{"due_on": m.DueOn}).Error
	}
	if m.Rule == rulePlanEntry {
		return nil
	}
	var i Inspection
	if err := store.One(tx.Where("id = ?", m.SubjectID), &i); err != nil {
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		return err
	}
	return d.nextDue(tx, i.ID)
}

// Disclose tells what those subjects are called of which the officer is told
// from either side: inspections and what they ask for by their number, entries of
// plans by what is to be inspected.
func (d *Desk) Disclose(ctx context.Context, by staff.Officer, subjects []uuid.UUID) (map[uuid.UUID]string, error) {
	db := d.Store.Read(ctx)
	theirs := func(narrow func(*gorm.DB, staff.Officer) *gorm.DB) *gorm.DB {
		return narrow(db.Session(&gorm.Session{NewDB: true}).Model(&Inspection{}).Select("inspection.id"), by)
	}
	var known []struct {
		ID     uuid.UUID
		Number string
	}
	names := map[uuid.UUID]string{}
	err := db.Raw(`SELECT i.id, i.number FROM inspection i WHERE i.id IN ? AND (i.id IN (?) OR i.id IN (?))
		UNION ALL SELECT m.id, i.number FROM inspection_material m JOIN inspection i ON i.id = m.inspection_id
		WHERE m.id IN ? AND (i.id IN (?) OR i.id IN (?))`,
		subjects, theirs(d.visible), theirs(d.addressed), subjects, theirs(d.visible), theirs(d.addressed)).Scan(&known).Error
	if err != nil {
		return nil, err
	}
	for _, k := range known {
		names[k.ID] = k.Number
	}
	return names, d.nameEntries(db, by, subjects, names)
}

func (d *Desk) nameEntries(db *gorm.DB, by staff.Officer, subjects []uuid.UUID, names map[uuid.UUID]string) error {
	var entries []struct {
		Key    uuid.UUID
		Target *uuid.UUID
		Place  string
	}
	err := d.visiblePlans(db.Table("inspection_plan_entry e").Joins("JOIN inspection_plan ON inspection_plan.id = e.plan_id"), by).
		Select("e.key, e.unit_id AS target, e.place").Where("e.key IN ?", subjects).Scan(&entries).Error
	for _, e := range entries {
		names[e.Key] = e.Place
		if e.Target != nil {
			names[e.Key] = d.unitName(*e.Target)
		}
	}
	return err
}
