package region

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/ledger"
)

type unitName struct {
	UnitID    uuid.UUID
	Name      string
	ValidFrom workday.Date
	ValidTo   *workday.Date
}

// TableName is unit_name.
func (unitName) TableName() string { return "unit_name" }

// Name is what an office was called for a time.
type Name struct {
	Name string
	From workday.Date
	To   *workday.Date // last day; nil for the present name
}

// Rename gives an office a new name from a day on; the old one stays in its
// history. The day is not in the future, because the new name shows at once,
// and not before the present name began. On the very day a name began it may
// be put right: then it never was. *Invalid for what is wrong with name or
// day ("from"), store.ErrNotFound when there is no such office.
func (a *Atlas) Rename(ctx context.Context, by ledger.Actor, unit uuid.UUID, name string, from workday.Date) error {
	if err := a.reload(ctx); err != nil {
		return err
	}
	if _, err := a.Unit(unit); err != nil {
		return err
	}
	name = strings.TrimSpace(name)
	err := a.store.Transact(ctx, func(tx *gorm.DB) error {
		var last unitName
		if err := store.One(tx.Where("unit_id = ?", unit).Order("valid_from DESC"), &last); err != nil {
			return err
		}
		if err := a.wrongNewName(last, name, from); err != nil {
			return err
		}
		if err := succeed(tx, last, name, from); err != nil {
			return err
		}
		if err := tx.Model(&Unit{}).Where("id = ?", unit).Updates(map[string]any{"name": name}).Error; err != nil {
			return err
		}
		return ledger.Append(tx, ledger.OfUnit, unit, "unit_renamed", by, a.store.Now(),
			map[string]string{"from": last.Name, "to": name, "on": string(from)})
	})
	if store.IsDuplicate(err) {
		err = &Invalid{map[string]string{"name": "office_name_taken"}}
	}
	if err != nil {
		return fmt.Errorf("region: rename office: %w", err)
	}
	return a.reload(ctx)
}

// wrongNewName says why an office called last cannot be called name from a day
// on.
func (a *Atlas) wrongNewName(last unitName, name string, from workday.Date) error {
	wrong := &Invalid{map[string]string{}}
	switch {
	case name == last.Name:
		wrong.Problems["name"] = "office_name_same"
	default:
		wrong.note("name", a.now().wrongUnitName(name))
	}
	today := a.today()
	switch _, err := workday.Parse(string(from)); {
	case err != nil:
		wrong.Problems["from"] = "office_day_missing"
	case from > today:
		wrong.Problems["from"] = "office_day_ahead"
	case from < last.ValidFrom, from == last.ValidFrom && from != today:
		wrong.Problems["from"] = "office_day_early"
	}
	return wrong.orNil()
}

// succeed ends the last name and begins the new one, or puts the last right
// when it began that same day.
func succeed(tx *gorm.DB, last unitName, name string, from workday.Date) error {
	present := tx.Model(&unitName{}).Where("unit_id = ? AND valid_from = ?", last.UnitID, last.ValidFrom)
	if from == last.ValidFrom {
		return present.Updates(map[string]any{"name": name}).Error
	}
	if err := present.Updates(map[string]any{"valid_to": from.Add(-1)}).Error; err != nil {
		return err
	}
	return tx.Create(&unitName{UnitID: last.UnitID, Name: name, ValidFrom: from}).Error
}

// NameOn is the office's name on that day; before its first name, that one.
func (a *Atlas) NameOn(ctx context.Context, unit uuid.UUID, day workday.Date) (string, error) {
	names, err := a.Names(ctx, unit)
	if err != nil {
		return "", err
	}
	history := names[unit]
	if len(history) == 0 {
		return "", store.ErrNotFound
	}
	for _, n := range history {
		if n.From <= day {
			return n.Name, nil
		}
	}
	return history[len(history)-1].Name, nil
}

// Names lists what offices are and were called, the latest first.
func (a *Atlas) Names(ctx context.Context, units ...uuid.UUID) (map[uuid.UUID][]Name, error) {
	all := make(map[uuid.UUID][]Name)
	for batch := range slices.Chunk(units, 500) {
		var rows []unitName
		err := a.store.Read(ctx).Where("unit_id IN ?", batch).Order("unit_id, valid_from DESC").Find(&rows).Error
		if err != nil {
			return nil, fmt.Errorf("region: read names of offices: %w", err)
		}
		for _, n := range rows {
			all[n.UnitID] = append(all[n.UnitID], Name{n.Name, n.ValidFrom, n.ValidTo})
		}
	}
	return all, nil
}
