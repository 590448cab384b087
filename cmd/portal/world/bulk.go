package world

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"gorm.io/gorm"
	"gorm.io/gorm/schema"

	"minsheng/internal/store"
)

// table is rows on their way into one table.
type table struct {
	name    string
	columns []string
	rows    [][]any // plain values only: what plain returns
	fields  []*schema.Field
}

// tableOf makes the table of a GORM model, with all its columns.
func tableOf(s *store.Store, model any) (*table, error) {
	parsed := gorm.Statement{DB: s.Read(context.Background())}
	if err := parsed.Parse(model); err != nil {
		return nil, err
	}
	t := &table{name: parsed.Schema.Table}
	for _, f := range parsed.Schema.Fields {
		if f.DBName != "" {
			t.columns, t.fields = append(t.columns, f.DBName), append(t.fields, f)
		}
	}
	return t, nil
}

// add appends a model's row.
func (t *table) add(ctx context.Context, model any) error {
	row := make([]any, len(t.fields))
	value := reflect.ValueOf(model).Elem()
	for i, f := range t.fields {
		v, _ := f.ValueOf(ctx, value)
		var err error
		if row[i], err = plain(v); err != nil {
			return fmt.Errorf("world: %s.%s: %w", t.name, t.columns[i], err)
		}
	}
	t.rows = append(t.rows, row)
	return nil
}

// plain reduces a value to what both drivers take: string, int64, bool, []byte,
// time.Time, uuid.UUID, nil.
func plain(v any) (any, error) {
	switch v := v.(type) {
	case nil, string, bool, []byte, time.Time, uuid.UUID:
		return v, nil
	}
	r := reflect.ValueOf(v)
	switch r.Kind() {
	case reflect.Pointer:
		if r.IsNil() {
			return nil, nil
		}
		return plain(r.Elem().Interface())
	case reflect.String:
		return r.String(), nil
	case reflect.Int, reflect.Int64, reflect.Int32:
		return r.Int(), nil
	}
	if valuer, is := v.(driver.Valuer); is {
		return valuer.Value()
	}
	return nil, fmt.Errorf("cannot store a %T", v)
}

// write stores the tables' rows in order in one transaction: as a stream on
// PostgreSQL, in statements of many rows on SQLite.
func write(ctx context.Context, s *store.Store, tables ...*table) error {
	if s.Postgres() {
		return onPostgres(ctx, s, func(tx pgx.Tx) error { return copyInto(ctx, tx, tables) })
	}
	tx, err := s.Pool().BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	for _, t := range tables {
		if err := t.insert(ctx, tx); err != nil {
			return fmt.Errorf("world: fill %s: %w", t.name, err)
		}
	}
	return tx.Commit()
}

// onPostgres lends out one connection with a transaction.
func onPostgres(ctx context.Context, s *store.Store, do func(tx pgx.Tx) error) error {
	conn, err := s.Pool().Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	return conn.Raw(func(c any) error {
		return pgx.BeginFunc(ctx, c.(*stdlib.Conn).Conn(), do)
	})
}

func copyInto(ctx context.Context, tx pgx.Tx, tables []*table) error {
	for _, t := range tables {
		for _, row := range t.rows {
			for i, v := range row {
				if id, is := v.(uuid.UUID); is {
					row[i] = [16]byte(id)
				}
			}
		}
		if _, err := tx.CopyFrom(ctx, pgx.Identifier{t.name}, t.columns, pgx.CopyFromRows(t.rows)); err != nil {
			return fmt.Errorf("world: fill %s: %w", t.name, err)
		}
	}
	return nil
}

// insert writes some rows in one statement; more than some hundred parameters
// cost more than they save.
func (t *table) insert(ctx context.Context, tx *sql.Tx) error {
	const parameters = 400 // the driver looks for each among all of them
	one := "(" + strings.TrimSuffix(strings.Repeat("?,", len(t.columns)), ",") + ")"
	most := parameters / len(t.columns)
	for rows := t.rows; len(rows) > 0; {
		n := min(most, len(rows))
		text := "INSERT INTO " + t.name + " (" + strings.Join(t.columns, ",") + ") VALUES " +
			strings.TrimSuffix(strings.Repeat(one+",", n), ",")
		args := make([]any, 0, n*len(t.columns))
		for _, row := range rows[:n] {
			args = append(args, row...)
		}
		if _, err := tx.ExecContext(ctx, text, args...); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}
