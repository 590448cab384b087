package console

import (
	"slices"

	"minsheng/docket"
	"minsheng/internal/workday"
	"minsheng/portal/view"
	"minsheng/region"
	"minsheng/triage"
)

// Steps of an item in the order in which they are taken: those that move it on,
// and those that are needed now and then. edit and also_serves are offered beside
// issue and cancel.
var (
	itemOnward = []string{"extend_rule", "suspend_rule", "issue", "acknowledge", "report", "accept_report", "strike_off", "note", "press", "return", "resume"}
	itemSeldom = []string{"edit", "extend", "dispute", "suspend", "also_serves", "cancel"}
)

// itemForms puts onto the page exactly the steps that state and role allow, and
// beside each what was typed if it came back.
func (v *visit) itemForms(page *itemPage, draft Draft) error {
	seen := false
	for _, code := range slices.Concat(itemOnward, itemSeldom) {
		if !v.offersItem(page.Item, code) {
			continue
		}
		f, err := v.itemForm(code, page)
		if err != nil {
			return err
		}
		f = v.finishItem(f, page, draft)
		seen = seen || code == draft.step
		if slices.Contains(itemSeldom, code) {
			page.Seldom = append(page.Seldom, f)
			page.SeldomOpen = page.SeldomOpen || f.Open
			continue
		}
		page.Forms = append(page.Forms, f)
	}
	if draft.step != "" && !seen {
		page.Kept = draft.words(v)
	} else if draft.step != "" {
		page.Says = ""
	}
	return nil
}

func (v *visit) offersItem(i docket.ItemView, code string) bool {
	switch code {
	case "edit":
		code = "issue"
	case "also_serves":
		code = "cancel"
	}
	return slices.Contains(i.Actions, code)
}

func (v *visit) finishItem(f Form, page *itemPage, draft Draft) Form {
	f.Post = page.Href(itemPath(page.Item.ID) + "/" + f.Code)
	f.Label = v.t("console.item." + f.Code)
	f.Does, f.Told = v.t("console.does.item."+f.Code), v.t("console.told.item."+f.Code)
	f.Button, f.Primary = f.Label, len(page.Forms) == 0 && !slices.Contains(itemSeldom, f.Code) && f.Code != "press"
	f.CSRF, f.Version, f.Lang = page.CSRF, page.Item.Version, string(v.lang)
	return v.dress(draft.apply(v, f), draft)
}

// itemForm is the question sheet of one step.
func (v *visit) itemForm(code string, page *itemPage) (Form, error) {
	i, f := page.Item, Form{Code: code}
	switch code {
	case "acknowledge":
		f.Fields = append([]Field{optional(v.lines("body", 2, 500))}, v.officials(i)...)
	case "report":
		f.Files, f.Fields = true, v.reportFields(i)
	case "note":
		f.Files, f.Fields = true, []Field{v.lines("body", 4, 4000), v.evidence()}
	case "accept_report":
		f.Fields = []Field{optional(v.lines("body", 3, 2000))}
	case "strike_off":
		f.Fields = append([]Field{optional(v.lines("body", 3, 2000))}, v.moneyFields(i)...)
	case "press", "return", "dispute", "cancel", "resume":
		f.Fields = []Field{v.lines("body", 4, 2000)}
	case "extend":
		days, err := v.mostDays(i)
		if err != nil {
			return f, err
		}
		f.Files = true
		f.Fields = []Field{days, v.of(v.lines("reason", 3, 500)), v.of(v.lines("progress", 4, 2000)), v.evidence()}
	case "suspend":
		f.Fields = []Field{v.of(v.pick("halt", "radio", v.options("docket.halt.", docket.Halts()))), v.of(v.ask("last_on", "date", 0)), v.of(v.lines("reason", 3, 500))}
	case "extend_rule":
		f.Fields = v.requestFields(i.Extension.ID.String())
	case "suspend_rule":
		for _, h := range i.Suspensions {
			if h.State == "open" {
				f.Fields = v.requestFields(h.ID.String())
			}
		}
	case "edit":
		return v.editForm(i)
	case "also_serves":
		f.Fields = []Field{v.ask("number", "text", 40)}
	}
	return f, nil
}

// of puts the words of the docket on a question.
func (v *visit) of(f Field) Field {
	f.Label, f.Hint = v.t("docket.field."+f.Name), ""
	if hint := v.t("docket.hint."+f.Name, "max", f.Max); hint != "docket.hint."+f.Name {
		f.Hint = hint
	}
	return f
}

func (v *visit) evidence() Field { return optional(v.ask("files", "file", 0)) }

// officials asks whom the unit has made answer for it.
func (v *visit) officials(i docket.ItemView) []Field {
	return []Field{
		optional(with(v.of(v.ask("responsible", "text", 30)), i.Responsible)),
		optional(with(v.of(v.ask("deputy_lead", "text", 30)), i.DeputyLead)),
	}
}

func (v *visit) reportFields(i docket.ItemView) []Field {
	fields := []Field{
		v.lines("body", 6, 4000),
		optional(with(v.of(v.pick("conclusion", "select", v.options("outcome.", codes(triage.Outcomes())))), string(i.Conclusion))),
		optional(with(v.of(v.lines("measures", 3, 500)), i.Measures)),
	}
	fields = append(fields, v.moneyFields(i)...)
	return append(append(fields, v.officials(i)...), v.evidence())
}

