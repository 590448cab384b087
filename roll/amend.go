package roll

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/region"
)

// Edit replaces, adds (Key 0) or removes (Gone) rows of a draft by hand, or of a
// published roll through a correction or a ruling.
type Edit struct {
	Key       int
	Gone      bool
	Label     string
	Team      string
	PlaceCode string // "": where the row was, or the roll's place
	People    int
	AmountFen int64
	Cells     map[string]string
	Reason    string // code: typo, objection_upheld, duplicate, withdrawn_by_household, moved …
}

// Amend makes the next version in the caller's transaction. On a roll beyond
// draft the changed rows stand until standsUntil (publicity restarts for them),
// and what they replace is kept; what a draft said is forgotten, because nobody
// was shown it and it may be what must not be kept. A row under an objection
// other than ruling (uuid.Nil: none) is ErrFrozen. ErrStale, *Invalid, and
// store.ErrNotFound for a key that is not there. No edits make no version.
func (b *Book) Amend(tx *gorm.DB, id uuid.UUID, version int, edits []Edit, standsUntil workday.Date, ruling uuid.UUID) (Roll, error) {
	r, err := lock(tx, id)
	if err != nil {
		return Roll{}, err
	}
	if r.Version != version {
		return Roll{}, ErrStale
	}
	if len(edits) == 0 {
		return r, nil
	}
	if err := wrongEdits(r, edits); err != nil {
		return Roll{}, err
	}
	if r.Stage == Draft {
		standsUntil = ""
	}
	if err := frozen(tx, id, edits, ruling); err != nil {
		return Roll{}, err
	}
	old, err := b.replaced(tx, id, edits)
	if err != nil {
		return Roll{}, err
	}
	next := r
	next.Version++
	fresh, err := renewed(tx, &next, edits, old, standsUntil)
	if err != nil {
		return Roll{}, err
	}
	if err := b.end(tx, r, edits, old); err != nil {
		return Roll{}, err
	}
	if err := b.insert(tx, fresh); err != nil {
		return Roll{}, err
	}
	return next, keepCounts(tx, r, next)
}

// wrongEdits finds the first edit that cannot be a row.
func wrongEdits(r Roll, edits []Edit) error {
	seen := make(map[int]bool, len(edits))
	for i, e := range edits {
		wrong := &Invalid{Edit: i, Problems: map[string]string{}}
		if e.Key < 0 || e.Key == 0 && e.Gone || e.Key > 0 && seen[e.Key] {
			wrong.Problems["key"] = "twice"
		}
		seen[e.Key] = true
		if !e.Gone {
			e.check(r, wrong.Problems)
		}
		if utf8.RuneCountInString(e.Reason) > 50 {
			wrong.Problems["reason"] = "too_long"
		}
		if err := wrong.orNil(); err != nil {
			return err
		}
	}
	return nil
}

func (e Edit) check(r Roll, problems map[string]string) {
	texts := map[string]string{"label": e.Label, "team": e.Team}
	maps.Copy(texts, e.Cells)
	for _, f := range Fields(r.Kind) {
		most := f.Max
		if most == 0 {
			most = 100
		}
		if utf8.RuneCountInString(texts[f.Code]) > most {
			problems[f.Code] = "too_long"
		}
	}
	if strings.TrimSpace(e.Label) == "" {
		problems["label"] = "required"
	}
	switch {
	case e.People < 0:
		problems["people"] = "negative"
	case e.People > mostPeople:
		problems["people"] = "too_large"
	}
	switch {
	case e.AmountFen < 0:
		problems["amount"] = "negative"
	case e.AmountFen > mostFen:
		problems["amount"] = "too_large"
	}
	if e.PlaceCode != "" && !region.Within(e.PlaceCode, r.PlaceCode) {
		problems["place"] = "place_unknown"
	}
}

// frozen is ErrFrozen when a row that is to change is under another objection.
func frozen(tx *gorm.DB, id uuid.UUID, edits []Edit, ruling uuid.UUID) error {
	var held []int
	err := tx.Model(&hold{}).Where("roll_id = ? AND lifted_at IS NULL AND key IS NOT NULL AND id <> ?", id, ruling).
		Distinct().Pluck("key", &held).Error
	if err != nil {
		return fmt.Errorf("roll: read holds: %w", err)
	}
	for _, e := range edits {
		if slices.Contains(held, e.Key) {
			return ErrFrozen
		}
	}
	return nil
}

