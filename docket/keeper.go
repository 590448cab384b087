package docket

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/clock"
	"minsheng/staff"
)

// Keeper is the room as the one whose subjects clocks run for.
func (d *Desk) Keeper() clock.Keeper { return keeper{d} }

type keeper struct{ *Desk }

// Owners tells who owes what is due of items: the lead unit while an item waits
// for it, and the issuing office sees that it comes. What lies with the issuing
// office, is suspended or over is of nobody's concern.
func (k keeper) Owners(db *gorm.DB, subjects []uuid.UUID) (map[uuid.UUID]clock.Owner, error) {
	var items []Item
	err := db.Where("id IN ? AND closed_at IS NULL AND state IN ?", subjects, running).Find(&items).Error
	if err != nil {
		return nil, err
	}
	owners := map[uuid.UUID]clock.Owner{}
	for _, i := range items {
		if i.Suspended(k.today()) {
			continue
		}
		owners[i.ID] = clock.Owner{Unit: i.LeadUnitID, By: &i.IssuerID, Name: i.Number}
	}
	return owners, nil
}

// Moved keeps the last day of an item as the clock that it comes from has it by
// now. The clock itself writes the event; no reporter was told the date of an
// item.
func (k keeper) Moved(tx *gorm.DB, m clock.Move) error {
	var items []Item
	if err := tx.Where("id = ?", m.SubjectID).Find(&items).Error; err != nil {
		return err
	}
	for _, i := range items {
		if m.Rule != dueRule(i.Urgency) || i.ClosedAt != nil {
			continue
		}
		set := dueAfter(m)
		set["version"] = gorm.Expr("version + 1")
		if err := tx.Model(&Item{}).Where("id = ?", i.ID).Updates(set).Error; err != nil {
			return err
		}
	}
	return nil
}

// Disclose tells the numbers of those items that the officer may open.
func (k keeper) Disclose(ctx context.Context, by staff.Officer, subjects []uuid.UUID) (map[uuid.UUID]string, error) {
	var seen []Item
	err := k.itemScope(k.Store.Read(ctx).Model(&Item{}), by).Where("supervision_item.id IN ?", subjects).Find(&seen).Error
	names := map[uuid.UUID]string{}
	for _, i := range seen {
		names[i.ID] = i.Number + " " + i.Title
	}
	return names, err
}
