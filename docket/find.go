package docket

import (
	"context"
	"encoding/base64"
	"slices"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/clock"
	"minsheng/internal/workday"
	"minsheng/staff"
)

// Stretch is a part of an item's life by which lists are narrowed (catalog key
// docket.stretch.<code>).
type Stretch string

// Stretches of an item's life.
const (
	Drafts     Stretch = "drafts"    // docketed, not issued
	WithUnit   Stretch = "unit"      // the handling unit is at it
	WithIssuer Stretch = "issuer"    // a report, a dispute or a request lies with the issuing office
	Suspended  Stretch = "suspended" // a court or the discipline organ has the matter
	Finished   Stretch = "finished"  // struck off or cancelled
	AllOpen    Stretch = ""          // all but the finished ones
)

// Stretches lists what a list can be narrowed to.
func Stretches() []Stretch { return []Stretch{Drafts, WithUnit, WithIssuer, Suspended, Finished} }

// Filter narrows a list of items. Zero fields do not filter.
type Filter struct {
	Stretch   Stretch
	Color     clock.Color // of open items: Yellow, Red
	Origin    Origin
	Lead      uuid.UUID
	Year      int  // in which they were issued, or docketed while they are not
	Escalated bool // to the own office
	Mine      bool // addressed to the own office
}

// Page is a stretch of a list.
type Page struct {
	Rows []ItemView
	Next string // cursor of the following page, "" at the end
}

// noDue stands for the last day of an item that has none yet: after all others.
// The indexes of open items know it too.
const noDue = "9999-12-31"

const (
	pageSize = 50
	byDue    = "COALESCE(supervision_item.due_on, '" + noDue + "')"
)

// Items lists visible items that fit a filter, open ones by their last day,
// finished ones newest first, 50 at a time. The rows carry no notes, events or
// complaints.
func (d *Desk) Items(ctx context.Context, by staff.Officer, f Filter, cursor string) (Page, error) {
	db := d.Store.Read(ctx)
	query, err := d.narrow(d.itemScope(db, by), by, f)
	if err != nil {
		return Page{}, err
	}
	query = after(query, f, cursor).Limit(pageSize + 1)
	var items []Item
	if err := query.Find(&items).Error; err != nil {
		return Page{}, err
	}
	page := Page{}
	if len(items) > pageSize {
		items = items[:pageSize]
		page.Next = cursorAt(items[pageSize-1])
	}
	for _, i := range items {
		page.Rows = append(page.Rows, d.face(d.seen(by, i)))
	}
	if err := d.paint(ctx, page.Rows); err != nil {
		return Page{}, err
	}
	return page, d.dress(db, page.Rows)
}

// Count counts the visible items that fit a filter. It is for filters of open
// items, of which there are as many as people are at work on.
func (d *Desk) Count(ctx context.Context, by staff.Officer, f Filter) (int, error) {
	query, err := d.narrow(d.itemScope(d.Store.Read(ctx), by), by, f)
	if err != nil {
		return 0, err
	}
	var n int64
	err = query.Model(&Item{}).Count(&n).Error
	return int(n), err
}

// narrow puts a filter onto a query that itemScope has narrowed to what the
// officer may know of.
func (d *Desk) narrow(query *gorm.DB, by staff.Officer, f Filter) (*gorm.DB, error) {
	query = f.stretch(query, d.today())
	if f.Origin != "" {
		query = query.Where("supervision_item.origin = ?", f.Origin)
	}
	if f.Lead != uuid.Nil {
		query = query.Where("supervision_item.lead_unit_id = ?", f.Lead)
	}
	if f.Year != 0 {
		query = query.Where("supervision_item.year = ?", f.Year)
	}
	if f.Escalated {
		query = query.Where("supervision_item.escalated_to = ?", by.UnitID)
	}
	if f.Mine {
		query = query.Where("supervision_item.issued_at IS NOT NULL AND supervision_item.id IN (SELECT item_id FROM item_unit WHERE unit_id = ?)", by.UnitID)
	}
	if f.Color == clock.Yellow || f.Color == clock.Red {
		return d.colored(query, f.Color)
	}
	return query, nil
}

func (f Filter) stretch(query *gorm.DB, today workday.Date) *gorm.DB {
	const halted = "COALESCE(supervision_item.suspended_until, '') >= ?"
	asked := `(supervision_item.id IN (SELECT item_id FROM item_extension WHERE state = 'open')
		OR supervision_item.id IN (SELECT item_id FROM item_suspension WHERE state = 'open'))`
	if f.Stretch == Finished {
		return query.Where("supervision_item.closed_at IS NOT NULL")
	}
	query = query.Where("supervision_item.closed_at IS NULL")
	switch f.Stretch {
	case Drafts:
		return query.Where("supervision_item.state = ?", Docketed)
	case WithUnit:
		return query.Where("supervision_item.state IN ? AND NOT "+halted, []ItemState{Issued, Acknowledged, InProgress, Returned}, today)
	case WithIssuer:
		return query.Where("supervision_item.state IN ? OR "+asked, []ItemState{Reported, Reviewed, Disputed})
	case Suspended:
		return query.Where(halted, today)
	}
	return query
}

