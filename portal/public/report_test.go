package public_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
)

// kept are words that a form must never lose.
var kept = map[string]string{
	"text": story, "name": "周小田", "phone": "13800000000", "kind": "FUND_WITHHOLD",
	"who": "村会计", "accused": "village", "when": "去年腊月", "amount": "三千块",
}

func (p page) keeps(t *testing.T, mode string) {
	t.Helper()
	v := p.form("/receipt")
	for name, want := range kept {
		if v.Get(name) != want {
			t.Errorf("%s became %q", name, v.Get(name))
		}
	}
	if v.Get("mode") != mode {
		t.Errorf("mode became %q", v.Get("mode"))
	}
}

func (s *site) full() url.Values {
	s.Helper()
	v := s.filled()
	for name, value := range kept {
		v.Set(name, value)
	}
	v.Set("mode", "confidential")
	return v
}

func TestReportWithoutScripts(t *testing.T) {
	s := open(t, with{captcha: true})
	first := s.get("/report").want(200)
	v := first.form("/receipt")
	for name, value := range kept {
		v.Set(name, value)
	}
	v.Set("mode", "named")
	v.Set("at", fmt.Sprint(s.now().Add(-time.Minute).Unix()))

	v.Set("go", "villages")
	step := s.post("/receipt", v).want(200)
	step.keeps(t, "named")
	if step.one("#place .wrong") == "" {
		t.Error("nobody says that a town must be chosen first")
	}
	v.Set("town", tianshui)
	step = s.post("/receipt", v).want(200)
	step.keeps(t, "named")
	var offered []string
	step.Find("#place-village option").Each(func(_ int, o *goquery.Selection) { offered = append(offered, o.AttrOr("value", "")) })
	if strings.Join(offered, " ") != " "+shuangliu+" 211122111902 "+tianshui {
		t.Errorf("villages offered: %v", offered)
	}

	v = step.form("/receipt")
	v.Set("place", shuangliu)
	s.solve(v)
	done := s.post("/receipt", v).want(200)
	if number := done.receipt(); len(number) != 20 {
		t.Errorf("receipt %q", number)
	}
	if done.Find("svg path").Length() == 0 || strings.Contains(done.body, story) {
		t.Error("the receipt lacks its code, or repeats the story")
	}
	if strings.Contains(done.one("title"), "反映") {
		t.Errorf("title %q tells what it is", done.one("title"))
	}
	if cache := done.header.Get("Cache-Control"); cache != "no-store" {
		t.Errorf("the receipt may be kept: %q", cache)
	}
}

func TestTheSameFormHasTheSameReceipt(t *testing.T) {
	s := open(t, with{captcha: true})
	v := s.full()
	first := s.post("/receipt", v).want(200).receipt()
	if again := s.post("/receipt", v).want(200).receipt(); again != first || first == "" {
		t.Errorf("receipts %s and %s", first, again)
	}
	v.Set("text", "写了别的话,还是同一张表,第二次交上来")
	if again := s.upload("/receipt", v).want(200).receipt(); again != first {
		t.Errorf("another version got %s", again)
	}
	other := s.post("/receipt?lang=en&size=big", url.Values{"token": {v.Get("token")}, "go": {"receipt"}}).want(200)
	if other.receipt() != first || other.Find("html.big[lang=en]").Length() != 1 {
		t.Error("the receipt is not there in English, in large type")
	}
	if n := s.reports(); n != 1 {
		t.Errorf("%d reports", n)
	}
}

func TestTwoClicksAtOnceShowOneReceipt(t *testing.T) {
	s := open(t, with{captcha: true})
	v := s.full()
	receipts := make([]string, 6)
	var wg sync.WaitGroup
	for i := range receipts {
		wg.Add(1)
		go func() {
			defer wg.Done()
			receipts[i] = s.post("/receipt", v).receipt()
		}()
	}
	wg.Wait()
	for _, r := range receipts {
		if r != receipts[0] || r == "" {
			t.Fatalf("receipts %v", receipts)
		}
	}
	if n := s.reports(); n != 1 {
		t.Errorf("%d reports", n)
	}
}

