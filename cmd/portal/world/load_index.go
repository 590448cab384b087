package world

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"minsheng/intake"
)

// index enters the n complaints from seq first on into the search index.
//
// On PostgreSQL a large load drops the index over the entries, streams them in
// and builds it again, all in one transaction: entering a million rows one by
// one takes some ten times as long.
func (w *writer) index(ctx context.Context, first int64, n int) error {
	if !w.Store.Postgres() {
		return w.entries(ctx, first, n, func(seqs []int64, grams [][]string) error {
			t := &table{name: "complaint_search", columns: []string{"rowid", "grams"}}
			for i, seq := range seqs {
				t.rows = append(t.rows, []any{seq, strings.Join(grams[i], " ")})
			}
			return write(ctx, w.Store, t)
		})
	}
	return onPostgres(ctx, w.Store, func(tx pgx.Tx) error {
		fill := func() error { return w.entries(ctx, first, n, copyEntries(ctx, tx)) }
		if n < 2*chunk {
			return fill()
		}
		var definition string
		if err := tx.QueryRow(ctx, "SELECT pg_get_indexdef('complaint_search_grams'::regclass)").Scan(&definition); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "SET LOCAL maintenance_work_mem = '256MB'; DROP INDEX complaint_search_grams"); err != nil {
			return err
		}
		if err := fill(); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, definition)
		return err
	})
}

// entries reads complaints back in stretches and hands on their grams.
func (w *writer) entries(ctx context.Context, first int64, n int, take func(seqs []int64, grams [][]string) error) error {
	for last := first + int64(n) - 1; first <= last; first += chunk {
		var stretch []intake.Complaint
		err := w.Store.Read(ctx).Select("seq, summary, place_name, received_at").
			Where("seq BETWEEN ? AND ?", first, min(first+chunk-1, last)).Find(&stretch).Error
		if err != nil {
			return err
		}
		var seqs []int64
		var grams [][]string
		for _, c := range stretch {
			seqs = append(seqs, c.Seq)
			grams = append(grams, intake.Grams(c.Summary+" "+c.PlaceName+" "+c.Number()))
		}
		if err := take(seqs, grams); err != nil {
			return err
		}
	}
	return nil
}

// copyEntries streams entries as text, the only form in which PostgreSQL takes
// a tsvector. Grams hold letters and digits only: nothing needs escaping.
func copyEntries(ctx context.Context, tx pgx.Tx) func(seqs []int64, grams [][]string) error {
	return func(seqs []int64, grams [][]string) error {
		var lines bytes.Buffer
		for i, seq := range seqs {
			fmt.Fprintf(&lines, "%d\t'%s'\n", seq, strings.Join(grams[i], "' '"))
		}
		_, err := tx.Conn().PgConn().CopyFrom(ctx, &lines, "COPY complaint_search (seq, grams) FROM STDIN")
		return err
	}
}
