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
	asked map[[2]string]bool // complaint or objection, and who asked
	of    map[string]string  // report → names, words
	two   map[string]string  // request → the report that its two destroyed
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
	case (e.SubjectKind == "complaint" || e.SubjectKind == "objection") && e.Kind == "erasure_asked":
		a.gone.asked[[2]string{e.SubjectID, by}] = true
	case e.SubjectKind == "report" && e.Kind == "erased":
		k := a.gone.kept[body["request"]]
		again := e.ActorKind == "system" && body["again"] != "" && k.Report == e.SubjectID && k.AskedBy != k.RuledBy && k.RuledBy != ""
		two := by != "" && body["asked_by"] != by && a.gone.asked[[2]string{body["case"], body["asked_by"]}]
		if !again && !two {
			a.find("%s: nobody else asked for it", e.about())
			return
		}
		if two {
			a.gone.two[body["request"]] = e.SubjectID
		}
		if a.gone.of[e.SubjectID] != "words" {
			a.gone.of[e.SubjectID] = body["what"]
		}
	}
}

// calledGone are the reports that a table calls destroyed, by what was, ofFile what
// tells the report that a file belongs to.
const (
	calledGone = `SELECT report_id AS report, erased AS what FROM complaint WHERE erased <> '' UNION SELECT report_id, erased FROM objection WHERE erased <> ''
		UNION SELECT report_id, erased FROM report_other WHERE erased <> ''`
	ofFile = `SELECT COALESCE(message.report_id, objection.report_id, evidence_file.owner_id) AS report`
	files  = ` FROM evidence_file LEFT JOIN message ON message.id = evidence_file.owner_id
		LEFT JOIN objection_check ON objection_check.id = evidence_file.owner_id LEFT JOIN objection ON objection.id = objection_check.objection_id`
)

// readErased compares what is gone, and what is there, with the erasures.
func (a *auditor) readErased() error {
	for _, part := range []struct {
		query string
		check func(report, what string)
	}{
		{calledGone, func(report, what string) {
			if a.gone.of[report] != "words" && a.gone.of[report] != what {
				a.find("report %s is called destroyed, and nobody decided it", report)
			}
		}},
		{"SELECT owner_id AS report, 'words' AS what FROM sealed_blob WHERE kind = 'narrative' AND generation = 2 AND NOT EXISTS (SELECT 1 FROM content_key WHERE content_key.owner_id = sealed_blob.owner_id)", a.needs("the key of the words")},
		{"SELECT report_id AS report, 'words' AS what FROM message WHERE keyed AND NOT EXISTS (SELECT 1 FROM content_key WHERE content_key.owner_id = message.id)", a.needs("the key of a message")},
		{ofFile + ", 'words' AS what" + files + " WHERE evidence_file.original = ''", a.needs("a file")},
		{ofFile + ", 'words' AS what" + files + " WHERE evidence_file.owner_kind IN ('report', 'message', 'objection_check') AND own_key AND key_sealed IS NULL AND NOT EXISTS (SELECT 1 FROM content_key WHERE content_key.owner_id = evidence_file.id)", a.needs("the key of a file")},
		{ofFile + ", 'names' AS what" + files + " WHERE evidence_file.owner_kind IN ('report', 'message') AND own_key AND media = 'image' AND original_key_sealed IS NULL AND NOT EXISTS (SELECT 1 FROM original_key WHERE original_key.file_id = evidence_file.id)", a.needs("the key of a picture as it came")},
		{"SELECT id AS report, 'names' AS what FROM report WHERE mode <> 'anonymous' AND NOT EXISTS (SELECT 1 FROM sealed_blob WHERE owner_id = report.id AND kind = 'identity')", a.needs("the name")},
		{"SELECT report_id AS report, 'names' AS what FROM identity_opening JOIN complaint ON complaint.id = complaint_id WHERE NOT EXISTS (SELECT 1 FROM name_note WHERE owner_id = identity_opening.id)", a.needs("why it was to be opened")},
		{"SELECT report_id AS report, 'names' AS what FROM step_reason JOIN complaint ON complaint.id = complaint_id WHERE length(words_sealed) = 0 AND NOT EXISTS (SELECT 1 FROM name_note WHERE owner_id = step_reason.id)", a.needs("why it was opened")},
		{"SELECT owner_id AS report, 'words' AS what FROM content_key WHERE owner_id IN (SELECT gone.report FROM (" + calledGone + ") gone)", a.back("words")},
		{"SELECT message.report_id AS report, 'words' AS what FROM told_key JOIN message ON message.id = told_key.owner_id WHERE (side = 'reporter' OR kind = 'talk') AND message.report_id IN (SELECT gone.report FROM (" + calledGone + ") gone WHERE gone.what = 'words')", a.back("words")},
		{ofFile + ", 'words' AS what" + files + " WHERE evidence_file.owner_kind = 'objection_check' AND evidence_file.original <> '' AND objection.erased = 'words'", a.back("words")},
		{"SELECT owner_id AS report, 'names' AS what FROM sealed_blob WHERE kind = 'identity' AND owner_id IN (SELECT gone.report FROM (" + calledGone + ") gone)", a.back("names")},
		{"SELECT report_id AS report, 'names' AS what FROM name_note WHERE report_id IN (SELECT gone.report FROM (" + calledGone + ") gone)", a.back("names")},
	} {
		var rows []struct{ Report, What string }
		if err := a.rows(&rows, part.query); err != nil {
			return err
		}
		for _, r := range rows {
			part.check(r.Report, r.What)
		}
	}
	if err := a.readRequests(); err != nil {
		return err
	}
	return a.compareKept()
}

// readRequests finds erasures that were decided and whose request, with both who asked
// and who decided, is no longer there.
func (a *auditor) readRequests() error {
	done, err := a.ids("SELECT id FROM erasure WHERE state = 'done' AND asked_by <> ruled_by")
	if err != nil {
		return err
	}
	for request, report := range a.gone.two {
		if !done[request] {
			a.find("report %s was destroyed, and the request of who asked for it is gone", report)
		}
	}
	return nil
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
		query := "SELECT (SELECT COUNT(*) FROM complaint WHERE report_id = ? AND erased NOT IN ('words', ?)) + (SELECT COUNT(*) FROM objection WHERE report_id = ? AND erased NOT IN ('words', ?))"
		if err := a.rows(&n, query, k.Report, k.What, k.Report, k.What); err != nil {
			return err
		}
		if n > 0 {
			a.find("report %s was destroyed and came back: start the portal once", k.Report)
		}
	}
	return nil
}
