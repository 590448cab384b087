package console_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/google/uuid"

	"minsheng/inspection"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/staff"
)

const inspections = "/console/inspections"

// inspectionHouse is a house in which a county may inspect a town: wang leads,
// zhao is of the team, sun approves; gan answers for the town.
func inspectionHouse(t *testing.T) (m *matrix, people map[string]*browser) {
	t.Helper()
	m = newMatrix(t, still(t))
	people = map[string]*browser{}
	for login, who := range map[string]struct {
		unit string
		role staff.Role
	}{"wang": {panshan, staff.TriageOfficer}, "zhao": {panshan, staff.TriageOfficer}, "sun": {panshan, staff.Supervisor}, "gan": {town, staff.UnitHandler}} {
		m.hire(login, who.unit, who.role)
		people[login] = m.signedIn(login)
	}
	return m, people
}

func (m *matrix) account(login string) string {
	m.t.Helper()
	var who struct{ ID uuid.UUID }
	m.must(store.One(m.store.Read(bg).Table("account").Select("id").Where("login = ?", login), &who))
	return who.ID.String()
}

// arranges has wang arrange an inspection of the town, and returns its path.
func (m *matrix) arranges(people map[string]*browser) string {
	m.t.Helper()
	wang, today := people["wang"], string(workday.On(m.store.Now()))
	p := wang.send(wang.get(inspections+"/new"), "main form", url.Values{"target": {m.units[town].ID.String()}, "kind": {"special"}, "way": {"onsite"}, "basis": {"《督查追责办法》第四条"},
		"focus": {"专项资金到村到户"}, "starts_on": {today}, "ends_on": {today}, "leader": {m.account("wang")}, "members": {m.account("zhao")}, "clauses": {"9.2", "9.6"}, "own": {"存折是否由本人保管"}})
	p.want(200, "已安排", "甜水镇人民政府", "专项资金到村到户", "0/3")
	return p.URL.Path
}

var (
	doorstep = url.Values{"method": {"household_visit"}, "place": {"双柳村二组"}, "people": {"穆青山"}, "found": {"该户说补助没有到折上，存折在会计手里。"}}
	aFinding = url.Values{"clause": {"9.2"}, "facts": {"抽查两户，存折都不在本人手里。"}, "basis": {"《督查追责办法》第九条"}, "severity": {"serious"}, "households": {"2"}, "amount": {"4000"}, "requirement": {"五日内退还存折"}}
)

// proof is the first activity of an inspection, as forms name it.
func proof(p page) []string {
	value, _ := p.Find(`#do-write input[name=proofs]`).First().Attr("value")
	return []string{value}
}

