package console

import (
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"minsheng/inspection"
	"minsheng/internal/workday"
	"minsheng/portal/view"
	"minsheng/staff"
)

// Steps of an inspection in the order in which the page offers them: those that
// take it on, and those that are needed now and then.
var (
	inspectionOnward = []inspection.Act{
		inspection.ToIssue, inspection.ToSubmit, inspection.ToRecord, inspection.ToWrite, inspection.ToAnnounce,
		inspection.ToAsk, inspection.ToReturn, inspection.ToSilence, inspection.ToClose,
	}
	inspectionSeldom = []inspection.Act{
		inspection.ToMatter, inspection.ToQuestion, inspection.ToCorrect, inspection.ToRevoke, inspection.ToChange, inspection.ToCancel,
	}
	// Those with pages of their own.
	inspectionPages = []inspection.Act{inspection.ToAnswer, inspection.ToExchange, inspection.ToFollow}
)

// inspectionForms puts onto the page the steps that state and person allow, and
// beside each what was typed if it came back.
func (v *visit) inspectionForms(page *inspectionPage, draft Draft) error {
	seen := false
	for _, act := range slices.Concat(inspectionOnward, inspectionSeldom) {
		if !slices.Contains(page.Whole.Actions, act) {
			continue
		}
		f, err := v.inspectionForm(act, page.Whole)
		if err != nil {
			return err
		}
		rare := slices.Contains(inspectionSeldom, act)
		f = v.finishInspection(f, page, string(act), draft)
		f.Primary = !rare && len(page.Forms) == 0
		seen = seen || f.Code == draft.step
		if rare {
			page.Seldom, page.SeldomOpen = append(page.Seldom, f), page.SeldomOpen || f.Open
			continue
		}
		page.Forms = append(page.Forms, f)
	}
	v.inspectionLinks(page)
	if slices.Contains(page.Whole.Actions, inspection.ToWrite) {
		seen = v.findingForms(page, draft) || seen
	}
	if draft.step != "" && !seen {
		page.Kept = draft.words(v)
	} else if draft.step != "" {
		page.Says = ""
	}
	return nil
}

func (v *visit) finishInspection(f Form, page *inspectionPage, act string, draft Draft) Form {
	if f.Code == "" {
		f.Code = act
	}
	f.Post = page.Href(inspectionPath(page.Whole.ID) + "/" + act)
	f.Label = v.t("inspection.act." + act)
	f.Does, f.Told, f.Button = v.t("inspection.does."+act), v.t("inspection.told."+act), f.Label
	f.CSRF, f.Lang = page.CSRF, string(v.lang)
	if f.Version == 0 {
		f.Version = page.Whole.Version
	}
	return v.dress(draft.apply(v, f), draft)
}

// inspectionLinks lead to the steps that have pages of their own.
func (v *visit) inspectionLinks(page *inspectionPage) {
	at := inspectionPath(page.Whole.ID)
	if v.findingsLeft(page.Whole) {
		page.Links = append(page.Links, stepLink{withQuery(ordersPath+"/new", "inspection", page.Whole.ID.String()), v.t("order.new"), v.t("order.does.propose")})
	}
	for _, act := range inspectionPages {
		if !slices.Contains(page.Whole.Actions, act) {
			continue
		}
		href := map[inspection.Act]string{
			inspection.ToAnswer: at + "/checklist", inspection.ToExchange: at + "/exchange",
			inspection.ToFollow: withQuery(inspectionsPath+"/new", "follows", page.Whole.ID.String()),
		}[act]
		page.Links = append(page.Links, stepLink{href, v.t("inspection.act." + string(act)), v.t("inspection.does." + string(act))})
	}
}

// inspectionForm is the question sheet of one step.
func (v *visit) inspectionForm(act inspection.Act, w inspection.Whole) (f Form, err error) {
	switch act {
	case inspection.ToIssue:
		f.Fields = []Field{v.insp(v.pick("ruling", "radio", v.options("inspection.ruling.", []string{"approve", "return"}))), optional(v.insp(v.lines("note", 3, 500)))}
	case inspection.ToRecord:
		f.Files, f.Fields = true, v.activityFields(w)
	case inspection.ToWrite:
		f.Fields = v.findingFields(w, inspection.Finding{})
	case inspection.ToAsk:
		f.Fields = []Field{v.insp(v.lines("what", 3, 500)), optional(v.insp(v.ask("until", "date", 0)))}
	case inspection.ToReturn:
		f.Fields = []Field{v.materialPick(w.Materials, func(m inspection.Material) bool { return m.State == inspection.MaterialGiven }), v.insp(v.lines("words", 3, 1000))}
	case inspection.ToSilence:
		f.Fields = []Field{v.materialPick(w.Materials, func(m inspection.Material) bool { return m.Late }), optional(v.insp(v.lines("words", 2, 1000)))}
	case inspection.ToMatter:
		f.Fields = []Field{v.insp(v.ask("number", "text", 40))}
	case inspection.ToQuestion:
		f.Fields = []Field{optional(v.insp(v.pick("clauses", "checks", v.clauseOptions(w.Questions)))), optional(v.insp(v.lines("own", 2, 300)))}
	case inspection.ToCorrect:
		f.Fields = []Field{v.findingPick(w.Findings), v.insp(v.lines("words", 3, 1000))}
	case inspection.ToRevoke:
		f.Fields = []Field{v.copyPick(w.Copies)}
	case inspection.ToChange:
		f.Fields, err = v.mandateFields(mandateOf(w), false)
	case inspection.ToClose:
		f.Fields = []Field{optional(v.insp(v.lines("why", 2, 300)))}
	case inspection.ToCancel:
		f.Fields = []Field{v.insp(v.lines("why", 2, 300))}
	}
	return f, err
}

