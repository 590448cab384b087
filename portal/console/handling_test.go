package console_test

import (
	"net/url"
	"strings"
	"testing"

	"minsheng/intake"
	"minsheng/objection"
	"minsheng/staff"
)

// TestWordsAboutAnOfficeAreLockedToWhoHoldsTheKey goes through the pages: two people
// of the city make their key and hand it over; what accuses the county is read by
// them, and a colleague without the key is told why it is not, and how it could be.
func TestWordsAboutAnOfficeAreLockedToWhoHoldsTheKey(t *testing.T) {
	h := newHouse(t, false)
	h.hire("wang", panshan, staff.TriageOfficer)
	for login, role := range map[string]staff.Role{"shi": staff.TriageOfficer, "lead": staff.Supervisor, "young": staff.TriageOfficer} {
		h.hire(login, cityDesk, role)
	}
	shi := h.signedIn("shi")
	shi.get("/console/handling").want(200, "管机器的人读得到", "至少要两名办件或办异议的人")
	h.signedIn("lead")
	p := shi.send(shi.get("/console/handling"), step("create"), nil).want(200, "钥匙已生成", "员lead", "材料就永远读不到了")
	shi.send(p, "article form", url.Values{"heard": {"yes"}}).want(200, "已把钥匙交给同事")
	form := h.intake.NewForm()
	scan := func(key []byte, name string) {
		_, err := h.shelf.Stage(bg, key, name, strings.NewReader("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n"+strings.Repeat(" ", 200)+"\n%%EOF\n"))
		h.must(err)
	}
	scan(form.Key, "账本.pdf")
	receipt, err := h.intake.Submit(bg, intake.Submission{Token: form.Token, PlaceCode: shuangliu, Text: "县里的人扣了补助三千元。", Mode: intake.Anonymous,
		AccusedLevel: "county", Channel: intake.Web, Lang: "zh-CN"})
	h.must(err)
	track, err := h.intake.Track(bg, receipt.Digits)
	h.must(err)
	scan(track.Form.Key, "存折.pdf")
	h.must(h.intake.Say(bg, track.Token, track.Form.Token, "存折也给你们看看"))
	p = shi.openFirst().want(200, "扣了补助三千元", "存折也给你们看看")
	links := p.Find(".files a")
	if links.Length() != 2 {
		t.Errorf("%d files of the report and a message are given out", links.Length())
	}
	href, _ := links.First().Attr("href")
	young := h.signedIn("young")
	young.get("/console/cases").want(200, "未写摘要", "附 1 个文件")
	p = young.openFirst().want(200, "持钥匙的同事", "材料钥匙")
	if files := p.Find(".files"); files.Find("a").Length() != 0 || strings.Count(files.Text(), "已加锁") != 2 {
		t.Errorf("files without the key: %s", files.Text())
	}
	young.get(href).want(403, "钥匙")
	if strings.Contains(p.Text(), "扣了补助三千元") || p.Find(step("claim")).Length() == 0 {
		t.Error("who holds no key reads the words, or has no step left")
	}
	p = shi.send(shi.get("/console/handling"), "article form", url.Values{"heard": {"yes"}}).want(200)
	young.openFirst().want(200, "扣了补助三千元")
	shi.send(p, step("rotate"), nil).want(200, "钥匙已换", "换到现在的钥匙下")
	shi.send(shi.get("/console/handling"), step("renew"), nil).want(200, "已换到现在的钥匙下")
	young.openFirst().want(200, "扣了补助三千元")
}

