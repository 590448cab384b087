package console

import (
	"slices"
	"strconv"

	"minsheng/docket"
	"minsheng/portal/view"
	"minsheng/rectification"
)

// orderSeldom are the steps of an order that are needed now and then.
var orderSeldom = []rectification.Act{rectification.ToReturn, rectification.ToChange, rectification.ToCorrect, rectification.ToSuspend, rectification.ToWithdraw}

// ord puts a question in the words of orders.
func (v *visit) ord(f Field) Field { return v.worded("order", f) }

// nth puts a question about one of several points.
func nth(f Field, of string) Field {
	f.Name += "." + of
	return f
}

// orderForms puts onto the page the steps that state and person allow, and beside
// each what was typed if it came back.
func (v *visit) orderForms(page *orderPage, draft Draft) {
	seen := false
	for _, act := range page.Whole.Actions {
		code := string(act)
		f := v.orderForm(act, page.Whole)
		f.Code, f.Post, f.Label = code, page.Href(orderPath(page.Whole.ID)+"/"+code), v.t("order.act."+code)
		f.Does, f.Told, f.Button = v.t("order.does."+code), v.t("order.told."+code), f.Label
		f.CSRF, f.Lang, f.Version = page.CSRF, string(v.lang), page.Whole.Version
		rare := slices.Contains(orderSeldom, act)
		f.Primary = !rare && len(page.Forms) == 0
		f = v.dress(draft.apply(v, f), draft)
		seen = seen || code == draft.step
		if rare {
			page.Seldom, page.SeldomOpen = append(page.Seldom, f), page.SeldomOpen || f.Open
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

// orderForm is the question sheet of one step.
func (v *visit) orderForm(act rectification.Act, w rectification.Whole) (f Form) {
	words := v.ord(v.lines("words", 3, 1000))
	switch act {
	case rectification.ToChange:
		f.Fields = v.wordingFields(rectification.Wording{Exchange: w.Exchange, Requirement: w.Requirement, Contact: w.Contact})
	case rectification.ToWithdraw, rectification.ToResume:
		f.Fields = []Field{words}
	case rectification.ToRulePlan:
		f.Fields = []Field{v.ord(v.pick("ruling", "radio", v.options("order.ruling.", []string{"approve", "return"}))), optional(words)}
	case rectification.ToReturn:
		f.Fields = []Field{words, v.ord(v.ask("until", "date", 0))}
	case rectification.ToCheck, rectification.ToFollow:
		f.Files, f.Fields = true, v.seenFields(act, w)
	case rectification.ToStrike:
		f.Fields = []Field{optional(words)}
	case rectification.ToConfirm:
		f.Fields = []Field{v.entryPick(w, func(r rectification.Recovery) bool { return r.ConfirmedAt == nil })}
	case rectification.ToSuspend:
		f.Fields = []Field{v.of(v.pick("halt", "radio", v.options("docket.halt.", docket.Halts()))), v.of(v.ask("last_on", "date", 0)), v.of(v.lines("reason", 3, 500))}
	case rectification.ToRuleHalt:
		for _, h := range w.Suspensions {
			if h.State == "open" {
				f.Fields = v.requestFields(h.ID.String())
			}
		}
	case rectification.ToPlan:
		f.Files, f.Fields = true, v.orderPlanFields(w)
	case rectification.ToNote:
		f.Files, f.Fields = true, []Field{words, v.officeFiles()}
	case rectification.ToReport:
		f.Files, f.Fields = true, v.orderReportFields(w)
	case rectification.ToEnter:
		f.Files, f.Fields = true, v.amountFields(w)
	case rectification.ToCorrect:
		f.Fields = []Field{v.entryPick(w, func(r rectification.Recovery) bool { return r.Left > 0 }),
			v.ord(v.ask("amount", "text", 20)), optional(v.ord(v.ask("households", "number", 100_000))), words}
	}
	return f
}

func (v *visit) wordingFields(w rectification.Wording) []Field {
	return []Field{with(v.ord(v.lines("exchange", 3, 1000)), w.Exchange), optional(with(v.ord(v.lines("requirement", 3, 2000)), w.Requirement)),
		with(v.ord(v.lines("contact", 2, 300)), w.Contact)}
}

// officeFiles asks for files of an office: spreadsheets too.
func (v *visit) officeFiles() Field { return optional(v.paperFiles()) }

func (v *visit) heading(p rectification.Point) Field {
	return Field{Kind: "heading", Name: "point." + p.ID.String(), Label: v.t("order.nth_point", "n", p.N), Value: p.Problem}
}

func (v *visit) orderPlanFields(w rectification.Whole) (fields []Field) {
	for _, p := range w.Points {
		of := p.ID.String()
		measures, responsible, by := nth(v.ord(v.lines("measures", 3, 2000)), of), nth(v.ord(v.ask("responsible", "text", 60)), of), nth(v.ord(v.ask("by_on", "date", 0)), of)
		if plan := w.Plan(); plan != nil { // handed in before, and returned
			l := plan.Lines[p.ID]
			measures.Value, responsible.Value = l.Measures, l.Responsible
			if l.ByOn != nil {
				by.Value = string(*l.ByOn)
			}
		}
		fields = append(fields, v.heading(p), measures, responsible, by)
	}
	return append(fields, optional(v.ord(v.lines("words", 2, 2000))), v.officeFiles())
}

// orderReportFields ask for the report, filled in with what was handed in before,
// or with the plan.
func (v *visit) orderReportFields(w rectification.Whole) []Field {
	var was rectification.Entry
	if r := w.Report(); r != nil {
		was = *r
	}
	fields := []Field{with(v.ord(v.lines("basics", 4, 3000)), was.Words)}
	for _, p := range w.Points {
		of, l := p.ID.String(), was.Lines[p.ID]
		if plan := w.Plan(); l.Measures == "" && plan != nil {
			l = plan.Lines[p.ID]
			l.Words, l.Result = "", ""
		}
		fields = append(fields, v.heading(p),
			with(nth(v.ord(v.lines("cause", 2, 1000)), of), l.Cause), with(nth(v.ord(v.lines("measures", 3, 2000)), of), l.Measures),
			with(nth(v.ord(v.pick("result", "radio", v.options("order.result.", []string{rectification.Done, rectification.Unfinished}))), of), l.Result),
			with(nth(v.ord(v.lines("told", 3, 2000)), of), l.Words), with(nth(v.ord(v.ask("responsible", "text", 60)), of), l.Responsible))
	}
	return append(fields, optional(with(v.ord(v.lines("lasting", 3, 2000)), was.Lasting)), with(v.ord(v.ask("head", "text", 60)), was.Head), v.officeFiles())
}

func (v *visit) seenFields(act rectification.Act, w rectification.Whole) []Field {
	answers := "order.passed."
	if act == rectification.ToFollow {
		answers = "order.holds."
	}
	fields := []Field{with(v.ord(v.ask("on", "date", 0)), string(v.day())), v.ord(v.ask("place", "text", 100)), v.ord(v.lines("people", 2, 300))}
	for _, p := range w.Points {
		of := p.ID.String()
		fields = append(fields, v.heading(p), nth(v.ord(v.pick("passed", "radio", v.options(answers, []string{"yes", "no"}))), of), optional(nth(v.ord(v.lines("seen", 2, 1000)), of)))
	}
	return append(fields, v.ord(v.lines("words", 4, 3000)), v.evidence())
}

func (v *visit) amountFields(w rectification.Whole) []Field {
	var points []Option
	for _, p := range w.Points {
		points = append(points, Option{Value: p.ID.String(), Label: strconv.Itoa(p.N) + ". " + shortened(p.Problem)})
	}
	point := v.ord(v.pick("point", "select", points))
	if len(points) == 1 {
		point = with(point, points[0].Value)
	}
	return []Field{point, v.ord(v.pick("money", "radio", v.options("order.money.", []string{rectification.Recovered, rectification.Returned}))),
		v.ord(v.ask("amount", "text", 20)), optional(v.ord(v.ask("households", "number", 100_000))), with(v.ord(v.ask("on", "date", 0)), string(v.day())),
		v.ord(v.lines("voucher", 2, 500)), v.officeFiles()}
}

// entryPick offers entries of money; the only one is chosen.
func (v *visit) entryPick(w rectification.Whole, fits func(rectification.Recovery) bool) Field {
	var entries []Option
	for _, r := range w.Recoveries {
		if fits(r) {
			label := v.t("order.money_entry", "n", w.NumberOf(r.Point), "kind", v.t("order.money."+r.Kind), "amount", view.Yuan(r.Fen), "on", view.Day(v.lang, r.On))
			entries = append(entries, Option{Value: r.ID.String(), Label: label})
		}
	}
	f := v.ord(v.pick("entry", "select", entries))
	if len(entries) == 1 {
		return with(f, entries[0].Value)
	}
	return f
}

// shortened is the beginning of a text, for an option.
func shortened(text string) string {
	if all := []rune(text); len(all) > 24 {
		return string(all[:24]) + "…"
	}
	return text
}
