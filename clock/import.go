package clock

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"minsheng/internal/step"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/staff"
)

// Imported says what an import of days changes.
type Imported struct {
	Days  []Imports // those that are new or tell otherwise, in order
	Same  int
	Years []int // called announced by it
	Dates Preview
}

// Imports is one day of an import; Before is nil for one that nothing was known
// of.
type Imports struct {
	workday.Day
	Before *workday.Day
}

// ErrUnannounced means that a year was to be called announced although the days
// do not tell of its New Year and National Day.
var ErrUnannounced = errors.New("clock: the days do not tell of the whole year")

// mostDays is how many days one import may bring: those of ten years.
const mostDays = 1000

// ImportDays keeps days of the official calendar and calls years announced
// whose days off they tell completely (staff.KeepClocks). What was imported
// before for the same date is replaced. Dates already counted on are counted
// again by whoever watches (Recount). dry only looks, and foresees which dates
// would move. Errors: *step.Invalid of "file", ErrUnannounced.
func (b *Book) ImportDays(ctx context.Context, by staff.Officer, days []workday.Day, years []int, dry bool) (Imported, error) {
	if err := by.Require(staff.KeepClocks); err != nil {
		return Imported{}, err
	}
	return b.importDays(ctx, by.Actor(), days, years, dry)
}

// ImportDaysFromCommandLine is ImportDays for who runs the portal.
func (b *Book) ImportDaysFromCommandLine(ctx context.Context, days []workday.Day, years []int, dry bool) (Imported, error) {
	return b.importDays(ctx, ledger.System(), days, years, dry)
}

func (b *Book) importDays(ctx context.Context, by ledger.Actor, days []workday.Day, years []int, dry bool) (Imported, error) {
	if err := fit(days, years); err != nil {
		return Imported{}, err
	}
	if dry {
		return b.rehearse(ctx, days, years)
	}
	var result Imported
	err := step.Again(func() error {
		return b.store.Transact(ctx, func(tx *gorm.DB) (err error) {
			if result, err = compare(tx, days, years); err != nil {
				return err
			}
			return b.keepDays(tx, by, result)
		})
	})
	if err != nil {
		return Imported{}, err
	}
	return result, b.LoadCalendar(ctx)
}

// fit says what keeps days from being a calendar.
func fit(days []workday.Day, years []int) error {
	if len(days) == 0 || len(days) > mostDays {
		return step.Bad("file", "calendar_size")
	}
	for _, d := range days {
		if d.On < "2000-01-01" || d.On > "2099-12-31" || utf8.RuneCountInString(d.Name) > 40 || utf8.RuneCountInString(d.Source) > 200 {
			return step.Bad("file", "calendar_day")
		}
	}
	for _, year := range years {
		if !tellsOf(days, year) {
			return fmt.Errorf("%w: %d", ErrUnannounced, year)
		}
	}
	return nil
}

// rehearse looks at what an import would change, dates that run included.
func (b *Book) rehearse(ctx context.Context, days []workday.Day, years []int) (Imported, error) {
	db := b.store.Read(ctx)
	result, err := compare(db, days, years)
	if err != nil {
		return Imported{}, err
	}
	known, announced, err := stored(db)
	if err != nil {
		return Imported{}, err
	}
	as := workday.BuiltIn()
	as.Adopt(append(known, days...), append(announced, years...))
	if result.Dates.Version, err = b.Version(ctx); err != nil {
		return Imported{}, err
	}
	return result, result.Dates.walk(db.Where("met_at IS NULL"), as, func(d Deadline) (Rule, bool) {
		return Rule{}, true // the rules stay: each is counted on the days it has
	})
}

// compare tells which days are new or tell otherwise than what is known, which
// is what was imported before and what came with the portal.
func compare(db *gorm.DB, days []workday.Day, years []int) (Imported, error) {
	known, _, err := stored(db)
	if err != nil {
		return Imported{}, err
	}
	as := workday.BuiltIn()
	as.Adopt(known, nil)
	result := Imported{Years: years}
	for _, d := range days {
		before, listed := as.Day(d.On)
		switch {
		case listed && before.Works == d.Works && before.Name == d.Name:
			result.Same++
		case listed:
			result.Days = append(result.Days, Imports{d, &before})
		default:
			result.Days = append(result.Days, Imports{d, nil})
		}
	}
	return result, nil
}

// keepDays writes what an import changes, with its event.
func (b *Book) keepDays(tx *gorm.DB, by ledger.Actor, i Imported) error {
	now, added := b.store.Now(), 0
	for _, d := range i.Days {
		if d.Before == nil {
			added++
		}
		row := dayRow{d.On, d.Works, d.Name, d.Source, now}
		if err := tx.Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "on_day"}}, UpdateAll: true}).Create(&row).Error; err != nil {
			return err
		}
	}
	for _, year := range i.Years {
		if err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&yearRow{year, now}).Error; err != nil {
			return err
		}
	}
	return ledger.Append(tx, ledger.OfCalendar, CalendarID, "calendar_imported", by, now, map[string]string{
		"added": strconv.Itoa(added), "changed": strconv.Itoa(len(i.Days) - added), "years": yearList(i.Years),
	})
}

// ToldYears lists the years that days tell of completely, in order: those that an
// import may call announced.
func ToldYears(days []workday.Day) (years []int) {
	for _, d := range days {
		if year := d.On.Year(); !slices.Contains(years, year) && tellsOf(days, year) {
			years = append(years, year)
		}
	}
	slices.Sort(years)
	return years
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
