package console

import (
	"slices"

	"minsheng/objection"
	"minsheng/portal/view"
)

// objectionForms puts onto the page the steps that state and role allow, and
// beside each what was typed if it came back.
func (v *visit) objectionForms(page *objectionPage, draft Draft) {
	seen := false
	for _, action := range []string{"rule", "acknowledge", "sign", "check", "propose", "message"} {
		if !slices.Contains(page.Case.Actions, action) {
			continue
		}
		f := v.objectionForm(action, page.Case)
		f.Code, f.Post = action, page.Href(objectionPath(page.Case.ID)+"/"+action)
		f.Label = v.t("objections.action." + action)
		f.Does, f.Told, f.Button = v.t("objections.does."+action), v.t("objections.told."+action), f.Label
		f.CSRF, f.Version, f.Lang = page.CSRF, page.Case.Version, string(v.lang)
		f.Primary = len(page.Forms) == 0 && action != "message"
		f = v.dress(draft.apply(v, f), draft)
		seen = seen || action == draft.step
		if action == "message" {
			page.Say = &f
			continue
		}
		page.Forms = append(page.Forms, f)
	}
	if draft.step != "" && !seen {
		page.Kept = draft.words(v)
	} else if draft.step != "" {
		page.Says = ""
	}
}

func (v *visit) objectionForm(action string, c objection.Case) Form {
	switch action {
	case "message":
		return Form{Fields: []Field{v.lines("text", 4, 5000)}}
	case "check":
		return Form{Files: true, Fields: []Field{
			with(v.ask("visited_on", "date", 0), string(v.day())), v.ask("place", "text", 200),
			v.pick("method", "select", v.options("objection.method.", objection.Methods())), v.lines("found", 6, 5000),
			v.declared(), optional(v.ask("files", "file", 0)),
		}}
	case "sign":
		var unsigned []Option
		for _, check := range c.Checks {
			if check.MaySign {
				unsigned = append(unsigned, Option{Value: check.ID.String(), Label: string(check.VisitedOn) + " " + check.Place + " · " + check.First})
			}
		}
		f := v.pick("check", "radio", unsigned)
		if len(unsigned) == 1 {
			f = with(f, unsigned[0].Value)
		}
		return Form{Fields: []Field{f, v.declared()}}
	case "propose":
		return Form{Fields: v.rulingFields(c)}
	case "rule":
		open := ""
		for _, r := range c.Rulings {
			if r.State == "open" {
				open = r.ID.String()
			}
		}
		return Form{Fields: []Field{
			{Name: "proposal", Kind: "hidden", Value: open},
			v.pick("ruling", "radio", v.options("console.ruling.", []string{"approve", "return"})),
			optional(v.lines("note", 3, 500)),
		}}
	}
	return Form{}
}

// declared is what each verifier states about themselves.
func (v *visit) declared() Field {
	return Field{Name: "declared", Kind: "tick", Label: v.t("objections.declared"), Required: true, Options: []Option{{Value: "1", Label: v.t("objections.declared")}}}
}

// rulingFields ask for the outcome and how the row should be. What stands now is
// filled in.
func (v *visit) rulingFields(c objection.Case) []Field {
	label, team, people := optional(v.ask("label", "text", 100)), optional(v.ask("team", "text", 30)), optional(v.ask("people", "number", 99))
	label.Hint = v.t("objections.hint.label")
	if c.RowNow != nil {
		label.Value, team.Value = c.RowNow.Label, c.RowNow.Team
		if c.RowNow.People > 0 {
			people.Value = itoa(c.RowNow.People)
		}
	} else if c.Household != "" {
		label.Value = c.Household
	}
	fields := []Field{v.pick("outcome", "radio", v.options("objection.state.", codes(c.Outcomes)))}
	if c.RowNow == nil {
		n := optional(v.ask("row_number", "number", 200000))
		n.Hint = v.t("objections.hint.row_number")
		fields = append(fields, n)
	}
	amount := optional(v.ask("amount", "text", 30))
	if c.RowNow != nil && c.RowNow.AmountFen > 0 {
		amount.Value = view.Yuan(c.RowNow.AmountFen)
	}
	fields = append(fields, label, team, people, amount)
	answer := v.lines("answer", 6, 2000)
	answer.Hint = v.t("objections.hint.answer")
	return append(fields, answer)
}