func TestMistakesKeepEveryWord(t *testing.T) {
	s := open(t, with{captcha: true})
	for _, c := range []struct {
		name   string
		set    map[string]string
		fields string // that are complained about
		lost   []string
	}{
		{"nothing chosen", map[string]string{"place": "", "mode": ""}, "place mode", []string{"place", "mode"}},
		{"no such place", map[string]string{"place": "999999999999"}, "place", []string{"place"}},
		{"short", map[string]string{"text": "短"}, "text", []string{"text"}},
		{"no name", map[string]string{"name": " ", "phone": ""}, "name phone", []string{"name", "phone"}},
		{"odd phone", map[string]string{"phone": "12"}, "phone", []string{"phone"}},
		{"long when", map[string]string{"when": strings.Repeat("久", 201)}, "when", []string{"when"}},
		{"odd level", map[string]string{"accused": "moon"}, "accused", []string{"accused"}},
		{"wrong digits", map[string]string{"captcha": "000000x"}, "captcha", nil},
		{"no digits", map[string]string{"captcha": ""}, "captcha", nil},
		{"no puzzle", map[string]string{"captcha_id": "nix"}, "captcha", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := s.full()
			for name, value := range c.set {
				v.Set(name, value)
			}
			p := s.post("/receipt", v).want(422)
			var fields []string
			p.Find(".summary a").Each(func(_ int, a *goquery.Selection) { fields = append(fields, a.AttrOr("href", "#")[1:]) })
			if strings.Join(fields, " ") != c.fields {
				t.Errorf("complains about %v", fields)
			}
			for _, field := range fields {
				if p.Find("#"+field).Closest(".bad").Find(".wrong").Length() == 0 {
					t.Errorf("no words beside %s", field)
				}
			}
			again := p.form("/receipt")
			for name := range v {
				if was := v.Get(name); again.Get(name) != was && c.set[name] == "" && !strings.HasPrefix(name, "captcha") && name != "go" {
					t.Errorf("%s: %q became %q", name, was, again.Get(name))
				}
			}
			if again.Get("captcha_id") == "" {
				t.Error("no puzzle to go on with")
			}
		})
	}
	if n := s.reports(); n != 0 {
		t.Errorf("%d reports", n)
	}
}

func TestMistakesInTheFormDoNotUseThePuzzleUp(t *testing.T) {
	s := open(t, with{captcha: true})
	v := s.full()
	v.Set("mode", "")
	again := s.post("/receipt", v).want(422).form("/receipt")
	if again.Get("captcha_id") != v.Get("captcha_id") || again.Get("captcha") != v.Get("captcha") {
		t.Error("the digits must be read again for a choice overlooked")
	}
	again.Set("mode", "anonymous")
	s.post("/receipt", again).want(200)
}

func TestAPuzzleUsedUpIsNotShownAgain(t *testing.T) {
	s := open(t, with{captcha: true})
	v := s.full()
	v.Set("phone", "12")
	again := s.post("/receipt", v).want(422).form("/receipt")
	if again.Get("captcha_id") == v.Get("captcha_id") || again.Get("captcha") != "" {
		t.Error("the page asks for the digits of a picture that is gone")
	}
	s.get("/captcha/" + again.Get("captcha_id") + ".png").want(200)
	again.Set("phone", "13800000000")
	s.solve(again)
	s.post("/receipt", again).want(200)
}

func TestMachinesReadLongerPuzzles(t *testing.T) {
	s := open(t, with{captcha: true})
	for name, change := range map[string]func(url.Values){
		"quick":    func(v url.Values) { v.Set("at", fmt.Sprint(s.now().Unix())) },
		"no clock": func(v url.Values) { v.Del("at") },
		"trapped":  func(v url.Values) { v.Set("website", "http://x") },
	} {
		v := s.filled()
		change(v)
		p := s.post("/receipt", v).want(422)
		again := p.form("/receipt")
		if again.Get("captcha_digits") != "8" || again.Get("text") != story {
			t.Errorf("%s: %s digits, text %q", name, again.Get("captcha_digits"), again.Get("text"))
		}
		// Nobody is refused: the longer puzzle is enough.
		s.solve(again)
		s.post("/receipt", again).want(200)
	}
}

func TestManyFromOneAddressReadLongerPuzzlesAndGetThrough(t *testing.T) {
	s := open(t, with{captcha: true, limits: true})
	longer := 0
	for i := range 30 { // villagers behind one carrier
		v := s.filled()
		if v.Get("captcha_digits") == "8" {
			longer++
		}
		if p := s.post("/receipt", v); p.status != 200 {
			t.Fatalf("villager %d: %d %s", i+1, p.status, p.one(".summary"))
		}
	}
	if longer < 20 {
		t.Errorf("only %d longer puzzles", longer)
	}
}

