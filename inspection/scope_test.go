package inspection

import (
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"minsheng/internal/store"
	"minsheng/ledger"
	"minsheng/staff"
)

func TestTheInspectingSideSeesAllAndNobodyElseDoes(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		id := o.issued()
		number := o.whole(id).Number
		for _, by := range []staff.Officer{o.lead, o.mate, o.idle, o.boss, o.city} {
			w, err := o.Open(bg, by, id)
			if err != nil || len(w.Activities) != 1 || len(w.Questions) != 3 {
				t.Errorf("%s of %s: %v", by.Roles, by.UnitName, err)
			}
			lines, err := o.List(bg, by, Filter{})
			if err != nil || len(lines) != 1 || lines[0].Number != number {
				t.Errorf("%s lists %d, %v", by.UnitName, len(lines), err)
			}
		}
		strangers := []staff.Officer{o.other, o.clerk, o.town, o.person(panshanPoor, staff.UnitHandler), o.person(cityDesk, staff.Auditor), o.person(panshan, staff.Administrator)}
		for _, by := range strangers {
			if _, err := o.Open(bg, by, id); err != store.ErrNotFound {
				t.Errorf("%s of %s opens it: %v", by.Roles, by.UnitName, err)
			}
			if err := o.MaySee(bg, by, id); err != store.ErrNotFound {
				t.Errorf("%s of %s may see it: %v", by.Roles, by.UnitName, err)
			}
			lines, err := o.List(bg, by, Filter{State: "all"})
			if err == nil && len(lines) > 0 {
				t.Errorf("%s of %s lists it", by.Roles, by.UnitName)
			}
		}
		// The office above reads, and does nothing.
		w, err := o.Open(bg, o.city, id)
		o.must(err)
		if len(w.Actions) != 0 {
			t.Errorf("the city is offered %v", w.Actions)
		}
		for filter, n := range map[Filter]int{
			{}: 1, {State: FindingsIssued}: 1, {State: Planned}: 0, {Target: o.units[tianshui].ID}: 1, {Target: o.units[dawa].ID}: 0, {Kind: Irregular}: 1,
			{Kind: Special}: 0, {Year: 2026}: 1, {Year: 2025}: 0, {Mine: true}: 1, {After: id}: 0, {State: "all", After: uuid.Max}: 1,
		} {
			if lines, err := o.List(bg, o.lead, filter); err != nil || len(lines) != n {
				t.Errorf("%+v: %d lines, %v", filter, len(lines), err)
			}
		}
		if lines, _ := o.List(bg, o.idle, Filter{Mine: true}); len(lines) != 0 {
			t.Error("it is mine though I am not of the team")
		}
	})
}

func TestTheInspectedOfficeReadsWhatIsAddressedToIt(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		id := o.visited()
		read := func(by staff.Officer) (Addressed, error) { return o.Asked(bg, by, id) }
		if _, err := read(o.town); err != store.ErrNotFound {
			t.Errorf("a surprise visit is told: %v", err)
		}
		if lines, err := o.Inspected(bg, o.town, uuid.Nil); err != nil || len(lines) != 0 {
			t.Errorf("it is listed: %d, %v", len(lines), err)
		}
		o.must(o.Announce(bg, o.lead, id, o.version(id)))
		o.must(o.AskFor(bg, o.lead, id, "上年度补助发放表", ""))
		a, err := read(o.town)
		o.must(err)
		if a.LeaderName != o.lead.Name || len(a.MemberNames) != 1 || len(a.Materials) != 1 || !slices.Equal(a.Actions, []Act{ToHandIn, ToRefuse}) || len(a.Clocks) != 1 {
			t.Errorf("%+v", a)
		}
		if lines, _ := o.Inspected(bg, o.clerk, uuid.Nil); len(lines) != 1 || lines[0].Owed != 1 || *lines[0].DueOn != "2026-03-09" || lines[0].Late {
			t.Errorf("%+v", lines)
		}
		if a, err := read(o.clerk); err != nil || len(a.Actions) != 0 {
			t.Errorf("who only reads is offered %v, %v", a.Actions, err)
		}
		for _, by := range []staff.Officer{o.other, o.lead, o.city, o.person(panshanPoor, staff.UnitHandler), o.person(tianshui, staff.Publisher)} {
			if _, err := read(by); err != store.ErrNotFound {
				t.Errorf("%s of %s reads it: %v", by.Roles, by.UnitName, err)
			}
		}
		f := o.found(id)
		if a, _ := read(o.town); len(a.Findings) != 0 {
			t.Error("it reads a draft")
		}
		talk := o.talk(id)
		talk.Of[f.ID] = Opinion{false, "款项在途中"}
		o.must(o.ExchangeViews(bg, o.lead, id, o.version(id), talk))
		if a, _ := read(o.town); len(a.Findings) != 0 || len(a.Talks) != 1 {
			t.Errorf("before they are issued it reads %d findings, %d talks", len(a.Findings), len(a.Talks))
		}
		o.must(o.SubmitFindings(bg, o.lead, id, o.version(id)))
		o.must(o.IssueFindings(bg, o.boss, id, o.version(id)))
		a, err = read(o.town)
		o.must(err)
		if len(a.Findings) != 1 || a.Findings[0].Facts != f.Facts || a.Findings[0].Remarks[0].Words != "款项在途中" || !slices.Equal(a.Actions, []Act{ToComment}) {
			t.Errorf("%+v", a)
		}
		// No word of a household, of a note or of the checklist is in what it reads.
		for _, secret := range []string{"甄大有", "穆青山", "存折在会计手里", "双柳村三组", "一卡通是否"} {
			if holds(reflect.ValueOf(a), secret) {
				t.Errorf("it reads %q", secret)
			}
		}
		if a.Findings[0].Activities != nil || !holds(reflect.ValueOf(o.whole(id)), "存折在会计手里") {
			t.Error("the test sees nothing, or a proof is told")
		}
	})
}

