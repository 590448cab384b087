package objection

import (
	"context"
	"slices"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/clock"
	"minsheng/intake"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/notice"
	"minsheng/staff"
)

// Events that say how far an objection is.
const (
	eventTakenUp = "objection_taken_up"
	eventVisited = "visit_recorded"
)

// Acknowledge takes it up: verifying, the officer its owner. The objector is told.
func (d *Desk) Acknowledge(ctx context.Context, by staff.Officer, id uuid.UUID, version int) error {
	return d.step(ctx, by, staff.WorkObjections, id, version, func(tx *gorm.DB, o *Objection) error {
		if o.State != Submitted {
			return step.ErrState
		}
		due, err := d.nextClock(tx, o.ID, ruleAcknowledge, ruleVerify)
		if err != nil {
			return err
		}
		set := map[string]any{"state": Verifying, "owner_id": by.ID, "due_on": due.DueOn, "due_rule": due.Rule}
		if err := move(tx, o, set); err != nil {
			return err
		}
		if err := d.note(tx, by.Actor(), *o, eventTakenUp, nil); err != nil {
			return err
		}
		return d.tell(tx, by, *o, intake.NoticeOfStep, "taken_up", "date", due.DueOn)
	})
}

// clocked is an objection as what clocks run for.
func clocked(id uuid.UUID) clock.Subject { return clock.Subject{Kind: ledger.OfObjection, ID: id} }

// nextClock meets the clock of one step and starts that of the next.
func (d *Desk) nextClock(tx *gorm.DB, id uuid.UUID, met, next string) (clock.Deadline, error) {
	if err := d.Clocks.Meet(tx, id, met); err != nil {
		return clock.Deadline{}, err
	}
	return d.Clocks.Start(tx, clocked(id), next, d.today())
}

// tell writes the objector the sentence of objection.told.<event> in their own
// language, with dates as people write them, and what depends on the language as
// it is in that.
func (d *Desk) tell(tx *gorm.DB, by staff.Officer, o Objection, kind intake.MessageKind, event string, pairs ...any) error {
	var report intake.Report
	if err := store.One(tx.Where("id = ?", o.ReportID), &report); err != nil {
		return err
	}
	said := slices.Clone(pairs)
	for i, value := range said {
		switch v := value.(type) {
		case workday.Date:
			said[i] = sayDay(report.Lang, v)
		case func(lang string) any:
			said[i] = v(report.Lang)
		}
	}
	return d.Intake.Reply(tx, by, o.ReportID, nil, kind, d.Tell(report.Lang, "objection.told."+event, said...))
}

// sayDay writes a day out: 2026年12月8日, 8 December 2026.
func sayDay(lang string, day workday.Date) string {
	if lang == "en" {
		return day.Time().Format("2 January 2006")
	}
	return day.Time().Format("2006年1月2日")
}

// Message writes to the objector of one that is open: 2 to 2000 characters.
func (d *Desk) Message(ctx context.Context, by staff.Officer, id uuid.UUID, text string) error {
	f := form{}
	f.within("text", text, 2, 2000, "case_message")
	if err := f.err(); err != nil {
		return err
	}
	return d.on(ctx, by, staff.WorkObjections, id, func(tx *gorm.DB, o *Objection) error {
		if o.ClosedAt != nil {
			return step.ErrState
		}
		if err := d.Intake.Reply(tx, by, o.ReportID, nil, intake.Talk, strings.TrimSpace(text)); err != nil {
			return err
		}
		return d.note(tx, by.Actor(), *o, "message_sent", nil)
	})
}

// Withdraw ends the objection of a report at the objector's wish; nil when it
// has none or it is closed. What it froze may move again; a notice that it took
// off the web stays there until an approver has looked. The report's complaints
// are intake's. Whoever calls has opened the report by its receipt.
func (d *Desk) Withdraw(ctx context.Context, report uuid.UUID) error {
	var err error
	for range 5 { // an officer may be at work on it at the same moment
		err = d.Store.Transact(ctx, func(tx *gorm.DB) error { return d.withdraw(tx, report) })
		if err != step.ErrStale && !store.IsDuplicate(err) {
			return err
		}
	}
	return err
}

func (d *Desk) withdraw(tx *gorm.DB, report uuid.UUID) error {
	o, err := ofReport(tx, report)
	if err == store.ErrNotFound || err == nil && o.ClosedAt != nil {
		return nil
	}
	if err != nil {
		return err
	}
	if err := d.end(tx, &o, Withdrawn); err != nil {
		return err
	}
	if err := d.lift(tx, o); err != nil {
		return err
	}
	if err := d.note(tx, ledger.Reporter(), o, "objection_withdrawn", nil); err != nil {
		return err
	}
	return ledger.Append(tx, ledger.OfReport, report, "withdrawn", ledger.Reporter(), d.Store.Now(), nil)
}

// end closes an objection: no clock runs, nothing waits for a ruling, the
// objector can add nothing.
func (d *Desk) end(tx *gorm.DB, o *Objection, state State) error {
	now := d.Store.Now()
	set := map[string]any{"state": state, "closed_at": now, "due_on": nil, "due_rule": ""}
	if err := move(tx, o, set); err != nil {
		return err
	}
	o.ClosedAt = &now
	err := tx.Model(&rulingRow{}).Where("objection_id = ? AND state = 'open'", o.ID).
		Updates(map[string]any{"state": "returned", "ruled_at": now}).Error
	if err != nil {
		return err
	}
	if err := d.Clocks.Meet(tx, o.ID); err != nil {
		return err
	}
	return d.Intake.EndOther(tx, o.ReportID)
}

// lift lets what the objection froze move again.
func (d *Desk) lift(tx *gorm.DB, o Objection) error {
	if o.RollID == nil {
		return nil
	}
	if err := d.Rolls.Lift(tx, o.ID); err != nil {
		return err
	}
	return notice.Touch(tx)
}
