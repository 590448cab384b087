package region_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
	"minsheng/region"
)

const gazetteerCSV = `code12,parent12,name,level,urban_rural_code
211122111901,211122111000,双柳村,village,220
211122111908,211122111000,新立村,village,220
211122108908,211122108000,新立村,village,220
211122111909,211122111000,甜水村,village,220
211104112904,211104112000,大榆树村,village,220
`

func TestPlacesAreFoundAsOfficesWriteThem(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := context.Background()
		if err := region.Seed(ctx, s); err != nil {
			t.Fatal(err)
		}
		atlas, err := region.NewAtlas(ctx, s)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := atlas.Import(ctx, strings.NewReader(gazetteerCSV), false, nil); err != nil {
			t.Fatal(err)
		}
		for within, places := range map[string]map[string]string{
			"211122000000": {
				"双柳村": "211122111901", "双柳": "211122111901", "双 柳 村": "211122111901", "２１１１２２１１１９０１": "211122111901",
				"双柳村委会": "211122111901", "双柳村村民委员会": "211122111901", "双柳村民委员会": "211122111901",
				"甜水镇双柳村": "211122111901", "甜水双柳": "211122111901", "盘山县甜水镇双柳村": "211122111901",
				"新立村": "211122108908 211122111908", "甜水镇新立村": "211122111908",
				"甜水镇": "211122111000", "甜水村": "211122111909", "甜水": "211122111909",
				"大榆树村": "", "": "", "村": "", "双": "", "211104112904": "",
			},
			"211122111000": {"新立村": "211122111908", "新立": "211122111908"},
			"211122111901": {"双柳": "211122111901", "新立村": ""},
			"211100000000": {"大榆树": "211104112904", "盘山县": "211122000000"},
		} {
			g, err := atlas.Gazetteer(s.Read(ctx), within)
			if err != nil {
				t.Fatal(err)
			}
			for text, want := range places {
				if got := g.Find(text); strings.Join(slices.Sorted(slices.Values(got)), " ") != want {
					t.Errorf("%q in %s: %v, want %s", text, within, got, want)
				}
			}
		}
	})
}

func TestWithin(t *testing.T) {
	const village, town, county, city = "211122111901", "211122111000", "211122000000", "211100000000"
	for _, c := range []struct {
		code, place string
		want        bool
	}{
		{village, village, true}, {village, town, true}, {village, county, true}, {village, city, true}, {town, village, false}, {county, town, false},
		{"211122111902", village, false}, {"211104112904", county, false}, {"211104112904", city, true}, {"210502000000", city, false},
		{"", city, false}, {village, "", false}, {"21112211190x", city, false},
	} {
		if got := region.Within(c.code, c.place); got != c.want {
			t.Errorf("%s within %s: %v", c.code, c.place, got)
		}
	}
}
