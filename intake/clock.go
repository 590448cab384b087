package intake

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/store"
	"minsheng/internal/workday"
)

// The rules whose clocks intake itself starts, stops or shows (DOMAIN §3.5).
const (
	RuleTriage = "complaint.triage_target" // internal: first look
	RuleAccept = "complaint.accept_notice" // statutory: the reporter is told whether it is taken up
	RuleReply  = "complaint.reply"         // statutory: the answer
)

// ErrNoRule means that no time limit of that code was valid on that day.
var ErrNoRule = errors.New("intake: no such time rule")

// Rule is one time limit as the law or the house sets it.
type Rule struct {
	Code      string
	N         int
	DayKind   workday.Unit
	FromEvent string
	Duty      string // "statutory" or "internal"; only statutory ones are shown to reporters
	Basis     string
	ValidFrom workday.Date
	ValidTo   *workday.Date // first day on which it is no longer valid
}

// TableName is time_rule.
func (Rule) TableName() string { return "time_rule" }

// Deadline is a running or met time limit with what it was counted on.
type Deadline struct {
	SubjectID   uuid.UUID `gorm:"primaryKey"`
	Rule        string    `gorm:"primaryKey"`
	Round       int       `gorm:"primaryKey;autoIncrement:false"`
	N           int
	DayKind     workday.Unit
	Basis       string
	StartedOn   workday.Date
	DueOn       workday.Date
	Calendar    string
	Provisional bool
	MetAt       *time.Time // nil while it runs
}

// TableName is deadline.
func (Deadline) TableName() string { return "deadline" }

// rulebook keeps the time rules in memory for half a minute: they change once
// in years, and then every replica should know soon.
type rulebook struct {
	mu   sync.Mutex
	read time.Time
	all  map[string][]Rule
}

const rulesLive = 30 * time.Second

// rulesBy returns the rules, reading them through db when they are old. Inside
// a transaction db must be the transaction: a second connection could wait for
// the first for ever. For the same reason nothing is locked while reading.
func (d *Desk) rulesBy(db *gorm.DB) (map[string][]Rule, error) {
	now := d.store.Now()
	if all := d.rules.fresh(now); all != nil {
		return all, nil
	}
	var rows []Rule
	if err := db.Order("code, valid_from").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("intake: read time rules: %w", err)
	}
	all := map[string][]Rule{}
	for _, r := range rows {
		all[r.Code] = append(all[r.Code], r)
	}
	d.rules.keep(all, now)
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

func (b *rulebook) keep(all map[string][]Rule, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.all, b.read = all, now
}

// RuleOn returns the time rule of a code as it was valid on a day, or
// ErrNoRule.
func (d *Desk) RuleOn(ctx context.Context, code string, day workday.Date) (Rule, error) {
	return d.ruleOn(d.store.Read(ctx), code, day)
}

func (d *Desk) ruleOn(db *gorm.DB, code string, day workday.Date) (Rule, error) {
	all, err := d.rulesBy(db)
	if err != nil {
		return Rule{}, err
	}
	for _, r := range all[code] {
		if r.ValidFrom <= day && (r.ValidTo == nil || day < *r.ValidTo) {
			return r, nil
		}
	}
	return Rule{}, fmt.Errorf("%w: %s on %s", ErrNoRule, code, day)
}

// begin counts a rule's limit from a day on.
func (d *Desk) begin(r Rule, subject uuid.UUID, round int, from workday.Date) Deadline {
	due := d.calendar.Limit(from, r.N, r.DayKind)
	return Deadline{
		SubjectID: subject, Rule: r.Code, Round: round, N: r.N, DayKind: r.DayKind, Basis: r.Basis,
		StartedOn: from, DueOn: due.On, Calendar: due.Calendar, Provisional: due.Provisional,
	}
}

// StartClock opens the deadline of a rule for a subject from a day on, in the
// caller's transaction, and returns it. A clock that ran before starts a new
// round; the old one is met. Call NextDue when all clocks of a step are set.
func (d *Desk) StartClock(tx *gorm.DB, subject uuid.UUID, rule string, from workday.Date) (Deadline, error) {
	r, err := d.ruleOn(tx, rule, from)
	if err != nil {
		return Deadline{}, err
	}
	return d.startRound(tx, subject, r, from)
}

