package accountability

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/uuid"

	"minsheng/docket"
	"minsheng/internal/store"
	"minsheng/rectification"
	"minsheng/staff"
)

func docketOf(o *office) docket.NewItem {
	return docket.NewItem{Title: "核查危房改造补助发放", Summary: "请核查双柳村危房改造补助是否足额发到农户。", Requirement: "逐户核对发放表与存折。", Urgency: "normal", Lead: o.units[poor].ID}
}

func enter() docket.Entry { return docket.Entry{} }

// dump reads every column of every table as text.
func (o *office) dump() map[string][]string {
	o.t.Helper()
	names := "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE '%fts%'"
	if o.Store.Postgres() {
		names = "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()"
	}
	var tables []string
	o.must(o.Store.Read(bg).Raw(names).Scan(&tables).Error)
	all := map[string][]string{}
	for _, table := range tables {
		var rows []map[string]any
		o.must(o.Store.Read(bg).Table(table).Find(&rows).Error)
		for _, row := range rows {
			var line strings.Builder
			for column, value := range row {
				if b, ok := value.([]byte); ok {
					value = string(b)
				}
				fmt.Fprintf(&line, "%s=%v ", column, value)
			}
			all[table] = append(all[table], line.String())
		}
	}
	return all
}

func TestWhoMayKnowOfAMeasure(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		c := o.complaint()
		onItem, onCase := o.handed(o.against(Criticise, o.item(o.officer).Number)), o.handed(o.against(NoAward, c.Number()))
		referral := o.approved(o.against(ToDiscipline, c.Number()))
		for _, who := range []struct {
			name                   string
			by                     staff.Officer
			item, complaint, refer bool
		}{
			{"the proposer", o.officer, true, true, true},
			{"a colleague", o.mate, true, true, false},
			{"the boss", o.boss, true, true, true},
			{"the office above", o.city, true, true, false},
			{"the boss above", o.cityBoss, true, true, true},
			{"the office beside", o.foreign, false, false, false},
			{"the office held to account", o.clerk, false, false, false},
			{"another handler", o.stranger, false, false, false},
			{"the custodian", o.custodian, false, false, false},
		} {
			for id, want := range map[uuid.UUID]bool{onItem: who.item, onCase: who.complaint, referral: who.refer} {
				if err := o.MaySee(bg, who.by, id); (err == nil) != want || err != nil && !errors.Is(err, store.ErrNotFound) {
					t.Errorf("%s sees: %v, want %v", who.name, err, want)
				}
			}
		}
		if o.MayRead(bg, o.clerk, onItem) != nil || o.MayRead(bg, o.clerk, onCase) == nil || o.MayRead(bg, o.stranger, onItem) == nil {
			t.Error("only the office held to account reads what was decided, and nothing else")
		}
		lines, err := o.ServedOn(bg, o.clerk, uuid.Nil)
		o.must(err)
		if len(lines) != 1 || lines[0].ID != onItem {
			t.Errorf("the office's list: %d", len(lines))
		}
		item, err := o.Docket.Convert(bg, o.officer, c.ID, c.Version, docketOf(o))
		o.must(err)
		o.must(o.Docket.Step(bg, o.officer, item, 1, "issue", enter()))
		b, err := o.Docket.Brief(bg, o.officer, item)
		o.must(err)
		through := o.approved(o.against(Criticise, b.Number))
		o.must(o.MaySee(bg, o.mate, through))
		order := o.ordered(item)
		onOrder := o.approved(o.against(NoAward, order))
		if told, err := o.Disclose(bg, o.mate, []uuid.UUID{onOrder}); err != nil || len(told) != 1 {
			t.Errorf("a colleague is told %v, %v", told, err)
		}
		// Who stepped back from the case behind it knows of nothing that came of it.
		o.must(o.Triage.Recuse(bg, o.mate, c.ID, "是亲戚"))
		o.fails("who stepped back", o.MaySee(bg, o.mate, onCase), store.ErrNotFound)
		o.fails("who stepped back, through an item", o.MaySee(bg, o.mate, through), store.ErrNotFound)
		o.fails("who stepped back, through an order", o.MaySee(bg, o.mate, onOrder), store.ErrNotFound)
		if told, err := o.Disclose(bg, o.mate, []uuid.UUID{onOrder}); err != nil || len(told) != 0 {
			t.Errorf("who stepped back is told %v, %v", told, err)
		}
		o.fails("who stepped back acts", o.Serve(bg, o.mate, onCase, 3, o.today(), "post"), store.ErrNotFound)
		if _, err := o.Propose(bg, o.mate, o.against(Criticise, c.Number())); problem(err, "grounds") == "" {
			t.Errorf("who stepped back stands on the case: %v", err)
		}
		// A measure against the office where somebody sits is not theirs to see.
		p := o.against(Criticise, o.item(o.cityBoss).Number)
		p.Target = o.units[panshan].ID
		above, err := o.Propose(bg, o.city, p)
		o.must(err)
		o.fails("the target's boss", o.MaySee(bg, o.boss, above), store.ErrNotFound)
		// Nor when offices were put under another command since.
		o.must(o.Store.Read(bg).Exec("UPDATE measure SET target_id = ? WHERE id = ?", o.units[panshan].ID, onItem).Error)
		o.fails("the target's boss, of an old measure", o.MaySee(bg, o.boss, onItem), store.ErrNotFound)
		o.must(o.MaySee(bg, o.cityBoss, onItem))
	})
}

