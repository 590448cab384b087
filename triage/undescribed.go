package triage

import (
	"context"

	"github.com/google/uuid"

	"minsheng/intake"
	"minsheng/staff"
)

// undescribed tells of the complaints that no officer has put into words yet whose
// message is withheld, and how many files came with each other one, by report. A
// list is made of this and of what the reporter ticked: their words are opened on
// the page of the case alone, where each look is recorded.
func (q *Queue) undescribed(ctx context.Context, by staff.Officer, found []intake.Complaint) (withheld map[uuid.UUID]bool, files map[uuid.UUID]int, err error) {
	var reports []uuid.UUID
	for _, c := range found {
		if c.Summary == "" {
			reports = append(reports, c.ReportID)
		}
	}
	if len(reports) == 0 {
		return nil, nil, nil
	}
	if withheld, err = q.withheld(q.store.Read(ctx), by, reports...); err != nil {
		return nil, nil, err
	}
	files, err = q.shelf.Count(ctx, "report", reports...)
	for id := range withheld {
		delete(files, id)
	}
	return withheld, files, err
}
