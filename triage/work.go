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
// proposals. All of it is opened at once.
func (q *Queue) readWork(ctx context.Context, db *gorm.DB, by staff.Officer, c *Case) error {
	demands, err := demandRows(db, c.ID)
	if err != nil {
		return err
	}
	var checks []verificationRow
	if err := db.Where("complaint_id = ?", c.ID).Order("at, id").Limit(100).Find(&checks).Error; err != nil {
		return err
	}
	var proposals []proposalRow
	if err := db.Where("complaint_id = ?", c.ID).Order("asked_at, id").Limit(100).Find(&proposals).Error; err != nil {
		return err
	}
	var sheets []intake.Sheet
	for _, r := range demands {
		sheets = append(sheets, r.sheet())
	}
	for _, r := range checks {
		sheets = append(sheets, q.foundSheet(r))
	}
	for _, r := range proposals {
		sheets = append(sheets, q.proposalSheet(r), r.noteSheet())
	}
	texts, err := q.intake.ReadSheets(db, by, sheets...)
	if err != nil {
		return err
	}
	for _, r := range demands {
		r.read(texts)
		c.Demands = append(c.Demands, Demand{r.N, r.Body, r.Kept})
	}
	if err := q.readChecks(ctx, db, c, checks, texts); err != nil {
		return err
	}
	return q.readProposals(db, c, proposals, texts)
}

func (q *Queue) readChecks(ctx context.Context, db *gorm.DB, c *Case, stored []verificationRow, texts map[uuid.UUID]intake.SheetText) error {
	if len(stored) == 0 {
		return nil
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
		words, err := r.read(texts[r.ID])
		if err != nil {
			return err
		}
		c.Checks = append(c.Checks, Verification{
			ID: r.ID, VisitedOn: r.VisitedOn, Place: words.Place, Method: r.Method, Verifiers: r.Verifiers,
			Found: words.Found, Kept: texts[r.ID].Kept, ByName: names[r.ByID], At: r.At.UTC(), Files: of[r.ID],
		})
	}
	return nil
}

func (q *Queue) readProposals(db *gorm.DB, c *Case, stored []proposalRow, texts map[uuid.UUID]intake.SheetText) error {
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
		var body proposalBody
		if texts[r.ID].Kept == "" {
			if body, err = r.read(texts[r.ID].Text); err != nil {
				return err
			}
		}
		note := texts[r.noteSheet().ID]
		p := Proposal{
			ID: r.ID, Step: r.Step, Reason: body.Reason, WhereTo: body.WhereTo, Days: body.Days, Answer: body.Answer, Kept: texts[r.ID].Kept,
			AskedBy: names[r.AskedBy], AskedByID: r.AskedBy, AskedAt: r.AskedAt.UTC(),
			State: r.State, RuledAt: utc(r.RuledAt), Note: r.RulingNote + string(note.Text), NoteKept: note.Kept,
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