// scoped are the functions that may read measures without visible or served, and
// why each gives nothing away.
var scoped = map[string]string{
	"Owners":  "tells the watch whose the date is, and the number",
	"Moved":   "keeps the date of the clock",
	"lines":   "reads what a narrowed query gave",
	"offers":  "counts what came of one that one gave",
	"move":    "changes what on gave",
	"TallyOf": "counts for who counts for the office, and names nobody",

	"moveReferral": "changes what onReferral gave",
	"ruled":        "holds the referral of a request that Asked gave; nothing of it is shown",
	"organKey":     "finds the public key for a request that Asked gave",
	"compose":      "stores a new one, and counts what carries out a measure that one gave",
}

var measureQuery = regexp.MustCompile(`(?i)\b(measure|referral)\b`)

// TestEveryQueryIsScoped: a function that reads or writes measures or
// referrals narrows the query with visible, served or sealable, or is excepted above.
func TestEveryQueryIsScoped(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	left := map[string]bool{}
	for name := range scoped {
		left[name] = true
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range f.Decls {
			fn, ok := decl.(*ast.FuncDecl)
			if !ok || fn.Body == nil || !asks(fn) {
				continue
			}
			if delete(left, fn.Name.Name); scoped[fn.Name.Name] == "" {
				t.Errorf("%s: %s asks for measures unscoped", name, fn.Name.Name)
			}
		}
	}
	for name := range left {
		t.Errorf("%s needs no exception", name)
	}
}

// asks reports whether a function queries measures and calls neither visible,
// served nor one of those that do.
func asks(fn *ast.FuncDecl) bool {
	queries, narrowed := false, false
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			sel, ok := n.Fun.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			switch sel.Sel.Name {
			case "visible", "served", "sealable":
				narrowed = true
			case "Table", "Raw", "Exec":
				if lit, ok := n.Args[0].(*ast.BasicLit); ok && measureQuery.MatchString(lit.Value) && !strings.Contains(lit.Value, "_") {
					queries = true
				}
			case "Model", "Find", "Create", "One", "Move":
				ast.Inspect(n, func(m ast.Node) bool {
					if id, ok := m.(*ast.Ident); ok && (id.Name == "Measure" || id.Name == "Referral" || measured(fn, id.Name)) {
						queries = true
					}
					return true
				})
			}
		}
		return true
	})
	return queries && !narrowed
}

// measured reports whether a variable of a function is declared as a measure.
func measured(fn *ast.FuncDecl, name string) (is bool) {
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		if v, ok := n.(*ast.ValueSpec); ok {
			for _, id := range v.Names {
				is = is || id.Name == name && (ours[fmt.Sprint(v.Type)] || isList(v.Type))
			}
		}
		return !is
	})
	return is
}

func isList(t ast.Expr) bool {
	list, ok := t.(*ast.ArrayType)
	return ok && ours[fmt.Sprint(list.Elt)]
}

// ordered issues an order that comes of an item and returns its number.
func (o *office) ordered(item uuid.UUID) string {
	o.t.Helper()
	id, err := o.Orders.FromItem(bg, o.officer, item, []rectification.Wanted{{Problem: "补助发放与到户凭证不符，两户少发。", Basis: "《督查追责办法》第九条第二项", Requirement: "逐户核对后补发"}},
		rectification.Wording{Exchange: "已当面交换意见", Contact: "督查室"})
	o.must(err)
	o.must(o.Orders.Issue(bg, o.boss, id, 1))
	w, err := o.Orders.Open(bg, o.boss, id)
	o.must(err)
	return w.Number
}

// ours are the types of the rows that are hidden.
var ours = map[string]bool{"Measure": true, "Referral": true}
