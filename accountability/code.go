package accountability

import (
	"slices"

	"minsheng/internal/workday"
)

// Code is one of the fourteen measures of Art. 20 (DOMAIN §8.5); catalog key
// accountability.code.<code>.
type Code string

// The measures: U_ against an office, P_ against a person, R_ either.
const (
	Rectify         Code = "U_RECTIFY"          // 责令整改
	Explain         Code = "U_EXPLAIN"          // 向市委市政府作出书面说明
	Criticise       Code = "U_CRITICISE"        // 通报批评
	NoAward         Code = "U_NO_AWARD"         // 建议取消年度评先选优资格
	SelfCriticism   Code = "P_SELF_CRITICISM"   // 责令作出书面检查
	CriticisePerson Code = "P_CRITICISE"        // 通报批评
	NoAwardPerson   Code = "P_NO_AWARD"         // 建议取消评先选优资格
	NoPromotion     Code = "P_NO_PROMOTION"     // 建议取消晋职晋级资格
	Transfer        Code = "P_TRANSFER"         // 建议调离岗位
	Resign          Code = "P_RESIGN"           // 建议责令辞职
	Dismiss         Code = "P_DISMISS"          // 建议辞退
	ToDiscipline    Code = "P_REFER_DISCIPLINE" // 移送纪检监察
	ToJudicial      Code = "P_REFER_JUDICIAL"   // 移送司法
	ToCounty        Code = "R_COUNTY"           // 建议县区委、经济区党委追责
)

// Nature says what the office does with a measure; catalog key
// accountability.nature.<code>. It never decides what it may only recommend.
type Nature string

// Natures of measures.
const (
	Decide    Nature = "decide"
	Recommend Nature = "recommend"
	Refer     Nature = "refer"
)

// Natures lists them in the order of pages.
func Natures() []Nature { return []Nature{Decide, Recommend, Refer} }

// Body is who decides on a measure, or is addressed; catalog key
// accountability.body.<code>.
type Body string

// Bodies that measures are addressed to.
const (
	OwnOffice  Body = "own"        // decides itself
	Personnel  Body = "personnel"  // 组织人事部门
	Committee  Body = "committee"  // 市委市政府
	County     Body = "county"     // 县区委、经济区党委
	Discipline Body = "discipline" // 纪检监察机关
	Judicial   Body = "judicial"   // 司法机关
)

// Bodies lists those that an office can address a measure to.
func Bodies() []Body { return []Body{Personnel, Committee, County, Discipline, Judicial} }

// sanction is what the Measures say of a code.
type sanction struct {
	Code
	Nature Nature
	Bodies []Body
}

// sanctions are the fourteen in the order of Art. 20.
var sanctions = []sanction{
	{Rectify, Decide, []Body{OwnOffice}},
	{Explain, Decide, []Body{OwnOffice}},
	{Criticise, Decide, []Body{OwnOffice}},
	{NoAward, Recommend, []Body{Personnel, Committee}},
	{SelfCriticism, Decide, []Body{OwnOffice}},
	{CriticisePerson, Decide, []Body{OwnOffice}},
	{NoAwardPerson, Recommend, []Body{Personnel, Committee}},
	{NoPromotion, Recommend, []Body{Personnel, Committee}},
	{Transfer, Recommend, []Body{Personnel, Committee}},
	{Resign, Recommend, []Body{Personnel, Committee}},
	{Dismiss, Recommend, []Body{Personnel, Committee}},
	{ToDiscipline, Refer, []Body{Discipline}},
	{ToJudicial, Refer, []Body{Judicial}},
	{ToCounty, Recommend, []Body{County}},
}

// Codes lists all measures in the order of Art. 20.
func Codes() []Code {
	all := make([]Code, len(sanctions))
	for i, s := range sanctions {
		all[i] = s.Code
	}
	return all
}

func sanctionOf(c Code) (sanction, bool) {
	i := slices.IndexFunc(sanctions, func(s sanction) bool { return s.Code == c })
	if i < 0 {
		return sanction{}, false
	}
	return sanctions[i], true
}

// Nature of a code; "" for none of the fourteen.
func (c Code) Nature() Nature {
	s, _ := sanctionOf(c)
	return s.Nature
}

// names reports whether a measure of the code names a person: it must, it may, or
// it must not.
func (c Code) names(person bool) bool {
	switch c[0] {
	case 'U':
		return !person
	case 'P':
		return person
	}
	return true
}

// Role of a person in what happened; catalog key accountability.role.<code>.
type Role string

