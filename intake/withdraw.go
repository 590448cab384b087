package intake

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/region"
)

const (
	// eventReporterLeft is written when a reporter withdraws a complaint that
	// others' reports were merged into: theirs go on under it.
	eventReporterLeft = "reporter_left"

	ruleWithdrawal = "complaint.withdrawal" // how long a withdrawal can be taken back

	// graveEnough is the least severity whose withdrawal does not take effect at
	// once: retaliation, and people's money.
	graveEnough = 2
)

// Pressed is the reason of a withdrawal that somebody else wanted.
const Pressed = "pressed"

// WithdrawalReasons lists why a reporter may withdraw, in order (catalog key
// withdraw.<code>). None needs to be given.
func WithdrawalReasons() []string { return []string{"solved", "tired", Pressed, "other"} }

// Withdrawal is a reporter's wish to end a complaint.
type Withdrawal struct {
	ID          uuid.UUID `gorm:"primaryKey"`
	ComplaintID uuid.UUID // the reporter's own
	Reason      string    // one of WithdrawalReasons, or ""
	AskedAt     time.Time
	EffectiveOn workday.Date // until the day before it can be taken back
	TakenBackAt *time.Time
	Ended       string // let_go, goes_on: what a second officer said; ""
	EndedBy     *uuid.UUID
	EndedAt     *time.Time
	WordsSealed []byte // of that officer
}

// TableName is withdrawal.
func (Withdrawal) TableName() string { return "withdrawal" }

// Withdraw ends all open complaints of the report at the reporter's wish. What
// is grave ends only when the days in which that can be taken back are over and
// a second officer has looked at it; where others' reports were merged into a
// complaint, theirs go on. A withdrawal for the reason Pressed ends nothing: the
// complaint goes on with the highest desk. From the moment of asking the page
// under the receipt stands still and shows the same in all of these cases,
// whoever looks at it. A report whose matter another room keeps has no
// complaint: that room ends it. Errors: ErrStaleForm, ErrNoReceipt, ErrClosed.
func (d *Desk) Withdraw(ctx context.Context, token, reason string) error {
	report, err := d.openTrack(token)
	if err != nil {
		return err
	}
	if !slices.Contains(WithdrawalReasons(), reason) {
		reason = ""
	}
	return again(func() error {
		return d.store.Transact(ctx, func(tx *gorm.DB) error { return d.withdraw(ctx, tx, report, reason) })
	})
}

func (d *Desk) withdraw(ctx context.Context, tx *gorm.DB, report uuid.UUID, reason string) error {
	if _, err := otherOf(tx, report); !errors.Is(err, store.ErrNotFound) {
		return err
	}
	open, err := d.openMatters(ctx, tx, report)
	if err != nil {
		return err
	}
	ended := false
	for _, m := range open {
		over, err := d.leave(tx, m, reason)
		if err != nil {
			return err
		}
		ended = ended || over
	}
	if !ended {
		return nil
	}
	return ledger.Append(tx, ledger.OfReport, report, "withdrawn", ledger.Reporter(), d.store.Now(), nil)
}

// leave notes that the reporter withdraws one complaint, and ends it where that
// takes effect at once.
func (d *Desk) leave(tx *gorm.DB, m matter, reason string) (over bool, err error) {
	now := d.store.Now()
	w := Withdrawal{ID: newID(), ComplaintID: m.own.ID, Reason: reason, AskedAt: now, EffectiveOn: workday.On(now)}
	// Who was merged leaves others to go on, and nothing is lost with them.
	grave := m.own.Severity <= graveEnough && m.own.State != Merged
	if grave {
		cooling, err := d.clocks.Begin(tx, m.own.Clocked(), ruleWithdrawal, w.EffectiveOn)
		if err != nil {
			return false, err
		}
		w.EffectiveOn = cooling.DueOn
	}
	if err := tx.Create(&w).Error; err != nil {
		return false, err
	}
	switch {
	case reason == Pressed:
		return false, d.goOn(tx, m.lead)
	case grave:
		return false, d.coolOff(tx, m.own, w)
	}
	return true, d.end(tx, m.own, w)
}

