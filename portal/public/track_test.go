package public_test

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/ledger"
	"minsheng/staff"
)

// reported hands a report in and opens its page.
func (s *site) reported() (digits string, p page) {
	s.Helper()
	digits = s.post("/receipt", s.filled()).want(200).receipt()
	return digits, s.post("/track", url.Values{"digits": {digits}}).want(200)
}

func TestTrackingShowsTheStepsAndNothingElse(t *testing.T) {
	s := open(t, with{})
	digits, p := s.reported()
	var steps []string
	p.Find(".steps li b").Each(func(_ int, b *goquery.Selection) { steps = append(steps, b.Text()) })
	if strings.Join(steps, " ") != "已收到 已受理 正在核实 已答复 已办完" {
		t.Errorf("steps %v", steps)
	}
	if p.Find(".steps .now").Length() != 1 || !strings.Contains(p.one(".next"), "前告诉您是否受理") {
		t.Errorf("next %q", p.one(".next"))
	}
	if strings.Contains(p.body, story) || strings.Contains(p.body, digits) || p.one("title") != "查询" {
		t.Error("the page tells more than it should")
	}
	if p.header.Get("Cache-Control") != "no-store" {
		t.Error("the page may be kept")
	}
	english := s.post("/track?lang=en", url.Values{"token": p.form("/track")["token"]}).want(200)
	if english.one("title") != "Look up" || !strings.Contains(english.one(".next"), "By ") {
		t.Errorf("in English: %q %q", english.one("title"), english.one(".next"))
	}
	spaced := digits[:4] + " " + digits[4:8] + "-" + digits[8:]
	s.post("/track", url.Values{"digits": {spaced}}).want(200)
}

func TestWrongReceiptsAllLookAlike(t *testing.T) {
	s := open(t, with{})
	digits, _ := s.reported()
	other := "1" + digits[1:]
	if digits[0] == '1' {
		other = "2" + digits[1:]
	}
	var bodies []string
	for _, wrong := range []string{other, "12345678901234567890", "", "不知道"} {
		p := s.post("/track", url.Values{"digits": {wrong}}).want(422)
		if p.form("/track").Get("digits") != wrong {
			t.Errorf("%q is not kept", wrong)
		}
		bodies = append(bodies, strings.Replace(p.body, `value="`+wrong+`"`, "", 1))
	}
	for _, b := range bodies[1:] {
		if b != bodies[0] {
			t.Error("pages of wrong receipts differ")
		}
	}
}

func TestLookingUpTooOftenSaysWhen(t *testing.T) {
	s := open(t, with{limits: true})
	var p page
	for range 31 {
		p = s.post("/track", url.Values{"digits": {"1234"}})
	}
	p.want(429)
	if p.header.Get("Retry-After") == "" || p.form("/track").Get("digits") != "1234" {
		t.Error("it does not say when, or forgets the digits")
	}
}

func TestTalking(t *testing.T) {
	s := open(t, with{})
	digits, p := s.reported()
	say := p.form("/track/say")
	say.Set("text", "还有一件事")
	said := s.upload("/track/say", say, file{"files", "a.pdf", pdf}).want(200)
	if said.one(".talk li.mine") == "" || said.one(".note.good") == "" {
		t.Fatal("the message is not shown")
	}
	again := s.upload("/track/say", say, file{"files", "a.pdf", pdf}).want(200)
	if n := again.Find(".talk li").Length(); n != 1 {
		t.Errorf("the same form left %d messages", n)
	}
	if fresh := said.form("/track/say"); fresh.Get("form") == say.Get("form") || fresh.Get("text") != "" {
		t.Error("the next message would be taken for this one")
	}

	empty := said.form("/track/say")
	s.upload("/track/say", empty).want(422)

	s.officeSays(digits, "请问是哪一年？\n谢谢")
	p = s.post("/track", url.Values{"digits": {digits}}).want(200)
	if office := p.one(".talk li:not(.mine)"); !strings.Contains(office, "请问是哪一年？") {
		t.Errorf("the office says %q", office)
	}
}

func (s *site) officeSays(digits, text string) {
	s.Helper()
	ctx := context.Background()
	tracked, err := s.desk.Track(ctx, digits)
	if err != nil {
		s.Fatal(err)
	}
	officer, now := uuid.New(), s.store.Now()
	err = s.store.Transact(ctx, func(tx *gorm.DB) error {
		err := tx.Table("account").Create(map[string]any{
			"id": officer, "login": "clerk", "name": "办事员", "unit_id": s.atlas.Units()[0].ID, "state": "active",
			"password_salt": []byte("x"), "password_check": []byte("x"), "must_change": false, "totp_last_step": 0,
			"created_at": now, "updated_at": now, "version": 1,
		}).Error
		if err != nil {
			return err
		}
		return s.desk.Reply(tx, staff.Officer{ID: officer}, tracked.ReportID, nil, intake.Talk, text)
	})
	if err != nil {
		s.Fatal(err)
	}
}

