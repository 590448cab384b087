package region

import (
	"context"

	"github.com/google/uuid"

	"minsheng/internal/workday"
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

// AddUnit creates an office with its jurisdiction (division codes).
func (a *Atlas) AddUnit(ctx context.Context, u Unit, jurisdiction ...string) (Unit, error) {
	panic("contract: not built")
}

// Rename gives an office a new name from day on; the old one stays in its
// history.
func (a *Atlas) Rename(ctx context.Context, unit uuid.UUID, name string, from workday.Date) error {
	panic("contract: not built")
}

// NameOn is the office's name on that day.
func (a *Atlas) NameOn(ctx context.Context, unit uuid.UUID, day workday.Date) (string, error) {
	panic("contract: not built")
}

// Unit returns an office, or store.ErrNotFound.
func (a *Atlas) Unit(id uuid.UUID) (Unit, error) { panic("contract: not built") }

// Units lists all offices, parents before children.
func (a *Atlas) Units() []Unit { panic("contract: not built") }

// Subtree lists the ids of a unit and everything under its command.
func (a *Atlas) Subtree(unit uuid.UUID) []uuid.UUID { panic("contract: not built") }

// Above lists the ids of a unit and everything that commands it, nearest first.
func (a *Atlas) Above(unit uuid.UUID) []uuid.UUID { panic("contract: not built") }

// Accused is whom a report is about, as far as it is known.
type Accused struct {
	Level string      // 'unknown', 'village', 'town', 'county', 'city', 'office': what the reporter ticked
	Units []uuid.UUID // offices named by an officer
}

// DeskFor returns the office on whose desk a complaint from a place lies: the
// lowest office that takes complaints, has the place in its jurisdiction, and
// stands above every office accused (DOMAIN §4.3: village → county, town →
// county, county → city, city or the supervision office itself → the city's
// desk, to be referred to the discipline organ). beyond is true when even the
// highest desk is accused.
func (a *Atlas) DeskFor(place string, accused Accused) (desk Unit, beyond bool, err error) {
	panic("contract: not built")
}
