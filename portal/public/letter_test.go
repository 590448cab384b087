package public_test

import (
	"bytes"
	"context"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/region"
	"minsheng/staff"
	"minsheng/triage"
)

// answered is a case with its answer, on a site with officers.
type answered struct {
	*site
	digits        string
	id            uuid.UUID
	handler, boss staff.Officer // of the county
	looker        staff.Officer // of the city
}

// answer reports something, by form, and has the county answer it.
func (s *site) answer(form url.Values) *answered {
	s.Helper()
	a := &answered{site: s, digits: s.post("/receipt", form).want(200).receipt()}
	county := s.office("盘山县督查室")
	a.handler, a.boss = s.officer(county, staff.TriageOfficer), s.officer(county, staff.Supervisor)
	a.looker = s.officer(s.office("盘锦市委市政府督查室"), staff.TriageOfficer, staff.Supervisor)
	a.id = s.latest().ID
	s.must(s.queue.Describe(bg, a.handler, a.id, a.now().Version, triage.Description{
		Summary: "反映甜水镇双柳村危房改造补助未足额发放", Kind: "FUND_WITHHOLD", Severity: 2, Demands: []string{"把少发的补上", "公开发放表"},
	}))
	s.must(s.queue.Accept(bg, a.handler, a.id, a.now().Version))
	a.decide()
	return a
}

func (a *answered) decide() {
	a.Helper()
	a.must(a.queue.Verify(bg, a.handler, a.id, a.now().Version, triage.NewVerification{
		VisitedOn: a.today(), Place: "双柳村村部", Method: "review_files", Verifiers: []string{"李核", "王查"}, Found: "发放表与存折相差三千元",
	}))
	a.must(a.queue.ProposeAnswer(bg, a.handler, a.id, a.now().Version, triage.Answer{Outcome: intake.Partly, Findings: []triage.AnswerPart{
		{N: 1, Result: intake.Substantiated, Facts: "村会计扣下三千元。", Basis: "资金管理办法第五条", Done: "已责令退还。"},
		{N: 2, Result: intake.Unsubstantiated, Facts: "发放表贴在村部。", Basis: "政务公开条例第十条"},
	}}))
	var p struct{ ID uuid.UUID }
	a.must(store.One(a.store.Read(bg).Table("proposal").Where("complaint_id = ? AND state = 'open'", a.id), &p))
	a.must(a.queue.Rule(bg, a.boss, a.id, p.ID, true, ""))
}

var bg = context.Background()

func (s *site) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

func (s *site) today() workday.Date { return workday.On(s.store.Now()) }

// pass lets days go by for everybody.
func (s *site) pass(days int64) { s.days.Add(days) }

func (s *site) office(name string) region.Unit {
	s.Helper()
	for _, u := range s.atlas.Units() {
		if u.Name == name {
			return u
		}
	}
	s.Fatalf("no office %s", name)
	return region.Unit{}
}

func (s *site) officer(u region.Unit, roles ...staff.Role) staff.Officer {
	s.Helper()
	id, now := uuid.Must(uuid.NewV7()), s.store.Now()
	s.must(s.store.Read(bg).Table("account").Create(map[string]any{
		"id": id, "login": id.String(), "name": "办事员", "unit_id": u.ID, "state": "active", "password_salt": []byte("x"), "password_check": []byte("x"),
		"must_change": false, "totp_last_step": 0, "created_at": now, "updated_at": now, "version": 1,
	}).Error)
	return staff.Officer{ID: id, Login: id.String(), Name: "办事员", UnitID: u.ID, UnitName: u.Name, Roles: roles}
}

// latest is the complaint that came in last.
func (s *site) latest() (c intake.Complaint) {
	s.Helper()
	s.must(s.store.Read(bg).Order("seq DESC").Take(&c).Error)
	return c
}

// now is the case as it is now.
func (a *answered) now() (c intake.Complaint) {
	a.Helper()
	a.must(store.One(a.store.Read(bg).Where("id = ?", a.id), &c))
	return c
}

