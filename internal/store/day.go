package store

import "fmt"

// Day is the civil day in Shanghai of an instant, as text ("2006-01-02"), for a
// query: column is SQL that yields the instant. Shanghai keeps one offset all
// year, which is what lets SQLite count it.
func (s *Store) Day(column string) string {
	if s.Postgres() {
		return "to_char(" + column + " AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD')"
	}
	return "date(" + column + ", '+8 hours')"
}

// DaysFrom is how many civil days in Shanghai the instant of one column lies
// after that of another, for a query.
func (s *Store) DaysFrom(earlier, later string) string {
	if s.Postgres() {
		return "((" + later + " AT TIME ZONE 'Asia/Shanghai')::date - (" + earlier + " AT TIME ZONE 'Asia/Shanghai')::date)"
	}
	return "CAST(julianday(" + s.Day(later) + ") - julianday(" + s.Day(earlier) + ") AS integer)"
}

// DaysBefore is the instant n times 24 hours before that of a column, for a
// query that compares it with other instants; on SQLite the full second in which
// it lies.
func (s *Store) DaysBefore(column string, n int) string {
	if s.Postgres() {
		return fmt.Sprintf("(%s - interval '%d hours')", column, 24*n)
	}
	return fmt.Sprintf("strftime('%%Y-%%m-%%d %%H:%%M:%%S', %s, '-%d days')", column, n)
}
