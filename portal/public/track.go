package public

import (
	"errors"
	"net/url"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"minsheng/intake"
	"minsheng/internal/workday"
	"minsheng/portal/gate"
	"minsheng/portal/view"
)

// trackPage asks for the digits of a receipt. Its title says nothing to who
// looks over a shoulder.
type trackPage struct {
	view.Base
	faults
	Digits, Draft, Note string
}

// askAgain shows the page that asks for the digits.
func (f *Face) askAgain(c *fiber.Ctx, status int, r reading, p trackPage) error {
	p.Base = f.base(r, "/track", "track.neutral")
	return f.show(c, status, r, "public/track", p)
}

// look opens a report by its receipt, or again by the token of its page.
func (f *Face) look(c *fiber.Ctx) error {
	r := readingOf(c)
	values, err := gate.Form(c, 0, nil)
	if err != nil {
		return err
	}
	ctx, p := c.UserContext(), trackPage{Digits: values.Get("digits"), Draft: values.Get("draft")}
	if token := values.Get("token"); token != "" {
		t, err := f.Intake.Reopen(ctx, token)
		return f.opened(c, r, t, err, statusPage{}, p)
	}
	for _, rule := range []struct {
		gate.Rule
		who string
	}{{gate.Track, f.Visitors.Key(c)}, {gate.TrackGlobal, gate.Everybody}} {
		if v := f.Limits.Allow(ctx, rule.Rule, rule.who); !v.OK {
			p.Note = f.busy(c, r, "track.busy", v.RetryAfter)
			return f.askAgain(c, fiber.StatusTooManyRequests, r, p)
		}
	}
	t, err := f.Intake.Track(ctx, p.Digits)
	return f.opened(c, r, t, err, statusPage{Text: p.Draft}, p)
}

// opened shows the report, or asks for the digits with the reason. Digits
// that are wrong and digits that nobody has get the same page.
func (f *Face) opened(c *fiber.Ctx, r reading, t intake.Tracked, err error, page statusPage, p trackPage) error {
	switch {
	case err == nil:
		return f.status(c, fiber.StatusOK, r, t, page)
	case errors.Is(err, intake.ErrNoReceipt):
		p.add("digits", f.text(r, "track.wrong"))
		return f.askAgain(c, fiber.StatusUnprocessableEntity, r, p)
	case errors.Is(err, intake.ErrStaleForm):
		p.Note = f.text(r, "track.expired")
		return f.askAgain(c, fiber.StatusUnprocessableEntity, r, p)
	}
	f.Log.Error("report not opened", "component", "public", "error_kind", kindOf(err))
	p.Note = f.text(r, "track.down")
	return f.askAgain(c, fiber.StatusServiceUnavailable, r, p)
}

// statusPage is what a receipt opens.
type statusPage struct {
	view.Base
	faults
	Token, Form, PlaceName string
	Received               workday.Date
	FileCount              int
	Matters                []matter
	Messages               []message
	Openings               []intake.Opening
	Looks                  []intake.Look
	Open, Waiting          bool
	Text, Note, Done       string
	Files                  []fileLine
	Proof                  *proofBlock
	TakeBack               bool   // a withdrawal can be taken back
	Lettered               bool   // there is a letter, which is all that is printed
	Erased                 string // what was destroyed; "" nothing
	Final                  string // decided for the last time: what to do with new facts
	said                   spoken
}

type matter struct {
	Part         int
	Title        string // of the list, where it is an objection
	Row, What    string
	Ending, Next string
	Steps        []step
	Answer       []string
	Letter       *letterBlock
	Before       []intake.DecisionLetter
	Rating       *ratingBlock
	Ask          *askBlock
	Asked        []string
	Audit        string
}

type step struct {
	Stage int
	On    workday.Date
	Class string // done, now, or nothing
	Now   bool
}

type message struct {
	Office bool
	At     time.Time
	Text   string
	Kept   intake.Kept // why the text is not here; "" when it is
	Files  int
}

