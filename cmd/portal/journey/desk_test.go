package journey_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/pquerna/otp/totp"
)

// phoneEntry: somebody calls; the registrar writes it down, reads it back, and
// reads out the digits, which are shown once.
func phoneEntry(t *testing.T, browser context.Context, base, dir string) {
	a := &album{dir: dir, about: "-zh-entry"}
	o := &officer{tab: open(t, browser, base, "", desk, a)}
	o.signIn("ps.dengji")
	o.press(`nav.places a[href^="/console/entry"]`)
	o.shot("entry-empty")
	o.tap(`label:has(input[name=channel][value=phone])`)
	o.write("#enter-text", "（代录）来电人称：村里的自来水一天只来两个小时，水费照收。")
	o.expect(o.press("form.entry .send button"), http.StatusUnprocessableEntity)
	o.shot("entry-missing")
	o.choose("#enter-town", "甜水镇")
	if o.text("#enter-town option:checked"); o.value("#enter-town") != "211122111000" {
		o.choose("#enter-town", "211122111000")
	}
	o.expect(o.press("button[name=pick]"), http.StatusOK)
	o.choose("#enter-place", "双柳村")
	o.tap(`label:has(input[name=mode][value=anonymous])`)
	o.tap(`label:has(input[name=read_back])`)
	o.shot("entry-filled")
	o.expect(o.press("form.entry .send button"), http.StatusOK)
	digits := strings.Join(strings.Fields(o.text(".slip .digits")), " ")
	if !twenty.MatchString(digits) {
		t.Fatalf("the slip says %q", digits)
	}
	o.says(".slip", "/track")
	o.shot("entry-receipt")
	o.do("print", call(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"}))
	o.shot("entry-slip-printed")
	if got := ask[string](o.tab, `[...document.querySelectorAll('.noprint, nav, header')].map(e => getComputedStyle(e).display).filter(d => d !== 'none').join(' ')`); got != "" {
		t.Errorf("the slip is printed with what stands around it: %s", got)
	}
	o.do("look at the screen", call(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{}))
	o.visit("/console/entry")
	o.hides(digits, strings.ReplaceAll(digits, " ", ""))

	r := &reporter{open(t, browser, base, "", phone, a)}
	r.looks(digits)
	r.says("main", "已收到")
}

// firstAdministrator comes in with the password that the command printed, has
// to change it and set up a second factor, and can use no code twice.
func firstAdministrator(t *testing.T, browser context.Context, base, dir, password string) {
	const chosen = "marsh-lantern-quiet-42"
	o := &officer{tab: open(t, browser, base, "", desk, &album{dir: dir, about: "-zh-admin"})}
	enter := func(password string) {
		o.visit("/console/signin")
		o.write("#login", "chen")
		o.write("#password", password)
		o.press("button.main")
	}
	enter("not-the-password-1")
	o.shot("signin-wrong")
	if o.has("#code, #old") {
		t.Fatal("a wrong password leads in")
	}
	enter(password)
	secret := ""
	for range 2 { // the portal decides what comes first
		switch here := ask[string](o.tab, `location.pathname`); here {
		case "/console/enrol":
			secret = o.enrols()
		case "/console/password":
			o.shot("must-change-password")
			o.write("#old", password)
			o.write("#new", chosen)
			o.write("#again", chosen)
			o.expect(o.press("button.main"), http.StatusOK)
		default:
			t.Fatalf("a new account comes to %s", here)
		}
	}
	if here := ask[string](o.tab, `location.pathname`); here != "/console" || secret == "" {
		t.Fatalf("in the end the administrator stands at %s with secret %q", here, secret)
	}
	o.shot("administrator-today")
	o.hides("/console/cases")
	o.signOut()

	enter(chosen)
	o.shot("code")
	// The code used for setting up is gone. An authenticator whose clock is
	// half a minute fast shows the next one already.
	code := o.code(secret, time.Now().Add(30*time.Second))
	o.write("#code", code)
	o.expect(o.press("button.main"), http.StatusOK)
	if here := ask[string](o.tab, `location.pathname`); here != "/console" {
		t.Fatalf("the code leads to %s: %s", here, o.text("main"))
	}
	o.signOut()
	enter(chosen)
	o.write("#code", code)
	o.expect(o.press("button.main"), http.StatusUnprocessableEntity)
	o.shot("code-used-twice")
	o.visit("/console/account")
	if here := ask[string](o.tab, `location.pathname`); here != "/console/code" {
		t.Errorf("half signed in, %s opens", here)
	}
}

// enrols sets up the second factor as an authenticator would, and returns the
// secret.
func (o *officer) enrols() string {
	o.t.Helper()
	secret := o.text("code.secret")
	o.shot("enrol")
	o.write("#code", o.code(secret, time.Now()))
	o.expect(o.press("button.main"), http.StatusOK)
	if n := ask[int](o.tab, `document.querySelectorAll('.codes li').length`); n < 8 {
		o.t.Errorf("%d recovery codes", n)
	}
	o.shot("recovery-codes")
	o.press("a.main")
	return secret
}

// code is what an authenticator shows at a time.
func (o *officer) code(secret string, at time.Time) string {
	o.t.Helper()
	code, err := totp.GenerateCode(strings.ReplaceAll(secret, " ", ""), at)
	if err != nil {
		o.t.Fatal(err)
	}
	return code
}

func (o *officer) signOut() {
	o.t.Helper()
	o.press(`form[action^="/console/signout"] button`)
	if here := ask[string](o.tab, `location.pathname`); here != "/console/signin" {
		o.t.Errorf("signing out leads to %s", here)
	}
}

// wrongPuzzle: with puzzles on, a wrong answer brings a new picture and costs
// not a word.
func wrongPuzzle(t *testing.T, browser context.Context, base, dir string) {
	r := &reporter{open(t, browser, base, "", phone, &album{dir: dir, about: "-zh-puzzle"})}
	const words = "村里的低保名单从来没有贴出来过。"
	r.visit("/report")
	r.write("#text", words)
	r.tap("#picker details > summary")
	r.choose("#place-town", "甜水镇")
	r.expect(r.press(`button[value=villages]`), http.StatusOK)
	r.choose("#place-village", "211122111000")
	r.tap(`label:has(input[name=mode][value=confidential])`)
	r.write("#name", "何某")
	r.write("#phone", "13800000000")
	first := r.value("input[name=captcha_id]")
	r.shot("puzzle")
	r.write("#captcha-answer", "0")
	r.expect(r.press(`.send button[value=send]`), http.StatusUnprocessableEntity)
	r.shot("puzzle-wrong")
	if r.value("#text") != words || r.value("#name") != "何某" || r.value("#phone") != "13800000000" || r.value("#place [name=place]") != "211122111000" {
		t.Error("a wrong answer costs words")
	}
	if second := r.value("input[name=captcha_id]"); second == "" || second == first {
		t.Errorf("the puzzle stays the same: %q", second)
	}
	r.await(`document.querySelector('#captcha img').complete && document.querySelector('#captcha img').naturalWidth > 0`)
	r.do("listen", chromedp.Evaluate[chromedp.Void](`document.querySelector('#captcha audio').load(), document.querySelector('#captcha audio').preload = 'auto'`))
	r.await(`document.querySelector('#captcha audio').readyState >= 1 && document.querySelector('#captcha audio').duration > 1`)
}
