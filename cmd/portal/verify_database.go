package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"strings"
	"time"

	"filippo.io/torchwood"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"minsheng/internal/store"
)

// mostFindings is how many findings are printed; all are counted.
const mostFindings = 50

// auditor reads a whole database and compares what it says with what the log
// holds of it.
type auditor struct {
	ctx   context.Context
	db    *store.Store
	call  call
	found int

	size   int64                        // of the tree when the audit began
	events map[[32]byte]string          // commitment → what it is of
	told   map[string]map[string]string // subject → rule → the last day that an event told
	first  map[string]map[string]bool   // kind of first event → subjects
	hashes map[string]string            // report → hash of its sealed words
}

// verifyDatabase finds out whether anything was added, changed or taken away
// behind the portal's back. It changes nothing and needs no secret.
func verifyDatabase(ctx context.Context, c call) error {
	flags := flag.NewFlagSet("portal verify database", flag.ContinueOnError)
	flags.SetOutput(c.out)
	if err := flags.Parse(c.args); err != nil {
		return err
	}
	db, err := store.Open(ctx, store.Config{URL: c.settings.databaseURL, Dir: c.settings.data})
	if err != nil {
		return err
	}
	defer db.Close()
	a := &auditor{ctx: ctx, db: db, call: c, events: map[[32]byte]string{}, told: map[string]map[string]string{},
		first: map[string]map[string]bool{}, hashes: map[string]string{}}
	for _, check := range []func() error{a.begin, a.readEvents, a.readTree, a.readMatters, a.readDates} {
		if err := check(); err != nil {
			return err
		}
	}
	if a.found > 0 {
		return fmt.Errorf("%d findings: the database is not what the log holds of it", a.found)
	}
	fmt.Fprintf(c.out, "%d events, %d leaves: everything agrees\n", len(a.events), a.size)
	return nil
}

func (a *auditor) find(format string, args ...any) {
	if a.found++; a.found <= mostFindings {
		fmt.Fprintf(a.call.out, "FOUND "+format+"\n", args...)
	}
}

func (a *auditor) rows(dest any, query string, args ...any) error {
	return a.db.Read(a.ctx).Raw(query, args...).Scan(dest).Error
}

// begin notes the size of the tree: what comes in later is not looked at, so that
// a portal may go on meanwhile.
func (a *auditor) begin() error {
	var heads []int64
	if err := a.rows(&heads, "SELECT size FROM log_head"); err != nil {
		return err
	}
	if len(heads) != 1 {
		return errors.New("the head of the log is missing")
	}
	a.size = heads[0]
	return nil
}

// happened is a row of event.
type happened struct {
	ID, SubjectKind, SubjectID, Kind, ActorKind, ActorName, ActorRole, ActorUnit, Body string
	ActorID                                                                            *string
	Seq                                                                                int
	At                                                                                 time.Time
	Nonce, Commitment                                                                  []byte
}

func (e happened) about() string {
	return fmt.Sprintf("event %d (%s) of %s %s", e.Seq, e.Kind, e.SubjectKind, e.SubjectID)
}

