package rectification

import (
	"errors"
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"io"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/clock"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/staff"
	"minsheng/triage"
)

func TestBothSidesSeeAnOrderAndNobodyElseDoes(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		id := o.proposed()
		number := func() string { return o.whole(id).Number }
		lists := func(by staff.Officer) int {
			rows, err := o.List(bg, by, Filter{State: "all"})
			if err != nil && !errors.Is(err, staff.ErrForbidden) {
				t.Error(err)
			}
			return len(rows)
		}
		o.fails("the town opens a proposal", o.MayRead(bg, o.town, id), errNotFound)
		if n := lists(o.town); n != 0 {
			t.Errorf("the town lists %d proposals", n)
		}
		o.bring(id, Ordered)
		for _, by := range []staff.Officer{o.worker, o.boss, o.city, o.town} {
			if err := o.MayRead(bg, by, id); err != nil || lists(by) != 1 {
				t.Errorf("%s: %v, %d", by.UnitName, err, lists(by))
			}
			if told, err := o.Disclose(bg, by, []uuid.UUID{id}); err != nil || told[id] != number() {
				t.Errorf("%s is told %v, %v", by.UnitName, told, err)
			}
			found, err := o.Numbered(bg, by, " "+number()+" ")
			if (by.ID == o.town.ID) != (err != nil) || err == nil && found != id {
				t.Errorf("%s finds it by number: %v", by.UnitName, err)
			}
		}
		o.fails("the town knows all of it", o.MaySee(bg, o.town, id), errNotFound)
		o.fails("a number that is none", func() error { _, err := o.Numbered(bg, o.boss, ""); return err }(), errNotFound)
		for _, by := range []staff.Officer{o.other, o.poor, o.idle, o.person(cityDesk, staff.Auditor), o.person(panshan, staff.UnitHandler), o.person(tianshui, staff.Publisher)} {
			o.fails(by.UnitName, o.MayRead(bg, by, id), errNotFound)
			if told, err := o.Disclose(bg, by, []uuid.UUID{id}); err != nil || len(told) != 0 {
				t.Errorf("%s is told %v, %v", by.UnitName, told, err)
			}
			if n := lists(by); n != 0 {
				t.Errorf("%s lists %d", by.UnitName, n)
			}
		}
		if rows, err := o.OfInspection(bg, o.town, *o.whole(id).InspectionID); err != nil || len(rows) != 1 {
			t.Errorf("of the inspection: %d, %v", len(rows), err)
		}
		for f, n := range map[Filter]int{{}: 1, {State: Ordered}: 1, {State: Verified}: 0, {Target: o.units[tianshui].ID}: 1, {Target: o.units[dawa].ID}: 0, {Before: id}: 0, {Before: uuid.Max}: 1} {
			if rows, err := o.List(bg, o.boss, f); err != nil || len(rows) != n {
				t.Errorf("%+v: %d, %v", f, len(rows), err)
			}
		}
	})
}

func TestWhatWaitsForWhom(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		id := o.proposed()
		for _, want := range []struct {
			state State
			who   string
		}{{Proposed, "mate checker boss"}, {Ordered, "town"}, {PlanSubmitted, "worker mate checker boss"}, {InProgress, "town"}, {ReportSubmitted, "worker mate checker boss"}, {Verified, "boss"}, {StruckOff, ""}} {
			if want.state != Proposed {
				o.bring(id, want.state)
			}
			for name, by := range map[string]staff.Officer{"worker": o.worker, "mate": o.mate, "checker": o.checker, "boss": o.boss, "town": o.town, "city": o.city} {
				rows, err := o.Waiting(bg, by)
				if err != nil || (len(rows) == 1) != slices.Contains(strings.Fields(want.who), name) {
					t.Errorf("%s, %s: %d wait, %v", want.state, name, len(rows), err)
				}
			}
		}
		o.on("2026-03-28")
		if rows, err := o.Waiting(bg, o.mate); err != nil || len(rows) != 1 {
			t.Errorf("the follow-up waits: %d, %v", len(rows), err)
		}
	})
}

