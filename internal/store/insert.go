package store

import (
	"context"
	"database/sql/driver"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"sync"

	"gorm.io/gorm"
	"gorm.io/gorm/schema"
)

// Row is a row of any table, for tables that have no struct.
type Row struct {
	Table   string
	Columns []string
	Values  []any // plain values, Given or Expr
}

// Given is the value that the database itself gave to a column of an earlier
// row of the same InsertTogether: the number of a complaint, for its entry in
// the index. A row takes from one other row only.
type Given struct {
	Row    int // position among the rows, from 0
	Column string
}

// Expr is a value that the database computes. SQL holds one ? for each of
// Args, which are plain values or Given. In a row that uses Given, PostgreSQL
// cannot tell the type of a bare value: cast it.
type Expr struct {
	SQL  string
	Args []any
}

// Also is a further statement that belongs to the rows, such as an UPDATE of
// what is bound to them. It does not see the rows themselves.
type Also struct {
	SQL  string // with one ? for each of Args
	Args []any
}

// InsertTogether inserts rows, all or none, durably. A row is a pointer to a
// GORM model, a Row or an Also. Serial keys are left to the database and are
// not read back. An error that IsDuplicate means that nothing was written,
// because a unique value already stood.
//
// On PostgreSQL it is one statement and therefore one round trip: that, and
// not the work of the database, is what a submission waits for. On SQLite,
// where a statement costs no journey, it is one transaction.
func (s *Store) InsertTogether(ctx context.Context, rows ...any) error {
	if s.Postgres() {
		return s.insertAtOnce(ctx, s.pool, rows)
	}
	return s.Transact(ctx, func(tx *gorm.DB) error { return s.InsertInto(tx, rows...) })
}

// InsertInto is InsertTogether inside the caller's transaction.
func (s *Store) InsertInto(tx *gorm.DB, rows ...any) error {
	if s.Postgres() {
		return s.insertAtOnce(tx.Statement.Context, tx.Statement.ConnPool, rows)
	}
	return s.insertOneByOne(tx.Statement.Context, tx.Statement.ConnPool, rows)
}

func (s *Store) insertAtOnce(ctx context.Context, on gorm.ConnPool, rows []any) error {
	shape := make([]byte, 0, 1024)
	args := make([]any, 0, 128)
	var err error
	for _, row := range rows {
		if shape, args, err = s.describe(ctx, shape, args, row); err != nil {
			return err
		}
	}
	text, known := s.shapes.find(shape)
	if !known {
		if text, err = s.statement(ctx, rows); err != nil {
			return err
		}
		s.shapes.keep(shape, text)
	}
	_, err = on.ExecContext(ctx, text, args...)
	return s.translate(err)
}

func (s *Store) insertOneByOne(ctx context.Context, on gorm.ConnPool, rows []any) error {
	given := map[Given]any{}
	wanted := wantedOf(rows)
	for i, r := range rows {
		text, args, err := s.single(ctx, r, given)
		if err != nil {
			return err
		}
		if wanted[i] == "" {
			_, err = on.ExecContext(ctx, text, args...)
		} else {
			var value any
			err = on.QueryRowContext(ctx, text+" RETURNING "+wanted[i], args...).Scan(&value)
			given[Given{i, wanted[i]}] = value
		}
		if err != nil {
			return s.translate(err)
		}
	}
	return nil
}

// single is one row as a statement of its own.
func (s *Store) single(ctx context.Context, r any, given map[Given]any) (string, []any, error) {
	if also, is := r.(Also); is {
		return also.SQL, also.Args, nil
	}
	row, err := s.plain(ctx, r)
	if err != nil {
		return "", nil, err
	}
	text, args := row.single(given)
	return text, args, nil
}

func (s *Store) translate(err error) error {
	if t, can := s.db.Dialector.(gorm.ErrorTranslator); can && err != nil {
		return t.Translate(err)
	}
	return err
}

// shapes remembers the statement written for rows of one shape: a service
// inserts few shapes, very often.
type shapes struct {
	mu    sync.RWMutex
	texts map[string]string
}

func (s *shapes) find(shape []byte) (string, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	text, known := s.texts[string(shape)]
	return text, known
}

func (s *shapes) keep(shape []byte, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.texts == nil {
		s.texts = map[string]string{}
	}
	s.texts[string(shape)] = text
}

// describe appends to shape what the text of the statement depends on, and the
// row's values to args, in the order in which the statement counts them.
func (s *Store) describe(ctx context.Context, shape []byte, args []any, r any) ([]byte, []any, error) {
	if also, is := r.(Also); is {
		return append(append(shape, also.SQL...), '\n'), append(args, also.Args...), nil
	}
	row, is := r.(Row)
	if !is {
		model, err := s.model(r)
		if err != nil {
			return nil, nil, err
		}
		args, err = appendValues(ctx, args, model, r)
		return append(append(shape, model.ModelType.String()...), '\n'), args, err
	}
	shape = append(append(shape, '+'), row.Table...)
	for i, value := range row.Values {
		e := expr(value)
		shape = append(append(append(append(shape, ' '), row.Columns[i]...), '='), e.SQL...)
		for _, arg := range e.Args {
			if g, is := arg.(Given); is {
				shape = append(strconv.AppendInt(append(shape, '@'), int64(g.Row), 10), g.Column...)
				continue
			}
			args = append(args, arg)
		}
	}
	return append(shape, '\n'), args, nil
}

