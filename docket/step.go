package docket

import (
	"context"
	"maps"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/staff"
	"minsheng/triage"
)

// way is one way to move an item on.
type way struct {
	Code   string
	From   []ItemState
	To     ItemState
	Issuer bool   // by the issuing office; otherwise by a handling unit
	Assist bool   // also by assisting units, not by the lead alone
	Note   string // kind of the entry that is kept with it, "" for none
	Least  int    // fewest characters that go with it
	Event  string
}

// life is the life of a supervision item (DOMAIN §8.2).
var life = []way{
	{Code: "issue", From: []ItemState{Docketed}, To: Issued, Issuer: true, Event: "issued"},
	{Code: "acknowledge", From: []ItemState{Issued}, To: Acknowledged, Note: "acknowledge", Event: "acknowledged"},
	{Code: "note", From: []ItemState{Acknowledged, InProgress, Returned}, To: InProgress, Assist: true, Note: "progress", Least: 2, Event: "progress_noted"},
	{Code: "report", From: []ItemState{Acknowledged, InProgress, Returned}, To: Reported, Note: "report", Least: 10, Event: "reported"},
	{Code: "dispute", From: []ItemState{Issued, Acknowledged}, To: Disputed, Note: "dispute", Least: 4, Event: "disputed"},
	{Code: "accept_report", From: []ItemState{Reported}, To: Reviewed, Issuer: true, Note: "review", Event: "report_accepted"},
	{Code: "return", From: []ItemState{Reported, Reviewed, Disputed}, To: Returned, Issuer: true, Note: "return", Least: 4, Event: "returned"},
	{Code: "strike_off", From: []ItemState{Reviewed}, To: StruckOff, Issuer: true, Note: "strike_off", Event: "struck_off"},
	{Code: "cancel", From: []ItemState{Docketed, Issued, Acknowledged, InProgress, Reported, Reviewed, Disputed, Returned}, To: Cancelled, Issuer: true, Note: "cancel", Least: 4, Event: "cancelled"},
}

const maxWords = 5000

// actions lists the steps that an item's page offers to the officer.
func (d *Desk) actions(by staff.Officer, i Item, duty string, lacks []string) []string {
	var offered []string
	for _, w := range life {
		if slices.Contains(w.From, i.State) && d.may(by, i, duty, w) && (w.Code != "strike_off" || len(lacks) == 0) {
			offered = append(offered, w.Code)
		}
	}
	return offered
}

// may reports whether the officer acts for the office whose step it is.
func (d *Desk) may(by staff.Officer, i Item, duty string, w way) bool {
	if w.Issuer {
		return d.issues(by, i)
	}
	return by.May(staff.HandleItems) && (duty == "lead" || duty == "assist" && w.Assist)
}

// Step moves an item: issue, acknowledge, note, report, dispute, return,
// accept_report, strike_off, cancel. body is the words that go with it (a
// report has at least 10 characters); files staged under formKey are bound to
// the entry. What the issuing office writes is read by the handling units, so
// it is checked like the item itself: *triage.Leak. Issuing gives the number
// and starts the clocks; it checks for leaks again. Objecting is possible
// within two working days of issuing. Striking off needs an accepted report,
// evidence, and every reporter answered: step.ErrState. staff.ErrForbidden when
// it is another office's step.
func (d *Desk) Step(ctx context.Context, by staff.Officer, id uuid.UUID, version int, code, body string, formKey []byte) error {
	at := slices.IndexFunc(life, func(w way) bool { return w.Code == code })
	if at < 0 {
		return store.ErrNotFound
	}
	w := life[at]
	secret, err := d.secretsBehind(ctx, by, id, w.Issuer)
	if err != nil {
		return err
	}
	err = step.Again(func() error {
		return d.Store.Transact(ctx, func(tx *gorm.DB) error {
			i, err := d.itemIn(tx, by, id)
			if err != nil {
				return err
			}
			if err := d.fitsNow(tx, by, i, version, w); err != nil {
				return err
			}
			words, err := w.words(body, secret)
			if err != nil {
				return err
			}
			return d.take(tx, by, &i, w, words, formKey, secret)
		})
	})
	return d.probed(ctx, by, err, id)
}

// words tidies what goes with a step. A unit writes to the office what it
// likes.
func (w way) words(body string, secret triage.Secrets) (string, error) {
	var f step.Form
	body = f.Text("body", body, w.Least, maxWords, "item_words")
	if err := f.Err(); err != nil || !w.Issuer {
		return body, err
	}
	return body, secret.Check([2]string{"body", body})
}

func (d *Desk) fitsNow(tx *gorm.DB, by staff.Officer, i Item, version int, w way) error {
	duty, err := dutyOf(tx, by.UnitID, i.ID)
	switch {
	case err != nil:
		return err
	case !d.may(by, i, duty, w):
		return staff.ErrForbidden
	case i.Version != version:
		return step.ErrStale
	case !slices.Contains(w.From, i.State):
		return step.ErrState
	}
	return nil
}

// take changes the item, keeps the entry with its files, and does what else
// belongs to the step.
func (d *Desk) take(tx *gorm.DB, by staff.Officer, i *Item, w way, body string, formKey []byte, secret triage.Secrets) error {
	set := map[string]any{"state": w.To}
	if w.To == StruckOff || w.To == Cancelled {
		set["closed_at"] = d.Store.Now()
	}
	if err := move(tx, i, set); err != nil {
		return err
	}
	if w.Note != "" {
		if err := d.keepEntry(tx, by, i, w.Note, body, formKey); err != nil {
			return err
		}
	}
	switch w.Code {
	case "issue":
		return d.issue(tx, by, i, secret)
	case "acknowledge":
		if err := d.Clocks.Meet(tx, i.ID, ruleAcknowledge); err != nil {
			return err
		}
	case "dispute":
		if err := d.mayObject(tx, i); err != nil {
			return err
		}
	case "strike_off":
		return d.strikeOff(tx, by, i)
	case "cancel":
		if err := d.Clocks.Meet(tx, i.ID); err != nil {
			return err
		}
	}
	return d.note(tx, by, i.ID, w.Event, nil)
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

func (d *Desk) keepEntry(tx *gorm.DB, by staff.Officer, i *Item, kind, body string, formKey []byte) error {
	id, err := uuid.NewV7()
	if err != nil {
		return err
	}
	row := noteRow{ID: id, ItemID: i.ID, Kind: kind, UnitID: by.UnitID, AuthorID: by.ID, Body: body, At: d.Store.Now()}
	if err := tx.Create(&row).Error; err != nil {
		return err
	}
	if len(formKey) == 0 {
		return nil
	}
	_, err = d.Shelf.Bind(tx, formKey, noteFiles, id)
	return err
}

// mayObject returns step.ErrState when the time to object is over.
func (d *Desk) mayObject(tx *gorm.DB, i *Item) error {
	open, err := d.Clocks.Running(tx, i.ID)
	if err != nil {
		return err
	}
	if l := clockOf(open, ruleDispute); l == nil || l.DueOn < d.today() {
		return step.ErrState
	}
	return d.Clocks.Meet(tx, i.ID, ruleDispute)
}
