package console

import (
	"minsheng/objection"
)

// objectionGroup is a group of lines of the Today page that are objections.
type objectionGroup struct {
	Code string
	Rows []objectionLine
}

// todayObjections gathers the objections that wait for the officer. Each line
// says why it is here.
func (v *visit) todayObjections() ([]objectionGroup, error) {
	waiting, err := v.Objections.Today(v.ctx(), v.by())
	if err != nil {
		return nil, err
	}
	var groups []objectionGroup
	for _, code := range objection.Groups() {
		group := objectionGroup{Code: code}
		for _, l := range waiting[code] {
			line := objectionLine{Line: l, Color: v.colors.Of(l.Late), Why: v.whyObjection(code, l)}
			group.Rows = append(group.Rows, line)
		}
		if len(group.Rows) > 0 {
			groups = append(groups, group)
		}
	}
	return groups, nil
}

// whyObjection says in one sentence why an objection stands in a group.
func (v *visit) whyObjection(group string, l objection.Line) string {
	rule := v.known("console.rule."+l.DueRule, "console.rule.other")
	switch {
	case group == objection.WaitsForRuling:
		return v.t("objections.why.rule")
	case group == objection.WaitsForSignature:
		return v.t("objections.why.sign")
	case group == objection.NotTakenUp:
		return v.t("objections.why.new")
	case group == objection.NearlyDue:
		return v.t("objections.why.due", "rule", rule)
	case l.Late > 0:
		return v.t("objections.why.late", "rule", rule, "n", l.Late)
	}
	return v.t("objections.why.passed", "rule", rule)
}
