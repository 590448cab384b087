package docket

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"minsheng/internal/store"
	"minsheng/staff"
)

// Numbered finds the item with a number (盘督交〔2026〕12号) for who may see it;
// store.ErrNotFound for any other.
func (d *Desk) Numbered(ctx context.Context, by staff.Officer, number string) (uuid.UUID, error) {
	if number = strings.TrimSpace(number); number == "" { // as items have before they are issued
		return uuid.Nil, store.ErrNotFound
	}
	var i Item
	err := store.One(d.itemScope(d.Store.Read(ctx), by).Where("supervision_item.number = ?", number), &i)
	return i.ID, err
}
