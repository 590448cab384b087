package public

import (
	"context"
	"errors"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"minsheng/intake"
	"minsheng/portal/gate"
)

// arrival is a report form on its way through.
type arrival struct {
	reading
	c       *fiber.Ctx
	ctx     context.Context
	visitor string
	posted
	objecting bool
	problems  faults
	note      string
	puzzle    captcha
}

// takeReport takes the form of a report. Buttons that only change the form
// show it again; sending shows the receipt, at this address and nowhere else:
// the receipt may stand in no address and no cookie. Loading the page again
// posts the same form, which has the same receipt.
func (f *Face) takeReport(c *fiber.Ctx) error {
	return f.take(&arrival{reading: readingOf(c), c: c, ctx: c.UserContext(), visitor: f.Visitors.Key(c)})
}

func (f *Face) take(a *arrival) error {
	c := a.c
	if err := f.receive(c, &a.posted, a.reading, "token"); err != nil {
		return err
	}
	a.puzzle = captcha{ID: a.values.Get("captcha_id"), Answer: a.values.Get("captcha"), Voice: voice(a.reading)}
	a.puzzle.Digits, _ = strconv.Atoi(a.values.Get("captcha_digits"))
	switch step, detail, _ := strings.Cut(a.values.Get("go"), ":"); step {
	case "receipt":
		return f.receiptAgain(a)
	case "redraw":
		return f.formAgain(a, fiber.StatusOK)
	case "villages":
		if a.values.Get("town") == "" {
			a.problems.add("place", f.text(a.reading, "place.need_town"))
		}
		return f.formAgain(a, fiber.StatusOK)
	case "towns":
		a.values.Del("place")
		a.values.Del("town")
		return f.formAgain(a, fiber.StatusOK)
	case "picture":
		a.puzzle = captcha{}
		return f.formAgain(a, fiber.StatusOK)
	case "remove":
		f.unstage(a.ctx, a.form, detail)
		return f.formAgain(a, fiber.StatusOK)
	}
	return f.send(a)
}

// send hands the report in, or shows the form again with the reason.
func (f *Face) send(a *arrival) error {
	if a.stale {
		a.note = f.text(a.reading, "report.stale")
		if a.lost {
			a.note = f.text(a.reading, "report.stale_files")
		}
		return f.formAgain(a, fiber.StatusUnprocessableEntity)
	}
	if f.unanswered(a); len(a.problems.Problems)+len(a.refused) > 0 {
		return f.formAgain(a, fiber.StatusUnprocessableEntity)
	}
	right, err := f.solved(a)
	if err != nil {
		return f.notSent(a, err)
	}
	if !right {
		return f.unsolved(a)
	}
	a.used = true
	if v := f.Limits.Allow(a.ctx, gate.SubmitGlobal, gate.Everybody); !v.OK {
		a.note = f.busy(a.c, a.reading, "report.busy", v.RetryAfter)
		return f.formAgain(a, fiber.StatusTooManyRequests)
	}
	f.Limits.Allow(a.ctx, gate.Submit, a.visitor)
	receipt, err := f.hand(a)
	var invalid *intake.Invalid
	switch {
	case errors.As(err, &invalid):
		f.explain(&a.problems, a.reading, invalid)
		return f.formAgain(a, fiber.StatusUnprocessableEntity)
	case err != nil:
		return f.notSent(a, err)
	}
	return f.showReceipt(a, receipt)
}

// unanswered asks for what every report needs before the puzzle is used up:
// nobody should have to read digits twice for a choice overlooked. Everything
// else is for intake to judge.
func (f *Face) unanswered(a *arrival) {
	miss := func(field, key string) {
		if a.problems.Problem(field) == "" && strings.TrimSpace(a.values.Get(field)) == "" {
			a.problems.add(field, f.text(a.reading, "problem."+key))
		}
	}
	if a.objecting {
		miss("objection", "objection_kind")
	} else {
		miss("place", "place_missing")
	}
	miss("mode", "mode_missing")
	if mode := intake.Mode(a.values.Get("mode")); mode == intake.Named || mode == intake.Confidential {
		miss("name", "name_missing")
		miss("phone", "phone_missing")
	}
	if a.objecting || strings.TrimSpace(a.values.Get("text")) != "" {
		return // whether there are files matters to nobody, and costs a journey
	}
	if files, err := f.Shelf.Staged(a.ctx, a.form.Key); err == nil && len(files) == 0 {
		miss("text", "text_short")
	}
}

// quick is less time than anybody needs to fill the form by hand.
const quick = 3 * time.Second

// need is how many digits this visitor must have solved: more when too much
// came from there, or when the form was filled as machines fill it.
func (f *Face) need(a *arrival) int {
	at, err := strconv.ParseInt(a.values.Get("at"), 10, 64)
	tooQuick := err != nil || f.Now().Sub(time.Unix(at, 0)) < quick
	if tooQuick || a.values.Get("website") != "" || !f.Limits.Peek(a.ctx, gate.Submit, a.visitor).OK {
		return gate.Longer
	}
	return gate.Usual
}

func (f *Face) solved(a *arrival) (bool, error) {
	return f.Puzzles.CheckAtLeast(a.ctx, a.puzzle.ID, a.puzzle.Answer, f.need(a))
}

