package console

import (
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"
	"github.com/jba/templatecheck"

	"minsheng/appeal"
	"minsheng/crosscheck"
	"minsheng/docket"
	"minsheng/household"
	"minsheng/intake"
	"minsheng/internal/privacy"
	"minsheng/notice"
	"minsheng/objection"
	"minsheng/paper"
	"minsheng/portal/locale"
	"minsheng/portal/view"
	"minsheng/roll"
	"minsheng/staff"
	"minsheng/tray"
	"minsheng/triage"
)

// pages gives each template of the console the value it is shown with.
var pages = map[string]any{
	"today": todayPage{}, "cases": queuePage{}, "case": casePage{}, "items": itemsPage{}, "item": itemPage{}, "item-new": newItemPage{},
	"entry": entryPage{}, "receipt": entryReceiptPage{}, "record": recordPage{}, "staff": peoplePage{}, "once": passwordOncePage{},
	"confirm": confirmPage{}, "refused": attemptsPage{}, "replies": repliesPage{}, "account": accountPage{}, "signin": doorPage{}, "code": doorPage{}, "password": doorPage{},
	"notices": noticesPage{}, "notice-new": newNoticePage{}, "notice": noticePage{}, "notice-rows": rowsPage{}, "versions": versionsPage{}, "board": boardPage{},
	"sheet": sheetPage{}, "sheet-upload": uploadPage{}, "duties": dutiesPage{}, "funds": fundsPage{}, "projects": projectsPage{},
	"objections": objectionsPage{}, "objection": objectionPage{}, "payments": paymentsPage{}, "crosscheck": crosscheckPage{}, "hit": hitPage{},
	"papers": papersPage{}, "paper": paperPage{}, "templates": formsPage{}, "template": formPage{},
	"orders": ordersPage{}, "order": orderPage{}, "order-new": newOrderPage{},
	"inspections": inspectionsPage{}, "inspection": inspectionPage{}, "inspection-new": newInspectionPage{}, "inspection-checklist": checklistPage{}, "inspection-exchange": exchangePage{},
	"plans": plansPage{}, "plan": planPage{}, "inspected": inspectedPage{}, "inspected-one": inspectedOnePage{}, "field": fieldPage{}, "field-shell": shellPage{},
	"selfreports": selfReportsPage{}, "selfreport": selfReportPage{}, "selfreport-ask": scheduleFormPage{}, "selfreport-schedule": schedulePage{}, "selfreport-table": tablePage{},
	"measures": measuresPage{}, "measure": measurePage{}, "measure-new": newMeasurePage{}, "served": servedPage{},
	"referrals": referralsPage{}, "referral": referralPage{}, "referral-new": newReferralPage{}, "referral-keys": referralKeysPage{}, "referral-once": phraseOncePage{}, "releases": releasesPage{}, "custody": custodyPage{}, "openings": openingsPage{}, "cover": coverPage{}, "cover-file": coverFilePage{},
	"bulletins": bulletinsPage{}, "circular": circularPage{}, "circular-new": circularFormPage{}, "circular-publish": circularPublishPage{}, "workreports": workReportsPage{}, "workreport": workReportPage{},
	"alarms": alarmsPage{}, "clocks": clocksPage{}, "clock-change": rulePage{}, "calendar": calendarPage{}, "calendar-import": importPage{},
	"figures": figuresPage{}, "register": registerPage{}, "takings": takingsPage{}, "retention": retentionPage{}, "retained": retainedPage{}, "retention-rules": yearsPage{},
	"offices": officesPage{}, "office": officePage{}, "audits": auditsPage{}, "audit": auditPage{}, "enrol": enrolPage{}, "recovery": recoveryPage{}, "kept": keptPage{},
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
	items := append(append([]string{}, itemOnward...), itemSeldom...)
	for prefix, codes := range map[string][]string{
		"action.": forms, "console.does.": forms, "console.done.": forms,
		"console.item.": items, "console.does.item.": items, "console.told.item.": items, "console.done.item_": items,
		"kind.": codes(intake.Kinds(false)), "programme.": intake.Programmes(), "accused.": intake.AccusedLevels(),
		"console.method.": triage.Methods(), "console.urgency.": docket.Urgencies(), "outcome.": codes(triage.Outcomes()),
		"reveal.": triage.RevealReasons(), "console.purpose.": triage.RevealReasons(),
		"callback.":           appeal.Channels(),
		"console.role.":       codes(staff.Roles()),
		"console.item_state.": append(codes(docket.States()), "suspended"),
		"state.":              codes([]intake.State{intake.Submitted, intake.NeedInfo, intake.Accepted, intake.NotAccepted, intake.Transferred, intake.Referred, intake.Merged, intake.Verifying, intake.Decided, intake.Delivered, intake.Closed, intake.Withdrawn}),
		"console.note.":       {"acknowledge", "progress", "report", "dispute", "return", "review", "strike_off", "cancel", "press", "resume"},
		"console.subject.":    {"report", "complaint", "item", "notice", "account", "unit", "portal", "objection", "project", "payments", "crosscheck", "paper", "template"},
		"objection.":          codes(objection.Kinds()), "objection.method.": objection.Methods(), "objections.today.": objection.Groups(),
		"objection.state.":   codes([]objection.State{objection.Submitted, objection.Verifying, objection.UpheldAdd, objection.UpheldRemove, objection.UpheldCorrect, objection.NotUpheld, objection.Withdrawn, objection.Referred}),
		"objections.action.": objectionSteps, "objections.does.": objectionSteps, "objections.told.": objectionSteps, "console.done.objection_": objectionSteps,
		"crosscheck.": crosscheck.Rules(), "objections.outcome.": codes([]objection.State{objection.UpheldAdd, objection.UpheldRemove, objection.UpheldCorrect, objection.NotUpheld, objection.Referred}),
		"console.rule.objection.": {"acknowledge", "verify", "answer"},
		"crosscheck.by.":          {"id", "name"},
		"docket.origin.":          codes(docket.Origins()), "docket.stretch.": codes(docket.Stretches()), "docket.halt.": docket.Halts(),
		"docket.request.": {"open", "approved", "denied", "lapsed"}, "docket.ruling.": {"approve", "deny"}, "docket.within.": {"cd", "wd"}, "docket.color.": {"yellow", "red"},
		"docket.lens.": lensKeys(), "docket.filter.": {"stretch", "color", "origin", "lead", "year"},
		"docket.kind.": codes(intake.Kinds(false)), "docket.clause.": clauses(),
		"docket.field.": {"origin", "origin_note", "origin_on", "kind", "programme", "until", "responsible", "deputy_lead", "conclusion", "measures", "amount", "households",
			"recovered", "returned", "days", "reason", "progress", "last_on", "halt", "note"},
		"console.itemgroup.": itemGroups, "console.itemwhy.": itemGroups,
		"console.rule.supervision_item.": {"acknowledge", "dispute", "urgent", "normal", "complex", "yellow", "red", "remind_before", "extension_request", "urgent_extension_max", "normal_extension_max", "complex_extension_max"},
	} {
		for _, code := range codes {
			if !catalog.Has(locale.Chinese, prefix+code) {
				t.Errorf("no text for %s%s", prefix, code)
			}
		}
	}
}

