package docket

import (
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"minsheng/staff"
)

// Hides is the condition under which the item whose id stands in a column is
// hidden from the officer wherever it lies: a case behind it is. Rooms above hide
// with it what came of an item.
func (d *Desk) Hides(by staff.Officer, id clause.Column) clause.Expr {
	hides := d.Triage.Hides(by, clause.Column{Table: "behind", Name: "complaint_id"})
	return gorm.Expr("EXISTS (SELECT 1 FROM item_complaint behind WHERE behind.item_id = ? AND ?)", id, hides)
}