// unsolved answers a wrong puzzle. A form that came before has used its puzzle
// up and shows its receipt; its twin may still be on the way, so there is a
// second look.
func (f *Face) unsolved(a *arrival) error {
	for range 2 {
		again, err := f.Intake.Submit(a.ctx, intake.Submission{Token: a.form.Token})
		if err == nil {
			return f.showReceipt(a, again)
		}
		if invalid := (*intake.Invalid)(nil); !errors.As(err, &invalid) {
			return f.notSent(a, err)
		}
		select {
		case <-a.ctx.Done():
			return f.notSent(a, a.ctx.Err())
		case <-time.After(300 * time.Millisecond):
		}
	}
	key, need := "captcha.wrong", f.need(a)
	if strings.TrimSpace(a.puzzle.Answer) == "" {
		key = "captcha.missing"
	} else if need == gate.Longer && a.puzzle.Digits < need {
		key = "captcha.longer"
	}
	a.problems.add("captcha", f.text(a.reading, key, "n", need))
	a.puzzle = captcha{}
	return f.formAgain(a, fiber.StatusUnprocessableEntity)
}

// receiptAgain shows the receipt in another language or size.
func (f *Face) receiptAgain(a *arrival) error {
	again, err := f.Intake.Submit(a.ctx, intake.Submission{Token: a.form.Token})
	if err != nil {
		return f.formAgain(a, fiber.StatusUnprocessableEntity)
	}
	return f.showReceipt(a, again)
}

// notSent gives everything back when it could not be stored.
func (f *Face) notSent(a *arrival, why error) error {
	f.Log.Error("report not stored", "component", "public", "error_kind", kindOf(why))
	a.note = f.text(a.reading, "report.not_sent")
	return f.formAgain(a, fiber.StatusServiceUnavailable)
}

// kindOf names an error without its text, which may hold people's words.
func kindOf(err error) string {
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return "deadline"
	case errors.Is(err, context.Canceled):
		return "canceled"
	}
	return "storage"
}

// hand gives the form to the room that it is for.
func (f *Face) hand(a *arrival) (intake.Receipt, error) {
	if a.objecting {
		return f.object(a)
	}
	s := a.submission()
	about, err := f.about(a.ctx, a.reading, a.values)
	if err != nil {
		return intake.Receipt{}, err
	}
	if about != nil {
		s.About = about.refers
	}
	return f.Intake.Submit(a.ctx, s)
}

func (a *arrival) submission() intake.Submission {
	v := a.values
	s := intake.Submission{
		Token: a.form.Token, PlaceCode: v.Get("place"), Text: v.Get("text"), Mode: intake.Mode(v.Get("mode")),
		Name: v.Get("name"), Phone: v.Get("phone"), Kind: intake.Kind(v.Get("kind")), Who: v.Get("who"),
		AccusedLevel: v.Get("accused"), When: v.Get("when"), Amount: v.Get("amount"),
		Channel: intake.Web, Lang: string(a.lang), Earlier: v.Get("earlier"), Tie: v.Get("tie"),
	}
	if v.Get("via") == "poster" {
		s.Channel = intake.Poster
	}
	return s
}

func (f *Face) explain(to *faults, r reading, invalid *intake.Invalid) {
	for field, key := range invalid.Problems {
		to.add(field, f.or(r, "problem."+key, "problem.other"))
	}
}

// formAgain shows the form with everything that was typed and picked.
func (f *Face) formAgain(a *arrival, status int) error {
	p := f.typed(a.reading, a.values)
	p.Token, p.Note, p.faults = a.form.Token, a.note, a.problems
	if a.stale || p.At == "" {
		p.At = strconv.FormatInt(f.Now().Unix(), 10)
	}
	for _, refused := range a.refused {
		p.add("files", refused)
	}
	p.sort()
	if a.objecting {
		return f.objectionAgain(a, status, p)
	}
	var err error
	if p.About, err = f.about(a.ctx, a.reading, a.values); err != nil {
		p.About = nil // what it is about goes along all the same
	}
	if p.Place, err = f.placeAsked(a.ctx, a.reading, a.values.Get("place"), a.values.Get("town")); err != nil {
		p.Place = f.placeUnread(a)
	}
	f.showStaged(a, &p)
	for _, asked := range p.Problems {
		p.More = p.More || strings.Contains(" kind who accused when amount earlier ", " "+asked.Field+" ")
	}
	p.Captcha = f.puzzleAgain(a, p.Problem("captcha"))
	return f.show(a.c, status, a.reading, "public/report", p)
}

func (f *Face) showStaged(a *arrival, p *reportPage) {
	if files, err := f.Shelf.Staged(a.ctx, a.form.Key); err == nil {
		p.Files = f.fileLines(a.reading, files)
	}
}

// placeUnread is the place as chosen while its name cannot be read.
func (f *Face) placeUnread(a *arrival) placeBlock {
	yours := f.text(a.reading, "place.yours")
	if code := a.values.Get("place"); code != "" {
		return placeBlock{Code: code, Name: yours}
	}
	return placeBlock{Town: a.values.Get("town"), TownName: yours}
}

// puzzleAgain keeps a puzzle that is not used up, or draws another.
func (f *Face) puzzleAgain(a *arrival, problem string) captcha {
	if a.puzzle.ID == "" || a.used {
		digits := gate.Usual
		if problem != "" {
			digits = f.need(a)
		}
		puzzle, _, err := f.draw(a.c, max(digits, f.digitsFor(a.c)))
		if err != nil {
			return captcha{} // the next sending draws one
		}
		a.puzzle = captcha{ID: puzzle.ID, Digits: puzzle.Digits, Voice: voice(a.reading)}
	}
	a.puzzle.Problem = problem
	return a.puzzle
}

func (f *Face) unstage(ctx context.Context, form intake.Form, id string) error {
	file, err := uuid.Parse(id)
	if err != nil {
		return nil
	}
	return f.Shelf.Unstage(ctx, form.Key, file)
}

// posted is a form with files as it came in.
type posted struct {
	values  url.Values
	form    intake.Form
	stale   bool     // the form was too old: form is a new one
	lost    bool     // files staged for the old one stay behind
	used    bool     // the puzzle has been answered
	refused []string // sentences about files that were not taken
}
