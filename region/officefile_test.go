package region_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
	"minsheng/ledger"
	"minsheng/region"
)

const unitHeader = "name,kind,level,parent,places,phone\n"

// A town with its village, and a team over two villages.
const officeFile = "\uFEFF" + unitHeader +
	"甜水镇人民政府,government,town,盘山县督查室,211122111000,0427-0000000\n" +
	"甜水镇双柳村村民委员会,village_committee,village,甜水镇人民政府,211122111901,\n" +
	"县水利局驻村工作队,team,village,盘山县督查室,211122111901 211122108902,\n"

func TestOfficesComeFromAFile(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		a, units := seeded(t, s)
		for _, run := range []struct {
			name             string
			rehearsal        bool
			added, unchanged int
			offices          int
		}{
			{"a rehearsal", true, 3, 0, len(units)},
			{"for real", false, 3, 0, len(units) + 3},
			{"once more", false, 0, 3, len(units) + 3},
		} {
			r, err := a.ImportUnits(ctx, reader(officeFile), run.rehearsal, nil)
			if err != nil || r.Added != run.added || r.Unchanged != run.unchanged || len(r.Problems) > 0 {
				t.Errorf("%s: %+v, %v", run.name, r, err)
			}
			if n := len(a.Units()); n != run.offices {
				t.Errorf("%s: %d offices, want %d", run.name, n, run.offices)
			}
		}
		for _, u := range a.Units() {
			if u.Name != "县水利局驻村工作队" {
				continue
			}
			held, err := a.Jurisdiction(ctx, u.ID)
			if err != nil || len(held[u.ID]) != 2 || held[u.ID][1].Name != "双柳村" {
				t.Errorf("the team answers for %+v, %v", held[u.ID], err)
			}
			events, err := ledger.Of(ctx, s, ledger.OfUnit, u.ID)
			if err != nil || len(events) != 1 || events[0].Kind != "unit_added" {
				t.Errorf("events: %+v, %v", events, err)
			}
		}
		committee, err := a.AddVillageCommittee(ctx, "211122111901")
		if err != nil || len(a.Units()) != len(units)+3 {
			t.Errorf("the file's committee is not found again: %+v, %v", committee, err)
		}
	})
}

func TestAFileOfOfficesSaysWhatIsWrongWithEachLine(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		a, units := seeded(t, s)
		good := "甜水镇人民政府,government,town,盘山县督查室,211122111000,\n"
		for _, test := range []struct {
			name, file string
			line       int
			says       string
		}{
			{"nothing", "", 1, "empty"},
			{"header", "name,kind\n", 1, "first line must be"},
			{"fields", unitHeader + good + "吴家镇人民政府,government\n", 3, "2 fields"},
			{"kind", unitHeader + "甜水镇人民政府,政府,town,盘山县督查室,211122111000,\n", 2, "must be one of government"},
			{"level", unitHeader + "甜水镇人民政府,government,乡,盘山县督查室,211122111000,\n", 2, "must be one of city"},
			{"parent", unitHeader + "甜水镇人民政府,government,town,盘山督查室,211122111000,\n", 2, `parent "盘山督查室": no office`},
			{"parent below", unitHeader + "甜水镇双柳村村民委员会,village_committee,village,甜水镇人民政府,211122111901,\n" + good, 2, "further up"},
			{"wrong desk", unitHeader + "羊圈子镇人民政府,government,town,盘山县督查室,211122106000,\n", 2, "go elsewhere"},
			{"place", unitHeader + good + "某村村民委员会,village_committee,village,甜水镇人民政府,2.11E+11,\n", 3, "12 digits"},
			{"elsewhere", unitHeader + good + "某村村民委员会,village_committee,village,甜水镇人民政府,211104112904,\n", 3, "does not answer"},
			{"twice", unitHeader + good + strings.Replace(good, "211122111000", "211122112000", 1), 3, "not the same"},
			{"there, but other", unitHeader + "盘山县扶贫开发办公室,poverty_office,county,盘山县督查室,211122000000,0427-0000000\n", 2, "not the same"},
			{"phone", unitHeader + "甜水镇人民政府,government,town,盘山县督查室,211122111000,打给村长\n", 2, "telephone"},
			{"open quote", unitHeader + "\"甜水\n", 2, "1 fields"},
		} {
			r, err := a.ImportUnits(ctx, reader(test.file), false, nil)
			if err != nil || len(r.Problems) == 0 {
				t.Errorf("%s: %+v, %v; want a problem", test.name, r, err)
				continue
			}
			if p := r.Problems[0]; p.Line != test.line || !strings.Contains(p.Text, test.says) {
				t.Errorf("%s: line %d %q, want line %d with %q", test.name, p.Line, p.Text, test.line, test.says)
			}
		}
		if n := len(a.Units()); n != len(units) {
			t.Errorf("something of a file with a problem was stored: %d offices", n)
		}
	})
}

// TestFiveHundredOfficesInASecond is the goal for lists of villages, held for
// their committees too.
func TestFiveHundredOfficesInASecond(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		a, units := seeded(t, s)
		var places, offices strings.Builder
		places.WriteString(header)
		offices.WriteString(unitHeader)
		for i := range 500 {
			line := villageLine(i)
			places.WriteString(line)
			fmt.Fprintf(&offices, "测试%d村村民委员会,village_committee,village,盘山县督查室,%s,\n", i, line[:12])
		}
		if r, err := a.Import(ctx, reader(places.String()), false, nil); err != nil || r.Added != 500 {
			t.Fatalf("villages: %+v, %v", r, err)
		}
		told, began := 0, time.Now()
		r, err := a.ImportUnits(ctx, reader(offices.String()), false, func(done, total int) { told = done })
		took := time.Since(began)
		if err != nil || r.Added != 500 || told != 500 || len(a.Units()) != len(units)+500 {
			t.Fatalf("%+v, %v, told of %d", r, err, told)
		}
		t.Logf("500 offices in %s", took.Round(time.Millisecond))
		if took > time.Second && !underRace {
			t.Errorf("500 offices took %s", took)
		}
		if _, _, err := a.DeskFor("211122101910", region.Accused{Level: "village"}); err != nil {
			t.Error(err)
		}
	})
}
