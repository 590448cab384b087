package transparency_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"filippo.io/torchwood"
	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
	"minsheng/ledger"
	"minsheng/transparency"
)

// emptyRoot is the root of a tree without leaves, from which a witness begins.
const emptyRoot = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="

// litewitness starts somebody else's witness: a program of its own with a key of
// its own, which knows the log from the start.
func litewitness(t *testing.T, n *notary) transparency.Witness {
	t.Helper()
	dir := t.TempDir()
	build := exec.Command("go", "build", "-o", filepath.Join(dir, "litewitness"), "filippo.io/torchwood/cmd/litewitness")
	build.Dir = "testdata/litewitness"
	build.Env = append(os.Environ(), "GOFLAGS=") // flags of the portal's own build are not for it
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	public, fingerprint := keep(t, filepath.Join(dir, "agent"))
	addr := freeAddr(t)
	run := exec.Command(filepath.Join(dir, "litewitness"), "-name", "witness.test/w", "-db", filepath.Join(dir, "w.db"),
		"-ssh-agent", filepath.Join(dir, "agent"), "-listen", addr, "-key", fingerprint)
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { run.Process.Kill(); run.Wait() })
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if answer, err := http.Get("http://" + addr + "/"); err == nil {
			answer.Body.Close()
			break
		} else if time.Now().After(deadline) {
			t.Fatalf("the witness does not answer: %v", err)
		}
	}
	introduce(t, filepath.Join(dir, "w.db"), n)
	signer, err := torchwood.NewCosignatureSigner("witness.test/w", public)
	if err != nil {
		t.Fatal(err)
	}
	return transparency.Witness{VKey: signer.Verifier().String(), URL: "http://" + addr}
}

// keep holds the witness's key in an agent, as litewitness wants it.
func keep(t *testing.T, socket string) (key ed25519.PrivateKey, fingerprint string) {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	ring := agent.NewKeyring()
	if err := ring.Add(agent.AddedKey{PrivateKey: key}); err != nil {
		t.Fatal(err)
	}
	public, err := ssh.NewPublicKey(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go agent.ServeAgent(ring, c)
		}
	}()
	return key, ssh.FingerprintSHA256(public)
}

