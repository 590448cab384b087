package register

import (
	"context"
	"slices"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/clock"
	"minsheng/docket"
	"minsheng/intake"
	"minsheng/internal/workday"
	"minsheng/staff"
)

// Filter narrows the register. Zero fields do not filter.
type Filter struct {
	Year  int // of the number
	Lead  uuid.UUID
	Place string // division code of a county, town or village
	Kind  intake.Kind
	State docket.ItemState
	Open  bool // issued and not ended
	Color clock.Color
	Late  bool // the unit owes it, and its last day has passed
	// Origin of the item; Money: something was recovered under its orders.
	Origin docket.Origin
	Money  bool

	// What figures are counted of: a number and the list behind it are asked for
	// in the same way.
	Period Period
	Right  bool      // put right: struck off after a look on the spot
	Office uuid.UUID // issued by it or one below, or led by one of them; of these what the officer's own office answers for
}

// Period narrows to items to which something happened within a stretch of days.
// The zero Period does not filter.
type Period struct {
	By   string // Issued, Ended, Dated
	Span workday.Span
	// Of Dated: a last day of one of these time rules lies in the span and came
	// to this result, or to any of them.
	Rules  []string
	Result clock.Result
}

// What a period is about.
const (
	Issued = "issued"
	Ended  = "ended"
	Dated  = "dated"
)

// owed are the states in which the clock runs against the lead unit.
var owed = []docket.ItemState{docket.Issued, docket.Acknowledged, docket.InProgress, docket.Disputed, docket.Returned}

// asked is a fresh query over the items that the officer may see and that fit
// the filter, but for its period.
func (b *Book) asked(ctx context.Context, by staff.Officer, f Filter) (*gorm.DB, error) {
	db := b.Docket.Visible(b.Store.Read(ctx).Model(&docket.Item{}), by)
	if f.Year != 0 {
		db = db.Where("supervision_item.year = ?", f.Year)
	}
	if f.Lead != uuid.Nil {
		db = db.Where("supervision_item.lead_unit_id = ?", f.Lead)
	}
	if f.State != "" {
		db = db.Where("supervision_item.state = ?", f.State)
	}
	if f.Open {
		db = db.Where("supervision_item.closed_at IS NULL AND supervision_item.issued_at IS NOT NULL")
	}
	if f.Origin != "" {
		db = db.Where("supervision_item.origin = ?", f.Origin)
	}
	if f.Money {
		db = db.Where(recovered)
	}
	if f.Right {
		db = db.Where("supervision_item.state = ? AND "+lookedAt, docket.StruckOff)
	}
	if f.Office != uuid.Nil {
		own, within := b.Atlas.Subtree(by.UnitID), b.Atlas.Subtree(f.Office)
		db = db.Where("(supervision_item.issuer_id IN ? OR supervision_item.lead_unit_id = ?)", own, by.UnitID).
			Where("(supervision_item.issuer_id IN ? OR supervision_item.lead_unit_id IN ?)", within, within)
	}
	return b.pressing(ctx, b.about(inPlace(db, f.Place), by, f.Kind), f)
}

// about narrows by the kind of the complaints behind an item. Only the issuing
// office knows them.
func (b *Book) about(db *gorm.DB, by staff.Officer, kind intake.Kind) *gorm.DB {
	if kind == "" {
		return db
	}
	return db.Where("supervision_item.issuer_id IN ?", b.Atlas.Subtree(by.UnitID)).
		Where(`EXISTS (SELECT 1 FROM item_complaint served JOIN complaint about ON about.id = served.complaint_id
			WHERE served.item_id = supervision_item.id AND about.kind = ?)`, kind)
}

