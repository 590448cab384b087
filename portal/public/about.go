package public

import (
	"context"
	"errors"
	"net/url"
	"strconv"

	"github.com/google/uuid"

	"minsheng/intake"
	"minsheng/internal/store"
	"minsheng/portal/view"
)

// aboutBlock is what a form was opened from: a project, a fund, a notice, one of
// its rows, or a payment. It is shown above the questions and goes along.
type aboutBlock struct {
	Hidden [][2]string // fields that carry it
	Label  string
	Title  string
	Lines  []string
	place  string
	refers []intake.About
}

// aboutNames are the fields and parameters that say what a form is about.
var aboutNames = [...]string{"project", "fund", "notice", "row", "ref"}

// about finds out what a form is about; nil when it is about nothing, or about
// something that is no longer shown: nobody is sent back for that.
func (f *Face) about(ctx context.Context, r reading, v url.Values) (*aboutBlock, error) {
	var b *aboutBlock
	var err error
	switch {
	case v.Get("ref") != "":
		b, err = f.aboutPayment(ctx, r, v.Get("ref"))
	case v.Get("project") != "":
		b, err = f.aboutProject(ctx, r, v.Get("project"))
	case v.Get("fund") != "":
		b, err = f.aboutFund(ctx, r, v.Get("fund"))
	case v.Get("notice") != "":
		b, err = f.aboutNotice(ctx, r, v.Get("notice"), v.Get("row"))
	}
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if b != nil {
		for _, name := range aboutNames {
			if v.Get(name) != "" {
				b.Hidden = append(b.Hidden, [2]string{name, v.Get(name)})
			}
		}
	}
	return b, err
}

func (f *Face) aboutProject(ctx context.Context, r reading, text string) (*aboutBlock, error) {
	id, err := uuid.Parse(text)
	if err != nil {
		return nil, store.ErrNotFound
	}
	p, err := f.Notices.Project(ctx, id)
	if err != nil {
		return nil, err
	}
	return &aboutBlock{
		Label: f.text(r, "opened.project"), Title: p.Name, place: p.PlaceCode,
		Lines:  []string{f.text(r, "opened.amount", "amount", view.Yuan(p.AmountFen))},
		refers: []intake.About{{Kind: "project", RefID: id}},
	}, nil
}

func (f *Face) aboutFund(ctx context.Context, r reading, text string) (*aboutBlock, error) {
	id, err := uuid.Parse(text)
	if err != nil {
		return nil, store.ErrNotFound
	}
	fund, err := f.Notices.Fund(ctx, id, uuid.Nil)
	if err != nil {
		return nil, err
	}
	return &aboutBlock{
		Label: f.text(r, "opened.fund"), Title: fund.Name, place: fund.PlaceCode,
		Lines:  []string{f.text(r, "opened.amount", "amount", view.Yuan(fund.TotalFen))},
		refers: []intake.About{{Kind: "fund", RefID: id}},
	}, nil
}

func (f *Face) aboutNotice(ctx context.Context, r reading, text, row string) (*aboutBlock, error) {
	id, err := uuid.Parse(text)
	if err != nil {
		return nil, store.ErrNotFound
	}
	n, err := f.Notices.Published(ctx, id)
	if err != nil {
		return nil, err
	}
	b := &aboutBlock{Label: f.text(r, "opened.notice"), Title: f.titleOf(r, n), place: n.PlaceCode, refers: []intake.About{{Kind: "notice", RefID: id}}}
	key, err := strconv.Atoi(row)
	if err != nil || !listed(n) {
		return b, nil
	}
	line, err := f.Rolls.Row(ctx, n.Roll.ID, key)
	if err != nil {
		return b, err
	}
	b.Lines = []string{f.text(r, "opened.row", "n", line.N, "name", line.Shown)}
	b.refers = append(b.refers, intake.About{Kind: "row", RefID: n.Roll.ID, RowKey: key})
	return b, nil
}

func (f *Face) aboutPayment(ctx context.Context, r reading, ref string) (*aboutBlock, error) {
	p, err := f.Purse.Refer(ctx, ref)
	if err != nil {
		return nil, err
	}
	return &aboutBlock{
		Label: f.text(r, "opened.payment"), Title: p.Programme, place: p.PlaceCode,
		Lines:  []string{p.Label, f.text(r, "opened.amount", "amount", view.Yuan(p.AmountFen)), view.Day(r.lang, p.PaidOn)},
		refers: []intake.About{{Kind: "payment", RefID: p.ID}},
	}, nil
}

// unpaid is what a household would write about a payment that never came.
func (f *Face) unpaid(ctx context.Context, r reading, ref string) (url.Values, error) {
	p, err := f.Purse.Refer(ctx, ref)
	if err != nil {
		return nil, err
	}
	day, amount := view.Day(r.lang, p.PaidOn), view.Yuan(p.AmountFen)
	return url.Values{
		"ref": {ref}, "place": {p.PlaceCode}, "amount": {f.text(r, "opened.amount_only", "amount", amount)}, "when": {day},
		"text": {f.text(r, "opened.unpaid", "programme", p.Programme, "label", p.Label, "amount", amount, "day", day)},
	}, nil
}
