package console

import (
	"errors"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"minsheng/intake"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/region"
	"minsheng/staff"
)

// officesPage is the tree of offices that an administrator looks after.
type officesPage struct {
	Frame
	Offices []office
	Add     Form
	Desk    []Field // what only the highest administrator decides; empty for others
	Town    Field
	Place   Field
}

type office struct {
	region.Unit
	Depth  int
	Places string
	Former []region.Name
}

// officePage is one office with what it was called, and a new name for it.
type officePage struct {
	Frame
	Office office
	Parent string
	Names  []region.Name
	Rename Form
}

func (v *visit) offices() error { return v.officesShow(fiber.StatusOK, Draft{}) }

func (v *visit) officesShow(status int, draft Draft) error {
	frame, err := v.frame("/console/offices", v.t("console.offices.title"))
	if err != nil {
		return err
	}
	page := officesPage{Frame: frame}
	if page.Offices, err = v.officeTree(v.unitIDs()); err != nil {
		return err
	}
	if err := v.officePlaces(&page, draft); err != nil {
		return err
	}
	add := Form{Code: "office", Post: frame.Href("/console/offices"), Button: v.t("console.offices.add"), CSRF: frame.CSRF, Lang: string(v.lang), Fields: v.officeFields(page.Offices)}
	page.Add = v.dress(draft.apply(v, add), draft)
	if n := len(page.Add.Fields); v.Staff.MayOpenDesks(v.by()) {
		page.Desk, page.Add.Fields = page.Add.Fields[n-2:], page.Add.Fields[:n-2]
	}
	return v.show(status, "offices", page)
}

// officeTree describes offices, each with how deep it lies below the first.
func (v *visit) officeTree(ids []uuid.UUID) ([]office, error) {
	names, err := v.Atlas.Names(v.ctx(), ids...)
	if err != nil {
		return nil, err
	}
	places, err := v.Atlas.Jurisdiction(v.ctx(), ids...)
	if err != nil {
		return nil, err
	}
	below := map[uuid.UUID][]office{}
	var first office
	for i, id := range ids {
		u, err := v.Atlas.Unit(id)
		if err != nil {
			return nil, err
		}
		var called []string
		for _, d := range places[id] {
			called = append(called, d.FullName)
		}
		o := office{Unit: u, Places: strings.Join(called, v.t("console.offices.and"))}
		if len(names[id]) > 1 {
			o.Former = names[id][1:]
		}
		if i == 0 {
			first = o
			continue
		}
		below[*u.ParentID] = append(below[*u.ParentID], o)
	}
	return unfold(nil, first, 0, below), nil
}

// unfold lists an office and, right after it, everything below it.
func unfold(list []office, o office, depth int, below map[uuid.UUID][]office) []office {
	o.Depth = depth
	list = append(list, o)
	for _, under := range below[o.ID] {
		list = unfold(list, under, depth+1, below)
	}
	return list
}

func (v *visit) officeFields(tree []office) []Field {
	var parents []Option
	for _, o := range tree {
		parents = append(parents, Option{Value: o.ID.String(), Label: strings.Repeat("　", o.Depth) + o.Name})
	}
	fields := []Field{
		v.officeField(v.ask("name", "text", 60)),
		v.officeField(v.pick("kind", "select", v.options("unit_kind.", codes(region.Kinds())))),
		v.officeField(v.pick("level", "select", v.options("unit_level.", codes(region.Levels())))),
		v.officeField(v.pick("parent", "select", parents)),
		optional(v.officeField(v.ask("phone", "text", 30))),
	}
	if v.Staff.MayOpenDesks(v.by()) {
		fields = append(fields,
			optional(v.officeField(v.pick("takes_complaints", "tick", []Option{{Value: "1", Label: v.t("console.offices.takes_complaints")}}))),
			optional(v.officeField(v.ask("doc_mark", "text", 10))))
	}
	return fields
}

// officeField asks in the words for offices: a person's name is another thing.
func (v *visit) officeField(f Field) Field {
	f.Label, f.Hint = v.t("console.offices.field."+f.Name), ""
	if hint := v.t("console.offices.hint." + f.Name); hint != "console.offices.hint."+f.Name {
		f.Hint = hint
	}
	return f
}

// officePlaces offers the places that the own office answers for, down to
// towns, and once one is chosen, what lies in it.
func (v *visit) officePlaces(page *officesPage, draft Draft) error {
	own, err := v.Atlas.Jurisdiction(v.ctx(), v.by().UnitID)
	if err != nil {
		return err
	}
	town, place := draft.typed.get("town"), draft.typed.get("place")
	page.Town = v.officeField(Field{Name: "town", ID: "office-town", Kind: "select", Required: true, Options: []Option{{Label: v.t("console.choose")}}})
	page.Place = v.officeField(Field{Name: "place", ID: "office-place", Kind: "select", Required: true})
	for _, d := range own[v.by().UnitID] {
		if err := v.unfoldPlace(&page.Town, d, "", town); err != nil {
			return err
		}
	}
	problem := &page.Town.Problem
	if town != "" || place != "" {
		if err := v.withinTown(&page.Place, town, place); err != nil {
			return err
		}
		problem = &page.Place.Problem
	}
	*problem = draft.problems["place"]
	return nil
}

