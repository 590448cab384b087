package console_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"minsheng/appeal"
	"minsheng/intake"
	"minsheng/internal/workday"
	"minsheng/staff"
)

// endHouse is a house with people of the county and of the city.
func endHouse(t *testing.T) (m *matrix, people map[string]*browser) {
	t.Helper()
	m = newMatrix(t, still(t))
	people = map[string]*browser{}
	for login, who := range map[string]struct {
		unit string
		role staff.Role
	}{
		"wang": {panshan, staff.TriageOfficer}, "li": {cityDesk, staff.TriageOfficer}, "qian": {cityDesk, staff.TriageOfficer},
		"wu": {cityDesk, staff.Supervisor}, "shen": {cityDesk, staff.Auditor},
	} {
		m.hire(login, who.unit, who.role)
		people[login] = m.signedIn(login)
	}
	return m, people
}

func caseAt(c intake.Complaint) string { return "/console/cases/" + c.ID.String() }

func TestHandingAnAnswerOver(t *testing.T) {
	m, people := endHouse(t)
	wang, c := people["wang"], m.complaint("delivered", "")
	p := wang.get(caseAt(c)).want(200, "还没收到", "答复（处理意见）", "为什么是这一天", "最新的答复还没有送到每一位反映人")
	if p.Find("#do-deliver input[value=post]").Length() != 1 || p.Find("#do-deliver input[value=presumed]").Length() != 0 {
		t.Error("it offers to take for delivered what was answered today, or no post to who has an address")
	}
	day := string(workday.On(m.store.Now()))
	p = wang.sendFiles(p, step("deliver"), url.Values{"how": {intake.ByPost}, "on_day": {"2020-01-01"}, "words": {"挂号信 XA123，本人签收"}}, nil).want(422, "挂号信 XA123")
	if p.text("#do-deliver .wrong") == "" {
		t.Error("nothing is said beside the day")
	}
	twice := p
	p = wang.sendFiles(p, step("deliver"), url.Values{"how": {intake.ByPost}, "on_day": {day}, "words": {"挂号信 XA123，本人签收"}},
		map[string][]byte{"回执.pdf": []byte("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n%%EOF\n")}).want(200, "送达已记录", "挂号信 XA123", "回执.pdf")
	if p.Find(step("deliver")).Length() != 0 || m.again(c.ID).State != intake.Delivered {
		t.Error("it can be handed over once more")
	}
	wang.sendFiles(twice, step("deliver"), url.Values{"how": {intake.ByHand}, "on_day": {day}, "words": {"当面交给本人"}}, nil).want(409, "当面交给本人")

	nameless := m.complaint("delivered", "")
	m.exec("UPDATE complaint SET mode = ? WHERE id = ?", intake.Anonymous, nameless.ID)
	p = wang.get(caseAt(nameless)).want(200)
	if p.Find("#do-deliver input[value=post]").Length() != 0 || p.Find("#do-deliver input[value=hand]").Length() != 1 {
		t.Error("a letter is posted to who left no name")
	}
}

// What is unsolved is work above: on the first page of the city, for somebody with
// no part in it, and read in the county when it is done.
func TestASecondLook(t *testing.T) {
	m, people := endHouse(t)
	wang, li := people["wang"], people["li"]
	c := m.bringCase(m.complaint("delivered", ""), "unsolved")
	li.get("/console").want(200, "反映人说没解决，要重新看", c.Number())
	if strings.Contains(wang.get("/console").want(200).text("main"), "反映人说没解决，要重新看") {
		t.Error("it waits for the county")
	}
	if p := wang.get(caseAt(c)).want(200, "反映人说没解决", "盘锦市委市政府督查室"); p.Find(step("second_look")).Length() != 0 {
		t.Error("the county is asked to look again at its own work")
	}
	p := li.get(caseAt(c)).want(200, "重新看")
	p = li.send(p, step("second_look"), url.Values{"words": {"钱已经退了，有收条，去看过。"}}).want(422, "钱已经退了，有收条，去看过。")
	li.send(p, step("second_look"), url.Values{"look": {appeal.LookRedo}}).want(200, "钱已经退了，有收条，去看过。", "退回")
	if now := m.again(c.ID); now.State != intake.Verifying || !now.Redone {
		t.Errorf("sent back: %s", now.State)
	}
	wang.get(caseAt(c)).want(200, "钱已经退了，有收条，去看过。", "员li")
}

