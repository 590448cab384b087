package console_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"

	"minsheng/internal/workday"
	"minsheng/staff"
)

// An order from the page of an inspection to its strike-off, through the pages of
// both sides: what is wrong with a form stands beside it, with every word typed.
func TestAnOrderFromTheFindingToTheStrikeOff(t *testing.T) {
	m, people := inspectionHouse(t)
	wang, zhao, sun, gan := people["wang"], people["zhao"], people["sun"], people["gan"]
	m.hire("li", panshan, staff.TriageOfficer)
	li, today := m.signedIn("li"), string(workday.On(m.store.Now()))
	f := m.makeInspection(row{stage: "issued"}, standpoint{desk: panshan, about: town})
	inspected := inspections + "/" + f.id.String()

	if wang.get(inspected).Find(`a[href*="/console/orders/new"]`).Length() != 1 {
		t.Error("the inspection does not lead to an order")
	}
	p := wang.get("/console/orders/new?inspection="+f.id.String()).want(200, "甜水镇人民政府", "公示栏里没有今年的名单", "镇长 某交换意见")
	p = wang.send(p, "main form", url.Values{"contact": {"x"}, "requirement": {"举一反三全镇自查"}}).want(422, "写2到300字", "举一反三全镇自查")
	p = wang.send(p, "main form", url.Values{"contact": {"书面报县督查室"}}).want(200, "已拟好", "待签发", "举一反三全镇自查")
	path := p.URL.Path
	if p.Find("#do-issue").Length() > 0 {
		t.Error("who worded it is offered to issue it")
	}
	gan.get(path).want(404)
	zhao.get("/console").want(200, "等你签发")
	stale := zhao.get(path)
	wang.send(wang.get(path), step("change"), url.Values{"exchange": {"已与镇长交换意见，没有不同意见"}}).want(200, "已改")
	zhao.send(stale, step("issue"), nil).want(409)
	zhao.send(zhao.get(path), step("issue"), nil).want(200, "已签发", "盘县督整〔", "为什么是这一天", "整改通知书")
	wang.get(inspected).want(200, "盘县督整〔", "已下达，等方案")

	gan.get("/console").want(200, "要签收并报整改方案")
	gan.get("/console/orders").want(200, "盘山县督查室")
	p = gan.send(gan.get(path), step("acknowledge"), nil).want(200, "已签收")
	if p.Find("#do-acknowledge, #do-check, #do-rule_plan").Length() > 0 {
		t.Error("the town is offered what is done, or is not its own")
	}
	of := p.nameOf("measures.")
	p = gan.send(p, step("plan"), url.Values{"measures." + of: {"当天张贴名单"}, "by_on." + of: {"2020-01-01"}}).want(422, "当天张贴名单", "选今天以后一年以内的日期", "写2到60字")
	gan.send(p, step("plan"), url.Values{"responsible." + of: {"副镇长 洪某"}, "by_on." + of: {today}}).want(200, "方案已报", "副镇长 洪某")
	wang.send(wang.get(path), step("rule_plan"), url.Values{"ruling": {"return"}}).want(422, "退回的要写")
	wang.send(wang.get(path), step("rule_plan"), url.Values{"ruling": {"approve"}}).want(200, "方案同意")
	gan.send(gan.get(path), step("enter"), url.Values{"money": {"returned"}, "amount": {"12.30"}, "households": {"2"}, "voucher": {"回单一号"}}).want(422, "多于追回的")
	gan.send(gan.get(path), step("enter"), url.Values{"money": {"recovered"}, "amount": {"12.30"}, "voucher": {"回单一号"}}).want(200, "12.30", "未核实")
	p = gan.send(gan.get(path), step("report"), url.Values{"basics": {"镇里开会逐条整改过了"}, "cause." + of: {"疏忽大意"}, "told." + of: {"已经张贴"}, "head": {"镇长 季某"}}).want(422, "请选一个", "疏忽大意")
	gan.send(p, step("report"), url.Values{"result." + of: {"done"}}).want(200, "报告已报", "已完成", "整改报告")

	if p := wang.get(path); p.Find("#do-check, #do-confirm").Length() > 0 || p.Find("#do-return").Length() != 1 {
		t.Error("who approved the plan is offered to look on site")
	}
	li.send(li.get(path), step("confirm"), nil).want(200, "li核实")
	p = li.send(li.get(path), step("check"), url.Values{"place": {"双柳村村部"}, "people": {"村干部二人"}, "words": {"看了公示栏"}}).want(422, "选一个结果", "看了公示栏")
	li.send(p, step("check"), url.Values{"passed." + of: {"yes"}}).want(200, "核查通过，待销号")
	if p := gan.get(path); p.text(".notes .r-passed") != "通过" || p.Find(".notes .r-failed").Length() > 0 {
		t.Errorf("the look on site reads %q", p.text(".notes .state"))
	}
	sun.send(sun.get(path), step("strike_off"), nil).want(200, "已销号", "回头看")
	p = gan.get(path).want(200, "看了公示栏", "通过", "已销号")
	if p.Find(".steps details").Length() != 3 { // entering money and, folded away, correcting it
		t.Errorf("the town is offered %q", p.text(".steps summary"))
	}
	for _, paper := range []string{"整改通知书", "整改报告"} {
		link, _ := p.Find(`.papers-of a:contains("` + paper + `")`).Attr("href")
		gan.get(link).want(200, "盘县督整〔", "看这份整改")
	}
	sun.get("/console/orders?state=struck_off&lang=en").want(200, "Struck off", "甜水镇人民政府")
	sun.get("/console/orders").want(200, "没有未完的整改")
	moneyOnTheDashboard(m, wang, path)
}

