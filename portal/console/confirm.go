package console

import (
	"errors"
	"time"

	"github.com/gofiber/fiber/v2"

	"minsheng/staff"
)

const confirmPath = "/console/confirm"

// confirmPage asks who is there once more before what is grave, and carries along
// what was typed on the page where that was asked for.
type confirmPage struct {
	doorPage
	NoCode bool
	Posts  bool // Next takes a form, made of Kept
	Kept   []keptField
	Sure   bool // who it is was proved: the form can be sent on
}

// keptField is one value of a form that waits.
type keptField struct{ Name, Value string }

// keptMark stands before the names of fields that wait, so that none is taken for
// one of this page's own.
const keptMark = "kept."

// orConfirm leads to the page that asks again, with everything that was typed; nil
// when the person proved a moment ago who they are.
func (v *visit) orConfirm(r Route) (asked bool, err error) {
	if !r.Confirm || v.s.Fresh(v.Now()) {
		return false, nil
	}
	if r.Method == fiber.MethodGet {
		return true, v.c.Redirect(withQuery(v.href(confirmPath), "next", localPath(v.c.OriginalURL())), fiber.StatusSeeOther)
	}
	page := v.confirmDoor(localPath(v.c.OriginalURL()))
	page.Posts = true
	for _, name := range v.form.names() {
		if name == "csrf" {
			continue
		}
		for _, value := range v.form.all(name) {
			page.Kept = append(page.Kept, keptField{keptMark + name, value})
		}
	}
	return true, v.show(fiber.StatusOK, "confirm", page)
}

func (v *visit) confirmDoor(next string) confirmPage {
	page := confirmPage{doorPage: v.door("confirm.title"), NoCode: v.s.MustEnrol || v.Staff.SkipsCode()}
	page.Next, page.Path = next, confirmPath
	page.CSRF = v.proof() // what goes on from here is done once, too
	return page
}

func (v *visit) confirmPage() error {
	return v.show(fiber.StatusOK, "confirm", v.confirmDoor(localPath(v.c.Query("next"))))
}

// confirm takes password and code, and goes on to where the person was.
func (v *visit) confirm() error {
	page := v.confirmDoor(localPath(v.form.get("next")))
	page.Posts = v.form.get("posts") == "1"
	for _, name := range v.form.names() {
		if len(name) > len(keptMark) && name[:len(keptMark)] == keptMark {
			for _, value := range v.form.all(name) {
				page.Kept = append(page.Kept, keptField{name, value})
			}
		}
	}
	if wait := max(v.tooManyPasswords(v.by().Login), v.tooManyCodes()); wait > 0 {
		page.Problem = v.t("console.signin.wait", "n", int((wait+time.Second-1)/time.Second))
		return v.show(fiber.StatusTooManyRequests, "confirm", page)
	}
	err := v.Staff.Confirm(v.ctx(), v.cookie(), v.form.raw("password"), v.form.get("code"))
	switch {
	case errors.Is(err, staff.ErrWrong):
		page.Problem = v.t("confirm.wrong")
		return v.show(fiber.StatusUnprocessableEntity, "confirm", page)
	case errors.Is(err, staff.ErrBusy):
		page.Problem = v.t("console.signin.wait", "n", 1)
		return v.show(fiber.StatusTooManyRequests, "confirm", page)
	case err != nil:
		return v.orSignIn(err)
	case !page.Posts:
		return v.c.Redirect(page.Next, fiber.StatusSeeOther)
	}
	page.Sure = true
	for i, f := range page.Kept {
		page.Kept[i].Name = f.Name[len(keptMark):]
	}
	return v.show(fiber.StatusOK, "confirm", page)
}
