package console

import (
	"crypto/subtle"
	"errors"
	"io"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"minsheng/internal/store"
	"minsheng/portal/gate"
	"minsheng/portal/view"
	"minsheng/staff"
)

// guarded puts the rule of the table in front of a handler: who is it, do they
// still owe something, may they come here, and did the form come from a page
// of this session.
func (f *Face) guarded(r Route) fiber.Handler {
	return func(c *fiber.Ctx) error {
		v := f.visit(c)
		err := v.recorded(r, v.pass(r))
		if err == nil || r.Method != fiber.MethodPost || !trouble(err) {
			return err
		}
		f.Log.ErrorContext(v.ctx(), "form not taken", "method", r.Method, "route", r.Path, "error", err)
		return v.keepWords(fiber.StatusServiceUnavailable, "console.kept.trouble")
	}
}

func (v *visit) pass(r Route) error {
	if r.May == "" {
		return v.read(r, func() error { return r.handle(v) })
	}
	session, err := v.Staff.Whose(v.ctx(), v.cookie())
	if err != nil {
		return v.read(r.leaving(), func() error { return v.orDoor(err) })
	}
	v.s = session
	if owed := owes(session); owed != "" && !r.Half {
		return v.read(r.leaving(), func() error { return v.c.Redirect(v.href(owed), fiber.StatusSeeOther) })
	}
	if err := session.Officer.Require(r.May); err != nil {
		return err
	}
	return v.read(r, func() error {
		if r.Method == fiber.MethodPost && !v.fromThisSession() {
			return v.keepWords(fiber.StatusForbidden, "console.kept.csrf")
		}
		if asked, err := v.orConfirm(r); asked || err != nil {
			return err
		}
		if r.Method == fiber.MethodPost {
			return v.once(r.handle)
		}
		return r.handle(v)
	})
}

// leaving is the route for somebody who does not get there: files that come
// along are passed over, so that nothing of them is kept.
func (r Route) leaving() Route {
	r.take = func(*visit, *posted, url.Values, string, io.Reader) error { return nil }
	return r
}

// orDoor leads whoever is signed out to the door; any other error stays one.
func (v *visit) orDoor(err error) error {
	if errors.Is(err, staff.ErrSignedOut) {
		return v.askToSignIn()
	}
	return err
}

// trouble reports errors for which nobody is to blame who sent the form: the
// words come back instead of a bare page. Errors that say what was asked for
// is not there, not allowed or no form stay with the shell.
func trouble(err error) bool {
	var coded *fiber.Error
	return !errors.As(err, &coded) && !is(err, store.ErrNotFound, staff.ErrForbidden, staff.ErrSignedOut, staff.ErrBusy,
		gate.ErrForm, gate.ErrFormTooLarge, gate.ErrSlow, gate.ErrCut)
}

// read takes in the form of a POST before next runs.
func (v *visit) read(r Route, next func() error) error {
	if r.Method != fiber.MethodPost {
		return next()
	}
	form, err := v.readForm(r)
	if err != nil {
		return err
	}
	v.form = form
	return next()
}

func (v *visit) fromThisSession() bool { return v.proves(v.form.get("csrf")) }

func sameToken(got, want string) bool {
	return want != "" && subtle.ConstantTimeCompare([]byte(got), []byte(want)) == 1
}

// owes is where a half signed-in session must go first.
func owes(s staff.Session) string {
	switch {
	case s.NeedsCode && s.MustEnrol:
		return "/console/enrol"
	case s.NeedsCode:
		return "/console/code"
	case s.MustEnrol:
		return "/console/enrol"
	case s.MustChange:
		return "/console/password"
	}
	return ""
}

// cookieName is guarded by the browser itself when the portal is reached over
// TLS: a __Host- cookie cannot be set by another host or over plain HTTP. The
// demo runs over plain HTTP on this machine and has to do without.
func (f *Face) cookieName() string {
	if f.overTLS() {
		return "__Host-s"
	}
	return "s"
}

func (f *Face) overTLS() bool { return f.BaseURL == nil || f.BaseURL.Scheme != "http" }

// remember hands the browser its session. It has no age: it ends with the
// browser, or when the server says so.
func (v *visit) remember(cookie string) {
	v.c.Cookie(&fiber.Cookie{
		Name: v.cookieName(), Value: cookie, Path: "/", HTTPOnly: true,
		Secure: v.overTLS(), SameSite: fiber.CookieSameSiteStrictMode, SessionOnly: true,
	})
}

func (v *visit) cookie() string { return v.c.Cookies(v.cookieName()) }

// forget ends the session in the browser. What a phone took along into the field
// stays: it is encrypted, opens only with its own words, and may not have come in
// yet.
func (v *visit) forget() {
	v.c.Set("Clear-Site-Data", `"cache", "cookies"`)
	v.c.Set(fiber.HeaderSetCookie, v.cookieName()+"=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict"+map[bool]string{true: "; Secure"}[v.overTLS()])
}

// askToSignIn leads a reader to the sign-in page and gives a writer the words
// back that could not be taken.
func (v *visit) askToSignIn() error {
	if v.c.Method() == fiber.MethodPost {
		return v.keepWords(fiber.StatusUnauthorized, "console.kept.signed_out")
	}
	next := localPath(v.c.OriginalURL())
	to := v.href("/console/signin")
	if next != "/console" {
		to = withQuery(to, "next", next)
	}
	return v.c.Redirect(to, fiber.StatusSeeOther)
}

type keptPage struct {
	view.Base
	Says  string
	Words []Field
}

// keepWords answers a form that cannot be taken with everything typed in it.
func (v *visit) keepWords(status int, key string) error {
	return v.show(status, "kept", keptPage{
		Base:  view.Base{Lang: v.lang, Path: "/console", Title: v.t("console.kept.title")},
		Says:  v.t(key),
		Words: Draft{typed: v.form}.words(v),
	})
}

// localPath accepts only addresses of the console itself as a place to go on
// to after signing in.
func localPath(next string) string {
	if next == "/console" || strings.HasPrefix(next, "/console/") || strings.HasPrefix(next, "/console?") {
		if !strings.ContainsAny(next, "\\\r\n") {
			return next
		}
	}
	return "/console"
}
