package watch

import (
	"context"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"minsheng/clock"
)

// countedOn is the fact that says on which rules and calendar all running dates
// are counted.
const countedOn = "clocks_counted"

// factRow is a fact about this installation.
type factRow struct {
	Name  string `gorm:"primaryKey"`
	Value string
}

func (factRow) TableName() string { return "portal_fact" }

// noticed is since when this process knows the rules and the calendar to be as
// they are.
type noticed struct {
	version string
	since   time.Time
	again   time.Time // when some could not be counted: not before
}

// patience is how long what could not be counted again is left alone.
const patience = 10 * time.Minute

// recount counts all running dates again when the rules or the calendar changed:
// not before every replica has heard of it, or one could start a clock on the old
// rules behind the walk. What the walk has done stays done if it is cut off; the
// next begins anew and finds it.
func (t *turn) recount(ctx context.Context, swept *Swept) error {
	version, err := t.Clocks.Version(ctx)
	if err != nil {
		return err
	}
	now := t.Store.Now()
	if version != t.counted.version {
		t.counted = noticed{version: version, since: now}
	}
	var done []string
	if err := t.Store.Read(ctx).Model(&factRow{}).Where("name = ?", countedOn).Pluck("value", &done).Error; err != nil {
		return err
	}
	if len(done) > 0 && done[0] == version || now.Sub(t.counted.since).Abs() < t.Settle || now.Before(t.counted.again) {
		return nil
	}
	failures := swept.Failed
	if err := t.walk(ctx, swept, t.move); err != nil {
		return err
	}
	if swept.Failed > failures {
		t.counted.again = now.Add(patience)
		return nil
	}
	return t.write(ctx, func(tx *gorm.DB) error {
		return tx.Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "name"}}, UpdateAll: true}).Create(&factRow{countedOn, version}).Error
	})
}

// move counts the next running deadlines again and lets the rooms know of those
// that moved.
func (t *turn) move(tx *gorm.DB, from clock.Place, n int) (dealt, error) {
	moved, next, done, err := t.Clocks.Recount(tx, from, n)
	if err != nil {
		return dealt{}, err
	}
	for _, m := range moved {
		keeper := t.Keepers[m.SubjectKind]
		if keeper == nil {
			continue
		}
		if err := keeper.Moved(tx, m); err != nil {
			return dealt{}, &failed{next, err}
		}
	}
	return dealt{next: next, done: done, moved: len(moved)}, nil
}
