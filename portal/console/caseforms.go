package console

import (
	"slices"
	"strings"

	"minsheng/appeal"
	"minsheng/docket"
	"minsheng/intake"
	"minsheng/triage"
)

// caseForms puts onto the page exactly the steps that state and role allow,
// and beside each what was typed if it came back.
func (v *visit) caseForms(page *casePage, draft Draft) error {
	v.endForms(page, draft)
	seen := page.End.Offers(appeal.Action(draft.step))
	for _, action := range order(page.Case) {
		form, ok, err := v.caseForm(action, page)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		form = v.finish(form, page, draft)
		seen = seen || form.Code == draft.step
		if action == triage.SayToReporter {
			page.Say = &form
			continue
		}
		if slices.Contains(seldom, action) {
			page.Seldom = append(page.Seldom, form)
			page.SeldomOpen = page.SeldomOpen || form.Open
			continue
		}
		page.Forms = append(page.Forms, form)
	}
	code, err := v.nameForms(page, draft)
	if err != nil {
		return err
	}
	pictures, err := v.picturesForm(page, draft)
	if err != nil {
		return err
	}
	seen = seen || code == draft.step || pictures && draft.step == "take_pictures"
	if draft.step != "" && !seen {
		page.Kept = draft.words(v)
	} else if draft.step != "" {
		page.Says = ""
	}
	if page.Say != nil {
		replies, err := v.Triage.SavedReplies(v.ctx(), v.by())
		if err != nil {
			return err
		}
		for _, r := range replies {
			page.Replies = append(page.Replies, replyLink{r.Title, r.Body})
		}
	}
	return nil
}

// Steps in the order in which they are taken: those that move a case on, and
// those that are needed now and then.
var (
	onward = []triage.Action{
		triage.Rule, triage.LetGo, triage.Claim, triage.Describe, triage.RejectRepeat, triage.Accept, triage.Verify, triage.Decide, triage.Close,
		triage.Convert, triage.AskMore, triage.RevealName, triage.SayToReporter,
	}
	seldom = []triage.Action{
		triage.Assign, triage.Decline, triage.Transfer, triage.Refer, triage.Extend, triage.NameSubject, triage.NamePerson,
		triage.Split, triage.Link, triage.Again, triage.TieEarlier, triage.Release, triage.Recuse,
	}
)

// order puts the step to take next first. A case that is described and checked
// wants its answer; describing and checking again come after it.
func order(c triage.Case) []triage.Action {
	steps := slices.Concat(onward, seldom)
	later := func(a, than triage.Action) {
		i := slices.Index(steps, a)
		steps = slices.Delete(steps, i, i+1)
		steps = slices.Insert(steps, slices.Index(steps, than)+1, a)
	}
	if c.Summary != "" {
		later(triage.Describe, triage.Convert)
	}
	if len(c.Checks) > 0 {
		later(triage.Verify, triage.Decide)
	}
	return slices.DeleteFunc(steps, func(a triage.Action) bool { return !slices.Contains(c.Actions, a) })
}

// finish adds what every form of a case carries.
func (v *visit) finish(f Form, page *casePage, draft Draft) Form {
	f.Post = page.Href("/console/cases/" + page.Case.ID.String() + "/" + f.Code)
	f.Label = v.t("action." + f.Code)
	f.Does, f.Told = v.known("console.does."+f.Code, "console.does.other"), v.known("console.told."+f.Code, "console.told.nobody")
	f.Button = f.Label
	f.CSRF, f.Version, f.Lang = page.CSRF, page.Case.Version, string(v.lang)
	f.Primary = len(page.Forms) == 0 && !slices.Contains([]triage.Action{triage.SayToReporter, triage.RevealName}, triage.Action(f.Code)) && !slices.Contains(seldom, triage.Action(f.Code))
	return v.dress(draft.apply(v, f), draft)
}

// idOf makes the name of a field part of an id that style sheets can name.
var idOf = strings.NewReplacer(".", "-", ":", "-")