func (a *answered) look() page {
	a.Helper()
	return a.post("/track", url.Values{"digits": {a.digits}}).want(200)
}

func (a *answered) count(table string) int {
	a.Helper()
	var n int64
	a.must(a.store.Read(bg).Table(table).Count(&n).Error)
	return int(n)
}

func (p page) words(selector string) string {
	return strings.Join(strings.Fields(p.Find(selector).Text()), " ")
}

func TestALetterTellsItsPartsApart(t *testing.T) {
	s := open(t, with{})
	a := s.answer(s.filled())
	if a.now().State != intake.Decided {
		t.Fatalf("before anybody looked it is %s", a.now().State)
	}
	p := a.look()
	if a.now().State != intake.Delivered {
		t.Errorf("read, and %s", a.now().State)
	}
	if n := p.Find(".letter").Length(); n != 1 {
		t.Fatalf("%d letters", n)
	}
	text := p.words(".letter")
	for _, part := range []string{"答复（处理意见）", "盘山县督查室", "有一部分是真的", "第 1 项 把少发的补上", "查到的情况 村会计扣下三千元。", "依据 资金管理办法第五条",
		"怎么处理的 已责令退还。", "第 2 项 公开发放表", "结论 不属实", "不服怎么办", "可以申请复查，由盘锦市委市政府督查室重新查一遍"} {
		if !strings.Contains(strings.ReplaceAll(text, " ", ""), strings.ReplaceAll(part, " ", "")) {
			t.Errorf("the letter lacks %q: %s", part, text)
		}
	}
	if p.Find(".letter .right .why-date").Length() != 1 || !strings.Contains(p.words(".letter .why-date"), "一共30天") {
		t.Errorf("why that day: %q", p.words(".letter .why-date"))
	}
	if strings.Contains(p.words(".talk"), "三千元") {
		t.Error("the letter stands among the messages once more")
	}
	t.Run("alone on paper", func(t *testing.T) {
		p.Find("main *").Each(func(_ int, e *goquery.Selection) {
			if own := strings.TrimSpace(e.Contents().Not("*").Text()); own != "" && e.Closest(".letter, .noprint, script").Length() == 0 {
				t.Errorf("%q is printed beside the letter", own)
			}
		})
	})
	t.Run("in English, large", func(t *testing.T) {
		token := url.Values{"token": p.form("/track")["token"]}
		english := s.post("/track?lang=en&size=big", token).want(200)
		if text := english.words(".letter"); !strings.Contains(text, "partly true") || !strings.Contains(text, "Until ") || strings.Contains(text, "答复") {
			t.Errorf("in English it says %s", text)
		}
		if english.Find("html.big").Length() != 1 {
			t.Error("not large")
		}
	})
	t.Run("light", func(t *testing.T) {
		if weight := len(p.body) + s.weighParts("/track", p.body); weight > 100<<10 {
			t.Errorf("%d KB before it is packed", weight>>10)
		}
	})
}

