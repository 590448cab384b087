package register

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"testing"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/clock"
	"minsheng/internal/sheet"
	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/staff"
)

func (r rectified) RegisterOf(_ context.Context, _ staff.Officer, items []uuid.UUID) (map[uuid.UUID]Rectification, error) {
	r.items = append(r.items, items...)
	return map[uuid.UUID]Rectification{items[0]: {ReturnedFen: 500}}, nil
}

func (a accounted) RegisterOf(_ context.Context, _ staff.Officer, items []uuid.UUID) (map[uuid.UUID][]string, error) {
	a.items = append(a.items, items...)
	return map[uuid.UUID][]string{items[0]: {"U_RECTIFY"}}, nil
}

func (c calledBack) RegisterOf(_ context.Context, _ staff.Officer, complaints []uuid.UUID) (map[uuid.UUID]string, error) {
	c.cases = append(c.cases, complaints...)
	return map[uuid.UUID]string{complaints[0]: "satisfied"}, nil
}

// many stores items of three years, issued by 盘山县 and by the city in turn.
func (o *office) many(n int) {
	o.t.Helper()
	var items, units []map[string]any
	var dates []clock.Deadline
	start := o.Store.Now().AddDate(-3, 0, 0)
	for i := range n {
		id := uuid.Must(uuid.NewV7())
		at := start.Add(time.Duration(i) * (3 * 365 * 24 * time.Hour / time.Duration(n)))
		issuer, lead := panshan, poor
		if i%2 == 0 {
			issuer, lead = cityDesk, dawa
		}
		row := map[string]any{"id": id, "issuer_id": o.units[issuer].ID, "year": at.Year(), "n": i + 1, "number": fmt.Sprintf("盘县督交〔2026〕%d号", i), "title": "核查补助发放", "summary": "请核查补助是否足额发放。",
			"requirement": "逐户核对。", "urgency": "normal", "state": "struck_off", "place_code": shuangliu, "lead_unit_id": o.units[lead].ID, "created_by": o.people[cityDesk].ID,
			"created_at": at, "issued_at": at, "due_on": string(workday.On(at).Add(15)), "closed_at": at.AddDate(0, 1, 0), "version": 9}
		if i%50 == 0 {
			row["state"], row["closed_at"] = "issued", nil
		}
		items = append(items, row)
		units = append(units, map[string]any{"item_id": id, "unit_id": o.units[lead].ID, "duty": "lead"})
		dates = append(dates, clock.Deadline{SubjectID: id, SubjectKind: ledger.OfItem, Rule: "supervision_item.normal", Round: 1, DayKind: "cd", StartedOn: workday.On(at), DueOn: workday.On(at).Add(15)})
	}
	o.must(o.Store.Transact(bg, func(tx *gorm.DB) error {
		for from := 0; from < n; from += 200 {
			to := min(from+200, n)
			err := errors.Join(tx.Table("supervision_item").Create(items[from:to]).Error, tx.Table("item_unit").Create(units[from:to]).Error)
			if len(dates) > 0 && err == nil {
				err = tx.Create(dates[from:to]).Error
			}
			if err != nil {
				return err
			}
		}
		return nil
	}))
	o.must(o.Store.Read(bg).Exec("ANALYZE").Error)
}

// plan is how the database goes about a page.
func (o *office) plan(by staff.Officer, f Filter) string {
	o.t.Helper()
	w, _ := o.wayOf(f.Period)
	asked, err := o.asked(bg, by, f)
	o.must(err)
	dry := w.walk(w.narrow(asked, f.Period.Span), spot{}).Limit(PageSize + 1).Session(&gorm.Session{DryRun: true}).Find(&[]dated{})
	return storetest.Plan(o.t, o.Store, dry.Statement.SQL.String(), dry.Statement.Vars...)
}

