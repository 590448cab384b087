package retention

import (
	"context"

	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/staff"
)

// DueStatement is the query of a page of what is due.
func (d *Desk) DueStatement(ctx context.Context, by staff.Officer, what, class string) (string, []any, error) {
	db := d.Store.Read(ctx)
	stand, err := yearsNow(db, d.Store.Now())
	if err != nil {
		return "", nil, err
	}
	query := stand.ended(d.Triage.Visible(db.Table("complaint"), by), what, class, d.Store.Now()).Order("complaint.closed_at, complaint.id").Limit(batch)
	dry := query.Session(&gorm.Session{DryRun: true}).Find(&[]intake.Complaint{})
	return dry.Statement.SQL.String(), dry.Statement.Vars, nil
}
