package clock

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/ledger"
)

// Subject is what a clock runs for.
type Subject struct {
	Kind ledger.Subject
	ID   uuid.UUID
	Of   string // its own kind, for which a rule of its own may stand; "" none
}

// Deadline is a running or met time limit with what it was counted on.
type Deadline struct {
	SubjectID   uuid.UUID `gorm:"primaryKey"`
	Rule        string    `gorm:"primaryKey"`
	Round       int       `gorm:"primaryKey;autoIncrement:false"` // grows when the same clock starts again
	SubjectKind ledger.Subject
	SubjectOf   string
	N           int
	DayKind     workday.Unit
	Basis       string
	StartedOn   workday.Date // the day before the first that counts
	DueOn       workday.Date
	Calendar    string
	Provisional bool
	Extends     bool          // its days were granted, not taken from the rule
	Agreed      bool          // its last day was agreed on, and so is not counted
	ToldOn      *workday.Date // the last day that a reporter was told; nil: nobody was
	MetAt       *time.Time    // nil while it runs
}

// TableName is deadline.
func (Deadline) TableName() string { return "deadline" }

// extension reports whether the deadline goes on from the last day of the one
// before.
func (d Deadline) extension() bool { return d.Extends && d.Round > 1 }

// Subject is what the deadline runs for.
func (d Deadline) Subject() Subject { return Subject{d.SubjectKind, d.SubjectID, d.SubjectOf} }

// Begin counts a rule's limit for a subject from a day on without writing
// anything: for rows that are inserted together. A limit of the law that runs
// for a complaint counts as told, and so does every limit of an objection: the
// receipt and the tracking page show them.
func (b *Book) Begin(db *gorm.DB, s Subject, rule string, from workday.Date) (Deadline, error) {
	r, err := b.RuleOn(db, rule, s.Of, from)
	if err != nil {
		return Deadline{}, err
	}
	d := b.begin(s, r, from)
	d.Round = 1
	return d, nil
}

func (b *Book) begin(s Subject, r Rule, from workday.Date) Deadline {
	due := b.calendar.Limit(from, r.N, r.DayKind)
	d := Deadline{
		SubjectID: s.ID, SubjectKind: s.Kind, SubjectOf: s.Of, Rule: r.Code, N: r.N, DayKind: r.DayKind, Basis: r.Basis,
		StartedOn: from, DueOn: due.On, Calendar: due.Calendar, Provisional: due.Provisional,
	}
	if shown := s.Kind == ledger.OfObjection || s.Kind == ledger.OfComplaint && r.Duty == Statutory; shown {
		told := d.DueOn
		d.ToldOn = &told
	}
	return d
}

// Start opens the deadline of a rule for a subject from a day on, in the
// caller's transaction, and returns it. A clock that ran before starts a new
// round; the old one is met.
func (b *Book) Start(tx *gorm.DB, s Subject, rule string, from workday.Date) (Deadline, error) {
	r, err := b.RuleOn(tx, rule, s.Of, from)
	if err != nil {
		return Deadline{}, err
	}
	return b.nextRound(tx, b.begin(s, r, from))
}

// Until opens a deadline whose last day was agreed on and not counted: a date
// that an order, a plan or a request names. It may be a day off; neither a
// calendar nor a rule moves it. The rule says what it is and on which basis it
// stands.
func (b *Book) Until(tx *gorm.DB, s Subject, rule string, from, last workday.Date) (Deadline, error) {
	r, err := b.RuleOn(tx, rule, s.Of, from)
	if err != nil {
		return Deadline{}, err
	}
	d := b.begin(s, r, from)
	d.N, d.DayKind, d.DueOn, d.Extends, d.Agreed = last.Sub(from), workday.CalendarDays, last, true, true
	d.Provisional = false
	if d.ToldOn != nil {
		d.ToldOn = &last
	}
	return b.nextRound(tx, d)
}

// Tell adds to the facts of an event the last days that begin with it, as
// "due:RULE": the event is in the public log, and a day that stands there cannot
// be moved unseen.
func Tell(facts map[string]string, begun ...Deadline) map[string]string {
	for _, d := range begun {
		facts["due:"+d.Rule] = string(d.DueOn)
	}
	return facts
}

