package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"

	"filippo.io/torchwood"
)

// compareLast compares the tree with the checkpoint that is kept outside the
// database.
func (a *auditor) compareLast(n int64) error {
	text, err := os.ReadFile(a.call.settings.lastSigned())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	body, _, _ := bytes.Cut(text, []byte("\n\n"))
	last, err := torchwood.ParseCheckpoint(string(body) + "\n")
	if err != nil {
		a.find("%s cannot be read", a.call.settings.lastSigned())
		return nil
	}
	if last.N > n {
		a.find("%d leaves were signed, and the database has %d: it was put back from an older copy", last.N, n)
		return nil
	}
	var same int64
	err = a.rows(&same, "SELECT COUNT(*) FROM log_checkpoint WHERE size = ? AND root = ?", last.N, last.Hash[:])
	if err == nil && same != 1 {
		a.find("another tree of %d leaves was signed before", last.N)
	}
	return err
}

// readMatters compares what stands in the tables of reports and complaints with
// the events that tell of them.
func (a *auditor) readMatters() error {
	for _, of := range []struct{ kind, table, what string }{
		{"report", "report", "report"}, {"complaint", "complaint", "complaint"},
		{"objection", "objection", "objection"}, {"item", "supervision_item", "item"},
		{"order", "rectification_order", "order"}, {"measure", "measure", "measure"}, {"inspection", "inspection", "inspection"},
	} {
		ids, err := a.ids("SELECT id FROM " + of.table)
		if err != nil {
			return err
		}
		for id := range ids {
			if !a.first[of.kind][id] {
				a.find("no event tells of %s %s", of.what, id)
			}
		}
		for id := range a.first[of.kind] {
			if !ids[id] {
				a.find("%s %s is told of by events and is gone", of.what, id)
			}
		}
	}
	return a.readWords()
}

func (a *auditor) ids(query string) (map[string]bool, error) {
	var list []string
	if err := a.rows(&list, query); err != nil {
		return nil, err
	}
	all := make(map[string]bool, len(list))
	for _, id := range list {
		all[id] = true
	}
	return all, nil
}

// readWords compares the sealed words of reports with the hash that the event of
// each tells.
func (a *auditor) readWords() error {
	after := ""
	for {
		var some []struct {
			OwnerID    string
			Ciphertext []byte
		}
		query := "SELECT owner_id, ciphertext FROM sealed_blob WHERE kind = 'narrative' AND recipient_kind = 'server' AND owner_id > ? ORDER BY owner_id LIMIT ?"
		if after == "" {
			after = "00000000-0000-0000-0000-000000000000"
		}
		if err := a.rows(&some, query, after, auditBatch); err != nil {
			return err
		}
		for _, blob := range some {
			sum := sha256.Sum256(blob.Ciphertext)
			// Words of before there were keys go themselves when they are destroyed.
			emptied := len(blob.Ciphertext) == 0 && a.gone.of[blob.OwnerID] == "words"
			if want := a.hashes[blob.OwnerID]; want != "" && want != hex.EncodeToString(sum[:]) && !emptied {
				a.find("the sealed words of report %s were exchanged", blob.OwnerID)
			}
			delete(a.hashes, blob.OwnerID)
			after = blob.OwnerID
		}
		if len(some) < auditBatch {
			break
		}
	}
	for report := range a.hashes {
		a.find("the sealed words of report %s are gone", report)
	}
	return nil
}

// readDates compares last days with the last ones that events told. A day that no
// event told, of the time before events told them, cannot be compared.
func (a *auditor) readDates() error {
	var rows []struct{ SubjectID, Rule, DueOn string }
	if err := a.rows(&rows, "SELECT subject_id, rule, due_on FROM deadline"); err != nil {
		return err
	}
	stands := map[[3]string]bool{}
	for _, r := range rows {
		stands[[3]string{r.SubjectID, r.Rule, r.DueOn}] = true
	}
	for subject, rules := range a.told {
		for rule, last := range rules {
			if !stands[[3]string{subject, rule, last.day}] {
				a.find("the last day of %s of %s was %s, and another stands there", rule, subject, last.day)
			}
		}
	}
	return nil
}
