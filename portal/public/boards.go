package public

import (
	"context"
	"errors"
	"strings"

	"github.com/google/uuid"

	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/notice"
	"minsheng/portal/view"
	"minsheng/region"
)

// city is 盘锦市, the root of all places.
const city = "211100000000"

// line is one notice in a list.
type line struct {
	Href, Title, Kind, Place string
	From                     workday.Date
	Standing                 standing
}

// standing is the bar of days that have run and are left.
type standing struct {
	Known        bool // the notice has an end
	Open, Coming bool
	Run, Left    int // days
	Percent      int // that have run
	From, To     workday.Date
}

func standingOf(n notice.Notice, today workday.Date) standing {
	if n.EndsOn == nil {
		return standing{}
	}
	left, ended := notice.Standing(n, today)
	s := standing{Known: true, From: n.StartsOn, To: *n.EndsOn, Coming: today < n.StartsOn, Left: left}
	s.Open = !ended && !s.Coming
	days := n.EndsOn.Sub(n.StartsOn) + 1
	s.Run = max(days-left, 0)
	if days > 0 {
		s.Percent = 100 * s.Run / days
	}
	return s
}

func (f *Face) lines(ctx context.Context, r reading, notices []notice.Notice) ([]line, error) {
	today := workday.On(f.Now())
	lines := make([]line, 0, len(notices))
	for _, n := range notices {
		place, err := f.placeName(ctx, n.PlaceCode)
		if err != nil {
			return nil, err
		}
		lines = append(lines, line{
			Href:  f.base(r, "", "portal.name").Href("/notices/" + n.ID.String()),
			Title: n.Title, Kind: f.noticeKind(r, n.Kind), Place: place,
			From: n.StartsOn, Standing: standingOf(n, today),
		})
	}
	return lines, nil
}

func (f *Face) noticeKind(r reading, kind string) string {
	return f.or(r, "notice."+kind, "notices.title")
}

// placeName is the full name of a place: village names are not unique.
func (f *Face) placeName(ctx context.Context, code string) (string, error) {
	d, err := f.Atlas.Division(ctx, code)
	if errors.Is(err, store.ErrNotFound) {
		return code, nil
	}
	return d.FullName, err
}

type noticesPage struct {
	view.Base
	Place         string // "" for the whole city
	Towns         []county
	Notices       []line
	Newest, Older string // addresses
}

func (f *Face) makeNotices(ctx context.Context, a asked) (made, error) {
	place := a.query.Get("place")
	before, err := uuid.Parse(a.query.Get("before"))
	if err != nil && a.query.Get("before") != "" {
		return f.lost(ctx, a, "notices.title")
	}
	p := noticesPage{Base: f.base(a.reading, a.here(), "notices.title")}
	if place != "" {
		d, err := f.Atlas.Division(ctx, place)
		if errors.Is(err, store.ErrNotFound) {
			return f.lost(ctx, a, "lost.title")
		}
		if err != nil {
			return made{}, err
		}
		p.Place, p.Title = d.FullName, f.text(a.reading, "notices.at", "place", d.FullName)
	}
	notices, err := f.Notices.List(ctx, place, before)
	if errors.Is(err, store.ErrNotFound) {
		return f.lost(ctx, a, "notices.title")
	}
	if err != nil {
		return made{}, err
	}
	if p.Notices, err = f.lines(ctx, a.reading, notices); err != nil {
		return made{}, err
	}
	if p.Towns, err = f.counties(ctx, a.reading, place, true); err != nil {
		return made{}, err
	}
	p.turn(place, before, notices)
	return f.page(a, "public/notices", p)
}

// noticesAPage is how many notices the board shows at a time.
const noticesAPage = 20

func (p *noticesPage) turn(place string, before uuid.UUID, notices []notice.Notice) {
	at := "/notices?place=" + place
	if before != uuid.Nil {
		p.Newest = p.Href(strings.TrimSuffix(at, "?place="))
	}
	if len(notices) == noticesAPage {
		p.Older = p.Href(at + "&before=" + notices[len(notices)-1].ID.String())
	}
}

type noticePage struct {
	view.Base
	Kind, Unit, DocNumber, Place string
	From                         workday.Date
	Standing                     standing
	Paragraphs                   []string
	Report                       string // address of the form about it
}

func (f *Face) makeNotice(ctx context.Context, a asked) (made, error) {
	id, err := uuid.Parse(a.param("id"))
	if err != nil {
		return made{}, store.ErrNotFound
	}
	n, err := f.Notices.Notice(ctx, id)
	if err != nil {
		return made{}, err
	}
	p := noticePage{
		Base: f.base(a.reading, a.here(), "notices.title"), Kind: f.noticeKind(a.reading, n.Kind),
		DocNumber: n.DocNumber, From: n.StartsOn, Standing: standingOf(n, workday.On(f.Now())),
		Paragraphs: paragraphs(n.Body),
	}
	p.Title = n.Title
	p.Report = p.Href("/report?about=list&place=" + n.PlaceCode)
	if !strings.Contains(n.Kind, "LIST") && !strings.Contains(n.Kind, "EXIT") {
		p.Report = p.Href("/report?place=" + n.PlaceCode)
	}
	unit, err := f.Atlas.Unit(n.UnitID)
	if err != nil {
		return made{}, err
	}
	p.Unit = unit.Name
	if p.Place, err = f.placeName(ctx, n.PlaceCode); err != nil {
		return made{}, err
	}
	return f.page(a, "public/notice", p)
}

// paragraphs cuts plain text at empty lines; single line breaks stay.
func paragraphs(text string) []string {
	var out []string
	text = strings.ReplaceAll(text, "\r\n", "\n")
	for _, p := range strings.Split(text, "\n\n") {
		if p = strings.Trim(p, "\n"); strings.TrimSpace(p) != "" {
			out = append(out, p)
		}
	}
	return out
}

// county is one group of the select of towns.
type county struct {
	Code, Name, All string // All: what choosing the county itself is called; "" when it cannot be chosen
	Chosen          bool
	Towns           []choice
}

type choice struct {
	Code, Name string
	Chosen     bool
}

// counties lists every town by county for a select.
func (f *Face) counties(ctx context.Context, r reading, chosen string, whole bool) ([]county, error) {
	above, below, err := f.tree(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]county, 0, len(above))
	for _, d := range above {
		g := county{Code: d.Code, Name: d.Name, Chosen: d.Code == chosen}
		if whole {
			g.All = f.text(r, "notices.all_of", "place", d.Name)
		}
		g.Towns = choices(below[d.Code], chosen)
		out = append(out, g)
	}
	return out, nil
}

func choices(places []region.Division, chosen string) []choice {
	out := make([]choice, len(places))
	for i, d := range places {
		out[i] = choice{d.Code, d.Name, d.Code == chosen}
	}
	return out
}
