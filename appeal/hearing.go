package appeal

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/clock"
	"minsheng/intake"
	"minsheng/internal/step"
	"minsheng/internal/workday"
	"minsheng/staff"
)

// Hearing is a hearing in a re-examination, as it is set.
type Hearing struct {
	First, Last workday.Date // both counted; First not before today and after the day of asking
	Words       string       // when, where, who may come: 4 to 500 characters; the reporter reads it
}

// Hear sets a hearing in a re-examination: on its days the time to decide stands
// still (DOMAIN §3.1 X10). The reporter is told where and when it is, and the new
// last day. Errors: *step.Invalid, *triage.Leak, step.ErrStale, step.ErrState when it is no
// re-examination, step.ErrSamePerson.
func (d *Desk) Hear(ctx context.Context, by staff.Officer, id uuid.UUID, version int, h Hearing) error {
	var f step.Form
	h.Words = f.Text("words", h.Words, 4, 500, "appeal_hearing_words")
	f.Require(h.First != "", "first_on", "appeal_hearing_days")
	f.Require(h.Last >= h.First, "last_on", "appeal_hearing_days")
	if err := f.Err(); err != nil {
		return err
	}
	if err := d.fitToRead(ctx, by, id, [2]string{"words", h.Words}); err != nil {
		return err
	}
	return d.on(ctx, by, staff.WorkCases, id, version, func(tx *gorm.DB, c *intake.Complaint, a row) error {
		if a.Level != intake.OfReexam {
			return step.ErrState
		}
		if err := d.Triage.Move(tx, c, nil); err != nil {
			return err
		}
		return d.hear(tx, by, c, a, h)
	})
}

func (d *Desk) hear(tx *gorm.DB, by staff.Officer, c *intake.Complaint, a row, h Hearing) error {
	moved, err := d.Clocks.Pause(tx, by, c.ID, ruleReexamDecide, clock.Hearing, h.First, h.Last)
	if errors.Is(err, clock.ErrSpan) || errors.Is(err, clock.ErrPaused) {
		return step.Bad("first_on", "appeal_hearing_span")
	}
	if err != nil {
		return err
	}
	if err := d.Intake.NextDue(tx, c.ID); err != nil {
		return err
	}
	if err := d.keep(tx, by, c, a, "hearing", h.Words); err != nil {
		return err
	}
	body := map[string]string{"first_on": string(h.First), "last_on": string(h.Last), "reply_by": string(moved.DueOn)}
	if err := d.Triage.Note(tx, by, c, "hearing_set", body); err != nil {
		return err
	}
	own, err := read(tx, a.AskedFor)
	if err != nil {
		return err
	}
	event := "hearing"
	if h.First == h.Last {
		event = "hearing_day"
	}
	return d.Triage.TellOne(tx, by, own, event, "first", h.First, "last", h.Last, "words", h.Words, "date", moved.DueOn)
}
