package journey_test

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"minsheng/internal/workday"
)

// begins writes a draft of a kind about 鹤栖村 and returns its path. before is
// the title of the list it goes on with; "" when it is the first round.
func (o *officer) begins(kind, title, before string, fields map[string]string) string {
	o.t.Helper()
	o.visit("/console/notices/new?kind=" + kind)
	o.write("#begin-title", title)
	if before != "" {
		o.choose("#begin-roll", before)
	}
	if o.value("#begin-town") == "" {
		o.choose("#begin-town", "甜水镇")
		o.expect(o.press(`button[name=pick]`), http.StatusOK)
	}
	o.choose("#begin-place", "鹤栖村")
	o.write("#begin-body", "经村民代表大会民主评议，现将名单公示。\n\n有意见请在公示期内提出，**可以不留名字**。")
	common := map[string]string{"contact_phone": "0427-0000000", "contact_address": "甜水镇政府一楼扶贫站", "report_phone": "12317"}
	for _, more := range []map[string]string{common, fields} {
		for field, text := range more {
			o.write(`[name="field:`+field+`"]`, text)
		}
	}
	o.shot("notice-" + kind)
	o.expect(o.press("#do-begin button.main"), http.StatusOK)
	path := ask[string](o.tab, `location.pathname`)
	if strings.Count(path, "/") != 3 || strings.HasSuffix(path, "/new") {
		o.fail("begin "+kind, fmt.Errorf("it leads to %s", path))
	}
	return path
}

// bringsSheet uploads the messy list, looks at what was made of it, puts two
// cells right and imports it.
func (o *officer) bringsSheet(list, file string) {
	o.t.Helper()
	o.visit(list + "/rows")
	o.attach("#upload-file", file)
	o.expect(o.press("#do-upload .send button"), http.StatusOK)
	o.says("table.columns", "户主信息", "身份证号码")
	if taken := ask[string](o.tab, `[...document.querySelectorAll('table.columns tbody tr')].find(r => r.innerText.includes('身份证号码')).querySelector('select').value`); taken != "" {
		o.t.Errorf("the column of identity numbers is taken for %q", taken)
	}
	o.hides(exampleID, otherExampleID)
	if o.has("#import form") {
		o.t.Error("a sheet with problems may be imported")
	}
	wrong := ask[[]string](o.tab, `[...document.querySelectorAll('.issues input[name^="cell."]')].map(i => i.name.slice(5))`)
	if len(wrong) != len(wrongCells) {
		o.t.Fatalf("the cells %v are said to be wrong, want those of %v", wrong, wrongCells)
	}
	o.shot("sheet-problems")
	for cell, text := range wrongCells {
		o.write(`input[name="cell.`+cell+`"]`, text)
	}
	o.expect(o.press("#trial form .send button"), http.StatusOK)
	o.says("#import", strconv.Itoa(len(onTheList)))
	o.shot("sheet-ready")
	o.imports()
}

// imports takes a sheet in and waits until it is.
func (o *officer) imports() {
	o.t.Helper()
	o.expect(o.press("#import button.main"), http.StatusOK)
	here := ask[string](o.tab, `location.pathname + location.search`)
	for deadline := time.Now().Add(patience); o.has("[data-progress]"); o.visit(here) {
		if time.Now().After(deadline) {
			o.fail("import", fmt.Errorf("it takes too long"))
		}
		time.Sleep(200 * time.Millisecond)
	}
	o.says(".panel", "导入")
	o.shot("sheet-done")
}

// minutes writes down the meeting of a round, with the photo of the signatures.
func (o *officer) minutes(list string, daysAgo, present, entitled int) {
	o.t.Helper()
	o.visit(list)
	o.unfold("minutes")
	o.date("#minutes-met_on", workday.On(time.Now()).Add(-daysAgo))
	o.write("#minutes-present", strconv.Itoa(present))
	o.write("#minutes-entitled", strconv.Itoa(entitled))
	o.attach("#minutes-files", photo(o.t, "签字页.jpg"))
	o.takes("minutes")
}

// date picks a day: browsers do not let it be typed as text.
func (b *tab) date(selector string, day workday.Date) {
	b.t.Helper()
	ask[bool](b, fmt.Sprintf(`(() => { const d = document.querySelector(%q); d.value = %q; d.dispatchEvent(new Event('input', {bubbles: true})); return true; })()`, selector, string(day)))
	if got := b.value(selector); got != string(day) {
		b.fail("choose a day", fmt.Errorf("%s holds %q", selector, got))
	}
}

// handsIn gives a draft to whoever approves; who wrote it may not.
func (o *officer) handsIn(list string) {
	o.t.Helper()
	o.visit(list)
	o.takes("hand_in")
	if o.has("#do-approve") {
		o.t.Error("who wrote a notice may approve it")
	}
}

// mayNotHandIn tries to, and is told why it does not go.
func (o *officer) mayNotHandIn(list, why string) {
	o.t.Helper()
	o.visit(list)
	o.unfold("hand_in")
	o.expect(o.press("#do-hand_in .send button"), http.StatusConflict)
	o.says("#do-hand_in", why)
}

// approves lets a notice go to the public.
func (o *officer) approves(list string) {
	o.t.Helper()
	o.expect(o.visit(list), http.StatusOK)
	o.takes("approve")
	o.says("section.status", "公示中")
}

// shows loads a public page until it says the words: the portal looks once a
// second whether the pages it keeps still hold.
func (b *tab) shows(path string, words ...string) {
	b.t.Helper()
	missing := func() bool {
		text := b.text("main")
		for _, word := range words {
			if !strings.Contains(text, word) {
				return true
			}
		}
		return false
	}
	b.expect(b.visit(path), http.StatusOK)
	for deadline := time.Now().Add(15 * time.Second); missing() && time.Now().Before(deadline); b.visit(path) {
		time.Sleep(300 * time.Millisecond)
	}
	b.says("main", words...)
}

// leaves loads a public page until it is no longer there.
func (b *tab) leaves(path string) {
	b.t.Helper()
	status := b.visit(path)
	for deadline := time.Now().Add(15 * time.Second); status != http.StatusNotFound && time.Now().Before(deadline); status = b.visit(path) {
		time.Sleep(300 * time.Millisecond)
	}
	b.expect(status, http.StatusNotFound)
}
