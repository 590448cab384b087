package docket

import (
	"context"

	"github.com/google/uuid"

	"minsheng/staff"
)

// Leaks returns *triage.Leak when texts about an item, each with the name of its
// field, could give away who reported what is behind it. It is for rooms that let
// such texts leave.
func (d *Desk) Leaks(ctx context.Context, by staff.Officer, item uuid.UUID, texts ...[2]string) error {
	secret, err := d.secretsBehind(ctx, by, item)
	if err != nil {
		return err
	}
	return d.probed(ctx, by, secret.Check(texts...), item)
}