// An export hands out what the pages show, in their order, each line once, and
// stands on record with how many.
func TestAnExportIsWhatThePagesShow(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.many(2*batch + 7)
		by := o.people[cityDesk]
		for name, f := range map[string]Filter{
			"all": {}, "ended": {Period: Period{By: Ended, Span: workday.Span{First: "2024-01-01", Last: "2025-12-31"}}},
			"dated": {Period: Period{By: Dated, Span: workday.Span{First: "2024-01-01", Last: "2025-12-31"}, Rules: []string{"supervision_item.normal"}}},
		} {
			want, at := o.found(by, f), 0
			n, err := o.taken(by, f, "csv", func(l Line) error {
				if at >= len(want) || l.ID != want[at] {
					t.Fatalf("%s: line %d is %s", name, at, l.ID)
				}
				at++
				return nil
			})
			if err != nil || n != len(want) || at != n || n < batch {
				t.Errorf("%s: %d lines of %d, %v", name, n, len(want), err)
			}
			var e ledger.Event
			o.must(o.Store.Read(bg).Where("kind = 'register_exported' AND subject_kind = ?", ledger.OfPortal).Order("at DESC").Take(&e).Error)
			if e.Body["rows"] != fmt.Sprint(n) || e.Body["form"] != "csv" || e.ActorName != by.Name {
				t.Errorf("%s is on record as %v by %s", name, e.Body, e.ActorName)
			}
		}
		full := errors.New("disk full")
		var before, after int64
		count := func(n *int64) {
			o.must(o.Store.Read(bg).Model(&ledger.Event{}).Where("kind = 'register_exported'").Count(n).Error)
		}
		count(&before)
		if _, err := o.taken(by, Filter{}, "csv", func(Line) error { return full }); !errors.Is(err, full) {
			t.Errorf("a writer that fails: %v", err)
		}
		for range mostExports {
			o.exports <- struct{}{}
		}
		if _, err := o.taken(by, Filter{}, "csv", func(Line) error { return nil }); !errors.Is(err, ErrBusy) {
			t.Errorf("beside %d others: %v", mostExports, err)
		}
		if count(&after); after != before {
			t.Error("an export that failed is on record")
		}
	})
}

// However many lines there are, an export holds a few hundred of them.
func TestAnExportDoesNotHoldItsLines(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.many(5_000)
		w, err := sheet.NewCSV(io.Discard, []sheet.Head{{Name: "编号"}})
		o.must(err)
		if held := o.heldBy(5_000, w); held > 3<<20 {
			t.Errorf("%d KB held", held>>10)
		}
	})
}

// BenchmarkExport writes a hundred thousand lines as a workbook, as wide as the
// console does. A workbook in the making keeps some 20 MB; what it has more
// lies in a file.
func BenchmarkExport(b *testing.B) {
	o := open(b, store.Config{URL: storetest.PostgresURL(b)})
	o.many(100_000)
	w, err := sheet.NewXLSX(io.Discard, "台账", make([]sheet.Head, 33))
	o.must(err)
	started := time.Now()
	held := o.heldBy(100_000, w)
	b.ReportMetric(time.Since(started).Seconds(), "s-100k")
	b.ReportMetric(float64(held)/1024, "KB-held")
	b.ReportMetric(0, "ns/op")
}

// heldBy writes everything, which is n lines, and returns by how many bytes the
// heap was larger meanwhile.
func (o *office) heldBy(n int, w sheet.Writer) (most uint64) {
	o.t.Helper()
	held := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	base, at := held(), 0
	_, err := o.taken(o.people[cityDesk], Filter{}, "xlsx", func(l Line) error {
		if at++; at%(n/4-50) == 0 {
			most = max(most, held())
		}
		all := make([]any, 0, 33)
		for len(all) < cap(all) {
			all = append(all, l.Number, l.Title, l.Summary)
		}
		return w.Write(all...)
	})
	o.must(err)
	o.must(w.Close())
	if at != n || most == 0 {
		o.t.Fatalf("%d lines of %d", at, n)
	}
	return most - min(base, most)
}
