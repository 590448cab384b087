package console_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"minsheng/internal/workday"
	"minsheng/objection"
	"minsheng/staff"
)

// orderHouse is a county's office with people on both sides of an item.
func orderHouse(t *testing.T) (h *house, wang, zhao, handler *browser) {
	h = newHouse(t, false)
	h.hire("wang", panshan, staff.TriageOfficer)
	h.hire("zhao", panshan, staff.Supervisor)
	h.hire("handler", poor, staff.UnitHandler)
	return h, h.signedIn("wang"), h.signedIn("zhao"), h.signedIn("handler")
}

func (h *house) instruction() url.Values {
	today := string(workday.On(h.store.Now()))
	return url.Values{"origin": {"leader_instruction"}, "origin_note": {"县政府主要领导批示：请逐户核清。"}, "origin_on": {today}, "kind": {"FUND_WITHHOLD"},
		"title": {"核清危房改造补助到户情况"}, "summary": {"多个镇反映危房改造补助到户不足额。"}, "requirement": {"逐户核对核定金额与到户金额。"},
		"urgency": {"normal"}, "lead": {h.units[poor].ID.String()}, "amount": {"12,600.50"}, "households": {"8"}, "town": {"211122111000"}}
}

const newItem = ".panel form"

func TestAnInstructionFromTheFormToStrikingOff(t *testing.T) {
	h, wang, zhao, handler := orderHouse(t)
	blank := wang.get("/console/items").want(200, "立项")
	href, _ := blank.Find("a.button.main").Attr("href")
	p := wang.get(href).want(200, "急件（5日）", "截留（《办法》第十九条第五项）")
	wrong := h.instruction()
	wrong.Set("amount", "很多")
	wrong.Set("origin_note", "")
	p = wang.send(p, newItem, wrong).want(422, "多个镇反映危房改造补助到户不足额。", "金额要写成")
	if v, _ := p.Find("input[name=amount]").Attr("value"); v != "很多" {
		t.Errorf("the amount was lost: %q", v)
	}
	p = wang.send(p, newItem, h.instruction()).want(200, "已立项", "领导批示", "县政府主要领导批示", "甜水镇", "12,600.50 元", "8 户", "截留（《办法》第十九条第五项）")
	path := p.URL.Path
	p = wang.send(p, step("edit"), url.Values{"title": {"核清危房改造补助发放"}}).want(200, "核清危房改造补助发放", "甜水镇", "12,600.50 元", "县政府主要领导批示")
	p = wang.send(p, step("issue"), nil).want(200, "已交办", "盘县督交〔", "为什么是这一天")
	number := p.text(".paper-number")

	handler.get("/console").want(200, number, "刚交办，等本单位签收")
	q := handler.get(path).want(200, "县政府主要领导批示", "提出异议的期限")
	q = handler.send(q, step("acknowledge"), url.Values{"responsible": {"祝负责"}, "deputy_lead": {"程分管"}}).want(200, "祝负责", "程分管")
	if q.Find(step("press")).Length()+q.Find(step("suspend")).Length() > 0 {
		t.Error("a handler is offered the issuer's steps")
	}
	wang.send(wang.get(path), step("press"), url.Values{"body": {"请先报进度。"}}).want(200, "催办 1 次", "请先报进度。")
	handler.get("/console").want(200, "上级在催，请抓紧")

	// More time: refused without words kept beside the field, then granted.
	q = handler.send(handler.get(path), step("extend"), url.Values{"days": {"40"}, "reason": {"两户在外地"}, "progress": {"已核清六户"}}).want(422, "超出了允许的范围", "已核清六户")
	q = handler.sendFiles(q, step("extend"), url.Values{"days": {"20"}, "reason": {"两户在外地"}, "progress": {"已核清六户"}},
		map[string][]byte{"账本.pdf": []byte("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n%%EOF\n")}).want(200, "延期申请", "待批", "账本.pdf")
	if q.Find(step("extend")).Length() != 0 {
		t.Error("a second request is offered")
	}
	zhao.get("/console").want(200, "有申请待批", number)
	if wang.get(path).Find(step("extend_rule")).Length() != 0 {
		t.Error("who does not approve is offered to rule")
	}
	asked := zhao.get(path).want(200, "两户在外地")
	ruled := zhao.send(asked, step("extend_rule"), url.Values{"ruling": {"deny"}}).want(422, "不批准要写明理由")
	ruled = zhao.send(ruled, step("extend_rule"), url.Values{"ruling": {"approve"}, "note": {"同意"}}).want(200, "已批准", "不算延期，原期限")
	zhao.send(asked, step("extend_rule"), url.Values{"ruling": {"approve"}}).want(409)
	file, _ := ruled.Find(".files a").Attr("href")
	if got := zhao.get(file); got.Status != 200 || !strings.HasPrefix(got.Header.Get("Content-Disposition"), "attachment") {
		t.Errorf("the file of the request: %d %v", got.Status, got.Header)
	}

	q = handler.sendFiles(handler.get(path), step("report"), url.Values{"body": {"八户全部核清，补发一万二千元。"}, "conclusion": {"substantiated"}, "measures": {"发放表逐户公示"}, "recovered": {"12000"}, "returned": {"13000"}},
		map[string][]byte{"凭证.pdf": []byte("%PDF-1.4\n2 0 obj<</Type/Catalog>>endobj\n%%EOF\n")}).want(422, "退还群众的不能比追回的多", "八户全部核清")
	handler.sendFiles(q, step("report"), url.Values{"body": {"八户全部核清，补发一万二千元。"}, "conclusion": {"substantiated"}, "measures": {"发放表逐户公示"}, "recovered": {"12000"}, "returned": {"12000"}},
		map[string][]byte{"凭证二.pdf": []byte("%PDF-1.4\n3 0 obj<</Type/Catalog>>endobj\n%%EOF\n")}).want(200, "已上报", "发放表逐户公示", "12,000.00 元")
	p = wang.send(wang.get(path), step("accept_report"), nil).want(200, "已审核")
	wang.send(p, step("strike_off"), nil).want(200, "已销号", "12,000.00 元")
	wang.get("/console/items?stretch=finished").want(200, number)
}

