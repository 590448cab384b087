package console_test

import (
	"net/url"
	"strings"
	"testing"

	"minsheng/intake"
	"minsheng/objection"
	"minsheng/roll"
	"minsheng/staff"
)

const objections = "/console/objections"

// objectionHouse is a house with a published list of two households, and with
// two officers and two supervisors of the county.
func objectionHouse(t *testing.T) (m *matrix, list fixture, people map[string]*browser) {
	t.Helper()
	m = newMatrix(t, still(t))
	people = map[string]*browser{}
	for login, role := range map[string]staff.Role{"wang": staff.TriageOfficer, "zhao": staff.TriageOfficer, "sun": staff.Supervisor, "lin": staff.Supervisor} {
		m.hire(login, panshan, role)
		people[login] = m.signedIn(login)
	}
	return m, m.makeNotice(row{stage: "published"}, standpoint{desk: town}), people
}

// object hands in an objection and returns what the objector keeps, and the
// address of the officers' page.
func (m *matrix) object(list fixture, key int, kind objection.Kind, household string) (digits, path string) {
	m.t.Helper()
	f := objection.Filing{NoticeID: list.id, Kind: kind, Household: household,
		Submission: intake.Submission{Token: m.intake.NewForm().Token, Text: "请到家里来看一看，名单上写得不对。", Mode: intake.Anonymous, Channel: intake.Web, Lang: "zh-CN"}}
	if key > 0 {
		f.RowKey = &key
	}
	r, late, err := m.objects.File(bg, f)
	m.must(err)
	if late {
		m.t.Fatal("the objection came too late")
	}
	return r.Digits, objections + "/" + m.lastObjection().ID.String()
}

// seen brings an objection as far as two people who saw the household.
func (m *matrix) seen(path string, people map[string]*browser) {
	m.t.Helper()
	wang, zhao := people["wang"], people["zhao"]
	wang.send(wang.get(path), step("acknowledge"), nil).want(200, "已受理")
	wang.send(wang.get(path), step("check"), visited).want(200, "已登记")
	zhao.send(zhao.get(path), step("sign"), url.Values{"declared": {"1"}}).want(200, "已签字")
}

var visited = url.Values{"place": {"双柳村一组"}, "method": {"household_visit"}, "found": {"家里四口人，和名单上不一样。"}, "declared": {"1"}}

const told2 = "经入户核实，名单上写得不对，已经改过来了。"

func TestAnObjectionFromTheListToTheAnswer(t *testing.T) {
	m, list, people := objectionHouse(t)
	wang, zhao, sun, li := people["wang"], people["zhao"], people["sun"], people["lin"]
	wang.get(objections).want(200, "这里没有异议", "上一级办公室")
	digits, path := m.object(list, 1, objection.WrongIn, "")
	number := m.lastObjection().Number()
	lines := wang.get(objections).want(200, number, "双柳村贫困户初选名单公示")
	if href, _ := lines.Find("ul.lines a").Attr("href"); href != path {
		t.Errorf("the line leads to %s", href)
	}
	p := wang.get(path).want(200, "请到家里来看一看", "赵大有", "公示单位看不到")
	wang.get("/console").want(200, "还没人受理的异议", number)
	p = wang.send(p, step("acknowledge"), nil).want(200, "已受理", "正在核实")
	undeclared := url.Values{}
	for name, values := range visited {
		if name != "declared" {
			undeclared[name] = values
		}
	}
	p = wang.send(p, step("check"), undeclared).want(422)
	if p.text("#check-declared .wrong") == "" || p.Find("#do-check textarea[name=found]").Text() != visited.Get("found") ||
		p.Find("#do-check select[name=method] option[selected]").AttrOr("value", "") != "household_visit" {
		t.Errorf("no declaration: %s", p.text("#do-check"))
	}
	p = wang.send(p, step("check"), url.Values{"declared": {"1"}}).want(200, "已登记", "等第二个人签字", visited.Get("found"))
	if p.Find("#do-sign").Length() != 0 {
		t.Error("the first verifier is offered to sign")
	}
	signing := zhao.get(path).fill(step("sign"), url.Values{"declared": {"1"}})
	signing.Set("csrf", p.Find("input[name=csrf]").First().AttrOr("value", ""))
	if own := wang.post(path+"/sign", signing).want(409); own.text("[role=alert]") == "" || strings.Contains(own.text(".kept"), signing.Get("check")) {
		t.Errorf("signing twice: %s", own.text("main"))
	}
	zhao.get("/console").want(200, "等第二个人签字的核实", number)
	if p := zhao.send(zhao.get(path), step("sign"), nil).want(422); p.text("#sign-declared .wrong") == "" {
		t.Error("signed without a declaration")
	}
	zhao.send(zhao.get(path), step("sign"), url.Values{"declared": {"1"}}).want(200, "已签字")

	p = sun.send(sun.get(path), step("propose"), url.Values{"answer": {told2}}).want(422)
	if p.text("#propose-outcome .wrong") == "" || p.Find("#do-propose textarea[name=answer]").Text() != told2 {
		t.Errorf("no outcome: %s", p.text("#do-propose"))
	}
	p = sun.send(p, step("propose"), url.Values{"outcome": {"upheld_remove"}}).want(200, "已提交审批", "等审批")
	ruling := li.get(path).fill(step("rule"), url.Values{"ruling": {"approve"}})
	ruling.Set("csrf", p.Find("input[name=csrf]").First().AttrOr("value", ""))
	sun.post(path+"/rule", ruling).want(409)
	li.get("/console").want(200, "等您审批的异议处理意见", number)
	if p := li.send(li.get(path), step("rule"), nil).want(422); p.text("#rule-ruling .wrong") == "" {
		t.Error("ruled without a word")
	}
	if p := li.send(li.get(path), step("rule"), url.Values{"ruling": {"return"}}).want(422); p.text("#rule-note-says .wrong") == "" {
		t.Error("returned without a reason")
	}
	before, err := m.rolls.Roll(bg, list.roll)
	m.must(err)
	p = li.send(li.get(path), step("rule"), url.Values{"ruling": {"approve"}}).want(200, "已处理", "成立", told2)
	if p.Find(".steps form").Length() != 0 {
		t.Errorf("a closed one can go on: %s", p.text(".steps"))
	}
	after, err := m.rolls.Roll(bg, list.roll)
	if err != nil || after.Version != before.Version+1 || after.Size != before.Size-1 {
		t.Errorf("the list was %+v and is %+v, %v", before, after, err)
	}
	if open := wang.get(objections).want(200); strings.Contains(open.text("main"), number) {
		t.Error("a closed one stands among the open ones")
	}
	wang.get(objections+"?state=all").want(200, number, "成立")
	out := m.browser().post("/track", url.Values{"digits": {digits}}).want(200, told2)
	if strings.Contains(out.Text(), visited.Get("found")) {
		t.Error("the objector reads what the verifiers wrote")
	}
}

