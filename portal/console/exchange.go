package console

import (
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"minsheng/inspection"
	"minsheng/internal/workday"
	"minsheng/portal/view"
)

// exchangePage is where an exchange of views (Art. 16) is prepared and recorded.
type exchangePage struct {
	Frame
	Whole    inspection.Whole
	Findings []findingView // on which views are to be exchanged
	Form     Form
	Prepared string // by whom and when, "" nothing
}

func (v *visit) showExchange() error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	return v.exchangeShow(fiber.StatusOK, id, Draft{})
}

func (v *visit) exchangeShow(status int, id uuid.UUID, draft Draft) error {
	w, err := v.Inspections.Open(v.ctx(), v.by(), id)
	if err != nil {
		return err
	}
	path := inspectionPath(id) + "/exchange"
	frame, err := v.frame(path, v.t("inspection.act.exchange")+" "+w.Number)
	if err != nil {
		return err
	}
	page := exchangePage{Frame: frame, Whole: w}
	for _, f := range w.Findings {
		if f.ExchangeID == nil {
			page.Findings = append(page.Findings, findingView{Finding: f, Proofs: v.proofsOf(w, f)})
		}
	}
	if p := w.Prepared; p.Version > 0 {
		page.Prepared = v.t("inspection.prepared", "who", p.By, "at", view.Moment(v.lang, p.At))
	}
	f := Form{Code: "exchange", Post: frame.Href(path), Label: v.t("inspection.act.exchange"), Button: v.t("inspection.act.exchange"), CSRF: frame.CSRF, Version: w.Version,
		Lang: string(v.lang), Primary: true, Files: true, Fields: v.exchangeFields(w, page.Findings)}
	page.Form = v.dress(draft.apply(v, f), draft)
	return v.show(status, "inspection-exchange", page)
}

// exchangeFields ask for the talk, filled in with what was prepared.
func (v *visit) exchangeFields(w inspection.Whole, findings []findingView) []Field {
	p, held := w.Prepared, string(w.Prepared.HeldOn)
	if held == "" {
		held = string(v.day())
	}
	fields := []Field{
		{Name: "prepared", Kind: "hidden", Value: strconv.Itoa(p.Version)},
		with(v.insp(v.ask("held_on", "date", 0)), held), with(v.insp(v.lines("leaders", 2, 600)), strings.Join(p.Leaders, "\n")),
	}
	for n, f := range findings {
		opinion, given := p.Of[f.ID]
		stands := ""
		if given {
			stands = choiceOf(p, "agreed."+f.ID.String(), opinion.Agreed)
		}
		part := func(f Field, name string, id uuid.UUID) Field { f.Name = name + "." + id.String(); return f }
		fields = append(fields,
			Field{Kind: "heading", Name: "finding." + f.ID.String(), Label: v.t("inspection.nth_finding", "n", n+1) + " " + v.clauseName(f.Clause), Value: f.Facts},
			with(part(v.insp(v.pick("agreed", "radio", v.options("inspection.agreed.", []string{"yes", "no"}))), "agreed", f.ID), stands),
			optional(with(part(v.insp(v.lines("opinion", 2, 2000)), "opinion", f.ID), opinion.Words)),
		)
	}
	return append(fields,
		Field{Kind: "heading", Name: "whole", Label: v.t("inspection.whole")},
		with(v.insp(v.pick("agreed", "radio", v.options("inspection.agreed.", []string{"yes", "no"}))), choiceOf(p, "agreed", p.Whole.Agreed)), optional(with(v.insp(v.lines("opinion", 3, 2000)), p.Whole.Words)),
		with(v.insp(v.pick("signed", "radio", v.options("inspection.signed.", []string{"yes", "no"}))), choiceOf(p, "signed", p.Signed)), optional(with(v.insp(v.lines("unsigned_why", 2, 300)), p.UnsignedWhy)),
		optional(v.ask("files", "file", 0)),
	)
}

// exchangeViews records an exchange of views, or keeps what is prepared of one.
func (v *visit) exchangeViews() error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	err = v.takeTalk(id)
	if err == nil {
		return v.leave(inspectionPath(id), map[bool]string{true: "inspection_prepare", false: "inspection_exchange"}[v.form.has("keep")])
	}
	draft, status, ok := v.refused("exchange", err)
	if !ok {
		return err
	}
	return v.exchangeShow(status, id, draft)
}

func (v *visit) takeTalk(id uuid.UUID) error {
	talk := v.typedTalk()
	if v.form.has("keep") {
		return v.Inspections.KeepDraft(v.ctx(), v.by(), id, number(v.form.get("prepared")), talk)
	}
	form, err := v.filesForm()
	if err != nil {
		return err
	}
	talk.Form = form.Key
	return v.Inspections.ExchangeViews(v.ctx(), v.by(), id, number(v.form.get("version")), talk)
}

// typedTalk is what was typed of an exchange, at a desk or in the field.
func (v *visit) typedTalk() inspection.Talk {
	talk := inspection.Talk{
		HeldOn: workday.Date(v.form.get("held_on")), Leaders: v.form.lines("leaders"), Of: map[uuid.UUID]inspection.Opinion{}, UnsignedWhy: v.form.get("unsigned_why"),
	}
	choice := func(name string) bool {
		value := v.form.get(name)
		if value != "yes" && value != "no" {
			talk.Unsaid = append(talk.Unsaid, name)
		}
		return value == "yes"
	}
	talk.Signed = choice("signed")
	talk.Whole = inspection.Opinion{Agreed: choice("agreed"), Words: v.form.get("opinion")}
	for name := range v.form.values {
		text, is := strings.CutPrefix(name, "opinion.")
		if id, err := uuid.Parse(text); is && err == nil {
			talk.Of[id] = inspection.Opinion{Agreed: choice("agreed." + text), Words: v.form.get(name)}
		}
	}
	return talk
}

// choiceOf is what was chosen of yes and no in an exchange that is being prepared;
// "" while nothing was.
func choiceOf(p inspection.Prepared, name string, yes bool) string {
	switch {
	case p.Version == 0 || slices.Contains(p.Unsaid, name):
		return ""
	case yes:
		return "yes"
	}
	return "no"
}
