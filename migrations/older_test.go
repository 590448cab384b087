package migrations_test

import (
	"context"
	"testing"

	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
	"minsheng/migrations"
)

// newest stands for every migration there is.
const newest = 1 << 62

// eachAt runs a test on a database of either kind as it was at a version; up brings it
// to a later one.
func eachAt(t *testing.T, version int64, test func(t *testing.T, s *store.Store, up func(version int64))) {
	for name, on := range map[string]struct {
		dialect migrations.Dialect
		config  store.Config
	}{
		"sqlite":   {migrations.SQLite, store.Config{Dir: t.TempDir()}},
		"postgres": {migrations.Postgres, store.Config{URL: storetest.EmptyPostgresURL(t)}},
	} {
		t.Run(name, func(t *testing.T) {
			ctx := context.Background()
			s, err := store.Open(ctx, on.config)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			p, err := migrations.Provider(on.dialect, s.Pool())
			if err != nil {
				t.Fatal(err)
			}
			up := func(version int64) {
				t.Helper()
				if _, err := p.UpTo(ctx, version); err != nil {
					t.Fatal(err)
				}
			}
			up(version)
			test(t, s, up)
		})
	}
}
