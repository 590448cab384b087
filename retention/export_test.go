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

// CutAt is the page of those lines after walks stopped at some matters.
func CutAt(lines []Line, stopped ...Matter) Page {
	p := Page{Lines: lines}
	var spots []spot
	for _, m := range stopped {
		spots = append(spots, spotOf(m))
	}
	p.cut(spots)
	return p
}

// CursorAt is the cursor behind a matter.
func CursorAt(m Matter) string { return spotOf(m).String() }
