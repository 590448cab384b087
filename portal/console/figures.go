package console

import (
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"minsheng/clock"
	"minsheng/figures"
	"minsheng/intake"
	"minsheng/internal/store"
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

// spot is what the address of the dashboard asks for.
type spot struct {
	period figures.Period
	chosen string // the period as it stands in the address
	office uuid.UUID
	place  string
	shade  string
}

func (v *visit) spot() (spot, error) {
	today := v.day()
	s := spot{period: figures.LastYear(today), chosen: v.c.Query("period"), place: v.c.Query("place"), shade: v.known1("map", shades)}
	if text := v.c.Query("office"); text != "" {
		if s.office = named(text); s.office == uuid.Nil {
			return s, store.ErrNotFound
		}
	}
	period, is := periodOf(s.chosen)
	if !is {
		s.chosen = ""
		return s, nil
	}
	s.period = period
	return s, nil
}

// periodOf reads a period of the address: a year, a quarter, a month.
func periodOf(text string) (figures.Period, bool) {
	if q, is := figures.ParseQuarter(text); is {
		return q.Period(), true
	}
	if m, is := figures.ParseMonth(text); is {
		return figures.Period{First: m, Last: m}, true
	}
	year, err := strconv.Atoi(text)
	return figures.Year(year), err == nil && year >= 2000 && year < 3000 && len(text) == 4
}

// address is the dashboard with something else asked for.
func (s spot) address(change func(*spot)) string {
	change(&s)
	q := url.Values{}
	for name, value := range map[string]string{"period": s.chosen, "place": s.place, "map": s.shade} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if s.office != uuid.Nil {
		q.Set("office", s.office.String())
	}
	if len(q) == 0 {
		return figuresPath
	}
	return figuresPath + "?" + q.Encode()
}

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

// periods are the periods to choose from.
func (v *visit) periods(s spot) []lens {
	today := v.day()
	quarter := figures.QuarterOf(figures.MonthOf(today))
	var out []lens
	for _, text := range []string{"", strconv.Itoa(today.Year()), strconv.Itoa(today.Year() - 1), string(quarter), string(quarter.Add(-1))} {
		out = append(out, lens{Key: v.periodLabel(text), Href: s.address(func(s *spot) { s.chosen = text }), On: text == s.chosen})
	}
	if !slices.ContainsFunc(out, func(l lens) bool { return l.On }) {
		out = append(out, lens{Key: v.periodLabel(s.chosen), Href: s.address(func(*spot) {}), On: true})
	}
	return out
}

func (v *visit) periodLabel(text string) string {
	if q, is := figures.ParseQuarter(text); is {
		return v.t("figures.quarter", "year", string(q[:4]), "n", string(q[5:]))
	}
	if m, is := figures.ParseMonth(text); is {
		return v.monthLabel(m)
	}
	if text == "" {
		return v.t("figures.last_year")
	}
	return v.t("figures.year", "year", text)
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

// money is an amount in yuan that leads to the orders under which it was counted.
func (d *dashboard) money(m figures.Measure) view.Figure {
	office := d.at.office
	if office == uuid.Nil {
		office = d.by().UnitID
	}
	f := d.number(d.sheet.Total.N(m), d.href(withQuery(withQuery(withQuery(withQuery(ordersPath, "state", "all"), "money", string(m)), "confirmed", d.span()), "office", office.String())))
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

// reds lists the items that are red now, the most pressing first.
func (d *dashboard) reds(page *figuresPage) error {
	office := d.at.office
	if office == uuid.Nil {
		office = d.by().UnitID
	}
	found, err := d.Register.Find(d.ctx(), d.by(), register.Filter{Color: clock.Red, Office: office, Place: d.at.place}, "")
	if err != nil {
		return err
	}
	slices.SortStableFunc(found.Lines, func(a, b register.Line) int { return b.Late - a.Late })
	for n, l := range found.Lines {
		if n == 8 {
			page.MoreReds = d.items("color", string(clock.Red))
			break
		}
		page.Reds = append(page.Reds, registerRow{Line: l})
	}
	return nil
}

// percentOf is a share in whole percent; "–" of nothing.
func percentOf(n, of int64) string {
	if of == 0 {
		return "–"
	}
	return strconv.FormatInt((200*n/of+1)/2, 10) + "%"
}
