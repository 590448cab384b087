package triage

import (
	"context"

	"github.com/google/uuid"

	"minsheng/intake"
	"minsheng/staff"
)

// Bare lists those of some complaints, at most 1000, that the officer may see,
// in the order in which they came, with nothing of anybody's words.
func (q *Queue) Bare(ctx context.Context, by staff.Officer, complaints []uuid.UUID) ([]intake.Complaint, error) {
	if len(complaints) == 0 {
		return nil, nil
	}
	var seen []intake.Complaint
	query := q.visible(q.store.Read(ctx), by).Where("complaint.id IN ?", complaints)
	err := query.Omit("summary").Order("complaint.seq").Limit(1000).Find(&seen).Error
	return seen, err
}
