package figures

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"minsheng/internal/store"
	"minsheng/staff"
)

// Ask is what somebody wants figures of.
type Ask struct {
	Period Period
	Office uuid.UUID // one office and all under its command; uuid.Nil everything the officer may count
	Place  string    // code of a county or town; "" everywhere
}

// Sheet holds the figures of a period.
type Sheet struct {
	Ask
	CountedAt time.Time // up to then everything is in it; zero: nothing was counted yet
	Total     Counts
	Months    map[Month]Counts
	Offices   map[uuid.UUID]Counts // by whose time it was: the desk; of items the lead unit
	Towns     map[string]Counts    // by code; "" for items that belong to no place
	Open      Open
}

// Sheet reads the figures that an officer asks for (staff.ReadFigures). They are
// at most a minute old; what is open is counted now. store.ErrNotFound for an
// office that is not under the officer's.
func (b *Board) Sheet(ctx context.Context, by staff.Officer, a Ask) (Sheet, error) {
	if err := by.Require(staff.ReadFigures); err != nil {
		return Sheet{}, err
	}
	seen, err := b.sightOf(ctx, by, a.Office)
	if err != nil {
		return Sheet{}, err
	}
	b.fresh(ctx)
	sheet := Sheet{Ask: a, Total: Counts{}, Months: map[Month]Counts{}, Offices: map[uuid.UUID]Counts{}, Towns: map[string]Counts{}}
	if sheet.CountedAt, err = b.countedAt(ctx); err != nil {
		return sheet, err
	}
	kept, err := b.kept(ctx, seen, a)
	if err != nil {
		return sheet, err
	}
	for _, t := range kept {
		c := Count{t.N, t.Fen}
		sheet.Total.Add(t.Measure, c)
		more(sheet.Months, t.Month).Add(t.Measure, c)
		more(sheet.Offices, t.OwingID).Add(t.Measure, c)
		more(sheet.Towns, t.TownCode).Add(t.Measure, c)
	}
	sheet.Open, err = b.open(ctx, seen, a)
	return sheet, err
}

func more[K comparable](all map[K]Counts, key K) Counts {
	if all[key] == nil {
		all[key] = Counts{}
	}
	return all[key]
}

func (b *Board) countedAt(ctx context.Context) (time.Time, error) {
	var s state
	err := store.One(b.Store.Read(ctx).Where("id = 1"), &s)
	if err != nil || s.CountedAt == nil {
		return time.Time{}, err
	}
	return s.CountedAt.UTC(), nil
}

// kept reads the kept counts of a period that belong to what is looked at,
// without what is hidden from the officer.
func (b *Board) kept(ctx context.Context, seen *sight, a Ask) ([]tally, error) {
	query := b.Store.Read(ctx).Where("month BETWEEN ? AND ?", a.Period.First, a.Period.Last)
	if !seen.all {
		query = query.Where("unit_id IN ? OR owing_id = ?", seen.below, seen.own)
	}
	var rows []tally
	err := query.Find(&rows).Error
	return slices.DeleteFunc(rows, func(t tally) bool { return !seen.sees(t) || !inPlace(t.TownCode, a.Place) }), err
}

// inPlace reports whether a town lies in a county or is the town asked for.
func inPlace(town, place string) bool {
	switch {
	case place == "" || strings.HasSuffix(place, "00000000"):
		return true
	case len(place) != 12 || len(town) != 12:
		return false
	case strings.HasSuffix(place, "000000"):
		return town[:6] == place[:6]
	}
	return town == place
}
