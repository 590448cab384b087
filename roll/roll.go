package roll

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"minsheng/internal/privacy"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/region"
	"minsheng/staff"
)

// Kind of a roll.
type Kind string

// Kinds of rolls.
const (
	Households Kind = "households" // who is proposed as poor
	Exits      Kind = "exits"      // who is proposed to leave the list
	Payments   Kind = "payments"   // what is to be paid to whom
	Allocation Kind = "allocation" // where a fund goes
	Projects   Kind = "projects"   // library or plan of projects
)

// Kinds lists them.
func Kinds() []Kind { return []Kind{Households, Exits, Payments, Allocation, Projects} }

// Personal reports whether the rows are people: masked on the web, never for
// download, gone from it when the days are over.
func (k Kind) Personal() bool { return k == Households || k == Exits || k == Payments }

// Stages lists what a roll of this kind goes through (DOMAIN §6.1): exits have
// no town round, and what is no list of households is final when it is
// published.
func (k Kind) Stages() []Stage {
	switch k {
	case Households:
		return []Stage{Draft, Village, Town, County, Final}
	case Exits:
		return []Stage{Draft, Village, County, Final}
	}
	return []Stage{Draft, Final}
}

// shown is what the web shows of a label.
func (k Kind) shown(label string) string {
	if k.Personal() {
		return privacy.MaskName(label)
	}
	return label
}

// Stage of a roll in the procedure (DOMAIN §6.1).
type Stage string

// Stages in order. Exits skip the town round; the others go from draft to final.
const (
	Draft   Stage = "draft"
	Village Stage = "village" // first round
	Town    Stage = "town"    // second round
	County  Stage = "county"  // announced
	Final   Stage = "final"
)

// Errors.
var (
	ErrHeld     = errors.New("roll: an objection is open")
	ErrStanding = errors.New("roll: days of publicity are not over")
	ErrStage    = errors.New("roll: not at that stage")
	ErrStale    = errors.New("roll: changed meanwhile")
	ErrFrozen   = errors.New("roll: the row is under objection")
	ErrEmpty    = errors.New("roll: has no rows")
	ErrMinutes  = errors.New("roll: minutes of the meeting are missing")
	ErrConsent  = errors.New("roll: a household has not agreed to leave")
)

// Roll is a table with versions.
type Roll struct {
	ID        uuid.UUID `gorm:"primaryKey"`
	Kind      Kind
	UnitID    uuid.UUID
	PlaceCode string
	Year      int
	Stage     Stage
	Version   int
	Size      int // rows of the present version
	People    int
	TotalFen  int64
	CreatedBy *uuid.UUID
	CreatedAt time.Time
}

// TableName is roll.
func (Roll) TableName() string { return "roll" }

// Next is the stage after the present one; "" when there is none.
func (r Roll) Next() Stage {
	stages := r.Kind.Stages()
	if at := slices.Index(stages, r.Stage); at >= 0 && at+1 < len(stages) {
		return stages[at+1]
	}
	return ""
}

// Row is one line of one version.
type Row struct {
	ID          uuid.UUID `gorm:"primaryKey"`
	RollID      uuid.UUID
	Key         int // stays the same through all versions
	N           int // printed: the key, so that a number never means another household
	Since       int
	Until       *int
	PlaceCode   string
	Label       string // householder or project, in full: never for the web where Kind.Personal
	Shown       string // what the web shows
	Team        string
	People      int
	AmountFen   int64
	Cells       map[string]string `gorm:"serializer:json"`
	StandsUntil workday.Date
	Reason      string // why this version of the row was made
	Ended       string // why it is no longer there; "" while it is, or when it was changed
	Held        bool   `gorm:"-"` // under objection
}

// TableName is roll_row.
func (Row) TableName() string { return "roll_row" }

// Book keeps the rolls.
type Book struct {
	store *store.Store
	atlas *region.Atlas
}

// New returns the book.
func New(s *store.Store, a *region.Atlas) *Book { return &Book{store: s, atlas: a} }

// Create makes an empty draft in the caller's transaction
// (staff.WriteNotices).
func (b *Book) Create(tx *gorm.DB, by staff.Officer, k Kind, place string, year int) (Roll, error) {
	if err := by.Require(staff.WriteNotices); err != nil {
		return Roll{}, err
	}
	r := Roll{ID: uuid.Must(uuid.NewV7()), Kind: k, UnitID: by.UnitID, PlaceCode: place, Year: year,
		Stage: Draft, Version: 1, CreatedAt: b.store.Now()}
	if by.ID != uuid.Nil {
		r.CreatedBy = &by.ID
	}
	return r, tx.Create(&r).Error
}

// Settle gives an empty draft another place in the caller's transaction. Rows
// are told by the places around them, so that a roll that has some stays:
// ErrStage, unless it lies within the place.
func (b *Book) Settle(tx *gorm.DB, id uuid.UUID, place string) error {
	r, err := lock(tx, id)
	switch {
	case err != nil:
		return err
	case r.Stage == Draft && r.Size == 0:
		return tx.Model(&Roll{}).Where("id = ?", id).Updates(map[string]any{"place_code": place}).Error
	case !region.Within(r.PlaceCode, place):
		return ErrStage
	}
	return nil
}

// Roll returns one, or store.ErrNotFound. Whoever calls has checked that it may
// be seen.
func (b *Book) Roll(ctx context.Context, id uuid.UUID) (Roll, error) {
	return b.RollIn(b.store.Read(ctx), id)
}

// RollIn is Roll in the caller's transaction, where it sees what that did.
func (b *Book) RollIn(tx *gorm.DB, id uuid.UUID) (Roll, error) {
	var r Roll
	err := store.One(tx.Where("id = ?", id), &r)
	return r, err
}

// lock reads a roll and keeps every other change of it, and every objection to
// it, waiting until the transaction ends. On SQLite the transaction itself
// does that: it is immediate.
func lock(tx *gorm.DB, id uuid.UUID) (Roll, error) {
	var r Roll
	err := store.One(tx.Clauses(clause.Locking{Strength: "UPDATE"}).Where("id = ?", id), &r)
	return r, err
}
