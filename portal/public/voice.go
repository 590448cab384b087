package public

import (
	"errors"
	"net/url"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"minsheng/appeal"
	"minsheng/intake"
	"minsheng/portal/gate"
	"minsheng/portal/view"
)

// What a reporter says after an answer. Each shows the page again here, for its
// token may stand in no address, and gives back what was typed.

// rate takes what the reporter says of an answer.
func (f *Face) rate(c *fiber.Ctx) error {
	r := readingOf(c)
	v, err := gate.Form(c, 0, nil)
	if err != nil {
		return err
	}
	said := spoken{what: "rate", part: partOf(v), code: v.Get("rating"), words: v.Get("words")}
	report, err := f.Intake.ReportOf(v.Get("token"))
	if err == nil {
		err = f.Appeals.Rate(c.UserContext(), report, said.part, appeal.Say{
			Code: intake.Rating(said.code), Words: said.words, Keep: v.Get("keep") != "", Form: v.Get("once"),
		})
	}
	return f.spokenOf(c, r, v, said, "appeal.rating_taken", err)
}

// appeal takes the wish that the level above looks again, with files.
func (f *Face) appeal(c *fiber.Ctx) error {
	r, p := readingOf(c), posted{}
	if err := f.receive(c, &p, r, "form"); err != nil {
		return err
	}
	v, ctx := p.values, c.UserContext()
	said := spoken{what: "appeal", part: partOf(v), words: v.Get("appeal"), form: p.form.Token, refused: strings.Join(p.refused, " ")}
	step, detail, _ := strings.Cut(v.Get("go"), ":")
	if step == "remove" {
		f.unstage(ctx, p.form, detail)
	}
	if files, err := f.Shelf.Staged(ctx, p.form.Key); err == nil {
		said.files = f.fileLines(r, files)
	}
	if step == "remove" || said.refused != "" {
		return f.spokenAgain(c, r, fiber.StatusOK, v, said, statusPage{})
	}
	report, err := f.Intake.ReportOf(v.Get("token"))
	if err == nil {
		err = f.Appeals.Ask(ctx, report, said.part, p.form.Key, said.words)
	}
	return f.spokenOf(c, r, v, said, "appeal.taken", err)
}

func partOf(v url.Values) int {
	n, err := strconv.Atoi(v.Get("part"))
	if err != nil {
		return 1
	}
	return n
}

// spokenOf shows the page with what came of something that was said.
func (f *Face) spokenOf(c *fiber.Ctx, r reading, v url.Values, said spoken, done string, err error) error {
	var invalid *intake.Invalid
	var late *appeal.Late
	switch {
	case err == nil:
		return f.spokenAgain(c, r, fiber.StatusOK, v, spoken{}, statusPage{Done: f.text(r, done)})
	case errors.As(err, &invalid):
		for _, key := range invalid.Problems {
			said.problem = f.or(r, "problem."+key, "problem.other")
		}
		return f.spokenAgain(c, r, fiber.StatusUnprocessableEntity, v, said, statusPage{})
	case errors.As(err, &late):
		key := "appeal.late." + string(late.Level)
		if late.Level == "" {
			key = "appeal.late.rating"
		}
		return f.spokenAgain(c, r, fiber.StatusUnprocessableEntity, v, said, statusPage{Note: f.text(r, key, "day", view.Day(r.lang, late.Until)), Text: said.words})
	case errors.Is(err, intake.ErrClosed):
		return f.spokenAgain(c, r, fiber.StatusUnprocessableEntity, v, said, statusPage{Note: f.text(r, "appeal.closed"), Text: said.words})
	case errors.Is(err, intake.ErrStaleForm), errors.Is(err, intake.ErrNoReceipt):
		return f.opened(c, r, intake.Tracked{}, intake.ErrStaleForm, statusPage{}, trackPage{Draft: said.words})
	}
	f.Log.Error("reporter's word not stored", "component", "public", "error_kind", kindOf(err))
	return f.askAgain(c, fiber.StatusServiceUnavailable, r, trackPage{Note: f.text(r, "track.not_sent"), Draft: said.words})
}

func (f *Face) spokenAgain(c *fiber.Ctx, r reading, status int, v url.Values, said spoken, page statusPage) error {
	if said.refused != "" {
		status = fiber.StatusUnprocessableEntity
	}
	page.said = said
	if said.problem != "" {
		page.add(said.what+"-"+strconv.Itoa(said.part), said.problem)
	}
	if said.refused != "" {
		page.add("appeal-files-"+strconv.Itoa(said.part), said.refused)
	}
	t, err := f.Intake.Reopen(c.UserContext(), v.Get("token"))
	if err != nil {
		return f.opened(c, r, t, err, page, trackPage{Draft: said.words})
	}
	return f.status(c, status, r, t, page)
}

// takeBack undoes a withdrawal that has not taken effect.
func (f *Face) takeBack(c *fiber.Ctx) error {
	r := readingOf(c)
	v, err := gate.Form(c, 0, nil)
	if err != nil {
		return err
	}
	page := statusPage{Done: f.text(r, "track.taken_back")}
	switch err := f.Intake.TakeBack(c.UserContext(), v.Get("token")); {
	case errors.Is(err, intake.ErrClosed):
		page = statusPage{Note: f.text(r, "track.not_taken_back")}
	case err != nil:
		return f.opened(c, r, intake.Tracked{}, err, page, trackPage{})
	}
	t, err := f.Intake.Reopen(c.UserContext(), v.Get("token"))
	return f.opened(c, r, t, err, page, trackPage{})
}

// reportRetaliation opens the form of a report that is tied to the one whose page
// it was opened from: its receipt goes into no field and no address.
func (f *Face) reportRetaliation(c *fiber.Ctx) error {
	r := readingOf(c)
	v, err := gate.Form(c, 0, nil)
	if err != nil {
		return err
	}
	tie, place, err := f.Intake.TieOf(c.UserContext(), v.Get("token"))
	if err != nil {
		return f.opened(c, r, intake.Tracked{}, err, statusPage{}, trackPage{})
	}
	a := &arrival{reading: r, c: c, ctx: c.UserContext(), visitor: f.Visitors.Key(c)}
	a.values = url.Values{"kind": {string(intake.Retaliation)}, "place": {place}, "tie": {tie}}
	a.form = f.Intake.NewForm()
	return f.formAgain(a, fiber.StatusOK)
}
