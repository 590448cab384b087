package objection

import (
	"context"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/clock"
	"minsheng/intake"
	"minsheng/internal/store"
	"minsheng/staff"
)

// keeper is the desk as the room whose objections clocks run for.
type keeper struct{ *Desk }

// Keeper looks after what clocks do to objections.
func (d *Desk) Keeper() clock.Keeper { return keeper{d} }

// Owners are the desks on which open objections lie. The office that published
// the list hears of none: the nearest above it does.
func (k keeper) Owners(db *gorm.DB, subjects []uuid.UUID) (map[uuid.UUID]clock.Owner, error) {
	var open []Objection
	if err := db.Where("id IN ? AND closed_at IS NULL", subjects).Find(&open).Error; err != nil {
		return nil, err
	}
	owners := map[uuid.UUID]clock.Owner{}
	for _, o := range open {
		for _, unit := range k.Atlas.Above(o.DeskUnitID) {
			if !slices.Contains(k.Atlas.Above(unit), o.PublisherID) {
				owners[o.ID] = clock.Owner{Unit: unit, Name: o.Number()}
				break
			}
		}
	}
	return owners, nil
}

// Moved mends the date of the objection and writes the objector, whose page
// shows every date of it.
func (k keeper) Moved(tx *gorm.DB, m clock.Move) error {
	var o Objection
	if err := store.One(tx.Where("id = ?", m.SubjectID), &o); err != nil {
		return err
	}
	next, err := k.Clocks.Next(tx, o.ID)
	if err != nil || next == nil {
		return err
	}
	err = tx.Model(&Objection{}).Where("id = ?", o.ID).Updates(map[string]any{"due_on": next.DueOn, "due_rule": next.Rule}).Error
	if err != nil || m.ToldOn == nil {
		return err
	}
	why := func(lang string) any { return k.Tell(lang, "objection.told.moved."+m.Why) }
	return k.tell(tx, staff.Officer{}, o, intake.NoticeOfStep, "date_moved", "before", m.Before, "date", m.DueOn, "why", why)
}

// Disclose tells the numbers of those objections that the officer may see.
func (k keeper) Disclose(ctx context.Context, by staff.Officer, subjects []uuid.UUID) (map[uuid.UUID]string, error) {
	var seen []Objection
	err := k.visible(k.Store.Read(ctx), by).Where("objection.id IN ?", subjects).Find(&seen).Error
	names := map[uuid.UUID]string{}
	for _, o := range seen {
		names[o.ID] = o.Number() + " " + o.PlaceName
	}
	return names, err
}

// Waiting counts the open objections on each desk, for the portal itself: it
// tells the office above when a desk has nobody, and shows nobody a number.
func (d *Desk) Waiting(ctx context.Context) (map[uuid.UUID]int, error) {
	var desks []struct {
		DeskUnitID uuid.UUID
		N          int
	}
	err := d.Store.Read(ctx).Table("objection").Where("closed_at IS NULL").
		Select("desk_unit_id, COUNT(*) AS n").Group("desk_unit_id").Find(&desks).Error
	waiting := map[uuid.UUID]int{}
	for _, w := range desks {
		waiting[w.DeskUnitID] = w.N
	}
	return waiting, err
}
