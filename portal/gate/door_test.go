package gate

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"minsheng/internal/seal"
)

// door serves an app with the settings of the shell on a loopback address.
func door(t *testing.T, routes func(app *fiber.App)) string {
	t.Helper()
	app := fiber.New(fiber.Config{
		Immutable: true, StreamRequestBody: true, DisablePreParseMultipartForm: true, BodyLimit: SmallBody,
		ReadTimeout: 2 * time.Second, WriteTimeout: 5 * time.Second, IdleTimeout: 5 * time.Second,
		ReadBufferSize: 16 << 10, DisableStartupMessage: true,
	})
	routes(app)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go app.Listener(l)
	t.Cleanup(func() { app.Shutdown() })
	return l.Addr().String()
}

// say sends raw bytes and returns everything that comes back until the server
// closes the connection or falls silent for half a second.
func say(t *testing.T, addr, raw string) (answer string, closed bool) {
	t.Helper()
	conn := dial(t, addr)
	if _, err := io.WriteString(conn, raw); err != nil {
		return "", true // closed on us while we were still talking
	}
	return listen(conn)
}

func dial(t *testing.T, addr string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

func listen(conn net.Conn) (answer string, closed bool) {
	var all strings.Builder
	buffer := make([]byte, 64<<10)
	for {
		conn.SetReadDeadline(time.Now().Add(time.Second / 2))
		n, err := conn.Read(buffer)
		all.Write(buffer[:n])
		if timeout, ok := err.(net.Error); ok && timeout.Timeout() {
			return all.String(), false
		}
		if err != nil {
			return all.String(), true
		}
	}
}

// statusOf reads the status of the first answer.
func statusOf(t *testing.T, answer string) int {
	t.Helper()
	r, err := http.ReadResponse(bufio.NewReader(strings.NewReader(answer)), nil)
	if err != nil {
		t.Fatalf("no answer in %q: %v", answer, err)
	}
	r.Body.Close()
	return r.StatusCode
}

func post(path, headers, body string) string {
	return fmt.Sprintf("POST %s HTTP/1.1\r\nHost: x\r\n%s\r\n%s", path, headers, body)
}

func newKeys(t *testing.T) *seal.Keys {
	t.Helper()
	keys, err := seal.Create(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return keys
}
