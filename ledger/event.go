package ledger

import (
	"context"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/store"
)

// Actor is who did something. Names are copied, so that an event outlives the
// account.
type Actor struct {
	Kind string // "reporter", "staff", "system"
	ID   *uuid.UUID
	Name string
	Role string
	Unit string // name of the actor's office
}

// Reporter is any person who reports: the record does not tell them apart.
func Reporter() Actor { return Actor{Kind: "reporter"} }

// System is the portal itself.
func System() Actor { return Actor{Kind: "system"} }

// Subject is the kind of thing that an event happened to.
type Subject string

const (
	OfReport    Subject = "report"
	OfComplaint Subject = "complaint"
	OfItem      Subject = "item"
	OfNotice    Subject = "notice"
	OfAccount   Subject = "account"
	OfUnit      Subject = "unit"
	OfPortal    Subject = "portal"
)

// Event is one thing that happened.
type Event struct {
	ID          uuid.UUID `gorm:"primaryKey"`
	SubjectKind Subject
	SubjectID   uuid.UUID
	Seq         int
	Kind        string // "accepted", "assigned" …: the catalog key is event.<kind>
	At          time.Time
	ActorKind   string
	ActorID     *uuid.UUID
	ActorName   string
	ActorRole   string
	ActorUnit   string
	Body        map[string]string `gorm:"serializer:json"`
}

// TableName is event.
func (Event) TableName() string { return "event" }

// New makes the event that is the seq-th of its subject; only for a subject
// that is created in the same transaction is seq known beforehand (1).
func New(subject Subject, id uuid.UUID, seq int, kind string, by Actor, at time.Time, body map[string]string) Event {
	panic("contract: not built")
}

// Append writes the next event of a subject. Two that race for the same place
// collide on the unique key; the loser's transaction fails with a duplicate.
func Append(tx *gorm.DB, subject Subject, id uuid.UUID, kind string, by Actor, at time.Time, body map[string]string) error {
	panic("contract: not built")
}

// Of lists a subject's events in order, at most 1000.
func Of(ctx context.Context, s *store.Store, subject Subject, id uuid.UUID) ([]Event, error) {
	panic("contract: not built")
}

// Recent lists events newest first, 50 at a time, before the cursor (an event
// id, or uuid.Nil for the start). It is what the auditor reads.
func Recent(ctx context.Context, s *store.Store, before uuid.UUID) ([]Event, error) {
	panic("contract: not built")
}
