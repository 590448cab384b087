package triage

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"minsheng/intake"
	"minsheng/internal/store"
	"minsheng/staff"
)

// Numbered finds the case with a whole number (访2026-000123), open or finished,
// for who may see it; store.ErrNotFound for any other, and the attempt is recorded.
func (q *Queue) Numbered(ctx context.Context, by staff.Officer, number string) (uuid.UUID, error) {
	words, err := seek(number)
	if err != nil || words.year == "" {
		return uuid.Nil, store.ErrNotFound
	}
	return q.byNumber(ctx, by, words)
}

// byNumber is the visible case with a number, or store.ErrNotFound, and then the
// attempt is recorded.
func (q *Queue) byNumber(ctx context.Context, by staff.Officer, s sought) (uuid.UUID, error) {
	var c intake.Complaint
	err := store.One(s.numbered(q.visible(q.store.Read(ctx), by)), &c)
	if errors.Is(err, store.ErrNotFound) {
		err = q.refuseNumber(ctx, by, s)
	}
	return c.ID, err
}

// MaySee returns nil when the officer may know of a complaint; store.ErrNotFound
// for any other, and the attempt is recorded.
func (q *Queue) MaySee(ctx context.Context, by staff.Officer, id uuid.UUID) error {
	_, err := q.CaseIn(q.store.Read(ctx), by, id)
	if errors.Is(err, store.ErrNotFound) {
		err = q.refuse(ctx, by, id)
	}
	return err
}
