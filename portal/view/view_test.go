package view

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"math"
	"path/filepath"
	"strings"
	"testing"
	"text/template/parse"
	"time"

	"golang.org/x/net/html"

	"minsheng/internal/workday"
	"minsheng/portal/locale"
)

func load(t *testing.T) (*Renderer, *locale.Catalog) {
	t.Helper()
	catalog, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	assets, err := LoadAssets()
	if err != nil {
		t.Fatal(err)
	}
	r, err := New(catalog, assets)
	if err != nil {
		t.Fatal(err)
	}
	return r, catalog
}

// Every sentence a template asks for by name is in the catalogs, and every
// static file it names is there.
func TestTemplatesAskForWhatThereIs(t *testing.T) {
	r, catalog := load(t)
	asked := 0
	for _, lang := range locale.Langs() {
		for page, set := range r.Pages(lang) {
			for _, one := range set.Templates() {
				if one.Tree == nil {
					continue
				}
				walk(one.Tree.Root, func(call *parse.CommandNode) {
					name, ok := call.Args[0].(*parse.IdentifierNode)
					if !ok || len(call.Args) < 2 {
						return
					}
					text, ok := call.Args[1].(*parse.StringNode)
					if !ok {
						return
					}
					switch name.Ident {
					case "t":
						asked++
						if !catalog.Has(lang, text.Text) {
							t.Errorf("%s: %s asks for %q", lang, page, text.Text)
						}
						if len(call.Args)%2 != 0 {
							t.Errorf("%s: %q is given names without values", page, text.Text)
						}
					case "asset":
						if _, err := r.assets.Href(text.Text); err != nil {
							t.Errorf("%s: %v", page, err)
						}
					}
				})
			}
		}
	}
	if asked < 100 {
		t.Errorf("only %d sentences were found: the walk is blind", asked)
	}
}

// walk calls visit for every command below node.
func walk(node parse.Node, visit func(*parse.CommandNode)) {
	switch n := node.(type) {
	case *parse.ListNode:
		if n == nil {
			return
		}
		for _, each := range n.Nodes {
			walk(each, visit)
		}
	case *parse.ActionNode:
		walk(n.Pipe, visit)
	case *parse.TemplateNode:
		walk(n.Pipe, visit)
	case *parse.IfNode:
		branch(&n.BranchNode, visit)
	case *parse.RangeNode:
		branch(&n.BranchNode, visit)
	case *parse.WithNode:
		branch(&n.BranchNode, visit)
	case *parse.PipeNode:
		if n == nil {
			return
		}
		for _, command := range n.Cmds {
			visit(command)
			for _, argument := range command.Args {
				walk(argument, visit)
			}
		}
	}
}

func branch(n *parse.BranchNode, visit func(*parse.CommandNode)) {
	walk(n.Pipe, visit)
	walk(n.List, visit)
	if n.ElseList != nil {
		walk(n.ElseList, visit)
	}
}

