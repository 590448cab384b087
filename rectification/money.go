package rectification

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/evidence"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/staff"
)

// What becomes of money; catalog key order.money.<code>.
const (
	Recovered = "recovered" // 追回: taken back from where it should not be
	Returned  = "returned"  // 退还: paid out to households, of what was recovered
)

// recoveryRow is money recovered or returned as stored. Nothing of it changes but
// that somebody confirms it, once; what is wrong is corrected by a further row,
// which takes away.
type recoveryRow struct {
	ID          uuid.UUID `gorm:"primaryKey"`
	OrderID     uuid.UUID
	ItemID      *uuid.UUID
	PointID     uuid.UUID
	Kind        string
	AmountFen   int64
	Households  int
	OnDay       workday.Date
	Words       string
	CorrectsID  *uuid.UUID
	ByID        uuid.UUID
	UnitID      uuid.UUID
	At          time.Time
	ConfirmedBy *uuid.UUID
	ConfirmedAt *time.Time
}

func (recoveryRow) TableName() string { return "recovery" }

// Recovery is money recovered or returned, or a correction of such.
type Recovery struct {
	ID          uuid.UUID
	Point       uuid.UUID
	Kind        string
	Fen         int64 // less than zero: a correction
	Households  int
	On          workday.Date
	Words       string
	Corrects    *uuid.UUID
	By          string
	At          time.Time
	ConfirmedBy string
	ConfirmedAt *time.Time
	Files       []evidence.File
	Left        int64 // fen of it that no correction took away
}

// Money is what was recovered and, of that, returned to households, in fen, with
// all corrections. Confirmed is what somebody saw on site.
type Money struct {
	Recovered, Returned                   int64
	ConfirmedRecovered, ConfirmedReturned int64
	Households                            int // to which money was returned, as entered
}

// add counts a row.
func (m *Money) add(r recoveryRow) {
	if r.Kind == Recovered {
		m.Recovered += r.AmountFen
	} else {
		m.Returned += r.AmountFen
		m.Households += r.Households
	}
	if r.ConfirmedAt == nil {
		return
	}
	if r.Kind == Recovered {
		m.ConfirmedRecovered += r.AmountFen
	} else {
		m.ConfirmedReturned += r.AmountFen
	}
}

// fits reports whether no more was returned than recovered, as entered and as
// confirmed.
func (m Money) fits() bool {
	return m.Returned <= m.Recovered && m.ConfirmedReturned <= m.ConfirmedRecovered
}

func sum(rows []recoveryRow) (m Money) {
	for _, r := range rows {
		m.add(r)
	}
	return m
}

// left is how much of a row no correction took away, in fen and households.
func left(rows []recoveryRow, id uuid.UUID) (fen int64, households int) {
	for _, r := range rows {
		if r.ID == id || r.CorrectsID != nil && *r.CorrectsID == id {
			fen += r.AmountFen
			households += r.Households
		}
	}
	return fen, households
}

const mostRecoveries = 500

func recoveries(db *gorm.DB, order uuid.UUID) (rows []recoveryRow, err error) {
	return rows, db.Where("order_id = ?", order).Order("at, id").Limit(mostRecoveries).Find(&rows).Error
}

// moneyBy sums the money of an order by point.
func moneyBy(db *gorm.DB, order uuid.UUID) (map[uuid.UUID]Money, error) {
	rows, err := recoveries(db, order)
	sums := map[uuid.UUID]Money{}
	for _, r := range rows {
		m := sums[r.PointID]
		m.add(r)
		sums[r.PointID] = m
	}
	return sums, err
}

