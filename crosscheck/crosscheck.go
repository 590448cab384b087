package crosscheck

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"minsheng/household"
	"minsheng/intake"
	"minsheng/internal/seal"
	"minsheng/internal/store"
	"minsheng/region"
	"minsheng/staff"
	"minsheng/tray"
)

// Rules lists the rules in order; catalog keys crosscheck.<rule> and .why.
func Rules() []string {
	return []string{"deceased", "cadre", "cadre_family", "vehicle", "house", "one_account", "two_lists", "never_listed", "never_paid"}
}

// Errors.
var (
	ErrState = errors.New("crosscheck: already ruled on")
	ErrStale = errors.New("crosscheck: changed meanwhile")
	ErrBusy  = errors.New("crosscheck: another check is running")
)

// Config is what a Bench needs.
type Config struct {
	Store  *store.Store
	Keys   *seal.Keys
	Atlas  *region.Atlas
	Purse  *household.Purse
	Intake *intake.Desk
}

// Bench is where checks are run.
type Bench struct{ Config }

// New returns the bench.
func New(c Config) *Bench { return &Bench{c} }

// Targets are the reference sets for the tray: "reference.deceased" … (name,
// identity number, village, since). staff.LoadPayments.
func (b *Bench) Targets() []tray.Target { return nil }

// Set is a loaded reference set.
type Set struct {
	ID       uuid.UUID `gorm:"primaryKey"`
	Kind     string
	UnitID   uuid.UUID
	ByID     *uuid.UUID
	Title    string
	FileHash []byte
	Size     int
	At       time.Time
}

// TableName is reference_set.
func (Set) TableName() string { return "reference_set" }

// Sets lists them, newest first, at most 100.
func (b *Bench) Sets(ctx context.Context, by staff.Officer) ([]Set, error) {
	panic("contract: not built")
}

// Run is one check.
type Run struct {
	ID       uuid.UUID `gorm:"primaryKey"`
	UnitID   uuid.UUID
	ByID     uuid.UUID
	Payments int
	People   int
	Hits     int
	Fresh    int // hits nobody had seen
	TookMS   int `gorm:"column:took_ms"`
	At       time.Time
}

// TableName is cross_check.
func (Run) TableName() string { return "cross_check" }

// Check compares everything in the officer's jurisdiction (staff.CrossCheck).
// Hits found before keep their state.
func (b *Bench) Check(ctx context.Context, by staff.Officer) (Run, error) {
	panic("contract: not built")
}

// Runs lists the latest 20 of the officer's office.
func (b *Bench) Runs(ctx context.Context, by staff.Officer) ([]Run, error) {
	panic("contract: not built")
}

// Place of one row of a hit.
type Place struct {
	Kind string    // payment, roll, reference
	ID   uuid.UUID // payment, roll or set
	Row  int       // in the file, or the key in the roll
	What string    // title of batch, notice kind or set
	Name string    // masked
	Day  string
	Fen  int64
}

// Hit is one finding.
type Hit struct {
	ID          uuid.UUID `gorm:"primaryKey"`
	Fingerprint []byte
	Rule        string
	PlaceCode   string
	UnitID      uuid.UUID
	Rows        []Place `gorm:"serializer:json"`
	AmountFen   int64
	State       string // open, dismissed, case
	Reason      string
	ComplaintID *uuid.UUID
	RuledBy     *uuid.UUID
	RuledAt     *time.Time
	FoundAt     time.Time
	Version     int
	Village     string `gorm:"-"`
	Ruler       string `gorm:"-"`
}

// TableName is cross_hit.
func (Hit) TableName() string { return "cross_hit" }

// Filter narrows the list.
type Filter struct {
	State string // "" open
	Rule  string
	Place string
	After uuid.UUID
}

// Hits lists hits in the officer's jurisdiction, 50 at a time.
func (b *Bench) Hits(ctx context.Context, by staff.Officer, f Filter) ([]Hit, error) {
	panic("contract: not built")
}

// Counts of open hits by rule, each capped at 1000.
func (b *Bench) Counts(ctx context.Context, by staff.Officer) (map[string]int, error) {
	panic("contract: not built")
}

// Hit opens one with the names, which leaves an event; store.ErrNotFound.
func (b *Bench) Hit(ctx context.Context, by staff.Officer, id uuid.UUID) (Hit, error) {
	panic("contract: not built")
}

// Dismiss says why a hit is none; it stays so. reason 4 to 200 characters.
func (b *Bench) Dismiss(ctx context.Context, by staff.Officer, id uuid.UUID, version int, reason string) error {
	panic("contract: not built")
}

// Turn makes a case of a hit, once, at the desk that the place belongs to, with
// references to its rows. The case's words name no person.
func (b *Bench) Turn(ctx context.Context, by staff.Officer, id uuid.UUID, version int, words string) (uuid.UUID, error) {
	panic("contract: not built")
}
