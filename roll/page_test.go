package roll

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/sheet"
	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
)

func (h *shelf) page(id uuid.UUID, a Ask) ([]Row, bool) {
	h.t.Helper()
	rows, more, err := h.Page(bg, id, a)
	must(h.t, err)
	return rows, more
}

func TestEveryOrderShowsEveryRowOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newShelf(t, s)
		r := h.opened(230, "2026-03-02", "2026-03-08")
		_, err := h.hold(r.ID, 17)
		must(t, err)
		old := r.Version
		must(t, h.amend(r.ID, "2026-03-20", Edit{Key: 5, Gone: true}, Edit{Key: 6, Label: "赵新", AmountFen: 1 << 40}, Edit{Label: "李新"}))
		less := map[Order]func(a, b Row) int{
			ByNumber: func(a, b Row) int { return cmp.Compare(a.N, b.N) },
			ByName:   nil, // how characters are ordered is the database's own
			ByAmount: func(a, b Row) int {
				return cmp.Or(cmp.Compare(b.AmountFen, a.AmountFen), cmp.Compare(a.Key, b.Key))
			},
			ByPeople: func(a, b Row) int { return cmp.Or(cmp.Compare(b.People, a.People), cmp.Compare(a.Key, b.Key)) },
		}
		for _, version := range []int{0, old} {
			for order, compare := range less {
				var all []Row
				seen := map[int]bool{}
				for more, pages := true, 0; more && pages < 20; pages++ {
					var rows []Row
					a := Ask{Version: version, Order: order, Limit: 40}
					if len(all) > 0 {
						a.After = all[len(all)-1].Key
					}
					rows, more = h.page(r.ID, a)
					all = append(all, rows...)
				}
				for _, row := range all {
					if row.Held != (row.Key == 17) || seen[row.Key] {
						t.Errorf("version %d by %s: %+v comes twice or is held wrongly", version, order, row)
					}
					seen[row.Key] = true
				}
				if len(all) != 230 || compare != nil && !slices.IsSortedFunc(all, compare) {
					t.Errorf("version %d by %s: %d rows, sorted: %v", version, order, len(all), compare != nil && slices.IsSortedFunc(all, compare))
				}
				if seen[5] != (version == old) || seen[231] != (version == 0) {
					t.Errorf("version %d by %s shows rows of another", version, order)
				}
			}
		}
		if rows, more := h.page(r.ID, Ask{}); len(rows) != 50 || !more {
			t.Errorf("%d rows, more: %v", len(rows), more)
		}
		if rows, _ := h.page(r.ID, Ask{Limit: 5000}); len(rows) > mostOnPage {
			t.Errorf("%d rows", len(rows))
		}
		if rows, _ := h.page(r.ID, Ask{After: 4711}); len(rows) != 50 || rows[0].N != 1 {
			t.Error("a cursor that is no row does not begin at the start")
		}
	})
}

