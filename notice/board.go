package notice

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"minsheng/internal/evidence"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/region"
	"minsheng/roll"
)

// pageSize is how many notices one page of the list shows.
const pageSize = 20

// shown is what the public may see, besides lists of people whose days are
// over. It is written as the partial indexes have it, so that they serve it.
const shown = "state IN ('published', 'ended')"

// Notice is a notice as stored.
type Notice struct {
	ID          uuid.UUID `gorm:"primaryKey"`
	Kind        string    // LIST_VILLAGE, FUND_ALLOC … (DOMAIN §7)
	Title       string
	DocNumber   string
	UnitID      uuid.UUID
	PlaceCode   string
	Body        string
	State       string
	StartsOn    workday.Date
	EndsOn      *workday.Date
	PublishedAt *time.Time
	CreatedAt   time.Time
	Version     int

	Year         int
	Fields       map[string]string `gorm:"serializer:json"`
	RollID       *uuid.UUID
	FundID       *uuid.UUID
	ProjectID    *uuid.UUID
	CorrectsID   *uuid.UUID
	EditorID     *uuid.UUID
	ApproverID   *uuid.UUID
	HandedInAt   *time.Time // waits for an approver
	ApprovedAt   *time.Time
	Returned     string // why an approver gave it back
	WithdrawnAt  *time.Time
	WithdrawnWhy string
	PulledAt     *time.Time // off the web while an approver looks
	Cleared      int        // version an approver looked through after a pull
	PublicLine   string     // what came of objections
}

// TableName is notice.
func (Notice) TableName() string { return "notice" }

// Board shows published notices.
type Board struct {
	store *store.Store
	atlas *region.Atlas
	rolls *roll.Book
	shelf *evidence.Shelf
}

// BoardConfig is what a Board needs.
type BoardConfig struct {
	Store *store.Store
	Atlas *region.Atlas
	Rolls *roll.Book
	Shelf *evidence.Shelf
}

// New returns the board.
func New(c BoardConfig) *Board {
	return &Board{store: c.Store, atlas: c.Atlas, rolls: c.Rolls, shelf: c.Shelf}
}

// Stamp grows whenever a published notice changed: it dates cached pages.
func (b *Board) Stamp(ctx context.Context) (int64, error) {
	var n int64
	err := b.store.Read(ctx).Raw("SELECT n FROM page_stamp WHERE topic = 'notices'").Scan(&n).Error
	return n, err
}

// List shows published notices newest first, 20 at a time, before the cursor
// (a notice id or uuid.Nil); place narrows to a county, town or village with
// everything in it. A place of another form shows nothing; an unknown cursor is
// store.ErrNotFound.
func (b *Board) List(ctx context.Context, place string, before uuid.UUID) ([]Notice, error) {
	query := b.public(ctx).Order("published_at DESC, id DESC").Limit(pageSize)
	if place != "" {
		inside, beyond, ok := span(place)
		if !ok {
			return nil, nil
		}
		query = query.Where("place_code >= ? AND place_code < ?", inside, beyond)
	}
	if before != uuid.Nil {
		cursor, err := b.Notice(ctx, before)
		if err != nil {
			return nil, err
		}
		query = query.Where("(published_at, id) < (?, ?)", cursor.PublishedAt.UTC(), cursor.ID)
	}
	var notices []Notice
	err := query.Find(&notices).Error
	return notices, err
}

// Wanted narrows the public list.
type Wanted struct {
	Kind  string
	Place string // a county, town or village with everything in it
	Year  int
	State string    // running, ended; "" both
	After uuid.UUID // last notice of the page before
}

// Find is List with all filters of the public page.
func (b *Board) Find(ctx context.Context, w Wanted) ([]Notice, error) { panic("contract: not built") }

// Open is what is running for a place today and invites objections: its own
// lists and those of the town and county around it, at most 20.
func (b *Board) Open(ctx context.Context, place string) ([]Notice, error) {
	panic("contract: not built")
}

// Published is a notice as the public sees it.
type Published struct {
	Notice
	KindOf     Kind
	Roll       *roll.Roll
	Attached   []evidence.File
	Photos     []evidence.File
	Revisions  []Revision
	Corrects   *Notice  // of a correction, when that is shown
	Correction []Notice // corrections of this notice, shown ones
	Fund       *Fund
	Project    *Project
	Pulled     bool // only title, kind and office are given
	Withdrawn  bool // only title, kind, office and the reason are given
}

// Published shows one that is or was shown: running, ended (lists of people are
// gone then: store.ErrNotFound), withdrawn or pulled ones as a stub.
func (b *Board) Published(ctx context.Context, id uuid.UUID) (Published, error) {
	panic("contract: not built")
}

// OpenFile gives out an attachment or photo of a shown notice.
func (b *Board) OpenFile(ctx context.Context, id, file uuid.UUID) (evidence.File, readCloser, string, error) {
	panic("contract: not built")
}

// Notice shows one published notice, or store.ErrNotFound.
func (b *Board) Notice(ctx context.Context, id uuid.UUID) (Notice, error) {
	var n Notice
	err := store.One(b.public(ctx).Where("id = ?", id), &n)
	return n, err
}

func (b *Board) public(ctx context.Context) *gorm.DB {
	today := workday.On(b.store.Now())
	return b.store.Read(ctx).Where(shown).Where("published_at <= ?", b.store.Now()).
		Where("(kind NOT IN ? OR ends_on IS NULL OR ends_on >= ?)", personal(), today)
}

// span is the range of codes inside a place: from its digits without the
// trailing zeros of the level up to the first code beyond. A colon sorts right
// after the digits.
func span(place string) (from, to string, ok bool) {
	if len(place) != 12 {
		return "", "", false
	}
	digits := place
	for _, end := range []int{9, 6, 4} {
		if place[end:] != "000000000000"[:12-end] {
			break
		}
		digits = place[:end]
	}
	return digits, digits + ":", true
}

// Put stores a notice as it is, or over the one with the same id, and moves the
// stamp in the same commit. It serves the demo and load data until publishers
// have their own desk.
func (b *Board) Put(ctx context.Context, n Notice) (Notice, error) {
	if n.ID == uuid.Nil {
		n.ID = uuid.Must(uuid.NewV7())
	}
	if n.CreatedAt.IsZero() {
		n.CreatedAt = b.store.Now()
	}
	n.Version++
	err := b.store.Transact(ctx, func(tx *gorm.DB) error {
		if err := tx.Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "id"}}, UpdateAll: true}).Create(&n).Error; err != nil {
			return err
		}
		return Touch(tx)
	})
	if err != nil {
		return Notice{}, fmt.Errorf("notice: put: %w", err)
	}
	return n, nil
}

// Touch moves the stamp inside the caller's transaction.
func Touch(tx *gorm.DB) error {
	return tx.Exec("UPDATE page_stamp SET n = n + 1 WHERE topic = 'notices'").Error
}