// What the ordering office writes must not give away who reported, or whom a team
// spoke to.
func TestNobodyIsGivenAwayByAnOrder(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		item := o.item()
		leaks := func(what string, err error) {
			t.Helper()
			if leak := (*triage.Leak)(nil); !errors.As(err, &leak) {
				t.Errorf("%s: %v", what, err)
			}
		}
		named := wanted
		named.Problem = "张试样反映补助少发三千元，请核实。"
		_, err := o.FromItem(bg, o.worker, item, []Wanted{named}, plain)
		leaks("a problem", err)
		worded := plain
		worded.Exchange = "已就13800000001来电反映的问题交换意见"
		_, err = o.FromItem(bg, o.worker, item, []Wanted{wanted}, worded)
		leaks("the exchange", err)
		id, err := o.FromItem(bg, o.worker, item, []Wanted{wanted}, plain)
		o.must(err)
		leaks("a change", o.Change(bg, o.worker, id, 1, worded))
		o.must(o.Issue(bg, o.mate, id, 1))
		o.must(o.HandInPlan(bg, o.poor, id, o.version(id), o.plan(id)))
		leaks("a ruling", o.RulePlan(bg, o.mate, id, o.version(id), false, "张试样家的措施没有写"))
		o.must(o.RulePlan(bg, o.mate, id, o.version(id), true, ""))
		o.must(o.HandInReport(bg, o.poor, id, o.version(id), o.report(id)))
		leaks("a return", o.ReturnReport(bg, o.worker, id, o.version(id), "2026-03-10", "张试样家还没有退"))
		seen := o.seen(id)
		seen.Words = "到张试样家看了存折"
		leaks("a look", o.Check(bg, o.checker, id, o.version(id), seen))
		if w := o.whole(id); w.State != ReportSubmitted {
			t.Errorf("it is %s", w.State)
		}
		events, err := ledger.Of(bg, o.Store, ledger.OfOrder, id)
		o.must(err)
		for _, e := range events {
			for _, value := range e.Body {
				if strings.Contains(value, "张试样") || strings.Contains(value, "1380000") {
					t.Errorf("%s tells %q", e.Kind, value)
				}
			}
		}
		of := o.at(ReportSubmitted)
		seen = o.seen(of)
		seen.People = witness + "在场"
		if err := o.Check(bg, o.checker, of, o.version(of), seen); problem(err, "people") != "inspection_witness" {
			t.Errorf("a witness: %v", err)
		}
		seen.People, seen.Words = "村干部二人", "电话核实13900000002"
		if err := o.Check(bg, o.checker, of, o.version(of), seen); problem(err, "words") != "inspection_personal" {
			t.Errorf("a phone: %v", err)
		}
	})
}

// A case that is hidden from an office hides the orders that came of it.
func TestWhatACaseHidesIsHiddenHereToo(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		item := o.item()
		id, err := o.FromItem(bg, o.worker, item, []Wanted{wanted}, plain)
		o.must(err)
		o.must(o.Issue(bg, o.mate, id, 1))
		if rows, err := o.OfItem(bg, o.poor, item); err != nil || len(rows) != 1 {
			t.Errorf("the addressed unit sees %d, %v", len(rows), err)
		}
		o.must(o.Store.Read(bg).Exec("INSERT INTO recusal (complaint_id, account_id, reason, at) SELECT complaint_id, ?, '亲戚', ? FROM item_complaint WHERE item_id = ?",
			o.mate.ID, o.Store.Now(), item).Error)
		o.fails("who stepped back opens it", o.MayRead(bg, o.mate, id), errNotFound)
		o.fails("and acts on it", o.AskSuspension(bg, o.mate, id, 0, "court", "法院已立案", "2026-03-20"), errNotFound)
		o.must(o.Store.Read(bg).Exec("INSERT INTO complaint_subject (complaint_id, unit_id, named_by, at) SELECT complaint_id, ?, ?, ? FROM item_complaint WHERE item_id = ?",
			o.units[panshan].ID, o.city.ID, o.Store.Now(), item).Error)
		for _, by := range []staff.Officer{o.worker, o.boss, o.checker} {
			o.fails("who is accused opens it", o.MaySee(bg, by, id), errNotFound)
			if rows, err := o.List(bg, by, Filter{State: "all"}); err != nil || len(rows) != 0 {
				t.Errorf("and lists %d, %v", len(rows), err)
			}
			if rows, err := o.Waiting(bg, by); err != nil || len(rows) != 0 {
				t.Errorf("%d wait for them, %v", len(rows), err)
			}
		}
		o.must(o.MaySee(bg, o.city, id))
	})
}

