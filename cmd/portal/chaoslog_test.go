package main

import (
	"context"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"filippo.io/torchwood"
	"golang.org/x/mod/sumdb/tlog"

	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
)

// chaosLogEvery is how often the log is signed while things are killed.
const chaosLogEvery = time.Second

// onlooker keeps every checkpoint that any replica publishes.
type onlooker struct {
	fleet *fleet
	mu    sync.Mutex
	seen  map[int64]map[string]bool // size → notes
}

func (o *onlooker) look(until time.Time) {
	client := &http.Client{Timeout: 2 * time.Second}
	for ; time.Now().Before(until); time.Sleep(100 * time.Millisecond) {
		answer, err := client.Get("http://" + o.fleet.addrs[rand.IntN(len(o.fleet.addrs))] + "/log/checkpoint")
		if err != nil {
			continue // it was just killed
		}
		text, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err != nil || answer.StatusCode != http.StatusOK {
			continue
		}
		o.keep(string(text))
	}
}

func (o *onlooker) keep(text string) {
	c, err := torchwood.ParseCheckpoint(firstPart(text))
	if err != nil {
		o.fleet.t.Errorf("a checkpoint that is none: %v", err)
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.seen[c.N] == nil {
		o.seen[c.N] = map[string]bool{}
	}
	o.seen[c.N][text] = true
}

// firstPart is a signed note without its signatures.
func firstPart(text string) string {
	for i := range text {
		if i+1 < len(text) && text[i] == '\n' && text[i+1] == '\n' {
			return text[:i+1]
		}
	}
	return text
}

// judge waits two intervals and then holds the log against the database and
// against everything that was published before.
func (o *onlooker) judge(t *testing.T, server *storetest.Server) {
	t.Helper()
	awaitReady(t, o.fleet.addrs[0])
	time.Sleep(2*chaosLogEvery + 500*time.Millisecond)
	db, err := store.Open(context.Background(), store.Config{URL: server.URL()})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for what, query := range map[string]string{
		"events wait longer than two intervals":    "SELECT count(*) FROM log_queue WHERE queued_at < now() - interval '2 seconds'",
		"events are neither in the log nor queued": "SELECT count(*) FROM event WHERE NOT EXISTS (SELECT 1 FROM log_leaf WHERE log_leaf.commitment = event.commitment) AND NOT EXISTS (SELECT 1 FROM log_queue WHERE log_queue.commitment = event.commitment)",
		"leaves are twice or missing":              "SELECT max(idx) + 1 - count(*) FROM log_leaf",
		"leaves are of nothing":                    "SELECT count(*) FROM log_leaf WHERE NOT EXISTS (SELECT 1 FROM event WHERE event.commitment = log_leaf.commitment) AND NOT EXISTS (SELECT 1 FROM log_chaff WHERE log_chaff.commitment = log_leaf.commitment)",
	} {
		var n int64
		if err := db.Read(context.Background()).Raw(query).Scan(&n).Error; err != nil || n != 0 {
			t.Errorf("%d %s: %v", n, what, err)
		}
	}
	o.consistent(t)
}

// consistent checks that every tree that was ever published lies in the last one.
func (o *onlooker) consistent(t *testing.T) {
	t.Helper()
	whole, err := outside(t.Context(), "http://"+o.fleet.addrs[0]+"/log", "")
	if err != nil {
		t.Fatal(err)
	}
	if err := whole.everyEntry(t.Context()); err != nil {
		t.Error(err)
	}
	hashes := torchwood.TileHashReaderWithContext(t.Context(), whole.tree.Tree, whole.fetcher)
	if len(o.seen) < 5 {
		t.Errorf("only %d checkpoints were seen: the run proves little", len(o.seen))
	}
	for _, size := range slices.Sorted(maps.Keys(o.seen)) {
		root, err := tlog.TreeHash(size, hashes)
		if err != nil {
			t.Errorf("%d leaves: %v", size, err)
		}
		for text := range o.seen[size] {
			if c, err := torchwood.ParseCheckpoint(firstPart(text)); err != nil || c.Hash != root {
				t.Errorf("a checkpoint of %d leaves was published that the log does not go on from: %v", size, err)
			}
		}
	}
	t.Logf("%d checkpoints seen, %d leaves in the end, all consistent", len(o.seen), whole.tree.N)
}