func TestAnInspectionFromTheNoticeToTheFindings(t *testing.T) {
	m, people := inspectionHouse(t)
	wang, zhao, sun, gan := people["wang"], people["zhao"], people["sun"], people["gan"]
	path := m.arranges(people)
	theirs := strings.Replace(path, "inspections", "inspected", 1)
	gan.get(theirs).want(404)
	wang.send(wang.get(path), step("announce"), nil).want(200, "已通知被督查单位")
	wang.send(wang.get(path), step("ask"), url.Values{"what": {"2026年发放表"}}).want(200, "2026年发放表", "等待提供", "为什么是这一天")
	gan.get("/console/inspected").want(200, "盘山县督查室", "1 项材料")
	gan.get("/console").want(200, "盘山县督查室")
	gan.send(gan.get(theirs), step("refuse"), url.Values{"words": {"发放表在县财政局"}}).want(200, "督查组会看到", "发放表在县财政局")
	wang.get(path).want(200, "未提供材料", "发放表在县财政局")

	zhao.send(zhao.get(path), step("record"), doorstep).want(200, "活动已记录", "穆青山", "进行中")
	p := wang.get(path)
	write := url.Values{"proofs": proof(p)}
	for name, value := range aFinding {
		write[name] = value
	}
	p = wang.send(p, step("write"), write).want(200, "抽查两户", "4,000", "2 户", "第九条（二）", "还没有交换意见")
	if p.Find("#do-submit, #do-issue").Length() > 0 {
		t.Error("findings can go out before views were exchanged")
	}
	gan.get(theirs).want(200)
	for _, secret := range []string{"穆青山", "该户说", "抽查两户", "household"} {
		if strings.Contains(gan.get(theirs).Text(), secret) {
			t.Errorf("the inspected office reads %q", secret)
		}
	}

	exchange := wang.get(path+"/exchange").want(200, "抽查两户")
	wang.send(exchange, "#do-exchange", url.Values{"leaders": {"镇长 季某"}, "keep": {"1"}}).want(200, "草稿已存")
	exchange = zhao.get(path+"/exchange").want(200, "员wang", "镇长 季某")
	if n := exchange.Find("input[type=radio][checked]").Length(); n != 0 {
		t.Errorf("%d choices that nobody made", n)
	}
	p = zhao.send(exchange, "#do-exchange", nil).want(422, "镇长 季某", "请选一项")
	of := p.nameOf("opinion.")
	p = zhao.send(p, "#do-exchange", url.Values{"agreed." + of: {"no"}, "opinion." + of: {"存折是村民自愿放的"}, "agreed": {"yes"}, "signed": {"no"}, "unsigned_why": {"要请示县里"}})
	p.want(200, "交换意见已记录", "存折是村民自愿放的", "有不同意见", "没有签字", "要请示县里")
	if p.Find("#do-change, #do-ask").Length() > 0 {
		t.Error("what the exchange closed is still offered")
	}
	sun.get(path).want(200)
	wang.send(wang.get(path), step("submit"), nil).want(200, "已提交")
	if wang.get(path).Find("#do-issue").Length() > 0 {
		t.Error("the team is offered to issue what it found")
	}
	sun.send(sun.get(path), step("issue"), url.Values{"ruling": {"return"}}).want(422, "退回")
	sun.send(sun.get(path), step("issue"), url.Values{"ruling": {"approve"}}).want(200, "已下发")
	p = gan.get(theirs).want(200, "抽查两户", "存折是村民自愿放的", "五日内退还存折")
	for _, secret := range []string{"穆青山", "该户说", "双柳村二组"} {
		if strings.Contains(p.Text(), secret) {
			t.Errorf("the inspected office reads %q", secret)
		}
	}
	gan.send(p, step("comment"), url.Values{"words": {"存折已经全部退还"}}).want(200, "存折已经全部退还")
	wang.send(wang.get(path), step("close"), nil).want(200, "已结束")
	wang.get(inspections+"?state=closed").want(200, "甜水镇人民政府")
	wang.get(inspections).want(200, "没有")
}

// nameOf is what follows a prefix in the name of a field.
func (p page) nameOf(prefix string) string {
	name, _ := p.Find(`[name^="` + prefix + `"]`).First().Attr("name")
	return strings.TrimPrefix(name, prefix)
}

// Forms that no page offered, and pages that are old, change nothing.
func TestNoFormGetsAroundTheExchange(t *testing.T) {
	m, people := inspectionHouse(t)
	wang, sun := people["wang"], people["sun"]
	f := m.makeInspection(row{stage: "found"}, standpoint{desk: panshan, about: town})
	m.exec("INSERT INTO inspection_member (inspection_id, account_id) VALUES (?, ?)", f.id, m.account("wang"))
	path := inspections + "/" + f.id.String()
	old := wang.get(path)
	csrf := func(b *browser, more url.Values) url.Values {
		more.Set("csrf", b.get("/console").fill("header form[method=post]", nil).Get("csrf"))
		return more
	}
	before := m.state()
	for _, version := range []string{"", "0", "1", "2", "3", "999"} {
		wang.post(path+"/submit", csrf(wang, url.Values{"version": {version}})).want(409)
		sun.post(path+"/issue", csrf(sun, url.Values{"version": {version}, "ruling": {"approve"}})).want(409)
		wang.post(path+"/close", csrf(wang, url.Values{"version": {version}})).want(409)
	}
	w, err := m.visits.Open(bg, m.worker, f.id)
	m.must(err)
	wang.post(path+"/exchange", csrf(wang, url.Values{"version": {strconv.Itoa(w.Version)}, "held_on": {"2026-01-01"}, "leaders": {"镇长 某"}, "agreed": {"yes"}, "signed": {"yes"}, "form": {m.intake.NewForm().Token}})).want(422)
	if now := m.state(); now != before {
		t.Errorf("it changed\n%s\n%s", before, now)
	}
	// The page of before the exchange, and the finding as it was then.
	m.must(m.visits.ExchangeViews(bg, m.worker, f.id, w.Version, inspection.Talk{HeldOn: w.StartsOn, Leaders: []string{"镇长 某"}, Signed: true, Whole: inspection.Opinion{Agreed: true},
		Of: map[uuid.UUID]inspection.Opinion{f.proposal: {Agreed: true}}}))
	edit := "#do-write-" + f.proposal.String() + " form"
	wang.send(old, edit, url.Values{"facts": {"改写成别的事实，不再是交换过的。"}}).want(409, "改写成别的事实")
	wang.send(old, "#do-drop-"+f.proposal.String()+" form", nil).want(409)
}

