package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"strings"
	"time"

	"filippo.io/torchwood"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// leafRow is a leaf of the tree.
type leafRow struct {
	Idx        int64
	Commitment []byte
}

// readTree builds the tree anew from its leaves and compares hashes, roots and
// signatures; then everything must be in it, and nothing else.
func (a *auditor) readTree() error {
	waiting, err := a.queue()
	if err != nil {
		return err
	}
	chaff, err := a.chaff()
	if err != nil {
		return err
	}
	signed, err := a.checkpoints()
	if err != nil {
		return err
	}
	grown, leaves := newSapling(), map[[32]byte]bool{}
	a.compareRoot(grown, signed)
	for more := true; more; {
		var some []leafRow
		if err := a.rows(&some, "SELECT idx, commitment FROM log_leaf WHERE idx >= ? ORDER BY idx LIMIT ?", grown.n, auditBatch); err != nil {
			return err
		}
		more = len(some) == auditBatch
		stored, err := a.storedHashes(grown.n, len(some))
		if err != nil {
			return err
		}
		for _, l := range some {
			if !a.leaf(l, grown, stored, chaff) {
				return nil // everything after it stands elsewhere
			}
			leaves[[32]byte(l.Commitment)] = true
			a.compareRoot(grown, signed)
		}
	}
	if grown.n < a.size {
		a.find("the tree had %d leaves and has %d", a.size, grown.n)
	}
	for c, about := range a.events {
		if !leaves[c] && !waiting[c] {
			a.find("%s is neither in the log nor waiting for it", about)
		}
	}
	return a.compareLast(grown.n)
}

// leaf adds the next leaf to the tree and checks what stands beside it; false
// when it is not the next.
func (a *auditor) leaf(l leafRow, grown *sapling, stored map[int64][]byte, chaff map[[32]byte]bool) bool {
	if l.Idx != grown.n {
		a.find("leaf %d is missing", grown.n)
		return false
	}
	if len(l.Commitment) != sha256.Size {
		a.find("leaf %d is no commitment", l.Idx)
		return false
	}
	for at, h := range grown.add(entryOf(l.Commitment)) {
		if !bytes.Equal(stored[at], h[:]) {
			a.find("hash %d, of leaf %d, was changed", at, l.Idx)
		}
	}
	if _, is := a.events[[32]byte(l.Commitment)]; !is && !chaff[[32]byte(l.Commitment)] && l.Idx < a.size {
		a.find("leaf %d is of nothing that is there: an event was deleted", l.Idx)
	}
	return true
}

// queue is what waits for the next turn; what waits too long is a finding.
func (a *auditor) queue() (map[[32]byte]bool, error) {
	var rows []struct {
		Commitment []byte
		QueuedAt   time.Time
	}
	if err := a.rows(&rows, "SELECT commitment, queued_at FROM log_queue"); err != nil {
		return nil, err
	}
	waiting, late := map[[32]byte]bool{}, 0
	for _, r := range rows {
		if len(r.Commitment) == sha256.Size {
			waiting[[32]byte(r.Commitment)] = true
		}
		if time.Since(r.QueuedAt) > 2*a.call.settings.logEvery+time.Minute {
			late++
		}
	}
	if late > 0 {
		a.find("%d events wait longer than two turns of the log: is a portal running, and does it sign?", late)
	}
	return waiting, nil
}

// chaff is what stands for nothing, and can prove it.
func (a *auditor) chaff() (map[[32]byte]bool, error) {
	var rows []struct{ Commitment, Nonce []byte }
	if err := a.rows(&rows, "SELECT commitment, nonce FROM log_chaff"); err != nil {
		return nil, err
	}
	all := make(map[[32]byte]bool, len(rows))
	for _, r := range rows {
		if len(r.Commitment) != sha256.Size || !bytes.Equal(sealed(r.Nonce, []byte(`{"t":"chaff"}`)), r.Commitment) {
			a.find("a leaf is called chaff and is none")
			continue
		}
		all[[32]byte(r.Commitment)] = true
	}
	return all, nil
}

// checkpoints are the roots that were signed, by size.
func (a *auditor) checkpoints() (map[int64]string, error) {
	var keys []string
	if err := a.rows(&keys, "SELECT vkey FROM log_key"); err != nil {
		return nil, err
	}
	var known []note.Verifier
	for _, k := range keys {
		if v, err := note.NewVerifier(k); err == nil {
			known = append(known, v)
		}
	}
	var rows []struct {
		Size int64
		Root []byte
		Note string
	}
	if err := a.rows(&rows, "SELECT size, root, note FROM log_checkpoint"); err != nil {
		return nil, err
	}
	signed := map[int64]string{}
	for _, r := range rows {
		n, err := note.Open([]byte(r.Note), note.VerifierList(known...))
		root := tlog.Hash{}
		copy(root[:], r.Root)
		if err != nil || !strings.Contains(n.Text, fmt.Sprintf("\n%d\n%s\n", r.Size, root)) {
			a.find("the checkpoint of %d leaves was not signed by the log", r.Size)
			continue
		}
		signed[r.Size] = root.String()
	}
	if a.size > 0 && signed[a.size] == "" {
		a.find("the checkpoint of %d leaves is missing", a.size)
	}
	return signed, nil
}

// compareRoot compares the root with the one that was signed at this size, if one
// was.
func (a *auditor) compareRoot(g *sapling, signed map[int64]string) {
	if want := signed[g.n]; want != "" && g.root().String() != want {
		a.find("the root of %d leaves is not the one that was signed", g.n)
	}
}

// storedHashes are the hashes that leaves from n on have in the database.
func (a *auditor) storedHashes(n int64, count int) (map[int64][]byte, error) {
	var rows []struct {
		Idx  int64
		Hash []byte
	}
	err := a.rows(&rows, "SELECT idx, hash FROM log_hash WHERE idx >= ? AND idx < ?", tlog.StoredHashIndex(0, n), tlog.StoredHashIndex(0, n+int64(count)))
	all := make(map[int64][]byte, len(rows))
	for _, r := range rows {
		all[r.Idx] = r.Hash
	}
	return all, err
}

// sapling is a tree that is built up leaf by leaf; it keeps its right edge only.
type sapling struct {
	n    int64
	edge map[int64]tlog.Hash
}

func newSapling() *sapling { return &sapling{edge: map[int64]tlog.Hash{}} }

func (g *sapling) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		hashes[i] = g.edge[index]
	}
	return hashes, nil
}

// add returns the hashes that a leaf completes, by where they are stored.
func (g *sapling) add(entry []byte) map[int64]tlog.Hash {
	hashes, err := tlog.StoredHashes(g.n, entry, g)
	if err != nil {
		panic(err) // nothing is read from outside
	}
	added := map[int64]tlog.Hash{}
	for i, h := range hashes {
		added[tlog.StoredHashIndex(0, g.n)+int64(i)] = h
	}
	g.n++
	for at, h := range added {
		g.edge[at] = h
	}
	needed := map[int64]tlog.Hash{}
	for _, at := range torchwood.RightEdge(g.n) {
		needed[at] = g.edge[at]
	}
	g.edge = needed
	return added
}

func (g *sapling) root() tlog.Hash {
	h, err := tlog.TreeHash(g.n, g)
	if err != nil {
		panic(err)
	}
	return h
}
