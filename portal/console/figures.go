package console

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"minsheng/clock"
	"minsheng/figures"
	"minsheng/intake"
	"minsheng/portal/view"
	"minsheng/register"
)

// figuresPage is the dashboard of an office and those below it. Every number on
// it leads to the list of what it counts.
type figuresPage struct {
	Frame
	Periods  []lens
	Way      []link // from the own office down to the one looked at
	Below    []link // offices to look at next
	Place    string // name of the place that is looked at, "" everywhere
	AllOver  string // address without the place
	Heads    []headline
	Pictures []view.Picture
	Map      view.Picture
	Shades   []lens // what the map shows
	Reds     []registerRow
	MoreReds string
	Counting bool      // nothing was counted yet
	Stopped  time.Time // when counting stopped; zero while it goes on
}

// link is a word that leads somewhere; without an address it is where one is.
type link struct{ Name, Href string }

// headline is one number above the pictures.
type headline struct {
	Name string
	view.Figure
	Note string
	Late bool
}

// stoppedFor is how old counts are before a page says so: they are at most a
// minute old while all is well.
const stoppedFor = 10 * time.Minute

func (v *visit) figures() error {
	s, err := v.spot()
	if err != nil {
		return err
	}
	sheet, err := v.Figures.Sheet(v.ctx(), v.by(), figures.Ask{Period: s.period, Office: s.office, Place: s.place})
	if err != nil {
		return err
	}
	frame, err := v.frame(s.address(func(*spot) {}), v.t("figures.title"))
	if err != nil {
		return err
	}
	page := figuresPage{Frame: frame, AllOver: s.address(func(s *spot) { s.place = "" }), Periods: v.periods(s)}
	if s.place != "" {
		if page.Place, err = v.placeName(map[string]string{}, s.place); err != nil {
			return err
		}
	}
	page.Counting = sheet.CountedAt.IsZero()
	if !page.Counting && v.Now().Sub(sheet.CountedAt) > stoppedFor {
		page.Stopped = sheet.CountedAt
	}
	v.officesAround(&page, s)
	d := &dashboard{visit: v, at: s, sheet: sheet}
	page.Heads = d.heads()
	page.Pictures = d.pictures()
	if page.Map, err = d.cityMap(); err != nil {
		return err
	}
	page.Shades = d.shades()
	if err := d.reds(&page); err != nil {
		return err
	}
	return v.show(fiber.StatusOK, "figures", page)
}

// officesAround leads from the own office down to the one looked at, and on.
func (v *visit) officesAround(page *figuresPage, s spot) {
	here := s.office
	if here == uuid.Nil {
		here = v.by().UnitID
	}
	for _, id := range v.Atlas.Above(here) {
		u, err := v.Atlas.Unit(id)
		if err != nil {
			continue
		}
		to := link{u.Name, v.href(s.address(func(s *spot) { s.office = orOwn(id, v) }))}
		if id == here {
			to.Href = ""
		}
		page.Way = append([]link{to}, page.Way...)
		if id == v.by().UnitID {
			break
		}
	}
	for _, u := range v.Atlas.Units() {
		if u.ParentID != nil && *u.ParentID == here && u.ValidTo == nil {
			page.Below = append(page.Below, link{u.Name, v.href(s.address(func(s *spot) { s.office = u.ID }))})
		}
	}
}

// orOwn leaves the own office out of an address: it is what is looked at anyway.
func orOwn(id uuid.UUID, v *visit) uuid.UUID {
	if id == v.by().UnitID {
		return uuid.Nil
	}
	return id
}

// dashboard makes what stands on the page from the figures.
type dashboard struct {
	*visit
	at    spot
	sheet figures.Sheet
}

// cases is the address of the queue for what a number counts.
func (d *dashboard) cases(pairs ...string) string {
	q := d.asked(pairs)
	if d.at.office != uuid.Nil {
		q.Set("office", d.at.office.String())
	}
	return d.href("/console/cases?" + q.Encode())
}

// items is the address of the register for what a number counts.
func (d *dashboard) items(pairs ...string) string {
	q := d.asked(pairs)
	if q.Get("office") == "" {
		office := d.at.office
		if office == uuid.Nil {
			office = d.by().UnitID
		}
		q.Set("office", office.String())
	}
	return d.href(registerPath + "?" + q.Encode())
}

func (d *dashboard) asked(pairs []string) url.Values {
	q := url.Values{}
	if d.at.place != "" {
		q.Set("place", d.at.place)
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
	}
	return q
}

// span is the period as lists are asked for it.
func (d *dashboard) span() string { return d.at.period.String() }