// Roles of persons.
const (
	Direct     Role = "direct"      // 直接责任人
	DeputyLead Role = "deputy_lead" // 分管领导
	ChiefLead  Role = "chief_lead"  // 主要领导
)

// Roles lists them, who did it first.
func Roles() []Role { return []Role{Direct, DeputyLead, ChiefLead} }

// Levels of the posts that persons hold; catalog key console.level.<code>.
func Levels() []string { return []string{"village", "town", "county", "city"} }

// Clauses lists the behaviours of Art. 19; catalog key inspection.clause.<clause>.
func Clauses() []string {
	return []string{"19.1", "19.2", "19.3", "19.4", "19.5", "19.6", "19.7"}
}

// Person is who is held to account, when it is not an office. Name and post are
// stored sealed.
type Person struct {
	Name  string `json:"name"` // 2 to 30 characters
	Post  string `json:"post"` // 2 to 60
	Role  Role   `json:"-"`
	Level string `json:"-"` // of the post; "" not known
}

// Offer is a further target that Art. 20(3) links to a measure, as the severity
// demands ("视情节轻重"): it is offered and never taken by itself. Catalog key
// accountability.offer.<code>.
type Offer string

// Targets that can be linked.
const (
	OfferUnit   Offer = "unit"
	OfferDeputy Offer = "deputy_lead"
	OfferChief  Offer = "chief_lead"
)

// linked are the targets that the Measures link to one that was held to account:
// to an office its leaders, to its head or who did it the office, and to who did
// it the leaders as well. Role "" is an office.
func linked(r Role) []Offer {
	switch r {
	case "":
		return []Offer{OfferDeputy, OfferChief}
	case Direct:
		return []Offer{OfferUnit, OfferDeputy, OfferChief}
	case ChiefLead:
		return []Offer{OfferUnit}
	}
	return nil
}

// takes reports whether a proposal against a role is what was offered.
func (o Offer) takes(r Role) bool {
	if o == OfferUnit {
		return r == ""
	}
	return string(o) == string(r)
}

// State of a measure; catalog key accountability.state.<nature>.<code>.
type State string

// States: proposed → approved by somebody else → served → adopted or not. What was
// decided can be appealed against; what stands can be lifted.
const (
	Proposed   State = "proposed"
	Returned   State = "returned"
	Approved   State = "approved"
	Served     State = "served"
	Adopted    State = "adopted"
	NotAdopted State = "not_adopted"
	Appealed   State = "appealed"
	Lifted     State = "lifted"
)

// States lists all in the order of a measure's life.
func States() []State {
	return []State{Proposed, Returned, Approved, Served, Appealed, Adopted, NotAdopted, Lifted}
}

// Act is something that can be done with a measure; catalog key
// accountability.act.<code>.
type Act string

// What can be done.
const (
	ToRule   Act = "rule"
	ToServe  Act = "serve"
	ToAnswer Act = "answer"
	ToAppeal Act = "appeal"
	ToLift   Act = "lift"
	ToHand   Act = "hand" // of a referral: the package went to the organ
)

// acts says in which states of which natures an act is possible, in the order in
// which a page offers them.
var acts = []struct {
	Act
	from    []State
	natures []Nature
}{
	{ToRule, []State{Proposed}, Natures()},
	{ToServe, []State{Approved}, []Nature{Decide, Recommend}},
	{ToHand, []State{Approved}, []Nature{Refer}},
	{ToAnswer, []State{Served, Appealed}, []Nature{Decide, Recommend}},
	{ToAppeal, []State{Served, Adopted}, []Nature{Decide}},
	{ToLift, []State{Approved, Served, Adopted, Appealed}, []Nature{Decide, Recommend}},
}

// possible reports whether an act can happen to a measure.
func possible(a Act, n Nature, s State) bool {
	for _, each := range acts {
		if each.Act == a {
			return slices.Contains(each.from, s) && slices.Contains(each.natures, n)
		}
	}
	return false
}

// stands reports whether a measure in that state links further targets.
func (s State) stands() bool { return s != Proposed && s != Returned && s != Lifted }

// Ways lists how a measure is served; catalog key accountability.way.<code>.
func Ways() []string { return []string{"in_person", "office", "post"} }

// byPackage is how what is referred is served.
const byPackage = "package"

// ruleReply is the clock of what a county's committee answers (Art. 20(4)).
const ruleReply = "accountability.reply"

// within reports whether a day is a real one between two others.
func within(day, first, last workday.Date) bool {
	_, err := workday.Parse(string(day))
	return err == nil && day >= first && day <= last
}
