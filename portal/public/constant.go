package public

import (
	"context"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"minsheng/intake"
	"minsheng/internal/workday"
	"minsheng/notice"
	"minsheng/portal/view"
)

// constants lists the pages that are the same for every visitor.
func (f *Face) constants() []constant {
	return []constant{
		{"/", nil, f.makeHome},
		{"/notices", []string{"place", "before"}, f.makeNotices},
		{"/notices/:id", nil, f.makeNotice},
		{"/v/:code", nil, f.makeVillage},
		{"/v/:code/poster", nil, f.makePoster},
		{"/stats", nil, f.makeStats},
		{"/help", nil, f.makeHelp},
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
	Current []line
	Figures intake.Figures
}

func (f *Face) makeHome(ctx context.Context, a asked) (made, error) {
	p := homePage{Base: f.base(a.reading, "/", "portal.name"), Phone: f.Phone}
	notices, err := f.Notices.List(ctx, "", uuid.Nil)
	if err != nil {
		return made{}, err
	}
	if p.Current, err = f.lines(ctx, a.reading, open(notices, workday.On(f.Now()))); err != nil {
		return made{}, err
	}
	if p.Figures, err = f.figures(ctx); err != nil {
		return made{}, err
	}
	return f.page(a, "public/home", p)
}

// open keeps the notices that somebody can object to today, five at most.
func open(notices []notice.Notice, today workday.Date) []notice.Notice {
	var out []notice.Notice
	for _, n := range notices {
		if standingOf(n, today).Open && len(out) < 5 {
			out = append(out, n)
		}
	}
	return out
}

type statsPage struct {
	view.Base
	Figures intake.Figures
}

func (f *Face) makeStats(ctx context.Context, a asked) (made, error) {
	figures, err := f.figures(ctx)
	if err != nil {
		return made{}, err
	}
	return f.page(a, "public/stats", statsPage{f.base(a.reading, a.path, "stats.title"), figures})
}

type helpPage struct {
	view.Base
	Phone string
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

func (f *Face) makeRobots(context.Context, asked) (made, error) {
	return made{kind: fiber.MIMETextPlainCharsetUTF8, body: []byte(
		"User-agent: *\nDisallow: /console\nDisallow: /track\nDisallow: /receipt\nDisallow: /captcha\nDisallow: /notices/\n")}, nil
}
