package store_test

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"gorm.io/gorm"

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

// Only who says that nothing has to be kept gets a database that waits for no disk.
func TestAThrowawayStoreWaitsForNoDisk(t *testing.T) {
	for throwaway, want := range map[bool]int{true: 0, false: 2} {
		s, err := store.Open(context.Background(), store.Config{Dir: t.TempDir(), Throwaway: throwaway})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		var sync int
		if err := s.Read(context.Background()).Raw("PRAGMA synchronous").Scan(&sync).Error; err != nil || sync != want {
			t.Errorf("throwaway %v: synchronous=%d, %v", throwaway, sync, err)
		}
		if err := s.Durable(context.Background()); err != nil {
			t.Errorf("throwaway %v: %v", throwaway, err)
		}
	}
}

// A machine that is frozen in the middle of a transaction holds up the others no longer
// than the patience of the database.
func TestATransactionThatStandsStillIsEnded(t *testing.T) {
	ctx := context.Background()
	url := storetest.PostgresURL(t)
	open := func(url string) *store.Store {
		s, err := store.Open(ctx, store.Config{URL: url})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		return s
	}
	var patience string
	if err := open(url).Read(ctx).Raw("SHOW idle_in_transaction_session_timeout").Scan(&patience).Error; err != nil || patience != "2min" {
		t.Errorf("patience is %q, %v", patience, err)
	}
	const write = "INSERT INTO portal_fact (name, value) VALUES ('frozen', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
	stopped, ended := make(chan bool), make(chan error)
	wake, cancel := context.WithCancel(ctx)
	defer cancel()
	frozen := open(url + "&idle_in_transaction_session_timeout=300")
	go func() {
		ended <- frozen.Transact(ctx, func(tx *gorm.DB) error {
			if err := tx.Exec(write, "it").Error; err != nil {
				return err
			}
			stopped <- true
			<-wake.Done()
			return nil
		})
	}()
	<-stopped
	soon, over := context.WithTimeout(ctx, 10*time.Second)
	defer over()
	if err := open(url).Read(soon).Exec(write, "another").Error; err != nil {
		t.Errorf("held up: %v", err)
	}
	cancel()
	if err := <-ended; err == nil {
		t.Error("what stood still went on as if nothing had been")
	}
}

func TestEventsCanBeNeitherChangedNorDeleted(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		db := s.Read(context.Background())
		insert := `INSERT INTO event (id, subject_kind, subject_id, seq, kind, at, actor_kind, actor_name, actor_role, actor_unit, body, nonce, commitment)
			VALUES ('018f0000-0000-7000-8000-000000000001', 'portal', '018f0000-0000-7000-8000-000000000002', 1, 'opened', ?, 'system', '', '', '', '{}', ?, ?)`
		if err := db.Exec(insert, s.Now(), []byte("nonce"), []byte("commitment")).Error; err != nil {
			t.Fatal(err)
		}
		for _, statement := range []string{"UPDATE event SET kind = 'other'", "DELETE FROM event"} {
			if err := db.Exec(statement).Error; err == nil {
				t.Errorf("%s was allowed", statement)
			}
		}
	})
}

func TestTendedTablesAreKnownToThePlanner(t *testing.T) {
	s := storetest.SQLite(t)
	ctx := context.Background()
	fill := `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
		INSERT INTO portal_fact (name, value) SELECT 'fact ' || i, '' FROM n`
	if err := s.Read(ctx).Exec(fill).Error; err != nil {
		t.Fatal(err)
	}
	if err := s.Tend(ctx); err != nil {
		t.Fatal(err)
	}
	var known int64
	if err := s.Read(ctx).Raw("SELECT count(*) FROM sqlite_stat1 WHERE tbl = 'portal_fact'").Scan(&known).Error; err != nil || known == 0 {
		t.Fatalf("nothing is known of the table: %d, %v", known, err)
	}
}

func TestTheDatabaseLiesWhereItWasPut(t *testing.T) {
	for _, name := range []string{"plain", "with#1", "what?", "100%25", "盘锦 市"} {
		dir := filepath.Join(t.TempDir(), name)
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		s, err := store.Open(context.Background(), store.Config{Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.MigrateUp(context.Background(), io.Discard); err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if in, err := os.Stat(filepath.Join(dir, "portal.db")); err != nil || in.Size() == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
}
