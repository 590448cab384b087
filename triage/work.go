package triage

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/internal/evidence"
	"minsheng/internal/store"
	"minsheng/staff"
)

// readWork reads what the office did about a case: demands, verifications and
// proposals.
func (q *Queue) readWork(ctx context.Context, db *gorm.DB, _ staff.Officer, c *Case) error {
	err := db.Table("demand").Where("complaint_id = ?", c.ID).Order("n").Limit(100).Find(&c.Demands).Error
	if err != nil {
		return err
	}
	if err := q.readChecks(ctx, db, c); err != nil {
		return err
	}
	return q.readProposals(db, c)
}

func (q *Queue) readChecks(ctx context.Context, db *gorm.DB, c *Case) error {
	var stored []verificationRow
	err := db.Where("complaint_id = ?", c.ID).Order("at, id").Limit(100).Find(&stored).Error
	if err != nil || len(stored) == 0 {
		return err
	}
	var people, ids []uuid.UUID
	for _, r := range stored {
		people, ids = append(people, r.ByID), append(ids, r.ID)
	}
	names, err := peopleNames(db, people)
	if err != nil {
		return err
	}
	files, err := q.shelf.Of(ctx, "verification", ids...)
	if err != nil {
		return err
	}
	of := map[uuid.UUID][]evidence.File{}
	for _, f := range files {
		of[*f.OwnerID] = append(of[*f.OwnerID], f)
	}
	for _, r := range stored {
		found, err := q.openFound(r)
		if err != nil {
			return err
		}
		c.Checks = append(c.Checks, Verification{
			ID: r.ID, VisitedOn: r.VisitedOn, Place: r.Place, Method: r.Method, Verifiers: r.Verifiers,
			Found: found, ByName: names[r.ByID], At: r.At.UTC(), Files: of[r.ID],
		})
	}
	return nil
}

func (q *Queue) readProposals(db *gorm.DB, c *Case) error {
	var stored []proposalRow
	err := db.Where("complaint_id = ?", c.ID).Order("asked_at, id").Limit(100).Find(&stored).Error
	if err != nil {
		return err
	}
	var people []uuid.UUID
	for _, r := range stored {
		people = append(people, r.AskedBy)
		if r.RuledBy != nil {
			people = append(people, *r.RuledBy)
		}
	}
	names, err := peopleNames(db, people)
	if err != nil {
		return err
	}
	for _, r := range stored {
		body, err := q.openProposal(r)
		if err != nil {
			return err
		}
		p := Proposal{
			ID: r.ID, Step: r.Step, Reason: body.Reason, WhereTo: body.WhereTo, Days: body.Days, Answer: body.Answer,
			AskedBy: names[r.AskedBy], AskedByID: r.AskedBy, AskedAt: r.AskedAt.UTC(),
			State: r.State, RuledAt: utc(r.RuledAt), Note: r.RulingNote,
		}
		if p.Final, err = numberOf(db, body.Final); err != nil {
			return err
		}
		for _, unit := range body.Units {
			p.About = append(p.About, Subject{unit, q.unitName(unit)})
		}
		if r.RuledBy != nil {
			p.RuledBy = names[*r.RuledBy]
		}
		c.Proposals = append(c.Proposals, p)
	}
	return nil
}

// openOf returns the proposal that waits for a ruling; there is at most one.
func openOf(proposals []Proposal) *Proposal {
	for i := range proposals {
		if proposals[i].State == "open" {
			return &proposals[i]
		}
	}
	return nil
}

// numberOf is what the case is called that somebody named in a proposal, who saw
// it; "" for none.
func numberOf(db *gorm.DB, id uuid.UUID) (string, error) {
	if id == uuid.Nil {
		return "", nil
	}
	var named intake.Complaint
	err := store.One(db.Select("seq", "received_at").Where("id = ?", id), &named)
	return named.Number(), err
}
