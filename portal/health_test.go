package portal

import (
	"context"
	"strings"
	"testing"
	"time"

	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
)

func TestReadyWhenTheDatabaseIs(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.Store) {
		s, _ := build(t, nil, func(c *Config) { c.Store = db })
		if answer, body := try(t, s, "GET", "/readyz"); answer.StatusCode != 200 {
			t.Fatalf("%d %s", answer.StatusCode, body)
		}
		db.Close()
		if answer, _ := try(t, s, "GET", "/readyz"); answer.StatusCode != 200 {
			t.Error("the answer of a moment ago was not kept")
		}
		s.ready.at = time.Now().Add(-readyKept)
		if answer, body := try(t, s, "GET", "/readyz"); answer.StatusCode != 503 || !strings.Contains(body, "database") {
			t.Errorf("database gone: %d %s", answer.StatusCode, body)
		}
		if answer, _ := try(t, s, "GET", "/healthz"); answer.StatusCode != 200 {
			t.Error("a process whose database is away is still alive")
		}
	})
}

func TestNotReadyWhenTheClockIsWrong(t *testing.T) {
	url := storetest.PostgresURL(t)
	for name, c := range map[string]struct {
		ahead time.Duration
		want  int
	}{"a little": {3 * time.Second, 200}, "ahead": {7 * time.Second, 503}, "behind": {-7 * time.Second, 503}} {
		db, err := store.Open(context.Background(), store.Config{URL: url, Now: func() time.Time { return time.Now().Add(c.ahead) }})
		if err != nil {
			t.Fatal(err)
		}
		s, _ := build(t, nil, func(c *Config) { c.Store = db })
		if answer, body := try(t, s, "GET", "/readyz"); answer.StatusCode != c.want {
			t.Errorf("%s: %d %s", name, answer.StatusCode, body)
		}
		db.Close()
	}
}

func TestNotReadyOnAnOldSchema(t *testing.T) {
	db, err := store.Open(context.Background(), store.Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	s, _ := build(t, nil, func(c *Config) { c.Store = db })
	if answer, body := try(t, s, "GET", "/readyz"); answer.StatusCode != 503 || !strings.Contains(body, "schema") {
		t.Errorf("%d %s", answer.StatusCode, body)
	}
}

func TestAskingOftenChecksSeldomAndNeverLong(t *testing.T) {
	checks := 0
	r := readiness{check: func(ctx context.Context) []string {
		checks++
		<-ctx.Done()
		return []string{"database"}
	}}
	began := time.Now()
	for range 50 {
		if failed := r.failed(); len(failed) != 1 {
			t.Fatal(failed)
		}
	}
	if took := time.Since(began); checks != 1 || took > 2*checkTime {
		t.Errorf("%d checks in %v", checks, took)
	}
}
