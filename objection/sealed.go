package objection

import (
	"encoding/json"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/internal/seal"
	"minsheng/internal/workday"
	"minsheng/roll"
	"minsheng/staff"
)

// Rows whose stored shape differs from what officers see: the words in them are
// sealed, each for its own row.

type checkRow struct {
	ID          uuid.UUID `gorm:"primaryKey"`
	ObjectionID uuid.UUID
	VisitedOn   workday.Date
	Place       string
	Method      string
	FoundSealed []byte
	FirstID     uuid.UUID
	FirstAt     time.Time
	SecondID    *uuid.UUID
	SecondAt    *time.Time
}

func (checkRow) TableName() string { return "objection_check" }

func (c checkRow) signed() bool { return c.SecondID != nil }

type rulingRow struct {
	ID           uuid.UUID `gorm:"primaryKey"`
	ObjectionID  uuid.UUID
	Outcome      State
	ChangeSealed []byte // what is proposed
	AnswerSealed []byte // of before: what the objector would be told; then ChangeSealed is the change alone
	AskedBy      uuid.UUID
	AskedAt      time.Time
	State        string // open, approved, returned
	RuledBy      *uuid.UUID
	RuledAt      *time.Time
	RulingNote   string
}

func (rulingRow) TableName() string { return "objection_ruling" }

// proposed is what a ruling would do to the list, and what the objector would be told.
type proposed struct {
	Change roll.Edit
	Answer string
}

// sheet is what the first verifier found, as whoever reads the objection's words reads it.
func (c checkRow) sheet(d *Desk) intake.Sheet {
	return intake.Sheet{ID: c.ID, Place: foundPlace(c.ID), Sealed: c.FoundSealed, Before: d.before()}
}

// sheet is what was proposed, in one. Of before, the two lie apart.
func (r rulingRow) sheet() intake.Sheet {
	return intake.Sheet{ID: r.ID, Place: proposedPlace(r.ID), Sealed: r.ChangeSealed}
}

func foundPlace(check uuid.UUID) string     { return "found:" + check.String() }
func proposedPlace(ruling uuid.UUID) string { return "proposed:" + ruling.String() }

// before opens what officers wrote before it had keys of its own.
func (d *Desk) before() *seal.Box { return d.Keys.Box("objection") }

// propose seals what is proposed like the words of the objection.
func (d *Desk) propose(tx *gorm.DB, o *Objection, ruling uuid.UUID, p proposed) ([]byte, error) {
	plain, err := json.Marshal(p)
	if err != nil {
		return nil, err
	}
	return d.Intake.WriteSheet(tx, o.ReportID, ruling, proposedPlace(ruling), plain)
}

// proposal opens what was proposed, in the officer's session. Errors: those of
// intake.ReadSheet.
func (d *Desk) proposal(db *gorm.DB, by staff.Officer, r rulingRow) (p proposed, err error) {
	if len(r.AnswerSealed) > 0 {
		return d.proposalOfBefore(r)
	}
	plain, err := d.Intake.ReadSheet(db, by, r.sheet())
	if err != nil {
		return p, err
	}
	return p, json.Unmarshal(plain, &p)
}

// proposals opens several, as far as the officer's session does: by ruling, what was
// proposed, or why it is not shown.
func (d *Desk) proposals(db *gorm.DB, by staff.Officer, rulings []rulingRow) (map[uuid.UUID]proposed, map[uuid.UUID]intake.Kept, error) {
	open, kept := map[uuid.UUID]proposed{}, map[uuid.UUID]intake.Kept{}
	var sheets []intake.Sheet
	for _, r := range rulings {
		if len(r.AnswerSealed) == 0 {
			sheets = append(sheets, r.sheet())
			continue
		}
		p, err := d.proposalOfBefore(r)
		if err != nil {
			return nil, nil, err
		}
		open[r.ID] = p
	}
	texts, err := d.Intake.ReadSheets(db, by, sheets...)
	if err != nil {
		return nil, nil, err
	}
	for id, text := range texts {
		if kept[id] = text.Kept; text.Kept != "" {
			continue
		}
		var p proposed
		if err := json.Unmarshal(text.Text, &p); err != nil {
			return nil, nil, err
		}
		open[id] = p
	}
	return open, kept, nil
}

// proposalOfBefore opens what was proposed before it had a key of its own.
func (d *Desk) proposalOfBefore(r rulingRow) (p proposed, err error) {
	change, err := d.before().Open(r.ChangeSealed, "change:"+r.ID.String())
	if err != nil {
		return p, err
	}
	answer, err := d.before().Open(r.AnswerSealed, "ruling:"+r.ID.String())
	if err != nil {
		return p, err
	}
	p.Answer = string(answer)
	return p, json.Unmarshal(change, &p.Change)
}
