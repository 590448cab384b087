package roll

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/google/uuid"
)

// Change is one difference between two versions.
type Change struct {
	What   string // "added", "removed", "changed"
	Before *Row
	After  *Row
	Reason string
}

const mostChanges = 500

// Compare lists what differs between two versions (0: the present one), by
// number, at most 500.
func (b *Book) Compare(ctx context.Context, id uuid.UUID, from, to int) ([]Change, error) {
	db := b.store.Read(ctx)
	r, err := b.RollIn(db, id)
	if err != nil {
		return nil, err
	}
	if to == 0 {
		to = r.Version
	}
	var before, after []Row
	rows := db.Where("roll_id = ?", id).Order("key").Limit(mostChanges)
	err = rows.Where("until > ? AND until <= ? AND since <= ?", from, to, from).Find(&before).Error
	if err == nil {
		rows := db.Where("roll_id = ?", id).Order("key").Limit(mostChanges)
		err = rows.Where("since > ? AND since <= ? AND (until IS NULL OR until > ?)", from, to, to).Find(&after).Error
	}
	if err != nil {
		return nil, fmt.Errorf("roll: compare: %w", err)
	}
	return differences(before, after), nil
}

// differences pairs rows by key. Both lists hold their first 500 by key, so the
// first 500 keys of the two together are complete.
func differences(before, after []Row) []Change {
	pairs := map[int]*Change{}
	for i := range before {
		pairs[before[i].Key] = &Change{What: "removed", Before: &before[i], Reason: before[i].Ended}
	}
	for i := range after {
		row := &after[i]
		if c, both := pairs[row.Key]; both {
			c.What, c.After, c.Reason = "changed", row, row.Reason
		} else {
			pairs[row.Key] = &Change{What: "added", After: row, Reason: row.Reason}
		}
	}
	var changes []Change
	for _, key := range slices.Sorted(maps.Keys(pairs))[:min(len(pairs), mostChanges)] {
		if c := pairs[key]; c.What != "changed" || !same(*c.Before, *c.After) {
			changes = append(changes, *c)
		}
	}
	return changes
}

// same reports whether two versions of a row say the same.
func same(a, b Row) bool {
	return a.PlaceCode == b.PlaceCode && a.Label == b.Label && a.Team == b.Team && a.People == b.People &&
		a.AmountFen == b.AmountFen && maps.Equal(a.Cells, b.Cells)
}
