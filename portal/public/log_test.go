package public_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"filippo.io/torchwood"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/portal/gate"
	"minsheng/transparency"
)

// signs takes a turn of the log.
func (s *site) signs() {
	s.Helper()
	if _, err := s.log.Turn(s.Context()); err != nil {
		s.Fatal(err)
	}
}

func TestTheLogIsServedAsItsClientsExpect(t *testing.T) {
	s := open(t, with{})
	s.get("/log/checkpoint").want(404)
	s.reported()
	s.signs()
	fetcher, err := torchwood.NewTileFetcher(s.url + "/log/")
	if err != nil {
		t.Fatal(err)
	}
	policy, err := torchwood.ParsePolicy([]byte(s.get("/log/policy").want(200).body))
	if err != nil {
		t.Fatal(err)
	}
	point := s.get("/log/checkpoint").want(200)
	tree, _, err := torchwood.VerifyCheckpoint([]byte(point.body), policy)
	if err != nil || tree.N == 0 {
		t.Fatalf("checkpoint of %d leaves: %v", tree.N, err)
	}
	client, err := torchwood.NewClient(fetcher)
	if err != nil {
		t.Fatal(err)
	}
	n := int64(0)
	for range client.AllEntries(t.Context(), tree.Tree, 0) {
		n++
	}
	if client.Err() != nil || n != tree.N {
		t.Errorf("%d of %d entries: %v", n, tree.N, client.Err())
	}
	tile := torchwood.TilePath(tlog.Tile{H: 8, L: 0, N: 0, W: int(tree.N)})
	for path, want := range map[string][2]string{
		"/log/checkpoint": {"text/plain", "max-age=2"},
		"/log/" + tile:    {"application/octet-stream", "immutable"},
		"/log/policy":     {"text/plain", "no-cache"},
	} {
		p := s.get(path).want(200)
		if !strings.HasPrefix(p.header.Get("Content-Type"), want[0]) || !strings.Contains(p.header.Get("Cache-Control"), want[1]) {
			t.Errorf("%s: %s, %s", path, p.header.Get("Content-Type"), p.header.Get("Cache-Control"))
		}
	}
	s.reported() // waits, and can be seen nowhere
	for _, path := range []string{"/log/tile/0/000", "/log/tile/entries/001.p/1", "/log/tile/" + strings.TrimPrefix(torchwood.TilePath(tlog.Tile{H: 8, L: 0, N: 0, W: int(tree.N) + 1}), "tile/"), "/log/tile/", "/log/tile/0/zzz"} {
		s.get(path).want(404)
	}
}

// TestReadingTheLogHasItsLimits where it asks the database; what stands in memory is
// there for everybody, as pages are.
func TestReadingTheLogHasItsLimits(t *testing.T) {
	s := open(t, with{limits: true})
	s.reported()
	s.signs()
	s.get("/log/tile/entries/000.p/1").want(200)
	var p page
	for range 2 * gate.Tile.Burst { // some come back meanwhile
		p = s.get("/log/tile/0/001.p/1")
		if p.status != 404 {
			break
		}
	}
	if p.want(429); p.header.Get("Retry-After") == "" {
		t.Error("it does not say when to ask again")
	}
	s.get("/log/tile/entries/000.p/1").want(200)
	s.get("/log/checkpoint").want(200)
}

func TestOneReplicaReadsTheLogForSoMany(t *testing.T) {
	s := open(t, with{limits: true})
	s.reported()
	s.signs()
	s.get("/log/tile/0/000.p/1").want(200)
	status := 0
	for range 100 { // fifty a second come back
		for s.limits.Allow(t.Context(), gate.TileGlobal, gate.Everybody).OK {
		}
		if status = s.get("/log/tile/0/001.p/1").status; status == 429 {
			break
		}
	}
	if status != 429 {
		t.Errorf("with all used up it answers %d", status)
	}
	s.get("/log/tile/0/000.p/1").want(200)
}

