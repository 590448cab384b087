package console

import (
	"slices"

	"github.com/google/uuid"

	"minsheng/appeal"
	"minsheng/clock"
	"minsheng/intake"
	"minsheng/internal/workday"
	"minsheng/portal/view"
	"minsheng/triage"
)

// ending is what followed the answers of a case, as its page shows it.
type ending struct {
	appeal.Ending
	Letters  []letterView
	Calls    []callView
	Looks    []lookView
	Appeals  []appealView
	Presumed *view.Why // when the newest letter may be taken for delivered
	Any      bool
}

// letterView is a letter with how it reached whom.
type letterView struct {
	triage.Letter
	Deliveries []deliveryView
}

type deliveryView struct {
	triage.Delivered
	Files []fileView
}

type callView struct {
	appeal.Callback
	Files []fileView
}

type lookView struct {
	appeal.Look
	Date *view.Why // why it is due on that day, while it is open
}

type appealView struct {
	appeal.Appeal
	Why *view.Why // of the day on which it is to be decided, while it is open
}

// endingOf reads what followed the answers of a case.
func (v *visit) endingOf(c triage.Case) (ending, error) {
	var e ending
	var err error
	if e.Ending, err = v.Appeals.Of(v.ctx(), v.by(), c); err != nil {
		return e, err
	}
	if err := v.letters(c, &e); err != nil {
		return e, err
	}
	pauses, err := v.Clocks.Pauses(v.ctx(), c.ID)
	if err != nil {
		return e, err
	}
	for _, call := range e.Ending.Calls {
		e.Calls = append(e.Calls, callView{call, v.caseFiles(c.ID, call.Files)})
	}
	for _, l := range e.Ending.Looks {
		one := lookView{Look: l}
		if l.Due != nil {
			one.Date = v.whyDate(*l.Due, pauses)
		}
		e.Looks = append(e.Looks, one)
	}
	for _, a := range e.Ending.Appeals {
		e.Appeals = append(e.Appeals, appealView{a, v.whyAppeal(c, a, pauses)})
	}
	if c.PresumedOn.DueOn != "" {
		e.Presumed = v.whyDate(c.PresumedOn, nil)
	}
	e.Any = len(e.Letters)+len(e.Ratings)+len(e.Calls)+len(e.Looks)+len(e.Appeals) > 0
	return e, nil
}

// whyAppeal explains until when an appeal that is open is decided.
func (v *visit) whyAppeal(c triage.Case, a appeal.Appeal, pauses []clock.Pause) *view.Why {
	if a.State == appeal.Decided {
		return nil
	}
	for _, d := range c.Deadlines {
		if d.Rule == "complaint."+string(a.Level)+"_decide" && d.MetAt == nil {
			return v.whyDate(d, pauses)
		}
	}
	return nil
}

func (v *visit) letters(c triage.Case, e *ending) error {
	var ids []uuid.UUID
	for _, d := range c.Deliveries {
		ids = append(ids, d.ID)
	}
	files, err := v.Shelf.Of(v.ctx(), "delivery", ids...)
	if err != nil {
		return err
	}
	for _, l := range c.Letters {
		one := letterView{Letter: l}
		for _, d := range c.Deliveries {
			if d.LetterID == l.ID {
				one.Deliveries = append(one.Deliveries, deliveryView{d, v.caseFiles(c.ID, owned(files, "delivery", d.ID))})
			}
		}
		e.Letters = append(e.Letters, one)
	}
	return nil
}

// endForms are the steps that can be taken now after an answer.
func (v *visit) endForms(page *casePage, draft Draft) {
	for _, a := range page.End.Actions {
		f := Form{Code: string(a), Fields: v.endFields(a, page)}
		f.Files = a == appeal.HandOver || a == appeal.CallOn
		f.Post = page.Href("/console/cases/" + page.Case.ID.String() + "/" + f.Code)
		f.Label, f.Does, f.Told = v.t("appeal.action."+f.Code), v.t("appeal.does."+f.Code), v.t("appeal.told."+f.Code)
		f.Button, f.CSRF, f.Version, f.Lang = f.Label, page.CSRF, page.Case.Version, string(v.lang)
		f.Primary = len(page.Forms) == 0 && a != appeal.TakeNote
		page.Forms = append(page.Forms, v.dress(draft.apply(v, f), draft))
	}
}

func (v *visit) endFields(a appeal.Action, page *casePage) []Field {
	c := page.Case
	switch a {
	case appeal.HandOver:
		return v.deliverFields(c)
	case appeal.CallOn:
		return v.callFields(c)
	case appeal.LookAgain:
		outcomes := []string{appeal.LookStands}
		if !c.Redone {
			outcomes = []string{appeal.LookRedo, appeal.LookStands}
		}
		return []Field{v.pick("look", "radio", v.options("appeal.look_to.", outcomes)), v.named(v.lines("words", 4, 1000), "look_words")}
	case appeal.TakeNote:
		return []Field{v.named(v.lines("text", 4, 5000), "appeal_note")}
	case appeal.SetHearing:
		return []Field{v.ask("first_on", "date", 0), v.ask("last_on", "date", 0), v.named(v.lines("words", 3, 500), "hearing_words")}
	case appeal.ProposeOn:
		return v.appealFields(page)
	}
	return []Field{v.pick("ruling", "radio", v.options("console.ruling.", []string{"approve", "return"})), optional(v.lines("note", 3, 500))}
}

