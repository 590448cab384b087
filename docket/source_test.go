package docket

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// unscoped are the functions that may ask for items without going through
// itemScope, and why each gives nothing away.
var unscoped = map[string]string{
	"docket":       "stores a new item",
	"move":         "changes and reads again the item that itemIn gave",
	"number":       "numbers the item that itemIn gave",
	"resume":       "changes the item that itemIn gave",
	"refuseNumber": "finds where to record; what it finds is not shown",
	"Probed":       "finds where to record a refused text; what it finds is not shown",
	"Escalate":     "serves the watch, which shows nothing of it",
	"Owners":       "tells the watch whose the item is, and its number",
	"Moved":        "keeps the date of the clock",
	"BriefIn":      "serves who has asked MaySee",
}

// Every query over supervision_item goes through itemScope, and none is over
// complaint: triage alone tells who may see which. A query is a call that reads
// or writes and names the table, its type, or a variable of that type.
func TestEveryQueryIsScoped(t *testing.T) {
	found := map[string]bool{}
	for _, f := range sources(t) {
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if ok && fn.Body != nil && readsUnscoped(fn) {
				found[fn.Name.Name] = true
			}
			if ok && fn.Body != nil && has(fn.Body, asksForComplaints) {
				t.Errorf("%s asks for complaints", fn.Name.Name)
			}
		}
	}
	for name := range found {
		if unscoped[name] == "" {
			t.Errorf("%s asks for items without itemScope", name)
		}
	}
	for name := range unscoped {
		if !found[name] {
			t.Errorf("%s needs no exception any more", name)
		}
	}
}

// The rule itself finds what it is for.
func TestTheRuleFindsUnscopedQueries(t *testing.T) {
	for code, bad := range map[string]bool{
		`func f() { var i Item; store.One(db.Where("id = ?", id), &i) }`:               true,
		`func f() { var all []Item; db.Where("1 = 1").Find(&all) }`:                    true,
		`func f() (i Item, err error) { return i, store.One(db, &i) }`:                 true,
		`func f(i *Item) { store.One(db, i) }`:                                         true,
		`func f() { db.Table("supervision_item").Count(&n) }`:                          true,
		`func f() { db.Model(&Item{}).Updates(nil) }`:                                  true,
		`func f() { db.Raw("SELECT x FROM a JOIN supervision_item ON true").Scan(&x)}`: true,
		`func f() { q := db.Table("supervision_item"); q.Count(&n) }`:                  true,
		`func f() { var i Item; store.One(d.itemScope(db, by), &i) }`:                  false,
		`func f() { q := d.itemScope(db, by); var all []Item; q.Find(&all) }`:          false,
		`func f() { db.Table("item_note").Count(&n) }`:                                 false,
	} {
		if got := readsUnscoped(parsed(t, code)); got != bad {
			t.Errorf("%s: %v, want %v", code, got, bad)
		}
	}
	for code, bad := range map[string]bool{
		`func f() { var c intake.Complaint; store.One(db, &c) }`:                   true,
		`func f() { db.Table("complaint").Count(&n) }`:                             true,
		`func f() { db.Raw("SELECT 1 FROM x JOIN complaint c ON true").Scan(&n) }`: true,
		`func f() { db.Table("item_complaint").Count(&n) }`:                        false,
		`func f(c intake.Complaint) { into(c.ID) }`:                                false,
	} {
		if got := has(parsed(t, code).Body, asksForComplaints); got != bad {
			t.Errorf("%s: %v, want %v", code, got, bad)
		}
	}
}

func parsed(t *testing.T, code string) *ast.FuncDecl {
	t.Helper()
	f, err := parser.ParseFile(gotoken.NewFileSet(), "", "package p\n"+code, 0)
	if err != nil {
		t.Fatal(err)
	}
	return f.Decls[0].(*ast.FuncDecl)
}

func sources(t *testing.T) []*ast.File {
	t.Helper()
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var all []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(gotoken.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, f)
	}
	if len(all) < 10 {
		t.Fatalf("found %d files", len(all))
	}
	return all
}

var (
	ends       = []string{"Find", "Take", "First", "Last", "Scan", "Pluck", "Count", "Rows", "Row", "One", "Create", "Exec", "Update", "Updates", "UpdateColumn", "UpdateColumns", "Delete"}
	items      = regexp.MustCompile(`(?i)\b(from|join|update|into)\s+"?supervision_item\b`)
	complaints = regexp.MustCompile(`(?i)^complaint\b|\b(from|join|update|into)\s+"?complaint\b`)
)

