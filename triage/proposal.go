package triage

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/paper"
	"minsheng/staff"
)

// ProposeDecline asks a second person to agree that the office does not take
// the complaint up. The reporter will read both texts: why (4 to 500
// characters), and where to turn (2 to 300, with phone); neither may say what is
// covered: *Leak.
func (q *Queue) ProposeDecline(ctx context.Context, by staff.Officer, id uuid.UUID, version int, reason, whereTo string) error {
	body := proposalBody{Reason: strings.TrimSpace(reason), WhereTo: strings.TrimSpace(whereTo)}
	f := form{}
	f.check(within("reason", body.Reason, 4, 500, "case_reason"))
	f.check(within("where_to", body.WhereTo, 2, 300, "case_where_to"))
	if err := f.err(); err != nil {
		return err
	}
	if err := q.uncovered(ctx, by, id, [2]string{"reason", body.Reason}, [2]string{"where_to", body.WhereTo}); err != nil {
		return err
	}
	return q.step(ctx, by, staff.WorkCases, Decline, id, version, func(tx *gorm.DB, c *intake.Complaint) error {
		return q.propose(tx, by, c, "decline", body)
	})
}

// propose stores a proposal; a complaint has at most one that is open.
func (q *Queue) propose(tx *gorm.DB, by staff.Officer, c *intake.Complaint, step string, body proposalBody) error {
	if err := move(tx, c, nil); err != nil {
		return err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return err
	}
	row := proposalRow{ID: id, ComplaintID: c.ID, Step: step, AskedBy: by.ID, AskedAt: q.store.Now(), State: "open"}
	words, err := json.Marshal(body)
	if err != nil {
		return err
	}
	if row.BodySealed, err = q.shut(tx, *c, q.proposalSheet(row), string(words)); err != nil {
		return err
	}
	if err := tx.Create(&row).Error; err != nil {
		return err
	}
	return q.note(tx, by, c, step+"_proposed", nil)
}

// Rule approves or returns the open proposal of a case. Who asked cannot rule:
// step.ErrSamePerson; nor can who cannot read it: ErrUnread. Approving does at once
// what was proposed, if the case still lets it happen (step.ErrState otherwise);
// returning needs a note of 2 to 500 characters for who asked.
func (q *Queue) Rule(ctx context.Context, by staff.Officer, id uuid.UUID, proposal uuid.UUID, approve bool, note string) error {
	note = strings.TrimSpace(note)
	if !approve {
		if err := within("note", note, 2, 500, "case_note"); err != nil {
			return err
		}
	} else if err := within("note", note, 0, 500, "case_note"); err != nil {
		return err
	}
	return q.act(ctx, by, staff.ApproveCases, id, func(tx *gorm.DB, c intake.Complaint) error {
		var p proposalRow
		if err := store.One(tx.Where("id = ? AND complaint_id = ?", proposal, c.ID), &p); err != nil {
			return err
		}
		if p.AskedBy == by.ID {
			return step.ErrSamePerson
		}
		if !possible(Rule, c) {
			return step.ErrState
		}
		plain, err := q.needed(tx, by, q.proposalSheet(p))
		if err != nil {
			return err
		}
		body, err := p.read(plain)
		if err != nil {
			return err
		}
		if err := q.settle(tx, by, c, p, approve, note); err != nil {
			return err
		}
		if !approve {
			if err := move(tx, &c, nil); err != nil {
				return err
			}
			return q.note(tx, by, &c, p.Step+"_returned", nil)
		}
		return q.carryOut(tx, by, &c, p.Step, body)
	})
}

// settle marks an open proposal as ruled on; of two who rule one is too late.
func (q *Queue) settle(tx *gorm.DB, by staff.Officer, c intake.Complaint, p proposalRow, approve bool, note string) error {
	set := map[string]any{"state": "returned", "ruled_by": by.ID, "ruled_at": q.store.Now()}
	if approve {
		set["state"] = "approved"
	}
	if note != "" {
		sealed, err := q.shut(tx, c, p.noteSheet(), note)
		if err != nil {
			return err
		}
		set["ruling_sealed"] = sealed
	}
	res := tx.Model(&proposalRow{}).Where("id = ? AND state = 'open'", p.ID).Updates(set)
	if res.Error == nil && res.RowsAffected == 0 {
		return step.ErrStale
	}
	return res.Error
}

// returnOpen ends a proposal that a case no longer needs.
func (q *Queue) returnOpen(tx *gorm.DB, by staff.Officer, complaint uuid.UUID) error {
	return tx.Model(&proposalRow{}).Where("complaint_id = ? AND state = 'open'", complaint).Updates(map[string]any{
		"state": "returned", "ruled_by": by.ID, "ruled_at": q.store.Now(),
	}).Error
}

// carryOut does what was proposed, asking once more whether it is possible:
// days may lie between asking and ruling.
func (q *Queue) carryOut(tx *gorm.DB, by staff.Officer, c *intake.Complaint, proposed string, body proposalBody) error {
	step := map[string]struct {
		action Action
		do     func(*gorm.DB, staff.Officer, *intake.Complaint, proposalBody) error
	}{
		"decline": {Decline, q.decline}, "transfer": {Transfer, q.sendAway}, "refer": {Refer, q.refer}, "extend": {Extend, q.extend}, "decide": {Decide, q.decide}, "repeat": {RejectRepeat, q.rejectRepeat},
	}[proposed]
	if err := q.ready(tx, step.action, *c); err != nil {
		return err
	}
	return step.do(tx, by, c, body)
}

func (q *Queue) decline(tx *gorm.DB, by staff.Officer, c *intake.Complaint, body proposalBody) error {
	if err := q.end(tx, c, intake.NotAccepted); err != nil {
		return err
	}
	if err := q.note(tx, by, c, "not_accepted", nil); err != nil {
		return err
	}
	matter, err := q.matter(tx, *c)
	if err != nil {
		return err
	}
	content := nonAcceptanceContent(*c, matter, body.Reason, declineBasis, body.WhereTo)
	if _, err := q.Issue(tx, by, *c, paper.Draft{Kind: paper.NonAcceptance, Unit: c.DeskUnitID, DraftedBy: body.by, Content: content}); err != nil {
		return err
	}
	return q.inform(tx, by, c, "not_accepted", "reason", body.Reason, "where", body.WhereTo)
}
