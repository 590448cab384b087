package portal

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/url"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"minsheng/portal/gate"
)

// resident is the memory this process occupies, in bytes.
func resident(t *testing.T) int64 {
	t.Helper()
	debug.FreeOSMemory()
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Skipf("linux: %v", err)
	}
	pages, err := strconv.ParseInt(strings.Fields(string(text))[1], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return pages * int64(os.Getpagesize())
}

// Three hundred phones that promise 20 MB each and then fall silent, the
// clients' own memory included. Without streaming they cost 3 GB.
func TestStalledUploadsCostLittle(t *testing.T) {
	s, _ := build(t, func(r fiber.Router) {
		r.Post("/upload", func(c *fiber.Ctx) error {
			_, err := gate.Form(c, 0, func(_, _ string, r io.Reader) error { _, err := io.Copy(io.Discard, r); return err })
			return err
		})
	}, proxied) // they come from everywhere
	addr := serve(t, s)
	before := resident(t)
	start := "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"f\"\r\n\r\n"
	for i := range 300 {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		body := "x" // half stall at once, half in the middle of a file
		if i%2 == 1 {
			body = start + strings.Repeat("x", 12_000)
		}
		fmt.Fprintf(conn, "POST /upload HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 20971520\r\n\r\n%s", body)
	}
	time.Sleep(2 * time.Second)
	if n := s.App().Server().GetOpenConnectionsCount(); n < 300 {
		t.Fatalf("only %d are stalled", n)
	}
	grown := resident(t) - before
	t.Logf("300 stalled uploads cost %d KB", grown>>10)
	if grown > 50<<20 && !raceDetector {
		t.Errorf("300 stalled uploads cost %d MB, want at most 50", grown>>20)
	}
	began := time.Now()
	if answer, _ := raw(t, addr, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"); answer.StatusCode != 200 || time.Since(began) > time.Second {
		t.Errorf("meanwhile others get %d after %v", answer.StatusCode, time.Since(began))
	}
}

// A gzip of 200 KB would be 200 MB of form.
func TestPackedBodyIsNotUnpacked(t *testing.T) {
	s, _ := build(t, func(r fiber.Router) {
		r.Post("/", func(c *fiber.Ctx) error { return c.SendString(strconv.Itoa(len(c.Body()))) })
	})
	addr := serve(t, s)
	answer, _ := raw(t, addr, "POST / HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 3\r\n\r\nabc")
	if answer.StatusCode != 415 || !answer.Close {
		t.Errorf("%d, closes %v", answer.StatusCode, answer.Close)
	}
}

// Big bodies are taken where files are taken and nowhere else.
func TestBodiesAreBoundedByRoute(t *testing.T) {
	s, _ := build(t, func(r fiber.Router) {
		take := func(c *fiber.Ctx) error {
			got := int64(0)
			_, err := gate.Form(c, 0, func(_, _ string, r io.Reader) (err error) { got, err = io.Copy(io.Discard, r); return err })
			if err != nil {
				return err
			}
			return c.SendString(strconv.FormatInt(got, 10))
		}
		r.Post("/upload", take)
		r.Post("/report", take)
	})
	addr := serve(t, s)
	for _, c := range []struct {
		path string
		size int
		want int
	}{{"/upload", 10 << 20, 200}, {"/upload", 27 << 20, 413}, {"/report", 10_000, 200}, {"/report", 10 << 20, 413}, {"/nowhere", 10 << 20, 413}} {
		var body bytes.Buffer
		w := multipart.NewWriter(&body)
		part, _ := w.CreateFormFile("f", "a.jpg")
		part.Write(make([]byte, c.size))
		w.Close()
		answer, err := http.Post("http://"+addr+c.path, w.FormDataContentType(), &body)
		if err != nil {
			if c.want == 413 {
				continue // reset while still sending (fasthttp #1348)
			}
			t.Fatalf("%s with %d: %v", c.path, c.size, err)
		}
		text, _ := io.ReadAll(answer.Body)
		answer.Body.Close()
		if answer.StatusCode != c.want || c.want == 200 && string(text) != strconv.Itoa(c.size) {
			t.Errorf("%s with %d: %d %.40s, want %d", c.path, c.size, answer.StatusCode, text, c.want)
		}
	}
}

// A header that never ends is cut off when its time is up, however lively it
// is in between.
func TestSlowHeaderIsCutOff(t *testing.T) {
	s, _ := build(t, nil)
	if s.App().Config().ReadTimeout != headerTime {
		t.Fatalf("ReadTimeout %v", s.App().Config().ReadTimeout)
	}
	s.App().Server().ReadTimeout = time.Second // the test has no ten
	conn, err := net.Dial("tcp", serve(t, s))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprint(conn, "GET / HTTP/1.1\r\nHost: x\r\nX: ")
	began := time.Now()
	for time.Since(began) < 5*time.Second {
		if _, err := io.WriteString(conn, "x"); err != nil {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	if took := time.Since(began); took > 3*time.Second {
		t.Errorf("a dripping header was listened to for %v", took)
	}
}

// kept is what a handler remembers of a request beyond its end.
type kept struct{ param, query, header, field, form, host, path string }

// What one visitor wrote must never turn into what another wrote, however many
// there are at once and however long it is kept.
func TestRequestsDoNotBleedIntoEachOther(t *testing.T) {
	var mu sync.Mutex
	all := map[string]kept{}
	s, _ := build(t, func(r fiber.Router) {
		r.Post("/v/:name", func(c *fiber.Ctx) error {
			k := kept{param: c.Params("name"), query: c.Query("q"), header: c.Get("X-Word"), field: c.FormValue("a"), host: c.Hostname(), path: c.Path()}
			form, err := gate.Form(c, 0, nil)
			if err != nil {
				return err
			}
			k.form = form.Get("a")
			mu.Lock()
			defer mu.Unlock()
			all[c.Query("key")] = k
			return nil
		})
	}, proxied)
	addr := serve(t, s)
	const clients, each = 32, 60
	word := func(kind, client, i int) string {
		return fmt.Sprintf("%c%s", 'A'+kind, strings.Repeat(fmt.Sprintf("%d.%d.", client, i), 3+i%7))
	}
	var wait sync.WaitGroup
	for client := range clients {
		wait.Go(func() {
			conn, err := net.Dial("tcp", addr)
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close()
			for i := range each {
				body := url.Values{"a": {word(3, client, i)}}.Encode()
				fmt.Fprintf(conn, "POST /v/%s?q=%s&key=%d-%d HTTP/1.1\r\nHost: %s\r\nX-Word: %s\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s",
					word(0, client, i), word(1, client, i), client, i, word(4, client, i), word(2, client, i), len(body), body)
				conn.SetReadDeadline(time.Now().Add(10 * time.Second))
				if _, err := conn.Read(make([]byte, 8192)); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wait.Wait()
	runtime.GC()
	if len(all) != clients*each {
		t.Fatalf("%d requests were kept, want %d", len(all), clients*each)
	}
	for client := range clients {
		for i := range each {
			want := kept{param: word(0, client, i), query: word(1, client, i), header: word(2, client, i), field: word(3, client, i),
				form: word(3, client, i), host: strings.ToLower(word(4, client, i)), path: "/v/" + word(0, client, i)}
			if got := all[fmt.Sprintf("%d-%d", client, i)]; got != want {
				t.Fatalf("request %d of visitor %d reads\n%+v, was\n%+v", i, client, got, want)
			}
		}
	}
}
