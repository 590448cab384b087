package roll

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/sheet"
	"minsheng/internal/store"
	"minsheng/region"
	"minsheng/staff"
	"minsheng/tray"
)

// Targets are what sheets can become: "roll.households", "roll.exits" …; the
// sheet's OwnerID is the roll, whose rows it replaces while it is a draft.
func (b *Book) Targets() []tray.Target {
	var targets []tray.Target
	for _, k := range Kinds() {
		targets = append(targets, tray.Target{
			Code: "roll." + string(k), May: staff.WriteNotices, Fields: Fields(k),
			Check: func(ctx context.Context, by staff.Officer, s tray.Sheet) (func(sheet.Record) []sheet.Problem, error) {
				return b.check(b.store.Read(ctx), k, by, s)
			},
			Take: func(tx *gorm.DB, by staff.Officer, s tray.Sheet, next func() (sheet.Record, error)) (uuid.UUID, error) {
				return b.take(tx, k, by, s, next)
			},
		})
	}
	return targets
}

// ownDraft checks that a sheet is for a draft of the officer's own office.
func ownDraft(r Roll, k Kind, by staff.Officer) error {
	if r.UnitID != by.UnitID || r.Kind != k {
		return store.ErrNotFound
	}
	if r.Stage != Draft {
		return ErrStage
	}
	return nil
}

func (b *Book) check(db *gorm.DB, k Kind, by staff.Officer, s tray.Sheet) (func(sheet.Record) []sheet.Problem, error) {
	if s.OwnerID == nil {
		return nil, store.ErrNotFound
	}
	r, err := b.RollIn(db, *s.OwnerID)
	if err != nil {
		return nil, err
	}
	if err := ownDraft(r, k, by); err != nil {
		return nil, err
	}
	places, err := b.atlas.Gazetteer(db, r.PlaceCode)
	if err != nil {
		return nil, err
	}
	return reader{roll: r, places: places, seen: map[uint64]struct{}{}, seed: maphash.MakeSeed()}.problems, nil
}

// reader turns records into rows of one roll.
type reader struct {
	roll   Roll
	places *region.Gazetteer
	seen   map[uint64]struct{} // households, by hash: a sheet may have 200 000
	seed   maphash.Seed
}

// Figures beyond these are slips of the pen: a thousand people in a household, a
// hundred thousand million yuan on one line. A roll of 200 000 rows adds up
// without overflow.
const (
	mostPeople = 1000
	mostFen    = 10_000_000_000_000
)

func (r reader) problems(record sheet.Record) []sheet.Problem {
	var problems []sheet.Problem
	complain := func(field, key string) {
		v := record.Values[field]
		problems = append(problems, sheet.Problem{Row: record.Row, Column: columnOf(v.Ref), Ref: v.Ref, Field: field, Key: key, Raw: v.Raw})
	}
	place, key := r.place(record)
	if key != "" {
		complain("place", key)
	}
	if record.Values["people"].N > mostPeople {
		complain("people", "too_large")
	}
	if record.Values["amount"].N > mostFen {
		complain("amount", "too_large")
	}
	if r.roll.Kind != Households && r.roll.Kind != Exits {
		return problems
	}
	label := record.Values["label"].Text
	if label == "" || key != "" {
		return problems
	}
	household := maphash.String(r.seed, strings.Join([]string{compact(label), compact(record.Values["team"].Text), place}, "\x00"))
	if _, twice := r.seen[household]; twice {
		complain("label", "twice")
	}
	r.seen[household] = struct{}{}
	return problems
}

func compact(text string) string { return strings.Join(strings.Fields(text), "") }

// columnOf is the column of a cell: 2 for C7, -1 for none.
func columnOf(ref string) int {
	n := 0
	for _, c := range ref {
		if c < 'A' || c > 'Z' {
			break
		}
		n = n*26 + int(c-'A') + 1
	}
	return n - 1
}