// colored narrows to open items that have a colour today. From when on they
// have it may differ by origin.
func (d *Desk) colored(query *gorm.DB, color clock.Color) (*gorm.DB, error) {
	spans := map[[2]workday.Date][]Origin{}
	for _, origin := range Origins() {
		c, err := d.Clocks.Colors(query.Statement.Context, string(origin))
		if err != nil {
			return nil, err
		}
		span := d.dues(c, color)
		spans[span] = append(spans[span], origin)
	}
	var either []string
	var values []any
	for span, origins := range spans {
		either = append(either, "("+byDue+" > ? AND "+byDue+" <= ? AND supervision_item.origin IN ?)")
		values = append(values, span[0], span[1], origins)
	}
	return query.Where("supervision_item.state IN ?", running).Where("("+strings.Join(either, " OR ")+")", values...), nil
}

// dues are the last days that make an item yellow or red today: after the first,
// up to the second.
func (d *Desk) dues(c clock.Colors, color clock.Color) [2]workday.Date {
	since := func(n int) workday.Date { return d.Clocks.LateSince(max(1, n), d.today()) }
	if color == clock.Red {
		return [2]workday.Date{"", since(c.Red)}
	}
	return [2]workday.Date{since(c.Red), since(c.Yellow)}
}

// after orders a list and goes on behind the row that a cursor names.
func after(query *gorm.DB, f Filter, cursor string) *gorm.DB {
	due, id := readCursor(cursor)
	if f.Stretch == Finished {
		if id != uuid.Nil {
			query = query.Where("supervision_item.id < ?", id)
		}
		return query.Order("supervision_item.id DESC")
	}
	if id != uuid.Nil {
		query = query.Where("("+byDue+", supervision_item.id) > (?, ?)", due, id)
	}
	return query.Order(byDue + ", supervision_item.id")
}

func cursorAt(i Item) string {
	due := noDue
	if i.DueOn != nil {
		due = string(*i.DueOn)
	}
	return base64.RawURLEncoding.EncodeToString([]byte(due + "," + i.ID.String()))
}

// readCursor reads what cursorAt wrote; anything else is the beginning.
func readCursor(text string) (due string, id uuid.UUID) {
	plain, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return "", uuid.Nil
	}
	due, rest, _ := strings.Cut(string(plain), ",")
	id, err = uuid.Parse(rest)
	if err != nil {
		return "", uuid.Nil
	}
	return due, id
}

// OfCase lists the items that came of a case and that the officer may open, in
// the order in which they were docketed, at most 50. Whoever calls has checked
// that the case may be seen.
func (d *Desk) OfCase(ctx context.Context, by staff.Officer, complaint uuid.UUID) ([]Item, error) {
	var items []Item
	err := d.itemScope(d.Store.Read(ctx), by).
		Where("supervision_item.id IN (SELECT item_id FROM item_complaint WHERE complaint_id = ?)", complaint).
		Order("created_at, id").Limit(50).Find(&items).Error
	return items, err
}

// face is an item with what everybody who may see it reads on a list.
func (d *Desk) face(i Item) ItemView {
	today := d.today()
	v := ItemView{Item: i, IssuerName: d.unitName(i.IssuerID), LeadName: d.unitName(i.LeadUnitID), Halted: i.Suspended(today)}
	if i.EscalatedTo != nil {
		v.EscalatedName = d.unitName(*i.EscalatedTo)
	}
	if waitsForUnit(i.State) {
		v.Late = d.Clocks.Late(i.DueOn, today)
	}
	return v
}

// paint says which colour items have; from when on may differ by origin.
func (d *Desk) paint(ctx context.Context, views []ItemView) error {
	for n := range views {
		c, err := d.Clocks.Colors(ctx, string(views[n].Origin))
		if err != nil {
			return err
		}
		views[n].Color = c.Of(views[n].Late)
	}
	return nil
}

// dress names the units that assist, and says which items wait for a ruling.
func (d *Desk) dress(db *gorm.DB, views []ItemView) error {
	var ids []uuid.UUID
	for _, v := range views {
		ids = append(ids, v.ID)
	}
	if len(ids) == 0 {
		return nil
	}
	var rows []itemUnit
	if err := db.Where("item_id IN ? AND duty = 'assist'", ids).Order("item_id, unit_id").Find(&rows).Error; err != nil {
		return err
	}
	var waiting []uuid.UUID
	for _, request := range []any{&extensionRow{}, &suspensionRow{}} {
		var open []uuid.UUID
		if err := db.Model(request).Where("item_id IN ? AND state = 'open'", ids).Pluck("item_id", &open).Error; err != nil {
			return err
		}
		waiting = append(waiting, open...)
	}
	for n := range views {
		views[n].Waits = slices.Contains(waiting, views[n].ID)
		for _, r := range rows {
			if r.ItemID == views[n].ID {
				views[n].AssistNames = append(views[n].AssistNames, d.unitName(r.UnitID))
			}
		}
	}
	return nil
}
