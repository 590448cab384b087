package objection

import (
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// unscoped are the functions that may ask for objections without going through
// visible or Retained, and why each gives nothing away.
var unscoped = map[string]string{
	"move":        "changes the objection that one gave",
	"ofReport":    "serves who has the receipt",
	"count":       "tells numbers, which are public",
	"Owners":      "says which office owes what is due: never the publisher's",
	"Moved":       "writes the objector of a date; officers see nothing of it",
	"Waiting":     "tells the portal whether something lies on a desk that nobody works at",
	"hold":        "locks the objection that Retained gave",
	"erased":      "changes the objection that Retained gave",
	"alreadyDone": "learns whether the list may have been put right, for one that visible gave",
}

// Every query over objection goes through visible or Retained. A query is a call that reads
// or writes and names the table, its type, or a variable of that type.
func TestEveryQueryIsScoped(t *testing.T) {
	names, err := filepath.Glob("*.go")
	if err != nil || len(names) < 10 {
		t.Fatal(len(names), err)
	}
	found := map[string]bool{}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(gotoken.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Body != nil && readsUnscoped(fn) {
				found[fn.Name.Name] = true
			}
		}
	}
	for name := range found {
		if unscoped[name] == "" {
			t.Errorf("%s asks for objections without visible", name)
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
		`func f() { var o Objection; store.One(db.Where("id = ?", id), &o) }`:                 true,
		`func f() { var all []Objection; db.Where("1 = 1").Find(&all) }`:                      true,
		`func f() (o Objection, err error) { return o, store.One(db.Where("x = ?", 1), &o) }`: true,
		`func f(o *Objection) { store.One(db, o) }`:                                           true,
		`func f() { db.Table("objection").Count(&n) }`:                                        true,
		`func f() { db.Model(&Objection{}).Updates(nil) }`:                                    true,
		`func f() { db.Raw("SELECT x FROM roll JOIN objection ON true").Scan(&x) }`:           true,
		`func f() { q := db.Table("objection"); q.Count(&n) }`:                                true,
		`func f() { var o Objection; store.One(d.visible(db, by), &o) }`:                      false,
		`func f() { q := d.visible(db, by); var all []Objection; q.Find(&all) }`:              false,
		`func f() { var o Objection; store.One(d.Retained(db, by), &o) }`:                     false,
		`func f() { db.Table("objection_check").Count(&n) }`:                                  false,
		`func f() { var n notice.Notice; store.One(db, &n) }`:                                 false,
	} {
		f, err := parser.ParseFile(gotoken.NewFileSet(), "", "package p\n"+code, 0)
		if err != nil {
			t.Fatal(err)
		}
		if got := readsUnscoped(f.Decls[0].(*ast.FuncDecl)); got != bad {
			t.Errorf("%s: %v, want %v", code, got, bad)
		}
	}
}

var (
	ends  = []string{"Find", "Take", "First", "Last", "Scan", "Pluck", "Count", "Rows", "Row", "One", "Create", "Exec", "Update", "Updates", "UpdateColumn", "UpdateColumns", "Delete"}
	table = regexp.MustCompile(`(?i)\b(from|join|update|into)\s+"?objection\b`)
)

// readsUnscoped reports whether a function has a query over objection that no
// condition of either, nor a query made from one, takes part in.
func readsUnscoped(fn *ast.FuncDecl) bool {
	scoped, mine, asks := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, list := range []*ast.FieldList{fn.Type.Params, fn.Type.Results} {
		if list != nil {
			for _, field := range list.List {
				for _, name := range field.Names {
					mine[name.Name] = has(field.Type, isObjection)
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
			if has(n.Rhs[0], func(n ast.Node) bool { return isScoped(n, scoped) }) {
				scoped[name.Name] = true
			} else if has(n.Rhs[0], func(n ast.Node) bool { return touches(n, nil, nil) }) {
				asks[name.Name] = true
			}
		case *ast.ValueSpec:
			for _, name := range n.Names {
				mine[name.Name] = n.Type != nil && has(n.Type, isObjection)
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
		return called(n) == "visible" || called(n) == "Retained"
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
		return err == nil && (text == "objection" || table.MatchString(text))
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
		return isObjection(n.Type)
	}
	return false
}

func isObjection(n ast.Node) bool {
	id, ok := n.(*ast.Ident)
	return ok && id.Name == "Objection"
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
