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

	size   int64                         // of the tree when the audit began
	events map[[32]byte]string           // commitment → what it is of
	told   map[string]map[string]toldDay // subject → rule → the last day that an event told
	first  map[string]map[string]bool    // kind of first event → subjects
	hashes map[string]string             // report → hash of its sealed words
	files  filesTold
	gone   erasures // what was destroyed by two
}

// toldDay is a last day with when it was told.
type toldDay struct {
	day string
	at  time.Time
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
	a := &auditor{ctx: ctx, db: db, call: c, events: map[[32]byte]string{}, told: map[string]map[string]toldDay{},
		first: map[string]map[string]bool{}, hashes: map[string]string{}, files: filesTold{of: map[string]map[string]int{}},
		gone: erasures{asked: map[[2]string]bool{}, of: map[string]string{}, two: map[string]string{}}}
	for _, check := range []func() error{a.begin, a.readKept, a.readEvents, a.readTree, a.readMatters, a.readErased, a.readFiles, a.readDates} {
		if err := check(); err != nil {
			return err
		}
	}
	if a.found > 0 {
		return fmt.Errorf("%d findings: the database is not what the log holds of it", a.found)
	}
	fmt.Fprintf(c.out, "%d events, %d leaves: everything agrees\n", len(a.events), a.size)
	a.files.report(c.out)
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
	// Clocks also run for parts of things, and whoever guesses leaves an attempt on what
	// does not exist: neither tells that there is something.
	if e.Seq == 1 && !strings.HasPrefix(e.Kind, "clock_") && e.Kind != "refused" {
		if a.first[e.SubjectKind] == nil {
			a.first[e.SubjectKind] = map[string]bool{}
		}
		a.first[e.SubjectKind][e.SubjectID] = true
	}
	if e.SubjectKind == "report" && (e.Kind == "received" || e.Kind == "words_sealed") && body["content"] != "" {
		a.hashes[e.SubjectID] = body["content"]
	}
	a.noteErasure(e, body)
	if body["rule"] != "" && body["due_on"] != "" {
		a.tell(e.SubjectID, body["rule"], toldDay{body["due_on"], e.At})
	}
	for name, value := range body {
		if rule, is := strings.CutPrefix(name, "due:"); is {
			rule, part, of := strings.Cut(rule, "@")
			if !of {
				part = e.SubjectID
			}
			a.tell(part, rule, toldDay{value, e.At})
		}
		a.files.note(name, value, e.At)
	}
}

// tell notes a last day: events of a thing and of its parts are not read in the
// order in which they happened.
func (a *auditor) tell(subject, rule string, day toldDay) {
	if a.told[subject] == nil {
		a.told[subject] = map[string]toldDay{}
	}
	if !day.at.Before(a.told[subject][rule].at) {
		a.told[subject][rule] = day
	}
}
