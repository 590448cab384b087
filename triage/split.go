package triage

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/staff"
)

// maxParts is how many complaints one message may be split into.
const maxParts = 20

// Split makes further complaints out of one message, one per summary, and
// returns them in that order. They belong to the same report and receipt, refer
// to the same notices and payments, lie on the same desk, hide from the same
// offices and people, and their time limits count from the day the message
// arrived. Errors: *intake.Invalid, *Leak (one repeats covered words).
func (q *Queue) Split(ctx context.Context, by staff.Officer, id uuid.UUID, version int, summaries []string) ([]uuid.UUID, error) {
	summaries, err := tidySummaries(summaries)
	if err != nil {
		return nil, err
	}
	if err := q.uncovered(ctx, by, id, [2]string{"summaries", strings.Join(summaries, "\n")}); err != nil {
		return nil, err
	}
	var parts []uuid.UUID
	err = q.step(ctx, by, staff.WorkCases, Split, id, version, func(tx *gorm.DB, c *intake.Complaint) error {
		parts = nil
		if err := move(tx, c, nil); err != nil {
			return err
		}
		last, err := lastPart(tx, c.ReportID)
		if err != nil {
			return err
		}
		if last+len(summaries) > maxParts {
			return bad("summaries", "case_parts")
		}
		for i, summary := range summaries {
			part, err := q.splitOff(tx, by, *c, last+1+i, summary)
			if err != nil {
				return err
			}
			parts = append(parts, part)
		}
		return q.note(tx, by, c, "split", map[string]string{"parts": fmt.Sprint(len(parts))})
	})
	if err != nil {
		return nil, err
	}
	return parts, nil
}

func tidySummaries(summaries []string) ([]string, error) {
	var tidy []string
	f := form{}
	for _, text := range summaries {
		if text = strings.TrimSpace(text); text != "" {
			tidy = append(tidy, text)
			f.check(summaryFit("summaries", text))
		}
	}
	f.require(len(tidy) > 0, "summaries", "case_summary")
	return tidy, f.err()
}

func lastPart(tx *gorm.DB, report uuid.UUID) (int, error) {
	var last int
	err := tx.Table("complaint").Where("report_id = ?", report).Select("MAX(part)").Scan(&last).Error
	return last, err
}

// splitOff stores one more matter of a message with everything that protects
// the first one.
func (q *Queue) splitOff(tx *gorm.DB, by staff.Officer, from intake.Complaint, part int, summary string) (uuid.UUID, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return id, err
	}
	c := from
	c.Seq, c.ID, c.Part, c.Summary = 0, id, part, summary
	c.State, c.ResumeState, c.Outcome, c.Extended = intake.Submitted, "", "", false
	c.AcceptedAt, c.ClosedAt, c.MergedInto, c.DueOn, c.DueRule, c.Version = nil, nil, nil, nil, "", 1
	c.Rating, c.SecondDeskID, c.Redone, c.FinalAt, c.RepeatsID, c.AgainOf, c.LeavesOn = "", nil, false, nil, nil, nil, nil
	if err := tx.Create(&c).Error; err != nil {
		return id, err
	}
	if err := copyShields(tx, from.ID, id); err != nil {
		return id, err
	}
	if err := q.intake.ShareAbout(tx, from.ID, id); err != nil {
		return id, err
	}
	received := workday.On(from.ReceivedAt)
	for _, rule := range []string{triageTarget, acceptNotice} {
		if _, err := q.start(tx, &c, rule, received); err != nil {
			return id, err
		}
	}
	if err := q.intake.Index(tx, c); err != nil {
		return id, err
	}
	return id, q.note(tx, by, &c, "split_off", map[string]string{"from": from.Number()})
}

// copyShields hides one complaint from everybody from whom another is hidden:
// the offices it is about, the people whom it names, and those who stepped back.
func copyShields(tx *gorm.DB, from, to uuid.UUID) error {
	subjects := tx.Exec(`INSERT INTO complaint_subject (complaint_id, unit_id, named_by, at)
		SELECT ?, unit_id, named_by, at FROM complaint_subject WHERE complaint_id = ? ON CONFLICT DO NOTHING`, to, from)
	people := tx.Exec(`INSERT INTO complaint_person (complaint_id, id, name_mark, unit_id, words_sealed, named_by, at)
		SELECT ?, id, name_mark, unit_id, words_sealed, named_by, at FROM complaint_person WHERE complaint_id = ? ON CONFLICT DO NOTHING`, to, from)
	recusals := tx.Exec(`INSERT INTO recusal (complaint_id, account_id, reason, at)
		SELECT ?, account_id, '', at FROM recusal WHERE complaint_id = ? ON CONFLICT DO NOTHING`, to, from)
	return errors.Join(subjects.Error, people.Error, recusals.Error)
}

