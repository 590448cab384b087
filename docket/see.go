package docket

import (
	"context"

	"github.com/google/uuid"

	"minsheng/staff"
)

// MaySee returns nil when the officer may see an item, else store.ErrNotFound. It
// leaves no trace: lists of what belongs to items ask it line by line.
func (d *Desk) MaySee(ctx context.Context, by staff.Officer, id uuid.UUID) error {
	_, err := d.itemIn(d.Store.Read(ctx), by, id)
	return err
}
