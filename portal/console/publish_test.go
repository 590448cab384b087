package console_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"minsheng/internal/workday"
	"minsheng/notice"
	"minsheng/staff"
)

// townHouse is a house with a town's publisher and approver.
func townHouse(t *testing.T) (h *house, writer, approver *browser) {
	t.Helper()
	h = newHouse(t, false)
	u, err := h.atlas.AddTownOffice(bg, "211122111000")
	h.must(err)
	h.units[u.Name] = u
	h.hire("xie", town, staff.Publisher)
	h.hire("shen", town, staff.NoticeApprover)
	return h, h.signedIn("xie"), h.signedIn("shen")
}

// villageList are the answers of a village list, ready to be handed in.
func villageList(h *house) url.Values {
	start := workday.On(h.store.Now())
	return url.Values{"title": {"双柳村贫困户初选名单公示"}, "place": {shuangliu}, "town": {"211122111000"}, "starts_on": {string(start)}, "ends_on": {string(start.Add(6))},
		"body": {"## 说明\n\n经**民主评议**,现公示。"}, "field:objection_channel": {"当面、电话、网上都可以提。"}, "field:contact_unit": {town},
		"field:contact_phone": {"0427-0000000"}, "field:contact_address": {"甜水镇"}, "field:report_phone": {"12317"}}
}

const newForm, edit, rowsForm = "form.notice-form", "#do-save", "#do-rows form"

// begun is the page of a fresh draft.
func (b *browser) begun() page {
	b.h.t.Helper()
	return b.send(b.get("/console/notices/new?kind=LIST_VILLAGE"), newForm, villageList(b.h)).want(200, "草稿已存下", "双柳村贫困户初选名单公示")
}

// addRow adds a row by hand and returns the page of the table.
func (b *browser) addRow(path, name, team, people string) page {
	b.h.t.Helper()
	return b.send(b.get(path+"/rows?edit=0"), rowsForm, url.Values{"c.label": {name}, "c.team": {team}, "c.people": {people}})
}

func TestANoticeIsWrittenByOneAndApprovedByAnother(t *testing.T) {
	h, xie, shen := townHouse(t)
	path := xie.begun().URL.Path
	short := xie.send(xie.get(path), step("hand_in"), nil).want(409, "还缺", "表格里还没有行")
	if short.Find("#do-hand_in[open]").Length() != 1 {
		t.Error("the step that was refused is shut")
	}
	xie.addRow(path, "赵大有", "一组", "3").want(200, "赵大有")
	xie.addRow(path, "欧阳小华", "二组", "4").want(200, "欧阳小华")
	h.minutes(xie, path)
	web := xie.get(path).want(200, "赵*有", "欧阳*华")
	if strings.Contains(web.text(".paper"), "赵大有") || strings.Contains(web.text(".paper"), "一组") {
		t.Errorf("the web's paper tells too much: %s", web.text(".paper"))
	}
	if full := xie.get(path + "?view=full"); !strings.Contains(full.text(".paper"), "赵大有") || !strings.Contains(full.text(".paper"), "一组") {
		t.Errorf("the board's paper hides names: %s", full.text(".paper"))
	}
	if p := xie.send(xie.get(path), step("hand_in"), nil).want(200, "已送审", "等审核"); p.Find("#do-approve").Length() != 0 || p.Find(edit).Length() != 0 {
		t.Error("the editor may approve, or go on editing")
	}
	shen.get("/console").want(200, "等您审核", "双柳村贫困户初选名单公示")
	shen.send(shen.get(path), step("return"), url.Values{"reason": {"标题里要写年份"}}).want(200, "已退回", "标题里要写年份")
	xie.get("/console").want(200, "退回修改", "标题里要写年份")
	xie.send(xie.get(path), edit, url.Values{"title": {"双柳村2026年贫困户初选名单公示"}}).want(200, "已保存", "2026年贫困户")
	xie.send(xie.get(path), step("hand_in"), nil).want(200, "已送审")
	shen.send(shen.get(path), step("approve"), nil).want(200, "已审核通过", "公示中", "还剩 7 天")
	shen.get("/console/notices?stand=running").want(200, "双柳村2026年贫困户初选名单公示")
	if empty := shen.get("/console/notices?stand=draft").want(200); strings.Contains(empty.text("main"), "双柳村2026") {
		t.Error("a running notice stands among the drafts")
	}
}

