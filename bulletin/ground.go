package bulletin

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/docket"
	"minsheng/inspection"
	"minsheng/internal/step"
	"minsheng/ledger"
	"minsheng/rectification"
	"minsheng/staff"
)

// Source is a room that keeps what circulars rest on. What the officer may not
// know all of is store.ErrNotFound.
type Source struct {
	Find  func(ctx context.Context, by staff.Officer, number string) (uuid.UUID, error)
	Brief func(ctx context.Context, by staff.Officer, id uuid.UUID) (number, office string, err error)
	// Leaks refuses texts, each with the name of its field, that could give away
	// somebody who spoke to the office (*triage.Leak, *step.Invalid).
	Leaks func(ctx context.Context, by staff.Officer, id uuid.UUID, texts ...[2]string) error
}

// SourcesOf are the rooms of inspections and of orders.
func SourcesOf(visits *inspection.Desk, orders *rectification.Desk) map[ledger.Subject]Source {
	return map[ledger.Subject]Source{
		ledger.OfInspection: {
			Find: visits.Numbered,
			Brief: func(ctx context.Context, by staff.Officer, id uuid.UUID) (number, office string, err error) {
				b, err := visits.Brief(ctx, by, id)
				return b.Number, b.Office, err
			},
			Leaks: visits.Betrays,
		},
		ledger.OfOrder: {
			Find: orders.Numbered,
			Brief: func(ctx context.Context, by staff.Officer, id uuid.UUID) (number, office string, err error) {
				b, err := orders.Brief(ctx, by, id)
				return b.Number, b.Office, err
			},
			Leaks: orders.Betrays,
		},
	}
}

// ground is a thing that a circular rests on: an item, an order, an inspection.
type ground struct {
	kind ledger.Subject
	id   uuid.UUID
}

// Ground is an order or inspection that a circular rests on, as lists show it.
type Ground struct {
	Kind   ledger.Subject
	ID     uuid.UUID
	Number string
	Office string // that it is about
}

// kinds are the sources in an order that stays the same.
func (d *Desk) kinds() (all []ledger.Subject) {
	for kind := range d.Sources {
		all = append(all, kind)
	}
	slices.Sort(all)
	return all
}

// fitGrounds finds what the numbers stand for, as far as the officer may know it.
func (d *Desk) fitGrounds(ctx context.Context, by staff.Officer, f *step.Form, n *NewCircular) (found []ground, err error) {
	f.Require(len(n.Grounds) <= mostLinked, "grounds", "circular_grounds")
	for _, number := range n.Grounds[:min(len(n.Grounds), mostLinked)] {
		g, err := d.numbered(ctx, by, number)
		if err != nil {
			return nil, err
		}
		f.Require(g.kind != "", "grounds", "circular_grounds")
		if g.kind != "" && !slices.Contains(found, g) {
			found = append(found, g)
		}
	}
	return found, nil
}

// numbered finds what has a number; no two kinds share one. The zero ground is
// nothing that the officer may know.
func (d *Desk) numbered(ctx context.Context, by staff.Officer, number string) (ground, error) {
	id, err := d.Docket.Numbered(ctx, by, number)
	kind := ledger.OfItem
	for _, next := range d.kinds() {
		if !isNotFound(err) {
			break
		}
		kind = next
		id, err = d.Sources[kind].Find(ctx, by, number)
	}
	if isNotFound(err) {
		return ground{}, nil
	}
	return ground{kind, id}, err
}

// link writes what a circular rests on.
func link(tx *gorm.DB, circular uuid.UUID, all []ground) error {
	for _, g := range all {
		var row any = &groundLink{circular, g.kind, g.id}
		if g.kind == ledger.OfItem {
			row = &itemLink{circular, g.id}
		}
		if err := tx.Create(row).Error; err != nil {
			return err
		}
	}
	return nil
}

// leaks holds what leaves the office against what reporters and witnesses behind
// its grounds said: *triage.Leak, *step.Invalid.
func (d *Desk) leaks(ctx context.Context, by staff.Officer, n NewCircular, all []ground) error {
	for _, g := range all {
		check := func(ctx context.Context, by staff.Officer, id uuid.UUID, texts ...[2]string) error {
			return d.Docket.GivesAway(ctx, by, ledger.OfItem, id, texts...)
		}
		if g.kind != ledger.OfItem {
			check = d.Sources[g.kind].Leaks
		}
		if err := check(ctx, by, g.id, n.texts()...); err != nil {
			return err
		}
	}
	return nil
}

// tellGrounds records with what a circular rests on that it speaks of them.
func (d *Desk) tellGrounds(tx *gorm.DB, by staff.Officer, number string, all []ground) error {
	for _, g := range all {
		if err := ledger.Append(tx, g.kind, g.id, "circular_about", by.Actor(), d.Store.Now(), map[string]string{"number": number}); err != nil {
			return err
		}
	}
	return nil
}

// briefs are the items that a circular rests on, as far as the officer may open
// them.
func (d *Desk) briefs(ctx context.Context, by staff.Officer, circular uuid.UUID) (all []docket.Brief, err error) {
	var ids []uuid.UUID
	err = d.Store.Read(ctx).Model(&itemLink{}).Where("circular_id = ?", circular).Order("item_id").Limit(mostLinked).Pluck("item_id", &ids).Error
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		switch err := d.Docket.MaySee(ctx, by, id); {
		case isNotFound(err):
			continue
		case err != nil:
			return nil, err
		}
		b, err := d.Docket.Brief(ctx, by, id)
		if err != nil {
			return nil, fmt.Errorf("bulletin: item of a circular: %w", err)
		}
		all = append(all, b)
	}
	return all, nil
}

// groundsOf are the orders and inspections that a circular rests on, as far as the
// officer may open them.
func (d *Desk) groundsOf(ctx context.Context, by staff.Officer, circular uuid.UUID) (all []Ground, err error) {
	var links []groundLink
	err = d.Store.Read(ctx).Where("circular_id = ?", circular).Order("kind, ref_id").Limit(mostLinked).Find(&links).Error
	if err != nil {
		return nil, err
	}
	for _, l := range links {
		number, office, err := d.Sources[l.Kind].Brief(ctx, by, l.RefID)
		if isNotFound(err) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("bulletin: ground of a circular: %w", err)
		}
		all = append(all, Ground{l.Kind, l.RefID, number, office})
	}
	return all, nil
}
