package journey_test

import (
	"context"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// rounds has people of different duties open all that their left column leads
// to, what can be begun there, and the first thing of each list. Pictures, which
// take most of the time, are kept for who says where.
func rounds(t *testing.T, browser context.Context, base, dir string) {
	for _, r := range []struct {
		login, lang, about string
		on                 device
	}{
		{"shi.shenpi", "", "-zh-small", phone},
		{"shi.shenpi", "en", "-en-wide", desk},
		{"shi.ducha", "en", "-en-small", phone},
		{"shi.ducha", "", "-zh-wide", desk},
		{"tianshui", "", "-zh-small", phone},
		{"shi.shenji", "en", "-en-small", phone},
		{"shi.baoguan", "", "-zh-small", phone},
		{"shi.baoguan", "en", "-en-wide", desk},
		{"admin", "", "-zh-small", phone},
	} {
		o := &officer{tab: open(t, browser, base, r.lang, r.on, &album{dir: dir, about: r.about})}
		o.signIn(r.login)
		for _, place := range o.links(`nav.places a[href^="/console/"]`) {
			o.looksRound(r.login, place, 2)
		}
	}
}

// looksRound opens a page, and from there what it leads deeper into.
func (o *officer) looksRound(login, path string, deep int) {
	o.t.Helper()
	o.expect(o.visit(path), http.StatusOK)
	name := "round-" + login + strings.ReplaceAll(identity.ReplaceAllString(path, "one"), "/", "-")
	if os.Getenv("JOURNEY_OUT") == "" {
		o.look(name)
	} else {
		o.shot(name)
	}
	if deep == 0 {
		return
	}
	within, _, _ := strings.Cut(path, "?")
	found := o.links(`main a[href^="` + within + `/"]:not([download])`)
	for _, next := range oneOfEachKind(found) {
		o.looksRound(login, next, deep-1)
	}
}

// links lists where the links of a page lead, each once.
func (o *officer) links(which string) []string {
	o.t.Helper()
	found := ask[[]string](o.tab, `[...new Set([...document.querySelectorAll(`+"`"+which+"`"+`)].map(a => a.pathname))]`)
	return slices.DeleteFunc(found, func(path string) bool {
		return strings.Contains(path, "/files/") || strings.Contains(path, ".") || strings.HasSuffix(path, "/export")
	})
}

// identity is what addresses of the same page differ in: an id, or a kind of
// document.
var identity = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27}|templates/[a-z_]+`)

// oneOfEachKind keeps the first of the addresses that differ only in an id.
func oneOfEachKind(paths []string) []string {
	seen := map[string]bool{}
	return slices.DeleteFunc(paths, func(path string) bool {
		kind := identity.ReplaceAllString(path, ":id")
		known := seen[kind]
		seen[kind] = true
		return known
	})
}
