package public_test

import (
	"bytes"
	"compress/gzip"
	"encoding/xml"
	"fmt"
	"image/png"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"minsheng/roll"
)

// addresses of every page that can be opened.
func (s *site) addresses() []string {
	n, _ := s.list("LIST_VILLAGE", "双柳村初选名单公示", roll.Households, households(70))
	fund, given, projects := s.money()
	return []string{"/", "/?place=" + tianshui, "/notices", "/notices?place=" + shuangliu, at(n), at(n) + "?after=40", at(given),
		"/funds/" + fund.ID.String(), "/projects/" + projects[0].ID.String(), "/v/" + shuangliu,
		"/v/" + shuangliu + "/poster", "/report", "/report?town=" + tianshui, "/report?about=list&place=" + shuangliu,
		"/receipt", "/track", "/stats", "/help", "/safety"}
}

func TestEveryPageInEveryLanguageAndSizeIsLight(t *testing.T) {
	s := open(t, with{captcha: true})
	for _, address := range s.addresses() {
		for _, reading := range []string{"", "lang=en", "size=big", "lang=en&size=big"} {
			join := "?"
			if strings.Contains(address, "?") {
				join = "&"
			}
			p := s.get(address + join + reading).want(200)
			if big := p.Find("html.big").Length() == 1; big != strings.Contains(reading, "big") {
				t.Errorf("%s%s%s: large type is %v", address, join, reading, big)
			}
			if lang := p.Find("html").AttrOr("lang", ""); lang != map[bool]string{true: "en", false: "zh-CN"}[strings.Contains(reading, "en")] {
				t.Errorf("%s%s%s is in %s", address, join, reading, lang)
			}
			p.Find(`a[href^="/"]`).Each(func(_ int, a *goquery.Selection) {
				if href := a.AttrOr("href", ""); strings.Contains(reading, "size=big") && a.Closest(".switches").Length() == 0 && !strings.Contains(href, "size=big") {
					t.Errorf("%s forgets the large type on the way to %s", address, href)
				}
			})
		}
		if weight := s.weigh(address); weight > 100<<10 {
			t.Errorf("%s weighs %d KB", address, weight>>10)
		}
	}
}

// weigh is what a first visit loads, in bytes, as sent.
func (s *site) weigh(address string) int {
	s.Helper()
	body, size := s.packed(address)
	return size + s.weighParts(address, body)
}

// weighParts is what a page makes a browser load besides.
func (s *site) weighParts(address, body string) (size int) {
	s.Helper()
	p, err := goquery.NewDocumentFromReader(strings.NewReader(body))
	if err != nil {
		s.Fatal(err)
	}
	p.Find("link[rel=stylesheet], link[rel=icon], script[src], img[src]").Each(func(_ int, e *goquery.Selection) {
		part := e.AttrOr("href", e.AttrOr("src", ""))
		if !strings.HasPrefix(part, "/") {
			s.Errorf("%s loads %s from elsewhere", address, part)
			return
		}
		_, n := s.packed(part)
		size += n
	})
	return size
}

// packed is a body unpacked, and how many bytes it was on the way.
func (s *site) packed(address string) (string, int) {
	s.Helper()
	request, _ := http.NewRequest(http.MethodGet, s.url+address, nil)
	request.Header.Set("Accept-Encoding", "gzip")
	answer, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		s.Fatal(err)
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != 200 {
		s.Fatalf("%s: %d %v", address, answer.StatusCode, err)
	}
	if answer.Header.Get("Content-Encoding") != "gzip" {
		return string(raw), len(raw)
	}
	r, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		s.Fatal(err)
	}
	plain, err := io.ReadAll(r)
	if err != nil {
		s.Fatalf("%s: %v", address, err)
	}
	return string(plain), len(raw)
}

func TestPackedPagesSayTheSame(t *testing.T) {
	s := open(t, with{})
	for _, address := range []string{"/", "/help?lang=en"} {
		if plain, _ := s.packed(address); plain != s.get(address).body {
			t.Errorf("%s differs when packed", address)
		}
	}
	plain, _ := s.packed("/report")
	p, _ := goquery.NewDocumentFromReader(strings.NewReader(plain))
	if p.Find("input[name=token]").AttrOr("value", "") == "" || strings.Contains(plain, "TOKEN") || strings.Contains(plain, "TIMETIME") {
		t.Error("the packed form lacks its token, or shows a hole")
	}
	v := page{Document: p, t: t}.form("/receipt")
	v.Set("place", shuangliu)
	v.Set("text", story)
	v.Set("mode", "anonymous")
	s.post("/receipt", v).want(200)
}

func TestKeptPagesFollowTheBoard(t *testing.T) {
	s := open(t, with{})
	before := s.get("/").want(200)
	etag := before.header.Get("Etag")
	request, _ := http.NewRequest(http.MethodGet, s.url+"/", nil)
	request.Header.Set("If-None-Match", `"other", `+etag)
	if p := s.do(request); p.status != 304 || p.body != "" {
		t.Errorf("unchanged is %d with %d bytes", p.status, len(p.body))
	}
	n := s.put("PROJECT_PRE", "开工前公示第一号", 0, 9)
	if p := s.get("/"); p.header.Get("Etag") != etag {
		t.Error("the stamp was asked for again within a second")
	}
	s.wait(1100 * time.Millisecond)
	if p := s.get("/"); !strings.Contains(p.body, n.Title) {
		t.Error("a new notice is not on the page a second later")
	}
	if p := s.do(request); p.status != 200 {
		t.Errorf("changed is %d", p.status)
	}
	s.wait(24 * time.Hour)
	if left := s.get("/notices").one(".standing b"); left != "公示中，还剩 9 天" {
		t.Errorf("the next day it says %q", left)
	}
}

