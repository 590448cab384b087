package console

import (
	"slices"

	"github.com/google/uuid"

	"minsheng/inspection"
	"minsheng/staff"
)

// inspectionGroup is a group of lines of the Today page that are inspections.
type inspectionGroup struct {
	Code string
	Rows []inspectionLine
}

// todayInspections gathers the inspections that wait for the officer, and what
// the own office is asked for when it is inspected.
func (v *visit) todayInspections(page *todayPage) error {
	if v.by().May(staff.WorkInspections) {
		waiting, err := v.Inspections.Today(v.ctx(), v.by())
		if err != nil {
			return err
		}
		for _, code := range inspection.Groups() {
			group := inspectionGroup{Code: code}
			for _, l := range waiting[code] {
				line := v.inspectionLine(l)
				line.Why = v.whyInspection(code, l)
				group.Rows = append(group.Rows, line)
			}
			if len(group.Rows) > 0 {
				page.Visits = append(page.Visits, group)
			}
		}
	}
	if !v.by().May(staff.AnswerOffices) {
		return nil
	}
	lines, err := v.Inspections.Inspected(v.ctx(), v.by(), uuid.Nil)
	page.Asked = slices.DeleteFunc(lines, func(l inspection.AddressedLine) bool { return l.Owed == 0 })
	return err
}

// whyInspection says in one sentence why an inspection stands in a group.
func (v *visit) whyInspection(group string, l inspection.Line) string {
	rule := v.known("console.rule."+l.DueRule, "console.rule.other")
	switch group {
	case inspection.WaitsForIssue:
		return v.t("inspection.why.issue")
	case inspection.VisitToday:
		return v.t("inspection.why.visit")
	case inspection.PastDue:
		return v.t("inspection.why.late", "rule", rule, "n", l.Late)
	}
	return v.t("inspection.why.due", "rule", rule)
}

// owedMaterials counts what the own office is asked for, and what of it is late.
func (v *visit) owedMaterials() (n count, err error) {
	lines, err := v.Inspections.Inspected(v.ctx(), v.by(), uuid.Nil)
	for _, l := range lines {
		n.mine += l.Owed
		if l.Late {
			n.late++
		}
	}
	return n, err
}
