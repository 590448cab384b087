package gate

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
)

func TestBodyMustComeAtAPhonesPace(t *testing.T) {
	began := time.Now()
	for name, c := range map[string]struct {
		got     int64
		elapsed time.Duration
		want    time.Duration // from the beginning until the next byte must be there
	}{
		"at first any pace will do":       {0, 0, 30 * time.Second},
		"a silence may last 30 s":         {1 << 20, 100 * time.Second, 130 * time.Second},
		"a trickle gets no longer":        {1, 29 * time.Second, 30*time.Second + time.Second/1024},
		"1 KiB a second is enough":        {60 << 10, 60 * time.Second, 90 * time.Second},
		"less than that ends by and by":   {10 << 10, 39 * time.Second, 40 * time.Second},
		"and a late one has already lost": {10 << 10, 60 * time.Second, 40 * time.Second},
	} {
		s := &stream{ctx: context.Background(), perRead: StallLimit, got: c.got, began: began}
		if until := s.patience(began.Add(c.elapsed)); until.Sub(began).Round(time.Millisecond) != c.want.Round(time.Millisecond) {
			t.Errorf("%s: waits until %v, want %v", name, until.Sub(began), c.want)
		}
	}
	ctx, cancel := context.WithDeadline(context.Background(), began.Add(25*time.Second))
	defer cancel()
	s := &stream{ctx: ctx, perRead: StallLimit, began: began}
	if until := s.patience(began); until.Sub(began) != 5*time.Second {
		t.Errorf("of a deadline in 25 s, reading may take %v; 20 s are for the answer", until.Sub(began))
	}
}

// serveStream answers with what reading the whole body came to.
func serveStream(t *testing.T, perRead time.Duration) string {
	return door(t, func(app *fiber.App) {
		app.Use(Guard(func(string) int64 { return 1 << 20 }))
		app.Post("/", func(c *fiber.Ctx) error {
			n, err := io.Copy(io.Discard, Stream(c, perRead))
			switch {
			case errors.Is(err, ErrSlow):
				return c.SendString(fmt.Sprintf("slow after %d", n))
			case errors.Is(err, ErrCut):
				return c.SendString(fmt.Sprintf("cut after %d", n))
			case err != nil:
				return c.SendString("other: " + err.Error())
			}
			return c.SendString(fmt.Sprintf("all %d", n))
		})
	})
}

const parts = "Content-Type: multipart/form-data; boundary=b\r\n"

// The server's own read timeout (2 s at this door) must not cut a phone off
// that goes on sending.
func TestSlowPhoneIsWaitedFor(t *testing.T) {
	addr := serveStream(t, time.Second)
	conn := dial(t, addr)
	fmt.Fprint(conn, post("/", parts+"Content-Length: 20000\r\n", strings.Repeat("x", 9000)))
	for range 11 {
		time.Sleep(250 * time.Millisecond)
		io.WriteString(conn, strings.Repeat("x", 1000))
	}
	if answer, _ := listen(conn); !strings.HasSuffix(answer, "all 20000") {
		t.Errorf("answer %q", answer)
	}
}

func TestSilentPhoneIsNotWaitedForLong(t *testing.T) {
	addr := serveStream(t, 300*time.Millisecond)
	conn := dial(t, addr)
	fmt.Fprint(conn, post("/", parts+"Content-Length: 20000\r\n", strings.Repeat("x", 9000)))
	answer, closed := listen(conn)
	if !strings.HasSuffix(answer, "slow after 9000") || !closed {
		t.Errorf("closed %v, answer %q", closed, answer)
	}
}

func TestStreamEndsWithItsBody(t *testing.T) {
	addr := serveStream(t, time.Second)
	for _, size := range []int{1, 8191, 8192, 8193, 70_000} {
		headers := fmt.Sprintf("%sContent-Length: %d\r\n", parts, size)
		one := post("/", headers, strings.Repeat("x", size))
		answer, _ := say(t, addr, one+one)
		if strings.Count(answer, fmt.Sprintf("all %d", size)) != 2 {
			t.Errorf("%d: answers %q", size, answer)
		}
	}
}
