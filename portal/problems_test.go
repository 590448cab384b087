package portal

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"
	"testing"

	"github.com/gofiber/fiber/v2"
	"github.com/jackc/pgx/v5/pgconn"

	"minsheng/intake"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/portal/gate"
	"minsheng/portal/locale"
	"minsheng/staff"
	"minsheng/triage"
)

const secret = "王秀兰 13800000000"

func TestErrorsBecomePages(t *testing.T) {
	var fail error
	s, _ := build(t, func(r fiber.Router) {
		r.Get("/fail", func(c *fiber.Ctx) error { return fail })
		r.Get("/console/fail", func(c *fiber.Ctx) error { return fail })
		r.Post("/console/fail", func(c *fiber.Ctx) error { return fail })
	})
	wrapped := func(err error) error { return fmt.Errorf("%s: %w", secret, err) }
	for _, c := range []struct {
		err    error
		status int
		key    string
	}{
		{wrapped(store.ErrNotFound), 404, "missing"},
		{wrapped(staff.ErrForbidden), 404, "missing"},
		{wrapped(step.ErrStale), 409, "stale"},
		{wrapped(step.ErrState), 409, "state"},
		{wrapped(step.ErrSamePerson), 409, "person"},
		{&triage.Taken{}, 409, "stale"},
		{wrapped(intake.ErrStaleForm), 409, "form"},
		{wrapped(gate.ErrForeign), 403, "foreign"},
		{wrapped(gate.ErrSlow), 408, "slow"},
		{wrapped(gate.ErrFormTooLarge), 413, "large"},
		{wrapped(gate.ErrForm), 400, "bad"},
		{fiber.ErrTooManyRequests, 429, "often"},
		{fiber.NewError(418, secret), 418, "bad"},
		{fiber.NewError(502, secret), 502, "failed"},
		{wrapped(context.DeadlineExceeded), 503, "busy"},
		{wrapped(&net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}), 503, "busy"},
		{wrapped(driver.ErrBadConn), 503, "busy"},
		{wrapped(syscall.ENOSPC), 503, "busy"},
		{wrapped(&pgconn.PgError{Code: "57P01", Message: secret}), 503, "busy"},
		{wrapped(&pgconn.PgError{Code: "53100", Message: secret}), 503, "busy"},
		{wrapped(&pgconn.PgError{Code: "23505", Detail: secret}), 500, "failed"},
		{wrapped(errors.New("database is locked (5) (SQLITE_BUSY)")), 503, "busy"},
		{errors.New(secret), 500, "failed"},
	} {
		fail = c.err
		for _, where := range []struct {
			path string
			lang locale.Lang
		}{{"/fail", locale.Chinese}, {"/fail?lang=en&size=big", locale.English}, {"/console/fail", locale.Chinese}, {"/console/fail?lang=en", locale.English}} {
			answer, body := try(t, s, "GET", where.path)
			title := s.View.Text(where.lang, "trouble."+c.key+".title")
			if answer.StatusCode != c.status || !strings.Contains(body, title) {
				t.Errorf("%T on %s: %d, page has %q: %v; want %d", c.err, where.path, answer.StatusCode, title, strings.Contains(body, title), c.status)
			}
			if strings.Contains(body, "13800000000") || strings.Contains(body, "王秀兰") {
				t.Errorf("%T on %s: the page quotes the error", c.err, where.path)
			}
			if retry := answer.Header.Get("Retry-After") != ""; retry != (c.status == 503) {
				t.Errorf("%T: Retry-After %v with status %d", c.err, retry, c.status)
			}
		}
	}
}

func TestSignedOutLeadsToSignIn(t *testing.T) {
	s, _ := build(t, func(r fiber.Router) {
		r.Get("/console/cases", func(c *fiber.Ctx) error { return staff.ErrSignedOut })
		r.Post("/console/cases", func(c *fiber.Ctx) error { return staff.ErrSignedOut })
	})
	answer, _ := try(t, s, "GET", "/console/cases")
	if answer.StatusCode != 303 || answer.Header.Get("Location") != "/console/signin" {
		t.Errorf("GET: %d to %q", answer.StatusCode, answer.Header.Get("Location"))
	}
	answer, _ = try(t, s, "GET", "/console/cases?lang=en")
	if answer.Header.Get("Location") != "/console/signin?lang=en" {
		t.Errorf("GET in English: to %q", answer.Header.Get("Location"))
	}
	answer, body := try(t, s, "POST", "/console/cases")
	if answer.StatusCode != 401 || !strings.Contains(body, s.View.Text(locale.Chinese, "trouble.signedout.title")) {
		t.Errorf("POST: %d", answer.StatusCode)
	}
}