func TestSearchFindsOnlyWhatIsShown(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newShelf(t, s)
		var all []sheet.Record
		for i, name := range []string{"王建国", "王保国", "李国", "欧阳建华", "古丽·买买提", "赵_一", "王建国"} {
			all = append(all, record(i+2, "label", name, "team", fmt.Sprint(i, "组"), "people", "1"))
		}
		people := h.create(Households, shuangliu)
		h.fill(people, all)
		projects := h.create(Projects, shuangliu)
		h.fill(projects, []sheet.Record{record(2, "label", "双柳村自来水", "amount", "5"), record(3, "label", "50%补助_二期", "amount", "5")})
		find := func(r Roll, text string) string {
			rows, _ := h.page(r.ID, Ask{Search: text})
			var found []string
			for _, row := range rows {
				found = append(found, fmt.Sprint(row.N))
			}
			return strings.Join(found, " ")
		}
		for text, want := range map[string]string{
			"": "1 2 3 4 5 6 7", "王": "1 2 7", "王*国": "1 2 7", "国": "1 2 7", "7": "7", "７": "7", "0": "", "%": "", "_": "", `\`: "",
			// A whole name finds all that look like it.
			"王建国": "1 2 7", "王某国": "1 2 7", "欧阳建华": "4", "古丽·买买提": "5",
			// What is hidden makes no difference.
			"建": "", "保": "", "建国": "", "丽": "", "组": "", "2组": "", "王建": "",
		} {
			if got := find(people, text); got != want {
				t.Errorf("people by %q: %q, want %q", text, got, want)
			}
		}
		for text, want := range map[string]string{"自来水": "1", "50%": "2", "%": "2", "_": "2", "水": "1", "2": "2", "双柳村自来水": "1"} {
			if got := find(projects, text); got != want {
				t.Errorf("projects by %q: %q, want %q", text, got, want)
			}
		}
	})
}

// TestSearchCannotTellHiddenCharactersApart tries every name of a small world
// against every other: what is found depends on what is shown alone.
func TestSearchCannotTellHiddenCharactersApart(t *testing.T) {
	h := newShelf(t, storetest.SQLite(t))
	var names []string
	for _, a := range "王李" {
		for _, b := range "建国小" {
			for _, c := range []string{"", "一", "国"} {
				names = append(names, string(a)+string(b)+c)
			}
		}
	}
	for _, text := range append(names, "建", "建国", "小一") {
		byShown := map[string]bool{}
		for _, name := range names {
			r := h.create(Households, shuangliu)
			h.fill(r, []sheet.Record{record(2, "label", name, "people", "1")})
			rows, _ := h.page(r.ID, Ask{Search: text})
			shown := Households.shown(name)
			found, before := byShown[shown]
			if before && found != (len(rows) == 1) {
				t.Fatalf("%q tells names apart that both look like %s", text, shown)
			}
			byShown[shown] = len(rows) == 1
		}
	}
}

func TestPagesUseTheirIndexes(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newShelf(t, s)
		h.households(500) // another list, so that the roll is worth looking for
		r := h.opened(4_000, "2026-03-02", "2026-03-08")
		must(t, h.amend(r.ID, "2026-03-20", Edit{Key: 6, Label: "赵新"}))
		if s.Postgres() {
			must(t, s.Read(bg).Exec("ANALYZE roll_row").Error)
		} else {
			must(t, s.Read(bg).Exec("ANALYZE").Error)
		}
		r = h.now(r.ID)
		for order, index := range map[Order]string{ByNumber: "roll_row_by_n", ByName: "roll_row_by_shown", ByAmount: "roll_row_by_amount", ByPeople: "roll_row_by_people"} {
			for _, after := range []int{0, 2_000} {
				plan := h.plan(r, Ask{Order: order, After: after})
				if !strings.Contains(plan, index) || strings.Contains(plan, "Seq Scan") || strings.Contains(plan, "Sort") || strings.Contains(plan, "TEMP B-TREE") {
					t.Errorf("by %s after %d:\n%s", order, after, plan)
				}
			}
		}
	})
}

// BenchmarkPage turns to a page in the middle of 20 000 rows, by each order, and
// searches for what is not there.
func BenchmarkPage(b *testing.B) {
	onBoth(b, func(b *testing.B, h *shelf) {
		r := h.opened(20_000, "2026-03-02", "2026-03-08")
		for _, order := range []Order{ByNumber, ByName, ByAmount, ByPeople} {
			b.Run(string(order), func(b *testing.B) {
				for b.Loop() {
					h.page(r.ID, Ask{Order: order, After: 10_000})
				}
			})
		}
		b.Run("search", func(b *testing.B) {
			for b.Loop() {
				h.page(r.ID, Ask{Search: "没有这个人"})
			}
		})
	})
}

// plan is how the database goes about a page.
func (h *shelf) plan(r Roll, a Ask) string {
	h.t.Helper()
	q, err := pageQuery(h.store.Read(bg), r, a)
	must(h.t, err)
	dry := q.Session(&gorm.Session{DryRun: true}).Limit(51).Find(&[]Row{})
	return storetest.Plan(h.t, h.store, dry.Statement.SQL.String(), dry.Statement.Vars...)
}

func TestVersionsAreCompared(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newShelf(t, s)
		r := h.opened(6, "2026-03-02", "2026-03-08")
		v := r.Version
		original, err := h.Row(bg, r.ID, 5)
		must(t, err)
		must(t, h.amend(r.ID, "2026-03-20", Edit{Key: 2, Gone: true, Reason: "duplicate"}, Edit{Key: 3, Label: "王改", Reason: "typo"}, Edit{Key: 5, Label: "王暂", Reason: "typo"}))
		must(t, h.amend(r.ID, "2026-03-21", Edit{Label: "王新", Reason: "objection_upheld"}, Edit{Key: 3, Label: "王再", Reason: "moved"},
			Edit{Key: 5, Label: original.Label, Team: original.Team, People: original.People, AmountFen: original.AmountFen}))
		must(t, h.amend(r.ID, "2026-03-22", Edit{Key: 7, Gone: true, Reason: "typo"}))
		said := func(from, to int) string {
			changes, err := h.Compare(bg, r.ID, from, to)
			must(t, err)
			var all []string
			for _, c := range changes {
				line := c.What + " " + c.Reason
				if c.Before != nil {
					line += fmt.Sprint(" ", c.Before.Key)
				}
				if c.After != nil {
					line += " " + c.After.Label
				}
				all = append(all, line)
			}
			return strings.Join(all, "; ")
		}
		for _, c := range []struct {
			from, to int
			want     string
		}{
			{v, v + 1, "removed duplicate 2; changed typo 3 王改; changed typo 5 王暂"},
			{v, v + 2, "removed duplicate 2; changed moved 3 王再; added objection_upheld 王新"},
			{v, 0, "removed duplicate 2; changed moved 3 王再"},
			{v + 2, v + 3, "removed typo 7"},
			{v + 1, v + 1, ""},
		} {
			if got := said(c.from, c.to); got != c.want {
				t.Errorf("%d → %d: %q, want %q", c.from, c.to, got, c.want)
			}
		}
	})
}

func TestAtMostFiveHundredChanges(t *testing.T) {
	h := newShelf(t, storetest.SQLite(t))
	r := h.opened(700, "2026-03-02", "2026-03-08")
	var edits []Edit
	for key := 700; key > 0; key-- {
		edits = append(edits, Edit{Key: key, Label: "王改", Gone: key%2 == 0})
	}
	must(t, h.amend(r.ID, "2026-03-20", edits...))
	changes, err := h.Compare(bg, r.ID, r.Version, 0)
	must(t, err)
	for i, c := range changes {
		if c.Before == nil || c.Before.Key != i+1 || (c.What == "removed") != (c.Before.Key%2 == 0) {
			t.Fatalf("change %d is %+v", i, c)
		}
	}
	if len(changes) != 500 {
		t.Errorf("%d changes", len(changes))
	}
}
