package docket

import (
	"context"
	"errors"
	"strings"

	"github.com/google/uuid"

	"minsheng/internal/store"
	"minsheng/ledger"
	"minsheng/staff"
)

// Numbered finds the item with a number (盘督交〔2026〕12号) for who may see it;
// store.ErrNotFound for any other, and the attempt is recorded.
func (d *Desk) Numbered(ctx context.Context, by staff.Officer, number string) (uuid.UUID, error) {
	if number = strings.TrimSpace(number); number == "" { // as items have before they are issued
		return uuid.Nil, store.ErrNotFound
	}
	var i Item
	err := store.One(d.itemScope(d.Store.Read(ctx), by).Where("supervision_item.number = ?", number), &i)
	// Numbers of other kinds are tried here as well by who takes any.
	if errors.Is(err, store.ErrNotFound) && strings.Contains(number, "督交〔") {
		err = d.refuseNumber(ctx, by, number)
	}
	return i.ID, err
}

// refuseNumber records that somebody asked for an item by its number that does not
// exist for them, whether there is one or not, and returns store.ErrNotFound.
func (d *Desk) refuseNumber(ctx context.Context, by staff.Officer, number string) error {
	id := uuid.NewSHA1(uuid.Nil, []byte(number)) // where there is none
	var i struct{ ID uuid.UUID }
	err := store.One(d.Store.Read(ctx).Table("supervision_item").Select("id").Where("number = ?", number), &i)
	if err == nil {
		id = i.ID
	} else if !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if err := ledger.Refuse(ctx, d.Store, ledger.OfItem, id, by.Actor(), nil); err != nil {
		return err
	}
	return store.ErrNotFound
}
