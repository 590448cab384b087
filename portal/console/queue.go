package console

import (
	"errors"
	"net/url"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"minsheng/intake"
	"minsheng/region"
	"minsheng/staff"
	"minsheng/triage"
)

// caseRow is one line of a list of cases.
type caseRow struct {
	triage.Row
	Why string
	Age int // days since it was received
}

func (v *visit) row(r triage.Row) caseRow {
	return caseRow{Row: r, Age: max(0, int(v.Now().Sub(r.ReceivedAt).Hours()/24))}
}

// opening is what a case is called where somebody chooses among some: its summary, or
// its kind.
func (v *visit) opening(r triage.Row) string {
	if r.Summary != "" {
		return r.Summary
	}
	return v.t("kind." + string(r.Kind))
}

type queuePage struct {
	Frame
	Query      string // the filter as it stands in the address
	Lenses     []lens
	Chips      []chip
	Fields     []Field
	Rows       []caseRow
	Next       string
	First      string // address of the first page, "" there
	Views      []viewLink
	Colleagues []Option
	Problem    string
	Filtered   bool
	MayAssign  bool
}

type viewLink struct {
	ID   uuid.UUID
	Name string
	Href string
}

func (v *visit) queue() error { return v.queueShow(fiber.StatusOK, "") }

// queueShow lists the cases of the address's filter.
func (v *visit) queueShow(status int, problem string) error {
	query, err := url.ParseQuery(string(v.c.Request().URI().QueryString()))
	if err != nil {
		return fiber.ErrBadRequest
	}
	c := readCriteria(query)
	frame, err := v.frame(c.address("", ""), v.t("console.queue.title"))
	if err != nil {
		return err
	}
	frame.SearchText = c.q.Get("text")
	page := queuePage{Frame: frame, Query: c.q.Encode(), Problem: problem, Chips: v.chips(c), Filtered: len(c.q) > 0, MayAssign: v.by().May(staff.WorkCases)}
	found, err := v.Triage.Find(v.ctx(), v.by(), c.filter(), query.Get("after"))
	switch {
	case errors.Is(err, triage.ErrShortSearch):
		page.Problem, status = v.t("console.queue.short"), fiber.StatusUnprocessableEntity
	case err != nil:
		return err
	}
	for _, r := range found.Rows {
		page.Rows = append(page.Rows, v.row(r))
	}
	if found.Next != "" {
		page.Next = withQuery(c.address("", ""), "after", found.Next)
	}
	if query.Get("after") != "" {
		page.First = c.address("", "")
	}
	if err := v.queueTools(&page, c); err != nil {
		return err
	}
	return v.show(status, "cases", page)
}

// queueTools adds what stands around the list.
func (v *visit) queueTools(page *queuePage, c criteria) error {
	counts, err := v.caseCounts()
	if err != nil {
		return err
	}
	page.Lenses = v.lenses(c, counts)
	if page.Fields, err = v.filterFields(c); err != nil {
		return err
	}
	if views, err := v.Triage.Views(v.ctx(), v.by()); err != nil {
		return err
	} else {
		for _, saved := range views {
			q, _ := url.ParseQuery(saved.Query)
			page.Views = append(page.Views, viewLink{saved.ID, saved.Name, readCriteria(q).address("", "")})
		}
	}
	if !page.MayAssign {
		return nil
	}
	colleagues, err := v.Staff.ColleaguesWith(v.ctx(), v.unitIDs(), staff.WorkCases)
	page.Colleagues = v.people(colleagues)
	return err
}

// people lists officers as answers to choose from, oneself first.
func (v *visit) people(list []staff.Officer) []Option {
	var out []Option
	for _, o := range list {
		option := Option{Value: o.ID.String(), Label: o.Name + " · " + o.UnitName}
		if o.ID == v.by().ID {
			option.Label = v.t("console.me") + " · " + o.Name
			out = append([]Option{option}, out...)
			continue
		}
		out = append(out, option)
	}
	return out
}

