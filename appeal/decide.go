package appeal

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/staff"
	"minsheng/triage"
)

// Ruling is what should come of an appeal.
type Ruling struct {
	Ruling string        // one of Rulings
	Facts  string        // what was found, 10 to 2000 characters
	Basis  string        // 2 to 500
	Answer triage.Answer // of Changed: what takes the place of the earlier one
}

// noteRow is what somebody who looks again wrote down.
type noteRow struct {
	ID          uuid.UUID `gorm:"primaryKey"`
	AppealID    uuid.UUID
	Kind        string // note, returned, hearing
	WordsSealed []byte
	ByID        uuid.UUID
	At          time.Time
}

func (noteRow) TableName() string { return "appeal_note" }

// asking are the events by which an appeal begins: what was done before the
// latest of them is what it is about.
var asking = []string{"review_asked", "reexam_asked"}

// on runs do with the appeal that is open on a case, for somebody of the office
// that decides it who took no part in what it is about (step.ErrSamePerson).
func (d *Desk) on(ctx context.Context, by staff.Officer, p staff.Permission, id uuid.UUID, version int, do func(tx *gorm.DB, c *intake.Complaint, a row) error) error {
	return d.Triage.Act(ctx, by, p, id, func(tx *gorm.DB, c intake.Complaint) error {
		if c.Version != version {
			return step.ErrStale
		}
		a, err := openOf(tx, c)
		if err != nil {
			return err
		}
		if by.UnitID != a.DeskUnitID {
			return staff.ErrForbidden
		}
		took, err := d.Triage.TookPart(tx, &c, asking...)
		if err != nil {
			return err
		}
		if err := d.apart(took, by); err != nil {
			return err
		}
		return do(tx, &c, a)
	})
}

// openOf is the appeal that is open on a case; step.ErrState when there is none.
func openOf(tx *gorm.DB, c intake.Complaint) (a row, err error) {
	if !c.Appealed() || c.ClosedAt != nil {
		return a, step.ErrState
	}
	err = store.One(tx.Where("complaint_id = ? AND state <> ?", c.ID, Decided), &a)
	if errors.Is(err, store.ErrNotFound) {
		err = step.ErrState
	}
	return a, err
}

// NoteDown keeps what somebody who looks again found out, 2 to 5000 characters:
// for their office and those above it. Errors: *step.Invalid, step.ErrStale,
// step.ErrState, step.ErrSamePerson.
func (d *Desk) NoteDown(ctx context.Context, by staff.Officer, id uuid.UUID, version int, text string) error {
	var f step.Form
	text = f.Text("text", text, 2, 5000, "appeal_note")
	if err := f.Err(); err != nil {
		return err
	}
	return d.on(ctx, by, staff.WorkCases, id, version, func(tx *gorm.DB, c *intake.Complaint, a row) error {
		if err := d.Triage.Move(tx, c, nil); err != nil {
			return err
		}
		if err := d.keep(tx, by, c, a, "note", text); err != nil {
			return err
		}
		return d.Triage.Note(tx, by, c, "appeal_noted", nil)
	})
}

// keep writes down what the office that decides an appeal, and those above it, alone
// read.
func (d *Desk) keep(tx *gorm.DB, by staff.Officer, c *intake.Complaint, a row, kind, text string) error {
	id, err := uuid.NewV7()
	if err != nil {
		return err
	}
	sealed, err := d.shut(tx, *c, &a.DeskUnitID, "appeal_note", id, text)
	if err != nil {
		return err
	}
	return tx.Create(&noteRow{id, a.ID, kind, sealed, by.ID, d.Store.Now()}).Error
}

func (r Ruling) tidy(level intake.LetterKind, redone bool) (Ruling, error) {
	var f step.Form
	f.Require(slices.Contains(Rulings(level), r.Ruling), "appeal_ruling", "appeal_ruling")
	f.Require(r.Ruling != Redo || !redone, "appeal_ruling", "appeal_redone")
	r.Facts = f.Text("facts", r.Facts, 10, 2000, "appeal_facts")
	r.Basis = f.Text("basis", r.Basis, 2, 500, "case_basis")
	if r.Ruling != Changed {
		r.Answer = triage.Answer{}
	}
	return r, f.Err()
}

