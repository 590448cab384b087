package triage

import (
	"encoding/json"
	"go/ast"
	gotoken "go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"

	"minsheng/intake"
)

// Whatever this room says by a code has its sentence in the catalogs, which
// belong to the portal: the test reads them as files.
func TestEveryCodeHasItsSentence(t *testing.T) {
	known := map[string]bool{}
	names, err := filepath.Glob("../portal/locale/zh-CN/*.json")
	if err != nil || len(names) == 0 {
		t.Fatal(err, names)
	}
	for _, name := range names {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var texts map[string]string
		if err := json.Unmarshal(raw, &texts); err != nil {
			t.Fatal(err)
		}
		for key := range texts {
			known[key] = true
		}
	}
	for _, key := range codes(t) {
		if !known[key] {
			t.Errorf("no sentence for %s", key)
		}
	}
}

var problemKey = regexp.MustCompile(`^(case|view|reply)_[a-z_]+$`)

// codes gathers the keys that this room's source can give out.
func codes(t *testing.T) (keys []string) {
	for _, a := range actionOrder {
		keys = append(keys, "action."+string(a))
	}
	for _, o := range Outcomes() {
		keys = append(keys, "told.outcome."+string(o), "outcome."+string(o))
	}
	for _, r := range RevealReasons() {
		keys = append(keys, "reveal."+r)
	}
	for _, step := range []string{"decline", "transfer", "refer", "extend", "decide", "repeat"} {
		keys = append(keys, "event."+step+"_proposed", "event."+step+"_returned")
	}
	for _, w := range Wants() {
		keys = append(keys, "wants."+w)
	}
	for _, still := range []string{stillUnread, stillAsks, stillLooks, stillItems} {
		keys = append(keys, "unfinished."+still)
	}
	for _, saw := range []string{SawPage, SawFile, SawName, SawItem} {
		keys = append(keys, "look."+saw)
	}
	for _, may := range []string{"may_review", "may_review_here", "may_reexam", "may_reexam_here", "may_nothing", "review_upheld", "review_changed", "reexam_upheld", "reexam_changed", "ruling_facts"} {
		keys = append(keys, "told."+may)
	}
	for _, how := range []string{intake.Read, intake.ByHand, intake.ByPost, intake.ByPhone, intake.Presumed} {
		keys = append(keys, "delivery."+how)
	}
	for _, r := range intake.Ratings() {
		keys = append(keys, "rating."+string(r))
	}
	for _, r := range []string{"phone", "name", "phrase", "id_number", "card", "plate", "mail"} {
		keys = append(keys, "leak."+r)
	}
	for _, k := range intake.Kinds(false) {
		keys = append(keys, "kind."+string(k))
	}
	for _, rule := range append(namedDates, "other") {
		keys = append(keys, "told.date."+rule)
	}
	for _, why := range []string{"calendar", "rule", "paused", "resumed"} {
		keys = append(keys, "told.moved."+why, "objection.told.moved."+why)
	}
	before := len(keys)
	for _, f := range sources(t) {
		ast.Inspect(f, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				keys = append(keys, codesIn(call)...)
			}
			return true
		})
	}
	if len(keys)-before < 60 {
		t.Fatalf("the source gives out %d codes only: the rule no longer fits it", len(keys)-before)
	}
	return keys
}

func codesIn(call *ast.CallExpr) (keys []string) {
	name := called(call)
	for i, arg := range call.Args {
		lit, ok := arg.(*ast.BasicLit)
		if !ok || lit.Kind != gotoken.STRING {
			continue
		}
		text, err := strconv.Unquote(lit.Value)
		if err != nil {
			continue
		}
		switch {
		case name == "note" || name == "Append":
			keys = append(keys, "event."+text)
		case name == "inform" && i == 3:
			keys = append(keys, "told."+text)
		case name == "say" && i == 1:
			keys = append(keys, "told."+text)
		case (name == "bad" || name == "within" || name == "require" || name == "orInvalid") && problemKey.MatchString(text):
			keys = append(keys, "problem."+text)
		}
	}
	return keys
}
