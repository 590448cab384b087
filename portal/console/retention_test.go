package console_test

import (
	"net/url"
	"strings"
	"testing"

	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/objection"
	"minsheng/staff"
)

// TestTwoPeopleDestroyOnPages goes through the pages: what is due is asked for by a
// custodian, agreed to by a supervisor of the highest office, and the case, its file,
// the search and the receipt tell that it is gone.
func TestTwoPeopleDestroyOnPages(t *testing.T) {
	m := newMatrix(t, still(t))
	c := m.complaint("described", "账本.pdf")
	file := m.fileOf(c.ReportID)
	m.exec("UPDATE complaint SET state = 'closed', outcome = 'unsubstantiated', closed_at = ? WHERE id = ?", m.store.Now().AddDate(-11, 0, 0), c.ID)
	m.hire("keeper2", cityDesk, staff.IdentityCustodian)
	m.hire("chief", cityDesk, staff.Supervisor)
	m.hire("shenji", cityDesk, staff.Auditor)
	keeper, chief := m.signedIn("keeper2"), m.signedIn("chief")
	number := c.Number()
	keeper.get("/console/retention?what=words").want(200, number)
	one := "/console/retention/cases/" + c.ID.String()
	p := keeper.send(keeper.get(one).want(200, "已到期"), step("ask"), url.Values{"why": {"到期"}}).want(422, "到期")
	keeper.send(p, step("ask"), url.Values{"what": {"words"}, "ground": {"due"}}).want(200, "已提出")
	chief.get("/console").want(200, "有人提出销毁反映内容", number)
	q := chief.get("/console/retention").want(200, number, "文书档案保管期限", "谁也恢复不了")
	if keeper.get("/console/retention").Find("form[action*='/requests/']").Length() > 0 {
		t.Error("who asked is asked to agree")
	}
	m.exec("UPDATE complaint SET owner_id = (SELECT id FROM account WHERE login = 'chief') WHERE id = ?", c.ID)
	chief.send(q, ".entry form", url.Values{"give": {"yes"}}).want(409, "您经办过这一件")
	m.exec("UPDATE complaint SET owner_id = NULL WHERE id = ?", c.ID)
	chief.send(chief.get("/console/retention"), ".entry form", url.Values{"give": {"yes"}}).want(200, "已销毁", "员chief")

	p = chief.get("/console/cases/"+c.ID.String()).want(200, "内容已按规定销毁", "保管期满", "员keeper2", "员chief", "按规定销毁")
	if n := strings.Count(p.Find(".timeline").Text(), "按规定销毁"); n != 1 {
		t.Errorf("the timeline tells %d times that it is destroyed", n)
	}
	for _, secret := range []string{told[:30], "反映危房改造补助没有发全", "柳大有", "账本"} {
		if strings.Contains(p.Text(), secret) {
			t.Errorf("the case still says %s", secret)
		}
	}
	if got := m.ask(chief, "GET", "/console/cases/"+c.ID.String()+"/files/"+file.String(), nil); got.status != 410 {
		t.Errorf("the file: %d", got.status)
	}
	if p := chief.get("/console/cases?finished=1&text=" + url.QueryEscape("危房改造")).want(200); strings.Contains(p.Text(), number) {
		t.Error("a search finds it")
	}
	chief.get("/console/cases?finished=1").want(200, number) // it counts as before
	m.signedIn("shenji").get("/console/retention").want(200, number, "员chief")
	if p := m.signedIn("shenji").get("/console/retention"); p.Find("form[action*='retention']").Length() > 0 {
		t.Error("an auditor is asked to decide")
	}

	m.hire("guan", cityDesk, staff.Administrator)
	guan := m.signedIn("guan")
	guan.get("/console/retention/rules").want(200, "10年", "30年", "个人信息保护法")
	change := url.Values{"look": {"1"}, "what": {"words"}, "class": {"other"}, "years": {"0"}, "basis": {"市档案局批复"}, "why": {"缩短保管期限"}}
	guan.get("/console/retention/rules?"+change.Encode()).want(422, "年数写1到100", "市档案局批复")
	change.Set("years", "8")
	p = guan.get("/console/retention/rules?"+change.Encode()).want(200, "改后到期", "8年")
	guan.send(p, ".looked form", nil).want(200, "年限已改", "8年", "以前的年限")
}

