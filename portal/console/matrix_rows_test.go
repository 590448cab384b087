package console_test

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/google/uuid"

	"minsheng/internal/workday"
	"minsheng/staff"
)

// letters are the roles as the table writes them.
var letters = map[string]staff.Role{
	"R": staff.Registrar, "T": staff.TriageOfficer, "S": staff.Supervisor, "H": staff.UnitHandler, "P": staff.Publisher,
	"N": staff.NoticeApprover, "I": staff.IdentityCustodian, "U": staff.Auditor, "A": staff.Administrator,
}

const everybody = "R T S H P N I U A"

// row says of one route who may come there. It repeats nothing of the code: it
// is written from DESIGN §5, so that a role that is given too much turns red.
type row struct {
	who   string // letters of the roles
	about kind   // what the address or the form names
	also  kind   // what else it may name, tried too; "" nothing
	stage string // of the thing, so that the form below is one that would be taken
	twin  string // stage of another case that the form names, if it names one
	form  func(m *matrix, f fixture) url.Values
	// byRoll: the form names the version of the table, not of the notice.
	byRoll bool
	sheet  string // content of a spreadsheet that the form takes along
	// recorded: that it was seen stands in the record.
	recorded bool
	says     int // status of an answer that shows something once instead of leading on
	// looks: it only shows what would be.
	looks bool
}

// kinds are what a row is tried with.
func (r row) kinds() []kind {
	if r.also == "" {
		return []kind{r.about}
	}
	return []kind{r.about, r.also}
}

// kind is what a route is about, and so from where it may be seen.
type kind string

const (
	page_     kind = ""        // nothing that belongs to an office
	own       kind = "own"     // one's own account: tried without proof, so that nothing is lost
	aCase     kind = "case"    // visible by office
	aFile     kind = "file"    // evidence of a case
	anItem    kind = "item"    // read by both sides
	itemFile  kind = "report"  // evidence of an item, read by both sides
	issuing   kind = "issuing" // an item, in the hands of who issues it
	handling  kind = "handling"
	aView     kind = "view"
	aSession  kind = "session"
	aTie      kind = "tie"
	anAccount kind = "account"
	aUnit     kind = "office"
	aRequest  kind = "request" // of a guarded role

	aNotice    kind = "notice" // of a town's office, in the hands of who writes it
	aList      kind = "list"   // the same, to be read
	noticeFile kind = "attachment"
	aSheet     kind = "sheet" // of the office that sent it
	aProject   kind = "project"
	aTable     kind = "table" // of a draft, filled by its own office
)

// standpoint is one way to stand to a thing.
type standpoint struct {
	name    string
	unit    string // where the person sits
	desk    string // where the case lies, or who issued the item; of whom the account is
	about   string // the office that the case names
	recused bool   // the person stepped back from the case
	raised  bool   // the item was escalated to where the person sits
	team    bool   // the person is of the inspection's team
	sees    string // the roles to whom it exists from there, if the route is theirs
}

