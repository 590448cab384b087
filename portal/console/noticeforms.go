package console

import (
	"strings"

	"github.com/google/uuid"

	"minsheng/internal/workday"
	"minsheng/notice"
	"minsheng/region"
	"minsheng/roll"
)

// noticeForm is the question sheet of a notice with the place asked as a whole,
// and how its text will look.
type noticeForm struct {
	Form
	Town    Field
	Place   Field
	More    []Field // after the place
	Preview string  // the text to be shown as it will look; "" none
	Title   string
}

// noticeForm asks for everything a kind needs; d is what stands, draft what was
// typed and came back.
func (v *visit) noticeForm(code string, k notice.Kind, d notice.Draft, draft Draft) (noticeForm, error) {
	f := noticeForm{Form: Form{Code: code, Lang: string(v.lang)}}
	fields := []Field{{Name: "kind", Kind: "hidden", Value: k.Code}, with(v.pub(v.ask("title", "text", 100)), d.Title), optional(with(v.pub(v.ask("doc_number", "text", 60)), d.DocNumber))}
	more, err := v.tied(k, d)
	if err != nil {
		return f, err
	}
	more = append(more, v.periodFields(k, d)...)
	more = append(more, with(v.pub(v.lines("body", 12, 20000)), d.Body))
	for _, asked := range k.Fields {
		more = append(more, v.kindField(asked, d.Fields[asked.Code]))
	}
	f.Fields = append(fields, more...)
	f.Form = v.dress(draft.apply(v, f.Form), draft)
	f.Fields, f.More = f.Fields[:len(fields)], f.Fields[len(fields):]
	if draft.step == code && draft.typed.get("preview") != "" {
		f.Preview, f.Title = draft.typed.get("body"), draft.typed.get("title")
	}
	town, place := v.placeChosen(code, d.PlaceCode, draft)
	f.Town, f.Place, err = v.placeFields(code, town, place)
	f.Place.Problem = draft.problems["place"]
	return f, err
}

// pub puts the words of the publishing desk on a question.
func (v *visit) pub(f Field) Field {
	f.Label, f.Hint = v.t("publish.field."+f.Name), ""
	if hint := v.t("publish.hint."+f.Name, "max", f.Max); hint != "publish.hint."+f.Name {
		f.Hint = hint
	}
	return f
}

// called is pub in the words of another name: the rooms call several things the
// same that people do not.
func (v *visit) called(name string, f Field) Field {
	own := f.Name
	f.Name = name
	f = v.pub(f)
	f.Name = own
	return f
}

// periodFields ask for the days of publicity and say how many are needed.
func (v *visit) periodFields(k notice.Kind, d notice.Draft) []Field {
	starts, ends := with(v.pub(v.ask("starts_on", "date", 0)), string(d.StartsOn)), with(v.pub(v.ask("ends_on", "date", 0)), string(d.EndsOn))
	if days := k.MinDaysFor(v.level()); days > 0 {
		ends.Hint = v.t("publish.hint.ends_min", "n", days)
	} else {
		ends = optional(ends)
		ends.Hint = v.t("publish.hint.ends_long")
	}
	year := with(v.pub(v.ask("year", "number", 2100)), itoa(d.Year))
	return []Field{year, starts, ends}
}

// kindField is a question that only some kinds ask.
func (v *visit) kindField(asked notice.Field, value string) Field {
	f := Field{Name: "field:" + asked.Code, Label: v.known("notice.field."+asked.Code, "console.field.words"), Required: asked.Required, Max: asked.Max, Value: value}
	if hint := v.t("notice.field." + asked.Code + ".hint"); hint != "notice.field."+asked.Code+".hint" {
		f.Hint = hint
	}
	switch asked.Type {
	case "lines":
		f.Kind, f.Rows = "lines", 3
	case "date":
		f.Kind, f.Max = "date", 0
	case "choice":
		f.Kind, f.Max = "select", 0
		f.Options = append([]Option{{Label: v.t("console.choose")}}, v.options("notice.choice."+asked.Code+".", asked.Options)...)
		f = with(f, value)
	default:
		f.Kind = "text"
	}
	return f
}

// tied asks for the fund, the project and the list that a notice speaks of,
// where its kind does.
func (v *visit) tied(k notice.Kind, d notice.Draft) ([]Field, error) {
	var out []Field
	if k.Fund || k.Code == "SUBSIDY_ROSTER" {
		funds, err := v.fundOptions(d.FundID)
		if err != nil {
			return nil, err
		}
		f := v.pub(v.pick("fund", "select", funds))
		f.Required = k.Fund
		out = append(out, f)
	}
	if k.Code == "PROJECT_PRE" || k.Code == "PROJECT_DONE" || k.Code == "SUBSIDY_ROSTER" {
		projects, err := v.projectOptions(d.ProjectID)
		if err != nil {
			return nil, err
		}
		out = append(out, optional(v.pub(v.pick("project", "select", projects))))
	}
	if before := roundBefore[k.Code]; before != "" {
		rolls, err := v.rollOptions(k, before, d.RollID)
		if err != nil {
			return nil, err
		}
		out = append(out, v.pub(v.pick("roll", "select", rolls)))
	}
	return out, nil
}

// roundBefore is the kind whose list a kind goes on with (DOMAIN §6.1).
var roundBefore = map[string]string{"LIST_TOWN": "LIST_VILLAGE", "LIST_COUNTY": "LIST_TOWN", "EXIT_ANN": "EXIT_VILLAGE"}

func chosen(id *uuid.UUID, option uuid.UUID) bool { return id != nil && *id == option }

