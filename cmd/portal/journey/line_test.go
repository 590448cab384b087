package journey_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// script is one telling of the whole line: a language, with or without
// JavaScript, and the words that people use.
type script struct {
	lang    string // of the addresses; "" is Chinese
	scripts bool
	about   string // end of the pictures' names

	report, name, phone                string
	summary, demand                    string
	found, title, item, requirement    string
	acknowledged, done, facts, result  string
	basis, righted, thanks             string
	received, accepted, answered, over string // what the public page says
	approve, true_                     string // answers on the forms
	neutral                            string // title of tracking pages
}

var chinese = script{
	scripts: true, about: "-zh",
	report: "双柳村二组的大棚补助,说是一栋补八千,发到手里的只有五千五。问村里,说是统一扣的管理费,谁也没见过文件。这一批有七八户都是这样,麻烦你们查一查。",
	name:   "何某", phone: "13800000000",
	summary: "有群众反映设施大棚补助发放数额与公布标准不符", demand: "查清补助是否被扣,扣了的退还",
	found: "查阅发放表,走访四户。公布标准每栋八千元,四户实收均少两千五百元,无收费依据。",
	title: "核实设施大棚补助发放情况", item: "反映某村设施大棚补助实发数额低于公布标准。", requirement: "核对全部发放记录,多扣的限期退还并公示。",
	acknowledged: "已收到,由财政所牵头。", done: "共核对十二户,多扣的三万元已全部退还,退款单和公示照片见附件。",
	facts: "公布标准每栋八千元,村里以管理费名义每栋扣了两千五百元,没有依据。", basis: "财政专项扶贫资金管理办法",
	righted: "扣的钱已经全部退还到户,退还名单在村里公示。", thanks: "钱收到了,谢谢你们。",
	received: "已收到", accepted: "已受理", answered: "已答复", over: "已办完",
	result: "属实", approve: "approve", true_: "substantiated", neutral: "民声",
}

var english = script{
	lang: "en", about: "-en-noscript",
	report: "The greenhouse grant in our village group was announced as 8000 yuan each, but what reached the bank books was 5500. Nobody has ever shown us a paper about any charge. Seven or eight families are in the same boat.",
	name:   "He Mou", phone: "13800000001",
	summary: "Greenhouse grants are said to have been paid out below the published rate", demand: "Find out whether money was withheld and have it paid back",
	found: "Looked at the payment sheet and visited four households. Each received 2500 yuan less than published; there is no basis for a charge.",
	title: "Check the payment of greenhouse grants", item: "Payments for greenhouses in one village are said to be lower than published.", requirement: "Compare all payments with the published rate and return what was withheld.",
	acknowledged: "Received; the finance office takes the lead.", done: "Twelve households were compared. All that was withheld, 30,000 yuan, has been returned; slips and a photo of the notice are attached.",
	facts: "The published rate is 8000 yuan; the village kept 2500 yuan of each as a fee that has no basis.", basis: "Rules on special poverty funds",
	righted: "All of it has been paid back, and the list hangs in the village.", thanks: "The money has come. Thank you.",
	received: "Received", accepted: "Taken up", answered: "Answered", over: "Finished",
	result: "substantiated", approve: "approve", true_: "substantiated", neutral: "Minsheng",
}

// walkTheLine follows one report from the villager's phone through the offices
// and back to the phone.
func walkTheLine(t *testing.T, browser context.Context, base, dir string, s script) {
	reporter := &reporter{open(t, browser, base, s.lang, phone.without(s.scripts), &album{dir: dir, about: s.about})}
	digits := reporter.reports(s)
	reporter.looks(digits)
	reporter.says("main", s.received)
	reporter.shot("track-received")

	person := func(login string) *officer {
		o := &officer{tab: open(t, browser, base, s.lang, desk.without(s.scripts), reporter.album)}
		o.signIn(login)
		return o
	}
	he := person("ps.shouli")
	he.takesUp(s)
	item := he.issues(s)

	handler := person("tianshui")
	handler.expect(handler.visit(he.at), http.StatusNotFound)
	handler.answersItem(s, item)

	he.answers(s, item, func() {
		supervisor := person("ps.shenpi")
		supervisor.expect(supervisor.visit(he.at), http.StatusOK)
		supervisor.shot("case-to-approve")
		supervisor.tick("rule", "ruling", s.approve)
		supervisor.takes("rule")
	})

	reporter.looks(digits)
	reporter.readsAnswer(s)
	he.visit(he.at)
	he.says("#talk", s.thanks)
	he.finishes(item)

	reporter.looks(digits)
	reporter.says("main", s.over, s.righted)
	reporter.shot("track-finished")
	reporter.leavesQuickly()
}

// reporter is a villager with a phone.
type reporter struct{ *tab }

var twenty = regexp.MustCompile(`^\d{4} \d{4} \d{4} \d{4} \d{4}$`)

