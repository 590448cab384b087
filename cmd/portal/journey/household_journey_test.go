package journey_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"
)

// paymentsToACase follows a payment from the bank's file over the page where a
// household looks it up to the officer who hears that it never came.
func paymentsToACase(t *testing.T, browser context.Context, base, dir string) {
	pictures := &album{dir: dir, about: "-paid"}
	loader := &officer{tab: open(t, browser, base, "", desk, pictures)}
	loader.signIn("ps.gongshi")
	loader.visit("/console/payments")
	loader.shot("payments")
	loader.upload("payments", payments(t, never))
	loader.hides(exampleID, otherExampleID)
	loader.shot("payments-sheet")
	loader.imports()

	villager := &reporter{open(t, browser, base, "", phone, pictures)}
	villager.looksUp()
	villager.confirms(came)
	digits := villager.neverGot(never)
	villager.looks(digits)
	villager.says("main", "已收到")

	he := &officer{tab: open(t, browser, base, "", desk, pictures)}
	he.signIn("ps.shouli")
	he.finds("记录上写着2026年10月15日发了" + never)
	he.says(".story", never, "15,000.00", "2026年10月15日")
	he.says(".story article.check", never, "15000.00", string(paidOn()))
	he.hides(exampleID, "31002X", "0000000000002301")
	he.shot("case-of-payment")
}

// upload sends a file to become what target says.
func (o *officer) upload(target, file string) {
	o.t.Helper()
	form := `form:has(input[name=target][value="` + target + `"])`
	o.attach(form+` input[type=file]`, file)
	o.expect(o.press(form+` .send button`), http.StatusOK)
}

// looksUp asks what was paid to the household.
func (r *reporter) looksUp() {
	r.t.Helper()
	r.expect(r.visit("/household"), http.StatusOK)
	r.findsVillage()
	r.write("#name", paidTo)
	r.write("#last", "31002x")
	r.shot("household-filled")
	r.expect(r.press(`.send button[value=look]`), http.StatusOK)
	r.says(".paid", came, never, "15,000.00")
	r.hides(exampleID, "31002X", "0000000000002301", "邱有田")
	r.shot("household-found")
}

// line is where a payment stands among those found.
func (r *reporter) line(programme string) string {
	r.t.Helper()
	n := ask[int](r.tab, fmt.Sprintf(`[...document.querySelectorAll('.paid > li')].findIndex(li => li.innerText.includes(%q)) + 1`, programme))
	if n == 0 {
		r.fail("find the payment", fmt.Errorf("%s is not there", programme))
	}
	return fmt.Sprintf(".paid > li:nth-child(%d)", n)
}

// confirms says that a payment came.
func (r *reporter) confirms(programme string) {
	r.t.Helper()
	r.expect(r.press(r.line(programme)+` form[action^="/household/received"] button`), http.StatusOK)
	r.says(r.line(programme), "您说过：收到了")
}

// neverGot reports a payment that did not come, without a name, and returns the
// digits of the receipt. What the portal knows is written already.
func (r *reporter) neverGot(programme string) string {
	r.t.Helper()
	r.expect(r.press(r.line(programme)+` form[action^="/report/about"] button`), http.StatusOK)
	r.says(".about", programme)
	if got, want := r.value("#text"), "发了"+programme+"（2026年）15,000.00元，我家没有收到。"; got != "记录上写着2026年10月15日"+want {
		r.t.Errorf("the report begins with %q", got)
	}
	if got := r.value(`#place [name=place]`); got != "211122111901" {
		r.t.Errorf("the report is about the place %q", got)
	}
	r.tap(`label:has(input[name=mode][value=anonymous])`)
	r.shot("report-of-payment")
	r.expect(r.press(`.send button[value=send]`), http.StatusOK)
	return r.readsReceipt()
}
