package paper

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"minsheng/internal/step"
	"minsheng/ledger"
	"minsheng/staff"
)

func TestWhatIsFinalStays(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		by := o.county()
		p := o.final(by, o.order(by.writer))
		r := o.row(p.ID)
		statements := []string{
			"UPDATE paper SET number = '假〔2026〕1号'", "UPDATE paper SET title_sealed = content_sealed", "UPDATE paper SET sha256 = content_sealed", "UPDATE paper SET state = 'draft'",
			"UPDATE paper SET to_unit_id = NULL", "UPDATE paper SET state = 'void', number = 'x'", "UPDATE paper SET state = 'void', n = 9", "UPDATE paper SET version = 9", "DELETE FROM paper",
			"DELETE FROM paper_to", "UPDATE paper_to SET unit_id = unit_id", "INSERT INTO paper_to (paper_id, unit_id) SELECT paper.id, paper.unit_id FROM paper",
			"UPDATE evidence_file SET original = 'x' WHERE owner_kind = 'paper'", "UPDATE evidence_file SET owner_kind = 'staged' WHERE owner_kind = 'paper'", "DELETE FROM evidence_file WHERE owner_kind = 'paper'",
		}
		if o.Store.Postgres() {
			statements = append(statements, "TRUNCATE paper CASCADE", "TRUNCATE paper_to")
		}
		for _, s := range statements {
			if err := o.exec(s); err == nil {
				t.Errorf("%s was allowed", s)
			}
		}
		if _, _, err := o.Open(bg, by.writer, p.ID); err != nil {
			t.Errorf("afterwards: %v", err)
		}
		if err := o.Annul(bg, by.writer, p.ID, r.Version, "文号用错"); !errors.Is(err, staff.ErrForbidden) {
			t.Errorf("an officer calls it void: %v", err)
		}
		if err := o.Annul(bg, by.signer, p.ID, r.Version, "x"); err == nil {
			t.Error("void without a reason")
		}
		if err := o.Annul(bg, by.signer, p.ID, r.Version-1, "文号用错"); !errors.Is(err, step.ErrStale) {
			t.Errorf("an older page: %v", err)
		}
		o.must(o.Annul(bg, by.signer, p.ID, r.Version, "文号用错"))
		void, copied, err := o.Docx(bg, by.writer, p.ID)
		if err != nil || void.State != Void || void.Number != p.Number || void.EndedWhy != "文号用错" || !bytes.Equal(hashOf(copied), p.SHA256) {
			t.Errorf("void: %+v, %v", void, err)
		}
		if err := o.Annul(bg, by.signer, p.ID, r.Version+1, "再来一次"); !errors.Is(err, step.ErrState) {
			t.Errorf("void twice: %v", err)
		}
		if err := o.exec("UPDATE paper SET state = 'final'"); err == nil {
			t.Error("void was undone")
		}
		if kinds := o.events(ledger.OfItem, p.SubjectID); !slices.Equal(kinds, []string{"paper_issued", "paper_voided"}) {
			t.Errorf("the item's record: %v", kinds)
		}
	})
}

// Whoever gets past the triggers is found out: the copy on the disk, what is
// stored of it and the event of its signing must tell the same.
func TestWhatWasChangedIsFound(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		by := o.county()
		other := o.final(by, o.order(by.writer))
		for name, change := range map[string]func(p Paper) error{
			"another number": func(p Paper) error {
				return o.exec("UPDATE paper SET number = '盘县督交〔2026〕99号' WHERE id = ?", p.ID)
			},
			"another copy": func(p Paper) error {
				return o.exec("UPDATE paper SET file_id = ? WHERE id = ?", o.row(other.ID).FileID, p.ID)
			},
			"another copy with its hash": func(p Paper) error {
				return o.exec("UPDATE paper SET file_id = ?, sha256 = ? WHERE id = ?", o.row(other.ID).FileID, other.SHA256, p.ID)
			},
			"other words": func(p Paper) error {
				return o.exec("UPDATE paper SET content_sealed = ? WHERE id = ?", o.row(other.ID).ContentSealed, p.ID)
			},
			"another address": func(p Paper) error {
				return o.exec("UPDATE paper SET to_unit_id = ? WHERE id = ?", o.units[dawa].ID, p.ID)
			},
			"another's blob":       func(p Paper) error { return swap(o.blob(p), o.blob(other)) },
			"a blob that is other": func(p Paper) error { return o.spoil(p) },
			"a blob that is gone":  func(p Paper) error { return os.Remove(o.blob(p)) },
		} {
			p := o.final(by, o.order(by.writer))
			o.withoutTriggers(func() { o.must(change(p)) })
			if _, _, err := o.Open(bg, by.writer, p.ID); !errors.Is(err, ErrChanged) {
				t.Errorf("%s: opened, %v", name, err)
			}
			if _, content, err := o.Docx(bg, by.writer, p.ID); !errors.Is(err, ErrChanged) || content != nil {
				t.Errorf("%s: given out, %v", name, err)
			}
			if kinds := o.events(ledger.OfPaper, p.ID); !slices.Contains(kinds, "paper_changed") {
				t.Errorf("%s: nothing on record: %v", name, kinds)
			}
		}
	})
}

// withoutTriggers is somebody with the key to the database.
func (o *office) withoutTriggers(do func()) {
	o.t.Helper()
	if o.Store.Postgres() {
		o.must(o.exec("ALTER TABLE paper DISABLE TRIGGER paper_frozen"))
		do()
		o.must(o.exec("ALTER TABLE paper ENABLE TRIGGER paper_frozen"))
		return
	}
	var trigger string
	o.must(o.Store.Read(bg).Raw("SELECT sql FROM sqlite_schema WHERE name = 'paper_frozen'").Scan(&trigger).Error)
	o.must(o.exec("DROP TRIGGER paper_frozen"))
	do()
	o.must(o.exec(trigger))
}

// blob is the file that holds a paper's copy.
func (o *office) blob(p Paper) string {
	o.t.Helper()
	var name string
	o.must(o.Store.Read(bg).Raw("SELECT original FROM evidence_file WHERE owner_kind = 'paper' AND owner_id = ?", p.ID).Scan(&name).Error)
	return filepath.Join(o.blobs, name[:2], name[2:4], name)
}

func (o *office) spoil(p Paper) error {
	return spoil(o.blob(p))
}

// swap puts the content of one file into another.
func swap(file, with string) error {
	content, err := os.ReadFile(with)
	if err != nil {
		return err
	}
	return os.WriteFile(file, content, 0o600)
}

// spoil turns one bit of a file over.
func spoil(file string) error {
	content, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	content[len(content)-20] ^= 1
	return os.WriteFile(file, content, 0o600)
}