func (f *Face) status(c *fiber.Ctx, code int, r reading, t intake.Tracked, p statusPage) error {
	p.Base = f.base(r, "/track", "track.neutral")
	p.Token, p.PlaceName, p.Received, p.FileCount = t.Token, t.PlaceName, t.Received, t.Files
	if p.Form == "" {
		p.Form = t.Form.Token
	}
	p.Open, p.Openings, p.Looks, p.Erased = t.Open, t.IdentityOpenings, t.Looks, t.Erased
	answers := map[string]bool{}
	if err := f.statusMatters(c, r, t, &p, answers); err != nil {
		return err
	}
	var err error
	if p.Proof, err = f.proofOf(c.UserContext(), r, t.ReportID); err != nil {
		return err
	}
	objected, err := f.Objections.Of(c.UserContext(), t.ReportID)
	if err != nil {
		return err
	}
	if objected != nil {
		answer := answerAmong(t.Messages)
		p.Matters = append(p.Matters, f.objectionMatter(r, *objected, answer))
		answers[answer] = true
	}
	for _, m := range t.Messages {
		if m.Kind == intake.AnswerText && (m.Letter || answers[m.Text]) {
			continue // it stands above, under its matter
		}
		if m.Kept == intake.Erased && t.Erased == intake.WordsErased {
			continue // the page says it once, of all
		}
		p.Messages = append(p.Messages, message{m.FromOffice, m.At, m.Text, m.Kept, m.FileCount})
	}
	p.sort()
	return f.show(c, code, r, "public/status", p)
}

// statusMatters adds the matters with what their reporter can say about each.
func (f *Face) statusMatters(c *fiber.Ctx, r reading, t intake.Tracked, p *statusPage, answers map[string]bool) error {
	sides, err := f.Appeals.Sides(c.UserContext(), t.ReportID)
	if err != nil {
		return err
	}
	for _, v := range t.Matters {
		m := f.matter(r, v)
		f.ending(r, &m, v, sideOf(sides, v.Part), p.said)
		if m.Ask != nil && m.Ask.Form == "" {
			m.Ask.Form = f.Intake.NewForm().Token
		}
		p.Matters = append(p.Matters, m)
		p.Waiting, p.TakeBack = p.Waiting || v.Waiting, p.TakeBack || v.LeavesOn != ""
		answers[v.Answer] = true
		p.Lettered = p.Lettered || len(v.Letters) > 0
		if final := f.finally(r, v); final != "" && !t.Open {
			p.Final = final
		}
	}
	return nil
}

func (f *Face) matter(r reading, v intake.MatterView) matter {
	m := matter{Part: v.Part}
	if v.Ending != "" {
		m.Ending = f.text(r, "track.ending."+string(v.Ending))
	}
	if v.NextOn != "" {
		what := v.NextWhat
		if v.Extended && what == "complaint.reply" {
			what = "complaint.reply_extension_max"
		}
		m.Next = f.or(r, "track.next."+what, "track.next.other", "day", view.Day(r.lang, v.NextOn))
	}
	m.Steps = stepsOf(v.Steps, v.Stage, v.Ending != "")
	return m
}

func stepsOf(all []intake.Step, at intake.Stage, ended bool) (steps []step) {
	for _, s := range all {
		if ended && s.On == "" {
			continue // it will not come to that
		}
		one := step{Stage: int(s.Stage), On: s.On, Now: s.Stage == at && !ended}
		switch {
		case one.Now:
			one.Class = "now"
		case s.On != "":
			one.Class = "done"
		}
		steps = append(steps, one)
	}
	return steps
}

