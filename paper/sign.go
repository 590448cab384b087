package paper

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"minsheng/intake"
	"minsheng/internal/evidence"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/ledger"
	"minsheng/staff"
)

// ownerPaper is how the shelf knows frozen copies, ownerForm forms of offices.
const (
	ownerPaper = "paper"
	ownerForm  = "template"
)

// Finish makes a draft final in the caller's transaction: it gets its number, is
// written in the form that is in force in its office, frozen and hashed
// (staff.SignPapers). Whoever wrote the draft as it stands cannot. Errors:
// store.ErrNotFound, staff.ErrForbidden, step.ErrSamePerson, step.ErrState,
// step.ErrStale, *step.Invalid (what it still lacks, by name; doc_mark),
// intake.ErrLocked (the session does not open what it says), intake.ErrErased.
func (p *Press) Finish(tx *gorm.DB, by staff.Officer, id uuid.UUID) (Paper, error) {
	if err := by.Require(staff.SignPapers); err != nil {
		return Paper{}, err
	}
	r, err := p.ownIn(held(tx), by, id)
	if err != nil {
		return Paper{}, err
	}
	return p.sign(tx, by, r)
}

// Sign is Finish for somebody who has read the draft as of version, and may see
// what it is about.
func (p *Press) Sign(ctx context.Context, by staff.Officer, id uuid.UUID, version int) (Paper, error) {
	if err := by.Require(staff.SignPapers); err != nil {
		return Paper{}, err
	}
	if _, err := p.own(ctx, by, id); err != nil {
		return Paper{}, err
	}
	var done Paper
	err := step.Again(func() error {
		return p.Store.Transact(ctx, func(tx *gorm.DB) error {
			r, err := p.ownIn(held(tx), by, id)
			if err != nil {
				return err
			}
			if r.Version != version {
				return step.ErrStale
			}
			done, err = p.sign(tx, by, r)
			return err
		})
	})
	return done, err
}

// held reads rows that nobody else changes until the transaction ends: whoever
// signs at the same time waits here and takes no number.
func held(tx *gorm.DB) *gorm.DB { return tx.Clauses(clause.Locking{Strength: "UPDATE"}) }

func (p *Press) sign(tx *gorm.DB, by staff.Officer, r row) (Paper, error) {
	switch {
	case r.State != Drafted:
		return Paper{}, step.ErrState
	case r.DraftedBy == by.ID:
		return Paper{}, step.ErrSamePerson
	}
	title, c, err := p.says(tx, by, r)
	if err != nil {
		return Paper{}, err
	}
	return p.freeze(tx, by, r, title, c)
}

// Issue makes a paper and makes it final at once, in the caller's transaction:
// for acts that a second person has already approved in the caller's room, which
// answers for that. A draft of the kind for the subject is the one that becomes
// final, as d says. It needs no key. Errors: those of Put, and of Finish but
// step.ErrSamePerson.
func (p *Press) Issue(tx *gorm.DB, by staff.Officer, d Draft) (Paper, error) {
	id, err := p.Put(tx, by, d)
	if err != nil {
		return Paper{}, err
	}
	r, err := p.ownIn(tx, by, id)
	if err != nil {
		return Paper{}, err
	}
	return p.freeze(tx, by, r, strings.TrimSpace(d.Title), d.Content)
}

// freeze gives a draft that is held, and that says c, its number and its frozen copy.
func (p *Press) freeze(tx *gorm.DB, by staff.Officer, r row, title string, c Content) (Paper, error) {
	f, _ := FormOf(r.Kind)
	if err := f.complete(c); err != nil {
		return Paper{}, err
	}
	if err := p.number(tx, f, &r); err != nil {
		return Paper{}, err
	}
	now := p.Store.Now()
	r.IssuedBy, r.IssuedAt, r.State = &by.ID, &now, Final
	c = f.filled(c, map[string]string{
		fieldOffice: p.nameOf(r.UnitID), fieldNumber: r.Number, fieldTitle: title, fieldDay: Day(p.today()), fieldSigner: by.Name,
	})
	k, err := p.keepersOf(tx, r)
	if err != nil {
		return Paper{}, err
	}
	kept, err := p.copy(tx, k, f, &r, c)
	if err != nil {
		return Paper{}, err
	}
	if err := p.shut(tx, k, &r, title, c); err != nil {
		return Paper{}, err
	}
	if err := settle(tx, r); err != nil {
		return Paper{}, err
	}
	fact, says := factRecord, []any{title, c}
	if k != nil {
		fact, says = factSealed, []any{r.TitleSealed, r.ContentSealed}
	}
	digest, err := record(r, says...)
	if err != nil {
		return Paper{}, err
	}
	facts := map[string]string{"number": r.Number, "hash": Paper{SHA256: r.SHA256}.Hash(), fact: digest}
	err = p.tell(tx, by, r, "paper_issued", kept.Tell(facts))
	if err != nil {
		return Paper{}, err
	}
	r.Version++
	return r.paper(intake.SheetText{Text: []byte(title)}), nil
}

