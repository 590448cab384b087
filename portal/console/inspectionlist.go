package console

import (
	"net/url"
	"strconv"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"minsheng/inspection"
)

// inspectionsPage lists inspections of the own office and of those below.
type inspectionsPage struct {
	Frame
	Lenses   []lens
	Chips    []chip
	Fields   []Field
	Lines    []inspectionLine
	Next     string
	First    string
	Narrowed bool
}

// inspectionNames are the filters as they stand in the address.
var inspectionNames = []string{"state", "unit", "year", "kind", "mine"}

// inspectionAddress is the list with a filter changed; an empty value takes it
// out.
func inspectionAddress(q url.Values, name, value string) string {
	kept := url.Values{}
	for _, known := range inspectionNames {
		if q.Get(known) != "" {
			kept.Set(known, q.Get(known))
		}
	}
	kept.Del(name)
	if value != "" {
		kept.Set(name, value)
	}
	if len(kept) == 0 {
		return inspectionsPath
	}
	return inspectionsPath + "?" + kept.Encode()
}

func (v *visit) inspections() error {
	frame, err := v.frame(inspectionsPath, v.t("inspection.title"))
	if err != nil {
		return err
	}
	q, f := v.inspectionFilter()
	list, err := v.Inspections.List(v.ctx(), v.by(), f)
	if err != nil {
		return err
	}
	page := inspectionsPage{Frame: frame, Narrowed: len(q) > 0}
	for _, l := range list {
		page.Lines = append(page.Lines, v.inspectionLine(l))
	}
	for _, l := range []lens{{Key: "open"}, {Key: "mine"}, {Key: "all"}} {
		name, value := map[string]string{"mine": "mine", "all": "state"}[l.Key], map[string]string{"mine": "1", "all": "all"}[l.Key]
		l.Href = inspectionAddress(url.Values{}, name, value)
		l.On = len(q) == 0 && name == "" || len(q) == 1 && name != "" && q.Get(name) == value
		page.Lenses = append(page.Lenses, l)
	}
	for _, name := range inspectionNames {
		if value := q.Get(name); value != "" {
			page.Chips = append(page.Chips, chip{v.inspectionChip(name, value), inspectionAddress(q, name, "")})
		}
	}
	page.Fields = v.inspectionFilters(q)
	if len(list) == listPage {
		page.Next = withQuery(inspectionAddress(q, "", ""), "after", list[len(list)-1].ID.String())
	}
	if f.After != uuid.Nil {
		page.First = inspectionAddress(q, "", "")
	}
	return v.show(fiber.StatusOK, "inspections", page)
}

// inspectionFilter reads the filter of the address; values that no form offers
// do not filter.
func (v *visit) inspectionFilter() (url.Values, inspection.Filter) {
	q := url.Values{}
	set := func(name string, known []string) string {
		value := v.known1(name, known)
		if value != "" {
			q.Set(name, value)
		}
		return value
	}
	f := inspection.Filter{
		State: inspection.State(set("state", append(codes(inspection.States()), "all"))),
		Kind:  inspection.Kind(set("kind", codes(inspection.Kinds()))), Mine: set("mine", []string{"1"}) == "1",
	}
	f.Year = number(set("year", v.years()))
	if id, err := uuid.Parse(v.c.Query("unit")); err == nil {
		f.Target = id
		q.Set("unit", id.String())
	}
	f.After, _ = uuid.Parse(v.c.Query("after"))
	return q, f
}

// years lists the years since the Measures, the newest first.
func (v *visit) years() (all []string) {
	for year := v.day().Year() + 1; year >= 2015; year-- {
		all = append(all, strconv.Itoa(year))
	}
	return all
}

func (v *visit) inspectionChip(name, value string) string {
	switch name {
	case "unit":
		id, _ := uuid.Parse(value)
		return v.unitName(id)
	case "year":
		return v.t("inspection.chip.year", "year", value)
	case "mine":
		return v.t("inspection.lens.mine")
	case "state":
		if value == "all" {
			return v.t("inspection.lens.all")
		}
		return v.t("inspection.state." + value)
	}
	return v.t("inspection.kind." + value)
}

func (v *visit) inspectionFilters(q url.Values) []Field {
	var years []Option
	for _, year := range v.years() {
		years = append(years, Option{Value: year, Label: year})
	}
	fields := []Field{
		v.insp(v.pick("state", "select", v.options("inspection.state.", codes(inspection.States())))),
		v.insp(v.pick("unit", "select", v.targetOptions())),
		v.insp(v.pick("kind", "select", v.options("inspection.kind.", codes(inspection.Kinds())))),
		v.insp(v.pick("year", "select", years)),
	}
	for i := range fields {
		fields[i] = with(fields[i], q.Get(fields[i].Name))
		fields[i].Bare, fields[i].Required, fields[i].ID, fields[i].Hint = true, false, "f-"+fields[i].Name, ""
	}
	return fields
}

// targetOptions lists the offices that the reader's office may inspect.
func (v *visit) targetOptions() (all []Option) {
	for _, id := range v.Inspections.Targets(v.by().UnitID) {
		all = append(all, Option{Value: id.String(), Label: v.unitName(id)})
	}
	return all
}
