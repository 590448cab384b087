package console

import (
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"minsheng/inspection"
	"minsheng/internal/store"
)

const plansPath = "/console/plans"

func planPath(id uuid.UUID) string { return plansPath + "/" + id.String() }

// plansPage lists the plans of the own office and of those below.
type plansPage struct {
	Frame
	Lines []inspection.PlanLine
	Begin Form
}

func (v *visit) plans() error { return v.plansShow(fiber.StatusOK, Draft{}) }

func (v *visit) plansShow(status int, draft Draft) error {
	frame, err := v.frame(plansPath, v.t("inspection.plans"))
	if err != nil {
		return err
	}
	page := plansPage{Frame: frame}
	if page.Lines, err = v.Inspections.Plans(v.ctx(), v.by()); err != nil {
		return err
	}
	now := v.day().Year()
	var years []Option
	for _, year := range []int{now, now + 1, now - 1} {
		years = append(years, Option{Value: strconv.Itoa(year), Label: strconv.Itoa(year)})
	}
	f := v.planForm(frame, uuid.Nil, "begin_plan", 0)
	f.Post = frame.Href(plansPath)
	f.Fields = []Field{with(v.insp(v.pick("year", "radio", years)), strconv.Itoa(now)), optional(v.insp(v.lines("why", 2, 300)))}
	page.Begin = v.dress(draft.apply(v, f), draft)
	return v.show(status, "plans", page)
}

// planForm is a form of a plan without its fields.
func (v *visit) planForm(frame Frame, id uuid.UUID, code string, version int) Form {
	return Form{Code: code, Post: frame.Href(planPath(id) + "/" + code), Label: v.t("inspection.act." + code), Button: v.t("inspection.act." + code),
		Does: v.t("inspection.does." + code), Told: v.t("inspection.told." + code), CSRF: frame.CSRF, Version: version, Lang: string(v.lang)}
}

func (v *visit) beginPlan() error {
	id, err := v.Inspections.BeginPlan(v.ctx(), v.by(), number(v.form.get("year")), v.form.get("why"))
	if err == nil {
		return v.leave(planPath(id), "plan_begin")
	}
	draft, status, ok := v.refused("begin_plan", err)
	if !ok {
		return err
	}
	return v.plansShow(status, draft)
}

// planPage is a plan with its entries and what became of them.
type planPage struct {
	Frame
	Sheet   inspection.PlanSheet
	Entries []entryView
	Forms   []Form
	Kept    []Field
	Says    string
	// Stands: entries whose month has come can become inspections.
	Stands   bool
	Timeline []eventView
}

type entryView struct {
	inspection.PlannedEntry
	Arrange string // address of the form that makes an inspection of it
	Became  string // address of what it became
	Number  string
	Edit    *Form
	Drop    *Form
}

func (v *visit) showPlan() error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	return v.planShow(fiber.StatusOK, id, Draft{})
}

func (v *visit) planShow(status int, id uuid.UUID, draft Draft) error {
	s, err := v.Inspections.ShowPlan(v.ctx(), v.by(), id)
	if err != nil {
		return err
	}
	frame, err := v.frame(planPath(id), v.t("inspection.plan_of", "year", s.Year, "unit", s.UnitName))
	if err != nil {
		return err
	}
	page := planPage{Frame: frame, Sheet: s, Says: draft.says, Timeline: v.timeline(s.Events), Stands: s.State == inspection.PlanApproved}
	may := func(action string) bool { return slices.Contains(s.Actions, action) }
	seen := false
	for _, e := range s.Entries {
		shown := entryView{PlannedEntry: e}
		if e.Became != nil {
			shown.Became, shown.Number = inspectionPath(e.Became.ID), e.Became.Number
		}
		if e.Ripe && may("arrange") {
			shown.Arrange = withQuery(withQuery(inspectionsPath+"/new", "plan", id.String()), "entry", e.Key.String())
		}
		if may("entry") {
			seen = v.entryForms(frame, &shown, s.Version, draft) || seen
		}
		page.Entries = append(page.Entries, shown)
	}
	for _, code := range []string{"rule", "entry", "save", "propose"} {
		if !may(code) {
			continue
		}
		f := v.planForm(frame, id, code, s.Version)
		f.Fields, f.Primary = v.planFields(code, s), len(page.Forms) == 0
		page.Forms = append(page.Forms, v.dress(draft.apply(v, f), draft))
		seen = seen || draft.step == code
	}
	if may("amend") {
		page.Forms = append(page.Forms, v.amendForm(frame, s.Year))
	}
	if draft.step != "" && !seen {
		page.Kept = draft.words(v)
	} else if draft.step != "" {
		page.Says = ""
	}
	return v.show(status, "plan", page)
}

// amendForm begins the next version of a plan that stands.
func (v *visit) amendForm(frame Frame, year int) Form {
	f := v.planForm(frame, uuid.Nil, "begin_plan", 0)
	f.Code, f.Post, f.Label = "amend", frame.Href(plansPath), v.t("inspection.act.amend")
	f.Does, f.Button = v.t("inspection.does.amend"), f.Label
	f.Fields = []Field{{Name: "year", Kind: "hidden", Value: strconv.Itoa(year)}, v.insp(v.lines("why", 2, 300))}
	return v.dress(f, Draft{})
}

