package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"minsheng/intake"
	"minsheng/internal/store/storetest"
	"minsheng/region"
	"minsheng/staff"
	"minsheng/triage"
)

// The sizes that are compared. A folder named in MEASURE_10000 or
// MEASURE_1000000 holds the keys of a database already seeded, and its address
// in a file called url.
const (
	few  = 10_000
	many = 1_000_000
)

// grown is a database of one size with two officers.
type grown struct {
	*house
	city, county staff.Officer
	deep         string // cursor of a page two thousand finished cases down
	rows         int    // that the last question found
}

// BenchmarkGrowth asks the queue of a large office and of a small one the same
// questions in turn, on PostgreSQL: how many times as long the median answer
// takes with a hundred times as many complaints. What finds fewer rows among
// few has less to show, so the rows stand beside it; of counts, what is counted.
func BenchmarkGrowth(b *testing.B) {
	small, large := grow(b, few), grow(b, many)
	for _, q := range questions() {
		b.Run(q.name, func(b *testing.B) {
			var short, long []float64
			for range 41 {
				short, long = append(short, small.milliseconds(b, q)), append(long, large.milliseconds(b, q))
			}
			b.ReportMetric(median(long)/median(short), "of-10k")
			b.ReportMetric(median(short), "ms-10k")
			b.ReportMetric(median(long), "ms-1M")
			b.ReportMetric(float64(small.rows), "rows-10k")
			b.ReportMetric(float64(large.rows), "rows-1M")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// grow seeds a database with n complaints, as the program itself does.
func grow(b *testing.B, n int) *grown { return growAt(b, n, nil) }

// growAt is grow with rooms whose clock is now; nil the real one.
func growAt(b *testing.B, n int, now func() time.Time) *grown {
	b.Helper()
	binary, folder := buildPortal(b), os.Getenv(fmt.Sprintf("MEASURE_%d", n))
	seeded := folder != ""
	address := ""
	if seeded {
		text, err := os.ReadFile(folder + "/url")
		if err != nil {
			b.Fatal(err)
		}
		address = strings.TrimSpace(string(text))
	} else {
		folder, address = b.TempDir(), storetest.PostgresURL(b)
	}
	environ := []string{"PORTAL_DATA=" + folder, "DATABASE_URL=" + address}
	run1(b, binary, environ, "migrate", "up")
	g := &grown{house: roomsOf(b, environ, now)}
	g.city, g.county = g.officer(b, "211100000000"), g.officer(b, "211122000000")
	if !seeded {
		started := time.Now()
		run1(b, binary, environ, "seed", "-complaints", fmt.Sprint(n), "-notices", "2000")
		b.ReportMetric(time.Since(started).Seconds(), fmt.Sprintf("s-seeding-%d", n))
	}
	for range 40 {
		page, err := g.triage.Find(context.Background(), g.city, triage.Filter{Finished: true}, g.deep)
		if err != nil || page.Next == "" {
			b.Fatalf("no second page: %v", err)
		}
		g.deep = page.Next
	}
	return g
}

func roomsOf(b testing.TB, environ []string, now func() time.Time) *house {
	b.Helper()
	s, err := readSettings(environ)
	if err != nil {
		b.Fatal(err)
	}
	h, err := openRooms(context.Background(), s, options{now: now})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(h.close)
	return h
}

// officer is somebody who works and rules at the desk of a city or county.
func (g *grown) officer(b *testing.B, place string) staff.Officer {
	b.Helper()
	ctx := context.Background()
	desk, _, err := g.atlas.DeskFor(place, region.Accused{})
	if err != nil {
		b.Fatal(err)
	}
	for range 2 {
		found, err := g.staff.ColleaguesWith(ctx, []uuid.UUID{desk.ID}, staff.ApproveCases)
		if err != nil {
			b.Fatal(err)
		}
		if len(found) > 0 {
			return found[0]
		}
		if _, err := g.staff.AddFromCommandLine(ctx, staff.NewAccount{Login: "m" + place, Name: "量", UnitID: desk.ID,
			Roles: []staff.Role{staff.TriageOfficer, staff.Supervisor}}); err != nil {
			b.Fatal(err)
		}
	}
	b.Fatal("no officer at " + desk.Name)
	return staff.Officer{}
}

// question is one thing that an officer asks of the queue.
type question struct {
	name string
	ask  func(ctx context.Context, g *grown) error
}

func (g *grown) milliseconds(b *testing.B, q question) float64 {
	b.Helper()
	started := time.Now()
	if err := q.ask(context.Background(), g); err != nil {
		b.Fatal(err)
	}
	return float64(time.Since(started).Microseconds()) / 1000
}

func questions() []question {
	var all []question
	for _, who := range []string{"city", "county"} {
		by := func(g *grown) staff.Officer {
			if who == "city" {
				return g.city
			}
			return g.county
		}
		for _, f := range []struct {
			name   string
			filter triage.Filter
		}{
			{"queue", triage.Filter{}},
			{"mine", triage.Filter{Mine: true}},
			{"unassigned", triage.Filter{Unassigned: true}},
			{"town", triage.Filter{Place: "211122111000"}},
			{"kind", triage.Filter{Kind: "FUND_WITHHOLD"}},
			{"state", triage.Filter{State: intake.Verifying}},
			{"severity", triage.Filter{Severity: 2}},
			{"late", triage.Filter{Late: true}},
			{"finished", triage.Filter{Finished: true}},
			{"word-common", triage.Filter{Text: "低保"}},
			{"word-rare", triage.Filter{Text: "渡口"}},
			{"word-four", triage.Filter{Text: "危房改造"}},
			{"number", triage.Filter{Text: "009000"}},
		} {
			all = append(all, question{who + "/" + f.name, func(ctx context.Context, g *grown) error {
				page, err := g.triage.Find(ctx, by(g), f.filter, "")
				g.rows = len(page.Rows)
				return err
			}})
		}
		all = append(all,
			question{who + "/deep", func(ctx context.Context, g *grown) error {
				page, err := g.triage.Find(ctx, by(g), triage.Filter{Finished: true}, g.deep)
				g.rows = len(page.Rows)
				return err
			}},
			question{who + "/counts", func(ctx context.Context, g *grown) error {
				n, err := g.triage.Counts(ctx, by(g))
				g.rows = n.Open
				return err
			}},
			question{who + "/today", func(ctx context.Context, g *grown) error {
				groups, err := g.triage.Today(ctx, by(g))
				g.rows = len(groups["overdue"]) + len(groups["today"]) + len(groups["week"]) + len(groups["waiting"])
				return err
			}})
	}
	return all
}
