package portal

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"regexp"
	"strings"
	"syscall"

	"github.com/gofiber/fiber/v2"
)

// unavailable reports that err came of a database or disk that is away, busy
// or full, so that trying again in a while makes sense.
func unavailable(err error) bool {
	for _, away := range []error{
		context.DeadlineExceeded, context.Canceled, driver.ErrBadConn, sql.ErrConnDone,
		net.ErrClosed, io.ErrUnexpectedEOF, syscall.ECONNREFUSED, syscall.ECONNRESET, syscall.ENOSPC, syscall.EPIPE,
	} {
		if errors.Is(err, away) {
			return true
		}
	}
	var network net.Error
	var state interface{ SQLState() string }
	switch {
	case errors.As(err, &state):
		return awayState(state.SQLState())
	case errors.As(err, &network):
		return true
	case err != nil:
		// The SQLite driver has no type of its own for these two.
		return strings.Contains(err.Error(), "SQLITE_BUSY") || strings.Contains(err.Error(), "SQLITE_FULL") ||
			strings.Contains(err.Error(), "sql: database is closed")
	}
	return false
}

// awayState reports the classes of PostgreSQL: 08 connection, 53 resources,
// 57P operator intervention (shutting down, starting up), 58 input and output.
func awayState(code string) bool {
	for _, class := range []string{"08", "53", "57P", "57014", "58"} {
		if strings.HasPrefix(code, class) {
			return true
		}
	}
	return false
}

// kindOf says what an error is in words that no visitor can have chosen: its
// sentinel's text or its types, never its message, for drivers quote values in
// theirs.
func kindOf(err error) string {
	var p *panicked
	var coded *fiber.Error
	var state interface{ SQLState() string }
	switch {
	case err == nil:
		return ""
	case errors.As(err, &p):
		return p.Error()
	case errors.As(err, &coded):
		return fmt.Sprintf("status %d", coded.Code)
	case errors.As(err, &state):
		return "sqlstate " + state.SQLState()
	}
	for _, p := range problems() {
		if errors.Is(err, p.err) {
			return p.err.Error()
		}
	}
	for _, known := range []error{context.DeadlineExceeded, context.Canceled, driver.ErrBadConn, io.EOF, io.ErrUnexpectedEOF, net.ErrClosed, sql.ErrConnDone} {
		if errors.Is(err, known) {
			return known.Error()
		}
	}
	return typesOf(err)
}

// constant is the shape of this house's sentinels: "room: few plain words".
var constant = regexp.MustCompile(`^[a-z]+: [a-z' -]{3,60}$`)

// typesOf lists the types that err is wrapped in, outermost first. An error
// made by errors.New has no telling type, but a constant text.
func typesOf(err error) string {
	var types []string
	for err != nil && len(types) < 8 {
		name := strings.TrimPrefix(fmt.Sprintf("%T", err), "*")
		if errno, ok := err.(syscall.Errno); ok {
			name = fmt.Sprintf("errno %d", int(errno))
		}
		if name == "errors.errorString" && constant.MatchString(err.Error()) {
			name = err.Error()
		}
		types = append(types, name)
		err = errors.Unwrap(err)
	}
	return strings.Join(types, " > ")
}