// place resolves where a record belongs. People belong to a village or to
// where their list does; money and projects may go anywhere in words ("甜水镇等三
// 个镇"), which then stay words.
func (r reader) place(record sheet.Record) (code, problem string) {
	text := record.Values["place"].Text
	if text == "" {
		return r.roll.PlaceCode, ""
	}
	found := r.places.Find(text)
	switch {
	case len(found) == 1:
		return found[0], ""
	case !r.roll.Kind.Personal():
		return r.roll.PlaceCode, ""
	case len(found) == 0:
		return "", "place_unknown"
	}
	return "", "place_several"
}

// row is a record as the key-th row; the roll's kind says which columns are
// cells.
func (r reader) row(record sheet.Record, key int, fields []sheet.Field) (Row, error) {
	place, problem := r.place(record)
	if problem != "" {
		return Row{}, tray.ErrProblems
	}
	label := strings.TrimSpace(record.Values["label"].Text)
	row := Row{ID: uuid.Must(uuid.NewV7()), RollID: r.roll.ID, Key: key, N: key, Since: r.roll.Version,
		PlaceCode: place, Label: label, Shown: r.roll.Kind.shown(label), Team: record.Values["team"].Text,
		People: int(record.Values["people"].N), AmountFen: record.Values["amount"].N, Cells: map[string]string{}, Reason: "imported"}
	for _, f := range fields {
		if text := cell(f, record.Values[f.Code]); text != "" && r.isCell(f.Code) {
			row.Cells[f.Code] = text
		}
	}
	return row, nil
}

// isCell: what is no column of Row. Where money goes is kept in the office's
// words as well.
func (r reader) isCell(code string) bool {
	if code == "place" {
		return !r.roll.Kind.Personal()
	}
	return !slices.Contains([]string{"label", "team", "people", "amount"}, code)
}

func cell(f sheet.Field, v sheet.Value) string {
	switch {
	case v.Raw == "" && v.Text == "":
		return ""
	case f.Code == "cause":
		return causeOf(v.Text)
	case f.Type == sheet.YesNo && v.N == 1:
		return "yes"
	case f.Type == sheet.YesNo:
		return "no"
	case f.Type == sheet.Whole || f.Type == sheet.Money:
		return strconv.FormatInt(v.N, 10)
	case f.Type == sheet.Day:
		return string(v.Day)
	}
	return v.Text
}

// take replaces the rows of a draft. What it said before is forgotten.
func (b *Book) take(tx *gorm.DB, k Kind, by staff.Officer, s tray.Sheet, next func() (sheet.Record, error)) (uuid.UUID, error) {
	if err := by.Require(staff.WriteNotices); err != nil {
		return uuid.Nil, err
	}
	if s.OwnerID == nil {
		return uuid.Nil, store.ErrNotFound
	}
	was, err := lock(tx, *s.OwnerID)
	if err != nil {
		return uuid.Nil, err
	}
	if err := ownDraft(was, k, by); err != nil {
		return uuid.Nil, err
	}
	if err := tx.Where("roll_id = ?", was.ID).Delete(&Row{}).Error; err != nil {
		return uuid.Nil, fmt.Errorf("roll: clear draft: %w", err)
	}
	places, err := b.atlas.Gazetteer(tx, was.PlaceCode)
	if err != nil {
		return uuid.Nil, err
	}
	now := was
	now.Version, now.Size, now.People, now.TotalFen = was.Version+1, 0, 0, 0
	if err := b.fill(tx, &now, reader{roll: now, places: places}, next); err != nil {
		return uuid.Nil, err
	}
	return was.ID, keepCounts(tx, was, now)
}

// fill writes every record, 1000 at a time, and counts them in r.
func (b *Book) fill(tx *gorm.DB, r *Roll, read reader, next func() (sheet.Record, error)) error {
	fields := Fields(r.Kind)
	batch := make([]Row, 0, 1000)
	for key := 1; ; key++ {
		record, err := next()
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if err == nil {
			row, wrong := read.row(record, key, fields)
			if wrong != nil {
				return wrong
			}
			r.count(row, 1)
			batch = append(batch, row)
		}
		if len(batch) == cap(batch) || err != nil {
			if wrong := b.insert(tx, batch); wrong != nil {
				return wrong
			}
			batch = batch[:0]
		}
		if err != nil {
			return nil
		}
	}
}
