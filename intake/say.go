package intake

import (
	"context"
	"errors"
	"unicode/utf8"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/custody"
	"minsheng/internal/evidence"
	"minsheng/internal/store"
	"minsheng/ledger"
)

// Say adds a reporter's message with the files staged for form. A form that
// arrives twice leaves one message. A complaint that waited for information
// goes back to where it was. Errors: *Invalid, ErrNoReceipt, ErrStaleForm,
// ErrClosed.
func (d *Desk) Say(ctx context.Context, token, form, text string) error {
	report, err := d.openTrack(token)
	if err != nil {
		return err
	}
	f, err := d.OpenForm(form)
	if err != nil {
		return err
	}
	text = tidy(text)
	return again(func() error {
		return d.store.Transact(ctx, func(tx *gorm.DB) error { return d.say(ctx, tx, report, f.Key, text) })
	})
}

// errMoved means that an officer changed a complaint between reading and
// writing.
var errMoved = errors.New("intake: complaint changed meanwhile")

// again repeats a transaction, at most five times, while it collides with
// another one: both wrote the next event of one subject, or an officer was
// faster.
func again(transaction func() error) error {
	var err error
	for range 5 {
		if err = transaction(); !store.IsDuplicate(err) && !errors.Is(err, errMoved) {
			return err
		}
	}
	return err
}

func (d *Desk) say(ctx context.Context, tx *gorm.DB, report uuid.UUID, formKey []byte, text string) error {
	var same int64
	if err := tx.Model(&messageRow{}).Where("form_key = ?", formKey).Count(&same).Error; err != nil || same > 0 {
		return err
	}
	open, err := d.openMatters(ctx, tx, report)
	if err != nil {
		return err
	}
	m := messageRow{ID: newID(), ReportID: report, Side: fromReporter, Kind: Talk, FormKey: formKey, At: d.store.Now(), KeptUnitID: keptFor(open)}
	to, err := d.Keepers(tx, report, m.KeptUnitID)
	if err != nil {
		return err
	}
	if err := d.write(tx, m, text, to); err != nil {
		return err
	}
	if err := d.coverOwn(tx, m, text, len(open) > 0); err != nil {
		return err
	}
	files, err := d.bindSaid(tx, m, formKey, to)
	if err != nil {
		return err
	}
	if err := sayProblems(text, len(files)); err != nil {
		return err
	}
	if err := ledger.Append(tx, ledger.OfReport, report, "reporter_wrote", ledger.Reporter(), m.At, files.Tell(nil)); err != nil {
		return err
	}
	for _, c := range open {
		if err := d.resume(tx, c); err != nil {
			return err
		}
	}
	return nil
}

// SayAbove stores what a reporter says against a decision, with the files staged
// for the form, in the caller's transaction: it is read by the office that looks
// again, and by those above it, alone. Whoever calls tells of the files in its
// event. A form that arrives twice leaves one message, and uuid.Nil.
func (d *Desk) SayAbove(tx *gorm.DB, own Complaint, formKey []byte, text string, office uuid.UUID) (uuid.UUID, evidence.Bound, error) {
	var same int64
	if err := tx.Model(&messageRow{}).Where("form_key = ?", formKey).Count(&same).Error; err != nil || same > 0 {
		return uuid.Nil, nil, err
	}
	m := messageRow{ID: newID(), ReportID: own.ReportID, ComplaintID: &own.ID, Side: fromReporter, Kind: Talk, FormKey: formKey, At: d.store.Now(), KeptUnitID: &office}
	to, err := d.Keepers(tx, own.ReportID, &office)
	if err != nil {
		return uuid.Nil, nil, err
	}
	if err := d.write(tx, m, tidy(text), to); err != nil {
		return uuid.Nil, nil, err
	}
	files, err := d.bindSaid(tx, m, formKey, to)
	return m.ID, files, err
}

// bindSaid binds the files that came with a message, whose words are sealed to words.
func (d *Desk) bindSaid(tx *gorm.DB, m messageRow, form []byte, words []custody.To) (evidence.Bound, error) {
	files, err := d.shelf.Bind(tx, form, "message", m.ID)
	if err != nil || len(files) == 0 {
		return nil, err
	}
	desk, err := d.deskOfSaid(tx, m)
	if err != nil {
		return nil, err
	}
	return files, d.keepFiles(tx, desk, words, files...)
}

// keptFor is the office that alone reads, with those above, what is said while it
// looks again at what another one decided; nil when none does.
func keptFor(open []matter) *uuid.UUID {
	for _, m := range open {
		if m.lead.Appealed() {
			return &m.lead.DeskUnitID
		}
	}
	return nil
}

func sayProblems(text string, files int) error {
	found := map[string]string{}
	if text == "" && files == 0 {
		found["text"] = "say_empty"
	}
	if utf8.RuneCountInString(text) > maxText {
		found["text"] = "text_long"
	}
	return orNil(found)
}

// openMatters lists the report's complaints to which something can be added:
// ErrNoReceipt when there is no such report, ErrClosed when there are none and
// no other room keeps an open matter for it. The complaints are those that are handled: of a merged one, its lead.
func (d *Desk) openMatters(ctx context.Context, tx *gorm.DB, report uuid.UUID) ([]matter, error) {
	var own []Complaint
	if err := tx.Where("report_id = ?", report).Order("part").Limit(100).Find(&own).Error; err != nil {
		return nil, err
	}
	if len(own) == 0 {
		return nil, openElsewhere(tx, report)
	}
	var open []matter
	for _, c := range own {
		m := matter{own: c}
		var err error
		if m.lead, err = leadOf(tx, c); err != nil {
			return nil, err
		}
		err = tx.Where("subject_kind = ? AND subject_id = ? AND kind = ?", ledger.OfComplaint, c.ID, eventReporterLeft).
			Limit(1).Find(&m.events).Error
		if err != nil {
			return nil, err
		}
		if m.withdrawal, err = withdrawalOf(tx, c.ID); err != nil {
			return nil, err
		}
		if m.open() {
			open = append(open, m)
		}
	}
	if len(open) == 0 {
		return nil, ErrClosed
	}
	return open, nil
}

// openElsewhere returns nil when another room keeps an open matter for the
// report, ErrClosed when that is over, ErrNoReceipt when there is no such report.
func openElsewhere(tx *gorm.DB, report uuid.UUID) error {
	matter, err := otherOf(tx, report)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return ErrNoReceipt
	case err == nil && !matter.Open:
		return ErrClosed
	}
	return err
}

// resume puts a complaint that waited for the reporter back to where it was.
// Who was only merged into it was not asked. If an officer moved it at the same
// moment, it no longer waits.
func (d *Desk) resume(tx *gorm.DB, m matter) error {
	c := m.own
	if c.State != NeedInfo {
		return nil
	}
	res := tx.Model(&Complaint{}).Where("id = ? AND state = ? AND version = ?", c.ID, NeedInfo, c.Version).
		Updates(map[string]any{"state": resumed(c), "resume_state": "", "version": c.Version + 1})
	if res.Error != nil || res.RowsAffected == 0 {
		return res.Error
	}
	return ledger.Append(tx, ledger.OfComplaint, c.ID, "info_given", ledger.Reporter(), d.store.Now(), nil)
}

// resumed is where a complaint that waited for the reporter goes back to.
func resumed(c Complaint) State {
	switch {
	case c.ResumeState != "":
		return c.ResumeState
	case c.AcceptedAt != nil:
		return Accepted
	}
	return Submitted
}