func TestTheLogsPageSaysHowItStands(t *testing.T) {
	s := open(t, with{})
	empty := s.get("/log").want(200)
	if !strings.Contains(empty.one("main"), "还没有签过名") {
		t.Error("an empty log does not say so")
	}
	s.get("/log/poster").want(200)
	s.reported()
	s.signs()
	key, promises := s.log.Keys()
	for _, lang := range []string{"", "?lang=en"} {
		p := s.get("/log" + lang).want(200)
		for _, want := range []string{key, promises, transparency.Fingerprint(key)} {
			if !strings.Contains(p.one(".keys"), want) {
				t.Errorf("%s: %q is not on the page", lang, want)
			}
		}
		poster := s.get("/log/poster" + lang).want(200)
		if !strings.Contains(poster.one("main"), transparency.Fingerprint(key)) || poster.Find(".poster svg path").Length() == 0 || len(poster.one(".sum")) < 64 {
			t.Errorf("%s: the poster lacks the sum, its code or the fingerprint", lang)
		}
	}
}

// A promise is handed out with the receipt, and a proof after the next turn; both
// hold without the portal.
func TestReportersHoldAPromiseAndThenAProof(t *testing.T) {
	s := open(t, with{})
	key, promises := s.log.Keys()
	got := s.post("/receipt", s.filled()).want(200)
	if !strings.Contains(got.one("main"), transparency.Fingerprint(key)) {
		t.Error("the receipt does not bear the fingerprint of the key")
	}
	promise := s.post("/receipt/promise", url.Values{"token": {got.form("/receipt").Get("token")}}).want(200)
	if !strings.Contains(promise.header.Get("Content-Disposition"), `filename="promise.txt"`) || promise.header.Get("Cache-Control") != "no-store" {
		t.Errorf("the promise comes as %v", promise.header)
	}
	v, err := note.NewVerifier(promises)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := note.Open([]byte(promise.body), note.VerifierList(v)); err != nil {
		t.Errorf("the promise is not signed: %v", err)
	}
	s.post("/receipt/promise", url.Values{"token": {"forged"}}).want(303)

	digits := got.receipt()
	p := s.post("/track", url.Values{"digits": {digits}}).want(200)
	token := p.form("/track").Get("token")
	if !strings.Contains(p.one("main"), "最晚") || p.Find(`form[action="/track/proof"]`).Length() != 0 {
		t.Error("before the turn a proof is offered")
	}
	s.post("/track/proof", url.Values{"token": {token}}).want(404)
	s.signs()
	p = s.post("/track", url.Values{"digits": {digits}}).want(200)
	if p.Find(`form[action="/track/proof"]`).Length() != 1 || p.Find("svg.tree").Length() != 1 {
		t.Error("after the turn no proof is offered")
	}
	proof := s.post("/track/proof", url.Values{"token": {token}}).want(200)
	extra, err := torchwood.ProofExtraData([]byte(proof.body))
	if err != nil {
		t.Fatal(err)
	}
	policy, err := torchwood.ParsePolicy([]byte(s.log.Policy()))
	if err != nil {
		t.Fatal(err)
	}
	leaf := tlog.RecordHash(transparency.Entry(ledger.Commit(extra[:32], extra[32:])))
	if err := torchwood.VerifyProof(policy, leaf, []byte(proof.body)); err != nil {
		t.Error(err)
	}
	for _, secret := range []string{story, digits, "王"} {
		if strings.Contains(proof.body+promise.body+string(extra), secret) {
			t.Errorf("%q can be read in what a reporter keeps", secret)
		}
	}
	s.post("/track/proof", url.Values{"token": {"forged"}}).want(422)
}

func TestThePosterOfAWeekIsTheSameAllWeek(t *testing.T) {
	s := open(t, with{})
	s.days.Add(int64(time.Wednesday-time.Now().In(workday.Shanghai).Weekday()+7) % 7) // no week begins while this runs
	s.reported()
	s.signs()
	monday := s.get("/log/poster").want(200).one(".sum")
	s.days.Add(7)
	s.reported()
	s.signs()
	next := s.get("/log/poster").want(200).one(".sum")
	s.past.Store(int64(time.Minute))
	s.reported()
	s.signs()
	if later := s.get("/log/poster").want(200).one(".sum"); later != next || next != monday {
		t.Errorf("sums %q, then %q, then %q", monday, next, later)
	}
}
