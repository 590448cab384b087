package docket

import (
	"context"
	"errors"
	"maps"
	"strconv"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/clock"
	"minsheng/internal/evidence"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/staff"
	"minsheng/triage"
)

// Step moves an item: issue, acknowledge, note, report, dispute, return,
// accept_report, strike_off, cancel, press, resume. What the issuing office
// writes is read by the handling units, so it is checked like the item itself:
// *triage.Leak. Issuing gives the number and starts the clocks; it checks for
// leaks again. Objecting is possible once, within two working days of issuing.
// Pressing is counted. Resuming ends a suspension early. Striking off needs an
// accepted report, evidence, and every reporter answered: step.ErrState.
// staff.ErrForbidden when it is another office's step. Errors: *step.Invalid,
// step.ErrStale.
func (d *Desk) Step(ctx context.Context, by staff.Officer, id uuid.UUID, version int, code string, e Entry) error {
	w, known := wayOf(code)
	if !known || w.Event == "" {
		return store.ErrNotFound
	}
	secret, err := d.SecretsOf(ctx, by, id)
	if err != nil {
		return err
	}
	err = d.change(ctx, func(tx *gorm.DB) error {
		i, err := d.ready(tx, by, id, &version, w)
		if err != nil {
			return err
		}
		tidied, err := w.tidy(e, i, secret)
		if err != nil {
			return err
		}
		return d.take(tx, by, &i, w, tidied, secret)
	})
	return d.Probed(ctx, by, err, id)
}

// ready reads a visible item that the officer may take that way now. version is
// what the page showed, nil when the step is guarded otherwise.
func (d *Desk) ready(tx *gorm.DB, by staff.Officer, id uuid.UUID, version *int, w way) (Item, error) {
	i, err := d.itemIn(tx, by, id)
	if err != nil {
		return i, err
	}
	duty, err := dutyOf(tx, by.UnitID, id)
	if err != nil {
		return i, err
	}
	if err := w.allowed(by, d.partIn(by, i, duty)); err != nil {
		return i, err
	}
	if version != nil && i.Version != *version {
		return i, step.ErrStale
	}
	f, err := d.factsOf(tx, i)
	if err != nil {
		return i, err
	}
	return i, w.possible(i, f)
}

// factsOf reads what decides, beside the item itself.
func (d *Desk) factsOf(db *gorm.DB, i Item) (facts, error) {
	f := facts{Today: d.today()}
	x, err := extensionOf(db, i.ID)
	if err != nil {
		return f, err
	}
	if x != nil {
		f.Extension, f.ExtensionBy = x.State, x.AskedBy
	}
	h, err := openSuspension(db, i.ID)
	if err != nil {
		return f, err
	}
	if h != nil {
		f.Halt, f.HaltBy = h.State, h.AskedBy
	}
	var objections int64
	if err := db.Model(&noteRow{}).Where("item_id = ? AND kind = 'dispute'", i.ID).Count(&objections).Error; err != nil {
		return f, err
	}
	f.Objected = objections > 0
	var objecting clock.Deadline
	err = store.One(db.Where("subject_id = ? AND rule = ?", i.ID, ruleDispute).Order("round DESC"), &objecting)
	if err == nil {
		f.ObjectBy = &objecting.DueOn
	} else if !errors.Is(err, store.ErrNotFound) {
		return f, err
	}
	f.Lacks, err = d.missing(db, i)
	return f, err
}

// take changes the item, keeps the entry with its files, and does what else
// belongs to the step.
func (d *Desk) take(tx *gorm.DB, by staff.Officer, i *Item, w way, e Entry, secret triage.Secrets) error {
	if err := move(tx, i, w.changes(*i, e, d)); err != nil {
		return err
	}
	var files evidence.Bound
	if w.Note != "" {
		var err error
		if files, err = d.keepEntry(tx, by, i, w.Note, e.Body, e.FormKey); err != nil {
			return err
		}
	}
	switch w.Code {
	case "issue":
		return d.issue(tx, by, i, secret)
	case "acknowledge", "dispute": // who objects has received it
		return d.received(tx, by, i, w, files)
	case "strike_off":
		return d.strikeOff(tx, by, i)
	case "cancel":
		return d.cancel(tx, by, i, w, files)
	case "resume":
		return d.resume(tx, by, i, w, files)
	case "press":
		if err := d.pressing(tx, by, *i, e.Body); err != nil {
			return err
		}
		return d.note(tx, by, i.ID, w.Event, files.Tell(map[string]string{"times": strconv.Itoa(i.Pressed)}))
	}
	return d.note(tx, by, i.ID, w.Event, files.Tell(nil))
}

// changes is what a step changes of the item itself.
func (w way) changes(i Item, e Entry, d *Desk) map[string]any {
	set := map[string]any{}
	if w.To != "" {
		set["state"] = w.To
	}
	keep := func(column, text string) {
		if text != "" {
			set[column] = text
		}
	}
	switch w.Code {
	case "acknowledge", "report":
		keep("responsible", e.Responsible)
		keep("deputy_lead", e.DeputyLead)
	case "press":
		set["pressed"] = i.Pressed + 1
	case "strike_off", "cancel":
		set["closed_at"] = d.Store.Now()
	}
	if w.Code == "report" {
		set["conclusion"], set["measures"] = e.Conclusion, e.Measures
	}
	if w.Code == "report" || w.Code == "strike_off" {
		set["recovered_fen"], set["returned_fen"] = or(e.RecoveredFen, i.RecoveredFen), or(e.ReturnedFen, i.ReturnedFen)
	}
	return set
}

// received records a step with which the unit shows that it has the item.
func (d *Desk) received(tx *gorm.DB, by staff.Officer, i *Item, w way, files evidence.Bound) error {
	if err := d.Clocks.Meet(tx, i.ID, ruleAcknowledge); err != nil {
		return err
	}
	return d.note(tx, by, i.ID, w.Event, files.Tell(nil))
}

func (d *Desk) cancel(tx *gorm.DB, by staff.Officer, i *Item, w way, files evidence.Bound) error {
	if err := d.end(tx, i); err != nil {
		return err
	}
	return d.note(tx, by, i.ID, w.Event, files.Tell(nil))
}

// end meets all clocks of an item that is over, and lets what was asked for
// lapse.
func (d *Desk) end(tx *gorm.DB, i *Item) error {
	for _, table := range []string{"item_extension", "item_suspension"} {
		err := tx.Table(table).Where("item_id = ? AND state = 'open'", i.ID).Updates(map[string]any{"state": lapsed}).Error
		if err != nil {
			return err
		}
	}
	return d.Clocks.Meet(tx, i.ID)
}

// move changes an item that is still as it was read.
func move(tx *gorm.DB, i *Item, changes map[string]any) error {
	set := map[string]any{"version": i.Version + 1}
	maps.Copy(set, changes)
	res := tx.Model(&Item{}).Where("id = ? AND state = ? AND version = ?", i.ID, i.State, i.Version).Updates(set)
	if res.Error != nil {
		return res.Error
	}
	if res.RowsAffected == 0 {
		return step.ErrStale
	}
	var now Item
	if err := store.One(tx.Where("id = ?", i.ID), &now); err != nil {
		return err
	}
	*i = now
	return nil
}
