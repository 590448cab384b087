package accountability

import (
	"context"

	"github.com/google/uuid"

	"minsheng/internal/workday"
	"minsheng/staff"
)

// standing are the states in which a measure counts: it was taken and not lifted.
var standing = []State{Served, Adopted, NotAdopted, Appealed}

// CodesOf tells by which measures somebody was held to account for what
// supervision items are about, as far as the officer may know of them; by item.
func (d *Desk) CodesOf(ctx context.Context, by staff.Officer, items []uuid.UUID) (map[uuid.UUID][]Code, error) {
	codes := map[uuid.UUID][]Code{}
	if len(items) == 0 {
		return codes, nil
	}
	var rows []struct {
		RefID uuid.UUID
		Code  Code
	}
	err := d.visible(d.Store.Read(ctx).Table("measure"), by).Joins("JOIN measure_ground stands ON stands.measure_id = measure.id").
		Select("stands.ref_id, measure.code").Where("stands.kind = 'item' AND stands.ref_id IN ? AND measure.state IN ?", items, standing).
		Order("measure.id").Scan(&rows).Error
	for _, r := range rows {
		codes[r.RefID] = append(codes[r.RefID], r.Code)
	}
	return codes, err
}

// Tally is how often a measure was taken.
type Tally struct {
	Code Code
	N    int64
}

// TallyOf counts the measures that an office and those below it served in a span
// of days, by code; nobody is named. What was referred is not in it: nobody but
// those who seal it is told that there is any. Whoever calls has made sure that
// the officer counts for that office.
func (d *Desk) TallyOf(ctx context.Context, unit uuid.UUID, span workday.Span) (all []Tally, err error) {
	err = d.Store.Read(ctx).Model(&Measure{}).Select("code, COUNT(*) AS n").
		Where("unit_id IN ? AND nature <> ? AND state IN ? AND served_on BETWEEN ? AND ?", d.Atlas.Subtree(unit), Refer, standing, span.First, span.Last).
		Group("code").Order("code").Scan(&all).Error
	return all, err
}