// ExtendClock meets the running clock of a rule and starts its next round: days
// more, counted from its last day, with the legal basis of the rule's
// "_extension_max", which also is the limit of days. ErrNoRule when the rule
// cannot be extended so far; store.ErrNotFound when the clock does not run.
func (d *Desk) ExtendClock(tx *gorm.DB, subject uuid.UUID, rule string, days int) (Deadline, error) {
	var running Deadline
	open := tx.Where("subject_id = ? AND rule = ? AND met_at IS NULL", subject, rule).Order("round DESC")
	if err := store.One(open, &running); err != nil {
		return Deadline{}, err
	}
	most, err := d.ruleOn(tx, rule+"_extension_max", running.DueOn)
	if err != nil {
		return Deadline{}, err
	}
	if days < 1 || days > most.N {
		return Deadline{}, fmt.Errorf("%w: %s by %d days", ErrNoRule, rule, days)
	}
	most.Code, most.N = rule, days
	return d.startRound(tx, subject, most, running.DueOn)
}

// TakeOverClock lets a clock that runs for another subject run for this one
// too, to the same last day: it was promised and is not counted again.
func (d *Desk) TakeOverClock(tx *gorm.DB, subject uuid.UUID, theirs Deadline) error {
	theirs.SubjectID, theirs.MetAt = subject, nil
	_, err := d.nextRound(tx, theirs)
	return err
}

func (d *Desk) startRound(tx *gorm.DB, subject uuid.UUID, r Rule, from workday.Date) (Deadline, error) {
	return d.nextRound(tx, d.begin(r, subject, 0, from))
}

// nextRound meets the clock that runs and starts another in its place.
func (d *Desk) nextRound(tx *gorm.DB, next Deadline) (Deadline, error) {
	if err := d.MeetClock(tx, next.SubjectID, next.Rule); err != nil {
		return Deadline{}, err
	}
	last := tx.Model(&Deadline{}).Where("subject_id = ? AND rule = ?", next.SubjectID, next.Rule)
	if err := last.Select("coalesce(max(round), 0) + 1").Scan(&next.Round).Error; err != nil {
		return Deadline{}, err
	}
	return next, tx.Create(&next).Error
}

// MeetClock marks the clock of a rule as met, in the caller's transaction. A
// clock that does not run is not an error.
func (d *Desk) MeetClock(tx *gorm.DB, subject uuid.UUID, rule string) error {
	return tx.Model(&Deadline{}).Where("subject_id = ? AND rule = ? AND met_at IS NULL", subject, rule).
		Updates(map[string]any{"met_at": d.store.Now()}).Error
}

// MeetClocks marks all clocks of a subject as met: nothing is owed any more.
func (d *Desk) MeetClocks(tx *gorm.DB, subject uuid.UUID) error {
	return tx.Model(&Deadline{}).Where("subject_id = ? AND met_at IS NULL", subject).
		Updates(map[string]any{"met_at": d.store.Now()}).Error
}

// NextDue writes the earliest running deadline of a complaint to its row, in
// the caller's transaction. It leaves the row's version alone: nothing that a
// person decided has changed.
func (d *Desk) NextDue(tx *gorm.DB, complaint uuid.UUID) error {
	var next Deadline
	err := store.One(tx.Where("subject_id = ? AND met_at IS NULL", complaint).Order("due_on, rule"), &next)
	due := map[string]any{"due_on": next.DueOn, "due_rule": next.Rule}
	if errors.Is(err, store.ErrNotFound) {
		due["due_on"] = nil
	} else if err != nil {
		return err
	}
	return tx.Model(&Complaint{}).Where("id = ?", complaint).Updates(due).Error
}

// Deadlines lists the time limits of subjects, running and met, by due date.
func (d *Desk) Deadlines(ctx context.Context, subjects ...uuid.UUID) ([]Deadline, error) {
	var all []Deadline
	err := d.store.Read(ctx).Where("subject_id IN ?", subjects).Order("due_on, rule, round").Limit(500).Find(&all).Error
	return all, err
}