func TestFloodIsToldWhenToTryAgain(t *testing.T) {
	s := open(t, with{limits: true})
	var p page
	for range 120 { // one a second comes free again
		if p = s.post("/receipt", s.full()); p.status != 200 {
			break
		}
	}
	p.want(429)
	p.keeps(t, "confidential")
	if p.header.Get("Retry-After") == "" || !strings.Contains(p.one(".note"), "1 分钟") {
		t.Errorf("after %q it says %q", p.header.Get("Retry-After"), p.one(".note"))
	}
}

func TestOldFormsAreRenewedWithTheirWords(t *testing.T) {
	s := open(t, with{})
	v := s.full()
	old := v.Get("token")
	v.Set("token", old[:len(old)-2]+"AA")
	p := s.upload("/receipt", v, file{"files", "a.pdf", "%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer<<>>\n%%EOF\n"}).want(422)
	p.keeps(t, "confidential")
	again := p.form("/receipt")
	if again.Get("token") == v.Get("token") || p.one(".note") == "" {
		t.Error("the form was not renewed")
	}
	if p.Find("#files-list li").Length() != 1 {
		t.Error("the file that came with the old form is gone")
	}
	again.Set("place", shuangliu)
	s.post("/receipt", again).want(200)
}

func TestDatabaseGoneGivesTheWordsBack(t *testing.T) {
	s := open(t, with{captcha: true})
	v := s.full()
	v.Set("place", "211122111902") // which nobody has asked for yet
	s.store.Close()
	p := s.post("/receipt", v).want(503)
	p.keeps(t, "confidential")
	again := p.form("/receipt")
	if again.Get("place") != "211122111902" || again.Get("captcha") != v.Get("captcha") {
		t.Errorf("place %q, digits %q", again.Get("place"), again.Get("captcha"))
	}
	if !strings.Contains(p.one(".note"), "没交上去，您写的还在，请再点一次") {
		t.Errorf("it says %q", p.one(".note"))
	}
}

const pdf = "%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer<<>>\n%%EOF\n"

func TestFilesAreKeptWithTheForm(t *testing.T) {
	s := open(t, with{})
	v := s.full()
	v.Set("mode", "")
	p := s.upload("/receipt", v, file{"files", "收据.pdf", pdf}, file{"files", "x.exe", "MZ\x90\x00 not for us"}, file{"files", "", ""}).want(422)
	if names := p.one("#files-list .name"); names != "收据.pdf" {
		t.Errorf("kept %q", names)
	}
	if wrong := p.one("#files-wrong"); !strings.Contains(wrong, "x.exe") {
		t.Errorf("beside the files it says %q", wrong)
	}
	again := p.form("/receipt")
	again.Set("go", p.Find("#files-list button").AttrOr("value", ""))
	gone := s.post("/receipt", again).want(200)
	if gone.Find("#files-list li").Length() != 0 {
		t.Error("the file is still there")
	}
	last := gone.form("/receipt")
	last.Set("mode", "anonymous")
	last.Set("text", "")
	s.upload("/receipt", last, file{"files", "收据.pdf", pdf}).want(200)
	var n int64
	s.store.Read(context.Background()).Table("evidence_file").Where("owner_kind = ?", "report").Count(&n)
	if n != 1 {
		t.Errorf("%d files with the report", n)
	}
}

func TestFilesSentOneByOne(t *testing.T) {
	s := open(t, with{})
	v := s.full()
	token := url.Values{"token": {v.Get("token")}}
	answer := func(p page) (a struct {
		ID, Name, Error string
		Again           bool
	}) {
		if err := json.Unmarshal([]byte(p.body), &a); err != nil {
			t.Fatalf("%d %s: %v", p.status, p.body, err)
		}
		return a
	}
	stored := answer(s.upload("/report/files", token, file{"files", "收据.pdf", pdf}).want(200))
	if stored.ID == "" || stored.Name != "收据.pdf" {
		t.Errorf("stored %+v", stored)
	}
	if refused := answer(s.upload("/report/files", token, file{"files", "x.exe", "MZ\x90\x00"}).want(422)); refused.Error == "" || refused.Again {
		t.Errorf("refused %+v", refused)
	}
	if stale := answer(s.upload("/report/files", url.Values{"token": {"x"}}, file{"files", "a.pdf", pdf}).want(422)); stale.Error == "" {
		t.Errorf("stale %+v", stale)
	}
	drop := url.Values{"token": token["token"], "id": {stored.ID}}
	s.post("/report/files/remove", drop).want(204)
	v.Set("go", "redraw")
	if n := s.post("/receipt", v).want(200).Find("#files-list li").Length(); n != 0 {
		t.Errorf("%d files left", n)
	}
}

