package paper

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/docx"
	"minsheng/internal/evidence"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/ledger"
	"minsheng/staff"
)

// States of a form that an office made of its own: it is looked at before it is
// put in force; another takes its place, or the built-in one, and it can come back.
const (
	Tried    = "tried"
	InForce  = "in_force"
	Replaced = "replaced"
)

// ownForm is a form of an office's own, as stored.
type ownForm struct {
	ID      uuid.UUID `gorm:"primaryKey"`
	UnitID  uuid.UUID
	Kind    Kind
	N       int
	State   string
	FileID  uuid.UUID
	SHA256  []byte `gorm:"column:sha256"`
	Size    int
	ByID    uuid.UUID
	At      time.Time
	Version int
}

// TableName is paper_form.
func (ownForm) TableName() string { return "paper_form" }

// OwnForm is a form that an office made.
type OwnForm struct {
	ID      uuid.UUID
	Kind    Kind
	N       int // of the office's forms of the kind, from 1
	State   string
	ByName  string
	At      time.Time
	Size    int
	Version int
}

// Unfit says why a document cannot be a form of a kind.
type Unfit struct {
	// Missing are required texts and lists that have no mark.
	Missing []string
	// Problems are marks that are wrong where they stand: those of docx, and
	// "unknown" (papers of the kind have no such text), "list" (a list stands as if
	// it were a text, or within another), "outside" (a text of a list's rows stands
	// outside the list).
	Problems []docx.Problem
}

// Error tells how much is wrong.
func (u *Unfit) Error() string { return "paper: document is no form of the kind" }

// fitting returns *Unfit unless a template has the marks that papers of the form
// need, and no others.
func (f Form) fitting(t *docx.Template) error {
	u := &Unfit{Problems: t.Problems()}
	seen := map[string]bool{}
	for _, m := range t.Marks() {
		if code := f.wrongMark(m); code != "" {
			u.Problems = append(u.Problems, docx.Problem{Code: code, Name: m.Name, Where: m.Where})
			continue
		}
		seen[m.Name] = true
	}
	for _, field := range f.Known() {
		if field.Required && !seen[field.Name] {
			u.Missing = append(u.Missing, field.Name)
		}
	}
	for _, list := range f.Lists {
		if list.Required && !seen[list.Name] {
			u.Missing = append(u.Missing, list.Name)
		}
	}
	if len(u.Missing)+len(u.Problems) == 0 {
		return nil
	}
	return u
}

// wrongMark says what is wrong with a mark, "" when nothing is.
func (f Form) wrongMark(m docx.Mark) string {
	inList := false
	for _, around := range m.Around {
		list, ok := f.list(around)
		if ok && slices.Contains(list.Columns, m.Name) {
			return ""
		}
		inList = inList || ok
	}
	_, isList := f.list(m.Name)
	switch {
	case isList && m.Section && !inList, f.knows(m.Name):
		return ""
	case isList:
		return "list"
	case slices.ContainsFunc(f.Lists, func(l List) bool { return slices.Contains(l.Columns, m.Name) }):
		return "outside"
	}
	return "unknown"
}

// inForce is the form that an office put in place of the built-in one, or nil.
func (p *Press) inForce(db *gorm.DB, unit uuid.UUID, k Kind) (*ownForm, error) {
	var form ownForm
	err := store.One(db.Where("unit_id = ? AND kind = ? AND state = 'in_force'", unit, k), &form)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &form, nil
}

// template opens a form; nil means the built-in one for an office of that name.
func (p *Press) template(db *gorm.DB, f Form, form *ownForm, office string) (*docx.Template, error) {
	if form == nil {
		var b bytes.Buffer
		if err := docx.Build(&b, f.sheet(office)); err != nil {
			return nil, err
		}
		return docx.Open(b.Bytes())
	}
	content, err := p.formFile(db, *form)
	if err != nil {
		return nil, err
	}
	return docx.Open(content)
}

// formFile reads a form as it was handed in: ErrChanged when it is not.
func (p *Press) formFile(db *gorm.DB, form ownForm) ([]byte, error) {
	file, err := p.Shelf.OriginalIn(db, form.FileID)
	if err != nil {
		return nil, errors.Join(ErrChanged, err)
	}
	defer file.Close()
	content, err := io.ReadAll(io.LimitReader(file, evidence.MaxFileSize+1))
	if err != nil {
		return nil, errors.Join(ErrChanged, err)
	}
	return content, same(content, form.SHA256)
}

func hashOf(content []byte) []byte {
	sum := sha256.Sum256(content)
	return sum[:]
}