// statement writes WITH r0 AS (INSERT …), r1 AS (INSERT …) SELECT 1. Foreign
// keys are checked when the whole statement ends, so their order is free.
func (s *Store) statement(ctx context.Context, rows []any) (string, error) {
	var b strings.Builder
	wanted := wantedOf(rows)
	params := 0
	for i, r := range rows {
		part, err := s.part(ctx, r, &params)
		if err != nil {
			return "", err
		}
		separator := ", "
		if i == 0 {
			separator = "WITH "
		}
		fmt.Fprintf(&b, "%sr%d AS (%s", separator, i, part)
		if wanted[i] != "" {
			b.WriteString(" RETURNING " + wanted[i])
		}
		b.WriteByte(')')
	}
	b.WriteString(" SELECT 1")
	return b.String(), nil
}

// part is what one row adds to the statement, counting its parameters on.
func (s *Store) part(ctx context.Context, r any, params *int) (string, error) {
	if also, is := r.(Also); is {
		text, _ := Expr(also).numbered(params)
		return text, nil
	}
	row, err := s.plain(ctx, r)
	if err != nil {
		return "", err
	}
	return row.part(params), nil
}

func (r Row) part(params *int) string {
	values := make([]string, len(r.Values))
	from := ""
	for i, value := range r.Values {
		text, taken := expr(value).numbered(params)
		if values[i] = text; taken != "" {
			from = " FROM " + taken
		}
	}
	list := strings.Join(values, ",")
	if from != "" {
		return r.into() + " SELECT " + list + from
	}
	return r.into() + " VALUES (" + list + ")"
}

// numbered puts $1, $2 … or the names of given values in place of each ?, and
// tells from which part of the statement a value is taken.
func (e Expr) numbered(params *int) (text, from string) {
	rest := e.SQL
	for _, arg := range e.Args {
		before, after, _ := strings.Cut(rest, "?")
		if g, is := arg.(Given); is {
			from = fmt.Sprintf("r%d", g.Row)
			text += before + from + "." + g.Column
		} else {
			*params++
			text += fmt.Sprintf("%s$%d", before, *params)
		}
		rest = after
	}
	return text + rest, from
}

func (r Row) single(given map[Given]any) (string, []any) {
	values := make([]string, len(r.Values))
	var args []any
	for i, value := range r.Values {
		e := expr(value)
		values[i] = e.SQL
		for _, arg := range e.Args {
			if g, is := arg.(Given); is {
				arg = given[g]
			}
			args = append(args, arg)
		}
	}
	return r.into() + " VALUES (" + strings.Join(values, ",") + ")", args
}

func (r Row) into() string {
	return "INSERT INTO " + r.Table + " (" + strings.Join(r.Columns, ",") + ")"
}

func expr(value any) Expr {
	if e, is := value.(Expr); is {
		return e
	}
	return Expr{"?", []any{value}}
}

// wantedOf tells for each row which of its columns another row takes.
func wantedOf(rows []any) []string {
	wanted := make([]string, len(rows))
	for _, r := range rows {
		row, is := r.(Row)
		if !is {
			continue
		}
		for _, value := range row.Values {
			for _, arg := range expr(value).Args {
				if g, is := arg.(Given); is {
					wanted[g.Row] = g.Column
				}
			}
		}
	}
	return wanted
}

// model is what GORM knows of a struct; GORM remembers it.
func (s *Store) model(r any) (*schema.Schema, error) {
	parsed := gorm.Statement{DB: s.db}
	err := parsed.Parse(r)
	return parsed.Schema, err
}

// plain turns a model into a Row.
func (s *Store) plain(ctx context.Context, r any) (Row, error) {
	if row, is := r.(Row); is {
		return row, nil
	}
	model, err := s.model(r)
	if err != nil {
		return Row{}, err
	}
	row := Row{Table: model.Table}
	for _, f := range model.Fields {
		if stored(f) {
			row.Columns = append(row.Columns, f.DBName)
		}
	}
	row.Values, err = appendValues(ctx, nil, model, r)
	return row, err
}

func stored(f *schema.Field) bool { return f.DBName != "" && f.Creatable && !f.AutoIncrement }

func appendValues(ctx context.Context, args []any, model *schema.Schema, r any) ([]any, error) {
	v := reflect.Indirect(reflect.ValueOf(r))
	for _, f := range model.Fields {
		if !stored(f) {
			continue
		}
		value, _ := f.ValueOf(ctx, v)
		if f.Serializer != nil {
			var err error
			if value, err = value.(driver.Valuer).Value(); err != nil {
				return nil, fmt.Errorf("store: %s.%s: %w", model.Table, f.DBName, err)
			}
		}
		args = append(args, value)
	}
	return args, nil
}
