package console

import (
	"net/url"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"minsheng/clock"
	"minsheng/docket"
	"minsheng/figures"
	"minsheng/intake"
	"minsheng/internal/workday"
	"minsheng/register"
)

// registerPage is the standing book of items: a page of it, which can be asked for
// as a file.
type registerPage struct {
	Frame
	Lenses []lens
	Chips  []chip
	Fields []Field
	Rows   []registerRow
	Next   string
	First  string
	Take   Form // asks to take it along
}

// registerRow is one line.
type registerRow struct {
	register.Line
	IssuedOn workday.Date
	Facts    []fact // every column that has something in it
}

func (v *visit) registerRow(n int, l register.Line) registerRow {
	r := registerRow{Line: l, Facts: v.registerFacts(n, l)}
	if l.IssuedAt != nil {
		r.IssuedOn = workday.On(*l.IssuedAt)
	}
	return r
}

// saving is a form in which the register can be taken along.
type saving struct{ Name, Href string }

// entries is the register's filter as it stands in the address.
type entries struct{ q url.Values }

var entryNames = []string{"issued", "closed", "dated", "stage", "result", "office", "year", "place", "kind", "state", "lead", "color", "origin", "open", "late", "right", "money"}

func readEntries(query url.Values) entries {
	e := entries{url.Values{}}
	for _, name := range entryNames {
		if value := query.Get(name); value != "" {
			e.q.Set(name, value)
		}
	}
	return e
}

func (e entries) filter() register.Filter {
	year, _ := strconv.Atoi(e.q.Get("year"))
	return register.Filter{
		Year: year, Lead: named(e.q.Get("lead")), Place: e.q.Get("place"), Kind: intake.Kind(e.q.Get("kind")), State: docket.ItemState(e.q.Get("state")),
		Color: clock.Color(e.q.Get("color")), Open: e.on("open"), Late: e.on("late"), Right: e.on("right"), Origin: docket.Origin(e.q.Get("origin")), Money: e.on("money"), Office: named(e.q.Get("office")), Period: e.period(),
	}
}

func (e entries) on(name string) bool { return e.q.Get(name) == "1" }

func (e entries) period() register.Period {
	for _, each := range []struct{ name, by string }{{"issued", register.Issued}, {"closed", register.Ended}} {
		if span, is := readSpan(e.q.Get(each.name)); is {
			return register.Period{By: each.by, Span: span}
		}
	}
	if span, is := readSpan(e.q.Get("dated")); is {
		return register.Period{By: register.Dated, Span: span, Rules: figures.Stage(e.q.Get("stage")).Rules(), Result: resultOf(e.q)}
	}
	return register.Period{}
}

// named is the id in an address; uuid.Nil for what is none.
func named(text string) uuid.UUID {
	id, err := uuid.Parse(text)
	if err != nil {
		return uuid.Nil
	}
	return id
}

// address is the register with this filter and one name changed, at a path.
func (e entries) address(path, name, value string) string {
	return criteria(e).addressAt(path, name, value)
}

// entries reads the filter of the request.
func (v *visit) entries() (entries, string, error) {
	query, err := url.ParseQuery(string(v.c.Request().URI().QueryString()))
	if err != nil {
		return entries{}, "", fiber.ErrBadRequest
	}
	return readEntries(query), query.Get("after"), nil
}

func (v *visit) register() error {
	e, after, err := v.entries()
	if err != nil {
		return err
	}
	return v.registerShow(fiber.StatusOK, e, after, Draft{})
}