func TestAnItemIsSuspendedByTwo(t *testing.T) {
	h, wang, zhao, handler := orderHouse(t)
	p := wang.send(wang.get("/console/items/new"), newItem, h.instruction()).want(200)
	path := p.URL.Path
	wang.send(p, step("issue"), nil).want(200)
	// As on the day after it was issued.
	h.must(h.store.Read(bg).Exec("UPDATE deadline SET started_on = ? WHERE rule = 'supervision_item.normal'", h.store.Now().AddDate(0, 0, -1).Format("2006-01-02")).Error)
	until := h.store.Now().AddDate(0, 0, 20).Format("2006-01-02")
	p = wang.send(wang.get(path), step("suspend"), url.Values{"halt": {"discipline"}, "reason": {"县纪委已立案"}, "last_on": {"2020-01-01"}}).want(422, "县纪委已立案", "180天以内")
	wang.send(p, step("suspend"), url.Values{"halt": {"discipline"}, "reason": {"县纪委已立案"}, "last_on": {until}}).want(200, "待批", "纪检监察机关已立案")
	if got := handler.get(path).want(200); strings.Contains(got.Text(), "暂停") {
		t.Errorf("the unit reads of it before it is so: %s", got.text("main"))
	}
	zhao.send(zhao.get(path), step("suspend_rule"), url.Values{"ruling": {"approve"}}).want(200, "暂停办理")
	q := handler.get(path).want(200, "暂停办理", "第二天自动恢复")
	if strings.Contains(q.Text(), "纪检") || strings.Contains(q.Text(), "立案") {
		t.Errorf("the unit reads why: %s", q.text("main"))
	}
	wang.get("/console/items?stretch=suspended").want(200, "核清危房改造补助到户情况", "暂停办理")
	wang.send(wang.get(path), step("resume"), url.Values{"body": {"凭证已退回。"}}).want(200, "提前恢复")
}