// heads are the numbers above the pictures.
func (d *dashboard) heads() []headline {
	t, span := d.sheet.Total, d.span()
	answered := t.N(figures.Answered)
	heads := []headline{
		{Name: "reports", Figure: d.number(t.N(figures.Reports), d.cases("received", span, "first", "1"))},
		{Name: "matters", Figure: d.number(t.N(figures.Matters), d.cases("received", span))},
		{Name: "answered", Figure: d.number(answered, d.cases("answered", span)), Note: d.averageDays(t)},
		{Name: "closed", Figure: d.number(t.N(figures.Closed), d.cases("closed", span, "state", string(intake.Closed)))},
		{Name: "put_right", Figure: d.number(t.N(figures.PutRight), d.items("closed", span, "right", "1"))},
		{Name: "recovered", Figure: d.money(figures.Recovered)},
		{Name: "returned", Figure: d.money(figures.Returned)},
		{Name: "open", Figure: d.number(int64(d.sheet.Open.Matters), d.cases("open", "1"))},
		{Name: "red_cases", Figure: d.number(int64(d.sheet.Open.Red), d.cases("open", "1", "red", "1")), Late: d.sheet.Open.Red > 0},
		{Name: "red_items", Figure: d.number(int64(d.sheet.Open.ItemsRed), d.items("color", string(clock.Red))), Late: d.sheet.Open.ItemsRed > 0},
	}
	return heads
}

// orders is the address of the orders for what a number counts.
func (d *dashboard) orders(pairs ...string) string {
	q := d.asked(pairs)
	office := d.at.office
	if office == uuid.Nil {
		office = d.by().UnitID
	}
	q.Set("office", office.String())
	q.Set("state", "all")
	return d.href(ordersPath + "?" + q.Encode())
}

// money is an amount in yuan that leads to the orders under which it was counted.
func (d *dashboard) money(m figures.Measure) view.Figure {
	f := d.number(d.sheet.Total.N(m), d.orders("money", string(m), "confirmed", d.span()))
	if f.Href != "" {
		f.Text = view.Yuan(d.sheet.Total.Fen(m))
	}
	return f
}

func (d *dashboard) averageDays(c figures.Counts) string {
	if c.N(figures.Answered) == 0 {
		return ""
	}
	return d.t("figures.days_each", "n", average(c))
}

// average is the mean of days to an answer, rounded.
func average(c figures.Counts) int64 {
	n := c.N(figures.Answered)
	return (c.N(figures.AnswerDays) + n/2) / n
}

// number is a count that leads to its list; nothing leads nowhere.
func (d *dashboard) number(n int64, href string) view.Figure {
	f := view.Figure{Text: thousands(n)}
	if n > 0 {
		f.Href = href
	}
	return f
}

// thousands writes a count with a comma before every three digits.
func thousands(n int64) string {
	text := strconv.FormatInt(n, 10)
	for at := len(text) - 3; at > 0 && text[at-1] != '-'; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}

// redsShown is how many red items stand on the dashboard; the rest is in the
// register.
const redsShown = 8

// reds lists the items that are red now, the longest late first.
func (d *dashboard) reds(page *figuresPage) error {
	office := d.at.office
	if office == uuid.Nil {
		office = d.by().UnitID
	}
	lines, err := d.Register.Pressing(d.ctx(), d.by(), register.Filter{Color: clock.Red, Office: office, Place: d.at.place}, redsShown+1)
	if err != nil {
		return err
	}
	if len(lines) > redsShown {
		page.MoreReds, lines = d.items("color", string(clock.Red)), lines[:redsShown]
	}
	for _, l := range lines {
		page.Reds = append(page.Reds, registerRow{Line: l})
	}
	return nil
}

// officeFigures is an office that has something to show.
type officeFigures struct {
	id   uuid.UUID
	name string
	href string
	n    int64
}

// officesWith lists the offices that have something of a kind, most first.
func (d *dashboard) officesWith(of func(figures.Counts) int64) (all []officeFigures) {
	for id, c := range d.sheet.Offices {
		if n := of(c); n > 0 {
			o := officeFigures{id: id, n: n}
			if u, err := d.Atlas.Unit(id); err == nil {
				o.name = u.Name
			}
			if id != d.by().UnitID && id != d.at.office && slices.Contains(d.unitIDs(), id) {
				o.href = d.href(d.at.address(func(s *spot) { s.office = id }))
			}
			all = append(all, o)
		}
	}
	slices.SortFunc(all, func(a, b officeFigures) int {
		return cmp.Or(cmp.Compare(b.n, a.n), cmp.Compare(a.name, b.name))
	})
	return all
}

// percentOf is a share in whole percent; "–" of nothing.
func percentOf(n, of int64) string {
	if of == 0 {
		return "–"
	}
	return strconv.FormatInt((200*n/of+1)/2, 10) + "%"
}
