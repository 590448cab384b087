package console

import (
	"net/url"
	"slices"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"minsheng/clock"
	"minsheng/figures"
	"minsheng/ledger"
	"minsheng/portal/view"
	"minsheng/rectification"
	"minsheng/staff"
)

const ordersPath = "/console/orders"

func orderPath(id uuid.UUID) string { return ordersPath + "/" + id.String() }

// orderLine is an order in a list.
type orderLine struct {
	rectification.Row
	Color clock.Color
	Due   string // what is due
	Why   string // it stands on the Today page
}

func (v *visit) orderLines(rows []rectification.Row) (lines []orderLine) {
	for _, r := range rows {
		l := orderLine{Row: r, Color: v.colors.Of(r.Late)}
		if r.DueRule != "" {
			l.Due = v.known("console.rule."+r.DueRule, "console.rule.other")
		}
		lines = append(lines, l)
	}
	return lines
}

// ordersPage lists orders: those that the own office gave, and those to it.
type ordersPage struct {
	Frame
	Lenses   []lens
	Chips    []chip
	State    Field
	Lines    []orderLine
	Next     string
	First    string
	Narrowed bool
}

// orderNames are what the address of the list may ask for.
var orderNames = []string{"state", "office", "target", "place", "money", "confirmed", "dated", "stage", "result"}

// orderFilter reads the address. A name is kept only where it narrows: money with
// its span of days, a stage with its own.
func (v *visit) orderFilter() (criteria, rectification.Filter) {
	c := criteria{url.Values{}}
	for _, name := range orderNames {
		if value := v.c.Query(name); value != "" {
			c.q.Set(name, value)
		}
	}
	f := rectification.Filter{State: rectification.State(v.known1("state", append(codes(rectification.States()), "all"))),
		Office: named(c.q.Get("office")), Target: named(c.q.Get("target")), Place: c.q.Get("place")}
	span, is := readSpan(c.q.Get("confirmed"))
	if is && slices.Contains([]string{rectification.Recovered, rectification.Returned}, c.q.Get("money")) {
		f.Money, f.Confirmed = c.q.Get("money"), span
	} else {
		c.q.Del("money")
		c.q.Del("confirmed")
	}
	span, is = readSpan(c.q.Get("dated"))
	if stage := figures.Stage(c.q.Get("stage")); is && stage.OfOrders() {
		f.Dated = rectification.Dated{Rule: stage.Rules()[0], Span: span, Result: resultOf(c.q)}
	} else {
		for _, name := range []string{"dated", "stage", "result"} {
			c.q.Del(name)
		}
	}
	f.Before, _ = uuid.Parse(v.c.Query("after"))
	return c, f
}

func (v *visit) orders() error {
	c, f := v.orderFilter()
	here := c.addressAt(ordersPath, "", "")
	frame, err := v.frame(here, v.t("order.title"))
	if err != nil {
		return err
	}
	rows, err := v.Orders.List(v.ctx(), v.by(), f)
	if err != nil {
		return err
	}
	page := ordersPage{Frame: frame, Lines: v.orderLines(rows), Narrowed: f.State != "" && f.State != "all"}
	for _, name := range orderNames[1:] {
		if value := c.q.Get(name); value != "" {
			page.Chips = append(page.Chips, chip{v.orderChip(name, value), c.addressAt(ordersPath, name, "")})
		}
	}
	for _, l := range []lens{{Key: "open", Href: ordersPath}, {Key: "all", Href: withQuery(ordersPath, "state", "all")}} {
		l.On = l.Href == here
		page.Lenses = append(page.Lenses, l)
	}
	page.State = with(v.ord(v.pick("state", "select", v.options("order.state.", codes(rectification.States())))), string(f.State))
	page.State.Bare, page.State.Required, page.State.ID = true, false, "f-state"
	if len(rows) == listPage {
		page.Next = c.addressAt(ordersPath, "after", rows[len(rows)-1].ID.String())
	}
	if f.Before != uuid.Nil {
		page.First = here
	}
	return v.show(fiber.StatusOK, "orders", page)
}

// orderChip is what a filter that is on is called.
func (v *visit) orderChip(name, value string) string {
	switch name {
	case "target":
		return v.t("order.chip.target", "unit", v.officeName(value))
	case "money":
		return v.t("order.chip." + value)
	case "confirmed":
		return v.t("order.chip.confirmed", "span", v.spanLabel(value))
	}
	return v.chipLabel(name, value)
}

// waitingOrders are the orders that wait for the officer, with why.
func (v *visit) waitingOrders() ([]orderLine, error) {
	rows, err := v.Orders.Waiting(v.ctx(), v.by())
	lines := v.orderLines(rows)
	for n := range lines {
		lines[n].Why = v.t("order.why." + string(lines[n].State))
	}
	return lines, err
}

