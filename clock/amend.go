package clock

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/staff"
)

// Change is a new version of a time rule, from a day on.
type Change struct {
	Code    string
	Kind    string // "" for all that have no rule of their own
	N       int    // 0 to 3650
	DayKind workday.Unit
	Basis   string       // 4 to 300 characters
	From    workday.Date // from when on; limits that began before keep theirs
	Why     string       // 4 to 300 characters
	Seen    string       // Preview.Version of the preview that was confirmed; "" of none
}

// ErrTooEarly means that a rule would begin before the one it follows.
var ErrTooEarly = errors.New("clock: a later rule stands already")

const longestLimit = 3650 // days

func (c Change) tidy() (Change, error) {
	var f step.Form
	f.Require(c.N >= 0 && c.N <= longestLimit, "n", "rule_n")
	f.Require(c.DayKind == workday.CalendarDays || c.DayKind == workday.WorkingDays, "day_kind", "rule_day_kind")
	_, err := workday.Parse(string(c.From))
	f.Require(err == nil, "from", "rule_from")
	c.Basis = f.Text("basis", c.Basis, 4, 300, "rule_basis")
	c.Why = f.Text("why", c.Why, 4, 300, "rule_why")
	c.Kind = strings.TrimSpace(c.Kind)
	return c, f.Err()
}

// Rules lists all time rules with their history, by code, kind and first day.
func (b *Book) Rules(ctx context.Context, by staff.Officer) ([]Rule, error) {
	if err := by.Require(staff.KeepClocks); err != nil {
		return nil, err
	}
	var all []Rule
	err := b.store.Read(ctx).Order("code, kind, valid_from").Limit(1000).Find(&all).Error
	return all, err
}

// PreviewChange shows which running dates a change would move, without changing
// anything (staff.KeepClocks). Errors: *step.Invalid, store.ErrNotFound for a code
// that does not exist, ErrTooEarly.
func (b *Book) PreviewChange(ctx context.Context, by staff.Officer, c Change) (Preview, error) {
	if err := by.Require(staff.KeepClocks); err != nil {
		return Preview{}, err
	}
	c, err := c.tidy()
	if err != nil {
		return Preview{}, err
	}
	b.rules.forget() // as SetRule does: the version is that of what is shown
	db := b.store.Read(ctx)
	next, before, err := b.changed(db, c)
	if err != nil {
		return Preview{}, err
	}
	own, err := b.kindsOfTheirOwn(db, c)
	if err != nil {
		return Preview{}, err
	}
	p := Preview{Rule: next, Before: before}
	if p.Version, err = b.Version(ctx); err != nil {
		return Preview{}, err
	}
	query := db.Where("rule = ? AND met_at IS NULL AND started_on >= ?", c.Code, c.From)
	return p, p.walk(query, b.calendar, func(d Deadline) (Rule, bool) {
		other := c.Kind != "" && d.SubjectOf != c.Kind || c.Kind == "" && slices.Contains(own, d.SubjectOf)
		return next, !other && !d.Extends
	})
}

// kindsOfTheirOwn lists the kinds that a change for all others leaves alone.
func (b *Book) kindsOfTheirOwn(db *gorm.DB, c Change) ([]string, error) {
	var kinds []string
	err := db.Model(&Rule{}).Where("code = ? AND kind <> '' AND (valid_to IS NULL OR valid_to > ?)", c.Code, c.From).
		Distinct().Pluck("kind", &kinds).Error
	return kinds, err
}

// SetRule puts a new version of a rule into force from its day on and ends the
// one before (staff.KeepClocks). Running limits that began on that day or later
// are moved by whoever watches (Recount); those that began before keep theirs.
// Errors as of PreviewChange, and step.ErrStale when rules or calendar changed
// since the preview that was confirmed.
func (b *Book) SetRule(ctx context.Context, by staff.Officer, c Change) error {
	if err := by.Require(staff.KeepClocks); err != nil {
		return err
	}
	c, err := c.tidy()
	if err != nil {
		return err
	}
	err = step.Again(func() error {
		return b.store.Transact(ctx, func(tx *gorm.DB) error { return b.setRule(tx, by, c) })
	})
	b.rules.forget()
	return err
}

func (b *Book) setRule(tx *gorm.DB, by staff.Officer, c Change) error {
	b.rules.forget() // what another replica set a moment ago counts
	now, err := b.versionBy(tx)
	if err != nil {
		return err
	}
	if c.Seen != "" && c.Seen != now {
		return step.ErrStale
	}
	next, before, err := b.changed(tx, c)
	if err != nil {
		return err
	}
	next.SetBy = &by.ID
	if err := replace(tx, next, before); err != nil {
		return err
	}
	return ledger.Append(tx, ledger.OfRule, ruleID(c.Code), "rule_set", by.Actor(), b.store.Now(), map[string]string{
		"rule": c.Code, "kind": c.Kind, "from": string(c.From), "why": clip(c.Why),
		"before": span(before), "now": span(next),
	})
}

// clip keeps a reason to what an event may carry (500 bytes); the rule has all
// of it.
func clip(text string) string {
	const most = 160 // characters, of three bytes mostly
	if r := []rune(text); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return text
}

// changed is the rule that a change makes, and the one that stood before it for
// the same kind, or for all when that kind had none.
func (b *Book) changed(db *gorm.DB, c Change) (next, before Rule, err error) {
	var all []Rule
	if err := db.Where("code = ?", c.Code).Order("kind, valid_from").Find(&all).Error; err != nil {
		return next, before, err
	}
	before, found := ruleOn(all, c.Kind, c.From)
	if !found {
		return next, before, store.ErrNotFound
	}
	for _, r := range all {
		if r.Kind == c.Kind && r.ValidFrom > c.From {
			return next, before, ErrTooEarly
		}
	}
	next = before
	next.Kind, next.N, next.DayKind, next.Basis = c.Kind, c.N, c.DayKind, c.Basis
	next.ValidFrom, next.ValidTo, next.SetWhy = c.From, nil, c.Why
	return next, before, nil
}

// replace ends the rule before and inserts the next. A rule that was set for
// the same day is replaced; the record keeps what it said.
func replace(tx *gorm.DB, next, before Rule) error {
	same := tx.Where("code = ? AND kind = ? AND valid_from = ?", next.Code, next.Kind, next.ValidFrom)
	if err := same.Delete(&Rule{}).Error; err != nil {
		return err
	}
	if before.Kind == next.Kind && before.ValidFrom < next.ValidFrom {
		err := tx.Model(&Rule{}).Where("code = ? AND kind = ? AND valid_from = ?", before.Code, before.Kind, before.ValidFrom).
			Updates(map[string]any{"valid_to": next.ValidFrom}).Error
		if err != nil {
			return err
		}
	}
	return tx.Create(&next).Error
}

// ruleID is the subject of a rule's events: the same for all its versions.
func ruleID(code string) uuid.UUID { return uuid.NewSHA1(CalendarID, []byte(code)) }

func span(r Rule) string { return strconv.Itoa(r.N) + " " + string(r.DayKind) }
