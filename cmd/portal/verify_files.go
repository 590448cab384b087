package main

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// filesTold are the files that events tell of.
type filesTold struct {
	of    map[string]map[string]int // owner → SHA-256 → how many
	since time.Time                 // when the first was told

	compared, older int
	unseen          bool // the files themselves are not at hand
}

// note reads one fact of an event: "files:KIND:OWNER" or "files_gone:KIND:OWNER".
func (f *filesTold) note(name, sums string, at time.Time) {
	n := 1
	owner, is := strings.CutPrefix(name, "files:")
	if !is {
		if owner, is = strings.CutPrefix(name, "files_gone:"); !is {
			return
		}
		n = -1
	}
	if f.of[owner] == nil {
		f.of[owner] = map[string]int{}
	}
	for _, sum := range strings.Fields(sums) {
		f.of[owner][sum] += n
	}
	if f.since.IsZero() || at.Before(f.since) {
		f.since = at
	}
}

// report says what was looked at and what could not be.
func (f *filesTold) report(out io.Writer) {
	fmt.Fprintf(out, "%d files are those that events tell of; what is in them is sealed and was not read\n", f.compared)
	if f.older > 0 {
		fmt.Fprintf(out, "%d files came before events told of files: nothing says whether they are what was handed in\n", f.older)
	}
	if f.unseen {
		fmt.Fprintln(out, "the files themselves are not at hand: whether each is there was not looked at")
	}
}

// storedFile is a row of evidence_file.
type storedFile struct {
	ID, OwnerKind, OwnerID, Original, Derivative string
	SHA256                                       []byte `gorm:"column:sha256"`
	CreatedAt                                    time.Time
}

const noID = "00000000-0000-0000-0000-000000000000"

// readFiles compares the files that people handed in with what events tell of
// them, and looks whether each is still there.
func (a *auditor) readFiles() error {
	if _, err := os.Stat(a.blob("")); err != nil {
		a.files.unseen = true
	}
	for after := noID; ; {
		var some []storedFile
		err := a.rows(&some, `SELECT id, owner_kind, owner_id, original, derivative, sha256, created_at FROM evidence_file
			WHERE owner_kind <> 'staged' AND id > ? ORDER BY id LIMIT ?`, after, auditBatch)
		if err != nil {
			return err
		}
		for _, f := range some {
			a.compareFile(f)
			after = f.ID
		}
		if len(some) < auditBatch {
			break
		}
	}
	for owner, sums := range a.files.of {
		for sum, n := range sums {
			if n > 0 {
				a.find("a file of %s, %s…, is told of by events and is gone", owner, sum[:16])
			}
		}
	}
	return nil
}

func (a *auditor) compareFile(f storedFile) {
	owner, sum := f.OwnerKind+":"+f.OwnerID, hex.EncodeToString(f.SHA256)
	left, told := a.files.of[owner][sum]
	switch {
	case told && left > 0:
		a.files.of[owner][sum]--
		a.files.compared++
	case !told && (a.files.since.IsZero() || f.CreatedAt.Before(a.files.since)):
		a.files.older++
	default:
		a.find("no event tells of file %s of %s, or it was exchanged", f.ID, owner)
	}
	for _, name := range []string{f.Original, f.Derivative} {
		if name == "" || a.files.unseen {
			continue
		}
		if _, err := os.Stat(a.blob(name)); errors.Is(err, fs.ErrNotExist) {
			a.find("file %s of %s is no longer there", f.ID, owner)
		}
	}
}

// blob is where the bytes of a file lie.
func (a *auditor) blob(name string) string {
	root := filepath.Join(a.call.settings.data, "evidence")
	if len(name) < 4 {
		return root
	}
	return filepath.Join(root, name[:2], name[2:4], name)
}