// orderCount counts them, and what of them is late.
func (v *visit) orderCount() (n count, err error) {
	rows, err := v.Orders.Waiting(v.ctx(), v.by())
	for _, r := range rows {
		n.mine++
		if r.Late > 0 {
			n.late++
		}
	}
	return n, err
}

// orderPage is an order: what is to be put right and what became of it on the left,
// what can be done on the right.
type orderPage struct {
	Frame
	Whole      rectification.Whole
	Color      clock.Color
	DueName    string
	Why        *view.Why
	Clocks     []view.Why // further ones
	BasisAt    string     // address of what it comes of, "" for who may not go there
	Points     []pointView
	Entries    []orderEntryView
	Money      []moneyView
	Papers     []paperLine
	Timeline   []eventView
	Forms      []Form
	Seldom     []Form
	SeldomOpen bool
	Kept       []Field
	Says       string
}

// pointView is a point with the newest word of each side.
type pointView struct {
	rectification.Point
	Plan, Report, Seen *rectification.Line
	Recovered          int64
	Returned           int64
}

type orderEntryView struct {
	rectification.Entry
	Result string // of a look on site, "" of anything else
	Files  []fileView
}

type moneyView struct {
	rectification.Recovery
	N     int // of the point
	Files []fileView
}

func (v *visit) showOrder() error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	return v.orderShow(fiber.StatusOK, id, Draft{})
}

func (v *visit) orderShow(status int, id uuid.UUID, draft Draft) error {
	w, err := v.Orders.Open(v.ctx(), v.by(), id)
	if err != nil {
		return err
	}
	title := w.Number
	if title == "" {
		title = v.t("order.unnumbered")
	}
	frame, err := v.frame(orderPath(id), title+" "+w.TargetName)
	if err != nil {
		return err
	}
	page := orderPage{Frame: frame, Whole: w, Says: draft.says, Timeline: v.timeline(w.Events)}
	if page.Papers, err = v.papersOf(ledger.OfOrder, id); err != nil {
		return err
	}
	page.BasisAt = v.basisAt(w)
	v.orderClocks(&page)
	v.orderStory(&page)
	v.orderForms(&page, draft)
	return v.show(status, "order", page)
}

// basisAt is where the reader finds what an order comes of.
func (v *visit) basisAt(w rectification.Whole) string {
	switch {
	case w.ItemID != nil:
		return itemPath(*w.ItemID)
	case !w.Above && v.may(staff.ReadItems) && v.Inspections.MayRead(v.ctx(), v.by(), *w.InspectionID) == nil:
		return inspectedPath + "/" + w.InspectionID.String()
	case w.Above && v.Inspections.MaySee(v.ctx(), v.by(), *w.InspectionID) == nil:
		return inspectionPath(*w.InspectionID)
	}
	return ""
}

// orderClocks explains the next date, and the others that run.
func (v *visit) orderClocks(page *orderPage) {
	for _, d := range page.Whole.Clocks {
		switch {
		case d.MetAt != nil:
		case page.Why == nil:
			page.DueName, page.Why = v.known("console.rule."+d.Rule, "console.rule.other"), v.whyDate(d, page.Whole.Pauses)
		default:
			page.Clocks = append(page.Clocks, *v.whyDate(d, page.Whole.Pauses))
		}
	}
	page.Color = v.colors.Of(page.Whole.Late)
}

// orderStory fills the left of the page.
func (v *visit) orderStory(page *orderPage) {
	w, files := page.Whole, orderPath(page.Whole.ID)+"/files/"
	said := func(e *rectification.Entry, point uuid.UUID) *rectification.Line {
		if e == nil {
			return nil
		}
		l, found := e.Lines[point]
		if !found {
			return nil
		}
		return &l
	}
	for _, p := range w.Points {
		shown := pointView{Point: p, Plan: said(w.Plan(), p.ID), Report: said(w.Report(), p.ID), Seen: said(w.Seen(), p.ID)}
		for _, r := range w.Recoveries {
			switch {
			case r.Point != p.ID:
			case r.Kind == rectification.Recovered:
				shown.Recovered += r.Fen
			default:
				shown.Returned += r.Fen
			}
		}
		page.Points = append(page.Points, shown)
	}
	for _, e := range w.Entries {
		result := ""
		if e.Passed != nil {
			result = map[bool]string{true: rectification.Passed, false: rectification.Failed}[*e.Passed]
		}
		page.Entries = append(page.Entries, orderEntryView{e, result, v.files(files, e.Files)})
	}
	for _, r := range w.Recoveries {
		page.Money = append(page.Money, moneyView{r, w.NumberOf(r.Point), v.files(files, r.Files)})
	}
}

func (v *visit) sendOrderFile() error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	file, err := v.id("file")
	if err != nil {
		return err
	}
	f, content, name, err := v.Orders.OpenFile(v.ctx(), v.by(), id, file)
	if err != nil {
		return err
	}
	return v.deliver(f.ContentType, name, content)
}
