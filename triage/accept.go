package triage

import (
	"context"
	"slices"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/paper"
	"minsheng/region"
	"minsheng/staff"
)

// Accept takes a complaint up: the office owes an answer within the time that
// starts today, and tells the reporter until when.
func (q *Queue) Accept(ctx context.Context, by staff.Officer, id uuid.UUID, version int) error {
	return q.step(ctx, by, staff.WorkCases, Accept, id, version, func(tx *gorm.DB, c *intake.Complaint) error {
		err := move(tx, c, map[string]any{
			"state": intake.Accepted, "resume_state": "", "accepted_at": q.store.Now(),
		})
		if err != nil {
			return err
		}
		if err := q.meet(tx, c, triageTarget, acceptNotice); err != nil {
			return err
		}
		reply, err := q.start(tx, c, replyDue, q.today())
		if err != nil {
			return err
		}
		if err := q.note(tx, by, c, "accepted", map[string]string{"reply_by": string(reply.DueOn)}); err != nil {
			return err
		}
		matter, err := q.matter(tx, *c)
		if err != nil {
			return err
		}
		if err := q.draftPaper(tx, by, *c, paper.Acceptance, acceptanceContent(*c, matter, q.today(), reply.DueOn)); err != nil {
			return err
		}
		return q.inform(tx, by, c, "accepted", "date", reply.DueOn)
	})
}

// Transfer hands a complaint that is not the office's business on. An office
// with a desk in the portal gets it onto that desk and the clocks go on
// running. Every other office, or none (uuid.Nil), would end it here: that is
// only proposed, and a second person has to agree before the reporter reads
// where to turn. reason, 4 to 500 characters, is what the reporter reads and may not
// say what is covered: *Leak.
func (q *Queue) Transfer(ctx context.Context, by staff.Officer, id uuid.UUID, version int, toUnit uuid.UUID, reason string) error {
	reason = strings.TrimSpace(reason)
	if err := within("reason", reason, 4, 500, "case_reason"); err != nil {
		return err
	}
	var to region.Unit
	if toUnit != uuid.Nil {
		var err error
		if to, err = q.atlas.Unit(toUnit); err != nil {
			return orInvalid(err, "unit", "case_office")
		}
	}
	if err := q.uncovered(ctx, by, id, [2]string{"reason", reason}); err != nil {
		return err
	}
	return q.step(ctx, by, staff.WorkCases, Transfer, id, version, func(tx *gorm.DB, c *intake.Complaint) error {
		if to.TakesComplaints {
			return q.moveDesk(tx, by, c, to, reason)
		}
		return q.propose(tx, by, c, "transfer", proposalBody{Reason: reason, Office: to.Name, WhereTo: strings.TrimSpace(to.Name + " " + to.Phone)})
	})
}

// sendAway ends a complaint that belongs to an office outside the portal.
func (q *Queue) sendAway(tx *gorm.DB, by staff.Officer, c *intake.Complaint, body proposalBody) error {
	if err := q.end(tx, c, intake.Transferred); err != nil {
		return err
	}
	if err := q.note(tx, by, c, "transferred", map[string]string{"to": body.Office}); err != nil {
		return err
	}
	matter, err := q.matter(tx, *c)
	if err != nil {
		return err
	}
	if _, err := q.Issue(tx, by, *c, paper.Draft{Kind: paper.TransferNote, Unit: c.DeskUnitID, DraftedBy: body.by, Content: transferContent(*c, matter, body.Office, body.Reason, q.today())}); err != nil {
		return err
	}
	if body.Office == "" {
		return q.inform(tx, by, c, "transferred", "reason", body.Reason)
	}
	return q.inform(tx, by, c, "transferred_away", "unit", body.WhereTo, "reason", body.Reason)
}

// moveDesk lays a complaint, with what was merged into it, on another office's desk. It
// must stand above everybody accused, like every desk a complaint may lie on.
func (q *Queue) moveDesk(tx *gorm.DB, by staff.Officer, c *intake.Complaint, to region.Unit, reason string) error {
	if safe, err := q.safeOn(tx, c, to); err != nil {
		return err
	} else if !safe || to.ID == c.DeskUnitID {
		return bad("unit", "case_office")
	}
	if err := q.LayOn(tx, by, c, to.ID, nil); err != nil {
		return err
	}
	if err := q.note(tx, by, c, "moved_desk", map[string]string{"to": to.Name}); err != nil {
		return err
	}
	return q.inform(tx, by, c, "moved_desk", "unit", to.Name, "reason", reason)
}

// safeOn reports whether a desk stands above the offices that a complaint is about, and
// above those where the people work whom it names.
func (q *Queue) safeOn(tx *gorm.DB, c *intake.Complaint, desk region.Unit) (bool, error) {
	accused, err := subjectIDs(tx, c.ID)
	if err != nil {
		return false, err
	}
	people, err := q.intake.PeopleOf(tx, c.ID)
	if err != nil {
		return false, err
	}
	for _, p := range people {
		if p.UnitID != nil {
			accused = append(accused, *p.UnitID)
		}
	}
	if desk.Level != region.City && intake.RoutedAs(c.Kind, c.AccusedLevel) == "county" {
		return false, nil
	}
	return !slices.ContainsFunc(q.atlas.Above(desk.ID), func(id uuid.UUID) bool { return slices.Contains(accused, id) }), nil
}

// ProposeReferral asks a second person to agree that the accusation passes to
// the discipline organ, which alone may decide on it (DOMAIN §0.3). It takes the
// place of whatever else was proposed. reason, 4 to 500 characters, is kept
// sealed and not told.
func (q *Queue) ProposeReferral(ctx context.Context, by staff.Officer, id uuid.UUID, version int, reason string) error {
	reason = strings.TrimSpace(reason)
	if err := within("reason", reason, 4, 500, "case_reason"); err != nil {
		return err
	}
	return q.step(ctx, by, staff.WorkCases, Refer, id, version, func(tx *gorm.DB, c *intake.Complaint) error {
		return q.proposeReferral(tx, by, c, proposalBody{Reason: reason})
	})
}

func (q *Queue) proposeReferral(tx *gorm.DB, by staff.Officer, c *intake.Complaint, body proposalBody) error {
	if err := q.returnOpen(tx, by, c.ID); err != nil {
		return err
	}
	return q.propose(tx, by, c, "refer", body)
}

// refer ends a complaint here, and names the offices for whose sake it is
// referred: from then on nobody under them sees it.
func (q *Queue) refer(tx *gorm.DB, by staff.Officer, c *intake.Complaint, body proposalBody) error {
	if err := q.end(tx, c, intake.Referred); err != nil {
		return err
	}
	if err := q.nameSubjects(tx, by, c.ID, body.Units); err != nil {
		return err
	}
	if err := shelter(tx, c); err != nil {
		return err
	}
	if err := q.reseal(tx, by, c); err != nil {
		return err
	}
	if err := q.note(tx, by, c, "referred", nil); err != nil {
		return err
	}
	return q.inform(tx, by, c, "referred")
}

// end closes a complaint in a state in which nothing is owed any more.
func (q *Queue) end(tx *gorm.DB, c *intake.Complaint, s intake.State) error {
	if err := move(tx, c, map[string]any{"state": s, "resume_state": "", "closed_at": q.store.Now()}); err != nil {
		return err
	}
	return q.meet(tx, c)
}