// pressing narrows by how late the unit is.
func (b *Book) pressing(ctx context.Context, db *gorm.DB, f Filter) (*gorm.DB, error) {
	if !f.Late && f.Color == "" {
		return db, nil
	}
	db = db.Where("supervision_item.closed_at IS NULL AND supervision_item.state IN ? AND supervision_item.due_on < ?", owed, b.today())
	if f.Color == "" {
		return db, nil
	}
	red, err := b.Clocks.RedBy(ctx)
	switch {
	case err != nil:
		return nil, err
	case f.Color == "red":
		return db.Where("supervision_item.due_on <= ?", red), nil
	case f.Color == "yellow":
		return db.Where("supervision_item.due_on > ?", red), nil
	}
	return db.Where("1 = 0"), nil
}

// reported is when the unit handed in the report that stands: one that was
// returned to it does not.
const reported = `(CASE WHEN supervision_item.state IN ('reported', 'reviewed', 'struck_off')
	THEN (SELECT MAX(handed.at) FROM item_note handed WHERE handed.item_id = supervision_item.id AND handed.kind = 'report') END)`

// lookedAt is a check on the spot after the report that stands, or an order of the
// item that was struck off.
const lookedAt = `(EXISTS (SELECT 1 FROM rectification_order o WHERE o.item_id = supervision_item.id AND o.state = 'struck_off' AND o.closed_at <= supervision_item.closed_at)
	OR EXISTS (SELECT 1 FROM item_complaint served JOIN verification seen ON seen.complaint_id = served.complaint_id
	WHERE served.item_id = supervision_item.id AND seen.method IN ('site_visit', 'household_visit')
		AND seen.at <= supervision_item.closed_at AND seen.at > ` + reported + `))`

// recovered is money that came back under the orders of an item, as far as it was
// confirmed and not taken back.
const recovered = `(SELECT SUM(back.amount_fen) FROM recovery back
	WHERE back.item_id = supervision_item.id AND back.kind = 'recovered' AND back.confirmed_at IS NOT NULL) > 0`

// way is how the items of a period are found; see triage.
type way struct {
	join, where string
	vars        []any
	when        string
	daily       bool
}

func (b *Book) wayOf(p Period) (way, bool) {
	switch p.By {
	case "":
		return way{}, true
	case Issued:
		return way{when: "supervision_item.issued_at"}, true
	case Ended:
		return way{when: "supervision_item.closed_at"}, true
	case Dated:
		met := "deadline.met_at"
		if !slices.Contains(p.Rules, "supervision_item.acknowledge") {
			met = reported
		}
		came := b.Clocks.Came(p.Result, met, b.today())
		return way{when: "deadline.due_on", daily: true, join: "JOIN deadline ON deadline.subject_id = supervision_item.id",
			where: "supervision_item.state <> 'cancelled' AND deadline.rule IN ? AND " + came.SQL, vars: append([]any{p.Rules}, came.Vars...)}, true
	}
	return way{}, false
}

// narrow puts the rows of a span on a query over supervision_item.
func (w way) narrow(db *gorm.DB, span workday.Span) *gorm.DB {
	if w.when == "" {
		return db
	}
	if w.join != "" {
		db = db.Joins(w.join).Where(w.where, w.vars...)
	}
	if w.daily {
		return db.Where(w.when+" BETWEEN ? AND ?", span.First, span.Last)
	}
	return db.Where(w.when+" >= ? AND "+w.when+" < ?", span.First.Time().UTC(), span.Last.Add(1).Time().UTC())
}

// inPlace narrows to a county, town or village by its 12-digit code. A code
// that ends in eight zeros is the city: everything. What is no code is nowhere.
func inPlace(db *gorm.DB, code string) *gorm.DB {
	switch {
	case code != "" && len(code) != 12:
		return db.Where("1 = 0")
	case code == "" || strings.HasSuffix(code, "00000000"):
		return db
	case strings.HasSuffix(code, "000000"):
		return db.Where("substr(supervision_item.place_code, 1, 6) = ?", code[:6])
	case strings.HasSuffix(code, "000"):
		return db.Where("substr(supervision_item.place_code, 1, 9) = ?", code[:9])
	}
	return db.Where("supervision_item.place_code = ?", code)
}

func (b *Book) today() workday.Date { return workday.On(b.Store.Now()) }
