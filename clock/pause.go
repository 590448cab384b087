package clock

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/staff"
)

// What lets a clock stand still, where its rule allows it (DOMAIN §3.1 X10,
// §8.2; catalog key clock.pause.<code>).
const (
	Hearing    = "hearing"    // a hearing in a re-examination
	Suspension = "suspension" // a court or the discipline organ has the matter
)

// PauseReasons lists the codes in order.
func PauseReasons() []string { return []string{Hearing, Suspension} }

var (
	// ErrNoPause means that the rule of the clock does not allow it to pause
	// for that reason.
	ErrNoPause = errors.New("clock: this limit does not pause for that")
	// ErrPaused means that the clock already stands still on some of those days.
	ErrPaused = errors.New("clock: paused already")
	// ErrSpan means that a pause would begin before its clock did, in the past,
	// end before it begins, or last longer than a year.
	ErrSpan = errors.New("clock: no such pause")
)

const longestPause = 366 // days

// Pause is a stretch of days that a clock does not count. It ends by itself.
type Pause struct {
	ID        uuid.UUID `gorm:"primaryKey"`
	SubjectID uuid.UUID
	Rule      string
	Round     int
	Why       string       // one of PauseReasons
	FirstOn   workday.Date // both ends counted
	LastOn    workday.Date // moves back when the clock is resumed earlier
	ByID      uuid.UUID
	At        time.Time
}

// TableName is deadline_pause.
func (Pause) TableName() string { return "deadline_pause" }

// Pause stops the running clock of a rule from a day on until a last day, both
// counted, after which it runs on by itself; the due date moves by what the
// pause takes away. An extension that has not begun to count begins that much
// later. It returns the move, for whoever keeps the subject. Errors:
// store.ErrNotFound, ErrNoPause, ErrPaused, ErrSpan.
func (b *Book) Pause(tx *gorm.DB, by staff.Officer, subject uuid.UUID, rule, why string, first, last workday.Date) (Move, error) {
	d, err := b.running(tx, subject, rule)
	if err != nil {
		return Move{}, err
	}
	r, err := b.RuleOn(tx, rule, d.SubjectOf, d.StartedOn)
	if err != nil {
		return Move{}, err
	}
	if r.PauseOn == "" || r.PauseOn != why {
		return Move{}, ErrNoPause
	}
	early := d.extension() && first <= d.StartedOn
	if first <= d.StartedOn && !early || first < b.today() || first > d.DueOn || last < first || last.Sub(first) >= longestPause {
		return Move{}, ErrSpan
	}
	all, err := pausesOf(tx, d)
	if err != nil {
		return Move{}, err
	}
	pauses := all[runOf(d)]
	for _, p := range pauses {
		if p.FirstOn <= last && first <= p.LastOn {
			return Move{}, ErrPaused
		}
	}
	id, err := uuid.NewV7()
	if err != nil {
		return Move{}, err
	}
	p := Pause{id, subject, rule, d.Round, why, first, last, by.ID, b.store.Now()}
	if err := tx.Create(&p).Error; err != nil {
		return Move{}, err
	}
	if early {
		d.StartedOn = d.StartedOn.Add(last.Sub(first) + 1)
	}
	return b.recount(tx, by.Actor(), d, append(pauses, p), "paused")
}

// Resume ends the pause of a running clock early: it counts again from today
// on. A date that a reporter was told stays. Errors: store.ErrNotFound when the
// clock does not run or does not pause.
func (b *Book) Resume(tx *gorm.DB, by staff.Officer, subject uuid.UUID, rule string) (Move, error) {
	d, err := b.running(tx, subject, rule)
	if err != nil {
		return Move{}, err
	}
	today := b.today()
	var p Pause
	paused := tx.Where("subject_id = ? AND rule = ? AND round = ?", subject, rule, d.Round).
		Where("last_on >= ?", today).Order("first_on")
	if err := store.One(paused, &p); err != nil {
		return Move{}, err
	}
	if today <= p.FirstOn { // it has not begun
		err = tx.Delete(&Pause{}, "id = ?", p.ID).Error
	} else {
		err = tx.Model(&Pause{}).Where("id = ?", p.ID).Updates(map[string]any{"last_on": today.Add(-1)}).Error
	}
	if err != nil {
		return Move{}, err
	}
	pauses, err := pausesOf(tx, d)
	if err != nil {
		return Move{}, err
	}
	if d.extension() && p.LastOn < d.StartedOn { // it held up the beginning
		d.StartedOn = d.StartedOn.Add(max(today, p.FirstOn).Sub(p.LastOn) - 1)
	}
	return b.recount(tx, by.Actor(), d, pauses[runOf(d)], "resumed")
}

// run names one round of one clock of one subject.
type run struct {
	subject uuid.UUID
	rule    string
	round   int
}

func runOf(d Deadline) run { return run{d.SubjectID, d.Rule, d.Round} }

// pausesOf reads the pauses of running deadlines, those of each in order, at
// most 5000 together.
func pausesOf(db *gorm.DB, all ...Deadline) (map[run][]Pause, error) {
	var ids []uuid.UUID
	for _, d := range all {
		ids = append(ids, d.SubjectID)
	}
	of := map[run][]Pause{}
	if len(ids) == 0 {
		return of, nil
	}
	var rows []Pause
	err := db.Where("subject_id IN ?", ids).Order("subject_id, first_on, id").Limit(5000).Find(&rows).Error
	for _, p := range rows {
		at := run{p.SubjectID, p.Rule, p.Round}
		of[at] = append(of[at], p)
	}
	return of, err
}

// PausesIn lists the pauses of the clocks of a subject in a transaction, in order,
// at most 100.
func (b *Book) PausesIn(db *gorm.DB, subject uuid.UUID) ([]Pause, error) {
	var pauses []Pause
	err := db.Where("subject_id = ?", subject).Order("first_on, id").Limit(100).Find(&pauses).Error
	return pauses, err
}

// Pauses lists the pauses of the clocks of subjects, in order, at most 500.
func (b *Book) Pauses(ctx context.Context, subjects ...uuid.UUID) ([]Pause, error) {
	var pauses []Pause
	err := b.store.Read(ctx).Where("subject_id IN ?", subjects).Order("first_on, id").Limit(500).Find(&pauses).Error
	return pauses, err
}

func spansOf(pauses []Pause) []workday.Span {
	var spans []workday.Span
	for _, p := range pauses {
		spans = append(spans, workday.Span{First: p.FirstOn, Last: p.LastOn})
	}
	return spans
}
