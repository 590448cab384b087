package register

import (
	"context"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/docket"
	"minsheng/internal/step"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/staff"
	"minsheng/triage"
)

// PageSize is how many lines stand on a page.
const PageSize = 50

// Page is a stretch of the register.
type Page struct {
	Lines []Line
	Next  string // cursor of the following page, "" at the end
}

// Find lists the items that fit, newest first (those of a period by when what it
// is about happened, latest first), 50 at a time (staff.ReadRegister). They are
// those that the officer may see (docket), drafts and cancelled ones too. A
// cursor that was not made here starts from the beginning.
func (b *Book) Find(ctx context.Context, by staff.Officer, f Filter, cursor string) (Page, error) {
	if err := by.Require(staff.ReadRegister); err != nil {
		return Page{}, err
	}
	found, more, err := b.stretch(ctx, by, f, readCursor(cursor), PageSize)
	if err != nil {
		return Page{}, err
	}
	page := Page{}
	if more {
		page.Next = found[len(found)-1].spot().String()
	}
	page.Lines, err = b.lines(ctx, by, itemsOf(found), triage.SawItem)
	return page, err
}

// Pressing lists the items that fit, those whose last day passed longest ago first,
// at most limit (staff.ReadRegister).
func (b *Book) Pressing(ctx context.Context, by staff.Officer, f Filter, limit int) ([]Line, error) {
	if err := by.Require(staff.ReadRegister); err != nil {
		return nil, err
	}
	asked, err := b.asked(ctx, by, f)
	if err != nil {
		return nil, err
	}
	var items []docket.Item
	if err := asked.Order("supervision_item.due_on, supervision_item.id").Limit(limit).Find(&items).Error; err != nil {
		return nil, fmt.Errorf("register: %w", err)
	}
	return b.lines(ctx, by, items, triage.SawItem)
}

// batch is how many lines an export holds at a time.
const batch = 500

// Export hands out all lines that fit what the officer asked for and somebody else
// agreed to (AskToTake, RuleTaking), in the order of Find, one by one, and records
// that they were taken along, how many and as what ("xlsx", "csv"). What the officer
// may see is asked now. It holds a few hundred lines at a time, however many there
// are. An error of take ends it; nothing is recorded then. Errors: store.ErrNotFound,
// step.ErrState (not agreed to, or no longer), ErrBusy while others are at it.
func (b *Book) Export(ctx context.Context, by staff.Officer, id uuid.UUID, form string, take func(Line) error) (n int, err error) {
	if err := by.Require(staff.ReadRegister); err != nil {
		return 0, err
	}
	asked, err := b.agreed(ctx, by, id)
	if err != nil {
		return 0, err
	}
	select {
	case b.exports <- struct{}{}:
		defer func() { <-b.exports }()
	default:
		return 0, ErrBusy
	}
	if n, err = b.handOut(ctx, by, asked.Filter, take); err != nil {
		return n, err
	}
	return n, step.Again(func() error {
		return b.Store.Transact(ctx, func(tx *gorm.DB) error {
			return ledger.Append(tx, ledger.OfPortal, id, "register_exported", by.Actor(), b.Store.Now(), map[string]string{"rows": strconv.Itoa(n), "form": form})
		})
	})
}

// handOut gives take every line that fits.
func (b *Book) handOut(ctx context.Context, by staff.Officer, f Filter, take func(Line) error) (n int, err error) {
	from, more := spot{}, true
	for more {
		var found []dated
		if found, more, err = b.stretch(ctx, by, f, from, batch); err != nil {
			return n, err
		}
		lines, err := b.lines(ctx, by, itemsOf(found), triage.Took)
		if err != nil {
			return n, err
		}
		for _, l := range lines {
			if err := take(l); err != nil {
				return n, err
			}
			n++
		}
		if more {
			from = found[len(found)-1].spot()
		}
	}
	return n, nil
}

// dated is an item with what the list goes by.
type dated struct {
	docket.Item `gorm:"embedded"`
	WhenAt      *time.Time
	WhenOn      *workday.Date
}

func itemsOf(found []dated) []docket.Item {
	items := make([]docket.Item, len(found))
	for i, d := range found {
		items[i] = d.Item
	}
	return items
}

// stretch lists items after a spot, at most limit; more tells that there are
// others behind them.
func (b *Book) stretch(ctx context.Context, by staff.Officer, f Filter, from spot, limit int) (found []dated, more bool, err error) {
	w, known := b.wayOf(f.Period)
	if !known {
		return nil, false, nil
	}
	asked, err := b.asked(ctx, by, f)
	if err != nil {
		return nil, false, err
	}
	query := w.walk(w.narrow(asked, f.Period.Span), from)
	if err := query.Limit(limit + 1).Find(&found).Error; err != nil {
		return nil, false, fmt.Errorf("register: %w", err)
	}
	if more = len(found) > limit; more {
		found = found[:limit]
	}
	return found, more, nil
}

// walk orders a query and lets it begin after a spot.
func (w way) walk(query *gorm.DB, from spot) *gorm.DB {
	if w.when == "" {
		if from.ID != uuid.Nil {
			query = query.Where("supervision_item.id < ?", from.ID)
		}
		return query.Select("supervision_item.*").Order("supervision_item.id DESC")
	}
	as := " AS when_at"
	if w.daily {
		as = " AS when_on"
	}
	query = query.Select("supervision_item.*, " + w.when + as)
	switch {
	case from.ID == uuid.Nil || from.At == 0:
	case w.daily:
		query = query.Where("("+w.when+", supervision_item.id) < (?, ?)", workday.On(time.UnixMicro(from.At)), from.ID)
	default:
		query = query.Where("("+w.when+", supervision_item.id) < (?, ?)", time.UnixMicro(from.At).UTC(), from.ID)
	}
	return query.Order(w.when + " DESC, supervision_item.id DESC")
}

// spot is a position in the register: the last line that was shown.
type spot struct {
	ID uuid.UUID
	At int64 // what a list by period goes by, Unix microseconds; else 0
}

func (d dated) spot() spot {
	switch {
	case d.WhenOn != nil:
		return spot{d.ID, d.WhenOn.Time().UnixMicro()}
	case d.WhenAt != nil:
		return spot{d.ID, d.WhenAt.UnixMicro()}
	}
	return spot{ID: d.ID}
}

// String writes the spot for an address.
func (s spot) String() string {
	return base64.RawURLEncoding.EncodeToString([]byte(s.ID.String() + "," + strconv.FormatInt(s.At, 10)))
}

// readCursor reads what String wrote; anything else is the beginning.
func readCursor(text string) spot {
	plain, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return spot{}
	}
	id, at, _ := strings.Cut(string(plain), ",")
	s := spot{}
	if s.ID, err = uuid.Parse(id); err != nil {
		return spot{}
	}
	if s.At, err = strconv.ParseInt(at, 10, 64); err != nil {
		return spot{}
	}
	return s
}
