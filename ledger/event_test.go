package ledger_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
	"minsheng/ledger"
)

func append1(s *store.Store, id uuid.UUID, kind string, at time.Time, body map[string]string) error {
	return s.Transact(context.Background(), func(tx *gorm.DB) error {
		return ledger.Append(tx, ledger.OfComplaint, id, kind, ledger.System(), at, body)
	})
}

func TestEventsOfASubjectStandInOrder(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		id, other, officer := uuid.New(), uuid.New(), uuid.New()
		at := time.Date(2026, 11, 23, 1, 2, 3, 456789000, time.UTC)
		err := s.Transact(context.Background(), func(tx *gorm.DB) error {
			first := ledger.New(ledger.OfComplaint, id, "submitted", ledger.Reporter(), at, nil)
			if err := tx.Create(&first).Error; err != nil {
				return err
			}
			by := ledger.Actor{Kind: "staff", ID: &officer, Name: "田一", Role: "triage_officer", Unit: "督查室"}
			return ledger.Append(tx, ledger.OfComplaint, id, "accepted", by, at.Add(time.Hour), map[string]string{"due_on": "2027-01-22"})
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := append1(s, other, "submitted", at, nil); err != nil {
			t.Fatal(err)
		}
		events, err := ledger.Of(context.Background(), s, ledger.OfComplaint, id)
		if err != nil || len(events) != 2 {
			t.Fatalf("Of = %d events, %v", len(events), err)
		}
		if e := events[0]; e.Seq != 1 || e.Kind != "submitted" || e.ActorKind != "reporter" || e.ActorID != nil || !e.At.Equal(at) || e.At.Location() != time.UTC {
			t.Errorf("first event %+v", e)
		}
		if e := events[1]; e.Seq != 2 || e.ActorID == nil || *e.ActorID != officer || e.ActorUnit != "督查室" || e.Body["due_on"] != "2027-01-22" {
			t.Errorf("second event %+v", e)
		}
	})
}

func TestAnEventCarriesNoWords(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		id := uuid.New()
		if err := append1(s, id, "accepted", s.Now(), map[string]string{"reason": strings.Repeat("说", 167)}); !errors.Is(err, ledger.ErrLongBody) {
			t.Errorf("501 bytes: %v, want ErrLongBody", err)
		}
		if err := append1(s, id, "accepted", s.Now(), map[string]string{"reason": strings.Repeat("说", 166)}); err != nil {
			t.Errorf("498 bytes: %v", err)
		}
	})
}

func TestAppendersOfOneSubjectLeaveNeitherGapNorDouble(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		const appenders, rounds = 2, 20
		id := uuid.New()
		var wg sync.WaitGroup
		var mu sync.Mutex
		stored := 0
		for range appenders {
			wg.Go(func() {
				for range rounds {
					err := append1(s, id, "noted", s.Now(), nil)
					mu.Lock()
					if err == nil {
						stored++
					} else if !store.IsDuplicate(err) {
						t.Errorf("append: %v, want nil or a duplicate", err)
					}
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		events, err := ledger.Of(context.Background(), s, ledger.OfComplaint, id)
		if err != nil || len(events) != stored || stored < rounds {
			t.Fatalf("%d events stand, %d appends succeeded, %v", len(events), stored, err)
		}
		for i, e := range events {
			if e.Seq != i+1 {
				t.Fatalf("event %d has seq %d", i, e.Seq)
			}
		}
	})
}

func TestRecentWalksBackThroughEverything(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		id := uuid.New()
		start := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
		for i := range 120 {
			// Whole seconds, tenths and equal instants: the order must hold for all.
			at := start.Add(time.Duration(i/2) * 100 * time.Millisecond)
			if err := append1(s, id, "noted", at, nil); err != nil {
				t.Fatal(err)
			}
		}
		seen := map[uuid.UUID]bool{}
		var last *ledger.Event
		for before := uuid.Nil; ; {
			page, err := ledger.Recent(context.Background(), s, before)
			if err != nil {
				t.Fatal(err)
			}
			if len(page) == 0 {
				break
			}
			for _, e := range page {
				if seen[e.ID] || (last != nil && e.At.After(last.At)) {
					t.Fatalf("event %d comes twice or out of order", e.Seq)
				}
				seen[e.ID], last = true, &e
			}
			before = page[len(page)-1].ID
		}
		if len(seen) != 120 {
			t.Errorf("saw %d of 120", len(seen))
		}
		if _, err := ledger.Recent(context.Background(), s, uuid.New()); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("unknown cursor: %v", err)
		}
	})
}

func TestEventsCannotBeChanged(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		if err := append1(s, uuid.New(), "noted", s.Now(), nil); err != nil {
			t.Fatal(err)
		}
		statements := []string{"UPDATE event SET kind = 'other'", "DELETE FROM event"}
		if s.Postgres() {
			statements = append(statements, "TRUNCATE event", "TRUNCATE event CASCADE")
		}
		for _, statement := range statements {
			if err := s.Read(context.Background()).Exec(statement).Error; err == nil {
				t.Errorf("%s was allowed", statement)
			}
		}
		events, err := ledger.Recent(context.Background(), s, uuid.Nil)
		if err != nil || len(events) != 1 || events[0].Kind != "noted" {
			t.Errorf("afterwards: %v, %v", events, err)
		}
	})
}

func BenchmarkCommit(b *testing.B) {
	at := time.Now()
	body := map[string]string{"place": "211122111901", "kind": "FUND_WITHHOLD", "desk": uuid.NewString()}
	for b.Loop() {
		ledger.New(ledger.OfComplaint, uuid.Nil, "submitted", ledger.Reporter(), at, body)
	}
}
