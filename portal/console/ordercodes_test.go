package console

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"minsheng/portal/locale"
	"minsheng/rectification"
)

// TestEveryCodeOfOrdersHasItsWord holds what is put together at run time, and what
// the room says of forms and writes into the record.
func TestEveryCodeOfOrdersHasItsWord(t *testing.T) {
	catalog, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	acts := []string{"propose"}
	for _, r := range orderRoutes() {
		if _, act, is := strings.Cut(r.Path, "/:id/"); is && r.Method == "POST" {
			acts = append(acts, act)
		}
	}
	waiting := slices.DeleteFunc(codes(rectification.States()), func(s string) bool { return s == "not_passed" || s == "reopened" || s == "withdrawn" })
	entries := []string{"acknowledged", "plan", "plan_approved", "plan_returned", "progress", "report", "report_returned", "check", "struck_off", "follow_up", "withdrawn", "resumed"}
	keys := map[string][]string{
		"order.state.": codes(rectification.States()), "order.why.": waiting, "order.act.": acts, "order.does.": acts, "order.told.": acts, "console.done.order_": acts,
		"order.entry.": entries, "order.result.": {"done", "unfinished", "passed", "failed"}, "order.money.": {"recovered", "returned"}, "order.lens.": {"open", "all"},
		"order.ruling.": {"approve", "return"}, "order.passed.": {"yes", "no"}, "order.holds.": {"yes", "no"}, "event.order_": {"plan_approved", "plan_returned"},
		"console.rule.rectification.": {"receipt", "plan", "report", "check", "follow_up_check"}, "papers.about.": {"order", "inspection"},
	}
	files, err := filepath.Glob("../../rectification/*.go")
	if err != nil || len(files) < 10 {
		t.Fatal(files, err)
	}
	for _, name := range files {
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		for prefix, found := range map[string]*regexp.Regexp{
			"problem.": regexp.MustCompile(`"((?:order|item)_[a-z_]+[a-z])"\)`), "event.": regexp.MustCompile(`"((?:order|money)_[a-z_]+[a-z])",`),
		} {
			for _, match := range found.FindAllStringSubmatch(string(source), -1) {
				if !slices.Contains([]string{"order_plan", "order_report", "order_check"}, match[1]) { // kinds of files
					keys[prefix] = append(keys[prefix], match[1])
				}
			}
		}
	}
	if len(keys["problem."]) < 30 || len(keys["event."]) < 15 {
		t.Errorf("%d problems, %d events", len(keys["problem."]), len(keys["event."]))
	}
	for prefix, all := range keys {
		for _, code := range all {
			if !catalog.Has(locale.Chinese, prefix+code) {
				t.Errorf("no text for %s%s", prefix, code)
			}
		}
	}
}
