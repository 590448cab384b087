package triage

import (
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"minsheng/intake"
	"minsheng/internal/workday"
)

// Rows whose stored shape differs from what officers see: the words in them are
// sheets, each for its own row. Rows of before lie under the portal's own boxes, or
// stand readable in a column of their own.

type verificationRow struct {
	ID          uuid.UUID `gorm:"primaryKey"`
	ComplaintID uuid.UUID
	VisitedOn   workday.Date
	Place       string // of rows of before; since then it is sealed with what was found
	Method      string
	Verifiers   []string `gorm:"serializer:json"`
	FoundSealed []byte
	ByID        uuid.UUID
	At          time.Time
}

func (verificationRow) TableName() string { return "verification" }

type proposalRow struct {
	ID          uuid.UUID `gorm:"primaryKey"`
	ComplaintID uuid.UUID
	Step        string
	BodySealed  []byte
	AskedBy     uuid.UUID
	AskedAt     time.Time
	State       string
	RuledBy     *uuid.UUID
	RuledAt     *time.Time

	RulingNote   string // of rows of before
	RulingSealed []byte
}

func (proposalRow) TableName() string { return "proposal" }

// proposalBody is what a proposal says.
type proposalBody struct {
	Reason  string      `json:",omitempty"`
	Office  string      `json:",omitempty"` // transfer: its name
	WhereTo string      `json:",omitempty"`
	Days    int         `json:",omitempty"`
	Units   []uuid.UUID `json:",omitempty"` // refer: the offices to be named with it
	Final   uuid.UUID   // repeat: the case in which it was decided finally
	Answer  Answer
	by      uuid.UUID // who proposed it; of the row, not of the words
}

// checkWords is what a check of the facts says in words.
type checkWords struct{ Place, Found string }

func (q *Queue) foundSheet(r verificationRow) intake.Sheet {
	return intake.Sheet{ID: r.ID, Place: "verification:" + r.ID.String(), Sealed: r.FoundSealed, Before: q.keys.Box("verification")}
}

func (r verificationRow) read(t intake.SheetText) (w checkWords, err error) {
	switch {
	case t.Kept != "":
		return w, nil
	case r.Place != "":
		return checkWords{r.Place, string(t.Text)}, nil
	}
	return w, json.Unmarshal(t.Text, &w)
}

func (q *Queue) proposalSheet(r proposalRow) intake.Sheet {
	return intake.Sheet{ID: r.ID, Place: "proposal:" + r.ID.String(), Sealed: r.BodySealed, Before: q.keys.Box("proposal")}
}

func (r proposalRow) read(plain []byte) (b proposalBody, err error) {
	b.by = r.AskedBy
	return b, json.Unmarshal(plain, &b)
}

// noteSheet is what whoever ruled on a proposal wrote to who made it.
func (r proposalRow) noteSheet() intake.Sheet {
	return intake.Sheet{ID: uuid.NewSHA1(r.ID, []byte("ruling")), Place: "proposal:" + r.ID.String() + ":ruling", Sealed: r.RulingSealed}
}

func (q *Queue) withdrawalSheet(w intake.Withdrawal) intake.Sheet {
	return intake.Sheet{ID: w.ID, Place: "withdrawal:" + w.ID.String(), Sealed: w.WordsSealed, Before: q.keys.Box("withdrawal")}
}

func (q *Queue) reasonSheet(r reasonRow) intake.Sheet {
	return intake.Sheet{ID: r.ID, Place: "step_reason:" + r.ID.String(), Sealed: r.WordsSealed, Before: q.keys.Box("step_reason")}
}