// reports fills in the form as people do, with a change of mind, and returns
// the digits of the receipt.
func (r *reporter) reports(s script) string {
	r.t.Helper()
	r.expect(r.visit("/"), http.StatusOK)
	r.shot("home")
	r.press(`a.door[href^="/report"]`)
	r.shot("report-empty")
	r.write("#text", s.report)
	r.findsVillage()
	if got := r.value("#text"); got != s.report {
		r.t.Fatalf("choosing the village cost the words: %q", got)
	}
	r.tap(`label:has(input[name=mode][value=confidential])`)
	r.write("#name", s.name)
	r.write("#phone", s.phone)
	r.attachesPhoto()
	r.shot("report-filled")
	r.expect(r.press(`.send button[value=send]`), http.StatusOK)
	return r.readsReceipt()
}

// findsVillage looks for 双柳村: by its initials where scripts run, otherwise
// by its town.
func (r *reporter) findsVillage() {
	r.t.Helper()
	if r.scripts {
		r.write("#place-search", "slc")
		r.await(`[...document.querySelectorAll('#place-found button')].some(b => b.innerText.includes('双柳村'))`)
		r.shot("report-village")
		r.do("choose the village", chromedp.Click(chromedp.Search(`//ul[@id="place-found"]//button[contains(., "双柳村")]`)))
	} else {
		r.choose("#place-town", "甜水镇")
		r.expect(r.press(`button[value=villages]`), http.StatusOK)
		r.choose("#place-village", "双柳村")
	}
	if got := r.value(`#place [name=place]`); got != "211122111901" {
		r.t.Fatalf("the village chosen is %q", got)
	}
}

// attachesPhoto picks a photo, removes it and picks it again.
func (r *reporter) attachesPhoto() {
	r.t.Helper()
	file := photo(r.t, "IMG_20261102.jpg")
	r.attach("#files", file)
	if r.scripts {
		r.await(sent)
		r.await(`document.querySelector('#files-list canvas')`)
		r.shot("report-photo")
		r.tap(`#files-list li .button`)
		r.await(`!document.querySelector('#files-list li')`)
		r.attach("#files", file)
		r.await(sent)
		return
	}
	// Any button of the form brings the file along.
	r.press(`#place button[value=towns]`)
	r.says("#files-list", "IMG_20261102.jpg")
	r.findsVillage()
	r.press(`#files-list button`)
	if r.has("#files-list li") {
		r.t.Error("the photo is still there")
	}
	r.attach("#files", file)
}

const sent = `[...document.querySelectorAll('#files-list li')].length === 1 && document.querySelector('#files-list li').innerText.includes('✓')`

// readsReceipt copies the digits down and looks whether they stand where they
// must not.
func (r *reporter) readsReceipt() string {
	r.t.Helper()
	digits := strings.Join(strings.Fields(r.text(".slip .number")), " ")
	if !twenty.MatchString(digits) {
		r.t.Fatalf("the receipt says %q", digits)
	}
	r.shot("receipt")
	here := ask[string](r.tab, `location.href + ' ' + document.title + ' ' + document.cookie`)
	for _, group := range strings.Fields(digits) {
		if strings.Contains(here, group) {
			r.t.Errorf("part of the receipt stands in the address, the title or a cookie: %s", here)
		}
	}
	return digits
}

// looks opens the report with the digits.
func (r *reporter) looks(digits string) {
	r.t.Helper()
	r.visit("/track")
	r.write("#digits", digits)
	r.expect(r.press(`.send button[value=look]`), http.StatusOK)
	if strings.Contains(ask[string](r.tab, `location.href`), strings.Fields(digits)[0]) {
		r.t.Error("the receipt stands in the address")
	}
}

// readsAnswer reads what the office found and says thank you.
func (r *reporter) readsAnswer(s script) {
	r.t.Helper()
	r.says("main", s.answered, s.facts, s.righted)
	if dates := ask[int](r.tab, `document.querySelectorAll('.steps time').length`); dates < 4 {
		r.t.Errorf("%d of the steps have a date", dates)
	}
	r.hides(s.phone, s.name, s.report, "双柳村民委员会")
	r.shot("track-answered")
	r.write("#text", s.thanks)
	r.expect(r.press(`#say .row button[value=send]`), http.StatusOK)
	r.says(".talk", s.thanks)
}

// leavesQuickly lands where anybody may be looking, and going back does not
// show the report.
func (r *reporter) leavesQuickly() {
	r.t.Helper()
	r.press(`.row a[data-leave]`)
	if here := ask[string](r.tab, `location.pathname`); here != "/notices" {
		r.t.Errorf("leaving leads to %s", here)
	}
	r.shot("left")
}

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

// finds opens a case that nobody has.
func (o *officer) finds(words string) {
	o.t.Helper()
	o.unassigned()
	found := ask[string](o.tab, fmt.Sprintf(`(() => {
		const row = [...document.querySelectorAll('.queue a[data-row]')].find(a => a.innerText.includes(%q));
		return row ? row.getAttribute('href') : '';
	})()`, words))
	if found == "" {
		o.fail("find the report", fmt.Errorf("%q is not in the queue", words))
	}
	o.at = strings.SplitN(found, "?", 2)[0]
	o.press(`a[data-row][href=` + strconv.Quote(found) + `]`)
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
	o.choose("#decide-outcome", s.true_)
	o.choose("#decide-result-1", s.true_)
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
