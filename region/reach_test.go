package region_test

import (
	"slices"
	"testing"

	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
	"minsheng/region"
)

func TestAnOfficeReachesTheTownsOfItsPlacesUnderTheSameCommand(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		a, units := seeded(t, s)
		for _, town := range []string{"211122111000", "211122110000", "211122106000", "211104112000"} {
			u, err := a.AddTownOffice(ctx, town)
			if err != nil {
				t.Fatal(err)
			}
			units[u.Name] = u
		}
		for _, test := range []struct {
			from, to string
			reaches  bool
		}{
			{"盘山县扶贫开发办公室", "盘山县扶贫开发办公室", true},
			{"盘山县扶贫开发办公室", "甜水镇人民政府", true},
			{"盘山县扶贫开发办公室", "陈家镇人民政府", true},
			{"盘山县扶贫开发办公室", "羊圈子镇人民政府", false}, // the zone's
			{"盘山县扶贫开发办公室", "唐家镇人民政府", false},  // another county
			{"盘山县扶贫开发办公室", "盘山县督查室", false},   // above it
			{"盘山县督查室", "盘山县扶贫开发办公室", true},
			{"盘锦市扶贫开发办公室", "甜水镇人民政府", true},
			{"盘锦市扶贫开发办公室", "羊圈子镇人民政府", true},
			{"盘锦市扶贫开发办公室", "盘山县扶贫开发办公室", true},
			{"辽河口生态经济区督查室", "羊圈子镇人民政府", true},
			{"辽河口生态经济区督查室", "甜水镇人民政府", false},
			{"甜水镇人民政府", "陈家镇人民政府", false},
			{"甜水镇人民政府", "盘山县扶贫开发办公室", false},
		} {
			if got := slices.Contains(a.Reach(units[test.from].ID), units[test.to].ID); got != test.reaches {
				t.Errorf("%s reaches %s: %v, want %v", test.from, test.to, got, test.reaches)
			}
		}
		if r := a.Reach(region.Unit{}.ID); len(r) != 1 {
			t.Errorf("an unknown office reaches %d", len(r))
		}
	})
}
