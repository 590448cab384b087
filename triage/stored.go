package triage

import (
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"minsheng/internal/seal"
	"minsheng/internal/workday"
)

// Rows whose stored shape differs from what officers see: the words in them
// are sealed, each for its own row.

type verificationRow struct {
	ID          uuid.UUID `gorm:"primaryKey"`
	ComplaintID uuid.UUID
	VisitedOn   workday.Date
	Place       string
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
	RulingNote  string
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

func (q *Queue) shutFound(id uuid.UUID, words string) []byte {
	return q.keys.Box("verification").Shut([]byte(words), "verification:"+id.String())
}

func (q *Queue) openFound(r verificationRow) (string, error) {
	plain, err := q.keys.Box("verification").Open(r.FoundSealed, "verification:"+r.ID.String())
	return string(plain), err
}

func (q *Queue) shutProposal(id uuid.UUID, b proposalBody) ([]byte, error) {
	plain, err := json.Marshal(b)
	if err != nil {
		return nil, err
	}
	return q.keys.Box("proposal").Shut(plain, "proposal:"+id.String()), nil
}

func (q *Queue) openProposal(r proposalRow) (b proposalBody, err error) {
	plain, err := q.keys.Box("proposal").Open(r.BodySealed, "proposal:"+r.ID.String())
	if err != nil {
		return b, err
	}
	b.by = r.AskedBy
	return b, json.Unmarshal(plain, &b)
}

func (q *Queue) withdrawals() *seal.Box { return q.keys.Box("withdrawal") }