func freeAddr(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// introduce tells the witness which key signs the log.
func introduce(t *testing.T, file string, n *notary) {
	t.Helper()
	dir := filepath.Dir(file)
	if err := os.Symlink(file, filepath.Join(dir, "portal.db")); err != nil { // the name that the store looks for
		t.Fatal(err)
	}
	db, err := store.Open(bg, store.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	key, _ := n.Keys()
	for _, statement := range []struct {
		sql  string
		args []any
	}{{"INSERT INTO log VALUES (?, 0, ?)", []any{origin, emptyRoot}}, {"INSERT INTO key VALUES (?, ?)", []any{origin, key}}} {
		if err := db.Read(bg).Exec(statement.sql, statement.args...).Error; err != nil {
			t.Fatal(err)
		}
	}
}

func TestAWitnessRefusesAnotherHistoryEvenWithTheRealKey(t *testing.T) {
	n := openNotary(t, storetest.SQLite(t))
	w := litewitness(t, n)
	n.config.Witnesses = []transparency.Witness{w}
	n.open()
	id := n.happen("submitted")
	n.many(20)
	n.turn()
	n.Witnessed(bg)
	n.many(5)
	n.turn()
	n.Witnessed(bg)
	if got := n.count("log_cosignature", "1 = 1"); got != 2 {
		t.Fatalf("%d cosignatures, want 2: %v", got, attend(n))
	}
	proof, err := n.Proof(bg, ledger.OfComplaint, id)
	n.must(err)
	n.holds(proof)

	// Whoever holds database and key writes the history anew, without the report.
	n.unlock()
	for _, table := range []string{"log_cosignature", "log_leaf", "log_hash", "log_checkpoint", "log_queue"} {
		n.exec("DELETE FROM " + table)
	}
	n.exec("UPDATE log_head SET size = 0, signed_at = NULL")
	n.must(os.Remove(n.config.Last))
	n.open()
	for _, count := range []int{26, 10} { // of the same size, and larger
		n.many(count)
		n.turn()
		n.must(n.fsck()) // in itself it is sound
		n.Witnessed(bg)
		if got := n.count("log_cosignature", "1 = 1"); got != 0 {
			t.Fatalf("the witness signed another history of %d leaves", n.size())
		}
		if a := attend(n); !a.Contradicts {
			t.Errorf("it does not show on the page: %+v", a)
		}
	}
	n.holds(proof) // what the reporter holds stays true
}

func attend(n *notary) transparency.Attendance {
	n.t.Helper()
	all, err := n.Attendances(bg)
	n.must(err)
	return all[0]
}

// holds checks a proof as whoever was handed one does, with the policy and with
// nothing else.
func (n *notary) holds(proof []byte) {
	n.t.Helper()
	policy, err := torchwood.ParsePolicy([]byte(n.Policy()))
	n.must(err)
	extra, err := torchwood.ProofExtraData(proof)
	n.must(err)
	leaf := tlog.RecordHash(transparency.Entry(ledger.Commit(extra[:32], extra[32:])))
	if err := torchwood.VerifyProof(policy, leaf, proof); err != nil {
		n.t.Errorf("the proof does not hold: %v", err)
	}
	extra[len(extra)-3]++
	leaf = tlog.RecordHash(transparency.Entry(ledger.Commit(extra[:32], extra[32:])))
	if err := torchwood.VerifyProof(policy, leaf, proof); err == nil {
		n.t.Error("the proof holds for something that was not said")
	}
}

func TestAProofNeedsTheWitnessThatThePolicyAsksFor(t *testing.T) {
	n := openNotary(t, storetest.SQLite(t))
	_, key, err := ed25519.GenerateKey(rand.Reader)
	n.must(err)
	signer, err := torchwood.NewCosignatureSigner("away.test/w", key)
	n.must(err)
	n.config.Witnesses = []transparency.Witness{{VKey: signer.Verifier().String(), URL: "http://" + freeAddr(t)}}
	n.open()
	id := n.happen("submitted")
	n.turn()
	n.Witnessed(bg) // it is away, and delays nothing
	place, err := n.Where(bg, ledger.OfComplaint, id)
	if err != nil || !place.In || len(place.Witness) != 0 || len(place.Required) != 1 {
		t.Errorf("place %+v, %v", place, err)
	}
	proof, err := n.Proof(bg, ledger.OfComplaint, id)
	n.must(err)
	policy, err := torchwood.ParsePolicy([]byte(n.Policy()))
	n.must(err)
	extra, err := torchwood.ProofExtraData(proof)
	n.must(err)
	leaf := tlog.RecordHash(transparency.Entry(ledger.Commit(extra[:32], extra[32:])))
	if unverified := (*note.UnverifiedNoteError)(nil); torchwood.VerifyProof(policy, leaf, proof) == nil || errors.As(err, &unverified) {
		t.Error("a proof without a witness satisfies a policy that asks for one")
	}
}

func TestAPromiseIsHeldAgainstTheLog(t *testing.T) {
	each(t, func(t *testing.T, n *notary) {
		id := n.happen("submitted", "accepted")
		text, err := n.Promise(bg, ledger.OfComplaint, id)
		n.must(err)
		logKey, promises := n.Keys()
		v, err := note.NewVerifier(promises)
		n.must(err)
		signed, err := note.Open([]byte(text), note.VerifierList(v))
		if err != nil {
			t.Fatalf("the promise is not signed: %v", err)
		}
		if promises == logKey || strings.Contains(text, "false") {
			t.Error("promises are signed with the key of the log")
		}
		said := map[string]string{}
		for line := range strings.Lines(signed.Text) {
			name, value, _ := strings.Cut(strings.TrimSpace(line), " ")
			said[name] = value
		}
		extra, err := base64.StdEncoding.DecodeString(said["opening"])
		n.must(err)
		if got := tlog.RecordHash(transparency.Entry(ledger.Commit(extra[:32], extra[32:]))); got.String() != said["leaf"] {
			t.Error("the promise does not open its own leaf")
		}
		if _, err := n.Proof(bg, ledger.OfComplaint, id); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a proof before the turn: %v", err)
		}
		n.turn()
		proof, err := n.Proof(bg, ledger.OfComplaint, id)
		n.must(err)
		n.holds(proof)
	})
}