// holds reports whether a value has a text anywhere in it.
func holds(v reflect.Value, text string) bool {
	switch v.Kind() {
	case reflect.String:
		return strings.Contains(v.String(), text)
	case reflect.Pointer, reflect.Interface:
		return !v.IsNil() && holds(v.Elem(), text)
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			if holds(v.Index(i), text) {
				return true
			}
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			if holds(v.MapIndex(key), text) {
				return true
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() && holds(v.Field(i), text) {
				return true
			}
		}
	}
	return false
}

func TestFilesGoToWhomTheyAreFor(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		id := o.arranged()
		done := o.done()
		done.Form = []byte("a photo of a house")
		o.stage(done.Form)
		o.must(o.Record(bg, o.lead, id, done))
		o.must(o.Announce(bg, o.lead, id, o.version(id)))
		o.must(o.AskFor(bg, o.lead, id, "上年度补助发放表", ""))
		m, key := o.whole(id).Materials[0], []byte("the books")
		o.stage(key)
		o.must(o.HandIn(bg, o.town, id, m.ID, m.Version, "", key))
		talk := o.talk(id)
		talk.Form = []byte("the sheet")
		o.stage(talk.Form)
		o.must(o.ExchangeViews(bg, o.lead, id, o.version(id), talk))
		w := o.whole(id)
		house, books, sheet := w.Activities[0].Files[0].ID, w.Materials[0].Answers[0].Files[0].ID, w.Talks[0].Files[0].ID
		for name, c := range map[string]struct {
			by   staff.Officer
			own  bool
			sees []uuid.UUID
		}{
			"the team":             {o.lead, true, []uuid.UUID{house, books, sheet}},
			"the office above":     {o.city, true, []uuid.UUID{house, books, sheet}},
			"the inspected office": {o.town, false, []uuid.UUID{books, sheet}},
			"its own way in":       {o.town, true, nil},
			"another office":       {o.other, true, nil},
			"beside":               {o.person(panshanPoor, staff.UnitHandler), false, nil},
		} {
			for _, file := range []uuid.UUID{house, books, sheet} {
				open := o.OpenAddressedFile
				if c.own {
					open = o.OpenFile
				}
				_, content, _, err := open(bg, c.by, id, file)
				if (err == nil) != slices.Contains(c.sees, file) || err != nil && err != store.ErrNotFound {
					t.Errorf("%s: %v", name, err)
				}
				if err == nil {
					content.Close()
				}
			}
		}
		opened := 0
		for _, kind := range o.kinds(ledger.OfInspection, id) {
			if kind == "evidence_opened" {
				opened++
			}
		}
		if opened != 8 {
			t.Errorf("%d files were opened on record", opened)
		}
		strange := o.visited()
		if _, _, _, err := o.OpenFile(bg, o.lead, strange, house); err != store.ErrNotFound {
			t.Errorf("under another inspection: %v", err)
		}
	})
}

