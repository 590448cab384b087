package console_test

import (
	"net/url"
	"strings"
	"testing"

	"minsheng/staff"
)

// TestTwoPeopleTakeTheRegisterAlong goes through the pages: one asks, the other sees
// it on Today, agrees, and the first has the files.
func TestTwoPeopleTakeTheRegisterAlong(t *testing.T) {
	h := newHouse(t, false)
	m := &matrix{house: h}
	h.hire("gao", cityDesk, staff.TriageOfficer)
	h.hire("qian", cityDesk, staff.Supervisor)
	h.hire("guan", cityDesk, staff.Administrator)
	h.hire("guan2", cityDesk, staff.Administrator)
	var unit = h.units[cityDesk]
	h.must(h.store.Read(bg).Exec(`INSERT INTO supervision_item (id, issuer_id, year, number, title, summary, requirement, urgency, state, place_code, lead_unit_id, created_by, created_at, issued_at, due_on, version)
		SELECT id, ?, 2026, '', '核查补助发放', '请核查。', '逐户核对。', 'normal', 'issued', ?, ?, id, created_at, created_at, '2030-01-01', 1 FROM account WHERE login = 'gao'`, unit.ID, shuangliu, h.units[poor].ID).Error)
	gao, qian := h.signedIn("gao"), h.signedIn("qian")
	p := gao.send(gao.get("/console/register?year=2026"), step("take"), nil).want(422, "写明做什么用", "2026年编号")
	p = gao.send(p, step("take"), url.Values{"why": {"报市政府汇总"}}).want(200, "已申请", "2026年编号", "等本单位或上级的另一个人同意")
	if p.Find("a[download]").Length() != 0 {
		t.Error("a file before anybody agreed")
	}
	q := qian.get("/console").want(200, "有人申请导出台账", "报市政府汇总")
	if n := q.Find("nav.places a[href='/console/register'] .count, nav.places a[href='/console/register'] b").Text(); !strings.Contains(n, "1") {
		t.Errorf("counted %q: %s", n, q.text("nav.places"))
	}
	q = qian.get("/console/register/exports").want(200, "2026年编号")
	q = qian.send(q, ".entry form", nil).want(422)
	qian.send(q, ".entry form", url.Values{"give": {"yes"}}).want(200, "已同意")
	p = gao.get("/console/register/exports").want(200, "为止可以下载")
	link, _ := p.Find("a[download][href$='/csv']").Attr("href")
	if got := m.ask(gao, "GET", link, nil); got.status != 200 || !strings.Contains(got.body, "核查补助发放") {
		t.Errorf("the file: %d %s", got.status, got.body)
	}
	if got := m.ask(qian, "GET", link, nil); got.status != 404 {
		t.Errorf("who agreed takes it: %d", got.status)
	}
	if strings.Contains(qian.get("/console").Text(), "报市政府汇总") {
		t.Error("it still waits on Today")
	}

	// A change of a guarded role waits on Today of the second administrator.
	guan, second := h.signedIn("guan"), h.signedIn("guan2")
	csrf, _ := guan.get("/console").Find("input[name=csrf]").Attr("value")
	var of struct{ ID string }
	h.must(h.store.Read(bg).Table("account").Where("login = 'gao'").Take(&of).Error)
	guan.post("/console/staff/"+of.ID+"/roles", url.Values{"csrf": {csrf}, "roles": {"triage_officer", "auditor"}}).want(200)
	second.get("/console").want(200, "有人提出改变角色", "员gao")
	if strings.Contains(guan.get("/console").Text(), "有人提出改变角色") {
		t.Error("who asked is asked to agree")
	}
}
