package accountability

import (
	"context"
	"io"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/evidence"
	"minsheng/internal/store"
	"minsheng/ledger"
	"minsheng/staff"
	"minsheng/triage"
)

// pageSize is how many measures one page of a list shows.
const pageSize = 50

// Filter narrows the list of measures. What the office decides, recommends and
// refers are lists of their own.
type Filter struct {
	Nature Nature    // required
	State  State     // "" all
	After  uuid.UUID // the last one of the page before
}

// List shows measures of one nature of the own office and of those below it, the
// newest first, 50 at a time (staff.ProposeMeasures).
func (d *Desk) List(ctx context.Context, by staff.Officer, f Filter) ([]Line, error) {
	query := d.visible(d.Store.Read(ctx), by).Where("measure.nature = ?", f.Nature)
	if f.State != "" {
		query = query.Where("measure.state = ?", f.State)
	}
	return d.lines(query, f.After)
}

// ServedOn shows what was decided about the officer's own office and the people in
// it, the newest first, 50 at a time (staff.AnswerOffices).
func (d *Desk) ServedOn(ctx context.Context, by staff.Officer, after uuid.UUID) ([]Line, error) {
	return d.lines(d.served(d.Store.Read(ctx), by), after)
}

func (d *Desk) lines(query *gorm.DB, after uuid.UUID) ([]Line, error) {
	if after != uuid.Nil {
		query = query.Where("measure.id < ?", after)
	}
	var all []Measure
	if err := query.Order("measure.id DESC").Limit(pageSize).Find(&all).Error; err != nil {
		return nil, err
	}
	lines := make([]Line, len(all))
	for i, m := range all {
		lines[i] = d.line(m)
	}
	return lines, nil
}

func (d *Desk) line(m Measure) Line {
	return Line{Measure: m, UnitName: d.unitName(m.UnitID), TargetName: d.unitName(m.TargetID), Late: d.Clocks.Late(m.DueOn, d.today())}
}

// Open shows a measure whole; store.ErrNotFound for who may not see it.
func (d *Desk) Open(ctx context.Context, by staff.Officer, id uuid.UUID) (Whole, error) {
	db := d.Store.Read(ctx)
	m, err := d.one(db, by, id)
	if err != nil {
		return Whole{}, err
	}
	w, err := d.whole(ctx, m)
	if err != nil {
		return Whole{}, err
	}
	people, err := namesOf(db, append([]uuid.UUID{m.ProposedBy}, some(m.RuledBy)...)...)
	if err != nil {
		return Whole{}, err
	}
	w.Proposer, w.Actions = people[m.ProposedBy], actions(by, m)
	if m.RuledBy != nil {
		w.Ruler = people[*m.RuledBy]
	}
	if w.Grounds, err = groundsOf(db, id); err != nil {
		return Whole{}, err
	}
	if err := d.looked(ctx, by, w.Grounds); err != nil {
		return Whole{}, err
	}
	if err := d.kin(db, by, &w); err != nil {
		return Whole{}, err
	}
	if w.Clocks, err = d.Clocks.Of(ctx, id); err != nil {
		return Whole{}, err
	}
	w.Events, err = ledger.Of(ctx, d.Store, ledger.OfMeasure, id)
	return w, err
}

// looked records that the officer is shown what a measure, or a referral, stands on.
func (d *Desk) looked(ctx context.Context, by staff.Officer, grounds []Ground) error {
	for _, g := range grounds {
		if g.Kind != ledger.OfComplaint {
			continue
		}
		if err := d.Triage.Looked(ctx, by, g.RefID, triage.SawItem); err != nil {
			return err
		}
	}
	return nil
}

// kin reads what a measure came of, what came of it, and what it still offers.
func (d *Desk) kin(db *gorm.DB, by staff.Officer, w *Whole) error {
	if w.AfterID != nil {
		if after, err := d.one(db, by, *w.AfterID); err == nil {
			w.After = &after
		}
	}
	err := d.visible(db, by).Where("measure.after_id = ?", w.ID).Order("measure.id").Limit(50).Find(&w.Linked).Error
	if err != nil || w.UnitID != by.UnitID {
		return err
	}
	w.Offers, err = d.offers(db, w.Measure)
	return err
}

