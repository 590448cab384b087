package portal

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"minsheng/internal/seal"
	"minsheng/internal/store/storetest"
	"minsheng/portal/gate"
	"minsheng/portal/view/viewtest"
)

// testFace is a face of a few routes; uploads go to /upload.
type testFace struct{ routes func(r fiber.Router) }

func (f testFace) Mount(r fiber.Router) { f.routes(r) }

func (f testFace) BodyLimit(path string) int64 {
	if path == "/upload" {
		return 26 << 20
	}
	return 0
}

// journal collects log lines.
type journal struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.all.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.all.String()
}

// build makes a site of routes; change may alter what it is made of.
func build(t *testing.T, routes func(r fiber.Router), change ...func(*Config)) (*Site, *journal) {
	t.Helper()
	look := viewtest.Of(t)
	keys, err := seal.Create(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	lines := &journal{}
	if routes == nil {
		routes = func(fiber.Router) {}
	}
	c := Config{
		Public: testFace{routes}, View: look.Views, Assets: look.Assets,
		Limits: gate.NewLimits(nil, keys, true, 1), Visitors: gate.NewVisitors(keys, nil),
		BaseURL: &url.URL{Scheme: "https", Host: "portal.example"}, Log: NewLogger(lines, -4), Metrics: NewMetrics(),
	}
	for _, f := range change {
		f(&c)
	}
	if c.Store == nil {
		c.Store = storetest.SQLite(t)
	}
	s, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return s, lines
}

// serve opens the site on a loopback address.
func serve(t *testing.T, s *Site) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(l) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		s.Drain(ctx)
		select {
		case <-ended:
		case <-time.After(5 * time.Second):
			t.Error("Serve did not return")
		}
	})
	return l.Addr().String()
}

func try(t *testing.T, s *Site, method, target string, headers ...string) (*http.Response, string) {
	t.Helper()
	r := httptest.NewRequest(method, target, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	answer, err := s.App().Test(r, -1)
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(answer.Body)
	return answer, string(body)
}

// raw sends bytes as they are and reads one answer.
func raw(t *testing.T, addr, request string) (*http.Response, string) {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(10 * time.Second))
	io.WriteString(conn, request)
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatalf("%.60q: %v", request, err)
	}
	body, _ := io.ReadAll(answer.Body)
	return answer, string(body)
}

func TestEveryAnswerBearsTheHeaders(t *testing.T) {
	s, _ := build(t, func(r fiber.Router) {
		r.Get("/", func(c *fiber.Ctx) error { return c.SendString("hi") })
		r.Get("/broken", func(c *fiber.Ctx) error { panic("broken") })
	})
	addr := serve(t, s)
	for name, c := range map[string]struct {
		request string
		status  int
	}{
		"page":             {"GET / HTTP/1.1\r\nHost: x\r\n\r\n", 200},
		"head":             {"HEAD /nowhere HTTP/1.0\r\nHost: x\r\n\r\n", 404},
		"unknown":          {"GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n", 404},
		"panic":            {"GET /broken HTTP/1.1\r\nHost: x\r\n\r\n", 500},
		"chunked":          {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 411},
		"gzip":             {"POST / HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx", 415},
		"other site":       {"POST / HTTP/1.1\r\nHost: x\r\nSec-Fetch-Site: cross-site\r\nContent-Length: 0\r\n\r\n", 403},
		"no method":        {"BREW / HTTP/1.1\r\nHost: x\r\n\r\n", 400},
		"no request":       {"hello\r\n\r\n", 400},
		"header too large": {"GET / HTTP/1.1\r\nHost: x\r\nX: " + strings.Repeat("x", 20_000) + "\r\n\r\n", 431},
		"health":           {"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", 200},
	} {
		answer, _ := raw(t, addr, c.request)
		if answer.StatusCode != c.status {
			t.Errorf("%s: status %d, want %d", name, answer.StatusCode, c.status)
		}
		for header, want := range map[string]string{
			"Content-Security-Policy":      policy,
			"X-Content-Type-Options":       "nosniff",
			"Referrer-Policy":              "same-origin",
			"Cross-Origin-Opener-Policy":   "same-origin",
			"Cross-Origin-Resource-Policy": "same-origin",
			"Cache-Control":                "no-store",
			"Strict-Transport-Security":    "max-age=31536000; includeSubDomains",
		} {
			if got := answer.Header.Get(header); got != want {
				t.Errorf("%s: %s: %q, want %q", name, header, got, want)
			}
		}
		if answer.Header.Get("Server") != "" || answer.Header.Get("Permissions-Policy") == "" {
			t.Errorf("%s: headers %v", name, answer.Header)
		}
	}
}

