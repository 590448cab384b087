package roll

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/sheet"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/region"
	"minsheng/staff"
	"minsheng/tray"
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

// Personal reports whether the rows are people: masked on the web, never for
// download, gone from it when the days are over.
func (k Kind) Personal() bool { return k == Households || k == Exits || k == Payments }

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

// Row is one line of one version.
type Row struct {
	ID          uuid.UUID `gorm:"primaryKey"`
	RollID      uuid.UUID
	Key         int // stays the same through all versions
	N           int // printed
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
	Reason      string
	Held        bool `gorm:"-"` // under objection
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

// Fields lists the columns of a kind in order, as sheets and forms ask for
// them. Codes label, team, people, amount, place are columns of Row; the others
// are Cells.
func Fields(k Kind) []sheet.Field { panic("contract: not built") }

// Targets are what sheets can become: "roll.households", "roll.exits" …; the
// sheet's OwnerID is the roll, whose rows it replaces while it is a draft.
func (b *Book) Targets() []tray.Target { return nil }

// Create makes an empty draft in the caller's transaction.
func (b *Book) Create(tx *gorm.DB, by staff.Officer, k Kind, place string, year int) (Roll, error) {
	panic("contract: not built")
}

// Roll returns one, or store.ErrNotFound. Whoever calls has checked that it may
// be seen.
func (b *Book) Roll(ctx context.Context, id uuid.UUID) (Roll, error) { panic("contract: not built") }

// Order of rows.
type Order string

// Orders that have an index.
const (
	ByNumber Order = "n"
	ByName   Order = "shown"
	ByAmount Order = "amount" // largest first
	ByPeople Order = "people" // most first
)

// Ask narrows what a page of rows shows.
type Ask struct {
	Version int // 0: the present one
	Order   Order
	After   int    // key of the last row of the page before; 0: start
	Search  string // in what the web shows, never in the full name where Kind.Personal
	Limit   int    // at most 100; 0: 50
}

// Page lists rows by keyset. more is whether there are further ones.
func (b *Book) Page(ctx context.Context, id uuid.UUID, a Ask) (rows []Row, more bool, err error) {
	panic("contract: not built")
}

// Each hands out all rows of a version in order of their numbers (0: the present
// one): print, export, checks.
func (b *Book) Each(ctx context.Context, id uuid.UUID, version int, each func(Row) error) error {
	panic("contract: not built")
}

// Row returns one row of the present version by key, or store.ErrNotFound.
func (b *Book) Row(ctx context.Context, id uuid.UUID, key int) (Row, error) {
	panic("contract: not built")
}

// Edit replaces, adds (Key 0) or removes (Gone) rows of a draft by hand, or of a
// published roll through a correction or a ruling.
type Edit struct {
	Key       int
	Gone      bool
	Label     string
	Team      string
	PlaceCode string
	People    int
	AmountFen int64
	Cells     map[string]string
	Reason    string // code: typo, objection_upheld, duplicate, withdrawn_by_household, moved …
}

// Amend makes the next version in the caller's transaction. On a roll beyond
// draft the changed rows stand until standsUntil (publicity restarts for them).
// A row under an objection other than ruling (uuid.Nil: none) is ErrFrozen.
func (b *Book) Amend(tx *gorm.DB, id uuid.UUID, version int, edits []Edit, standsUntil workday.Date, ruling uuid.UUID) (Roll, error) {
	panic("contract: not built")
}

// Advance moves a roll to its next stage in the caller's transaction, holding
// the roll's row so that no objection comes in between. ErrHeld, ErrStanding
// (a day of publicity of the round or of a row is left on today), ErrStage,
// ErrEmpty, ErrMinutes, ErrConsent.
func (b *Book) Advance(tx *gorm.DB, id uuid.UUID, to Stage, today, standsUntil workday.Date) error {
	panic("contract: not built")
}

// May tells whether Advance would go through now, without doing it.
func (b *Book) May(ctx context.Context, id uuid.UUID, to Stage, today workday.Date) error {
	panic("contract: not built")
}

// Next is the stage after the present one; "" when there is none.
func (r Roll) Next() Stage { panic("contract: not built") }

// Hold freezes a row (or, with key nil, the list) for an objection in the
// caller's transaction. ErrStage when the roll is draft or final: the objection
// comes too early or too late. store.ErrNotFound when there is no such row now.
func (b *Book) Hold(tx *gorm.DB, objection, id uuid.UUID, key *int) error {
	panic("contract: not built")
}

// Lift ends a hold in the caller's transaction.
func (b *Book) Lift(tx *gorm.DB, objection uuid.UUID) error { panic("contract: not built") }

// Holds tells which keys are under objection (0: the list itself) with how many.
func (b *Book) Holds(ctx context.Context, id uuid.UUID) (map[int]int, error) {
	panic("contract: not built")
}

// Change is one difference between two versions.
type Change struct {
	What   string // "added", "removed", "changed"
	Before *Row
	After  *Row
	Reason string
}

// Compare lists what differs between two versions, by number, at most 500.
func (b *Book) Compare(ctx context.Context, id uuid.UUID, from, to int) ([]Change, error) {
	panic("contract: not built")
}

// Minutes are what a round was decided on. Files: evidence owner kind "minutes".
type Minutes struct {
	ID       uuid.UUID `gorm:"primaryKey"`
	RollID   uuid.UUID
	Stage    Stage
	MetOn    workday.Date
	Present  int
	Entitled int
	Note     string
	ByID     uuid.UUID
	At       time.Time
}

// TableName is roll_minutes.
func (Minutes) TableName() string { return "roll_minutes" }

// SetMinutes stores the minutes of a stage in the caller's transaction, over
// those that stand; form names the staged files of the signatures (nil: none).
func (b *Book) SetMinutes(tx *gorm.DB, by staff.Officer, m Minutes) (Minutes, error) {
	panic("contract: not built")
}

// MinutesOf lists the minutes of a roll by stage.
func (b *Book) MinutesOf(ctx context.Context, id uuid.UUID) ([]Minutes, error) {
	panic("contract: not built")
}
