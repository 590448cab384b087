package store_test

import (
	"context"
	"testing"

	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
)

func TestOpenedStoreIsMigratedAndDurable(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		behind, err := s.Behind(context.Background())
		if err != nil || behind != 0 {
			t.Fatalf("Behind() = %d, %v; want 0, nil", behind, err)
		}
		if err := s.Durable(context.Background()); err != nil {
			t.Fatal(err)
		}
		skew, err := s.ClockSkew(context.Background())
		if err != nil || skew.Abs().Seconds() > 5 {
			t.Fatalf("ClockSkew() = %v, %v", skew, err)
		}
	})
}

func TestEventsCanBeNeitherChangedNorDeleted(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		db := s.Read(context.Background())
		insert := `INSERT INTO event (id, subject_kind, subject_id, seq, kind, at, actor_kind, actor_name, actor_role, actor_unit, body)
			VALUES ('018f0000-0000-7000-8000-000000000001', 'portal', '018f0000-0000-7000-8000-000000000002', 1, 'opened', ?, 'system', '', '', '', '{}')`
		if err := db.Exec(insert, s.Now()).Error; err != nil {
			t.Fatal(err)
		}
		for _, statement := range []string{"UPDATE event SET kind = 'other'", "DELETE FROM event"} {
			if err := db.Exec(statement).Error; err == nil {
				t.Errorf("%s was allowed", statement)
			}
		}
	})
}