func TestOnlyTLSPromisesTLS(t *testing.T) {
	s, _ := build(t, nil, func(c *Config) { c.BaseURL = &url.URL{Scheme: "http", Host: "127.0.0.1:8080"} })
	if answer, _ := try(t, s, "GET", "/healthz"); answer.Header.Get("Strict-Transport-Security") != "" {
		t.Error("a portal on plain HTTP promises TLS for a year")
	}
}

func TestHandlersMayChooseTheirOwnHeaders(t *testing.T) {
	s, _ := build(t, func(r fiber.Router) {
		r.Get("/file", func(c *fiber.Ctx) error {
			c.Set("Content-Security-Policy", "sandbox")
			c.Set("Cache-Control", "public, max-age=5")
			return c.SendString("x")
		})
	})
	answer, _ := try(t, s, "GET", "/file")
	if answer.Header.Get("Content-Security-Policy") != "sandbox" || answer.Header.Get("Cache-Control") != "public, max-age=5" {
		t.Errorf("headers %v", answer.Header)
	}
}

func TestForwardedHostAndSchemeAreNotBelieved(t *testing.T) {
	s, _ := build(t, func(r fiber.Router) {
		r.Get("/", func(c *fiber.Ctx) error {
			return c.SendString(strings.Join([]string{c.Hostname(), c.Protocol(), c.BaseURL(), c.IP()}, " "))
		})
	})
	_, body := raw(t, serve(t, s), "GET / HTTP/1.1\r\nHost: real.example\r\nX-Forwarded-Host: evil.example\r\nX-Forwarded-Proto: https\r\n"+
		"X-Forwarded-Protocol: https\r\nX-Forwarded-Ssl: on\r\nX-Url-Scheme: https\r\nX-Forwarded-For: 6.6.6.6\r\nConnection: close\r\n\r\n")
	if body != "real.example http http://real.example 127.0.0.1" {
		t.Errorf("a handler sees %q", body)
	}
}

func TestOriginIsWhatBrowsersSend(t *testing.T) {
	for base, want := range map[string]string{
		"https://portal.example":          "https://portal.example",
		"https://Portal.Example:443/path": "https://portal.example",
		"http://portal.example:80":        "http://portal.example",
		"http://127.0.0.1:8080":           "http://127.0.0.1:8080",
		"https://portal.example:8443":     "https://portal.example:8443",
	} {
		u, err := url.Parse(base)
		if err != nil {
			t.Fatal(err)
		}
		if got := (&Site{Config: Config{BaseURL: u}}).origin(); got != want {
			t.Errorf("%s: %s, want %s", base, got, want)
		}
	}
}

func TestRoutesAreExact(t *testing.T) {
	s, _ := build(t, func(r fiber.Router) {
		r.Get("/notices", func(c *fiber.Ctx) error { return c.SendString("here") })
	})
	for path, want := range map[string]int{"/notices": 200, "/Notices": 404, "/notices/": 404, "/": 404, "/console/x": 404, "/static/x": 404} {
		if answer, _ := try(t, s, "GET", path); answer.StatusCode != want {
			t.Errorf("%s: %d, want %d", path, answer.StatusCode, want)
		}
	}
	if answer, _ := try(t, s, "DELETE", "/notices"); answer.StatusCode != 404 {
		t.Errorf("DELETE: %d", answer.StatusCode)
	}
}

// proxied is a site behind a proxy, so that one address may open many
// connections.
func proxied(c *Config) {
	c.Visitors = gate.NewVisitors(nil, []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")})
}

func TestConnectionsAreBoundedPerVisitorUnlessAProxyStandsBefore(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Config)
		want   int
	}{"direct": {func(*Config) {}, connsPerVisitor}, "behind a proxy": {proxied, connsPerVisitor + 20}} {
		s, _ := build(t, nil, c.change)
		addr, open := serve(t, s), 0
		for range connsPerVisitor + 20 {
			conn, err := net.Dial("tcp", addr)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			fmt.Fprint(conn, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
			conn.SetReadDeadline(time.Now().Add(5 * time.Second))
			if n, _ := conn.Read(make([]byte, 4096)); n > 0 {
				open++
			}
		}
		if open != c.want {
			t.Errorf("%s: %d connections answered, want %d", name, open, c.want)
		}
	}
}

