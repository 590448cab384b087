package console

import (
	"errors"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"minsheng/portal/view"
	"minsheng/staff"
)

// doorPage is a page for somebody who is not, or only half, signed in.
type doorPage struct {
	view.Base
	Login, Next string
	CSRF        string
	Problem     string
	Name        string // who it is, once the password was right
	Must        bool   // a password set by somebody else has to be replaced
}

func (v *visit) door(title string) doorPage {
	return doorPage{
		Base: view.Base{Lang: v.lang, Path: v.c.Path(), Title: v.t(title)},
		CSRF: v.s.CSRF, Name: v.s.Officer.Name, Must: v.s.MustChange,
	}
}

func (v *visit) signInPage() error {
	page := v.door("console.signin.title")
	page.Next = localPath(v.c.Query("next"))
	return v.show(fiber.StatusOK, "signin", page)
}

// signIn checks login and password. Whatever was wrong, the answer is the
// same; too many tries wait, nobody is locked out.
func (v *visit) signIn() error {
	login := strings.ToLower(v.form.get("login"))
	page := v.door("console.signin.title")
	page.Login, page.Next = v.form.get("login"), localPath(v.form.get("next"))
	if wait := v.tooManyPasswords(login); wait > 0 {
		return v.wait("signin", page, wait)
	}
	cookie, session, err := v.Staff.SignIn(v.ctx(), login, v.form.raw("password"), staff.DeviceName(v.c.Get(fiber.HeaderUserAgent)))
	switch {
	case errors.Is(err, staff.ErrWrong):
		page.Problem = v.t("console.signin.wrong")
		return v.show(fiber.StatusUnprocessableEntity, "signin", page)
	case errors.Is(err, staff.ErrBusy):
		return v.wait("signin", page, time.Second)
	case err != nil:
		return err
	}
	if old := v.cookie(); old != "" {
		// Who signs in anew leaves no session behind in the same browser.
		if err := v.Staff.SignOut(v.ctx(), old); err != nil && !errors.Is(err, staff.ErrSignedOut) {
			return err
		}
	}
	v.remember(cookie)
	if owed := owes(session); owed != "" {
		return v.goOn(owed, page.Next)
	}
	return v.goOn(page.Next, "")
}

// goOn redirects to path, carrying where the person wanted to go.
func (v *visit) goOn(path, next string) error {
	to := v.href(path)
	if next != "" && next != "/console" {
		to = withQuery(to, "next", next)
	}
	return v.c.Redirect(to, fiber.StatusSeeOther)
}

func (v *visit) wait(name string, page doorPage, wait time.Duration) error {
	seconds := int(max(wait+time.Second-1, time.Second) / time.Second)
	v.c.Set(fiber.HeaderRetryAfter, itoa(seconds))
	page.Problem = v.t("console.signin.wait", "n", seconds)
	return v.show(fiber.StatusTooManyRequests, name, page)
}

func (v *visit) codePage() error {
	page := v.door("console.code.title")
	page.Next = localPath(v.c.Query("next"))
	return v.show(fiber.StatusOK, "code", page)
}

// code takes the six digits, or a recovery code.
func (v *visit) code() error {
	page := v.door("console.code.title")
	page.Next = localPath(v.form.get("next"))
	if wait := v.tooManyCodes(); wait > 0 {
		return v.wait("code", page, wait)
	}
	cookie, session, err := v.Staff.Code(v.ctx(), v.cookie(), v.form.get("code"))
	if errors.Is(err, staff.ErrWrong) {
		page.Problem = v.t("console.code.wrong")
		return v.show(fiber.StatusUnprocessableEntity, "code", page)
	}
	if err != nil {
		return v.orSignIn(err)
	}
	v.remember(cookie)
	if owed := owes(session); owed != "" {
		return v.goOn(owed, page.Next)
	}
	return v.goOn(page.Next, "")
}

// orSignIn sends somebody whose half session ran out back to the beginning.
func (v *visit) orSignIn(err error) error {
	if errors.Is(err, staff.ErrSignedOut) {
		return v.c.Redirect(v.href("/console/signin"), fiber.StatusSeeOther)
	}
	return err
}

type enrolPage struct {
	doorPage
	QR     view.QR
	Secret string
	URL    string
	Sealed string
}

