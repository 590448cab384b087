package paper

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/internal/evidence"
	"minsheng/internal/seal"
	"minsheng/ledger"
	"minsheng/staff"
)

// A paper about a complaint tells what was found about an office, and lies with those
// who read the reporter's words: its title, what it says, and the key of its copy. All
// others are for offices to read, and lie with the portal.

// keepers say with whose words a paper goes.
type keepers struct {
	about  intake.Complaint
	office *uuid.UUID // that alone reads it, with those above; nil: whoever works on it
}

// keepersOf is nil where the portal itself keeps a paper.
func (p *Press) keepersOf(tx *gorm.DB, r row) (*keepers, error) {
	if r.SubjectKind != ledger.OfComplaint {
		return nil, nil
	}
	about, err := p.Intake.CaseOf(tx, r.SubjectID)
	if err != nil {
		return nil, err
	}
	k := &keepers{about: about}
	if f, _ := FormOf(r.Kind); f.above {
		k.office = &r.UnitID
	}
	return k, nil
}

// titleID is under what a title has its key; the rest of a paper has it under its own.
func titleID(paper uuid.UUID) uuid.UUID { return uuid.NewSHA1(paper, []byte("title")) }

func (p *Press) titleOf(r row) intake.Sheet {
	return intake.Sheet{ID: titleID(r.ID), Place: place(r.ID, "title"), Sealed: r.TitleSealed, Before: p.box}
}

func (p *Press) contentOf(r row) intake.Sheet {
	return intake.Sheet{ID: r.ID, Place: place(r.ID, "content"), Sealed: r.ContentSealed, Before: p.box}
}

// seal puts what a draft says into its row.
func (p *Press) seal(tx *gorm.DB, r *row, title string, c Content) error {
	k, err := p.keepersOf(tx, *r)
	if err != nil {
		return err
	}
	return p.shut(tx, k, r, title, c)
}

// shut seals what a paper says into its row; nil keepers are the portal itself.
func (p *Press) shut(tx *gorm.DB, k *keepers, r *row, title string, c Content) error {
	text, err := json.Marshal(c)
	if err != nil {
		return err
	}
	if k == nil {
		r.TitleSealed, r.ContentSealed = p.box.Shut([]byte(title), place(r.ID, "title")), p.box.Shut(text, place(r.ID, "content"))
		return nil
	}
	if r.TitleSealed, err = p.Intake.WriteAbout(tx, k.about, k.office, titleID(r.ID), place(r.ID, "title"), []byte(title)); err != nil {
		return err
	}
	r.ContentSealed, err = p.Intake.WriteAbout(tx, k.about, k.office, r.ID, place(r.ID, "content"), text)
	return err
}

// keepCopy puts the frozen copy of a paper on the shelf.
func (p *Press) keepCopy(tx *gorm.DB, k *keepers, r row, written []byte) (evidence.File, error) {
	if k == nil {
		return p.Shelf.Keep(tx, ownerPaper, r.ID, r.Number+".docx", written)
	}
	kept, key, err := p.Shelf.KeepApart(tx, ownerPaper, r.ID, r.Number+".docx", written)
	if err != nil {
		return kept, err
	}
	return kept, p.Intake.KeepFileKey(tx, k.about, k.office, kept.ID, key)
}

// open opens sheets of papers in the officer's session, by id. Errors: ErrChanged.
func (p *Press) open(db *gorm.DB, by staff.Officer, sheets ...intake.Sheet) (map[uuid.UUID]intake.SheetText, error) {
	all, err := p.Intake.ReadSheets(db, by, sheets...)
	if errors.Is(err, seal.ErrForged) {
		err = fmt.Errorf("%w: %w", ErrChanged, err)
	}
	return all, err
}

// says is what a paper says in the officer's session, with its title. Errors:
// ErrChanged, intake.ErrLocked, intake.ErrErased.
func (p *Press) says(db *gorm.DB, by staff.Officer, r row) (title string, c Content, err error) {
	whole, words := p.titleOf(r), p.contentOf(r)
	all, err := p.open(db, by, whole, words)
	if err != nil {
		return "", c, err
	}
	if err := shutBy(all[whole.ID].Kept, all[words.ID].Kept); err != nil {
		return "", c, err
	}
	if err := json.Unmarshal(all[words.ID].Text, &c); err != nil {
		return "", c, fmt.Errorf("%w: %w", ErrChanged, err)
	}
	return string(all[whole.ID].Text), c, nil
}

// shutBy is the error of who cannot read something.
func shutBy(why ...intake.Kept) error {
	for _, k := range why {
		switch k {
		case intake.Locked:
			return intake.ErrLocked
		case intake.Erased:
			return intake.ErrErased
		}
	}
	return nil
}
