package portal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/jackc/pgx/v5/pgconn"

	"minsheng/internal/store"
)

// What must never stand in the log, whoever tries to put it there.
var personalWords = []string{
	"王秀兰", "Wang Xiulan", "13800000000", "138 0000 0000", "1234 5678 9012 3456 7890", "12345678901234567890",
	"211122199001010000", "补助款被扣了", "203.0.113.9", "2001:db8::7", "Mozilla/5.0 (Linux; Android 9)",
}

func TestLogDropsWhatCouldBeAboutAPerson(t *testing.T) {
	lines := &journal{}
	log := NewLogger(lines, slog.LevelDebug)
	for _, word := range personalWords {
		err := fmt.Errorf("insert %q: %w", word, &pgconn.PgError{Code: "23505", Detail: word})
		log.Info(word)
		log.Info("report "+word, "name", word, "phone", word, "text", word, "receipt", word, "ip", word, "user_agent", word, "path", word)
		log.Error("failed", "error", err, "err", errors.New(word), "error_kind", word)
		log.Error("failed", "error", word, "error", []string{word}, "component", word, "route", "/x/"+word, "method", word)
		log.Info("failed", "where", word, "version", word, "request_id", word, "addr", word+":80", "dialect", word)
		log.With("name", word, "component", word).WithGroup(word).Info("grouped", "name", word)
		log.Info("grouped", slog.Group("trace", "sql", word, "error", word, slog.Group(word, "name", word)))
		log.Info("failed", slog.Any("component", struct{ Name string }{word}), slog.Any("name", lazy(word)))
	}
	log.Info("counts", "count", 13800000000, "ms", uint64(211122199001010000), "rows", 13800000000.0)
	for _, word := range personalWords {
		if strings.Contains(lines.String(), word) {
			t.Errorf("%q stands in the log", word)
		}
	}
	if strings.Contains(lines.String(), "13800000000") || strings.Contains(lines.String(), "211122199001010000") {
		t.Error("a number that is a phone or an identity stands in the log")
	}
}

type lazy string

func (l lazy) LogValue() slog.Value { return slog.StringValue(string(l)) }

func TestLogKeepsWhatOperatorsNeed(t *testing.T) {
	lines := &journal{}
	log := NewLogger(lines, slog.LevelInfo)
	log.Debug("too quiet")
	log.With("component", "serve").Info("listening", "addr", "127.0.0.1:8080", "version", "v1.2.3", "count", 7, "took", time.Second)
	log.Error("sweep failed", "error", fmt.Errorf("gate: sweep: %w", context.DeadlineExceeded), "duration", 1500*time.Millisecond)
	log.Error("request", "method", "POST", "route", "/cases/:id/files/:file", "status", 503, "ms", int64(12), "bytes", 20480, "request_id", letters(16))
	var all []map[string]any
	for line := range strings.Lines(lines.String()) {
		var one map[string]any
		if err := json.Unmarshal([]byte(line), &one); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		all = append(all, one)
	}
	if len(all) != 3 {
		t.Fatalf("%d lines", len(all))
	}
	for i, want := range []map[string]any{
		{"msg": "listening", "level": "INFO", "component": "serve", "addr": "127.0.0.1:8080", "version": "v1.2.3", "count": 7.0},
		{"msg": "sweep failed", "error_kind": "context deadline exceeded", "duration": 1500.0},
		{"msg": "request", "method": "POST", "route": "/cases/:id/files/:file", "status": 503.0, "ms": 12.0, "bytes": 20480.0},
	} {
		for key, value := range want {
			if all[i][key] != value {
				t.Errorf("line %d: %s is %v, want %v", i, key, all[i][key], value)
			}
		}
	}
	if _, there := all[0]["took"]; there {
		t.Error("a field outside the set was written")
	}
}

