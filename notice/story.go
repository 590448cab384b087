package notice

import (
	"context"

	"github.com/google/uuid"

	"minsheng/ledger"
	"minsheng/staff"
)

// Events lists what happened to a notice of the own office or below, oldest
// first (staff.ReadNotices), or store.ErrNotFound.
func (d *Desk) Events(ctx context.Context, by staff.Officer, id uuid.UUID) ([]ledger.Event, error) {
	n, err := d.seen(ctx, by, staff.ReadNotices, id, anyVersion)
	if err != nil {
		return nil, err
	}
	return ledger.Of(ctx, d.Store, ledger.OfNotice, n.ID)
}