func TestAnswersOfTwoPeopleStandSideBySide(t *testing.T) {
	m, people := inspectionHouse(t)
	wang, zhao := people["wang"], people["zhao"]
	path := m.arranges(people) + "/checklist"
	old := zhao.get(path)
	of := old.nameOf("note.")
	wang.send(old, "main form.entry", url.Values{"answer." + of: {"yes"}, "note." + of: {"台账齐全"}, "csrf": {wang.get(path).fill("main form.entry", nil).Get("csrf")}}).want(200, "清单已保存", "台账齐全")
	p := zhao.send(old, "main form.entry", url.Values{"answer." + of: {"no"}, "note." + of: {"两户没到"}}).want(409, "台账齐全", "两户没到", "员wang")
	p = zhao.send(p, "main form.entry", nil).want(200, "两户没到")
	if strings.Contains(p.text(".questions"), "台账齐全") {
		t.Error("the answer that was given up stands")
	}
	// Nothing changed is nothing to say.
	before := m.state()
	zhao.send(zhao.get(path), "main form.entry", nil).want(200)
	if now := m.state(); now != before {
		t.Error("an empty change is written down")
	}
	long := strings.Repeat("长", 1001)
	zhao.send(zhao.get(path), "main form.entry", url.Values{"note." + of: {long}}).want(422, long)
}

func TestAPlanIsWrittenApprovedAndComesToBe(t *testing.T) {
	m, people := inspectionHouse(t)
	wang, sun := people["wang"], people["sun"]
	p := wang.send(wang.get("/console/plans"), step("begin_plan"), nil).want(200, "已起草", "还没有安排")
	path := p.URL.Path
	p = wang.send(p, step("propose"), nil).want(422)
	p = wang.send(wang.get(path), step("save"), url.Values{"priorities": {"专项资金到村到户"}}).want(200, "专项资金到村到户")
	month := string(workday.On(m.store.Now()))[5:7]
	entry := url.Values{"kind": {"special"}, "way": {"onsite"}, "unit": {m.units[town].ID.String()}, "month": {strings.TrimLeft(month, "0")}, "focus": {"驻村工作队到岗"}}
	p = wang.send(p, step("entry"), url.Values{"focus": {"驻村工作队到岗"}, "kind": {"special"}}).want(422, "驻村工作队到岗")
	p = wang.send(wang.get(path), step("entry"), entry).want(200, "甜水镇人民政府", "驻村工作队到岗")
	p = wang.send(p, step("propose"), nil).want(200, "等批准")
	if p.Find("#do-rule").Length() > 0 {
		t.Error("who proposed is offered to approve")
	}
	sun.send(sun.get(path), step("rule"), url.Values{"ruling": {"approve"}}).want(200, "已批准")
	p = wang.get(path).want(200, "计划已经生效")
	arrange, _ := p.Find("article.entry-of-plan a.button").Attr("href")
	p = wang.get(arrange).want(200, "驻村工作队到岗")
	today := string(workday.On(m.store.Now()))
	p = wang.send(p, "main form", url.Values{"starts_on": {"2020-01-01"}, "ends_on": {today}, "leader": {m.account("wang")}}).want(422, "驻村工作队到岗")
	wang.send(p, "main form", url.Values{"starts_on": {today}}).want(200, "已安排")
	wang.get(path).want(200, "已安排", "督查〔")
	p = wang.send(wang.get(path), step("amend"), nil).want(422)
	wang.send(wang.get(path), step("amend"), url.Values{"why": {"市里增加专项督查"}}).want(200, "已起草", "市里增加专项督查", "驻村工作队到岗")
}

// ---- the phone ----

// phone posts as the script of the field pages does.
type phone struct {
	*browser
	visit, copyID, csrf string
}

func (m *matrix) takesAlong(b *browser, path string) (phone, map[string]any) {
	m.t.Helper()
	var session struct{ CSRF string }
	m.must(json.Unmarshal([]byte(m.ask(b, "GET", "/console/field/session", nil).body), &session))
	f := phone{b, "/console/field/visits/" + strings.TrimPrefix(path, inspections+"/"), "", session.CSRF}
	status, bag := f.posts("take", url.Values{})
	if status != 200 {
		m.t.Fatalf("taken along: %d %v", status, bag)
	}
	f.copyID = bag["copy"].(string)
	return f, bag
}