func TestKindsOfErrorsAreNotTheirWords(t *testing.T) {
	for want, err := range map[string]error{
		"store: not found":                              fmt.Errorf("%s: %w", secret, store.ErrNotFound),
		"sqlstate 23505":                                fmt.Errorf("%s: %w", secret, &pgconn.PgError{Code: "23505", Detail: secret}),
		"context deadline exceeded":                     fmt.Errorf("%s: %w", secret, context.DeadlineExceeded),
		"status 500":                                    fiber.NewError(500, secret),
		"fmt.wrapError > errors.errorString":            fmt.Errorf("x: %w", errors.New(secret)),
		"fmt.wrapError > shelf: no such thing":          fmt.Errorf("%s: %w", secret, errors.New("shelf: no such thing")),
		"net.OpError > net.DNSError":                    &net.OpError{Op: "dial", Err: &net.DNSError{Name: secret}},
		"panic of type string at portal/log_test.go:12": &panicked{where: "portal/log_test.go:12", kind: "string"},
	} {
		if got := kindOf(err); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// A whole request: what is logged of it is its pattern and its true status.
func TestRequestsAreLoggedByPatternAndTrueStatus(t *testing.T) {
	s, lines := build(t, func(r fiber.Router) {
		r.Get("/v/:code/:name", func(c *fiber.Ctx) error { return c.SendString("hi") })
		r.Get("/case/:id", func(c *fiber.Ctx) error { return store.ErrNotFound })
		r.Post("/broken/:id", func(c *fiber.Ctx) error { return fmt.Errorf("%s: %w", secret, &pgconn.PgError{Code: "22001"}) })
		r.Get("/stream", func(c *fiber.Ctx) error { return c.SendStream(strings.NewReader("12345"), 5) })
	})
	for _, c := range []struct{ method, path string }{
		{"GET", "/v/211122111901/%E7%8E%8B%E7%A7%80%E5%85%B0?phone=13800000000"}, {"GET", "/case/12345678901234567890"},
		{"POST", "/broken/13800000000"}, {"GET", "/13800000000"}, {"GET", "/stream"}, {"PUT", "/foreign"},
	} {
		r := httptest.NewRequest(c.method, c.path, nil)
		r.Header.Set("User-Agent", "Mozilla/5.0 (Linux; Android 9)")
		r.Header.Set("X-Forwarded-For", "203.0.113.9")
		r.Header.Set("X-Request-ID", "13800000000")
		if c.method == "PUT" {
			r.Header.Set("Sec-Fetch-Site", "cross-site")
		}
		r.Header.Set("Referer", "https://x/13800000000")
		answer, err := s.App().Test(r, -1)
		if err != nil {
			t.Fatal(err)
		}
		if id := answer.Header.Get("X-Request-ID"); len(id) != 16 || !strings.Contains(lines.String(), `"request_id":"`+id+`"`) {
			t.Errorf("request id %q", id)
		}
	}
	log := lines.String()
	for _, want := range []string{
		`"method":"GET","route":"/v/:code/:name","status":200`, `"route":"/case/:id","status":404`,
		`"method":"POST","route":"/broken/:id","status":500`, `"error_kind":"sqlstate 22001"`,
		`"route":"unmatched","status":404`, `"route":"refused","status":403`, `"route":"/stream","status":200`, `"bytes":5`,
	} {
		if !strings.Contains(log, want) {
			t.Errorf("the log lacks %s:\n%s", want, log)
		}
	}
	for _, word := range []string{"13800000000", "211122111901", "%E7", "王秀兰", "203.0.113.9", "Mozilla", "12345678901234567890", "withheld"} {
		if strings.Contains(log, word) {
			t.Errorf("%q stands in the log", word)
		}
	}
}

func TestRequestIdsDoNotRepeat(t *testing.T) {
	seen := map[string]bool{}
	for range 10_000 {
		id := letters(16)
		if seen[id] {
			t.Fatal("twice the same")
		}
		seen[id] = true
	}
}

func TestMetricsKnowPatternsAndTrueStatuses(t *testing.T) {
	s, _ := build(t, func(r fiber.Router) {
		r.Get("/case/:id", func(c *fiber.Ctx) error { return store.ErrNotFound })
	})
	try(t, s, "GET", "/case/13800000000")
	try(t, s, "GET", "/13800000000")
	w := httptest.NewRecorder()
	s.Metrics.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	text := w.Body.String()
	for _, want := range []string{
		`portal_request_seconds_count{method="GET",route="/case/:id",status="404"} 1`,
		`portal_request_seconds_count{method="GET",route="unmatched",status="404"} 1`,
		"portal_limits_without_redis_total 0", "go_sql_open_connections", "go_goroutines",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("metrics lack %s", want)
		}
	}
	if strings.Contains(text, "13800000000") {
		t.Error("metrics hold a path")
	}
}
