package console

import (
	"strings"
	"testing"

	"github.com/jba/templatecheck"

	"minsheng/portal/locale"
	"minsheng/portal/view"
)

// pages gives each template of the console the value it is shown with.
var pages = map[string]any{
	"today": todayPage{}, "cases": queuePage{}, "case": casePage{}, "items": itemsPage{}, "item": itemPage{},
	"entry": entryPage{}, "receipt": entryReceiptPage{}, "record": recordPage{}, "staff": peoplePage{}, "once": passwordOncePage{},
	"replies": repliesPage{}, "account": accountPage{}, "signin": doorPage{}, "code": doorPage{}, "password": doorPage{},
	"enrol": enrolPage{}, "recovery": recoveryPage{}, "kept": keptPage{},
}

func renderer(t *testing.T) *view.Renderer {
	t.Helper()
	catalog, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	assets, err := view.LoadAssets()
	if err != nil {
		t.Fatal(err)
	}
	r, err := view.New(catalog, assets)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestTemplatesFitTheirPages(t *testing.T) {
	r := renderer(t)
	for _, lang := range locale.Langs() {
		for name, page := range r.Pages(lang) {
			short, ours := strings.CutPrefix(name, "console/")
			if !ours || short == "problem" {
				continue
			}
			value, ok := pages[short]
			if !ok {
				t.Errorf("%s has no page", name)
				continue
			}
			if err := templatecheck.CheckHTML(page.Lookup("layout"), value); err != nil {
				t.Errorf("%s in %s: %v", name, lang, err)
			}
		}
	}
}