func TestKeptPagesOutliveTheDatabase(t *testing.T) {
	s := open(t, with{})
	s.get("/").want(200)
	s.store.Close()
	s.wait(2 * time.Second)
	s.get("/").want(200)
	s.get("/?x=1&lang=").want(200) // the same page by another address
	s.get("/notices").want(503)
}

func TestUnknownQueriesDoNotFillTheMemory(t *testing.T) {
	s := open(t, with{})
	etag := s.get("/help").header.Get("Etag")
	for i := range 50 {
		if p := s.get(fmt.Sprintf("/help?junk=%d", i)); p.header.Get("Etag") != etag {
			t.Fatal("another page")
		}
	}
}

func TestNoticePage(t *testing.T) {
	s := open(t, with{})
	n := s.put("LIST_VILLAGE", "双柳村<初选>名单", -2, 4)
	p := s.get("/notices/" + n.ID.String()).want(200)
	if p.one("h1") != n.Title || p.one(".standing b") != "公示中，还剩 5 天" {
		t.Errorf("%q %q", p.one("h1"), p.one(".standing b"))
	}
	if p.Find(".prose p").Length() != 2 || p.Find(".prose p").Last().Text() != "第二段<b>" {
		t.Errorf("words: %q", p.Find(".prose").Text())
	}
	if run := p.Find(".bar-run").AttrOr("width", ""); run != "28" { // 2 of 7 days
		t.Errorf("the bar is at %s", run)
	}
	if href := p.Find("a.button.main").AttrOr("href", ""); href != "/objections/new?notice="+n.ID.String() {
		t.Errorf("objecting leads to %s", href)
	}
	s.get("/notices/018f0000-0000-7000-8000-000000000000").want(404)
	s.get("/notices/nix").want(404)
}

func TestTurningTheNotices(t *testing.T) {
	s := open(t, with{})
	for i := range 23 {
		s.put("POLICY", fmt.Sprintf("文件%d号", i), 0, 30)
	}
	first := s.get("/notices?lang=en").want(200)
	older := first.Find("a[rel=next]").AttrOr("href", "")
	second := s.get(older).want(200)
	if first.Find(".list li").Length() != 20 || second.Find(".list li").Length() != 3 || second.Find("html").AttrOr("lang", "") != "en" {
		t.Errorf("%d then %d notices (%s)", first.Find(".list li").Length(), second.Find(".list li").Length(), older)
	}
	if href := second.Find(".pager a").AttrOr("href", ""); href != "/notices?lang=en" {
		t.Errorf("back leads to %s", href)
	}
	s.get("/notices?after=nix").want(404)
	s.get("/notices?place=999999999999").want(404)
	if p := s.get("/notices?place=211102000000").want(200); p.one(".empty") == "" {
		t.Error("an empty place says nothing")
	}
}

func TestUnknownPostersLeadOn(t *testing.T) {
	s := open(t, with{})
	p := s.get("/v/211122119999").want(404)
	if p.Find("form[action='/report'] option[value='"+tianshui+"']").Length() != 1 {
		t.Error("there is no way on")
	}
	s.get("/report?town=" + tianshui).want(200)
	s.get("/v/211122119999/poster").want(404)
	s.get("/v/211122119999/qr.png").want(404)
}

func TestPosterCode(t *testing.T) {
	s := open(t, with{})
	p := s.get("/v/" + shuangliu + "/poster").want(200)
	code := s.get(p.Find(".poster img").AttrOr("src", "")).want(200)
	picture, err := png.Decode(strings.NewReader(code.body))
	if err != nil || picture.Bounds().Dx() < 300 {
		t.Errorf("the code is %v, %v", picture, err)
	}
	if p.one(".address") != s.url+"/v/"+shuangliu {
		t.Errorf("the address is %q", p.one(".address"))
	}
}

func TestFeed(t *testing.T) {
	s := open(t, with{})
	n := s.put("FUND_ALLOC", "资金<分配>公告", 0, 9)
	p := s.get("/feed.atom").want(200)
	var feed struct {
		ID      string `xml:"id"`
		Entries []struct {
			Title string `xml:"title"`
			Link  struct {
				Href string `xml:"href,attr"`
			} `xml:"link"`
		} `xml:"entry"`
	}
	if err := xml.Unmarshal([]byte(p.body), &feed); err != nil {
		t.Fatal(err)
	}
	if len(feed.Entries) != 1 || feed.Entries[0].Title != n.Title || feed.Entries[0].Link.Href != s.url+"/notices/"+n.ID.String() {
		t.Errorf("feed %+v", feed)
	}
	if !strings.HasPrefix(p.header.Get("Content-Type"), "application/atom+xml") {
		t.Errorf("it is %s", p.header.Get("Content-Type"))
	}
}

func TestRobotsStayOut(t *testing.T) {
	s := open(t, with{})
	p := s.get("/robots.txt").want(200)
	for _, line := range []string{"Disallow: /track", "Disallow: /console"} {
		if !strings.Contains(p.body, line) {
			t.Errorf("robots may read: no %s", line)
		}
	}
}

func TestBodyLimits(t *testing.T) {
	s := open(t, with{})
	v := s.full()
	v.Set("text", strings.Repeat("字", 30_000)) // 90 KB of one field
	if p := s.post("/track", v); p.status != 413 {
		t.Errorf("a long look-up is %d", p.status)
	}
}
