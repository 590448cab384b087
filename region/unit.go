package region

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/ledger"
)

// ErrNameOrder means a new name would begin before, or with, the present one.
var ErrNameOrder = errors.New("region: the new name must begin after the present one did")

// Kind of an office.
type Kind string

const (
	SupervisionOffice Kind = "supervision_office" // 督查室
	PovertyOffice     Kind = "poverty_office"     // 扶贫办
	Government        Kind = "government"
	Zone              Kind = "zone" // 经济区
	Department        Kind = "department"
	VillageCommittee  Kind = "village_committee"
	Team              Kind = "team" // 驻村工作队
	Discipline        Kind = "discipline"
)

// Unit is an office.
type Unit struct {
	ID              uuid.UUID `gorm:"primaryKey"`
	Name            string
	Kind            Kind
	Level           Level
	ParentID        *uuid.UUID
	TakesComplaints bool // has a desk on which complaints lie
	DocMark         string
	Phone           string
	ValidFrom       workday.Date
	ValidTo         *workday.Date
}

// TableName is unit.
func (Unit) TableName() string { return "unit" }

type unitName struct {
	UnitID    uuid.UUID
	Name      string
	ValidFrom workday.Date
	ValidTo   *workday.Date
}

// TableName is unit_name.
func (unitName) TableName() string { return "unit_name" }

// AddUnit creates an office with its jurisdiction (division codes). Without an
// id or a first day it gets a new id and today.
func (a *Atlas) AddUnit(ctx context.Context, u Unit, jurisdiction ...string) (Unit, error) {
	if u.ID == uuid.Nil {
		u.ID = uuid.Must(uuid.NewV7())
	}
	if u.ValidFrom == "" {
		u.ValidFrom = a.today()
	}
	err := a.store.Transact(ctx, func(tx *gorm.DB) error {
		if err := tx.Create(&u).Error; err != nil {
			return err
		}
		if err := tx.Create(&unitName{UnitID: u.ID, Name: u.Name, ValidFrom: u.ValidFrom, ValidTo: u.ValidTo}).Error; err != nil {
			return err
		}
		for _, code := range jurisdiction {
			if err := tx.Create(&grant{UnitID: u.ID, DivisionCode: code, ValidFrom: u.ValidFrom, ValidTo: u.ValidTo}).Error; err != nil {
				return err
			}
		}
		return ledger.Append(tx, ledger.OfUnit, u.ID, "unit_added", ledger.System(), a.store.Now(), map[string]string{"name": u.Name})
	})
	if err != nil {
		return Unit{}, fmt.Errorf("region: add office: %w", err)
	}
	return u, a.reload(ctx)
}

// Rename gives an office a new name from day on; the old one stays in its
// history. ErrNameOrder when the present name did not begin before day,
// store.ErrNotFound when there is no such office.
func (a *Atlas) Rename(ctx context.Context, unit uuid.UUID, name string, from workday.Date) error {
	err := a.store.Transact(ctx, func(tx *gorm.DB) error {
		var last unitName
		if err := store.One(tx.Where("unit_id = ?", unit).Order("valid_from DESC"), &last); err != nil {
			return err
		}
		if from <= last.ValidFrom {
			return ErrNameOrder
		}
		ended := tx.Model(&unitName{}).Where("unit_id = ? AND valid_from = ?", unit, last.ValidFrom).
			Updates(map[string]any{"valid_to": from.Add(-1)})
		if ended.Error != nil {
			return ended.Error
		}
		if err := tx.Create(&unitName{UnitID: unit, Name: name, ValidFrom: from}).Error; err != nil {
			return err
		}
		if err := tx.Model(&Unit{}).Where("id = ?", unit).Updates(map[string]any{"name": name}).Error; err != nil {
			return err
		}
		return ledger.Append(tx, ledger.OfUnit, unit, "unit_renamed", ledger.System(), a.store.Now(),
			map[string]string{"from": last.Name, "to": name, "on": string(from)})
	})
	if err != nil {
		return fmt.Errorf("region: rename office: %w", err)
	}
	return a.reload(ctx)
}

// NameOn is the office's name on that day; before its first name, that one.
func (a *Atlas) NameOn(ctx context.Context, unit uuid.UUID, day workday.Date) (string, error) {
	var names []unitName
	err := a.store.Read(ctx).Where("unit_id = ?", unit).Order("valid_from DESC").Limit(100).Find(&names).Error
	if err != nil {
		return "", err
	}
	if len(names) == 0 {
		return "", store.ErrNotFound
	}
	for _, n := range names {
		if n.ValidFrom <= day {
			return n.Name, nil
		}
	}
	return names[len(names)-1].Name, nil
}