// A complaint that names an office does not exist for that office and those
// below it, wherever it lies; nor for who stepped back.
var (
	ofCases = []standpoint{
		{name: "own unit", unit: panshan, desk: panshan, sees: everybody},
		{name: "unit above", unit: cityDesk, desk: panshan, sees: everybody},
		{name: "above the accused", unit: cityDesk, desk: panshan, about: panshan, sees: everybody},
		{name: "foreign unit", unit: dawa, desk: panshan},
		{name: "accused unit", unit: panshan, desk: panshan, about: panshan},
		{name: "below the accused", unit: town, desk: town, about: panshan},
		{name: "recused", unit: panshan, desk: panshan, recused: true},
	}
	ofViews    = []standpoint{{name: "own", unit: panshan, sees: everybody}, {name: "of another", unit: panshan, desk: "other"}}
	ofAccounts = []standpoint{
		{name: "own unit", unit: panshan, desk: panshan, sees: everybody},
		{name: "unit below", unit: panshan, desk: town, sees: everybody},
		{name: "unit above", unit: panshan, desk: cityDesk},
		{name: "foreign unit", unit: panshan, desk: dawa},
		{name: "top of the house", unit: cityDesk, desk: dawa, sees: everybody},
	}
	ofPages = []standpoint{
		{name: "county", unit: panshan, sees: everybody}, {name: "city", unit: cityDesk, sees: everybody}, {name: "town", unit: town, sees: everybody},
	}
	standpoints = map[kind][]standpoint{
		page_: ofPages, own: ofPages[:1], aCase: ofCases, aFile: ofCases, anItem: ofItems, itemFile: ofItems,
		issuing: seenBy(ofItems, "addressed unit", "raised to"), pressing: seenBy(ofItems, "addressed unit"), handling: handlersOnly(ofItems),
		docketing: ofDocketing, aNotice: ofNotices, aList: readNotices, noticeFile: readNotices, aSheet: ofSheets, aTable: ofSheets, aProject: ofNotices,
		aView: ofViews, aSession: ofViews, aTie: ofViews, anAccount: ofAccounts, aUnit: ofAccounts,
		aRequest:    {{name: "top of the house", unit: cityDesk, desk: town, sees: everybody}, {name: "county", unit: panshan, desk: town}},
		anObjection: ofObjections, objectionFile: ofObjections, aHit: ofHits,
		aPaper: ofPapers, myDraft: ofDrafts, myPaper: ofDrafts, aForm: ofForms, aKind: ofForms[:1],
		anInspection: ofInspections, inspectionFile: ofInspections, anOffices: ofOffices, aTeams: ofTeams, anApprovers: ofOffices, aVisit: ofVisits,
		inspectedBy: ofInspected, inspectedFile: ofInspected, aPlan: ofPlans, ownPlan: seenBy(ofPlans, "unit above"),
		anOrder: ofOrders, orderFile: ofOrders, orderGivers: ofGivers, orderTakers: ofTakers, orderOrigins: ofGivers,
		aSchedule: ofSchedules, ownSchedule: seenBy(ofSchedules, "unit above"), aReport: ofReports, reportFile: ofReports,
		owedReport: only(ofReports, "asked office"), sentReport: only(ofReports, "asking office"),
		anAlarm: ofAlarms, forAll: ofAll,
		answered: ofCases, aRepeat: ofCases, aSecondLook: ofLooks, anAppeal: ofAppeals, anAudit: ofAudits,
		accusing: ofCases[:1], aMeasure: ofMeasures, measureFile: ofMeasures, ownMeasure: seenBy(ofMeasures, "unit above"), servedOne: ofServed, servedFile: ofServed,
		referring: ofCases[:1], aReferral: ofReferrals, referralFile: ofReferrals, ownReferral: seenBy(ofReferrals, "unit above"), aRelease: ofReleases,
		aCustody: ofCustody, aHandling: ofHandling, aName: ofCases, anOpening: ofCases, aMask: ofCases, aCopy: ofCases, reportedFile: ofItems, reportedCopy: ofItems, aTaking: ofTakings, myTaking: ofMyTakings, anErasure: ofErasures, listErasure: ofListErasures, endedCase: ofRetained, endedList: ofEndedLists,
	}
)

// seenBy is the list where some standpoints see nothing.
func seenBy(list []standpoint, but ...string) []standpoint {
	out := append([]standpoint(nil), list...)
	for i := range out {
		if slices.Contains(but, out[i].name) {
			out[i].sees = ""
		}
	}
	return out
}

func handlersOnly(list []standpoint) []standpoint {
	out := append([]standpoint(nil), list...)
	for i := range out {
		if out[i].sees = "H"; out[i].name != "addressed unit" {
			out[i].sees = ""
		}
	}
	return out
}

func words(pairs ...string) func(*matrix, fixture) url.Values {
	return func(*matrix, fixture) url.Values {
		v := url.Values{}
		for i := 0; i < len(pairs); i += 2 {
			v.Add(pairs[i], pairs[i+1])
		}
		return v
	}
}

