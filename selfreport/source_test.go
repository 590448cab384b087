package selfreport

import (
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// unscoped are the functions that may ask for schedules and reports without going
// through asked, owing or readable, and why each gives nothing away.
var unscoped = map[string]string{
	"Ask":         "writes a new one",
	"Change":      "changes the one that onSchedule holds",
	"End":         "changes the one that onSchedule holds",
	"catchUp":     "makes what is due and tells nothing",
	"makeDue":     "makes what is due and tells nothing",
	"makeReport":  "makes what is due and tells nothing",
	"Save":        "changes the one that on holds",
	"HandIn":      "changes the one that on holds",
	"Take":        "changes the one that on holds",
	"Return":      "changes the one that on holds",
	"scheduleOf":  "reads the schedule of a report that may be read",
	"schedulesOf": "reads the schedules of reports that may be read",
	"count":       "counts for schedules that may be seen",
	"cells":       "reads the reports of a schedule that may be seen",
	"Compare":     "reads the reports of a schedule that Show let through",
	"Owners":      "tells the watch who owes what",
	"Moved":       "mends a date for the watch",
	"TableName":   "names the table and reads nothing",
}

// TestEveryQueryIsScoped holds every query over schedules and reports to the
// three that decide who may know of them.
func TestEveryQueryIsScoped(t *testing.T) {
	names, err := filepath.Glob("*.go")
	if err != nil || len(names) < 12 {
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
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Body != nil && asksUnscoped(fn) {
				found[fn.Name.Name] = true
			}
		}
	}
	for name := range found {
		if unscoped[name] == "" {
			t.Errorf("%s asks for schedules or reports, whoever asks", name)
		}
	}
	for name := range unscoped {
		if !found[name] {
			t.Errorf("%s needs no exception any more", name)
		}
	}
}

func TestTheRuleFindsUnscopedQueries(t *testing.T) {
	for code, bad := range map[string]bool{
		`func f() { var r Report; store.One(db.Where("id = ?", id), &r) }`:                true,
		`func f() { var all []Schedule; db.Where("1 = 1").Find(&all) }`:                   true,
		`func f() (s Schedule, err error) { return s, store.One(db, &s) }`:                true,
		`func f() { db.Table("self_report r").Scan(&x) }`:                                 true,
		`func f() { db.Model(&Report{}).Updates(nil) }`:                                   true,
		`func f() { var r Report; store.One(d.readable(db, by), &r) }`:                    false,
		`func f() { q := d.owing(db, by); var all []Report; q.Find(&all) }`:               false,
		`func f() { var q Question; db.Where("schedule_id = ?", id).Find(&q) }`:           false,
		`func f() { db.Table("evidence_file").Where("id IN (SELECT id FROM x)").Scan() }`: false,
	} {
		f, err := parser.ParseFile(gotoken.NewFileSet(), "", "package p\n"+code, 0)
		if err != nil {
			t.Fatal(err)
		}
		if got := asksUnscoped(f.Decls[0].(*ast.FuncDecl)); got != bad {
			t.Errorf("%s: %v, want %v", code, got, bad)
		}
	}
}

var namesTable = regexp.MustCompile(`(?i)(^"|\b(from|join|update|into)\s+)self_report(_schedule)?\b[^.]`)

// asksUnscoped reports whether a function holds rows of schedules or reports, or
// names their tables, and calls none of those that narrow down.
func asksUnscoped(fn *ast.FuncDecl) bool {
	asks, scoped := false, false
	look := func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ValueSpec:
			asks = asks || n.Type != nil && isRow(n.Type)
		case *ast.CompositeLit:
			asks = asks || isRow(n.Type)
		case *ast.BasicLit:
			asks = asks || namesTable.MatchString(n.Value)
		case *ast.SelectorExpr:
			switch n.Sel.Name {
			case "asked", "owing", "readable", "one":
				scoped = true
			}
		}
		return true
	}
	ast.Inspect(fn.Body, look)
	if fn.Type.Results != nil {
		for _, r := range fn.Type.Results.List {
			asks = asks || len(r.Names) > 0 && isRow(r.Type)
		}
	}
	return asks && !scoped
}

func isRow(n ast.Expr) bool {
	switch n := n.(type) {
	case *ast.Ident:
		return n.Name == "Schedule" || n.Name == "Report"
	case *ast.ArrayType:
		return isRow(n.Elt)
	case *ast.StarExpr:
		return isRow(n.X)
	}
	return false
}
