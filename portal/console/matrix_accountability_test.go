package console_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"

	"minsheng/accountability"
	"minsheng/internal/store"
	"minsheng/staff"
)

const (
	accusing     kind = "accusing"        // a case that a measure can stand on
	aMeasure     kind = "measure"         // read by the office and those above it
	ownMeasure   kind = "measure, own"    // in the hands of the office
	measureFile  kind = "measure file"    // the same, a file
	servedOne    kind = "measure, served" // read by the office held to account
	servedFile   kind = "measure file, served"
	referring    kind = "referring" // a case that can be referred
	aReferral    kind = "referral"
	ownReferral  kind = "referral, own"
	referralFile kind = "referral file"
	aRelease     kind = "release" // in the hands of the custodian
)

// A measure of the county against a town stands on a case: who may not know of the
// case knows of no measure, and the town reads what was decided about it, from its
// own page alone.
var (
	ofMeasures = []standpoint{
		{name: "own unit", unit: panshan, sees: "T S"},
		{name: "unit above", unit: cityDesk, sees: "T S"},
		{name: "foreign unit", unit: dawa},
		{name: "office held to account", unit: town},
		{name: "office beside", unit: poor},
		{name: "accused unit", unit: panshan, about: panshan},
		{name: "recused", unit: panshan, recused: true},
	}
	ofServed = []standpoint{
		{name: "office held to account", unit: town, sees: "H"},
		{name: "own unit", unit: panshan},
		{name: "unit above", unit: cityDesk},
		{name: "office beside", unit: poor},
	}
	ofReferrals = []standpoint{
		{name: "own unit", unit: panshan, sees: "S"},
		{name: "unit above", unit: cityDesk, sees: "S"},
		{name: "foreign unit", unit: dawa},
		{name: "office concerned", unit: town},
		{name: "accused unit", unit: panshan, about: panshan},
		{name: "recused", unit: panshan, recused: true},
	}
	ofReleases = []standpoint{
		{name: "own unit", unit: panshan, sees: "I"},
		{name: "unit above", unit: cityDesk, sees: "I"},
		{name: "foreign unit", unit: dawa},
		{name: "recused", unit: panshan, recused: true},
	}
)

// accountabilityTable has one row for each route of measures.
func accountabilityTable() map[string]row {
	on := func(name, value string, more ...string) func(m *matrix, f fixture) url.Values {
		return func(m *matrix, f fixture) url.Values {
			v := words(append([]string{name, value, "on", string(m.today())}, more...)...)(m, f)
			v.Set("form", m.intake.NewForm().Token)
			return v
		}
	}
	return map[string]row{
		"GET /console/measures":                 {who: "T S"},
		"GET /console/measures/new":             {who: "T S"},
		"POST /console/measures":                {who: "T S", about: accusing, stage: "accepted", form: proposalForm},
		"GET /console/measures/:id":             {who: "T S", about: aMeasure},
		"GET /console/measures/:id/files/:file": {who: "T S", about: measureFile, stage: "answered"},
		"POST /console/measures/:id/rule":       {who: "S", about: ownMeasure, form: words("ruling", "approve")},
		"POST /console/measures/:id/serve":      {who: "T S", about: ownMeasure, stage: "approved", form: on("how", "post")},
		"POST /console/measures/:id/answer":     {who: "T S", about: ownMeasure, stage: "served", form: on("adopted", "yes", "words", "已经执行完毕。")},
		"POST /console/measures/:id/appeal":     {who: "T S", about: ownMeasure, stage: "served", form: on("words", "书面申诉已收到。")},
		"POST /console/measures/:id/lift":       {who: "S", about: ownMeasure, stage: "served", form: words("words", "复查后予以撤销。")},
		"POST /console/measures/:id/decline":    {who: "T S", about: ownMeasure, stage: "approved", form: words("offer", "chief_lead")},

		"GET /console/served":                 {who: "H"},
		"GET /console/served/:id":             {who: "H", about: servedOne, stage: "served"},
		"GET /console/served/:id/files/:file": {who: "H", about: servedFile, stage: "answered"},
		"POST /console/served/:id/appeal":     {who: "H", about: servedOne, stage: "served", form: on("words", "不服，请复核。")},

		"GET /console/referrals":                 {who: "S"},
		"GET /console/referrals/new":             {who: "S"},
		"POST /console/referrals":                {who: "S", about: referring, stage: "accepted", form: clueForm},
		"GET /console/referrals/keys":            {who: "S"},
		"POST /console/referrals/keys":           {who: "S", form: words("organ", "judicial", "key", "")},
		"GET /console/referrals/:id":             {who: "S", about: aReferral},
		"GET /console/referrals/:id/package":     {who: "S", about: aReferral, stage: "sealed", recorded: true},
		"GET /console/referrals/:id/files/:file": {who: "S", about: referralFile, stage: "received"},
		"POST /console/referrals/:id/seal":       {who: "S", about: ownReferral, form: words("ruling", "approve")},
		"POST /console/referrals/:id/release": {who: "S", about: ownReferral, form: func(_ *matrix, f fixture) url.Values {
			return url.Values{"complaint": {f.twin.ID.String()}, "why": {"需要向反映人核实。"}}
		}},
		"POST /console/referrals/:id/hand":    {who: "S", about: ownReferral, stage: "sealed", form: on("x", "")},
		"POST /console/referrals/:id/receipt": {who: "S", about: ownReferral, stage: "handed", form: on("adopted", "yes", "words", "收到，登记3号。")},

		"GET /console/releases":      {who: "I"},
		"POST /console/releases/:id": {who: "I", about: aRelease, stage: "asked", form: words("give", "yes", "reason", "同意随包移送。")},
	}
}