// Propose asks a second person of the office to agree on what comes of an appeal.
// A case is sent back once at most. What reporters will read must not say what is
// covered, nor, where reports of several people were merged, name one of them:
// *triage.Leak. Errors:
// *step.Invalid, step.ErrStale, step.ErrState, step.ErrSamePerson.
func (d *Desk) Propose(ctx context.Context, by staff.Officer, id uuid.UUID, version int, r Ruling) error {
	secrets, err := d.Triage.SecretsOfReporters(ctx, by, id)
	if err != nil {
		return err
	}
	err = d.on(ctx, by, staff.WorkCases, id, version, func(tx *gorm.DB, c *intake.Complaint, a row) error {
		if a.State != Open {
			return step.ErrState
		}
		tidied, err := d.fit(tx, by, c, a, r, secrets)
		if err != nil {
			return err
		}
		if err := d.Triage.Move(tx, c, nil); err != nil {
			return err
		}
		sealed, err := d.shutRuling(tx, c, &a.DeskUnitID, a, tidied)
		if err != nil {
			return err
		}
		err = step.Move(tx, &row{}, a.ID, a.Version, map[string]any{
			"state": Proposed, "ruling": tidied.Ruling, "body_sealed": sealed, "proposed_by": by.ID, "proposed_at": d.Store.Now(),
		})
		if err != nil {
			return err
		}
		return d.Triage.Note(tx, by, c, "appeal_proposed", nil)
	})
	return d.Triage.Probed(ctx, by, err, id)
}

// fitToRead refuses words for the reporters of a case that say what is covered, or name
// one of several: *triage.Leak, and the attempt is recorded.
func (d *Desk) fitToRead(ctx context.Context, by staff.Officer, id uuid.UUID, texts ...[2]string) error {
	secrets, err := d.Triage.SecretsOfReporters(ctx, by, id)
	if err != nil {
		return err
	}
	return d.Triage.Probed(ctx, by, secrets.Names(texts...), id)
}

// fit checks what is to come of an appeal.
func (d *Desk) fit(tx *gorm.DB, by staff.Officer, c *intake.Complaint, a row, r Ruling, s triage.Secrets) (Ruling, error) {
	r, err := r.tidy(a.Level, c.Redone)
	if err != nil {
		return r, err
	}
	if err := s.Names([2]string{"facts", r.Facts}, [2]string{"basis", r.Basis}); err != nil {
		return r, err
	}
	if r.Ruling == Changed {
		r.Answer, _, err = d.Triage.Findings(tx, by, c, r.Answer, s)
	}
	return r, err
}

// Rule approves or returns what was proposed. Who proposed it cannot
// (step.ErrSamePerson). Approving does it at once: the case goes back to be done
// anew, or a letter lies under the receipts of everybody whose report it answers;
// what a re-examination says is final. Returning needs a note of 2 to 500
// characters. Who holds no key to what was proposed does neither: intake.ErrLocked.
// Errors: *step.Invalid, step.ErrStale, step.ErrState.
func (d *Desk) Rule(ctx context.Context, by staff.Officer, id uuid.UUID, version int, approve bool, note string) error {
	var f step.Form
	least := 2
	if approve {
		least = 0
	}
	note = f.Text("note", note, least, 500, "case_note")
	if err := f.Err(); err != nil {
		return err
	}
	return d.on(ctx, by, staff.ApproveCases, id, version, func(tx *gorm.DB, c *intake.Complaint, a row) error {
		switch {
		case a.State != Proposed:
			return step.ErrState
		case *a.ProposedBy == by.ID:
			return step.ErrSamePerson
		}
		r, err := d.proposed(tx, by, a)
		if err != nil {
			return err
		}
		if !approve {
			return d.giveBack(tx, by, c, a, note)
		}
		return d.carryOut(tx, by, c, a, r)
	})
}