func (v *visit) moneyFields(i docket.ItemView) []Field {
	amount := func(name string, fen int64) Field {
		f := optional(v.of(v.ask(name, "text", 20)))
		if fen > 0 {
			f.Value = view.Yuan(fen)
		}
		return f
	}
	return []Field{amount("recovered", i.RecoveredFen), amount("returned", i.ReturnedFen)}
}

// mostDays asks for how much more time, up to what the table of rules allows.
func (v *visit) mostDays(i docket.ItemView) (Field, error) {
	most, err := v.Clocks.Stood(v.ctx(), "supervision_item."+i.Urgency+"_extension_max", string(i.Origin), v.day())
	f := v.of(v.ask("days", "number", most.N))
	f.Hint = v.t("docket.hint.days", "max", most.N)
	return f, err
}

// requestFields ask for a ruling on a request.
func (v *visit) requestFields(request string) []Field {
	return []Field{
		{Name: "proposal", Kind: "hidden", Value: request},
		v.pick("ruling", "radio", v.options("docket.ruling.", []string{"approve", "deny"})),
		optional(v.of(v.lines("note", 2, 500))),
	}
}

// itemFields asks for what a supervision item says, and to whom.
func (v *visit) itemFields(n docket.NewItem, units []region.Unit) ([]Field, error) {
	var lead, assist []Option
	for _, u := range units {
		lead = append(lead, Option{Value: u.ID.String(), Label: u.Name})
		assist = append(assist, Option{Value: u.ID.String(), Label: u.Name, Chosen: slices.Contains(n.Assist, u.ID)})
	}
	urgencies, err := v.urgencies(n.Origin)
	if err != nil {
		return nil, err
	}
	until := optional(v.of(v.ask("until", "date", 0)))
	if n.Until != nil {
		until.Value = string(*n.Until)
	}
	return []Field{
		with(v.ask("title", "text", 100), n.Title),
		with(v.lines("summary", 5, 2000), n.Summary),
		with(v.lines("requirement", 3, 2000), n.Requirement),
		with(v.pick("urgency", "radio", urgencies), n.Urgency),
		until,
		with(v.pick("lead", "select", lead), n.Lead.String()),
		optional(v.pick("assist", "checks", assist)),
		v.involved("amount", n.AmountFen), v.households(n.Households),
	}, nil
}

// urgencies are the three limits with the days that the table of rules gives
// them now.
func (v *visit) urgencies(origin docket.Origin) ([]Option, error) {
	var out []Option
	for _, code := range docket.Urgencies() {
		r, err := v.Clocks.Stood(v.ctx(), "supervision_item."+code, string(origin), v.day())
		if err != nil {
			return nil, err
		}
		out = append(out, Option{Value: code, Label: v.t("console.urgency."+code) + v.t("docket.within."+string(r.DayKind), "n", r.N)})
	}
	return out, nil
}

func (v *visit) involved(name string, fen int64) Field {
	f := optional(v.of(v.ask(name, "text", 20)))
	if fen > 0 {
		f.Value = view.Yuan(fen)
	}
	return f
}

func (v *visit) households(n int) Field {
	f := optional(v.of(v.ask("households", "number", 1_000_000)))
	if n > 0 {
		f.Value = itoa(n)
	}
	return f
}

// typedItem reads what itemFields asks for.
func (v *visit) typedItem() (docket.NewItem, error) {
	n := docket.NewItem{Title: v.form.get("title"), Summary: v.form.get("summary"), Requirement: v.form.get("requirement"),
		Urgency: v.form.get("urgency"), Households: number(v.form.get("households"))}
	if until := workday.Date(v.form.get("until")); until != "" {
		n.Until = &until
	}
	fen, err := v.fen("amount")
	if err != nil {
		return n, err
	}
	if fen != nil {
		n.AmountFen = *fen
	}
	if n.Lead, err = v.formID("lead"); err != nil {
		return n, err
	}
	for _, text := range v.form.all("assist") {
		id, err := v.parsed(text)
		if err != nil {
			return n, err
		}
		if id != n.Lead {
			n.Assist = append(n.Assist, id)
		}
	}
	return n, nil
}

// editForm changes an item before it is issued.
func (v *visit) editForm(i docket.ItemView) (Form, error) {
	f := Form{Code: "edit"}
	units, err := v.Docket.IssuableFor(v.ctx(), v.by(), i.ID)
	if err != nil {
		return f, err
	}
	n := docket.NewItem{Title: i.Title, Summary: i.Summary, Requirement: i.Requirement, Urgency: i.Urgency, Until: i.UntilOn, Lead: i.LeadUnitID,
		Origin: i.Origin, OriginNote: i.OriginNote, OriginOn: i.OriginOn, Kind: i.Kind, Programme: i.Programme, AmountFen: i.AmountFen, Households: i.Households}
	for _, u := range units {
		if slices.Contains(i.AssistNames, u.Name) {
			n.Assist = append(n.Assist, u.ID)
		}
	}
	if i.Origin != docket.PublicComplaint {
		f.Fields = v.originFields(n)
	}
	more, err := v.itemFields(n, units)
	f.Fields = append(f.Fields, more...)
	return f, err
}
