package console_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"

	"minsheng/portal/console"
	"minsheng/staff"
)

func TestOnlySigningInIsOpen(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range console.Routes() {
		if seen[r.Method+r.Path] {
			t.Errorf("%s %s stands twice", r.Method, r.Path)
		}
		seen[r.Method+r.Path] = true
		if (r.May == "") != (r.Path == "/console/signin") {
			t.Errorf("%s %s needs %q", r.Method, r.Path, r.May)
		}
		if r.Half && r.May != staff.OwnAccount {
			t.Errorf("%s %s lets half a session do %q", r.Method, r.Path, r.May)
		}
	}
	if len(seen) < 50 {
		t.Errorf("only %d routes", len(seen))
	}
}

// everyone is one person for each role.
func everyone(h *house) map[staff.Role]*browser {
	out := map[staff.Role]*browser{}
	for i, role := range staff.Roles() {
		login := "person" + string(rune('a'+i))
		h.hire(login, panshan, role)
		out[role] = h.signedIn(login)
	}
	return out
}

// TestEveryRouteAsksWhoAndWhence walks the whole table: without the permission
// it does not exist, without the session it asks to sign in, and no form counts
// without the proof of its page.
func TestEveryRouteAsksWhoAndWhence(t *testing.T) {
	t.Parallel()
	h := newHouse(t, false)
	people, stranger := everyone(h), h.browser()
	for _, r := range console.Routes() {
		if r.May == "" {
			continue
		}
		path := strings.NewReplacer(":id", uuid.NewString(), ":file", uuid.NewString()).Replace(r.Path)
		if r.Method == "POST" {
			if p := stranger.post(path, url.Values{}); p.Status != 401 {
				t.Errorf("stranger at %s %s: %d", r.Method, r.Path, p.Status)
			}
		} else if p := stranger.get(path); p.URL.Path != "/console/signin" {
			t.Errorf("stranger at %s reached %s", r.Path, p.URL)
		}
		for role, b := range people {
			may := staff.May([]staff.Role{role}, r.May)
			switch {
			case r.Method == "POST" && may:
				if p := b.post(path, url.Values{"text": {"没有凭据"}}); p.Status != 403 {
					t.Errorf("%s at %s without csrf: %d", role, r.Path, p.Status)
				}
			case r.Method == "POST":
				if p := b.post(path, url.Values{}); p.Status != 404 {
					t.Errorf("%s may not %s, yet %d", role, r.Path, p.Status)
				}
			case !may:
				if p := b.get(path); p.Status != 404 {
					t.Errorf("%s may not see %s, yet %d", role, r.Path, p.Status)
				}
			case !strings.Contains(r.Path, ":") && !r.Half:
				if p := b.get(path); p.Status != 200 {
					t.Errorf("%s at %s: %d", role, r.Path, p.Status)
				}
			case !r.Half:
				if p := b.get(path); p.Status != 404 {
					t.Errorf("%s at an unknown %s: %d", role, r.Path, p.Status)
				}
			}
		}
	}
}

func TestEverybodySeesOnlyTheirPlaces(t *testing.T) {
	h := newHouse(t, false)
	want := map[staff.Role]string{
		staff.Registrar:         "今日 录入 我的账号",
		staff.TriageOfficer:     "今日 预警 队列 录入 名单异议 常用回复 督查事项 督查 现场 整改 责任追究 自查 督查台账 统计 工作报告 督查通报 文书 数据比对 材料钥匙 我的账号",
		staff.Supervisor:        "今日 预警 队列 名单异议 常用回复 督查事项 督查 现场 整改 责任追究 问题线索移送 自查 督查台账 统计 工作报告 督查通报 文书 数据比对 材料钥匙 保管与销毁 被拒绝的查看 我的账号",
		staff.UnitHandler:       "今日 预警 督查事项 接受督查 整改 对本单位的追责 自查 督查通报 文书 我的账号",
		staff.Publisher:         "今日 公示公告 待公开的通报 公示职责 资金 项目 发放记录 我的账号",
		staff.NoticeApprover:    "今日 公示公告 公示职责 资金 项目 我的账号",
		staff.IdentityCustodian: "今日 队列 打开身份和原图 身份申请 身份钥匙 保管与销毁 我的账号",
		staff.Auditor:           "今日 保管与销毁 记录 被拒绝的查看 我的账号",
		staff.Administrator:     "今日 人员 单位 文书格式 办理时限 放假安排 保管年限 我的账号",
	}
	for role, b := range everyone(h) {
		p := b.get("/console").want(200)
		if got := p.text("nav.places"); got != want[role] {
			t.Errorf("%s sees %q, want %q", role, got, want[role])
		}
		if en := b.get("/console?lang=en").want(200); en.Find("html[lang=en]").Length() != 1 || !strings.Contains(en.Text(), "My account") {
			t.Errorf("%s in English: %s", role, en.text("nav"))
		}
	}
}

