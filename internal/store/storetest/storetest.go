// Package storetest gives tests real, empty, migrated databases.
//
// SQLite always runs. PostgreSQL runs when TEST_DATABASE_URL names a server on
// which databases may be created, or when server binaries are found, which are
// then started once per test process. What is missing is skipped with a word,
// or fails the test when TEST_REQUIRE lists it.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"gorm.io/driver/postgres"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"minsheng/internal/store"
)

// Each runs test on SQLite and on PostgreSQL.
func Each(t *testing.T, test func(t *testing.T, s *store.Store)) {
	t.Run("sqlite", func(t *testing.T) { test(t, SQLite(t)) })
	t.Run("postgres", func(t *testing.T) { test(t, Postgres(t)) })
}

// SQLite returns a migrated store in a folder of its own.
func SQLite(t testing.TB) *store.Store {
	t.Helper()
	return open(t, store.Config{Dir: SQLiteDir(t)})
}

// SQLiteDir returns a folder with a migrated database, as PostgresURL returns
// the address of one: for stores with a clock of their own.
func SQLiteDir(t testing.TB) string {
	t.Helper()
	migrated, err := migratedFile()
	if err != nil {
		t.Fatalf("storetest: %v", err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "portal.db"), migrated, 0o600); err != nil {
		t.Fatalf("storetest: %v", err)
	}
	return dir
}

// migratedFile is a database with the schema and nothing in it: copying it is a
// hundred times faster than migrating anew for each test.
var migratedFile = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "storetest")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	s, err := store.Open(context.Background(), store.Config{Dir: dir})
	if err != nil {
		return nil, err
	}
	err = s.MigrateUp(context.Background(), io.Discard)
	if err := errors.Join(err, s.Close()); err != nil { // closing empties the log into the file
		return nil, err
	}
	return os.ReadFile(filepath.Join(dir, "portal.db"))
})

// Postgres returns a migrated store in a database of its own.
func Postgres(t testing.TB) *store.Store {
	t.Helper()
	return open(t, store.Config{URL: PostgresURL(t)})
}

// PostgresURL returns the address of a new, migrated database that is dropped
// when the test ends.
func PostgresURL(t testing.TB) string {
	t.Helper()
	template, err := migratedTemplate(serverFor(t))
	if err != nil {
		t.Fatalf("storetest: %v", err)
	}
	return newDatabase(t, " TEMPLATE "+template)
}

// EmptyPostgresURL is PostgresURL without a schema.
func EmptyPostgresURL(t testing.TB) string {
	t.Helper()
	return newDatabase(t, "")
}

func serverFor(t testing.TB) string {
	t.Helper()
	server, err := server()
	if err != nil {
		Missing(t, "postgres", err)
	}
	return server
}

func newDatabase(t testing.TB, from string) string {
	t.Helper()
	server := serverFor(t)
	name := "t_" + strings.ReplaceAll(uuid.NewString(), "-", "")
	if err := admin(server, "CREATE DATABASE "+name+from); err != nil {
		t.Fatalf("storetest: %v", err)
	}
	t.Cleanup(func() {
		if err := admin(server, fmt.Sprintf("DROP DATABASE IF EXISTS %s WITH (FORCE)", name)); err != nil {
			t.Logf("storetest: drop %s: %v", name, err)
		}
	})
	return withDatabase(server, name)
}

// Missing skips the test because service is not here, or fails it when
// TEST_REQUIRE says that it must be.
func Missing(t testing.TB, service string, why error) {
	t.Helper()
	for _, required := range strings.Split(os.Getenv("TEST_REQUIRE"), ",") {
		if strings.TrimSpace(required) == service {
			t.Fatalf("%s is required here: %v", service, why)
		}
	}
	t.Skipf("%s: %v", service, why)
}

func open(t testing.TB, c store.Config) *store.Store {
	t.Helper()
	s, err := store.Open(context.Background(), c)
	if err != nil {
		t.Fatalf("storetest: %v", err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

var server = sync.OnceValues(func() (string, error) {
	if given := os.Getenv("TEST_DATABASE_URL"); given != "" {
		return given, nil
	}
	return startPostgres()
})

var template struct {
	sync.Mutex
	name string
	err  error
}

func migratedTemplate(server string) (string, error) {
	template.Lock()
	defer template.Unlock()
	if template.name != "" || template.err != nil {
		return template.name, template.err
	}
	// One per process: the schema under test may differ between processes.
	name := fmt.Sprintf("tmpl_%d_%d", os.Getpid(), time.Now().UnixNano())
	template.err = makeTemplate(server, name)
	if template.err == nil {
		template.name = name
	}
	return template.name, template.err
}

func makeTemplate(server, name string) error {
	if err := admin(server, "CREATE DATABASE "+name); err != nil {
		return err
	}
	s, err := store.Open(context.Background(), store.Config{URL: withDatabase(server, name)})
	if err != nil {
		return err
	}
	defer s.Close()
	return s.MigrateUp(context.Background(), io.Discard)
}

func withDatabase(server, name string) string {
	u, err := url.Parse(server)
	if err != nil {
		panic(err)
	}
	u.Path = "/" + name
	return u.String()
}

func admin(server, statement string) error {
	db, err := gorm.Open(postgres.Open(withDatabase(server, "postgres")), &gorm.Config{Logger: logger.Discard})
	if err != nil {
		return err
	}
	pool, err := db.DB()
	if err != nil {
		return err
	}
	defer pool.Close()
	return db.Exec(statement).Error
}