func TestWorkHasADeadlineAndEndsWithTheAnswer(t *testing.T) {
	var kept []context.Context
	keep := func(c *fiber.Ctx) error { kept = append(kept, c.UserContext()); return nil }
	s, _ := build(t, func(r fiber.Router) {
		r.Get("/", keep)
		r.Post("/report", keep)
		r.Post("/upload", keep)
	})
	addr := serve(t, s)
	send := func(path, kind string, length int) {
		raw(t, addr, fmt.Sprintf("POST %s HTTP/1.1\r\nHost: x\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s",
			path, kind, length, strings.Repeat("x", min(length, 9000))))
	}
	raw(t, addr, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	send("/report", "text/plain", 9000) // has come when the handler begins
	send("/report", "multipart/form-data; boundary=b", 10<<10)
	send("/upload", "multipart/form-data; boundary=b", 20<<20)
	if len(kept) != 4 {
		t.Fatal("handlers were not reached")
	}
	for i, limit := range []time.Duration{pageTime, pageTime, pageTime + 40*time.Second, pageTime + uploadTime} {
		until, ok := kept[i].Deadline()
		if left := time.Until(until); !ok || left > limit || left < limit-5*time.Second {
			t.Errorf("deadline in %v, want %v", left, limit)
		}
		if kept[i].Err() == nil {
			t.Error("work may go on after the answer")
		}
	}
}

// Drain lets requests in flight end, closes idle connections and takes no more.
func TestDrainAnswersWhatIsInFlight(t *testing.T) {
	begun, release := make(chan struct{}), make(chan struct{})
	s, _ := build(t, func(r fiber.Router) {
		r.Get("/slow", func(c *fiber.Ctx) error {
			close(begun)
			<-release
			return c.SendString("done")
		})
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve(l) }()
	idle, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer idle.Close()
	fmt.Fprint(idle, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
	idle.Read(make([]byte, 4096))

	early, err := net.Dial("tcp", l.Addr().String()) // connected, has not asked yet
	if err != nil {
		t.Fatal(err)
	}
	defer early.Close()

	answered := make(chan string, 1)
	go func() {
		_, body := raw(t, l.Addr().String(), "GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
		answered <- body
	}()
	<-begun
	drained := make(chan error, 1)
	go func() { drained <- s.Drain(context.Background()) }()
	for range 100 { // until the listener is closed
		conn, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			break
		}
		conn.Close()
		time.Sleep(10 * time.Millisecond)
	}
	if conn, err := net.Dial("tcp", l.Addr().String()); err == nil {
		conn.Close()
		t.Error("still accepts connections")
	}
	fmt.Fprint(early, "GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n")
	answer := make([]byte, 4096)
	if n, _ := early.Read(answer); !strings.Contains(string(answer[:n]), " 503 ") || !strings.Contains(string(answer[:n]), "draining") {
		t.Errorf("readiness while draining: %s", answer[:n])
	}
	select {
	case err := <-drained:
		t.Fatalf("drained (%v) before the request in flight was answered", err)
	case <-time.After(300 * time.Millisecond):
	}
	close(release)
	if body := <-answered; body != "done" {
		t.Errorf("the request in flight got %q", body)
	}
	began := time.Now()
	if err := <-drained; err != nil || time.Since(began) > 3*time.Second {
		t.Errorf("drained after %v: %v", time.Since(began), err)
	}
	if err := <-served; err != nil {
		t.Errorf("Serve: %v", err)
	}
}

// fasthttp's own limit of connections ends the process here.
func TestDrainClosesManyIdleConnections(t *testing.T) {
	for range 3 {
		s, _ := build(t, nil)
		addr := serve(t, s)
		for range 200 {
			conn, err := net.Dial("tcp", addr)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			fmt.Fprint(conn, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
			conn.Read(make([]byte, 4096))
		}
		began := time.Now()
		if err := s.Drain(context.Background()); err != nil || time.Since(began) > 5*time.Second {
			t.Errorf("drained after %v: %v", time.Since(began), err)
		}
	}
}

func TestDrainDoesNotWaitForEver(t *testing.T) {
	release := make(chan struct{})
	s, _ := build(t, func(r fiber.Router) {
		r.Get("/stuck", func(c *fiber.Ctx) error { <-release; return nil })
	})
	addr := serve(t, s)
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	defer close(release)
	fmt.Fprint(conn, "GET /stuck HTTP/1.1\r\nHost: x\r\n\r\n")
	time.Sleep(100 * time.Millisecond)
	ctx, cancel := context.WithTimeout(context.Background(), 500*time.Millisecond)
	defer cancel()
	began := time.Now()
	if err := s.Drain(ctx); err == nil || time.Since(began) > 2*time.Second {
		t.Errorf("Drain: %v after %v", err, time.Since(began))
	}
}