// readsUnscoped reports whether a function has a query over supervision_item
// that no itemScope, nor a query made from one, takes part in.
func readsUnscoped(fn *ast.FuncDecl) bool {
	scoped, mine, asks := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, list := range []*ast.FieldList{fn.Type.Params, fn.Type.Results} {
		if list != nil {
			for _, field := range list.List {
				for _, name := range field.Names {
					mine[name.Name] = has(field.Type, isItem)
				}
			}
		}
	}
	bad := false
	ast.Inspect(fn, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			name, ok := n.Lhs[0].(*ast.Ident)
			if !ok {
				break
			}
			switch {
			case has(n.Rhs[0], func(n ast.Node) bool { return isScoped(n, scoped) }):
				scoped[name.Name] = true
			case has(n.Rhs[0], isItem):
				mine[name.Name] = true
			case has(n.Rhs[0], func(n ast.Node) bool { return touches(n, nil, nil) }):
				asks[name.Name] = true
			}
		case *ast.ValueSpec:
			for _, name := range n.Names {
				mine[name.Name] = n.Type != nil && has(n.Type, isItem)
			}
		case *ast.CallExpr:
			if slices.Contains(ends, called(n)) &&
				has(n, func(n ast.Node) bool { return touches(n, mine, asks) }) &&
				!has(n, func(n ast.Node) bool { return isScoped(n, scoped) }) {
				bad = true
			}
		}
		return true
	})
	return bad
}

func has(in ast.Node, is func(ast.Node) bool) bool {
	found := false
	ast.Inspect(in, func(n ast.Node) bool {
		found = found || (n != nil && is(n))
		return !found
	})
	return found
}

func isScoped(n ast.Node, scoped map[string]bool) bool {
	switch n := n.(type) {
	case *ast.CallExpr:
		return called(n) == "itemScope"
	case *ast.Ident:
		return scoped[n.Name]
	}
	return false
}

// touches reports whether a node names the table or its type, hands over
// something that holds its rows, or is a query made from those.
func touches(n ast.Node, mine, asks map[string]bool) bool {
	switch n := n.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(n.Value)
		return err == nil && (text == "supervision_item" || items.MatchString(text))
	case *ast.Ident:
		return asks[n.Name]
	case *ast.UnaryExpr:
		id, ok := n.X.(*ast.Ident)
		return ok && n.Op == gotoken.AND && mine[id.Name]
	case *ast.CallExpr: // a pointer that was handed in
		return slices.Contains(ends, called(n)) && slices.ContainsFunc(n.Args, func(arg ast.Expr) bool {
			id, ok := arg.(*ast.Ident)
			return ok && mine[id.Name]
		})
	case *ast.CompositeLit:
		return n.Type != nil && isItem(n.Type)
	}
	return false
}

func isItem(n ast.Node) bool {
	id, ok := n.(*ast.Ident)
	return ok && id.Name == "Item"
}

// asksForComplaints reports whether a node names the table of complaints, or
// makes room for its rows.
func asksForComplaints(n ast.Node) bool {
	isComplaint := func(n ast.Node) bool {
		s, ok := n.(*ast.SelectorExpr)
		return ok && s.Sel.Name == "Complaint"
	}
	switch n := n.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(n.Value)
		return err == nil && complaints.MatchString(text)
	case *ast.ValueSpec:
		return n.Type != nil && has(n.Type, isComplaint)
	case *ast.CompositeLit:
		return n.Type != nil && has(n.Type, isComplaint)
	}
	return false
}

func called(call *ast.CallExpr) string {
	switch f := call.Fun.(type) {
	case *ast.SelectorExpr:
		return f.Sel.Name
	case *ast.Ident:
		return f.Name
	}
	return ""
}

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

var problemKey = regexp.MustCompile(`^item_[a-z_]+$`)

// codes gathers the keys that this room's source can give out.
func codes(t *testing.T) (keys []string) {
	for _, w := range life {
		if w.Event != "" {
			keys = append(keys, "event."+w.Event)
		}
	}
	for _, o := range Origins() {
		keys = append(keys, "docket.origin."+string(o))
	}
	for _, s := range Stretches() {
		keys = append(keys, "docket.stretch."+string(s))
	}
	for _, h := range Halts() {
		keys = append(keys, "docket.halt."+h)
	}
	for _, m := range []string{"report", "evidence", "answer"} {
		keys = append(keys, "missing."+m)
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
	if len(keys)-before < 15 {
		t.Fatalf("the source gives out %d codes only: the rule no longer fits it", len(keys)-before)
	}
	return keys
}

func codesIn(call *ast.CallExpr) (keys []string) {
	for _, arg := range call.Args {
		lit, ok := arg.(*ast.BasicLit)
		if !ok || lit.Kind != gotoken.STRING {
			continue
		}
		text, err := strconv.Unquote(lit.Value)
		if err != nil {
			continue
		}
		switch name := called(call); {
		case slices.Contains([]string{"note", "Append", "tellBoth", "denied"}, name):
			keys = append(keys, "event."+text)
		case (name == "Bad" || name == "Text" || name == "Require") && problemKey.MatchString(text):
			keys = append(keys, "problem."+text)
		}
	}
	return keys
}
