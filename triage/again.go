package triage

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/internal/workday"
	"minsheng/staff"
)

// ruleRepeat is within how many days after a case was closed the same, reported
// again, goes to the office above.
const ruleRepeat = "complaint.repeat_window"

// ComesAgain ties a complaint to a visible case of the same village and kind that
// was closed not long before it came in, and moves it to the office above: who
// sends the same people the same matter again shall not be answered by the same
// desk (DOMAIN §9). It takes an officer to say that it is the same: what anybody
// could bring about by reporting something twice would be used to keep the office
// above busy. Errors: *step.Invalid on "into".
func (q *Queue) ComesAgain(ctx context.Context, by staff.Officer, id uuid.UUID, version int, earlier uuid.UUID) error {
	return q.step(ctx, by, staff.WorkCases, Again, id, version, func(tx *gorm.DB, c *intake.Complaint) error {
		before, err := q.CaseIn(tx, by, earlier)
		if err != nil {
			return orInvalid(err, "into", "case_again")
		}
		recent, err := q.closedBefore(tx, c, before)
		if err != nil || !recent {
			return errors.Join(err, bad("into", "case_again"))
		}
		set := map[string]any{"again_of": before.ID}
		above, some := q.DeskAbove(c.DeskUnitID)
		if some {
			set["desk_unit_id"], set["owner_id"] = above.ID, nil
		}
		if err := move(tx, c, set); err != nil {
			return err
		}
		if err := shelter(tx, c); err != nil {
			return err
		}
		if err := q.reseal(tx, by, c); err != nil {
			return err
		}
		body := map[string]string{"from": before.Number()}
		if !some {
			return q.note(tx, by, c, "came_again", body)
		}
		body["to"] = above.Name
		if err := q.note(tx, by, c, "came_again", body); err != nil {
			return err
		}
		return q.inform(tx, by, c, "came_again", "unit", above.Name)
	})
}

// closedBefore reports whether a case was closed so shortly before a complaint of
// the same village and kind came in that it counts as the same coming again.
func (q *Queue) closedBefore(db *gorm.DB, c *intake.Complaint, before intake.Complaint) (bool, error) {
	if before.State != intake.Closed || before.ClosedAt == nil || before.PlaceCode != c.PlaceCode || before.Kind != c.Kind || c.Kind == "" {
		return false, nil
	}
	closed, received := workday.On(*before.ClosedAt), workday.On(c.ReceivedAt)
	window, err := q.clocks.RuleOn(db, ruleRepeat, string(c.Kind), closed)
	return err == nil && closed <= received && received.Sub(closed) <= window.N, err
}

// closedLately lists the visible cases that a complaint could be the same as,
// closed not long before it came in: the latest first, at most similarShown.
func (q *Queue) closedLately(ctx context.Context, by staff.Officer, c intake.Complaint) ([]Row, error) {
	if c.Kind == "" || !possible(Again, c) {
		return nil, nil
	}
	db := q.store.Read(ctx)
	var closed []intake.Complaint
	query := inPlace(q.visible(db.Model(&intake.Complaint{}), by), c.PlaceCode).
		Where("complaint.kind = ? AND complaint.state = ? AND complaint.report_id <> ?", c.Kind, intake.Closed, c.ReportID)
	if err := query.Order("complaint.seq DESC").Limit(similarLooked).Find(&closed).Error; err != nil {
		return nil, err
	}
	var lately []intake.Complaint
	for _, before := range closed {
		recent, err := q.closedBefore(db, &c, before)
		if err != nil {
			return nil, err
		}
		if recent && len(lately) < similarShown {
			lately = append(lately, before)
		}
	}
	return q.rows(ctx, by, lately)
}
