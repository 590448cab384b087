package objection

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/ledger"
	"minsheng/roll"
	"minsheng/staff"
)

// visible narrows a query over the table objection to what the officer may know
// of (DESIGN §5). TestEveryQueryIsScoped holds every query of the room to it, or to
// Retained, which draws the same borders.
//
// Without staff.WorkObjections nothing is visible.
func (d *Desk) visible(db *gorm.DB, by staff.Officer) *gorm.DB {
	if !by.May(staff.WorkObjections) {
		return db.Where("1 = 0")
	}
	return d.within(db, by)
}

// within are the borders of an office, the only place that draws them:
//
//   - the desk is that of the own office or one below it;
//   - neither the own office nor one that commands it published the list.
func (d *Desk) within(db *gorm.DB, by staff.Officer) *gorm.DB {
	return db.Where("objection.desk_unit_id IN ?", d.desks(by.UnitID)).Where("NOT ?", d.Hides(by))
}

// Hides is the condition under which an objection is hidden from the officer on
// whatever desk it lies: their office, or one that commands it, published the list.
func (d *Desk) Hides(by staff.Officer) clause.Expr {
	return gorm.Expr("objection.publisher_id IN ?", d.Atlas.Above(by.UnitID))
}

// desks lists the offices under a unit's command on whose desks objections lie,
// and the unit itself.
func (d *Desk) desks(unit uuid.UUID) []uuid.UUID {
	takes := map[uuid.UUID]bool{}
	for _, u := range d.Atlas.Units() {
		takes[u.ID] = u.TakesComplaints
	}
	ids := []uuid.UUID{unit}
	for _, id := range d.Atlas.Subtree(unit) {
		if takes[id] && id != unit {
			ids = append(ids, id)
		}
	}
	return ids
}

// one reads one visible objection, or store.ErrNotFound.
func (d *Desk) one(db *gorm.DB, by staff.Officer, id uuid.UUID) (Objection, error) {
	var o Objection
	err := store.One(d.visible(db, by).Where("objection.id = ?", id), &o)
	return o, err
}

// on runs do in one transaction with an objection that the officer may see and
// has the permission for. An attempt on one they may not see is recorded after
// the transaction has ended, and answered as if there were none.
func (d *Desk) on(ctx context.Context, by staff.Officer, p staff.Permission, id uuid.UUID, do func(tx *gorm.DB, o *Objection) error) error {
	refused := false
	err := d.Store.Transact(ctx, func(tx *gorm.DB) error {
		o, err := d.one(tx, by, id)
		refused = errors.Is(err, store.ErrNotFound)
		if err != nil {
			return err
		}
		if err := by.Require(p); err != nil {
			return err
		}
		return do(tx, &o)
	})
	switch {
	case refused:
		return d.refuse(ctx, by, id)
	case store.IsDuplicate(err), // another's event took the place of ours
		errors.Is(err, roll.ErrStale), errors.Is(err, step.ErrStale):
		return step.ErrStale
	}
	return err
}

// step is on for what changes an objection that stands as the page showed it.
func (d *Desk) step(ctx context.Context, by staff.Officer, p staff.Permission, id uuid.UUID, version int, do func(tx *gorm.DB, o *Objection) error) error {
	return d.on(ctx, by, p, id, func(tx *gorm.DB, o *Objection) error {
		if o.Version != version {
			return step.ErrStale
		}
		return do(tx, o)
	})
}

// move changes the objection that one gave, and its version with it: step.ErrStale
// when somebody was faster. set may be nil.
func move(tx *gorm.DB, o *Objection, set map[string]any) error {
	changes := map[string]any{"version": o.Version + 1}
	for column, value := range set {
		changes[column] = value
	}
	res := tx.Model(&Objection{}).Where("id = ? AND state = ? AND version = ?", o.ID, o.State, o.Version).Updates(changes)
	if res.Error == nil && res.RowsAffected == 0 {
		return step.ErrStale
	}
	o.Version++
	if state, changed := set["state"].(State); changed {
		o.State = state
	}
	return res.Error
}

// refuse returns store.ErrNotFound, after recording the attempt, whether there is
// such an objection or not. One officer leaves at most one such event per objection
// and hour. It must not be called inside a transaction.
func (d *Desk) refuse(ctx context.Context, by staff.Officer, id uuid.UUID) error {
	if err := ledger.Refuse(ctx, d.Store, ledger.OfObjection, id, by.Actor(), nil); err != nil {
		return err
	}
	return store.ErrNotFound
}

// inscribe runs a small transaction that ends with an event and starts again
// when another event of the same objection took its place meanwhile. do must be
// right however often others came first.
func (d *Desk) inscribe(ctx context.Context, do func(tx *gorm.DB) error) error {
	var err error
	for range 20 {
		err = d.Store.Transact(ctx, do)
		if !store.IsDuplicate(err) || ctx.Err() != nil {
			return err
		}
	}
	return err
}

// note writes an event of an objection: codes, ids and dates, never words.
func (d *Desk) note(tx *gorm.DB, by ledger.Actor, o Objection, kind string, facts map[string]string) error {
	return d.Clocks.Append(tx, ledger.OfObjection, o.ID, kind, by, facts)
}

// lock reads a roll and holds its row until the transaction ends, as whoever
// moves it on does.
func lock(tx *gorm.DB, id uuid.UUID, list *roll.Roll) error {
	return store.One(tx.Clauses(clause.Locking{Strength: "UPDATE"}).Where("id = ?", id), list)
}