// complete returns *step.Invalid with the names of what a paper still lacks.
func (f Form) complete(c Content) error {
	var form step.Form
	for _, name := range f.Missing(c) {
		form.Require(false, name, "paper_missing")
	}
	return form.Err()
}

// number gives a paper the next number of its office's series, unless it bears
// that of its subject.
func (p *Press) number(tx *gorm.DB, f Form, r *row) error {
	r.Year = p.today().Year()
	if r.Number != "" {
		return nil
	}
	unit, err := p.Atlas.Unit(r.UnitID)
	if err != nil {
		return err
	}
	// Offices without a mark ask for things, but order nothing.
	if unit.DocMark == "" && !f.asked {
		return step.Bad("number", "paper_doc_mark")
	}
	n, err := Next(tx, r.UnitID, f.series, r.Year)
	if err != nil {
		return err
	}
	r.N, r.Number = &n, Number(unit.DocMark, f.word, r.Year, n)
	return nil
}

// copy writes the paper in the form that is in force and puts it on the shelf.
func (p *Press) copy(tx *gorm.DB, k *keepers, f Form, r *row, c Content) (evidence.Bound, error) {
	form, err := p.inForce(tx, r.UnitID, r.Kind)
	if err != nil {
		return nil, err
	}
	written, err := p.written(tx, f, form, c, "")
	if err != nil {
		return nil, err
	}
	kept, err := p.keepCopy(tx, k, *r, written)
	if err != nil {
		return nil, fmt.Errorf("paper: keep a copy: %w", err)
	}
	r.FileID, r.SHA256, r.FormID = &kept.ID, hashOf(written), nil
	if form != nil {
		r.FormID = &form.ID
	}
	return evidence.Bound{kept}, nil
}

func settle(tx *gorm.DB, r row) error {
	return step.Move(tx, &row{}, r.ID, r.Version, map[string]any{
		"state": r.State, "year": r.Year, "n": r.N, "number": r.Number, "title_sealed": r.TitleSealed, "content_sealed": r.ContentSealed, "form_id": r.FormID, "file_id": r.FileID,
		"sha256": r.SHA256, "issued_by": r.IssuedBy, "issued_at": r.IssuedAt,
	})
}

// written is the paper as docx; form nil means the built-in one. A stamp stands on
// every page.
func (p *Press) written(tx *gorm.DB, f Form, form *ownForm, c Content, stamp string) ([]byte, error) {
	t, err := p.template(tx, f, form, c.Fields[fieldOffice])
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := t.Merge(&b, c.data(), stamp); err != nil {
		return nil, fmt.Errorf("paper: write %s: %w", f.Kind, err)
	}
	return b.Bytes(), nil
}

// nameOf is what an office is called today.
func (p *Press) nameOf(unit uuid.UUID) string {
	u, err := p.Atlas.Unit(unit)
	if err != nil {
		return ""
	}
	return u.Name
}

// note records a step with the paper.
func (p *Press) note(tx *gorm.DB, by staff.Officer, r row, kind string, body map[string]string) error {
	whole := map[string]string{"paper": string(r.Kind)}
	maps.Copy(whole, body)
	return ledger.Append(tx, ledger.OfPaper, r.ID, kind, by.Actor(), p.Store.Now(), whole)
}

// tell records a step with the paper, and with what it is about.
func (p *Press) tell(tx *gorm.DB, by staff.Officer, r row, kind string, body map[string]string) error {
	if err := p.note(tx, by, r, kind, body); err != nil {
		return err
	}
	whole := map[string]string{"paper": string(r.Kind), "paper_id": r.ID.String()}
	for _, key := range []string{"number", "hash", "why"} {
		if body[key] != "" {
			whole[key] = body[key]
		}
	}
	return ledger.Append(tx, r.SubjectKind, r.SubjectID, kind, by.Actor(), p.Store.Now(), whole)
}

// own reads a paper of by's own office that by may see, with what it is about.
func (p *Press) own(ctx context.Context, by staff.Officer, id uuid.UUID) (row, error) {
	r, err := p.ownIn(p.Store.Read(ctx), by, id)
	if err != nil {
		return row{}, err
	}
	return r, p.guard(ctx, by, r)
}

// ownIn reads a paper of by's own office.
func (p *Press) ownIn(db *gorm.DB, by staff.Officer, id uuid.UUID) (row, error) {
	var r row
	if err := store.One(db.Where("id = ? AND unit_id = ?", id, by.UnitID), &r); err != nil {
		return row{}, err
	}
	if r.Secret && !by.May(staff.SealReferrals) {
		return row{}, store.ErrNotFound
	}
	return r, nil
}

// maySign reports whether a paper waits for by to sign it, who has to be able to read it.
func maySign(by staff.Officer, p Paper) bool {
	return p.State == Drafted && p.Kept == "" && p.UnitID == by.UnitID && p.DraftedBy != by.ID && by.May(staff.SignPapers)
}

// mayWrite reports whether somebody may write papers of a kind.
func mayWrite(by staff.Officer, k Kind) bool {
	f, ok := FormOf(k)
	return ok && slices.ContainsFunc(f.writers(), by.May)
}