// guarded changes a complaint that is still as it was read; errMoved otherwise.
func guarded(tx *gorm.DB, c Complaint, set map[string]any) error {
	set["version"] = c.Version + 1
	res := tx.Model(&Complaint{}).Where("id = ? AND state = ? AND version = ?", c.ID, c.State, c.Version).Updates(set)
	if res.Error == nil && res.RowsAffected == 0 {
		return errMoved
	}
	return res.Error
}

// goOn puts a complaint whose reporter was made to withdraw it on the highest
// desk, as the gravest there are, and what was merged into it with it. Nobody is told
// but who works there.
func (d *Desk) goOn(tx *gorm.DB, c Complaint) error {
	set := map[string]any{"pressed_at": d.store.Now(), "severity": 1}
	if c.State == NeedInfo { // nobody will answer
		set["state"], set["resume_state"] = resumed(c), ""
	}
	desk, _, err := d.atlas.DeskFor(c.PlaceCode, region.Accused{Level: "county"})
	if err != nil {
		return err
	}
	if desk.ID != c.DeskUnitID && slices.Contains(d.atlas.Above(c.DeskUnitID), desk.ID) {
		set["desk_unit_id"], set["owner_id"] = desk.ID, nil
	}
	if err := guarded(tx, c, set); err != nil {
		return err
	}
	if desk, moves := set["desk_unit_id"]; moves {
		if err := tx.Model(&Complaint{}).Where("merged_into = ?", c.ID).Updates(map[string]any{"desk_unit_id": desk}).Error; err != nil {
			return err
		}
	}
	if err := d.resealUnder(tx, c.ID); err != nil {
		return err
	}
	return ledger.Append(tx, ledger.OfComplaint, c.ID, "pressed_to_withdraw", ledger.Reporter(), d.store.Now(), nil)
}

// coolOff marks a complaint that its reporter withdraws from a later day on. It
// is worked on meanwhile.
func (d *Desk) coolOff(tx *gorm.DB, c Complaint, w Withdrawal) error {
	if err := guarded(tx, c, map[string]any{"leaves_on": w.EffectiveOn}); err != nil {
		return err
	}
	return ledger.Append(tx, ledger.OfComplaint, c.ID, "withdraw_asked", ledger.Reporter(), d.store.Now(), map[string]string{"effective_on": string(w.EffectiveOn)})
}

// end ends one complaint, or the reporter's part in it when it carries others'.
// It holds the row first: nobody can merge another report into a complaint
// between the look and the end.
func (d *Desk) end(tx *gorm.DB, c Complaint, w Withdrawal) error {
	now := d.store.Now()
	if err := guarded(tx, c, map[string]any{}); err != nil {
		return err
	}
	var followers int64
	err := tx.Model(&Complaint{}).Where("merged_into = ? AND state = ?", c.ID, Merged).Count(&followers).Error
	if err != nil {
		return err
	}
	if followers > 0 {
		body := map[string]string{"withdrawal": w.ID.String()}
		return ledger.Append(tx, ledger.OfComplaint, c.ID, eventReporterLeft, ledger.Reporter(), now, body)
	}
	err = tx.Model(&Complaint{}).Where("id = ?", c.ID).Updates(map[string]any{
		"state": Withdrawn, "resume_state": "", "closed_at": now, "due_on": nil, "due_rule": "", "second_desk_id": nil,
	}).Error
	if err != nil {
		return err
	}
	if err := d.clocks.Meet(tx, c.ID); err != nil {
		return err
	}
	return ledger.Append(tx, ledger.OfComplaint, c.ID, "withdrawn", ledger.Reporter(), now, nil)
}

