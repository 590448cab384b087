package triage

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/internal/evidence"
	"minsheng/internal/store"
	"minsheng/staff"
)

// Covering is what is covered of a case's words, and what may still have to be.
type Covering struct {
	intake.Complaint
	Withheld  bool
	Whole     bool // the officer is a custodian, who reads the covered words too
	Narrative intake.Narrative
	Messages  []intake.Message // of the reporter
	Files     []evidence.File  // that came with it, and evidence of its checks
	Masks     []Masking
	Proposed  []string // words that stand open and look like somebody's number
}

// Masking is one covered stretch, as the page lists it.
type Masking struct {
	intake.Mask
	Words  string // "" unless the officer is a custodian
	ByName string // "" the portal itself
}

// Covering opens what is covered of a visible case; store.ErrNotFound for any other,
// and the attempt is recorded.
func (q *Queue) Covering(ctx context.Context, by staff.Officer, id uuid.UUID) (v Covering, err error) {
	c, err := q.words(ctx, by, id)
	if err != nil {
		return v, err
	}
	v = Covering{Complaint: c.Complaint, Withheld: c.Withheld, Whole: ReadsCovered(by), Narrative: c.Narrative}
	if v.Withheld {
		return v, nil
	}
	var open [][]intake.Piece
	for _, field := range []string{"text", "who", "when", "amount"} {
		open = append(open, c.Narrative.Pieces(field, false))
	}
	for _, m := range c.Messages {
		if !m.FromOffice {
			v.Messages, open = append(v.Messages, m), append(open, m.Pieces(false))
		}
	}
	v.Proposed = intake.Proposals(open...)
	if err := q.readMasks(ctx, by, &v); err != nil {
		return v, err
	}
	v.Files, err = q.filesToCover(ctx, c)
	return v, err
}

// filesToCover are the files that came with a case, with its messages, and with the
// checks of its facts.
func (q *Queue) filesToCover(ctx context.Context, c Case) (all []evidence.File, err error) {
	all = c.Files
	for _, m := range c.Messages {
		all = append(all, m.Files...)
	}
	var checks []uuid.UUID
	err = q.store.Read(ctx).Table("verification").Where("complaint_id = ?", c.ID).Order("at, id").Limit(100).Pluck("id", &checks).Error
	if err != nil || len(checks) == 0 {
		return all, err
	}
	evidence, err := q.shelf.Of(ctx, "verification", checks...)
	return append(all, evidence...), err
}

// words is a visible case with its message alone; the look is recorded.
func (q *Queue) words(ctx context.Context, by staff.Officer, id uuid.UUID) (c Case, err error) {
	db := q.store.Read(ctx)
	c.Complaint, err = q.CaseIn(db, by, id)
	if errors.Is(err, store.ErrNotFound) {
		return c, q.refuse(ctx, by, id)
	}
	if err != nil {
		return c, err
	}
	if err := q.Looked(ctx, by, id, SawPage); err != nil {
		return c, err
	}
	return c, q.readMessage(ctx, db, by, &c)
}

// ReadsCovered reports whether somebody reads words that are covered: custodians do.
func ReadsCovered(by staff.Officer) bool { return by.May(staff.RevealIdentity) }

// readMasks lists the masks that stand on what the officer may read.
func (q *Queue) readMasks(ctx context.Context, by staff.Officer, v *Covering) error {
	masks, err := q.intake.Masks(ctx, by, v.ReportID)
	if err != nil {
		return err
	}
	var people []uuid.UUID
	for _, m := range masks {
		if m.ByID != nil {
			people = append(people, *m.ByID)
		}
	}
	called, err := peopleNames(q.store.Read(ctx), people)
	for _, m := range masks {
		own := m.OwnerID == v.ReportID || slices.ContainsFunc(v.Messages, func(said intake.Message) bool { return said.ID == m.OwnerID })
		if !own {
			continue
		}
		line := Masking{Mask: m.Mask}
		if m.ByID != nil {
			line.ByName = called[*m.ByID]
		}
		if v.Whole {
			line.Words = m.Words
		}
		v.Masks = append(v.Masks, line)
	}
	return err
}

