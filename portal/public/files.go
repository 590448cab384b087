package public

import (
	"io"
	"net/url"

	"github.com/gofiber/fiber/v2"

	"minsheng/intake"
	"minsheng/internal/evidence"
	"minsheng/portal/gate"
)

// receive reads a form with files. Each file goes onto the shelf as it
// arrives, under the form whose token stands before it in the field called
// tokenField; files that are refused are noted and the rest is read on.
func (f *Face) receive(c *fiber.Ctx, p *posted, r reading, tokenField string) error {
	opened := false
	open := func(v url.Values) {
		if !opened {
			f.openForm(p, v.Get(tokenField))
			opened = true
		}
	}
	values, err := gate.FormInto(c, 0, func(before url.Values, _, name string, content io.Reader) error {
		open(before)
		if _, why := f.stage(c, r, p.form, name, content); why != "" {
			p.refused = append(p.refused, f.text(r, "files.refused", "name", evidence.CleanName(name), "why", why))
		}
		return nil
	})
	p.values = values
	open(values)
	return err
}

// openForm opens the form, or begins a new one that takes its place.
func (f *Face) openForm(p *posted, token string) {
	form, err := f.Intake.OpenForm(token)
	if err != nil {
		form, p.stale, p.lost = f.Intake.NewForm(), true, true
	}
	p.form = form
}

// stage puts one file on the shelf, or returns the sentence that says why not.
func (f *Face) stage(c *fiber.Ctx, r reading, form intake.Form, name string, content io.Reader) (file evidence.File, why string) {
	ctx := c.UserContext()
	if v := f.Limits.Allow(ctx, gate.Upload, f.Visitors.Key(c)); !v.OK {
		return file, f.busy(c, r, "files.busy", v.RetryAfter)
	}
	file, err := f.Shelf.Stage(ctx, form.Key, name, content)
	if err == nil {
		return file, ""
	}
	if reason := evidence.Reason(err); reason != "" {
		return file, f.text(r, "evidence."+reason)
	}
	f.Log.Error("file not stored", "component", "public", "error_kind", kindOf(err))
	return file, f.text(r, "files.failed")
}

// taken is the answer to one file sent by itself.
type taken struct {
	ID    string `json:"id,omitempty"`
	Name  string `json:"name,omitempty"`
	Size  string `json:"size,omitempty"`
	Error string `json:"error,omitempty"`
	Again bool   `json:"again,omitempty"` // trying again may help
}

// formField names the field that holds the token of the form a file belongs
// to: on the tracking page "token" opens the report.
func formField(c *fiber.Ctx) string {
	if c.Path() == "/report/files" || c.Path() == "/report/files/remove" {
		return "token"
	}
	return "form"
}

// takeFile takes one file of a form, for pages that send them one by one.
func (f *Face) takeFile(c *fiber.Ctx) error {
	private(c)
	r := readingOf(c)
	var stored *evidence.File
	answer := taken{Error: f.text(r, "files.failed"), Again: true}
	_, err := gate.FormInto(c, 0, func(before url.Values, _, name string, content io.Reader) error {
		form, err := f.Intake.OpenForm(before.Get(formField(c)))
		if err != nil || stored != nil {
			answer = taken{Error: f.text(r, "report.stale")}
			return nil
		}
		file, why := f.stage(c, r, form, name, content)
		if why != "" {
			answer = taken{Error: why, Again: why == f.text(r, "files.failed")}
			return nil
		}
		stored = &file
		return nil
	})
	if err != nil {
		return err
	}
	if stored == nil {
		return c.Status(fiber.StatusUnprocessableEntity).JSON(answer)
	}
	return c.JSON(taken{ID: stored.ID.String(), Name: stored.Name, Size: size(stored.Size)})
}

// dropFile takes a staged file off the shelf.
func (f *Face) dropFile(c *fiber.Ctx) error {
	private(c)
	values, err := gate.Form(c, 0, nil)
	if err != nil {
		return err
	}
	form, err := f.Intake.OpenForm(values.Get(formField(c)))
	if err == nil {
		err = f.unstage(c.UserContext(), form, values.Get("id"))
	}
	if err != nil {
		return c.Status(fiber.StatusUnprocessableEntity).JSON(taken{Error: f.text(readingOf(c), "files.failed")})
	}
	return c.SendStatus(fiber.StatusNoContent)
}
