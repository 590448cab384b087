package journey_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// begins opens the form and fills in what every report needs.
func (r *reporter) begins(text string) {
	r.t.Helper()
	r.visit("/report")
	r.write("#text", text)
	r.findsVillage()
	r.tap(`label:has(input[name=mode][value=anonymous])`)
}

// handsIn sends a short report and returns its digits.
func (r *reporter) handsIn(text string) string {
	r.t.Helper()
	r.begins(text)
	r.expect(r.press(`.send button[value=send]`), http.StatusOK)
	return strings.Join(strings.Fields(r.text(".slip .number")), " ")
}

// count is how many reports that nobody has yet say these words.
func (o *officer) count(words string) int {
	o.t.Helper()
	o.unassigned()
	return len(o.reported(words))
}

// emptyForm: what is missing is said at the top and beside each question, and
// what was typed stays.
func emptyForm(t *testing.T, browser context.Context, base, dir string) {
	r := &reporter{open(t, browser, base, "", phone, &album{dir: dir, about: "-zh-empty"})}
	r.visit("/report")
	r.expect(r.press(`.send button[value=send]`), http.StatusUnprocessableEntity)
	r.shot("all-missing")
	targets := ask[[]string](r.tab, `[...document.querySelectorAll('.summary a')].map(a => a.getAttribute('href'))`)
	if len(targets) < 3 {
		t.Fatalf("the summary names %v", targets)
	}
	for _, target := range targets {
		if !r.has(target) {
			t.Errorf("the summary leads to %s, which is not on the page", target)
		}
	}
	if got := ask[string](r.tab, `document.activeElement.className`); got != "summary" {
		t.Errorf("the eye is led to %q", got)
	}
	r.write("#text", "村里的路灯装了三个月，一次也没亮过。")
	r.tap(`label:has(input[name=mode][value=named])`)
	r.write("#name", "何某")
	r.expect(r.press(`.send button[value=send]`), http.StatusUnprocessableEntity)
	r.shot("some-missing")
	if r.value("#text") == "" || r.value("#name") != "何某" || !ask[bool](r.tab, `document.querySelector('input[name=mode][value=named]').checked`) {
		t.Error("what was typed is lost")
	}
	r.says(".summary", "村")
	r.findsVillage()
	r.write("#phone", "13800000000")
	r.expect(r.press(`.send button[value=send]`), http.StatusOK)
	if !r.has(".slip") {
		t.Error("no receipt in the end")
	}
}

// twoClicks: an impatient finger.
func twoClicks(t *testing.T, browser context.Context, base, dir string) {
	r := &reporter{open(t, browser, base, "", phone, &album{dir: dir, about: "-zh-twice"})}
	const words = "抽水站的电费分了两遍，"
	r.begins(words + "每家都多交了。")
	r.leads("click twice", chromedp.DoubleClick(chromedp.CSS(`.send button[value=send]`), chromedp.NodeVisible))
	r.await(`document.readyState === 'complete' && document.querySelector('.slip .number')`)
	first := r.text(".slip .number")
	r.expect(r.leads("load the receipt again", chromedp.Reload()), http.StatusOK)
	if again := r.text(".slip .number"); again != first {
		t.Errorf("one form, two receipts: %q and %q", first, again)
	}
	o := &officer{tab: open(t, browser, base, "", desk, r.album)}
	o.signIn("ps.shouli")
	if n := o.count(words); n != 1 {
		t.Errorf("%d reports", n)
	}
}

// goingBack: back from the receipt, to send again or by whoever takes the phone
// next. The words are not there any more; before they were handed in they were.
func goingBack(t *testing.T, browser context.Context, base, dir string) {
	r := &reporter{open(t, browser, base, "", phone, &album{dir: dir, about: "-zh-back"})}
	const words = "水库边上的鱼塘说是扶贫项目，"
	r.begins(words + "里面一条鱼也没有。")
	r.press(`.foot a[href^="/help"]`)
	r.leads("go back to the form", chromedp.NavigateBack())
	if got := r.value("#text"); !strings.HasPrefix(got, words) {
		t.Errorf("a look at the help costs the words: %q", got)
	}
	r.findsVillage()
	r.expect(r.press(`.send button[value=send]`), http.StatusOK)
	r.readsReceipt()
	r.leads("go back from the receipt", chromedp.NavigateBack())
	r.await(`document.readyState === 'complete' && document.querySelector('#place-search')`)
	if got := r.value("#text"); got != "" {
		t.Errorf("whoever goes back reads %q", got)
	}
	r.shot("form-after-going-back")
	r.expect(r.press(`.send button[value=send]`), http.StatusUnprocessableEntity)
	o := &officer{tab: open(t, browser, base, "", desk, r.album)}
	o.signIn("ps.shouli")
	if n := o.count(words); n != 1 {
		t.Errorf("%d reports", n)
	}
}

// race: two officers look at the same new case and both take it.
func race(t *testing.T, browser context.Context, base, dir string) {
	r := &reporter{open(t, browser, base, "", phone, &album{dir: dir, about: "-zh-race"})}
	const words = "村口的磅秤不准，收玉米少给秤。"
	r.handsIn(words)
	first := &officer{tab: open(t, browser, base, "", desk, r.album)}
	second := &officer{tab: open(t, browser, base, "", desk, r.album)}
	first.signIn("ps.shouli")
	second.signIn("ps.shouli2")
	first.finds(words)
	second.finds(words)
	first.takes("claim")
	second.unfold("claim")
	second.expect(second.press("#do-claim .send button[type=submit]"), http.StatusConflict)
	second.says("main", "何田田")
	second.shot("lost-the-race")
	second.says(".status", "何田田")
}

// signedOut: the session ends while an officer is writing. Nothing is stored,
// and nothing that was written is gone.
func signedOut(t *testing.T, browser context.Context, base, dir string) {
	r := &reporter{open(t, browser, base, "", phone, &album{dir: dir, about: "-zh-signedout"})}
	const words = "集体林地承包出去的钱没有公布。"
	r.handsIn(words)
	o := &officer{tab: open(t, browser, base, "", desk, r.album)}
	o.signIn("ps.shouli")
	o.finds(words)
	o.takes("claim")
	const summary = "反映林地承包收入没有公开，要求公布账目"
	o.fills("describe", "summary", summary)
	o.do("lose the session", call(network.ClearBrowserCookies, cdp.Empty{}))
	o.expect(o.press("#do-describe .send button[type=submit]"), http.StatusUnauthorized)
	o.shot("words-kept")
	if kept := ask[[]string](o.tab, `[...document.querySelectorAll('textarea')].map(e => e.value)`); !strings.Contains(strings.Join(kept, "\n"), summary) {
		t.Errorf("the words are gone; kept are %q", kept)
	}
	o.visit(o.at)
	if here := ask[string](o.tab, `location.pathname`); here != "/console/signin" {
		t.Errorf("without a session %s opens", here)
	}
	o.write("#login", "ps.shouli")
	o.write("#password", demoPassword)
	o.press("button.main")
	if here := ask[string](o.tab, `location.pathname`); here != o.at {
		t.Errorf("signing in again leads to %s, not back to the case", here)
	}
}
