package figures

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/workday"
)

// ages are the first days of the classes of age, in days since receipt: in time
// to be taken up, in time to be answered, extended, too old.
var ages = []int{0, 16, 31, 61, 91}

// Age is how many open matters came in between two days, both counted; From is
// "" for the oldest.
type Age struct {
	From, To workday.Date
	Least    int // days old
	N        int
}

// Open is what is not ended now.
type Open struct {
	Matters int
	Late    int // last day passed
	Red     int // for as long as the rule of red says
	Ages    []Age

	Items     int // issued
	ItemsLate int // the unit owes it
	ItemsRed  int
}

func (b *Board) open(ctx context.Context, seen *sight, a Ask) (Open, error) {
	today := workday.On(b.Store.Now())
	red, err := b.Clocks.RedBy(ctx)
	if err != nil {
		return Open{}, err
	}
	o := Open{Ages: agesOn(today)}
	if err := b.openMatters(ctx, seen, a, today, red, &o); err != nil {
		return o, err
	}
	return o, b.openItems(ctx, seen, a, today, red, &o)
}

// agesOn are the classes of age as stretches of days.
func agesOn(today workday.Date) (all []Age) {
	for i, least := range ages {
		age := Age{To: today.Add(-least), Least: least}
		if i+1 < len(ages) {
			age.From = today.Add(1 - ages[i+1])
		}
		all = append(all, age)
	}
	return all
}

// openMatters counts open complaints. The index over the open ones holds all
// that it reads.
func (b *Board) openMatters(ctx context.Context, seen *sight, a Ask, today, red workday.Date, o *Open) error {
	desks := seen.below
	if seen.office != uuid.Nil {
		desks = seen.within
	}
	columns := "COUNT(*) AS matters, COUNT(*) FILTER (WHERE due_on < ?) AS late, COUNT(*) FILTER (WHERE due_on <= ?) AS red"
	vars := []any{today, red}
	for _, age := range o.Ages {
		if age.From == "" {
			columns, vars = columns+", COUNT(*) FILTER (WHERE received_at < ?) AS n", append(vars, age.To.Add(1).Time().UTC())
			continue
		}
		columns += ", COUNT(*) FILTER (WHERE received_at >= ? AND received_at < ?) AS n"
		vars = append(vars, age.From.Time().UTC(), age.To.Add(1).Time().UTC())
	}
	query := b.Store.Read(ctx).Table("complaint c").Select(columns, vars...).Where("closed_at IS NULL AND desk_unit_id IN ?", desks)
	query = without(query, "c.id", seen.cases)
	query = at(query, "town_code", a.Place)
	into := []any{&o.Matters, &o.Late, &o.Red}
	for i := range o.Ages {
		into = append(into, &o.Ages[i].N)
	}
	return query.Row().Scan(into...)
}

// openItems counts items that are issued and not ended; a report that lies with
// the issuing office is not late.
func (b *Board) openItems(ctx context.Context, seen *sight, a Ask, today, red workday.Date, o *Open) error {
	const owed = "state IN ('issued', 'acknowledged', 'in_progress', 'disputed', 'returned')"
	query := b.Store.Read(ctx).Table("supervision_item i").
		Select("COUNT(*), COUNT(*) FILTER (WHERE due_on < ? AND "+owed+"), COUNT(*) FILTER (WHERE due_on <= ? AND "+owed+")", today, red).
		Where("closed_at IS NULL AND issued_at IS NOT NULL").
		Where("issuer_id IN ? OR lead_unit_id = ?", seen.below, seen.own)
	if seen.office != uuid.Nil {
		query = query.Where("issuer_id IN ? OR lead_unit_id IN ?", seen.within, seen.within)
	}
	query = without(query, "i.id", seen.items)
	return at(query, "place_code", a.Place).Row().Scan(&o.Items, &o.ItemsLate, &o.ItemsRed)
}

// without leaves out what is hidden.
func without(query *gorm.DB, column string, hidden []uuid.UUID) *gorm.DB {
	if len(hidden) == 0 {
		return query
	}
	return query.Where(column+" NOT IN ?", hidden)
}

// at narrows to a county or town.
func at(query *gorm.DB, column, place string) *gorm.DB {
	switch {
	case inPlace("", place):
		return query
	case len(place) != 12:
		return query.Where("1 = 0")
	case place[6:] == "000000":
		return query.Where("substr("+column+", 1, 6) = ?", place[:6])
	}
	return query.Where("substr("+column+", 1, 9) = ?", place[:9])
}
