package console

import (
	"net/url"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"minsheng/clock"
	"minsheng/docket"
	"minsheng/staff"
)

// itemRow is one line of a list of supervision items.
type itemRow struct {
	docket.ItemView
	Why string
}

// StateKey is the state in which an item is shown: being suspended is none of
// its own.
func (r itemRow) StateKey() string { return stateKey(r.ItemView) }

func stateKey(i docket.ItemView) string {
	if i.Halted {
		return "suspended"
	}
	return string(i.State)
}

type itemsPage struct {
	Frame
	Lenses   []itemLens
	Chips    []chip
	Fields   []Field
	Rows     []itemRow
	Next     string
	First    string // address of the first page, "" there
	Narrowed bool
	Finished bool
	Handles  bool // has items of its own to handle, and issues none
	MayOpen  bool
}

// itemLens is a ready filter above the list, with how many items it shows; -1:
// that is not counted.
type itemLens struct {
	Key  string
	Href string
	N    int
	On   bool
	Late bool
}

// itemCriteria is the filter as it stands in the address.
type itemCriteria struct{ q url.Values }

var itemCriteriaNames = []string{"stretch", "color", "escalated", "mine", "origin", "lead", "year"}

const itemsPath = "/console/items"

func readItemCriteria(query url.Values) itemCriteria {
	c := itemCriteria{url.Values{}}
	for _, name := range itemCriteriaNames {
		if value := query.Get(name); value != "" {
			c.q.Set(name, value)
		}
	}
	if query.Get("finished") == "1" { // as addresses had it before
		c.q.Set("stretch", string(docket.Finished))
	}
	return c
}

// filter is what the list is asked for. Values that no form offers narrow to
// nothing, or do not filter.
func (c itemCriteria) filter() docket.Filter {
	lead, _ := uuid.Parse(c.q.Get("lead"))
	return docket.Filter{
		Stretch: docket.Stretch(c.q.Get("stretch")), Color: clock.Color(c.q.Get("color")), Origin: docket.Origin(c.q.Get("origin")),
		Lead: lead, Year: number(c.q.Get("year")), Escalated: c.q.Get("escalated") == "1", Mine: c.q.Get("mine") == "1",
	}
}

// address is the list with this filter and one name changed; an empty value
// takes the name out.
func (c itemCriteria) address(name, value string) string {
	q := url.Values{}
	for k, v := range c.q {
		q[k] = v
	}
	q.Del(name)
	if value != "" {
		q.Set(name, value)
	}
	if len(q) == 0 {
		return itemsPath
	}
	return itemsPath + "?" + q.Encode()
}

func (v *visit) items() error {
	query, err := url.ParseQuery(string(v.c.Request().URI().QueryString()))
	if err != nil {
		return fiber.ErrBadRequest
	}
	c := readItemCriteria(query)
	frame, err := v.frame(c.address("", ""), v.t("console.items.title"))
	if err != nil {
		return err
	}
	found, err := v.Docket.Items(v.ctx(), v.by(), c.filter(), query.Get("after"))
	if err != nil {
		return err
	}
	page := itemsPage{Frame: frame, Chips: v.itemChips(c), Narrowed: len(c.q) > 0, Finished: c.filter().Stretch == docket.Finished,
		Handles: !v.may(staff.IssueItems), MayOpen: v.may(staff.IssueItems) && v.numbersPapers()}
	for _, i := range found.Rows {
		page.Rows = append(page.Rows, itemRow{ItemView: i})
	}
	if found.Next != "" {
		page.Next = withQuery(c.address("", ""), "after", found.Next)
	}
	if query.Get("after") != "" {
		page.First = c.address("", "")
	}
	if page.Lenses, err = v.itemLenses(c); err != nil {
		return err
	}
	page.Fields = v.itemFilters(c)
	return v.show(fiber.StatusOK, "items", page)
}

