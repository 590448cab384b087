package storetest

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"minsheng/internal/store"
)

// Plan is how the database goes about a statement, in its own words.
func Plan(t testing.TB, s *store.Store, statement string, values ...any) string {
	t.Helper()
	explain := "EXPLAIN "
	if !s.Postgres() {
		explain = "EXPLAIN QUERY PLAN "
	}
	rows, err := s.Pool().QueryContext(context.Background(), explain+statement, values...)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var plan strings.Builder
	for rows.Next() {
		cells := make([]any, len(columns))
		for i := range cells {
			cells[i] = new(any)
		}
		if err := rows.Scan(cells...); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(&plan, *cells[len(cells)-1].(*any)) // SQLite puts numbers before it
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return plan.String()
}