func TestWhatIsLookedIntoIsShownToWhoMaySeeIt(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		ref := uuid.New()
		o.Finders = finders(map[string]uuid.UUID{"盘2026-000007": ref}, o.lead.ID, o.boss.ID)
		id := o.arranged()
		if err := o.LookInto(bg, o.lead, id, "盘2026-000008"); problem(err, "number") == "" {
			t.Errorf("none such: %v", err)
		}
		if err := o.LookInto(bg, o.mate, id, "盘2026-000007"); problem(err, "number") == "" {
			t.Errorf("who may not see it ties it: %v", err)
		}
		o.must(o.LookInto(bg, o.lead, id, " 盘2026-000007 "))
		o.must(o.LookInto(bg, o.boss, id, "盘2026-000007")) // once is enough
		if m := o.whole(id).Matters; len(m) != 1 || m[0].ID != ref || m[0].Kind != ledger.OfComplaint {
			t.Errorf("%+v", m)
		}
		w, err := o.Open(bg, o.mate, id)
		if err != nil || len(w.Matters) != 0 {
			t.Errorf("who may not see it reads %+v, %v", w.Matters, err)
		}
	})
}

// unscoped are the functions that may ask for inspections without going through
// visible or addressed, and why each gives nothing away.
var unscoped = map[string]string{
	"insert":         "writes a new one",
	"move":           "changes the one that on holds",
	"nextDue":        "writes a date beside the one that on holds, or that a clock moved for",
	"becameOf":       "tells what became of entries to who may see their plan",
	"ownInspections": "tells the watch who owes what",
	"ownMaterials":   "tells the watch who owes what",
	"Moved":          "mends a date for the watch",
	"SumsOf":         "its callers count for the office; it tells of no inspection",
}

// TestEveryQueryIsScoped holds every query over the table inspection to visible
// and addressed.
func TestEveryQueryIsScoped(t *testing.T) {
	names, err := filepath.Glob("*.go")
	if err != nil || len(names) < 20 {
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
			t.Errorf("%s asks for inspections without visible or addressed", name)
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
		`func f() { var i Inspection; store.One(db.Where("id = ?", id), &i) }`:           true,
		`func f() { var all []Inspection; db.Where("1 = 1").Find(&all) }`:                true,
		`func f() { db.Model(&Inspection{}).Updates(nil) }`:                              true,
		`func f() { db.Raw("SELECT x FROM inspection WHERE true").Scan(&x) }`:            true,
		`func f() { var i Inspection; store.One(d.visible(db, by), &i) }`:                false,
		`func f() { q := d.addressed(db, by); var all []Inspection; q.Find(&all) }`:      false,
		`func f() { var m materialRow; store.One(db.Where("inspection_id = ?", i), &m)}`: false,
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

var namesTable = regexp.MustCompile(`(?i)\b(from|join|update|into)\s+inspection\b`)

// asksUnscoped reports whether a function holds rows of inspection, or names
// their table, and calls neither visible nor addressed.
func asksUnscoped(fn *ast.FuncDecl) bool {
	asks, scoped := false, false
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ValueSpec:
			asks = asks || n.Type != nil && isInspection(n.Type)
		case *ast.CompositeLit:
			asks = asks || isInspection(n.Type) && !goesBack(fn, n)
		case *ast.BasicLit:
			asks = asks || namesTable.MatchString(n.Value)
		case *ast.SelectorExpr:
			scoped = scoped || n.Sel.Name == "visible" || n.Sel.Name == "addressed"
		}
		return true
	})
	return asks && !scoped
}

// goesBack reports whether an empty literal only accompanies an error.
func goesBack(fn *ast.FuncDecl, lit *ast.CompositeLit) bool {
	only := false
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		if r, ok := n.(*ast.ReturnStmt); ok && slices.ContainsFunc(r.Results, func(e ast.Expr) bool { return e == lit }) {
			only = true
		}
		return true
	})
	return only
}

func isInspection(n ast.Expr) bool {
	switch n := n.(type) {
	case *ast.Ident:
		return n.Name == "Inspection"
	case *ast.ArrayType:
		return isInspection(n.Elt)
	case *ast.StarExpr:
		return isInspection(n.X)
	}
	return false
}