func (d *Desk) giveBack(tx *gorm.DB, by staff.Officer, c *intake.Complaint, a row, note string) error {
	if err := d.Triage.Move(tx, c, nil); err != nil {
		return err
	}
	if err := step.Move(tx, &row{}, a.ID, a.Version, map[string]any{"state": Open, "ruling": ""}); err != nil {
		return err
	}
	if err := d.keep(tx, by, c, a, "returned", note); err != nil {
		return err
	}
	return d.Triage.Note(tx, by, c, "appeal_returned", nil)
}

// carryOut does what was proposed.
func (d *Desk) carryOut(tx *gorm.DB, by staff.Officer, c *intake.Complaint, a row, r Ruling) error {
	err := step.Move(tx, &row{}, a.ID, a.Version, map[string]any{"state": Decided, "decided_by": by.ID, "decided_at": d.Store.Now()})
	if err != nil {
		return err
	}
	if r.Ruling != Redo {
		return d.conclude(tx, by, c, a, r)
	}
	if err := d.redo(tx, by, c, a.FromUnitID, LookOvertaken, "redo_ordered", r.Facts); err != nil {
		return err
	}
	return d.letBelowRead(tx, c, a, r)
}

// letBelowRead lets the office that has to do a case anew read why. What was proposed
// and never ordered it does not read.
func (d *Desk) letBelowRead(tx *gorm.DB, c *intake.Complaint, a row, r Ruling) error {
	sealed, err := d.shutRuling(tx, c, nil, a, r)
	if err != nil {
		return err
	}
	return tx.Model(&row{}).Where("id = ?", a.ID).Update("body_sealed", sealed).Error
}

// conclude puts what was decided under the receipts.
func (d *Desk) conclude(tx *gorm.DB, by staff.Officer, c *intake.Complaint, a row, r Ruling) error {
	l := triage.Letter{Kind: a.Level, UnitID: a.DeskUnitID, Office: d.unitName(a.DeskUnitID), On: d.today(), Ruling: r.Ruling, Facts: r.Facts, Basis: r.Basis}
	set := map[string]any{"state": intake.Decided, "rating": ""}
	next := intake.OfReexam
	if a.Level == intake.OfReexam {
		set["state"], set["final_at"], next = intake.Final, d.Store.Now(), ""
	}
	if r.Ruling == Changed {
		answer, parts, err := d.Triage.Findings(tx, by, c, r.Answer, triage.Secrets{})
		if err != nil {
			return err
		}
		l.Outcome, l.Parts = answer.Outcome, parts
		set["outcome"] = answer.Outcome
	}
	if err := d.Triage.Move(tx, c, set); err != nil {
		return err
	}
	if err := d.meet(tx, c); err != nil {
		return err
	}
	if err := d.Triage.Note(tx, by, c, string(a.Level)+"_decided", map[string]string{"ruling": r.Ruling}); err != nil {
		return err
	}
	l, err := d.Triage.Right(tx, c, l, next)
	if err != nil {
		return err
	}
	if l.Number, err = d.issue(tx, by, *c, a, l); err != nil {
		return err
	}
	_, err = d.Triage.Post(tx, by, c, l)
	return err
}

// shutRuling seals what should come of an appeal: to the office that decides it and
// those above, or to whoever reads the words of the report.
func (d *Desk) shutRuling(tx *gorm.DB, c *intake.Complaint, office *uuid.UUID, a row, r Ruling) ([]byte, error) {
	body, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	return d.shut(tx, *c, office, "appeal", a.ID, string(body))
}

// proposed opens what should come of an appeal, in the session of who decides on it.
func (d *Desk) proposed(tx *gorm.DB, by staff.Officer, a row) (r Ruling, err error) {
	body, err := d.Intake.ReadSheet(tx, by, d.sheet("appeal", a.ID, a.BodySealed))
	if err != nil {
		return r, err
	}
	return r, json.Unmarshal(body, &r)
}
