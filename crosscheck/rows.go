package crosscheck

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"minsheng/household"
	"minsheng/internal/privacy"
	"minsheng/roll"
)

// masked are the masked names of the rows that findings are made of, and the
// titles of their batches.
type masked struct {
	payments map[uuid.UUID]string
	rolls    map[rowOf]string
	people   map[rowOf]string
	batches  map[uuid.UUID]string
}

// rowOf is a row of a roll or of a set.
type rowOf struct {
	id uuid.UUID
	n  int
}

// hits looks up what the rows of findings are called.
func (b *Bench) hits(ctx context.Context, d *data, found []printed, unit uuid.UUID, at time.Time) ([]Hit, error) {
	m, err := b.masked(ctx, d, found)
	if err != nil {
		return nil, fmt.Errorf("crosscheck: names of hits: %w", err)
	}
	hits := make([]Hit, 0, len(found))
	for _, f := range found {
		h := Hit{ID: uuid.Must(uuid.NewV7()), Fingerprint: f.fingerprint, Rule: f.rule, PlaceCode: f.place, UnitID: unit,
			AmountFen: f.fen, State: open, FoundAt: at, Version: 1}
		for _, r := range f.refs {
			h.Rows = append(h.Rows, m.row(d, r))
		}
		hits = append(hits, h)
	}
	return hits, nil
}

// row is one row as it is kept with the hit.
func (m *masked) row(d *data, r ref) Place {
	switch r.kind {
	case "payment":
		p := d.payments[r.index]
		return Place{Kind: r.kind, ID: p.id, Row: p.row, What: m.batches[p.batch], Name: m.payments[p.id], Day: p.day, Fen: p.fen}
	case "roll":
		l := d.rows[r.index]
		of := d.lists[l.list]
		return Place{Kind: r.kind, ID: of.ID, Row: l.n, What: noticeKind(of.Roll), Name: m.rolls[rowOf{of.ID, l.n}], Day: of.day, Fen: l.fen}
	}
	p := d.people[r.index]
	set := d.sets[p.set]
	return Place{Kind: r.kind, ID: set.ID, Row: p.row, What: set.Title, Name: m.people[rowOf{set.ID, p.row}], Day: p.since, By: r.by}
}

// noticeKind is the kind of the notice that shows a roll now (DOMAIN §7).
func noticeKind(r roll.Roll) string {
	if r.Kind == roll.Payments {
		return "SUBSIDY_ROSTER"
	}
	switch r.Stage {
	case roll.Village:
		return "LIST_VILLAGE"
	case roll.Town:
		return "LIST_TOWN"
	}
	return "LIST_COUNTY"
}

func (b *Bench) masked(ctx context.Context, d *data, found []printed) (*masked, error) {
	m := &masked{map[uuid.UUID]string{}, map[rowOf]string{}, map[rowOf]string{}, map[uuid.UUID]string{}}
	var payments []uuid.UUID
	rolls, people := map[uuid.UUID][]int{}, map[uuid.UUID][]int{}
	for _, f := range found {
		for _, r := range f.refs {
			switch r.kind {
			case "payment":
				payments = append(payments, d.payments[r.index].id)
				m.batches[d.payments[r.index].batch] = ""
			case "roll":
				id := d.lists[d.rows[r.index].list].ID
				rolls[id] = append(rolls[id], d.rows[r.index].n)
			default:
				id := d.sets[d.people[r.index].set].ID
				people[id] = append(people[id], d.people[r.index].row)
			}
		}
	}
	if err := b.maskPayments(ctx, m, payments); err != nil {
		return nil, err
	}
	if err := b.maskRolls(ctx, m, rolls); err != nil {
		return nil, err
	}
	return m, b.maskPeople(ctx, m, people)
}

func (b *Bench) maskPayments(ctx context.Context, m *masked, ids []uuid.UUID) error {
	for some := range slices.Chunk(ids, 500) {
		var payments []household.Payment
		if err := b.Store.Read(ctx).Select("id, name_sealed").Where("id IN ?", some).Find(&payments).Error; err != nil {
			return err
		}
		for _, p := range payments {
			name, err := b.Purse.Name(p)
			if err != nil {
				return err
			}
			m.payments[p.ID] = privacy.MaskName(name)
		}
	}
	ids = ids[:0]
	for id := range m.batches {
		ids = append(ids, id)
	}
	for some := range slices.Chunk(ids, 500) {
		var batches []household.Batch
		if err := b.Store.Read(ctx).Select("id, title").Where("id IN ?", some).Find(&batches).Error; err != nil {
			return err
		}
		for _, batch := range batches {
			m.batches[batch.ID] = batch.Title
		}
	}
	return nil
}

func (b *Bench) maskRolls(ctx context.Context, m *masked, rolls map[uuid.UUID][]int) error {
	for id, keys := range rolls {
		for some := range slices.Chunk(keys, 500) {
			var rows []roll.Row
			err := b.Store.Read(ctx).Select("key, label").Where("roll_id = ? AND until IS NULL AND key IN ?", id, some).Find(&rows).Error
			if err != nil {
				return err
			}
			for _, r := range rows {
				m.rolls[rowOf{id, r.Key}] = privacy.MaskName(r.Label)
			}
		}
	}
	return nil
}

func (b *Bench) maskPeople(ctx context.Context, m *masked, people map[uuid.UUID][]int) error {
	for set, rows := range people {
		for some := range slices.Chunk(rows, 500) {
			var found []person
			err := b.Store.Read(ctx).Select("id, set_id, row, name_sealed").Where("set_id = ? AND row IN ?", set, some).Find(&found).Error
			if err != nil {
				return err
			}
			for _, p := range found {
				name, err := b.Purse.OpenName(p.ID, p.NameSealed)
				if err != nil {
					return err
				}
				m.people[rowOf{set, p.Row}] = privacy.MaskName(name)
			}
		}
	}
	return nil
}