// TakeBack undoes a withdrawal that has not taken effect: everything is again as
// it was, and the page under the receipt shows it. Errors: ErrStaleForm,
// ErrClosed when there is nothing to take back.
func (d *Desk) TakeBack(ctx context.Context, token string) error {
	report, err := d.openTrack(token)
	if err != nil {
		return err
	}
	return again(func() error {
		return d.store.Transact(ctx, func(tx *gorm.DB) error { return d.takeBack(tx, report) })
	})
}

func (d *Desk) takeBack(tx *gorm.DB, report uuid.UUID) error {
	left, err := d.withdrawals(tx, report)
	if err != nil {
		return err
	}
	now := d.store.Now()
	back := 0
	for _, w := range left {
		if workday.On(now) >= w.EffectiveOn {
			continue
		}
		back++
		res := tx.Model(&Withdrawal{}).Where("id = ? AND taken_back_at IS NULL AND ended = ''", w.ID).Updates(map[string]any{"taken_back_at": now})
		if res.Error != nil || res.RowsAffected == 0 {
			return errors.Join(res.Error, ErrClosed)
		}
		err := tx.Model(&Complaint{}).Where("id = ?", w.ComplaintID).
			Updates(map[string]any{"leaves_on": nil, "version": gorm.Expr("version + 1")}).Error
		if err != nil {
			return err
		}
		if err := ledger.Append(tx, ledger.OfComplaint, w.ComplaintID, "withdrawal_taken_back", ledger.Reporter(), now, nil); err != nil {
			return err
		}
	}
	if back == 0 {
		return ErrClosed
	}
	return nil
}

// Left reports whether a reporter withdrew a complaint and has not taken that
// back: they say nothing about it any more.
func (d *Desk) Left(db *gorm.DB, own uuid.UUID) (bool, error) {
	w, err := withdrawalOf(db, own)
	return w != nil, err
}

// withdrawals are those of a report's complaints that were not taken back, by
// complaint.
func (d *Desk) withdrawals(db *gorm.DB, report uuid.UUID) (map[uuid.UUID]Withdrawal, error) {
	var rows []Withdrawal
	err := db.Where("taken_back_at IS NULL AND complaint_id IN (SELECT id FROM complaint WHERE report_id = ?)", report).Limit(100).Find(&rows).Error
	left := map[uuid.UUID]Withdrawal{}
	for _, w := range rows {
		w.AskedAt = w.AskedAt.UTC()
		left[w.ComplaintID] = w
	}
	return left, err
}

// withdrawalOf is the withdrawal of a complaint that was not taken back; nil when
// there is none.
func withdrawalOf(db *gorm.DB, complaint uuid.UUID) (*Withdrawal, error) {
	var w Withdrawal
	err := store.One(db.Where("complaint_id = ? AND taken_back_at IS NULL", complaint), &w)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	return &w, err
}

// stands makes a matter what it was when its reporter withdrew it, whatever
// became of it since: who looks over the reporter's shoulder, or holds the
// receipt, cannot tell whether the office goes on.
func (m *matter) stands(w Withdrawal) {
	m.withdrawal = &w
	since := func(at *time.Time) bool { return at != nil && at.After(w.AskedAt) }
	m.own.State, m.own.ClosedAt, m.own.ResumeState = Withdrawn, &w.AskedAt, ""
	m.own.Extended, m.own.RepeatsID = false, nil
	if since(m.own.AcceptedAt) {
		m.own.AcceptedAt = nil
	}
	m.lead = m.own
	m.events = slices.DeleteFunc(m.events, func(e ledger.Event) bool { return e.At.After(w.AskedAt) })
	m.led = m.events
}

// beforeLeaving leaves out what was said of matters after their reporter withdrew
// them.
func beforeLeaving(rows []messageRow, messages []Message, left map[uuid.UUID]Withdrawal) (keptRows []messageRow, kept []Message) {
	for i, m := range rows {
		if m.ComplaintID != nil {
			if w, gone := left[*m.ComplaintID]; gone && m.At.After(w.AskedAt) {
				continue
			}
		}
		keptRows, kept = append(keptRows, m), append(kept, messages[i])
	}
	return keptRows, kept
}
