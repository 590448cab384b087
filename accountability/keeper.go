package accountability

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/clock"
	"minsheng/ledger"
	"minsheng/staff"
)

// clocked is a measure as what clocks run for.
func (m Measure) clocked() clock.Subject {
	return clock.Subject{Kind: ledger.OfMeasure, ID: m.ID, Of: string(m.Code)}
}

// Owners tells whose business an answer is that is due: of the office that asked,
// for a committee has no desk here.
func (d *Desk) Owners(db *gorm.DB, subjects []uuid.UUID) (map[uuid.UUID]clock.Owner, error) {
	owners := map[uuid.UUID]clock.Owner{}
	if len(subjects) == 0 {
		return owners, nil
	}
	var all []Measure
	err := db.Select("id, unit_id, number").Where("id IN ? AND due_on IS NOT NULL", subjects).Find(&all).Error
	for _, m := range all {
		owners[m.ID] = clock.Owner{Unit: m.UnitID, Name: m.Number}
	}
	return owners, err
}

// Moved mends the date that lists show.
func (d *Desk) Moved(tx *gorm.DB, m clock.Move) error {
	return tx.Model(&Measure{}).Where("id = ? AND due_on IS NOT NULL", m.SubjectID).
		Updates(map[string]any{"due_on": m.DueOn, "version": gorm.Expr("version + 1")}).Error
}

// Disclose tells the numbers of those measures that the officer may know all of.
func (d *Desk) Disclose(ctx context.Context, by staff.Officer, subjects []uuid.UUID) (map[uuid.UUID]string, error) {
	var seen []Measure
	err := d.visible(d.Store.Read(ctx).Model(&Measure{}), by).Where("measure.id IN ?", subjects).Find(&seen).Error
	names := map[uuid.UUID]string{}
	for _, m := range seen {
		names[m.ID] = m.Number
	}
	return names, err
}
