package triage

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/store"
	"minsheng/ledger"
	"minsheng/staff"
)

// Record lists events newest first, 50 at a time before the event with that
// id (uuid.Nil for the start). It needs staff.ReadRecord. The record holds no
// words and no reporters, so that an auditor reads all of it, whatever office
// they sit in.
func (q *Queue) Record(ctx context.Context, by staff.Officer, before uuid.UUID) ([]ledger.Event, error) {
	if err := by.Require(staff.ReadRecord); err != nil {
		return nil, err
	}
	return ledger.Recent(ctx, q.store, before)
}

// inscribe runs a small transaction that ends with an event and starts again
// when another event of the same subject took its place meanwhile, as happens
// when a page loads several files at once. do must not have checked a version:
// what it does must be right however often others came first.
func (q *Queue) inscribe(ctx context.Context, do func(tx *gorm.DB) error) error {
	var err error
	for range 20 {
		err = q.store.Transact(ctx, do)
		if !store.IsDuplicate(err) || ctx.Err() != nil {
			return err
		}
	}
	return err
}
