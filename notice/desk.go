package notice

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/evidence"
	"minsheng/internal/privacy"
	"minsheng/internal/seal"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/region"
	"minsheng/roll"
	"minsheng/staff"
)

// Errors beside those of roll.
var (
	ErrState      = errors.New("notice: not possible at this stage")
	ErrStale      = errors.New("notice: changed meanwhile")
	ErrSamePerson = errors.New("notice: approver must not be the editor")
	ErrMismatch   = errors.New("notice: amounts do not add up")
)

// Invalid says which fields need fixing: field → problem key (problem.<key>).
type Invalid struct{ Problems map[string]string }

// Error names the fields only.
func (i *Invalid) Error() string { return "notice: to be fixed" }

// Exposed lists what the privacy gate found. Nothing was saved or published.
type Exposed struct{ Findings []Exposure }

// Error counts; what was found is nobody's to log.
func (e *Exposed) Error() string { return "notice: personal data found" }

// Exposure is one finding with where it stands.
type Exposure struct {
	Where    string // title, body, doc_number, field:<code>, row, column, file, file_name
	Ref      string // row number, field of the row, name of the file as cleaned
	Kind     privacy.Kind
	Masked   string
	Token    string // names the finding when an approver lets it through
	Column   string // of rows: the field whose column could be dropped
	Released string // reason, when an approver let it through
}

// Config is what a Desk needs.
type Config struct {
	Store    *store.Store
	Keys     *seal.Keys
	Atlas    *region.Atlas
	Staff    *staff.Desk
	Shelf    *evidence.Shelf
	Rolls    *roll.Book
	Calendar *workday.Calendar
}

// Desk is where notices are written, approved and taken down.
type Desk struct{ Config }

// NewDesk returns the desk.
func NewDesk(c Config) *Desk { return &Desk{c} }

// Draft is what an editor types.
type Draft struct {
	Kind      string
	Title     string // 4 to 100 characters
	DocNumber string
	PlaceCode string // within the office's jurisdiction
	Year      int
	Body      string // Markdown, at most 20 000 characters
	StartsOn  workday.Date
	EndsOn    workday.Date // "" for the long term
	Fields    map[string]string
	RollID    *uuid.UUID // goes on with this roll (town round, announcement); nil makes its own where the kind needs one
	FundID    *uuid.UUID
	ProjectID *uuid.UUID
}

// Begin makes a draft, and its roll where the kind needs one
// (staff.WriteNotices). Only what is needed to begin is asked for: kind, place,
// title. Errors: *Invalid, *Exposed, staff.ErrForbidden.
func (d *Desk) Begin(ctx context.Context, by staff.Officer, n Draft) (Notice, error) {
	panic("contract: not built")
}

// Save stores a draft as far as it is. Personal data is refused (*Exposed).
func (d *Desk) Save(ctx context.Context, by staff.Officer, id uuid.UUID, version int, n Draft) error {
	panic("contract: not built")
}

// Attach adds the files staged under form as attachments ("notice") or photos of
// the posting ("notice_start", "notice_end"); the latter also after publishing.
// Spreadsheets and PDFs are read: *Exposed.
func (d *Desk) Attach(ctx context.Context, by staff.Officer, id uuid.UUID, role string, form []byte) error {
	panic("contract: not built")
}

// Detach removes an attachment of a draft.
func (d *Desk) Detach(ctx context.Context, by staff.Officer, id, file uuid.UUID) error {
	panic("contract: not built")
}

// SetMinutes stores the minutes of the round that a list notice opens; form
// names the photo of the signatures.
func (d *Desk) SetMinutes(ctx context.Context, by staff.Officer, id uuid.UUID, m roll.Minutes, form []byte) error {
	panic("contract: not built")
}

// EditRows changes rows of a draft's roll by hand.
func (d *Desk) EditRows(ctx context.Context, by staff.Officer, id uuid.UUID, rollVersion int, edits []roll.Edit) error {
	panic("contract: not built")
}

// DropColumn empties a column of a draft's roll: the gate's offer.
func (d *Desk) DropColumn(ctx context.Context, by staff.Officer, id uuid.UUID, rollVersion int, field string) error {
	panic("contract: not built")
}

// HandIn gives a complete draft to the approvers. *Invalid names what is
// missing; roll errors say why a list may not go on.
func (d *Desk) HandIn(ctx context.Context, by staff.Officer, id uuid.UUID, version int) error {
	panic("contract: not built")
}

// Return gives it back with a reason (staff.ApproveNotices).
func (d *Desk) Return(ctx context.Context, by staff.Officer, id uuid.UUID, version int, reason string) error {
	panic("contract: not built")
}

