package console_test

import (
	"bytes"
	"image"
	"image/png"
	"maps"
	"mime/multipart"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"minsheng/internal/workday"
	"minsheng/staff"
)

const told = "去年村里给我家报的危房改造,说是补一万五,到我折子上就一万二,会计说那三千是手续费。"

// county staffs the county's office and hands in one report.
func county(t *testing.T) *house {
	h := newHouse(t, false)
	h.hire("wang", panshan, staff.TriageOfficer)
	h.hire("zhao", panshan, staff.Supervisor)
	h.hire("handler", poor, staff.UnitHandler)
	h.hire("keeper", panshan, staff.IdentityCustodian)
	h.report(told)
	return h
}

// openFirst opens the first case of the queue.
func (b *browser) openFirst() page {
	b.h.t.Helper()
	queue := b.get("/console/cases").want(200)
	href, ok := queue.Find("a[data-row]").First().Attr("href")
	if !ok {
		b.h.t.Fatalf("empty queue: %s", queue.text("main"))
	}
	return b.get(href).want(200)
}

func step(code string) string { return "#do-" + code + " form" }

func TestFromReportToAnswer(t *testing.T) {
	h := county(t)
	wang, zhao := h.signedIn("wang"), h.signedIn("zhao")
	p := wang.openFirst().want(200, told, "为什么是这一天")
	for _, name := range []string{"柳大有", "13800000000"} {
		if strings.Contains(p.Text(), name) {
			t.Errorf("the page shows %s", name)
		}
	}
	p = wang.send(p, step("claim"), nil).want(200, "已领办", "员wang")
	p = wang.send(p, step("describe"), url.Values{"summary": {"反映危房改造补助没有发全,要求查清并补发"}, "kind": {"FUND_WITHHOLD"}, "programme": {"housing"}, "severity": {"2"}, "demands": {"查清扣款\n补发三千元"}}).want(200, "查清扣款")
	p = wang.send(p, step("accept"), nil).want(200, "已受理，反映人能看到")
	p = wang.verify(p, "已与会计核对账目,确有三千元未发。").want(200, "核查已记录", "确有三千元未发")
	if n := p.Find(".check .files li").Length(); n != 1 {
		t.Errorf("%d files with the check", n)
	}
	href, _ := p.Find(".check .files a").Attr("href")
	if picture := wang.get(href); !strings.HasPrefix(picture.Header.Get("Content-Disposition"), "attachment") || !strings.Contains(picture.Header.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("evidence sent with %v", picture.Header)
	}
	answer := url.Values{"outcome": {"substantiated"},
		"result.1": {"substantiated"}, "facts.1": {"会计以手续费名义扣下三千元。"}, "basis.1": {"补助资金应足额发放。"}, "done.1": {"已责令改正。"},
		"result.2": {"substantiated"}, "facts.2": {"三千元应当补发。"}, "basis.2": {"补助资金应足额发放。"}, "done.2": {"已补发。"}}
	without := url.Values{}
	for name, value := range answer {
		without[name] = value
	}
	without["basis.2"] = nil
	p = wang.send(p, step("decide"), without).want(422, "请写明依据", "三千元应当补发。")
	p = wang.send(p, step("decide"), answer).want(200, "等另一个人批准", "等审批")
	if p.Find(step("rule")).Length() != 0 {
		t.Error("who asked is offered to rule")
	}
	today := zhao.get("/console").want(200, "等我审批")
	href, _ = today.Find(".g-waiting a[data-row]").Attr("href")
	p = zhao.send(zhao.get(href), step("rule"), url.Values{"ruling": {"approve"}}).want(200, "属实")
	if !strings.Contains(p.text(".talk"), "三千元应当补发") {
		t.Errorf("the reporter was not told: %s", p.text(".talk"))
	}
}

// verify records a check with a picture.
func (b *browser) verify(p page, found string) page {
	b.h.t.Helper()
	var picture bytes.Buffer
	png.Encode(&picture, image.NewRGBA(image.Rect(0, 0, 40, 30)))
	return b.sendFiles(p, step("verify"), url.Values{"visited_on": {string(workday.On(b.h.store.Now()))}, "method": {"review_files"}, "verifiers": {"员wang\n员zhao"}, "found": {found}},
		map[string][]byte{"账本.png": picture.Bytes()})
}

