package appeal

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/clock"
	"minsheng/intake"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/staff"
)

// Late means that the time in which something could be asked for, or changed, is
// over.
type Late struct {
	Level intake.LetterKind // what was asked for; "" a rating was to be changed
	Until workday.Date      // the last day on which it could
}

func (l *Late) Error() string { return "appeal: too late" }

// heard is a matter about which its reporter says something: their own complaint,
// the case that it is handled as, the newest letter and how it reached them.
type heard struct {
	own, lead intake.Complaint
	letter    intake.DecisionLetter // zero when there is none
	delivery  *intake.Delivery      // nil: it has not reached them
	right     *clock.Deadline       // until when more can be asked for; nil: not at all
}

// listen runs do in one transaction with a matter of a report, which nobody else
// changes meanwhile; it begins again when an officer was faster. Errors:
// intake.ErrClosed when there is no such matter, or its reporter has withdrawn it.
func (d *Desk) listen(ctx context.Context, report uuid.UUID, part int, do func(tx *gorm.DB, m heard) error) error {
	var err error
	for range 5 {
		err = d.Store.Transact(ctx, func(tx *gorm.DB) error {
			m, err := d.spokenOf(tx, report, part)
			if err != nil {
				return err
			}
			return do(tx, m)
		})
		if !store.IsDuplicate(err) && !errors.Is(err, step.ErrStale) {
			return err
		}
	}
	return err
}

// spokenOf reads a matter of a report and holds the case that it is handled as.
func (d *Desk) spokenOf(tx *gorm.DB, report uuid.UUID, part int) (heard, error) {
	var own intake.Complaint
	err := store.One(tx.Where("report_id = ? AND part = ?", report, part), &own)
	if errors.Is(err, store.ErrNotFound) {
		return heard{}, intake.ErrClosed
	}
	if err != nil {
		return heard{}, err
	}
	lead := own.ID
	if own.State == intake.Merged && own.MergedInto != nil {
		lead = *own.MergedInto
	}
	if err := d.Triage.Hold(tx, lead); err != nil {
		return heard{}, err
	}
	return d.matter(tx, own.ID)
}

// matter reads what a reporter can speak of; intake.ErrClosed when they withdrew
// it.
func (d *Desk) matter(db *gorm.DB, own uuid.UUID) (m heard, err error) {
	if m.own, err = read(db, own); err != nil {
		return m, err
	}
	m.lead = m.own
	for hops := 0; m.lead.State == intake.Merged && m.lead.MergedInto != nil && hops < 10; hops++ {
		if m.lead, err = read(db, *m.lead.MergedInto); err != nil {
			return m, err
		}
	}
	left, err := d.Intake.Left(db, own)
	if err != nil {
		return m, err
	}
	if left || m.own.State == intake.Withdrawn {
		return m, intake.ErrClosed
	}
	return m, d.received(db, &m)
}

// received reads the newest letter of a matter and what follows from it.
func (d *Desk) received(db *gorm.DB, m *heard) error {
	letters, err := d.Intake.Letters(db, staff.Officer{}, m.lead.ID)
	if err != nil {
		return err
	}
	if len(letters) > 0 {
		m.letter = letters[0]
		var n intake.Delivery
		err := store.One(db.Where("letter_id = ? AND complaint_id = ?", m.letter.ID, m.own.ID), &n)
		if err == nil {
			m.delivery = &n
		} else if !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
	open, err := d.Clocks.Running(db, m.own.ID)
	if err != nil {
		return err
	}
	for i := range open {
		if levelOf(open[i].Rule) != "" {
			m.right = &open[i]
		}
	}
	return nil
}

// levelOf is what can be asked for while a clock runs; "" nothing.
func levelOf(rule string) intake.LetterKind {
	switch rule {
	case intake.RuleReviewAsk:
		return intake.OfReview
	case intake.RuleReexamAsk:
		return intake.OfReexam
	}
	return ""
}

// read reads a complaint whoever may see it: for its own reporter, or after
// triage has said that it may be seen.
func read(db *gorm.DB, id uuid.UUID) (c intake.Complaint, err error) {
	return c, store.One(db.Where("id = ?", id), &c)
}
