package console

import (
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"
	"github.com/jba/templatecheck"

	"minsheng/intake"
	"minsheng/portal/locale"
	"minsheng/portal/view"
	"minsheng/staff"
	"minsheng/triage"
)

// pages gives each template of the console the value it is shown with.
var pages = map[string]any{
	"today": todayPage{}, "cases": queuePage{}, "case": casePage{}, "items": itemsPage{}, "item": itemPage{},
	"entry": entryPage{}, "receipt": entryReceiptPage{}, "record": recordPage{}, "staff": peoplePage{}, "once": passwordOncePage{},
	"replies": repliesPage{}, "account": accountPage{}, "signin": doorPage{}, "code": doorPage{}, "password": doorPage{},
	"notices": noticesPage{}, "notice-new": newNoticePage{}, "notice": noticePage{}, "notice-rows": rowsPage{}, "versions": versionsPage{}, "board": boardPage{},
	"sheet": sheetPage{}, "sheet-upload": uploadPage{}, "duties": dutiesPage{}, "funds": fundsPage{}, "projects": projectsPage{},
	"objections": objectionsPage{}, "objection": objectionPage{}, "payments": paymentsPage{}, "crosscheck": crosscheckPage{}, "hit": hitPage{},
	"offices": officesPage{}, "office": officePage{}, "enrol": enrolPage{}, "recovery": recoveryPage{}, "kept": keptPage{},
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

var literalKey = regexp.MustCompile(`(?:\bt|known\() ?\(?"([a-z_]+(?:\.[A-Za-z0-9_]+)+)"`)

// TestEveryWordIsInTheCatalogs finds the keys that pages and handlers name.
func TestEveryWordIsInTheCatalogs(t *testing.T) {
	catalog, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	var sources []string
	for _, pattern := range []string{"*.go", "../view/templates/console/*.html"} {
		found, _ := filepath.Glob(pattern)
		sources = append(sources, found...)
	}
	keys := 0
	for _, name := range sources {
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range literalKey.FindAllStringSubmatch(string(source), -1) {
			if keys++; !catalog.Has(locale.Chinese, m[1]) {
				t.Errorf("%s: no text for %s", name, m[1])
			}
		}
	}
	if keys < 200 {
		t.Errorf("found only %d keys", keys)
	}
}

// TestEveryCodeHasItsWord holds what is put together at run time.
func TestEveryCodeHasItsWord(t *testing.T) {
	catalog, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	var forms []string
	for _, a := range append(append([]triage.Action{}, onward...), seldom...) {
		forms = append(forms, string(a))
	}
	items := []string{"edit", "also_serves"}
	for _, s := range itemSteps {
		items = append(items, s.code)
	}
	for prefix, codes := range map[string][]string{
		"action.": forms, "console.does.": forms, "console.done.": forms,
		"console.item.": items, "console.does.item.": items, "console.told.item.": items, "console.done.item_": items,
		"kind.": codes(intake.Kinds(false)), "programme.": intake.Programmes(), "accused.": intake.AccusedLevels(),
		"console.method.": triage.Methods(), "console.urgency.": triage.Urgencies(), "outcome.": codes(triage.Outcomes()),
		"reveal.": triage.RevealReasons(), "console.purpose.": triage.RevealReasons(),
		"console.role.":       codes(staff.Roles()),
		"console.item_state.": codes([]triage.ItemState{triage.Docketed, triage.Issued, triage.Acknowledged, triage.InProgress, triage.Reported, triage.Reviewed, triage.StruckOff, triage.Disputed, triage.Returned, triage.Cancelled}),
		"state.":              codes([]intake.State{intake.Submitted, intake.NeedInfo, intake.Accepted, intake.NotAccepted, intake.Transferred, intake.Referred, intake.Merged, intake.Verifying, intake.Decided, intake.Delivered, intake.Closed, intake.Withdrawn}),
		"console.note.":       {"acknowledge", "progress", "report", "dispute", "return", "review", "strike_off", "cancel"},
		"console.subject.":    {"report", "complaint", "item", "notice", "account", "unit", "portal"},
	} {
		for _, code := range codes {
			if prefix == "console.done." && code == "reveal_name" {
				continue // the name itself is the answer
			}
			if !catalog.Has(locale.Chinese, prefix+code) {
				t.Errorf("no text for %s%s", prefix, code)
			}
		}
	}
}

func TestCookieOverTLSIsGuardedByTheBrowser(t *testing.T) {
	for address, want := range map[string][]string{
		"https://minsheng.example": {"__Host-s=x", "secure", "path=/", "HttpOnly", "SameSite=Strict"},
		"http://127.0.0.1:8080":    {"s=x", "path=/", "HttpOnly", "SameSite=Strict"},
	} {
		base, _ := url.Parse(address)
		f := New(Config{BaseURL: base})
		app := fiber.New()
		app.Get("/", func(c *fiber.Ctx) error { f.visit(c).remember("x"); return nil })
		res, err := app.Test(httptest.NewRequest("GET", "/", nil), -1)
		if err != nil {
			t.Fatal(err)
		}
		cookie := res.Header.Get("Set-Cookie")
		for _, part := range want {
			if !strings.Contains(cookie, part) {
				t.Errorf("%s: cookie %q lacks %s", address, cookie, part)
			}
		}
		if strings.Contains(cookie, "secure") != (base.Scheme == "https") || strings.Contains(strings.ToLower(cookie), "domain") {
			t.Errorf("%s: cookie %q", address, cookie)
		}
	}
}
