package public

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"
	"rsc.io/qr"

	"minsheng/internal/store"
	"minsheng/notice"
	"minsheng/portal/view"
	"minsheng/region"
)

type villagePage struct {
	view.Base
	Name, FullName, Phone string
	Report, All, Poster   string // addresses
	Open                  []line // one can object to them today
	Notices               []line // the others, newest first
}

func (f *Face) makeVillage(ctx context.Context, a asked) (made, error) {
	d, err := f.posted(ctx, a.param("code"))
	if errors.Is(err, store.ErrNotFound) {
		return f.lost(ctx, a, "lost.title")
	}
	if err != nil {
		return made{}, err
	}
	p := villagePage{Base: f.base(a.reading, a.here(), "portal.name"), Name: d.Name, FullName: d.FullName, Phone: f.Phone}
	p.Title = d.Name
	p.Report = p.Href("/report?via=poster&place=" + d.Code)
	p.All = p.Href("/notices?place=" + d.Code)
	p.Poster = p.Href("/v/" + d.Code + "/poster")
	open, err := f.Notices.Open(ctx, d.Code)
	if err != nil {
		return made{}, err
	}
	notices, err := f.Notices.List(ctx, d.Code, uuid.Nil)
	if err != nil {
		return made{}, err
	}
	if p.Open, err = f.lines(ctx, a.reading, open); err != nil {
		return made{}, err
	}
	others := without(notices, open)
	if p.Notices, err = f.lines(ctx, a.reading, others[:min(len(others), 5)]); err != nil {
		return made{}, err
	}
	return f.page(a, "public/village", p)
}

// without are the notices that are not among others.
func without(notices, others []notice.Notice) []notice.Notice {
	return slices.DeleteFunc(slices.Clone(notices), func(n notice.Notice) bool {
		return slices.ContainsFunc(others, func(o notice.Notice) bool { return o.ID == n.ID })
	})
}

// posted is the village or town of a poster, which may have hung since before
// the place was merged into another.
func (f *Face) posted(ctx context.Context, code string) (region.Division, error) {
	for range 5 {
		d, err := f.Atlas.Division(ctx, code)
		if err != nil {
			return d, err
		}
		if d.Level != region.Village && d.Level != region.Town {
			return d, store.ErrNotFound
		}
		if d.ValidTo == nil || d.SuccessorCode == nil {
			return d, nil
		}
		code = *d.SuccessorCode
	}
	return region.Division{}, store.ErrNotFound
}

type lostPage struct {
	view.Base
	Towns []county
}

// lost is the page for a place or notice that is not there, with a way on.
func (f *Face) lost(ctx context.Context, a asked, title string) (made, error) {
	towns, err := f.counties(ctx, a.reading, "", false)
	if err != nil {
		return made{}, err
	}
	m, err := f.page(a, "public/lost", lostPage{f.base(a.reading, a.path, title), towns})
	m.status = fiber.StatusNotFound
	return m, err
}

type posterPage struct {
	view.Base
	Name, Phone, QR, Address string
}

func (f *Face) makePoster(ctx context.Context, a asked) (made, error) {
	d, err := f.posted(ctx, a.param("code"))
	if errors.Is(err, store.ErrNotFound) {
		return f.lost(ctx, a, "lost.title")
	}
	if err != nil {
		return made{}, err
	}
	p := posterPage{
		Base: f.base(a.reading, a.here(), "poster.title", "place", d.Name),
		Name: d.Name, Phone: f.Phone, QR: "/v/" + d.Code + "/qr.png", Address: f.address("/v/" + d.Code),
	}
	return f.page(a, "public/poster", p)
}

// makePosterQR draws the code of a poster: the village's own address.
func (f *Face) makePosterQR(ctx context.Context, a asked) (made, error) {
	d, err := f.posted(ctx, a.param("code"))
	if err != nil {
		return made{}, err
	}
	code, err := qr.Encode(f.address("/v/"+d.Code), qr.Q)
	if err != nil {
		return made{}, fmt.Errorf("public: %w", err)
	}
	code.Scale = 12
	return made{kind: "image/png", body: code.PNG()}, nil
}