func TestSwitchingLanguageKeepsTheWords(t *testing.T) {
	s := open(t, with{captcha: true})
	v := s.full()
	v.Set("go", "redraw")
	p := s.post("/receipt?lang=en&size=big", v).want(200)
	p.keeps(t, "confidential")
	if p.Find("html.big[lang=en]").Length() != 1 || p.Find(`form[action="/receipt?lang=en&size=big"]`).Length() != 1 {
		t.Error("language or size are lost on the way")
	}
	if again := p.form("/receipt"); again.Get("captcha_id") != v.Get("captcha_id") {
		t.Error("another puzzle, though this one is unused")
	}
}

func TestPosterReportsSayThatTheyCameFromOne(t *testing.T) {
	s := open(t, with{})
	village := s.get("/v/" + shuangliu).want(200)
	href := village.Find("a.button.main").AttrOr("href", "")
	v := s.get(href).want(200).form("/receipt")
	if v.Get("place") != shuangliu {
		t.Fatalf("place %q from %s", v.Get("place"), href)
	}
	v.Set("text", story)
	v.Set("mode", "anonymous")
	s.post("/receipt", v).want(200)
	var channel string
	s.store.Read(context.Background()).Table("report").Select("channel").Scan(&channel)
	if channel != "poster" {
		t.Errorf("channel %q", channel)
	}
}

func TestObjectingToAListStartsWithTheKind(t *testing.T) {
	s := open(t, with{})
	p := s.get("/report?about=list").want(200)
	if v := p.form("/receipt"); v.Get("kind") != "HH_INELIGIBLE" || v.Get("about") != "list" {
		t.Errorf("kind %q, about %q", v.Get("kind"), v.Get("about"))
	}
	if p.Find("details.more[open]").Length() != 1 || p.one(".note") == "" {
		t.Error("nothing explains that objections go here")
	}
}

func TestPlacesAreFoundByInitials(t *testing.T) {
	s := open(t, with{})
	for text, want := range map[string]string{"slc": shuangliu, "双柳": shuangliu, "shuangliu": shuangliu} {
		var found []struct{ C, N, F string }
		p := s.get("/places?q=" + url.QueryEscape(text)).want(200)
		if err := json.Unmarshal([]byte(p.body), &found); err != nil || len(found) == 0 || found[0].C != want {
			t.Errorf("%s: %s %v", text, p.body, err)
		}
	}
	if p := s.get("/places?q=" + url.QueryEscape("没有这个村")).want(200); p.body != "[]" {
		t.Errorf("nothing found is %s", p.body)
	}
}

func TestPuzzlesAreSeenAndHeard(t *testing.T) {
	s := open(t, with{captcha: true})
	p := s.get("/report?lang=en").want(200)
	image, sound := p.Find("#captcha img").AttrOr("src", ""), p.Find("#captcha audio").AttrOr("src", "")
	if got := s.get(image).want(200); got.header.Get("Content-Type") != "image/png" || got.header.Get("Cache-Control") != "no-store" {
		t.Errorf("%s: %v", image, got.header)
	}
	if got := s.get(sound).want(200); got.header.Get("Content-Type") != "audio/wav" || !strings.HasSuffix(sound, ".en.wav") {
		t.Errorf("%s: %v", sound, got.header)
	}
	for _, missing := range []string{"/captcha/nix.png", "/captcha/nix.zh.wav", "/captcha/nix"} {
		s.get(missing).want(404)
	}
	v := p.form("/receipt")
	v.Set("go", "picture")
	if again := s.post("/receipt", v).want(200).form("/receipt"); again.Get("captcha_id") == v.Get("captcha_id") {
		t.Error("another picture is the same picture")
	}
}
