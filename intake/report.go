package intake

import (
	"fmt"
	"time"

	"github.com/google/uuid"

	"minsheng/internal/evidence"
	"minsheng/internal/workday"
)

// Report is one message from one reporter, with one receipt.
type Report struct {
	ID           uuid.UUID `gorm:"primaryKey"`
	ReceiptIndex []byte
	ReceiptKey   []byte // public half of what the receipt opens; nil for receipts of before
	Mode         Mode
	Channel      Channel
	EnteredBy    *uuid.UUID
	PlaceCode    string
	PlaceName    string
	Lang         string
	ReceivedAt   time.Time
}

// TableName is report.
func (Report) TableName() string { return "report" }

// Complaint is one matter to be handled. Its words are in its report, sealed.
type Complaint struct {
	Seq          int64     `gorm:"primaryKey;autoIncrement"`
	ID           uuid.UUID // the key everything else refers to
	ReportID     uuid.UUID
	Part         int
	State        State
	Outcome      Outcome
	Mode         Mode
	Channel      Channel
	PlaceCode    string
	TownCode     string
	CountyCode   string
	PlaceName    string
	Kind         Kind
	Programme    string
	Severity     int // 1 gravest … 4 (DOMAIN §5)
	AccusedLevel string
	DeskUnitID   uuid.UUID
	OwnerID      *uuid.UUID
	Summary      string
	ResumeState  State // while NeedInfo: where it goes back to when the reporter writes
	MergedInto   *uuid.UUID
	DueOn        *workday.Date // earliest open deadline
	DueRule      string
	Extended     bool
	ReceivedAt   time.Time
	AcceptedAt   *time.Time
	ClosedAt     *time.Time
	Rating       Rating        // of the latest letter, by the complaint's own reporter
	SecondDeskID *uuid.UUID    // the office that owes a second look at it
	Redone       bool          // was sent back once to be verified anew
	FinalAt      *time.Time    // decided for the last time
	RepeatsID    *uuid.UUID    // not taken up: decided finally in that one
	AgainOf      *uuid.UUID    // that one was closed not long before
	LeavesOn     *workday.Date // its reporter withdraws it from that day on, unless they take it back
	PressedAt    *time.Time    // its reporter was made to withdraw it; it goes on
	Erased       string        // NamesErased, WordsErased; "" nothing was
	Version      int
}

// TableName is complaint.
func (Complaint) TableName() string { return "complaint" }

// Number is how the office calls a complaint: 访2026-000123.
func (c Complaint) Number() string {
	return fmt.Sprintf("访%04d-%06d", workday.On(c.ReceivedAt).Year(), c.Seq)
}

// Appealed reports whether an office above looks at what was decided.
func (c Complaint) Appealed() bool { return c.State == Review || c.State == Reexam }

// Narrative is a reporter's words. It is stored sealed.
type Narrative struct {
	Text   string
	Who    string
	When   string
	Amount string
	Kept   Kept `json:"-"` // why the words are not here; "" when they are

	written *written // what was written, where some of it is covered
}

// Identity is who a reporter says they are. It is stored sealed, apart from
// the narrative.
type Identity struct {
	Name  string
	Phone string
	Said  *Narrative `json:",omitempty"` // their words as they came, where the name or phone in them is covered
}

// MessageKind tells an answer from the talk around it.
type MessageKind string

const (
	Talk         MessageKind = "talk"
	AnswerText   MessageKind = "answer" // the approved decision; the latest is MatterView.Answer
	NoticeOfStep MessageKind = "notice" // taken up, declined, transferred, extended …
)

// Message is one turn of the conversation about a report.
type Message struct {
	ID          uuid.UUID
	ComplaintID *uuid.UUID
	FromOffice  bool
	Kind        MessageKind
	Files       []evidence.File // for staff pages; reporters are told FileCount
	FileCount   int
	AuthorName  string // for staff pages; reporters read "工作人员"
	Text        string
	Kept        Kept // why the text is not here; "" when it is
	Letter      bool // of kind answer: it tells a letter, which says the same part by part
	At          time.Time
	ReadAt      *time.Time
	KeptUnitID  *uuid.UUID // office that alone reads it, with those above; nil: whoever sees the case

	bare   string // what was written, where some of it is covered
	pieces []Piece
}
