package staff

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/workday"
	"minsheng/region"
)

// AddOffice creates an office below by's own, with the codes of the places it
// answers for. Whether it takes complaints, and with which mark it numbers its
// papers, only an administrator for whom MayOpenDesks holds decides: a new desk
// draws reports away from the one that has them now. Errors: ErrForbidden,
// store.ErrNotFound (a superior elsewhere), *region.Invalid.
func (d *Desk) AddOffice(ctx context.Context, by Officer, u region.Unit, places ...string) (region.Unit, error) {
	if err := by.Require(ManageStaff); err != nil {
		return region.Unit{}, err
	}
	if u.ParentID != nil {
		if err := d.mayManage(by, *u.ParentID); err != nil {
			return region.Unit{}, err
		}
	}
	if (u.TakesComplaints || u.DocMark != "") && !d.MayOpenDesks(by) {
		return region.Unit{}, ErrForbidden
	}
	return d.atlas.Establish(ctx, by.Actor(), u, places...)
}

// RenameOffice gives by's own office, or one below, a new name from a day on.
// Errors: ErrForbidden, store.ErrNotFound (an office elsewhere),
// *region.Invalid.
func (d *Desk) RenameOffice(ctx context.Context, by Officer, unit uuid.UUID, name string, from workday.Date) error {
	if err := d.mayManage(by, unit); err != nil {
		return err
	}
	return d.atlas.Rename(ctx, by.Actor(), unit, name, from)
}

// MayOpenDesks reports whether by may make offices that take complaints: an
// administrator of the highest desk, which no other could take reports from.
func (d *Desk) MayOpenDesks(by Officer) bool {
	unit, err := d.atlas.Unit(by.UnitID)
	return err == nil && by.May(ManageStaff) && unit.ParentID == nil && unit.TakesComplaints
}

// Occupied are the offices in which somebody has an account that is at work.
func Occupied(db *gorm.DB) (map[uuid.UUID]bool, error) {
	var units []uuid.UUID
	if err := db.Model(&accountRow{}).Where("state = ?", active).Distinct().Limit(10000).Pluck("unit_id", &units).Error; err != nil {
		return nil, err
	}
	all := make(map[uuid.UUID]bool, len(units))
	for _, u := range units {
		all[u] = true
	}
	return all, nil
}
