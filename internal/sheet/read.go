package sheet

import (
	"context"
	"slices"
)

const maxSkips = 200

// Read hands out every record with its problems. fixes (cell → text) replace
// what stands there. each may be called 200 000 times and must not keep r or
// problems.
func (b *Book) Read(ctx context.Context, l Layout, fields []Field, fixes map[string]string, each func(r Record, problems []Problem) error) (Summary, error) {
	d := newReading(l, fields, fixes)
	d.each = each
	n := 0
	err := b.Rows(l.Sheet, func(r Row) error {
		if n++; n%512 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		return d.row(r)
	})
	return d.found, err
}

// reading is one pass over a sheet.
type reading struct {
	layout   Layout
	columns  []reader
	required []Field // that no column is
	fixes    map[int]map[int]string
	each     func(Record, []Problem) error
	found    Summary

	last     int // row number
	record   Record
	problems []Problem
}

// reader is one column that is not dropped.
type reader struct {
	Column
	field Field
}

func newReading(l Layout, fields []Field, fixes map[string]string) *reading {
	d := &reading{layout: l, fixes: byRow(fixes), last: l.HeaderTo}
	d.found.Sums = map[string]int64{}
	d.record.Values = map[string]Value{}
	mapped := map[string]bool{}
	for _, c := range l.Columns {
		i := slices.IndexFunc(fields, func(f Field) bool { return f.Code == c.Field })
		if c.Field == "" || i < 0 || mapped[c.Field] || c.Index < 0 || c.Index >= MaxColumns {
			continue
		}
		mapped[c.Field] = true
		d.columns = append(d.columns, reader{c, fields[i]})
	}
	for _, f := range fields {
		if f.Required && !mapped[f.Code] {
			d.required = append(d.required, f)
		}
	}
	return d
}

func byRow(fixes map[string]string) map[int]map[int]string {
	rows := map[int]map[int]string{}
	for ref, text := range fixes {
		row, column, ok := place([]byte(ref))
		if !ok || column >= MaxColumns {
			continue
		}
		if rows[row] == nil {
			rows[row] = map[int]string{}
		}
		rows[row][column] = text
	}
	return rows
}

func (d *reading) row(r Row) error {
	switch {
	case r.Number < d.layout.HeaderFrom:
		d.skip(r, "title")
		return nil
	case r.Number <= d.layout.HeaderTo:
		return nil
	}
	d.blanks(r.Number)
	d.fix(&r)
	switch why := d.apart(r); why {
	case "":
		return d.hand(r)
	case "total":
		d.total(r)
		d.skip(r, "subtotal")
	default:
		d.skip(r, why)
	}
	return nil
}

// blanks tells of the empty rows before row number.
func (d *reading) blanks(number int) {
	for n := d.last + 1; n < number && len(d.found.Skips) < maxSkips; n++ {
		d.found.Skips = append(d.found.Skips, Skip{Row: n, Why: "blank"})
	}
	d.last = number
}

func (d *reading) skip(r Row, why string) {
	if len(d.found.Skips) >= maxSkips {
		return
	}
	words := ""
	for c := range r.Cells {
		if words = tidy(at(r, c)); words != "" {
			break
		}
	}
	d.found.Skips = append(d.found.Skips, Skip{Row: r.Number, Why: why, Raw: clip(words, 40)})
}

// fix puts corrected cells into their row.
func (d *reading) fix(r *Row) {
	for column, text := range d.fixes[r.Number] {
		for len(r.Cells) <= column {
			r.Cells = append(r.Cells, "")
		}
		r.Cells[column] = text
		other := func(c int) bool { return c == column }
		r.filled, r.lost = slices.DeleteFunc(r.filled, other), slices.DeleteFunc(r.lost, other)
	}
}

// hand makes a record of a row and hands it out.
func (d *reading) hand(r Row) error {
	clear(d.record.Values)
	d.record.Row, d.problems = r.Number, d.problems[:0]
	for _, c := range d.columns {
		d.cell(r, c)
	}
	for _, f := range d.required {
		d.problems = append(d.problems, Problem{Row: r.Number, Column: -1, Field: f.Code, Key: "required"})
	}
	d.found.Records++
	if r.Hidden {
		d.found.Hidden++
	}
	d.found.Problems += len(d.problems)
	return d.each(d.record, d.problems)
}

func (d *reading) cell(r Row, c reader) {
	v, key, absent := understand(c.field, c.Wan, at(r, c.Index))
	v.Ref = Ref(r.Number, c.Index)
	switch t := c.field.Type; {
	case absent && c.field.Required:
		key = "required"
	case absent:
		return
	case key == "" && (t == Identity || t == Account) && slices.Contains(r.lost, c.Index):
		key = "digits_lost"
	case key == "" && (t == Money || t == Whole) && slices.Contains(r.filled, c.Index):
		key = "merged"
	}
	if key != "" {
		d.problems = append(d.problems, Problem{
			Row: r.Number, Column: c.Index, Ref: v.Ref, Field: c.Field, Key: key, Raw: shown(c.field.Type, v.Raw),
		})
		return
	}
	d.record.Values[c.Field] = v
	if c.field.Type == Money || c.field.Type == Whole {
		d.found.Sums[c.Field] += v.N
	}
}

// total remembers the figures of a total row.
func (d *reading) total(r Row) {
	totals := map[string]int64{}
	for _, c := range d.columns {
		if c.field.Type != Money && c.field.Type != Whole || slices.Contains(r.filled, c.Index) {
			continue
		}
		if v, key, absent := understand(c.field, c.Wan, at(r, c.Index)); key == "" && !absent {
			totals[c.Field] = v.N
		}
	}
	if len(totals) > 0 {
		d.found.Totals = totals
	}
}
