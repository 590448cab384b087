package docket

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/clock"
	"minsheng/internal/evidence"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/staff"
)

// Halts lists who can have a matter so that an item stands still (DOMAIN §8.2);
// catalog key docket.halt.<code>.
func Halts() []string { return []string{"court", "discipline"} }

// longestHalt is how many days a suspension may last, both ends counted.
const longestHalt = 180

// NewSuspension asks to let an item stand still while a court or the discipline
// organ has the matter.
type NewSuspension struct {
	Why    string       // one of Halts
	Reason string       // 4 to 500 characters; the unit does not read it
	LastOn workday.Date // after today, at most 180 days on
}

// Suspension is such a request and what became of it. It begins on the day on
// which it is approved.
type Suspension struct {
	ID      uuid.UUID
	Why     string // "" for who is not of the issuing office, and so
	Reason  string // is the reason: an investigation is not to be announced
	FirstOn *workday.Date
	LastOn  workday.Date
	EndedOn *workday.Date // last day that it stood, when it was ended early
	AskedBy string
	AskedAt time.Time
	State   string // open, approved, denied, lapsed
	RuledBy string
	RuledAt *time.Time
	Note    string
}

type suspensionRow struct {
	ID         uuid.UUID `gorm:"primaryKey"`
	ItemID     uuid.UUID
	Why        string
	Reason     string
	LastOn     workday.Date
	AskedBy    uuid.UUID
	AskedAt    time.Time
	FirstOn    *workday.Date
	EndedOn    *workday.Date
	State      string
	RuledBy    *uuid.UUID
	RuledAt    *time.Time
	RulingNote string
}

func (suspensionRow) TableName() string { return "item_suspension" }

// openSuspension is the request of an item that waits for a ruling, or nil.
func openSuspension(db *gorm.DB, item uuid.UUID) (*suspensionRow, error) {
	var h suspensionRow
	err := store.One(db.Where("item_id = ? AND state = 'open'", item), &h)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	return &h, err
}

// AskSuspension asks a second person of the issuing office to agree. Errors:
// *step.Invalid, step.ErrState when the last day is over, step.ErrStale.
func (d *Desk) AskSuspension(ctx context.Context, by staff.Officer, id uuid.UUID, version int, n NewSuspension) error {
	w, _ := wayOf("suspend")
	return d.change(ctx, func(tx *gorm.DB) error {
		i, err := d.ready(tx, by, id, &version, w)
		if err != nil {
			return err
		}
		var f step.Form
		f.Require(slices.Contains(Halts(), n.Why), "why", "item_halt")
		reason, today := f.Text("reason", n.Reason, 4, 500, "item_reason"), d.today()
		f.Require(dated(n.LastOn) && n.LastOn > today && n.LastOn.Sub(today) < longestHalt, "last_on", "item_last_on")
		if err := f.Err(); err != nil {
			return err
		}
		if err := move(tx, &i, nil); err != nil {
			return err
		}
		request, err := uuid.NewV7()
		if err != nil {
			return err
		}
		err = tx.Create(&suspensionRow{ID: request, ItemID: id, Why: n.Why, Reason: reason, LastOn: n.LastOn, AskedBy: by.ID, AskedAt: d.Store.Now(), State: open}).Error
		if err != nil {
			return err
		}
		return d.note(tx, by, id, "item_suspension_asked", map[string]string{"until": string(n.LastOn)})
	})
}

// RuleSuspension approves or denies it, by somebody who did not ask
// (staff.ApproveCases). Approved, the clock stands still from today until the
// last day, and runs on by itself the day after; nobody has to do anything for
// that. The unit reads the note of one that was approved. Errors as of
// RuleExtension; step.ErrState too when the clock cannot stand still any more.
func (d *Desk) RuleSuspension(ctx context.Context, by staff.Officer, id, request uuid.UUID, approve bool, note string) error {
	w, _ := wayOf("suspend_rule")
	secret, err := d.SecretsOf(ctx, by, id)
	if err != nil {
		return err
	}
	err = d.change(ctx, func(tx *gorm.DB) error {
		i, err := d.ready(tx, by, id, nil, w)
		if err != nil {
			return err
		}
		h, err := openSuspension(tx, id)
		if err != nil {
			return err
		}
		if h == nil {
			return step.ErrStale // somebody else ruled just now
		}
		if h.ID != request {
			return store.ErrNotFound
		}
		r := ruling{By: by, Approve: approve, Note: note}
		if err := d.rule(tx, &suspensionRow{}, h.ID, h.AskedBy, &r, secret); err != nil {
			return err
		}
		if !approve {
			return d.denied(tx, by, &i, "item_suspension_denied")
		}
		return d.suspend(tx, by, &i, *h)
	})
	return d.Probed(ctx, by, err, id)
}

