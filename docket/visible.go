package docket

import (
	"gorm.io/gorm"

	"minsheng/staff"
)

// Visible narrows a query over supervision_item, under that name, to what the
// officer may know of, for rooms above that list items.
func (d *Desk) Visible(db *gorm.DB, by staff.Officer) *gorm.DB { return d.itemScope(db, by) }