// dress gives fields their ids, a form with files its token, and sets problems
// that belong to no field above the form.
func (v *visit) dress(f Form, draft Draft) Form {
	names := map[string]bool{"place": contains([]string{"enter", "office", "begin", "save", "owe", "fund", openItem}, f.Code)} // asked outside the form's own fields
	for i := range f.Fields {
		f.Fields[i].ID = f.Code + "-" + idOf.Replace(f.Fields[i].Name)
		names[f.Fields[i].Name] = true
	}
	if draft.step == f.Code {
		for name, text := range draft.problems {
			if !names[name] {
				f.Says += " " + text
			}
		}
	}
	if f.Files {
		v.withFiles(&f, draft)
	}
	return f
}

// withFiles keeps the token of a form that came back, with the files it
// already holds; otherwise it makes a new one.
func (v *visit) withFiles(f *Form, draft Draft) {
	if draft.step == f.Code {
		if form, err := v.Intake.OpenForm(draft.typed.get("form")); err == nil {
			f.Token = draft.typed.get("form")
			staged, _ := v.Shelf.Staged(v.ctx(), form.Key)
			for _, file := range staged {
				f.Staged = append(f.Staged, file.Name)
			}
			return
		}
	}
	f.Token = v.Intake.NewForm().Token
}

// caseForm is the question sheet of one step.
func (v *visit) caseForm(a triage.Action, page *casePage) (Form, bool, error) {
	f := Form{Code: string(a)}
	c := page.Case
	var err error
	switch a {
	case triage.Claim, triage.Release, triage.Accept, triage.Close:
	case triage.Recuse, triage.Refer:
		f.Fields = []Field{v.lines("reason", 3, 500)}
	case triage.RevealName:
		return f, false, nil // nameForms
	case triage.AskMore, triage.SayToReporter:
		f.Fields = []Field{v.lines("text", 4, 2000)}
	case triage.Assign:
		f.Fields, err = v.assignFields(c)
	case triage.Describe:
		f.Fields = v.describeFields(c)
	case triage.NameSubject:
		f.Fields = []Field{v.pick("units", "checks", v.unitOptions(c.Subjects))}
	case triage.NamePerson:
		f.Fields = []Field{v.ask("person", "text", 20), optional(v.pick("person_unit", "select", v.unitOptions(nil)))}
	case triage.Split:
		f.Fields = []Field{v.lines("summaries", 4, 2000)}
	case triage.Link:
		f.Fields = v.linkFields(c)
	case triage.Transfer:
		f.Fields = []Field{v.pick("unit", "select", v.deskOptions(c)), v.lines("reason", 3, 500)}
	case triage.Decline:
		f.Fields = []Field{v.lines("reason", 3, 500), v.lines("where_to", 2, 300)}
	case triage.Extend:
		f.Fields = []Field{{Name: "days", Kind: "number", Label: v.t("console.field.days"), Hint: v.t("console.hint.days"), Required: true, Max: 30, Value: "30"}, v.lines("reason", 3, 500)}
	case triage.Verify:
		f.Files, f.Fields = true, v.verifyFields(c)
	case triage.Decide:
		f.Fields = v.decideFields(c)
	case triage.Rule:
		if page.Open == nil {
			return f, false, nil
		}
		f.Fields = v.ruleFields(page.Open)
	case triage.Convert:
		f.Fields, err = v.convertFields(c)
	default:
		fields, known := v.moreForm(a, c)
		f.Fields = fields
		return f, known, nil
	}
	return f, true, err
}

// Ways to ask. The label and the hint of a question have its name.

func (v *visit) ask(name, kind string, max int) Field {
	f := Field{Name: name, Kind: kind, Label: v.known("console.field."+name, "console.field.words"), Max: max, Required: true}
	if hint := v.t("console.hint."+name, "max", max); hint != "console.hint."+name {
		f.Hint = hint
	}
	return f
}

func (v *visit) lines(name string, rows, max int) Field {
	f := v.ask(name, "lines", max)
	f.Rows = rows
	return f
}

func (v *visit) pick(name, kind string, options []Option) Field {
	f := v.ask(name, kind, 0)
	f.Options = options
	if kind == "select" {
		f.Options = append([]Option{{Label: v.t("console.choose")}}, options...)
	}
	return f
}

func with(f Field, value string) Field {
	f.Value = value
	for i := range f.Options {
		f.Options[i].Chosen = f.Options[i].Value == value
	}
	return f
}

func optional(f Field) Field { f.Required = false; return f }

