package region_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/google/uuid"

	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/region"
)

// The invented villages that tests and samples use.
const villages = `code12,parent12,name,level,urban_rural_code
211122111901,211122111000,双柳村,village,220
211122108902,211122108000,苇子沟村,village,220
211122106903,211122106000,新河沿村,village,220
211104112904,211104112000,大榆树村,village,220
211104107905,211104107000,南泡子村,village,220
`

var ctx = context.Background()

// seeded is an atlas with towns, invented villages and standard offices.
func seeded(t *testing.T, s *store.Store) (*region.Atlas, map[string]region.Unit) {
	t.Helper()
	if err := region.Seed(ctx, s); err != nil {
		t.Fatal(err)
	}
	a, err := region.NewAtlas(ctx, s)
	if err != nil {
		t.Fatal(err)
	}
	result, err := a.Import(ctx, reader(villages), false, nil)
	if err != nil || result.Added != 5 || len(result.Problems) > 0 {
		t.Fatalf("Import = %+v, %v", result, err)
	}
	units, err := a.StandardUnits(ctx)
	if err != nil {
		t.Fatal(err)
	}
	byName := make(map[string]region.Unit)
	for _, u := range units {
		byName[u.Name] = u
	}
	return a, byName
}

func names(divisions []region.Division) []string {
	var all []string
	for _, d := range divisions {
		all = append(all, d.Name)
	}
	return all
}

func TestTheMapOfToday(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		a, _ := seeded(t, s)
		if err := region.Seed(ctx, s); err != nil {
			t.Fatalf("a second Seed: %v", err)
		}
		counties, err := a.Children(ctx, "211100000000")
		if want := []string{"双台子区", "兴隆台区", "大洼区", "盘山县"}; err != nil || !slices.Equal(names(counties), want) {
			t.Errorf("counties %v, %v; want %v", names(counties), err, want)
		}
		for code, want := range map[string]int{"211122000000": 14, "211104000000": 16, "211102000000": 8, "211103000000": 12, "211121000000": 0} {
			towns, err := a.Children(ctx, code)
			if err != nil || len(towns) != want {
				t.Errorf("%s has %d towns today, %v; want %d", code, len(towns), err, want)
			}
		}
		village, err := a.Division(ctx, "211122111901")
		if err != nil || village.FullName != "盘山县甜水镇双柳村" || village.Level != region.Village || *village.ParentCode != "211122111000" {
			t.Errorf("village %+v, %v", village, err)
		}
		old, err := a.Division(ctx, "211121100000")
		if err != nil || old.Name != "大洼镇" || old.SuccessorCode == nil || *old.SuccessorCode != "211104004000" || old.ValidOn("2016-03-20") || !old.ValidOn("2016-03-19") {
			t.Errorf("a town of 2015: %+v, %v", old, err)
		}
		if _, err := a.Division(ctx, "211122111999"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a village that is not there: %v", err)
		}
	})
}

func TestSearchFindsPlacesAsPeopleTypeThem(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		a, _ := seeded(t, s)
		for text, first := range map[string]string{
			"双柳":          "双柳村",
			"shuangliu":   "双柳村",
			"slc":         "双柳村",
			"SL":          "双柳村",
			"ｓｌｃ":         "双柳村",
			"shuang liu":  "双柳村",
			"甜水双柳":        "双柳村",
			"盘山县甜水镇双柳村":   "双柳村",
			"甜水":          "甜水镇",
			"yangjuanzi":  "羊圈子镇",
			"榆树村":         "大榆树村",
			"desheng":     "得胜街道",
			"高升":          "高升街道",
			"新河沿村 211122": "",
			"%":           "",
			"_":           "",
			"村%' OR 1=1":  "",
			"":            "",
			"大洼镇":         "", // replaced in 2016
			"大洼县":         "", // counties are not offered
		} {
			found, err := a.Search(ctx, text)
			if err != nil {
				t.Fatalf("%q: %v", text, err)
			}
			got := ""
			if len(found) > 0 {
				got = found[0].Name
			}
			if got != first {
				t.Errorf("Search(%q) starts with %q of %v, want %q", text, got, names(found), first)
			}
		}
		found, err := a.Search(ctx, "x")
		if err != nil || len(found) < 3 || found[0].Level != region.Village {
			t.Errorf("Search(x) = %v, %v: villages first", names(found), err)
		}
	})
}

func TestSearchShowsAtMostTwenty(t *testing.T) {
	s := storetest.SQLite(t)
	a, _ := seeded(t, s)
	file := "code12,parent12,name,level,urban_rural_code\n"
	for i := range 40 {
		file += villageLine(i)
	}
	if r, err := a.Import(ctx, reader(file), false, nil); err != nil || r.Added != 40 {
		t.Fatalf("%+v, %v", r, err)
	}
	found, err := a.Search(ctx, "测试")
	if err != nil || len(found) != 20 {
		t.Errorf("found %d, %v; want 20", len(found), err)
	}
}

