package public

import (
	"context"
	"errors"
	"net/url"
	"strconv"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"minsheng/intake"
	"minsheng/internal/store"
	"minsheng/notice"
	"minsheng/objection"
	"minsheng/portal/view"
	"minsheng/roll"
)

// objectionBlock is the list that is objected to, and what may be said of it.
type objectionBlock struct {
	Notice, Row string // as the form carries them
	Title       string
	Line        string // the row, as the web shows it; "" the whole list
	Kinds       []string
	Kind        string
	Household   string
	Missing     bool // the household itself is asked for
}

// objectionPath is where the form stands and what takes it.
const (
	objectionNew  = "/objections/new"
	objectionPost = "/objections"
)

func (a asked) objecting() bool { return a.path == objectionNew }

// kindsFor are what may be said of a list, about a row of it or about the whole:
// those of the eight that make sense there (DOMAIN §6.2).
func kindsFor(k roll.Kind, row bool) []objection.Kind {
	switch {
	case row && k == roll.Exits:
		return []objection.Kind{"WRONG_OUT", "FORGED_CONSENT", "BAD_INFO", "PRIVACY"}
	case row:
		return []objection.Kind{"WRONG_IN", "BAD_INFO", "FORGED_CONSENT", "PRIVACY"}
	case k == roll.Exits:
		return []objection.Kind{"MISSED_OUT", "BAD_PROCEDURE", "PRIVACY"}
	case k == roll.Households, k == roll.Payments:
		return []objection.Kind{"MISSED", "BAD_PROCEDURE", "MISSED_OUT", "PRIVACY"}
	}
	return []objection.Kind{"BAD_INFO", "BAD_PROCEDURE", "PRIVACY"}
}

// objecting turns the page of a report into that of an objection;
// store.ErrNotFound when its notice is not shown.
func (f *Face) objecting(ctx context.Context, r reading, p *reportPage, v url.Values) error {
	n, err := f.noticeOf(ctx, v)
	if err != nil {
		return err
	}
	b := &objectionBlock{Notice: n.ID.String(), Title: f.titleOf(r, n), Kind: v.Get("objection"), Household: v.Get("household")}
	if b.Kind == "" {
		b.Kind = v.Get("kind")
	}
	kind := roll.Kind("")
	if n.Roll != nil {
		kind = n.Roll.Kind
	}
	if key, err := strconv.Atoi(v.Get("row")); err == nil && listed(n) {
		row, err := f.Rolls.Row(ctx, n.Roll.ID, key)
		if err != nil {
			return err
		}
		b.Row, b.Line = v.Get("row"), f.text(r, "opened.row", "n", row.N, "name", row.Shown)
	}
	for _, k := range kindsFor(kind, b.Row != "") {
		b.Kinds = append(b.Kinds, string(k))
		b.Missing = b.Missing || k == "MISSED"
	}
	p.Objection, p.Post, p.List = b, objectionPost, false
	p.Title = f.text(r, "objection.title")
	p.Path = objectionNew + "?" + objectionAddress(b).Encode()
	return nil
}

// objectionAddress is what the address of the form says.
func objectionAddress(b *objectionBlock) url.Values {
	v := url.Values{"notice": {b.Notice}}
	if b.Row != "" {
		v.Set("row", b.Row)
	}
	if b.Kind != "" {
		v.Set("kind", b.Kind)
	}
	return v
}

func (f *Face) noticeOf(ctx context.Context, v url.Values) (notice.Published, error) {
	id, err := uuid.Parse(v.Get("notice"))
	if err != nil {
		return notice.Published{}, store.ErrNotFound
	}
	n, err := f.Notices.Published(ctx, id)
	if err == nil && n.Withdrawn {
		return n, store.ErrNotFound
	}
	return n, err
}

// askObjection shows the form on which a list is objected to: with the list and
// row of its address, or with the lists that are open where the visitor lives.
func (f *Face) askObjection(c *fiber.Ctx) error {
	a := askedBy(c, []string{"notice", "row", "kind", "place", "town"})
	if a.query.Get("notice") == "" {
		return f.chooseList(c, a)
	}
	err := f.askForm(c, a)
	if errors.Is(err, store.ErrNotFound) {
		// The days are over, or the row is gone: what is to be said can be said.
		to := f.base(a.reading, "", "portal.name").Href("/report?about=list")
		return c.Redirect(to, fiber.StatusSeeOther)
	}
	return err
}

