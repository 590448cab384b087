package journey_test

import (
	"net/http"
	"regexp"
	"strings"

	"github.com/chromedp/chromedp"
)

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
	if strings.Contains(ask[string](r.tab, `location.href`), strings.ReplaceAll(digits, " ", "")[:8]) {
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
func (r *reporter) leavesQuickly(s script, digits string) {
	r.t.Helper()
	r.press(`.row a[data-leave]`)
	if here := ask[string](r.tab, `location.pathname`); here != "/notices" {
		r.t.Errorf("leaving leads to %s", here)
	}
	r.shot("left")
	if !r.scripts { // without them it takes the browser's own back button to come back, which asks
		return
	}
	r.leads("go back after leaving", chromedp.NavigateBack())
	r.hides(digits, strings.ReplaceAll(digits, " ", ""), s.facts)
	if got := r.value("#digits"); got != "" {
		r.t.Errorf("whoever goes back finds the digits %q", got)
	}
}