func TestEnteringACall(t *testing.T) {
	h := newHouse(t, false)
	h.hire("deng", panshan, staff.Registrar)
	b := h.signedIn("deng")
	form := "form.entry"
	said := "来电人称:通村路到现在还是土道,听说修路的钱拿去给村部装修了。"
	p := b.send(b.get("/console/entry"), form, url.Values{"town": {"211122111000"}, "pick": {"1"}, "text": {said}}).want(200, "双柳村", said)
	call := url.Values{"place": {shuangliu}, "channel": {"phone"}, "mode": {"anonymous"}}
	unread := b.send(p, form, call).want(422, said)
	if unread.text("#enter-read_back-says .wrong") == "" || unread.Find("#enter-place option[selected]").Text() != "双柳村" {
		t.Errorf("read-back or village lost: %s", unread.text("main"))
	}
	call["read_back"] = []string{"1"}
	filled := unread.fill(form, call)
	first := b.post("/console/entry", filled).want(200, "一组一组念")
	if first.Find(".digits span").Length() != 5 {
		t.Fatalf("receipt: %s", first.text("main"))
	}
	again := b.post("/console/entry", filled).want(200, "同一个查询码")
	if again.text(".digits") != first.text(".digits") {
		t.Error("the same form gave another receipt")
	}
	if _, err := h.intake.Track(bg, first.text(".digits")); err != nil {
		t.Errorf("the receipt opens nothing: %v", err)
	}
	stale := b.send(p, form, url.Values{"form": {"gone"}, "place": {shuangliu}, "channel": {"phone"}, "mode": {"anonymous"}, "read_back": {"1"}}).want(409, said, "已经换了新的")
	b.send(stale, form, nil).want(200, "一组一组念")
}

func TestAccountsOfAnAdministrator(t *testing.T) {
	h := newHouse(t, false)
	h.hire("boss", cityDesk, staff.Administrator)
	b := h.signedIn("boss")
	add := "#do-add form"
	answers := url.Values{"name": {"何田田"}, "login": {"X"}, "unit": {h.units[panshan].ID.String()}, "roles": {"triage_officer"}}
	p := b.send(b.get("/console/staff"), add, answers).want(422, "小写字母")
	if v, _ := p.Find("#add-name").Attr("value"); v != "何田田" {
		t.Errorf("name lost: %q", v)
	}
	once := b.send(p, add, url.Values{"login": {"tiantian"}}).want(200, "只显示这一次")
	secret := once.text("code.secret")
	new := h.browser()
	if in := new.post("/console/signin", url.Values{"login": {"tiantian"}, "password": {secret}}); in.Status != 200 || in.URL.Path == "/console/signin" {
		t.Fatalf("the first password does not open: %d %s", in.Status, in.URL)
	}
	list := b.get("/console/staff").want(200, "何田田")
	if strings.Contains(list.Text(), secret) {
		t.Error("the password stays on a page")
	}
	active := list.Find("form[action$='/active']").FilterFunction(formOf("何田田"))
	action, _ := active.Attr("action")
	csrf, _ := active.Find("input[name=csrf]").Attr("value")
	b.post(action, url.Values{"csrf": {csrf}, "active": {"0"}}).want(200, "已停用")
	if p := new.get("/console"); p.URL.Path != "/console/signin" {
		t.Errorf("a disabled account still reaches %s", p.URL)
	}
}

func TestAuditorReadsWhatHappened(t *testing.T) {
	h := county(t)
	h.hire("shenji", cityDesk, staff.Auditor)
	p := h.signedIn("shenji").get("/console/record").want(200, "收到反映")
	for _, secret := range []string{"柳大有", "13800000000", told[:30]} {
		if strings.Contains(p.Text(), secret) {
			t.Errorf("the record holds %q", secret)
		}
	}
}

func TestWordsComeBackWhenTheDatabaseIsAway(t *testing.T) {
	h := county(t)
	wang := h.signedIn("wang")
	p := wang.send(wang.openFirst(), step("claim"), nil).want(200)
	h.must(h.store.Close())
	wang.send(p, step("describe"), url.Values{"summary": {"反映危房改造补助没有发全"}}).want(503, "反映危房改造补助没有发全")
}
