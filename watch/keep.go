package watch

import (
	"context"

	"minsheng/clock"
	"minsheng/internal/workday"
	"minsheng/staff"
)

// MaySet reports whether an officer may change rules and the calendar. They
// stand for every office, so it takes an administrator (staff.KeepClocks) of the
// highest one; others read them.
func (w *Watch) MaySet(by staff.Officer) bool {
	u, err := w.Atlas.Unit(by.UnitID)
	return by.May(staff.KeepClocks) && err == nil && u.ParentID == nil
}

func (w *Watch) requireSet(by staff.Officer) error {
	if !w.MaySet(by) {
		return staff.ErrForbidden
	}
	return nil
}

// PreviewRule is clock.Book.PreviewChange for who may set rules.
func (w *Watch) PreviewRule(ctx context.Context, by staff.Officer, c clock.Change) (clock.Preview, error) {
	if err := w.requireSet(by); err != nil {
		return clock.Preview{}, err
	}
	return w.Clocks.PreviewChange(ctx, by, c)
}

// SetRule is clock.Book.SetRule for who may set rules. The dates that run are
// counted again within a few turns.
func (w *Watch) SetRule(ctx context.Context, by staff.Officer, c clock.Change) error {
	if err := w.requireSet(by); err != nil {
		return err
	}
	return w.Clocks.SetRule(ctx, by, c)
}

// ImportDays is clock.Book.ImportDays for who may set the calendar.
func (w *Watch) ImportDays(ctx context.Context, by staff.Officer, days []workday.Day, years []int, dry bool) (clock.Imported, error) {
	if err := w.requireSet(by); err != nil {
		return clock.Imported{}, err
	}
	return w.Clocks.ImportDays(ctx, by, days, years, dry)
}
