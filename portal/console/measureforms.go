package console

import (
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"minsheng/accountability"
	"minsheng/internal/workday"
	"minsheng/region"
)

// measureForms are the steps that can be taken on a measure.
func (v *visit) measureForms(page *measurePage, at string, draft Draft) {
	seen := false
	for _, act := range page.Whole.Actions {
		f, ok := v.measureForm(act, page.Whole)
		if !ok {
			continue
		}
		key := string(page.Whole.Nature)
		f.Code, f.Post = string(act), page.Href(at+"/"+string(act))
		f.Label = v.known("accountability.act."+key+"."+f.Code, "accountability.act."+f.Code)
		f.Does, f.Told = v.known("accountability.does."+key+"."+f.Code, "accountability.does."+f.Code), v.known("accountability.told."+key+"."+f.Code, "accountability.told."+f.Code)
		f.Button, f.CSRF, f.Version, f.Lang = f.Label, page.CSRF, page.Whole.Version, string(v.lang)
		f.Primary = len(page.Forms) == 0 && act != accountability.ToLift && act != accountability.ToAppeal
		page.Forms = append(page.Forms, v.dress(draft.apply(v, f), draft))
		seen = seen || f.Code == draft.step
	}
	if draft.step != "" && !seen {
		page.Kept = draft.words(v)
	} else if draft.step != "" {
		page.Says = ""
	}
}

// measureForm is the question sheet of one act.
func (v *visit) measureForm(a accountability.Act, w accountability.Whole) (f Form, ok bool) {
	switch a {
	case accountability.ToRule:
		f.Fields = []Field{v.acc(v.pick("ruling", "radio", v.options("accountability.ruling.", []string{"approve", "return"}))), optional(v.acc(v.lines("note", 3, 500)))}
		if w.Nature == accountability.Decide && !w.OfPerson() {
			f.Fields = append(f.Fields, optional(v.acc(v.pick("public", "tick", []Option{{Value: "1", Label: v.t("accountability.field.public")}}))))
		}
	case accountability.ToServe:
		on := v.acc(v.ask("on", "date", 0))
		on.Value = string(v.day())
		f.Fields = []Field{on, v.acc(v.pick("how", "radio", v.options("accountability.way.", accountability.Ways())))}
	case accountability.ToAnswer:
		on := v.acc(v.ask("on", "date", 0))
		on.Value = string(v.day())
		f.Files, f.Fields = true, []Field{v.acc(v.pick("adopted", "radio", v.options("accountability.adopted."+string(w.Nature)+".", []string{"yes", "no"}))), on, v.acc(v.lines("words", 4, 2000)), optional(v.acc(v.ask("files", "file", 0)))}
	case accountability.ToAppeal:
		f.Files, f.Fields = true, []Field{v.acc(v.lines("words", 5, 2000)), optional(v.acc(v.ask("files", "file", 0)))}
	case accountability.ToLift:
		f.Fields = []Field{v.acc(v.lines("words", 3, 2000))}
	default:
		return f, false
	}
	return f, true
}

func (v *visit) declineForm(frame Frame, id uuid.UUID, o accountability.Offer) Form {
	return Form{Code: "decline", Post: frame.Href(measurePath(id) + "/decline"), Button: v.t("accountability.decline"), CSRF: frame.CSRF, Lang: string(v.lang),
		Fields: []Field{{Name: "offer", Kind: "hidden", Value: string(o)}}}
}

// onMeasure runs one step of a measure and shows it again: changed, or with the
// words beside what is wrong.
func (v *visit) onMeasure(code string, show func(status int, id uuid.UUID, draft Draft) error, side string, do func(id uuid.UUID, version int) error) error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	if err = do(id, number(v.form.get("version"))); err == nil {
		return v.leave(side+"/"+id.String(), "measure_"+code)
	}
	draft, status, ok := v.refused(code, err)
	if !ok {
		return err
	}
	return show(status, id, draft)
}

func (v *visit) measureAct(a accountability.Act, do func(id uuid.UUID, version int) error) error {
	return v.onMeasure(string(a), v.measureShow, measuresPath, do)
}

func (v *visit) ruleMeasure() error {
	return v.measureAct(accountability.ToRule, func(id uuid.UUID, version int) error {
		ruling := v.form.get("ruling")
		if ruling != "approve" && ruling != "return" {
			return missing("ruling", "choose")
		}
		return v.Measures.Rule(v.ctx(), v.by(), id, version, ruling == "approve", v.form.get("public") != "", v.form.get("note"))
	})
}