func clueForm(m *matrix, f fixture) url.Values {
	return url.Values{"organ": {"discipline"}, "recipient": {"盘山县纪委监委"}, "target": {m.units[town].ID.String()}, "name": {"冯佑才"}, "post": {"村会计"},
		"problem": {"涉嫌截留危房改造补助三千元。"}, "basis": {"督查追责办法第二十条"}, "grounds": {m.again(f.id).Number()}}
}

// makeReferral composes a referral of a case and brings it to a stage. fixture.twin
// is the case; fixture.id is the referral, or what the custodian is asked.
func (m *matrix) makeReferral(r row, at standpoint) fixture {
	m.t.Helper()
	c, boss2 := m.complaint("accepted", ""), m.person(panshan, staff.Supervisor)
	m.must(m.measures.SetKey(bg, m.boss, accountability.Discipline, organKey))
	id, err := m.measures.Compose(bg, m.boss, accountability.NewReferral{Organ: accountability.Discipline, Target: m.units[town].ID, Grounds: []string{c.Number()},
		Clue: accountability.Clue{To: "盘山县纪委监委", Name: "冯佑才", Post: "村会计", Problem: "涉嫌截留危房改造补助三千元。", Basis: "督查追责办法第二十条"}})
	m.must(err)
	f := fixture{id: id, file: uuid.New(), version: 1, twin: c}
	key := []byte(uuid.NewString())
	for _, s := range []struct {
		stage string
		do    func() error
	}{
		{"sealed", func() error { _, err := m.measures.Seal(bg, boss2, id, 1); return err }},
		{"handed", func() error { return m.measures.Hand(bg, m.boss, id, 2, m.today()) }},
		{"received", func() error {
			f.file = m.stage(key, "回执.pdf")
			return m.measures.Receipt(bg, m.boss, id, 3, accountability.Feedback{Adopted: true, On: m.today(), Words: "收到，登记3号。", FormKey: key})
		}},
	} {
		if r.stage == "" || r.stage == "asked" {
			break
		}
		m.must(s.do())
		if f.version++; s.stage == r.stage {
			break
		}
	}
	if r.stage == "asked" {
		m.must(m.measures.AskRelease(bg, m.boss, id, 1, c.ID, "需要向反映人核实。"))
		asked, err := m.measures.Asked(bg, m.person(panshan, staff.IdentityCustodian))
		m.must(err)
		for _, a := range asked {
			if a.ComplaintID == c.ID {
				f.id = a.ID
			}
		}
	}
	m.put(c.ID, at)
	return f
}

// organKey is nobody's: what is sealed to it in these tests nobody opens.
const organKey = "age1dwrwd270frxtr3us9e04wv8c8hz6yjktfxuqr8jt36u52trd7g3qxp30ku"

func proposalForm(m *matrix, f fixture) url.Values {
	return url.Values{"code": {"U_CRITICISE"}, "target": {m.units[town].ID.String()}, "clauses": {"19.5"}, "facts": {"抽查六户，两户补助资金没有到户。"}, "grounds": {m.again(f.id).Number()}}
}

// makeMeasure proposes a measure against a town and brings it to a stage.
func (m *matrix) makeMeasure(r row, at standpoint) fixture {
	m.t.Helper()
	c := m.complaint("accepted", "")
	id, err := m.measures.Propose(bg, m.worker, accountability.Proposal{Code: accountability.Criticise, Target: m.units[town].ID, Clauses: []string{"19.5"}, Grounds: []string{c.Number()},
		Words: accountability.Words{Facts: "抽查六户，两户补助资金没有到户。"}})
	m.must(err)
	f := fixture{id: id, file: uuid.New(), version: 1}
	m.bringMeasure(&f, r.stage)
	m.put(c.ID, at)
	return f
}

