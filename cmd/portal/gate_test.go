package main

import (
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// matters are the tables that hold what somebody reported, who they are, and what
// became of it. Whoever reads one of them for an officer has asked a gate first.
var matters = []string{
	"complaint", "complaint_subject", "complaint_person", "complaint_search", "complaint_about", "complaint_earlier", "item_complaint",
	"report", "sealed_blob", "message", "recusal", "stepped_back", "staff_tie", "look",
	"verification", "proposal", "demand", "step_reason", "letter", "delivery", "rating", "second_look", "appeal", "appeal_note", "callback", "withdrawal", "look_audit",
	"objection", "objection_check", "objection_ruling", "referral_ground", "referral_release", "measure_ground", "inspection_matter",
}

// gates are the functions that decide what an officer may know of: a query made
// from one, or with its condition in it, is as narrow as it has to be.
var gates = []string{"visible", "Visible", "Retained", "mayKnow", "CaseIn", "Hides", "mayRead", "itemScope", "served", "one"}

// source is what the test knows of the portal's own code.
type source struct {
	rooms map[string][]*ast.File
	types map[string]bool            // "room.Type" of rows of the tables
	words map[string]map[string]bool // room → names of constants and variables whose text names one
}

func readSource(t *testing.T, root string) source {
	t.Helper()
	s := source{rooms: map[string][]*ast.File{}, types: map[string]bool{}, words: map[string]map[string]bool{}}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		f, err := parser.ParseFile(gotoken.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, filepath.Dir(path))
		room := filepath.ToSlash(rel)
		// The demo and the load data write a world of their own, and show none.
		if room != "cmd/portal/world" && !strings.HasSuffix(room, "test") {
			s.rooms[room] = append(s.rooms[room], f)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for room, files := range s.rooms {
		s.learn(room, files)
	}
	return s
}

// learn notes which types are rows of the tables, and which names stand for text
// that names one.
func (s source) learn(room string, files []*ast.File) {
	s.words[room] = map[string]bool{}
	for _, f := range files {
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Name.Name == "TableName" && d.Recv != nil && holds(d.Body, namesTable) {
					s.types[base(room)+"."+typeName(d.Recv.List[0].Type)] = true
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					if v, ok := spec.(*ast.ValueSpec); ok && holds(v, readsTable) {
						for _, name := range v.Names {
							s.words[room][name.Name] = true
						}
					}
				}
			}
		}
	}
}

func base(room string) string { return room[strings.LastIndex(room, "/")+1:] }

func typeName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return typeName(e.X)
	case *ast.Ident:
		return e.Name
	}
	return ""
}

var readsOne = regexp.MustCompile(`(?i)\b(from|join|update|into|table)\s+"?(` + strings.Join(matters, "|") + `)\b`)

func text(n ast.Node) string {
	lit, ok := n.(*ast.BasicLit)
	if !ok || lit.Kind != gotoken.STRING {
		return ""
	}
	words, _ := strconv.Unquote(lit.Value)
	return words
}

// namesTable reports text that is the name of one of the tables, with or without
// a short name behind it.
func namesTable(n ast.Node) bool {
	first, _, _ := strings.Cut(text(n), " ")
	return slices.Contains(matters, first)
}

func readsTable(n ast.Node) bool { return readsOne.MatchString(text(n)) }

func holds(in ast.Node, is func(ast.Node) bool) bool {
	found := false
	ast.Inspect(in, func(n ast.Node) bool {
		found = found || n != nil && is(n)
		return !found
	})
	return found
}

// finishers are the calls that send a query.
var finishers = []string{"Find", "Take", "First", "Last", "Scan", "Pluck", "Count", "Rows", "Row", "One", "Exec", "Raw", "Create", "Update", "Updates", "UpdateColumn", "UpdateColumns", "Delete", "Move", "InsertTogether", "InsertInto"}

