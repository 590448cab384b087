package rectification

import (
	"context"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/clock"
	"minsheng/internal/workday"
	"minsheng/staff"
)

// Row is an order in a list.
type Row struct {
	Order
	UnitName   string
	TargetName string
	Above      bool // the officer is of the ordering side
	Late       int  // working days overdue
	Halted     bool
}

// Filter narrows a list of orders; the zero value is those that are not over.
type Filter struct {
	State  State     // "" not over, "all" every
	Target uuid.UUID // ordered office; uuid.Nil any
	Before uuid.UUID // the last of the page before; uuid.Nil the first page
	// What figures are counted of: a number and the list behind it are asked for in
	// the same way.
	Office    uuid.UUID // given by it or one below, or to one of them; uuid.Nil any
	Place     string    // division code of a county, town or village where the item behind lies; "" any
	Money     string    // Recovered or Returned: money of the kind was confirmed in the span
	Confirmed workday.Span
	Dated     Dated
}

// Dated narrows to orders of which a last day under a time rule lies in a span of
// days and came to a result, or to any ("").
type Dated struct {
	Rule   string // "" does not narrow
	Span   workday.Span
	Result clock.Result
}

const pageSize = 50

// List lists the orders that the officer may know of, from either side, the
// newest first, 50 at a time.
func (d *Desk) List(ctx context.Context, by staff.Officer, f Filter) ([]Row, error) {
	if err := by.Require(staff.ReadItems); err != nil {
		return nil, err
	}
	query := d.either(d.Store.Read(ctx), by)
	switch f.State {
	case "":
		query = query.Where("rectification_order.closed_at IS NULL")
	case "all":
	default:
		query = query.Where("rectification_order.state = ?", f.State)
	}
	if f.Target != uuid.Nil {
		query = query.Where("rectification_order.target_id = ?", f.Target)
	}
	query = d.counted(query, by, f)
	if f.Before != uuid.Nil {
		query = query.Where("rectification_order.id < ?", f.Before)
	}
	return d.rows(query.Order("rectification_order.id DESC").Limit(pageSize), by)
}

// counted narrows to what a number was counted of.
func (d *Desk) counted(query *gorm.DB, by staff.Officer, f Filter) *gorm.DB {
	if f.Office != uuid.Nil {
		within := d.Atlas.Subtree(f.Office)
		query = query.Where("(rectification_order.unit_id IN ? OR rectification_order.target_id IN ?)", within, within)
	}
	if f.Place != "" { // where the item lies is not for the ordered office to try out
		query = d.visible(query, by).Where("EXISTS (SELECT 1 FROM supervision_item i WHERE i.id = rectification_order.item_id AND i.place_code LIKE ?)", within(f.Place))
	}
	if f.Money != "" {
		query = query.Where(`EXISTS (SELECT 1 FROM recovery
			WHERE recovery.order_id = rectification_order.id AND recovery.kind = ? AND recovery.confirmed_at >= ? AND recovery.confirmed_at < ?)`,
			f.Money, f.Confirmed.First.Time().UTC(), f.Confirmed.Last.Add(1).Time().UTC())
	}
	if f.Dated.Rule != "" {
		came := d.Clocks.Came(f.Dated.Result, "deadline.met_at", d.today())
		query = query.Where("EXISTS (SELECT 1 FROM deadline WHERE deadline.subject_id = rectification_order.id AND deadline.rule = ? AND deadline.due_on BETWEEN ? AND ? AND ?)",
			f.Dated.Rule, f.Dated.Span.First, f.Dated.Span.Last, came)
	}
	return query
}

// within is the pattern of the codes that lie in a county, town or village. What is
// no code is nowhere; the city is everywhere.
func within(code string) string {
	if len(code) != 12 || strings.Trim(code, "0123456789") != "" {
		return "nowhere"
	}
	if strings.HasSuffix(code, "00000000") {
		return "%"
	}
	for _, level := range []int{6, 9} {
		if strings.Trim(code[level:], "0") == "" {
			return code[:level] + "%"
		}
	}
	return code
}

// either narrows to what the officer may know of from any side.
func (d *Desk) either(db *gorm.DB, by staff.Officer) *gorm.DB {
	fresh := func() *gorm.DB { return db.Session(&gorm.Session{NewDB: true}) }
	return db.Where(fresh().Where(d.visible(fresh(), by)).Or(d.addressed(fresh(), by)))
}

func (d *Desk) rows(query *gorm.DB, by staff.Officer) ([]Row, error) {
	var all []Order
	if err := query.Find(&all).Error; err != nil {
		return nil, err
	}
	rows := make([]Row, len(all))
	for n, o := range all {
		rows[n] = Row{Order: o, UnitName: d.unitName(o.UnitID), TargetName: d.unitName(o.TargetID), Above: o.TargetID != by.UnitID,
			Late: d.late(o), Halted: o.Suspended(d.today())}
	}
	return rows, nil
}

func (d *Desk) late(o Order) int {
	if o.Suspended(d.today()) || o.State == PlanSubmitted {
		return 0
	}
	return d.Clocks.Late(o.DueOn, d.today())
}

// OfInspection lists the orders that came of an inspection and that the officer
// may know of, at most 50.
func (d *Desk) OfInspection(ctx context.Context, by staff.Officer, inspection uuid.UUID) ([]Row, error) {
	return d.rows(d.either(d.Store.Read(ctx), by).Where("rectification_order.inspection_id = ?", inspection).Order("rectification_order.id").Limit(pageSize), by)
}

// OfItem is OfInspection for a supervision item.
func (d *Desk) OfItem(ctx context.Context, by staff.Officer, item uuid.UUID) ([]Row, error) {
	return d.rows(d.either(d.Store.Read(ctx), by).Where("rectification_order.item_id = ?", item).Order("rectification_order.id").Limit(pageSize), by)
}

// Waiting lists the orders that wait for the officer to do something, the most
// urgent first, at most 50: what the own office owes; what it has to issue, rule
// on, look at and strike off, as far as others did the step before.
func (d *Desk) Waiting(ctx context.Context, by staff.Officer) ([]Row, error) {
	db := d.Store.Read(ctx)
	var all []Row
	if by.May(staff.AnswerOffices) && by.May(staff.HandleItems) {
		owed, err := d.rows(d.addressed(db, by).Where("state IN ? AND closed_at IS NULL", withTarget).Order("due_on, id").Limit(pageSize), by)
		if err != nil {
			return nil, err
		}
		all = append(all, owed...)
	}
	if !by.May(staff.OrderRectifying) {
		return all, nil
	}
	query := d.visible(db, by).Where("unit_id = ?", by.UnitID).Where(
		`((state = 'proposed' AND proposed_by <> ?) OR state IN ('plan_submitted', 'report_submitted') OR (state = 'verified' AND checked_by <> ? AND ?)
		OR (state = 'struck_off' AND due_on <= ?))`, by.ID, by.ID, by.May(staff.ApproveCases), d.today().Add(soon))
	own, err := d.rows(query.Order("due_on, id").Limit(pageSize), by)
	return append(all, own...), err
}

const soon = 7 // days
