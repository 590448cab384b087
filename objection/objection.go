package objection

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/google/uuid"

	"minsheng/intake"
	"minsheng/internal/evidence"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/notice"
	"minsheng/region"
	"minsheng/roll"
	"minsheng/staff"

	"minsheng/internal/seal"
	"minsheng/internal/store"
)

// Kind of an objection (DOMAIN §6.2); catalog key objection.<kind>.
type Kind string

// Kinds lists the eight in order.
func Kinds() []Kind {
	return []Kind{"WRONG_IN", "MISSED", "WRONG_OUT", "MISSED_OUT", "BAD_INFO", "BAD_PROCEDURE", "FORGED_CONSENT", "PRIVACY"}
}

// State of an objection (DESIGN §4).
type State string

// States.
const (
	Submitted     State = "submitted"
	Verifying     State = "verifying"
	UpheldAdd     State = "upheld_add"
	UpheldRemove  State = "upheld_remove"
	UpheldCorrect State = "upheld_correct"
	NotUpheld     State = "not_upheld"
	Withdrawn     State = "withdrawn"
	Referred      State = "referred"
)

// Errors beside those of intake and roll.
var (
	ErrState      = errors.New("objection: not possible at this stage")
	ErrStale      = errors.New("objection: changed meanwhile")
	ErrSamePerson = errors.New("objection: needs another person")
	ErrTwo        = errors.New("objection: two verifiers are needed")
	ErrOwnList    = errors.New("objection: own office published the list")
)

// Objection as stored.
type Objection struct {
	Seq          int64 `gorm:"primaryKey;autoIncrement"`
	ID           uuid.UUID
	ReportID     uuid.UUID
	NoticeID     uuid.UUID
	RollID       *uuid.UUID
	RowKey       *int
	Kind         Kind
	State        State
	PlaceCode    string
	PlaceName    string
	DeskUnitID   uuid.UUID
	PublisherID  uuid.UUID
	OwnerID      *uuid.UUID
	DueOn        *workday.Date
	DueRule      string
	ReceivedAt   time.Time
	ClosedAt     *time.Time
	AnswerSealed []byte
	Version      int
}

// TableName is objection.
func (Objection) TableName() string { return "objection" }

// Number is how the office calls it: 异2026-000012.
func (o Objection) Number() string { panic("contract: not built") }

// Filing is a filled form. Its PlaceCode is that of the list; Text may be empty
// when Kind says enough and a row is named.
type Filing struct {
	intake.Submission
	NoticeID  uuid.UUID
	RowKey    *int
	Kind      Kind
	Household string // who is missing, for MISSED without a row
}

// Config is what a Desk needs.
type Config struct {
	Store    *store.Store
	Keys     *seal.Keys
	Atlas    *region.Atlas
	Staff    *staff.Desk
	Intake   *intake.Desk
	Notices  *notice.Desk
	Rolls    *roll.Book
	Shelf    *evidence.Shelf
	Calendar *workday.Calendar
	// Tell finds a sentence sent to an objector in their language.
	Tell func(lang, key string, pairs ...any) string
}

// Desk takes objections and decides them.
type Desk struct{ Config }

// New returns the desk.
func New(c Config) *Desk { return &Desk{c} }

// File stores an objection and freezes what it is about. After the period of the
// list, or about a notice without one, it becomes a complaint by itself (late).
// PRIVACY takes the notice off the web in the same commit. The same form gives
// the same receipt. Errors: *intake.Invalid, intake.ErrStaleForm,
// store.ErrNotFound (no such notice or row).
func (d *Desk) File(ctx context.Context, f Filing) (receipt intake.Receipt, late bool, err error) {
	panic("contract: not built")
}

// View is what the objector may see; Stage is one of the five words.
type View struct {
	ID       uuid.UUID
	Kind     Kind
	Title    string // of the notice
	Row      string // as the web shows it; "" none
	Stage    intake.Stage
	Steps    []intake.Step
	Ending   State // Withdrawn, Referred or ""
	Outcome  State // when ruled
	Answer   string
	NextOn   workday.Date
	NextWhat string
	Open     bool
}

// Of shows the objection of a report, nil when it has none.
func (d *Desk) Of(ctx context.Context, report uuid.UUID) (*View, error) {
	panic("contract: not built")
}

// Withdraw ends the objection of a report at the objector's wish; nil when it
// has none or it is closed. The report's complaints are intake's.
func (d *Desk) Withdraw(ctx context.Context, report uuid.UUID) error {
	panic("contract: not built")
}

