package transparency_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"filippo.io/torchwood"
	"github.com/google/uuid"
	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/tessera/api"
	"github.com/transparency-dev/tessera/client"
	"github.com/transparency-dev/tessera/fsck"
	"golang.org/x/mod/sumdb/note"
	"gorm.io/gorm"
	"k8s.io/klog/v2"

	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
	"minsheng/ledger"
	"minsheng/transparency"
)

var bg = context.Background()

const origin = "log.test/log"

// notary is a log with its files, and what serves it.
type notary struct {
	t      *testing.T
	store  *store.Store
	config transparency.Config
	*transparency.Log
	url string
}

// each runs a test on both databases. The log takes a turn whenever it is asked.
func each(t *testing.T, test func(t *testing.T, n *notary)) {
	storetest.Each(t, func(t *testing.T, s *store.Store) { test(t, openNotary(t, s)) })
}

func openNotary(t *testing.T, s *store.Store) *notary {
	t.Helper()
	dir := t.TempDir()
	n := &notary{t: t, store: s, config: transparency.Config{
		Store: s, KeysDir: filepath.Join(dir, "keys"), Origin: origin, Last: filepath.Join(dir, "log.last"), Pad: 1,
	}}
	n.open()
	server := httptest.NewServer(http.HandlerFunc(n.serve))
	t.Cleanup(server.Close)
	n.url = server.URL + "/log/"
	return n
}

// open opens the log as a portal does that starts.
func (n *notary) open() {
	n.t.Helper()
	var err error
	if n.Log, err = transparency.New(bg, n.config); err != nil {
		n.t.Fatal(err)
	}
}

func (n *notary) must(err error) {
	n.t.Helper()
	if err != nil {
		n.t.Fatal(err)
	}
}

// serve serves the log's files as the portal does.
func (n *notary) serve(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/log/checkpoint" {
		c, err := n.Newest(bg)
		if err == nil {
			var text string
			text, err = n.Signed(bg, c)
			w.Write([]byte(text))
		}
		if err != nil {
			http.NotFound(w, r)
		}
		return
	}
	data, err := n.Tile(bg, strings.TrimPrefix(r.URL.Path, "/log/tile/"))
	if err != nil {
		http.NotFound(w, r)
		return
	}
	w.Write(data)
}

// happen writes events of one new subject.
func (n *notary) happen(kinds ...string) uuid.UUID {
	n.t.Helper()
	id := uuid.Must(uuid.NewV7())
	n.must(n.store.Transact(bg, func(tx *gorm.DB) error {
		for _, kind := range kinds {
			if err := ledger.Append(tx, ledger.OfComplaint, id, kind, ledger.Reporter(), n.store.Now(), map[string]string{"place": "211122111901"}); err != nil {
				return err
			}
		}
		return nil
	}))
	return id
}

// many writes n events in one go, each of a subject of its own.
func (n *notary) many(count int) {
	n.t.Helper()
	if count > 2000 { // what fills a tree needs no events
		n.must(n.store.Transact(bg, func(tx *gorm.DB) error {
			for from := 0; from < count; from += 1000 {
				var rows []map[string]any
				for range min(1000, count-from) {
					rows = append(rows, map[string]any{"commitment": ledger.NewNonce()})
				}
				if err := tx.Table("log_queue").Create(rows).Error; err != nil {
					return err
				}
			}
			return nil
		}))
		return
	}
	events := make([]ledger.Event, count)
	for i := range events {
		events[i] = ledger.New(ledger.OfPortal, uuid.Must(uuid.NewV7()), "noted", ledger.System(), n.store.Now(), nil)
	}
	if count > 0 {
		n.must(n.store.Transact(bg, func(tx *gorm.DB) error { return tx.CreateInBatches(events, 500).Error }))
	}
}

func (n *notary) turn() bool {
	n.t.Helper()
	signed, err := n.Turn(bg)
	n.must(err)
	return signed
}

func (n *notary) size() int64 {
	n.t.Helper()
	c, err := n.Newest(bg)
	n.must(err)
	return c.Size
}

func (n *notary) count(table, where string, args ...any) (count int64) {
	n.t.Helper()
	n.must(n.store.Read(bg).Table(table).Where(where, args...).Count(&count).Error)
	return count
}

func (n *notary) verifier() note.Verifier {
	n.t.Helper()
	key, _ := n.Keys()
	v, err := note.NewVerifier(key)
	n.must(err)
	return v
}

// quiet keeps the checker's own log out of the tests'.
var quiet sync.Once

// fsck lets tessera's checker look at the whole log over HTTP.
func (n *notary) fsck() error {
	root, err := url.Parse(n.url)
	n.must(err)
	fetcher, err := client.NewHTTPFetcher(root, nil)
	n.must(err)
	ctx, cancel := context.WithTimeout(bg, time.Minute)
	defer cancel()
	quiet.Do(func() { klog.LogToStderr(false); klog.SetOutput(io.Discard) })
	hasher := func(bundle []byte) (hashes [][]byte, err error) {
		var b api.EntryBundle
		if err := b.UnmarshalText(bundle); err != nil {
			return nil, err
		}
		for _, entry := range b.Entries {
			hashes = append(hashes, rfc6962.DefaultHasher.HashLeaf(entry))
		}
		return hashes, nil
	}
	return fsck.New(n.Name(), n.verifier(), fetcher, hasher, fsck.Opts{N: 8}).Check(ctx)
}

// audit lets torchwood read every entry and prove each against the checkpoint.
func (n *notary) audit() (entries int64, err error) {
	fetcher, err := torchwood.NewTileFetcher(n.url)
	n.must(err)
	reader, err := torchwood.NewClient(fetcher)
	n.must(err)
	signed, err := fetcher.ReadEndpoint(bg, "checkpoint")
	if err != nil {
		return 0, err
	}
	policy, err := torchwood.ParsePolicy([]byte(n.Policy()))
	n.must(err)
	c, _, err := torchwood.VerifyCheckpoint(signed, policy)
	if err != nil {
		return 0, err
	}
	if c.N == 0 {
		return 0, nil
	}
	for range reader.AllEntries(bg, c.Tree, 0) {
		entries++
	}
	if err := reader.Err(); err != nil {
		return entries, err
	}
	if entries != c.N {
		return entries, errors.New("entries are missing")
	}
	return entries, nil
}

func TestIndependentVerifiersReadTheLogAtEverySize(t *testing.T) {
	each(t, func(t *testing.T, n *notary) {
		last := int64(0)
		sizes := []int64{0, 1, 2, 255, 256, 257, 511, 512}
		if !n.store.Postgres() { // a third level of tiles; which database they lie in makes no difference to it
			sizes = append(sizes, 65537)
		}
		for _, size := range sizes {
			n.many(int(size - last))
			n.turn()
			last = size
			if got := n.size(); got != size {
				t.Fatalf("the tree has %d leaves, want %d", got, size)
			}
			if err := n.fsck(); err != nil {
				t.Errorf("%d leaves: fsck: %v", size, err)
			}
			if entries, err := n.audit(); err != nil || entries != size {
				t.Errorf("%d leaves: torchwood read %d: %v", size, entries, err)
			}
		}
		if n.count("log_queue", "1 = 1") != 0 {
			t.Error("something still waits")
		}
	})
}
