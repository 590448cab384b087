package clock

import (
	"context"

	"gorm.io/gorm"

	"minsheng/internal/store"
	"minsheng/internal/workday"
)

// Book holds the time rules, the calendar and every deadline. It is safe for
// use by many goroutines.
type Book struct {
	store    *store.Store
	calendar *workday.Calendar
	rules    rulebook
	leaves   leaves
	overdue  lateness
}

// New returns the book on a calendar, which it keeps up to date with the days
// that were imported (LoadCalendar).
func New(s *store.Store, calendar *workday.Calendar) *Book {
	return &Book{store: s, calendar: calendar}
}

// Calendar is the calendar that everything is counted on.
func (b *Book) Calendar() *workday.Calendar { return b.calendar }

// Version names what dates are counted on: the calendar and the rules. A
// deadline that was counted on another version may have to move.
func (b *Book) Version(ctx context.Context) (string, error) { return b.versionBy(b.store.Read(ctx)) }

func (b *Book) versionBy(db *gorm.DB) (string, error) {
	if _, err := b.rulesBy(db); err != nil {
		return "", err
	}
	b.rules.mu.Lock()
	defer b.rules.mu.Unlock()
	return b.calendar.Version() + "+" + b.rules.version, nil
}

func (b *Book) today() workday.Date { return workday.On(b.store.Now()) }
