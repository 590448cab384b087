package appeal

import (
	"context"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/internal/step"
	"minsheng/internal/workday"
	"minsheng/staff"
	"minsheng/triage"
)

// Ways lists how an officer can record that a letter reached its reporter, in
// order.
func Ways() []string { return []string{intake.ByHand, intake.ByPost, intake.ByPhone, intake.Presumed} }

// Handing is how a letter was handed over.
type Handing struct {
	To      uuid.UUID    // the reporter's own complaint: the case itself, or one merged into it
	How     string       // one of Ways
	OnDay   workday.Date // not before the decision, not after today
	Words   string       // who handed it to whom, the number of the post …: 2 to 500 characters; none need be for Presumed
	FormKey []byte       // files staged under it are bound
}

func (h Handing) tidy(decided, today workday.Date) (Handing, error) {
	var f step.Form
	f.Require(slices.Contains(Ways(), h.How), "how", "appeal_how")
	least := 2
	if h.How == intake.Presumed {
		h.OnDay, least = today, 0
	}
	f.Require(h.OnDay >= decided && h.OnDay <= today, "on_day", "appeal_delivered_on")
	h.Words = f.Text("words", h.Words, least, 500, "appeal_delivered_words")
	return h, f.Err()
}

// Deliver records that the newest letter of a case reached one of its reporters
// otherwise than under the receipt, and so starts the time in which they may ask
// for more. After the days of triage.RulePresumed a letter that nobody has read
// may be taken for delivered: reporters who left no name and never look must not
// keep a case open for ever. It is an officer who says so. Errors: *step.Invalid,
// *triage.Taken, step.ErrStale, step.ErrState when that reporter has it.
func (d *Desk) Deliver(ctx context.Context, by staff.Officer, id uuid.UUID, version int, h Handing) error {
	return d.Triage.Act(ctx, by, staff.WorkCases, id, func(tx *gorm.DB, c intake.Complaint) error {
		if c.Version != version {
			return step.ErrStale
		}
		if err := d.Triage.Mine(tx, by, c); err != nil {
			return err
		}
		letters, err := d.Intake.Letters(tx, staff.Officer{}, c.ID)
		if err != nil {
			return err
		}
		if len(letters) == 0 || !answered(c) && c.State != intake.Final {
			return step.ErrState
		}
		h, err := h.tidy(letters[0].On, d.today())
		if err != nil {
			return err
		}
		own, err := d.reporter(tx, c, h)
		if err != nil {
			return err
		}
		if err := d.Triage.Move(tx, &c, nil); err != nil {
			return err
		}
		return d.handOver(tx, by, letters[0], own, h)
	})
}

// answered reports whether an answer stands against which something can be said.
func answered(c intake.Complaint) bool {
	return c.ClosedAt == nil && (c.State == intake.Decided || c.State == intake.Delivered)
}

// reporter finds whom a letter is handed to, and asks whether it can be.
func (d *Desk) reporter(tx *gorm.DB, c intake.Complaint, h Handing) (own intake.Complaint, err error) {
	everybody, err := d.Triage.Reporters(tx, &c)
	if err != nil {
		return own, err
	}
	i := slices.IndexFunc(everybody, func(each intake.Complaint) bool { return each.ID == h.To })
	if i < 0 {
		return own, step.Bad("deliver_to", "appeal_to")
	}
	own = everybody[i]
	switch h.How {
	case intake.ByPost, intake.ByPhone:
		if own.Mode == intake.Anonymous {
			return own, step.Bad("how", "appeal_nameless")
		}
	case intake.Presumed:
		letters, err := d.Intake.Letters(tx, staff.Officer{}, c.ID)
		if err != nil {
			return own, err
		}
		wait, err := d.Clocks.Begin(tx, c.Clocked(), triage.RulePresumed, workday.On(letters[0].At))
		if err != nil {
			return own, err
		}
		if d.today() <= wait.DueOn {
			return own, step.Bad("how", "appeal_presumed")
		}
	}
	return own, nil
}

func (d *Desk) handOver(tx *gorm.DB, by staff.Officer, l intake.DecisionLetter, own intake.Complaint, h Handing) error {
	id, err := uuid.NewV7()
	if err != nil {
		return err
	}
	n := intake.Delivery{ID: id, LetterID: l.ID, ComplaintID: own.ID, How: h.How, OnDay: h.OnDay, ByID: &by.ID}
	if err := d.Intake.WriteWords(tx, own, &n, h.Words); err != nil {
		return err
	}
	files, err := d.Shelf.Bind(tx, h.FormKey, "delivery", id)
	if err != nil {
		return err
	}
	first, err := d.Intake.Deliver(tx, by.Actor(), n, files...)
	if err == nil && !first {
		err = step.ErrState
	}
	return err
}