func TestOfficesKeepTheirFormerNames(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		a, units := seeded(t, s)
		today, changed := workday.On(s.Now()), workday.Date("2021-05-25")
		office := units["盘锦市扶贫开发办公室"]
		if err := a.Rename(ctx, ledger.System(), office.ID, " 盘锦市乡村振兴局 ", changed); err != nil {
			t.Fatal(err)
		}
		for day, want := range map[workday.Date]string{
			"1999-01-01": "盘锦市扶贫开发办公室", "2015-01-01": "盘锦市扶贫开发办公室",
			changed.Add(-1): "盘锦市扶贫开发办公室", changed: "盘锦市乡村振兴局", today: "盘锦市乡村振兴局",
		} {
			if got, err := a.NameOn(ctx, office.ID, day); err != nil || got != want {
				t.Errorf("NameOn(%s) = %s, %v; want %s", day, got, err, want)
			}
		}
		if u, err := a.Unit(office.ID); err != nil || u.Name != "盘锦市乡村振兴局" {
			t.Errorf("the office is called %s, %v", u.Name, err)
		}
		for _, wrong := range []struct {
			name       string
			day        workday.Date
			field, key string
		}{
			{"早", today, "name", "office_name_missing"},
			{"盘锦市乡村振兴局", today, "name", "office_name_same"},
			{"盘山县督查室", today, "name", "office_name_taken"},
			{"盘锦市农业农村局", changed, "from", "office_day_early"},
			{"盘锦市农业农村局", today.Add(1), "from", "office_day_ahead"},
			{"盘锦市农业农村局", "2021-02-30", "from", "office_day_missing"},
		} {
			if got := problemOf(a.Rename(ctx, ledger.System(), office.ID, wrong.name, wrong.day), wrong.field); got != wrong.key {
				t.Errorf("%s from %s: %q, want %s", wrong.name, wrong.day, got, wrong.key)
			}
		}
		if err := a.Rename(ctx, ledger.System(), uuid.New(), "无此单位", today); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("renaming nobody: %v", err)
		}
		if _, err := a.NameOn(ctx, uuid.New(), today); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("name of nobody: %v", err)
		}
		var overlaps int
		err := s.Read(ctx).Raw(`SELECT COUNT(*) FROM unit_name a JOIN unit_name b ON a.unit_id = b.unit_id AND a.valid_from < b.valid_from
			WHERE a.valid_to IS NULL OR a.valid_to >= b.valid_from`).Scan(&overlaps).Error
		if err != nil || overlaps > 0 {
			t.Errorf("%d names are valid together, %v", overlaps, err)
		}
	})
}

// TestANameIsPutRightTheDayItBegan: a slip of the pen is no chapter of history.
func TestANameIsPutRightTheDayItBegan(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		a, units := seeded(t, s)
		today := workday.On(s.Now())
		office := units["盘锦市扶贫开发办公室"].ID
		for _, name := range []string{"盘锦市乡村真兴局", "盘锦市乡村振兴局"} {
			if err := a.Rename(ctx, ledger.System(), office, name, today); err != nil {
				t.Fatal(err)
			}
		}
		names, err := a.Names(ctx, office)
		if err != nil || len(names[office]) != 2 || names[office][0].Name != "盘锦市乡村振兴局" || names[office][1].Name != "盘锦市扶贫开发办公室" {
			t.Errorf("history: %+v, %v", names, err)
		}
		events, err := ledger.Of(ctx, s, ledger.OfUnit, office)
		if err != nil || len(events) != 3 || events[2].Body["from"] != "盘锦市乡村真兴局" {
			t.Errorf("the record forgot the slip: %+v, %v", events, err)
		}
	})
}

func TestTheTreeOfCommand(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		a, units := seeded(t, s)
		committee, err := a.AddVillageCommittee(ctx, "211122111901")
		if err != nil {
			t.Fatal(err)
		}
		again, err := a.AddVillageCommittee(ctx, "211122111901")
		if err != nil || again.ID != committee.ID || committee.Name != "甜水镇双柳村村民委员会" {
			t.Errorf("a second time: %+v, %v", again, err)
		}
		var above []string
		for _, id := range a.Above(committee.ID) {
			u, err := a.Unit(id)
			if err != nil {
				t.Fatal(err)
			}
			above = append(above, u.Name)
		}
		want := []string{"甜水镇双柳村村民委员会", "甜水镇人民政府", "盘山县督查室", "盘锦市委市政府督查室"}
		if !slices.Equal(above, want) {
			t.Errorf("above the village: %v, want %v", above, want)
		}
		below := a.Subtree(units["盘山县督查室"].ID)
		if len(below) != 4 || below[0] != units["盘山县督查室"].ID || slices.Contains(below, units["大洼区督查室"].ID) {
			t.Errorf("%d offices below 盘山县督查室, want itself, its poverty office, a town and a village", len(below))
		}
		if slices.Contains(a.Subtree(units["盘锦市委市政府督查室"].ID), units["盘锦市纪委监委"].ID) {
			t.Error("the discipline organ stands under the supervision office")
		}
		seen := map[uuid.UUID]bool{}
		for _, u := range a.Units() {
			if u.ParentID != nil && !seen[*u.ParentID] {
				t.Errorf("%s comes before its superior", u.Name)
			}
			seen[u.ID] = true
		}
		if again, err := a.StandardUnits(ctx); err != nil || len(again) != len(units) || len(a.Units()) != len(units)+2 {
			t.Errorf("StandardUnits again: %d, %v; %d offices in all", len(again), err, len(a.Units()))
		}
		if _, err := a.Unit(uuid.New()); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("unknown office: %v", err)
		}
	})
}

func TestAnotherReplicasOfficesAppear(t *testing.T) {
	clock := newClock()
	s := clock.sqlite(t)
	a, _ := seeded(t, s)
	other, err := region.NewAtlas(ctx, s)
	if err != nil {
		t.Fatal(err)
	}
	made, err := other.AddUnit(ctx, region.Unit{Name: "盘山县水利局", Kind: region.Department, Level: region.County}, "211122000000")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Unit(made.ID); err == nil {
		t.Fatal("the first replica knows already: the test shows nothing")
	}
	clock.forward(31)
	eventually(t, func() bool { _, err := a.Unit(made.ID); return err == nil })
}
