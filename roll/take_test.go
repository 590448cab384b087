package roll

import (
	"errors"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"

	"gorm.io/gorm"

	"minsheng/internal/sheet"
	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
	"minsheng/staff"
	"minsheng/tray"
)

func TestRecordsBecomeRows(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newShelf(t, s)
		for _, c := range []struct {
			kind   Kind
			record sheet.Record
			want   Row
		}{
			{Households, record(2, "label", " 欧阳建华 ", "team", "三组", "people", "4", "cause", "因病致贫", "place", "双柳村", "note", "无"),
				Row{Label: "欧阳建华", Shown: "欧阳*华", Team: "三组", People: 4, PlaceCode: shuangliu, Cells: map[string]string{"cause": "illness", "note": "无"}}},
			{Exits, record(2, "label", "王小二", "people", "2", "agreed", "是"),
				Row{Label: "王小二", Shown: "王*二", People: 2, PlaceCode: tianshui, Cells: map[string]string{"agreed": "yes"}}},
			{Payments, record(2, "label", "王小二", "amount", "123456", "programme", "低保", "standard", "每亩300元", "batch", "一季度"),
				Row{Label: "王小二", Shown: "王*二", AmountFen: 123456, PlaceCode: tianshui, Cells: map[string]string{"programme": "低保", "standard": "每亩300元", "batch": "一季度"}}},
			{Allocation, record(2, "label", "自来水", "unit", "甜水镇", "place", "甜水双柳村", "content", "打井", "amount", "500", "responsible", "水利局"),
				Row{Label: "自来水", Shown: "自来水", AmountFen: 500, PlaceCode: shuangliu, Cells: map[string]string{"unit": "甜水镇", "place": "甜水双柳村", "content": "打井", "responsible": "水利局"}}},
			{Projects, record(2, "label", "修路", "place", "甜水镇等三个镇", "amount", "500", "source", "中央", "goals", "通车"),
				Row{Label: "修路", Shown: "修路", AmountFen: 500, PlaceCode: tianshui, Cells: map[string]string{"place": "甜水镇等三个镇", "source": "中央", "goals": "通车"}}},
		} {
			r := h.create(c.kind, tianshui)
			if problems := h.problems(r, c.record); len(problems) != 0 {
				t.Errorf("%s: %+v", c.kind, problems)
			}
			h.fill(r, []sheet.Record{c.record})
			got, err := h.Row(bg, r.ID, 1)
			must(t, err)
			if got.Label != c.want.Label || got.Shown != c.want.Shown || got.Team != c.want.Team || got.People != c.want.People ||
				got.AmountFen != c.want.AmountFen || got.PlaceCode != c.want.PlaceCode || !maps.Equal(got.Cells, c.want.Cells) || got.N != 1 || got.Reason != "imported" {
				t.Errorf("%s: %+v, want %+v", c.kind, got, c.want)
			}
			if now := h.now(r.ID); now.Size != 1 || now.People != c.want.People || now.TotalFen != c.want.AmountFen || now.Version != 2 {
				t.Errorf("%s: %+v", c.kind, now)
			}
		}
	})
}

// problems is what a dry run says about records.
func (h *shelf) problems(r Roll, all ...sheet.Record) []sheet.Problem {
	h.t.Helper()
	check, err := h.target(r.Kind).Check(bg, h.by, tray.Sheet{OwnerID: &r.ID})
	must(h.t, err)
	var problems []sheet.Problem
	for _, record := range all {
		problems = append(problems, check(record)...)
	}
	return problems
}

func TestProblemsPointAtTheirCells(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newShelf(t, s)
		county := h.create(Households, "211122000000")
		told := h.problems(county,
			record(2, "label", "王小二", "team", "一组", "place", "双柳村"),
			record(3, "label", "王小二", "team", "二组", "place", "双柳村"),
			record(4, "label", "王小二", "team", "一组", "place", "苇子沟村"),
			record(5, "label", "王 小二", "team", "一 组", "place", "甜水镇双柳村"), // twice
			record(6, "label", "李小四", "team", "一组", "place", "新立村"),      // two of them
			record(7, "label", "赵小五", "team", "一组", "place", "大榆树村"),     // in another county
			record(8, "label", "赵小五", "team", "一组", "place", "盘锦市双台子区"),  // likewise
			record(9, "label", "钱小六", "team", "一组", "people", "1001"),
			record(10, "label", "孙小七", "team", "一组", "amount", "10000000000001"),
			record(11, "team", "一组"), record(12, "team", "一组"), // without a name the sheet complains itself
		)
		var got []string
		for _, p := range told {
			got = append(got, p.Ref+" "+p.Field+" "+p.Key)
			if p.Column != strings.IndexByte("ABC", p.Ref[0]) || p.Raw == "" {
				t.Errorf("%+v", p)
			}
		}
		want := []string{"A5 label twice", "C6 place place_several", "C7 place place_unknown", "C8 place place_unknown", "C9 people too_large", "C10 amount too_large"}
		if !slices.Equal(got, want) {
			t.Errorf("got  %q\nwant %q", got, want)
		}
		if again := h.problems(county, record(2, "label", "王小二", "team", "一组", "place", "双柳村")); len(again) != 0 {
			t.Errorf("another reading remembers the last: %+v", again)
		}
	})
}

