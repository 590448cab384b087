package notice

import (
	"context"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

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

// Wanted narrows the public list.
type Wanted struct {
	Kind  string
	Place string // a county, town or village with everything in it
	Year  int
	State string    // running, ended; "" both
	After uuid.UUID // last notice of the page before
}

// List is Find by place only.
func (b *Board) List(ctx context.Context, place string, before uuid.UUID) ([]Notice, error) {
	return b.Find(ctx, Wanted{Place: place, After: before})
}

// Find shows published notices newest first, 20 at a time, with all filters of
// the public page. A place, kind or state of another form shows nothing; an
// unknown cursor is store.ErrNotFound. A cursor that has left the web meanwhile
// still leads on: lists leave at midnight, while people turn pages.
func (b *Board) Find(ctx context.Context, w Wanted) ([]Notice, error) {
	query, ok := b.wanted(b.public(ctx), w)
	if !ok {
		return nil, nil
	}
	if w.After != uuid.Nil {
		var cursor Notice
		if err := store.One(b.store.Read(ctx).Where("id = ? AND published_at IS NOT NULL", w.After), &cursor); err != nil {
			return nil, err
		}
		query = query.Where("(published_at, id) < (?, ?)", cursor.PublishedAt.UTC(), cursor.ID)
	}
	var notices []Notice
	err := query.Order("published_at DESC, id DESC").Limit(pageSize).Find(&notices).Error
	return notices, err
}

// wanted adds the filters; false when nothing can be there.
func (b *Board) wanted(query *gorm.DB, w Wanted) (*gorm.DB, bool) {
	if w.Place != "" {
		from, beyond, ok := span(w.Place)
		if !ok {
			return nil, false
		}
		query = query.Where("place_code >= ? AND place_code < ?", from, beyond)
	}
	if w.Kind != "" {
		query = query.Where("kind = ?", w.Kind)
	}
	if w.Year != 0 {
		query = query.Where("year = ?", w.Year)
	}
	today := workday.On(b.store.Now())
	switch w.State {
	case "":
		return query, true
	case "running":
		return query.Where("state = 'published' AND (ends_on IS NULL OR ends_on >= ?)", today), true
	case "ended":
		return query.Where("(state = 'ended' OR ends_on < ?)", today), true
	}
	return nil, false
}

// Open is what is running for a place today and invites objections: what was
// published for the place and in it, and for the town and county around it, at
// most 20, the first to end first.
func (b *Board) Open(ctx context.Context, place string) ([]Notice, error) {
	from, beyond, ok := span(place)
	if !ok {
		return nil, nil
	}
	var notices []Notice
	err := b.inviting(ctx, place, from, beyond).Order("ends_on, published_at, id").Limit(pageSize).Find(&notices).Error
	return notices, err
}

func (b *Board) inviting(ctx context.Context, place, from, beyond string) *gorm.DB {
	return b.public(ctx).Where("state = 'published' AND ends_on IS NOT NULL AND ends_on >= ?", workday.On(b.store.Now())).
		Where("kind IN ?", inviting()).
		Where("(place_code IN ? OR (place_code >= ? AND place_code < ?))", around(place), from, beyond)
}

// around are a place of twelve digits and the town, county and city about it.
func around(place string) []string {
	return []string{place, region.TownCode(place), region.CountyCode(place), place[:4] + "00000000"}
}

// Notice shows one published notice, or store.ErrNotFound.
func (b *Board) Notice(ctx context.Context, id uuid.UUID) (Notice, error) {
	var n Notice
	err := store.One(b.public(ctx).Where("id = ?", id), &n)
	return n, err
}

// public are the notices that anybody may read now. A list of people leaves the
// web at midnight when its days are over, whether or not anybody archives it. A
// correction carries the text of what it corrects: it goes when that goes. That
// is asked with a count, which PostgreSQL looks up for each correction; for
// EXISTS it reads the whole table once.
func (b *Board) public(ctx context.Context) *gorm.DB {
	now := b.store.Now()
	today := workday.On(now)
	return b.store.Read(ctx).Where(shown).Where("published_at <= ? AND pulled_at IS NULL", now).
		Where("(kind NOT IN ? OR ends_on IS NULL OR ends_on >= ?)", personal(), today).
		Where(`(corrects_id IS NULL OR 1 = (SELECT count(*) FROM notice o WHERE o.id = notice.corrects_id
			AND o.state IN ('published', 'ended', 'archived') AND o.pulled_at IS NULL
			AND (o.kind NOT IN ? OR o.ends_on IS NULL OR o.ends_on >= ?)))`, personal(), today)
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