// Link merges a complaint into another visible open one, the lead. Both
// reporters keep their own receipt and learn nothing of each other; what is
// decided about the lead is told to both. The lead takes over what is demanded,
// whatever hides the merged one from offices and people, and any earlier time
// limit. What was taken up cannot be merged into what was not: its reporter was
// promised an answer. Errors: *intake.Invalid, ErrUnread (what is demanded).
func (q *Queue) Link(ctx context.Context, by staff.Officer, id uuid.UUID, version int, into uuid.UUID) error {
	if id == into {
		return bad("into", "case_into")
	}
	return q.step(ctx, by, staff.WorkCases, Link, id, version, func(tx *gorm.DB, c *intake.Complaint) error {
		lead, err := q.CaseIn(tx, by, into)
		if err != nil || !possible(Link, lead) {
			return orInvalid(err, "into", "case_into")
		}
		if err := q.ready(tx, Link, lead); err != nil {
			return err
		}
		if c.AcceptedAt != nil && lead.AcceptedAt == nil {
			return bad("into", "case_into_untaken")
		}
		now := q.store.Now()
		err = move(tx, c, map[string]any{
			"state": intake.Merged, "resume_state": "", "merged_into": lead.ID, "closed_at": now,
		})
		if err != nil {
			return err
		}
		if err := q.note(tx, by, c, "merged", map[string]string{"into": lead.Number()}); err != nil {
			return err
		}
		if err := q.absorb(tx, by, &lead, c); err != nil {
			return err
		}
		return q.intake.ShowLetters(tx, by, lead.ID, c.ReportID)
	})
}

// absorb makes the lead answer for a complaint that was merged into it.
func (q *Queue) absorb(tx *gorm.DB, by staff.Officer, lead, c *intake.Complaint) error {
	set := map[string]any{
		"severity": min(lead.Severity, c.Severity), "accused_level": higher(lead.AccusedLevel, c.AccusedLevel),
		"extended": lead.Extended || c.Extended,
	}
	if err := move(tx, lead, set); err != nil {
		return err
	}
	// What had been merged into the complaint is answered by the lead too.
	if err := tx.Exec("UPDATE complaint SET merged_into = ? WHERE merged_into = ?", lead.ID, c.ID).Error; err != nil {
		return err
	}
	if err := copyShields(tx, c.ID, lead.ID); err != nil {
		return err
	}
	if err := q.inheritDemands(tx, by, *lead, c.ID); err != nil {
		return err
	}
	if err := q.inheritClocks(tx, lead, c); err != nil {
		return err
	}
	if err := q.note(tx, by, lead, "absorbed", map[string]string{"from": c.Number()}); err != nil {
		return err
	}
	if err := q.reroute(tx, by, lead); err != nil {
		return err
	}
	return q.catchUp(tx, by, lead, c)
}

// shelter hides what was merged into a complaint like the complaint itself:
// its record names the lead, which those who may not see it must not learn of.
func shelter(tx *gorm.DB, lead *intake.Complaint) error {
	var merged []uuid.UUID
	if err := tx.Table("complaint").Where("merged_into = ?", lead.ID).Order("id").Pluck("id", &merged).Error; err != nil || len(merged) == 0 {
		return err
	}
	err := tx.Table("complaint").Where("id IN ?", merged).
		Updates(map[string]any{"desk_unit_id": lead.DeskUnitID, "accused_level": lead.AccusedLevel}).Error
	if err != nil {
		return err
	}
	for _, id := range merged {
		if err := copyShields(tx, lead.ID, id); err != nil {
			return err
		}
	}
	return nil
}

// inheritClocks ends the clocks of the merged complaint; where one of them
// ended earlier than the lead's, the lead's now ends then.
func (q *Queue) inheritClocks(tx *gorm.DB, lead, c *intake.Complaint) error {
	theirs, err := q.clocks.Running(tx, c.ID)
	if err != nil {
		return err
	}
	ours, err := q.clocks.Running(tx, lead.ID)
	if err != nil {
		return err
	}
	for _, d := range theirs {
		own := clockOf(ours, d.Rule)
		if own == nil || own.DueOn <= d.DueOn {
			continue
		}
		if err := q.clocks.TakeOver(tx, lead.ID, d); err != nil {
			return err
		}
	}
	if err := q.intake.NextDue(tx, lead.ID); err != nil {
		return err
	}
	return q.meet(tx, c)
}

// catchUp tells a reporter whose complaint was not yet taken up, when the lead
// is.
func (q *Queue) catchUp(tx *gorm.DB, by staff.Officer, lead, c *intake.Complaint) error {
	if lead.AcceptedAt == nil || c.AcceptedAt != nil || lead.ClosedAt != nil {
		return nil
	}
	open, err := q.clocks.Running(tx, lead.ID)
	if err != nil {
		return err
	}
	reply := clockOf(open, replyDue)
	if reply == nil {
		return store.ErrNotFound
	}
	return q.writeOne(tx, by, c, intake.NoticeOfStep, func(lang string) string {
		return q.say(lang, "accepted", "date", reply.DueOn)
	})
}

// higher is the level further up of two accused levels.
func higher(a, b string) string {
	order := map[string]int{"village": 1, "town": 2, "county": 3, "city": 4, "office": 5}
	if order[b] > order[a] {
		return b
	}
	return a
}
