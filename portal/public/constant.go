package public

import (
	"context"
	"errors"

	"github.com/gofiber/fiber/v2"

	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/notice"
	"minsheng/portal/view"
)

// constants lists the pages that are the same for every visitor.
func (f *Face) constants() []constant {
	return []constant{
		{"/", []string{"place"}, f.makeHome},
		{"/notices", []string{"kind", "place", "year", "state", "after"}, f.makeNotices},
		{"/notices/:id", []string{"order", "after", "q"}, f.makeNotice},
		{"/projects/:id", nil, f.makeProject},
		{"/funds/:id", []string{"after"}, f.makeFund},
		{"/v/:code", nil, f.makeVillage},
		{"/v/:code/poster", nil, f.makePoster},
		{"/stats", nil, f.makeStats},
		{"/help", nil, f.makeHelp},
		{"/log", nil, f.makeLog},
		{"/log/poster", nil, f.makeLogPoster},
		{"/safety", nil, f.makeSafety},
		{"/v/:code/qr.png", nil, f.makePosterQR},
		{"/receipt", nil, f.makeNoReceipt},
		{"/track", nil, f.makeTrack},
		{"/feed.atom", nil, f.makeFeed},
		{"/robots.txt", nil, f.makeRobots},
	}
}

const htmlKind = fiber.MIMETextHTMLCharsetUTF8

func (f *Face) page(a asked, name string, page any) (made, error) {
	html, err := f.View.Render(a.lang, name, page)
	return made{kind: htmlKind, body: html}, err
}

type homePage struct {
	view.Base
	Phone   string
	Towns   []county
	Place   string // somebody's own town; "" nobody has chosen one
	Current []line
	Sums    sums
}

func (f *Face) makeHome(ctx context.Context, a asked) (made, error) {
	p := homePage{Base: f.base(a.reading, a.here(), "portal.name"), Phone: f.Phone}
	place := a.query.Get("place")
	current, err := f.current(ctx, place)
	if err != nil {
		return made{}, err
	}
	if place != "" {
		d, err := f.Atlas.Division(ctx, place)
		if errors.Is(err, store.ErrNotFound) {
			return f.lost(ctx, a, "lost.title")
		}
		if err != nil {
			return made{}, err
		}
		p.Place = d.FullName
	}
	if p.Current, err = f.lines(ctx, a.reading, current); err != nil {
		return made{}, err
	}
	if p.Towns, err = f.counties(ctx, a.reading, place, false); err != nil {
		return made{}, err
	}
	told, err := f.Figures.Public(ctx)
	if err != nil {
		return made{}, err
	}
	p.Sums = f.sums(a.reading, told)
	return f.page(a, "public/home", p)
}

// current are the notices that somebody of a place can object to today; five of
// the whole city when there is no place.
func (f *Face) current(ctx context.Context, place string) ([]notice.Notice, error) {
	if place != "" {
		return f.Notices.Open(ctx, place)
	}
	running, err := f.Notices.Find(ctx, notice.Wanted{State: "running"})
	return open(running, workday.On(f.Now())), err
}

// open keeps the notices that invite objections today, five at most.
func open(notices []notice.Notice, today workday.Date) []notice.Notice {
	var out []notice.Notice
	for _, n := range notices {
		kind, _ := notice.KindOf(n.Kind)
		if standingOf(n, today).Open && !kind.Announcement && len(out) < 5 {
			out = append(out, n)
		}
	}
	return out
}

type helpPage struct {
	view.Base
	Phone string
}

// makeSafety says in six sentences what keeps a reporter safe, and what does not.
func (f *Face) makeSafety(_ context.Context, a asked) (made, error) {
	return f.page(a, "public/safety", helpPage{f.base(a.reading, a.path, "safety.title"), f.Phone})
}

func (f *Face) makeHelp(_ context.Context, a asked) (made, error) {
	return f.page(a, "public/help", helpPage{f.base(a.reading, a.path, "help.title"), f.Phone})
}

type plainPage struct{ view.Base }

// makeNoReceipt answers who opens the receipt's address without a form.
func (f *Face) makeNoReceipt(_ context.Context, a asked) (made, error) {
	return f.page(a, "public/receipt-none", plainPage{f.base(a.reading, a.path, "receipt.none")})
}

func (f *Face) makeTrack(_ context.Context, a asked) (made, error) {
	return f.page(a, "public/track", trackPage{Base: f.base(a.reading, a.path, "track.neutral")})
}

// makeRobots keeps search engines away from forms. Notices may be found; those
// that name people say themselves that they must not be, which robots can only
// read when they may come.
func (f *Face) makeRobots(context.Context, asked) (made, error) {
	return made{kind: fiber.MIMETextPlainCharsetUTF8, body: []byte(
		"User-agent: *\nDisallow: /console\nDisallow: /track\nDisallow: /receipt\nDisallow: /captcha\n" +
			"Disallow: /objections\nDisallow: /household\n")}, nil
}
