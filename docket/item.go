package docket

import (
	"time"

	"github.com/google/uuid"

	"minsheng/clock"
	"minsheng/internal/evidence"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/triage"
)

// ItemState of a supervision item (DESIGN §4).
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

// Item is a supervision item as stored.
type Item struct {
	ID          uuid.UUID `gorm:"primaryKey"`
	IssuerID    uuid.UUID
	Year        int
	N           *int
	Number      string
	Title       string
	Summary     string
	Requirement string
	Urgency     string
	State       ItemState
	PlaceCode   string
	LeadUnitID  uuid.UUID
	CreatedBy   uuid.UUID
	CreatedAt   time.Time
	IssuedAt    *time.Time
	DueOn       *workday.Date
	ClosedAt    *time.Time
	Version     int
}

// TableName is supervision_item.
func (Item) TableName() string { return "supervision_item" }

// clocked is the item as what clocks run for.
func (i Item) clocked() clock.Subject { return clock.Subject{Kind: ledger.OfItem, ID: i.ID} }

// ItemView is an item with its life. Complaints is empty for handling units.
type ItemView struct {
	Item
	IssuerName  string
	LeadName    string
	AssistNames []string
	Notes       []ItemNote
	Complaints  []triage.Row // those the officer may see; none for handling units
	Events      []ledger.Event
	Actions     []string // issue, acknowledge, note, report, dispute, return, accept_report, strike_off, cancel
	Late        int      // working days overdue
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

// NewItem is what Convert needs.
type NewItem struct {
	Title       string // 4 to 100 characters
	Summary     string // 10 to 2000
	Requirement string // 4 to 2000
	Urgency     string // urgent, normal, complex
	Lead        uuid.UUID
	Assist      []uuid.UUID
}