// sendFiles is send with files.
func (b *browser) sendFiles(p page, selector string, answers url.Values, files map[string][]byte) page {
	b.h.t.Helper()
	values := p.fill(selector, answers)
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	// In the order of the page: the proof and the form's token come first.
	for _, name := range append([]string{"csrf", "version", "form"}, slices.Sorted(maps.Keys(answers))...) {
		form.WriteField(name, values.Get(name))
	}
	for name, content := range files {
		file, _ := form.CreateFormFile("files", name)
		file.Write(content)
	}
	for name := range values {
		if !answers.Has(name) && !slices.Contains([]string{"csrf", "version", "form"}, name) {
			form.WriteField(name, values.Get(name))
		}
	}
	form.Close()
	action, _ := p.Find(selector).Attr("action")
	res, err := b.http.Post(b.h.base+action, form.FormDataContentType(), &body)
	b.h.must(err)
	return b.read(res)
}

func TestARefusedFileCostsNeitherWordsNorTheOtherFiles(t *testing.T) {
	h := county(t)
	wang := h.signedIn("wang")
	p := wang.send(wang.openFirst(), step("claim"), nil).want(200)
	p = wang.send(p, step("accept"), nil).want(200)
	var picture bytes.Buffer
	png.Encode(&picture, image.NewRGBA(image.Rect(0, 0, 40, 30)))
	check := url.Values{"visited_on": {string(workday.On(h.store.Now()))}, "method": {"interview"}, "verifiers": {"员wang"}, "found": {"走访三户,都说少发。"}}
	unproven := url.Values{"csrf": {"other"}}
	for name, value := range check {
		unproven[name] = value
	}
	wang.sendFiles(p, step("verify"), unproven, map[string][]byte{"混入.pdf": []byte("%PDF-1.4\n1 0 obj<<>>endobj\n%%EOF\n")}).want(403, "走访三户,都说少发。")
	back := wang.sendFiles(p, step("verify"), check, map[string][]byte{"照片.png": picture.Bytes(), "宏.exe": []byte("MZ not a picture")}).want(422, "走访三户,都说少发。", "宏.exe")
	if got := back.text("#do-verify .staged"); got != "照片.png" {
		t.Errorf("kept files: %q", got)
	}
	again := wang.sendFiles(back, step("verify"), check, nil).want(200, "核查已记录")
	if n := again.Find(".check .files li").Length(); n != 1 {
		t.Errorf("%d files with the check", n)
	}
}

func TestARefusedStepKeepsItsWords(t *testing.T) {
	h := county(t)
	wang, zhao := h.signedIn("wang"), h.signedIn("zhao")
	early := zhao.openFirst()
	p := wang.send(wang.openFirst(), step("claim"), nil).want(200)
	short := wang.send(p, step("describe"), url.Values{"summary": {"太短了"}, "severity": {"2"}, "demands": {"第一条\n第二条"}}).want(422)
	if short.text("#describe-summary") != "太短了" || !strings.Contains(short.Find("#describe-demands").Text(), "第二条") {
		t.Error("words lost")
	}
	if short.text("#describe-summary-says .wrong") == "" {
		t.Error("nothing said beside the summary")
	}
	zhao.send(early, step("claim"), nil).want(409, "员wang 已经先领办了")
	wang.send(wang.openFirst(), step("describe"), url.Values{"summary": {"同时在另一个窗口写的摘要"}, "kind": {"FUND_WITHHOLD"}, "severity": {"3"}}).want(200)
	stale := wang.send(p, step("describe"), url.Values{"summary": {"反映危房改造补助没有发全"}, "kind": {"FUND_WITHHOLD"}, "severity": {"2"}}).want(409, "有了变化")
	if stale.text("#describe-summary") != "反映危房改造补助没有发全" {
		t.Error("words lost to a change")
	}
	wang.send(stale, step("describe"), nil).want(200, "已保存")
}