// TestTwoPeopleDestroyAnObjectionOnPages goes the same way with an objection, which
// custodians know of here alone, and neither who published the list nor who has no
// business with it.
func TestTwoPeopleDestroyAnObjectionOnPages(t *testing.T) {
	m, list, people := objectionHouse(t)
	digits, path := m.object(list, 1, objection.WrongIn, "")
	m.seen(path, people)
	people["wang"].send(people["wang"].get(path), step("propose"), url.Values{"outcome": {"not_upheld"}, "answer": {notUpheld}}).want(200)
	people["lin"].send(people["lin"].get(path), step("rule"), url.Values{"ruling": {"approve"}}).want(200)
	o := m.lastObjection()
	one, number := "/console/retention/objections/"+o.ID.String(), o.Number()
	m.exec("UPDATE objection SET closed_at = ? WHERE id = ?", m.store.Now().AddDate(-11, 0, 0), o.ID)
	for login, at := range map[string]struct {
		unit string
		role staff.Role
	}{"keeper2": {cityDesk, staff.IdentityCustodian}, "chief": {cityDesk, staff.Supervisor}, "shenji": {cityDesk, staff.Auditor},
		"zhenbao": {town, staff.IdentityCustodian}, "zhenban": {town, staff.Supervisor}, "fabu": {panshan, staff.Publisher}} {
		m.hire(login, at.unit, at.role)
	}
	keeper, chief, audits := m.signedIn("keeper2"), m.signedIn("chief"), m.signedIn("shenji")
	for login, due := range map[string]bool{"zhenbao": true, "zhenban": true, "fabu": false} {
		b := m.signedIn(login)
		b.get(one).want(404)
		if due && strings.Contains(b.get("/console/retention?what=words").want(200).Text(), number) {
			t.Errorf("%s reads of it", login)
		}
	}
	audits.get(one).want(404)
	keeper.get(path).want(404) // its words are no business of custodians
	p := keeper.get("/console/retention?what=words").want(200, number, "不够格的上了名单", "不成立")
	if href, _ := p.Find("table.due a").Attr("href"); href != one {
		t.Errorf("the line leads to %s", href)
	}
	p = keeper.get(one).want(200, number, "已到期", "不成立")
	if p.Find("a[href='"+path+"']").Length() != 0 {
		t.Error("a custodian is led to the objection")
	}
	keeper.send(p, step("ask"), url.Values{"what": {"words"}, "ground": {"due"}}).want(200, "已提出")
	chief.get("/console").want(200, "有人提出销毁反映内容", number)
	if href, _ := chief.get(path).want(200).Find("a[href='" + one + "']").Attr("href"); href != one {
		t.Error("the objection does not lead to what keeps it")
	}
	kept := chief.send(chief.get(one).want(200), step("keep"), url.Values{"why": {"法院调卷"}}).want(200, "法院调卷", "有单位要求继续保管")
	chief.send(chief.get("/console/retention").want(200, number), ".entry form", url.Values{"give": {"yes"}}).want(409, "有单位要求继续保管")
	chief.send(kept, step("let_go"), nil).want(200, "已解除")
	chief.send(chief.get("/console/retention"), ".entry form", url.Values{"give": {"yes"}}).want(200, "已销毁", "员chief")

	p = chief.get(path).want(200, "内容已按规定销毁", "保管期满", "员keeper2", "员chief", "按规定销毁", notUpheld, "家里四口人")
	if n := strings.Count(p.Find(".timeline").Text(), "按规定销毁"); n != 1 {
		t.Errorf("the timeline tells %d times that it is destroyed", n)
	}
	if strings.Contains(p.Text(), "请到家里来看一看") {
		t.Error("the objection still says what was said")
	}
	if p.Find("a[href*='/items/new']").Length() != 0 {
		t.Error("an item is begun from what is gone")
	}
	m.browser().post("/track", url.Values{"digits": {digits}}).want(200, "谁也恢复不了", notUpheld)
	audits.get("/console/retention").want(200, number, "员chief")
}

// TestTheTrackingPageTellsOnceThatItIsDestroyed, however much was said.
func TestTheTrackingPageTellsOnceThatItIsDestroyed(t *testing.T) {
	m := newMatrix(t, still(t))
	r, err := m.intake.Submit(bg, intake.Submission{Token: m.intake.NewForm().Token, PlaceCode: shuangliu, Text: told, Mode: intake.Anonymous, Kind: "FUND_WITHHOLD", Channel: intake.Web, Lang: "zh-CN"})
	m.must(err)
	page, err := m.intake.Track(bg, r.Digits)
	m.must(err)
	m.must(m.intake.Say(bg, page.Token, page.Form.Token, told))
	var c intake.Complaint
	m.must(m.store.Read(bg).Order("seq DESC").Take(&c).Error)
	m.must(m.store.Transact(bg, func(tx *gorm.DB) error {
		_, err := m.triage.EraseWords(tx, c)
		return err
	}))
	p := m.browser().post("/track", url.Values{"digits": {r.Digits}}).want(200, "已经按规定销毁")
	if n := strings.Count(p.Text(), "按规定销毁"); n != 1 {
		t.Errorf("it tells so %d times", n)
	}
}
