package inspection

import (
	"fmt"
	"slices"
	"strings"
)

// Kind of an inspection (Art. 3 of the Measures; DOMAIN §8.1); catalog key
// inspection.kind.<code>.
type Kind string

// Kinds of inspections.
const (
	AnnualPlan     Kind = "annual_plan"     // 年度计划督查
	Regular        Kind = "regular"         // 定期
	Irregular      Kind = "irregular"       // 不定期
	Special        Kind = "special"         // 专项
	AssistSuperior Kind = "assist_superior" // 配合上级
	FollowUp       Kind = "followup"        // 回头看
)

// Kinds lists all kinds in the order forms show them.
func Kinds() []Kind {
	return []Kind{AnnualPlan, Regular, Irregular, Special, AssistSuperior, FollowUp}
}

// Form of an inspection (Art. 14); catalog key inspection.form.<code>.
type Form string

// Forms of inspections.
const (
	PeriodicReport Form = "periodic_report" // 县区定期上报
	Onsite         Form = "onsite"          // 不定期现场检查
)

// Forms lists both forms.
func Forms() []Form { return []Form{PeriodicReport, Onsite} }

// Method of an activity (Art. 15); catalog key console.method.<code>.
type Method string

// Methods of activities.
const (
	HearReport     Method = "hear_report"
	ReviewFiles    Method = "review_files"
	Interview      Method = "interview"
	LeaderExplain  Method = "leader_explain"
	SiteVisit      Method = "site_visit"
	Symposium      Method = "symposium"
	HouseholdVisit Method = "household_visit"
)

// Methods lists the methods of Art. 15 in its order.
func Methods() []Method {
	return []Method{HearReport, ReviewFiles, Interview, LeaderExplain, SiteVisit, Symposium, HouseholdVisit}
}

// amongPeople reports whether those who take part may be villagers, whose names
// and words must not reach the inspected office.
func (m Method) amongPeople() bool {
	return m == Interview || m == Symposium || m == HouseholdVisit
}

// Severity of a finding; catalog key inspection.severity.<code>.
type Severity string

// Severities of findings.
const (
	Ordinary Severity = "ordinary" // 一般
	Serious  Severity = "serious"  // 较重
	Grave    Severity = "grave"    // 严重
)

// Severities lists the severities, the lightest first.
func Severities() []Severity { return []Severity{Ordinary, Serious, Grave} }

// Answers to a question of a checklist; catalog key inspection.answer.<code>.
const (
	Yes           = "yes"
	No            = "no"
	Partly        = "partly"
	NotApplicable = "not_applicable"
)

// Answers lists the answers in the order forms show them.
func Answers() []string { return []string{Yes, Partly, No, NotApplicable} }

// subItems is how many questions each article of chapter 3 asks. Those of
// Art. 13 have no numbers there and are counted in its order.
var subItems = []struct{ article, n int }{{6, 2}, {7, 4}, {8, 2}, {9, 6}, {10, 3}, {11, 5}, {12, 2}, {13, 3}}

// Questions lists the clauses of Art. 6–13 that a checklist can ask for: "6.1"
// to "13.3". Catalog key inspection.question.<clause>.
func Questions() []string {
	var all []string
	for _, a := range subItems {
		all = append(all, clauses(a.article, a.n)...)
	}
	return all
}

// Clauses lists what a finding can stand on: the questions, and the behaviours
// of Art. 19 ("19.1" to "19.7"). Catalog key inspection.clause.<clause>.
func Clauses() []string { return append(Questions(), clauses(19, 7)...) }

func clauses(article, n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf("%d.%d", article, i+1)
	}
	return all
}

// Articles lists the articles that have questions, in order.
func Articles() []string {
	var all []string
	for _, a := range subItems {
		all = append(all, fmt.Sprint(a.article))
	}
	return all
}

// ArticleOf is the article of a clause: "9" of "9.6".
func ArticleOf(clause string) string {
	article, _, _ := strings.Cut(clause, ".")
	return article
}

// member reports whether a code is one of a list.
func member[T ~string](list []T, code T) bool { return slices.Contains(list, code) }