// posts sends a form and reads what the phone is told.
func (f phone) posts(what string, form url.Values) (status int, told map[string]any) {
	f.h.t.Helper()
	form.Set("csrf", f.csrf)
	form.Set("copy", f.copyID)
	res, err := f.http.PostForm(f.h.base+f.visit+"/"+what, form)
	f.h.must(err)
	defer res.Body.Close()
	if strings.HasPrefix(res.Header.Get("Content-Type"), "application/json") {
		f.h.must(json.NewDecoder(res.Body).Decode(&told))
	}
	return res.StatusCode, told
}

func (f phone) expect(what string, form url.Values, status int, state string) map[string]any {
	f.h.t.Helper()
	got, told := f.posts(what, form)
	if got != status || state != "" && told["state"] != state {
		f.h.t.Errorf("%s %v: %d %v, want %d %s", what, form["kind"], got, told, status, state)
	}
	return told
}

func TestWhatAPhoneIsTold(t *testing.T) {
	m, people := inspectionHouse(t)
	path := m.arranges(people)
	f, bag := m.takesAlong(people["wang"], path)
	q := bag["questions"].([]any)[0].(map[string]any)
	if bag["target"] != town || len(bag["questions"].([]any)) != 3 || len(bag["findings"].([]any)) != 0 || q["version"] != 1.0 || q["article"] == "" {
		t.Errorf("packed %v", bag)
	}
	today := string(workday.On(m.store.Now()))
	activity := func(entry string, more ...string) url.Values {
		v := url.Values{"kind": {"activity"}, "entry": {entry}, "on": {today}}
		for name, value := range doorstep {
			v[name] = value
		}
		for i := 0; i < len(more); i += 2 {
			v.Set(more[i], more[i+1])
		}
		return v
	}
	entry := uuid.NewString()
	f.expect("entries", activity(entry), 200, "in")
	f.expect("entries", activity(entry), 200, "in") // its answer was lost
	told := f.expect("entries", activity(uuid.NewString(), "found", "短"), 422, "wrong")
	if told["problems"].(map[string]any)["found"] == "" {
		t.Errorf("told %v", told)
	}
	if n := people["wang"].get(path).Find("article.check").Length(); n != 1 {
		t.Errorf("%d activities", n)
	}

	of, answered := q["id"].(string), uuid.NewString()
	answer := func(version, answer, note string) url.Values {
		return url.Values{"kind": {"answer"}, "entry": {answered}, "question": {of}, "version": {version}, "answer": {answer}, "note": {note}}
	}
	list := people["zhao"].get(path + "/checklist")
	people["zhao"].send(list, "main form.entry", url.Values{"answer." + of: {"yes"}, "note." + of: {"台账齐全"}}).want(200)
	told = f.expect("entries", answer("1", "no", "两户没到"), 409, "conflict")
	now := told["now"].(map[string]any)
	if now["answer"] != "yes" || now["note"] != "台账齐全" || now["by"] != "员zhao" || now["version"] != 2.0 {
		t.Errorf("told %v", told)
	}
	f.expect("entries", answer("2", "no", "两户没到"), 200, "in")
	draft := url.Values{"kind": {"draft"}, "entry": {uuid.NewString()}, "version": {"0"}, "leaders": {"镇长 季某"}, "opinion": {"认可"}}
	f.expect("entries", draft, 200, "in")
	draft.Set("entry", uuid.NewString())
	m.exec("UPDATE inspection_draft SET copy_id = NULL") // by somebody else
	told = f.expect("entries", draft, 409, "conflict")
	if fields := told["draft"].(map[string]any)["fields"].(map[string]any); fields["leaders"] != "镇长 季某" || fields["agreed"] != "" || fields["signed"] != "" {
		t.Errorf("told %v", told)
	}

	// What is nobody's, and what is no entry, is not there.
	for what, form := range map[string]url.Values{
		"an unknown kind":        activity(uuid.NewString(), "kind", "finding"),
		"no entry":               activity(""),
		"a photo of nothing":     activity(uuid.NewString(), "kind", "photo", "activity", uuid.NewString()),
		"an answer to nothing":   {"kind": {"answer"}, "entry": {uuid.NewString()}, "question": {uuid.NewString()}, "version": {"1"}},
		"no photo of a record":   activity(uuid.NewString(), "kind", "photo", "activity", entry),
		"an answer of no choice": answer("3", "perhaps", ""),
	} {
		if status, told := f.posts("entries", form); status != 404 && status != 400 && status != 422 {
			t.Errorf("%s: %d %v", what, status, told)
		}
	}
	other := phone{people["zhao"], f.visit, f.copyID, m.csrfOf(people["zhao"])}
	other.expect("entries", activity(uuid.NewString()), 404, "")
	unproven := f
	unproven.csrf = "nothing"
	unproven.expect("entries", activity(uuid.NewString()), 403, "")
	outside := phone{m.browser(), f.visit, f.copyID, f.csrf}
	outside.expect("entries", activity(uuid.NewString()), 401, "")
	if got := m.ask(m.noRedirect(), "GET", "/console/field/session", nil); got.status != http.StatusSeeOther || strings.Contains(got.body, "csrf") {
		t.Errorf("the proof of a session without one: %d %s", got.status, got.body)
	}

	w := people["sun"].get(path)
	people["sun"].send(w, step("revoke"), nil).want(200, "已作废")
	f.expect("entries", activity(uuid.NewString()), 409, "revoked")
	f.expect("done", url.Values{}, 409, "revoked")
	g, _ := m.takesAlong(people["wang"], path)
	g.expect("entries", activity(uuid.NewString()), 200, "in")
	g.expect("done", url.Values{}, 200, "in")
	people["wang"].get(path).want(200, "已全部传回", "已作废")
	h, _ := m.takesAlong(people["wang"], path)
	people["sun"].send(people["sun"].get(path), step("cancel"), url.Values{"why": {"合并到下月进行"}}).want(200, "已取消")
	h.expect("entries", activity(uuid.NewString()), 409, "closed")
	h.expect("take", url.Values{}, 409, "closed")
}

