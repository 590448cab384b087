package console_test

import (
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"minsheng/intake"
	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
	"minsheng/internal/workday"
	"minsheng/staff"
	"minsheng/watch"
)

// watched is a house whose time the test sets.
type watched struct {
	*house
	now atomic.Pointer[time.Time]
}

// houseOn is a house in which it is nine in the morning of a day.
func houseOn(t *testing.T, day workday.Date) *watched {
	t.Helper()
	w := &watched{}
	w.on(day)
	s, err := store.Open(bg, store.Config{Dir: storetest.SQLiteDir(t), Now: func() time.Time { return *w.now.Load() }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	w.house = newHouseOn(t, s, false)
	return w
}

func (w *watched) on(day workday.Date) {
	at := day.Time().Add(9 * time.Hour)
	w.now.Store(&at)
}

func (w *watched) pass(d time.Duration) {
	at := w.now.Load().Add(d)
	w.now.Store(&at)
}

func (w *watched) sweep() watch.Swept {
	w.t.Helper()
	swept, err := w.watch.Sweep(bg)
	w.must(err)
	if swept.Still != nil {
		w.t.Fatal(swept.Still)
	}
	return swept
}

func TestAlarmsAreReadAndAcknowledged(t *testing.T) {
	h := houseOn(t, "2026-11-02")
	h.hire("wang", panshan, staff.TriageOfficer)
	h.hire("boss", panshan, staff.Supervisor)
	h.hire("city", cityDesk, staff.Supervisor)
	h.report("我家的危房改造补助没有发全，请查一查。")
	var c intake.Complaint
	h.must(h.store.Read(bg).Take(&c).Error)
	empty := h.signedIn("wang").get("/console/alarms").want(200, "现在没有预警")
	if empty.Find("nav.places .count").Length() != 0 {
		t.Error("something is counted where nothing is")
	}

	h.on("2026-11-12") // first look: due on 4 November; whether it is taken up: due on 17 November
	h.sweep()
	wang := h.signedIn("wang")
	today := wang.get("/console").want(200, c.Number())
	if got := today.text("nav.places a[href='/console/alarms'] .count"); got != "2超期1" || today.Find("ul.alarms").Length() != 0 {
		t.Errorf("the left column counts %q, and Today tells the same twice: %d", got, today.Find("ul.alarms").Length())
	}
	p := wang.get("/console/alarms").want(200, c.Number(), "承办：盘山县督查室", "先看一遍：2026年11月4日到期，已超期 6 个工作日", "告知是否受理：2026年11月17日到期，还有 3 个工作日", "为什么是这一天")
	if href, _ := p.Find(".a-red a").Attr("href"); href != "/console/cases/"+c.ID.String() {
		t.Errorf("leads to %q", href)
	}
	if p.Find(".a-red .why-months td.due").Length() != 1 || p.Find("section.group").Length() != 2 {
		t.Errorf("no calendar, or not two stages: %s", p.text("main"))
	}
	city := h.signedIn("city")
	city.get("/console/alarms").want(200, "升到本级的", c.Number())
	if up := city.get("/console").want(200, "全部预警"); !strings.Contains(up.text("ul.alarms"), c.Number()) {
		t.Error("Today does not tell of what went up")
	}

	red := "li.a-red form"
	boss := h.signedIn("boss").get("/console/alarms")
	wang.send(p, red, nil).want(200, "已记下", "最近知道的 1 条", "员wang知道了")
	b := h.signedIn("boss")
	action, _ := boss.Find(red).Attr("action")
	csrf, _ := b.get("/console").Find("input[name=csrf]").Attr("value")
	b.post(action, url.Values{"csrf": {csrf}}).want(409, "同事已经点过")
	if again := b.get("/console/alarms").want(200, "告知是否受理"); again.Find(".a-red form").Length() != 0 {
		t.Error("the office is reminded of what it acknowledged")
	}
	wang.get("/console/cases/"+c.ID.String()).want(200, "超期，亮红牌", "升到上一级", "知道了预警", "先看一遍，2026年11月4日到期；通知：盘山县督查室")
	en := wang.get("/console/alarms?lang=en").want(200, "Due soon", "3 working days left", "acknowledged by 员wang")
	if strings.Contains(en.text("main h1, main .says"), "到期") {
		t.Errorf("Chinese in English: %s", en.text("main"))
	}
}

func TestWhatTheWatchTellsOfOffices(t *testing.T) {
	h := houseOn(t, "2026-11-02")
	h.hire("city", cityDesk, staff.Supervisor)
	h.hire("root", cityDesk, staff.Administrator)
	h.report("我家的危房改造补助没有发全，请查一查。")
	h.sweep()
	h.signedIn("city").get("/console/alarms").want(200, "收件没人办的单位", "盘山县督查室", "发出：2026年11月2日")
	root := h.signedIn("root")
	p := root.get("/console").want(200, "预警", "2027年的放假安排还没导入")
	if href, _ := p.Find("ul.alarms a").Attr("href"); href != "/console/calendar" || p.Find("a[href='/console/alarms']").Length() != 0 {
		t.Errorf("leads to %q", href)
	}
	if got := root.get("/console/alarms"); got.Status != 404 {
		t.Errorf("an administrator reads alarms: %d", got.Status)
	}
}

func TestARuleIsChangedAfterALookAtWhatItMoves(t *testing.T) {
	h := houseOn(t, "2026-11-02")
	h.hire("root", cityDesk, staff.Administrator)
	h.hire("local", panshan, staff.Administrator)
	receipt := h.report("我家的危房改造补助没有发全，请查一查。")
	h.sweep()
	h.pass(2 * time.Minute)
	h.sweep()
	local := h.signedIn("local")
	if p := local.get("/console/clocks").want(200, "15 日", "法定", "最上级单位的管理员"); p.Find("a.change").Length() != 0 {
		t.Error("a county may change what stands for all")
	}
	local.get("/console/clocks/change?rule=complaint.reply").want(200, "最上级单位的管理员")

	root := h.signedIn("root")
	table := root.get("/console/clocks").want(200, "告知是否受理", "《信访工作条例》", "收到反映", "其他 1 个版本")
	link, _ := table.Find("tr:contains('告知是否受理') a.change").Attr("href")
	form := root.get(link).want(200, "改成什么样")
	if n, _ := form.Find("#change-n").Attr("value"); n != "15" {
		t.Errorf("asks for %q days", n)
	}
	look := func(p page, answers url.Values) page {
		return root.get("/console/clocks/change?" + p.fill("form.rule", answers).Encode())
	}
	wrong := look(form, url.Values{"n": {"4000"}, "why": {"短"}}).want(422, "写0到3650之间的整数", "写4到300字的原因")
	if n, _ := wrong.Find("#change-n").Attr("value"); n != "4000" || wrong.Find("form[method=post][action*=change]").Length() != 0 {
		t.Errorf("typed %q is lost, or can be confirmed", n)
	}
	looked := look(form, url.Values{"n": {"30"}, "basis": {"新的条例"}, "why": {"条例改了"}, "from": {"2026-11-01"}}).want(200, "15 日", "30 日", "2026年11月17日", "2026年12月2日", "告诉过，会写信说明")
	for _, secret := range []string{"危房", "柳大有", "访2026"} {
		if strings.Contains(looked.Text(), secret) {
			t.Errorf("the preview tells of %s", secret)
		}
	}
	confirm := "section.looked form"
	stale := looked.fill(confirm, nil)
	stale.Set("seen", "yesterday's")
	root.post("/console/clocks/change", stale).want(409, "有了变化", "新的条例")
	root.send(looked, confirm, nil).want(200, "新时限已经记下", "30 日", "条例改了")

	for range 3 { // every replica knows after a minute; told once
		h.pass(time.Minute)
		h.sweep()
	}
	tracked, err := h.intake.Track(bg, receipt.Digits)
	h.must(err)
	var told []string
	for _, m := range tracked.Messages {
		told = append(told, m.Text)
	}
	want := "告诉您受不受理的最晚日子，由2026年11月17日改到2026年12月2日。办事的时限改了，按新的时限算的。"
	if len(told) != 1 || told[0] != want || tracked.Matters[0].NextOn != "2026-12-02" {
		t.Errorf("told %q, next on %s", told, tracked.Matters[0].NextOn)
	}
	early := look(root.get(link), url.Values{"n": {"20"}, "basis": {"旧的条例"}, "why": {"想早一点"}, "from": {"2026-10-01"}}).want(422, "已经有更晚生效的版本")
	if early.Find(confirm).Length() != 0 {
		t.Error("it can be confirmed")
	}
	one := look(root.get(link), url.Values{"kind": {"RETALIATION"}, "n": {"3"}, "day_kind": {"wd"}, "basis": {"内部时限"}, "why": {"打击报复要快"}, "from": {"2026-11-02"}}).want(200, "没有日子会动")
	root.send(one, confirm, nil).want(200, "打击报复", "3 个工作日")
	root.get("/console/clocks/change").want(200, "先在时限表里点")
	root.get("/console/clocks?lang=en").want(200, "working days", "Change the limit")
}

const year2027 = "date,kind,name,source\n2027-01-01,off,元旦,通知\n2027-02-05,off,春节,通知\n2027-02-08,off,春节,通知\n2027-02-14,work,春节,通知\n2027-10-01,off,国庆节,通知\n"

func TestACalendarIsReadBeforeItIsImported(t *testing.T) {
	h := houseOn(t, "2026-11-20")
	h.hire("root", cityDesk, staff.Administrator)
	h.hire("local", panshan, staff.Administrator)
	root := h.signedIn("root")
	p := root.get("/console/calendar").want(200, "2027年的放假安排还没导入", "2026 已公布", "2027 预估", "国庆节")
	if p.Find(".year table").Length() != 12 || p.Find(".year td.work").Length() != 6 {
		t.Errorf("%d months, %d weekends worked", p.Find(".year table").Length(), p.Find(".year td.work").Length())
	}
	if title, _ := p.Find(".year td.work").First().Attr("title"); !strings.Contains(title, "元旦调休上班（国务院办公厅") {
		t.Errorf("says %q", title)
	}
	if next := root.get("/console/calendar?year=2027").want(200, "这一年还没公布"); next.Find(".year td.presumed").Length() < 100 {
		t.Error("an estimated year looks certain")
	}
	try := func(content string) page {
		m := &matrix{house: h.house, b: root}
		csrf, _ := root.get("/console/calendar").Find("input[name=csrf]").Attr("value")
		got := m.upload("/console/calendar/try", url.Values{"csrf": {csrf}}, content)
		return h.readPage(got)
	}
	try(strings.Replace(year2027, "2027-02-05,off", "2027-02-30,off", 1)).want(422, "有 1 行不对", "第 3 行", "日期不对", "2027-02-30")
	try("\x00\x01\x02").want(422, "不是文本文件")
	try("").want(422, "没有选文件")
	looked := try(year2027).want(200, "5 天是新的", "2027年2月14日", "上班：春节", "这份文件写全了2027年")
	if h.clocks.Calendar().Announced(2027) {
		t.Error("a rehearsal was kept")
	}
	stale := looked.fill("form[action$='/import']", url.Values{"seen": {"old"}})
	root.post("/console/calendar/import", stale).want(409, "有了变化")
	unsaid := looked.fill("form[action$='/import']", url.Values{"years": {"2028"}})
	root.post("/console/calendar/import", unsaid).want(422, "没有写全那一年")
	root.send(looked, "form[action$='/import']", nil).want(200, "放假安排已经导入", "2027 已公布")
	if works, presumed := h.clocks.Calendar().IsWorkday("2027-02-14"); !works || presumed {
		t.Error("a Sunday that is worked is not")
	}
	if after := root.get("/console/calendar"); strings.Contains(after.text("main"), "还没导入") {
		t.Error("it is still asked for")
	}
	if readonly := h.signedIn("local").get("/console/calendar").want(200, "最上级单位的管理员"); readonly.Find("input[type=file]").Length() != 0 {
		t.Error("a county may import")
	}
}

// readPage is an answer as a browser shows it.
func (h *house) readPage(a answer) page {
	h.t.Helper()
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(a.body))
	h.must(err)
	return page{h, a.status, &url.URL{}, a.header, doc}
}