// A review is decided by one and approved by another of the city. What they write
// down while they do is nothing for the county.
func TestAReviewOnItsPages(t *testing.T) {
	m, people := endHouse(t)
	wang, li, wu := people["wang"], people["li"], people["wu"]
	c := m.bringCase(m.complaint("delivered", ""), "review")
	wang.get(caseAt(c)).want(404)
	li.get("/console").want(200, "复查、复核", c.Number())
	p := li.get(caseAt(c)).want(200, "只看了账本，没有问过我们几户。", "盘山县督查室 → 盘锦市委市政府督查室")
	p = li.send(p, step("appeal_note"), url.Values{"text": {"村会计说法前后不一。"}}).want(200, "已记录", "村会计说法前后不一。")
	p = li.send(p, step("appeal_propose"), url.Values{"appeal_ruling": {appeal.Changed}, "facts": {"入户问过三户，只退了一半。"}, "basis": {"信访工作条例"}}).want(422, "入户问过三户，只退了一半。")
	p = li.send(p, step("appeal_propose"), url.Values{"outcome": {"substantiated"}, "result.1": {"substantiated"}, "facts.1": {"还差一千五百元。"}, "basis.1": {"应足额发放。"}, "done.1": {"月底前退清。"}}).
		want(200, "已提出，等另一个人批准", "还差一千五百元。")
	if p.Find(step("appeal_rule")).Length() != 0 {
		t.Error("who proposed approves")
	}
	p = wu.get(caseAt(c)).want(200, "入户问过三户，只退了一半。")
	p = wu.send(p, step("appeal_rule"), url.Values{"ruling": {"return"}, "note": {""}}).want(422)
	wu.send(p, step("appeal_rule"), url.Values{"ruling": {"approve"}}).want(200, "已办", "复查的结果（复查意见）", "改变原来的结果", "月底前退清。")
	if now := m.again(c.ID); now.State != intake.Decided || now.Outcome != intake.Substantiated {
		t.Errorf("decided: %s, %s", now.State, now.Outcome)
	}
	// Also when the case lies below again, for whatever reason.
	m.exec("UPDATE complaint SET desk_unit_id = ? WHERE id = ?", m.units[panshan].ID, c.ID)
	p = wang.get(caseAt(c)).want(200, "复查的结果（复查意见）", "月底前退清。")
	for _, kept := range []string{"村会计说法前后不一。", "只看了账本"} {
		if strings.Contains(p.Text(), kept) {
			t.Errorf("the county reads %q", kept)
		}
	}
	people["qian"].get(caseAt(c)).want(200, "村会计说法前后不一。")
}

func TestAHearingMovesTheDate(t *testing.T) {
	m, people := endHouse(t)
	li := people["li"]
	c := m.bringCase(m.complaint("delivered", ""), "reexam")
	before := m.again(c.ID).DueOn.Add(1)
	first := string(workday.On(m.store.Now()).Add(1))
	p := li.get(caseAt(c)).want(200, "复核")
	p = li.send(p, step("hearing"), url.Values{"first_on": {first}, "last_on": {""}, "words": {"上午九点在市里开听证会"}}).want(422, "上午九点在市里开听证会")
	li.send(p, step("hearing"), url.Values{"last_on": {first}}).want(200, "听证已定下", "上午九点在市里开听证会")
	if now := m.again(c.ID); *now.DueOn < before {
		t.Errorf("due %s, and was to be after %s", *now.DueOn, before)
	}
}

// What was decided finally is recognised when it is reported again, by the office
// that decided it first, which does not see the case any more.
func TestTheSameAgainIsRecognised(t *testing.T) {
	m, people := endHouse(t)
	wang := people["wang"]
	f := m.makeRepeat(row{stage: "final"}, standpoint{})
	wang.get(caseAt(f.twin)).want(404)
	c := m.again(f.id)
	p := wang.send(wang.get(caseAt(c)).want(200, f.twin.Number()), step("claim"), nil).want(200)
	p = wang.send(p, step("repeat"), nil).want(200, "等另一个人批准", f.twin.Number())
	if p.Find("a[href*='"+f.twin.ID.String()+"']").Length() != 0 {
		t.Error("it leads to what the county does not see")
	}
}