func TestRating(t *testing.T) {
	s := open(t, with{})
	a := s.answer(s.filled())
	form := a.look().form("/track/rate")
	if back := s.post("/track/rate", form).want(422); back.one("#rate-1-wrong") == "" || a.count("rating") != 0 {
		t.Error("nothing was chosen, and nobody says so")
	}
	form.Set("rating", "unsolved")
	form.Set("words", strings.Repeat("长", 501))
	if back := s.post("/track/rate", form).want(422); back.form("/track/rate").Get("words") != form.Get("words") || back.form("/track/rate").Get("rating") != "unsolved" {
		t.Error("what was typed is lost")
	}
	form.Set("words", "没人来过")
	done := s.post("/track/rate", form).want(200)
	s.post("/track/rate", form).want(200)
	if a.count("rating") != 1 || a.count("second_look") != 1 {
		t.Errorf("the form sent twice left %d ratings, %d looks", a.count("rating"), a.count("second_look"))
	}
	if text := done.words("main"); !strings.Contains(text, "您选的是“没解决”") || !strings.Contains(text, "没经手过的人正在重新看") {
		t.Errorf("the page says %s", text)
	}
	if c := a.now(); c.Rating != intake.Unsolved || c.SecondDeskID == nil {
		t.Errorf("the case %+v", c)
	}
	form.Set("rating", "partly")
	s.post("/track/rate", form).want(200)
	if a.now().Rating != intake.Partway {
		t.Errorf("changed to %s", a.now().Rating)
	}
	a.must(a.appeals.SecondLook(bg, a.looker, a.id, a.now().Version, false, "已经退还,收条在村部。"))
	s.pass(8)
	late := a.look()
	if late.Find(`form[action^="/track/rate"]`).Length() != 0 || !strings.Contains(late.words("main"), "您的评价：解决了一部分") {
		t.Errorf("after its days the page says %s", late.words("main"))
	}
	form.Set("token", late.form("/track").Get("token"))
	form.Set("rating", "solved")
	form.Set("words", "其实都好了")
	refused := s.post("/track/rate", form).want(422)
	if !strings.Contains(refused.words(".note"), "评价最晚") || refused.form("/track/say").Get("text") != "其实都好了" {
		t.Errorf("too late it says %q and keeps %q", refused.words(".note"), refused.form("/track/say").Get("text"))
	}
}

// TestARatingWhoseWordsAreLocked: the page says that it does not show them, and a
// form that leaves them alone leaves them alone.
func TestARatingWhoseWordsAreLocked(t *testing.T) {
	s := open(t, with{})
	a := s.answer(s.filled())
	form := a.look().form("/track/rate")
	form.Set("rating", "partly")
	form.Set("words", "没人来过")
	if back := s.post("/track/rate", form).want(200).form("/track/rate"); back.Get("words") != "没人来过" || back.Get("keep") != "" {
		t.Errorf("not locked, the form holds %v", back)
	}
	sealed := func() (b []byte) {
		a.must(a.store.Read(bg).Table("rating").Select("words_sealed").Row().Scan(&b))
		return b
	}
	before := sealed()
	a.must(a.store.Read(bg).Exec("UPDATE content_key SET recipient_kind = 'unit', recipient_id = 'some' WHERE owner_id IN (SELECT id FROM sheet)").Error)
	page := a.look()
	form = page.form("/track/rate")
	if form.Get("words") != "" || form.Get("keep") != "1" || !strings.Contains(page.words("#rate-1"), "已经加锁，只有承办的人能看") {
		t.Errorf("locked, the form holds %v", form)
	}
	form.Set("rating", "unsolved")
	s.post("/track/rate", form).want(200)
	if now := sealed(); a.now().Rating != intake.Unsolved || !bytes.Equal(now, before) {
		t.Errorf("changed to %s, and the words with it", a.now().Rating)
	}
	form = a.look().form("/track/rate")
	form.Set("words", "又想起一件")
	s.post("/track/rate", form).want(200)
	n := a.count("event")
	s.post("/track/rate", form).want(200)
	if now := sealed(); bytes.Equal(now, before) || a.count("event") != n {
		t.Error("other words are not taken, or taken twice")
	}
}

func TestAskingForAReview(t *testing.T) {
	s := open(t, with{})
	a := s.answer(s.filled())
	ask := a.look().form("/track/appeal")
	ask.Set("appeal", "没道理")
	back := s.upload("/track/appeal", ask, file{"files", "x.exe", "MZ\x90\x00"}, file{"files", "收据.pdf", pdf}).want(422)
	if back.Find("#appeal-files-1 .wrong").Length() != 1 || back.words("#appeal-files-1 .name") != "收据.pdf" || back.form("/track/appeal").Get("appeal") != "没道理" {
		t.Fatal("a refused file loses the others, or the words")
	}
	short := s.upload("/track/appeal", back.form("/track/appeal")).want(422)
	if short.one("#appeal-wrong-1") == "" || short.words("#appeal-files-1 .name") != "收据.pdf" || short.Find("details[open] #appeal-1").Length() != 1 {
		t.Fatal("too short, and nobody says so in sight")
	}
	ask = short.form("/track/appeal")
	ask.Set("appeal", "没有问过我家就说发放表贴过,村部锁着门。")
	done := s.upload("/track/appeal", ask).want(200)
	if text := done.words("main"); !strings.Contains(text, "您申请了复查，由盘锦市委市政府督查室办，最晚") || done.Find(`form[action^="/track/appeal"]`).Length() != 0 {
		t.Errorf("the page says %s", text)
	}
	again := s.upload("/track/appeal", ask).want(200)
	if a.count("appeal") != 1 || a.now().State != intake.Review {
		t.Errorf("the form sent twice left %d, the case is %s", a.count("appeal"), a.now().State)
	}
	if !strings.Contains(again.words(".talk .mine"), "附 1 个文件") {
		t.Errorf("the file is not among %q", again.words(".talk .mine"))
	}
	if p := done.Find(".steps .now").Text(); !strings.HasPrefix(p, "已答复") {
		t.Errorf("the steps stand at %q", p)
	}
}