func (v *visit) unfoldPlace(f *Field, d region.Division, indent, chosen string) error {
	f.Options = append(f.Options, Option{Value: d.Code, Label: indent + d.Name, Chosen: d.Code == chosen})
	if d.Level != region.City && d.Level != region.County {
		return nil
	}
	below, err := v.Atlas.Children(v.ctx(), d.Code)
	if err != nil {
		return err
	}
	for _, part := range below {
		if err := v.unfoldPlace(f, part, indent+"　", chosen); err != nil {
			return err
		}
	}
	return nil
}

// withinTown offers town as a whole, what lies in it, and the place that was
// chosen wherever it lies.
func (v *visit) withinTown(f *Field, town, place string) error {
	offered := false
	offer := func(d region.Division, label string) {
		f.Options = append(f.Options, Option{Value: d.Code, Label: label, Chosen: d.Code == place})
		offered = offered || d.Code == place
	}
	if whole, err := v.Atlas.Division(v.ctx(), town); err == nil {
		offer(whole, v.t("console.offices.whole", "place", whole.Name))
		below, err := v.Atlas.Children(v.ctx(), town)
		if err != nil {
			return err
		}
		for _, d := range below {
			offer(d, d.Name)
		}
	} else if !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if offered || place == "" {
		return nil
	}
	d, err := v.Atlas.Division(v.ctx(), place)
	if err == nil {
		offer(d, d.FullName)
	}
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}

// addOffice creates an office, or first shows what lies in the chosen place.
func (v *visit) addOffice() error {
	if v.form.get("pick") != "" {
		delete(v.form.values, "place")
		return v.officesShow(fiber.StatusOK, Draft{step: "office", typed: v.form})
	}
	_, err := v.Staff.AddOffice(v.ctx(), v.by(), region.Unit{
		Name: v.form.get("name"), Kind: region.Kind(v.form.get("kind")), Level: region.Level(v.form.get("level")),
		ParentID: v.chosenParent(), Phone: v.form.get("phone"),
		TakesComplaints: v.form.get("takes_complaints") == "1", DocMark: v.form.get("doc_mark"),
	}, v.chosenPlaces()...)
	if err == nil {
		return v.leave("/console/offices", "office_added")
	}
	if draft, status, ok := v.officeRefused("office", err); ok {
		return v.officesShow(status, draft)
	}
	return err
}

// chosenParent is nil when none was chosen; what is no id names nobody.
func (v *visit) chosenParent() *uuid.UUID {
	text := v.form.get("parent")
	if text == "" {
		return nil
	}
	id, err := uuid.Parse(text)
	if err != nil {
		id = uuid.Nil
	}
	return &id
}

// chosenPlaces is the narrower of what was chosen.
func (v *visit) chosenPlaces() []string {
	for _, name := range []string{"place", "town"} {
		if code := v.form.get(name); code != "" {
			return []string{code}
		}
	}
	return nil
}

// officeRefused is refused with what only offices can be refused for.
func (v *visit) officeRefused(step string, err error) (Draft, int, bool) {
	var wrong *region.Invalid
	switch {
	case errors.As(err, &wrong):
		err = &intake.Invalid{Problems: wrong.Problems}
	case errors.Is(err, staff.ErrForbidden):
		err = &intake.Invalid{Problems: map[string]string{"takes_complaints": "office_desk_forbidden"}}
	}
	return v.refused(step, err)
}

func (v *visit) office() error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	return v.officeShow(fiber.StatusOK, id, Draft{})
}

func (v *visit) officeShow(status int, id uuid.UUID, draft Draft) error {
	if !slices.Contains(v.unitIDs(), id) {
		return store.ErrNotFound
	}
	tree, err := v.officeTree([]uuid.UUID{id})
	if err != nil {
		return err
	}
	path := "/console/offices/" + id.String()
	frame, err := v.frame(path, tree[0].Name)
	if err != nil {
		return err
	}
	names, err := v.Atlas.Names(v.ctx(), id)
	if err != nil {
		return err
	}
	page := officePage{Frame: frame, Office: tree[0], Names: names[id]}
	for i, n := range page.Names {
		if n.From == region.AlwaysThere {
			page.Names[i].From = "" // the day is not known
		}
	}
	if page.Office.ParentID != nil {
		parent, err := v.Atlas.Unit(*page.Office.ParentID)
		if err != nil {
			return err
		}
		page.Parent = parent.Name
	}
	rename := Form{Code: "rename", Post: frame.Href(path + "/rename"), Button: v.t("console.offices.rename"), CSRF: frame.CSRF, Lang: string(v.lang), Fields: []Field{
		v.officeField(v.ask("new_name", "text", 60)),
		with(v.officeField(v.ask("from", "date", 0)), string(workday.On(v.Now()))),
	}}
	page.Rename = v.dress(draft.apply(v, rename), draft)
	return v.show(status, "office", page)
}

func (v *visit) renameOffice() error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	err = v.Staff.RenameOffice(v.ctx(), v.by(), id, v.form.get("new_name"), workday.Date(v.form.get("from")))
	if err == nil {
		return v.leave("/console/offices/"+id.String(), "office_renamed")
	}
	if draft, status, ok := v.officeRefused("rename", err); ok {
		if key, wrong := draft.problems["name"]; wrong {
			draft.problems["new_name"] = key
			delete(draft.problems, "name")
		}
		return v.officeShow(status, id, draft)
	}
	return err
}