// TestAnObjectionIsLockedToWhoHoldsTheKey: a colleague without it is told why, goes on
// with the steps, and lets nothing out that would have to be compared.
func TestAnObjectionIsLockedToWhoHoldsTheKey(t *testing.T) {
	m, list, people := objectionHouse(t)
	m.hire("gong", town, staff.Publisher)
	wang, zhao, lin := people["wang"], people["zhao"], people["lin"]
	p := wang.send(wang.get("/console/handling"), step("create"), nil).want(200, "钥匙已生成", "员lin")
	wang.send(p, "article:contains('员lin') form", url.Values{"heard": {"yes"}}).want(200, "已把钥匙交给同事")
	_, path := m.object(list, 0, objection.Missed, "孙三")
	for _, reader := range []*browser{wang, lin} {
		reader.get(path).want(200, "请到家里来看一看", "孙三")
	}
	p = zhao.get(path).want(200, "持钥匙的同事", "材料钥匙")
	if text := p.Text(); strings.Contains(text, "请到家里来看一看") || strings.Contains(text, "孙三") {
		t.Error("who holds no key reads the words")
	}
	zhao.send(p, step("acknowledge"), nil).want(200, "已受理")
	zhao.send(zhao.get(path), step("check"), visited).want(200, "已登记", "持钥匙的承办人才看得到")
	sun := people["sun"]
	if p := sun.send(sun.get(path), step("sign"), url.Values{"declared": {"1"}}).want(409); !strings.Contains(p.text("[role=alert]"), "持钥匙的同事") {
		t.Errorf("signed unread: %s", p.text("[role=alert]"))
	}
	wang.send(wang.get(path).want(200, visited.Get("found")), step("sign"), url.Values{"declared": {"1"}}).want(200, "已签字")
	p = zhao.get(path)
	href, _ := p.Find(".side a.button").Attr("href")
	zhao.send(zhao.get(href), newItem, m.instruction()).want(422, "已加锁，没法和原话核对")
}

// TestAnApproverWithoutTheKeyIsToldWhomToAsk in place of the buttons, and on the page
// that comes back when the step is sent all the same.
func TestAnApproverWithoutTheKeyIsToldWhomToAsk(t *testing.T) {
	h := newHouse(t, false)
	for login, role := range map[string]staff.Role{"shi": staff.TriageOfficer, "lead": staff.Supervisor} {
		h.hire(login, cityDesk, role)
	}
	shi, reads := h.signedIn("shi"), h.signedIn("lead")
	shi.send(shi.get("/console/handling"), step("create"), nil).want(200, "钥匙已生成")
	shi.send(shi.get("/console/handling"), "article form", url.Values{"heard": {"yes"}}).want(200, "已把钥匙交给同事")
	h.hire("other", cityDesk, staff.Supervisor)
	h.hire("wang", panshan, staff.TriageOfficer) // somebody of the county works here
	asks := h.signedIn("other")
	_, err := h.intake.Submit(bg, intake.Submission{Token: h.intake.NewForm().Token, PlaceCode: shuangliu, Text: "县里的人扣了补助三千元。", Mode: intake.Anonymous,
		AccusedLevel: "county", Channel: intake.Web, Lang: "zh-CN"})
	h.must(err)
	const reason = "不属于扶贫资金，已经告知"
	p := shi.send(shi.openFirst().want(200), step("claim"), nil).want(200)
	shi.send(p, step("decline"), url.Values{"reason": {reason}, "where_to": {"县信访局 0427-0000000"}}).want(200, reason)
	p = asks.openFirst().want(200, "下面几步", "审批", "请本单位持钥匙的同事来办")
	if strings.Contains(p.Text(), reason) || p.Find(step("rule")).Length() != 0 {
		t.Error("who holds no key reads the proposal, or is offered to rule on it")
	}
	form := reads.openFirst().want(200, reason)
	csrf, _ := p.Find(`input[name="csrf"]`).First().Attr("value")
	asks.send(form, step("rule"), url.Values{"csrf": {csrf}, "ruling": {"return"}, "note": {"请再核对"}}).want(409, "什么都没有改动", "请再核对")
	reads.send(form, step("rule"), url.Values{"ruling": {"return"}, "note": {"请再核对"}}).want(200, "请再核对")
	asks.openFirst().want(200, "已加锁")
}
