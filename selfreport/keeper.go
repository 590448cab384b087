package selfreport

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/clock"
	"minsheng/staff"
)

// Owners tells who owes the reports that are due, and who asked for them.
func (d *Desk) Owners(db *gorm.DB, subjects []uuid.UUID) (map[uuid.UUID]clock.Owner, error) {
	owners := map[uuid.UUID]clock.Owner{}
	if len(subjects) == 0 {
		return owners, nil
	}
	var all []struct {
		ID     uuid.UUID
		UnitID uuid.UUID
		Asker  uuid.UUID
		Title  string
		Period Period
	}
	err := db.Table("self_report r").Joins("JOIN self_report_schedule s ON s.id = r.schedule_id").Select("r.id, r.unit_id, s.unit_id AS asker, s.title, r.period").
		Where("r.id IN ? AND r.state IN ? AND s.ended_at IS NULL", subjects, []State{Due, Returned}).Scan(&all).Error
	for _, r := range all {
		owners[r.ID] = clock.Owner{Unit: r.UnitID, By: &r.Asker, Name: r.Title + " " + r.Period.Chinese()}
	}
	return owners, err
}

// Moved mends the last day that lists show. A report that was never handed in is
// judged by the day as it is now; nobody outside is told of it.
func (d *Desk) Moved(tx *gorm.DB, m clock.Move) error {
	err := tx.Model(&Report{}).Where("id = ? AND handed_on IS NULL", m.SubjectID).Updates(map[string]any{"first_due_on": m.DueOn}).Error
	if err != nil {
		return err
	}
	return tx.Model(&Report{}).Where("id = ?", m.SubjectID).Updates(map[string]any{"due_on": m.DueOn}).Error
}

// Disclose tells what those reports are called that the officer owes or asked
// for.
func (d *Desk) Disclose(ctx context.Context, by staff.Officer, subjects []uuid.UUID) (map[uuid.UUID]string, error) {
	var seen []struct {
		ID     uuid.UUID
		Title  string
		Period string
	}
	err := d.readable(d.Store.Read(ctx).Table("self_report").Joins("JOIN self_report_schedule ON self_report_schedule.id = self_report.schedule_id"), by).
		Select("self_report.id, self_report_schedule.title, self_report.period").Where("self_report.id IN ?", subjects).Scan(&seen).Error
	names := map[uuid.UUID]string{}
	for _, r := range seen {
		names[r.ID] = r.Title + " " + r.Period
	}
	return names, err
}
