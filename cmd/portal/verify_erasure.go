package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
)

// erasures are what events tell of things that two people had destroyed.
type erasures struct {
	asked map[[2]string]bool // complaint and who asked
	of    map[string]string  // report → names, words
	kept  map[string]kept    // request → what the file outside the database says of it
}

// kept is a line of that file.
type kept struct {
	Request string `json:"request"`
	Report  string `json:"report"`
	What    string `json:"what"`
	AskedBy string `json:"asked_by"`
	RuledBy string `json:"ruled_by"`
}

// readKept reads the file outside the database that tells what was destroyed.
func (a *auditor) readKept() error {
	a.gone.kept = map[string]kept{}
	f, err := os.Open(a.call.settings.lastErased())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		var k kept
		if json.Unmarshal(lines.Bytes(), &k) == nil {
			a.gone.kept[k.Request] = k
		}
	}
	return lines.Err()
}

// noteErasure keeps who asked, and accepts an erasure that somebody else decided than
// who asked for it on record. One that the portal did again, after an older database
// was put back, must stand in the file outside.
func (a *auditor) noteErasure(e happened, body map[string]string) {
	by := ""
	if e.ActorID != nil {
		by = *e.ActorID
	}
	switch {
	case e.SubjectKind == "complaint" && e.Kind == "erasure_asked":
		a.gone.asked[[2]string{e.SubjectID, by}] = true
	case e.SubjectKind == "report" && e.Kind == "erased":
		k := a.gone.kept[body["request"]]
		again := e.ActorKind == "system" && body["again"] != "" && k.Report == e.SubjectID && k.AskedBy != k.RuledBy && k.RuledBy != ""
		two := by != "" && body["asked_by"] != by && a.gone.asked[[2]string{body["case"], body["asked_by"]}]
		if !again && !two {
			a.find("%s: nobody else asked for it", e.about())
			return
		}
		if a.gone.of[e.SubjectID] != "words" {
			a.gone.of[e.SubjectID] = body["what"]
		}
	}
}

// readErased compares what is gone, and what is there, with the erasures.
func (a *auditor) readErased() error {
	for _, part := range []struct {
		query string
		check func(report, what string)
	}{
		{"SELECT report_id AS report, erased AS what FROM complaint WHERE erased <> ''", func(report, what string) {
			if a.gone.of[report] != "words" && a.gone.of[report] != what {
				a.find("report %s is called destroyed, and nobody decided it", report)
			}
		}},
		{"SELECT owner_id AS report, 'words' AS what FROM sealed_blob WHERE kind = 'narrative' AND generation = 2 AND NOT EXISTS (SELECT 1 FROM content_key WHERE content_key.owner_id = sealed_blob.owner_id)", a.needs("the key of the words")},
		{"SELECT report_id AS report, 'words' AS what FROM message WHERE keyed AND NOT EXISTS (SELECT 1 FROM content_key WHERE content_key.owner_id = message.id)", a.needs("the key of a message")},
		{"SELECT COALESCE(message.report_id, evidence_file.owner_id) AS report, 'words' AS what FROM evidence_file LEFT JOIN message ON message.id = evidence_file.owner_id WHERE evidence_file.original = ''", a.needs("a file")},
		{"SELECT COALESCE(message.report_id, evidence_file.owner_id) AS report, 'words' AS what FROM evidence_file LEFT JOIN message ON message.id = evidence_file.owner_id WHERE evidence_file.owner_kind IN ('report', 'message') AND own_key AND key_sealed IS NULL AND NOT EXISTS (SELECT 1 FROM content_key WHERE content_key.owner_id = evidence_file.id)", a.needs("the key of a file")},
		{"SELECT COALESCE(message.report_id, evidence_file.owner_id) AS report, 'names' AS what FROM evidence_file LEFT JOIN message ON message.id = evidence_file.owner_id WHERE evidence_file.owner_kind IN ('report', 'message') AND own_key AND media = 'image' AND original_key_sealed IS NULL AND NOT EXISTS (SELECT 1 FROM original_key WHERE original_key.file_id = evidence_file.id)", a.needs("the key of a picture as it came")},
		{"SELECT id AS report, 'names' AS what FROM report WHERE mode <> 'anonymous' AND NOT EXISTS (SELECT 1 FROM sealed_blob WHERE owner_id = report.id AND kind = 'identity')", a.needs("the name")},
		{"SELECT report_id AS report, 'names' AS what FROM identity_opening JOIN complaint ON complaint.id = complaint_id WHERE NOT EXISTS (SELECT 1 FROM name_note WHERE owner_id = identity_opening.id)", a.needs("why it was to be opened")},
		{"SELECT report_id AS report, 'names' AS what FROM step_reason JOIN complaint ON complaint.id = complaint_id WHERE length(words_sealed) = 0 AND NOT EXISTS (SELECT 1 FROM name_note WHERE owner_id = step_reason.id)", a.needs("why it was opened")},
		{"SELECT owner_id AS report, 'words' AS what FROM content_key WHERE owner_id IN (SELECT report_id FROM complaint WHERE erased <> '')", a.back("words")},
		{"SELECT message.report_id AS report, 'words' AS what FROM told_key JOIN message ON message.id = told_key.owner_id WHERE (side = 'reporter' OR kind = 'talk') AND message.report_id IN (SELECT report_id FROM complaint WHERE erased = 'words')", a.back("words")},
		{"SELECT owner_id AS report, 'names' AS what FROM sealed_blob WHERE kind = 'identity' AND owner_id IN (SELECT report_id FROM complaint WHERE erased <> '')", a.back("names")},
		{"SELECT report_id AS report, 'names' AS what FROM name_note WHERE report_id IN (SELECT report_id FROM complaint WHERE erased <> '')", a.back("names")},
	} {
		var rows []struct{ Report, What string }
		if err := a.rows(&rows, part.query); err != nil {
			return err
		}
		for _, r := range rows {
			part.check(r.Report, r.What)
		}
	}
	return a.compareKept()
}

// needs finds what is gone and was not destroyed by two.
func (a *auditor) needs(what string) func(report, kind string) {
	return func(report, kind string) {
		if of := a.gone.of[report]; of != "words" && of != kind {
			a.find("%s of report %s is gone, and nobody decided it", what, report)
		}
	}
}

// back finds what was destroyed and is there.
func (a *auditor) back(of string) func(report, kind string) {
	return func(report, _ string) {
		if a.gone.of[report] == "words" || a.gone.of[report] == of {
			a.find("the %s of report %s were destroyed, and are there", of, report)
		}
	}
}

// compareKept finds reports that an older database brought back.
func (a *auditor) compareKept() error {
	for _, k := range a.gone.kept {
		var n int64
		if err := a.rows(&n, "SELECT COUNT(*) FROM complaint WHERE report_id = ? AND NOT (erased = 'words' OR erased = ?)", k.Report, k.What); err != nil {
			return err
		}
		if n > 0 {
			a.find("report %s was destroyed and came back: start the portal once", k.Report)
		}
	}
	return nil
}
