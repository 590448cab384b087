package triage

import (
	"context"

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