func (m *matrix) bringMeasure(f *fixture, stage string) {
	m.t.Helper()
	if stage == "" {
		return
	}
	m.must(m.measures.Rule(bg, m.boss, f.id, 1, true, false, ""))
	if f.version = 2; stage == "approved" {
		return
	}
	m.must(m.measures.Serve(bg, m.worker, f.id, 2, m.today(), "post"))
	if f.version = 3; stage == "served" {
		return
	}
	key := []byte(uuid.NewString())
	f.file = m.stage(key, "反馈函.pdf")
	m.must(m.measures.Answer(bg, m.worker, f.id, 3, accountability.Feedback{Adopted: true, On: m.today(), Words: "已经执行完毕。", FormKey: key}))
	f.version = 4
}

// TestHiddenMeasuresLeaveNoTrace compares every list before and after an office is
// held to account: only those who may know of it see a byte of it.
func TestHiddenMeasuresLeaveNoTrace(t *testing.T) {
	t.Parallel()
	m := newMatrix(t, still(t))
	readers := func(unit string) map[string]string {
		return m.readers(unit, everybody, append(lists(), "/console/measures?nature=decide")...)
	}
	c := m.complaint("accepted", "")
	for _, at := range ofMeasures[:5] {
		before := readers(at.unit)
		_, err := m.measures.Propose(bg, m.worker, accountability.Proposal{Code: accountability.Criticise, Target: m.units[town].ID, Clauses: []string{"19.5"}, Grounds: []string{c.Number()},
			Words: accountability.Words{Facts: "抽查六户，两户补助资金没有到户。"}})
		m.must(err)
		changed := 0
		for who, body := range readers(at.unit) {
			if body == before[who] {
				continue
			}
			if changed++; !has(at.sees, who[:1]) && who[:1] != "U" { // the auditor reads the record
				t.Errorf("%s, %s: the measure changed the page", at.name, who)
			}
		}
		if at.sees != "" && changed < 2 {
			t.Errorf("%s: it changed %d pages only", at.name, changed)
		}
	}
}

// TestAMeasureFromTheFormToItsAnswer goes through the pages: proposed, refused with
// the words kept, approved by another, served, read and appealed against by the
// office, answered; what is linked is offered and not made.
func TestAMeasureFromTheFormToItsAnswer(t *testing.T) {
	m := newMatrix(t, still(t))
	c := m.complaint("accepted", "")
	m.hire("wang", panshan, staff.TriageOfficer)
	m.hire("zhao", panshan, staff.Supervisor)
	m.hire("zhen", town, staff.UnitHandler)
	wang, zhao, zhen := m.signedIn("wang"), m.signedIn("zhao"), m.signedIn("zhen")
	p := wang.get("/console/measures/new").want(200, "决定：责令书面检查", "建议：调离岗位", "第十九条（五）")
	if p.Find("option[value=R_COUNTY]").Length() > 0 {
		t.Error("a county is offered what only the city recommends")
	}
	answers := url.Values{"code": {"P_SELF_CRITICISM"}, "target": {m.units[town].ID.String()}, "name": {"冯佑才"}, "post": {"分管副镇长"}, "clauses": {"19.5"},
		"grounds": {"盘督交〔2026〕999号"}, "facts": {"抽查六户，两户补助资金没有到户。"}}
	p = wang.send(p, ".entry form", answers).want(422, "请写对编号", "请选责任")
	if name, _ := p.Find("input[name=name]").Attr("value"); name != "冯佑才" {
		t.Errorf("the name was lost: %q", name)
	}
	p = wang.send(p, ".entry form", url.Values{"grounds": {c.Number()}, "role": {"direct"}, "clauses": {"19.5"}}).want(200, "已提出", "冯佑才", "待审批", "直接责任人")
	path := p.URL.Path
	if p.Find(step("rule")).Length() > 0 || p.Find(".offers").Length() > 0 {
		t.Error("who proposed is offered to rule, or what a proposal links")
	}
	p = zhao.send(zhao.get(path), step("rule"), url.Values{"ruling": {"approve"}}).want(200, "已批准，待送达", "提出追究主要领导", "提出追究单位")
	var n int64
	m.must(m.store.Read(bg).Table("measure").Count(&n).Error)
	if n != 1 {
		t.Errorf("%d measures: what is linked made itself", n)
	}
	offer, _ := p.Find(".offers a").Eq(0).Attr("href")
	wang.get(offer).want(200, "连带提出", "抽查六户", c.Number())
	p = zhao.send(p, ".offers li:nth-child(2) form", nil).want(200, "已记下")
	if p.Find(".offers li").Length() != 2 {
		t.Errorf("%d offers are left", p.Find(".offers li").Length())
	}
	p = wang.send(wang.get(path), step("serve"), url.Values{"how": {"in_person"}}).want(200, "已送达", "盘县督责〔", "责任追究决定书")
	q := zhen.get("/console/served").want(200, "直接责任人", "责令书面检查")
	if strings.Contains(q.text("main"), "冯佑才") {
		t.Error("the list names the person")
	}
	href, _ := q.Find("[data-row]").Attr("href")
	q = zhen.get(href).want(200, "冯佑才", "抽查六户")
	if strings.Contains(q.text("main"), c.Number()) {
		t.Error("the town reads which case it stands on")
	}
	zhen.send(q, step("appeal"), url.Values{"words": {"当时不分管，请复核。"}}).want(200, "有申诉")
	wang.send(wang.get(path), step("answer"), url.Values{"adopted": {"yes"}, "words": {"已交书面检查。"}}).want(200, "已执行", "当时不分管，请复核。")
	var row accountability.Measure
	m.must(store.One(m.store.Read(bg), &row))
	if row.State != accountability.Adopted {
		t.Errorf("at the end: %s", row.State)
	}
	if got := m.signedInAuditor(); len(got) < 500 || strings.Contains(got, "冯佑才") {
		t.Error("the record names the person")
	}
}

