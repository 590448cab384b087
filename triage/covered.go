package triage

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/staff"
)

// Cover covers in what an office wrote about the case what is covered in the words of
// its reporters; custodians read it as it was written.
func (c Case) Cover(text string) string {
	if c.cover == nil {
		return text
	}
	return c.cover(text)
}

// coverWork covers the checks, proposals, letters and notes of a case: offices repeat
// names too.
func (q *Queue) coverWork(ctx context.Context, db *gorm.DB, by staff.Officer, c *Case) error {
	if ReadsCovered(by) {
		return nil
	}
	everybody, err := withMerged(db, &c.Complaint)
	if err != nil {
		return err
	}
	reports := make([]uuid.UUID, len(everybody))
	for i, each := range everybody {
		reports[i] = each.ReportID
	}
	if c.cover, err = q.intake.Coverer(ctx, by, reports...); err != nil {
		return err
	}
	for i := range c.Checks {
		c.coverEach(&c.Checks[i].Place, &c.Checks[i].Found)
	}
	for i := range c.Proposals {
		p := &c.Proposals[i]
		c.coverEach(&p.Reason, &p.WhereTo, &p.Note)
		for j := range p.Answer.Findings {
			f := &p.Answer.Findings[j]
			c.coverEach(&f.Facts, &f.Basis, &f.Done)
		}
	}
	for i := range c.Letters {
		l := &c.Letters[i]
		c.coverEach(&l.Facts, &l.Basis)
		for j := range l.Parts {
			p := &l.Parts[j]
			c.coverEach(&p.Demand, &p.Facts, &p.Basis, &p.Done)
		}
	}
	for i := range c.Deliveries {
		c.coverEach(&c.Deliveries[i].Words)
	}
	if c.Withdrawal != nil {
		c.coverEach(&c.Withdrawal.Words)
	}
	return nil
}

func (c *Case) coverEach(texts ...*string) {
	for _, text := range texts {
		*text = c.Cover(*text)
	}
}
