package notice

import (
	"context"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/staff"
)

// payers are the offices whose funds and projects a notice of an office may
// name: the own one and those below it, those that command it, and those around
// it that go on with its lists. A county's poverty office hands money to towns
// that the supervision office commands.
func (d *Desk) payers(ctx context.Context, unit uuid.UUID) ([]uuid.UUID, error) {
	known := append(d.Atlas.Subtree(unit), d.Atlas.Above(unit)...)
	areas, err := d.Atlas.Jurisdiction(ctx, unit)
	if err != nil {
		return nil, err
	}
	for _, area := range areas[unit] {
		for _, u := range d.Atlas.UnitsFor(area.Code) {
			if !slices.Contains(known, u.ID) && slices.Contains(d.Atlas.Reach(u.ID), unit) {
				known = append(known, u.ID)
			}
		}
	}
	return known, nil
}

// FundsFor lists what a notice of the officer's office may name as its fund:
// also money from above. Newest first, at most 50 (staff.ReadNotices).
func (d *Desk) FundsFor(ctx context.Context, by staff.Officer) ([]Fund, error) {
	if err := by.Require(staff.ReadNotices); err != nil {
		return nil, err
	}
	known, err := d.payers(ctx, by.UnitID)
	if err != nil {
		return nil, err
	}
	var funds []Fund
	err = d.Store.Read(ctx).Where("unit_id IN ?", known).Order("created_at DESC, id DESC").Limit(moneyPage).Find(&funds).Error
	return funds, err
}

// ProjectsFor lists what a notice of the officer's office may name as its
// project: those of the own office and below, and those of offices above that
// lie in the own places. Newest first, at most 50 (staff.ReadNotices).
func (d *Desk) ProjectsFor(ctx context.Context, by staff.Officer) ([]Project, error) {
	if err := by.Require(staff.ReadNotices); err != nil {
		return nil, err
	}
	known, err := d.payers(ctx, by.UnitID)
	if err != nil {
		return nil, err
	}
	areas, err := d.Atlas.Jurisdiction(ctx, by.UnitID)
	if err != nil {
		return nil, err
	}
	db := d.Store.Read(ctx)
	where := db.Session(&gorm.Session{NewDB: true}).Where("unit_id IN ?", d.Atlas.Subtree(by.UnitID))
	for _, a := range areas[by.UnitID] {
		if from, to, ok := span(a.Code); ok {
			where = where.Or("unit_id IN ? AND place_code >= ? AND place_code < ?", known, from, to)
		}
	}
	var projects []Project
	err = db.Where(where).Order("id DESC").Limit(moneyPage).Find(&projects).Error
	return projects, err
}