// filterFields are the filters that are chosen from lists.
func (v *visit) filterFields(c criteria) ([]Field, error) {
	places, err := v.placeOptions(c.q.Get("place"))
	if err != nil {
		return nil, err
	}
	field := func(name string, options []Option) Field {
		for i := range options {
			options[i].Chosen = options[i].Value == c.q.Get(name)
		}
		options = append([]Option{{Label: v.t("console.any")}}, options...)
		return Field{Name: name, ID: "f-" + name, Kind: "select", Bare: true, Label: v.t("console.filter." + name), Options: options}
	}
	return []Field{
		field("place", places),
		field("kind", v.options("kind.", codes(intake.Kinds(false)))),
		field("state", v.options("state.", []string{"submitted", "need_info", "accepted", "verifying", "decided", "delivered", "review", "reexam", "final", "not_accepted", "transferred", "referred", "merged", "withdrawn", "closed"})),
		field("mode", v.options("mode.", []string{"anonymous", "named", "confidential"})),
		field("channel", v.options("channel.", []string{"web", "poster", "phone", "visit", "letter"})),
		field("received", v.monthOptions(c.q.Get("received"))),
		field("closed", v.monthOptions(c.q.Get("closed"))),
		field("outcome", v.options("outcome.", append([]string{foundTrue}, codes(triage.Outcomes())...))),
		field("severity", v.options("console.severity.", []string{"1", "2", "3", "4"})),
		field("wants", v.options("wants.", triage.Wants())),
	}, nil
}

func codes[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, code := range list {
		out[i] = string(code)
	}
	return out
}

func (v *visit) options(prefix string, values []string) []Option {
	var out []Option
	for _, value := range values {
		out = append(out, Option{Value: value, Label: v.t(prefix + value)})
	}
	return out
}

// placeOptions lists counties and towns, and the village that is chosen.
func (v *visit) placeOptions(chosen string) ([]Option, error) {
	counties, err := v.Atlas.Children(v.ctx(), cityCode)
	if err != nil {
		return nil, err
	}
	var out []Option
	found := chosen == ""
	add := func(d region.Division, indent string) {
		out = append(out, Option{Value: d.Code, Label: indent + d.Name})
		found = found || d.Code == chosen
	}
	for _, county := range counties {
		add(county, "")
		towns, err := v.Atlas.Children(v.ctx(), county.Code)
		if err != nil {
			return nil, err
		}
		for _, town := range towns {
			add(town, "　")
		}
	}
	if !found {
		if d, err := v.Atlas.Division(v.ctx(), chosen); err == nil {
			add(d, "　　")
		}
	}
	return out, nil
}

// cityCode is 盘锦市.
const cityCode = "211100000000"

// assignMany gives the ticked cases to a colleague, all or none.
func (v *visit) assignMany() error {
	to, err := uuid.Parse(v.form.get("to"))
	if err != nil {
		return v.queueShow(fiber.StatusUnprocessableEntity, v.t("console.queue.choose_colleague"))
	}
	var ids []uuid.UUID
	for _, text := range v.form.all("ids") {
		id, err := uuid.Parse(text)
		if err != nil {
			return fiber.ErrBadRequest
		}
		ids = append(ids, id)
	}
	if len(ids) == 0 {
		return v.queueShow(fiber.StatusUnprocessableEntity, v.t("console.queue.choose_cases"))
	}
	if err := v.Triage.Assign(v.ctx(), v.by(), to, ids...); err != nil {
		if d, status, ok := v.refused("assign", err); ok {
			return v.queueShow(status, d.says)
		}
		return err
	}
	query, _ := url.ParseQuery(v.form.get("query"))
	return v.leave(readCriteria(query).address("", ""), "assign")
}

// saveView keeps the filter of the page under a name.
func (v *visit) saveView() error {
	query, _ := url.ParseQuery(v.form.get("query"))
	c := readCriteria(query)
	if err := v.Triage.SaveView(v.ctx(), v.by(), v.form.get("name"), c.q.Encode()); err != nil {
		if d, status, ok := v.refused("view", err); ok {
			return v.queueShow(status, firstProblem(d))
		}
		return err
	}
	return v.leave(c.address("", ""), "view")
}

func (v *visit) dropView() error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	if err := v.Triage.DropView(v.ctx(), v.by(), id); err != nil {
		return err
	}
	return v.leave("/console/cases", "view_dropped")
}

func firstProblem(d Draft) string {
	for _, text := range d.problems {
		return text
	}
	return d.says
}
