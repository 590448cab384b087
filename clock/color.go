package clock

import (
	"context"

	"gorm.io/gorm"

	"minsheng/internal/workday"
)

// Color is how late something is, at a glance (catalog key console.late.<code>).
type Color string

// Colours of the clock (DOMAIN §3.5).
const (
	NotLate Color = "none"
	Yellow  Color = "yellow"
	Red     Color = "red"
)

// The rules that say when something turns yellow and red, whatever clock runs.
const (
	ruleYellow = "supervision_item.yellow"
	ruleRed    = "supervision_item.red"
)

// Colors says from how many working days overdue on something is yellow, and
// red.
type Colors struct{ Yellow, Red int }

// Colors are those that stand today for a kind of subject, "" for all that have
// none of their own.
func (b *Book) Colors(ctx context.Context, kind string) (Colors, error) {
	return b.ColorsIn(b.store.Read(ctx), kind)
}

// ColorsIn is Colors with db, the transaction inside one.
func (b *Book) ColorsIn(db *gorm.DB, kind string) (Colors, error) {
	yellow, err := b.RuleOn(db, ruleYellow, kind, b.today())
	if err != nil {
		return Colors{}, err
	}
	red, err := b.RuleOn(db, ruleRed, kind, b.today())
	return Colors{Yellow: yellow.N, Red: red.N}, err
}

// Of is the colour of what is late by that many working days. What is not late
// has none, whatever the rules say.
func (c Colors) Of(late int) Color {
	switch {
	case late < 1:
		return NotLate
	case late >= c.Red:
		return Red
	case late >= c.Yellow:
		return Yellow
	}
	return NotLate
}

// LateSince is the last of the days such that what was due on it is late by n
// working days (1 and more) on the day today.
func (b *Book) LateSince(n int, today workday.Date) workday.Date {
	day := today
	for n > 0 {
		if works, _ := b.calendar.IsWorkday(day); works {
			n--
		}
		day = day.Add(-1)
	}
	return day
}

// RedBy is the last day on which something can have been due to be red today, by
// the rule for all kinds.
func (b *Book) RedBy(ctx context.Context) (workday.Date, error) {
	c, err := b.Colors(ctx, "")
	return b.LateSince(c.Red, b.today()), err
}
