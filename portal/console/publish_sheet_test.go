package console_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"minsheng/internal/workday"
)

// sent uploads a spreadsheet from the page of a table.
func (b *browser) sent(table page, content string) page {
	b.h.t.Helper()
	m := matrix{house: b.h, b: b}
	action, _ := table.Find("#do-upload form").Attr("action")
	got := m.upload(action, table.fill("#do-upload form", nil), content)
	if got.status != 200 {
		b.h.t.Fatalf("upload: %d\n%s", got.status, got.body)
	}
	var where string
	b.h.must(b.h.store.Read(bg).Raw("SELECT id FROM tray_sheet ORDER BY created_at DESC LIMIT 1").Scan(&where).Error)
	from := strings.SplitN(table.URL.String(), table.URL.Host, 2)[1]
	return b.get("/console/sheets/" + where + "?from=" + url.QueryEscape(from))
}

const messySheet = "双柳村名单,,,,\n组,户主姓名,家庭人口,联系电话,备注\n一组,赵大有,3,13800000000,\n二组,钱二妮,四口,13800000000,电话13800000000\n合计,,9,,\n"

func TestASheetIsReadFixedAndImported(t *testing.T) {
	h, xie, _ := townHouse(t)
	path := xie.begun().URL.Path
	p := xie.sent(xie.get(path+"/rows"), messySheet).want(200, "户主姓名", "对不上", "像是电话号码")
	if p.Find("#import form").Length() != 0 {
		t.Error("a sheet with problems may be imported")
	}
	if strings.Contains(p.text("main"), "13800000000") {
		t.Error("a telephone number is shown in full")
	}
	cells := p.Find("#trial input[name^='cell.']")
	if cells.Length() != 2 {
		t.Fatalf("%d cells to fix: %s", cells.Length(), p.text("#trial"))
	}
	same := xie.send(p, "#trial form[action*='/fix']", nil).want(422, "没有改动")
	fixed := xie.send(same, "#trial form[action*='/fix']", url.Values{"cell.C4": {"4"}, "cell.E4": {""}}).want(200, "改动已保存", "会导入 2 行")
	done := xie.send(fixed, "#import form", nil).want(200)
	h.must(h.tray.Wait(bg))
	done = xie.get(done.URL.RequestURI()).want(200, "导入完成")
	back, _ := done.Find("a.main").Attr("href")
	if back != path+"/rows" {
		t.Errorf("leads back to %s", back)
	}
	rows := xie.get(back).want(200, "赵大有", "钱二妮", "7 人")
	if strings.Contains(rows.text("main"), "138") {
		t.Error("the dropped column came in")
	}
	res, err := xie.http.Get(h.base + strings.SplitN(done.URL.Path, "?", 2)[0] + "/progress")
	h.must(err)
	defer res.Body.Close()
	var now struct {
		State   string
		Percent int
	}
	h.must(json.NewDecoder(res.Body).Decode(&now))
	if now.State != "done" || now.Percent != 100 {
		t.Errorf("progress: %+v", now)
	}
}

func TestWhatIsNoSheetIsRefusedInWords(t *testing.T) {
	_, xie, _ := townHouse(t)
	table := xie.get(xie.begun().URL.Path + "/rows")
	m := matrix{house: xie.h, b: xie}
	action, _ := table.Find("#do-upload form").Attr("action")
	got := m.upload(action, table.fill("#do-upload form", nil), "\x00\x01\x02 no table at all")
	if got.status != 422 || !strings.Contains(got.body, "wrong") || !strings.Contains(got.body, "上传并检查") {
		t.Errorf("%d\n%s", got.status, got.body)
	}
	xie.post(action, table.fill("#do-upload form", nil)).want(422, "请选一个文件")
	stolen := table.fill("#do-upload form", url.Values{"csrf": {"x"}})
	if got := m.upload(action, stolen, goodSheet); got.status != 403 {
		t.Errorf("without proof: %d", got.status)
	}
	var n int64
	xie.h.must(xie.h.store.Read(bg).Table("tray_sheet").Count(&n).Error)
	if n != 0 {
		t.Errorf("%d sheets were taken", n)
	}
}

