package intake_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"minsheng/intake"
	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
	"minsheng/ledger"
)

// rawRow is a row as somebody would write it by hand.
type rawRow struct {
	table, columns string
	cast           string // of the last value
	values         []any
}

// rawRows are the rows that one anonymous submission leaves.
func rawRows(desk uuid.UUID, at time.Time, i int) []rawRow {
	v7 := func() uuid.UUID { return uuid.Must(uuid.NewV7()) }
	report, complaint, sealed := v7(), v7(), make([]byte, 40+len(words)+40)
	nonce := ledger.NewNonce()
	place := []any{village, "211122111000", "211122000000", "盘山县甜水镇双柳村"}
	basis := "《信访工作条例》(2022年)第二十三条:自收到之日起15日内告知是否受理"
	deadline := "subject_id,rule,round,n,day_kind,basis,started_on,due_on,calendar,provisional"
	event := "id,subject_kind,subject_id,seq,kind,at,actor_kind,actor_name,actor_role,actor_unit,body,nonce,commitment"
	return []rawRow{
		{"report", "id,receipt_index,mode,channel,place_code,place_name,lang,received_at", "", []any{report, append(report[:], complaint[:]...), "anonymous", "web", place[0], place[3], "zh-CN", at}},
		{"complaint", "id,report_id,part,state,outcome,mode,channel,place_code,town_code,county_code,place_name,kind,programme,severity,accused_level,desk_unit_id,summary,due_on,due_rule,extended,received_at,version", "",
			[]any{complaint, report, 1, "submitted", "", "anonymous", "web", place[0], place[1], place[2], place[3], "", "", 3, "unknown", desk, "", "2026-03-04", intake.RuleTriage, false, at, 1}},
		{"sealed_blob", "owner_id,kind,recipient_kind,recipient_id,generation,ciphertext", "", []any{report, "narrative", "server", "", 1, sealed}},
		{"deadline", deadline, "", []any{complaint, intake.RuleTriage, 1, 2, "wd", basis, "2026-03-02", "2026-03-04", "2025-2026/abcdef", false}},
		{"deadline", deadline, "", []any{complaint, intake.RuleAccept, 1, 15, "cd", basis, "2026-03-02", "2026-03-17", "2025-2026/abcdef", false}},
		{"event", event, "", []any{v7(), "report", report, 1, "received", at, "reporter", "", "", "", `{"channel":"web","mode":"anonymous"}`, nonce, ledger.Commit(nonce, sealed)}},
		{"event", event, "", []any{v7(), "complaint", complaint, 1, "submitted", at, "reporter", "", "", "", `{"desk":"` + desk.String() + `","kind":"","place":"` + village + `"}`, nonce, ledger.Commit(nonce, sealed)}},
		{"complaint_search", "seq,grams", "array_to_tsvector(%s::text[])", []any{-1 - i, []string{"盘山", "山县", "县甜", "甜水", "水镇", "镇双", "双柳", "柳村", "访", "2026", fmt.Sprintf("%06d", i)}}},
	}
}

// insert writes one row's INSERT, its parameters counted from first.
func (r rawRow) insert(first int) string {
	var marks []string
	for i := range r.values {
		mark := fmt.Sprintf("$%d", first+i)
		if r.cast != "" && i == len(r.values)-1 {
			mark = fmt.Sprintf(r.cast, mark)
		}
		marks = append(marks, mark)
	}
	return fmt.Sprintf("INSERT INTO %s (%s) VALUES (%s)", r.table, r.columns, strings.Join(marks, ","))
}

// BenchmarkSubmit measures submissions without files by one client against the
// same rows written by hand with pgx: in one statement, which is the ceiling,
// and statement by statement in a transaction, as it is usually done. The
// three take turns, so that a busy machine slows all of them alike.
//
//	TEST_DATABASE_URL=… go test ./intake -run '^$' -bench Submit -benchtime 3000x
func BenchmarkSubmit(b *testing.B) {
	url := storetest.PostgresURL(b)
	o := open(b, store.Config{URL: url, Dir: b.TempDir()})
	conn, err := pgx.Connect(ctx, url)
	o.must(err)
	defer conn.Close(ctx)
	desk := o.complaint(o.track(o.submit(o.filled())).ReportID).DeskUnitID
	var ours, one, many []time.Duration
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		s := o.filled()
		start := time.Now()
		o.submit(s)
		ours = append(ours, time.Since(start))
		b.StopTimer()
		one = append(one, o.byHand(conn, rawRows(desk, o.store.Now(), 2*i)))
		many = append(many, o.stepByStep(conn, rawRows(desk, o.store.Now(), 2*i+1)))
		b.StartTimer()
	}
	b.ReportMetric(median(ours), "µs/submit")
	b.ReportMetric(median(one), "µs/pgx-one-statement")
	b.ReportMetric(median(many), "µs/pgx-transaction")
	b.ReportMetric(median(one)/median(ours), "of-pgx-one-statement")
	b.ReportMetric(median(many)/median(ours), "of-pgx-transaction")
}

// median is in microseconds. Means would tell of the pauses of a busy machine.
func median(all []time.Duration) float64 {
	slices.Sort(all)
	return float64(all[len(all)/2].Nanoseconds()) / 1000
}

func (o *office) byHand(conn *pgx.Conn, rows []rawRow) time.Duration {
	var args []any
	var parts []string
	for i, r := range rows {
		parts = append(parts, fmt.Sprintf("r%d AS (%s)", i, r.insert(len(args)+1)))
		args = append(args, r.values...)
	}
	text := "WITH " + strings.Join(parts, ", ") + " SELECT 1"
	// Writing the statement is no part of what is compared with.
	start := time.Now()
	_, err := conn.Exec(ctx, text, args...)
	took := time.Since(start)
	o.must(err)
	return took
}

func (o *office) stepByStep(conn *pgx.Conn, rows []rawRow) time.Duration {
	texts := make([]string, len(rows))
	for i, r := range rows {
		texts[i] = r.insert(1)
	}
	start := time.Now()
	tx, err := conn.Begin(ctx)
	o.must(err)
	for i, r := range rows {
		_, err := tx.Exec(ctx, texts[i], r.values...)
		o.must(err)
	}
	o.must(tx.Commit(ctx))
	return time.Since(start)
}

// BenchmarkSubmitLog measures what the public log costs a submission: against a
// database whose events go into no queue. The two take turns, so that a busy
// machine slows both alike. Making the commitments is the same on both sides: it
// takes microseconds (BenchmarkCommit in ledger).
//
//	TEST_DATABASE_URL=… go test ./intake -run '^$' -bench SubmitLog -benchtime 2000x
func BenchmarkSubmitLog(b *testing.B) {
	with := open(b, store.Config{URL: storetest.PostgresURL(b), Dir: b.TempDir()})
	without := open(b, store.Config{URL: storetest.PostgresURL(b), Dir: b.TempDir()})
	without.must(without.store.Read(ctx).Exec("DROP TRIGGER event_into_log ON event").Error)
	var dear, cheap []time.Duration
	for range b.N {
		for o, all := range map[*office]*[]time.Duration{with: &dear, without: &cheap} {
			s := o.filled()
			start := time.Now()
			o.submit(s)
			*all = append(*all, time.Since(start))
		}
	}
	b.ReportMetric(median(dear), "µs/with-log")
	b.ReportMetric(median(cheap), "µs/without")
	b.ReportMetric(median(dear)/median(cheap), "of-without")
}