func TestAnAuditOnItsPages(t *testing.T) {
	m, people := endHouse(t)
	wu, shen := people["wu"], people["shen"]
	wu.get("/console/audits").want(200, "现在没有要查的")
	id := m.makeAudit(standpoint{}).id
	at := "/console/audits/" + id.String()
	number := m.again(id).Number()
	wu.get("/console").want(200, "查谁看过", number)
	m.hire("bian", panshan, staff.Supervisor)
	people["bian"] = m.signedIn("bian")
	for login, want := range map[string]int{"wu": 1, "shen": 1, "wang": 0, "bian": 0} { // who may read audits has a way there
		if got := people[login].get("/console").Find(`nav a[href^="/console/audits"]`).Length(); got != want {
			t.Errorf("%s: %d links in the left column, want %d", login, got, want)
		}
	}
	wu.get(at+"?before=1").want(200, number)
	wu.get(at+"?before=x").want(200, number)
	p := wu.get(at).want(200, number, "写明结果")
	p = wu.send(p, step("audit_end"), url.Values{"words": {"看过的人都经手过这一件。"}}).want(422, "看过的人都经手过这一件。")
	if p.text("#audit_end-audit_found .wrong") == "" {
		t.Error("nothing is said beside what was not chosen")
	}
	if read := shen.get("/console/record").want(200, number, "在查"); read.Find("a[href='"+at+"']").Length() != 1 {
		t.Error("the record does not lead to the audit")
	}
	audited := shen.get(at).want(200, number)
	if audited.Find("form[action$='/end']").Length() != 0 || strings.Contains(audited.Text(), "13800000000") || strings.Contains(audited.Text(), told) {
		t.Error("the auditor may say what was found, or reads the report")
	}
	p = wu.send(p, step("audit_end"), url.Values{"audit_found": {intake.FoundNothing}}).want(200, "已写明结果", "没有发现不对", "看过的人都经手过这一件。")
	if p.Find(step("audit_end")).Length() != 0 {
		t.Error("it can be ended again")
	}
	if strings.Contains(wu.get("/console").Text(), "查谁看过") {
		t.Error("it still waits")
	}
	for _, login := range []string{"wang", "li"} {
		if got := people[login].get(at); got.Status != 404 {
			t.Errorf("%s: %d", login, got.Status)
		}
	}
	var kinds []string
	m.must(m.store.Read(bg).Table("event").Where("subject_id = ?", id).Pluck("kind", &kinds).Error)
	if !slices.Contains(kinds, "audit_ended") {
		t.Errorf("events %v", kinds)
	}
}

// TestNobodyRulesOnWhatTheyCannotRead: the page says whom to ask, before and after.
func TestNobodyRulesOnWhatTheyCannotRead(t *testing.T) {
	m, people := endHouse(t)
	wu := people["wu"]
	c := m.bringCase(m.complaint("delivered", ""), "proposed")
	opened := wu.get(caseAt(c)).want(200, "入户问过三户，钱已经退还，有收条。")
	m.exec("UPDATE content_key SET recipient_kind = 'unit', recipient_id = ? WHERE owner_id IN (SELECT id FROM appeal)", m.units[cityDesk].ID.String())
	p := wu.send(opened, step("appeal_rule"), url.Values{"ruling": {"approve"}}).want(409, "不能审批", "材料钥匙")
	if strings.Contains(p.Text(), "入户问过三户") || p.Find(step("appeal_rule")).Length() != 0 {
		t.Error("it is shown, or offered for approval")
	}
	wu.get(caseAt(c)).want(200, "维持", "已加锁", "不能审批", "材料钥匙")
	if now := m.again(c.ID); now.State != intake.Review || now.Version != c.Version {
		t.Errorf("it left %s behind", now.State)
	}
}
