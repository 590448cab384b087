package public

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strconv"
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
	Known        bool // the notice has an end; without, it stands for the long term
	Open, Coming bool
	Result       bool // tells what was decided: is announced and not open for objections
	Run, Left    int  // days
	Percent      int  // that have run
	From, To     workday.Date
}

func standingOf(n notice.Notice, today workday.Date) standing {
	if n.EndsOn == nil {
		return standing{}
	}
	left, ended := notice.Standing(n, today)
	kind, _ := notice.KindOf(n.Kind)
	s := standing{Known: true, Result: kind.Announcement, From: n.StartsOn, To: *n.EndsOn, Coming: today < n.StartsOn, Left: left}
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
	Place                string  // "" for the whole city
	Beyond               *choice // a village, which the select of towns does not have
	Towns                []county
	Kinds, Years, States []choice
	Notices              []line
	Narrowed             bool
	Newest, Older        string // addresses
}

// firstYear is the year of the Measures: nothing was published here before.
const firstYear = 2015

// makeNotices lists notices with the filters of the address. What is no filter
// is not there, so that junk fills no memory.
func (f *Face) makeNotices(ctx context.Context, a asked) (made, error) {
	w, ok := f.wanted(a)
	if !ok {
		return f.lost(ctx, a, "notices.title")
	}
	p := noticesPage{Base: f.base(a.reading, a.here(), "notices.title"), Narrowed: len(a.query) > 0}
	if w.Place != "" {
		d, err := f.Atlas.Division(ctx, w.Place)
		if errors.Is(err, store.ErrNotFound) {
			return f.lost(ctx, a, "lost.title")
		}
		if err != nil {
			return made{}, err
		}
		p.Place, p.Title = d.FullName, f.text(a.reading, "notices.at", "place", d.FullName)
		if d.Level == region.Village {
			p.Beyond = &choice{d.Code, d.FullName, true}
		}
	}
	notices, err := f.Notices.Find(ctx, w)
	if errors.Is(err, store.ErrNotFound) {
		return f.lost(ctx, a, "notices.title")
	}
	if err != nil {
		return made{}, err
	}
	if p.Notices, err = f.lines(ctx, a.reading, notices); err != nil {
		return made{}, err
	}
	if p.Towns, err = f.counties(ctx, a.reading, w.Place, true); err != nil {
		return made{}, err
	}
	f.offer(&p, a.reading, w)
	p.turn(a, notices)
	m, err := f.page(a, "public/notices", p)
	m.turned = len(a.query) > 1 || len(a.query) == 1 && w.Place == ""
	return m, err
}

// wanted reads the filters; ok is false for a value that none has.
func (f *Face) wanted(a asked) (w notice.Wanted, ok bool) {
	w = notice.Wanted{Kind: a.query.Get("kind"), Place: a.query.Get("place"), State: a.query.Get("state")}
	if _, known := notice.KindOf(w.Kind); w.Kind != "" && !known {
		return w, false
	}
	if w.State != "" && !slices.Contains(standings[:], w.State) {
		return w, false
	}
	if year := a.query.Get("year"); year != "" {
		n, err := strconv.Atoi(year)
		if err != nil || n < firstYear || n > workday.On(f.Now()).Year()+1 {
			return w, false
		}
		w.Year = n
	}
	if after := a.query.Get("after"); after != "" {
		id, err := uuid.Parse(after)
		if err != nil || id.String() != after {
			return w, false
		}
		w.After = id
	}
	return w, true
}

// standings are the states one can look for.
var standings = [...]string{"running", "ended"}

// offer fills the selects of the filters.
func (f *Face) offer(p *noticesPage, r reading, w notice.Wanted) {
	for _, k := range notice.Kinds() {
		p.Kinds = append(p.Kinds, choice{k.Code, f.noticeKind(r, k.Code), k.Code == w.Kind})
	}
	for year := workday.On(f.Now()).Year(); year >= firstYear; year-- {
		p.Years = append(p.Years, choice{strconv.Itoa(year), strconv.Itoa(year), year == w.Year})
	}
	for _, state := range standings {
		p.States = append(p.States, choice{state, f.text(r, "notices.state."+state), state == w.State})
	}
}

// noticesAPage is how many notices the board shows at a time.
const noticesAPage = 20

// turn leads to the next page with the same filters.
func (p *noticesPage) turn(a asked, notices []notice.Notice) {
	at := func(after string) string {
		q := url.Values{}
		for name, values := range a.query {
			q[name] = values
		}
		q.Del("after")
		if after != "" {
			q.Set("after", after)
		}
		return p.Href(strings.TrimSuffix("/notices?"+q.Encode(), "?"))
	}
	if a.query.Has("after") {
		p.Newest = at("")
	}
	if len(notices) == noticesAPage {
		p.Older = at(notices[len(notices)-1].ID.String())
	}
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
