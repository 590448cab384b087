package journey_test

import (
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// officer is somebody of the staff at a desk.
type officer struct {
	*tab
	at string // path of the case being worked on
}

// demoPassword is printed by the demo.
const demoPassword = "reed-crane-marsh-77"

func (o *officer) signIn(login string) {
	o.t.Helper()
	o.visit("/console")
	o.write("#login", login)
	o.write("#password", demoPassword)
	o.expect(o.press(`button.main`), http.StatusOK)
	if here := ask[string](o.tab, `location.pathname`); here != "/console" {
		o.t.Fatalf("%s: signing in leads to %s: %s", login, here, o.text("main"))
	}
}

// unassigned goes to the queue of those that nobody has.
func (o *officer) unassigned() {
	o.t.Helper()
	o.press(`nav.places a[href^="/console/cases"]`)
	o.press(`.lenses a[href*="unassigned=1"]`)
}

// finds opens a case that nobody has, by what its reporter wrote.
func (o *officer) finds(words string) {
	o.t.Helper()
	o.unassigned()
	found := o.reported(words)
	if len(found) == 0 {
		o.fail("find the case", fmt.Errorf("no reporter wrote %q", words))
	}
	o.press(`a[data-row][href=` + strconv.Quote(found[0]) + `]`)
	o.at = ask[string](o.tab, `location.pathname`)
}

// reported is where the cases on this page lead to that nobody has described yet and
// whose reporters wrote these words. The list does not show them, so each is opened.
func (o *officer) reported(words string) []string {
	o.t.Helper()
	return ask[[]string](o.tab, fmt.Sprintf(`[...document.querySelectorAll('.queue a[data-row]:has(.undescribed)')].filter(a => {
		const page = new XMLHttpRequest();
		page.open('GET', a.href, false);
		page.send();
		return page.responseText.includes(%q);
	}).map(a => a.getAttribute('href'))`, words))
}

// row is the line of the queue whose summary has these words.
func (o *officer) row(words string) string {
	o.t.Helper()
	found := ask[string](o.tab, fmt.Sprintf(`(() => {
		const row = [...document.querySelectorAll('.queue a[data-row]')].find(a => a.innerText.includes(%q));
		return row ? row.getAttribute('href') : '';
	})()`, words))
	if found == "" {
		o.fail("find the case", fmt.Errorf("%q is not in the queue", words))
	}
	return `a[data-row][href=` + strconv.Quote(found) + `]`
}

// unfold opens the form of a step.
func (o *officer) unfold(step string) {
	o.t.Helper()
	form := "#do-" + step
	if !o.has(form) {
		o.fail("step "+step, fmt.Errorf("it is not offered"))
	}
	if !ask[bool](o.tab, `document.querySelector(`+strconv.Quote(form)+`).open`) {
		o.tap(form + " > summary")
	}
}

// fills writes into a field of a step.
func (o *officer) fills(step, field, text string) {
	o.t.Helper()
	o.unfold(step)
	o.write("#"+step+"-"+field, text)
}

// tick chooses one of the answers that stand side by side.
func (o *officer) tick(step, field, value string) {
	o.t.Helper()
	o.unfold(step)
	o.tap(fmt.Sprintf(`#do-%s label:has(input[name=%q][value=%q])`, step, field, value))
}

// takes sends the form of a step, and expects to be told that it is done.
func (o *officer) takes(step string) {
	o.t.Helper()
	o.unfold(step)
	o.expect(o.press("#do-"+step+" .send button[type=submit]"), http.StatusOK)
	if o.text(".done") == "" {
		o.fail("step "+step, fmt.Errorf("nobody says that it is done"))
	}
}

// takesUp makes the report the officer's own, describes it, takes it up and
// checks it on the spot.
func (o *officer) takesUp(s script) {
	o.t.Helper()
	o.shot("today")
	o.finds(s.report[:30])
	o.shot("case-new")
	o.checksPhoto()
	o.takes("claim")
	o.fills("describe", "summary", s.summary)
	o.choose("#describe-kind", "FUND_WITHHOLD")
	o.tick("describe", "severity", "2")
	o.fills("describe", "demands", s.demand)
	o.shot("case-describe")
	o.takes("describe")
	o.takes("accept")
	o.unfold("verify")
	o.choose("#verify-method", "household_visit")
	o.fills("verify", "verifiers", "何田田\n季同行")
	o.fills("verify", "found", s.found)
	o.attach("#verify-files", photo(o.t, "核查照片.jpg"))
	o.shot("case-verify")
	o.takes("verify")
	o.says("main", s.found, "季同行")
	o.opened(1)
	if o.scripts {
		o.tap(".check .pictures > summary")
		o.await(`document.querySelector('.check .thumbs img').naturalWidth > 0`)
		o.shot("case-picture")
		o.visit(o.at)
		o.opened(2)
	}
}

// opened fails unless the record says exactly so many times that somebody
// looked at evidence: showing the case is not looking.
func (o *officer) opened(times int) {
	o.t.Helper()
	got := ask[int](o.tab, `[...document.querySelectorAll('.timeline li')].filter(li => /查看材料|Evidence opened/.test(li.innerText))
		.reduce((n, li) => n + Number((li.innerText.match(/×(\d+)/) || [0, 1])[1]), 0)`)
	if got != times {
		o.t.Errorf("the record says %d times that evidence was opened, want %d", got, times)
	}
}

// checksPhoto downloads the reporter's photo as the officer would: a picture,
// without where and with what it was taken.
func (o *officer) checksPhoto() {
	o.t.Helper()
	href := ask[string](o.tab, `(document.querySelector('.files a') || {href: ''}).href`)
	if href == "" {
		o.t.Fatal("the photo is not there")
	}
	answer := o.download(href)
	defer answer.Body.Close()
	file, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		o.t.Fatalf("photo: %s, %v", answer.Status, err)
	}
	if kind := http.DetectContentType(file); kind != "image/jpeg" {
		o.t.Errorf("the photo is %s", kind)
	}
	if text := string(file); strings.Contains(text, takenAt) || strings.Contains(text, "Exif") {
		o.t.Error("the photo tells with what and where it was taken")
	}
	if !strings.HasPrefix(answer.Header.Get("Content-Disposition"), "attachment") {
		o.t.Error("the photo is not an attachment")
	}
}

