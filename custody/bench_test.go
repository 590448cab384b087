package custody_test

import (
	"slices"
	"testing"
	"time"

	"minsheng/custody"
	"minsheng/intake"
	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
	"minsheng/staff"
)

// BenchmarkSealing measures submissions under a name: kept by the portal itself, by
// the custodians of one office, and by those of a county and of the city. They take
// turns, so that a busy machine slows all alike.
//
//	go test ./custody -run '^$' -bench Sealing -benchtime 500x
func BenchmarkSealing(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) { sealing(b, storetest.SQLite(b)) })
	b.Run("postgres", func(b *testing.B) { sealing(b, storetest.Postgres(b)) })
}

func sealing(b *testing.B, s *store.Store) {
	kept := newHouse(b, s, "")
	kept.lockAway(kept.first, kept.second)
	plain, one := *kept, *kept
	plain.intake = intake.New(intake.Config{Store: s, Keys: kept.keys, Atlas: kept.Atlas, Shelf: kept.shelf, Clocks: kept.clocks})
	// It knows of the county's key alone for as long as this takes.
	one.Desk = custody.New(custody.Config{Store: s, Keys: kept.keys, Atlas: kept.Atlas, Staff: kept.staff})
	one.intake = intake.New(intake.Config{Store: s, Keys: kept.keys, Atlas: kept.Atlas, Shelf: kept.shelf, Clocks: kept.clocks, Custody: one.Desk})
	one.submit()
	one.Keep()
	kept.lockAway(kept.person(cityDesk, staff.IdentityCustodian), kept.person(cityDesk, staff.IdentityCustodian))
	var took [3][]time.Duration
	for range b.N {
		for i, h := range []*house{&plain, &one, kept} {
			form := h.form()
			began := time.Now()
			if _, err := h.intake.Submit(bg, form); err != nil {
				b.Fatal(err)
			}
			took[i] = append(took[i], time.Since(began))
		}
	}
	report(b, took, "portal", "one", "two")
}

// report tells the medians of what took turns, and how the others stand to the first.
func report(b *testing.B, took [3][]time.Duration, names ...string) {
	var median [3]float64
	for i := range took {
		slices.Sort(took[i])
		median[i] = float64(took[i][len(took[i])/2].Microseconds())
		b.ReportMetric(median[i], "µs/"+names[i])
		if i > 0 {
			b.ReportMetric(median[i]/median[0], "ratio-"+names[i])
		}
	}
}

// BenchmarkWords measures anonymous submissions: of an ordinary matter before any
// office has a key for handling, of an ordinary one afterwards, and of one that is
// sealed to the city's people. They take turns.
//
//	go test ./custody -run '^$' -bench Words -benchtime 500x
func BenchmarkWords(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) { words(b, storetest.SQLite(b)) })
	b.Run("postgres", func(b *testing.B) { words(b, storetest.Postgres(b)) })
}

func words(b *testing.B, s *store.Store) {
	kept := newHouse(b, s, "").handled()
	plain := *kept.house
	plain.intake = intake.New(intake.Config{Store: s, Keys: kept.keys, Atlas: kept.Atlas, Shelf: kept.shelf, Clocks: kept.clocks})
	var took [3][]time.Duration
	for range b.N {
		for i, one := range []struct {
			h     *house
			level string
		}{{&plain, "county"}, {kept.house, "village"}, {kept.house, "county"}} {
			form := one.h.form()
			form.Mode, form.Name, form.Phone, form.AccusedLevel = intake.Anonymous, "", "", one.level
			began := time.Now()
			if _, err := one.h.intake.Submit(bg, form); err != nil {
				b.Fatal(err)
			}
			took[i] = append(took[i], time.Since(began))
		}
	}
	report(b, took, "portal", "ordinary", "sealed")
}
