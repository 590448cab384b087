package journey_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
)

// bothWidths looks at the pages that the other journeys see on one device only:
// the public face on a wide screen, in large type on a phone, and the desk on a
// phone.
func bothWidths(t *testing.T, browser context.Context, base, dir string) {
	for _, lang := range []string{"", "en"} {
		about := "-zh"
		if lang != "" {
			about = "-" + lang
		}
		wide := open(t, browser, base, lang, desk, &album{dir: dir, about: about + "-wide"})
		large := open(t, browser, base, lang, phone, &album{dir: dir, about: about + "-large"})
		for _, path := range []string{"/", "/report", "/track", "/notices", "/help", "/stats", "/v/211122111901", "/receipt"} {
			name := "page" + strings.ReplaceAll(path, "/", "-")
			wide.expect(wide.visit(path), http.StatusOK)
			wide.shot(name)
			large.expect(large.visit(path+"?size=big"), http.StatusOK)
			large.shot(name)
		}
		o := &officer{tab: open(t, browser, base, lang, phone, &album{dir: dir, about: about + "-small"})}
		o.signIn("ps.shouli")
		for _, path := range []string{"/console", "/console/items", "/console/entry", "/console/replies", "/console/account", "/console/cases"} {
			o.expect(o.visit(path), http.StatusOK)
			o.shot("desk" + strings.ReplaceAll(path, "/", "-"))
		}
		o.press(o.row("大棚"))
		o.shot("desk-case")
		o.visit("/console/items")
		o.press(`.lines a[data-row]`)
		o.shot("desk-item")
	}
}
