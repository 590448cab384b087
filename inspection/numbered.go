package inspection

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"minsheng/internal/store"
	"minsheng/staff"
)

// Numbered finds the inspection with a number (盘督〔2026〕3号) for who may know all
// of it; store.ErrNotFound for any other.
func (d *Desk) Numbered(ctx context.Context, by staff.Officer, number string) (uuid.UUID, error) {
	if number = strings.TrimSpace(number); number == "" {
		return uuid.Nil, store.ErrNotFound
	}
	var i Inspection
	err := store.One(d.visible(d.Store.Read(ctx), by).Where("inspection.number = ?", number), &i)
	return i.ID, err
}