func (v *visit) planFields(code string, s inspection.PlanSheet) []Field {
	switch code {
	case "save":
		return []Field{with(v.insp(v.lines("priorities", 5, 2000)), s.Priorities)}
	case "entry":
		return v.planEntryFields(inspection.Entry{Month: int(v.day().Time().Month())})
	case "rule":
		return []Field{v.insp(v.pick("ruling", "radio", v.options("inspection.ruling.", []string{"approve", "return"}))), optional(v.insp(v.lines("note", 3, 500)))}
	}
	return nil
}

func (v *visit) planEntryFields(e inspection.Entry) []Field {
	unit := ""
	if e.UnitID != nil {
		unit = e.UnitID.String()
	}
	var months []Option
	for month := 1; month <= 12; month++ {
		months = append(months, Option{Value: strconv.Itoa(month), Label: v.t("inspection.month", "n", month)})
	}
	return []Field{
		with(v.insp(v.pick("kind", "select", v.options("inspection.kind.", codes(inspection.Kinds())))), string(e.Kind)),
		with(v.insp(v.pick("way", "radio", v.options("inspection.form.", codes(inspection.Forms())))), string(e.Form)),
		optional(with(v.insp(v.pick("unit", "select", v.targetOptions())), unit)), optional(with(v.insp(v.ask("place", "text", 100)), e.Place)),
		with(v.insp(v.pick("month", "select", months)), strconv.Itoa(e.Month)), with(v.insp(v.lines("focus", 3, 500)), e.Focus),
	}
}

// entryForms let an entry of a draft be changed and dropped. It reports whether
// the draft was of one of them.
func (v *visit) entryForms(frame Frame, e *entryView, version int, draft Draft) bool {
	key := Field{Name: "key", Kind: "hidden", Value: e.Key.String()}
	edit := v.planForm(frame, e.PlanID, "entry", version)
	edit.Code, edit.Label, edit.Button = "entry-"+e.Key.String(), v.t("inspection.edit_entry"), v.t("inspection.edit_entry")
	edit.Fields = append(v.planEntryFields(e.Entry), key)
	edit = v.dress(draft.apply(v, edit), draft)
	e.Edit = &edit
	if e.PlannedEntry.Became == nil {
		drop := v.planForm(frame, e.PlanID, "drop", version)
		drop.Label, drop.Button = v.t("inspection.drop_entry"), v.t("inspection.drop_entry")
		drop.Code, drop.Fields = "drop-"+e.Key.String(), []Field{key}
		drop = v.dress(draft.apply(v, drop), draft)
		e.Drop = &drop
	}
	return draft.step == edit.Code || draft.step == "drop-"+e.Key.String()
}

// onPlan runs one step of a plan and shows it again. form is the code of the form
// it came from.
func (v *visit) onPlan(step, form string, do func(id uuid.UUID, version int) error) error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	if err = do(id, number(v.form.get("version"))); err == nil {
		return v.leave(planPath(id), "plan_"+step)
	}
	draft, status, ok := v.refused(form, err)
	if !ok {
		return err
	}
	return v.planShow(status, id, draft)
}

func (v *visit) savePlan() error {
	return v.onPlan("save", "save", func(id uuid.UUID, version int) error {
		return v.Inspections.SetPriorities(v.ctx(), v.by(), id, version, v.form.get("priorities"))
	})
}

func (v *visit) setPlanEntry() error {
	e := inspection.Entry{
		Kind: inspection.Kind(v.form.get("kind")), Form: inspection.Form(v.form.get("way")), UnitID: v.formRef("unit"),
		Place: v.form.get("place"), Month: number(v.form.get("month")), Focus: v.form.get("focus"),
	}
	form := "entry"
	if key := v.formRef("key"); key != nil {
		e.Key, form = *key, form+"-"+key.String()
	}
	return v.onPlan("entry", form, func(id uuid.UUID, version int) error {
		return v.Inspections.SetEntry(v.ctx(), v.by(), id, version, e)
	})
}

func (v *visit) dropPlanEntry() error {
	key, err := v.formID("key")
	if err != nil {
		return store.ErrNotFound
	}
	return v.onPlan("drop", "drop-"+key.String(), func(id uuid.UUID, version int) error {
		return v.Inspections.DropEntry(v.ctx(), v.by(), id, version, key)
	})
}

func (v *visit) proposePlan() error {
	return v.onPlan("propose", "propose", func(id uuid.UUID, version int) error {
		return v.Inspections.ProposePlan(v.ctx(), v.by(), id, version)
	})
}

func (v *visit) rulePlan() error {
	return v.onPlan("rule", "rule", func(id uuid.UUID, version int) error {
		choice := v.form.get("ruling")
		if choice != "approve" && choice != "return" {
			return missing("ruling", "choose")
		}
		return v.Inspections.RulePlan(v.ctx(), v.by(), id, version, choice == "approve", v.form.get("note"))
	})
}