// moneyOnTheDashboard: what was confirmed is counted, and leads to its order.
func moneyOnTheDashboard(m *matrix, b *browser, order string) {
	m.t.Helper()
	m.must(m.figures.Rebuild(bg))
	head := b.get(figuresPath).want(200).Find(`.heads a[href*="money=recovered"]`)
	if got := head.Find("b").Text(); got != "12.30" {
		m.t.Errorf("the dashboard counts %q as recovered", got)
	}
	list := b.get(head.AttrOr("href", "")).want(200)
	if list.Find("a[data-row]").Length() != 1 || list.Find(`a[data-row][href^="`+order+`"]`).Length() != 1 {
		m.t.Errorf("the amount leads to %s", list.text("main"))
	}
	if n := b.get(figuresPath).Find(`.heads a[href*="money=returned"]`).Length(); n != 0 {
		m.t.Error("nothing was returned, and that leads somewhere")
	}
}

func TestAnOrderOfAnItemHasAsManyPointsAsWereFilledIn(t *testing.T) {
	m, people := inspectionHouse(t)
	wang := people["wang"]
	f := m.makeItem(row{stage: "acknowledged"}, standpoint{desk: panshan})
	item := "/console/items/" + f.id.String()
	href, _ := wang.get(item).Find(`a[href*="/console/orders/new"]`).Attr("href")
	p := wang.get(href).want(200, poor)
	answers := url.Values{"problem.1": {"发放表与到账凭证金额不符，两户少发。"}, "basis.1": {"《督查追责办法》第九条"}, "required.1": {"核对凭证并补发到户"}, "amount.1": {"两千"},
		"problem.3": {"柳大有反映没有公示名单和金额。"}, "basis.3": {"《督查追责办法》第九条"}, "required.3": {"补做公示"}, "exchange": {"已与主任交换意见"}, "contact": {"书面报送"}}
	p = wang.send(p, "main form", answers).want(422, "发放表与到账凭证金额不符")
	p = wang.send(p, "main form", url.Values{"amount.1": {"2000"}}).want(422, "柳大有")
	p = wang.send(p, "main form", url.Values{"problem.3": {"没有公示名单和金额，村民不知情。"}}).want(200, "已拟好", "2,000", "问题2")
	if n := p.Find(`article[id^="point-"]`).Length(); n != 2 {
		t.Errorf("%d points", n)
	}
	wang.get(item).want(200, "未编号", "待签发")
	for address, status := range map[string]int{"item=" + uuid.NewString(): 404, "inspection=" + uuid.NewString(): 404, "": 200} {
		if p := wang.get("/console/orders/new?" + address); p.Status != status {
			t.Errorf("%s: %d, want %d", address, p.Status, status)
		}
	}
	if strings.Contains(people["gan"].get("/console/orders").Text(), "盘山县") {
		t.Error("another office lists it")
	}
}

// What did not pass is not shown as passed, and leads to the next round.
func TestALookThatFailsSaysSo(t *testing.T) {
	m, people := inspectionHouse(t)
	f := m.makeOrder(row{about: anOrder, stage: "reported"}, ofOrders[0])
	path, of := "/console/orders/"+f.id.String(), "."+f.roll.String()
	sun := people["sun"]
	seen := url.Values{"place": {"双柳村村部"}, "people": {"村干部二人"}, "words": {"看了公示栏"}, "passed" + of: {"no"}}
	p := sun.send(sun.get(path), step("check"), seen).want(422, "不通过的要写", "看了公示栏")
	p = sun.send(p, step("check"), url.Values{"seen" + of: {"名单没有张贴"}}).want(200, "未通过，转下一轮", "第2轮", "名单没有张贴")
	if p.text(".notes .r-failed") != "不通过" || p.Find(".notes .r-passed, .story .r-passed").Length() > 0 {
		t.Errorf("the look reads %q", p.text(".notes .state"))
	}
	if strings.Contains(people["gan"].get(path).Text(), "第2轮") {
		t.Error("the town knows of a round that is not issued")
	}
}