func TestWordsOfAStepThatIsGoneAreShown(t *testing.T) {
	h := county(t)
	wang := h.signedIn("wang")
	p := wang.send(wang.openFirst(), step("claim"), nil).want(200)
	wang.send(wang.openFirst(), step("accept"), nil).want(200)
	late := wang.send(p, step("decline"), url.Values{"reason": {"这件事属于土地确权,不归扶贫督查"}, "where_to": {"县自然资源局"}})
	late.want(409, "这件事属于土地确权,不归扶贫督查", "刚才写的")
}

func TestItemsGoOutWithoutTheReporter(t *testing.T) {
	h := county(t)
	wang, handler := h.signedIn("wang"), h.signedIn("handler")
	p := wang.send(wang.openFirst(), step("claim"), nil).want(200)
	p = wang.send(p, step("accept"), nil).want(200)
	order := url.Values{"title": {"危房改造补助发放情况"}, "summary": {"到我折子上就一万二,会计说那三千是手续费。"}, "requirement": {"查清是否足额发放,限期补发。"}, "urgency": {"normal"}, "lead": {h.units[poor].ID.String()}}
	leaky := wang.send(p, step("convert"), order).want(422, "照抄了反映人的原话")
	if leaky.Find("#do-convert .found mark").Length() == 0 {
		t.Error("the words are not pointed out")
	}
	order.Set("summary", "有群众反映双柳村危房改造补助发放数额与标准不符,请核实近两年发放情况。")
	p = wang.send(leaky, step("convert"), order).want(200, "已立项")
	href, _ := p.Find("a[href^='/console/items/']").First().Attr("href")
	item := wang.send(wang.get(href), step("issue"), nil).want(200, "已交办", "〔")
	today := handler.get("/console").want(200, "等本单位签收")
	mine, _ := today.Find("a[data-row]").First().Attr("href")
	theirs := handler.get(mine).want(200, "危房改造补助发放情况")
	if strings.Contains(theirs.Text(), told[:30]) || theirs.Find("a[href*='/console/cases']").Length() != 0 {
		t.Error("the handling office sees where it came from")
	}
	theirs = handler.send(theirs, step("acknowledge"), nil).want(200, "已签收")
	handler.send(theirs, step("report"), url.Values{"body": {"短"}}).want(422)
	_ = item
}

func TestQueueFiltersLiveInTheAddress(t *testing.T) {
	h := county(t)
	wang := h.signedIn("wang")
	if p := wang.get("/console/cases?kind=FUND_WITHHOLD&mode=confidential&place=211122111000"); p.Find("a[data-row]").Length() != 1 || p.Find(".chips li").Length() != 4 {
		t.Errorf("filters: %s", p.text("main"))
	}
	if p := wang.get("/console/cases?kind=PRIVACY_LEAK"); p.Find("a[data-row]").Length() != 0 || !strings.Contains(p.Text(), "没有符合条件的件") {
		t.Error("another kind is shown")
	}
	wang.get("/console/cases?text=柳").want(422, "至少输入两个字")
	p := wang.get("/console/cases?kind=FUND_WITHHOLD")
	wang.send(p, "form[action*='/cases/views?']", url.Values{"name": {"克扣"}}).want(200, "★ 克扣")
	wang.send(wang.get("/console/cases"), ".view form", nil).want(200, "已删除")
	p = wang.get("/console/cases")
	id, _ := p.Find("input[name=ids]").Attr("value")
	zhao, _ := p.Find("#bulk-to option").FilterFunction(func(_ int, s *goquery.Selection) bool { return strings.Contains(s.Text(), "员zhao") }).Attr("value")
	wang.send(p, "#bulk", url.Values{"to": {zhao}}).want(422, "请先勾选")
	wang.send(p, "#bulk", url.Values{"ids": {id}, "to": {zhao}}).want(200, "已分派", "员zhao")
	if p := wang.get("/console/cases?mine=1"); p.Find("a[data-row]").Length() != 0 {
		t.Error("still mine")
	}
}
