package console

import (
	"slices"

	"minsheng/objection"
	"minsheng/portal/view"
	"minsheng/roll"
)

// objectionSteps are the steps of an objection in the order in which the page
// offers them.
var objectionSteps = []string{"rule", "acknowledge", "sign", "propose", "check", "message"}

// objectionForms puts onto the page the steps that state and role allow, and
// beside each what was typed if it came back.
func (v *visit) objectionForms(page *objectionPage, draft Draft) {
	seen := false
	for _, action := range objectionSteps {
		if !slices.Contains(page.Case.Actions, action) {
			continue
		}
		f := v.objectionForm(action, page)
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

func (v *visit) objectionForm(action string, page *objectionPage) Form {
	c := page.Case
	switch action {
	case "message":
		text := v.lines("text", 4, 2000)
		text.Hint = v.t("objections.hint.text")
		return Form{Fields: []Field{text}}
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
		return Form{Fields: v.rulingFields(page)}
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

// rulingFields ask for the outcome and, where that can change a row, for how the
// row should be. What stands now is filled in.
func (v *visit) rulingFields(page *objectionPage) []Field {
	c := page.Case
	fields := []Field{v.pick("outcome", "radio", v.options("objections.outcome.", codes(c.Outcomes)))}
	if page.list != "" {
		fields = append(fields, v.rulingRow(page.list, c)...)
	}
	answer := v.lines("answer", 6, 2000)
	answer.Hint = v.t("objections.hint.answer")
	return append(fields, answer)
}

// rulingRow are the columns that a ruling can change, as the list has them.
func (v *visit) rulingRow(list roll.Kind, c objection.Case) (fields []Field) {
	if c.RowNow == nil {
		n := optional(v.ask("row_number", "number", 200000))
		n.Hint = v.t("objections.hint.row_number")
		fields = append(fields, n)
	}
	now := roll.Row{Label: c.Household}
	if c.RowNow != nil {
		now = *c.RowNow
	}
	for _, column := range roll.Fields(list) {
		f := optional(v.ask(column.Code, "text", column.Max))
		switch column.Code {
		case "label":
			f.Value, f.Hint = now.Label, v.t("objections.hint.label")
		case "team":
			f.Value = now.Team
		case "people":
			f.Kind, f.Max = "number", 99
			if now.People > 0 {
				f.Value = itoa(now.People)
			}
		case "amount":
			f.Max = 30
			if now.AmountFen > 0 {
				f.Value = view.Yuan(now.AmountFen)
			}
		default:
			continue // stays as it stands
		}
		f.Label = v.rollField(list, column.Code)
		fields = append(fields, f)
	}
	return fields
}
