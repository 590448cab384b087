package inspection

import (
	"context"
	"errors"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/ledger"
	"minsheng/staff"
)

// matterRow is a case or an item that an inspection looks into, as stored.
type matterRow struct {
	InspectionID uuid.UUID      `gorm:"primaryKey"`
	Kind         ledger.Subject `gorm:"primaryKey"`
	RefID        uuid.UUID      `gorm:"primaryKey"`
	Number       string
}

func (matterRow) TableName() string { return "inspection_matter" }

// Looked is a case or an item that an inspection looks into.
type Looked struct {
	Kind   ledger.Subject // ledger.OfComplaint, ledger.OfItem
	ID     uuid.UUID
	Number string
}

const mostMatters = 20

// LookInto ties a case or a supervision item to an inspection, by its number, if
// the officer may see it. Errors: *step.Invalid, those of a step.
func (d *Desk) LookInto(ctx context.Context, by staff.Officer, id uuid.UUID, number string) error {
	// Whether it may be seen is asked before the transaction: no two connections
	// are held at once.
	found, err := d.find(ctx, by, strings.TrimSpace(number))
	if errors.Is(err, store.ErrNotFound) {
		return step.Bad("number", "inspection_matter")
	}
	if err != nil {
		return err
	}
	return d.on(ctx, by, ToMatter, id, 0, func(tx *gorm.DB, i *Inspection) error {
		var there []matterRow
		if err := tx.Where("inspection_id = ?", id).Limit(mostMatters).Find(&there).Error; err != nil {
			return err
		}
		for _, m := range there {
			if m.RefID == found.ID {
				return nil
			}
		}
		if len(there) == mostMatters {
			return step.Bad("number", "inspection_many_matters")
		}
		if err := tx.Create(&matterRow{id, found.Kind, found.ID, found.Number}).Error; err != nil {
			return err
		}
		return d.note(tx, by, id, "matter_tied", map[string]string{"kind": string(found.Kind), "ref": found.ID.String()})
	})
}

// find finds what has a number, for who may see it.
func (d *Desk) find(ctx context.Context, by staff.Officer, number string) (Looked, error) {
	if number == "" || len(number) > 60 {
		return Looked{}, store.ErrNotFound
	}
	for _, kind := range []ledger.Subject{ledger.OfComplaint, ledger.OfItem} {
		finder := d.Finders[kind]
		if finder == nil {
			continue
		}
		id, err := finder(ctx, by, number)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		return Looked{kind, id, number}, err
	}
	return Looked{}, store.ErrNotFound
}

// matters lists what an inspection looks into, as far as this officer may see it:
// to others it does not exist, here neither.
func (d *Desk) matters(ctx context.Context, db *gorm.DB, by staff.Officer, inspection uuid.UUID) ([]Looked, error) {
	var rows []matterRow
	if err := db.Where("inspection_id = ?", inspection).Order("number").Limit(mostMatters).Find(&rows).Error; err != nil {
		return nil, err
	}
	var seen []Looked
	for _, r := range rows {
		knows, err := d.knows(ctx, by, r)
		if err != nil {
			return nil, err
		}
		if knows {
			seen = append(seen, Looked{r.Kind, r.RefID, r.Number})
		}
	}
	return seen, nil
}

// knows reports whether an officer may know of what an inspection looks into, and
// records that they are shown it.
func (d *Desk) knows(ctx context.Context, by staff.Officer, r matterRow) (bool, error) {
	if d.Disclosers[r.Kind] == nil {
		found, err := d.find(ctx, by, r.Number)
		if errors.Is(err, store.ErrNotFound) {
			return false, nil
		}
		return found.ID == r.RefID, err
	}
	names, err := d.Disclosers[r.Kind].Disclose(ctx, by, []uuid.UUID{r.RefID})
	if _, may := names[r.RefID]; err != nil || !may {
		return false, err
	}
	if r.Kind != ledger.OfComplaint || d.Looked == nil {
		return true, nil
	}
	return true, d.Looked(ctx, by, r.RefID)
}