// MoneyOf sums the money of all orders that came of supervision items, by item.
// Whoever calls has checked that the items may be seen.
func (d *Desk) MoneyOf(ctx context.Context, items ...uuid.UUID) (map[uuid.UUID]Money, error) {
	sums := map[uuid.UUID]Money{}
	if len(items) == 0 {
		return sums, nil
	}
	var rows []struct {
		ItemID     uuid.UUID
		Kind       string
		Confirmed  bool
		Fen        int64
		Households int
	}
	err := d.Store.Read(ctx).Model(&recoveryRow{}).Select("item_id, kind, confirmed_at IS NOT NULL AS confirmed, sum(amount_fen) AS fen, sum(households) AS households").
		Where("item_id IN ?", items).Group("item_id, kind, confirmed_at IS NOT NULL").Scan(&rows).Error
	for _, r := range rows {
		m, one := sums[r.ItemID], recoveryRow{Kind: r.Kind, AmountFen: r.Fen, Households: r.Households}
		if r.Confirmed {
			one.ConfirmedAt = new(time.Time)
		}
		m.add(one)
		sums[r.ItemID] = m
	}
	return sums, err
}

// Amount is money that the ordered office recovered, or returned to households.
type Amount struct {
	Point      uuid.UUID
	Kind       string // Recovered, Returned
	Fen        int64  // 1 to ten thousand million yuan
	Households int    // to which it was returned: 1 to 100 000; of recovered money 0
	On         workday.Date
	Words      string // the voucher: 2 to 500 characters
	Form       []byte // key of staged files; nil none
}

// Enter enters money, for the ordered office. No more is returned than was
// recovered under the order. It counts in figures once somebody who looked
// confirms it. Errors: *step.Invalid, those of a step.
func (d *Desk) Enter(ctx context.Context, by staff.Officer, id uuid.UUID, a Amount) error {
	a, err := a.tidy(d.today())
	if err != nil {
		return err
	}
	return d.on(ctx, by, ToEnter, id, 0, func(tx *gorm.DB, o *Order, _ discretion) error {
		points, err := pointRows(tx, id)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(points, func(p pointRow) bool { return p.ID == a.Point }) {
			return step.Bad("point", "order_point")
		}
		r := recoveryRow{PointID: a.Point, Kind: a.Kind, AmountFen: a.Fen, Households: a.Households, OnDay: a.On, Words: a.Words}
		return d.count(tx, by, o, r, a.Form, "money_entered")
	})
}

func (a Amount) tidy(today workday.Date) (Amount, error) {
	var f step.Form
	f.Require(a.Kind == Recovered || a.Kind == Returned, "money", "order_money")
	f.Require(a.Fen > 0 && a.Fen <= mostFen, "amount", "order_amount_entered")
	if a.Kind == Recovered {
		a.Households = 0
	} else {
		f.Require(a.Households > 0 && a.Households <= mostHouseholds, "households", "order_households_paid")
	}
	_, err := workday.Parse(string(a.On))
	f.Require(err == nil && a.On <= today, "on", "order_paid_on")
	a.Words = f.Text("voucher", a.Words, 2, 500, "order_voucher")
	return a, f.Err()
}

// Correct takes away from an entry what was wrong with it, for the ordered office:
// fen from 1 to what is left of it, households from 0, and why (4 to 500
// characters). The entry stands. Errors: *step.Invalid, store.ErrNotFound, those
// of a step.
func (d *Desk) Correct(ctx context.Context, by staff.Officer, id, entry uuid.UUID, fen int64, households int, why string) error {
	return d.on(ctx, by, ToCorrect, id, 0, func(tx *gorm.DB, o *Order, _ discretion) error {
		rows, err := recoveries(tx, id)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(rows, func(r recoveryRow) bool { return r.ID == entry && r.CorrectsID == nil })
		if at < 0 {
			return store.ErrNotFound
		}
		was := rows[at]
		leftFen, leftHouseholds := left(rows, entry)
		var f step.Form
		f.Require(fen > 0 && fen <= leftFen, "amount", "order_correction")
		f.Require(households >= 0 && households <= leftHouseholds, "households", "order_correction_households")
		why = f.Text("words", why, 4, 500, "order_why")
		if err := f.Err(); err != nil {
			return err
		}
		r := recoveryRow{PointID: was.PointID, Kind: was.Kind, AmountFen: -fen, Households: -households, OnDay: d.today(), Words: why, CorrectsID: &entry}
		return d.count(tx, by, o, r, nil, "money_corrected")
	})
}

