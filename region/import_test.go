package region_test

import (
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
)

const header = "code12,parent12,name,level,urban_rural_code\n"

func reader(text string) io.Reader { return strings.NewReader(text) }

// villageLine is an invented village; block 9xx holds a hundred to a town.
func villageLine(i int) string {
	towns := []string{"211122101", "211122103", "211122107", "211122108", "211122110", "211122111", "211122112"}
	town := towns[i/90]
	return fmt.Sprintf("%s9%02d,%s000,测试%d村,village,220\n", town, i%90+10, town, i)
}

func TestImportSaysWhatIsWrongWithEachLine(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		a, _ := seeded(t, s)
		for _, test := range []struct {
			name, file string
			line       int
			says       string
		}{
			{"nothing", "", 1, "empty"},
			{"header", "code,name\n", 1, "first line must be"},
			{"code", header + "2.11122E+11,211122111000,双柳村,village,\n", 2, "12 digits"},
			{"full-width code", header + "２１１１２２１１１９０１,211122111000,双柳村,village,\n", 2, "12 digits"},
			{"parent missing", header + "211122999000,211122000000,某镇,town,\n" + "211122998901,211122998000,某村,village,\n", 3, "211122998000"},
			{"parent wrong", header + "211122111906,211122112000,某村,village,\n", 2, "must be 211122111000"},
			{"level", header + "211122111906,211122111000,某村,town,\n", 2, "built like a village"},
			{"level unknown", header + "211122111906,211122111000,某村,hamlet,\n", 2, "hamlet"},
			{"twice", header + "211122111906,211122111000,某村,village,\n\n211122111906,211122111000,另村,village,\n", 4, "already stands on line 2"},
			{"name", header + "211122111906,211122111000,  ,village,\n", 2, "name is empty"},
			{"name too long", header + "211122111906,211122111000," + strings.Repeat("长", 61) + ",village,\n", 2, "60 characters"},
			{"not UTF-8", header + "211122111906,211122111000,\xcb\xab\xc1\xf8,village,\n", 2, "UTF-8"},
			{"fields", header + "211122111906,211122111000,某村\n", 2, "3 fields"},
			{"control", header + "211122111906,211122111000,某\x00村,village,\n", 2, "control"},
		} {
			r, err := a.Import(ctx, reader(test.file), false, nil)
			if err != nil || len(r.Problems) != 1 {
				t.Errorf("%s: %+v, %v; want one problem", test.name, r, err)
				continue
			}
			if p := r.Problems[0]; p.Line != test.line || !strings.Contains(p.Text, test.says) {
				t.Errorf("%s: line %d %q, want line %d with %q", test.name, p.Line, p.Text, test.line, test.says)
			}
		}
		if _, err := a.Division(ctx, "211122999000"); err == nil {
			t.Error("something of a file with a problem was stored")
		}
	})
}

func TestImportStoresAllOrNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		a, _ := seeded(t, s)
		file := "\uFEFF" + header +
			"211122111906,211122111000,东泡子村,village,220\r\n" + // before its changed parent
			"211122111000,211122000000,甜水新镇,town,\r\n" +
			"211122108902,211122108000,苇子沟村,village,220\r\n" +
			"211122102901,211122102000,高升旧村,village,220\r\n" // 高升镇 ended in 2016
		dry, err := a.Import(ctx, reader(file), true, nil)
		if err != nil || dry.Added != 2 || dry.Renamed != 1 || dry.Unchanged != 1 || dry.Expired != 1 || len(dry.Problems) != 0 {
			t.Fatalf("dry run: %+v, %v", dry, err)
		}
		if _, err := a.Division(ctx, "211122111906"); err == nil {
			t.Fatal("a dry run stored something")
		}
		var steps []int
		r, err := a.Import(ctx, reader(file), false, func(done, total int) { steps = append(steps, done*100/total) })
		if err != nil || r.Added != 2 || r.Renamed != 1 {
			t.Fatalf("%+v, %v", r, err)
		}
		if len(steps) < 3 || steps[0] != 0 || steps[len(steps)-1] != 100 {
			t.Errorf("progress %v", steps)
		}
		for code, want := range map[string]string{
			"211122111906": "盘山县甜水新镇东泡子村", "211122111901": "盘山县甜水新镇双柳村", "211122111000": "盘山县甜水新镇", "211122108902": "盘山县坝墙子镇苇子沟村",
		} {
			if d, err := a.Division(ctx, code); err != nil || d.FullName != want {
				t.Errorf("%s = %s, %v; want %s", code, d.FullName, err, want)
			}
		}
		if found, _ := a.Search(ctx, "tianshuixin"); len(found) != 1 {
			t.Errorf("the new name is not found: %v", names(found))
		}
		if found, _ := a.Search(ctx, "高升旧"); len(found) != 0 {
			t.Errorf("a village of a town that ended is offered: %v", names(found))
		}
		if again, err := a.Import(ctx, reader(file), false, nil); err != nil || again.Unchanged != 4 {
			t.Errorf("a second time: %+v, %v", again, err)
		}
	})
}

func TestImportOf500RowsTakesLessThanASecond(t *testing.T) {
	var file strings.Builder
	file.WriteString(header)
	for i := range 500 {
		file.WriteString(villageLine(i))
	}
	for name, open := range map[string]func(testing.TB) *store.Store{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		t.Run(name, func(t *testing.T) {
			var took time.Duration
			// A machine that is busy with something else gets three chances.
			for range 3 {
				a, _ := seeded(t, open(t))
				start := time.Now()
				r, err := a.Import(ctx, reader(file.String()), false, nil)
				took = time.Since(start)
				if err != nil || r.Added != 500 || len(r.Problems) > 0 {
					t.Fatalf("%+v, %v", r, err)
				}
				if took < time.Second || underRace {
					return
				}
			}
			t.Errorf("took %s", took)
		})
	}
}

// clock is a clock that a test moves.
type clock struct{ seconds atomic.Int64 }

func newClock() *clock {
	c := &clock{}
	c.seconds.Store(time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC).Unix())
	return c
}

func (c *clock) forward(seconds int64) { c.seconds.Add(seconds) }

func (c *clock) sqlite(t *testing.T) *store.Store {
	t.Helper()
	s, err := store.Open(ctx, store.Config{Dir: t.TempDir(), Now: func() time.Time { return time.Unix(c.seconds.Load(), 0) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if err := s.MigrateUp(ctx, io.Discard); err != nil {
		t.Fatal(err)
	}
	return s
}

func eventually(t *testing.T, happens func() bool) {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Second); !happens(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it did not happen within five seconds")
		}
	}
}
