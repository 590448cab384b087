package clock

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/workday"
)

// ErrNoRule means that no time limit of that code was valid on that day.
var ErrNoRule = errors.New("clock: no such time rule")

// Whose promise a limit is.
const (
	Statutory = "statutory" // of the law: reporters are told the date
	Internal  = "internal"  // of the house
)

// Rule is one time limit as the law or the house sets it.
type Rule struct {
	Code      string `gorm:"primaryKey"`
	Kind      string `gorm:"primaryKey"` // of the subjects it is for: a kind of complaint, the origin of an item …; "" all others
	N         int    // 0 to 3650
	DayKind   workday.Unit
	FromEvent string
	Duty      string // Statutory or Internal
	PauseOn   string // what lets it pause: one of PauseReasons, or ""
	Basis     string
	ValidFrom workday.Date  `gorm:"primaryKey"`
	ValidTo   *workday.Date // first day on which it is no longer valid
	SetBy     *uuid.UUID    // nil: came with the portal
	SetWhy    string
}

// TableName is time_rule.
func (Rule) TableName() string { return "time_rule" }

func (r Rule) validOn(day workday.Date) bool {
	return r.ValidFrom <= day && (r.ValidTo == nil || day < *r.ValidTo)
}

// rulebook keeps the time rules in memory for half a minute: they change once
// in years, and then every replica should know soon.
type rulebook struct {
	mu      sync.Mutex
	read    time.Time
	all     map[string][]Rule
	version string
}

const rulesLive = 30 * time.Second

// rulesBy returns the rules, reading them through db when they are old. Inside
// a transaction db must be the transaction: a second connection could wait for
// the first for ever. For the same reason nothing is locked while reading.
func (b *Book) rulesBy(db *gorm.DB) (map[string][]Rule, error) {
	now := b.store.Now()
	if all := b.rules.fresh(now); all != nil {
		return all, nil
	}
	var rows []Rule
	if err := db.Order("code, kind, valid_from").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("clock: read time rules: %w", err)
	}
	all := map[string][]Rule{}
	sum := sha256.New()
	for _, r := range rows {
		all[r.Code] = append(all[r.Code], r)
		until := workday.Date("")
		if r.ValidTo != nil {
			until = *r.ValidTo
		}
		fmt.Fprintln(sum, r.Code, r.Kind, r.N, r.DayKind, r.Basis, r.ValidFrom, until)
	}
	b.rules.keep(all, hex.EncodeToString(sum.Sum(nil)[:4]), now)
	return all, nil
}

func (b *rulebook) fresh(now time.Time) map[string][]Rule {
	b.mu.Lock()
	defer b.mu.Unlock()
	if now.Sub(b.read).Abs() < rulesLive {
		return b.all
	}
	return nil
}

func (b *rulebook) keep(all map[string][]Rule, version string, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.all, b.version, b.read = all, version, now
}

// forget has the rules read again at the next question.
func (b *rulebook) forget() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.read = time.Time{}
}

// RuleOn returns the time rule of a code for a kind of subject as it was valid
// on a day, or ErrNoRule. What stands for that kind goes before what stands for
// all. db is the transaction inside one.
func (b *Book) RuleOn(db *gorm.DB, code, kind string, day workday.Date) (Rule, error) {
	all, err := b.rulesBy(db)
	if err != nil {
		return Rule{}, err
	}
	if r, found := ruleOn(all[code], kind, day); found {
		return r, nil
	}
	return Rule{}, fmt.Errorf("%w: %s on %s", ErrNoRule, code, day)
}

func ruleOn(rules []Rule, kind string, day workday.Date) (Rule, bool) {
	var general Rule
	found := false
	for _, r := range rules {
		if !r.validOn(day) {
			continue
		}
		if r.Kind == kind {
			return r, true
		}
		if r.Kind == "" {
			general, found = r, true
		}
	}
	return general, found
}

// Kinds lists the kinds of subjects for which any of the codes has, or had, a
// rule of its own, in order.
func (b *Book) Kinds(ctx context.Context, codes ...string) ([]string, error) {
	all, err := b.rulesBy(b.store.Read(ctx))
	var kinds []string
	for _, code := range codes {
		for _, r := range all[code] {
			if r.Kind != "" {
				kinds = append(kinds, r.Kind)
			}
		}
	}
	slices.Sort(kinds)
	return slices.Compact(kinds), err
}

// Stood returns the time rule of a code as RuleOn does, outside any transaction.
func (b *Book) Stood(ctx context.Context, code, kind string, day workday.Date) (Rule, error) {
	return b.RuleOn(b.store.Read(ctx), code, kind, day)
}

// IsStatutory reports whether a limit is the law's. Only those are told to
// reporters. db is the transaction inside one.
func (b *Book) IsStatutory(db *gorm.DB, code string) (bool, error) {
	all, err := b.rulesBy(db)
	if err != nil || len(all[code]) == 0 {
		return false, err
	}
	return all[code][0].Duty == Statutory, nil
}