// Mask covers words of a case's report or of its reporter's messages wherever they
// stand, now or later, from everybody but custodians; of kind intake.Redacted for
// good. It needs staff.WorkCases, and returns how often they stood there. Errors:
// *intake.Invalid on "words": not 2 to 200 characters, not there, or also in what the
// office wrote itself, which is to be changed first.
func (q *Queue) Mask(ctx context.Context, by staff.Officer, id uuid.UUID, kind intake.MaskKind, words string) (times int, err error) {
	c, err := q.words(ctx, by, id)
	if err != nil {
		return 0, err
	}
	if c.Withheld {
		return 0, store.ErrNotFound
	}
	if kind != intake.Masked && kind != intake.Redacted {
		return 0, bad("kind", "console_choose")
	}
	places, err := q.intake.Standing(ctx, by, c.ReportID, words, func(m intake.Message) bool {
		return slices.ContainsFunc(c.Messages, func(seen intake.Message) bool { return seen.ID == m.ID })
	})
	if err != nil {
		return 0, err
	}
	return len(places), q.act(ctx, by, staff.WorkCases, id, func(tx *gorm.DB, c intake.Complaint) error {
		if said, err := q.officeSays(tx, by, c, words); err != nil || said {
			return errors.Join(err, bad("words", "mask_summary"))
		}
		if err := q.intake.Cover(tx, by, c.ReportID, kind, places[0]); err != nil {
			return err
		}
		return q.note(tx, by, &c, "words_covered", map[string]string{"kind": string(kind)})
	})
}

// officeSays reports whether the summary of a case, or its demands, repeat words.
func (q *Queue) officeSays(tx *gorm.DB, by staff.Officer, c intake.Complaint, words string) (bool, error) {
	demands, err := q.demandsOf(tx, by, c.ID)
	texts := []string{c.Summary}
	for _, d := range demands {
		texts = append(texts, d.Body)
	}
	return len(names("words", strings.Join(texts, "\n"), []string{words})) > 0, err
}

// MaskForGood makes what is covered for now covered for good. Errors:
// store.ErrNotFound, step.ErrState (it is already, or was lifted).
func (q *Queue) MaskForGood(ctx context.Context, by staff.Officer, id, mask uuid.UUID) error {
	return q.onMask(ctx, by, staff.WorkCases, id, func(tx *gorm.DB, c intake.Complaint) error {
		if err := q.intake.ForGood(tx, c.ReportID, mask); err != nil {
			return err
		}
		return q.note(tx, by, &c, "words_covered", map[string]string{"kind": string(intake.Redacted)})
	})
}

// LiftMask lets everybody who sees the case read covered words again. It needs
// staff.RevealIdentity. Errors: those of MaskForGood.
func (q *Queue) LiftMask(ctx context.Context, by staff.Officer, id, mask uuid.UUID) error {
	return q.onMask(ctx, by, staff.RevealIdentity, id, func(tx *gorm.DB, c intake.Complaint) error {
		if err := q.intake.Lift(tx, by, c.ReportID, mask); err != nil {
			return err
		}
		return q.note(tx, by, &c, "cover_lifted", nil)
	})
}

// onMask is act on a case whose message the officer may read.
func (q *Queue) onMask(ctx context.Context, by staff.Officer, p staff.Permission, id uuid.UUID, do func(tx *gorm.DB, c intake.Complaint) error) error {
	return q.act(ctx, by, p, id, func(tx *gorm.DB, c intake.Complaint) error {
		withheld, err := q.withheld(tx, by, c.ReportID)
		if err != nil {
			return err
		}
		if withheld[c.ReportID] {
			return store.ErrNotFound
		}
		return do(tx, c)
	})
}

// uncovered refuses what the office writes readable while it repeats covered words;
// the attempt is recorded, for who tried names would learn which one is covered.
func (q *Queue) uncovered(ctx context.Context, by staff.Officer, id uuid.UUID, texts ...[2]string) error {
	c, err := q.CaseIn(q.store.Read(ctx), by, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil // the step says so, and records it
	}
	if err != nil {
		return err
	}
	covered, err := q.intake.Covered(ctx, by, c.ReportID)
	if err != nil || len(covered) == 0 {
		return err
	}
	var found []Finding
	for _, t := range texts {
		found = append(found, coveredIn(t[0], t[1], covered)...)
	}
	if len(found) == 0 {
		return nil
	}
	return q.Probed(ctx, by, &Leak{found}, id)
}

// coveredIn finds words in a text that are covered in a report.
func coveredIn(field, text string, covered []string) []Finding {
	found := names(field, text, covered)
	for i := range found {
		found[i].Reason = "covered"
	}
	return found
}
