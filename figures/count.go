package figures

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"minsheng/internal/workday"
	"minsheng/region"
)

// tally is one kept count.
type tally struct {
	Month     Month     `gorm:"primaryKey"`
	UnitID    uuid.UUID `gorm:"primaryKey"`
	OwingID   uuid.UUID `gorm:"primaryKey"`
	TownCode  string    `gorm:"primaryKey"`
	Measure   Measure   `gorm:"primaryKey"`
	SubjectID uuid.UUID `gorm:"primaryKey"` // of what is counted apart; uuid.Nil
	N         int64
	Fen       int64
}

// TableName is figures.
func (tally) TableName() string { return "figures" }

// place is where a count belongs.
type place struct {
	month       Month
	unit, owing uuid.UUID
	town        string
	subject     uuid.UUID
}

// tallies are counts by where they belong.
type tallies map[place]Counts

func (t tallies) add(at place, m Measure, c Count) {
	if c == (Count{}) {
		return
	}
	if t[at] == nil {
		t[at] = Counts{}
	}
	t[at].Add(m, c)
}

// rows lists the counts as they are kept.
func (t tallies) rows() (all []tally) {
	for at, counts := range t {
		for m, c := range counts {
			all = append(all, tally{at.month, at.unit, at.owing, at.town, m, at.subject, c.N, c.Fen})
		}
	}
	return all
}

// inMonth narrows a source to a month.
func (s source) inMonth(m Month) clause.Expr {
	if s.daily {
		return expr(s.when+" BETWEEN ? AND ?", m.First(), m.Last())
	}
	return expr(s.when+" >= ? AND "+s.when+" < ?", m.from(), m.to())
}

// tallied is a query whose rows are counts of some measures.
type tallied struct {
	*gorm.DB
	measures []Measure
}

// of counts what a source holds of a month: all together but for what is hidden
// from somebody who would count it, which is counted one by one. Who must not
// know of it is then shown numbers that it never was a part of.
func (s source) of(db *gorm.DB, m Month) tallied {
	q := tallied{measures: slices.Sorted(maps.Keys(s.counts))}
	apart := "CASE WHEN " + s.shy + " THEN " + s.id + " ELSE '" + uuid.Nil.String() + "' END"
	columns := []string{"'" + string(m) + "'", s.unit + " AS for_unit", s.owing + " AS for_owing", s.place + " AS at_place", apart + " AS of_subject"}
	var vars []any
	for _, measure := range q.measures {
		fen, some := s.fen[measure]
		if !some {
			fen = expr("0")
		}
		for _, column := range []clause.Expr{s.counts[measure], fen} {
			columns = append(columns, column.SQL)
			vars = append(vars, column.Vars...)
		}
	}
	in := s.inMonth(m)
	text := "SELECT " + strings.Join(columns, ", ") + " FROM " + s.from + " WHERE " + in.SQL + " AND " + s.where +
		" GROUP BY for_unit, for_owing, at_place, of_subject"
	q.DB = db.Raw(text, append(vars, in.Vars...)...)
	return q
}

// into adds the counts that the query finds.
func (q tallied) into(t tallies) error {
	rows, err := q.Rows()
	if err != nil {
		return err
	}
	defer rows.Close()
	var at place
	counts := make([]Count, len(q.measures))
	columns := []any{&at.month, &at.unit, &at.owing, &at.town, &at.subject}
	for i := range counts {
		columns = append(columns, &counts[i].N, &counts[i].Fen)
	}
	for rows.Next() {
		if err := rows.Scan(columns...); err != nil {
			return err
		}
		at.town = townOf(at.town)
		for i, m := range q.measures {
			t.add(at, m, counts[i])
		}
	}
	return rows.Err()
}

// townOf is the town in which a place lies; a county is its own, nowhere is
// nowhere.
func townOf(code string) string {
	if len(code) != 12 {
		return ""
	}
	return region.TownCode(code)
}

// countMonth counts everything in a month.
func (b *Board) countMonth(ctx context.Context, m Month, today workday.Date) (tallies, error) {
	t := tallies{}
	for _, s := range b.sources(today) {
		if err := s.of(b.Store.Read(ctx), m).into(t); err != nil {
			return nil, fmt.Errorf("figures: count %s: %w", s.from, err)
		}
	}
	return t, nil
}