func (v *visit) fundOptions(id *uuid.UUID) ([]Option, error) {
	funds, err := v.Notices.FundsFor(v.ctx(), v.by())
	var out []Option
	for _, f := range funds {
		out = append(out, Option{Value: f.ID.String(), Label: f.Name + " " + f.DocNumber, Chosen: chosen(id, f.ID)})
	}
	return out, err
}

func (v *visit) projectOptions(id *uuid.UUID) ([]Option, error) {
	projects, err := v.Notices.ProjectsFor(v.ctx(), v.by())
	var out []Option
	for _, p := range projects {
		out = append(out, Option{Value: p.ID.String(), Label: p.Name, Chosen: chosen(id, p.ID)})
	}
	return out, err
}

// rollOptions offers the lists of the round before that may come to this one.
func (v *visit) rollOptions(k notice.Kind, before string, id *uuid.UUID) ([]Option, error) {
	list, err := v.Notices.List(v.ctx(), v.by(), notice.Filter{Kind: before})
	if err != nil {
		return nil, err
	}
	var out []Option
	for _, n := range list {
		if n.RollID == nil || n.State == "draft" || n.State == "withdrawn" {
			continue
		}
		r, err := v.Rolls.Roll(v.ctx(), *n.RollID)
		if err != nil {
			return nil, err
		}
		if r.Next() == k.Stage || chosen(id, r.ID) {
			out = append(out, Option{Value: r.ID.String(), Label: v.t("publish.roll.option", "title", n.Title, "n", r.Size), Chosen: chosen(id, r.ID)})
		}
	}
	return out, nil
}

// typedNotice is the form of a notice as a draft.
func (v *visit) typedNotice(k notice.Kind) notice.Draft {
	d := notice.Draft{
		Kind: k.Code, Title: v.form.get("title"), DocNumber: v.form.get("doc_number"), Year: number(v.form.get("year")),
		Body: v.form.get("body"), StartsOn: workday.Date(v.form.get("starts_on")), EndsOn: workday.Date(v.form.get("ends_on")),
		Fields: map[string]string{}, RollID: v.formRef("roll"), FundID: v.formRef("fund"), ProjectID: v.formRef("project"),
		Disputed: v.form.all("disputed"),
	}
	if places := v.chosenPlaces(); len(places) > 0 {
		d.PlaceCode = places[0]
	}
	for _, asked := range k.Fields {
		if value := v.form.get("field:" + asked.Code); value != "" {
			d.Fields[asked.Code] = value
		}
	}
	return d
}

// formRef is an id chosen from a list; nil when none was. What is no id leads
// nowhere.
func (v *visit) formRef(name string) *uuid.UUID {
	text := v.form.get(name)
	if text == "" {
		return nil
	}
	id, err := uuid.Parse(text)
	if err != nil {
		id = uuid.Nil
	}
	return &id
}

// draftOf is a stored notice as its editor types it.
func draftOf(n notice.Notice) notice.Draft {
	d := notice.Draft{
		Kind: n.Kind, Title: n.Title, DocNumber: n.DocNumber, PlaceCode: n.PlaceCode, Year: n.Year, Body: n.Body,
		StartsOn: n.StartsOn, Fields: n.Fields, RollID: n.RollID, FundID: n.FundID, ProjectID: n.ProjectID,
	}
	if n.EndsOn != nil {
		d.EndsOn = *n.EndsOn
	}
	return d
}

// placeChosen is the place that a form came back with, or the one that stands.
func (v *visit) placeChosen(code, stands string, draft Draft) (town, place string) {
	if draft.step == code {
		return draft.typed.get("town"), draft.typed.get("place")
	}
	return townOf(stands), stands
}

// townOf is the town a village lies in; larger places are their own.
func townOf(place string) string {
	if len(place) == 12 && !strings.HasSuffix(place, "000") {
		return place[:9] + "000"
	}
	return place
}

// placeFields ask for a place that the own office answers for: towns and what
// is larger in one list, and what lies in the chosen one in another. A town
// office has both in one.
func (v *visit) placeFields(form, town, place string) (Field, Field, error) {
	t := v.pub(Field{Name: "town", ID: form + "-town", Kind: "select", Required: true})
	p := v.pub(Field{Name: "place", ID: form + "-place", Kind: "select", Required: true})
	own, err := v.Atlas.Jurisdiction(v.ctx(), v.by().UnitID)
	if err != nil {
		return t, p, err
	}
	places := own[v.by().UnitID]
	t.Options = []Option{{Label: v.t("console.choose")}}
	for _, d := range places {
		if err := v.unfoldPlace(&t, d, "", town); err != nil {
			return t, p, err
		}
	}
	if town == "" && len(places) == 1 && (places[0].Level == region.Town || places[0].Level == region.Village) {
		town = places[0].Code
		t = with(t, town)
	}
	if town != "" || place != "" {
		err = v.withinTown(&p, town, place)
	}
	return t, p, err
}

// minutesFields ask for the meeting that decided on a list.
func (v *visit) minutesFields(m roll.Minutes) []Field {
	met := with(v.pub(v.ask("met_on", "date", 0)), string(m.MetOn))
	present, entitled := v.pub(v.ask("present", "number", 100000)), v.pub(v.ask("entitled", "number", 100000))
	if m.Entitled > 0 {
		present, entitled = with(present, itoa(m.Present)), with(entitled, itoa(m.Entitled))
	}
	return []Field{met, present, entitled, optional(with(v.pub(v.lines("note", 3, 500)), m.Note)), optional(v.pub(v.papers("files")))}
}

// papers asks for files.
func (v *visit) papers(name string) Field {
	f := v.ask(name, "file", 0)
	f.Accept = paperKinds
	return f
}

// paperKinds are the files that notices take along.
const paperKinds = ".jpg,.jpeg,.png,.webp,.pdf,.xlsx,.csv"
