package console_test

import (
	"net/url"
	"strings"
	"testing"

	"minsheng/staff"
)

// TestAnOfficerCoversANeighboursName on the page made for it: from then on no page
// has it but the custodian's, who lifts it again, unless it is covered for good.
func TestAnOfficerCoversANeighboursName(t *testing.T) {
	h := newHouse(t, false)
	h.hire("wang", panshan, staff.TriageOfficer)
	h.hire("keeper", panshan, staff.IdentityCustodian)
	h.report("邻居柳大旺看见会计拿走三千块，他的电话是13900000002，请别说是他讲的。")
	wang, keeper := h.signedIn("wang"), h.signedIn("keeper")
	path := wang.openFirst().URL.Path
	cover := func(p page, words, kind string) page {
		return wang.send(p, ".panel > form", url.Values{"words": {words}, "kind": {kind}})
	}
	p := wang.get(path+"/cover").want(200, "柳大旺", "还没有遮盖")
	if p.Find(".presses button").Text() != "遮盖 13900000002" {
		t.Errorf("proposed: %s", p.text("aside"))
	}
	p = cover(p, "王大旺", "mask").want(422, "没有这些字")
	if typed, _ := p.Find("input[name=words]").First().Attr("value"); typed != "王大旺" {
		t.Errorf("what was typed is lost: %q", typed)
	}
	p = cover(p, "柳大旺", "mask").want(200, "每一处都盖住了", "员wang")
	p = wang.send(p, ".panel .press", nil).want(200, "已经遮盖的")
	q := wang.send(wang.get(path), step("claim"), nil)
	wang.send(q, ".say form", url.Values{"text": {"柳大旺的话我们听过了。"}}).want(422, "出现了在原话里已经遮盖的字", "柳大旺的话我们听过了。")
	for where, q := range map[string]page{"the page": p, "the case": wang.get(path)} {
		if strings.Contains(q.Text(), "大旺") || strings.Contains(q.Text(), "13900000002") || !strings.Contains(q.Text(), "▇▇▇") {
			t.Errorf("%s says %s", where, q.text("main"))
		}
	}
	if p.Find(".black .sr").First().Text() != "已遮盖" || p.Find("form[action$='/lift']").Length() > 0 {
		t.Error("no word for who cannot see, or an officer may lift")
	}
	q = keeper.get(path+"/cover").want(200, "柳大旺", "13900000002", "您是身份保管员")
	if keeper.get(path).Find(".words mark.masked").Length() != 2 {
		t.Error("the custodian does not see what is covered")
	}
	keeper.send(q, "article:first-of-type form[action$='/lift']", nil).want(200, "已揭开")
	p = wang.get(path+"/cover").want(200, "柳大旺")
	wang.send(p, "form[action$='/good']", nil).want(200, "已永久遮盖", "永久遮盖")
	if keeper.get(path+"/cover").Find("form[action$='/lift']").Length() > 0 {
		t.Error("what is covered for good can be lifted")
	}
	keeper.get(path+"/cover?lang=en").want(200, "Covered for good", "You are an identity custodian")
	wang.get("/console/cases/0190a000-0000-7000-8000-000000000000/cover").want(404)
}

// TestAPackageWaitsForTheLookAtEachFile beside which stands, in the form that would
// seal it, what keeps it; the page where that is done is the one for files of cases.
func TestAPackageWaitsForTheLookAtEachFile(t *testing.T) {
	m := newMatrix(t, still(t))
	f := m.makeItem(row{stage: "reported"}, standpoint{})
	item := m.item(f.id)
	m.hire("zhao", panshan, staff.Supervisor)
	m.hire("qian", panshan, staff.Supervisor)
	zhao, qian := m.signedIn("zhao"), m.signedIn("qian")
	form := clueForm(m, fixture{id: m.complaint("accepted", "").ID})
	form.Set("grounds", item.Number)
	p := zhao.send(zhao.get("/console/referrals/new"), ".entry form", form).want(200, "报告佐证", "还没有人看过")
	path := p.URL.Path
	p = qian.send(qian.get(path), step("seal"), url.Values{"ruling": {"approve"}, "note": {"同意移送，请封装。"}}).want(422, "请先点开标红的文件看一遍", "同意移送，请封装。")
	if p.Find(".notes a.wrong").Length() != 1 {
		t.Errorf("nothing stands beside the file: %s", p.text(".notes"))
	}
	href, _ := p.Find(".notes a.wrong").Attr("href")
	q := zhao.get(href).want(200, "这个文件怎么办", item.Number)
	q = zhao.send(q, ".panel form", url.Values{"verdict": {"replaced"}}).want(422, "请放一个遮盖好的副本。")
	zhao.send(q, ".panel form", url.Values{"verdict": {"fit"}}).want(200, "等第二个人看")
	qian.get(path).want(200, "还没有人看过")
	qian.send(qian.get(href), ".panel form[action$='/agree']", nil).want(200, "可以交出")
	if qian.get(path).Find(".notes a.wrong").Length() > 0 {
		t.Error("looked over by two, and still marked")
	}
	qian.send(qian.get(path), step("seal"), url.Values{"ruling": {"approve"}}).want(200, "只显示这一次")
	if zhao.get(itemPathOf(f)).want(200).Find(".files a[href*='/cover/of/']").Length() != 1 {
		t.Error("the item does not lead to the look")
	}
}

func itemPathOf(f fixture) string { return "/console/items/" + f.id.String() }
