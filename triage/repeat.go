package triage

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/paper"
	"minsheng/staff"
)

// Final is a case that was decided for the last time and that another one may
// repeat, as far as who decided it before may know: what it is called, when it
// was decided and how. Who may see the case itself finds it among the similar
// ones.
type Final struct {
	ID       uuid.UUID
	Seq      int64
	Received time.Time
	On       workday.Date // when it was decided
	Outcome  intake.Outcome
}

// Number is what people call the case.
func (f Final) Number() string {
	return intake.Complaint{Seq: f.Seq, ReceivedAt: f.Received}.Number()
}

// ProposeRepeat asks a second person to agree that a complaint is not taken up
// because the same was decided for the last time in another case (DOMAIN §3.1
// X11): of the same village and kind, or of the report that the reporter named as
// an earlier one. The complaint stays on record and is counted. The reporter
// reads that it was decided, when and how, in the words that are used for
// everybody, and what to do with new facts; nothing of who reported it then.
// Errors: *step.Invalid on "final".
func (q *Queue) ProposeRepeat(ctx context.Context, by staff.Officer, id uuid.UUID, version int, final uuid.UUID) error {
	return q.step(ctx, by, staff.WorkCases, RejectRepeat, id, version, func(tx *gorm.DB, c *intake.Complaint) error {
		if _, err := q.finalFor(tx, by, c, final); err != nil {
			return err
		}
		return q.propose(tx, by, c, "repeat", proposalBody{Final: final})
	})
}

// finalFor is the case that was decided finally and that a complaint may repeat;
// *step.Invalid when that is none which the officer may know of.
func (q *Queue) finalFor(tx *gorm.DB, by staff.Officer, c *intake.Complaint, final uuid.UUID) (Final, error) {
	finals, err := q.finals(tx, by, *c)
	if err != nil {
		return Final{}, err
	}
	for _, f := range finals {
		if f.ID == final {
			return f, nil
		}
	}
	return Final{}, bad("final", "case_final")
}

// finals lists what was decided for the last time about the village and kind of a
// complaint, or about the report that its reporter handed in before: the latest
// first, at most 40. An office that decided a case before the one above it did
// knows of it though the case has left its sight: it must be able to tell that
// the same is reported again. What hides a case for what it is about hides it
// here too.
func (q *Queue) finals(db *gorm.DB, by staff.Officer, c intake.Complaint) ([]Final, error) {
	if !possible(RejectRepeat, c) || !by.May(staff.WorkCases) {
		return nil, nil
	}
	about := inPlace(db.Session(&gorm.Session{NewDB: true}), c.PlaceCode).Where("complaint.kind = ?", c.Kind)
	e, err := q.intake.EarlierOf(db, c.ID)
	if err == nil {
		about = about.Or("complaint.report_id = ?", e.EarlierReportID)
	} else if !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	decided := func(by *gorm.DB) ([]intake.Complaint, error) {
		var found []intake.Complaint
		err := by.Where("complaint.final_at IS NOT NULL AND complaint.report_id <> ?", c.ReportID).Where(about).
			Order("complaint.seq DESC").Limit(20).Find(&found).Error
		return found, err
	}
	seen, err := decided(q.visible(db.Model(&intake.Complaint{}), by))
	if err != nil {
		return nil, err
	}
	own, err := decided(q.decidedBy(db.Model(&intake.Complaint{}), by))
	var finals []Final
	for _, f := range append(seen, own...) {
		one := Final{f.ID, f.Seq, f.ReceivedAt, workday.On(*f.FinalAt), f.Outcome}
		if !slices.ContainsFunc(finals, func(known Final) bool { return known.ID == f.ID }) {
			finals = append(finals, one)
		}
	}
	return finals, err
}

// decidedBy narrows a query over complaint to what the officer's office decided
// once, wherever it lies now, except what is hidden from them for what it is
// about. What it finds is shown as Final alone.
func (q *Queue) decidedBy(db *gorm.DB, by staff.Officer) *gorm.DB {
	return db.Where("complaint.accused_level <> 'office' AND NOT ?", q.Hides(by, itself)).
		Where("EXISTS (SELECT 1 FROM letter WHERE letter.complaint_id = complaint.id AND letter.unit_id = ?)", by.UnitID)
}

// rejectRepeat ends a complaint that was decided finally before.
func (q *Queue) rejectRepeat(tx *gorm.DB, by staff.Officer, c *intake.Complaint, body proposalBody) error {
	f, err := q.finalFor(tx, by, c, body.Final)
	if err != nil {
		return err
	}
	set := map[string]any{"state": intake.NotAccepted, "outcome": intake.RepeatAfterFinal, "repeats_id": f.ID, "resume_state": "", "closed_at": q.store.Now()}
	if err := move(tx, c, set); err != nil {
		return err
	}
	if err := q.meet(tx, c); err != nil {
		return err
	}
	if err := q.note(tx, by, c, "not_accepted", map[string]string{"repeats": f.Number()}); err != nil {
		return err
	}
	matter, err := q.matter(tx, *c)
	if err != nil {
		return err
	}
	reason := "同一事项已于" + paper.Day(f.On) + "作出复核意见：反映的情况" + inWriting[f.Outcome] + "。没有新的事实和理由。"
	content := nonAcceptanceContent(*c, matter, reason, repeatBasis, "有新的事实和理由的，可以另行提出。")
	if _, err := q.Issue(tx, by, *c, paper.Draft{Kind: paper.NonAcceptance, Unit: c.DeskUnitID, DraftedBy: body.by, Content: content}); err != nil {
		return err
	}
	return q.write(tx, by, c, intake.NoticeOfStep, func(lang string) string {
		return q.say(lang, "repeat", "date", f.On, "outcome", q.say(lang, "outcome."+string(f.Outcome)))
	})
}
