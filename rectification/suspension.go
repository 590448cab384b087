package rectification

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/clock"
	"minsheng/docket"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/staff"
)

// longestHalt is how many days a suspension may last, both ends counted.
const longestHalt = 180

// Suspension is a request to let an order stand still while a court or the
// discipline organ has the matter, and what became of it. It begins on the day on
// which it is approved.
type Suspension struct {
	ID         uuid.UUID `gorm:"primaryKey"`
	OrderID    uuid.UUID
	Why        string // one of docket.Halts
	Reason     string
	LastOn     workday.Date
	AskedBy    uuid.UUID
	AskedAt    time.Time
	FirstOn    *workday.Date
	State      string // open, approved, denied, lapsed
	RuledBy    *uuid.UUID
	RuledAt    *time.Time
	RulingNote string
	Asker      string `gorm:"-"`
	Ruler      string `gorm:"-"`
}

// TableName is rectification_suspension.
func (Suspension) TableName() string { return "rectification_suspension" }

// openSuspension is the request that waits for a ruling, or nil.
func openSuspension(db *gorm.DB, order uuid.UUID) (*Suspension, error) {
	var h Suspension
	err := store.One(db.Where("order_id = ? AND state = 'open'", order), &h)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	return &h, err
}

// AskSuspension asks a second person of the ordering office to agree: why is one
// of docket.Halts, reason 4 to 500 characters that the ordered office does not
// read, lastOn after today and within 180 days. Errors: *step.Invalid, those of a
// step; step.ErrState while a request is open.
func (d *Desk) AskSuspension(ctx context.Context, by staff.Officer, id uuid.UUID, version int, why, reason string, lastOn workday.Date) error {
	var f step.Form
	today := d.today()
	f.Require(slices.Contains(docket.Halts(), why), "halt", "item_halt")
	reason = f.Text("reason", reason, 4, 500, "item_reason")
	_, err := workday.Parse(string(lastOn))
	f.Require(err == nil && lastOn > today && lastOn.Sub(today) < longestHalt, "last_on", "item_last_on")
	if err := f.Err(); err != nil {
		return err
	}
	request, err := uuid.NewV7()
	if err != nil {
		return err
	}
	return d.on(ctx, by, ToSuspend, id, version, func(tx *gorm.DB, o *Order, _ discretion) error {
		waiting, err := openSuspension(tx, id)
		if err != nil {
			return err
		}
		if waiting != nil {
			return step.ErrState
		}
		if err := d.move(tx, o, ToSuspend, nil); err != nil {
			return err
		}
		err = tx.Create(&Suspension{ID: request, OrderID: id, Why: why, Reason: reason, LastOn: lastOn, AskedBy: by.ID, AskedAt: d.Store.Now(), State: "open"}).Error
		if err != nil {
			return err
		}
		return d.note(tx, by, id, "order_suspension_asked", map[string]string{"until": string(lastOn)})
	})
}

// RuleSuspension approves or denies it, by somebody who did not ask
// (staff.ApproveCases), with a note of at most 500 characters. Approved, the clock
// of the report stands still from today until the last day, and runs on by itself
// the day after. Errors: *step.Invalid, *triage.Leak, those of a step;
// step.ErrState too when the clock cannot stand still any more.
func (d *Desk) RuleSuspension(ctx context.Context, by staff.Officer, id, request uuid.UUID, approve bool, note string) error {
	var f step.Form
	note = f.Text("note", note, 0, 500, "item_note")
	if err := f.Err(); err != nil {
		return err
	}
	return d.on(ctx, by, ToRuleHalt, id, 0, func(tx *gorm.DB, o *Order, fit discretion) error {
		h, err := openSuspension(tx, id)
		if err != nil {
			return err
		}
		if h == nil || h.ID != request {
			return step.ErrStale // somebody else ruled just now
		}
		if err := fit(tx, [2]string{"note", note}); err != nil {
			return err
		}
		set := map[string]any{"state": "denied", "ruled_by": by.ID, "ruled_at": d.Store.Now(), "ruling_note": note}
		event, changes := "order_suspension_denied", map[string]any{}
		if approve {
			today := d.today()
			_, err := d.Clocks.Pause(tx, by, id, ruleReport, clock.Suspension, today, h.LastOn)
			if errors.Is(err, clock.ErrSpan) || errors.Is(err, clock.ErrPaused) || errors.Is(err, clock.ErrNoPause) || errors.Is(err, store.ErrNotFound) {
				return step.ErrState
			}
			if err != nil {
				return err
			}
			set["state"], set["first_on"] = "approved", today
			event, changes["suspended_until"] = "order_suspended", h.LastOn
		}
		if err := d.move(tx, o, ToRuleHalt, changes); err != nil {
			return err
		}
		if err := tx.Model(&Suspension{}).Where("id = ?", h.ID).Updates(set).Error; err != nil {
			return err
		}
		if err := d.nextDue(tx, id); err != nil {
			return err
		}
		return d.note(tx, by, id, event, map[string]string{"until": string(h.LastOn)})
	})
}

// Resume ends a suspension early, with words of 4 to 500 characters: the clock of
// the report counts again from today on. Errors: *step.Invalid, *triage.Leak,
// those of a step.
func (d *Desk) Resume(ctx context.Context, by staff.Officer, id uuid.UUID, version int, words string) error {
	var f step.Form
	words = f.Text("words", words, 4, 500, "order_why")
	if err := f.Err(); err != nil {
		return err
	}
	return d.on(ctx, by, ToResume, id, version, func(tx *gorm.DB, o *Order, fit discretion) error {
		if !o.Suspended(d.today()) {
			return step.ErrState
		}
		if err := fit(tx, [2]string{"words", words}); err != nil {
			return err
		}
		if err := d.move(tx, o, ToResume, map[string]any{"suspended_until": nil}); err != nil {
			return err
		}
		if _, err := d.Clocks.Resume(tx, by, id, ruleReport); err != nil {
			return err
		}
		if err := d.nextDue(tx, id); err != nil {
			return err
		}
		if _, err := d.write(tx, by, o, entryRow{Kind: resumed, Words: words}, nil, nil); err != nil {
			return err
		}
		return d.note(tx, by, id, "order_resumed", nil)
	})
}

// readSuspensions reads all there were, at most 20. The ordered office reads those
// that were approved, and not why: an investigation is not to be announced.
func (d *Desk) readSuspensions(db *gorm.DB, w *Whole) error {
	query := db.Where("order_id = ?", w.ID)
	if !w.Above {
		query = query.Where("state = 'approved'")
	}
	if err := query.Order("asked_at, id").Limit(20).Find(&w.Suspensions).Error; err != nil {
		return err
	}
	var people []uuid.UUID
	for _, h := range w.Suspensions {
		people = append(people, h.AskedBy)
		if h.RuledBy != nil {
			people = append(people, *h.RuledBy)
		}
	}
	names, err := namesOf(db, people...)
	for n := range w.Suspensions {
		h := &w.Suspensions[n]
		h.Asker = names[h.AskedBy]
		if h.RuledBy != nil {
			h.Ruler = names[*h.RuledBy]
		}
		if !w.Above {
			h.Why, h.Reason = "", ""
		}
	}
	return err
}
