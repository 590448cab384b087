package tray

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/evidence"
	"minsheng/internal/sheet"
	"minsheng/internal/store"
	"minsheng/staff"
)

// Errors.
var (
	ErrBusy     = errors.New("tray: is being imported")
	ErrProblems = errors.New("tray: has problems")
	ErrGone     = errors.New("tray: file is gone") // more than a day old
	ErrStale    = errors.New("tray: changed meanwhile")
)

// Target is what sheets can become. Rooms build one; the tray calls it.
type Target struct {
	Code   string
	May    staff.Permission
	Fields []sheet.Field
	// Personal: the sheet holds numbers that are hashed and never shown (Identity
	// and Account fields). Otherwise cells and headings with personal numbers are
	// problems ("personal") unless their column is dropped: the privacy gate.
	Personal bool
	// Check begins one reading of s and returns what looks at each record beyond
	// its cells, in order: it may remember those it saw (twice the same household)
	// and knows what the sheet is for (villages of its roll). nil: nothing.
	Check func(ctx context.Context, by staff.Officer, s Sheet) (func(r sheet.Record) []sheet.Problem, error)
	// Take stores everything in tx; next returns records in order, io.EOF at the
	// end. It must not keep records.
	Take func(tx *gorm.DB, by staff.Officer, s Sheet, next func() (sheet.Record, error)) (result uuid.UUID, err error)
}

// Sheet is a spreadsheet in the tray.
type Sheet struct {
	ID        uuid.UUID `gorm:"primaryKey"`
	Target    string
	OwnerID   *uuid.UUID
	UnitID    uuid.UUID
	ByID      uuid.UUID
	FileID    uuid.UUID
	Name      string
	Layout    sheet.Layout      `gorm:"serializer:json"`
	Fixes     map[string]string `gorm:"serializer:json"`
	State     string            // open, importing, done, failed
	Done      int
	Total     int
	StartedAt *time.Time
	CreatedAt time.Time
	Version   int
}

// TableName is tray_sheet.
func (Sheet) TableName() string { return "tray_sheet" }

// Tray keeps the sheets.
type Tray struct {
	store   *store.Store
	shelf   *evidence.Shelf
	targets []Target
}

// New returns a tray for the targets.
func New(s *store.Store, shelf *evidence.Shelf, targets ...Target) *Tray {
	return &Tray{store: s, shelf: shelf, targets: targets}
}

// Put takes a file in for a target; owner is what it is for (a roll), or nil.
// The layout is guessed. Errors: those of evidence and sheet.
func (t *Tray) Put(ctx context.Context, by staff.Officer, target string, owner *uuid.UUID, name string, r io.Reader) (Sheet, error) {
	panic("contract: not built")
}

// Sheet returns one of the officer's own office, or store.ErrNotFound.
func (t *Tray) Sheet(ctx context.Context, by staff.Officer, id uuid.UUID) (Sheet, error) {
	panic("contract: not built")
}

// Arrange stores which sheet and header rows are meant and what each column is
// (index → field code, "" drops it; wan: indexes of columns in 万元), and
// remembers it for the office. ErrStale, ErrBusy.
func (t *Tray) Arrange(ctx context.Context, by staff.Officer, id uuid.UUID, version int, sheetIndex, headerFrom, headerTo int, columns map[int]string, wan map[int]bool) error {
	panic("contract: not built")
}

// Fix replaces what stands in cells (cell → text; "" takes a correction back).
func (t *Tray) Fix(ctx context.Context, by staff.Officer, id uuid.UUID, version int, cells map[string]string) error {
	panic("contract: not built")
}

// Trial is a dry run.
type Trial struct {
	sheet.Summary
	List   []sheet.Problem // the first 200
	Sample []sheet.Record  // the first 10 records
}

// Try reads everything and writes nothing.
func (t *Tray) Try(ctx context.Context, by staff.Officer, id uuid.UUID) (Trial, error) {
	panic("contract: not built")
}

// Import starts taking the sheet in and returns at once; Sheet tells how far it
// is. One transaction: all or nothing. ErrProblems when a dry run has any,
// ErrBusy when it is under way (one that died is taken over after a minute),
// ErrStale. A sheet that is done is left alone.
func (t *Tray) Import(ctx context.Context, by staff.Officer, id uuid.UUID, version int) error {
	panic("contract: not built")
}

// Wait blocks until nothing is being imported in this process, or ctx ends.
func (t *Tray) Wait(ctx context.Context) error { panic("contract: not built") }

// Now imports a file at once, without a dry run shown to anybody: the command
// line. Problems stop it: ErrProblems with the trial.
func (t *Tray) Now(ctx context.Context, by staff.Officer, target string, name string, r io.Reader, progress func(done, total int)) (Trial, uuid.UUID, error) {
	panic("contract: not built")
}
