package clock

import (
	"github.com/google/uuid"
	"gorm.io/gorm"

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
// not move to an earlier day.
func (b *Book) recount(tx *gorm.DB, by ledger.Actor, d Deadline, why string) (Move, error) {
	m, err := b.counted(tx, d, why)
	if err != nil {
		return Move{}, err
	}
	err = tx.Model(&Deadline{}).Where("subject_id = ? AND rule = ? AND round = ?", m.SubjectID, m.Rule, m.Round).Updates(map[string]any{
		"n": m.N, "day_kind": m.DayKind, "basis": m.Basis, "started_on": m.StartedOn, "due_on": m.DueOn, "told_on": m.ToldOn,
		"calendar": m.Calendar, "provisional": m.Provisional,
	}).Error
	if err != nil || !m.Happened() {
		return m, err
	}
	return m, ledger.Append(tx, m.SubjectKind, m.SubjectID, "clock_moved", by, b.store.Now(), map[string]string{
		"rule": m.Rule, "before": string(m.Before), "due_on": string(m.DueOn), "why": why,
	})
}

// counted is where a deadline would move, without writing anything.
func (b *Book) counted(db *gorm.DB, d Deadline, why string) (Move, error) {
	m := Move{Deadline: d, Before: d.DueOn, Why: why}
	if !d.Extends {
		r, err := b.RuleOn(db, d.Rule, d.SubjectOf, d.StartedOn)
		if err != nil {
			return Move{}, err
		}
		m.N, m.DayKind, m.Basis = r.N, r.DayKind, r.Basis
	}
	pauses, err := b.pausesOf(db, d)
	if err != nil {
		return Move{}, err
	}
	due := b.calendar.Limit(d.StartedOn, m.N, m.DayKind, spansOf(pauses)...)
	m.DueOn, m.Calendar, m.Provisional = due.On, due.Calendar, due.Provisional
	if d.ToldOn != nil {
		m.DueOn = max(m.DueOn, *d.ToldOn)
		m.ToldOn = &m.DueOn
	}
	return m, nil
}

// Place is where a walk over the running deadlines has come to; the zero value
// is the beginning.
type Place struct {
	DueOn   workday.Date
	Subject uuid.UUID
	Rule    string
}

// Recount counts the next running deadlines again, at most n, in the caller's
// transaction, for a calendar or rules that changed. It returns those that
// moved, and where to go on; done when there are no more.
func (b *Book) Recount(tx *gorm.DB, from Place, n int, why string) (moved []Move, next Place, done bool, err error) {
	var open []Deadline
	query := tx.Where("met_at IS NULL").Order("due_on, subject_id, rule").Limit(n)
	if from.DueOn != "" {
		query = query.Where("(due_on, subject_id, rule) > (?, ?, ?)", from.DueOn, from.Subject, from.Rule)
	}
	if err := query.Find(&open).Error; err != nil {
		return nil, from, false, err
	}
	for _, d := range open {
		m, err := b.recount(tx, ledger.System(), d, why)
		if err != nil {
			return nil, from, false, err
		}
		if m.Happened() {
			moved = append(moved, m)
		}
		next = Place{d.DueOn, d.SubjectID, d.Rule}
	}
	return moved, next, len(open) < n, nil
}