func (m *matrix) csrfOf(b *browser) string {
	m.t.Helper()
	var session struct{ CSRF string }
	m.must(json.Unmarshal([]byte(m.ask(b, "GET", "/console/field/session", nil).body), &session))
	return session.CSRF
}

func (m *matrix) noRedirect() *browser {
	b := m.browser()
	b.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return b
}

// What a phone keeps of the pages is the same for everybody: it holds no name, no
// office, no visit.
func TestTheShellOfTheFieldHoldsNothing(t *testing.T) {
	m, people := inspectionHouse(t)
	path := m.arranges(people)
	for _, lang := range []string{"", "?lang=en"} {
		shell := m.ask(people["wang"], "GET", "/console/field/shell"+lang, nil)
		if other := m.ask(people["sun"], "GET", "/console/field/shell"+lang, nil); shell.body != other.body || shell.status != 200 {
			t.Errorf("the shell%s is not the same for two people", lang)
		}
		for _, secret := range []string{"员wang", town, panshan, path, `name="csrf"`, m.csrfOf(people["wang"])} {
			if strings.Contains(shell.body, secret) {
				t.Errorf("the shell%s holds %q", lang, secret)
			}
		}
	}
	worker := m.ask(people["wang"], "GET", "/console/field/sw.js", nil)
	if got := worker.header.Get("Service-Worker-Allowed"); got != "/console/field" || !strings.HasPrefix(worker.header.Get("Content-Type"), "text/javascript") {
		t.Errorf("the worker: %q, %v", got, worker.header)
	}
	line, _, _ := strings.Cut(worker.body, "\n")
	var kept []string
	m.must(json.Unmarshal([]byte(strings.TrimSuffix(strings.TrimPrefix(line, "const KEPT = "), ";")), &kept))
	for _, address := range kept {
		if !strings.HasPrefix(address, "/static/") && !strings.HasPrefix(address, "/console/field/shell") {
			t.Errorf("a phone keeps %s", address)
		}
		if got := m.ask(people["wang"], "GET", address, nil); got.status != 200 {
			t.Errorf("%s: %d", address, got.status)
		}
	}
	if policy := worker.header.Get("Content-Security-Policy"); !strings.Contains(policy, "script-src 'self'") && policy != "" {
		t.Errorf("the worker runs under %q", policy)
	}
	// Everything that the shell asks for is kept.
	shell := people["wang"].get("/console/field/shell")
	for _, selector := range []string{"script[src]", "link[rel=stylesheet]"} {
		for _, node := range shell.Find(selector).EachIter() {
			for _, name := range []string{"src", "href"} {
				if address, has := node.Attr(name); has && !strings.Contains(line, address) {
					t.Errorf("the shell needs %s, which no phone keeps", address)
				}
			}
		}
	}
}
