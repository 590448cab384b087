package objection

import (
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"minsheng/internal/workday"
	"minsheng/roll"
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
	ChangeSealed []byte
	AnswerSealed []byte
	AskedBy      uuid.UUID
	AskedAt      time.Time
	State        string // open, approved, returned
	RuledBy      *uuid.UUID
	RuledAt      *time.Time
	RulingNote   string
}

func (rulingRow) TableName() string { return "objection_ruling" }

// box is the purpose of the key that all of it is sealed with.
const box = "objection"

func (d *Desk) shut(kind string, id uuid.UUID, words string) []byte {
	return d.Keys.Box(box).Shut([]byte(words), kind+":"+id.String())
}

func (d *Desk) open(kind string, id uuid.UUID, sealed []byte) (string, error) {
	if len(sealed) == 0 {
		return "", nil
	}
	plain, err := d.Keys.Box(box).Open(sealed, kind+":"+id.String())
	return string(plain), err
}

func (d *Desk) answerOf(o Objection) (string, error) { return d.open("answer", o.ID, o.AnswerSealed) }

func (d *Desk) foundOf(c checkRow) (string, error) { return d.open("found", c.ID, c.FoundSealed) }

func (d *Desk) shutEdit(ruling uuid.UUID, e roll.Edit) ([]byte, error) {
	plain, err := json.Marshal(e)
	return d.shut("change", ruling, string(plain)), err
}

func (d *Desk) editOf(r rulingRow) (e roll.Edit, err error) {
	plain, err := d.open("change", r.ID, r.ChangeSealed)
	if err != nil {
		return e, err
	}
	return e, json.Unmarshal([]byte(plain), &e)
}