// asks reports whether a function of a room sends a query on one of the tables
// that no gate takes part in.
func (s source) asks(room string, fn *ast.FuncDecl) bool {
	gated, rows, about := map[string]bool{}, map[string]bool{}, map[string]bool{}
	isRow := func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			pkg, ok := n.X.(*ast.Ident)
			return ok && s.types[pkg.Name+"."+n.Sel.Name]
		case *ast.Ident:
			return s.types[base(room)+"."+n.Name]
		}
		return false
	}
	for _, list := range []*ast.FieldList{fn.Recv, fn.Type.Params, fn.Type.Results} {
		if list != nil {
			for _, field := range list.List {
				for _, name := range field.Names {
					rows[name.Name] = holds(field.Type, isRow)
				}
			}
		}
	}
	isGate := func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			return slices.Contains(gates, callee(n))
		case *ast.Ident:
			return gated[n.Name]
		}
		return false
	}
	touches := func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BasicLit:
			return readsTable(n)
		case *ast.Ident:
			return about[n.Name] || s.words[room][n.Name]
		case *ast.CallExpr:
			if callee(n) != "Table" || len(n.Args) == 0 {
				return false
			}
			_, plain := n.Args[0].(*ast.BasicLit)
			return !plain || namesTable(n.Args[0]) // a name that is made up could be any
		case *ast.UnaryExpr:
			id, ok := n.X.(*ast.Ident)
			return ok && n.Op == gotoken.AND && rows[id.Name]
		case *ast.CompositeLit:
			return n.Type != nil && holds(n.Type, isRow)
		}
		return false
	}
	bad := false
	ast.Inspect(fn, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			name, ok := n.Lhs[0].(*ast.Ident)
			switch {
			case !ok:
			case holds(n.Rhs[0], isGate):
				gated[name.Name] = true
			case holds(n.Rhs[0], touches):
				about[name.Name] = true
			}
		case *ast.ValueSpec:
			for _, name := range n.Names {
				rows[name.Name] = n.Type != nil && holds(n.Type, isRow)
				about[name.Name] = holds(n, readsTable)
			}
		case *ast.CallExpr:
			if slices.Contains(finishers, callee(n)) && holds(n, touches) && !holds(n, isGate) {
				bad = true
			}
		}
		return true
	})
	return bad
}

func callee(call *ast.CallExpr) string {
	switch f := call.Fun.(type) {
	case *ast.SelectorExpr:
		return f.Sel.Name
	case *ast.Ident:
		return f.Name
	}
	return ""
}

// doors are what intake hands out for the asking: whoever calls has checked.
var doors = []string{"Narratives", "Identity", "Unseal", "Conversation", "ReadSheet", "ReadSheets", "Standing", "Masks", "AboutOf", "PeopleOf", "NameOf", "EarlierOf",
	"Letters", "LettersSince", "Deliveries", "NameNote", "NameNotes", "OpenFile", "Opens", "Pictures", "UnsealOriginals", "OpenOriginal"}

// opens reports whether a function calls one of the doors of a Desk of intake.
func opens(fn *ast.FuncDecl) bool {
	return holds(fn.Body, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || !slices.Contains(doors, callee(call)) {
			return false
		}
		f, ok := call.Fun.(*ast.SelectorExpr)
		return ok && holds(f.X, func(n ast.Node) bool {
			id, ok := n.(*ast.Ident)
			return ok && strings.EqualFold(id.Name, "intake")
		})
	})
}

