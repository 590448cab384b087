package journey_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
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
		for _, page := range slices.Concat(always, shown(wide)) {
			wide.expect(wide.visit(page.path), http.StatusOK)
			wide.shot("page-" + page.name)
			mark := "?"
			if strings.Contains(page.path, "?") {
				mark = "&"
			}
			large.expect(large.visit(page.path+mark+"size=big"), http.StatusOK)
			large.shot("page-" + page.name)
		}
		narrowDesks(t, browser, base, lang, &album{dir: dir, about: about + "-small"})
	}
}

// address is a page and what its picture is called.
type address struct{ name, path string }

// always are the public pages whose addresses are always the same.
var always = []address{
	{"home", "/"}, {"report", "/report"}, {"track", "/track"}, {"help", "/help"}, {"safety", "/safety"}, {"stats", "/stats"}, {"village", "/v/211122111901"}, {"receipt", "/receipt"},
	{"notices", "/notices"}, {"notices-filtered", "/notices?kind=LIST_VILLAGE&place=211122111000&year=2026"}, {"objection-choose", "/objections/new"}, {"household", "/household"},
}

// shown finds the notices, the project and the fund of the demo world, as people
// come to them.
func shown(b *tab) []address {
	b.t.Helper()
	list := b.leadsTo("/notices?kind=LIST_VILLAGE&place=211122111901", `main a[href^="/notices/"][class=title]`)
	money := b.leadsTo("/notices?kind=FUND_ALLOC", `main a[href^="/notices/"][class=title]`)
	return []address{
		{"notice-list", list}, {"objection", b.leadsTo(list, `table.rows td.act a`)},
		{"notice-money", money}, {"fund", b.leadsTo(money, `main a[href^="/funds/"]`)}, {"project", b.leadsTo(money, `main a[href^="/projects/"]`)},
		{"report-project", b.leadsTo(money, `main a[href*="project="]`)},
	}
}

// leadsTo is where the first such link of a page leads.
func (b *tab) leadsTo(path, link string) string {
	b.t.Helper()
	b.visit(path)
	to := ask[string](b, fmt.Sprintf(`(l => l ? l.pathname + l.search : '')(document.querySelector(%q))`, link))
	if to == "" {
		b.fail("find "+link, fmt.Errorf("%s has none", path))
	}
	return strings.NewReplacer("?lang=en&", "?", "?lang=en", "", "&lang=en", "").Replace(to)
}

// desks are the pages of the people who work at each.
var desks = []struct {
	login string
	pages []address
}{
	{"ps.shouli", []address{{"today", "/console"}, {"items", "/console/items"}, {"entry", "/console/entry"}, {"replies", "/console/replies"}, {"account", "/console/account"},
		{"objections", "/console/objections"}, {"crosscheck", "/console/crosscheck"}, {"cases", "/console/cases"}}},
	{"tianshui.gongshi", []address{{"publisher-today", "/console"}, {"notices", "/console/notices"}, {"notice-kinds", "/console/notices/new"}, {"notice-new", "/console/notices/new?kind=LIST_VILLAGE"},
		{"duties", "/console/duties"}, {"funds", "/console/funds"}, {"projects", "/console/projects"}, {"payments", "/console/payments"}}},
}

// narrowDesks looks at the desk on a phone.
func narrowDesks(t *testing.T, browser context.Context, base, lang string, a *album) {
	var people []*officer
	for _, d := range desks {
		o := &officer{tab: open(t, browser, base, lang, phone, a)}
		o.signIn(d.login)
		for _, page := range d.pages {
			o.expect(o.visit(page.path), http.StatusOK)
			o.shot("desk-" + page.name)
		}
		people = append(people, o)
	}
	triage, publisher := people[0], people[1]
	triage.press(triage.row("大棚"))
	triage.shot("desk-case")
	triage.visit("/console/items")
	triage.press(`.lines a[data-row]`)
	triage.shot("desk-item")
	triage.visit("/console/objections")
	triage.press(`.lines a[href^="/console/objections/"]`)
	triage.shot("desk-objection")
	triage.visit("/console/crosscheck")
	triage.press(`main a[href^="/console/crosscheck/hits/"]`)
	triage.shot("desk-hit")

	list := publisher.leadsTo("/console/notices?kind=LIST_VILLAGE", `.lines a[data-row]`)
	for _, page := range []address{{"notice", list}, {"notice-rows", list + "/rows"}, {"notice-versions", list + "/versions"}, {"notice-board", list + "/board"}} {
		publisher.expect(publisher.visit(page.path), http.StatusOK)
		publisher.shot("desk-" + page.name)
	}
	publisher.visit("/console/payments")
	publisher.upload("payments", payments(t, "一笔别的补助"))
	publisher.shot("desk-sheet")
}
