package console_test

import (
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"minsheng/staff"
)

func TestSigningInTheFirstTime(t *testing.T) {
	h := newHouse(t, true)
	h.hire("wang", panshan, staff.TriageOfficer)
	b := h.browser()
	door := b.get("/console/cases?late=1").want(200)
	if door.URL.Path != "/console/signin" {
		t.Fatalf("signed out, but at %s", door.URL)
	}
	enrol := b.send(door, "form[action^='/console/signin']", url.Values{"login": {"WANG"}, "password": {password}}).want(200)
	if enrol.URL.Path != "/console/enrol" || enrol.Find("svg.qr path").Length() != 1 {
		t.Fatalf("no enrolment at %s: %s", enrol.URL, enrol.text("main"))
	}
	if p := b.get("/console/cases"); p.URL.Path != "/console/enrol" {
		t.Errorf("half a session reached %s", p.URL)
	}
	enrol = b.get("/console/enrol")
	b.send(enrol, "form[action^='/console/enrol']", url.Values{"code": {"000000"}}).want(422, "验证码不对")
	secret := enrol.text("code.secret")
	code, err := totp.GenerateCode(secret, h.store.Now())
	h.must(err)
	codes := b.send(enrol, "form[action^='/console/enrol']", url.Values{"code": {code}}).want(200, "只显示这一次")
	recovery := codes.Find(".codes code").First().Text()
	if codes.Find(".codes code").Length() != 10 {
		t.Fatalf("%d recovery codes", codes.Find(".codes code").Length())
	}
	must := b.get("/console")
	if must.URL.Path == "/console/password" {
		b.send(must, "form[action^='/console/password']", url.Values{"old": {password}, "new": {"short"}, "again": {"short"}}).want(422)
		b.send(must, "form[action^='/console/password']", url.Values{"old": {password}, "new": {"yi-tiao-da-he-1965"}, "again": {"other"}}).want(422, "不一样")
		b.send(must, "form[action^='/console/password']", url.Values{"old": {password}, "new": {"yi-tiao-da-he-1965"}, "again": {"yi-tiao-da-he-1965"}}).want(200, "密码已修改")
	}
	again := h.browser()
	first := again.post("/console/signin", url.Values{"login": {"wang"}, "password": {"yi-tiao-da-he-1965"}, "next": {"/console/account"}}).want(200)
	if first.URL.Path != "/console/code" {
		t.Fatalf("no code asked: %s", first.URL)
	}
	in := again.send(first, "form[action^='/console/code']", url.Values{"code": {recovery}}).want(200)
	if in.URL.Path != "/console/account" || in.Find("tbody tr").Length() != 2 {
		t.Errorf("at %s with %d sessions", in.URL, in.Find("tbody tr").Length())
	}
	again.send(in, "tbody form", nil).want(200, "已结束")
	if p := b.get("/console"); p.URL.Path != "/console/signin" {
		t.Errorf("the ended session still reaches %s", p.URL)
	}
}

func TestNobodyLearnsWhichPartOfASignInWasWrong(t *testing.T) {
	h := newHouse(t, true)
	h.hire("wang", panshan, staff.TriageOfficer)
	ask := func(login string) string {
		p := h.browser().post("/console/signin", url.Values{"login": {login}, "password": {"wrong"}}).want(422)
		return strings.ReplaceAll(p.text("main"), login, "")
	}
	if known, unknown := ask("wang"), ask("nobody"); known != unknown {
		t.Errorf("known: %s\nunknown: %s", known, unknown)
	}
}

func TestGuessingWaitsAndLocksNobodyOut(t *testing.T) {
	h := newHouse(t, false)
	h.hire("wang", panshan, staff.TriageOfficer)
	h.hire("lihua", panshan, staff.TriageOfficer)
	var last page
	for range 8 {
		last = h.browser().post("/console/signin", url.Values{"login": {"wang"}, "password": {"wrong"}})
	}
	last.want(429, "秒后再试")
	if last.Header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	h.signedIn("lihua") // somebody else is not held up
	if wait, _ := time.ParseDuration(last.Header.Get("Retry-After") + "s"); wait <= 0 || wait > time.Minute {
		t.Errorf("wait of %s", wait)
	}
}

func TestNobodyKeepsAColleagueOut(t *testing.T) {
	h := newHouse(t, false)
	h.hire("wang", panshan, staff.TriageOfficer)
	mean := h.browser()
	elsewhere := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 2)}}
	mean.http.Transport = &http.Transport{DialContext: elsewhere.DialContext, DisableKeepAlives: true}
	for range 12 {
		mean.post("/console/signin", url.Values{"login": {"wang"}, "password": {"wrong"}})
	}
	mean.post("/console/signin", url.Values{"login": {" WANG"}, "password": {"wrong"}}).want(429)
	h.signedIn("wang")
}

func TestSessionCookieAndSigningOut(t *testing.T) {
	h := newHouse(t, false)
	h.hire("wang", panshan, staff.TriageOfficer)
	b := h.browser()
	b.post("/console/signin", url.Values{"login": {"wang"}, "password": {password}}).want(200)
	b.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	again := b.post("/console/signin", url.Values{"login": {"wang"}, "password": {password}})
	cookie := again.Header.Get("Set-Cookie")
	for _, want := range []string{"HttpOnly", "SameSite=Strict", "path=/"} {
		if !strings.Contains(cookie, want) {
			t.Errorf("cookie %q lacks %s", cookie, want)
		}
	}
	if strings.Contains(cookie, "expires") || strings.Contains(cookie, "max-age") {
		t.Errorf("cookie outlives the browser: %q", cookie)
	}
	out := b.send(b.get("/console"), "form[action^='/console/signout']", nil)
	if out.Status != 303 || out.Header.Get("Clear-Site-Data") != `"cache", "cookies"` {
		t.Errorf("%d, Clear-Site-Data %q", out.Status, out.Header.Get("Clear-Site-Data"))
	}
	if p := b.get("/console"); p.Status != 302 && p.Status != 303 {
		t.Errorf("still signed in: %d", p.Status)
	}
}

func TestWhereToGoAfterSigningInStaysHere(t *testing.T) {
	h := newHouse(t, false)
	h.hire("wang", panshan, staff.TriageOfficer)
	for _, next := range []string{"https://evil.example/console", "//evil.example", "/consolex", "/console\\..", "/track"} {
		p := h.browser().post("/console/signin", url.Values{"login": {"wang"}, "password": {password}, "next": {next}})
		if p.URL.Path != "/console" {
			t.Errorf("%q led to %s", next, p.URL)
		}
	}
}

func TestFormsOfOtherSessionsAreRefusedWithTheirWords(t *testing.T) {
	h := newHouse(t, false)
	h.hire("wang", panshan, staff.TriageOfficer)
	words := url.Values{"title": {"谢谢"}, "body": {"收到您的反映,正在办理。"}}
	b := h.signedIn("wang")
	b.post("/console/replies", words).want(403, "收到您的反映,正在办理。")
	words.Set("csrf", "somebody-elses")
	b.post("/console/replies", words).want(403, "收到您的反映,正在办理。")
	if p := b.get("/console/replies"); strings.Contains(p.Text(), "收到您的反映") {
		t.Error("stored without proof")
	}
	h.browser().post("/console/replies", words).want(401, "收到您的反映,正在办理。")
	b.send(b.get("/console/replies"), "form[action^='/console/replies']", url.Values{"title": {"谢谢"}, "body": {"收到您的反映,正在办理。"}}).want(200, "收到您的反映")
}