// TestTheReporterReadsWhatWasOpened: when, by which office, why, and whether it was the
// name or only pictures as they came.
func TestTheReporterReadsWhatWasOpened(t *testing.T) {
	for kind, want := range map[string]string{
		"identity_opened": "盘山县督查室打开过您的姓名。原因：要约您见面核实",
		"pictures_opened": "盘山县督查室打开过您发来的原图，能看出拍照的地点、时间和手机。打开的不是姓名，您没有留姓名。原因：要约您见面核实",
		"pictures_taken":  "盘山县督查室取走过您发来的原图。原因：要约您见面核实",
	} {
		s := open(t, with{})
		digits, _ := s.reported()
		by := s.officer(s.office("盘山县督查室"), staff.IdentityCustodian)
		s.transact(func(tx *gorm.DB) error {
			return ledger.Append(tx, ledger.OfComplaint, s.latest().ID, kind, by.Actor(), s.store.Now(), map[string]string{"reason": "visit"})
		})
		p := s.post("/track", url.Values{"digits": {digits}}).want(200)
		if line := p.Find("h2:contains('谁看过您的名字或原图') + ul li").Text(); !strings.HasSuffix(line, want) {
			t.Errorf("%s: %q", kind, line)
		}
		english := s.post("/track?lang=en", url.Values{"token": p.form("/track/say")["token"]}).want(200)
		if line := english.Find("h2:contains('Who has looked at') + ul li").Text(); !strings.Contains(line, "Reason: to arrange a visit") {
			t.Errorf("%s in English: %q", kind, line)
		}
	}
}

func TestRefusedFilesKeepTheMessage(t *testing.T) {
	s := open(t, with{})
	_, p := s.reported()
	say := p.form("/track/say")
	say.Set("text", "照片在这里")
	back := s.upload("/track/say", say, file{"files", "x.exe", "MZ\x90\x00"}, file{"files", "收据.pdf", pdf}).want(422)
	again := back.form("/track/say")
	if again.Get("text") != "照片在这里" || again.Get("form") != say.Get("form") {
		t.Error("the message or its form is lost")
	}
	if back.one("#files-list .name") != "收据.pdf" {
		t.Errorf("files %q", back.one("#files-list .name"))
	}
	again.Set("go", back.Find("#files-list button").AttrOr("value", ""))
	if s.upload("/track/say", again).want(200).Find("#files-list li").Length() != 0 {
		t.Error("the file is still there")
	}
}

func TestExpiredPageCarriesTheWordsOver(t *testing.T) {
	s := open(t, with{})
	digits, p := s.reported()
	say := p.form("/track/say")
	say.Set("text", "写了好半天的话")
	say.Set("token", "old")
	back := s.upload("/track/say", say).want(422)
	look := back.form("/track")
	if look.Get("draft") != "写了好半天的话" {
		t.Fatalf("draft %q", look.Get("draft"))
	}
	look.Set("digits", digits)
	if text := s.post("/track", look).want(200).form("/track/say").Get("text"); text != "写了好半天的话" {
		t.Errorf("text %q", text)
	}
}

func TestWithdrawingAsksOnce(t *testing.T) {
	s := open(t, with{})
	digits, p := s.reported()
	ask := s.post("/track/withdraw", p.form("/track/withdraw")).want(200)
	if state := s.post("/track", url.Values{"digits": {digits}}).want(200); state.Find("form#say").Length() != 1 {
		t.Fatal("withdrawn without being asked")
	}
	done := s.post("/track/withdraw", ask.form("/track/withdraw")).want(200)
	if done.one(".note.good") == "" || done.Find("form#say").Length() != 0 || done.Find(".steps li").Length() != 1 {
		t.Error("not withdrawn")
	}
	again := s.post("/track/withdraw", ask.form("/track/withdraw")).want(200)
	if again.Find(".note").Length() == 0 {
		t.Error("withdrawing twice says nothing")
	}
	s.post("/track/withdraw", url.Values{"token": {"old"}, "sure": {"yes"}}).want(422)
}

func TestLeaving(t *testing.T) {
	s := open(t, with{})
	_, p := s.reported()
	href := p.Find("a[data-leave]").First().AttrOr("href", "")
	left := s.get(href).want(303)
	if left.header.Get("Clear-Site-Data") != `"cache"` || left.header.Get("Location") != "/notices" {
		t.Errorf("leaving leads to %s and clears %q", left.header.Get("Location"), left.header.Get("Clear-Site-Data"))
	}
	if english := s.get("/track/leave?lang=en").want(303); english.header.Get("Location") != "/notices?lang=en" {
		t.Errorf("in English to %s", english.header.Get("Location"))
	}
}

func TestTrackingWithoutDatabaseSaysSo(t *testing.T) {
	s := open(t, with{})
	_, p := s.reported()
	say := p.form("/track/say")
	say.Set("text", "还有话说")
	s.store.Close()
	s.post("/track", url.Values{"digits": {"1234"}}).want(503)
	if back := s.upload("/track/say", say).want(503); back.form("/track").Get("draft") != "还有话说" {
		t.Error("the words are lost")
	}
}
