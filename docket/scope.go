package docket

import (
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"minsheng/internal/store"
	"minsheng/staff"
)

// itemScope narrows a query over supervision_item, under that name, to what the
// officer may know of. It is the only place that decides this;
// TestEveryQueryIsScoped holds every query of the room to it.
//
//   - items that the own office or one below it issues, or that were escalated
//     to it, unless a case behind them is hidden from the officer;
//   - items addressed to the own office, once they are issued.
//
// Without staff.ReadItems nothing is visible, without staff.IssueItems only the
// second.
func (d *Desk) itemScope(db *gorm.DB, by staff.Officer) *gorm.DB {
	if !by.May(staff.ReadItems) {
		return db.Where("1 = 0")
	}
	addressed := `(supervision_item.issued_at IS NOT NULL AND supervision_item.id IN
		(SELECT item_id FROM item_unit WHERE unit_id = ?))`
	if !by.May(staff.IssueItems) {
		return db.Where(addressed, by.UnitID)
	}
	hides := d.Triage.Hides(by, clause.Column{Table: "served", Name: "complaint_id"})
	return db.Where(`(((supervision_item.issuer_id IN ? OR supervision_item.escalated_to = ?) AND NOT EXISTS (
			SELECT 1 FROM item_complaint served WHERE served.item_id = supervision_item.id AND ?)) OR `+addressed+`)`,
		d.Atlas.Subtree(by.UnitID), by.UnitID, hides, by.UnitID)
}

// itemIn reads one visible item, or store.ErrNotFound.
func (d *Desk) itemIn(tx *gorm.DB, by staff.Officer, id uuid.UUID) (Item, error) {
	var i Item
	err := store.One(d.itemScope(tx, by).Where("supervision_item.id = ?", id), &i)
	return i, err
}

// ownItem reads one item that the officer's office, or one below it, issues.
func (d *Desk) ownItem(tx *gorm.DB, by staff.Officer, id uuid.UUID) (Item, error) {
	i, err := d.itemIn(tx, by, id)
	if err == nil && !d.issues(by, i) {
		err = store.ErrNotFound
	}
	return i, err
}

// issues reports whether the officer acts for the office that issues an item.
func (d *Desk) issues(by staff.Officer, i Item) bool {
	return by.May(staff.IssueItems) && slices.Contains(d.Atlas.Subtree(by.UnitID), i.IssuerID)
}

// veil takes off an item what the handling unit is not told: what the case, or
// the objection, behind it is about. The officer's own words say as much of it as
// may leave.
func veil(i Item) Item {
	if i.Origin == PublicComplaint || i.Origin == PublicObjection {
		i.Kind, i.Programme, i.PlaceCode, i.OriginRef, i.OriginReport = "", "", "", nil, nil
	}
	if i.Origin == PublicComplaint {
		i.OriginOn = nil
	}
	return i
}

// seen is an item as the officer may see it.
func (d *Desk) seen(by staff.Officer, i Item) Item {
	if d.issues(by, i) {
		return i
	}
	return veil(i)
}

// dutyOf is an office's part in an item: lead, assist, or "".
func dutyOf(db *gorm.DB, unit, item uuid.UUID) (string, error) {
	var duties []string
	err := db.Table("item_unit").Where("item_id = ? AND unit_id = ?", item, unit).Pluck("duty", &duties).Error
	if len(duties) == 0 {
		return "", err
	}
	return duties[0], err
}