func TestAskingTooLateSaysUntilWhenItWas(t *testing.T) {
	s := open(t, with{})
	a := s.answer(s.filled())
	ask := a.look().form("/track/appeal")
	s.pass(31)
	p := a.look()
	if p.Find(`form[action^="/track/appeal"]`).Length() != 0 || !strings.Contains(p.words(".letter .right"), "申请复查的最后一天是") || p.Find(".letter .why-date").Length() != 1 {
		t.Errorf("the page says %s", p.words(".letter .right"))
	}
	ask.Set("token", p.form("/track").Get("token"))
	ask.Set("form", p.form("/track/say").Get("form"))
	ask.Set("appeal", "没有问过我家就说发放表贴过。")
	late := s.upload("/track/appeal", ask).want(422)
	if !strings.Contains(late.words(".note"), "申请复查的最后一天是") || late.form("/track/say").Get("text") != ask.Get("appeal") {
		t.Errorf("it says %q and keeps %q", late.words(".note"), late.form("/track/say").Get("text"))
	}
	a.must(a.queue.Close(bg, a.handler, a.id, a.now().Version))
	closed := s.upload("/track/appeal", ask).want(422)
	if closed.one("#kept") != ask.Get("appeal") {
		t.Errorf("when it is closed the words are lost: %q", closed.one("#kept"))
	}
}

// A withdrawal that somebody forced looks like any other, to whoever looks at
// the page; that it can be taken back for a while is the same for both.
func TestAForcedWithdrawalLooksLikeAnyOther(t *testing.T) {
	s := open(t, with{})
	var pages []string
	for _, why := range []string{"tired", "pressed", ""} {
		a := s.answer(s.filled())
		ask := s.post("/track/withdraw", a.look().form("/track/withdraw")).want(200)
		form := ask.form("/track/withdraw")
		form.Set("why", why)
		done := s.post("/track/withdraw", form).want(200)
		if why == "pressed" {
			if c := a.now(); c.PressedAt == nil || c.DeskUnitID != a.looker.UnitID {
				t.Errorf("nobody goes on with it: %+v", c)
			}
		}
		pages = append(pages, done.words("main"), a.look().words("main"))
	}
	for i, p := range pages {
		if p != pages[i%2] {
			t.Errorf("page %d differs:\n%s\n%s", i, p, pages[i%2])
		}
	}
	if !strings.Contains(pages[1], "以前可以收回") || !strings.Contains(pages[1], "不撤了，接着办") {
		t.Errorf("nobody says that it can be taken back: %s", pages[1])
	}
}

func TestTakingAWithdrawalBack(t *testing.T) {
	s := open(t, with{})
	a := s.answer(s.filled())
	form := s.post("/track/withdraw", a.look().form("/track/withdraw")).want(200).form("/track/withdraw")
	s.post("/track/withdraw", form).want(200)
	back := s.post("/track/back", a.look().form("/track/back")).want(200)
	if back.Find("form#say").Length() != 1 || back.Find(".letter").Length() != 1 || back.Find(`form[action^="/track/back"]`).Length() != 0 {
		t.Error("it is not as it was")
	}
	form.Set("token", back.form("/track").Get("token"))
	gone := s.post("/track/withdraw", form).want(200)
	s.pass(3)
	if p := a.look(); p.Find(`form[action^="/track/back"]`).Length() != 0 {
		t.Error("it can be taken back for ever")
	}
	late := gone.form("/track/back")
	late.Set("token", a.look().form("/track").Get("token"))
	if p := s.post("/track/back", late).want(200); !strings.Contains(p.words(".note"), "收不回来了") {
		t.Errorf("too late it says %q", p.words(".note"))
	}
}

