package docket

import (
	"time"

	"github.com/google/uuid"

	"minsheng/clock"
	"minsheng/intake"
	"minsheng/internal/evidence"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/triage"
)

// ItemState of a supervision item (DESIGN §4). Being suspended is no state of
// its own: it ends by itself, on a day (Item.Suspended).
type ItemState string

const (
	Docketed     ItemState = "docketed"
	Issued       ItemState = "issued"
	Acknowledged ItemState = "acknowledged"
	InProgress   ItemState = "in_progress"
	Reported     ItemState = "reported"
	Reviewed     ItemState = "reviewed"
	StruckOff    ItemState = "struck_off"
	Disputed     ItemState = "disputed"
	Returned     ItemState = "returned"
	Cancelled    ItemState = "cancelled"
)

// States lists all states, in the order of an item's life.
func States() []ItemState {
	return []ItemState{Docketed, Issued, Acknowledged, InProgress, Disputed, Returned, Reported, Reviewed, StruckOff, Cancelled}
}

// Item is a supervision item as stored.
type Item struct {
	ID           uuid.UUID `gorm:"primaryKey"`
	IssuerID     uuid.UUID
	Year         int
	N            *int
	Number       string
	Title        string
	Summary      string
	Requirement  string
	Urgency      string
	State        ItemState
	Origin       Origin
	OriginNote   string
	OriginOn     *workday.Date
	OriginRef    *uuid.UUID
	OriginReport *uuid.UUID
	Kind         intake.Kind
	Programme    string
	PlaceCode    string
	AmountFen    int64
	Households   int
	LeadUnitID   uuid.UUID
	CreatedBy    uuid.UUID
	CreatedAt    time.Time
	IssuedAt     *time.Time
	UntilOn      *workday.Date // agreed last day, instead of the rule's
	DueOn        *workday.Date
	FirstDueOn   *workday.Date // last day without the extension
	// SuspendedUntil is the last day on which a court or the discipline organ
	// has the matter; the item goes on by itself the day after.
	SuspendedUntil *workday.Date
	Pressed        int
	EscalatedTo    *uuid.UUID
	EscalatedAt    *time.Time
	Responsible    string // officials of the lead unit, as it names them
	DeputyLead     string
	Conclusion     intake.Outcome // "" none
	Measures       string
	RecoveredFen   int64
	ReturnedFen    int64 // to households, of what was recovered
	ClosedAt       *time.Time
	Version        int
}

// TableName is supervision_item.
func (Item) TableName() string { return "supervision_item" }

// Suspended reports whether a court or the discipline organ has the matter on
// that day.
func (i Item) Suspended(today workday.Date) bool {
	return i.ClosedAt == nil && i.SuspendedUntil != nil && today <= *i.SuspendedUntil
}

// clocked is the item as what clocks run for.
func (i Item) clocked() clock.Subject {
	return clock.Subject{Kind: ledger.OfItem, ID: i.ID, Of: string(i.Origin)}
}

// ItemView is an item with its life. Complaints is empty for handling units.
type ItemView struct {
	Item
	IssuerName    string
	LeadName      string
	AssistNames   []string
	EscalatedName string
	Late          int // working days overdue
	Color         clock.Color
	Halted        bool // suspended today
	// Waits is true while a request for an extension or a suspension is open.
	Waits bool

	Notes       []ItemNote
	Extension   *Extension
	Suspensions []Suspension
	Complaints  []triage.Row // those the officer may see; none for handling units
	Deadlines   []clock.Deadline
	Pauses      []clock.Pause
	Events      []ledger.Event
	Actions     []string // what state and role allow now: see Actions
	// Missing is what striking off still lacks (catalog key missing.<code>):
	// report, evidence, answer. Only the issuing office reads it.
	Missing []string
}

// ItemNote is one entry in an item's life.
type ItemNote struct {
	ID         uuid.UUID
	Kind       string
	UnitName   string
	AuthorName string
	Body       string
	At         time.Time
	Files      []evidence.File
}

// NewItem is what an item says, and to whom.
type NewItem struct {
	Title       string        // 4 to 100 characters
	Summary     string        // 10 to 2000
	Requirement string        // 4 to 2000
	Urgency     string        // urgent, normal, complex
	Until       *workday.Date // agreed last day, a working day after today; nil: as the rule of the urgency says
	Lead        uuid.UUID
	Assist      []uuid.UUID

	Origin Origin
	// OriginNote is office text: who instructed and in which words, title and
	// number of the superior's document, the report of the press. 2 to 1000
	// characters; "" for complaints, whose words never leave. The handling unit
	// reads it.
	OriginNote string
	OriginOn   *workday.Date // day of the instruction, or of the receipt; not after today
	// OriginRef is the objection, or the inspection's finding; nil for others.
	OriginRef *uuid.UUID
	// OriginReport is the report that holds an objector's words, which must not
	// leave either; nil for others.
	OriginReport *uuid.UUID
	Kind         intake.Kind // for the clause of Art. 19; "" none
	Programme    string      // "" none
	PlaceCode    string      // "" no place of its own
	AmountFen    int64       // involved; 0 unknown
	Households   int         // involved; 0 unknown

	// Against are offices that an item which comes of no complaint is about;
	// neither they nor what they command may get it.
	Against []uuid.UUID
}
