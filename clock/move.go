package clock

import (
	"errors"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"minsheng/internal/workday"
	"minsheng/ledger"
)

// Move is a running deadline whose last day is now another.
type Move struct {
	Deadline
	Before workday.Date
	Why    string // paused, resumed, calendar, rule (catalog key clock.moved.<why>)
}

// Happened reports whether the day is another one.
func (m Move) Happened() bool { return m.DueOn != m.Before }

// recount counts a running deadline again on what is known now, writes it where
// something changed, and records a move. A date that a reporter was told does
// not move to an earlier day. Without a reason the move gets that of counted.
func (b *Book) recount(tx *gorm.DB, by ledger.Actor, d Deadline, pauses []Pause, why string) (Move, error) {
	r, err := b.ruleOf(tx, d)
	if errors.Is(err, ErrNoRule) { // a rule that is gone leaves its dates as they are
		return Move{Deadline: d, Before: d.DueOn, Why: why}, nil
	}
	if err != nil {
		return Move{}, err
	}
	m := counted(b.calendar, d, r, pauses)
	if why != "" {
		m.Why = why
	}
	if same(d, m.Deadline) {
		return m, nil
	}
	err = tx.Model(&Deadline{}).Where("subject_id = ? AND rule = ? AND round = ?", m.SubjectID, m.Rule, m.Round).Updates(map[string]any{
		"n": m.N, "day_kind": m.DayKind, "basis": m.Basis, "started_on": m.StartedOn, "due_on": m.DueOn, "told_on": m.ToldOn,
		"calendar": m.Calendar, "provisional": m.Provisional,
	}).Error
	if err != nil || !m.Happened() {
		return m, err
	}
	return m, ledger.Append(tx, m.SubjectKind, m.SubjectID, "clock_moved", by, b.store.Now(), map[string]string{
		"rule": m.Rule, "before": string(m.Before), "due_on": string(m.DueOn), "why": m.Why,
	})
}

// ruleOf is the rule that a deadline is counted on; the zero rule for one whose
// days were granted.
func (b *Book) ruleOf(db *gorm.DB, d Deadline) (Rule, error) {
	if d.Extends {
		return Rule{}, nil
	}
	return b.RuleOn(db, d.Rule, d.SubjectOf, d.StartedOn)
}

// counted is where a deadline moves on a calendar and a rule (the zero rule: on
// the days it has), without writing anything. Why is "rule" when the rule counts
// otherwise than it did, else "calendar".
func counted(c *workday.Calendar, d Deadline, r Rule, pauses []Pause) Move {
	m := Move{Deadline: d, Before: d.DueOn, Why: "calendar"}
	if r.Code != "" {
		if r.N != d.N || r.DayKind != d.DayKind {
			m.Why = "rule"
		}
		m.N, m.DayKind, m.Basis = r.N, r.DayKind, r.Basis
	}
	due := c.Limit(d.StartedOn, m.N, m.DayKind, spansOf(pauses)...)
	m.DueOn, m.Calendar, m.Provisional = due.On, due.Calendar, due.Provisional
	if d.Agreed && len(pauses) == 0 {
		m.DueOn, m.Provisional = d.StartedOn.Add(d.N), false
	}
	if d.ToldOn != nil {
		m.DueOn = max(m.DueOn, *d.ToldOn)
		told := m.DueOn
		m.ToldOn = &told
	}
	return m
}

// same reports whether two counts of one deadline say the same.
func same(a, b Deadline) bool {
	told := a.ToldOn == b.ToldOn || a.ToldOn != nil && b.ToldOn != nil && *a.ToldOn == *b.ToldOn
	return told && a.N == b.N && a.DayKind == b.DayKind && a.Basis == b.Basis && a.DueOn == b.DueOn &&
		a.Calendar == b.Calendar && a.Provisional == b.Provisional
}

// Place is where a walk over the running deadlines has come to; the zero value
// is the beginning.
type Place struct {
	DueOn   workday.Date
	Subject uuid.UUID
	Rule    string
}

// PlaceOf is the place of a deadline on such a walk.
func PlaceOf(d Deadline) Place { return Place{d.DueOn, d.SubjectID, d.Rule} }

// After narrows a walk over running deadlines (due_on, subject_id, rule) to
// those behind a place.
func (p Place) After(query *gorm.DB) *gorm.DB {
	if p.DueOn == "" {
		return query
	}
	return query.Where("(deadline.due_on, deadline.subject_id, deadline.rule) > (?, ?, ?)", p.DueOn, p.Subject, p.Rule)
}

// Recount counts the next running deadlines again, at most n, in the caller's
// transaction, for a calendar or rules that changed. It returns those that
// moved, and where to go on; done when there are no more. A deadline that moves
// on the walk may be met again behind; it does not move twice.
func (b *Book) Recount(tx *gorm.DB, from Place, n int) (moved []Move, next Place, done bool, err error) {
	var open []Deadline
	// They are held: what somebody meets at this moment is not counted any more.
	query := from.After(tx.Where("met_at IS NULL")).Order("due_on, subject_id, rule").Limit(n).
		Clauses(clause.Locking{Strength: "UPDATE"})
	if err := query.Find(&open).Error; err != nil {
		return nil, from, false, err
	}
	pauses, err := pausesOf(tx, open...)
	if err != nil {
		return nil, from, false, err
	}
	next = from
	for _, d := range open {
		m, err := b.recount(tx, ledger.System(), d, pauses[runOf(d)], "")
		if err != nil {
			return nil, from, false, err
		}
		if m.Happened() {
			moved = append(moved, m)
		}
		next = PlaceOf(d)
	}
	return moved, next, len(open) < n, nil
}
