package main

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
	"minsheng/ledger"
)

// recorded is an installation whose log holds three reports.
func recorded(t *testing.T, further ...string) (*installation, intake.Receipt) {
	t.Helper()
	i := furnished(t, append([]string{"PORTAL_LOG_EVERY=100ms", "PORTAL_LOG_PAD=4"}, further...)...)
	h := i.house()
	defer h.close() // so that the database can be copied
	var last intake.Receipt
	for n := range 3 {
		form := h.intake.NewForm()
		if n == 2 {
			_, err := h.shelf.Stage(context.Background(), form.Key, "账本.pdf", strings.NewReader("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n%%EOF\n"))
			if err != nil {
				t.Fatal(err)
			}
		}
		var err error
		last, err = h.intake.Submit(context.Background(), intake.Submission{
			Token: form.Token, PlaceCode: "211122111901", Mode: intake.Named, Name: "王某某", Phone: "13800000000",
			Text: "危房改造的补助少发了三千，村里说不清楚，请来查一查。", Channel: intake.Web, Lang: "zh-CN",
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	officer := uuid.New()
	err := h.store.Transact(context.Background(), func(tx *gorm.DB) error {
		by := ledger.Actor{Kind: "staff", ID: &officer, Name: "田一", Role: "triage_officer", Unit: "督查室"}
		return ledger.Append(tx, ledger.OfReport, last.ReportID, "evidence_opened", by, h.store.Now(), map[string]string{"why": "核查 <3> & 回话"})
	})
	if err != nil {
		t.Fatal(err)
	}
	// Whoever guesses leaves an attempt on what does not exist.
	if err := ledger.Refuse(context.Background(), h.store, ledger.OfComplaint, uuid.New(), ledger.Actor{Kind: "staff", ID: &officer, Name: "田一", Role: "triage_officer", Unit: "督查室"}, nil); err != nil {
		t.Fatal(err)
	}
	if signed, err := h.log.Turn(context.Background()); err != nil || !signed {
		t.Fatalf("the log was not signed: %v", err)
	}
	return i, last
}

// alter does to the database what somebody can who owns it, triggers or not.
func (i *installation) alter(statements ...string) {
	i.t.Helper()
	s, err := readSettings(i.environ)
	if err != nil {
		i.t.Fatal(err)
	}
	db, err := store.Open(context.Background(), store.Config{URL: s.databaseURL, Dir: s.data})
	if err != nil {
		i.t.Fatal(err)
	}
	defer db.Close()
	var before []string
	if db.Postgres() {
		before = []string{"SET session_replication_role = replica"} // no triggers, no foreign keys
	} else {
		var names []string
		if err := db.Read(context.Background()).Raw("SELECT name FROM sqlite_master WHERE type = 'trigger'").Scan(&names).Error; err != nil {
			i.t.Fatal(err)
		}
		for _, name := range names {
			before = append(before, "DROP TRIGGER "+name)
		}
		before = append(before, "PRAGMA foreign_keys = OFF")
	}
	conn, err := db.Pool().Conn(context.Background())
	if err != nil {
		i.t.Fatal(err)
	}
	defer conn.Close()
	for _, statement := range append(before, statements...) {
		if _, err := conn.ExecContext(context.Background(), statement); err != nil {
			i.t.Fatalf("%s: %v", statement, err)
		}
	}
}

// copied is the same installation in a folder of its own.
func (i *installation) copied(t *testing.T) *installation {
	t.Helper()
	next := &installation{t: t, data: t.TempDir()}
	if err := os.CopyFS(next.data, os.DirFS(i.data)); err != nil {
		t.Fatal(err)
	}
	next.environ = append([]string{}, i.environ...)
	next.set("PORTAL_DATA=" + next.data)
	return next
}

// tampering is what the verifier must find, each by what it says of it.
var tampering = []struct {
	name string
	do   []string
	says string
}{
	{"an event changed", []string{"UPDATE event SET actor_unit = '别处' WHERE kind = 'submitted' AND subject_id = (SELECT MIN(CAST(id AS text)) FROM complaint)"}, "was changed"},
	{"who acted changed", []string{"UPDATE event SET actor_name = '别人' WHERE kind = 'evidence_opened'"}, "event 2 (evidence_opened)"},
	{"an event moved to another time", []string{"UPDATE event SET at = '2026-01-01 00:00:00+00:00' WHERE kind = 'evidence_opened'"}, "event 2 (evidence_opened)"},
	{"an event cut out of a life", []string{"UPDATE event SET seq = 3 WHERE kind = 'evidence_opened'"}, "events are missing"},
	{"a fact changed", []string{`UPDATE event SET body = replace(body, '"named"', '"anonymous"') WHERE kind = 'received'`}, "was changed"},
	{"an event deleted", []string{"DELETE FROM event WHERE kind = 'submitted'"}, "an event was deleted"},
	{"a complaint deleted", []string{"DELETE FROM complaint WHERE part = 1"}, "is told of by events and is gone"},
	{"a complaint deleted with its events", []string{"DELETE FROM event WHERE subject_kind = 'complaint'", "DELETE FROM complaint"}, "is of nothing that is there"},
	{"a report deleted with its events and leaves", []string{
		"DELETE FROM log_leaf WHERE commitment IN (SELECT commitment FROM event WHERE subject_kind IN ('complaint', 'report'))",
		"DELETE FROM event WHERE subject_kind IN ('complaint', 'report')", "DELETE FROM complaint", "DELETE FROM sealed_blob", "DELETE FROM report"}, "is missing"},
	{"a complaint put in", []string{"UPDATE complaint SET id = '018f0000-0000-7000-8000-000000000001' WHERE part = 1 AND id = (SELECT id FROM complaint ORDER BY seq LIMIT 1)"}, "no event tells of complaint"},
	{"a day moved", []string{"UPDATE deadline SET due_on = '2031-01-01' WHERE rule = 'complaint.accept_notice'"}, "another stands there"},
	{"words exchanged", []string{"UPDATE sealed_blob SET ciphertext = nonce FROM event WHERE event.kind = 'received' AND sealed_blob.kind = 'narrative'"}, "were exchanged"},
	{"words deleted", []string{"DELETE FROM sealed_blob WHERE kind = 'narrative'"}, "are gone"},
	{"a file exchanged", []string{"UPDATE evidence_file SET sha256 = (SELECT hash FROM log_hash WHERE idx = 0)"}, "is told of by events and is gone"},
	{"a file deleted", []string{"DELETE FROM evidence_file"}, "is told of by events and is gone"},
	{"a file given to another report", []string{"UPDATE evidence_file SET owner_id = (SELECT MIN(CAST(id AS text)) FROM report)"}, "is told of by events and is gone"},
	{"the key of a file destroyed", []string{"DELETE FROM content_key WHERE owner_id IN (SELECT id FROM evidence_file)"}, "the key of a file of report"},
	{"a file put in", []string{"INSERT INTO evidence_file (id, owner_kind, owner_id, ordinal, media, content_type, size, sha256, name_sealed, original, derivative, created_at) " +
		"SELECT '018f0000-0000-7000-8000-000000000007', owner_kind, owner_id, 2, media, content_type, size, sha256, name_sealed, original, derivative, '2099-01-01 00:00:00+00:00' FROM evidence_file"}, "no event tells of file"},
	{"a leaf changed", []string{"UPDATE log_leaf SET commitment = (SELECT hash FROM log_hash WHERE idx = 0) WHERE idx = 2"}, "of leaf 2, was changed"},
	{"a leaf deleted", []string{"DELETE FROM log_leaf WHERE idx = 1"}, "leaf 1 is missing"},
	{"an inner hash changed", []string{"UPDATE log_hash SET hash = (SELECT commitment FROM log_leaf WHERE idx = 0) WHERE idx = 2"}, "hash 2, of leaf 1, was changed"},
	{"a hash deleted", []string{"DELETE FROM log_hash WHERE idx = 5"}, "was changed"},
	{"a root changed", []string{"UPDATE log_checkpoint SET root = (SELECT hash FROM log_hash WHERE idx = 0)"}, "was not signed by the log"},
	{"chaff that is none", []string{"DELETE FROM event WHERE kind = 'submitted'", "INSERT INTO log_chaff (commitment, nonce) SELECT commitment, commitment FROM log_leaf WHERE commitment NOT IN (SELECT commitment FROM event) AND commitment NOT IN (SELECT commitment FROM log_chaff)"}, "called chaff and is none"},
	{"a nonce destroyed without an erasure", []string{"UPDATE event SET nonce = NULL WHERE kind = 'submitted'"}, "lost its nonce"},
	{"an event kept out of the log", []string{"DELETE FROM log_queue",
		"INSERT INTO event (id, subject_kind, subject_id, seq, kind, at, actor_kind, actor_name, actor_role, actor_unit, body, nonce, commitment) " +
			"SELECT '018f0000-0000-7000-8000-000000000009', 'portal', '018f0000-0000-7000-8000-000000000008', 1, kind, at, actor_kind, actor_name, actor_role, actor_unit, body, nonce, nonce FROM event WHERE kind = 'received' LIMIT 1"}, "neither in the log nor waiting"},
	{"the database put back", []string{"DELETE FROM log_checkpoint", "DELETE FROM log_leaf", "DELETE FROM log_hash", "UPDATE log_head SET size = 0"}, "put back from an older copy"},
	{"the log stands still", []string{"INSERT INTO log_queue (commitment, queued_at) SELECT commitment, '2026-01-01 00:00:00+00:00' FROM log_leaf WHERE idx = 0"}, "wait longer than two turns"},
}

func TestVerifyDatabaseFindsWhatWasDoneToIt(t *testing.T) {
	t.Parallel()
	whole, _ := recorded(t)
	if out := whole.must("verify", "database"); !strings.Contains(out, "everything agrees") {
		t.Fatal(out)
	}
	for _, harm := range tampering {
		t.Run(harm.name, func(t *testing.T) {
			i := whole.copied(t)
			i.alter(harm.do...)
			if out, err := i.run("verify", "database"); err == nil || !strings.Contains(out, harm.says) {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}

func TestVerifyDatabaseMissesAFileOnTheDisk(t *testing.T) {
	t.Parallel()
	i, _ := recorded(t)
	if err := os.RemoveAll(filepath.Join(i.data, "evidence")); err != nil {
		t.Fatal(err)
	}
	if out := i.must("verify", "database"); !strings.Contains(out, "not at hand") {
		t.Error(out)
	}
	if err := os.Mkdir(filepath.Join(i.data, "evidence"), 0o700); err != nil {
		t.Fatal(err)
	}
	if out, err := i.run("verify", "database"); err == nil || !strings.Contains(out, "no longer there") {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestVerifyDatabaseOnPostgreSQL(t *testing.T) {
	t.Parallel()
	for _, harm := range tampering {
		if !strings.Contains(" a fact changed, a day moved, a file exchanged, a complaint deleted with its events, a leaf changed", harm.name) {
			continue // the same queries tell the rest
		}
		t.Run(harm.name, func(t *testing.T) {
			i, _ := recorded(t, "DATABASE_URL="+storetest.PostgresURL(t))
			if out := i.must("verify", "database"); !strings.Contains(out, "everything agrees") {
				t.Fatal(out)
			}
			i.alter(harm.do...)
			if out, err := i.run("verify", "database"); err == nil || !strings.Contains(out, harm.says) {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}

// TestVerifyNeedsNobodysWord: a receipt is checked from its file, and the log over
// the network, as the portal serves it.
func TestVerifyNeedsNobodysWord(t *testing.T) {
	t.Parallel()
	addr := freeAddr(t)
	i, receipt := recorded(t, "PORTAL_ADDR="+addr)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		var out bytes.Buffer
		ended <- run(ctx, []string{"serve"}, i.environ, &out)
	}()
	defer func() { stop(); <-ended }()
	log := "http://" + addr + "/log"
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if answer, err := http.Get(log + "/checkpoint"); err == nil {
			answer.Body.Close()
			break
		} else if time.Now().After(deadline) {
			t.Fatal(err)
		}
	}
	h := i.house()
	proof, err := h.log.Proof(ctx, ledger.OfReport, receipt.ReportID)
	if err != nil {
		t.Fatal(err)
	}
	promise, err := h.log.Promise(ctx, ledger.OfReport, receipt.ReportID)
	if err != nil {
		t.Fatal(err)
	}
	policy, held, pledge := i.file(h.log.Policy()), i.file(string(proof)), i.file(promise)
	kept := filepath.Join(t.TempDir(), "checkpoint")
	for _, args := range [][]string{
		{"receipt", "-policy", policy, held}, {"receipt", "-policy", policy, pledge}, {"receipt", "-log", log, pledge},
		{"log", "-save", kept, log}, {"log", "-policy", policy, "-since", kept, log},
	} {
		if out := i.must(append([]string{"verify"}, args...)...); args[0] == "receipt" && !strings.Contains(out, receipt.ReportID.String()) {
			t.Errorf("%v says\n%s", args, out)
		}
	}
	other, _ := recorded(t)
	stranger := other.house()
	forged := bytes.Replace(proof, []byte("index "), []byte("index 1"), 1)
	for _, args := range [][]string{
		{"receipt", "-policy", i.file(stranger.log.Policy()), held}, {"receipt", "-policy", i.file(stranger.log.Policy()), pledge},
		{"receipt", "-policy", policy, i.file(string(forged))}, {"receipt", "-policy", policy, i.file(strings.Replace(promise, "at 20", "at 19", 1))},
		{"receipt", held}, {"log", "-policy", i.file(stranger.log.Policy()), log},
	} {
		if out, err := i.run(append([]string{"verify"}, args...)...); err == nil {
			t.Errorf("%v was content:\n%s", args, out)
		}
	}
}

func TestTheKeyOfTheLogIsChangedByAnOperator(t *testing.T) {
	t.Parallel()
	i, receipt := recorded(t)
	before := i.house()
	older, _ := before.log.Keys()
	proof, err := before.log.Proof(t.Context(), ledger.OfReport, receipt.ReportID)
	if err != nil {
		t.Fatal(err)
	}
	policy := i.file(before.log.Policy())
	if out := i.must("log", "status"); !strings.Contains(out, older) || !strings.Contains(out, "leaves") {
		t.Error(out)
	}
	out := i.must("log", "rotate")
	after := i.house()
	newer, _ := after.log.Keys()
	if newer == older || !strings.Contains(out, older) || !strings.Contains(out, newer) {
		t.Errorf("from %s to %s:\n%s", older, newer, out)
	}
	time.Sleep(100 * time.Millisecond) // the next interval of the log
	if signed, err := after.log.Turn(t.Context()); err != nil || !signed {
		t.Fatalf("signed %v, %v", signed, err)
	}
	i.must("verify", "database")
	i.must("verify", "receipt", "-policy", policy, i.file(string(proof))) // what people hold stays true
	if got := i.bad(); len(got) > 0 {
		t.Errorf("the doctor finds %v", got)
	}
}
