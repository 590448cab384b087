package portal

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"minsheng/internal/store"
	"minsheng/portal/gate"
	"minsheng/portal/view"
)

// Face is one side of the site: what villagers see, or what staff see.
type Face interface {
	// Mount hangs the face's routes on r, under their full addresses.
	Mount(r fiber.Router)
	// BodyLimit is how many bytes a request to path may bring; 0 means that no
	// route of the face takes a body there.
	BodyLimit(path string) int64
}

// Config is what a Site is made of.
type Config struct {
	Store    *store.Store
	Public   Face
	Console  Face
	View     *view.Renderer
	Assets   *view.Assets
	Limits   *gate.Limits
	Visitors *gate.Visitors
	BaseURL  *url.URL // the address people use; forwarded hosts are not believed
	Log      *slog.Logger
	Metrics  *Metrics // may be nil
}

// Site answers requests.
type Site struct {
	Config
	app      *fiber.App
	standing []header
	troubles troubles
	ready    readiness
	draining atomic.Bool
}

// Times a connection may take.
const (
	headerTime = 10 * time.Second
	writeTime  = 30 * time.Second
	idleTime   = 30 * time.Second
	// pageTime is how long a handler may work on a page once it has its form.
	pageTime = gate.Reserve
	// uploadTime is the longest that a form with files may take to come.
	uploadTime = 30 * time.Minute
	// drainTime is how long requests in flight may take to end.
	drainTime = 15 * time.Second
)

// connsPerVisitor bounds the connections of one address when visitors connect
// directly. A village behind one carrier address needs a tenth of it.
const connsPerVisitor = 256

// New builds the site. It fails when a page that tells of trouble cannot be
// rendered.
func New(c Config) (*Site, error) {
	s := &Site{Config: c, standing: standing()}
	var err error
	if s.troubles, err = renderTroubles(c.View); err != nil {
		return nil, err
	}
	s.ready.check = s.checks
	s.app = fiber.New(fiber.Config{
		// Strings of a request must outlive it: without this one visitor's words
		// turn into another's.
		Immutable: true,
		// Without streaming, the server sets memory aside for whatever length a
		// visitor announces; gate.Guard replaces the limit that streaming disables.
		StreamRequestBody:            true,
		DisablePreParseMultipartForm: true,
		BodyLimit:                    gate.SmallBody,
		ReadTimeout:                  headerTime,
		WriteTimeout:                 writeTime,
		IdleTimeout:                  idleTime,
		ReadBufferSize:               16 << 10,
		Concurrency:                  8192,
		CaseSensitive:                true,
		StrictRouting:                true,
		DisableStartupMessage:        true,
		// With the check on and nobody on its list, Fiber believes no forwarded
		// host, scheme or address. Who is behind a proxy is for gate.Visitors.
		EnableTrustedProxyCheck: true,
		ErrorHandler:            s.explain,
	})
	s.serverSettings(s.app.Server())
	s.mount()
	if c.Metrics != nil {
		c.Metrics.watch(c.Limits, c.Store)
	}
	return s, nil
}

func (s *Site) serverSettings(server *fasthttp.Server) {
	server.CloseOnShutdown = true
	// Once the header is in, its start may take as long as any part of a body.
	server.HeaderReceived = func(h *fasthttp.RequestHeader) fasthttp.RequestConfig {
		if h.ContentLength() == 0 {
			return fasthttp.RequestConfig{}
		}
		return fasthttp.RequestConfig{ReadTimeout: gate.StallLimit, WriteTimeout: writeTime}
	}
	inner := server.Handler
	server.Handler = func(ctx *fasthttp.RequestCtx) {
		// The last net: the server beneath has none, and one panic would end it.
		defer func() {
			if recover() != nil {
				ctx.Error("500", fiber.StatusInternalServerError)
				ctx.SetConnectionClose()
			}
		}()
		// Here, because Fiber answers unknown methods before any middleware.
		s.headers(&ctx.Response.Header)
		inner(ctx)
	}
}

func (s *Site) mount() {
	s.app.Use(s.recovered, identify, s.observed, s.recovered)
	s.app.Use(gate.Guard(s.bodyLimit), deadline, gate.SameOrigin(s.origin()), admitted)
	s.app.Get("/healthz", alive)
	s.app.Get("/readyz", s.readyz)
	s.app.Get("/static/*", s.static)
	if s.Public != nil {
		s.Public.Mount(s.app)
	}
	if s.Console != nil {
		s.Console.Mount(s.app)
	}
	s.app.Use(nowhere)
}

// bodyLimit asks the face that path belongs to. Where nobody takes a body, one
// that could be a form is let in to meet the 404.
func (s *Site) bodyLimit(path string) int64 {
	face := s.Public
	if inConsole(path) {
		face = s.Console
	}
	if face == nil {
		return gate.SmallBody
	}
	if n := face.BodyLimit(path); n > 0 {
		return n
	}
	return gate.SmallBody
}

func inConsole(path string) bool {
	return path == "/console" || strings.HasPrefix(path, "/console/")
}

// origin is how browsers call the site in the Origin header.
func (s *Site) origin() string {
	host := strings.ToLower(s.BaseURL.Host)
	switch s.BaseURL.Scheme {
	case "https":
		host = strings.TrimSuffix(host, ":443")
	case "http":
		host = strings.TrimSuffix(host, ":80")
	}
	return s.BaseURL.Scheme + "://" + host
}

// App is the site's application, for tests.
func (s *Site) App() *fiber.App { return s.app }

// Serve answers on l until Drain; then it returns nil.
func (s *Site) Serve(l net.Listener) error {
	if s.Visitors == nil || !s.Visitors.Trusted() {
		l = gate.Crowd(l, connsPerVisitor)
	}
	err := s.app.Listener(l)
	if s.draining.Load() && (err == nil || errors.Is(err, net.ErrClosed)) {
		return nil
	}
	return err
}

// Drain turns readiness off, stops accepting, and waits until requests in
// flight are answered: at most 15 s, or until ctx ends.
func (s *Site) Drain(ctx context.Context) error {
	s.draining.Store(true)
	ctx, cancel := context.WithTimeout(ctx, drainTime)
	defer cancel()
	return s.app.ShutdownWithContext(ctx)
}
