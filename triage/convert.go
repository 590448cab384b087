package triage

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/ledger"
	"minsheng/region"
	"minsheng/staff"
)

// Into counts a case on to the supervision item that comes of it and records
// which one. Whoever is given it calls it before anything else is written:
// who loses a race waits there for the winner.
type Into func(item uuid.UUID) error

// Convert runs do in one transaction with a visible case that is still as the
// page showed it and of which a supervision item may be made; do stores the
// item. Of two officers who convert the same version of a case one gets *Taken,
// with the other's name. Errors: those of a step, and of do.
func (q *Queue) Convert(ctx context.Context, by staff.Officer, id uuid.UUID, version int, do func(tx *gorm.DB, c intake.Complaint, into Into) error) error {
	return q.act(ctx, by, staff.IssueItems, id, func(tx *gorm.DB, c intake.Complaint) error {
		if c.Version != version {
			return whoConverted(tx, c.ID, version)
		}
		if err := othersCase(tx, by, Convert, c); err != nil {
			return err
		}
		if err := q.ready(tx, Convert, c); err != nil {
			return err
		}
		return do(tx, c, func(item uuid.UUID) error {
			if err := move(tx, &c, nil); errors.Is(err, step.ErrStale) {
				return whoConverted(tx, c.ID, version)
			} else if err != nil {
				return err
			}
			// The version that was converted tells a second officer why it is gone.
			body := map[string]string{"item": item.String(), "version": strconv.Itoa(version)}
			return q.note(tx, by, &c, "converted", body)
		})
	})
}

// Join is Convert for a case that an item which is there already shall serve
// too; do need not take it.
func (q *Queue) Join(ctx context.Context, by staff.Officer, id uuid.UUID, do func(tx *gorm.DB, c intake.Complaint, into Into) error) error {
	return q.act(ctx, by, staff.IssueItems, id, func(tx *gorm.DB, c intake.Complaint) error {
		if err := q.ready(tx, Convert, c); err != nil {
			return err
		}
		return do(tx, c, func(item uuid.UUID) error {
			if err := move(tx, &c, nil); err != nil {
				return err
			}
			return q.note(tx, by, &c, "converted", map[string]string{"item": item.String()})
		})
	})
}

// whoConverted explains a version that has moved on: *Taken when it was by a
// conversion of that version, else step.ErrStale.
func whoConverted(tx *gorm.DB, complaint uuid.UUID, version int) error {
	var events []ledger.Event
	err := tx.Where("subject_kind = ? AND subject_id = ? AND kind = ?", ledger.OfComplaint, complaint, "converted").
		Order("seq DESC").Limit(20).Find(&events).Error
	if err != nil {
		return err
	}
	for _, e := range events {
		if e.Body["version"] == strconv.Itoa(version) {
			return &Taken{By: e.ActorName}
		}
	}
	return step.ErrStale
}

// Accused lists the offices that complaints are about with all they command:
// none of them gets what comes of these complaints into its hands. It asks for
// complaints whoever may see them, and tells nothing of them.
func (q *Queue) Accused(db *gorm.DB, complaints ...uuid.UUID) ([]uuid.UUID, error) {
	var all []uuid.UUID
	for _, id := range complaints {
		var c intake.Complaint
		if err := store.One(db.Where("id = ?", id), &c); err != nil {
			return nil, err
		}
		accused, err := q.accusedBy(db, c)
		if err != nil {
			return nil, err
		}
		all = append(all, accused...)
	}
	return all, nil
}

// accusedBy lists the offices that a complaint is about with all they command:
// those an officer named, and those of the place on the level that the
// reporter ticked and below. Who ticked nothing is protected from the village.
func (q *Queue) accusedBy(db *gorm.DB, c intake.Complaint) ([]uuid.UUID, error) {
	named, err := subjectIDs(db, c.ID)
	if err != nil {
		return nil, err
	}
	levels := []region.Level{region.Village}
	switch c.AccusedLevel {
	case "town":
		levels = append(levels, region.Town)
	case "county":
		levels = append(levels, region.Town, region.County)
	}
	for _, u := range q.atlas.UnitsFor(c.PlaceCode) {
		if slices.Contains(levels, u.Level) {
			named = append(named, u.ID)
		}
	}
	var all []uuid.UUID
	for _, id := range named {
		all = append(all, q.atlas.Subtree(id)...)
	}
	return all, nil
}
