package main

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"minsheng/clock"
	"minsheng/figures"
	"minsheng/internal/workday"
	"minsheng/register"
	"minsheng/staff"
	"minsheng/triage"
)

// later is how long after seeding the counts are made, so that the changes of a
// minute are not counted together with what was seeded.
const later = 30 * time.Minute

// BenchmarkFigures asks a database of a million complaints on PostgreSQL for
// what the dashboard of a large office and of a small one shows. Counting itself
// is measured beside it: everything, as after a restore, and what a busy minute
// leaves to be counted again.
func BenchmarkFigures(b *testing.B) {
	g := growAt(b, many, func() time.Time { return time.Now().Add(later) })
	ctx := context.Background()
	took := func(do func() error) float64 {
		b.Helper()
		started := time.Now()
		if err := do(); err != nil {
			b.Fatal(err)
		}
		return time.Since(started).Seconds()
	}
	first := took(func() error { return g.figures.Rebuild(ctx) })
	minute := g.busyMinute(b, 100)
	b.Run("counting", func(b *testing.B) {
		b.ReportMetric(first, "s-everything")
		b.ReportMetric(minute, "s-busy-minute")
		b.ReportMetric(0, "ns/op")
	})
	for name, by := range map[string]staff.Officer{"city": g.city, "county": g.county} {
		b.Run(name, func(b *testing.B) {
			var all []float64
			for range 41 {
				all = append(all, 1000*took(func() error { return g.dashboard(ctx, by) }))
			}
			b.ReportMetric(median(all), "ms-dashboard")
			b.ReportMetric(0, "ns/op")
		})
	}
	b.Run("public", func(b *testing.B) {
		var all []float64
		for range 11 {
			all = append(all, 1000*took(func() error { _, err := g.figures.Public(ctx); return err }))
		}
		b.ReportMetric(median(all), "ms-public")
		b.ReportMetric(0, "ns/op")
	})
}

// dashboard asks what a dashboard asks.
func (g *grown) dashboard(ctx context.Context, by staff.Officer) error {
	sheet, err := g.figures.Sheet(ctx, by, figures.Ask{Period: figures.LastYear(workday.On(time.Now()))})
	if err != nil {
		return err
	}
	if sheet.CountedAt.IsZero() || sheet.Total.N(figures.Matters) == 0 || sheet.Open.Matters == 0 {
		return errors.New("nothing was counted")
	}
	_, err = g.register.Find(ctx, by, register.Filter{Color: clock.Red, Office: by.UnitID}, "")
	return err
}

// busyMinute lets something happen to n open cases and measures what it takes to
// bring the counts up to date.
func (g *grown) busyMinute(b *testing.B, n int) float64 {
	b.Helper()
	ctx, cursor := context.Background(), ""
	var cases []uuid.UUID
	for len(cases) < n {
		page, err := g.triage.Find(ctx, g.city, triage.Filter{}, cursor)
		if err != nil || page.Next == "" {
			b.Fatalf("%d open cases: %v", len(cases), err)
		}
		for _, r := range page.Rows {
			cases = append(cases, r.ID)
		}
		cursor = page.Next
	}
	for some := range slices.Chunk(cases[:n], 50) {
		if err := g.triage.Assign(ctx, g.city, g.city.ID, some...); err != nil {
			b.Fatal(err)
		}
	}
	before := g.store.Now().Add(-2 * time.Minute)
	if err := g.store.Read(ctx).Exec("UPDATE figures_state SET counted_at = ? WHERE id = 1", before).Error; err != nil {
		b.Fatal(err)
	}
	started := time.Now()
	if err := g.figures.Refresh(ctx); err != nil {
		b.Fatal(err)
	}
	return time.Since(started).Seconds()
}