// numbersPapers reports whether the officer's own office has a mark to number
// papers with: without one it can docket nothing.
func (v *visit) numbersPapers() bool {
	u, err := v.Atlas.Unit(v.by().UnitID)
	return err == nil && u.DocMark != ""
}

// readyItems lists the filters above the list; rare ones are shown when they show
// something.
var readyItems = []struct {
	key, name, value string
	issuers          bool // of no use to who issues nothing
	rare             bool
	late             bool
	uncounted        bool
}{
	{key: "open"},
	{key: "issuer", name: "stretch", value: "issuer", issuers: true},
	{key: "unit", name: "stretch", value: "unit"},
	{key: "yellow", name: "color", value: "yellow", late: true},
	{key: "red", name: "color", value: "red", late: true},
	{key: "escalated", name: "escalated", value: "1", issuers: true, rare: true, late: true},
	{key: "drafts", name: "stretch", value: "drafts", issuers: true, rare: true},
	{key: "suspended", name: "stretch", value: "suspended", rare: true},
	{key: "mine", name: "mine", value: "1", issuers: true, rare: true},
	{key: "finished", name: "stretch", value: "finished", uncounted: true},
}

func (v *visit) itemLenses(c itemCriteria) ([]itemLens, error) {
	var out []itemLens
	for _, r := range readyItems {
		if r.issuers && !v.may(staff.IssueItems) {
			continue
		}
		bare := itemCriteria{url.Values{}}
		l := itemLens{Key: r.key, Href: bare.address(r.name, r.value), N: -1}
		l.On = r.name == "" && len(c.q) == 0 || r.name != "" && len(c.q) == 1 && c.q.Get(r.name) == r.value
		if !r.uncounted {
			if r.name != "" {
				bare.q.Set(r.name, r.value)
			}
			var err error
			if l.N, err = v.Docket.Count(v.ctx(), v.by(), bare.filter()); err != nil {
				return nil, err
			}
		}
		if r.rare && l.N == 0 && !l.On {
			continue
		}
		l.Late = r.late && l.N > 0
		out = append(out, l)
	}
	return out, nil
}

// itemFilters are the filters that are chosen from lists.
func (v *visit) itemFilters(c itemCriteria) []Field {
	field := func(name string, options []Option) Field {
		f := Field{Name: name, ID: "f-" + name, Kind: "select", Bare: true, Label: v.t("docket.filter." + name),
			Options: append([]Option{{Label: v.t("console.any")}}, options...)}
		return with(f, c.q.Get(name))
	}
	var leads, years []Option
	for _, id := range v.unitIDs() {
		if id != v.by().UnitID {
			leads = append(leads, Option{Value: id.String(), Label: v.unitName(id)})
		}
	}
	for year := v.day().Year(); year > v.day().Year()-6; year-- {
		years = append(years, Option{Value: itoa(year), Label: itoa(year)})
	}
	fields := []Field{
		field("stretch", v.options("docket.stretch.", codes(docket.Stretches()))),
		field("color", v.options("docket.color.", []string{"yellow", "red"})),
		field("origin", v.options("docket.origin.", codes(docket.Origins()))),
	}
	if len(leads) > 0 {
		fields = append(fields, field("lead", leads))
	}
	return append(fields, field("year", years))
}

// itemChips names every filter that is on.
func (v *visit) itemChips(c itemCriteria) []chip {
	var out []chip
	for _, name := range itemCriteriaNames {
		value := c.q.Get(name)
		if value == "" {
			continue
		}
		label := value
		switch name {
		case "stretch", "color", "origin":
			label = v.known("docket."+name+"."+value, "console.chip.other")
		case "escalated", "mine":
			label = v.t("docket.lens." + name)
		case "lead":
			id, _ := uuid.Parse(value)
			if label = v.unitName(id); label == "" {
				label = v.t("console.chip.other")
			}
		}
		out = append(out, chip{label, c.address(name, "")})
	}
	return out
}