// A correction changes what it names and keeps what else the row says.
func TestACorrectionKeepsTheRestOfTheRow(t *testing.T) {
	m, list, people := objectionHouse(t)
	m.exec(`UPDATE roll_row SET cells = '{"cause":"illness","note":"长期吃药"}', team = '三组' WHERE roll_id = ? AND key = 1`, list.roll)
	_, path := m.object(list, 1, objection.BadInfo, "")
	m.seen(path, people)
	sun, li := people["sun"], people["lin"]
	p := sun.get(path).want(200)
	form := p.fill(step("propose"), nil)
	if form.Get("label") != "赵大有" || form.Get("team") != "三组" || form.Get("people") != "3" || form.Has("amount") || form.Has("row_number") {
		t.Errorf("the form does not show the row: %v", form)
	}
	bad := sun.send(p, step("propose"), url.Values{"outcome": {"upheld_correct"}, "people": {"四口"}, "answer": {told2}}).want(422)
	if bad.text("#propose-people-says .wrong") == "" || bad.Find("#do-propose input[name=people]").AttrOr("value", "") != "四口" {
		t.Errorf("no number: %s", bad.text("#do-propose"))
	}
	sun.send(bad, step("propose"), url.Values{"people": {"5"}}).want(200, "名单将改为", "5口人")
	li.send(li.get(path), step("rule"), url.Values{"ruling": {"approve"}}).want(200, "已更正")
	now, err := m.rolls.Row(bg, list.roll, 1)
	if err != nil || now.People != 5 || now.Label != "赵大有" || now.Team != "三组" || now.Cells["cause"] != "illness" || now.Cells["note"] != "长期吃药" || now.PlaceCode != shuangliu {
		t.Errorf("the row is %+v, %v", now, err)
	}
}

func TestWhoIsMissingIsAdded(t *testing.T) {
	m, list, people := objectionHouse(t)
	_, path := m.object(list, 0, objection.Missed, "孙三")
	m.seen(path, people)
	sun, li := people["sun"], people["lin"]
	p := sun.get(path).want(200, "说的是哪一户", "孙三")
	if got := p.fill(step("propose"), nil).Get("label"); got != "孙三" {
		t.Errorf("the household is %q", got)
	}
	lost := sun.send(p, step("propose"), url.Values{"outcome": {"upheld_correct"}, "row_number": {"99"}, "answer": {told2}}).want(422)
	if lost.text("#propose-row_number-says .wrong") == "" {
		t.Errorf("a row that is not there: %s", lost.text("#do-propose"))
	}
	sun.send(lost, step("propose"), url.Values{"outcome": {"upheld_add"}, "row_number": {""}, "team": {"二组"}, "people": {"2"}}).want(200, "已提交审批")
	li.send(li.get(path), step("rule"), url.Values{"ruling": {"approve"}}).want(200, "补进名单")
	rows, _, err := m.rolls.Page(bg, list.roll, roll.Ask{Limit: 10})
	if err != nil || len(rows) != 3 || rows[2].Label != "孙三" || rows[2].Team != "二组" || rows[2].People != 2 {
		t.Errorf("the list is %+v, %v", rows, err)
	}
}

func TestTalkingWithAnObjector(t *testing.T) {
	m, list, people := objectionHouse(t)
	digits, path := m.object(list, 2, objection.WrongIn, "")
	wang := people["wang"]
	if p := wang.send(wang.get(path), ".say form", url.Values{"text": {"啊"}}).want(422); p.text("#message-text-says .wrong") == "" {
		t.Errorf("one character: %s", p.text("main"))
	}
	wang.send(wang.get(path), ".say form", url.Values{"text": {"您方便说说是哪辆车吗？"}}).want(200, "已留言", "哪辆车")
	m.browser().post("/track", url.Values{"digits": {digits}}).want(200, "哪辆车")
	gone := people["zhao"].get(path).fill(step("acknowledge"), nil)
	wang.send(wang.get(path), step("acknowledge"), nil).want(200)
	people["zhao"].post(path+"/acknowledge", gone).want(409)
	wang.get("/console/objections?mine=1").want(200, m.lastObjection().Number())
	if late := wang.get("/console").Find(`nav.places a[href="/console/objections"] .count`).Text(); late != "1" {
		t.Errorf("the left column counts %q", late)
	}
}