func TestItemsAreFilteredByTheAddress(t *testing.T) {
	h, wang, _, _ := orderHouse(t)
	p := wang.send(wang.get("/console/items/new"), newItem, h.instruction()).want(200)
	wang.send(p, step("issue"), nil).want(200)
	plan := h.instruction()
	plan.Set("origin", "plan")
	plan.Set("title", "完成扶贫资产登记")
	wang.send(wang.get("/console/items/new"), newItem, plan).want(200)
	for query, want := range map[string][2]int{ // lines, chips
		"": {2, 0}, "?origin=plan": {1, 2}, "?stretch=drafts": {1, 2}, "?stretch=unit": {1, 2}, "?origin=plan&stretch=unit": {0, 3}, "?color=red": {0, 2},
		"?lead=" + h.units[poor].ID.String(): {2, 2}, "?year=1999": {0, 2}, "?mine=1": {0, 2}, "?escalated=1": {0, 2}, "?stretch=finished": {0, 2}, "?finished=1": {0, 2}, "?origin=gossip": {0, 2},
	} {
		p := wang.get("/console/items" + query).want(200)
		chips := p.Find(".chips li").Length()
		if lines := p.Find("a[data-row]").Length(); lines != want[0] || chips != want[1] {
			t.Errorf("%s: %d lines, %d chips", query, lines, chips)
		}
	}
	counted := map[string]string{}
	wang.get("/console/items").Find(".lenses a").Each(func(_ int, s *goquery.Selection) {
		counted[strings.TrimSpace(s.Contents().First().Text())] = s.Find(".count").Text()
	})
	if counted["在办"] != "2" || counted["承办中"] != "1" || counted["立项未交办"] != "1" || counted["红灯"] != "0" || counted["已办结"] != "" {
		t.Errorf("counts %v", counted)
	}
}

// What an objector wrote does not leave by the item that comes of it, nor does
// it go to the office that published the list.
func TestAnItemOfAnObjectionKeepsItsWords(t *testing.T) {
	m, list, people := objectionHouse(t)
	_, path := m.object(list, 1, objection.WrongIn, "")
	wang := people["wang"]
	p := wang.get(path).want(200, "由异议立项")
	href, _ := p.Find("a.button[href*=items]").Attr("href")
	fresh := wang.get(href).want(200, "从公示异议立项", "双柳村贫困户初选名单公示")
	p = fresh
	if p.Find("select[name=lead] option[value='"+m.units[town].ID.String()+"']").Length() > 0 {
		t.Error("the office that published the list is offered")
	}
	form := m.instruction()
	form.Del("origin")
	form.Del("origin_note")
	form.Set("summary", "请核实：到家里来看一看，名单上写得不对。")
	p = wang.send(p, newItem, form).want(422, "可能让人认出", "到家里来看一看，名单上写得不对")
	form.Set("summary", "请核实双柳村名单第一户是否符合条件。")
	published := url.Values{}
	for name, values := range form {
		published[name] = values
	}
	published.Set("lead", m.units[town].ID.String())
	wang.send(p, newItem, published).want(422, "请从列表里选主办单位")
	p = wang.send(p, newItem, form).want(200, "已立项", "公示异议")
	if at, _ := p.Find(".paper dd a").Attr("href"); at != path {
		t.Errorf("the item leads to %q", at)
	}
	m.exec("UPDATE objection SET erased = 'words'")
	wang.get(href).want(404)
	wang.send(fresh, newItem, form).want(404)
	m.exec("UPDATE objection SET erased = ''")
	wang.get(href).want(200)
	// Somebody else's objection, or none, is not there.
	m.exec("UPDATE objection SET publisher_id = ?", m.units[panshan].ID)
	wang.get(href).want(404)
	wang.send(fresh, newItem, form).want(404)
}