// TestPapersHaveTheirWords holds what the pages of papers put together at run
// time.
func TestPapersHaveTheirWords(t *testing.T) {
	catalog, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	steps := []string{paper.StepSign, paper.StepVoid, paper.StepDiscard}
	for prefix, codes := range map[string][]string{
		"paper.kind.": codes(paper.Kinds()), "papers.box.": boxes, "papers.empty.": boxes, "papers.state.": codes([]paper.State{paper.Drafted, paper.Final, paper.Void, paper.Discarded}),
		"papers.fact.": {"void", "discarded"}, "papers.about.": {"complaint", "item"}, "papers.step.": steps, "papers.does.": steps, "papers.told.": steps, "console.done.paper_": steps,
		"templates.step.": {"offer", "use", "back"}, "templates.does.": {"offer", "use", "back"}, "templates.told.": {"offer", "use", "back"}, "console.done.template_": {"offer", "use", "back"},
		"templates.state.": {paper.Tried, paper.InForce, paper.Replaced}, "templates.where.": {"document", "header", "footer", "footnotes", "endnotes", "other"},
		"templates.problem.": {"open", "shut", "place", "torn", "deep", "unknown", "list", "outside"}, "docx.": {"kind", "broken", "bomb", "macros", "embedded", "linked", "field"},
		"problem.": {"paper_title", "paper_long", "paper_reason", "paper_missing", "paper_doc_mark"},
	} {
		for _, code := range codes {
			if !catalog.Has(locale.Chinese, prefix+code) {
				t.Errorf("no text for %s%s", prefix, code)
			}
		}
	}
}

// itemGroups are the groups of items on the Today page.
var itemGroups = []string{"escalated", "red", "ruling", "review", "dispute", "strike", "issue", "late", "pressed", "acknowledge", "returned", "due"}

func clauses() (keys []string) {
	for _, k := range intake.Kinds(false) {
		if clause := k.Clause(); clause != "" {
			keys = append(keys, clauseKey.Replace(clause))
		}
	}
	return keys
}

func lensKeys() (keys []string) {
	for _, r := range readyItems {
		keys = append(keys, r.key)
	}
	return keys
}

