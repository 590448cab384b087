package paper

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/ledger"
	"minsheng/staff"
)

// Draft is what a paper is made from.
type Draft struct {
	Kind      Kind
	Unit      uuid.UUID   // whose paper it is: the drafter's own office
	To        uuid.UUID   // the office it is addressed to; uuid.Nil: people, or none of the portal's
	Also      []uuid.UUID // further offices that it is addressed to
	Subject   ledger.Subject
	SubjectID uuid.UUID
	Title     string // 2 to 120 characters
	Number    string // its subject's number; "": one of its own when it becomes final
	Content   Content
	Secret    bool // implied by kinds that are; its subject is a referral then
	// DraftedBy is who wrote what it says, of whose step somebody else makes the
	// paper; uuid.Nil: who puts it. They may not sign it.
	DraftedBy uuid.UUID
}

// author is who wrote a draft that by puts.
func (d Draft) author(by staff.Officer) uuid.UUID {
	if d.DraftedBy != uuid.Nil {
		return d.DraftedBy
	}
	return by.ID
}

// Put makes the draft of that kind for that subject, or renews the one that is
// there: an office has one at a time. It belongs to the caller's transaction, and
// the caller has checked that by may act on the subject. Who may write a paper of
// the kind is asked here. Errors: staff.ErrForbidden, *step.Invalid (title,
// content), and an error naming a field that the kind does not know.
func (p *Press) Put(tx *gorm.DB, by staff.Officer, d Draft) (uuid.UUID, error) {
	f, err := p.fit(by, &d)
	if err != nil {
		return uuid.Nil, err
	}
	var old row
	err = store.One(held(tx).
		Where("unit_id = ? AND kind = ? AND subject_kind = ? AND subject_id = ? AND state = 'draft'", d.Unit, d.Kind, d.Subject, d.SubjectID), &old)
	if errors.Is(err, store.ErrNotFound) {
		return p.begin(tx, by, f, d)
	}
	if err != nil {
		return uuid.Nil, err
	}
	if err := p.seal(tx, &old, d.Title, d.Content); err != nil {
		return uuid.Nil, err
	}
	err = step.Move(tx, &row{}, old.ID, old.Version, map[string]any{
		"to_unit_id": orNil(d.To), "number": d.Number, "year": p.today().Year(), "secret": d.Secret, "title_sealed": old.TitleSealed,
		"content_sealed": old.ContentSealed, "drafted_by": d.author(by), "drafted_at": p.Store.Now(),
	})
	if err != nil {
		return uuid.Nil, err
	}
	if err := address(tx, old.ID, d); err != nil {
		return uuid.Nil, err
	}
	return old.ID, p.note(tx, by, old, "paper_redrafted", nil)
}

// fit checks a draft and completes it.
func (p *Press) fit(by staff.Officer, d *Draft) (Form, error) {
	f, ok := FormOf(d.Kind)
	if !ok {
		return f, store.ErrNotFound
	}
	if !slices.ContainsFunc(f.writers(), by.May) {
		return f, staff.ErrForbidden
	}
	if d.Unit != by.UnitID {
		return f, store.ErrNotFound
	}
	d.Secret = d.Secret || f.secret
	if d.Secret {
		if err := by.Require(staff.SealReferrals); err != nil {
			return f, err
		}
		if d.Subject != ledger.OfReferral {
			return f, fmt.Errorf("paper: a secret %s is about a %s, whose papers others list", d.Kind, d.Subject)
		}
	}
	d.Title = strings.TrimSpace(d.Title)
	if n := utf8.RuneCountInString(d.Title); n < 2 || n > 120 {
		return f, step.Bad("title", "paper_title")
	}
	return f, f.check(d.Content)
}

func (p *Press) begin(tx *gorm.DB, by staff.Officer, f Form, d Draft) (uuid.UUID, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return uuid.Nil, err
	}
	r := row{
		ID: id, Kind: d.Kind, UnitID: d.Unit, ToUnitID: orNil(d.To), SubjectKind: d.Subject, SubjectID: d.SubjectID, State: Drafted, Secret: d.Secret,
		Year: p.today().Year(), Series: f.series, Number: d.Number,
		DraftedBy: d.author(by), DraftedAt: p.Store.Now(), Version: 1,
	}
	if err := p.seal(tx, &r, d.Title, d.Content); err != nil {
		return uuid.Nil, err
	}
	// Two that begin the same draft meet on its unique index: the later begins
	// again (step.Again) and renews what the first has made.
	if err := tx.Create(&r).Error; err != nil {
		return uuid.Nil, err
	}
	if err := address(tx, id, d); err != nil {
		return uuid.Nil, err
	}
	return id, p.note(tx, by, r, "paper_drafted", nil)
}

// addressed is an office that a paper is addressed to, as stored.
type addressed struct {
	PaperID uuid.UUID
	UnitID  uuid.UUID
}

// TableName is paper_to.
func (addressed) TableName() string { return "paper_to" }

// address writes whom a draft is addressed to, in place of what was there.
func address(tx *gorm.DB, id uuid.UUID, d Draft) error {
	if err := tx.Where("paper_id = ?", id).Delete(&addressed{}).Error; err != nil {
		return err
	}
	var rows []addressed
	for _, unit := range append([]uuid.UUID{d.To}, d.Also...) {
		if to := (addressed{id, unit}); unit != uuid.Nil && !slices.Contains(rows, to) {
			rows = append(rows, to)
		}
	}
	if len(rows) == 0 {
		return nil
	}
	return tx.Create(&rows).Error
}

// Discard drops a draft of the own office, for a reason of 2 to 150 characters
// (staff.WritePapers, or who else may write papers of the kind). Errors:
// store.ErrNotFound, *step.Invalid (reason), step.ErrState, step.ErrStale.
func (p *Press) Discard(ctx context.Context, by staff.Officer, id uuid.UUID, version int, reason string) error {
	return p.end(ctx, by, id, version, Drafted, Discarded, "paper_discarded", reason)
}

// Annul calls a final paper of the own office void, for a reason of 2 to 150
// characters (staff.SignPapers). It keeps its number and its copy. Errors:
// store.ErrNotFound, *step.Invalid (reason), step.ErrState, step.ErrStale.
func (p *Press) Annul(ctx context.Context, by staff.Officer, id uuid.UUID, version int, reason string) error {
	if err := by.Require(staff.SignPapers); err != nil {
		return err
	}
	return p.end(ctx, by, id, version, Final, Void, "paper_voided", reason)
}

func (p *Press) end(ctx context.Context, by staff.Officer, id uuid.UUID, version int, from, to State, event, reason string) error {
	r, err := p.own(ctx, by, id)
	if err != nil {
		return err
	}
	f, _ := FormOf(r.Kind)
	if !slices.ContainsFunc(f.writers(), by.May) {
		return staff.ErrForbidden
	}
	var form step.Form
	reason = form.Text("reason", reason, 2, 150, "paper_reason")
	if err := form.Err(); err != nil {
		return err
	}
	if r.State != from {
		return step.ErrState
	}
	return step.Again(func() error {
		return p.Store.Transact(ctx, func(tx *gorm.DB) error {
			err := step.Move(tx, &row{}, id, version, map[string]any{"state": to, "ended_by": by.ID, "ended_at": p.Store.Now(), "ended_why": reason})
			if err != nil {
				return err
			}
			return p.tell(tx, by, r, event, map[string]string{"number": r.Number, "why": reason})
		})
	})
}

func orNil(id uuid.UUID) *uuid.UUID {
	if id == uuid.Nil {
		return nil
	}
	return &id
}
