package triage

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

// unscoped are the functions that may ask for complaints without going through
// visible, and why each gives nothing away.
var unscoped = map[string]string{
	"closeNames":    "destroys what belongs to the complaint that CaseIn gave",
	"withheld":      "decides what is hidden, so it must look at what is",
	"refuseNumber":  "finds where to record; what it finds is not shown",
	"refuseMessage": "finds where to record; what it finds is not shown",
	"move":          "changes and reads again the complaint that CaseIn gave",
	"hold":          "locks the complaint that CaseIn gave",
	"Claim":         "changes the complaint that CaseIn gave",
	"numberOf":      "tells the number that somebody who saw the case wrote down",
	"lastPart":      "counts the parts of the message that CaseIn gave a part of",
	"eachReport":    "has what was merged into the complaint that CaseIn gave sealed like it",
	"shelter":       "hides what was merged into the complaint that CaseIn gave",
	"absorb":        "keeps reports merged into a merged one with their answer",
	"openItems":     "asks whether an item is open behind what CaseIn gave",
	"SecretsOf":     "compares a text with words that are not shown",
	"Accused":       "names offices that must not get what comes of a complaint, not the complaint",
	"Unanswered":    "counts complaints behind what the officer may see",
	"finals":        "tells an office of what it decided itself once: number, day and outcome",
	"withMerged":    "tells each reporter of the decision; officers see nothing of it",
	"Owners":        "says which office owes what is due: never one that may not know of it",
	"Moved":         "writes the reporter of a date; officers see nothing of it",
	"Waiting":       "tells the portal whether something lies on a desk that nobody works at",
}

// Every query over complaint goes through visible. A query is a call that
// reads or writes and names the table, its type, or a variable of that type.
func TestEveryQueryIsScoped(t *testing.T) {
	found := map[string]bool{}
	for _, f := range sources(t) {
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if ok && fn.Body != nil && readsUnscoped(fn) {
				found[fn.Name.Name] = true
			}
		}
	}
	for name := range found {
		if unscoped[name] == "" {
			t.Errorf("%s asks for complaints without visible", name)
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
	for body, bad := range map[string]bool{
		`var c intake.Complaint; store.One(db.Where("id = ?", id), &c)`:                            true,
		`var c []intake.Complaint; db.Where("1 = 1").Find(&c)`:                                     true,
		`var n int64; db.Table("complaint").Count(&n)`:                                             true,
		`db.Model(&intake.Complaint{}).Where("id = ?", id).Updates(nil)`:                           true,
		`db.Raw("SELECT x FROM item JOIN complaint ON true").Scan(&x)`:                             true,
		`db.Where("id IN (SELECT id FROM complaint)").Find(&x)`:                                    true,
		`q.visible(db, by).Find(&y); db.Order("seq").Find(&c.Siblings)`:                            true,
		`query := q.visible(db, by); var c intake.Complaint; store.One(query.Limit(1), &c)`:        false,
		`get := func() any { return q.visible(db, by) }; var c []intake.Complaint; get().Find(&c)`: false,
		`q.visible(db.Model(&intake.Complaint{}), by).Count(&n)`:                                   false,
		`db.Table("complaint_subject").Count(&n)`:                                                  false,
		`db.Raw("SELECT 1 FROM complaint_search").Scan(&n)`:                                        false,
	} {
		f, err := parser.ParseFile(gotoken.NewFileSet(), "", "package p\nfunc f() {"+body+"}", 0)
		if err != nil {
			t.Fatal(err)
		}
		if got := readsUnscoped(f.Decls[0].(*ast.FuncDecl)); got != bad {
			t.Errorf("%s: %v, want %v", body, got, bad)
		}
	}
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
	ends  = []string{"Find", "Take", "First", "Last", "Scan", "Pluck", "Count", "Rows", "Row", "One", "Exec", "Update", "Updates", "UpdateColumn", "UpdateColumns", "Delete"}
	table = regexp.MustCompile(`(?i)\b(from|join|update|into)\s+"?complaint\b`)
)

// readsUnscoped reports whether a function has a query over complaint that no
// visible condition, nor a query or function made from one, takes part in.
func readsUnscoped(fn *ast.FuncDecl) bool {
	scoped := map[string]bool{"narrow": true, "asked": true, "earlier": true} // what Find and similar hand to their ways of walking
	mine := map[string]bool{}
	bad := false
	ast.Inspect(fn, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			if name, ok := n.Lhs[0].(*ast.Ident); ok && has(n.Rhs[0], func(n ast.Node) bool { return isScoped(n, scoped) }) {
				scoped[name.Name] = true
			}
		case *ast.ValueSpec:
			for _, name := range n.Names {
				mine[name.Name] = n.Type != nil && has(n.Type, isComplaint)
			}
		case *ast.CallExpr:
			if slices.Contains(ends, called(n)) &&
				has(n, func(n ast.Node) bool { return touches(n, mine) }) &&
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
		return called(n) == "visible" || called(n) == "CaseIn"
	case *ast.Ident:
		return scoped[n.Name]
	}
	return false
}

// touches reports whether a node names the table, its type, or something that
// holds its rows.
func touches(n ast.Node, mine map[string]bool) bool {
	switch n := n.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(n.Value)
		return err == nil && (text == "complaint" || table.MatchString(text))
	case *ast.UnaryExpr:
		if id, ok := n.X.(*ast.Ident); ok && n.Op == gotoken.AND {
			return mine[id.Name]
		}
		if field, ok := n.X.(*ast.SelectorExpr); ok && n.Op == gotoken.AND {
			return slices.Contains([]string{"Siblings", "Linked", "Complaint", "Complaints"}, field.Sel.Name)
		}
	case *ast.CompositeLit:
		return has(n.Type, isComplaint)
	}
	return false
}

func isComplaint(n ast.Node) bool {
	s, ok := n.(*ast.SelectorExpr)
	return ok && s.Sel.Name == "Complaint"
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
