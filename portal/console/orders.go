package console

import (
	"net/url"
	"slices"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"minsheng/clock"
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
	State    Field
	Lines    []orderLine
	Next     string
	First    string
	Narrowed bool
}

func (v *visit) orders() error {
	frame, err := v.frame(ordersPath, v.t("order.title"))
	if err != nil {
		return err
	}
	state := v.known1("state", append(codes(rectification.States()), "all"))
	f := rectification.Filter{State: rectification.State(state)}
	f.Before, _ = uuid.Parse(v.c.Query("after"))
	var money url.Values
	if span, is := readSpan(v.c.Query("confirmed")); is && slices.Contains([]string{rectification.Recovered, rectification.Returned}, v.c.Query("money")) {
		f.Money, f.Confirmed, f.Office = v.c.Query("money"), span, named(v.c.Query("office"))
		money = url.Values{"money": {f.Money}, "confirmed": {v.c.Query("confirmed")}, "office": {f.Office.String()}}
	}
	rows, err := v.Orders.List(v.ctx(), v.by(), f)
	if err != nil {
		return err
	}
	address := func(state string) string {
		if state == "" {
			return ordersPath
		}
		return withQuery(ordersPath, "state", state)
	}
	page := ordersPage{Frame: frame, Lines: v.orderLines(rows), Narrowed: state != "" && state != "all"}
	for _, l := range []lens{{Key: "open", Href: address("")}, {Key: "all", Href: address("all")}} {
		l.On = l.Href == address(state)
		page.Lenses = append(page.Lenses, l)
	}
	page.State = with(v.ord(v.pick("state", "select", v.options("order.state.", codes(rectification.States())))), state)
	page.State.Bare, page.State.Required, page.State.ID = true, false, "f-state"
	if len(rows) == listPage {
		page.Next = withQuery(address(state), "after", rows[len(rows)-1].ID.String())
		if money != nil {
			page.Next += "&" + money.Encode()
		}
	}
	if f.Before != uuid.Nil {
		page.First = address(state)
	}
	return v.show(fiber.StatusOK, "orders", page)
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