// Line is one objection in a list.
type Line struct {
	Objection
	Notice string // title
	Row    string
	Owner  string
	Late   int // working days overdue; negative: left
}

// Filter narrows the list.
type Filter struct {
	State State // "" open ones; "all"
	Mine  bool
	Place string
	After int64 // seq of the last line
}

// List shows what the officer may see, 50 at a time: those on desks of the own
// office or below, except about lists that the own office published
// (staff.WorkObjections).
func (d *Desk) List(ctx context.Context, by staff.Officer, f Filter) ([]Line, error) {
	panic("contract: not built")
}

// Check is one visit with its two signatures.
type Check struct {
	ID        uuid.UUID
	VisitedOn workday.Date
	Place     string
	Method    string
	Found     string
	First     string
	FirstAt   time.Time
	Second    string // "" not yet signed
	SecondAt  *time.Time
	Files     []evidence.File
	MaySign   bool // by who asks
}

// Ruling is a proposal and what became of it.
type Ruling struct {
	ID      uuid.UUID
	Outcome State
	Change  roll.Edit
	Answer  string
	AskedBy string
	AskedAt time.Time
	State   string
	RuledBy string
	Note    string
	MayRule bool
}

// Case is everything an officer may see of one.
type Case struct {
	Objection
	Notice    notice.Notice
	RowNow    *roll.Row // the row as it stands, in full
	Narrative intake.Narrative
	Household string
	Files     []evidence.File
	Messages  []intake.Message
	Checks    []Check
	Rulings   []Ruling
	Events    []ledger.Event
	Actions   []string // acknowledge, message, check, sign, propose, rule
}

// Open shows one, or store.ErrNotFound; a refused attempt leaves an event.
func (d *Desk) Open(ctx context.Context, by staff.Officer, id uuid.UUID) (Case, error) {
	panic("contract: not built")
}

// Acknowledge takes it up: verifying, the officer its owner.
func (d *Desk) Acknowledge(ctx context.Context, by staff.Officer, id uuid.UUID, version int) error {
	panic("contract: not built")
}

// Visit is what the first verifier writes down; Declared: not of that village,
// no relation of the household.
type Visit struct {
	VisitedOn workday.Date
	Place     string
	Method    string
	Found     string
	Declared  bool
	Form      []byte // key of staged files; nil none
}

// Record stores a visit. Errors: *intake.Invalid, ErrState, ErrStale, ErrOwnList.
func (d *Desk) Record(ctx context.Context, by staff.Officer, id uuid.UUID, version int, v Visit) error {
	panic("contract: not built")
}

// Sign is the second verifier's own hand in their own session: ErrSamePerson
// for the first. declared as in Visit.
func (d *Desk) Sign(ctx context.Context, by staff.Officer, id, check uuid.UUID, version int, declared bool) error {
	panic("contract: not built")
}

// Propose asks for a ruling: ErrTwo without a signed household visit. edit says
// how the row should be; it must fit the outcome. answer is what the objector
// is told (10 to 2000 characters).
func (d *Desk) Propose(ctx context.Context, by staff.Officer, id uuid.UUID, version int, outcome State, edit roll.Edit, answer string) error {
	panic("contract: not built")
}

// Rule approves or returns (with a note) another person's proposal
// (staff.RuleObjections). Approved and upheld: the roll's next version is made,
// publicity restarts for the changed row, the hold is lifted, the objector is
// answered, all in one commit.
func (d *Desk) Rule(ctx context.Context, by staff.Officer, id, ruling uuid.UUID, version int, approve bool, note string) error {
	panic("contract: not built")
}

// Message writes to the objector.
func (d *Desk) Message(ctx context.Context, by staff.Officer, id uuid.UUID, text string) error {
	panic("contract: not built")
}

// OpenFile gives out a file of an objection the officer may see.
func (d *Desk) OpenFile(ctx context.Context, by staff.Officer, id, file uuid.UUID) (f evidence.File, content io.ReadCloser, name string, err error) {
	panic("contract: not built")
}

// Counts of objections to a notice for its public line.
type Counts struct{ Received, Upheld, NotUpheld, Open int }

// CountsOf counts the objections to the roll of a notice (or to the notice
// itself when it has none).
func (d *Desk) CountsOf(ctx context.Context, n notice.Notice) (Counts, error) {
	panic("contract: not built")
}
