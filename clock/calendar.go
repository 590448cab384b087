package clock

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"minsheng/internal/workday"
	"minsheng/ledger"
)

// calendarID is the subject of the calendar's events: there is one calendar.
var calendarID = uuid.MustParse("00000000-0000-7000-8000-00000000ca1e")

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
	var rows []dayRow
	if err := b.store.Read(ctx).Order("on_day").Find(&rows).Error; err != nil {
		return fmt.Errorf("clock: read calendar: %w", err)
	}
	var years []int
	if err := b.store.Read(ctx).Model(&yearRow{}).Order("year").Pluck("year", &years).Error; err != nil {
		return fmt.Errorf("clock: read calendar: %w", err)
	}
	var days []workday.Day
	for _, r := range rows {
		days = append(days, workday.Day{On: r.On, Works: r.Works, Name: r.Name, Source: r.Source})
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

// Imported says what an import of days changed.
type Imported struct{ Added, Changed, Same int }

// ErrUnannounced means that a year was to be called announced although the days
// do not tell of its New Year and National Day.
var ErrUnannounced = errors.New("clock: the days do not tell of the whole year")

// ImportDays keeps days of the official calendar and calls years announced
// whose days off they tell completely. What was imported before for the same
// date is replaced. Dates already counted on are counted again by whoever
// watches (Recount). dry only looks.
func (b *Book) ImportDays(ctx context.Context, by ledger.Actor, days []workday.Day, years []int, dry bool) (Imported, error) {
	for _, year := range years {
		if !tellsOf(days, year) {
			return Imported{}, fmt.Errorf("%w: %d", ErrUnannounced, year)
		}
	}
	var result Imported
	err := b.store.Transact(ctx, func(tx *gorm.DB) error {
		result = Imported{}
		for _, d := range days {
			if err := b.keepDay(tx, d, dry, &result); err != nil {
				return err
			}
		}
		if dry {
			return nil
		}
		for _, year := range years {
			if err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&yearRow{year, b.store.Now()}).Error; err != nil {
				return err
			}
		}
		return ledger.Append(tx, ledger.OfCalendar, calendarID, "calendar_imported", by, b.store.Now(), map[string]string{
			"added": strconv.Itoa(result.Added), "changed": strconv.Itoa(result.Changed), "years": yearList(years),
		})
	})
	if err != nil || dry {
		return result, err
	}
	return result, b.LoadCalendar(ctx)
}

// keepDay counts a day as new, changed or the same, and stores it unless dry.
func (b *Book) keepDay(tx *gorm.DB, d workday.Day, dry bool, result *Imported) error {
	var before []dayRow
	if err := tx.Where("on_day = ?", d.On).Find(&before).Error; err != nil {
		return err
	}
	switch {
	case len(before) == 0:
		result.Added++
	case before[0].Works != d.Works || before[0].Name != d.Name || before[0].Source != d.Source:
		result.Changed++
	default:
		result.Same++
		return nil
	}
	if dry {
		return nil
	}
	row := dayRow{d.On, d.Works, d.Name, d.Source, b.store.Now()}
	return tx.Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "on_day"}}, UpdateAll: true}).Create(&row).Error
}

// tellsOf reports whether days hold the New Year and the National Day of a
// year, which every notice of the State Council's office does.
func tellsOf(days []workday.Day, year int) bool {
	off := func(on string) bool {
		return slices.ContainsFunc(days, func(d workday.Day) bool {
			return d.On == workday.Date(strconv.Itoa(year)+on) && !d.Works
		})
	}
	return off("-01-01") && off("-10-01")
}

func yearList(years []int) string {
	var words []string
	for _, y := range years {
		words = append(words, strconv.Itoa(y))
	}
	return strings.Join(words, " ")
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