// say adds the reporter's words and files. Success shows the page again here,
// for its token may stand in no address.
func (f *Face) say(c *fiber.Ctx) error {
	r, p := readingOf(c), posted{}
	if err := f.receive(c, &p, r, "form"); err != nil {
		return err
	}
	v, ctx := p.values, c.UserContext()
	page := statusPage{Text: v.Get("text"), Form: p.form.Token}
	for _, refused := range p.refused {
		page.add("files", refused)
	}
	step, detail, _ := strings.Cut(v.Get("go"), ":")
	if step == "remove" {
		f.unstage(ctx, p.form, detail)
	}
	if step == "remove" || len(p.refused) > 0 {
		return f.sayAgain(c, r, fiber.StatusOK, v, p, page)
	}
	err := f.Intake.Say(ctx, v.Get("token"), p.form.Token, v.Get("text"))
	var invalid *intake.Invalid
	switch {
	case err == nil:
		page = statusPage{Done: f.text(r, "track.said")}
		p.form = intake.Form{}
		return f.sayAgain(c, r, fiber.StatusOK, v, p, page)
	case errors.As(err, &invalid):
		f.explain(&page.faults, r, invalid)
		return f.sayAgain(c, r, fiber.StatusUnprocessableEntity, v, p, page)
	case errors.Is(err, intake.ErrClosed):
		page.Note = f.text(r, "track.closed")
		return f.sayAgain(c, r, fiber.StatusUnprocessableEntity, v, p, page)
	case errors.Is(err, intake.ErrStaleForm), errors.Is(err, intake.ErrNoReceipt):
		return f.opened(c, r, intake.Tracked{}, intake.ErrStaleForm, page, trackPage{Draft: v.Get("text")})
	}
	f.Log.Error("message not stored", "component", "public", "error_kind", kindOf(err))
	return f.askAgain(c, fiber.StatusServiceUnavailable, r, trackPage{Note: f.text(r, "track.not_sent"), Draft: v.Get("text")})
}

// sayAgain shows the report with what the reporter was writing.
func (f *Face) sayAgain(c *fiber.Ctx, r reading, status int, v url.Values, p posted, page statusPage) error {
	if status == fiber.StatusOK && len(page.Problems) > 0 {
		status = fiber.StatusUnprocessableEntity
	}
	ctx := c.UserContext()
	if p.form.Key != nil {
		if files, err := f.Shelf.Staged(ctx, p.form.Key); err == nil {
			page.Files = f.fileLines(r, files)
		}
	}
	t, err := f.Intake.Reopen(ctx, v.Get("token"))
	if err != nil {
		return f.opened(c, r, t, err, page, trackPage{Draft: v.Get("text")})
	}
	return f.status(c, status, r, t, page)
}

type withdrawPage struct {
	view.Base
	Token   string
	Reasons []string // why somebody may withdraw; none where it makes no difference
}

// withdraw asks once more, then withdraws.
func (f *Face) withdraw(c *fiber.Ctx) error {
	r := readingOf(c)
	values, err := gate.Form(c, 0, nil)
	if err != nil {
		return err
	}
	token, ctx := values.Get("token"), c.UserContext()
	report, err := f.Intake.Reopen(ctx, token)
	if values.Get("sure") != "yes" && err == nil {
		page := withdrawPage{Base: f.base(r, "/track", "track.neutral"), Token: token}
		if !report.Other {
			page.Reasons = intake.WithdrawalReasons()
		}
		return f.show(c, fiber.StatusOK, r, "public/withdraw", page)
	}
	done := statusPage{Done: f.text(r, "track.withdrawn")}
	if err == nil && report.Open {
		err = f.Objections.Withdraw(ctx, report.ReportID)
	}
	if err == nil {
		err = f.Intake.Withdraw(ctx, token, values.Get("why"))
	}
	if errors.Is(err, intake.ErrClosed) {
		done = statusPage{Note: f.text(r, "track.closed")}
	} else if err != nil {
		return f.opened(c, r, intake.Tracked{}, err, done, trackPage{})
	}
	t, err := f.Intake.Reopen(ctx, token)
	return f.opened(c, r, t, err, done, trackPage{})
}

// leave leads to a page that anybody may be reading and asks the browser to
// forget what it kept.
func (f *Face) leave(c *fiber.Ctx) error {
	private(c)
	c.Set("Clear-Site-Data", `"cache"`)
	return c.Redirect(f.base(readingOf(c), "", "portal.name").Href("/notices"), fiber.StatusSeeOther)
}