func (v *visit) assignFields(c triage.Case) ([]Field, error) {
	colleagues, err := v.Triage.Colleagues(v.ctx(), v.by(), c.ID)
	return []Field{v.pick("to", "select", v.people(colleagues))}, err
}

func (v *visit) describeFields(c triage.Case) []Field {
	var demands []string
	for _, d := range c.Demands {
		if d.Body != "" {
			demands = append(demands, d.Body)
		}
	}
	return []Field{
		with(v.lines("summary", 4, 500), c.Summary),
		with(v.pick("kind", "select", v.options("kind.", codes(intake.Kinds(false)))), string(c.Kind)),
		optional(with(v.pick("programme", "select", v.options("programme.", intake.Programmes())), c.Programme)),
		with(v.pick("severity", "radio", v.options("console.severity.", []string{"1", "2", "3", "4"})), itoa(c.Severity)),
		optional(with(v.lines("demands", 4, 2000), strings.Join(demands, "\n"))),
	}
}

func (v *visit) linkFields(c triage.Case) []Field {
	var similar []Option
	for _, s := range c.Similar {
		similar = append(similar, Option{Value: s.ID.String(), Label: s.Number() + " " + s.PlaceName + " " + v.opening(s.Row)})
	}
	return []Field{optional(v.pick("into", "radio", similar)), optional(v.ask("number", "text", 40))}
}

func (v *visit) verifyFields(c triage.Case) []Field {
	return []Field{
		with(v.ask("visited_on", "date", 0), string(v.day())),
		with(v.ask("place", "text", 100), c.PlaceName),
		v.pick("method", "select", v.options("console.method.", triage.Methods())),
		with(v.lines("verifiers", 2, 200), v.by().Name),
		v.lines("found", 5, 5000),
		optional(v.ask("files", "file", 0)),
	}
}

// decideFields asks for one finding on each numbered demand.
func (v *visit) decideFields(c triage.Case) []Field {
	outcomes := func() []Option {
		return v.options("outcome.", codes(triage.Outcomes()))
	}
	fields := []Field{v.pick("outcome", "select", outcomes())}
	for _, d := range c.Demands {
		n := itoa(d.N)
		asks := d.Body
		if d.Kept != "" {
			asks = v.t("kept.short." + string(d.Kept))
		}
		part := func(f Field, name string) Field { f.Name = name + "." + n; return f }
		fields = append(fields,
			Field{Kind: "heading", Name: "demand." + n, Label: v.t("console.decide.demand", "number", d.N), Value: asks},
			part(v.pick("result", "select", outcomes()), "result"),
			part(v.lines("facts", 3, 2000), "facts"),
			part(v.lines("basis", 2, 500), "basis"),
			optional(part(v.lines("done", 2, 1000), "done")),
		)
	}
	return fields
}

func (v *visit) ruleFields(p *triage.Proposal) []Field {
	return []Field{
		{Name: "proposal", Kind: "hidden", Value: p.ID.String()},
		v.pick("ruling", "radio", v.options("console.ruling.", []string{"approve", "return"})),
		optional(v.lines("note", 2, 500)),
	}
}

func (v *visit) convertFields(c triage.Case) ([]Field, error) {
	units, err := v.Docket.Issuable(v.ctx(), v.by(), c.ID)
	if err != nil {
		return nil, err
	}
	return v.itemFields(docket.NewItem{Summary: c.Summary, Urgency: "normal", Origin: docket.PublicComplaint}, units)
}

// unitOptions lists all offices, those named already ticked.
func (v *visit) unitOptions(named []triage.Subject) []Option {
	var out []Option
	for _, u := range v.Atlas.Units() {
		chosen := slices.ContainsFunc(named, func(s triage.Subject) bool { return s.UnitID == u.ID })
		out = append(out, Option{Value: u.ID.String(), Label: u.Name, Chosen: chosen})
	}
	return out
}

// deskOptions lists the offices that take complaints, but the case's own.
func (v *visit) deskOptions(c triage.Case) []Option {
	var out []Option
	for _, u := range v.Atlas.Units() {
		if u.TakesComplaints && u.ID != c.DeskUnitID {
			out = append(out, Option{Value: u.ID.String(), Label: u.Name})
		}
	}
	return out
}