// download asks for an address with the cookies of this browser.
func (o *officer) download(href string) *http.Response {
	o.t.Helper()
	request, err := http.NewRequestWithContext(o.t.Context(), http.MethodGet, href, nil)
	if err != nil {
		o.t.Fatal(err)
	}
	kept, err := chromedp.Call(o.ctx, network.GetCookies, network.GetCookiesParams{})
	if err != nil {
		o.t.Fatal(err)
	}
	for _, c := range kept.Cookies {
		request.AddCookie(&http.Cookie{Name: c.Name, Value: c.Value})
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		o.t.Fatal(err)
	}
	return answer
}

// numbered is what stands on an issued item.
var numbered = regexp.MustCompile(`^盘县督交〔20\d\d〕[1-9]\d*号$`)

// issues turns the case into an order to the town and returns its path.
func (o *officer) issues(s script) string {
	o.t.Helper()
	o.fills("convert", "title", s.title)
	o.fills("convert", "summary", s.report) // the reporter's own words
	o.fills("convert", "requirement", s.requirement)
	o.choose("#convert-lead", "甜水镇人民政府")
	o.expect(o.press("#do-convert .send button[type=submit]"), http.StatusUnprocessableEntity)
	if !o.has("#do-convert .found mark") {
		o.t.Error("the reporter's own words may be passed on")
	}
	o.shot("case-giveaway")
	o.fills("convert", "summary", s.item)
	o.takes("convert")
	item := ask[string](o.tab, `(document.querySelector('main a[href^="/console/items/"]') || {pathname: ''}).pathname`)
	if item == "" {
		o.t.Fatal("the case does not lead to its item")
	}
	o.press(`main a[href^="/console/items/"]`)
	o.takes("issue")
	if number := strings.TrimSpace(o.text(".paper-number")); !numbered.MatchString(number) {
		o.t.Errorf("the item is numbered %q", number)
	}
	o.shot("item-issued")
	return item
}

// answersItem is the handling unit's part: it sees the order and nothing else.
func (o *officer) answersItem(s script, item string) {
	o.t.Helper()
	o.visit("/console")
	o.shot("handler-today")
	o.press(`a[href^="` + item + `"]`)
	o.hides(s.report, s.name, s.phone, "/console/cases/")
	o.fills("acknowledge", "body", s.acknowledged)
	o.takes("acknowledge")
	o.fills("report", "body", s.done)
	o.attach("#report-files", photo(o.t, "公示照片.jpg"))
	o.shot("item-report")
	o.takes("report")
}

// answers accepts the unit's report and proposes an answer that somebody else
// approves.
func (o *officer) answers(s script, item string, approve func()) {
	o.t.Helper()
	o.visit(item)
	o.says("main", s.done)
	o.takes("accept_report")
	o.visit(o.at)
	o.unfold("decide")
	o.choose("#decide-outcome", "substantiated")
	o.choose("#decide-result-1", "substantiated")
	o.fills("decide", "facts-1", s.facts)
	o.fills("decide", "basis-1", s.basis)
	o.fills("decide", "done-1", s.righted)
	o.shot("case-decide")
	o.takes("decide")
	if o.has("#do-rule") {
		o.t.Error("who proposes may approve")
	}
	approve()
}

// finishes strikes the item off and closes the case.
func (o *officer) finishes(item string) {
	o.t.Helper()
	o.visit(item)
	o.takes("strike_off")
	o.shot("item-struck-off")
	o.visit(o.at)
	o.takes("close")
	o.shot("case-closed")
}