func (d *Desk) suspend(tx *gorm.DB, by staff.Officer, i *Item, h suspensionRow) error {
	today := d.today()
	m, err := d.Clocks.Pause(tx, by, i.ID, dueRule(i.Urgency), clock.Suspension, today, h.LastOn)
	if errors.Is(err, clock.ErrSpan) || errors.Is(err, clock.ErrPaused) || errors.Is(err, clock.ErrNoPause) {
		return step.ErrState
	}
	if err != nil {
		return err
	}
	set := dueAfter(m)
	set["suspended_until"] = h.LastOn
	if err := move(tx, i, set); err != nil {
		return err
	}
	if err := tx.Model(&suspensionRow{}).Where("id = ?", h.ID).Updates(map[string]any{"first_on": today}).Error; err != nil {
		return err
	}
	return d.note(tx, by, i.ID, "item_suspended", map[string]string{"until": string(h.LastOn), "due_on": string(m.DueOn)})
}

// resume ends a suspension early: the clock counts again from today on.
func (d *Desk) resume(tx *gorm.DB, by staff.Officer, i *Item, w way, files evidence.Bound) error {
	m, err := d.Clocks.Resume(tx, by, i.ID, dueRule(i.Urgency))
	if err != nil {
		return err
	}
	set := dueAfter(m)
	set["suspended_until"] = nil
	if err := tx.Model(&Item{}).Where("id = ?", i.ID).Updates(set).Error; err != nil {
		return err
	}
	today := d.today()
	err = tx.Model(&suspensionRow{}).Where("item_id = ? AND state = 'approved' AND last_on >= ? AND ended_on IS NULL", i.ID, today).
		Updates(map[string]any{"ended_on": today.Add(-1)}).Error
	if err != nil {
		return err
	}
	return d.note(tx, by, i.ID, w.Event, files.Tell(map[string]string{"due_on": string(m.DueOn)}))
}

// dueAfter is what an item keeps of a move of its last day. The first round of
// the clock has no extension in it.
func dueAfter(m clock.Move) map[string]any {
	set := map[string]any{"due_on": m.DueOn}
	if m.Round == 1 {
		set["first_due_on"] = m.DueOn
	}
	return set
}

// readSuspensions reads all there were, at most 20.
func (d *Desk) readSuspensions(db *gorm.DB, by staff.Officer, v *ItemView) error {
	var rows []suspensionRow
	if err := db.Where("item_id = ?", v.ID).Order("asked_at, id").Limit(20).Find(&rows).Error; err != nil {
		return err
	}
	var people []uuid.UUID
	for _, r := range rows {
		people = append(people, r.AskedBy)
		if r.RuledBy != nil {
			people = append(people, *r.RuledBy)
		}
	}
	called, err := peopleNames(db, people)
	if err != nil {
		return err
	}
	for _, r := range rows {
		h := Suspension{ID: r.ID, FirstOn: r.FirstOn, LastOn: r.LastOn, EndedOn: r.EndedOn, AskedBy: called[r.AskedBy],
			AskedAt: r.AskedAt.UTC(), State: r.State, RuledAt: utc(r.RuledAt), Note: r.RulingNote}
		if r.RuledBy != nil {
			h.RuledBy = called[*r.RuledBy]
		}
		if d.issues(by, v.Item) {
			h.Why, h.Reason = r.Why, r.Reason
		} else if r.State != approved {
			continue // the unit learns of it when it is so
		}
		v.Suspensions = append(v.Suspensions, h)
	}
	return nil
}
