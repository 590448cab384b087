package docket

import (
	"context"
	"encoding/base64"
	"slices"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/staff"
)

// noDue stands for the last day of an item that has none yet: after all
// others.
const noDue = "9999-12-31"

const pageSize = 50

// Items lists visible items: those issued by the own office and below, and
// those addressed to the own office, most pressing first (finished ones newest
// first), 50 at a time. The lists carry no notes, events or complaints.
func (d *Desk) Items(ctx context.Context, by staff.Officer, finished bool, cursor string) ([]ItemView, string, error) {
	db := d.Store.Read(ctx)
	query, key := d.itemScope(db, by), func(i Item) string { return noDue }
	at, id := readCursor(cursor)
	if finished {
		query = query.Where("closed_at IS NOT NULL").Order("id DESC")
		if id != uuid.Nil {
			query = query.Where("id < ?", id)
		}
	} else {
		key = func(i Item) string {
			if i.DueOn == nil {
				return noDue
			}
			return string(*i.DueOn)
		}
		query = query.Where("closed_at IS NULL").Order("COALESCE(due_on, '" + noDue + "'), id")
		if id != uuid.Nil {
			query = query.Where("(COALESCE(due_on, '"+noDue+"'), id) > (?, ?)", at, id)
		}
	}
	var items []Item
	if err := query.Limit(pageSize + 1).Find(&items).Error; err != nil {
		return nil, "", err
	}
	next := ""
	if len(items) > pageSize {
		items = items[:pageSize]
		last := items[pageSize-1]
		next = base64.RawURLEncoding.EncodeToString([]byte(key(last) + "," + last.ID.String()))
	}
	views := make([]ItemView, len(items))
	for n, i := range items {
		views[n] = d.face(i)
	}
	return views, next, d.nameAssists(db, views)
}

// readCursor reads what Items wrote; anything else is the beginning.
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
	v := ItemView{Item: i, IssuerName: d.unitName(i.IssuerID), LeadName: d.unitName(i.LeadUnitID)}
	if waitsForUnit(i.State) {
		v.Late = d.Clocks.Late(i.DueOn, d.today())
	}
	return v
}

// waitsForUnit lists the states in which the clock runs against the handling
// unit; a report that lies with the issuing office is not late.
func waitsForUnit(s ItemState) bool {
	return slices.Contains([]ItemState{Issued, Acknowledged, InProgress, Disputed, Returned}, s)
}

func (d *Desk) nameAssists(db *gorm.DB, views []ItemView) error {
	var ids []uuid.UUID
	for _, v := range views {
		ids = append(ids, v.ID)
	}
	if len(ids) == 0 {
		return nil
	}
	var rows []itemUnit
	err := db.Where("item_id IN ? AND duty = 'assist'", ids).Order("item_id, unit_id").Find(&rows).Error
	for n := range views {
		for _, r := range rows {
			if r.ItemID == views[n].ID {
				views[n].AssistNames = append(views[n].AssistNames, d.unitName(r.UnitID))
			}
		}
	}
	return err
}
