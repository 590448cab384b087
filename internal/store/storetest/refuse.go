package storetest

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"minsheng/internal/store"
)

var refusals atomic.Int64

// RefuseInserts makes the database refuse every new row of a table until the
// returned function is called: what a step leaves behind when its last write fails.
func RefuseInserts(t testing.TB, s *store.Store, table string) (accept func()) {
	t.Helper()
	// A name of its own each time: a connection of SQLite that has not yet heard
	// of the last trigger's end would say that it exists.
	name := fmt.Sprintf("refuse_%d", refusals.Add(1))
	run := func(statements ...string) {
		t.Helper()
		for _, text := range statements {
			if _, err := s.Pool().ExecContext(context.Background(), text); err != nil {
				t.Fatal(err)
			}
		}
	}
	if !s.Postgres() {
		run(fmt.Sprintf(`CREATE TRIGGER %s BEFORE INSERT ON %s BEGIN SELECT RAISE(ABORT, 'refused'); END`, name, table))
		return func() { run(`DROP TRIGGER ` + name) }
	}
	run(fmt.Sprintf(`CREATE FUNCTION %s() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'refused'; END $$`, name),
		fmt.Sprintf(`CREATE TRIGGER %s BEFORE INSERT ON %s FOR EACH ROW EXECUTE FUNCTION %s()`, name, table, name))
	return func() { run(fmt.Sprintf(`DROP TRIGGER %s ON %s`, name, table), `DROP FUNCTION `+name) }
}
