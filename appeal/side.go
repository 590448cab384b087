package appeal

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/clock"
	"minsheng/intake"
	"minsheng/internal/store"
	"minsheng/internal/workday"
)

// Side is what a reporter can say about one matter after its answer, and what
// became of what they said.
type Side struct {
	Part     int
	Letter   int               // number of the letter that can be rated; 0 none can
	Rating   Rating            // what they said of it; zero nothing yet
	MayRate  bool              // or change it
	LookOn   *clock.Deadline   // the office above looks again until then
	LookedOn workday.Date      // it has, on that day
	Ask      intake.LetterKind // what they can ask for; "" nothing
	Until    clock.Deadline    // last day for that, passed or not; zero when there is none
	Missed   bool              // it has passed
	Asked    []Asked
}

// Asked is an appeal as its reporter sees it.
type Asked struct {
	Level   intake.LetterKind
	On      workday.Date
	Desk    string
	Decided bool
	Due     *clock.Deadline // while it is open
	Pauses  []clock.Pause   // hearings, on whose days the time stands still
}

// Sides lists the matters of a report, in order: those that the reporter has not
// withdrawn.
func (d *Desk) Sides(ctx context.Context, report uuid.UUID) ([]Side, error) {
	db := d.Store.Read(ctx)
	var own []intake.Complaint
	if err := db.Where("report_id = ?", report).Order("part").Limit(100).Find(&own).Error; err != nil {
		return nil, err
	}
	var sides []Side
	for _, c := range own {
		m, err := d.matter(db, c.ID)
		if errors.Is(err, intake.ErrClosed) {
			continue
		}
		if err != nil {
			return nil, err
		}
		side, err := d.side(ctx, db, m)
		if err != nil {
			return nil, err
		}
		sides = append(sides, side)
	}
	return sides, nil
}

func (d *Desk) side(ctx context.Context, db *gorm.DB, m heard) (Side, error) {
	s := Side{Part: m.own.Part}
	if m.right != nil && answered(m.lead) {
		s.Ask, s.Until, s.Missed = levelOf(m.right.Rule), *m.right, m.right.DueOn < d.today()
	}
	if err := d.sideRating(db, m, &s); err != nil {
		return s, err
	}
	if err := d.sideLook(ctx, db, m, &s); err != nil {
		return s, err
	}
	return s, d.sideAppeals(ctx, db, m, &s)
}

func (d *Desk) sideRating(db *gorm.DB, m heard, s *Side) error {
	if m.delivery == nil {
		return nil
	}
	s.Letter = m.letter.N
	said, err := d.ratingOf(db, m.own.ID, m.letter.N)
	if errors.Is(err, store.ErrNotFound) {
		s.MayRate = answered(m.lead)
		return nil
	}
	s.Rating, s.MayRate = said, answered(m.lead) && d.today() <= said.Until
	return err
}

func (d *Desk) sideLook(ctx context.Context, db *gorm.DB, m heard, s *Side) error {
	if s.Rating.Code != intake.Unsolved {
		return nil // it was somebody else who said so
	}
	var look lookRow
	err := store.One(db.Where("complaint_id = ? AND letter_n = ?", m.lead.ID, m.letter.N), &look)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if look.EndedAt != nil {
		s.LookedOn = workday.On(*look.EndedAt)
	}
	if look.State != LookOpen {
		return nil
	}
	all, err := d.Clocks.Of(ctx, m.lead.ID)
	s.LookOn = runningOf(all, intake.RuleSecondLook)
	return err
}

func (d *Desk) sideAppeals(ctx context.Context, db *gorm.DB, m heard, s *Side) error {
	var rows []row
	err := db.Where("complaint_id = ? AND asked_for = ?", m.lead.ID, m.own.ID).Order("asked_at, id").Limit(20).Find(&rows).Error
	if err != nil || len(rows) == 0 {
		return err
	}
	all, err := d.Clocks.Of(ctx, m.lead.ID)
	if err != nil {
		return err
	}
	pauses, err := d.Clocks.Pauses(ctx, m.lead.ID)
	if err != nil {
		return err
	}
	for _, r := range rows {
		a := Asked{Level: r.Level, On: workday.On(r.AskedAt), Desk: d.unitName(r.DeskUnitID), Decided: r.State == Decided}
		if !a.Decided && m.lead.Appealed() {
			a.Due = runningOf(all, decideRule(r.Level))
		}
		if r.Level == intake.OfReexam {
			a.Pauses = since(pauses, r.AskedAt)
		}
		s.Asked = append(s.Asked, a)
	}
	return nil
}

func decideRule(level intake.LetterKind) string {
	if level == intake.OfReexam {
		return ruleReexamDecide
	}
	return ruleReviewDecide
}

func since(pauses []clock.Pause, at time.Time) (later []clock.Pause) {
	for _, p := range pauses {
		if !p.At.Before(at) {
			later = append(later, p)
		}
	}
	return later
}
