package notice

import (
	"context"
	"errors"

	"gorm.io/gorm"

	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/roll"
)

// tickSize is how many notices one Tick takes on, and keptDays how many days a
// list of people that is over stays on the desk before it is archived.
const (
	tickSize = 500
	keptDays = 30
)

// Tick publishes what is due, ends what is over, archives lists and finishes the
// rolls of those that were announced: at most 500 notices each a time. It may
// run on any replica at any time; each notice is one transaction, and of two
// replicas one finds nothing to change.
func (d *Desk) Tick(ctx context.Context) error {
	today := d.today()
	steps := []struct {
		due *gorm.DB
		do  func(tx *gorm.DB, n *Notice) error
	}{
		{d.Store.Read(ctx).Where("state = ? AND starts_on <= ?", reviewed, today), d.appear},
		{d.Store.Read(ctx).Where("state = ? AND ends_on IS NOT NULL AND ends_on < ?", published, today), d.end},
		{d.Store.Read(ctx).Where("state = ? AND pulled_at IS NULL AND kind IN ? AND ends_on IS NOT NULL AND ends_on < ?", ended, personal(), today.Add(-keptDays)).
			Where("NOT EXISTS (SELECT 1 FROM roll_hold WHERE roll_hold.roll_id = notice.roll_id AND roll_hold.lifted_at IS NULL)"), d.archive},
	}
	var failed error
	for _, s := range steps {
		var due []Notice
		if err := s.due.Order("created_at, id").Limit(tickSize).Find(&due).Error; err != nil {
			return errors.Join(failed, err)
		}
		for _, n := range due {
			err := d.again(ctx, func(tx *gorm.DB) error {
				now := n
				return s.do(tx, &now)
			})
			if err != nil && !errors.Is(err, step.ErrStale) {
				failed = errors.Join(failed, err)
			}
		}
	}
	return errors.Join(failed, d.finish(ctx))
}

// appear publishes a notice on its first day.
func (d *Desk) appear(tx *gorm.DB, n *Notice) error {
	if err := shift(tx, n, map[string]any{"state": published}); err != nil {
		return err
	}
	if err := d.noteSelf(tx, n.ID, "notice_published", nil); err != nil {
		return err
	}
	if err := d.appeared(tx, *n); err != nil {
		return err
	}
	return Touch(tx)
}

// end closes a notice after its last day. A correction of a list of people
// leaves the web at once, as the list does.
func (d *Desk) end(tx *gorm.DB, n *Notice) error {
	to := ended
	if n.CorrectsID != nil {
		var original Notice
		if err := store.One(tx.Where("id = ?", *n.CorrectsID), &original); err != nil {
			return err
		}
		if k, _ := KindOf(original.Kind); k.Personal {
			to = archived
		}
	}
	if err := shift(tx, n, map[string]any{"state": to}); err != nil {
		return err
	}
	if err := d.noteSelf(tx, n.ID, "notice_ended", map[string]string{"ends_on": string(*n.EndsOn)}); err != nil {
		return err
	}
	if err := d.oweNext(tx, *n); err != nil {
		return err
	}
	return Touch(tx)
}

// archive puts a list of people away.
func (d *Desk) archive(tx *gorm.DB, n *Notice) error {
	if err := shift(tx, n, map[string]any{"state": archived}); err != nil {
		return err
	}
	if err := d.noteSelf(tx, n.ID, "notice_archived", nil); err != nil {
		return err
	}
	return Touch(tx)
}

// finish takes rolls that were announced, and whose days are over, to their last
// stage. One with an open objection, to it or to another list of the place,
// stays until that is ruled on, and one that is off the web until somebody looked.
func (d *Desk) finish(ctx context.Context) error {
	last := codes(func(k Kind) bool { return k.Stage == roll.County })
	var due []Notice
	err := d.Store.Read(ctx).Table("notice").Select("notice.*").Joins("JOIN roll ON roll.id = notice.roll_id").
		Where("roll.stage = ? AND notice.kind IN ? AND notice.state IN ? AND notice.pulled_at IS NULL", roll.County, last, []string{ended, archived}).
		Order("notice.created_at, notice.id").Limit(tickSize).Find(&due).Error
	for _, n := range due {
		done := d.again(ctx, func(tx *gorm.DB) error {
			r, err := d.Rolls.RollIn(tx, *n.RollID)
			if err != nil {
				return err
			}
			if err := d.buried(tx, r); err != nil {
				return err
			}
			if err := d.Rolls.Advance(tx, *n.RollID, roll.Final, d.today(), ""); err != nil {
				return err
			}
			return d.noteSelf(tx, n.ID, "notice_roll_final", nil)
		})
		waits := errors.Is(done, roll.ErrHeld) || errors.Is(done, roll.ErrStanding) || errors.Is(done, roll.ErrStage) || errors.Is(done, roll.ErrStale)
		if done != nil && !waits {
			err = errors.Join(err, done)
		}
	}
	return err
}