func TestMoneyThatDoesNotAddUpNeedsAReason(t *testing.T) {
	h, _, _ := townHouse(t)
	h.hire("bai", cityDesk, "publisher")
	h.hire("huo", cityDesk, "notice_approver")
	bai, huo := h.signedIn("bai"), h.signedIn("huo")
	today := string(workday.On(h.store.Now()))
	fund := url.Values{"name": {"第一批扶贫资金"}, "doc_number": {"盘财农〔2026〕9号"}, "source": {"city"}, "total": {"五十万"}, "place": {"211100000000"}, "town": {"211100000000"}, "allocated_on": {today}}
	bad := bai.send(bai.get("/console/funds"), "#do-fund form", fund).want(422, "金额要写成")
	if bad.Find("#fund-name").AttrOr("value", "") != "第一批扶贫资金" {
		t.Error("the fund is lost")
	}
	bai.send(bad, "#do-fund form", url.Values{"total": {"500,000"}}).want(200, "资金已登记", "500,000.00")
	bai.get("/console/duties").want(200, "资金分配公告", "还有", "为什么是这一天")
	p := bai.get("/console/notices/new?kind=FUND_ALLOC")
	id, _ := p.Find("select[name=fund] option").Last().Attr("value")
	draft := bai.send(p, newForm, url.Values{"title": {"第一批扶贫资金分配结果公告"}, "place": {"211100000000"}, "town": {"211100000000"}, "fund": {id}, "starts_on": {today}, "body": {"现公告如下。"},
		"field:fund_use": {"修路"}, "field:fund_principle": {"按人口"}, "field:contact_unit": {cityDesk}, "field:contact_phone": {"0427-0000000"}, "field:contact_address": {"市政府"}, "field:report_phone": {"12317"}}).want(200, "草稿已存下")
	path := draft.URL.Path
	bai.send(bai.get(path+"/rows?edit=0"), rowsForm, url.Values{"c.label": {"通村路"}, "c.amount": {"485000"}}).want(200, "通村路")
	bai.send(bai.get(path), step("hand_in"), nil).want(200, "已送审", "15,000.00")
	refused := huo.send(huo.get(path), step("approve"), nil).want(409, "对不上", "500,000.00", "485,000.00", "15,000.00")
	huo.send(refused, step("approve"), url.Values{"mismatch": {"余款下一批再分配"}}).want(200, "已审核通过", "余款下一批再分配")
	bai.get("/console/projects").want(200, "通村路", "开工了")
	tomorrow := string(workday.On(h.store.Now()).Add(1))
	late := bai.send(bai.get("/console/projects"), ".projects form", url.Values{"on": {tomorrow}}).want(422)
	if late.Find(".projects .wrong").Length() == 0 {
		t.Errorf("no reason beside the day: %s", late.text("main"))
	}
	bai.send(late, ".projects form", url.Values{"on": {today}}).want(200, "进度已记下", "验收了")
}

func TestADutyIsRecordedWithItsDate(t *testing.T) {
	h, xie, _ := townHouse(t)
	p := xie.send(xie.get("/console/duties"), "#do-owe form", url.Values{"kind": {"POLICY"}, "about": {"帮"}, "on": {"2026"}, "place": {"211122111000"}, "town": {"211122111000"}}).want(422)
	if p.text("#owe-about-says .wrong") == "" || p.text("#owe-on-says .wrong") == "" {
		t.Errorf("nothing is said beside the fields: %s", p.text("#do-owe"))
	}
	xie.send(p, "#do-owe form", url.Values{"about": {"产业帮扶办法"}, "on": {string(workday.On(h.store.Now()))}}).want(200, "已登记", "产业帮扶办法", "20 个工作日")
	xie.get("/console").want(200)
}

func TestNastyWordsOnNoticesDoNothing(t *testing.T) {
	h, xie, shen := townHouse(t)
	list := villageList(h)
	list["title"], list["body"] = []string{nasty[:60]}, []string{nasty + "\n\n[点](javascript:alert(1))\n\n<b onclick=x>粗</b>"}
	list["field:objection_channel"] = []string{nasty}
	p := xie.send(xie.get("/console/notices/new?kind=LIST_VILLAGE"), newForm, list).want(200, "草稿已存下")
	path := p.URL.Path
	xie.addRow(path, nasty[:45], nasty[:15], "3").want(200)
	m := matrix{house: h, b: xie}
	for _, at := range []string{path, path + "?view=full", path + "/rows", path + "/rows?edit=1", path + "/rows?q=" + url.QueryEscape(nasty[:40]), path + "/board", path + "/versions", "/console/notices", "/console/notices?stand=" + url.QueryEscape(nasty), "/console"} {
		got := m.ask(xie, "GET", at, nil)
		m.harmless(at, got)
		if strings.Contains(got.body, "href=\"javascript") || strings.Contains(got.body, "<b onclick") {
			t.Errorf("%s lets markup through", at)
		}
	}
	m.harmless("for an approver", m.ask(shen, "GET", path, nil))
	preview := list
	preview["preview"] = []string{"1"}
	xie.send(xie.get("/console/notices/new?kind=LIST_VILLAGE"), newForm, preview).want(200, "还没有保存")
}
