package triage

import (
	"context"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/evidence"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/staff"
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

// ItemView is an item with its life. Complaints is empty for handling units.
type ItemView struct {
	Item
	IssuerName  string
	LeadName    string
	AssistNames []string
	Notes       []ItemNote
	Complaints  []Row // only for officers of the issuing office who may see them
	Events      []ledger.Event
	Actions     []string // issue, acknowledge, note, report, dispute, return, accept_report, strike_off, cancel
	Late        int      // working days overdue
	Missing     []string // what striking off still lacks: catalog key missing.<code>: report, evidence, answer
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

// Convert dockets a supervision item from a case. The text is checked against
// the reporter's phrases, names and phones: *Leak. Lead and assisting units
// must not be accused by the case, nor under command of one that is.
func (q *Queue) Convert(ctx context.Context, by staff.Officer, id uuid.UUID, version int, n NewItem) (uuid.UUID, error) {
	panic("contract: not built")
}

// AlsoServes ties a further complaint to an item.
func (q *Queue) AlsoServes(ctx context.Context, by staff.Officer, item, complaint uuid.UUID) error {
	panic("contract: not built")
}

// Items lists visible items: those issued by the own office and below, and
// those addressed to the own office, most pressing first, 50 at a time.
func (q *Queue) Items(ctx context.Context, by staff.Officer, finished bool, cursor string) ([]ItemView, string, error) {
	panic("contract: not built")
}

// Item opens one visible item.
func (q *Queue) Item(ctx context.Context, by staff.Officer, id uuid.UUID) (ItemView, error) {
	panic("contract: not built")
}

// EditItem changes a docketed item before it is issued.
func (q *Queue) EditItem(ctx context.Context, by staff.Officer, id uuid.UUID, version int, n NewItem) error {
	panic("contract: not built")
}

// ItemStep moves an item: issue, acknowledge, note, report, dispute, return,
// accept_report, strike_off, cancel. body is the words that go with it; files
// staged under formKey are bound to the note. Issuing gives the number and
// starts the clock; it checks for leaks again.
func (q *Queue) ItemStep(ctx context.Context, by staff.Officer, id uuid.UUID, version int, step, body string, formKey []byte) error {
	panic("contract: not built")
}

// Issuable lists the offices an item of this case may be addressed to.
func (q *Queue) Issuable(ctx context.Context, by staff.Officer, complaint uuid.UUID) ([]Subject, error) {
	panic("contract: not built")
}

// itemVisible returns nil when the officer may open the item, else
// store.ErrNotFound. files.go asks it before giving out a note's files.
func (q *Queue) itemVisible(db *gorm.DB, by staff.Officer, item uuid.UUID) error {
	panic("contract: not built")
}