func TestRetaliationIsTiedToTheEarlierReport(t *testing.T) {
	s := open(t, with{})
	a := s.answer(s.filled())
	form := s.post("/track/retaliation", a.look().form("/track/retaliation")).want(200)
	if strings.Contains(form.body, a.digits) || form.Find("#earlier").Length() != 0 {
		t.Error("the receipt stands in the form")
	}
	v := form.form("/receipt")
	if v.Get("kind") != "RETALIATION" || v.Get("tie") == "" || v.Get("place") != shuangliu {
		t.Fatalf("the form carries %v", v)
	}
	v.Set("text", "告状以后村里把我家的低保停了。")
	v.Set("mode", "anonymous")
	digits := s.post("/receipt", v).want(200).receipt()
	tied := s.latest()
	var tie intake.Earlier
	s.must(store.One(s.store.Read(bg).Where("complaint_id = ?", tied.ID), &tie))
	if tie.EarlierReportID != a.now().ReportID || tie.AuditAt == nil || tie.TiedBy != nil {
		t.Errorf("tied %+v", tie)
	}
	if p := s.post("/track", url.Values{"digits": {digits}}).want(200); !strings.Contains(p.words("main"), "谁看过您以前那件反映，我们正在查") {
		t.Errorf("its page says %s", p.words("main"))
	}

	t.Run("by digits", func(t *testing.T) {
		v := s.filled()
		v.Set("kind", "RETALIATION")
		v.Set("earlier", "1234 5678")
		odd := s.post("/receipt", v).want(422)
		if odd.one("#earlier-wrong") == "" || odd.form("/receipt").Get("earlier") != "1234 5678" || odd.Find("details[open] #earlier").Length() != 1 {
			t.Fatal("miscopied digits pass without a word")
		}
		v = odd.form("/receipt")
		v.Set("earlier", a.digits)
		s.post("/receipt", v).want(200)
		var tie intake.Earlier
		s.must(store.One(s.store.Read(bg).Where("complaint_id = ?", s.latest().ID), &tie))
		if tie.EarlierReportID != a.now().ReportID {
			t.Errorf("tied %+v", tie)
		}
	})
}

// After the last look the page says how it ended and where new facts go.
func TestAfterTheLastLookNothingIsAskedFor(t *testing.T) {
	s := open(t, with{})
	a := s.answer(s.filled())
	a.look()
	s.must(s.store.Read(bg).Model(&intake.Complaint{}).Where("id = ?", a.id).Updates(map[string]any{"state": intake.Final, "final_at": s.store.Now()}).Error)
	s.must(s.store.Transact(bg, func(tx *gorm.DB) error {
		_, err := s.queue.Post(tx, a.looker, ptr(a.now()), triage.Letter{Kind: intake.OfReexam, UnitID: a.looker.UnitID, Office: a.looker.UnitName, On: a.today(), Ruling: "upheld", Facts: "原来的结果没有错。", Basis: "信访工作条例"})
		return err
	}))
	p := a.look()
	if text := p.words("main"); !strings.Contains(text, "有了最后的结果：反映的情况有一部分是真的") || !strings.Contains(text, "有新的事实，请重新反映") {
		t.Errorf("the page says %s", text)
	}
	if p.Find("form#say").Length() != 0 || !strings.Contains(p.words(".letter .right"), "这是最后的结果") || !strings.Contains(p.words("details"), "答复（处理意见）") {
		t.Error("something can still be asked for, or the earlier letter is lost")
	}
}

func ptr[T any](v T) *T { return &v }