// count stores a row unless more would be returned than recovered.
func (d *Desk) count(tx *gorm.DB, by staff.Officer, o *Order, r recoveryRow, form []byte, event string) error {
	rows, err := recoveries(tx, o.ID)
	if err != nil {
		return err
	}
	if len(rows) >= mostRecoveries {
		return step.Bad("words", "order_many")
	}
	if !sum(append(rows, r)).fits() {
		return step.Bad("amount", "order_returned")
	}
	id, err := uuid.NewV7()
	if err != nil {
		return err
	}
	r.ID, r.OrderID, r.ItemID, r.ByID, r.UnitID, r.At = id, o.ID, o.ItemID, by.ID, by.UnitID, d.Store.Now()
	if err := tx.Create(&r).Error; err != nil {
		return err
	}
	files, err := d.Shelf.Bind(tx, form, "recovery", id)
	if err != nil {
		return err
	}
	return d.note(tx, by, o.ID, event, files.Tell(map[string]string{"kind": r.Kind, "entry": id.String()}))
}

// Confirm confirms an entry, or a correction, by somebody of the ordering office
// who may look on site. What was returned is confirmed after what was recovered.
// Errors: *step.Invalid, store.ErrNotFound, step.ErrStale when it is confirmed
// already, those of a step.
func (d *Desk) Confirm(ctx context.Context, by staff.Officer, id, entry uuid.UUID) error {
	return d.on(ctx, by, ToConfirm, id, 0, func(tx *gorm.DB, o *Order, _ discretion) error {
		rows, err := recoveries(tx, id)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(rows, func(r recoveryRow) bool { return r.ID == entry })
		if at < 0 {
			return store.ErrNotFound
		}
		if rows[at].ConfirmedAt != nil {
			return step.ErrStale
		}
		now := d.Store.Now()
		rows[at].ConfirmedAt = &now
		if !sum(rows).fits() {
			return step.Bad("entry", "order_confirm")
		}
		err = tx.Model(&recoveryRow{}).Where("id = ? AND confirmed_at IS NULL", entry).Updates(map[string]any{"confirmed_by": by.ID, "confirmed_at": now}).Error
		if err != nil {
			return err
		}
		return d.note(tx, by, id, "money_confirmed", map[string]string{"entry": entry.String()})
	})
}

// readMoney reads the money of an order with its files.
func (d *Desk) readMoney(ctx context.Context, db *gorm.DB, w *Whole) error {
	rows, err := recoveries(db, w.ID)
	if err != nil || len(rows) == 0 {
		return err
	}
	var ids, people []uuid.UUID
	for _, r := range rows {
		ids, people = append(ids, r.ID), append(people, r.ByID)
		if r.ConfirmedBy != nil {
			people = append(people, *r.ConfirmedBy)
		}
	}
	names, err := namesOf(db, people...)
	if err != nil {
		return err
	}
	kept, err := d.filesOf(ctx, ids, "recovery")
	if err != nil {
		return err
	}
	w.Money = sum(rows)
	for _, r := range rows {
		one := Recovery{ID: r.ID, Point: r.PointID, Kind: r.Kind, Fen: r.AmountFen, Households: r.Households, On: r.OnDay, Words: r.Words, Corrects: r.CorrectsID,
			By: names[r.ByID], At: r.At.UTC(), ConfirmedAt: r.ConfirmedAt, Files: kept[r.ID]}
		if r.ConfirmedBy != nil {
			one.ConfirmedBy = names[*r.ConfirmedBy]
		}
		if r.CorrectsID == nil {
			one.Left, _ = left(rows, r.ID)
		}
		w.Recoveries = append(w.Recoveries, one)
	}
	return nil
}
