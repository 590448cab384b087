package journey_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// readme takes the pictures of the README: of phones and of desks, of a demo
// portal that nobody has touched yet.
func readme(t *testing.T, browser context.Context, base, dir string) {
	o := &officer{tab: open(t, browser, base, "", desk, &album{dir: t.TempDir()})}
	o.signIn("ps.shouli")
	o.press(`nav.places a[href^="/console/cases"]`)
	o.keep(dir, "queue-1280.png")
	o.press(o.row("大棚"))
	o.keep(dir, "case-1280.png")

	p := &officer{tab: open(t, browser, base, "", desk, &album{dir: t.TempDir()})}
	p.signIn("tianshui.gongshi")
	p.press(`nav.places a[href^="/console/notices"]`)
	p.press(`.lines a[href^="/console/notices/"]`)
	p.keep(dir, "notice-1280.png")

	city := &officer{tab: open(t, browser, base, "", desk, &album{dir: t.TempDir()})}
	city.signIn("shi.shenpi")
	for place, name := range map[string]string{"figures": "figures-1280.png", "alarms": "alarms-1280.png"} {
		city.press(`nav.places a[href^="/console/` + place + `"]`)
		city.keep(dir, name)
	}
	city.visit("/console/orders?state=struck_off")
	city.press(`a[data-row]`)
	city.keep(dir, "order-1280.png")

	keeper := &officer{tab: open(t, browser, base, "", desk, &album{dir: t.TempDir()})}
	keeper.signIn("shi.baoguan")
	keeper.visit("/console/custody")
	keeper.keep(dir, "custody-1280.png")

	sharp := phone
	sharp.scale = 1.5
	i := &officer{tab: open(t, browser, base, "", sharp, &album{dir: t.TempDir()})}
	i.signIn("shi.shouli")
	i.visit("/console/field")
	i.keep(dir, "field-360.png")
	r := &reporter{open(t, browser, base, "", sharp, &album{dir: t.TempDir()})}
	r.begins("俺家的危房改造，说是补一万五，到折子上就一万二。问会计，说那三千是手续费。你们给问问。")
	r.do("look at the top", chromedp.Evaluate[chromedp.Void](`window.scrollTo(0, 0)`))
	r.keep(dir, "report-360.png")
	r.press(`.send button[value=send]`)
	r.keep(dir, "receipt-360.png")
	digits := strings.Join(strings.Fields(r.text(".slip .number")), " ")
	for r.looks(digits); !r.has(`form[action$="/track/proof"]`); r.looks(digits) {
	}
	r.do("look at the proof", chromedp.Evaluate[chromedp.Void](`document.querySelector('#proof').scrollIntoView()`))
	r.keep(dir, "proof-360.png")
	r.visit("/notices?kind=LIST_VILLAGE")
	r.press(`.list a.title`)
	r.do("look at the rows", chromedp.Evaluate[chromedp.Void](`document.querySelector('.rows').scrollIntoView()`))
	r.keep(dir, "list-360.png")
}

// keep takes a picture of what is seen without scrolling.
func (b *tab) keep(dir, name string) {
	b.t.Helper()
	png, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, name), png, 0o644)
	}
	if err != nil {
		b.t.Fatal(err)
	}
	if len(png) > 250<<10 {
		b.t.Errorf("%s has %d KB", name, len(png)>>10)
	}
}
