package console

import (
	"github.com/gofiber/fiber/v2"

	"minsheng/retention"
)

// yearsPage says how long what is reported is kept, and asks how long it should be.
type yearsPage struct {
	Frame
	Rules   []yearsView
	History []retention.Rule
	MaySet  bool
	Says    string
	Ask     []Field
	Looked  bool // the numbers below are of what the form says
	Change  retention.Change
	Before  int
	After   int
	Confirm []Field // hidden: what is confirmed
}

// yearsView is what stands for one thing and class.
type yearsView struct{ retention.Rule }

// keptYears shows the rules, and what a change in the address would do.
func (v *visit) keptYears() error {
	return v.yearsShow(fiber.StatusOK, readYears(func(name string) string { return v.c.Query(name) }), v.c.Query("look") == "1", Draft{})
}

func readYears(get func(name string) string) retention.Change {
	return retention.Change{What: get("what"), Class: get("class"), Years: number(get("years")), Basis: get("basis"), Why: get("why")}
}

func (v *visit) yearsShow(status int, c retention.Change, look bool, draft Draft) error {
	frame, err := v.frame(yearsPath, v.t("retention.rules"))
	if err != nil {
		return err
	}
	rules, err := v.Retention.Rules(v.ctx())
	if err != nil {
		return err
	}
	page := yearsPage{Frame: frame, MaySet: v.Watch.MaySet(v.by()), Change: c, Says: draft.says}
	seen := map[string]bool{}
	for _, r := range rules {
		if seen[r.What+r.Class] {
			page.History = append(page.History, r)
			continue
		}
		seen[r.What+r.Class] = true
		page.Rules = append(page.Rules, yearsView{r})
	}
	if look && page.MaySet {
		page.Before, page.After, err = v.Retention.Preview(v.ctx(), v.by(), c)
		if refused, code, ok := v.refused("years", err); ok {
			draft, status, page.Says = refused, code, refused.says
		} else if err != nil {
			return err
		} else {
			page.Looked = true
			for _, f := range [][2]string{{"what", c.What}, {"class", c.Class}, {"years", itoa(c.Years)}, {"basis", c.Basis}, {"why", c.Why}} {
				page.Confirm = append(page.Confirm, Field{Name: f[0], Kind: "hidden", Value: f[1]})
			}
		}
	}
	page.Ask = v.yearsFields(c, draft)
	return v.show(status, "retention-rules", page)
}

func (v *visit) yearsFields(c retention.Change, draft Draft) []Field {
	years := v.ask("years", "number", 100)
	if c.Years > 0 {
		years.Value = itoa(c.Years)
	}
	fields := []Field{with(v.pick("what", "radio", v.options("retention.what.", retention.Whats())), c.What), with(v.pick("class", "radio", v.options("retention.class.", retention.Classes())), c.Class),
		years, with(v.lines("basis", 2, 200), c.Basis), with(v.lines("why", 2, 200), c.Why)}
	for i := range fields {
		f := v.worded("retention", fields[i])
		if f.Name == "why" {
			f.Hint = v.t("retention.hint.rule_why")
		}
		f.ID, f.Problem = "years-"+f.Name, draft.problems[f.Name]
		fields[i] = f
	}
	return fields
}

// setYears puts into force what was looked at.
func (v *visit) setYears() error {
	c := readYears(v.form.get)
	err := v.Retention.SetRule(v.ctx(), v.by(), c)
	if err == nil {
		return v.leave(yearsPath, "retention_rule")
	}
	if draft, status, ok := v.refused("years", err); ok {
		return v.yearsShow(status, c, false, draft)
	}
	return err
}