// enrolStart shows the secret of a new second factor.
func (v *visit) enrolStart() error {
	e, err := v.Staff.StartEnrolment(v.ctx(), v.cookie())
	if err != nil {
		return v.orSignIn(err)
	}
	return v.enrolShow(fiber.StatusOK, e, "")
}

func (v *visit) enrolShow(status int, e staff.Enrolment, problem string) error {
	code, err := view.NewQR(e.URL)
	if err != nil {
		return err
	}
	page := enrolPage{v.door("console.enrol.title"), code, e.Secret, e.URL, e.Sealed}
	page.Problem = problem
	return v.show(status, "enrol", page)
}

type recoveryPage struct {
	doorPage
	Codes []string
	Go    string
}

// enrolFinish stores the second factor once a code proves that it arrived, and
// shows the recovery codes, once.
func (v *visit) enrolFinish() error {
	sent := staff.Enrolment{Secret: v.form.get("secret"), URL: v.form.get("url"), Sealed: v.form.get("sealed")}
	if wait := v.tooManyCodes(); wait > 0 {
		return v.enrolShow(fiber.StatusTooManyRequests, sent, v.t("console.signin.wait", "n", int(wait/time.Second)+1))
	}
	cookie, codes, err := v.Staff.FinishEnrolment(v.ctx(), v.cookie(), sent.Sealed, v.form.get("code"))
	if errors.Is(err, staff.ErrWrong) {
		return v.enrolShow(fiber.StatusUnprocessableEntity, sent, v.t("console.code.wrong"))
	}
	if err != nil {
		return v.orSignIn(err)
	}
	v.remember(cookie)
	page := recoveryPage{v.door("console.recovery.title"), codes, "/console"}
	if v.s.MustChange {
		page.Go = "/console/password"
	}
	return v.show(fiber.StatusOK, "recovery", page)
}

func (v *visit) passwordPage() error {
	return v.show(fiber.StatusOK, "password", v.door("console.password.title"))
}

// password replaces the person's own password.
func (v *visit) password() error {
	page := v.door("console.password.title")
	fail := func(key string) error {
		page.Problem = v.t(key)
		return v.show(fiber.StatusUnprocessableEntity, "password", page)
	}
	if v.form.raw("new") != v.form.raw("again") {
		return fail("console.password.differ")
	}
	if wait := v.tooManyPasswords(v.by().Login); wait > 0 {
		return v.wait("password", page, wait)
	}
	err := v.Staff.ChangePassword(v.ctx(), v.cookie(), v.form.raw("old"), v.form.raw("new"))
	switch {
	case errors.Is(err, staff.ErrWrong):
		return fail("console.password.wrong")
	case errors.Is(err, staff.ErrWeakPassword):
		return fail("console.password.weak")
	case errors.Is(err, staff.ErrBusy):
		return v.wait("password", page, time.Second)
	case err != nil:
		return v.orSignIn(err)
	}
	return v.leave("/console", "password")
}

// signOut ends the session and empties what the browser kept.
func (v *visit) signOut() error {
	if err := v.Staff.SignOut(v.ctx(), v.cookie()); err != nil && !errors.Is(err, staff.ErrSignedOut) {
		return err
	}
	v.forget()
	return v.c.Redirect(v.href("/console/signin"), fiber.StatusSeeOther)
}

type accountPage struct {
	Frame
	Sessions []ownSession
	Ties     []ownTie
	Tie      Form
}

type ownSession struct {
	staff.Session
	This bool
}

// accountShow shows where the person is signed in, and whom they declared to be
// tied to.
func (v *visit) accountShow(status int, draft Draft) error {
	frame, err := v.frame("/console/account", v.t("console.account.title"))
	if err != nil {
		return err
	}
	list, err := v.Staff.Sessions(v.ctx(), v.by())
	if err != nil {
		return err
	}
	page := accountPage{Frame: frame}
	for _, s := range list {
		page.Sessions = append(page.Sessions, ownSession{s, s.ID == v.s.ID})
	}
	if err := v.tiesOf(&page, draft); err != nil {
		return err
	}
	return v.show(status, "account", page)
}

// endSession ends one of the person's own sessions.
func (v *visit) endSession() error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	if err := v.Staff.EndSession(v.ctx(), v.by(), id); err != nil {
		return err
	}
	return v.leave("/console/account", "session_ended")
}
