package roll

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"
	"golang.org/x/text/unicode/norm"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"minsheng/internal/store"
)

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

const mostOnPage = 100

// by is what an order sorts by, as the indexes have it.
func (o Order) by() string {
	switch o {
	case ByName:
		return "shown"
	case ByAmount:
		return "-amount_fen"
	case ByPeople:
		return "-people"
	}
	return "n"
}

// of is the row's place in the order.
func (o Order) of(r Row) any {
	switch o {
	case ByName:
		return r.Shown
	case ByAmount:
		return -r.AmountFen
	case ByPeople:
		return -r.People
	}
	return r.N
}

// Page lists rows by keyset. more is whether there are further ones. A cursor
// that is no row of that version begins at the start.
func (b *Book) Page(ctx context.Context, id uuid.UUID, a Ask) (rows []Row, more bool, err error) {
	db := b.store.Read(ctx)
	r, err := b.RollIn(db, id)
	if err != nil {
		return nil, false, err
	}
	limit := a.Limit
	if limit <= 0 || limit > mostOnPage {
		limit = 50
	}
	q, err := pageQuery(db, r, a)
	if err != nil {
		return nil, false, fmt.Errorf("roll: read cursor: %w", err)
	}
	if err := q.Limit(limit + 1).Find(&rows).Error; err != nil {
		return nil, false, fmt.Errorf("roll: read page: %w", err)
	}
	if len(rows) > limit {
		rows, more = rows[:limit], true
	}
	return rows, more, b.markHeld(db, id, rows)
}

func pageQuery(db *gorm.DB, r Roll, a Ask) (*gorm.DB, error) {
	by := a.Order.by()
	q := search(alive(db, r, a.Version), r.Kind, a.Search).
		Order(clause.OrderBy{Expression: clause.Expr{SQL: by + ", key"}})
	if a.After == 0 {
		return q, nil
	}
	var last Row
	err := store.One(alive(db, r, a.Version).Where("key = ?", a.After), &last)
	if errors.Is(err, store.ErrNotFound) {
		return q, nil
	}
	return q.Where("("+by+", key) > (?, ?)", a.Order.of(last), last.Key), err
}

// alive are the rows of a version of a roll (0: the present one).
func alive(db *gorm.DB, r Roll, version int) *gorm.DB {
	q := db.Model(&Row{}).Where("roll_id = ?", r.ID)
	if version == 0 || version == r.Version {
		return q.Where("until IS NULL")
	}
	return q.Where("since <= ? AND (until IS NULL OR until > ?)", version, version)
}

// search looks into what everybody sees. A whole name is masked before it is
// looked for, so that people find their own line, and so that no character
// that the list hides makes any difference to what is found.
func search(q *gorm.DB, k Kind, text string) *gorm.DB {
	text = strings.TrimSpace(norm.NFKC.String(text))
	if text == "" {
		return q
	}
	if utf8.RuneCountInString(text) > 50 {
		text = string([]rune(text)[:50])
	}
	pattern := "%" + literal.Replace(text) + "%"
	if n, err := strconv.ParseInt(text, 10, 32); err == nil {
		return q.Where(`(n = ? OR shown LIKE ? ESCAPE '\')`, n, pattern)
	}
	if k.Personal() && utf8.RuneCountInString(text) > 1 {
		return q.Where(`(shown = ? OR shown LIKE ? ESCAPE '\')`, k.shown(text), pattern)
	}
	return q.Where(`shown LIKE ? ESCAPE '\'`, pattern)
}

var literal = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// Each hands out all rows of a version in order of their numbers (0: the present
// one): print, export, checks. A change meanwhile is not seen.
func (b *Book) Each(ctx context.Context, id uuid.UUID, version int, each func(Row) error) error {
	return b.EachIn(b.store.Read(ctx), id, version, each)
}

// EachIn is Each in the caller's transaction.
func (b *Book) EachIn(tx *gorm.DB, id uuid.UUID, version int, each func(Row) error) error {
	r, err := b.RollIn(tx, id)
	if err != nil {
		return err
	}
	if version == 0 {
		version = r.Version
	}
	held, err := holds(tx, id)
	if err != nil {
		return err
	}
	// Asked for as an old version even when it is the present one: a later
	// version that comes in between must not mix into it.
	r.Version = 0
	for after := 0; ; {
		var rows []Row
		if err := alive(tx, r, version).Where("key > ?", after).Order("key").Limit(1000).Find(&rows).Error; err != nil {
			return fmt.Errorf("roll: read rows: %w", err)
		}
		for _, row := range rows {
			row.Held = held[row.Key] > 0
			if err := each(row); err != nil {
				return err
			}
			after = row.Key
		}
		if len(rows) < 1000 {
			return nil
		}
	}
}

// Row returns one row of the present version by key, or store.ErrNotFound.
func (b *Book) Row(ctx context.Context, id uuid.UUID, key int) (Row, error) {
	return b.RowIn(b.store.Read(ctx), id, key)
}

// RowIn is Row in the caller's transaction.
func (b *Book) RowIn(tx *gorm.DB, id uuid.UUID, key int) (Row, error) {
	var row Row
	if err := store.One(tx.Where("roll_id = ? AND key = ? AND until IS NULL", id, key), &row); err != nil {
		return Row{}, err
	}
	one := []Row{row}
	err := b.markHeld(tx, id, one)
	return one[0], err
}
