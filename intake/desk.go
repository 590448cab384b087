package intake

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/evidence"
	"minsheng/internal/seal"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/region"
	"minsheng/staff"
)

var (
	// ErrStaleForm means the form is older than 24 hours or was not made here;
	// a new one must be shown with what was typed.
	ErrStaleForm = errors.New("intake: form expired")
	// ErrNoReceipt means no report has that receipt; mistyped digits (check
	// digits wrong) give the same error.
	ErrNoReceipt = errors.New("intake: no such receipt")
	// ErrClosed means nothing more can be added or withdrawn.
	ErrClosed = errors.New("intake: report is closed")
)

// Invalid says which fields of a form need fixing: field → problem key; the
// sentences are in the catalogs as problem.<key>.
type Invalid struct{ Problems map[string]string }

// Error names the fields only: values are people's words.
func (i *Invalid) Error() string { panic("contract: not built") }

// Desk takes in reports and keeps up the conversation.
type Desk struct{}

// Config is what a Desk needs.
type Config struct {
	Store    *store.Store
	Keys     *seal.Keys
	Atlas    *region.Atlas
	Shelf    *evidence.Shelf
	Calendar *workday.Calendar
}

// New returns the desk.
func New(c Config) *Desk { panic("contract: not built") }

// Form is a report form as rendered: it already holds its receipt.
type Form struct {
	Token string // sealed; the hidden field
	Key   []byte // names the form to evidence.Shelf; made from the receipt, says nothing of it
}

// NewForm makes a form with a fresh receipt.
func (d *Desk) NewForm() Form { panic("contract: not built") }

// OpenForm returns the form of a token, or ErrStaleForm.
func (d *Desk) OpenForm(token string) (Form, error) { panic("contract: not built") }

// Submission is a filled form.
type Submission struct {
	Token        string
	PlaceCode    string // required: a village (or a town, when the village is not listed)
	Text         string // required unless files are staged: 10 to 5000 characters
	Mode         Mode   // required
	Name, Phone  string // required together unless Anonymous
	Kind         Kind
	Who          string // ≤ 200
	AccusedLevel string
	When         string // ≤ 200, free words: 去年腊月
	Amount       string // ≤ 100, free words
	Channel      Channel
	Lang         string
	ReadBack     bool // entry by staff: the text was read back and confirmed
}

// Receipt is what a reporter keeps.
type Receipt struct {
	Digits    string // 20 digits
	Groups    []string
	AcceptBy  workday.Date // the reporter is told by then whether it is taken up
	PlaceName string
	Replay    bool // the same form had arrived before
}

// Submit stores a report with its complaint, clocks and event, binds the files
// staged for the form, and returns the receipt. The same form returns the same
// receipt however often and wherever it arrives; of two versions the first is
// kept. Errors: *Invalid, ErrStaleForm.
func (d *Desk) Submit(ctx context.Context, s Submission) (Receipt, error) {
	panic("contract: not built")
}

// Enter is Submit by staff for a caller, visitor or letter. It needs
// staff.EnterReports; s.ReadBack must be true for callers and visitors.
func (d *Desk) Enter(ctx context.Context, by staff.Officer, s Submission) (Receipt, error) {
	panic("contract: not built")
}

// Step is one of the five words with its date.
type Step struct {
	Stage Stage
	On    workday.Date // "" while not reached
}

// MatterView is what a reporter may see of one complaint.
type MatterView struct {
	Part     int
	Stage    Stage
	Ending   State // NotAccepted, Transferred, Referred, Withdrawn when it left the five words; else ""
	Steps    []Step
	NextOn   workday.Date // "" when no date runs
	NextWhat string       // rule code: catalog key track.next.<code>
	Extended bool
	Answer   string // the approved answer, when there is one
}

// Tracked is what a receipt opens: never identity, narrative or file names.
type Tracked struct {
	ReportID  uuid.UUID
	Token     string // sealed, lives 15 minutes: carried by the forms of the page
	Form      Form   // for files and messages added from this page
	PlaceName string
	Received  workday.Date
	Matters   []MatterView
	Messages  []Message
	Files     int // how many were handed in
	Open      bool
}

// Track opens a report by its digits (spaces and hyphens ignored, full-width
// digits understood) and marks the office's messages as read.
func (d *Desk) Track(ctx context.Context, digits string) (Tracked, error) {
	panic("contract: not built")
}

// Reopen is Track by the sealed token of a page.
func (d *Desk) Reopen(ctx context.Context, token string) (Tracked, error) {
	panic("contract: not built")
}

// Say adds a reporter's message with the files staged for form. A form that
// arrives twice leaves one message. A complaint that waited for information
// goes back to where it was. Errors: *Invalid, ErrNoReceipt, ErrStaleForm,
// ErrClosed.
func (d *Desk) Say(ctx context.Context, token, form, text string) error {
	panic("contract: not built")
}

// Withdraw ends all open complaints of the report at the reporter's wish.
func (d *Desk) Withdraw(ctx context.Context, token string) error { panic("contract: not built") }

// Reply adds the office's message inside the caller's transaction.
func (d *Desk) Reply(tx *gorm.DB, by staff.Officer, report uuid.UUID, complaint *uuid.UUID, text string) error {
	panic("contract: not built")
}

// Narratives opens the words of reports, by report id. Whoever calls has
// checked that the officer may read them.
func (d *Desk) Narratives(ctx context.Context, reports ...uuid.UUID) (map[uuid.UUID]Narrative, error) {
	panic("contract: not built")
}

// Identity opens who a reporter said they are; store.ErrNotFound when
// anonymous. Whoever calls has checked and recorded it.
func (d *Desk) Identity(ctx context.Context, report uuid.UUID) (Identity, error) {
	panic("contract: not built")
}

// Conversation lists a report's messages in order, at most 500.
func (d *Desk) Conversation(ctx context.Context, report uuid.UUID) ([]Message, error) {
	panic("contract: not built")
}

// Index puts a complaint into the full-text index (summary, place, number) in
// the caller's transaction, replacing what stood there.
func (d *Desk) Index(tx *gorm.DB, c Complaint) error { panic("contract: not built") }

// Grams cuts text into the two-character pieces that are indexed and searched:
// for Chinese every pair of neighbours, for letters and digits lower-case runs.
func Grams(text string) []string { panic("contract: not built") }

// StartClock opens the deadline of a rule for a subject from a day on, in the
// caller's transaction, and returns it.
func (d *Desk) StartClock(tx *gorm.DB, subject uuid.UUID, rule string, from workday.Date) (Deadline, error) {
	panic("contract: not built")
}

// Deadline is a running or met time limit with what it was counted on.
type Deadline struct {
	SubjectID   uuid.UUID
	Rule        string
	Round       int
	N           int
	DayKind     workday.Unit
	Basis       string
	StartedOn   workday.Date
	DueOn       workday.Date
	Calendar    string
	Provisional bool
	MetAt       *int64 `gorm:"-"`
}
