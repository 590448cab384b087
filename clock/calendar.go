package clock

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/workday"
)

// CalendarID is the subject of the calendar's events: there is one calendar.
var CalendarID = uuid.MustParse("00000000-0000-7000-8000-00000000ca1e")

// dayRow is an announced day as stored.
type dayRow struct {
	On     workday.Date `gorm:"primaryKey;column:on_day"`
	Works  bool
	Name   string
	Source string
	At     time.Time
}

func (dayRow) TableName() string { return "calendar_day" }

// yearRow is a year whose days off are announced.
type yearRow struct {
	Year int `gorm:"primaryKey;autoIncrement:false"`
	At   time.Time
}

func (yearRow) TableName() string { return "calendar_year" }

// leaves remembers which imported days the calendar has adopted.
type leaves struct {
	mu   sync.Mutex
	days []workday.Day
}

// LoadCalendar has the calendar adopt what was imported, here or by another
// replica. Call it at start and every half minute.
func (b *Book) LoadCalendar(ctx context.Context) error {
	days, years, err := stored(b.store.Read(ctx))
	if err != nil {
		return err
	}
	b.leaves.mu.Lock()
	defer b.leaves.mu.Unlock()
	missing := slices.ContainsFunc(years, func(y int) bool { return !b.calendar.Announced(y) })
	if missing || !slices.Equal(days, b.leaves.days) {
		b.calendar.Adopt(days, years)
		b.leaves.days = days
	}
	return nil
}

// stored reads what was imported: some four hundred days in ten years.
func stored(db *gorm.DB) (days []workday.Day, years []int, err error) {
	var rows []dayRow
	if err := db.Order("on_day").Limit(40_000).Find(&rows).Error; err != nil {
		return nil, nil, fmt.Errorf("clock: read calendar: %w", err)
	}
	if err := db.Model(&yearRow{}).Order("year").Limit(100).Pluck("year", &years).Error; err != nil {
		return nil, nil, fmt.Errorf("clock: read calendar: %w", err)
	}
	for _, r := range rows {
		days = append(days, workday.Day{On: r.On, Works: r.Works, Name: r.Name, Source: r.Source})
	}
	return days, years, nil
}

// alarmFrom is the month and day from which next year's calendar is missed: it
// was announced on 12 November 2024 and on 4 November 2025 (DOMAIN §11).
const alarmFrom = "-11-01"

// MissingYear is the year whose calendar has to be imported now: this one, or
// from 1 November the next. 0 when none is missing.
func (b *Book) MissingYear() int {
	today := b.today()
	year := today.Year()
	if !b.calendar.Announced(year) {
		return year
	}
	if today >= workday.Date(strconv.Itoa(year)+alarmFrom) && !b.calendar.Announced(year+1) {
		return year + 1
	}
	return 0
}
