package region

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/workday"
	"minsheng/ledger"
)

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

var kinds = []Kind{Government, VillageCommittee, Department, Team, SupervisionOffice, PovertyOffice, Discipline, Zone}

// Kinds lists all kinds of offices in the order forms show them.
func Kinds() []Kind { return slices.Clone(kinds) }

var levels = []Level{City, County, Town, Village}

// Levels lists all levels, the highest first.
func Levels() []Level { return slices.Clone(levels) }

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

// AddUnit creates an office with its jurisdiction (division codes) for the
// portal itself, which knows what it does; people's offices go through
// Establish. Without an id or a first day it gets a new id and today.
func (a *Atlas) AddUnit(ctx context.Context, u Unit, jurisdiction ...string) (Unit, error) {
	u = a.complete(u)
	err := a.store.Transact(ctx, func(tx *gorm.DB) error {
		return insertUnits(tx, []newUnit{{u, jurisdiction}}, ledger.System(), a.store.Now())
	})
	if err != nil {
		return Unit{}, fmt.Errorf("region: add office: %w", err)
	}
	return u, a.reload(ctx)
}

func (a *Atlas) complete(u Unit) Unit {
	if u.ID == uuid.Nil {
		u.ID = uuid.Must(uuid.NewV7())
	}
	if u.ValidFrom == "" {
		u.ValidFrom = a.today()
	}
	return u
}

// newUnit is an office that is about to be, with the codes of its places.
type newUnit struct {
	Unit
	places []string
}

// insertUnits writes offices, superiors first, with their first names, their
// jurisdiction and an event each.
func insertUnits(tx *gorm.DB, units []newUnit, by ledger.Actor, at time.Time) error {
	var rows []Unit
	var first []unitName
	var grants []grant
	var events []ledger.Event
	for _, u := range units {
		rows = append(rows, u.Unit)
		first = append(first, unitName{UnitID: u.ID, Name: u.Name, ValidFrom: u.ValidFrom, ValidTo: u.ValidTo})
		for _, code := range u.places {
			grants = append(grants, grant{UnitID: u.ID, DivisionCode: code, ValidFrom: u.ValidFrom, ValidTo: u.ValidTo})
		}
		events = append(events, ledger.New(ledger.OfUnit, u.ID, "unit_added", by, at, map[string]string{
			"name": u.Name, "kind": string(u.Kind), "level": string(u.Level), "places": strconv.Itoa(len(u.places)),
			"takes_complaints": strconv.FormatBool(u.TakesComplaints),
		}))
	}
	for _, table := range []any{rows, first, events} {
		if err := tx.CreateInBatches(table, importBatch).Error; err != nil {
			return err
		}
	}
	if len(grants) == 0 {
		return nil
	}
	return tx.CreateInBatches(grants, importBatch).Error
}
