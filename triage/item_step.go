package triage

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/staff"
)

// itemStep is one way to move an item on.
type itemStep struct {
	Code   string
	From   []ItemState
	To     ItemState
	Issuer bool   // by the issuing office; otherwise by a handling unit
	Assist bool   // also by assisting units, not by the lead alone
	Note   string // kind of the entry that is kept with it, "" for none
	Least  int    // fewest characters that go with it
	Event  string
}

// itemSteps is the life of a supervision item (DOMAIN §8.2).
var itemSteps = []itemStep{
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

const maxItemWords = 5000

// itemActions lists the steps that an item's page offers to the officer.
func (q *Queue) itemActions(by staff.Officer, i Item, duty string, lacks []string) []string {
	var offered []string
	for _, s := range itemSteps {
		if slices.Contains(s.From, i.State) && q.mayStep(by, i, duty, s) && (s.Code != "strike_off" || len(lacks) == 0) {
			offered = append(offered, s.Code)
		}
	}
	return offered
}

// mayStep reports whether the officer acts for the office whose step it is.
func (q *Queue) mayStep(by staff.Officer, i Item, duty string, s itemStep) bool {
	if s.Issuer {
		return q.issues(by, i)
	}
	return by.May(staff.HandleItems) && (duty == "lead" || duty == "assist" && s.Assist)
}

// ItemStep moves an item: issue, acknowledge, note, report, dispute, return,
// accept_report, strike_off, cancel. body is the words that go with it (a
// report has at least 10 characters); files staged under formKey are bound to
// the entry. What the issuing office writes is read by the handling units, so
// it is checked like the item itself: *Leak. Issuing gives the number and starts the clocks; it checks for
// leaks again. Objecting is possible within two working days of issuing.
// Striking off needs an accepted report, evidence, and every reporter
// answered: step.ErrState. staff.ErrForbidden when it is another office's step.
func (q *Queue) ItemStep(ctx context.Context, by staff.Officer, id uuid.UUID, version int, step, body string, formKey []byte) error {
	at := slices.IndexFunc(itemSteps, func(s itemStep) bool { return s.Code == step })
	if at < 0 {
		return store.ErrNotFound
	}
	s, body := itemSteps[at], strings.TrimSpace(body)
	secret, err := q.secretsBehind(ctx, by, id, s.Issuer)
	if err != nil {
		return err
	}
	err = again(func() error {
		return q.store.Transact(ctx, func(tx *gorm.DB) error {
			i, err := q.itemIn(tx, by, id)
			if err != nil {
				return err
			}
			if err := q.stepFits(tx, by, i, version, s); err != nil {
				return err
			}
			if err := within("body", body, s.Least, maxItemWords, "item_words"); err != nil {
				return err
			}
			if found := leaks(secret, [2]string{"body", body}); s.Issuer && len(found) > 0 {
				return &Leak{found}
			}
			return q.takeStep(tx, by, &i, s, body, formKey, secret)
		})
	})
	return q.probedItem(ctx, by, err, id)
}

func (q *Queue) stepFits(tx *gorm.DB, by staff.Officer, i Item, version int, s itemStep) error {
	duty, err := dutyOf(tx, by.UnitID, i.ID)
	switch {
	case err != nil:
		return err
	case !q.mayStep(by, i, duty, s):
		return staff.ErrForbidden
	case i.Version != version:
		return step.ErrStale
	case !slices.Contains(s.From, i.State):
		return step.ErrState
	}
	return nil
}

// takeStep changes the item, keeps the entry with its files, and does what
// else belongs to the step.
func (q *Queue) takeStep(tx *gorm.DB, by staff.Officer, i *Item, s itemStep, body string, formKey []byte, secret secrets) error {
	set := map[string]any{"state": s.To}
	if s.To == StruckOff || s.To == Cancelled {
		set["closed_at"] = q.store.Now()
	}
	if err := moveItem(tx, i, set); err != nil {
		return err
	}
	if s.Note != "" {
		if err := q.keepEntry(tx, by, i, s.Note, body, formKey); err != nil {
			return err
		}
	}
	switch s.Code {
	case "issue":
		return q.issue(tx, by, i, secret)
	case "acknowledge":
		if err := q.clocks.Meet(tx, i.ID, itemAcknowledge); err != nil {
			return err
		}
	case "dispute":
		if err := q.mayObject(tx, i); err != nil {
			return err
		}
	case "strike_off":
		return q.strikeOff(tx, by, i)
	case "cancel":
		if err := q.clocks.Meet(tx, i.ID); err != nil {
			return err
		}
	}
	return q.noteItem(tx, by, i.ID, s.Event, nil)
}

// moveItem changes an item that is still as it was read.
func moveItem(tx *gorm.DB, i *Item, changes map[string]any) error {
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

func (q *Queue) keepEntry(tx *gorm.DB, by staff.Officer, i *Item, kind, body string, formKey []byte) error {
	id, err := uuid.NewV7()
	if err != nil {
		return err
	}
	row := itemNoteRow{ID: id, ItemID: i.ID, Kind: kind, UnitID: by.UnitID, AuthorID: by.ID, Body: body, At: q.store.Now()}
	if err := tx.Create(&row).Error; err != nil {
		return err
	}
	if len(formKey) == 0 {
		return nil
	}
	_, err = q.shelf.Bind(tx, formKey, "item_note", id)
	return err
}

// mayObject returns step.ErrState when the time to object is over.
func (q *Queue) mayObject(tx *gorm.DB, i *Item) error {
	open, err := q.clocks.Running(tx, i.ID)
	if err != nil {
		return err
	}
	if d := clockOf(open, itemDispute); d == nil || d.DueOn < q.today() {
		return step.ErrState
	}
	return q.clocks.Meet(tx, i.ID, itemDispute)
}

// strikeOff takes the item off the ledger once nothing is missing.
func (q *Queue) strikeOff(tx *gorm.DB, by staff.Officer, i *Item) error {
	lacks, err := missing(tx, *i)
	if err != nil {
		return err
	}
	if len(lacks) > 0 {
		return step.ErrState
	}
	if err := q.clocks.Meet(tx, i.ID); err != nil {
		return err
	}
	behind, err := q.behind(tx, i.ID)
	if err != nil {
		return err
	}
	return q.tellBoth(tx, by, i, behind, "struck_off", "item_struck_off")
}

// missing lists what striking an item off still lacks (DOMAIN §8.2): an
// accepted report, evidence with it, and an answer to everybody who reported.
func missing(tx *gorm.DB, i Item) ([]string, error) {
	if i.State == Docketed || i.State == Cancelled {
		return nil, nil
	}
	var lacks []string
	if i.State != Reviewed && i.State != StruckOff {
		lacks = append(lacks, "report")
	}
	var files, unanswered int64
	err := tx.Table("evidence_file").Where(`owner_kind = 'item_note' AND owner_id IN
		(SELECT id FROM item_note WHERE item_id = ? AND kind IN ('progress', 'report'))`, i.ID).Count(&files).Error
	if err != nil {
		return nil, err
	}
	if files == 0 {
		lacks = append(lacks, "evidence")
	}
	// A merged complaint is answered when the one that leads is.
	err = tx.Table("item_complaint").
		Joins("JOIN complaint own ON own.id = item_complaint.complaint_id").
		Joins("LEFT JOIN complaint lead ON lead.id = own.merged_into AND own.state = 'merged'").
		Where("item_complaint.item_id = ?", i.ID).
		Where("COALESCE(lead.state, own.state) NOT IN ?", []intake.State{
			intake.Delivered, intake.Closed, intake.Withdrawn, intake.NotAccepted, intake.Referred, intake.Transferred,
		}).Count(&unanswered).Error
	if unanswered > 0 {
		lacks = append(lacks, "answer")
	}
	return lacks, err
}