// Offer hands in a docx as the office's own form of a kind (staff.KeepTemplates).
// It is checked whole and kept to be looked at; nothing is written in it before
// Use. Errors: store.ErrNotFound (no such kind), *Unfit, those of docx.Open and of
// evidence.Stage.
func (p *Press) Offer(ctx context.Context, by staff.Officer, k Kind, name string, content io.Reader) (OwnForm, error) {
	if err := by.Require(staff.KeepTemplates); err != nil {
		return OwnForm{}, err
	}
	f, ok := FormOf(k)
	if !ok {
		return OwnForm{}, store.ErrNotFound
	}
	id, err := uuid.NewV7()
	if err != nil {
		return OwnForm{}, err
	}
	file, err := p.Shelf.StageDocument(ctx, id[:], name, content)
	if err != nil {
		return OwnForm{}, err
	}
	form := ownForm{ID: id, UnitID: by.UnitID, Kind: k, State: Tried, FileID: file.ID, Size: int(file.Size), ByID: by.ID, At: p.Store.Now(), Version: 1}
	if err := p.offered(ctx, by, f, &form); err != nil {
		return OwnForm{}, errors.Join(err, p.Shelf.Unstage(ctx, id[:], file.ID))
	}
	return OwnForm{ID: id, Kind: k, N: form.N, State: form.State, ByName: by.Name, At: form.At, Size: form.Size, Version: 1}, nil
}

// offered checks a staged form and makes it the office's.
func (p *Press) offered(ctx context.Context, by staff.Officer, f Form, form *ownForm) error {
	file, err := p.Shelf.Original(ctx, form.FileID)
	if err != nil {
		return err
	}
	defer file.Close()
	content, err := io.ReadAll(io.LimitReader(file, evidence.MaxFileSize+1))
	if err != nil {
		return err
	}
	t, err := docx.Open(content)
	if err != nil {
		return err
	}
	if err := f.fitting(t); err != nil {
		return err
	}
	form.SHA256 = hashOf(content)
	return step.Again(func() error {
		return p.Store.Transact(ctx, func(tx *gorm.DB) error {
			err := tx.Model(&ownForm{}).Where("unit_id = ? AND kind = ?", form.UnitID, form.Kind).Select("COALESCE(MAX(n), 0) + 1").Scan(&form.N).Error
			if err != nil {
				return err
			}
			if err := tx.Create(form).Error; err != nil {
				return err
			}
			files, err := p.Shelf.Bind(tx, form.ID[:], ownerForm, form.ID)
			if err != nil {
				return err
			}
			return p.noteForm(tx, by, *form, "template_offered", files)
		})
	})
}

// Use puts a form of the own office in force for its kind (staff.KeepTemplates):
// papers that become final from now on are written in it. The one before is kept.
// Errors: store.ErrNotFound, step.ErrState, step.ErrStale.
func (p *Press) Use(ctx context.Context, by staff.Officer, id uuid.UUID, version int) error {
	form, err := p.ownForm(ctx, by, id)
	if err != nil {
		return err
	}
	if form.State == InForce {
		return step.ErrState
	}
	return step.Again(func() error {
		return p.Store.Transact(ctx, func(tx *gorm.DB) error {
			if _, err := p.retire(tx, by, form.Kind); err != nil {
				return err
			}
			if err := step.Move(tx, &ownForm{}, form.ID, version, map[string]any{"state": InForce}); err != nil {
				return err
			}
			return p.noteForm(tx, by, form, "template_in_force", nil)
		})
	})
}

// BuiltIn goes back to the built-in form of a kind (staff.KeepTemplates). Errors:
// store.ErrNotFound (no such kind), step.ErrState (it is in force already).
func (p *Press) BuiltIn(ctx context.Context, by staff.Officer, k Kind) error {
	if err := by.Require(staff.KeepTemplates); err != nil {
		return err
	}
	if _, ok := FormOf(k); !ok {
		return store.ErrNotFound
	}
	return step.Again(func() error {
		return p.Store.Transact(ctx, func(tx *gorm.DB) error {
			form, err := p.retire(tx, by, k)
			if err != nil {
				return err
			}
			if form == nil {
				return step.ErrState
			}
			return p.noteForm(tx, by, *form, "template_retired", nil)
		})
	})
}

// retire takes the form that is in force out of it and returns it, nil when there
// is none.
func (p *Press) retire(tx *gorm.DB, by staff.Officer, k Kind) (*ownForm, error) {
	form, err := p.inForce(held(tx), by.UnitID, k)
	if err != nil || form == nil {
		return nil, err
	}
	return form, step.Move(tx, &ownForm{}, form.ID, form.Version, map[string]any{"state": Replaced})
}

func (p *Press) noteForm(tx *gorm.DB, by staff.Officer, form ownForm, kind string, files evidence.Bound) error {
	facts := map[string]string{"paper": string(form.Kind), "hash": Paper{SHA256: form.SHA256}.Hash()}
	return ledger.Append(tx, ledger.OfTemplate, form.ID, kind, by.Actor(), p.Store.Now(), files.Tell(facts))
}

// ownForm reads a form of by's own office.
func (p *Press) ownForm(ctx context.Context, by staff.Officer, id uuid.UUID) (ownForm, error) {
	if err := by.Require(staff.KeepTemplates); err != nil {
		return ownForm{}, err
	}
	var form ownForm
	err := store.One(p.Store.Read(ctx).Where("id = ? AND unit_id = ?", id, by.UnitID), &form)
	return form, err
}
