package triage

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
	"minsheng/internal/workday"
	"minsheng/region"
	"minsheng/staff"
)

// BenchmarkQueue measures what an officer's day asks of the queue, on both
// databases, at the sizes in BENCH_COMPLAINTS ("10000,1000000"; 2000 when it
// is not set). One complaint in fifty is open.
func BenchmarkQueue(b *testing.B) {
	for _, size := range benchSizes(b) {
		b.Run(fmt.Sprintf("sqlite/%d", size), func(b *testing.B) { benchQueue(b, storetest.SQLite(b), size) })
		b.Run(fmt.Sprintf("postgres/%d", size), func(b *testing.B) { benchQueue(b, storetest.Postgres(b), size) })
	}
}

func benchQueue(b *testing.B, s *store.Store, size int) {
	o := newOffice(b, s)
	city, county := o.officer(cityDesk, staff.Supervisor), o.officer(panshan, staff.Supervisor)
	o.fill(size, county)
	for _, by := range []staff.Officer{city, county} {
		level := map[string]string{cityDesk: "city", panshan: "county"}[by.UnitName]
		for _, what := range slices.Sorted(maps.Keys(benchFilters)) {
			b.Run(level+"/"+what, func(b *testing.B) {
				for b.Loop() {
					_, err := o.Find(bg, by, benchFilters[what], "")
					o.must(err)
				}
			})
		}
		b.Run(level+"/counts", func(b *testing.B) {
			for b.Loop() {
				_, err := o.Counts(bg, by)
				o.must(err)
			}
		})
	}
}

var benchFilters = map[string]Filter{
	"default":    {},
	"mine":       {Mine: true},
	"unassigned": {Unassigned: true},
	"village":    {Place: shuangliu},
	"kind":       {Kind: "RETALIATION"},
	"state":      {State: intake.Verifying},
	"severity":   {Severity: 1},
	"finished":   {Finished: true},
	"commonword": {Text: "补助"},
	"rareword":   {Text: "韩某"},
	"number":     {Text: "001000"},
}

func benchSizes(b *testing.B) []int {
	var sizes []int
	for _, text := range strings.Split(os.Getenv("BENCH_COMPLAINTS"), ",") {
		if n, err := strconv.Atoi(strings.TrimSpace(text)); err == nil {
			sizes = append(sizes, n)
		}
	}
	if len(sizes) == 0 {
		b.Log("BENCH_COMPLAINTS is not set: 2000")
		return []int{2000}
	}
	return sizes
}

// fill stores n complaints of three years, oldest first.
func (o *office) fill(n int, owner staff.Officer) {
	o.t.Helper()
	villages := []string{shuangliu, weizigou, xinheyan, dayushu}
	desks := map[string]uuid.UUID{}
	for _, v := range villages {
		desk, _, err := o.atlas.DeskFor(v, region.Accused{})
		o.must(err)
		desks[v] = desk.ID
	}
	start := o.store.Now().Add(-3 * 365 * 24 * time.Hour)
	const batch = 200
	for from := 0; from < n; from += batch {
		var reports []intake.Report
		var complaints []intake.Complaint
		for i := from; i < min(n, from+batch); i++ {
			c := benchCase(i, villages[i%4], start.Add(time.Duration(i)*(3*365*24*time.Hour)/time.Duration(n)), owner)
			c.DeskUnitID = desks[c.PlaceCode]
			complaints = append(complaints, c)
			reports = append(reports, intake.Report{ID: c.ReportID, ReceiptIndex: c.ReportID[:], Mode: c.Mode, Channel: c.Channel, PlaceCode: c.PlaceCode, PlaceName: c.PlaceName, Lang: "zh-CN", ReceivedAt: c.ReceivedAt})
		}
		o.must(o.store.Transact(bg, func(tx *gorm.DB) error {
			if err := tx.Create(&reports).Error; err != nil {
				return err
			}
			if err := tx.Create(&complaints).Error; err != nil {
				return err
			}
			return o.indexAll(tx, complaints)
		}))
	}
	if o.store.Postgres() {
		o.must(o.store.Read(bg).Exec("VACUUM ANALYZE complaint").Error)
		o.must(o.store.Read(bg).Exec("VACUUM ANALYZE complaint_search").Error)
	} else {
		o.must(o.store.Read(bg).Exec("ANALYZE").Error)
	}
}

// indexAll enters many complaints into the search index in one statement.
func (o *office) indexAll(tx *gorm.DB, all []intake.Complaint) error {
	statement, each := "INSERT INTO complaint_search (rowid, grams) VALUES ", "(?, ?)"
	quote, sign := "", " "
	if o.store.Postgres() {
		statement, each = "INSERT INTO complaint_search (seq, grams) VALUES ", "(?, ?::tsvector)"
		quote = "'"
	}
	var values []any
	for i, c := range all {
		if i > 0 {
			statement += ", "
		}
		statement += each
		values = append(values, c.Seq, quoted(intake.Grams(c.Summary+" "+c.PlaceName+" "+c.Number()), quote, sign))
	}
	return tx.Exec(statement, values...).Error
}

func benchCase(i int, village string, at time.Time, owner staff.Officer) intake.Complaint {
	matters := []string{"危房改造补助没有发全", "低保名单里有村干部亲戚", "修路的钱不知去向", "一卡通被会计代管", "水井打完没有水", "入股分红迟迟不发"}
	kinds := intake.Kinds(true)
	who := string([]rune("赵钱孙李周吴郑王冯陈褚卫蒋沈杨朱秦尤许何吕施张孔曹严华金魏陶姜")[i/7%31])
	if i%5000 == 17 {
		who = "韩"
	}
	c := intake.Complaint{
		ID: uuid.Must(uuid.NewV7()), ReportID: uuid.Must(uuid.NewV7()), Part: 1,
		State: intake.Closed, Mode: intake.Anonymous, Channel: intake.Web,
		PlaceCode: village, TownCode: region.TownCode(village), CountyCode: region.CountyCode(village), PlaceName: "某村",
		Kind: kinds[i*7%len(kinds)], Severity: 1 + i/3%4, AccusedLevel: "unknown", ReceivedAt: at, Version: 1,
		Summary: fmt.Sprintf("反映%s,涉及会计%s某,约%d元", matters[i/5%len(matters)], who, i%900*100),
	}
	if i%50 == 0 {
		day := workday.On(at).Add(i % 40)
		c.State, c.DueOn = []intake.State{intake.Submitted, intake.Accepted, intake.Verifying}[i/50%3], &day
		if i%100 == 0 {
			c.OwnerID = &owner.ID
		}
	} else {
		closed := at.Add(40 * 24 * time.Hour)
		c.ClosedAt = &closed
	}
	return c
}
