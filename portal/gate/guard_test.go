package gate

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
)

// guarded is a door with a guard: /form answers with the field "a", /deaf never
// reads, /smuggled counts who got there.
func guarded(t *testing.T) (addr string, smuggled *atomic.Int64) {
	smuggled = new(atomic.Int64)
	addr = door(t, func(app *fiber.App) {
		app.Use(Guard(func(path string) int64 {
			if path == "/form" {
				return 1000
			}
			return 1 << 20
		}))
		app.Post("/form", func(c *fiber.Ctx) error { return c.SendString("a=" + c.FormValue("a")) })
		app.Post("/parts", func(c *fiber.Ctx) error {
			values, err := Form(c, 0, nil)
			if err != nil {
				return fiber.ErrBadRequest
			}
			return c.SendString(values.Encode())
		})
		app.Post("/deaf", func(c *fiber.Ctx) error { return c.SendString("hm") })
		app.Get("/smuggled", func(c *fiber.Ctx) error { smuggled.Add(1); return c.SendString("in") })
	})
	return addr, smuggled
}

const plainForm = "Content-Type: application/x-www-form-urlencoded\r\n"

func TestOnlyAnnouncedPlainBoundedBodiesComeIn(t *testing.T) {
	addr, _ := guarded(t)
	for name, c := range map[string]struct {
		raw    string
		status int
		closed bool
	}{
		"a form":             {post("/form", plainForm+"Content-Length: 3\r\n", "a=1"), 200, false},
		"no body":            {post("/form", "Content-Length: 0\r\n", ""), 200, false},
		"gzip":               {post("/form", plainForm+"Content-Encoding: gzip\r\nContent-Length: 3\r\n", "a=1"), 415, true},
		"identity":           {post("/form", plainForm+"Content-Encoding: identity\r\nContent-Length: 3\r\n", "a=1"), 415, true},
		"chunked":            {post("/form", plainForm+"Transfer-Encoding: chunked\r\n", "3\r\na=1\r\n0\r\n\r\n"), 411, true},
		"chunked and length": {post("/form", plainForm+"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", "3\r\na=1\r\n0\r\n\r\n"), 411, true},
		"over the route":     {post("/form", plainForm+"Content-Length: 1001\r\n", "a="+strings.Repeat("x", 999)), 413, true},
		"GET with a body":    {"GET /smuggled HTTP/1.1\r\nHost: x\r\nContent-Length: 2000000\r\n\r\n" + strings.Repeat("x", 9000), 413, true},
		"GET chunked":        {"GET /smuggled HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 411, true},
	} {
		answer, closed := say(t, addr, c.raw)
		if answer == "" && c.status == 413 && closed {
			continue // the connection was reset before the answer was read (fasthttp #1348)
		}
		if got := statusOf(t, answer); got != c.status || closed != c.closed {
			t.Errorf("%s: status %d, closed %v; want %d, %v", name, got, closed, c.status, c.closed)
		}
	}
}

func TestOversizeBodyIsRefusedWhileItIsSent(t *testing.T) {
	addr, _ := guarded(t)
	body := strings.Repeat("x", 3<<20)
	answer, closed := say(t, addr, post("/form", fmt.Sprintf("%sContent-Length: %d\r\n", plainForm, len(body)), body))
	if !closed {
		t.Error("connection stays open")
	}
	if answer != "" && statusOf(t, answer) != 413 { // the sender may see a reset instead
		t.Errorf("answer %q", answer)
	}
	answer, _ = say(t, addr, post("/parts", fmt.Sprintf("Content-Type: multipart/form-data; boundary=b\r\nContent-Length: %d\r\n", len(body)), body))
	if answer != "" && statusOf(t, answer) != 413 {
		t.Errorf("multipart: answer %q", answer)
	}
}

func TestSmallBodyAboveItsKindIsRefused(t *testing.T) {
	addr, _ := guarded(t)
	answer, _ := say(t, addr, post("/parts", plainForm+"Content-Length: 65537\r\n", "a="+strings.Repeat("x", 65535)))
	if answer != "" && statusOf(t, answer) != 413 {
		t.Errorf("a plain form of 64 KiB and one byte: %q", answer)
	}
}

const hidden = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"

// What a chunked multipart body leaves unread must not be taken for the next
// request.
func TestChunkedMultipartSmugglesNothing(t *testing.T) {
	addr, smuggled := guarded(t)
	part := "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--b--\r\n"
	chunks := fmt.Sprintf("%x\r\n%s\r\n%x\r\n%s\r\n0\r\n\r\n", len(part), part, len(hidden), hidden)
	for _, raw := range []string{
		post("/parts", "Content-Type: multipart/form-data; boundary=b\r\nTransfer-Encoding: chunked\r\n", chunks),
		post("/parts", "Content-Type: multipart/form-data; boundary=b\r\nTransfer-Encoding: chunked\r\n", "5\r\n"+hidden+hidden),
	} {
		answer, closed := say(t, addr, raw+hidden)
		if statusOf(t, answer) != 411 || !closed || strings.Count(answer, "HTTP/1.1 ") != 1 {
			t.Errorf("closed %v, answer %q", closed, answer)
		}
	}
	if n := smuggled.Load(); n != 0 {
		t.Errorf("%d hidden requests were served", n)
	}
}

// The same with an announced body that the handler does not read: its first
// 8 KiB are prefetched, the rest would be the next request.
func TestUnreadBodySmugglesNothing(t *testing.T) {
	addr, smuggled := guarded(t)
	for _, kind := range []string{"multipart/form-data; boundary=b", "text/plain"} {
		body := strings.Repeat("x", 8<<10) + hidden
		headers := fmt.Sprintf("Content-Type: %s\r\nContent-Length: %d\r\n", kind, len(body))
		answer, closed := say(t, addr, post("/deaf", headers, body))
		if statusOf(t, answer) != 200 || strings.Count(answer, "HTTP/1.1 ") != 1 {
			t.Errorf("%s: closed %v, answer %q", kind, closed, answer)
		}
	}
	if n := smuggled.Load(); n != 0 {
		t.Errorf("%d hidden requests were served", n)
	}
}

func TestReadBodyKeepsTheConnection(t *testing.T) {
	addr, _ := guarded(t)
	part := "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n" + strings.Repeat("y", 20<<10) + "\r\n--b--\r\n"
	one := post("/parts", fmt.Sprintf("Content-Type: multipart/form-data; boundary=b\r\nContent-Length: %d\r\n", len(part)), part)
	answer, closed := say(t, addr, one+one+post("/form", plainForm+"Content-Length: 3\r\n", "a=1"))
	if strings.Count(answer, "HTTP/1.1 200") != 3 || !strings.HasSuffix(answer, "a=1") || closed {
		t.Errorf("closed %v, %d answers", closed, strings.Count(answer, "HTTP/1.1 200"))
	}
}

// A body that stops halfway must not reach the handler as if it were whole.
func TestCutBodyIsNoBody(t *testing.T) {
	reached := new(atomic.Int64)
	fault := make(chan error, 1)
	addr := door(t, func(app *fiber.App) {
		app.Use(func(c *fiber.Ctx) error {
			err := c.Next()
			fault <- err
			return err
		}, Guard(func(string) int64 { return SmallBody }))
		app.Post("/form", func(c *fiber.Ctx) error { reached.Add(1); return nil })
	})
	conn := dial(t, addr)
	fmt.Fprint(conn, post("/form", plainForm+"Content-Length: 20000\r\n", strings.Repeat("a", 15000)))
	time.Sleep(100 * time.Millisecond)
	conn.Close()
	select {
	case err := <-fault:
		if err != ErrCut || reached.Load() != 0 {
			t.Errorf("fault %v, handler reached %d times", err, reached.Load())
		}
	case <-time.After(5 * time.Second):
		t.Error("the guard still waits")
	}
}
