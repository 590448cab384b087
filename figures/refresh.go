package figures

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/store"
	"minsheng/internal/workday"
)

const (
	freshFor = time.Minute     // counts are brought up to date at most once in it
	allFor   = 24 * time.Hour  // and counted anew once in it, whatever the events say
	holdFor  = 2 * time.Minute // how long whoever counts may go without a sign of life
	patience = 250 * time.Millisecond
	longest  = time.Hour // for counting everything; whoever counts says after each month that it lives
)

// state says how far counting has come; there is one row.
type state struct {
	ID        int `gorm:"primaryKey"`
	Holder    *uuid.UUID
	HeldUntil *time.Time
	CountedAt *time.Time
	AllAt     *time.Time
}

// TableName is figures_state.
func (state) TableName() string { return "figures_state" }

// errOvertaken means that somebody else counts by now: what was counted here is
// thrown away.
var errOvertaken = errors.New("figures: somebody else counts")

// turn is one count by one process.
type turn struct {
	*Board
	holder uuid.UUID
	began  time.Time
	last   state // as the count before left it
}

// Refresh brings the counts up to date with everything that happened since they
// were last, unless that is less than a minute ago or somebody else is at it.
// Only months that something happened to are counted again. Nothing waits for
// it: months are read without a lock and each is replaced in a short
// transaction.
func (b *Board) Refresh(ctx context.Context) error {
	now := b.Store.Now()
	t, err := b.begin(ctx, b.Store.Read(ctx).
		Where("counted_at IS NULL OR counted_at <= ? OR counted_at > ?", now.Add(-freshFor), now).
		// A hold that reaches further than any may was left by a wrong clock.
		Where("held_until IS NULL OR held_until <= ? OR held_until > ?", now, now.Add(holdFor)))
	if t == nil || err != nil {
		return err
	}
	return t.run(ctx)
}

// Rebuild counts everything anew, whoever else counts.
func (b *Board) Rebuild(ctx context.Context) error {
	t, err := b.begin(ctx, b.Store.Read(ctx))
	if t == nil || err != nil {
		return err
	}
	t.last.AllAt = nil
	return t.run(ctx)
}

// begin takes the hold on counting where query lets it; nil when it does not.
func (b *Board) begin(ctx context.Context, query *gorm.DB) (*turn, error) {
	t := &turn{Board: b, holder: uuid.New(), began: b.Store.Now()}
	res := query.Model(&state{}).Where("id = 1").Updates(map[string]any{"holder": t.holder, "held_until": t.began.Add(holdFor)})
	if res.Error != nil || res.RowsAffected == 0 {
		return nil, res.Error
	}
	return t, store.One(b.Store.Read(ctx).Where("id = 1"), &t.last)
}

// run counts the months that need it and gives the hold back.
func (t *turn) run(ctx context.Context) error {
	err := t.countAll(ctx)
	set := map[string]any{"holder": nil, "held_until": nil}
	if err == nil {
		set["counted_at"] = t.began
		if t.everything() {
			set["all_at"] = t.began
		}
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	return errors.Join(err, t.mine(t.Store.Read(ctx)).Updates(set).Error)
}

// mine is the row while this turn holds it.
func (t *turn) mine(db *gorm.DB) *gorm.DB {
	return db.Model(&state{}).Where("id = 1 AND holder = ?", t.holder)
}

// everything reports whether all months are counted anew in this turn.
func (t *turn) everything() bool {
	return t.last.CountedAt == nil || t.last.AllAt == nil || t.began.Sub(*t.last.AllAt).Abs() > allFor
}

func (t *turn) countAll(ctx context.Context) error {
	months, err := t.due(ctx)
	if err != nil {
		return err
	}
	today := workday.On(t.began)
	for _, m := range months {
		counted, err := t.countMonth(ctx, m, today)
		if err != nil {
			return err
		}
		if err := t.keep(ctx, m, counted.rows()); err != nil {
			return err
		}
	}
	return nil
}

// due lists the months to be counted.
func (t *turn) due(ctx context.Context) ([]Month, error) {
	if t.everything() {
		return t.allMonths(ctx)
	}
	months, known, err := t.touched(ctx, *t.last.CountedAt)
	if err != nil || known {
		return months, err
	}
	return t.allMonths(ctx)
}

// keep replaces what is kept of a month, unless somebody else counts by now.
func (t *turn) keep(ctx context.Context, m Month, rows []tally) error {
	return t.Store.Transact(ctx, func(tx *gorm.DB) error {
		held := t.mine(tx).Updates(map[string]any{"held_until": t.Store.Now().Add(holdFor)})
		if held.Error != nil {
			return held.Error
		}
		if held.RowsAffected == 0 {
			return errOvertaken
		}
		if err := tx.Where("month = ?", m).Delete(&tally{}).Error; err != nil || len(rows) == 0 {
			return err
		}
		return tx.CreateInBatches(rows, 100).Error
	})
}

// allMonths lists every month that something can lie in, or that is kept.
func (b *Board) allMonths(ctx context.Context) ([]Month, error) {
	today := workday.On(b.Store.Now())
	ends := []string{
		"SELECT " + b.Store.Day("MIN(received_at)") + " AS day FROM complaint",
		"SELECT " + b.Store.Day("MIN(issued_at)") + " FROM supervision_item",
		"SELECT " + b.Store.Day("MIN(closed_at)") + " FROM supervision_item",
		"SELECT MIN(month) FROM figures", "SELECT MAX(month) FROM figures",
	}
	for _, s := range Stages() {
		for _, rule := range s.Rules() {
			of := " FROM deadline WHERE rule = '" + rule + "'"
			ends = append(ends, "SELECT MIN(due_on)"+of, "SELECT MAX(due_on)"+of)
		}
	}
	var days []workday.Date
	err := b.Store.Read(ctx).Raw("SELECT day FROM (" + strings.Join(ends, " UNION ALL ") + ") ends WHERE day IS NOT NULL").Scan(&days).Error
	if err != nil {
		return nil, fmt.Errorf("figures: %w", err)
	}
	span := Period{MonthOf(today), MonthOf(today)}
	for _, d := range days {
		span = Period{min(span.First, MonthOf(d)), max(span.Last, MonthOf(d))}
	}
	return span.Months(), nil
}

// fresh lets counts be brought up to date and waits for it a moment: a page is
// better a little old than late.
func (b *Board) fresh(ctx context.Context) {
	done := b.counting.begin(b.Store.Now(), func() {
		ctx, cancel := context.WithTimeout(context.Background(), longest)
		defer cancel()
		if err := b.Refresh(ctx); err != nil && !errors.Is(err, errOvertaken) {
			slog.Error("figures were not counted", "component", "figures")
		}
	})
	select {
	case <-done:
	case <-ctx.Done():
	case <-time.After(patience):
	}
}

// counting lets one goroutine of this process count at a time, at most once a
// minute. The zero counting is ready.
type counting struct {
	mu    sync.Mutex
	asked time.Time
	done  chan struct{}
}

// begin starts do unless it runs or ran within the last minute. The channel it
// returns is closed when there is nothing to wait for any more.
func (c *counting) begin(now time.Time, do func()) <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.done != nil && now.Sub(c.asked).Abs() < freshFor {
		return c.done
	}
	if c.done != nil {
		select {
		case <-c.done:
		default:
			return c.done // a long count goes on
		}
	}
	done := make(chan struct{})
	c.asked, c.done = now, done
	go func() {
		defer close(done)
		do()
	}()
	return done
}