// TestPublishingHasItsWords holds what the publishing desk puts together at run
// time.
func TestPublishingHasItsWords(t *testing.T) {
	catalog, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	steps := []string{"save"}
	for _, s := range noticeSteps {
		steps = append(steps, s.code)
	}
	var targets, fields, stages, groups, rules []string
	for _, k := range roll.Kinds() {
		targets = append(targets, "roll."+string(k))
		stages = append(stages, codes(k.Stages())...)
		for _, f := range roll.Fields(k) {
			fields = append(fields, f.Code)
		}
	}
	for _, target := range append([]tray.Target{(&household.Purse{}).Target()}, (&crosscheck.Bench{}).Targets()...) {
		targets = append(targets, target.Code)
		for _, f := range target.Fields {
			fields = append(fields, f.Code)
		}
	}
	for _, g := range kindGroups {
		groups = append(groups, g.code)
	}
	for _, k := range notice.Kinds() {
		if k.Rule != "" {
			rules = append(rules, k.Rule)
		}
	}
	for prefix, codes := range map[string][]string{
		"publish.step.": steps, "publish.does.": steps, "publish.told.": steps, "console.done.notice_": append(steps, "begin", "detach", "dispute", "drop_column", "rows", "owe", "fund", "progress"),
		"publish.stand.": append([]string{"returned", "reviewed", "archived"}, stands...), "publish.lens.": append([]string{"all"}, stands...),
		"publish.target.": targets, "sheet.field.": fields, "publish.stage.": stages, "publish.group.": groups, "publish.rule.": rules,
		"publish.cause.": roll.Causes(), "publish.reason.": append([]string{"objection_upheld", "imported"}, rowReasons...), "publish.order.": codes(rowOrders),
		"publish.source.": fundSources, "publish.project.": {"planned", "under_way", "accepted"}, "publish.projects.to.": {"under_way", "accepted"},
		"publish.role.": {"notice", "notice_start", "notice_end"}, "publish.missing.": {"notice_start", "notice_end"}, "publish.today.": {"pulled", "waiting", "returned"},
		"publish.skip.": {"blank", "subtotal", "note", "title"}, "publish.versions.": {"added", "removed", "changed", "from", "to"},
		"publish.rows.waits_": {"changed", "gone"}, "console.done.sheet_": {"arrange", "fix", "import"}, "notice.": noticeKinds(), "notice.hint.": noticeKinds(),
		"privacy.": codes([]privacy.Kind{privacy.IDNumber, privacy.Mobile, privacy.Landline, privacy.BankCard, privacy.Plate, privacy.HeaderWord}),
		"sheet.":   {"kind", "old", "broken", "bomb", "too_long", "too_wide", "empty"}, "media.": {"image", "pdf", "sheet"},
	} {
		for _, code := range codes {
			if !catalog.Has(locale.Chinese, prefix+code) {
				t.Errorf("no text for %s%s", prefix, code)
			}
		}
	}
	for _, r := range refusals {
		if !catalog.Has(locale.Chinese, r.key) {
			t.Errorf("no text for %s", r.key)
		}
	}
}

func TestYuanAreReadAsTheyAreTyped(t *testing.T) {
	for text, want := range map[string]int64{"0": 0, "1": 100, "1234.5": 123450, "1,234.56": 123456, "1，234元": 123400, "99999999999.99": 9999999999999} {
		if got, ok := yuan(text); !ok || got != want {
			t.Errorf("yuan(%q) = %d, %v; want %d", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "一万", "-1", "1.234", "1e5", "100000000000", "1.2.3", ".5"} {
		if got, ok := yuan(text); ok {
			t.Errorf("yuan(%q) = %d", text, got)
		}
	}
	if plainYuan(123456789) != "1234567.89" {
		t.Error(plainYuan(123456789))
	}
}

func TestTheWebSeesLessThanTheBoard(t *testing.T) {
	v := &visit{Face: &Face{Config{View: renderer(t)}}, lang: locale.Chinese}
	for _, k := range roll.Kinds() {
		board := map[string]bool{}
		for _, c := range v.columns(k, onBoard) {
			board[c.Code] = true
		}
		for _, c := range v.columns(k, onWeb) {
			if !board[c.Code] {
				t.Errorf("%s: the web shows %s and the board does not", k, c.Code)
			}
		}
		if !k.Personal() {
			continue
		}
		for _, never := range []string{"cause", "note", "agreed"} {
			if board[never] {
				t.Errorf("%s: the board shows %s", k, never)
			}
		}
		if board["team"] == false {
			t.Errorf("%s: the board hides the group", k)
		}
		if slices.ContainsFunc(v.columns(k, onWeb), func(c column) bool { return c.Code == "team" }) {
			t.Errorf("%s: the web shows the group", k)
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
