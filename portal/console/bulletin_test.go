package console_test

import (
	"net/url"
	"strings"
	"testing"

	"minsheng/bulletin"
	"minsheng/internal/workday"
	"minsheng/staff"
)

func TestACircularOnItsPages(t *testing.T) {
	h := newHouse(t, false)
	for login, at := range map[string]struct {
		unit string
		role staff.Role
	}{"author": {panshan, staff.TriageOfficer}, "boss": {panshan, staff.Supervisor}, "publisher": {panshan, staff.Publisher}, "handler": {poor, staff.UnitHandler}} {
		h.hire(login, at.unit, at.role)
	}
	author, boss, publisher, handler := h.signedIn("author"), h.signedIn("boss"), h.signedIn("publisher"), h.signedIn("handler")
	typed := url.Values{"tone": {"criticism"}, "scope": {"public"}, "title": {"关于核查迟缓的通报"}, "body": {"核查补助进展迟缓，经办电话13800000000。"}, "demand": {"查清原因。"}, "named": {h.units[poor].ID.String()}}
	p := author.send(author.get("/console/bulletins/new"), ".entry form", typed).want(422, "手机号")
	if p.text("#draft-body") != typed.Get("body") {
		t.Errorf("what was typed is gone: %q", p.text("#draft-body"))
	}
	typed.Set("body", "核查补助进展迟缓，逾期未报。")
	p = author.send(p, ".entry form", typed).want(200, "草稿已存")
	if p.Find("#do-issue").Length() != 0 {
		t.Error("the author is offered to issue")
	}
	path := p.URL.Path
	p = boss.send(boss.get(path), "#do-issue form", nil).want(200, "盘县督通〔")
	if p.Find(".papers-of a").Length() != 1 || p.Find(".why-date").Length() != 1 {
		t.Errorf("%d papers, %d dates that say why", p.Find(".papers-of a").Length(), p.Find(".why-date").Length())
	}
	if today := handler.get("/console"); !strings.Contains(today.text("main"), "关于核查迟缓的通报") {
		t.Error("the office that is criticised does not see it on its Today")
	}
	p = handler.send(handler.get(path), "#do-read form", nil).want(200, "已签收")
	p = handler.send(p, "#do-answer form", url.Values{"answer": {"短"}}).want(422, "10到2000")
	handler.send(p, "#do-answer form", url.Values{"answer": {"已经查清原因，材料补齐。"}}).want(200, "已报送")
	boss.get(path).want(200, "已经查清原因，材料补齐。")
	p = publisher.send(publisher.get("/console/bulletins/publish"), "article form", nil).want(200, "已转成公告草稿")
	if !strings.HasPrefix(p.URL.Path, "/console/notices/") || !strings.Contains(p.text("main"), "关于核查迟缓的通报") {
		t.Errorf("led to %s", p.URL.Path)
	}
	publisher.get("/console/bulletins/publish").want(200, "没有等着公开的通报")
	boss.get(path).want(200, "已转公示录入")
}

func TestAWorkReportOnItsPages(t *testing.T) {
	h := newHouse(t, false)
	h.hire("author", panshan, staff.TriageOfficer)
	h.hire("boss", panshan, staff.Supervisor)
	h.hire("above", cityDesk, staff.TriageOfficer)
	author, boss, above := h.signedIn("author"), h.signedIn("boss"), h.signedIn("above")
	author.send(author.get("/console/workreports"), "#do-compose form", url.Values{"period": {""}}).want(422, "已经结束的月份")
	last := bulletin.Month.Of(workday.On(h.store.Now())).Before()
	p := author.send(author.get("/console/workreports"), "#do-compose form", url.Values{"period": {string(last)}}).want(200, "已编好初稿")
	path := p.URL.Path
	if p.Find(".work-report table").Length() == 0 || !strings.Contains(p.text("#words-overview"), "共收到群众反映0件次") {
		t.Errorf("numbers or words are missing: %s", p.text("#words-overview"))
	}
	author.send(p, "#do-count form", nil).want(200, "重新统计")
	p = boss.send(boss.get(path), "#do-issue form", nil).want(422, "4到3000")
	if p.Find(".field.bad #words-plans").Length() != 1 {
		t.Error("what is missing is not said where it is written")
	}
	p = author.send(author.get(path), "form#do-words", url.Values{"plans": {"下月重点督查危房改造。"}, "problems": {"没有突出问题。"}}).want(200, "文字已存")
	if p.text("#words-plans") != "下月重点督查危房改造。" {
		t.Errorf("the words are %q", p.text("#words-plans"))
	}
	p = boss.send(boss.get(path), "#do-issue form", nil).want(200, "盘县督报〔")
	if p.Find("textarea").Length() != 0 || p.Find(".papers-of a").Length() != 1 {
		t.Error("an issued report can be written, or has no paper")
	}
	if !strings.Contains(above.get("/console/workreports?box=sent").text("main"), "盘县督报〔") {
		t.Error("the office above does not see it")
	}
	above.send(above.get(path), "#do-receive form", nil).want(200, "已收到")
	boss.send(boss.get("/console/workreports"), "#do-schedule form", url.Values{"every": {"month"}}).want(200, "已设定")
	boss.send(boss.get("/console/workreports"), "#do-unschedule form", nil).want(200, "已停止")
}
