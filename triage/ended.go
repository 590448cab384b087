package triage

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/staff"
)

// RulePresumed is how long a letter lies unread before it may be taken for
// delivered.
const RulePresumed = "complaint.delivery_presumed"

// readEnd reads what was decided, whom it has reached, and what keeps the case
// from being closed.
func (q *Queue) readEnd(ctx context.Context, db *gorm.DB, by staff.Officer, c *Case) error {
	var err error
	if c.Letters, err = q.intake.Letters(db, by, c.ID); err != nil {
		return err
	}
	if err := q.readDeliveries(db, by, c); err != nil {
		return err
	}
	if at := stageOf(c.Complaint); at == answered || at == settled {
		if c.Unfinished, err = q.unfinished(db, &c.Complaint); err != nil {
			return err
		}
		if err := q.readUndelivered(db, c); err != nil {
			return err
		}
	}
	if open := openOf(c.Proposals); open != nil && open.Step == "decide" && open.Kept == "" && by.May(staff.ApproveCases) {
		c.Alike, err = q.alikeAnswers(ctx, by, c.Complaint, open.Answer)
	}
	return err
}

// readUndelivered reads whose reporters do not have the newest letter, and from
// when on it may be taken for delivered all the same.
func (q *Queue) readUndelivered(db *gorm.DB, c *Case) error {
	everybody, err := q.Reporters(db, &c.Complaint)
	if err != nil {
		return err
	}
	if c.Undelivered, err = q.undelivered(db, &c.Complaint, everybody); err != nil || len(c.Undelivered) == 0 {
		return err
	}
	c.PresumedOn, err = q.clocks.Begin(db, c.Clocked(), RulePresumed, workday.On(c.Letters[0].At))
	return err
}

func (q *Queue) readDeliveries(db *gorm.DB, by staff.Officer, c *Case) error {
	all, err := q.intake.Deliveries(db, c.ID)
	if err != nil || len(all) == 0 {
		return err
	}
	var people []uuid.UUID
	var sheets []intake.Sheet
	for _, d := range all {
		sheets = append(sheets, q.intake.WordsOf(d))
		if d.ByID != nil {
			people = append(people, *d.ByID)
		}
	}
	names, err := peopleNames(db, people)
	if err != nil {
		return err
	}
	texts, err := q.intake.ReadSheets(db, by, sheets...)
	if err != nil {
		return err
	}
	everybody, err := withMerged(db, &c.Complaint)
	if err != nil {
		return err
	}
	for _, d := range all {
		one := Delivered{Delivery: d, Words: string(texts[d.ID].Text), Kept: texts[d.ID].Kept}
		if d.ByID != nil {
			one.ByName = names[*d.ByID]
		}
		for _, l := range c.Letters {
			if l.ID == d.LetterID {
				one.N = l.N
			}
		}
		for _, each := range everybody {
			if each.ID == d.ComplaintID {
				one.Of = each.Number()
			}
		}
		c.Deliveries = append(c.Deliveries, one)
	}
	return nil
}

// readBefore reads what went before the case: the report that the reporter handed
// in earlier, the case in which the same was decided finally, the one that was
// closed not long ago; and the wish to withdraw.
func (q *Queue) readBefore(ctx context.Context, db *gorm.DB, by staff.Officer, c *Case) error {
	if err := q.readWithdrawal(db, by, c); err != nil {
		return err
	}
	var err error
	if c.RepeatsID != nil {
		if c.Repeats, err = q.Among(ctx, by, *c.RepeatsID); err != nil {
			return err
		}
	}
	if c.Complaint.AgainOf != nil {
		if c.AgainOf, err = q.Among(ctx, by, *c.Complaint.AgainOf); err != nil {
			return err
		}
	}
	if c.Lately, err = q.closedLately(ctx, by, c.Complaint); err != nil {
		return err
	}
	if c.Finals, err = q.finals(db, by, c.Complaint); err != nil {
		return err
	}
	e, err := q.intake.EarlierOf(db, c.ID)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	c.Audit = e.AuditAt != nil
	c.Earlier, err = q.earlierCases(ctx, by, e.EarlierReportID)
	return err
}
