package watch

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"minsheng/clock"
	"minsheng/internal/workday"
	"minsheng/ledger"
)

// BenchmarkTurn times turns over 100 000 running dates of which 1 000 are due or
// late: the one that announces them, the next one, which finds nothing new, and
// one that counts all of them again after a rule changed under none of them.
func BenchmarkTurn(b *testing.B) {
	for name, tower := range map[string]func(testing.TB) *tower{"sqlite": newSQLiteTower, "postgres": newPostgresTower} {
		b.Run(name, func(b *testing.B) {
			w := tower(b)
			w.fill(100_000, 1_000)
			for _, turn := range []string{"announces", "idle", "idle-again"} {
				began := time.Now()
				swept := w.sweep()
				b.ReportMetric(float64(time.Since(began).Microseconds())/1000, "ms-"+turn)
				if told := swept.total(); (turn == "announces") != (told > 0) || told > 0 && told < 1_000 {
					b.Fatalf("%s: %+v", turn, swept)
				}
			}
			w.must(w.Store.Read(bg).Exec("DELETE FROM portal_fact WHERE name = ?", countedOn).Error)
			w.Settle = time.Nanosecond
			w.sweep() // notices
			w.pass(time.Second)
			began := time.Now()
			w.sweep()
			b.ReportMetric(time.Since(began).Seconds(), "s-recount")
			var counted int64
			if w.must(w.Store.Read(bg).Table("portal_fact").Where("name = ?", countedOn).Count(&counted).Error); counted != 1 {
				b.Fatal("nothing was counted again")
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}

// fill makes running dates of items: some due by now, over a month, and the
// others over the year after it.
func (w *tower) fill(all, due int) {
	w.t.Helper()
	today := workday.On(w.Store.Now())
	var rows []clock.Deadline
	for i := range all {
		from := today.Add(i % 350)
		if i < due {
			from = today.Add(-15 - i%30)
		}
		subject := clock.Subject{Kind: ledger.OfItem, ID: uuid.Must(uuid.NewV7())}
		d, err := w.Clocks.Begin(w.Store.Read(bg), subject, normal, from)
		w.must(err)
		d.Round = 1
		w.items.own(subject.ID, clock.Owner{Unit: w.town.ID, By: &w.county.ID, Name: "盘督交"})
		rows = append(rows, d)
	}
	w.must(w.Store.Read(bg).CreateInBatches(rows, 500).Error)
	w.must(w.Store.Read(bg).Exec("ANALYZE").Error)
}
