package console

import (
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"minsheng/clock"
	"minsheng/intake"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/portal/view"
)

const clocksPath = "/console/clocks"

// clocksPage is the table of time rules.
type clocksPage struct {
	Frame
	Groups []ruleGroup
	MaySet bool
}

// ruleGroup are the rules of one thing that is done.
type ruleGroup struct {
	Name  string
	Rules []ruleView
}

// ruleView is one rule as it stands today, in words.
type ruleView struct {
	Code    string
	Name    string
	Limit   string // 15 日
	From    string // from what event it counts
	Lawful  bool
	Pause   string // what lets it stand still
	Basis   string
	Why     string // it was set; "" came with the portal
	Since   workday.Date
	Kinds   []ruleKind // that have one of their own
	History []ruleKind // versions before and to come
	Change  string     // address of the form; "" for who may only read
}

// ruleKind is a version of a rule, or what stands for one kind.
type ruleKind struct {
	Name   string // of the kind; "" all
	Limit  string
	Basis  string
	Why    string
	Since  workday.Date
	Until  *workday.Date // first day on which it is no longer valid
	Coming bool
	Change string
}

// ruleGroups are the beginnings of codes in the order of the page; others follow.
var ruleGroups = []string{"complaint", "objection", "supervision_item", "rectification", "inspection", "selfreport", "notice"}

func (v *visit) clocks() error {
	frame, err := v.frame(clocksPath, v.t("clocks.title"))
	if err != nil {
		return err
	}
	rules, err := v.Clocks.Rules(v.ctx(), v.by())
	if err != nil {
		return err
	}
	page := clocksPage{Frame: frame, MaySet: v.Watch.MaySet(v.by())}
	for _, prefix := range rulePrefixes(rules) {
		group := ruleGroup{Name: v.known("clocks.group."+prefix, "clocks.group.other")}
		for _, versions := range byCode(rules, prefix) {
			group.Rules = append(group.Rules, v.ruleView(versions, page.MaySet))
		}
		page.Groups = append(page.Groups, group)
	}
	return v.show(fiber.StatusOK, "clocks", page)
}

// rulePrefixes lists the beginnings of the codes of rules.
func rulePrefixes(rules []clock.Rule) []string {
	all := slices.Clone(ruleGroups)
	for _, r := range rules {
		if prefix, _, _ := strings.Cut(r.Code, "."); !slices.Contains(all, prefix) {
			all = append(all, prefix)
		}
	}
	return slices.DeleteFunc(all, func(prefix string) bool { return len(byCode(rules, prefix)) == 0 })
}

// byCode gathers the versions of each rule whose code begins so. The rules are in
// the order of their codes.
func byCode(rules []clock.Rule, prefix string) (groups [][]clock.Rule) {
	for _, r := range rules {
		if !strings.HasPrefix(r.Code, prefix+".") {
			continue
		}
		if n := len(groups); n > 0 && groups[n-1][0].Code == r.Code {
			groups[n-1] = append(groups[n-1], r)
			continue
		}
		groups = append(groups, []clock.Rule{r})
	}
	return groups
}

// ruleView puts the versions of one rule into words.
func (v *visit) ruleView(versions []clock.Rule, maySet bool) ruleView {
	code, today := versions[0].Code, v.day()
	shown := ruleView{Code: code, Name: v.ruleName(code)}
	change := func(kind string) string {
		if !maySet {
			return ""
		}
		return v.href(withQuery(withQuery(clocksPath+"/change", "rule", code), "kind", kind))
	}
	shown.Change = change("")
	for _, r := range versions {
		stands := r.ValidFrom <= today && (r.ValidTo == nil || today < *r.ValidTo)
		version := ruleKind{Name: v.kindOf(code, r.Kind), Limit: v.limit(r), Basis: r.Basis, Why: r.SetWhy, Since: r.ValidFrom, Until: r.ValidTo, Coming: r.ValidFrom > today}
		switch {
		case stands && r.Kind == "":
			shown.Limit, shown.Basis, shown.Why, shown.Since = version.Limit, r.Basis, r.SetWhy, r.ValidFrom
			shown.Lawful, shown.From = r.Duty == clock.Statutory, v.known("clocks.from."+r.FromEvent, "clocks.from.other")
			if r.PauseOn != "" {
				shown.Pause = v.known("clock.pause."+r.PauseOn, "console.problem.unclear")
			}
		case stands:
			version.Change = change(r.Kind)
			shown.Kinds = append(shown.Kinds, version)
		default:
			shown.History = append(shown.History, version)
		}
	}
	return shown
}

// ruleName is what a time limit is called.
func (v *visit) ruleName(code string) string {
	if text := v.t("clocks.rule." + code); text != "clocks.rule."+code {
		return text
	}
	return v.known("console.rule."+code, "console.rule.other")
}

// limit writes a number of days.
func (v *visit) limit(r clock.Rule) string { return v.t("clocks.limit."+string(r.DayKind), "n", r.N) }

// itemOrigins are the kinds of items that may have limits of their own (DOMAIN
// §8.1).
var itemOrigins = []string{"public_complaint", "objection", "leader_instruction", "superior_assignment", "inspection_finding", "plan", "audit_media"}

// ruleKinds lists the kinds for which a rule may stand apart: those of reports,
// or where items come from.
func (v *visit) ruleKinds(code string) []Option {
	switch prefix, _, _ := strings.Cut(code, "."); prefix {
	case "complaint":
		return v.options("kind.", codes(intake.Kinds(false)))
	case "supervision_item":
		return v.options("clocks.origin.", itemOrigins)
	}
	return nil
}

// kindOf is what a kind of a rule is called; "" for all.
func (v *visit) kindOf(code, kind string) string {
	if kind == "" {
		return ""
	}
	for _, o := range v.ruleKinds(code) {
		if o.Value == kind {
			return o.Label
		}
	}
	return v.t("clocks.kind.other")
}

// clockDetail says of an event of a clock which limit it is about, and which day.
func (v *visit) clockDetail(e ledger.Event) string {
	rule, due := e.Body["rule"], view.Day(v.lang, workday.Date(e.Body["due_on"]))
	switch {
	case e.Kind == "clock_moved":
		return v.t("clocks.detail.moved", "rule", v.ruleName(rule), "before", view.Day(v.lang, workday.Date(e.Body["before"])), "day", due,
			"why", v.known("clock.moved."+e.Body["why"], "console.problem.unclear"))
	case e.Body["before"] != "":
		return v.ruleName(rule)
	case e.Body["units"] != "":
		return v.t("clocks.detail.told", "rule", v.ruleName(rule), "day", due, "units", e.Body["units"])
	}
	return v.t("clocks.detail.rule", "rule", v.ruleName(rule), "day", due)
}