func (v *visit) serveMeasure() error {
	return v.measureAct(accountability.ToServe, func(id uuid.UUID, version int) error {
		return v.Measures.Serve(v.ctx(), v.by(), id, version, workday.Date(v.form.get("on")), v.form.get("how"))
	})
}

func (v *visit) answerMeasure() error {
	return v.measureAct(accountability.ToAnswer, func(id uuid.UUID, version int) error {
		form, err := v.filesForm()
		if err != nil {
			return err
		}
		adopted := v.form.get("adopted")
		if adopted != "yes" && adopted != "no" {
			return missing("adopted", "choose")
		}
		return v.Measures.Answer(v.ctx(), v.by(), id, version, accountability.Feedback{Adopted: adopted == "yes", On: workday.Date(v.form.get("on")), Words: v.form.get("words"), FormKey: form.Key})
	})
}

// recordAppeal is an appeal that came on paper.
func (v *visit) recordAppeal() error { return v.measureAct(accountability.ToAppeal, v.appeal) }

// appealMeasure is an appeal of the office itself.
func (v *visit) appealMeasure() error {
	return v.onMeasure(string(accountability.ToAppeal), v.servedShow, servedPath, v.appeal)
}

func (v *visit) appeal(id uuid.UUID, version int) error {
	form, err := v.filesForm()
	if err != nil {
		return err
	}
	return v.Measures.Appeal(v.ctx(), v.by(), id, version, v.form.get("words"), form.Key)
}

func (v *visit) liftMeasure() error {
	return v.measureAct(accountability.ToLift, func(id uuid.UUID, version int) error {
		return v.Measures.Lift(v.ctx(), v.by(), id, version, v.form.get("words"))
	})
}

func (v *visit) declineOffer() error {
	return v.onMeasure("decline", v.measureShow, measuresPath, func(id uuid.UUID, _ int) error {
		return v.Measures.Decline(v.ctx(), v.by(), id, accountability.Offer(v.form.get("offer")))
	})
}

// newMeasurePage asks for what a measure is proposed with.
type newMeasurePage struct {
	Frame
	Form  Form
	Offer accountability.Offer
	After *accountability.Whole // whose offer is taken up
}

// newMeasure shows the form: empty, filled for an offer of Art. 20(3), or with
// what was returned.
func (v *visit) newMeasure() error {
	p := accountability.Proposal{Offer: accountability.Offer(v.c.Query("offer"))}
	if number := v.c.Query("ground"); number != "" {
		p.Grounds = []string{number}
	}
	for _, name := range []string{"after", "again"} {
		id, err := uuid.Parse(v.c.Query(name))
		if err != nil {
			continue
		}
		w, err := v.Measures.Open(v.ctx(), v.by(), id)
		if err != nil {
			return err
		}
		v.filledFrom(&p, w, name == "again")
	}
	return v.newMeasureShow(fiber.StatusOK, p, Draft{})
}

// filledFrom takes over what a linked measure says, or all of one that was
// returned. Which measure to take is never chosen beforehand.
func (v *visit) filledFrom(p *accountability.Proposal, w accountability.Whole, again bool) {
	p.Target, p.Words, p.Clauses = w.TargetID, w.Words, w.Clauses
	for _, g := range w.Grounds {
		p.Grounds = append(p.Grounds, g.Number)
	}
	if again {
		p.Code, p.Person, p.Body, p.BodyName, p.After, p.Offer = w.Code, w.Person, w.Body, w.BodyName, w.AfterID, w.Offer
		return
	}
	p.After, p.Requirement = &w.ID, ""
	if p.Offer != accountability.OfferUnit {
		p.Person.Role = accountability.Role(p.Offer)
	}
}

func (v *visit) newMeasureShow(status int, p accountability.Proposal, draft Draft) error {
	frame, err := v.frame(measuresPath+"/new", v.t("accountability.new"))
	if err != nil {
		return err
	}
	page := newMeasurePage{Frame: frame, Offer: p.Offer}
	f := Form{Code: "propose", Post: frame.Href(measuresPath), Label: v.t("accountability.act.propose"), Button: v.t("accountability.act.propose"),
		Does: v.t("accountability.does.propose"), Told: v.t("accountability.told.propose"), CSRF: frame.CSRF, Lang: string(v.lang), Primary: true}
	if p.After != nil {
		if w, err := v.Measures.Open(v.ctx(), v.by(), *p.After); err == nil {
			page.After = &w
		}
		f.Fields = []Field{{Name: "after", Kind: "hidden", Value: p.After.String()}, {Name: "offer", Kind: "hidden", Value: string(p.Offer)}}
	}
	f.Fields = append(f.Fields, v.proposalFields(p)...)
	page.Form = v.dress(draft.apply(v, f), draft)
	return v.show(status, "measure-new", page)
}