// whole opens what both sides read of a measure.
func (d *Desk) whole(ctx context.Context, m Measure) (w Whole, err error) {
	w.Line = d.line(m)
	if w.Words, w.Person, err = d.said(m); err != nil {
		return w, err
	}
	w.Notes, err = d.notes(ctx, m.ID)
	return w, err
}

// Decided shows the officer's own office what was decided about it
// (staff.AnswerOffices): without who proposed it and what it stands on.
// store.ErrNotFound for anything else.
func (d *Desk) Decided(ctx context.Context, by staff.Officer, id uuid.UUID) (Whole, error) {
	var m Measure
	if err := store.One(d.served(d.Store.Read(ctx), by).Where("measure.id = ?", id), &m); err != nil {
		return Whole{}, err
	}
	w, err := d.whole(ctx, m)
	if possible(ToAppeal, m.Nature, m.State) {
		w.Actions = []Act{ToAppeal}
	}
	return w, err
}

// notes reads what was said to a measure, oldest first.
func (d *Desk) notes(ctx context.Context, id uuid.UUID) ([]Note, error) {
	db := d.Store.Read(ctx)
	var rows []noteRow
	if err := db.Where("measure_id = ?", id).Order("at, id").Limit(100).Find(&rows).Error; err != nil || len(rows) == 0 {
		return nil, err
	}
	var people, ids []uuid.UUID
	for _, r := range rows {
		people, ids = append(people, r.ByID), append(ids, r.ID)
	}
	names, err := namesOf(db, people...)
	if err != nil {
		return nil, err
	}
	files, err := d.Shelf.Of(ctx, fileOwner, ids...)
	if err != nil {
		return nil, err
	}
	all := make([]Note, len(rows))
	for i, r := range rows {
		all[i] = Note{Kind: r.Kind, On: r.OnDay, By: names[r.ByID], Unit: d.unitName(r.UnitID), At: r.At.UTC()}
		if err := d.unseal("note", r.ID, r.WordsSealed, &all[i].Words); err != nil {
			return nil, err
		}
		for _, f := range files {
			if f.OwnerID != nil && *f.OwnerID == r.ID {
				all[i].Files = append(all[i].Files, f)
			}
		}
	}
	return all, nil
}

// OpenFile gives out a file that came with what was said to a measure, to both
// sides; that it was opened stands in the record. The caller closes content.
// store.ErrNotFound for any other.
func (d *Desk) OpenFile(ctx context.Context, by staff.Officer, id, file uuid.UUID) (f evidence.File, content io.ReadCloser, name string, err error) {
	if err := d.MayRead(ctx, by, id); err != nil {
		return f, nil, "", err
	}
	var own struct{ ID uuid.UUID }
	err = store.One(d.Store.Read(ctx).Table("evidence_file").Select("id").
		Where("id = ? AND owner_kind = ? AND owner_id IN (SELECT id FROM measure_note WHERE measure_id = ?)", file, fileOwner, id), &own)
	if err != nil {
		return f, nil, "", err
	}
	err = d.inscribe(ctx, func(tx *gorm.DB) error {
		return d.note(tx, by, id, "evidence_opened", map[string]string{"file": file.String()})
	})
	if err != nil {
		return f, nil, "", err
	}
	return d.Shelf.Open(ctx, file)
}

// inscribe runs a small transaction that ends with an event, again while another
// event of the same subject takes its place.
func (d *Desk) inscribe(ctx context.Context, do func(tx *gorm.DB) error) error {
	var err error
	for range 20 {
		if err = d.Store.Transact(ctx, do); !store.IsDuplicate(err) || ctx.Err() != nil {
			return err
		}
	}
	return err
}

// some are the ids that there are.
func some(ids ...*uuid.UUID) (all []uuid.UUID) {
	for _, id := range ids {
		if id != nil {
			all = append(all, *id)
		}
	}
	return all
}