// versioned names a thing and the version of it that the page shows.
func versioned(id uuid.UUID, version int) string { return id.String() + "." + strconv.Itoa(version) }

// formVersioned reads what versioned wrote.
func (v *visit) formVersioned(name string) (uuid.UUID, int, error) {
	text, version, _ := strings.Cut(v.form.get(name), ".")
	id, err := uuid.Parse(text)
	if err != nil {
		return uuid.Nil, 0, missing(name, "choose")
	}
	return id, number(version), nil
}

// materialPick offers materials; the only one is chosen.
func (v *visit) materialPick(all []inspection.Material, fits func(inspection.Material) bool) Field {
	var options []Option
	for _, m := range all {
		if fits(m) {
			options = append(options, Option{Value: versioned(m.ID, m.Version), Label: m.What})
		}
	}
	return v.onlyOne(v.insp(v.pick("material", "radio", options)))
}

func (v *visit) onlyOne(f Field) Field {
	if len(f.Options) == 1 {
		return with(f, f.Options[0].Value)
	}
	return f
}

func (v *visit) findingPick(all []inspection.Finding) Field {
	var options []Option
	for _, f := range all {
		if f.ExchangeID != nil {
			options = append(options, Option{Value: f.ID.String(), Label: strconv.Itoa(f.N) + ". " + v.clauseName(f.Clause)})
		}
	}
	return v.onlyOne(v.insp(v.pick("finding", "radio", options)))
}

func (v *visit) copyPick(all []inspection.Copy) Field {
	var options []Option
	for _, c := range all {
		if c.Abroad() {
			options = append(options, Option{Value: c.ID.String(), Label: v.t("inspection.copy", "who", c.Who, "device", c.Device, "at", view.Moment(v.lang, c.TakenAt))})
		}
	}
	return v.onlyOne(v.insp(v.pick("copy", "radio", options)))
}

func (v *visit) activityFields(w inspection.Whole) []Field {
	on := v.day()
	return []Field{
		v.insp(v.pick("method", "select", v.options("console.method.", codes(inspection.Methods())))),
		with(v.insp(v.ask("on", "date", 0)), string(on)),
		optional(v.insp(v.ask("from_time", "time", 0))), optional(v.insp(v.ask("to_time", "time", 0))),
		v.insp(v.ask("place", "text", 100)), optional(v.insp(v.lines("people", 3, 2000))), v.insp(v.lines("found", 6, 5000)),
		optional(v.ask("files", "file", 0)),
	}
}

func (v *visit) findingFields(w inspection.Whole, f inspection.Finding) []Field {
	households, amount := "", ""
	if f.Households > 0 {
		households = strconv.Itoa(f.Households)
	}
	if f.AmountFen > 0 {
		amount = plainYuan(f.AmountFen)
	}
	var clauses []Option
	for _, clause := range inspection.Clauses() {
		clauses = append(clauses, Option{Value: clause, Label: v.clauseName(clause)})
	}
	return []Field{
		with(v.insp(v.pick("clause", "select", clauses)), f.Clause), with(v.insp(v.lines("facts", 6, 3000)), f.Facts), with(v.insp(v.lines("basis", 2, 500)), f.Basis),
		with(v.insp(v.pick("severity", "radio", v.options("inspection.severity.", codes(inspection.Severities())))), string(f.Severity)),
		optional(with(v.insp(v.ask("households", "number", 100000)), households)), optional(with(v.insp(v.ask("amount", "text", 30)), amount)),
		v.insp(v.pick("proofs", "checks", v.proofOptions(w, f))), with(v.insp(v.lines("requirement", 3, 1000)), f.Requirement),
	}
}

// proofOptions are the activities and materials that can prove a finding, with
// those chosen that do.
func (v *visit) proofOptions(w inspection.Whole, f inspection.Finding) (all []Option) {
	for _, a := range w.Activities {
		label := v.t("console.method."+string(a.Method)) + " " + string(a.On) + " " + a.Place
		all = append(all, Option{Value: "activity." + a.ID.String(), Label: label, Chosen: slices.Contains(f.Activities, a.ID)})
	}
	for _, m := range w.Materials {
		all = append(all, Option{Value: "material." + m.ID.String(), Label: v.t("inspection.material."+string(m.State)) + v.t("console.colon") + m.What, Chosen: slices.Contains(f.Materials, m.ID)})
	}
	return all
}

