package console

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"strings"

	"github.com/gofiber/fiber/v2"

	"minsheng/internal/step"
	"minsheng/portal/gate"
)

// proof is what the forms of a page prove with that they come from this session,
// and by which the same form, sent twice, is known again: what the session knows,
// a dot, and what only this page has.
func (v *visit) proof() string { return v.s.CSRF + "." + rand.Text()[:12] }

// proves reports whether a form comes from this session.
func (v *visit) proves(csrf string) bool {
	session, _, _ := strings.Cut(csrf, ".")
	return sameToken(session, v.s.CSRF)
}

// once does a form's work. The same form from the same page, word for word, is
// not done again: it leads to where it led.
func (v *visit) once(handle func(v *visit) error) error {
	if !strings.Contains(v.form.get("csrf"), ".") {
		return handle(v)
	}
	id := v.sameForm()
	leads, err := v.Sent.Begin(v.ctx(), id)
	switch {
	case errors.Is(err, gate.ErrUnderWay):
		return step.ErrStale
	case err != nil:
		return err
	case leads != "":
		return v.c.Redirect(leads, fiber.StatusSeeOther)
	}
	err = handle(v)
	// What was done is done, also when its browser has gone.
	ctx := context.WithoutCancel(v.ctx())
	if err == nil && v.c.Response().StatusCode() == fiber.StatusSeeOther {
		return v.Sent.Done(ctx, id, string(v.c.Response().Header.Peek(fiber.HeaderLocation)))
	}
	return errors.Join(err, v.Sent.Failed(ctx, id))
}

// sameForm is a hash of all that makes a form the same.
func (v *visit) sameForm() []byte {
	h := sha256.New()
	part := func(b []byte) {
		sum := sha256.Sum256(b)
		h.Write(sum[:])
	}
	part([]byte(v.by().ID.String()))
	part([]byte(v.c.Path()))
	for _, name := range v.form.names() {
		part([]byte(name))
		for _, value := range v.form.all(name) {
			part([]byte(value))
		}
	}
	part(v.form.text)
	part(v.form.small)
	if v.form.sheet != nil {
		part([]byte(v.form.sheet.ID.String()))
	}
	if v.form.offered != nil {
		part([]byte(v.form.offered.ID.String()))
	}
	return h.Sum(nil)
}