// signedInAuditor is the record as an auditor reads it.
func (m *matrix) signedInAuditor() string {
	m.t.Helper()
	m.become(staff.Auditor, cityDesk)
	return m.ask(m.b, "GET", "/console/record", nil).body
}

// TestAPhraseIsShownOnceAndTheCustodianDecides goes through the pages of a referral
// without a key of the organ.
func TestAPhraseIsShownOnceAndTheCustodianDecides(t *testing.T) {
	m := newMatrix(t, still(t))
	c := m.complaint("verified", "")
	m.hire("zhao", panshan, staff.Supervisor)
	m.hire("qian", panshan, staff.Supervisor)
	m.hire("miao", panshan, staff.IdentityCustodian)
	zhao, qian, miao := m.signedIn("zhao"), m.signedIn("qian"), m.signedIn("miao")
	p := zhao.get("/console/referrals/new?ground="+url.QueryEscape(c.Number())).want(200, c.Number())
	form := clueForm(m, fixture{id: c.ID})
	form.Set("problem", "据柳大有反映，涉嫌截留补助。")
	p = zhao.send(p, ".entry form", form).want(422, "涉嫌截留补助。")
	form.Set("problem", "涉嫌截留危房改造补助三千元。")
	p = zhao.send(p, ".entry form", form).want(200, "待审批封装", "冯佑才", "没有登记公钥，将用口令封装", "摘要和核实情况")
	path := p.URL.Path
	p = zhao.send(p, step("release"), url.Values{"complaint": {c.ID.String()}, "why": {"需要向反映人核实。"}}).want(200, "等身份保管员决定")
	if qian.get(path).want(200, "等身份保管员决定以后才能封装").Find(step("seal")).Length() > 0 {
		t.Error("offered to seal before the custodian has decided")
	}
	q := miao.get("/console/releases").want(200, c.Number(), "需要向反映人核实。")
	if strings.Contains(q.text("main"), "冯佑才") {
		t.Error("the custodian reads of whom the referral is")
	}
	q = miao.send(q, ".entry form", url.Values{"give": {"yes"}}).want(422)
	miao.send(q, ".entry form", url.Values{"give": {"no"}, "reason": {"先问反映人愿不愿意。"}}).want(200, "没有申请")
	miao.get("/console/cases/"+c.ID.String()).want(200, "先问反映人愿不愿意。", "员miao")
	once := qian.send(qian.get(path), step("seal"), url.Values{"ruling": {"approve"}}).want(200, "只显示这一次", "盘县督移〔")
	phrase := once.text("code.secret")
	if len(phrase) != 29 {
		t.Fatalf("the phrase is %q", phrase)
	}
	p = qian.get(path).want(200, "用口令封装", "SHA-256", "问题线索移送单", "不同意")
	if strings.Contains(p.Text(), phrase) {
		t.Error("the phrase is shown again")
	}
	href, _ := p.Find("a[download]").Attr("href")
	got := m.ask(qian, "GET", href, nil)
	if got.status != 200 || !strings.HasPrefix(got.body, "age-encryption.org/v1") || strings.Contains(got.body, "冯佑才") {
		t.Errorf("the package: %d %q", got.status, got.body[:min(40, len(got.body))])
	}
	if cd := got.header.Get("Content-Disposition"); !strings.Contains(cd, "attachment") {
		t.Errorf("the package is served %q", cd)
	}
	qian.get(path).want(200, "打开密封包")
	for _, list := range []string{"/console/papers?box=final", "/console/items", "/console/cases"} {
		if strings.Contains(qian.get(list).text("main"), "盘县督移") {
			t.Errorf("%s tells of the referral", list)
		}
	}
}