// findingForms lets findings be changed and dropped on which views were not
// exchanged yet. It reports whether the draft was of one of them.
func (v *visit) findingForms(page *inspectionPage, draft Draft) (seen bool) {
	for n := range page.Findings {
		f := &page.Findings[n]
		if f.ExchangeID != nil {
			continue
		}
		row := Field{Name: "finding", Kind: "hidden", Value: versioned(f.ID, f.Version)}
		edit := v.finishInspection(Form{Code: "write-" + f.ID.String(), Fields: append(v.findingFields(page.Whole, f.Finding), row)}, page, "write", draft)
		edit.Label, edit.Button = v.t("inspection.edit_finding"), v.t("inspection.edit_finding")
		drop := v.finishInspection(Form{Code: "drop-" + f.ID.String(), Fields: []Field{row}}, page, "drop", draft)
		f.Edit, f.Drop = &edit, &drop
		seen = seen || draft.step == edit.Code || draft.step == drop.Code
	}
	return seen
}

// clauseOptions are the questions of the Measures that are not on a checklist.
func (v *visit) clauseOptions(there []inspection.Asked) (all []Option) {
	for _, clause := range inspection.Questions() {
		if slices.ContainsFunc(there, func(q inspection.Asked) bool { return q.Clause == clause && q.FindingID == nil }) {
			continue
		}
		all = append(all, Option{Value: clause, Label: clause + " " + v.t("inspection.question."+clause)})
	}
	return all
}

// mandateOf is what an inspection was arranged with, for changing it.
func mandateOf(w inspection.Whole) inspection.Mandate {
	m := inspection.Mandate{Target: w.TargetID, Kind: w.Kind, Form: w.Form, Basis: w.Basis, Focus: w.Focus, Contact: w.Contact, StartsOn: w.StartsOn, EndsOn: w.EndsOn, Leader: w.LeaderID}
	for _, p := range w.Members {
		m.Members = append(m.Members, p.ID)
	}
	return m
}

// mandateFields ask for what an inspection is arranged with; a new one also for
// the office and the checklist.
func (v *visit) mandateFields(m inspection.Mandate, fresh bool) ([]Field, error) {
	colleagues, err := v.Inspections.Team(v.ctx(), v.by())
	if err != nil {
		return nil, err
	}
	fields := []Field{
		with(v.insp(v.pick("kind", "select", v.options("inspection.kind.", codes(inspection.Kinds())))), string(m.Kind)),
		with(v.insp(v.pick("way", "radio", v.options("inspection.form.", codes(inspection.Forms())))), string(m.Form)),
		with(v.insp(v.lines("basis", 2, 300)), m.Basis), with(v.insp(v.lines("focus", 3, 1000)), m.Focus),
		with(v.insp(v.ask("starts_on", "date", 0)), string(m.StartsOn)), with(v.insp(v.ask("ends_on", "date", 0)), string(m.EndsOn)),
		with(v.insp(v.pick("leader", "select", v.people(colleagues))), m.Leader.String()), optional(v.membersPick(colleagues, m.Members)),
		optional(with(v.insp(v.ask("contact", "text", 100)), m.Contact)),
	}
	if !fresh {
		return fields, nil
	}
	target := with(v.insp(v.pick("target", "select", v.targetOptions())), m.Target.String())
	checklist := v.insp(v.pick("clauses", "checks", v.clauseOptions(nil)))
	for i, o := range checklist.Options {
		checklist.Options[i].Chosen = slices.Contains(m.Clauses, o.Value)
	}
	return append(append([]Field{target}, fields...), optional(checklist), optional(with(v.insp(v.lines("own", 3, 3000)), strings.Join(m.Own, "\n")))), nil
}

func (v *visit) membersPick(colleagues []staff.Officer, chosen []uuid.UUID) Field {
	f := v.insp(v.pick("members", "checks", v.people(colleagues)))
	for i, o := range f.Options {
		f.Options[i].Chosen = slices.ContainsFunc(chosen, func(id uuid.UUID) bool { return id.String() == o.Value })
	}
	return f
}

// typedMandate is what was typed for an inspection.
func (v *visit) typedMandate() inspection.Mandate {
	m := inspection.Mandate{
		Kind: inspection.Kind(v.form.get("kind")), Form: inspection.Form(v.form.get("way")), Basis: v.form.get("basis"), Focus: v.form.get("focus"),
		Contact: v.form.get("contact"), StartsOn: workday.Date(v.form.get("starts_on")), EndsOn: workday.Date(v.form.get("ends_on")),
		Clauses: v.form.all("clauses"), Own: v.form.lines("own"), PlanKey: v.formRef("plan"), Follows: v.formRef("follows"),
	}
	m.Target, _ = uuid.Parse(v.form.get("target"))
	m.Leader, _ = uuid.Parse(v.form.get("leader"))
	for _, text := range v.form.all("members") {
		id, _ := uuid.Parse(text) // what is none is nobody's
		m.Members = append(m.Members, id)
	}
	return m
}
