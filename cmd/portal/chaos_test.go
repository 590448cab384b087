package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"sync"
	"syscall"
	"testing"
	"time"

	"minsheng/internal/seal"
	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
)

// TestAcknowledgedMeansStored kills replicas with kill -9 and stops PostgreSQL
// without a checkpoint while villagers report and retry. Whatever receipt was
// shown must be in the database, once, every retry must have shown the same, and
// the public log must hold all of it and never have told two histories.
func TestAcknowledgedMeansStored(t *testing.T) {
	run := chaos{replicas: 3, villagers: 8, lasts: 25 * time.Second, killReplicas: true}
	result := run.do(t)
	t.Logf("%d acknowledged, %d answered again with the same receipt, %d attempts failed and were retried", len(result.acknowledged), result.again, result.failed)
	if len(result.acknowledged) < 50 {
		t.Errorf("only %d reports came through: the run proves little", len(result.acknowledged))
	}
	if len(result.lost) > 0 {
		t.Errorf("%d of %d acknowledged reports are lost", len(result.lost), len(result.acknowledged))
	}
	if result.rows < int64(len(result.acknowledged)) || result.doubled > 0 {
		t.Errorf("%d rows for %d receipts, %d receipts with more than one complaint", result.rows, len(result.acknowledged), result.doubled)
	}
}

// TestLossIsSeen proves that the run above can fail: with commits that do not
// wait for the disk it finds acknowledged reports missing.
func TestLossIsSeen(t *testing.T) {
	run := chaos{replicas: 1, villagers: 8, lasts: 12 * time.Second, asleep: true}
	result := run.do(t)
	t.Logf("%d acknowledged, %d lost", len(result.acknowledged), len(result.lost))
	if len(result.lost) == 0 {
		t.Error("nothing was lost although commits did not wait for the disk: the test is blind")
	}
}

type chaos struct {
	replicas, villagers int
	lasts               time.Duration
	killReplicas        bool
	asleep              bool // synchronous_commit off, behind the portal's back
}

type outcome struct {
	acknowledged  map[string]bool
	lost          []string
	again, failed int
	rows, doubled int64
}

func (c chaos) do(t *testing.T) outcome {
	t.Helper()
	server, err := storetest.NewServer(os.TempDir()) // t.TempDir is closed to the user that runs the server
	if err != nil {
		storetest.Missing(t, "postgres", err)
	}
	t.Cleanup(server.Remove)
	if err := server.Start(c.settings()...); err != nil {
		t.Fatal(err)
	}
	f := newFleet(t, c.replicas, server.URL(), "PORTAL_LOG_EVERY="+chaosLogEvery.String())
	for i := range c.replicas {
		f.start(i)
	}
	for _, addr := range f.addrs {
		awaitReady(t, addr)
	}
	if c.asleep {
		putToSleep(t, server.URL())
	}
	result := outcome{acknowledged: map[string]bool{}}
	look := &onlooker{fleet: f, seen: map[int64]map[string]bool{}}
	c.storm(t, f, server, look, &result)
	if !c.asleep { // a database that forgets what it acknowledged has no log to hold it against
		look.judge(t, server)
	}
	c.count(t, f, server, &result)
	return result
}

// settings keep a server that is put to sleep from writing early by chance:
// what it has acknowledged stays in its own memory.
func (c chaos) settings() []string {
	if !c.asleep {
		return nil
	}
	return []string{"wal_buffers=64MB", "bgwriter_lru_maxpages=0", "autovacuum=off"}
}

