package notice

import (
	"context"
	"time"

	"github.com/google/uuid"

	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/region"
)

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
}

// TableName is notice.
func (Notice) TableName() string { return "notice" }

// Board shows published notices.
type Board struct{}

// New returns the board.
func New(s *store.Store, a *region.Atlas) *Board { panic("contract: not built") }

// Stamp grows whenever a published notice changed: it dates cached pages.
func (b *Board) Stamp(ctx context.Context) (int64, error) { panic("contract: not built") }

// List shows published notices newest first, 20 at a time, before the cursor
// (a notice id or uuid.Nil); place narrows to a county, town or village.
func (b *Board) List(ctx context.Context, place string, before uuid.UUID) ([]Notice, error) {
	panic("contract: not built")
}

// Notice shows one published notice, or store.ErrNotFound.
func (b *Board) Notice(ctx context.Context, id uuid.UUID) (Notice, error) {
	panic("contract: not built")
}

// Put stores a notice as it is and moves the stamp. It serves the demo and
// load data until publishers have their own desk.
func (b *Board) Put(ctx context.Context, n Notice) (Notice, error) { panic("contract: not built") }
