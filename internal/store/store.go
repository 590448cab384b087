package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"github.com/glebarez/sqlite"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"gorm.io/driver/postgres"
	"gorm.io/gorm"

	"minsheng/migrations"
)

// ErrNotFound is what every room returns when one row was asked for and there
// is none, or none the asker may know of.
var ErrNotFound = errors.New("store: not found")

// Store is an open database with the clock that stamps what is written to it.
type Store struct {
	db      *gorm.DB
	pool    *sql.DB
	dialect migrations.Dialect
	now     func() time.Time
	shapes  shapes // of InsertTogether

	throwaway bool
}

// Config says which database to open.
type Config struct {
	URL string           // PostgreSQL; empty means SQLite in Dir
	Dir string           // data folder that holds portal.db
	Now func() time.Time // nil means time.Now
	// Throwaway says that nothing has to survive a power cut: SQLite then waits for
	// no disk. Only the demo sets it.
	Throwaway bool
}

// Open connects and verifies the connection. It creates no tables.
func Open(ctx context.Context, c Config) (*Store, error) {
	now := c.Now
	if now == nil {
		now = time.Now
	}
	s := &Store{now: now, throwaway: c.Throwaway}
	var dial gorm.Dialector
	if c.URL != "" {
		pool, err := postgresAt(c.URL)
		if err != nil {
			return nil, fmt.Errorf("store: open: %w", err)
		}
		s.dialect = migrations.Postgres
		dial = postgres.New(postgres.Config{Conn: pool})
	} else {
		s.dialect = migrations.SQLite
		dial = sqlite.Open(sqliteDSN(filepath.Join(c.Dir, "portal.db"), c.Throwaway))
	}
	db, err := gorm.Open(dial, &gorm.Config{
		SkipDefaultTransaction: true,
		TranslateError:         true,
		NowFunc:                s.Now,
		Logger:                 quiet{},
	})
	if err != nil {
		return nil, fmt.Errorf("store: open: %w", err)
	}
	s.db = db
	if s.pool, err = db.DB(); err != nil {
		return nil, fmt.Errorf("store: open: %w", err)
	}
	// Measured: more than eight connections gain nothing on two cores.
	s.pool.SetMaxOpenConns(8)
	s.pool.SetMaxIdleConns(8)
	s.pool.SetConnMaxIdleTime(5 * time.Minute)
	if err := s.Ping(ctx); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// patience is how long a transaction may stand still, with whatever it holds, before
// PostgreSQL ends it: a machine that is frozen must not hold up the other replicas. The
// address may say otherwise.
const patience = "2min"

func postgresAt(address string) (*sql.DB, error) {
	c, err := pgx.ParseConfig(address)
	if err != nil {
		return nil, err
	}
	const setting = "idle_in_transaction_session_timeout"
	if c.RuntimeParams[setting] == "" {
		c.RuntimeParams[setting] = patience
	}
	return stdlib.OpenDB(*c), nil
}

func sqliteDSN(file string, throwaway bool) string {
	sync := "synchronous(FULL)"
	if throwaway {
		sync = "synchronous(OFF)"
	}
	q := url.Values{"_txlock": {"immediate"}, "_pragma": {
		"busy_timeout(5000)", "journal_mode(WAL)", sync,
		"foreign_keys(ON)", "secure_delete(ON)", "trusted_schema(OFF)",
	}}
	return "file:" + inAddress.Replace(file) + "?" + q.Encode()
}

// inAddress writes a path so that SQLite reads it as one, and not the end of it as
// a fragment of an address: the database would be another file.
var inAddress = strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23")

// Close closes all connections.
func (s *Store) Close() error { return s.pool.Close() }

// Ping returns nil when the database answers.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.pool.PingContext(ctx); err != nil {
		return fmt.Errorf("store: ping: %w", err)
	}
	return nil
}

// Now is the portal's clock in UTC, cut to the microseconds that are stored.
func (s *Store) Now() time.Time { return s.now().UTC().Truncate(time.Microsecond) }

// Postgres reports whether the database is PostgreSQL.
func (s *Store) Postgres() bool { return s.dialect == migrations.Postgres }

// Pool is the connection pool beneath, for migrations and health figures.
func (s *Store) Pool() *sql.DB { return s.pool }

// Read starts a query outside any transaction.
func (s *Store) Read(ctx context.Context) *gorm.DB { return s.db.WithContext(ctx) }

// Transact runs do in one transaction and commits when it returns nil. It
// starts again, up to five times, when the database reports that two
// transactions got in each other's way; do must therefore have no effect
// outside tx.
func (s *Store) Transact(ctx context.Context, do func(tx *gorm.DB) error) error {
	var err error
	for try := 0; try < 5; try++ {
		err = s.db.WithContext(ctx).Transaction(do)
		if !collided(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(time.Duration(1<<try) * 5 * time.Millisecond):
		}
	}
	return err
}

// collided reports a serialization failure or deadlock (PostgreSQL), or a busy
// database (SQLite).
func collided(err error) bool {
	var state interface{ SQLState() string }
	if errors.As(err, &state) {
		return state.SQLState() == "40001" || state.SQLState() == "40P01"
	}
	return err != nil && strings.Contains(err.Error(), "SQLITE_BUSY")
}

// One reads the single row of query into dest: ErrNotFound when there is none.
func One(query *gorm.DB, dest any) error {
	err := query.Take(dest).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return ErrNotFound
	}
	return err
}

// IsDuplicate reports that a row with the same unique value already stands.
func IsDuplicate(err error) bool { return errors.Is(err, gorm.ErrDuplicatedKey) }

// MigrateUp brings the schema up to date, one replica at a time, and tells
// progress to w, one line a step.
func (s *Store) MigrateUp(ctx context.Context, w io.Writer) error {
	p, err := migrations.Provider(s.dialect, s.pool)
	if err != nil {
		return err
	}
	return s.alone(ctx, func() error {
		results, err := p.Up(ctx)
		for _, r := range results {
			fmt.Fprintf(w, "migration %04d done in %s\n", r.Source.Version, r.Duration.Round(time.Millisecond))
		}
		return err
	})
}

// Behind reports how many migrations the database still lacks.
func (s *Store) Behind(ctx context.Context) (int, error) {
	p, err := migrations.Provider(s.dialect, s.pool)
	if err != nil {
		return 0, err
	}
	all, err := p.Status(ctx)
	n := 0
	for _, st := range all {
		if st.AppliedAt.IsZero() {
			n++
		}
	}
	return n, err
}

// alone holds a lock that all replicas share while do runs.
func (s *Store) alone(ctx context.Context, do func() error) error {
	if !s.Postgres() {
		return do()
	}
	conn, err := s.pool.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	const lock = 0x6d696e7368 // "minsh"
	if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock($1)", lock); err != nil {
		return err
	}
	defer conn.ExecContext(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)", lock)
	return do()
}

// Tend lets SQLite look at how its tables have grown, so that it goes on
// choosing the right index; PostgreSQL does so by itself. It is cheap when
// little has changed: call it at start and now and then.
func (s *Store) Tend(ctx context.Context) error {
	if s.Postgres() {
		return nil
	}
	// 0x10002 also looks at tables that this connection has not used yet.
	if _, err := s.pool.ExecContext(ctx, "PRAGMA optimize=0x10002"); err != nil {
		return fmt.Errorf("store: tend: %w", err)
	}
	return nil
}
