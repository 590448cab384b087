package console

import (
	"slices"
	"testing"

	"minsheng/inspection"
	"minsheng/portal/locale"
)

// TestEveryCodeOfInspectionsHasItsWord holds what is put together at run time.
func TestEveryCodeOfInspectionsHasItsWord(t *testing.T) {
	catalog, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	acts := codes(slices.Concat(inspectionOnward, inspectionSeldom, inspectionPages, []inspection.Act{inspection.ToHandIn, inspection.ToRefuse, inspection.ToComment}))
	acts = append(acts, "arrange", "drop", "begin_plan", "save", "entry", "propose", "rule")
	done := []string{"arrange", "change", "announce", "ask", "return", "silence", "question", "answer", "record", "matter", "write", "drop", "prepare", "exchange", "submit", "issue", "correct", "revoke", "close", "cancel", "hand_in", "refuse", "comment"}
	for prefix, all := range map[string][]string{
		"inspection.state.": codes(inspection.States()), "inspection.kind.": codes(inspection.Kinds()), "inspection.form.": codes(inspection.Forms()),
		"inspection.severity.": codes(inspection.Severities()), "inspection.answer.": inspection.Answers(), "console.method.": codes(inspection.Methods()),
		"inspection.question.": inspection.Questions(), "inspection.clause.": inspection.Clauses(), "inspection.article.": inspection.Articles(),
		"inspection.act.": acts, "inspection.does.": acts, "inspection.told.": acts, "console.done.inspection_": done,
		"console.done.plan_":   {"begin", "save", "entry", "drop", "propose", "rule"},
		"inspection.material.": codes([]inspection.MaterialState{inspection.MaterialAsked, inspection.MaterialGiven, inspection.MaterialRefused}),
		"inspection.answered.": {"handed_in", "refused", "silent", "returned"}, "inspection.remark.": {"opinion", "statement", "correction"},
		"inspection.plan.": codes([]inspection.PlanState{inspection.PlanDraft, inspection.PlanProposed, inspection.PlanApproved, inspection.PlanReplaced}),
		"inspection.copy.": {"abroad", "cleared", "revoked"}, "inspection.ruling.": {"approve", "return"}, "inspection.agreed.": {"yes", "no"}, "inspection.signed.": {"yes", "no"},
		"inspection.today.": append(inspection.Groups(), "asked"), "inspection.why.": inspection.Groups(), "inspection.lens.": {"open", "mine", "all"},
		"console.rule.inspection.": {"visit", "material", "findings", "plan_entry"}, "field.say.": phoneWords, "console.subject.": {"inspection", "plan"},
	} {
		for _, code := range all {
			if !catalog.Has(locale.Chinese, prefix+code) {
				t.Errorf("no text for %s%s", prefix, code)
			}
		}
	}
}