// Extend meets the running clock of a rule and starts its next round: days
// more, counted from its last day, with the legal basis of the rule's
// "_extension_max", which also is the limit of days. ErrNoRule when the rule
// cannot be extended so far; store.ErrNotFound when the clock does not run.
func (b *Book) Extend(tx *gorm.DB, subject uuid.UUID, rule string, days int) (Deadline, error) {
	running, err := b.running(tx, subject, rule)
	if err != nil {
		return Deadline{}, err
	}
	most, err := b.RuleOn(tx, rule+"_extension_max", running.SubjectOf, running.DueOn)
	if err != nil {
		return Deadline{}, err
	}
	if days < 1 || days > most.N {
		return Deadline{}, fmt.Errorf("%w: %s by %d days", ErrNoRule, rule, days)
	}
	most.Code, most.N = rule, days
	next := b.begin(running.Subject(), most, running.DueOn)
	next.Extends = true
	return b.nextRound(tx, next)
}

// running is the clock of a rule that runs, or store.ErrNotFound.
func (b *Book) running(tx *gorm.DB, subject uuid.UUID, rule string) (d Deadline, err error) {
	open := tx.Where("subject_id = ? AND rule = ? AND met_at IS NULL", subject, rule).Order("round DESC")
	return d, store.One(open, &d)
}

// TakeOver lets a clock that runs for another subject run for this one too, to
// the same last day: it was promised and is not counted again.
func (b *Book) TakeOver(tx *gorm.DB, subject uuid.UUID, theirs Deadline) error {
	theirs.SubjectID, theirs.MetAt = subject, nil
	_, err := b.nextRound(tx, theirs)
	return err
}

// nextRound meets the clock that runs and starts another in its place.
func (b *Book) nextRound(tx *gorm.DB, next Deadline) (Deadline, error) {
	if err := b.Meet(tx, next.SubjectID, next.Rule); err != nil {
		return Deadline{}, err
	}
	last := tx.Model(&Deadline{}).Where("subject_id = ? AND rule = ?", next.SubjectID, next.Rule)
	if err := last.Select("coalesce(max(round), 0) + 1").Scan(&next.Round).Error; err != nil {
		return Deadline{}, err
	}
	return next, tx.Create(&next).Error
}

// Meet marks the clocks of the rules as met, in the caller's transaction;
// without rules all of the subject: nothing is owed any more. A clock that does
// not run is not an error.
func (b *Book) Meet(tx *gorm.DB, subject uuid.UUID, rules ...string) error {
	open := tx.Model(&Deadline{}).Where("subject_id = ? AND met_at IS NULL", subject)
	if len(rules) > 0 {
		open = open.Where("rule IN ?", rules)
	}
	return open.Updates(map[string]any{"met_at": b.store.Now()}).Error
}

// Next is the earliest running deadline of a subject; nil when none runs.
func (b *Book) Next(tx *gorm.DB, subject uuid.UUID) (*Deadline, error) {
	var next Deadline
	err := store.One(tx.Where("subject_id = ? AND met_at IS NULL", subject).Order("due_on, rule"), &next)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &next, nil
}

// Append writes the next event of a subject with the last days that run for it
// (Tell). A room calls it after it has begun and stopped its clocks.
func (b *Book) Append(tx *gorm.DB, of ledger.Subject, id uuid.UUID, kind string, by ledger.Actor, facts map[string]string) error {
	running, err := b.Running(tx, id)
	if err != nil {
		return err
	}
	told := map[string]string{}
	maps.Copy(told, facts)
	return ledger.Append(tx, of, id, kind, by, b.store.Now(), Tell(told, running...))
}

// TellParts is Tell for the clocks that run for parts of an event's subject, as
// "due:RULE@PART".
func (b *Book) TellParts(tx *gorm.DB, facts map[string]string, parts ...uuid.UUID) (map[string]string, error) {
	if facts == nil {
		facts = map[string]string{}
	}
	if len(parts) == 0 {
		return facts, nil
	}
	var running []Deadline
	if err := tx.Where("subject_id IN ? AND met_at IS NULL", parts).Order("subject_id, rule").Limit(1000).Find(&running).Error; err != nil {
		return nil, err
	}
	for _, d := range running {
		facts["due:"+d.Rule+"@"+d.SubjectID.String()] = string(d.DueOn)
	}
	return facts, nil
}

// Running lists the unmet deadlines of a subject, earliest first, at most 50.
func (b *Book) Running(tx *gorm.DB, subject uuid.UUID) ([]Deadline, error) {
	var open []Deadline
	err := tx.Where("subject_id = ? AND met_at IS NULL", subject).Order("due_on, rule").Limit(50).Find(&open).Error
	return open, err
}

// Of lists the time limits of subjects, running and met, by due date, at most
// 500.
func (b *Book) Of(ctx context.Context, subjects ...uuid.UUID) ([]Deadline, error) {
	var all []Deadline
	err := b.store.Read(ctx).Where("subject_id IN ?", subjects).Order("due_on, rule, round").Limit(500).Find(&all).Error
	return all, err
}