// table has one row for each route.
func table() map[string]row {
	rows := caseTable()
	maps.Copy(rows, docketTable())
	maps.Copy(rows, publishTable())
	maps.Copy(rows, objectionTable())
	maps.Copy(rows, paperTable())
	maps.Copy(rows, inspectionTable())
	maps.Copy(rows, orderTable())
	maps.Copy(rows, selfReportTable())
	maps.Copy(rows, watchTable())
	maps.Copy(rows, figuresTable())
	maps.Copy(rows, bulletinTable())
	maps.Copy(rows, endTable())
	maps.Copy(rows, accountabilityTable())
	maps.Copy(rows, custodyTable())
	maps.Copy(rows, retentionTable())
	maps.Copy(rows, coverTable())
	return rows
}

func caseTable() map[string]row {
	return map[string]row{
		"GET /console/signin":    {who: everybody},
		"POST /console/signin":   {who: everybody, about: own, says: 422, form: func(*matrix, fixture) url.Values { return url.Values{"login": {uuid.NewString()}} }},
		"GET /console/code":      {who: everybody},
		"POST /console/code":     {who: everybody, about: own},
		"GET /console/enrol":     {who: everybody, says: 404},
		"POST /console/enrol":    {who: everybody, about: own},
		"GET /console/password":  {who: everybody},
		"POST /console/password": {who: everybody, about: own},
		"POST /console/signout":  {who: everybody, about: own},

		"GET /console":                           {who: everybody},
		"GET /console/account":                   {who: everybody},
		"POST /console/account/sessions/:id/end": {who: everybody, about: aSession, form: words()},
		"GET /console/confirm":                   {who: everybody},
		"POST /console/confirm":                  {who: everybody, about: own},
		"POST /console/account/ties":             {who: everybody, form: words("kind", "sibling", "name", "柳避嫌")},
		"POST /console/account/ties/:id/end":     {who: everybody, about: aTie, form: words()},

		"GET /console/cases": {who: "T S I"},
		"POST /console/cases/assign": {who: "T S", about: aCase, form: func(m *matrix, f fixture) url.Values {
			return url.Values{"ids": {f.id.String()}, "to": {m.city.ID.String()}}
		}},
		"POST /console/cases/views":           {who: "T S I", form: words("name", "克扣", "query", "kind=FUND_WITHHOLD")},
		"POST /console/cases/views/:id/drop":  {who: "T S I", about: aView, form: words()},
		"GET /console/cases/:id":              {who: "T S I", about: aCase},
		"GET /console/cases/:id/files/:file":  {who: "T S I", about: aFile},
		"POST /console/cases/:id/claim":       {who: "T S", about: aCase, form: words()},
		"POST /console/cases/:id/assign":      {who: "T S", about: aCase, form: func(m *matrix, _ fixture) url.Values { return url.Values{"to": {m.city.ID.String()}} }},
		"POST /console/cases/:id/release":     {who: "T S", about: aCase, stage: "owned", form: words()},
		"POST /console/cases/:id/recuse":      {who: "T S I", about: aCase, form: words("reason", "是我的亲戚")},
		"POST /console/cases/:id/message":     {who: "T S", about: aCase, form: words("text", "您好,正在看。")},
		"POST /console/cases/:id/ask_more":    {who: "T S", about: aCase, form: words("text", "是哪一年的事?")},
		"POST /console/cases/:id/describe":    {who: "T S", about: aCase, form: words("summary", "反映危房改造补助没有发全", "kind", "FUND_WITHHOLD", "severity", "2", "demands", "补发")},
		"POST /console/cases/:id/split":       {who: "T S", about: aCase, stage: "described", form: words("summaries", "反映同村道路工程质量问题")},
		"POST /console/cases/:id/accept":      {who: "T S", about: aCase, stage: "described", form: words()},
		"POST /console/cases/:id/decline":     {who: "T S", about: aCase, stage: "described", form: words("reason", "属于法院管的事", "where_to", "县法院 12368")},
		"POST /console/cases/:id/refer":       {who: "T S", about: aCase, stage: "described", form: words("reason", "反映村会计侵占")},
		"POST /console/cases/:id/extend":      {who: "T S", about: aCase, stage: "accepted", form: words("days", "10", "reason", "要查五年的账")},
		"POST /console/cases/:id/close":       {who: "T S", about: answered, stage: "solved", form: words()},
		"POST /console/cases/:id/name_person": {who: "T S", about: aCase, form: words("person", "柳某某")},
		"POST /console/cases/:id/name_subject": {who: "T S", about: aCase, form: func(m *matrix, _ fixture) url.Values {
			return url.Values{"units": {m.units[poor].ID.String()}}
		}},
		"POST /console/cases/:id/link": {who: "T S", about: aCase, stage: "described", twin: "described", form: func(_ *matrix, f fixture) url.Values {
			return url.Values{"into": {f.twin.ID.String()}}
		}},
		"POST /console/cases/:id/transfer": {who: "T S", about: aCase, stage: "described", form: func(m *matrix, _ fixture) url.Values {
			return url.Values{"unit": {m.units[dawa].ID.String()}, "reason": {"涉及大洼区"}}
		}},
		"POST /console/cases/:id/verify": {who: "T S", about: aCase, stage: "accepted", form: func(m *matrix, _ fixture) url.Values {
			return url.Values{"visited_on": {string(workday.On(m.store.Now()))}, "place": {"村部"}, "method": {"interview"},
				"verifiers": {"李核\n王查"}, "found": {"走访三户,都说少发。"}, "form": {m.intake.NewForm().Token}}
		}},
		"POST /console/cases/:id/decide": {who: "T S", about: aCase, stage: "verified", form: words("outcome", "substantiated",
			"result.1", "substantiated", "facts.1", "扣下三千元。", "basis.1", "应足额发放。", "done.1", "已责令改正。")},
		"POST /console/cases/:id/rule": {who: "S", about: aCase, stage: "proposed", form: func(_ *matrix, f fixture) url.Values {
			return url.Values{"proposal": {f.proposal.String()}, "ruling": {"approve"}}
		}},
		"POST /console/cases/:id/convert": {who: "T S", about: aCase, stage: "accepted", form: order},
		"GET /console/replies":            {who: "T S"},
		"POST /console/replies":           {who: "T S", form: words("title", "收到", "body", "您好,已经收到。")},

		"GET /console/entry":               {who: "R T"},
		"POST /console/entry":              {who: "R T", form: call, says: 200},
		"GET /console/record":              {who: "U"},
		"GET /console/refused":             {who: "S U"},
		"GET /console/staff":               {who: "A"},
		"POST /console/staff":              {who: "A", form: newcomer, says: 200},
		"POST /console/staff/requests/:id": {who: "A", about: aRequest, form: words("ruling", "approve")},
		"POST /console/staff/:id/roles":    {who: "A", about: anAccount, form: words("roles", "publisher")},
		"POST /console/staff/:id/active":   {who: "A", about: anAccount, form: words("active", "0")},
		"POST /console/staff/:id/reset":    {who: "A", about: anAccount, form: words(), says: 200},
		"GET /console/offices":             {who: "A"},
		"POST /console/offices":            {who: "A", form: newOffice},
		"GET /console/offices/:id":         {who: "A", about: aUnit},
		"POST /console/offices/:id/rename": {who: "A", about: aUnit, form: func(m *matrix, _ fixture) url.Values {
			return url.Values{"new_name": {"改名" + uuid.NewString()[:8]}, "from": {string(workday.On(m.store.Now()))}}
		}},
	}
}

func call(m *matrix, _ fixture) url.Values {
	return url.Values{"form": {m.intake.NewForm().Token}, "place": {shuangliu}, "channel": {"phone"}, "mode": {"anonymous"},
		"text": {"来电人称通村路到现在还是土道。"}, "accused": {"unknown"}, "read_back": {"1"}}
}

func newcomer(m *matrix, _ fixture) url.Values {
	return url.Values{"name": {"何田田"}, "login": {"n" + strings.ReplaceAll(uuid.NewString(), "-", "")[:20]}, "unit": {m.at.ID.String()}, "roles": {"publisher"}}
}

func newOffice(m *matrix, _ fixture) url.Values {
	return url.Values{"name": {"科室" + uuid.NewString()[:8]}, "kind": {"department"}, "level": {"town"}, "parent": {m.at.ID.String()}, "town": {"211122111000"}}
}