// Approval is what an approver states.
type Approval struct {
	Release     map[string]string // Exposure.Token → reason of a false alarm
	Mismatch    string            // reason why amounts that do not add up may stand
	UnreadFiles bool              // looked at the files that could not be read
}

// Approve signs another person's notice: the roll advances, the period starts on
// its day, projects of an allocation come to be, duties are met. Errors:
// ErrSamePerson, *Exposed, ErrMismatch, *Invalid, roll errors, ErrStale, ErrState.
func (d *Desk) Approve(ctx context.Context, by staff.Officer, id uuid.UUID, version int, a Approval) error {
	panic("contract: not built")
}

// Lengthen moves the end of a published notice; it can never be shortened.
func (d *Desk) Lengthen(ctx context.Context, by staff.Officer, id uuid.UUID, version int, to workday.Date) error {
	panic("contract: not built")
}

// Withdraw takes a published notice down, with a reason that the public reads
// (staff.ApproveNotices; not the editor).
func (d *Desk) Withdraw(ctx context.Context, by staff.Officer, id uuid.UUID, version int, reason string) error {
	panic("contract: not built")
}

// Correct begins a CORRECTION of a published notice: a draft with its text. When
// it is approved the original shows the new text, with what it said before, and
// changed rows (edits, kept with the draft) stand anew.
func (d *Desk) Correct(ctx context.Context, by staff.Officer, id uuid.UUID, why string) (Notice, error) {
	panic("contract: not built")
}

// Pull takes a published notice off the web in the caller's transaction, because
// somebody says it shows their personal data. A version that an approver looked
// through after an earlier pull stays: pulled is false.
func (d *Desk) Pull(tx *gorm.DB, id uuid.UUID) (pulled bool, err error) {
	panic("contract: not built")
}

// Restore puts a pulled notice back with a reason (staff.ApproveNotices).
func (d *Desk) Restore(ctx context.Context, by staff.Officer, id uuid.UUID, version int, reason string) error {
	panic("contract: not built")
}

// Renew lengthens a list's running notice to lastDay, because rows of it were
// changed by a ruling, in the caller's transaction; line is what the public
// reads about objections ("" leaves it).
func (d *Desk) Renew(tx *gorm.DB, roll uuid.UUID, lastDay workday.Date, line string) error {
	panic("contract: not built")
}

// Tick publishes what is due, ends what is over, archives lists: at most 500
// notices a time. It may run on any replica at any time.
func (d *Desk) Tick(ctx context.Context) error { panic("contract: not built") }

// Filter narrows the desk's list.
type Filter struct {
	Stand string // draft, waiting, running, ended, withdrawn, pulled; "" all
	Kind  string
	After uuid.UUID
}

// List shows notices of the own office and below, newest first, 50 at a time.
func (d *Desk) List(ctx context.Context, by staff.Officer, f Filter) ([]Notice, error) {
	panic("contract: not built")
}

// Paper is everything the desk shows of one notice.
type Paper struct {
	Notice
	KindOf      Kind
	Roll        *roll.Roll
	May         error // why the roll may not go on; nil it may
	Holds       map[int]int
	Minutes     []roll.Minutes
	MinuteFiles []evidence.File
	Files       []evidence.File // attachments
	Photos      []evidence.File // start and end
	Found       []Exposure      // what the gate finds now, released ones too
	Unread      []evidence.File // attachments whose text could not be read
	Fund        *Fund
	Sums        *Sums
	Project     *Project
	Original    *Notice // of a correction
	Revisions   []Revision
	Editor      string
	Approver    string
	Actions     []string // save, hand_in, return, approve, withdraw, correct, lengthen, restore, attach …
}

// Paper opens one, or store.ErrNotFound.
func (d *Desk) Paper(ctx context.Context, by staff.Officer, id uuid.UUID) (Paper, error) {
	panic("contract: not built")
}

// OpenFile gives a file of a notice of the own office or below to staff.
func (d *Desk) OpenFile(ctx context.Context, by staff.Officer, id, file uuid.UUID) (evidence.File, readCloser, string, error) {
	panic("contract: not built")
}

type readCloser interface {
	Read([]byte) (int, error)
	Close() error
}

// Revision is what a notice said before a correction.
type Revision struct {
	NoticeID     uuid.UUID `gorm:"primaryKey"`
	N            int       `gorm:"primaryKey;autoIncrement:false"`
	Title        string
	Body         string
	Fields       map[string]string `gorm:"serializer:json"`
	RollVersion  int
	CorrectionID uuid.UUID
	At           time.Time
}

// TableName is notice_revision.
func (Revision) TableName() string { return "notice_revision" }
