package public

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/jba/templatecheck"

	"minsheng/intake"
	"minsheng/portal/locale"
	"minsheng/portal/view"
	"minsheng/portal/view/viewtest"
)

// pages says which value each template is filled with.
func pages() map[string]any {
	return map[string]any{
		"home": homePage{}, "notices": noticesPage{}, "notice": noticePage{}, "village": villagePage{}, "lost": lostPage{},
		"poster": posterPage{}, "stats": statsPage{}, "help": helpPage{}, "safety": helpPage{}, "report": reportPage{}, "receipt": receiptPage{},
		"receipt-none": plainPage{}, "notice-gone": gonePage{}, "project": projectPage{}, "fund": fundPage{}, "track": trackPage{}, "status": statusPage{}, "withdraw": withdrawPage{},
		"objection-choose": chooseListPage{}, "household": householdPage{}, "log": logPage{}, "log-poster": logPosterPage{},
	}
}

func renderer(t *testing.T) *view.Renderer {
	t.Helper()
	return viewtest.Of(t).Views
}

func TestTemplatesFitTheirPages(t *testing.T) {
	look := viewtest.Of(t)
	views, err := view.New(look.Catalog, look.Assets) // what was shown already cannot be checked
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range locale.Langs() {
		for name, page := range pages() {
			parsed, ok := views.Pages(lang)["public/"+name]
			if !ok {
				t.Errorf("%s: no template %s", lang, name)
				continue
			}
			if err := templatecheck.CheckHTML(parsed, page); err != nil {
				t.Errorf("%s: %s: %v", lang, name, err)
			}
		}
	}
}

// Every template of the face is shown by some handler, and no handler shows
// one that is not there. "problem" belongs to the site.
func TestEveryTemplateIsShown(t *testing.T) {
	shown := map[string]bool{"problem": true}
	for name, file := range sources(t) {
		ast.Inspect(file, func(n ast.Node) bool {
			text, ok := n.(*ast.BasicLit)
			if !ok || text.Kind != token.STRING {
				return true
			}
			value, _ := strconv.Unquote(text.Value)
			if page, of := strings.CutPrefix(value, "public/"); of {
				shown[page] = true
				if _, known := pages()[page]; !known {
					t.Errorf("%s shows %q, which no test fills", name, page)
				}
			}
			return true
		})
	}
	var found []string
	for name := range renderer(t).Pages(locale.Chinese) {
		if page, of := strings.CutPrefix(name, "public/"); of {
			found = append(found, page)
		}
	}
	slices.Sort(found)
	if want := slices.Sorted(maps.Keys(shown)); !slices.Equal(found, want) {
		t.Errorf("templates %v, shown %v", found, want)
	}
}

func sources(t *testing.T) map[string]*ast.File {
	t.Helper()
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]*ast.File{}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		if files[name], err = parser.ParseFile(token.NewFileSet(), name, nil, 0); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// Words chosen while a page is made are in the catalogs too.
func TestChosenWordsExist(t *testing.T) {
	views := renderer(t)
	f := New(Config{View: views})
	for _, lang := range locale.Langs() {
		p := f.typed(reading{lang: lang}, nil)
		var keys []string
		for _, kind := range p.Kinds {
			keys = append(keys, "kind."+kind, "kind."+kind+".cue")
		}
		for _, level := range p.Levels {
			keys = append(keys, "accused."+level)
		}
		for _, mode := range p.Modes {
			keys = append(keys, "mode."+mode, "mode."+mode+".who")
		}
		for stage := 1; stage <= 5; stage++ {
			keys = append(keys, "stage."+strconv.Itoa(stage))
		}
		for _, ending := range []string{"not_accepted", "transferred", "referred", "withdrawn"} {
			keys = append(keys, "track.ending."+ending)
		}
		for _, reason := range []string{"too_large", "too_many", "empty", "kind", "mismatch", "huge_picture", "broken", "full"} {
			keys = append(keys, "evidence."+reason)
		}
		for _, problem := range []string{"place_missing", "place_unknown", "text_short", "text_long", "say_empty", "mode_missing",
			"name_missing", "name_long", "phone_missing", "phone_odd", "kind_unknown", "accused_unknown", "who_long", "when_long", "amount_long"} {
			keys = append(keys, "problem."+problem)
		}
		for _, rule := range []string{"accept_notice", "simplified_accept", "simplified_reply", "reply", "reply_extension_max",
			"transfer_dispute", "review_request", "review_decide", "reexam_request", "reexam_decide"} {
			keys = append(keys, "track.next.complaint."+rule)
		}
		for _, kind := range []string{"decision", "review", "reexam"} {
			keys = append(keys, "appeal.letter."+kind)
		}
		for _, level := range []string{"review", "reexam"} {
			keys = append(keys, "appeal.may."+level, "appeal.may."+level+"_here", "appeal.late."+level, "appeal.ask."+level, "appeal.ask."+level+".what",
				"appeal.asked."+level, "appeal.asked."+level+"_done", "appeal.rule.complaint."+level+"_request")
		}
		for _, outcome := range []string{"substantiated", "partly", "unsubstantiated", "unverifiable"} {
			keys = append(keys, "appeal.outcome."+outcome, "outcome."+outcome)
		}
		for _, rating := range intake.Ratings() {
			keys = append(keys, "rating."+string(rating))
		}
		for _, reason := range intake.WithdrawalReasons() {
			keys = append(keys, "withdraw."+reason)
		}
		for _, found := range []string{"open", intake.FoundNothing, intake.FoundSuspicious} {
			keys = append(keys, "appeal.audit."+found)
		}
		for _, ruling := range []string{"upheld", "changed"} {
			keys = append(keys, "appeal.ruling."+ruling)
		}
		for _, problem := range []string{"rating", "rating_words", "appeal_text", "earlier_odd"} {
			keys = append(keys, "problem."+problem)
		}
		for _, key := range keys {
			if views.Text(lang, key) == key {
				t.Errorf("%s: no words for %s", lang, key)
			}
		}
	}
}
