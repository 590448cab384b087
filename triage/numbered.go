package triage

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"minsheng/intake"
	"minsheng/internal/store"
	"minsheng/staff"
)

// Numbered finds the case with a whole number (访2026-000123), open or finished,
// for who may see it; store.ErrNotFound for any other.
func (q *Queue) Numbered(ctx context.Context, by staff.Officer, number string) (uuid.UUID, error) {
	words, err := seek(number)
	if err != nil || words.year == "" {
		return uuid.Nil, store.ErrNotFound
	}
	var c intake.Complaint
	err = store.One(words.numbered(q.visible(q.store.Read(ctx), by)), &c)
	return c.ID, err
}

// ItemNumbered finds the supervision item with a number (盘督交〔2026〕12号) for who
// may see it; store.ErrNotFound for any other.
func (q *Queue) ItemNumbered(ctx context.Context, by staff.Officer, number string) (uuid.UUID, error) {
	if number = strings.TrimSpace(number); number == "" { // as items have before they are issued
		return uuid.Nil, store.ErrNotFound
	}
	var i Item
	err := store.One(q.itemScope(q.store.Read(ctx), by).Where("supervision_item.number = ?", number), &i)
	return i.ID, err
}
