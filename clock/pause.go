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
// pause takes away. It returns the move, for whoever keeps the subject. Errors:
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
	if first <= d.StartedOn || first < b.today() || first > d.DueOn || last < first || last.Sub(first) >= longestPause {
		return Move{}, ErrSpan
	}
	pauses, err := b.pausesOf(tx, d)
	if err != nil {
		return Move{}, err
	}
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
	return b.recount(tx, by.Actor(), d, "paused")
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
	return b.recount(tx, by.Actor(), d, "resumed")
}

func (b *Book) pausesOf(db *gorm.DB, d Deadline) ([]Pause, error) {
	var pauses []Pause
	err := db.Where("subject_id = ? AND rule = ? AND round = ?", d.SubjectID, d.Rule, d.Round).
		Order("first_on").Limit(50).Find(&pauses).Error
	return pauses, err
}

// Pauses lists the pauses of a subject's clocks, in order, at most 100.
func (b *Book) Pauses(ctx context.Context, subject uuid.UUID) ([]Pause, error) {
	return b.PausesIn(b.store.Read(ctx), subject)
}

// PausesIn is Pauses inside a transaction.
func (b *Book) PausesIn(db *gorm.DB, subject uuid.UUID) ([]Pause, error) {
	var pauses []Pause
	err := db.Where("subject_id = ?", subject).Order("first_on, id").Limit(100).Find(&pauses).Error
	return pauses, err
}

func spansOf(pauses []Pause) []workday.Span {
	var spans []workday.Span
	for _, p := range pauses {
		spans = append(spans, workday.Span{First: p.FirstOn, Last: p.LastOn})
	}
	return spans
}
