package rectification

import (
	"context"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/workday"
	"minsheng/staff"
)

// Outcome is what came of ordering that what a supervision item is about be put
// right. Amounts are fen, confirmed by somebody who looked, of all rounds.
type Outcome struct {
	Unit         string // that was ordered
	Measures     string // what it reports that it did, point by point
	RecoveredFen int64
	ReturnedFen  int64
	PassedOn     *workday.Date // looked at on the spot, and in order
}

// Outcomes tells it of those items that have an issued order of which the officer
// may know, by item: the newest round of it.
func (d *Desk) Outcomes(ctx context.Context, by staff.Officer, items []uuid.UUID) (map[uuid.UUID]Outcome, error) {
	out := map[uuid.UUID]Outcome{}
	if len(items) == 0 {
		return out, nil
	}
	db := d.Store.Read(ctx)
	var orders []Order
	err := d.either(db, by).Where("rectification_order.item_id IN ? AND rectification_order.issued_at IS NOT NULL", items).Order("rectification_order.id").Find(&orders).Error
	if err != nil {
		return nil, err
	}
	of := map[uuid.UUID]uuid.UUID{} // order → item, of the newest rounds
	newest := map[uuid.UUID]uuid.UUID{}
	for _, o := range orders {
		delete(of, newest[*o.ItemID])
		of[o.ID], newest[*o.ItemID] = *o.ItemID, o.ID
		out[*o.ItemID] = Outcome{Unit: d.unitName(o.TargetID)}
	}
	money, err := d.MoneyOf(ctx, items...)
	if err != nil {
		return nil, err
	}
	for item, o := range out {
		o.RecoveredFen, o.ReturnedFen = money[item].ConfirmedRecovered, money[item].ConfirmedReturned
		out[item] = o
	}
	return out, told(db, of, out)
}

// told adds what the newest report of each order says, and when a look was passed.
func told(db *gorm.DB, of map[uuid.UUID]uuid.UUID, out map[uuid.UUID]Outcome) error {
	var ids []uuid.UUID
	for id := range of {
		ids = append(ids, id)
	}
	var entries []entryRow
	err := db.Where("order_id IN ? AND (kind = ? OR (kind = ? AND passed))", ids, reported, checked).Order("at, id").Find(&entries).Error
	if err != nil {
		return err
	}
	reports := map[uuid.UUID]uuid.UUID{} // entry → item
	newest := map[uuid.UUID]uuid.UUID{}
	for _, e := range entries {
		item := of[e.OrderID]
		if e.Kind == checked {
			o := out[item]
			o.PassedOn = e.OnDay
			out[item] = o
			continue
		}
		delete(reports, newest[item])
		reports[e.ID], newest[item] = item, e.ID
	}
	ids = ids[:0]
	for id := range reports {
		ids = append(ids, id)
	}
	var lines []Line
	err = db.Where("entry_id IN ? AND measures <> ''", ids).Order("entry_id, point_id").Find(&lines).Error
	for _, l := range lines {
		item := reports[l.EntryID]
		o := out[item]
		o.Measures = strings.TrimPrefix(o.Measures+"；"+l.Measures, "；")
		out[item] = o
	}
	return err
}

// Sums is what came of orders in a span of days. Amounts are fen.
type Sums struct {
	Issued, StruckOff         int64
	RecoveredFen, ReturnedFen int64
}

// SumsOf counts the orders of an office and those below it that were issued and
// struck off in a span, and the money confirmed in it. Whoever calls has made sure
// that the officer counts for that office.
func (d *Desk) SumsOf(ctx context.Context, unit uuid.UUID, span workday.Span) (s Sums, err error) {
	from, to, below := span.First.Time().UTC(), span.Last.Add(1).Time().UTC(), d.Atlas.Subtree(unit)
	db := d.Store.Read(ctx)
	if err := db.Model(&Order{}).Where("unit_id IN ? AND issued_at >= ? AND issued_at < ?", below, from, to).Count(&s.Issued).Error; err != nil {
		return s, err
	}
	if err := db.Model(&Order{}).Where("unit_id IN ? AND state = ? AND closed_at >= ? AND closed_at < ?", below, StruckOff, from, to).Count(&s.StruckOff).Error; err != nil {
		return s, err
	}
	var rows []struct {
		Kind string
		Fen  int64
	}
	err = db.Table("recovery").Joins("JOIN rectification_order o ON o.id = recovery.order_id").Select("recovery.kind, CAST(sum(recovery.amount_fen) AS bigint) AS fen").
		Where("o.unit_id IN ? AND recovery.confirmed_at >= ? AND recovery.confirmed_at < ?", below, from, to).Group("recovery.kind").Scan(&rows).Error
	for _, r := range rows {
		if r.Kind == Recovered {
			s.RecoveredFen = r.Fen
		} else {
			s.ReturnedFen = r.Fen
		}
	}
	return s, err
}