// named gives a question another label and hint than its name has.
func (v *visit) named(f Field, label string) Field {
	f.Label, f.Hint = v.t("appeal.field."+label), v.t("appeal.hint."+label)
	return f
}

func (v *visit) deliverFields(c triage.Case) []Field {
	var to []Option
	for _, each := range c.Undelivered {
		to = append(to, Option{Value: each.ID.String(), Label: each.Number() + " · " + v.t("mode."+string(each.Mode))})
	}
	fields := []Field{with(v.pick("deliver_to", "radio", to), c.Undelivered[0].ID.String())}
	if len(to) == 1 {
		fields = []Field{{Name: "deliver_to", Kind: "hidden", Value: c.Undelivered[0].ID.String()}}
	}
	return append(fields,
		v.pick("how", "radio", v.options("delivery.", waysTo(c, v.day()))),
		v.named(with(v.ask("on_day", "date", 0), string(v.day())), "delivered_on"),
		optional(v.named(v.lines("words", 3, 500), "delivered_words")),
		optional(v.ask("files", "file", 0)),
	)
}

// waysTo are the ways by which a letter can have reached those who lack it: who
// left no name has neither address nor phone, and none is taken for delivered
// before its day.
func waysTo(c triage.Case, today workday.Date) []string {
	named := slices.ContainsFunc(c.Undelivered, func(each intake.Complaint) bool { return each.Mode != intake.Anonymous })
	return slices.DeleteFunc(appeal.Ways(), func(way string) bool {
		if way == intake.Presumed {
			return today <= c.PresumedOn.DueOn
		}
		return !named && way != intake.ByHand
	})
}

func (v *visit) callFields(c triage.Case) []Field {
	channels := appeal.Channels()
	if c.Mode == intake.Anonymous {
		channels = []string{appeal.ByMessage}
	}
	call := v.pick("callback", "radio", v.options("callback.", channels))
	if len(channels) == 1 {
		call = with(call, appeal.ByMessage)
	}
	return []Field{
		call,
		v.named(with(v.ask("on_day", "date", 0), string(v.day())), "called_on"),
		optional(v.pick("reached", "radio", v.options("appeal.reached.", []string{"1", "0"}))),
		optional(v.pick("result", "radio", v.options("rating.", codes(intake.Ratings())))),
		optional(v.named(v.lines("words", 3, 1000), "called_words")),
		optional(v.ask("files", "file", 0)),
	}
}

// appealFields ask for what comes of an appeal; where the decision is changed, one
// finding on each numbered demand.
func (v *visit) appealFields(page *casePage) []Field {
	c := page.Case
	last := page.End.Appeals[len(page.End.Appeals)-1]
	rulings := appeal.Rulings(last.Level)
	if c.Redone {
		rulings = slices.DeleteFunc(slices.Clone(rulings), func(r string) bool { return r == appeal.Redo })
	}
	fields := []Field{
		v.pick("appeal_ruling", "radio", v.options("appeal.ruling_to.", rulings)),
		v.named(v.lines("facts", 5, 2000), "appeal_facts"),
		v.named(v.lines("basis", 2, 500), "appeal_basis"),
		{Kind: "heading", Name: "changed", Label: v.t("appeal.changed_only")},
	}
	for _, f := range v.decideFields(c) {
		f.Required = false
		fields = append(fields, f)
	}
	return fields
}

// moreForm is the question sheet of the steps of a case that have to do with what
// went before it.
func (v *visit) moreForm(a triage.Action, c triage.Case) ([]Field, bool) {
	switch a {
	case triage.RejectRepeat:
		var finals []Option
		for _, f := range c.Finals {
			finals = append(finals, Option{Value: f.ID.String(), Label: f.Number() + " · " + view.Day(v.lang, f.On) + " · " + v.t("outcome."+string(f.Outcome))})
		}
		if len(finals) == 1 {
			finals[0].Chosen = true
		}
		return []Field{v.named(v.pick("final", "radio", finals), "final")}, true
	case triage.Again:
		var lately []Option
		for _, r := range c.Lately {
			lately = append(lately, Option{Value: r.ID.String(), Label: r.Number() + " " + r.PlaceName + " " + v.opening(r)})
		}
		return []Field{v.named(v.pick("into", "radio", lately), "again")}, true
	case triage.TieEarlier:
		return []Field{v.named(v.ask("number", "text", 40), "earlier")}, true
	case triage.LetGo:
		return []Field{v.pick("let_go", "radio", v.options("appeal.let_go.", []string{"let_go", "goes_on"})), v.named(v.lines("words", 3, 1000), "let_go_words")}, true
	}
	return nil, false
}
