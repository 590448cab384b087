package selfreport

import (
	"gorm.io/gorm"

	"minsheng/staff"
)

// asked narrows a query over self_report_schedule to what the officer may know
// of: what the own office and those below it ask (staff.AskSelfReports). It and
// the next two are the only places that decide this; TestEveryQueryIsScoped holds
// every query of the room to them.
func (d *Desk) asked(db *gorm.DB, by staff.Officer) *gorm.DB {
	if !by.May(staff.AskSelfReports) {
		return db.Where("1 = 0")
	}
	return db.Where("self_report_schedule.unit_id IN ?", d.Atlas.Subtree(by.UnitID))
}

// owing narrows a query over self_report to the reports of the officer's own
// office (staff.SendSelfReports).
func (d *Desk) owing(db *gorm.DB, by staff.Officer) *gorm.DB {
	if !by.May(staff.SendSelfReports) {
		return db.Where("1 = 0")
	}
	return db.Where("self_report.unit_id = ?", by.UnitID)
}

// readable narrows a query over self_report to those of either side.
func (d *Desk) readable(db *gorm.DB, by staff.Officer) *gorm.DB {
	theirs := d.asked(db.Session(&gorm.Session{NewDB: true}).Model(&Schedule{}).Select("id"), by)
	if !by.May(staff.SendSelfReports) {
		return db.Where("self_report.schedule_id IN (?)", theirs)
	}
	return db.Where("self_report.unit_id = ? OR self_report.schedule_id IN (?)", by.UnitID, theirs)
}
