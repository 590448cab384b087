package console_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"minsheng/crosscheck"
	"minsheng/staff"
)

const paid = "村,户主,身份证号,账号,补贴项目,批次,金额,发放日期\n双柳村,赵大有,11010519491231002X,6200000000000000000,低保金,第一批,\"1,234.50\",2026-03-05\n"

func TestPaymentsAreLoadedThroughTheWizard(t *testing.T) {
	m := newMatrix(t, still(t))
	m.hire("xie", panshan, staff.Publisher)
	xie := m.signedIn("xie")
	p := xie.get("/console/payments").want(200, "还没有导入过", "死亡人员", "有车")
	if n := p.Find("form[enctype]").Length(); n != 1+len(crosscheck.References()) {
		t.Errorf("%d forms take a file", n)
	}
	ids := map[string]bool{}
	p.Find("main [id]").Each(func(_ int, s *goquery.Selection) {
		id := s.AttrOr("id", "")
		if ids[id] {
			t.Errorf("two things are called %s", id)
		}
		ids[id] = true
	})
	form := p.Find("form[enctype]").First()
	if target := form.Find("input[name=target]").AttrOr("value", ""); target != "payments" {
		t.Errorf("the first form is for %q", target)
	}
	sender := *xie
	sender.http.CheckRedirect = m.b.http.CheckRedirect
	m.b = &sender
	values := url.Values{"csrf": {form.Find("input[name=csrf]").AttrOr("value", "")}, "target": {"payments"}}
	sent := m.upload(form.AttrOr("action", ""), values, paid)
	sheet := xie.get(sent.header.Get("Location")).want(200, "1,234.50", "赵大有")
	for _, never := range []string{"11010519491231002X", "6200000000000000000"} {
		if strings.Contains(sheet.text("main"), never) {
			t.Errorf("the page shows %s", never)
		}
	}
	xie.send(sheet, "form[action*='/import']", nil).want(200)
	m.must(m.tray.Wait(bg))
	xie.get("/console/payments").want(200, "名单.csv", "1,234.50", "盘山县督查室")
}

// leads is a house where somebody was paid after death, with an officer.
func leads(t *testing.T) (*matrix, *browser) {
	t.Helper()
	m := newMatrix(t, still(t))
	m.hire("wang", panshan, staff.TriageOfficer)
	wang := m.signedIn("wang")
	wang.get("/console/crosscheck").want(200, "没有线索", "开始比对")
	for i, name := range []string{"张老三", "李老四"} {
		number := wrongDigit("2111221950010100" + string(rune('0'+i)))
		m.load(m.purse.Target(), name+"发放.xlsx", [4]string{"双柳村", name, number, "2026-03-05"})
		m.load(m.reference(crosscheck.Deceased), name+"死亡.xlsx", [4]string{"双柳村", name, number, "2026-01-01"})
	}
	wang.send(wang.get("/console/crosscheck"), "form[action$='/run']", nil).want(200, "比对完成", "发放记录2条")
	return m, wang
}

func TestLeadsAreListedMaskedAndNarrowed(t *testing.T) {
	_, wang := leads(t)
	p := wang.get("/console/crosscheck").want(200, "死亡后仍有发放", "双柳村", "张*三", "李*四")
	if strings.Contains(p.Text(), "张老三") || p.Find("ul.lines li").Length() != 2 {
		t.Errorf("the list: %s", p.text("main"))
	}
	for filter, n := range map[string]int{"?rule=deceased": 2, "?rule=cadre": 0, "?state=dismissed": 0, "?rule=deceased&state=case": 0, "?place=" + shuangliu: 2, "?place=211104000000": 0} {
		p := wang.get("/console/crosscheck" + filter).want(200)
		if got := p.Find("ul.lines li").Length(); got != n {
			t.Errorf("%s shows %d leads, want %d", filter, got, n)
		}
		if n == 0 && p.text(".empty") != "这里没有线索。" {
			t.Errorf("%s says %q", filter, p.text(".empty"))
		}
	}
	here := wang.get("/console/crosscheck?rule=deceased&state=dismissed")
	if here.Find("ul.chips a[aria-current]").Length() != 1 || here.text("ul.lenses a[aria-current]") != "误报" {
		t.Errorf("where it stands: %s", here.text("main"))
	}
}

func TestALeadIsDismissedOrBecomesACase(t *testing.T) {
	m, wang := leads(t)
	hits := wang.get("/console/crosscheck").Find("ul.lines a")
	first, second := hits.First().AttrOr("href", ""), hits.Last().AttrOr("href", "")
	p := wang.get(first).want(200, "不说明谁有问题", "按身份证号对上", "100.00")
	name := "张老三"
	if !strings.Contains(p.Text(), name) {
		name = "李老四"
	}
	p = wang.send(p, step("dismiss"), url.Values{"reason": {"不是"}}).want(422)
	if p.text("#dismiss-reason-says .wrong") == "" || p.Find("#do-dismiss textarea").Text() != "不是" || p.Find("#do-dismiss[open]").Length() != 1 {
		t.Errorf("a short reason: %s", p.text("#do-dismiss"))
	}
	stale := p.fill(step("turn"), url.Values{"words": {"请核实这笔钱是不是发错了。"}})
	wang.send(p, step("dismiss"), url.Values{"reason": {"同名不同人，已电话核实"}}).want(200, "已标为误报", "同名不同人，已电话核实")
	if late := wang.post(first+"/turn", stale).want(409, "已经处理过了"); !strings.Contains(late.text(".kept")+late.Find(".kept textarea").Text(), "请核实这笔钱") {
		t.Errorf("the words are lost: %s", late.text("main"))
	}

	p = wang.get(second).want(200)
	other := map[string]string{"张老三": "李老四", "李老四": "张老三"}[name]
	typed := "请核实" + other + "的钱是谁领的。"
	p = wang.send(p, step("turn"), url.Values{"words": {typed}}).want(422)
	if p.text("#turn-words-says .wrong") == "" || p.Find("#do-turn textarea").Text() != typed {
		t.Errorf("a name: %s", p.text("#do-turn"))
	}
	p = wang.send(p, step("turn"), url.Values{"words": {"请核实这笔钱是谁领的。"}}).want(200, "已转为案件", "看案件")
	open := wang.get(p.Find("aside a.button").AttrOr("href", "")).want(200, "请核实这笔钱是谁领的", "比对线索")
	if strings.Contains(open.text("main"), other) {
		t.Error("the case names somebody")
	}
	m.become(staff.Auditor, cityDesk)
	record := m.b.get("/console/record").want(200, "比对线索转为案件", "看了一条比对线索", "数据比对", "死亡后仍有发放")
	if strings.Contains(record.Text(), "console.subject") || strings.Contains(record.Text(), "event.") || strings.Contains(record.Text(), other) {
		t.Errorf("the record: %s", record.text("main"))
	}
}
