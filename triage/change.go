package triage

import (
	"context"
	"errors"
	"maps"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/staff"
)

// act is on, begun again when an event that somebody else wrote at the same
// moment took the place of this one's in the record.
func (q *Queue) act(ctx context.Context, by staff.Officer, p staff.Permission, id uuid.UUID, do func(tx *gorm.DB, c intake.Complaint) error) error {
	return again(func() error { return q.on(ctx, by, p, id, do) })
}

// again repeats a whole transaction, at most three times, while it collides
// with another one on a unique key.
func again(transaction func() error) error {
	var err error
	for range 3 {
		if err = transaction(); !store.IsDuplicate(err) {
			return err
		}
	}
	return errors.Join(step.ErrStale, err)
}

// step runs do in one transaction with a visible complaint that is still as
// the page showed it and lets step a happen.
func (q *Queue) step(ctx context.Context, by staff.Officer, p staff.Permission, a Action, id uuid.UUID, version int, do func(tx *gorm.DB, c *intake.Complaint) error) error {
	return q.act(ctx, by, p, id, func(tx *gorm.DB, c intake.Complaint) error {
		if c.Version != version {
			return step.ErrStale
		}
		if err := othersCase(tx, by, a, c); err != nil {
			return err
		}
		if err := q.ready(tx, a, c); err != nil {
			return err
		}
		return do(tx, &c)
	})
}

// othersCase returns *Taken when a case is somebody else's and the step is its
// owner's to take. A case that nobody owns is open to all who may work on it.
func othersCase(tx *gorm.DB, by staff.Officer, a Action, c intake.Complaint) error {
	if c.OwnerID == nil || allowed(a, c, by) {
		return nil
	}
	names, err := peopleNames(tx, []uuid.UUID{*c.OwnerID})
	if err != nil {
		return err
	}
	return &Taken{By: names[*c.OwnerID]}
}

// move changes a complaint that is still as it was read, and counts its
// version on. It comes before anything else a step writes: whoever loses the
// race waits here for the winner and then finds nothing to change.
func move(tx *gorm.DB, c *intake.Complaint, changes map[string]any) error {
	set := maps.Clone(changes)
	if set == nil {
		set = map[string]any{}
	}
	set["version"] = c.Version + 1
	res := tx.Model(&intake.Complaint{}).
		Where("id = ? AND state = ? AND version = ?", c.ID, c.State, c.Version).
		Updates(set)
	if res.Error != nil {
		return res.Error
	}
	if res.RowsAffected == 0 {
		return step.ErrStale
	}
	var now intake.Complaint
	if err := store.One(tx.Where("id = ?", c.ID), &now); err != nil {
		return err
	}
	*c = now
	return nil
}

// Hold keeps others from changing complaints, and from writing the next event of
// one, until the transaction ends: for what leaves them as they are. It asks for
// complaints whoever may see them, and tells nothing of them.
func (q *Queue) Hold(tx *gorm.DB, complaints ...uuid.UUID) error {
	for _, id := range complaints {
		if err := hold(tx, id); err != nil {
			return err
		}
	}
	return nil
}

// hold is Hold for a step on one complaint.
func hold(tx *gorm.DB, id uuid.UUID) error {
	return tx.Model(&intake.Complaint{}).Where("id = ?", id).
		Update("version", gorm.Expr("version")).Error
}

// note writes what happened to a complaint.
func (q *Queue) note(tx *gorm.DB, by staff.Officer, c *intake.Complaint, kind string, body map[string]string) error {
	return q.clocks.Append(tx, ledger.OfComplaint, c.ID, kind, by.Actor(), body)
}

// today is the day in Shanghai by the portal's clock.
func (q *Queue) today() workday.Date { return workday.On(q.store.Now()) }

// late counts the working days from the day after due to today.
func (q *Queue) late(due *workday.Date, today workday.Date) int { return q.clocks.Late(due, today) }
