package console_test

import (
	"net/url"
	"strings"
	"testing"

	"minsheng/region"
	"minsheng/staff"
)

const (
	addForm    = "#do-office form"
	renameForm = "#do-rename form"
	tianshui   = "211122111000"
)

// TestACountyBuildsItsOffices: nothing typed is lost, and no desk is opened.
func TestACountyBuildsItsOffices(t *testing.T) {
	h := newHouse(t, false)
	h.hire("county", panshan, staff.Administrator)
	b := h.signedIn("county")
	p := b.get("/console/offices").want(200, panshan, poor, "由最高一级的管理员定")
	if strings.Contains(p.text(".offices"), cityDesk) || strings.Contains(p.text(".offices"), "大洼区督查室") {
		t.Errorf("a county sees others' offices: %s", p.text(".offices"))
	}
	if p.Find("[name=takes_complaints], [name=doc_mark]").Length() > 0 {
		t.Error("a county is offered to open a desk")
	}
	answers := url.Values{"name": {"甜水镇人民政府"}, "kind": {"government"}, "level": {"county"}, "parent": {h.units[panshan].ID.String()}, "town": {tianshui}, "phone": {"问镇长"}}
	wrong := b.send(p, addForm, answers).want(422)
	if got := wrong.text("#office-phone-says .wrong"); got == "" {
		t.Errorf("nothing beside the phone: %s", wrong.text(addForm))
	}
	kept := wrong.fill(addForm, nil)
	for name, want := range map[string]string{"name": "甜水镇人民政府", "kind": "government", "level": "county", "phone": "问镇长", "town": tianshui, "parent": answers.Get("parent")} {
		if kept.Get(name) != want {
			t.Errorf("%s is lost: %q", name, kept.Get(name))
		}
	}
	b.send(wrong, addForm, url.Values{"level": {"town"}, "phone": {"0427-0000000"}}).want(200, "单位已新增", "甜水镇人民政府", "0427-0000000")
	again := b.send(wrong, addForm, url.Values{"level": {"town"}, "phone": {""}}).want(422)
	if again.text("#office-name-says .wrong") == "" {
		t.Errorf("the same name again: %s", again.text(addForm))
	}
	forced := url.Values{"name": {"甜水试验区督查室"}, "kind": {"zone"}, "level": {"county"}, "phone": {""}, "takes_complaints": {"1"}, "doc_mark": {"甜督"}}
	if refused := b.send(wrong, addForm, forced).want(422, "由最高一级的管理员定"); strings.Contains(refused.text(".offices"), "甜水试验区") {
		t.Error("a county opened a desk")
	}
	if p := b.get("/console/offices/" + h.units[cityDesk].ID.String()); p.Status != 404 {
		t.Errorf("a county opens the city's office: %d", p.Status)
	}
	city := h.units[cityDesk].ID.String()
	b.send(wrong, addForm, url.Values{"name": {"越级办公室"}, "parent": {city}, "phone": {""}}).want(404)
	csrf := wrong.fill(addForm, nil).Get("csrf")
	b.post("/console/offices/"+city+"/rename", url.Values{"csrf": {csrf}, "new_name": {"改了别人"}, "from": {"2024-01-01"}}).want(404)
}

// TestAVillageIsPickedWithoutScripts: first its town, then the button, then it.
func TestAVillageIsPickedWithoutScripts(t *testing.T) {
	h := newHouse(t, false)
	h.hire("boss", cityDesk, staff.Administrator)
	b := h.signedIn("boss")
	answers := url.Values{"name": {"水利局驻双柳村工作队"}, "kind": {"team"}, "level": {"village"}, "parent": {h.units[panshan].ID.String()}, "town": {tianshui}}
	asked := b.get("/console/offices").fill(addForm, answers)
	asked.Set("pick", "1")
	p := b.post("/console/offices", asked).want(200, "双柳村", "甜水镇全境")
	b.send(p, addForm, url.Values{"place": {shuangliu}}).want(200, "单位已新增", "盘山县甜水镇双柳村")
	desk := url.Values{"name": {"甜水试验区督查室"}, "kind": {"zone"}, "level": {"county"}, "parent": {h.units[cityDesk].ID.String()}, "town": {tianshui}, "takes_complaints": {"1"}}
	p = b.send(b.get("/console/offices"), addForm, desk).want(422)
	if p.text("#office-doc_mark-says .wrong") == "" || p.Find("[name=takes_complaints][checked]").Length() != 1 {
		t.Errorf("a desk without a mark: %s", p.text(addForm))
	}
	b.send(p, addForm, url.Values{"doc_mark": {"甜督"}}).want(200, "单位已新增")
	if desk, _, err := h.atlas.DeskFor(shuangliu, region.Accused{Level: "village"}); err != nil || desk.Name != "甜水试验区督查室" {
		t.Errorf("reports go to %s, %v", desk.Name, err)
	}
}

func TestAnOfficeIsRenamed(t *testing.T) {
	h := newHouse(t, false)
	h.hire("boss", cityDesk, staff.Administrator)
	h.hire("shenji", cityDesk, staff.Auditor)
	b := h.signedIn("boss")
	path := "/console/offices/" + h.units[poor].ID.String()
	p := b.send(b.get(path), renameForm, url.Values{"new_name": {"盘山县乡村振兴局"}, "from": {"2999-01-01"}}).want(422)
	kept := p.fill(renameForm, nil)
	if p.text("#rename-from-says .wrong") == "" || kept.Get("new_name") != "盘山县乡村振兴局" || kept.Get("from") != "2999-01-01" {
		t.Errorf("a day to come: %s", p.text("main"))
	}
	p = b.send(p, renameForm, url.Values{"new_name": {panshan}, "from": {"2021-05-25"}}).want(422)
	if p.text("#rename-new_name-says .wrong") == "" {
		t.Errorf("another's name: %s", p.text("main"))
	}
	b.send(p, renameForm, url.Values{"new_name": {"盘山县乡村振兴局"}}).want(200, "名称已改", "盘山县乡村振兴局", "2021年5月25日", poor)
	b.get("/console/offices").want(200, "原名“"+poor+"”，用到2021年5月24日")
	h.signedIn("shenji").get("/console/record").want(200, "单位更名", "盘山县乡村振兴局", "员boss")
}
