package public

import (
	"context"
	"errors"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/notice"
	"minsheng/portal/view"
	"minsheng/region"
)

// noticePage is a notice with its table. Nothing in it, nor in what it holds,
// is a room's own row of people: what the web must not show is not there to be
// shown by mistake.
type noticePage struct {
	view.Base
	head
	Unlisted  bool
	Body      []view.Block
	Facts     []fact
	Line      string // what came of objections
	Held      bool   // somebody objects to the whole list
	Objects   objects
	Table     *table
	Counts    *counts
	Changes   *changes
	Corrected []line
	Original  *line
	Differs   []difference
	Fund      *fundBox
	Project   *projectLine
	Attached  []attachment
	Photos    []attachment
	Downloads []download
	Village   villageCode
}

// head is what stands above every notice, and all that a stub says.
type head struct {
	ID, Kind, Unit, DocNumber, Place string
	From                             workday.Date
	Standing                         standing
}

// objects are the ways to disagree, as addresses; "" where there is none.
type objects struct{ List, Missed, Exposed, Report string }

// counts stand in place of names in announcements: those hang in the village.
type counts struct{ Rows, People int }

// villageCode leads from paper to the page of the village.
type villageCode struct {
	Poster, Address string
	QR              view.QR
}

func (f *Face) makeNotice(ctx context.Context, a asked) (made, error) {
	id, err := uuid.Parse(a.param("id"))
	if err != nil || id.String() != a.param("id") {
		return made{}, store.ErrNotFound
	}
	n, err := f.Notices.Published(ctx, id)
	if err != nil {
		return made{}, err
	}
	h, err := f.head(ctx, a.reading, n)
	if err != nil {
		return made{}, err
	}
	base := f.base(a.reading, a.here(), "notices.title")
	base.Title = f.titleOf(a.reading, n)
	if n.Pulled || n.Withdrawn {
		return f.stub(a, n, gonePage{Base: base, head: h, Pulled: n.Pulled})
	}
	p := noticePage{Base: base, head: h, Unlisted: ofPeople(n), Body: view.Prose(n.Body), Line: n.PublicLine}
	for _, fill := range []func(context.Context, asked, notice.Published, *noticePage) error{
		f.fillWords, f.fillRows, f.fillChanges, f.fillCorrections, f.fillMoney, f.fillVillage,
	} {
		if err := fill(ctx, a, n, &p); err != nil {
			return made{}, err
		}
	}
	m, err := f.page(a, "public/notice", p)
	m.unlisted, m.turned = p.Unlisted, len(a.query) > 0
	return m, err
}

// titleOf is what a notice is called; by its kind as long as its title is not
// given out.
func (f *Face) titleOf(r reading, n notice.Published) string {
	if n.Title == "" {
		return f.noticeKind(r, n.Kind)
	}
	return n.Title
}

// ofPeople reports whether a notice names people, or corrects one that does.
func ofPeople(n notice.Published) bool {
	of := n.KindOf
	if n.Corrects != nil {
		of, _ = notice.KindOf(n.Corrects.Kind)
	}
	return of.Personal
}

func (f *Face) head(ctx context.Context, r reading, n notice.Published) (head, error) {
	unit, err := f.Atlas.Unit(n.UnitID)
	if err != nil {
		return head{}, err
	}
	place, err := f.placeName(ctx, n.PlaceCode)
	return head{
		ID: n.ID.String(), Kind: f.noticeKind(r, n.Kind), Unit: unit.Name, DocNumber: n.DocNumber, Place: place,
		From: n.StartsOn, Standing: standingOf(n.Notice, workday.On(f.Now())),
	}, err
}

// gonePage is what is left of a notice that was taken down.
type gonePage struct {
	view.Base
	head
	Pulled bool   // for the time being, while somebody looks
	Why    string // it was withdrawn
}

// stub tells that a notice was here. A pulled one comes back, perhaps soon.
func (f *Face) stub(a asked, n notice.Published, p gonePage) (made, error) {
	p.Why = n.WithdrawnWhy
	m, err := f.page(a, "public/notice-gone", p)
	m.unlisted, m.fresh = true, n.Pulled
	if !n.Pulled {
		m.status = fiber.StatusGone
	}
	return m, err
}

// fillWords adds what the office wrote beside the body, and the ways to object.
func (f *Face) fillWords(_ context.Context, a asked, n notice.Published, p *noticePage) error {
	p.Facts = f.facts(a.reading, n.KindOf, n.Fields)
	p.Attached = f.attachments(p.Base, n, n.Attached)
	p.Photos = f.attachments(p.Base, n, n.Photos)
	id := url.QueryEscape(p.ID)
	p.Objects.Report = p.Href("/report?notice=" + id)
	// Any notice may show what it must not, whether or not it invites objections.
	p.Objects.Exposed = p.Href("/objections/new?notice=" + id + "&kind=PRIVACY")
	if n.KindOf.Announcement || !p.Standing.Open && p.Standing.Known {
		return nil
	}
	p.Objects.List = p.Href("/objections/new?notice=" + id)
	if invites := n.KindOf.Roll; invites != "" && n.KindOf.Personal && !strings.HasPrefix(n.Kind, "EXIT") {
		p.Objects.Missed = p.Href("/objections/new?notice=" + id + "&kind=MISSED")
	}
	return nil
}

// fillVillage adds the way from paper to the village's page.
func (f *Face) fillVillage(ctx context.Context, _ asked, n notice.Published, p *noticePage) error {
	d, err := f.Atlas.Division(ctx, n.PlaceCode)
	if errors.Is(err, store.ErrNotFound) || err == nil && d.Level != region.Village && d.Level != region.Town {
		return nil
	}
	if err != nil {
		return err
	}
	p.Village.Poster = p.Href("/v/" + d.Code + "/poster")
	p.Village.Address = f.address("/v/" + d.Code)
	p.Village.QR, err = view.NewQR(p.Village.Address)
	return err
}