// Nothing in the portal goes around the escaping of html/template.
func TestNothingIsTrustedUnescaped(t *testing.T) {
	unsafe := map[string]bool{"HTML": true, "JS": true, "JSStr": true, "CSS": true, "URL": true, "HTMLAttr": true, "Srcset": true}
	seen := 0
	err := filepath.WalkDir("..", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			return err
		}
		seen++
		alias := ""
		for _, i := range file.Imports {
			if i.Path.Value == `"html/template"` {
				alias = "template"
				if i.Name != nil {
					alias = i.Name.Name
				}
			}
		}
		ast.Inspect(file, func(n ast.Node) bool {
			selector, ok := n.(*ast.SelectorExpr)
			if !ok || alias == "" {
				return true
			}
			if of, ok := selector.X.(*ast.Ident); ok && of.Name == alias && unsafe[selector.Sel.Name] {
				t.Errorf("%s uses template.%s", name, selector.Sel.Name)
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen < 20 {
		t.Errorf("only %d files were read", seen)
	}
}

// Templates hold no scripts and styles of their own, which the content policy
// would refuse, and reach for nothing elsewhere.
func TestTemplatesKeepToTheContentPolicy(t *testing.T) {
	err := fs.WalkDir(templates, "templates", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(templates, name)
		if err != nil {
			return err
		}
		for z := html.NewTokenizer(strings.NewReader(string(text))); ; {
			kind := z.Next()
			if kind == html.ErrorToken {
				return nil
			}
			tok := z.Token()
			if kind != html.StartTagToken && kind != html.SelfClosingTagToken {
				continue
			}
			src := false
			for _, a := range tok.Attr {
				src = src || a.Key == "src"
				if a.Key == "style" || strings.HasPrefix(a.Key, "on") && len(a.Key) > 2 {
					t.Errorf("%s: <%s> has %s", name, tok.Data, a.Key)
				}
				if (a.Key == "href" || a.Key == "src") && strings.Contains(a.Val, "//") {
					t.Errorf("%s: <%s> reaches for %s", name, tok.Data, a.Val)
				}
			}
			if tok.Data == "style" || tok.Data == "script" && !src {
				t.Errorf("%s: an inline <%s>", name, tok.Data)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestStylesAndScriptsReachForNothingElsewhere(t *testing.T) {
	assets, err := LoadAssets()
	if err != nil {
		t.Fatal(err)
	}
	for name, href := range assets.hrefs {
		file, ok := assets.File(href)
		if !ok || file.Type == "" || len(file.Plain) == 0 {
			t.Errorf("%s is not served", name)
		}
		text := strings.ReplaceAll(string(file.Plain), "http://www.w3.org/2000/svg", "")
		for _, elsewhere := range []string{"http:", "https:", "url(", "@import", "eval(", "innerHTML"} {
			if strings.Contains(text, elsewhere) {
				t.Errorf("%s holds %q", name, elsewhere)
			}
		}
	}
	if _, err := assets.Href("nix.css"); err == nil {
		t.Error("a file that is not there has an address")
	}
}

func TestLinksCarryHowOneReads(t *testing.T) {
	for _, c := range []struct {
		base Base
		path string
		want string
	}{
		{Base{Lang: locale.Chinese}, "/notices?place=1", "/notices?place=1"},
		{Base{Lang: locale.English}, "/notices?place=1", "/notices?lang=en&place=1"},
		{Base{Lang: locale.Chinese, Big: true}, "/", "/?size=big"},
		{Base{Lang: locale.Chinese}, "/?lang=en&size=big", "/"},
	} {
		if got := c.base.Href(c.path); got != c.want {
			t.Errorf("%s leads to %s, want %s", c.path, got, c.want)
		}
	}
	here := Base{Lang: locale.English, Path: "/notices?place=1"}
	if got := here.InSize(true); got != "/notices?lang=en&place=1&size=big" {
		t.Errorf("in large type: %s", got)
	}
	if got := here.InLang("zh-CN"); got != "/notices?place=1" {
		t.Errorf("in Chinese: %s", got)
	}
}

func TestDaysAndMoments(t *testing.T) {
	at := time.Date(2026, 12, 7, 16, 5, 0, 0, time.UTC) // already the 8th in Shanghai
	if got := Moment(locale.Chinese, at); got != "2026年12月8日 00:05" {
		t.Error(got)
	}
	if got := Day(locale.English, workday.Date("2026-12-08")); got != "8 Dec 2026" {
		t.Error(got)
	}
	if Day(locale.English, "") != "" || Moment(locale.Chinese, time.Time{}) != "" {
		t.Error("no day is written as one")
	}
}

func TestAmountsAreWrittenInYuan(t *testing.T) {
	for fen, want := range map[int64]string{
		0: "0.00", 5: "0.05", 99: "0.99", 100: "1.00", 123450: "1,234.50", 100000000: "1,000,000.00", 99999999: "999,999.99",
		-5: "-0.05", -123456: "-1,234.56", math.MaxInt64: "92,233,720,368,547,758.07", math.MinInt64: "-92,233,720,368,547,758.08",
	} {
		if got := Yuan(fen); got != want {
			t.Errorf("%d fen are %s, want %s", fen, got, want)
		}
	}
}

func TestQRHasItsQuietZone(t *testing.T) {
	code, err := NewQR("1234 5678 9012 3456 7890")
	if err != nil {
		t.Fatal(err)
	}
	if code.Size < 21+8 || !strings.HasPrefix(code.Path, "M4 4h7v1h-7z") {
		t.Errorf("size %d, path %.30s", code.Size, code.Path)
	}
	if _, err := NewQR(strings.Repeat("x", 5000)); err == nil {
		t.Error("too long a text was drawn")
	}
}

func TestUnknownWordsFailTheRendering(t *testing.T) {
	r, _ := load(t)
	if _, err := r.Render(locale.Chinese, "public/nix", nil); err == nil {
		t.Error("a page that is not there was rendered")
	}
	if got := r.Text(locale.Chinese, "no.such.key"); got != "no.such.key" {
		t.Errorf("an unknown sentence is %q", got)
	}
}