func TestFilesAreGivenOutOnRecord(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		id := o.at(Ordered)
		plan := o.plan(id)
		plan.Form = o.stage()
		o.must(o.HandInPlan(bg, o.town, id, o.version(id), plan))
		file := o.whole(id).Plan().Files[0].ID
		for _, by := range []staff.Officer{o.boss, o.town} {
			_, content, _, err := o.OpenFile(bg, by, id, file)
			o.must(err)
			if text, err := io.ReadAll(content); err != nil || !strings.HasPrefix(string(text), "%PDF") {
				t.Errorf("%q, %v", text, err)
			}
			content.Close()
		}
		other := o.at(Ordered)
		for what, err := range map[string]error{
			"a stranger": second(o.OpenFile(bg, o.poor, id, file)), "under another order": second(o.OpenFile(bg, o.boss, other, file)), "no file": second(o.OpenFile(bg, o.boss, id, uuid.New())),
		} {
			o.fails(what, err, errNotFound)
		}
		opened := 0
		for _, kind := range o.kinds(id) {
			if kind == "evidence_opened" {
				opened++
			}
		}
		if opened != 2 {
			t.Errorf("%d looks are on record", opened)
		}
	})
}

func second(_ any, _ io.ReadCloser, _ string, err error) error { return err }

// A rule of more days moves what runs, and what lists show.
func TestAMovedClockMovesTheList(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		id := o.at(PlanApproved)
		o.must(o.Store.Read(bg).Exec("UPDATE time_rule SET n = 60 WHERE code = ?", ruleReport).Error)
		fresh := New(o.Config)
		fresh.Clocks = clock.New(o.Store, workday.BuiltIn()) // it has not read the rules yet
		err := o.Store.Transact(bg, func(tx *gorm.DB) error {
			moved, _, _, err := fresh.Clocks.Recount(tx, clock.Place{}, 100)
			for _, m := range moved {
				if m.SubjectID == id {
					err = fresh.Moved(tx, m)
				}
			}
			return err
		})
		o.must(err)
		if w := o.whole(id); *w.DueOn != workday.Date("2026-05-06") { // sixty days after 2 March is 1 May, in a holiday
			t.Errorf("due on %s", *w.DueOn)
		}
	})
}

// unscoped are the functions that ask for orders by other means, and why.
var unscoped = map[string]string{
	"nextRound": "it makes a new one", "FromFindings": "it makes one", "FromItem": "it makes one",
	"print": "it writes on one that is held", "nextDue": "it follows a clock", "Owners": "the watch asks, for nobody",
	"move":  "it writes on one that is held",
	"Hides": "it is a condition that hides", "Outcomes": "either narrows it", "SumsOf": "its callers count for the office", "ItemBehind": "its callers have asked",
	"rows": "its callers narrow the query",
}

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
			t.Errorf("%s asks for orders without visible or addressed", name)
		}
	}
	for name := range unscoped {
		if !found[name] {
			t.Errorf("%s needs no exception any more", name)
		}
	}
}

var namesTable = regexp.MustCompile(`(?i)\b(from|join|update|into)\s+rectification_order\b`)

// asksUnscoped reports whether a function holds rows of orders, or names their
// table, and calls neither visible nor addressed.
func asksUnscoped(fn *ast.FuncDecl) bool {
	asks, scoped := false, false
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ValueSpec:
			asks = asks || n.Type != nil && isOrder(n.Type)
		case *ast.CompositeLit:
			asks = asks || isOrder(n.Type)
		case *ast.BasicLit:
			asks = asks || namesTable.MatchString(n.Value)
		case *ast.SelectorExpr:
			scoped = scoped || n.Sel.Name == "visible" || n.Sel.Name == "addressed"
		}
		return true
	})
	return asks && !scoped
}

func isOrder(n ast.Expr) bool {
	switch n := n.(type) {
	case *ast.Ident:
		return n.Name == "Order"
	case *ast.ArrayType:
		return isOrder(n.Elt)
	case *ast.StarExpr:
		return isOrder(n.X)
	}
	return false
}
