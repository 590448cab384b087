package portal

import (
	"crypto/rand"
	"fmt"
	"log/slog"
	"runtime"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

// panicked is a panic as an error. It keeps where it happened and of what type
// the value was; the value itself may hold somebody's words.
type panicked struct{ where, kind string }

func (p *panicked) Error() string { return "panic of type " + p.kind + " at " + p.where }

// recovered turns a panic of the handlers behind it into an error. It stands
// twice: behind the log, so that a panic is logged and answered like any
// error, and before everything, for what goes wrong while logging.
func (s *Site) recovered(c *fiber.Ctx) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = &panicked{where: panicPlace(), kind: fmt.Sprintf("%T", value)}
			// Its body may be half read.
			c.Context().SetConnectionClose()
		}
	}()
	return c.Next()
}

// panicPlace is the file and line of the portal's own code that panicked.
func panicPlace() string {
	pcs := make([]uintptr, 64)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs)])
	for {
		f, more := frames.Next()
		if _, file, ours := strings.Cut(f.Function, "minsheng/"); ours {
			name := f.File[strings.LastIndexByte(f.File, '/')+1:]
			return fmt.Sprintf("%s/%s:%d", packagePath(file), name, f.Line)
		}
		if !more {
			return "elsewhere"
		}
	}
}

// packagePath cuts "portal/gate.(*Limits).Allow" to "portal/gate".
func packagePath(function string) string {
	slash := strings.LastIndexByte(function, '/') + 1
	dot := strings.IndexByte(function[slash:], '.')
	if dot < 0 {
		return function
	}
	return function[:slash+dot]
}

// requestName is the header that bears a request's name, as fasthttp spells it.
var requestName = []byte("X-Request-Id")

// identify gives the request a random name. A name that came with it is not
// believed: it could be another's, or carry words into the log.
func identify(c *fiber.Ctx) error {
	c.Response().Header.SetCanonical(requestName, []byte(letters(16)))
	return c.Next()
}

// letters is n random letters. Without digits among them, the log can refuse
// whatever looks like a number of a person.
func letters(n int) string {
	b := make([]byte, n)
	rand.Read(b)
	for i := range b {
		b[i] = 'a' + b[i]&15
	}
	return string(b)
}

// observed logs and measures the request. Errors are explained to the visitor
// here: later, and the status would still be 200.
func (s *Site) observed(c *fiber.Ctx) error {
	began := time.Now()
	err := c.Next()
	if err != nil {
		s.explain(c, err)
	}
	route, took := routeOf(c), time.Since(began)
	status := c.Response().StatusCode()
	s.Metrics.observe(c.Method(), route, status, took)
	level := levelOf(c.Method(), route, status)
	if !s.Log.Enabled(c.UserContext(), level) {
		return nil
	}
	attrs := []slog.Attr{
		slog.String("method", c.Method()), slog.String("route", route), slog.Int("status", status),
		slog.Int64("ms", took.Milliseconds()), slog.Int("bytes", answerSize(c)),
		slog.String("request_id", string(c.Response().Header.PeekBytes(requestName))),
	}
	if err != nil && status >= 500 {
		attrs = append(attrs, slog.Any("error", err))
	}
	s.Log.LogAttrs(c.UserContext(), level, "request", attrs...)
	return nil
}

// levelOf lets the ordinary log tell of changes and of trouble. That somebody
// read a page is nobody's business but the counters'.
func levelOf(method, route string, status int) slog.Level {
	switch {
	case route == "/healthz" || route == "/readyz":
		return slog.LevelDebug
	case status >= 500:
		return slog.LevelError
	case method == fiber.MethodGet && status < 400:
		return slog.LevelDebug
	}
	return slog.LevelInfo
}

func answerSize(c *fiber.Ctx) int {
	r := c.Response()
	if r.IsBodyStream() { // asking for its length would read it all
		return max(r.Header.ContentLength(), 0)
	}
	return len(r.Body())
}

type progress struct{}

// How far a request came, when no route took it.
const (
	unmatched = "unmatched"
	refused   = "refused"
)

// admitted is behind the guards: from here on a request has a route.
func admitted(c *fiber.Ctx) error {
	c.Locals(progress{}, "")
	return c.Next()
}

// nowhere is the end of the chain.
func nowhere(c *fiber.Ctx) error {
	c.Locals(progress{}, unmatched)
	return fiber.ErrNotFound
}

// routeOf is the pattern that matched, never the path: paths hold references.
func routeOf(c *fiber.Ctx) string {
	switch came, _ := c.Locals(progress{}).(string); {
	case c.Locals(progress{}) == nil:
		return refused
	case came != "":
		return came
	}
	return c.Route().Path
}

const policy = "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'; " +
	"media-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"

// header is a line of an answer, its name as fasthttp would spell it.
type header struct{ name, value []byte }

// standing lists the headers that every answer bears unless a handler replaces
// them; the last is for https only.
func standing() []header {
	var headers []header
	for _, line := range [][2]string{
		{fiber.HeaderContentSecurityPolicy, policy},
		{fiber.HeaderXContentTypeOptions, "nosniff"},
		// no-referrer would make browsers send "Origin: null" with the portal's own
		// forms, and the origin guard would refuse honest people.
		{fiber.HeaderReferrerPolicy, "same-origin"},
		{"Cross-Origin-Opener-Policy", "same-origin"},
		{"Cross-Origin-Resource-Policy", "same-origin"},
		{fiber.HeaderPermissionsPolicy, "camera=(), microphone=(), geolocation=(), payment=(), usb=(), interest-cohort=()"},
		{fiber.HeaderCacheControl, "no-store"},
		{fiber.HeaderStrictTransportSecurity, "max-age=31536000; includeSubDomains"},
	} {
		headers = append(headers, header{fasthttp.AppendNormalizedHeaderKey(nil, line[0]), []byte(line[1])})
	}
	return headers
}

// headers puts the standing headers on an answer.
func (s *Site) headers(h *fasthttp.ResponseHeader) {
	lines := s.standing
	if s.BaseURL.Scheme != "https" {
		lines = lines[:len(lines)-1]
	}
	for _, line := range lines {
		h.SetCanonical(line.name, line.value)
	}
}
