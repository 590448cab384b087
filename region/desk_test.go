package region_test

import (
	"errors"
	"testing"

	"github.com/google/uuid"

	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
	"minsheng/region"
)

func TestAReportLiesOnADeskAboveTheAccused(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		a, units := seeded(t, s)
		must := func(u region.Unit, err error) region.Unit {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
			units[u.Name] = u
			return u
		}
		must(a.AddVillageCommittee(ctx, "211122111901"))
		for _, town := range []string{"211122111000", "211122106000", "211104112000"} {
			must(a.AddTownOffice(ctx, town))
		}
		must(a.AddVillageCommittee(ctx, "211122106903"))
		must(a.AddVillageCommittee(ctx, "211104112904"))
		county := units["盘山县督查室"].ID
		water := must(a.AddUnit(ctx, region.Unit{Name: "盘山县水利局", Kind: region.Department, Level: region.County, ParentID: &county}, "211122000000"))
		must(a.AddUnit(ctx, region.Unit{Name: "水利局驻双柳村工作队", Kind: region.Team, Level: region.Village, ParentID: &water.ID}, "211122111901"))
		town := units["甜水镇人民政府"].ID
		must(a.AddUnit(ctx, region.Unit{Name: "镇驻双柳村工作队", Kind: region.Team, Level: region.Village, ParentID: &town}, "211122111901"))

		const (
			city, panshan, dawa, zone = "盘锦市委市政府督查室", "盘山县督查室", "大洼区督查室", "辽河口生态经济区督查室"
			plain, inZone, inDawa     = "211122111901", "211122106903", "211104112904"
		)
		for _, test := range []struct {
			place, level string
			accused      []string
			desk         string
			beyond       bool
		}{
			{plain, "unknown", nil, panshan, false},
			{plain, "", nil, panshan, false},
			{plain, "village", nil, panshan, false},
			{plain, "town", nil, panshan, false},
			{plain, "county", nil, city, false},
			{plain, "city", nil, city, true},
			{plain, "office", nil, city, true},
			{inDawa, "village", nil, dawa, false},
			{inDawa, "county", nil, city, false},
			{inZone, "unknown", nil, zone, false},
			{inZone, "town", nil, zone, false},
			{inZone, "county", nil, city, false},
			{"211122106000", "unknown", nil, zone, false},    // 羊圈子镇 itself
			{"211122104000", "unknown", nil, zone, false},    // 石新镇
			{"211122004000", "unknown", nil, zone, false},    // 东郭街道
			{"211122105000", "unknown", nil, zone, false},    // 东郭镇, its former code
			{"211122111000", "unknown", nil, panshan, false}, // 甜水镇
			{"211103001000", "unknown", nil, "兴隆台区督查室", false},
			{"211102002000", "unknown", nil, "双台子区督查室", false},

			{plain, "unknown", []string{"甜水镇双柳村村民委员会"}, panshan, false},
			{plain, "unknown", []string{"甜水镇人民政府"}, panshan, false},
			{plain, "village", []string{"盘山县督查室"}, city, false},
			{plain, "village", []string{"盘山县扶贫开发办公室"}, city, false},
			{plain, "village", []string{"盘山县水利局"}, city, false},
			{plain, "village", []string{"盘锦市扶贫开发办公室"}, city, true},
			{plain, "village", []string{"盘锦市委市政府督查室"}, city, true},
			{plain, "village", []string{"甜水镇人民政府", "盘山县督查室"}, city, false},
			{plain, "village", []string{"甜水镇人民政府", "唐家镇人民政府"}, city, false}, // two counties
			{plain, "village", []string{"水利局驻双柳村工作队"}, city, false},         // sent by the county
			{plain, "village", []string{"镇驻双柳村工作队"}, panshan, false},        // sent by the town
			{plain, "city", []string{"甜水镇人民政府"}, city, true},
			{inZone, "village", []string{"羊圈子镇人民政府"}, zone, false},
			{inZone, "village", []string{zone}, city, false},
			{inZone, "village", []string{panshan}, city, false}, // the zone does not command the county
			{plain, "village", []string{zone}, city, false},
		} {
			var accused []uuid.UUID
			for _, name := range test.accused {
				u, known := units[name]
				if !known {
					t.Fatalf("no office %s", name)
				}
				accused = append(accused, u.ID)
			}
			desk, beyond, err := a.DeskFor(test.place, region.Accused{Level: test.level, Units: accused})
			if err != nil || desk.Name != test.desk || beyond != test.beyond {
				t.Errorf("%s about %q %v: %s beyond %v, %v; want %s %v",
					test.place, test.level, test.accused, desk.Name, beyond, err, test.desk, test.beyond)
			}
		}
	})
}

func TestDeskForSaysWhenItCannotTell(t *testing.T) {
	s := storetest.SQLite(t)
	a, _ := seeded(t, s)
	for _, place := range []string{"", "x", "220000000000", "21112211190", "２１１１２２１１１９０１"} {
		if _, _, err := a.DeskFor(place, region.Accused{}); !errors.Is(err, region.ErrNoDesk) {
			t.Errorf("DeskFor(%q): %v, want ErrNoDesk", place, err)
		}
	}
	if _, _, err := a.DeskFor("211122111901", region.Accused{Units: []uuid.UUID{uuid.New()}}); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("an unknown accused office: %v", err)
	}
}