// opening is what the log's commitment to the event is made of.
func (e happened) opening(prev []byte, body map[string]string) ([]byte, error) {
	by := ""
	if e.ActorID != nil || e.ActorName != "" {
		id := ""
		if e.ActorID != nil {
			id = *e.ActorID
		}
		by = hex.EncodeToString(sealed(e.Nonce, []byte("by\n"+id+"\n"+e.ActorName)))
	}
	var b bytes.Buffer
	w := json.NewEncoder(&b)
	w.SetEscapeHTML(false)
	err := w.Encode(map[string]any{ // written with sorted names
		"t": e.Kind, "of": e.SubjectKind, "case": e.SubjectID, "seq": e.Seq, "prev": hex.EncodeToString(prev), "id": e.ID,
		"at": e.At.UTC().Format("2006-01-02T15:04:05.000000Z"), "actor": e.ActorKind, "by": by, "role": e.ActorRole, "unit": e.ActorUnit, "body": body,
	})
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

const eventColumns = "id, subject_kind, subject_id, seq, kind, at, actor_kind, actor_id, actor_name, actor_role, actor_unit, body, nonce, commitment"

// auditBatch is how many rows are read at once.
const auditBatch = 2000

func (a *auditor) readEvents() error {
	var last happened
	for {
		var some []happened
		var err error
		if last.ID == "" {
			err = a.rows(&some, "SELECT "+eventColumns+" FROM event ORDER BY subject_kind, subject_id, seq LIMIT ?", auditBatch)
		} else {
			err = a.rows(&some, "SELECT "+eventColumns+" FROM event WHERE (subject_kind, subject_id, seq) > (?, ?, ?) ORDER BY subject_kind, subject_id, seq LIMIT ?",
				last.SubjectKind, last.SubjectID, last.Seq, auditBatch)
		}
		if err != nil {
			return err
		}
		for _, e := range some {
			a.event(last, e)
			last = e
		}
		if len(some) < auditBatch {
			return nil
		}
	}
}

// event checks one event after the one before it, and notes what it tells.
func (a *auditor) event(last, e happened) {
	var prev []byte
	if last.SubjectKind == e.SubjectKind && last.SubjectID == e.SubjectID {
		prev = last.Commitment
	} else {
		last.Seq = 0
	}
	if e.Seq != last.Seq+1 {
		a.find("before %s events are missing", e.about())
	}
	var body map[string]string
	if err := json.Unmarshal([]byte(e.Body), &body); err != nil {
		a.find("%s has no readable facts", e.about())
		return
	}
	if len(e.Commitment) != sha256.Size {
		a.find("%s is not committed to: start the portal once", e.about())
		return
	}
	a.events[[32]byte(e.Commitment)] = e.about()
	a.note(e, body)
	if e.Nonce == nil {
		var n int64
		if err := a.rows(&n, "SELECT COUNT(*) FROM log_erasure WHERE event_id = ? AND commitment = ?", e.ID, e.Commitment); err != nil || n != 1 {
			a.find("%s lost its nonce without an erasure", e.about())
		}
		return
	}
	opening, err := e.opening(prev, body)
	if err != nil || !bytes.Equal(sealed(e.Nonce, opening), e.Commitment) {
		a.find("%s was changed, or one before it", e.about())
	}
}

// note keeps what an event tells of other tables.
func (a *auditor) note(e happened, body map[string]string) {
	if e.Seq == 1 && !strings.HasPrefix(e.Kind, "clock_") { // clocks also run for parts of things
		if a.first[e.SubjectKind] == nil {
			a.first[e.SubjectKind] = map[string]bool{}
		}
		a.first[e.SubjectKind][e.SubjectID] = true
	}
	if e.SubjectKind == "report" && e.Kind == "received" && body["content"] != "" {
		a.hashes[e.SubjectID] = body["content"]
	}
	tell := func(rule, day string) {
		if a.told[e.SubjectID] == nil {
			a.told[e.SubjectID] = map[string]string{}
		}
		a.told[e.SubjectID][rule] = day
	}
	if body["rule"] != "" && body["due_on"] != "" {
		tell(body["rule"], body["due_on"])
	}
	for name, day := range body {
		if rule, is := strings.CutPrefix(name, "due:"); is {
			tell(rule, day)
		}
	}
}

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
	grown := newSapling()
	if signed[0] != "" {
		a.compareRoot(grown, signed[0])
	}
	leaves := map[[32]byte]bool{}
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
			if l.Idx != grown.n {
				a.find("leaf %d is missing", grown.n)
				return nil // everything after it stands elsewhere
			}
			if len(l.Commitment) != sha256.Size {
				a.find("leaf %d is no commitment", l.Idx)
				return nil
			}
			for at, h := range grown.add(entryOf(l.Commitment)) {
				if !bytes.Equal(stored[at], h[:]) {
					a.find("hash %d, of leaf %d, was changed", at, l.Idx)
				}
			}
			leaves[[32]byte(l.Commitment)] = true
			if _, is := a.events[[32]byte(l.Commitment)]; !is && !chaff[[32]byte(l.Commitment)] && l.Idx < a.size {
				a.find("leaf %d is of nothing that is there: an event was deleted", l.Idx)
			}
			if root := signed[grown.n]; root != "" {
				a.compareRoot(grown, root)
			}
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

func (a *auditor) compareRoot(g *sapling, root string) {
	if h := g.root(); h.String() != root {
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
