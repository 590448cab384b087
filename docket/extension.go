package docket

import (
	"context"
	"errors"
	"strconv"
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

// What became of a request for an extension or a suspension.
const (
	open     = "open"
	approved = "approved"
	denied   = "denied"
	lapsed   = "lapsed" // the item ended before anybody ruled
)

// extensionFiles is the kind of owner that files kept with a request have.
const extensionFiles = "extension"

// NewExtension is a request for more time (Art. 17 of the Measures: within the
// limit, or before it ends with a reason).
type NewExtension struct {
	Days     int    // 1 to what the table of time rules allows, 30
	Reason   string // 4 to 500 characters
	Progress string // how far it is: 4 to 2000 characters
	FormKey  []byte // of the form in which files were handed in; nil none
}

// Extension is a request for more time and what became of it; an item has one at
// most.
type Extension struct {
	ID        uuid.UUID
	Days      int
	Reason    string
	Progress  string
	UnitName  string
	AskedBy   string
	AskedAt   time.Time
	DueBefore workday.Date
	DueAfter  *workday.Date // nil unless approved
	State     string        // open, approved, denied, lapsed
	RuledBy   string
	RuledAt   *time.Time
	Note      string
	Files     []evidence.File
}

type extensionRow struct {
	ID         uuid.UUID `gorm:"primaryKey"`
	ItemID     uuid.UUID
	Days       int
	Reason     string
	Progress   string
	UnitID     uuid.UUID
	AskedBy    uuid.UUID
	AskedAt    time.Time
	DueBefore  workday.Date
	DueAfter   *workday.Date
	State      string
	RuledBy    *uuid.UUID
	RuledAt    *time.Time
	RulingNote string
}

func (extensionRow) TableName() string { return "item_extension" }

// extensionOf is the request of an item, nil when there is none.
func extensionOf(db *gorm.DB, item uuid.UUID) (*extensionRow, error) {
	var x extensionRow
	err := store.One(db.Where("item_id = ?", item), &x)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	return &x, err
}

// AskExtension asks for more time, for the lead unit (staff.HandleItems): once,
// not after the last day, not while the item is suspended. The clock runs on
// until somebody of the issuing office has ruled. Errors: *step.Invalid,
// step.ErrState, step.ErrStale, staff.ErrForbidden.
func (d *Desk) AskExtension(ctx context.Context, by staff.Officer, id uuid.UUID, version int, n NewExtension) error {
	w, _ := wayOf("extend")
	return d.change(ctx, func(tx *gorm.DB) error {
		i, err := d.ready(tx, by, id, &version, w)
		if err != nil {
			return err
		}
		most, err := d.Clocks.RuleOn(tx, dueRule(i.Urgency)+"_extension_max", string(i.Origin), d.today())
		if err != nil {
			return err
		}
		var f step.Form
		f.Require(n.Days >= 1 && n.Days <= most.N, "days", "item_days")
		reason := f.Text("reason", n.Reason, 4, 500, "item_reason")
		progress := f.Text("progress", n.Progress, 4, 2000, "item_progress")
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
		err = tx.Create(&extensionRow{ID: request, ItemID: id, Days: n.Days, Reason: reason, Progress: progress, UnitID: by.UnitID,
			AskedBy: by.ID, AskedAt: d.Store.Now(), DueBefore: *i.DueOn, State: open}).Error
		if err != nil {
			return err
		}
		files, err := d.Shelf.Bind(tx, n.FormKey, extensionFiles, request)
		if err != nil {
			return err
		}
		if err := d.extensionRequest(tx, by, i, n.Days, reason, progress); err != nil {
			return err
		}
		return d.note(tx, by, id, "item_extension_asked", files.Tell(map[string]string{"days": strconv.Itoa(n.Days)}))
	})
}

// RuleExtension approves or denies a request for more time, for somebody of the
// issuing office, or of the one to which the item was escalated, who did not ask
// (staff.ApproveCases). Approved, the last day moves by the days asked for,
// counted from the present one. note, 2 to 500 characters when denying, is read
// by the unit. Errors: *step.Invalid, *triage.Leak, step.ErrSamePerson,
// step.ErrState, step.ErrStale when somebody else was faster.
func (d *Desk) RuleExtension(ctx context.Context, by staff.Officer, id, request uuid.UUID, approve bool, note string) error {
	w, _ := wayOf("extend_rule")
	secret, err := d.SecretsOf(ctx, by, id)
	if err != nil {
		return err
	}
	err = d.change(ctx, func(tx *gorm.DB) error {
		i, err := d.ready(tx, by, id, nil, w)
		if err != nil {
			return err
		}
		x, err := extensionOf(tx, id)
		if err != nil {
			return err
		}
		if x == nil || x.ID != request {
			return store.ErrNotFound
		}
		r := ruling{By: by, Approve: approve, Note: note}
		if err := d.rule(tx, &extensionRow{}, x.ID, x.AskedBy, &r, secret); err != nil {
			return err
		}
		if !approve {
			return d.denied(tx, by, &i, "item_extension_denied")
		}
		return d.extend(tx, by, &i, *x)
	})
	return d.Probed(ctx, by, err, id)
}

// extend moves the last day as a request asks.
func (d *Desk) extend(tx *gorm.DB, by staff.Officer, i *Item, x extensionRow) error {
	before := *i.DueOn
	next, err := d.Clocks.Extend(tx, i.ID, dueRule(i.Urgency), x.Days)
	if errors.Is(err, clock.ErrNoRule) {
		return step.ErrState // the rule allows fewer days by now
	}
	if err != nil {
		return err
	}
	if err := move(tx, i, map[string]any{"due_on": next.DueOn}); err != nil {
		return err
	}
	if err := tx.Model(&extensionRow{}).Where("id = ?", x.ID).Updates(map[string]any{"due_after": next.DueOn}).Error; err != nil {
		return err
	}
	return d.note(tx, by, i.ID, "item_extended", map[string]string{
		"days": strconv.Itoa(x.Days), "before": string(before), "due_on": string(next.DueOn),
	})
}

func (d *Desk) denied(tx *gorm.DB, by staff.Officer, i *Item, event string) error {
	if err := move(tx, i, nil); err != nil {
		return err
	}
	return d.note(tx, by, i.ID, event, nil)
}

// readExtension reads the request of an item with its files.
func (d *Desk) readExtension(ctx context.Context, db *gorm.DB, v *ItemView) error {
	x, err := extensionOf(db, v.ID)
	if err != nil || x == nil {
		return err
	}
	people := []uuid.UUID{x.AskedBy}
	if x.RuledBy != nil {
		people = append(people, *x.RuledBy)
	}
	called, err := peopleNames(db, people)
	if err != nil {
		return err
	}
	files, err := d.Shelf.Of(ctx, extensionFiles, x.ID)
	if err != nil {
		return err
	}
	v.Extension = &Extension{
		ID: x.ID, Days: x.Days, Reason: x.Reason, Progress: x.Progress, UnitName: d.unitName(x.UnitID), AskedBy: called[x.AskedBy],
		AskedAt: x.AskedAt.UTC(), DueBefore: x.DueBefore, DueAfter: x.DueAfter, State: x.State, RuledAt: utc(x.RuledAt), Note: x.RulingNote, Files: files,
	}
	if x.RuledBy != nil {
		v.Extension.RuledBy = called[*x.RuledBy]
	}
	return nil
}