// minutes takes the minutes of the round down, with a photo.
func (h *house) minutes(b *browser, path string) {
	h.t.Helper()
	values := b.get(path).fill(step("minutes"), url.Values{"met_on": {string(workday.On(h.store.Now()))}, "present": {"20"}, "entitled": {"30"}})
	m := matrix{house: h, b: b}
	form, err := h.intake.OpenForm(values.Get("form"))
	h.must(err)
	m.photo(form.Key)
	b.post(path+"/minutes", values).want(200, "会议记录已登记", "到会 20 人")
}

func TestNothingTypedIsLostWhenPersonalDataIsFound(t *testing.T) {
	h, xie, shen := townHouse(t)
	leak := villageList(h)
	leak["body"] = []string{"户主赵大有,身份证号11010519491231002X。"}
	p := xie.send(xie.get("/console/notices/new?kind=LIST_VILLAGE"), newForm, leak).want(422, "正文", "这是误报")
	if strings.Contains(p.text(".found"), "11010519491231002X") {
		t.Error("the finding is shown in full")
	}
	if got := p.Find("textarea[name=body]").Text(); !strings.Contains(got, "11010519491231002X") {
		t.Errorf("the text is lost: %q", got)
	}
	if p.Find("select[name=place] option[selected]").AttrOr("value", "") != shuangliu {
		t.Error("the place is lost")
	}
	token := p.Find("input[name=disputed]").First().AttrOr("value", "")
	kept := xie.send(p, newForm, url.Values{"disputed": disputed(p)}).want(200, "草稿已存下", "等审核人定")
	path := kept.URL.Path
	xie.addRow(path, "赵大有", "一组", "3")
	h.minutes(xie, path)
	xie.send(xie.get(path), step("hand_in"), nil).want(200, "已送审")
	shen.send(shen.get(path), step("approve"), nil).want(422, "正文")
	reasons := url.Values{}
	shen.get(path).Find(step("approve") + " textarea").Each(func(i int, _ *goquery.Selection) {
		reasons.Set("release."+string(rune('0'+i)), "国家标准里的示例号码")
	})
	shen.send(shen.get(path), step("approve"), reasons).want(200, "已审核通过")
	if token == "" {
		t.Error("a finding has no name")
	}
}

// disputed are the names of all findings on a page.
func disputed(p page) (tokens []string) {
	p.Find("input[name=disputed]").Each(func(_ int, s *goquery.Selection) { tokens = append(tokens, s.AttrOr("value", "")) })
	return tokens
}

func TestPreviewKeepsNothingAndLosesNothing(t *testing.T) {
	h, xie, _ := townHouse(t)
	typed := villageList(h)
	typed["preview"] = []string{"1"}
	p := xie.send(xie.get("/console/notices/new?kind=LIST_VILLAGE"), newForm, typed).want(200, "还没有保存")
	if p.text("#preview b") != "民主评议" || p.text("#preview .prose h2") != "说明" {
		t.Errorf("preview: %s", p.text("#preview"))
	}
	if p.Find("input[name=title]").AttrOr("value", "") != typed.Get("title") {
		t.Error("the title is lost")
	}
	list, err := h.desk.List(bg, staff.Officer{UnitID: h.units[town].ID, Roles: []staff.Role{staff.Publisher}}, notice.Filter{})
	if err != nil || len(list) != 0 {
		t.Errorf("the preview kept %d notices, %v", len(list), err)
	}
}