// What a handler had begun to say must not colour the page of trouble.
func TestTroubleTakesNothingFromTheFailedAnswer(t *testing.T) {
	s, _ := build(t, func(r fiber.Router) {
		r.Get("/", func(c *fiber.Ctx) error {
			c.Set("Content-Disposition", "attachment")
			c.Set("Content-Encoding", "gzip")
			c.Set("Cache-Control", "public, max-age=99")
			c.Set("ETag", `"x"`)
			c.Set("Content-Security-Policy", "sandbox")
			c.SendString(secret)
			return errors.New("no")
		})
	})
	answer, body := try(t, s, "GET", "/")
	h := answer.Header
	if h.Get("Content-Disposition")+h.Get("Content-Encoding")+h.Get("ETag") != "" || h.Get("Cache-Control") != "no-store" ||
		h.Get("Content-Security-Policy") != policy || strings.Contains(body, secret) {
		t.Errorf("headers %v", h)
	}
}

type badError struct{}

func (badError) Error() string { panic(secret) }

// Whatever panics, the visitor gets the page and the portal goes on.
func TestPanicsAreAnswered(t *testing.T) {
	var nilMap map[string]int
	places := map[string]fiber.Handler{
		"words":   func(c *fiber.Ctx) error { panic(secret) },
		"error":   func(c *fiber.Ctx) error { panic(errors.New(secret)) },
		"nil":     func(c *fiber.Ctx) error { panic(nil) },
		"runtime": func(c *fiber.Ctx) error { nilMap["x"] = 1; return nil },
		"after":   func(c *fiber.Ctx) error { c.SendString("half"); panic("late") },
		"message": func(c *fiber.Ctx) error { return badError{} },
		"nested": func(c *fiber.Ctx) error {
			defer func() { panic("again") }()
			panic("once")
		},
		"database": func(c *fiber.Ctx) error { var s *store.Store; return s.Ping(c.UserContext()) },
	}
	s, lines := build(t, func(r fiber.Router) {
		for name, h := range places {
			r.Get("/"+name, h)
		}
	})
	addr := serve(t, s)
	for name := range places {
		answer, body := raw(t, addr, "GET /"+name+" HTTP/1.1\r\nHost: x\r\n\r\n")
		if answer.StatusCode != 500 || !strings.Contains(body, s.View.Text(locale.Chinese, "trouble.failed.title")) {
			t.Errorf("%s: %d %.80q", name, answer.StatusCode, body)
		}
	}
	if answer, _ := raw(t, addr, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"); answer.StatusCode != 200 {
		t.Error("the portal is not itself any more")
	}
	log := lines.String()
	if strings.Contains(log, "王秀兰") || strings.Contains(log, "13800000000") {
		t.Errorf("the log quotes a panic: %s", log)
	}
	if !strings.Contains(log, "panic of type string at portal/problems_test.go:") {
		t.Errorf("the log does not say where: %s", log)
	}
}

// The middleware before everything, and the server around it, catch what goes
// wrong in the middleware behind.
func TestPanicsOutsideHandlersAreAnswered(t *testing.T) {
	s, _ := build(t, func(r fiber.Router) { r.Get("/", func(c *fiber.Ctx) error { return nil }) })
	s.Log = nil // logging panics
	addr := serve(t, s)
	answer, body := raw(t, addr, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	if answer.StatusCode != 500 || !strings.Contains(body, s.View.Text(locale.Chinese, "trouble.failed.title")) {
		t.Errorf("panic in the log: %d %.80q", answer.StatusCode, body)
	}
	s.troubles = nil
	s.BaseURL = nil // even explaining panics
	if answer, _ := raw(t, addr, "GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n"); answer.StatusCode != 500 {
		t.Errorf("panic in the explanation: %d", answer.StatusCode)
	}
	if _, err := net.Dial("tcp", addr); err != nil {
		t.Errorf("the portal is gone: %v", err)
	}
}
