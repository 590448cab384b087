package transparency_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"golang.org/x/mod/sumdb/note"
	"gorm.io/gorm"

	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
	"minsheng/ledger"
	"minsheng/transparency"
)

func TestEveryEventIsQueuedByTheCommitThatWritesIt(t *testing.T) {
	each(t, func(t *testing.T, n *notary) {
		n.happen("submitted", "accepted")
		n.many(3)
		if got := n.count("log_queue", "1 = 1"); got != 5 {
			t.Errorf("%d commitments wait, want 5", got)
		}
		failed := errors.New("no")
		err := n.store.Transact(bg, func(tx *gorm.DB) error {
			if err := ledger.Append(tx, ledger.OfPortal, uuid.New(), "noted", ledger.System(), n.store.Now(), nil); err != nil {
				return err
			}
			return failed
		})
		if !errors.Is(err, failed) || n.count("log_queue", "1 = 1") != 5 {
			t.Error("what was taken back still waits")
		}
		err = n.store.Read(bg).Exec("INSERT INTO event (id, subject_kind, subject_id, seq, kind, at, actor_kind, actor_name, actor_role, actor_unit, body) "+
			"VALUES (?, 'portal', ?, 1, 'x', ?, 'system', '', '', '', '{}')", uuid.New(), uuid.New(), n.store.Now()).Error
		if err == nil {
			t.Error("an event was written that the log will never hear of")
		}
		n.turn()
		if n.size() != 5 || n.count("log_queue", "1 = 1") != 0 {
			t.Errorf("after the turn: %d leaves, %d wait", n.size(), n.count("log_queue", "1 = 1"))
		}
		if n.turn() {
			t.Error("a turn signed although nothing was new")
		}
	})
}

func TestEventsOfTheTimeBeforeTheLogAreCommittedToOnce(t *testing.T) {
	each(t, func(t *testing.T, n *notary) {
		n.happen("submitted", "accepted", "decided")
		id := n.happen("submitted", "accepted")
		n.drop("event", "event_no_update")
		n.exec("DELETE FROM log_queue")
		n.exec("UPDATE event SET nonce = NULL, commitment = NULL")
		n.restoreUpdateTrigger()
		n.must(ledger.CommitOld(bg, n.store))
		n.must(ledger.CommitOld(bg, n.store))
		if got := n.count("log_queue", "1 = 1"); got != 5 {
			t.Fatalf("%d commitments wait, want 5", got)
		}
		n.must(n.store.Transact(bg, func(tx *gorm.DB) error {
			return ledger.Append(tx, ledger.OfComplaint, id, "closed", ledger.System(), n.store.Now(), nil)
		}))
		events, err := ledger.Of(bg, n.store, ledger.OfComplaint, id)
		n.must(err)
		var prev []byte
		for _, e := range events {
			if string(ledger.Commit(e.Nonce, e.Opening(prev))) != string(e.Commitment) {
				t.Errorf("event %d does not go on from the one before it", e.Seq)
			}
			prev = e.Commitment
		}
	})
}

func TestChaffHidesWhatWasReportedAndCanBeProved(t *testing.T) {
	each(t, func(t *testing.T, n *notary) {
		n.config.Pad = 8
		n.open()
		for i, want := range []int64{8, 16, 24, 32} {
			n.many([]int{0, 3, 8, 5}[i])
			n.turn()
			if n.size() != want {
				t.Errorf("turn %d: %d leaves, want %d", i, n.size(), want)
			}
		}
		if got := n.count("log_chaff", "1 = 1"); got != 32-16 {
			t.Errorf("%d leaves are chaff, want 16", got)
		}
		var chaff []struct{ Commitment, Nonce []byte }
		n.must(n.store.Read(bg).Table("log_chaff").Find(&chaff).Error)
		for _, c := range chaff {
			if string(ledger.Commit(c.Nonce, []byte(`{"t":"chaff"}`))) != string(c.Commitment) {
				t.Error("chaff that cannot prove that it is none of an event")
			}
		}
		n.must(n.fsck())
	})
}