// Matters cannot be asked for in any other way than through the gates: every
// function of every room that queries one of the tables without a gate in the
// query itself, or has intake open something sealed, stands on the list below
// with its reason, and none stands there that does not.
func TestMattersAreAskedForThroughTheGates(t *testing.T) {
	s := readSource(t, "../..")
	if len(s.rooms) < 40 || len(s.types) < 25 {
		t.Fatalf("saw %d rooms and %d types of rows", len(s.rooms), len(s.types))
	}
	for room, files := range s.rooms {
		found := map[string]bool{}
		for _, f := range files {
			for _, d := range f.Decls {
				if fn, ok := d.(*ast.FuncDecl); ok && fn.Body != nil && (s.asks(room, fn) || room != "intake" && opens(fn)) {
					found[fn.Name.Name] = true
				}
			}
		}
		allowed := map[string]bool{}
		for _, names := range ungated[room] {
			for _, name := range strings.Fields(names) {
				allowed[name] = true
			}
		}
		for name := range found {
			if !allowed[name] {
				t.Errorf("%s.%s asks for matters and passes no gate", room, name)
			}
		}
		for name := range allowed {
			if !found[name] {
				t.Errorf("%s.%s needs no exception any more", room, name)
			}
		}
	}
}

// The rule itself finds what it is for.
func TestTheGateFindsWhatPassesItBy(t *testing.T) {
	const room = `package p
type own struct{}
func (own) TableName() string { return "withdrawal" }
const behind = "EXISTS (SELECT 1 FROM complaint c WHERE c.id = x.id)"
`
	for body, bad := range map[string]bool{
		`db.Table("complaint").Count(&n)`:                                                     true,
		`db.Table("complaint c").Where("1 = 1").Find(&rows)`:                                  true,
		`db.Table(whichever).Count(&n)`:                                                       true,
		`db.Table("sealed_blob").Pluck("ciphertext", &all)`:                                   true,
		`db.Table("complaint_search").Count(&n)`:                                              true,
		`db.Raw("SELECT 1 FROM x JOIN message ON true").Scan(&n)`:                             true,
		`db.Joins("JOIN report ON report.id = x.id").Find(&rows)`:                             true,
		`var rows []own; db.Find(&rows)`:                                                      true,
		`db.Model(&own{}).Count(&n)`:                                                          true,
		`query := db.Table("objection"); query.Where("1 = 1").Find(&rows)`:                    true,
		`db.Table("item").Where(behind).Count(&n)`:                                            true,
		`const text = "DELETE FROM recusal"; db.Exec(text)`:                                   true,
		`d.visible(db, by).Find(&ours); db.Table("complaint").Find(&theirs)`:                  true,
		`d.visible(db.Table("complaint"), by).Count(&n)`:                                      false,
		`query := d.visible(db, by); var rows []own; query.Find(&rows)`:                       false,
		`db.Where("NOT EXISTS (SELECT 1 FROM recusal WHERE ?)", q.Hides(by, id)).Find(&rows)`: false,
		`db.Table("notice").Count(&n)`:                                                        false,
		`say("a report from the complaint desk")`:                                             false,
	} {
		f, err := parser.ParseFile(gotoken.NewFileSet(), "", room+"func f() {"+body+"}", 0)
		if err != nil {
			t.Fatal(err)
		}
		s := source{types: map[string]bool{}, words: map[string]map[string]bool{}}
		s.learn("p", []*ast.File{f})
		if got := s.asks("p", f.Decls[len(f.Decls)-1].(*ast.FuncDecl)); got != bad {
			t.Errorf("%s: %v, want %v", body, got, bad)
		}
	}
}

// So does the list of doors.
func TestTheGateFindsWhatOpensADoor(t *testing.T) {
	for body, through := range map[string]bool{
		`d.Intake.ReadSheets(db, by, all...)`:   true,
		`q.intake.ReadSheet(tx, by, one)`:       true,
		`text, err := p.Intake.ReadSheet(x, y)`: true,
		`q.intake.Letters(db, by, id)`:          true,
		`q.intake.WriteAbout(tx, c, nil, id)`:   false,
		`p.open(db, by, sheets...)`:             false,
		`shelf.ReadSheets(file)`:                false,
	} {
		f, err := parser.ParseFile(gotoken.NewFileSet(), "", "package p\nfunc f() {"+body+"}", 0)
		if err != nil {
			t.Fatal(err)
		}
		if got := opens(f.Decls[0].(*ast.FuncDecl)); got != through {
			t.Errorf("%s: %v, want %v", body, got, through)
		}
	}
}