func (v *visit) registerShow(status int, e entries, after string, draft Draft) error {
	here := e.address(registerPath, "", "")
	frame, err := v.frame(here, v.t("register.title"))
	if err != nil {
		return err
	}
	found, err := v.Register.Find(v.ctx(), v.by(), e.filter(), after)
	if err != nil {
		return err
	}
	page := registerPage{Frame: frame, Lenses: v.registerLenses(e), Chips: v.registerChips(e)}
	for n, l := range found.Lines {
		page.Rows = append(page.Rows, v.registerRow(n, l))
	}
	if found.Next != "" {
		page.Next = withQuery(here, "after", found.Next)
	}
	if after != "" {
		page.First = here
	}
	page.Take = v.takingForm(frame, e, draft)
	if page.Fields, err = v.registerFields(e); err != nil {
		return err
	}
	return v.show(status, "register", page)
}

func (v *visit) registerLenses(e entries) []lens {
	bare := entries{url.Values{}}
	var out []lens
	for _, l := range []struct{ key, name, value string }{
		{"all", "", ""}, {"open", "open", "1"}, {"yellow", "color", string(clock.Yellow)}, {"red", "color", string(clock.Red)},
		{"struck_off", "state", string(docket.StruckOff)}, {"right", "right", "1"}, {"money", "money", "1"},
	} {
		on := l.name == "" && len(e.q) == 0 || l.name != "" && len(e.q) == 1 && e.q.Get(l.name) == l.value
		out = append(out, lens{Key: l.key, Href: bare.address(registerPath, l.name, l.value), On: on})
	}
	return out
}

func (v *visit) registerChips(e entries) []chip {
	var out []chip
	for _, name := range entryNames {
		value := e.q.Get(name)
		if value == "" {
			continue
		}
		out = append(out, chip{v.registerChip(name, value), e.address(registerPath, name, "")})
	}
	return out
}

func (v *visit) registerChip(name, value string) string {
	switch name {
	case "issued", "closed", "dated":
		return v.t("register.chip."+name, "span", v.spanLabel(value))
	case "year":
		return v.t("register.chip.year", "year", value)
	case "lead":
		return v.t("register.chip.lead", "unit", v.officeName(value))
	case "state":
		return v.known("console.item_state."+value, "console.chip.other")
	case "color":
		return v.known("register.lens."+value, "console.chip.other")
	case "origin":
		return v.known("docket.origin."+value, "console.chip.other")
	case "open", "late", "right", "money":
		return v.t("register.lens." + name)
	}
	return v.chipLabel(name, value)
}

// registerFields are the filters that are chosen from lists.
func (v *visit) registerFields(e entries) ([]Field, error) {
	places, err := v.placeOptions(e.q.Get("place"))
	if err != nil {
		return nil, err
	}
	var years, leads []Option
	for n := range 5 {
		year := strconv.Itoa(v.day().Year() - n)
		years = append(years, Option{Value: year, Label: year})
	}
	for _, id := range v.unitIDs() {
		if u, err := v.Atlas.Unit(id); err == nil && u.ValidTo == nil {
			leads = append(leads, Option{Value: id.String(), Label: u.Name})
		}
	}
	field := func(name string, options []Option) Field {
		for i := range options {
			options[i].Chosen = options[i].Value == e.q.Get(name)
		}
		options = append([]Option{{Label: v.t("console.any")}}, options...)
		return Field{Name: name, ID: "f-" + name, Kind: "select", Bare: true, Label: v.t("register.filter." + name), Options: options}
	}
	return []Field{
		field("year", years), field("place", places), field("origin", v.options("docket.origin.", codes(docket.Origins()))), field("kind", v.options("kind.", codes(intake.Kinds(false)))),
		field("state", v.options("console.item_state.", codes(itemStates))), field("lead", leads),
		field("issued", v.monthOptions(e.q.Get("issued"))), field("closed", v.monthOptions(e.q.Get("closed"))),
	}, nil
}

var itemStates = []docket.ItemState{docket.Docketed, docket.Issued, docket.Acknowledged, docket.InProgress, docket.Disputed, docket.Returned,
	docket.Reported, docket.Reviewed, docket.StruckOff, docket.Cancelled}

// exportTime bounds what writing the register may take: longer than a page,
// shorter than anybody waits.
const exportTime = 3 * time.Minute
