package retention

import (
	"context"

	"gorm.io/gorm"

	"minsheng/ledger"
	"minsheng/staff"
)

// DueStatement is the query of a page of what is due of a room.
func (d *Desk) DueStatement(ctx context.Context, by staff.Officer, of ledger.Subject, what, class string) (string, []any, error) {
	db := d.Store.Read(ctx)
	stand, err := yearsNow(db, d.Store.Now())
	if err != nil {
		return "", nil, err
	}
	r, err := d.room(of)
	if err != nil {
		return "", nil, err
	}
	w := walk{room: r, years: stand, what: what, now: d.Store.Now(), base: func() *gorm.DB { return r.visible(db.Table(r.terms().table()), by) }}
	dry := w.next(class, spot{}).Session(&gorm.Session{DryRun: true}).Find(&[]map[string]any{})
	return dry.Statement.SQL.String(), dry.Statement.Vars, nil
}