func TestOneTurnInEachInterval(t *testing.T) {
	dir := storetest.SQLiteDir(t)
	now := time.Date(2026, 11, 28, 12, 0, 1, 0, time.UTC)
	s, err := store.Open(bg, store.Config{Dir: dir, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	n := openNotary(t, s)
	n.config.Every = 10 * time.Minute
	n.open()
	n.many(1)
	if !n.turn() {
		t.Fatal("the first turn did not sign")
	}
	n.many(1)
	now = now.Add(9*time.Minute + 58*time.Second)
	if n.turn() {
		t.Error("signed within the same interval")
	}
	now = now.Add(time.Second)
	if !n.turn() {
		t.Error("did not sign in the next interval")
	}
	n.many(1)
	now = now.Add(-30 * time.Minute)
	if _, err := n.Turn(bg); !errors.Is(err, transparency.ErrClock) || !errors.Is(n.Refused(), transparency.ErrClock) {
		t.Errorf("with a clock that went back: %v, %v", err, n.Refused())
	}
	now = now.Add(time.Hour)
	if !n.turn() || n.Refused() != nil {
		t.Errorf("with the clock right again: %v", n.Refused())
	}
}

func TestReplicasThatTakeTurnsAtOnceLeaveNeitherGapNorDouble(t *testing.T) {
	each(t, func(t *testing.T, n *notary) {
		other, err := transparency.New(bg, n.config)
		n.must(err)
		var wg sync.WaitGroup
		for _, log := range []*transparency.Log{n.Log, other} {
			wg.Go(func() {
				for range 8 {
					n.many(5)
					if _, err := log.Turn(bg); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		n.turn()
		if n.size() != 80 || n.count("log_queue", "1 = 1") != 0 || n.count("log_leaf", "1 = 1") != 80 {
			t.Errorf("%d leaves signed, %d stored, %d wait", n.size(), n.count("log_leaf", "1 = 1"), n.count("log_queue", "1 = 1"))
		}
		n.must(n.fsck())
	})
}

// A turn that breaks off before its commit is as if it had not begun.
func TestATurnThatFailsLeavesNothing(t *testing.T) {
	each(t, func(t *testing.T, n *notary) {
		n.many(3)
		n.turn()
		n.many(4)
		// Somebody else's row stands where the checkpoint belongs: the last insert fails.
		n.exec("INSERT INTO log_checkpoint (size, root, signed_at, note) SELECT 7, root, signed_at, note FROM log_checkpoint")
		if _, err := n.Turn(bg); err == nil {
			t.Fatal("the turn did not fail")
		}
		if n.count("log_leaf", "1 = 1") != 3 || n.count("log_hash", "1 = 1") != 4 || n.count("log_queue", "1 = 1") != 4 {
			t.Errorf("it left %d leaves, %d hashes, %d waiting", n.count("log_leaf", "1 = 1"), n.count("log_hash", "1 = 1"), n.count("log_queue", "1 = 1"))
		}
		n.unlock()
		n.exec("DELETE FROM log_checkpoint WHERE size = 7")
		// What is written by hand into the queue does not stop the log.
		n.exec("INSERT INTO log_queue (commitment) SELECT commitment FROM log_leaf WHERE idx = 0")
		n.exec("INSERT INTO log_queue (commitment) SELECT commitment FROM log_queue")
		n.turn()
		if n.size() != 7 {
			t.Errorf("afterwards %d leaves, want 7", n.size())
		}
		n.must(n.fsck())
	})
}

func TestNothingIsServedPastTheLastCheckpoint(t *testing.T) {
	each(t, func(t *testing.T, n *notary) {
		n.many(257)
		n.turn()
		n.many(40) // waits
		for _, path := range []string{"0/000", "0/001.p/1", "1/000.p/1", "entries/000", "entries/001.p/1"} {
			if _, err := n.Tile(bg, path); err != nil {
				t.Errorf("%s: %v", path, err)
			}
		}
		for _, path := range []string{"0/001", "0/001.p/2", "0/002.p/1", "1/000.p/2", "1/001.p/1", "2/000.p/1", "entries/001.p/2", "entries/002", "0/x", "../x", ""} {
			if _, err := n.Tile(bg, path); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("%s: %v, want not found", path, err)
			}
		}
	})
}

// TestAPartOfATileIsReadOnce: it never changes, and what is narrower is its beginning.
func TestAPartOfATileIsReadOnce(t *testing.T) {
	each(t, func(t *testing.T, n *notary) {
		n.many(100)
		n.turn()
		want := map[string][]byte{}
		for _, path := range []string{"0/000.p/1", "0/000.p/40", "0/000.p/100", "entries/000.p/40", "entries/000.p/100"} {
			n.open() // nothing is kept in memory
			data, err := n.Tile(bg, path)
			n.must(err)
			want[path] = data
		}
		n.open()
		for _, path := range []string{"0/000.p/40", "0/000.p/100", "entries/000.p/100", "0/000.p/1"} { // wider after narrower
			_, err := n.Tile(bg, path)
			n.must(err)
		}
		n.unlock()
		n.exec("DELETE FROM log_hash")
		n.exec("DELETE FROM log_leaf")
		for path, data := range want {
			if got, err := n.Tile(bg, path); err != nil || !bytes.Equal(got, data) || !bytes.Equal(n.Kept(path), data) {
				t.Errorf("%s from memory: %d bytes of %d, %v", path, len(got), len(data), err)
			}
		}
		for _, path := range []string{"0/000.p/101", "0/000", "entries/000.p/101", "0/001.p/1", "x"} {
			if n.Kept(path) != nil {
				t.Errorf("%s is kept and was never read", path)
			}
		}
	})
}

func TestADatabaseThatWasPutBackIsNotSigned(t *testing.T) {
	each(t, func(t *testing.T, n *notary) {
		n.many(5)
		n.turn()
		n.many(5)
		n.turn()
		n.unlock()
		for _, table := range []string{"log_leaf WHERE idx >= 5", "log_hash WHERE idx >= 8", "log_checkpoint WHERE size > 5"} {
			n.exec("DELETE FROM " + table)
		}
		n.exec("UPDATE log_head SET size = 5")
		n.refuses(transparency.ErrBehind)
		n.many(20) // the second history grows past the first
		n.exec("UPDATE log_head SET size = 5")
		n.must(os.Rename(n.config.Last, n.config.Last+".away"))
		n.open()
		n.turn()
		n.must(os.Rename(n.config.Last+".away", n.config.Last))
		n.refuses(transparency.ErrDifferent)
		// The way out is a new log over what is there, under another name.
		_, _, err := transparency.Rotate(n.config.KeysDir, origin+"/2")
		n.must(err)
		n.open()
		n.many(1)
		if !n.turn() || n.Refused() != nil || n.Name() != origin+"/2" {
			t.Errorf("the new log %s does not sign: %v", n.Name(), n.Refused())
		}
		c, err := n.Newest(bg)
		n.must(err)
		if signed, err := note.Open([]byte(c.Note), note.VerifierList(n.verifier())); err != nil || len(signed.UnverifiedSigs) != 0 {
			t.Errorf("the old key signed for the new log: %v", err)
		}
		n.must(n.fsck())
	})
}

// refuses starts the log anew and checks that it does not sign.
func (n *notary) refuses(why error) {
	n.t.Helper()
	n.open()
	if !errors.Is(n.Refused(), why) {
		n.t.Errorf("at the start: %v, want %v", n.Refused(), why)
	}
	size := n.size()
	if signed, err := n.Turn(bg); signed || !errors.Is(err, why) || n.size() != size {
		n.t.Errorf("a turn: signed %v, %v", signed, err)
	}
}

func TestKeysThatAreGoneOrOthersAreNotReplacedInSilence(t *testing.T) {
	each(t, func(t *testing.T, n *notary) {
		n.many(2)
		n.turn()
		file := filepath.Join(n.config.KeysDir, transparency.LogFile)
		info, err := os.Stat(file)
		if err != nil || info.Mode().Perm() != 0o400 {
			t.Errorf("the key has mode %v: %v", info.Mode(), err)
		}
		n.must(os.Rename(file, file+".away"))
		n.refuses(transparency.ErrNoKey)
		if _, err := os.Stat(file); !errors.Is(err, os.ErrNotExist) {
			t.Error("another key was made in its place")
		}
		_, err = transparency.CreateKeys(n.config.KeysDir, origin)
		n.must(err)
		n.refuses(transparency.ErrOtherKey)
		n.must(os.Remove(file))
		n.must(os.Rename(file+".away", file))
		n.open()
		n.many(1)
		if !n.turn() || n.Refused() != nil {
			t.Errorf("with the key back: %v", n.Refused())
		}
	})
}

func TestANewKeyIsVouchedForByTheOldOne(t *testing.T) {
	each(t, func(t *testing.T, n *notary) {
		n.many(2)
		n.turn()
		old := n.verifier()
		older, newer, err := transparency.Rotate(n.config.KeysDir, "")
		n.must(err)
		n.open()
		if key, _ := n.Keys(); key != newer || !strings.HasPrefix(older, origin+"+") {
			t.Errorf("keys %s, %s", older, newer)
		}
		for i, both := range []bool{true, false} {
			n.many(1)
			n.turn()
			c, err := n.Newest(bg)
			n.must(err)
			signed, err := note.Open([]byte(c.Note), note.VerifierList(old, n.verifier()))
			if err != nil || (len(signed.Sigs) == 2) != both {
				t.Errorf("checkpoint %d after the change: %d signatures, %v", i, len(signed.Sigs), err)
			}
		}
		n.must(n.fsck())
		known, err := n.KnownKeys(bg)
		if err != nil || len(known) != 2 || known[0].VKey != newer {
			t.Errorf("known keys %v, %v", known, err)
		}
	})
}

func TestAnErasureLeavesTheLogValid(t *testing.T) {
	each(t, func(t *testing.T, n *notary) {
		id := n.happen("submitted", "accepted")
		n.turn()
		events, err := ledger.Of(bg, n.store, ledger.OfComplaint, id)
		n.must(err)
		if err := n.store.Read(bg).Exec("UPDATE event SET nonce = NULL WHERE id = ?", events[0].ID).Error; err == nil {
			t.Error("a nonce could be destroyed without an erasure")
		}
		erase := func() {
			n.must(n.store.Transact(bg, func(tx *gorm.DB) error { return transparency.Erase(tx, n.store.Now(), events[0].ID) }))
		}
		erase()
		erase()
		if _, err := n.Proof(bg, ledger.OfComplaint, id); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("proof of what was erased: %v", err)
		}
		for _, change := range []string{"UPDATE event SET kind = 'other'", "UPDATE event SET commitment = nonce", "DELETE FROM log_erasure"} {
			if err := n.store.Read(bg).Exec(change).Error; err == nil {
				t.Errorf("%s was allowed", change)
			}
		}
		n.must(n.fsck())
		err = n.store.Transact(bg, func(tx *gorm.DB) error { return transparency.Erase(tx, n.store.Now(), uuid.New()) })
		if !errors.Is(err, store.ErrNotFound) {
			t.Errorf("erasing what is not there: %v", err)
		}
	})
}
