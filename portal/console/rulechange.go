package console

import (
	"errors"

	"github.com/gofiber/fiber/v2"

	"minsheng/clock"
	"minsheng/internal/step"
	"minsheng/internal/workday"
)

// rulePage asks how a rule should be, and shows what that would do before it is
// done.
type rulePage struct {
	Frame
	MaySet  bool
	Rule    ruleView
	Ask     []Field
	Says    string
	Looked  bool // the preview below is of what the form says
	Before  string
	After   string
	Preview clock.Preview
	Moves   []moveView
	Confirm []Field // hidden: what is confirmed
}

// moveView is a date that would move: of what kind of thing, never of which.
type moveView struct {
	Kind   string
	Before workday.Date
	After  workday.Date
	Told   bool
}

// ruleForm shows the form of the rule in the address, empty or with its preview.
func (v *visit) ruleForm() error {
	asked := v.c.Query("look") == "1"
	get := func(name string) string { return v.c.Query(name) }
	return v.ruleShow(fiber.StatusOK, readChange(get), asked, Draft{})
}

// readChange reads a change from a form; what is no number is no number of days.
func readChange(get func(name string) string) clock.Change {
	n := -1
	if text := get("n"); text == "0" || number(text) > 0 {
		n = number(text)
	}
	return clock.Change{Code: get("rule"), Kind: get("kind"), N: n, DayKind: workday.Unit(get("day_kind")), Basis: get("basis"),
		From: workday.Date(get("from")), Why: get("why"), Seen: get("seen")}
}

func (v *visit) ruleShow(status int, c clock.Change, look bool, draft Draft) error {
	frame, err := v.frame(clocksPath+"/change", v.t("clocks.change"))
	if err != nil {
		return err
	}
	rules, err := v.Clocks.Rules(v.ctx(), v.by())
	if err != nil {
		return err
	}
	page := rulePage{Frame: frame, Says: draft.says, MaySet: v.Watch.MaySet(v.by())}
	for _, versions := range byCodes(rules) {
		if versions[0].Code == c.Code {
			page.Rule = v.ruleView(versions, false)
		}
	}
	if page.Rule.Code == "" || !page.MaySet { // the address names no rule, or it is another's to change
		return v.show(status, "clock-change", page)
	}
	if !look && draft.step == "" {
		stood, err := v.Clocks.Stood(v.ctx(), c.Code, c.Kind, v.day())
		if err != nil {
			return err
		}
		c.N, c.DayKind, c.From = stood.N, stood.DayKind, v.day() // the basis is asked for: the one that stood says the old number
	}
	if look {
		if draft, status, err = v.preview(&page, c); err != nil {
			return err
		}
	}
	page.Ask = v.limitFields(page.Rule, c, draft)
	return v.show(status, "clock-change", page)
}

// preview shows what a change would do, or what is wrong with it.
func (v *visit) preview(page *rulePage, c clock.Change) (Draft, int, error) {
	p, err := v.Watch.PreviewRule(v.ctx(), v.by(), c)
	if draft, status, ok := v.refused("change", early(err)); ok {
		page.Says = draft.says
		return draft, status, nil
	}
	if err != nil {
		return Draft{}, 0, err
	}
	page.Looked, page.Preview = true, p
	page.Before, page.After = v.limit(p.Before), v.limit(p.Rule)
	page.Moves = v.moves(p)
	for _, f := range [][2]string{{"rule", c.Code}, {"kind", c.Kind}, {"n", itoa(c.N)}, {"day_kind", string(c.DayKind)}, {"basis", c.Basis},
		{"from", string(c.From)}, {"why", c.Why}, {"seen", p.Version}} {
		page.Confirm = append(page.Confirm, Field{Name: f[0], Kind: "hidden", Value: f[1]})
	}
	return Draft{}, fiber.StatusOK, nil
}

func (v *visit) moves(p clock.Preview) (all []moveView) {
	for _, m := range p.Moves {
		all = append(all, moveView{Kind: v.known("console.subject."+string(m.SubjectKind), "alarms.subject"), Before: m.Before, After: m.DueOn, Told: m.ToldOn != nil})
	}
	return all
}

// early puts it beside the date that a later version of a rule stands already.
func early(err error) error {
	if errors.Is(err, clock.ErrTooEarly) {
		return step.Bad("from", "rule_early")
	}
	return err
}

// limitFields ask for everything that a rule says.
func (v *visit) limitFields(r ruleView, c clock.Change, draft Draft) []Field {
	fields := []Field{{Name: "rule", Kind: "hidden", Value: c.Code}}
	if kinds := v.ruleKinds(r.Code); len(kinds) > 0 {
		kind := v.pick("kind", "select", kinds)
		kind.Options[0].Label, kind.Bare = v.t("clocks.kind.all"), true
		fields = append(fields, with(kind, c.Kind))
	}
	n := v.ask("n", "number", 3650)
	if c.N >= 0 {
		n.Value = itoa(c.N)
	}
	fields = append(fields, n,
		with(v.pick("day_kind", "radio", v.options("clocks.unit.", []string{string(workday.CalendarDays), string(workday.WorkingDays)})), string(c.DayKind)),
		with(v.lines("basis", 2, 300), c.Basis), with(v.ask("from", "date", 0), string(c.From)), with(v.lines("why", 2, 300), c.Why))
	for i := range fields {
		if f := &fields[i]; f.Kind != "hidden" {
			f.Label, f.Hint = v.t("clocks.field."+f.Name), v.t("clocks.hint."+f.Name)
			f.ID, f.Problem = "change-"+f.Name, draft.problems[f.Name]
			if f.Name == "basis" {
				f.Hint += v.t("clocks.hint.basis_now", "basis", r.Basis)
			}
		}
	}
	return fields
}

// setRule puts into force what was looked at.
func (v *visit) setRule() error {
	c := readChange(v.form.get)
	err := early(v.Watch.SetRule(v.ctx(), v.by(), c))
	if err == nil {
		return v.leave(clocksPath, "rule_set")
	}
	draft, status, ok := v.refused("change", err)
	if !ok {
		return err
	}
	return v.ruleShow(status, c, false, draft)
}

// byCodes gathers the versions of all rules.
func byCodes(rules []clock.Rule) (all [][]clock.Rule) {
	for _, prefix := range rulePrefixes(rules) {
		all = append(all, byCode(rules, prefix)...)
	}
	return all
}
