package portal

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/gofiber/fiber/v2"

	"minsheng/intake"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/portal/gate"
	"minsheng/portal/locale"
	"minsheng/portal/view"
	"minsheng/staff"
	"minsheng/triage"
)

// problem is what one kind of error means to the visitor.
type problem struct {
	err    error
	status int
	key    string // of the catalog: trouble.<key>.title and .text
}

// problems is walked in order; the first that errors.Is finds counts.
func problems() []problem {
	return []problem{
		// What somebody may not see does not exist for them.
		{store.ErrNotFound, 404, "missing"},
		{staff.ErrForbidden, 404, "missing"},
		{staff.ErrSignedOut, 401, "signedout"},
		{staff.ErrBusy, 503, "busy"},
		{step.ErrStale, 409, "stale"},
		{step.ErrState, 409, "state"},
		{step.ErrSamePerson, 409, "person"},
		{intake.ErrNoReceipt, 404, "missing"},
		{intake.ErrStaleForm, 409, "form"},
		{intake.ErrClosed, 409, "closed"},
		{intake.ErrLocked, 403, "locked"},
		{intake.ErrErased, 410, "erased"},
		{triage.ErrUnread, 403, "unread"},
		{gate.ErrForeign, 403, "foreign"},
		{gate.ErrForm, 400, "bad"},
		{gate.ErrCut, 400, "bad"},
		{gate.ErrFormTooLarge, 413, "large"},
		{gate.ErrSlow, 408, "slow"},
	}
}

// statuses names the page of an error that is only a status.
var statuses = map[int]string{
	404: "missing", 405: "missing", 408: "slow", 409: "stale", 403: "foreign", 411: "bad",
	413: "large", 415: "kind", 429: "often", 431: "bad", 401: "signedout", 503: "busy",
}

// judge finds status and page for err.
func judge(err error) (status int, key string) {
	for _, p := range problems() {
		if errors.Is(err, p.err) {
			return p.status, p.key
		}
	}
	var taken *triage.Taken
	if errors.As(err, &taken) {
		return 409, "stale"
	}
	var coded *fiber.Error
	if errors.As(err, &coded) {
		if key, ok := statuses[coded.Code]; ok {
			return coded.Code, key
		}
		if coded.Code >= 400 && coded.Code < 500 {
			return coded.Code, "bad"
		}
		return coded.Code, "failed"
	}
	if unavailable(err) {
		return 503, "busy"
	}
	return 500, "failed"
}

// explain answers with the page for err. It cannot fail and must not panic:
// Fiber calls it outside every recover.
func (s *Site) explain(c *fiber.Ctx, err error) error {
	status, key := judge(err)
	path := c.Path()
	if status == http.StatusUnauthorized && c.Method() == fiber.MethodGet && inConsole(path) && path != signIn {
		c.Set(fiber.HeaderCacheControl, "no-store")
		return c.Redirect(view.Base{Lang: languageOf(c)}.Href(signIn), fiber.StatusSeeOther)
	}
	h := &c.Response().Header
	for _, meant := range []string{fiber.HeaderContentDisposition, fiber.HeaderContentEncoding, fiber.HeaderETag, fiber.HeaderLastModified} {
		h.Del(meant) // for the answer that failed
	}
	s.headers(h)
	if status == http.StatusServiceUnavailable && len(h.Peek(fiber.HeaderRetryAfter)) == 0 {
		h.Set(fiber.HeaderRetryAfter, "10")
	}
	c.Status(status).Type("html", "utf-8")
	c.Response().SetBodyRaw(s.troubles[edition{key, languageOf(c), c.Query("size") == "big", inConsole(path)}])
	return nil
}

const signIn = "/console/signin"

func languageOf(c *fiber.Ctx) locale.Lang {
	if c.Query("lang") == string(locale.English) {
		return locale.English
	}
	return locale.Chinese
}

// TroublePage tells what went wrong and what to do now.
type TroublePage struct {
	view.Base
	Text    string
	Console bool
}

// edition is one rendering of a page.
type edition struct {
	key     string
	lang    locale.Lang
	big     bool
	console bool
}

type troubles map[edition][]byte

// renderTroubles makes every page that problems may lead to.
func renderTroubles(v *view.Renderer) (troubles, error) {
	pages := troubles{}
	keys := map[string]bool{"bad": true, "failed": true, "busy": true}
	for _, p := range problems() {
		keys[p.key] = true
	}
	for _, key := range statuses {
		keys[key] = true
	}
	for key := range keys {
		for _, lang := range locale.Langs() {
			for _, e := range []edition{{key, lang, false, false}, {key, lang, true, false}, {key, lang, false, true}, {key, lang, true, true}} {
				page, err := renderTrouble(v, e)
				if err != nil {
					return nil, fmt.Errorf("portal: page %s: %w", key, err)
				}
				pages[e] = page
			}
		}
	}
	return pages, nil
}

func renderTrouble(v *view.Renderer, e edition) ([]byte, error) {
	face, home := "public", "/"
	if e.console {
		face, home = "console", "/console"
	}
	return v.Render(e.lang, face+"/problem", TroublePage{
		Base:    view.Base{Lang: e.lang, Big: e.big, Path: home, Title: v.Text(e.lang, "trouble."+e.key+".title")},
		Text:    v.Text(e.lang, "trouble."+e.key+".text"),
		Console: e.console,
	})
}