func TestWhatIsWrongIsNotTaken(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newShelf(t, s)
		r := h.households(3)
		take := func(by staff.Officer, k Kind, owner *Roll, next func() (sheet.Record, error)) error {
			return s.Transact(bg, func(tx *gorm.DB) error {
				a := tray.Sheet{}
				if owner != nil {
					a.OwnerID = &owner.ID
				}
				_, err := h.target(k).Take(tx, by, a, next)
				return err
			})
		}
		elsewhere := h.publisher(h.unit("大洼区督查室"))
		reader := h.by
		reader.Roles = []staff.Role{staff.Registrar}
		torn := errors.New("torn")
		begun := h.opened(2, "2026-03-02", "2026-03-08")
		h.expect("of another office", take(elsewhere, Households, &r, each(nil)), store.ErrNotFound)
		h.expect("by a registrar", take(reader, Households, &r, each(nil)), staff.ErrForbidden)
		h.expect("as another kind", take(h.by, Exits, &r, each(nil)), store.ErrNotFound)
		h.expect("for nothing", take(h.by, Households, nil, each(nil)), store.ErrNotFound)
		h.expect("once the round has begun", take(h.by, Households, &begun, each(nil)), ErrStage)
		h.expect("a place elsewhere", take(h.by, Households, &r, each([]sheet.Record{record(2, "label", "王", "place", "大榆树村")})), tray.ErrProblems)
		h.expect("torn", take(h.by, Households, &r, func() (sheet.Record, error) { return sheet.Record{}, torn }), torn)
		_, err := h.target(Households).Check(bg, elsewhere, tray.Sheet{OwnerID: &r.ID})
		h.expect("checked by another office", err, store.ErrNotFound)
		if now := h.now(r.ID); now.Version != r.Version || h.count(r) != 3 {
			t.Errorf("something was taken: %+v", now)
		}
		h.expect("nothing at all", take(h.by, Households, &r, each(nil)), nil)
		if now := h.now(r.ID); now.Size != 0 || h.count(r) != 0 {
			t.Errorf("%+v", now)
		}
	})
}

func (h *shelf) count(r Roll) int {
	h.t.Helper()
	n := 0
	must(h.t, h.Each(bg, r.ID, 0, func(row Row) error {
		n++
		if row.Key != n {
			return io.ErrUnexpectedEOF
		}
		return nil
	}))
	return n
}

func TestCausesAreClasses(t *testing.T) {
	for text, want := range map[string]string{"因病": "illness", "大病致贫": "illness", "残疾": "disability", "因学": "schooling", "因灾": "disaster",
		"缺土地": "land", "缺技术": "technology", "缺劳动力": "labour", "缺资金": "money", "交通条件落后": "traffic", "自身发展动力不足": "other", "illness": "illness"} {
		if got := causeOf(text); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
	for _, code := range Causes() {
		if causeOf(code) != code {
			t.Errorf("%s does not stay", code)
		}
	}
}

// TestHeadingsNameOneColumn: within a kind no heading means two columns, and
// every kind has what its rows need.
func TestHeadingsNameOneColumn(t *testing.T) {
	for _, k := range Kinds() {
		seen := map[string]string{}
		required := 0
		for _, f := range Fields(k) {
			if f.Required {
				required++
			}
			for _, name := range f.Names {
				if other, twice := seen[sheet.Fold(name)]; twice {
					t.Errorf("%s: %s means %s and %s", k, name, other, f.Code)
				}
				seen[sheet.Fold(name)] = f.Code
			}
		}
		if required < 2 || seen["备注"] != "note" {
			t.Errorf("%s: %d columns are required", k, required)
		}
	}
	if Fields("nothing") != nil {
		t.Error("an unknown kind has columns")
	}
}

// TestManyRowsAreTakenTogether: more than one statement takes, and again over
// themselves.
func TestManyRowsAreTakenTogether(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newShelf(t, s)
		r := h.create(Households, shuangliu)
		all := records(2_500)
		h.fill(r, all)
		h.fill(r, all)
		must(t, h.minutes(r.ID, Village))
		must(t, h.advance(r.ID, Village, "2026-03-02", "2026-03-08"))
		if n := h.count(r); n != 2_500 {
			t.Errorf("%d rows", n)
		}
	})
}

// BenchmarkTake takes 50 000 rows into an empty list.
func BenchmarkTake(b *testing.B) {
	onBoth(b, func(b *testing.B, h *shelf) {
		all := records(50_000)
		for b.Loop() {
			h.fill(h.create(Households, shuangliu), all)
		}
	})
}
