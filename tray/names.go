package tray

import (
	"context"

	"github.com/google/uuid"

	"minsheng/staff"
)

// Sheets lists what the sheets of a workbook are called, in order; csv has one,
// named "". ErrGone, store.ErrNotFound.
func (t *Tray) Sheets(ctx context.Context, by staff.Officer, id uuid.UUID) ([]string, error) {
	panic("contract: not built")
}
