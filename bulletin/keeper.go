package bulletin

import (
	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/clock"
)

// Owners tells who owes what is due: a criticised office its answer, an office its
// report. Clocks run for rows of circular_to and for reports, each by its own id.
func (d *Desk) Owners(db *gorm.DB, subjects []uuid.UUID) (map[uuid.UUID]clock.Owner, error) {
	owners := map[uuid.UUID]clock.Owner{}
	if len(subjects) == 0 {
		return owners, nil
	}
	var answers []struct {
		ID, UnitID, Issuer uuid.UUID
		Number             string
	}
	err := db.Table("circular_to t").Joins("JOIN circular c ON c.id = t.circular_id").Select("t.id, t.unit_id, c.unit_id AS issuer, c.number").
		Where("t.id IN ? AND t.answered_at IS NULL AND c.state = 'issued'", subjects).Scan(&answers).Error
	if err != nil {
		return nil, err
	}
	for _, a := range answers {
		owners[a.ID] = clock.Owner{Unit: a.UnitID, By: &a.Issuer, Name: a.Number}
	}
	var reports []Report
	err = db.Select("id, unit_id, to_unit_id, period").Where("id IN ? AND state <> 'issued'", subjects).Find(&reports).Error
	for _, r := range reports {
		owners[r.ID] = clock.Owner{Unit: r.UnitID, By: r.ToUnitID, Name: r.Period.Chinese() + "督查工作报告"}
	}
	return owners, err
}

// Moved mends the date that lists show.
func (d *Desk) Moved(tx *gorm.DB, m clock.Move) error {
	if m.Rule == ruleRectify {
		return tx.Model(&Addressee{}).Where("id = ?", m.SubjectID).Updates(map[string]any{"due_on": m.DueOn}).Error
	}
	return tx.Model(&Report{}).Where("id = ?", m.SubjectID).Updates(map[string]any{"due_on": m.DueOn}).Error
}
