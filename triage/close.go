package triage

import (
	"context"
	"errors"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/staff"
)

// What keeps an answered case from being closed (catalog key unfinished.<code>).
const (
	stillUnread = "unread"      // the newest letter has not reached everybody
	stillAsks   = "asks"        // somebody may still ask for more, and has not said that all is solved
	stillLooks  = "second_look" // the office above owes a second look
	stillItems  = "items"       // a supervision item is open
)

// Close ends a case whose answer reached its reporters and against which nothing
// can be said any more: the time to ask for more is over for each of them, or
// they said that all is solved, or it was decided finally. Every supervision item
// that came of it, or of a report merged into it, must be struck off or cancelled
// first, and no second look be owed: step.ErrState.
func (q *Queue) Close(ctx context.Context, by staff.Officer, id uuid.UUID, version int) error {
	return q.step(ctx, by, staff.WorkCases, Close, id, version, func(tx *gorm.DB, c *intake.Complaint) error {
		still, err := q.unfinished(tx, c)
		if err != nil {
			return err
		}
		if len(still) > 0 {
			return step.ErrState
		}
		if err := q.end(tx, c, intake.Closed); err != nil {
			return err
		}
		if err := q.note(tx, by, c, "closed", nil); err != nil {
			return err
		}
		return q.inform(tx, by, c, "closed")
	})
}

// unfinished lists what keeps an answered case from being closed.
func (q *Queue) unfinished(db *gorm.DB, c *intake.Complaint) (still []string, err error) {
	everybody, err := q.Reporters(db, c)
	if err != nil {
		return nil, err
	}
	missing, err := q.undelivered(db, c, everybody)
	if err != nil {
		return nil, err
	}
	if len(missing) > 0 {
		still = append(still, stillUnread)
	}
	asks, err := q.mayAsk(db, c, everybody)
	if err != nil {
		return nil, err
	}
	if asks {
		still = append(still, stillAsks)
	}
	if c.SecondDeskID != nil {
		still = append(still, stillLooks)
	}
	items, err := openItems(db, c)
	if err != nil || !items {
		return still, err
	}
	return append(still, stillItems), nil
}

// undelivered lists those of some reporters whom the newest letter of a case has
// not reached; none when there is no letter, as in cases answered long ago.
func (q *Queue) undelivered(db *gorm.DB, c *intake.Complaint, everybody []intake.Complaint) ([]intake.Complaint, error) {
	var newest struct{ ID uuid.UUID }
	err := store.One(db.Table("letter").Where("complaint_id = ?", c.ID).Order("n DESC").Limit(1), &newest)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var reached []uuid.UUID
	err = db.Table("delivery").Where("letter_id = ?", newest.ID).Limit(1000).Pluck("complaint_id", &reached).Error
	return slices.DeleteFunc(slices.Clone(everybody), func(each intake.Complaint) bool { return slices.Contains(reached, each.ID) }), err
}

// mayAsk reports whether any of the reporters may still ask for more and has not
// said that all is solved.
func (q *Queue) mayAsk(db *gorm.DB, c *intake.Complaint, everybody []intake.Complaint) (bool, error) {
	if c.FinalAt != nil {
		return false, nil
	}
	until, err := rightsOf(db, everybody)
	if err != nil {
		return false, err
	}
	for _, each := range everybody {
		if last, runs := until[each.ID]; runs && last >= q.today() && each.Rating != intake.Solved {
			return true, nil
		}
	}
	return false, nil
}

// rightsOf tells until when each of some reporters may ask for more.
func rightsOf(db *gorm.DB, everybody []intake.Complaint) (map[uuid.UUID]workday.Date, error) {
	var ids []uuid.UUID
	for _, each := range everybody {
		ids = append(ids, each.ID)
	}
	var rows []struct {
		SubjectID uuid.UUID
		DueOn     workday.Date
	}
	err := db.Table("deadline").Select("subject_id, due_on").Where("subject_id IN ? AND met_at IS NULL", ids).
		Where("rule IN ?", []string{intake.RuleReviewAsk, intake.RuleReexamAsk}).Limit(1000).Find(&rows).Error
	until := map[uuid.UUID]workday.Date{}
	for _, r := range rows {
		until[r.SubjectID] = r.DueOn
	}
	return until, err
}

// openItems reports whether a supervision item is open that came of a case, or of
// a report merged into it. The room of items stands above this one: a plain look
// at its tables takes the place of an arrow back.
func openItems(db *gorm.DB, c *intake.Complaint) (bool, error) {
	var open int64
	err := db.Table("supervision_item").
		Where(`id IN (SELECT item_id FROM item_complaint WHERE complaint_id = ?
			OR complaint_id IN (SELECT id FROM complaint WHERE merged_into = ?))`, c.ID, c.ID).
		Where("closed_at IS NULL").Count(&open).Error
	return open > 0, err
}