type chooseListPage struct {
	view.Base
	Place    placeBlock
	Lists    []line
	Report   string // address of the form for what is not listed here
	Searched bool
}

// chooseList asks where, and lists what is open for objections there.
func (f *Face) chooseList(c *fiber.Ctx, a asked) error {
	p := chooseListPage{Base: f.base(a.reading, objectionNew, "objection.title")}
	p.Report = p.Href("/report?about=list")
	var err error
	if p.Place, err = f.placeAsked(c.UserContext(), a.reading, a.query.Get("place"), a.query.Get("town")); err != nil {
		return err
	}
	if p.Searched = p.Place.Code != ""; p.Searched {
		open, err := f.Notices.Open(c.UserContext(), p.Place.Code)
		if err != nil {
			return err
		}
		if p.Lists, err = f.lines(c.UserContext(), a.reading, open); err != nil {
			return err
		}
		p.Report += "&place=" + p.Place.Code
	}
	return f.show(c, fiber.StatusOK, a.reading, "public/objection-choose", p)
}

// takeObjection takes the form of an objection, as takeReport does one of a
// report.
func (f *Face) takeObjection(c *fiber.Ctx) error {
	return f.take(&arrival{reading: readingOf(c), c: c, ctx: c.UserContext(), visitor: f.Visitors.Key(c), objecting: true})
}

// object hands an objection in.
func (f *Face) object(a *arrival) (intake.Receipt, error) {
	v := a.values
	filing := objection.Filing{Submission: a.submission(), Kind: objection.Kind(v.Get("objection")), Household: v.Get("household")}
	filing.Kind, filing.Submission.Kind = objection.Kind(v.Get("objection")), ""
	var err error
	if filing.NoticeID, err = uuid.Parse(v.Get("notice")); err != nil {
		return intake.Receipt{}, store.ErrNotFound
	}
	if key, err := strconv.Atoi(v.Get("row")); err == nil {
		filing.RowKey = &key
	}
	receipt, _, err := f.Objections.File(a.ctx, filing)
	var invalid *intake.Invalid
	if errors.As(err, &invalid) && invalid.Problems["kind"] != "" {
		invalid.Problems["objection"] = invalid.Problems["kind"]
		delete(invalid.Problems, "kind")
	}
	return receipt, err
}

// objectionAgain shows the form with everything that was typed and picked, or,
// when the list is gone meanwhile, the form of a report with the same words.
func (f *Face) objectionAgain(a *arrival, status int, p reportPage) error {
	err := f.objecting(a.ctx, a.reading, &p, a.values)
	if errors.Is(err, store.ErrNotFound) {
		a.objecting = false
		a.values.Set("about", "list")
		a.note = f.text(a.reading, "objection.gone")
		return f.formAgain(a, fiber.StatusUnprocessableEntity)
	}
	if err != nil {
		p.Objection = &objectionBlock{Notice: a.values.Get("notice"), Row: a.values.Get("row"), Kind: a.values.Get("objection"), Household: a.values.Get("household")}
		p.Post = objectionPost
		for _, k := range objection.Kinds() {
			p.Objection.Kinds = append(p.Objection.Kinds, string(k))
		}
	}
	f.showStaged(a, &p)
	p.Captcha = f.puzzleAgain(a, p.Problem("captcha"))
	return f.show(a.c, status, a.reading, "public/report", p)
}

// answerAmong is the answer to an objection, which is told in one message; "" before.
func answerAmong(messages []intake.Message) string {
	for _, m := range messages {
		if m.Kind == intake.AnswerText {
			return m.Text
		}
	}
	return ""
}

// objectionMatter is an objection on the page that its receipt opens.
func (f *Face) objectionMatter(r reading, v objection.View, answer string) matter {
	m := matter{Title: v.Title, Row: v.Row, What: f.or(r, "objection."+string(v.Kind), "objection.title"), Answer: paragraphs(answer)}
	if v.Ending != "" {
		m.Ending = f.text(r, "track.ending."+string(v.Ending))
	}
	if v.NextOn != "" {
		m.Next = f.or(r, "track.next."+v.NextWhat, "track.next.other", "day", view.Day(r.lang, v.NextOn))
	}
	m.Steps = stepsOf(v.Steps, v.Stage, v.Ending != "")
	return m
}
