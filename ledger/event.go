package ledger

import (
	"context"
	"errors"
	"fmt"
	"slices"
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
	OfObjection Subject = "objection"
	OfProject   Subject = "project"
	OfPayments  Subject = "payments"   // a batch of payments or a reference set
	OfCheck     Subject = "crosscheck" // a hit of the cross-check

	OfRule       Subject = "rule" // a time rule, all its versions
	OfCalendar   Subject = "calendar"
	OfPlan       Subject = "plan" // of a year's inspections
	OfInspection Subject = "inspection"
	OfOrder      Subject = "order" // a rectification order
	OfMeasure    Subject = "measure"
	OfReferral   Subject = "referral" // a package for the discipline organ
	OfPaper      Subject = "paper"
	OfTemplate   Subject = "template"
	OfBulletin   Subject = "bulletin"   // a circular or a report upwards
	OfSelfReport Subject = "selfreport" // what a county reports of itself
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
	Nonce       []byte            // opens the commitment; nil once the opening was erased
	Commitment  []byte            // what the public log holds of it
}

// TableName is event.
func (Event) TableName() string { return "event" }

// maxBody is the longest value an event may carry, in bytes: events hold ids,
// dates and short reasons, never a text that somebody wrote.
const maxBody = 500

// ErrLongBody means an event was about to carry somebody's words.
var ErrLongBody = errors.New("ledger: a value of an event is longer than 500 bytes")

// New makes the first event of a subject that is created in the same
// transaction.
func New(subject Subject, id uuid.UUID, kind string, by Actor, at time.Time, body map[string]string) Event {
	return after(Event{SubjectKind: subject, SubjectID: id}, kind, by, at, body)
}

// Next makes the event that follows e in the life of its subject, where e is
// known to be the last.
func (e Event) Next(kind string, by Actor, at time.Time, body map[string]string) Event {
	return after(e, kind, by, at, body)
}

func after(last Event, kind string, by Actor, at time.Time, body map[string]string) Event {
	if body == nil {
		body = map[string]string{}
	}
	e := Event{
		ID: newID(), SubjectKind: last.SubjectKind, SubjectID: last.SubjectID, Seq: last.Seq + 1, Kind: kind,
		At:        at.UTC().Truncate(time.Microsecond), // what is stored and what is committed to must be the same instant
		ActorKind: by.Kind, ActorID: by.ID, ActorName: by.Name, ActorRole: by.Role, ActorUnit: by.Unit,
		Body: body,
	}
	e.commit(last.Commitment)
	return e
}

// Check returns ErrLongBody when a value is too long to be anything but words.
func (e Event) Check() error {
	for _, value := range e.Body {
		if len(value) > maxBody {
			return ErrLongBody
		}
	}
	return nil
}

// newID panics only when the machine has no randomness left.
func newID() uuid.UUID { return uuid.Must(uuid.NewV7()) }

// Append writes the next event of a subject. Two that race for the same place
// collide on the unique key; the loser's transaction fails with a duplicate
// (store.IsDuplicate). ErrLongBody when a value is longer than 500 bytes.
func Append(tx *gorm.DB, subject Subject, id uuid.UUID, kind string, by Actor, at time.Time, body map[string]string) error {
	last := Event{SubjectKind: subject, SubjectID: id}
	err := tx.Where("subject_kind = ? AND subject_id = ?", subject, id).Select("seq", "commitment").
		Order("seq DESC").Limit(1).Find(&last).Error
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	e := last.Next(kind, by, at, body)
	if err := e.Check(); err != nil {
		return err
	}
	if err := tx.Create(&e).Error; err != nil {
		return fmt.Errorf("ledger: append %s: %w", kind, err)
	}
	return nil
}

// Of lists a subject's events in order, of the given kinds or of all: the
// newest 1000. Who must not miss one names the kinds, or somebody could bury it
// under a thousand others, such as files opened again and again.
func Of(ctx context.Context, s *store.Store, subject Subject, id uuid.UUID, kinds ...string) ([]Event, error) {
	query := s.Read(ctx).Where("subject_kind = ? AND subject_id = ?", subject, id)
	if len(kinds) > 0 {
		query = query.Where("kind IN ?", kinds)
	}
	var events []Event
	err := query.Order("seq DESC").Limit(1000).Find(&events).Error
	slices.Reverse(events)
	return events, utc(events, err)
}

// Recent lists events newest first, 50 at a time, before the cursor (an event
// id, or uuid.Nil for the start). It is what the auditor reads. An unknown
// cursor is store.ErrNotFound.
func Recent(ctx context.Context, s *store.Store, before uuid.UUID) ([]Event, error) {
	query := s.Read(ctx).Order("at DESC, id DESC").Limit(50)
	if before != uuid.Nil {
		var cursor Event
		if err := store.One(s.Read(ctx).Where("id = ?", before), &cursor); err != nil {
			return nil, err
		}
		query = query.Where("(at, id) < (?, ?)", cursor.At.UTC(), cursor.ID)
	}
	var events []Event
	err := query.Find(&events).Error
	return events, utc(events, err)
}

// utc puts times into UTC: PostgreSQL hands them out in the session's zone.
func utc(events []Event, err error) error {
	for i := range events {
		events[i].At = events[i].At.UTC()
	}
	return err
}