// replaced reads the rows that edits change or remove, by key.
func (b *Book) replaced(tx *gorm.DB, id uuid.UUID, edits []Edit) (map[int]Row, error) {
	var keys []int
	for _, e := range edits {
		if e.Key != 0 {
			keys = append(keys, e.Key)
		}
	}
	old := make(map[int]Row, len(keys))
	for some := range slices.Chunk(keys, b.named()) {
		var rows []Row
		if err := present(tx, id).Where("key IN ?", some).Find(&rows).Error; err != nil {
			return nil, fmt.Errorf("roll: read rows: %w", err)
		}
		for _, row := range rows {
			old[row.Key] = row
		}
	}
	if len(old) != len(keys) {
		return nil, store.ErrNotFound
	}
	return old, nil
}

// renewed are the rows that the next version brings; next is counted up.
func renewed(tx *gorm.DB, next *Roll, edits []Edit, old map[int]Row, standsUntil workday.Date) ([]Row, error) {
	var last struct{ Key int }
	if err := tx.Model(&Row{}).Select("COALESCE(MAX(key), 0) AS key").Where("roll_id = ?", next.ID).Take(&last).Error; err != nil {
		return nil, fmt.Errorf("roll: read last key: %w", err)
	}
	var fresh []Row
	for _, e := range edits {
		before, was := old[e.Key]
		if was {
			next.count(before, -1)
		}
		if e.Gone {
			continue
		}
		row := e.row(*next, before)
		row.StandsUntil = max(standsUntil, before.StandsUntil)
		if !was {
			last.Key++
			row.Key, row.N = last.Key, last.Key
		}
		next.count(row, 1)
		fresh = append(fresh, row)
	}
	return fresh, nil
}

func (e Edit) row(r Roll, before Row) Row {
	place := e.PlaceCode
	if place == "" {
		place = before.PlaceCode
	}
	if place == "" {
		place = r.PlaceCode
	}
	cells := maps.Clone(e.Cells)
	if cells == nil {
		cells = map[string]string{}
	}
	label := strings.TrimSpace(e.Label)
	return Row{ID: uuid.Must(uuid.NewV7()), RollID: r.ID, Key: before.Key, N: before.N, Since: r.Version, PlaceCode: place,
		Label: label, Shown: r.Kind.shown(label), Team: strings.TrimSpace(e.Team), People: e.People, AmountFen: e.AmountFen,
		Cells: cells, Reason: e.Reason}
}

// count adds a row to what the roll sums up, or takes it away.
func (r *Roll) count(row Row, sign int) {
	r.Size += sign
	r.People += sign * row.People
	r.TotalFen += int64(sign) * row.AmountFen
}

// end closes the rows that were changed or removed; of a draft they go.
func (b *Book) end(tx *gorm.DB, r Roll, edits []Edit, old map[int]Row) error {
	byWhy := map[string][]uuid.UUID{}
	for _, e := range edits {
		if row, was := old[e.Key]; was {
			why := ""
			if e.Gone {
				why = e.Reason
			}
			byWhy[why] = append(byWhy[why], row.ID)
		}
	}
	for why, ids := range byWhy {
		for some := range slices.Chunk(ids, b.named()) {
			q := tx.Where("id IN ?", some) // present ones: the roll is locked
			if r.Stage == Draft {
				q = q.Delete(&Row{})
			} else {
				q = q.Model(&Row{}).Updates(map[string]any{"until": r.Version + 1, "ended": why})
			}
			if q.Error != nil {
				return fmt.Errorf("roll: end rows: %w", q.Error)
			}
			if int(q.RowsAffected) != len(some) {
				return ErrStale
			}
		}
	}
	return nil
}

// named is how many rows one statement names: PostgreSQL walks through the whole
// roll for each, SQLite's driver through all the names for each of them.
func (b *Book) named() int {
	if b.store.Postgres() {
		return 20_000
	}
	return 500
}

// insert writes new rows: on PostgreSQL many at a time, because each statement
// is a journey; on SQLite few, because its driver looks for each value among all
// of the statement's (measured: 50 000 rows 2 s instead of 6).
func (b *Book) insert(tx *gorm.DB, rows []Row) error {
	together := 30
	if b.store.Postgres() {
		together = 1000
	}
	for some := range slices.Chunk(rows, together) {
		if err := tx.Create(&some).Error; err != nil {
			return fmt.Errorf("roll: write rows: %w", err)
		}
	}
	return nil
}

// keepCounts stores the new version with its figures, if the roll is as it was.
func keepCounts(tx *gorm.DB, was, next Roll) error {
	done := tx.Model(&Roll{}).Where("id = ? AND version = ? AND stage = ?", was.ID, was.Version, was.Stage).
		Updates(map[string]any{"version": next.Version, "size": next.Size, "people": next.People, "total_fen": next.TotalFen})
	if done.Error != nil {
		return fmt.Errorf("roll: write figures: %w", done.Error)
	}
	if done.RowsAffected == 0 {
		return ErrStale
	}
	return nil
}
