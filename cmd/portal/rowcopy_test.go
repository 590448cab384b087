package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// rowCopier writes the rows of one real submission again and again, under new
// ids, with nothing between it and PostgreSQL but the driver.
type rowCopier struct {
	conn   *pgx.Conn
	tables []copiedTable
	ids    []uuid.UUID // ids in the rows that must be new in each copy
}

type copiedTable struct {
	insert string
	values []any
	secret int // position of a unique secret column, -1 for none
}

// newRowCopier lets submit make one submission and learns its rows.
func newRowCopier(b testing.TB, databaseURL string, submit func()) *rowCopier {
	b.Helper()
	submit()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, databaseURL)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { conn.Close(ctx) })
	c := &rowCopier{conn: conn}
	for _, table := range []struct{ name, skip string }{
		{"report", ""}, {"complaint", "seq"}, {"sealed_blob", ""}, {"deadline", ""}, {"event", ""},
	} {
		c.learn(b, table.name, table.skip)
	}
	var grams string
	if err := conn.QueryRow(ctx, "SELECT grams::text FROM complaint_search").Scan(&grams); err == nil {
		c.tables = append(c.tables, copiedTable{
			"INSERT INTO complaint_search (seq, grams) VALUES (currval(pg_get_serial_sequence('complaint', 'seq')), $1::text::tsvector)", []any{grams}, -1})
	}
	return c
}

// learn remembers the rows of a table, and the ids that are keys of their own.
func (c *rowCopier) learn(b testing.TB, table, skip string) {
	b.Helper()
	where := ""
	if table == "event" {
		where = " WHERE subject_kind IN ('report', 'complaint')"
	}
	rows, err := c.conn.Query(context.Background(), "SELECT * FROM "+table+where)
	if err != nil {
		b.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		values, err := rows.Values()
		if err != nil {
			b.Fatal(err)
		}
		t := copiedTable{secret: -1}
		var names, places []string
		for i, field := range rows.FieldDescriptions() {
			if field.Name == skip {
				continue
			}
			if field.Name == "id" {
				c.ids = append(c.ids, uuid.UUID(values[i].([16]byte)))
			}
			if field.Name == "receipt_index" || field.Name == "commitment" {
				t.secret = len(names)
			}
			names, places = append(names, field.Name), append(places, fmt.Sprintf("$%d", len(names)+1))
			t.values = append(t.values, values[i])
		}
		t.insert = fmt.Sprintf("INSERT INTO %s (%s) VALUES (%s)", table, strings.Join(names, ", "), strings.Join(places, ", "))
		c.tables = append(c.tables, t)
	}
}

// fresh returns the rows with new ids and a new secret. Unit and account ids
// stay what they are.
func (c *rowCopier) fresh() []copiedTable {
	renamed := map[uuid.UUID]uuid.UUID{}
	for _, id := range c.ids {
		renamed[id] = uuid.Must(uuid.NewV7())
	}
	out := slices.Clone(c.tables)
	for i := range out {
		out[i].values = slices.Clone(out[i].values)
		for j, value := range out[i].values {
			if old, ok := value.([16]byte); ok {
				if id, mine := renamed[old]; mine {
					out[i].values[j] = id
				}
			}
			if j == out[i].secret {
				secret := make([]byte, 32)
				rand.Read(secret)
				out[i].values[j] = secret
			}
		}
	}
	return out
}

// perSecond times n copies.
func (c *rowCopier) perSecond(b *testing.B, n int, write func(context.Context, []copiedTable) error) float64 {
	b.Helper()
	copies := make([][]copiedTable, n)
	for i := range copies {
		copies[i] = c.fresh()
	}
	started := time.Now()
	for _, rows := range copies {
		if err := write(context.Background(), rows); err != nil {
			b.Fatal(err)
		}
	}
	return float64(n) / time.Since(started).Seconds()
}

// statements writes a transaction, one statement after another.
func (c *rowCopier) statements(ctx context.Context, rows []copiedTable) error {
	tx, err := c.conn.Begin(ctx)
	if err != nil {
		return err
	}
	defer tx.Rollback(ctx)
	for _, row := range rows {
		if _, err := tx.Exec(ctx, row.insert, row.values...); err != nil {
			return err
		}
	}
	return tx.Commit(ctx)
}

// batch writes the same in one round trip.
func (c *rowCopier) batch(ctx context.Context, rows []copiedTable) error {
	var batch pgx.Batch
	for _, row := range rows {
		batch.Queue(row.insert, row.values...)
	}
	return c.conn.SendBatch(ctx, &batch).Close()
}