func (v *visit) proposalFields(p accountability.Proposal) []Field {
	clauses := v.acc(v.pick("clauses", "checks", v.options("inspection.clause.", accountability.Clauses())))
	for i := range clauses.Options {
		clauses.Options[i].Chosen = slices.Contains(p.Clauses, clauses.Options[i].Value)
	}
	fields := []Field{
		with(v.acc(v.pick("code", "select", v.codeOptions(p))), string(p.Code)),
		with(v.acc(v.pick("target", "select", v.measureTargets())), p.Target.String()),
	}
	if p.Offer != accountability.OfferUnit {
		fields = append(fields, Field{Name: "person", Kind: "heading", Label: v.t("accountability.person"), Value: v.t("accountability.person_hint")},
			optional(with(v.acc(v.ask("name", "text", 30)), p.Person.Name)),
			optional(with(v.acc(v.ask("post", "text", 60)), p.Person.Post)),
			optional(with(v.acc(v.pick("role", "select", v.options("accountability.role.", codes(accountability.Roles())))), string(p.Person.Role))),
			optional(with(v.acc(v.pick("level", "select", v.options("accountability.level.", accountability.Levels()))), p.Person.Level)))
	}
	return append(fields, Field{Name: "why", Kind: "heading", Label: v.t("accountability.why")},
		with(v.acc(v.lines("grounds", 2, 600)), strings.Join(p.Grounds, "\n")), clauses,
		with(v.acc(v.lines("facts", 6, 3000)), p.Facts),
		optional(with(v.acc(v.lines("requirement", 2, 1000)), p.Requirement)),
		optional(with(v.acc(v.ask("reference", "text", 300)), p.Reference)),
		Field{Name: "to", Kind: "heading", Label: v.t("accountability.to"), Value: v.t("accountability.to_hint")},
		optional(with(v.acc(v.pick("addressee", "select", v.options("accountability.body.", codes(accountability.Bodies())))), string(p.Body))),
		optional(with(v.acc(v.ask("body_name", "text", 60)), p.BodyName)))
}

// codeOptions lists the measures that fit, each with what the office does with it.
func (v *visit) codeOptions(p accountability.Proposal) (all []Option) {
	own, _ := v.Atlas.Unit(v.by().UnitID)
	for _, c := range accountability.Codes() {
		ofUnit := strings.HasPrefix(string(c), "U_")
		if c == accountability.ToCounty && own.Level != region.City || p.Offer == accountability.OfferUnit && strings.HasPrefix(string(c), "P_") || p.Offer != "" && p.Offer != accountability.OfferUnit && ofUnit {
			continue
		}
		all = append(all, Option{Value: string(c), Label: v.t("accountability.nature."+string(c.Nature())) + v.t("console.colon") + v.t("accountability.code."+string(c))})
	}
	return all
}

func (v *visit) measureTargets() (all []Option) {
	for _, id := range v.Measures.Targets(v.by().UnitID) {
		all = append(all, Option{Value: id.String(), Label: v.unitName(id)})
	}
	return all
}

func (v *visit) proposeMeasure() error {
	p := v.typedMeasure()
	id, err := v.Measures.Propose(v.ctx(), v.by(), p)
	if err == nil {
		return v.leave(measurePath(id), "measure_propose")
	}
	draft, status, ok := v.refused("propose", err)
	if !ok {
		return err
	}
	if text, wrong := draft.problems["body"]; wrong { // asked under another name: body is what letters say
		draft.problems["addressee"] = text
		delete(draft.problems, "body")
	}
	return v.newMeasureShow(status, p, draft)
}

func (v *visit) typedMeasure() accountability.Proposal {
	p := accountability.Proposal{
		Code: accountability.Code(v.form.get("code")), Clauses: v.form.all("clauses"), Grounds: v.form.lines("grounds"),
		Person: accountability.Person{Name: v.form.get("name"), Post: v.form.get("post"), Role: accountability.Role(v.form.get("role")), Level: v.form.get("level")},
		Words:  accountability.Words{Facts: v.form.get("facts"), Requirement: v.form.get("requirement"), Reference: v.form.get("reference")},
		Body:   accountability.Body(v.form.get("addressee")), BodyName: v.form.get("body_name"), Offer: accountability.Offer(v.form.get("offer")),
	}
	p.Target, _ = uuid.Parse(v.form.get("target"))
	if id, err := uuid.Parse(v.form.get("after")); err == nil {
		p.After = &id
	}
	return p
}