// putToSleep lets the running server acknowledge commits before they are
// written, and freezes the process that would write them a moment later. The
// portal checked when it started.
func putToSleep(t *testing.T, databaseURL string) {
	t.Helper()
	db, err := store.Open(context.Background(), store.Config{URL: databaseURL})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	read := db.Read(context.Background())
	for _, statement := range []string{"ALTER SYSTEM SET synchronous_commit = off", "SELECT pg_reload_conf()"} {
		if err := read.Exec(statement).Error; err != nil {
			t.Fatal(err)
		}
	}
	var writer int
	if err := read.Raw("SELECT pid FROM pg_stat_activity WHERE backend_type = 'walwriter'").Scan(&writer).Error; err != nil || writer == 0 {
		t.Fatalf("no process writes the log: %v", err)
	}
	if err := syscall.Kill(writer, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
}

// storm lets villagers report while things are killed, until time is up.
func (c chaos) storm(t *testing.T, f *fleet, server *storetest.Server, look *onlooker, result *outcome) {
	until := time.Now().Add(c.lasts)
	var mu sync.Mutex
	var wg sync.WaitGroup
	for n := range c.villagers {
		wg.Go(func() {
			v := villager{&http.Client{Timeout: 5 * time.Second}, f}
			for i := 0; time.Now().Before(until); i++ {
				c.report(t, v, fmt.Sprintf("第%d位第%d次:村里的补助少发了三百块", n, i), &mu, result)
			}
		})
	}
	wg.Go(func() { c.wreck(t, f, server, until) })
	wg.Go(func() { look.look(until) })
	wg.Wait()
}

// report hands in one report, however long it takes, and then once more.
func (c chaos) report(t *testing.T, v villager, text string, mu *sync.Mutex, result *outcome) {
	giveUp := time.Now().Add(30 * time.Second)
	failed := 0
	var digits string
	err := patiently(giveUp, c.replicas, func(i int) error {
		filled, err := v.form(i, text)
		if err != nil {
			return err
		}
		err = patiently(giveUp, c.replicas, func(i int) error {
			var err error
			if digits, err = v.send(i, filled); err != nil {
				failed++
			}
			return err
		})
		if err != nil {
			return err
		}
		if again, err := v.send(rand.IntN(c.replicas), filled); err == nil && again != digits {
			t.Errorf("the same form was answered with another receipt")
		} else if err == nil {
			mu.Lock()
			result.again++
			mu.Unlock()
		}
		return nil
	})
	mu.Lock()
	defer mu.Unlock()
	result.failed += failed
	if err != nil {
		t.Errorf("a report did not come through in 30 s: %v", err)
		return
	}
	result.acknowledged[digits] = true
}

// wreck kills, alternately, a replica and the database.
func (c chaos) wreck(t *testing.T, f *fleet, server *storetest.Server, until time.Time) {
	for i := 0; time.Now().Before(until); i++ {
		time.Sleep(time.Duration(400+rand.IntN(400)) * time.Millisecond)
		if c.killReplicas {
			victim := rand.IntN(c.replicas)
			f.kill(victim)
			f.start(victim)
		}
		if i%4 != 3 {
			continue
		}
		if err := server.Kill(); err != nil {
			t.Errorf("stop PostgreSQL: %v", err)
		}
		time.Sleep(200 * time.Millisecond)
		if err := server.Start(c.settings()...); err != nil {
			t.Errorf("start PostgreSQL: %v", err)
		}
		// A replica that found no database when it started has given up.
		for victim := range c.replicas {
			if c.killReplicas {
				f.kill(victim)
				f.start(victim)
			}
		}
	}
}

// count compares the receipts that were shown with the database.
func (c chaos) count(t *testing.T, f *fleet, server *storetest.Server, result *outcome) {
	t.Helper()
	keys, err := seal.Load(f.keysDir())
	if err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(context.Background(), store.Config{URL: server.URL()})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	read := db.Read(context.Background())
	for digits := range result.acknowledged {
		var found int64
		err := read.Raw("SELECT count(*) FROM report JOIN complaint ON complaint.report_id = report.id WHERE receipt_index = ?", keys.MAC("receipt", []byte(digits))).Scan(&found).Error
		if err != nil {
			t.Fatal(err)
		}
		if found == 0 {
			result.lost = append(result.lost, digits)
		}
		if found > 1 {
			result.doubled++
		}
	}
	if err := read.Raw("SELECT count(*) FROM report").Scan(&result.rows).Error; err != nil {
		t.Fatal(err)
	}
}
