package figures

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/workday"
	"minsheng/ledger"
)

const (
	// lookBack is how much later than it says an event may come to light:
	// longer than any transaction runs, and than the clocks of replicas differ.
	lookBack = 10 * time.Minute
	// mostTouched is how many cases and items may have changed before counting
	// everything is less work.
	mostTouched = 2000
	chunk       = 500
	// repeatMonths is how many further months a closing can matter to: whatever
	// comes within 90 days after it counts as a repeat.
	repeatMonths = 3
)

// touched lists the months in which something counts, or counted before, that
// events tell of since an instant, and those in which days have passed since.
// known is false when there is so much of it that everything should be counted.
//
// A thing can only have counted in a month in which something happened to it or
// in which one of its last days lay: all of them are counted again, so that
// nothing is left of what it was before.
func (b *Board) touched(ctx context.Context, since time.Time) (months []Month, known bool, err error) {
	db, found := b.Store.Read(ctx), map[Month]bool{}
	b.passed(since, found)
	for kind, of := range map[ledger.Subject]func(*gorm.DB, []uuid.UUID, map[Month]bool) error{
		ledger.OfComplaint: b.monthsOfComplaints, ledger.OfItem: b.monthsOf(ledger.OfItem), ledger.OfOrder: b.monthsOfOrders,
	} {
		var ids []uuid.UUID
		err := db.Table("event").Distinct("subject_id").Where("at > ? AND subject_kind = ?", since.Add(-lookBack), kind).
			Limit(mostTouched+1).Pluck("subject_id", &ids).Error
		if err != nil || len(ids) > mostTouched {
			return nil, false, err
		}
		for some := range slices.Chunk(ids, chunk) {
			if err := of(db, some, found); err != nil {
				return nil, false, err
			}
		}
	}
	return slices.Sorted(maps.Keys(found)), true, nil
}

// passed adds the months of the days that have passed since an instant: what was
// due on them and is not there is late now, and no event tells of it.
func (b *Board) passed(since time.Time, found map[Month]bool) {
	today := workday.On(b.Store.Now())
	day := min(workday.On(since.Add(-lookBack)), today).Add(-1)
	if today.Sub(day) > 400 {
		day = today.Add(-400)
	}
	for ; day < today; day = day.Add(1) {
		found[MonthOf(day)] = true
	}
}

// monthsOfComplaints adds the months of complaints, of those merged into them,
// which follow them from desk to desk without events of their own, and of the
// items that came of them, which are hidden with them.
func (b *Board) monthsOfComplaints(db *gorm.DB, ids []uuid.UUID, found map[Month]bool) error {
	var merged, items []uuid.UUID
	if err := db.Table("complaint").Where("merged_into IN ?", ids).Pluck("id", &merged).Error; err != nil {
		return err
	}
	if err := db.Table("item_complaint").Where("complaint_id IN ?", ids).Pluck("item_id", &items).Error; err != nil {
		return err
	}
	for some := range slices.Chunk(append(ids, merged...), chunk) {
		// What is split off a message came in when the message did, before there
		// was any event of it.
		var came []Month
		month := "substr(" + b.Store.Day("received_at") + ", 1, 7)"
		if err := db.Table("complaint").Distinct(month).Where("id IN ?", some).Pluck(month, &came).Error; err != nil {
			return err
		}
		for _, m := range came {
			found[m] = true
		}
		if err := b.monthsOf(ledger.OfComplaint)(db, some, found); err != nil {
			return err
		}
	}
	for some := range slices.Chunk(items, chunk) {
		if err := b.monthsOf(ledger.OfItem)(db, some, found); err != nil {
			return err
		}
	}
	return nil
}

// monthsOfOrders adds the months of orders to put something right, and of the
// items that they came of.
func (b *Board) monthsOfOrders(db *gorm.DB, ids []uuid.UUID, found map[Month]bool) error {
	var items []uuid.UUID
	if err := db.Table("rectification_order").Where("id IN ? AND item_id IS NOT NULL", ids).Pluck("item_id", &items).Error; err != nil {
		return err
	}
	if err := b.monthsOf(ledger.OfOrder)(db, ids, found); err != nil {
		return err
	}
	return b.monthsOf(ledger.OfItem)(db, items, found)
}

// monthsOf adds the months in which something happened to subjects of a kind,
// and those of their last days, as they are and as they were before they moved.
func (b *Board) monthsOf(kind ledger.Subject) func(*gorm.DB, []uuid.UUID, map[Month]bool) error {
	return func(db *gorm.DB, ids []uuid.UUID, found map[Month]bool) error {
		var days []workday.Date
		if err := db.Table("deadline").Distinct("due_on").Where("subject_id IN ?", ids).Pluck("due_on", &days).Error; err != nil {
			return err
		}
		for _, d := range days {
			found[MonthOf(d)] = true
		}
		var happened []struct {
			Month  Month
			Closed bool
		}
		of := db.Model(&ledger.Event{}).Where("subject_kind = ? AND subject_id IN ?", kind, ids)
		month := "substr(" + b.Store.Day("at") + ", 1, 7)"
		if err := of.Session(&gorm.Session{}).Distinct(month + " AS month, kind = 'closed' AS closed").Find(&happened).Error; err != nil {
			return err
		}
		for _, h := range happened {
			found[h.Month] = true
			for n := range repeatMonths {
				if h.Closed {
					found[h.Month.Add(n+1)] = true
				}
			}
		}
		var moves []ledger.Event
		err := of.Session(&gorm.Session{}).Select("body").Where("kind = 'clock_moved'").Find(&moves).Error
		for _, e := range moves {
			found[MonthOf(workday.Date(e.Body["before"]))] = true
		}
		delete(found, "")
		return err
	}
}
