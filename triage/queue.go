package triage

import (
	"context"

	"github.com/google/uuid"

	"minsheng/intake"
	"minsheng/internal/evidence"
	"minsheng/internal/seal"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/region"
	"minsheng/staff"
)

// Queue is the officers' desk.
type Queue struct {
	store    *store.Store
	keys     *seal.Keys
	atlas    *region.Atlas
	staff    *staff.Desk
	intake   *intake.Desk
	shelf    *evidence.Shelf
	calendar *workday.Calendar
	tell     func(lang, key string, pairs ...any) string
}

// Config is what a Queue needs.
type Config struct {
	Store    *store.Store
	Keys     *seal.Keys
	Atlas    *region.Atlas
	Staff    *staff.Desk
	Intake   *intake.Desk
	Shelf    *evidence.Shelf
	Calendar *workday.Calendar
	// Tell returns the sentence of a catalog key told.<event> in the reporter's
	// language ("zh-CN", "en"), {name} replaced from the pairs "name", value, ….
	// The portal wires it to the catalogs; this room knows none.
	Tell func(lang, key string, pairs ...any) string
}

// New returns the queue.
func New(c Config) *Queue {
	return &Queue{
		store: c.Store, keys: c.Keys, atlas: c.Atlas, staff: c.Staff,
		intake: c.Intake, shelf: c.Shelf, calendar: c.Calendar,
		tell: c.Tell,
	}
}

// Find lists visible cases, most pressing first (open ones by due date, then
// age; finished ones and text searches newest first), 50 at a time by keyset.
func (q *Queue) Find(ctx context.Context, by staff.Officer, f Filter, cursor string) (Page, error) {
	panic("contract: not built")
}

// Counts counts the visible open cases.
func (q *Queue) Counts(ctx context.Context, by staff.Officer) (Counts, error) {
	panic("contract: not built")
}

// Today lists what is due, in groups: overdue, today, this week, waiting for
// me (proposals to rule on), at most 20 each.
func (q *Queue) Today(ctx context.Context, by staff.Officer) (map[string][]Row, error) {
	panic("contract: not built")
}

// Case opens one visible case.
func (q *Queue) Case(ctx context.Context, by staff.Officer, id uuid.UUID) (Case, error) {
	panic("contract: not built")
}

// Colleagues lists who a case could be assigned to.
func (q *Queue) Colleagues(ctx context.Context, by staff.Officer, id uuid.UUID) ([]staff.Officer, error) {
	panic("contract: not built")
}

// OpenFile gives out evidence of a visible case or item. Looking is recorded.
func (q *Queue) OpenFile(ctx context.Context, by staff.Officer, file uuid.UUID) (OpenedFile, error) {
	panic("contract: not built")
}

// OpenedFile is evidence being read; the caller closes it.
type OpenedFile struct {
	evidence.File
	Content interface {
		Read([]byte) (int, error)
		Close() error
	}
	DownloadName string
}

func (q *Queue) Views(ctx context.Context, by staff.Officer) ([]View, error) {
	panic("contract: not built")
}
func (q *Queue) SaveView(ctx context.Context, by staff.Officer, name, query string) error {
	panic("contract: not built")
}
func (q *Queue) DropView(ctx context.Context, by staff.Officer, id uuid.UUID) error {
	panic("contract: not built")
}
func (q *Queue) SavedReplies(ctx context.Context, by staff.Officer) ([]SavedReply, error) {
	panic("contract: not built")
}
func (q *Queue) SaveReply(ctx context.Context, by staff.Officer, title, body string) error {
	panic("contract: not built")
}

// Record lists events newest first for the auditor.
func (q *Queue) Record(ctx context.Context, by staff.Officer, before uuid.UUID) ([]ledger.Event, error) {
	panic("contract: not built")
}