func TestOnlyKindsOfTheLevelAreOffered(t *testing.T) {
	h, xie, _ := townHouse(t)
	h.hire("shi", cityDesk, staff.Publisher)
	p := xie.get("/console/notices/new").want(200, "至少 7 天", "20 个工作日内")
	if p.Find("a[href*=LIST_VILLAGE]").Length() != 1 || p.Find("a[href*=LIST_COUNTY]").Length() != 0 || p.Find(".kinds li").Length() != 14 {
		t.Errorf("a town is offered: %s", p.text("main"))
	}
	city := h.signedIn("shi")
	if p := city.get("/console/notices/new?kind=LIST_VILLAGE").want(200); p.Find(newForm).Length() != 0 {
		t.Error("a city office is asked for a village list")
	}
	csrf := p.Find("input[name=csrf]").First().AttrOr("value", "")
	if csrf == "" {
		csrf, _ = xie.get("/console").Find("input[name=csrf]").Attr("value")
	}
	if p := xie.post("/console/notices", url.Values{"csrf": {csrf}, "kind": {"LIST_COUNTY"}, "title": {"想越级发布"}}).want(200); p.Find(".kinds").Length() == 0 {
		t.Error("a kind of another level was begun")
	}
}

func TestBoardIsForTheVillage(t *testing.T) {
	_, xie, _ := townHouse(t)
	path := xie.begun().URL.Path
	xie.addRow(path, "赵大有", "一组", "3")
	p := xie.get(path+"/board").want(200, "赵大有", "一组", "可以不留名字", "0427-0000000", "/v/"+shuangliu)
	if p.Find("svg.qr").Length() != 1 || p.Find("nav.places").Length() != 0 {
		t.Error("the board has no code, or the console's frame")
	}
	head := p.text("thead")
	for _, never := range []string{"身份证", "电话", "致贫原因", "备注"} {
		if strings.Contains(head, never) {
			t.Errorf("the board has a column %s", never)
		}
	}
	for _, ending := range []string{"xlsx", "csv"} {
		res := xie.get(path + "/rows." + ending).want(200)
		if !strings.Contains(res.Header.Get("Content-Disposition"), "attachment") || !strings.Contains(res.Header.Get("Cache-Control"), "no-store") {
			t.Errorf("%s: %v", ending, res.Header)
		}
	}
}

func TestRowsAreSearchedOrderedAndCompared(t *testing.T) {
	_, xie, _ := townHouse(t)
	path := xie.begun().URL.Path
	xie.addRow(path, "赵大有", "一组", "3")
	xie.addRow(path, "钱二妮", "二组", "5")
	if p := xie.get(path + "/rows?q=" + url.QueryEscape("钱二妮")).want(200); strings.Contains(p.text("tbody"), "赵大有") || !strings.Contains(p.text("tbody"), "钱二妮") {
		t.Errorf("search: %s", p.text("tbody"))
	}
	if p := xie.get(path + "/rows?order=people").want(200); !strings.HasPrefix(p.text("tbody tr:first-child"), "2钱二妮") {
		t.Errorf("by people: %s", p.text("tbody"))
	}
	bad := xie.send(xie.get(path+"/rows?edit=2"), rowsForm, url.Values{"c.label": {""}, "c.team": {"三组"}}).want(422)
	if bad.Find(rowsForm+" input[name='c.team']").AttrOr("value", "") != "三组" || bad.text("#rows-c-label-says .wrong") == "" {
		t.Errorf("the row is lost: %s", bad.text("#do-rows"))
	}
	xie.send(bad, rowsForm, url.Values{"c.label": {"钱二妞"}}).want(200, "表格已改", "钱二妞")
	gone := xie.send(xie.get(path+"/rows?edit=1"), rowsForm, url.Values{"gone": {"1"}}).want(200)
	if strings.Contains(gone.text("tbody"), "赵大有") {
		t.Errorf("the row is still there: %s", gone.text("tbody"))
	}
	xie.get(path+"/versions?from=1&to=5").want(200, "钱二妞")
}
