package tray

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/semaphore"
	"gorm.io/gorm"

	"minsheng/internal/evidence"
	"minsheng/internal/seal"
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
	// end, which must be reached. It must not keep records.
	Take func(tx *gorm.DB, by staff.Officer, s Sheet, next func() (sheet.Record, error)) (result uuid.UUID, err error)
}

// Sheet is a spreadsheet in the tray.
type Sheet struct {
	ID        uuid.UUID
	Target    string
	OwnerID   *uuid.UUID // what it is for; once done, what it became
	UnitID    uuid.UUID
	ByID      uuid.UUID
	FileID    uuid.UUID
	Name      string       // of the file, cleaned; kept sealed
	Layout    sheet.Layout // kept without samples
	Fixes     map[string]string
	State     string // open, importing, done, failed
	Done      int    // records that were taken so far
	Total     int    // records that the dry run before the import counted
	StartedAt *time.Time
	CreatedAt time.Time
	Version   int
}

// States of a sheet.
const (
	open      = "open"
	importing = "importing"
	done      = "done"
	failed    = "failed"
)

// Tray keeps the sheets.
type Tray struct {
	store   *store.Store
	shelf   *evidence.Shelf
	box     *seal.Box
	targets []Target

	reading *semaphore.Weighted // files that are open at a time: each lies in memory

	mu      sync.Mutex
	running map[uuid.UUID]*run
}

// readers is how many files are read at a time. A workbook takes up to ten
// megabytes as a file, and the texts of its cells up to 64.
const readers = 3

// New returns a tray for the targets.
func New(s *store.Store, keys *seal.Keys, shelf *evidence.Shelf, targets ...Target) *Tray {
	return &Tray{store: s, shelf: shelf, box: keys.Box("tray"), targets: targets,
		reading: semaphore.NewWeighted(readers), running: map[uuid.UUID]*run{}}
}

// target finds one that the officer may use, or store.ErrNotFound.
func (t *Tray) target(by staff.Officer, code string) (Target, error) {
	for _, target := range t.targets {
		if target.Code == code {
			return target, by.Require(target.May)
		}
	}
	return Target{}, store.ErrNotFound
}
