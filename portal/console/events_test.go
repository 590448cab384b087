package console

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"minsheng/portal/locale"
)

// TestEveryEventHasItsSentence reads the source of every room that writes to
// the ledger and finds the kinds of events it writes. A kind without a sentence
// would stand in the record as "something else happened".
func TestEveryEventHasItsSentence(t *testing.T) {
	catalog, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]string{}
	for _, room := range []string{"ledger", "region", "staff", "notice", "intake", "triage", "docket", "roll", "tray", "objection", "household", "crosscheck", "paper", "inspection", "selfreport", "clock", "watch", "figures", "register", "rectification", "accountability", "bulletin", "custody", "internal/evidence"} {
		w := readRoom(t, filepath.Join("..", "..", filepath.FromSlash(room)))
		w.trace()
		for kind, where := range w.kinds {
			kinds[kind] = where
		}
		for _, lost := range w.lost {
			t.Errorf("cannot see which event is written at %s", lost)
		}
	}
	for kind, where := range kinds {
		for _, lang := range locale.Langs() {
			if !catalog.Has(lang, "event."+kind) {
				t.Errorf("no text in %s for event.%s, written at %s", lang, kind, where)
			}
		}
	}
	for _, known := range []string{"unit_added", "unit_renamed", "divisions_imported", "account_disabled", "reporter_left", "decide_proposed", "extend_returned", "progress_noted", "item_struck_off", "submitted", "objected", "objection_upheld", "objection_referred", "visit_signed", "payments_loaded", "reference_loaded", "hit_opened", "check_run", "project_progress", "withdrawn", "paper_issued", "paper_voided", "template_retired", "item_extended", "item_suspension_denied", "item_resumed", "item_escalated", "clock_moved", "clock_escalated", "alarm_heard", "rule_set"} {
		if kinds[known] == "" {
			t.Errorf("the search does not see %s", known)
		}
	}
	if len(kinds) < 60 {
		t.Errorf("the search sees only %d kinds", len(kinds))
	}
}

// writes finds, in one room, what reaches the kind of an event.
type writes struct {
	files  *token.FileSet
	funcs  []*ast.FuncDecl
	consts map[string]ast.Expr
	fields map[string][]place // values given to struct fields, by the field's name
	sinks  map[sink]bool      // parameters that become a kind
	seen   map[place]bool
	kinds  map[string]string // kind → where
	lost   []string
}

// sink is the parameter of a function that becomes a kind, with an end.
type sink struct {
	name string
	arg  int
	end  string
}

// place is an expression in a function that becomes a kind, with an end.
type place struct {
	expr ast.Expr
	in   *ast.FuncDecl
	end  string
}

func readRoom(t *testing.T, dir string) *writes {
	t.Helper()
	w := &writes{files: token.NewFileSet(), consts: map[string]ast.Expr{}, fields: map[string][]place{}, seen: map[place]bool{}, kinds: map[string]string{},
		sinks: map[sink]bool{{"ledger.Append", 3, ""}: true, {"ledger.New", 2, ""}: true, {"clocks.Append", 3, ""}: true}}
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no source in %s: %v", dir, err)
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(w.files, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			w.declared(d)
		}
	}
	return w
}

func (w *writes) declared(d ast.Decl) {
	in, _ := d.(*ast.FuncDecl)
	if in != nil {
		w.funcs = append(w.funcs, in)
	}
	ast.Inspect(d, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ValueSpec:
			for i, name := range n.Names {
				if i < len(n.Values) && in == nil {
					w.consts[name.Name] = n.Values[i]
				}
			}
		case *ast.KeyValueExpr:
			if key, ok := n.Key.(*ast.Ident); ok {
				w.fields[key.Name] = append(w.fields[key.Name], place{n.Value, in, ""})
			}
		}
		return true
	})
}

// trace follows kinds back from the ledger until nothing new turns up.
func (w *writes) trace() {
	for before := -1; before != len(w.sinks); {
		before = len(w.sinks)
		for _, f := range w.funcs {
			ast.Inspect(f, func(n ast.Node) bool {
				if call, ok := n.(*ast.CallExpr); ok {
					for s := range w.sinks {
						if calls(call, s.name) && s.arg < len(call.Args) {
							w.follow(place{call.Args[s.arg], f, s.end})
						}
					}
				}
				return true
			})
		}
	}
}

// calls reports whether call is of name: "ledger.Append", or a function or
// method of the room itself.
func calls(call *ast.CallExpr, name string) bool {
	switch f := call.Fun.(type) {
	case *ast.Ident:
		return f.Name == name
	case *ast.SelectorExpr:
		if x, ok := f.X.(*ast.Ident); ok && x.Name+"."+f.Sel.Name == name {
			return true
		}
		if x, ok := f.X.(*ast.SelectorExpr); ok && strings.EqualFold(x.Sel.Name+"."+f.Sel.Name, name) {
			return true
		}
		return f.Sel.Name == name
	}
	return false
}

func (w *writes) follow(p place) {
	if w.seen[p] {
		return
	}
	w.seen[p] = true
	switch e := p.expr.(type) {
	case *ast.BasicLit:
		text, _ := strconv.Unquote(e.Value)
		w.kinds[text+p.end] = w.files.Position(e.Pos()).String()
		return
	case *ast.BinaryExpr:
		if end, ok := e.Y.(*ast.BasicLit); ok && e.Op == token.ADD {
			text, _ := strconv.Unquote(end.Value)
			w.follow(place{e.X, p.in, text + p.end})
			return
		}
	case *ast.SelectorExpr:
		for _, given := range w.fields[e.Sel.Name] {
			w.follow(place{given.expr, given.in, p.end})
		}
		if len(w.fields[e.Sel.Name]) > 0 {
			return
		}
	case *ast.Ident:
		if w.named(e, p) {
			return
		}
	}
	w.lost = append(w.lost, w.files.Position(p.expr.Pos()).String())
}

// named follows a constant, a parameter or a variable.
func (w *writes) named(e *ast.Ident, p place) bool {
	if value, ok := w.consts[e.Name]; ok {
		w.follow(place{value, nil, p.end})
		return true
	}
	if p.in == nil {
		return false
	}
	n := 0
	for _, field := range p.in.Type.Params.List {
		for _, name := range field.Names {
			if name.Name == e.Name {
				w.sinks[sink{p.in.Name.Name, n, p.end}] = true
				return true
			}
			n++
		}
	}
	found := false
	ast.Inspect(p.in, func(n ast.Node) bool {
		if set, ok := n.(*ast.AssignStmt); ok && len(set.Lhs) == len(set.Rhs) {
			for i, to := range set.Lhs {
				if name, ok := to.(*ast.Ident); ok && name.Name == e.Name {
					w.follow(place{set.Rhs[i], p.in, p.end})
					found = true
				}
			}
		}
		return true
	})
	return found
}
