package staff

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
)

// atWork are the permissions of people who are expected to come in: what waits
// for them has a date.
var atWork = []Permission{EnterReports, WorkCases, HandleItems, WriteNotices}

// accountPage is how many accounts Attendance reads at a time.
const accountPage = 500

// Attendance tells of every office with active accounts that do its work when
// one of them was last here; an account that never was counts from the day on
// which it was made. It is for the portal itself, which asks in nobody's name.
func (d *Desk) Attendance(ctx context.Context) (map[uuid.UUID]time.Time, error) {
	working := slices.DeleteFunc(Roles(), func(r Role) bool {
		return !slices.ContainsFunc(atWork, func(p Permission) bool { return May([]Role{r}, p) })
	})
	last := map[uuid.UUID]time.Time{}
	for after, done := uuid.Nil, false; !done; {
		var rows []accountRow
		err := d.store.Read(ctx).Select("id, unit_id, last_seen_at, created_at").Where("state = ? AND id > ?", active, after).
			Where("EXISTS (SELECT 1 FROM account_role r WHERE r.account_id = account.id AND r.role IN ?)", working).
			Order("id").Limit(accountPage).Find(&rows).Error
		if err != nil {
			return nil, err
		}
		for _, a := range rows {
			seen := a.CreatedAt
			if a.LastSeenAt != nil {
				seen = *a.LastSeenAt
			}
			if seen.After(last[a.UnitID]) {
				last[a.UnitID] = seen.UTC()
			}
			after = a.ID
		}
		done = len(rows) < accountPage
	}
	return last, nil
}
