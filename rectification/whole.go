package rectification

import (
	"context"
	"errors"
	"io"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/clock"
	"minsheng/internal/evidence"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/ledger"
	"minsheng/staff"
)

// Whole is an order with everything of it that the officer may know.
type Whole struct {
	Order
	Above       bool // the officer is of the ordering side
	UnitName    string
	TargetName  string
	Basis       string // number of what it comes of
	Proposer    string
	Issuer      string
	Points      []Point
	Entries     []Entry
	Recoveries  []Recovery
	Money       Money
	Suspensions []Suspension
	Rounds      []Order // all rounds that the officer may know of, in order
	Clocks      []clock.Deadline
	Pauses      []clock.Pause
	Events      []ledger.Event
	Late        int   // working days overdue
	Actions     []Act // what the officer may do now
}

// Plan is the newest plan, nil for none.
func (w Whole) Plan() *Entry { return last(w.Entries, planHandedIn) }

// Report is the newest report, nil for none.
func (w Whole) Report() *Entry { return last(w.Entries, reported) }

// Seen is the newest look on site, nil for none.
func (w Whole) Seen() *Entry {
	if again := last(w.Entries, followedUp); again != nil {
		return again
	}
	return last(w.Entries, checked)
}

// NumberOf is the number of a point; 0 for none of the order.
func (w Whole) NumberOf(point uuid.UUID) int {
	at := slices.IndexFunc(w.Points, func(p Point) bool { return p.ID == point })
	if at < 0 {
		return 0
	}
	return w.Points[at].N
}

// Unconfirmed counts the entries of money that nobody confirmed.
func (w Whole) Unconfirmed() (n int) {
	for _, r := range w.Recoveries {
		if r.ConfirmedAt == nil {
			n++
		}
	}
	return n
}

// Open shows an order from either side, or store.ErrNotFound.
func (d *Desk) Open(ctx context.Context, by staff.Officer, id uuid.UUID) (Whole, error) {
	db := d.Store.Read(ctx)
	o, above, err := d.one(db, by, id)
	if err != nil {
		return Whole{}, err
	}
	w := Whole{Order: o, Above: above, UnitName: d.unitName(o.UnitID), TargetName: d.unitName(o.TargetID), Late: d.Clocks.Late(o.DueOn, d.today())}
	for _, part := range []func(context.Context, *gorm.DB, staff.Officer, *Whole) error{d.readWords, d.readKin, d.readLife} {
		if err := part(ctx, db, by, &w); err != nil {
			return Whole{}, err
		}
	}
	w.Actions, err = d.actions(db, by, w)
	return w, err
}

func (d *Desk) readWords(ctx context.Context, db *gorm.DB, _ staff.Officer, w *Whole) (err error) {
	people := []uuid.UUID{w.ProposedBy}
	if w.IssuedBy != nil {
		people = append(people, *w.IssuedBy)
	}
	names, err := namesOf(db, people...)
	if err != nil {
		return err
	}
	w.Proposer = names[w.ProposedBy]
	if w.IssuedBy != nil {
		w.Issuer = names[*w.IssuedBy]
	}
	if w.Basis, err = d.basis(db, w.Order); err != nil {
		return err
	}
	if w.Points, err = d.points(db, w.Order); err != nil {
		return err
	}
	if w.Entries, err = d.entries(ctx, db, w.ID); err != nil {
		return err
	}
	return d.readMoney(ctx, db, w)
}

// readKin reads the other rounds, as far as this side knows of them.
func (d *Desk) readKin(_ context.Context, db *gorm.DB, by staff.Officer, w *Whole) error {
	query := d.addressed(db, by)
	if w.Above {
		query = d.visible(db, by)
	}
	return query.Where("rectification_order.root_id = ?", w.RootID).Order("rectification_order.round").Limit(50).Find(&w.Rounds).Error
}

func (d *Desk) readLife(ctx context.Context, db *gorm.DB, _ staff.Officer, w *Whole) (err error) {
	if err := d.readSuspensions(db, w); err != nil {
		return err
	}
	if w.Clocks, err = d.Clocks.Of(ctx, w.ID); err != nil {
		return err
	}
	if w.Pauses, err = d.Clocks.Pauses(ctx, w.ID); err != nil {
		return err
	}
	w.Events, err = ledger.Of(ctx, d.Store, ledger.OfOrder, w.ID)
	if !w.Above { // what was asked for and not granted, or before it was told
		w.Events = slices.DeleteFunc(w.Events, func(e ledger.Event) bool {
			return slices.Contains([]string{"order_proposed", "order_changed", "order_suspension_asked", "order_suspension_denied", "evidence_opened"}, e.Kind)
		})
	}
	return err
}

// actions lists what the page offers; each asks again for itself.
func (d *Desk) actions(db *gorm.DB, by staff.Officer, w Whole) (offered []Act, err error) {
	waits, err := openSuspension(db, w.ID)
	if err != nil {
		return nil, err
	}
	for _, t := range turns {
		if w.Above == (doers[t.act] == byTarget) || !w.fits(t.act, waits != nil) {
			continue
		}
		if _, err := after(w.Order, t.act, d.today()); err != nil {
			continue
		}
		err := d.may(db, by, w.Order, t.act)
		switch {
		case err == nil:
			offered = append(offered, t.act)
		case !errors.Is(err, staff.ErrForbidden) && !errors.Is(err, step.ErrSamePerson):
			return nil, err
		}
	}
	return offered, nil
}

// fits reports whether there is anything that an act could be done with.
func (w Whole) fits(a Act, waits bool) bool {
	switch a {
	case ToAcknowledge:
		return w.ReceivedAt == nil
	case ToConfirm:
		return w.Unconfirmed() > 0
	case ToCorrect:
		return slices.ContainsFunc(w.Recoveries, func(r Recovery) bool { return r.Left > 0 })
	case ToWithdraw:
		return w.Round == 1
	case ToSuspend:
		return !waits
	case ToRuleHalt:
		return waits
	case ToResume:
		return w.SuspendedUntil != nil
	}
	return true
}

// OpenFile gives out a file of an order to either side. That it was opened, and by
// whom, stands in the record before the first byte is given out. The caller
// closes content.
func (d *Desk) OpenFile(ctx context.Context, by staff.Officer, id, file uuid.UUID) (f evidence.File, content io.ReadCloser, name string, err error) {
	if err := d.MayRead(ctx, by, id); err != nil {
		return f, nil, "", err
	}
	var found struct{ ID uuid.UUID }
	query := d.Store.Read(ctx).Table("evidence_file").Select("id").Where("id = ?", file).Where(
		`(owner_kind IN ('order_plan', 'order_report', 'order_check') AND owner_id IN (SELECT id FROM rectification_entry WHERE order_id = ?))
		OR (owner_kind = 'recovery' AND owner_id IN (SELECT id FROM recovery WHERE order_id = ?))`, id, id)
	if err := store.One(query, &found); err != nil {
		return f, nil, "", err
	}
	err = step.Again(func() error {
		return d.Store.Transact(ctx, func(tx *gorm.DB) error {
			return d.note(tx, by, id, "evidence_opened", map[string]string{"file": file.String()})
		})
	})
	if err != nil {
		return f, nil, "", err
	}
	return d.Shelf.Open(ctx, file)
}
