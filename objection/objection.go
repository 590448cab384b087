package objection

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"minsheng/clock"
	"minsheng/intake"
	"minsheng/internal/evidence"
	"minsheng/internal/seal"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/notice"
	"minsheng/region"
	"minsheng/roll"
	"minsheng/staff"
)

// Kind of an objection (DOMAIN §6.2); catalog key objection.<kind>.
type Kind string

// Kinds of objections.
const (
	WrongIn       Kind = "WRONG_IN"
	Missed        Kind = "MISSED"
	WrongOut      Kind = "WRONG_OUT"
	MissedOut     Kind = "MISSED_OUT"
	BadInfo       Kind = "BAD_INFO"
	BadProcedure  Kind = "BAD_PROCEDURE"
	ForgedConsent Kind = "FORGED_CONSENT"
	Privacy       Kind = "PRIVACY"
)

// Kinds lists the eight in order.
func Kinds() []Kind {
	return []Kind{WrongIn, Missed, WrongOut, MissedOut, BadInfo, BadProcedure, ForgedConsent, Privacy}
}

// complaint is the kind of complaint (DOMAIN §5) that an objection becomes when
// it comes too late.
func (k Kind) complaint() intake.Kind {
	switch k {
	case BadInfo:
		return "HH_INFO_BAD"
	case BadProcedure, ForgedConsent:
		return "PROC_NO_PUBLICITY"
	case Privacy:
		return "PRIVACY_LEAK"
	}
	return "HH_INELIGIBLE"
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

// upheld reports whether the objector was right.
func (s State) upheld() bool { return s == UpheldAdd || s == UpheldRemove || s == UpheldCorrect }

// Outcomes lists what an objection of a kind can turn out to be, in the order
// forms show them. Who is rightly put out of one list stands wrongly on another:
// on a list of exits, adding and removing mean the opposite.
func (k Kind) Outcomes() []State {
	fits := map[Kind][]State{
		WrongIn: {UpheldRemove, UpheldCorrect}, Missed: {UpheldAdd, UpheldCorrect},
		WrongOut: {UpheldRemove, UpheldAdd}, MissedOut: {UpheldAdd, UpheldRemove},
		BadInfo: {UpheldCorrect, UpheldRemove}, BadProcedure: {UpheldCorrect},
		ForgedConsent: {UpheldRemove, UpheldCorrect}, Privacy: {UpheldCorrect, UpheldRemove},
	}[k]
	return append(slices.Clone(fits), NotUpheld, Referred)
}

// needsHousehold reports whether somebody must have been to the household before
// a ruling: not where the papers themselves tell.
func (k Kind) needsHousehold() bool { return k != BadProcedure && k != Privacy }

// needsEdit reports whether an upheld objection must say how a row should be. A
// procedure can be wrong, or a page show too much, with every row being right.
func (k Kind) needsEdit() bool { return k != BadProcedure && k != Privacy }

// Errors beside those of intake, roll and step.
var (
	// ErrTwo means that two people have not signed what the ruling needs.
	ErrTwo = errors.New("objection: two verifiers are needed")
	// ErrOwnList means that a verifier works for the office that published the
	// list, or for one below it.
	ErrOwnList = errors.New("objection: own office published the list")
)

// Objection as stored.
type Objection struct {
	Seq         int64 `gorm:"primaryKey;autoIncrement"`
	ID          uuid.UUID
	ReportID    uuid.UUID
	NoticeID    uuid.UUID
	RollID      *uuid.UUID
	RowKey      *int
	Kind        Kind
	State       State
	PlaceCode   string
	PlaceName   string
	DeskUnitID  uuid.UUID
	PublisherID uuid.UUID
	OwnerID     *uuid.UUID
	DueOn       *workday.Date // earliest open deadline
	DueRule     string
	ReceivedAt  time.Time
	ClosedAt    *time.Time
	Mode        intake.Mode // of its report
	Erased      string      // intake.NamesErased, WordsErased; "" nothing was
	Version     int
}

// TableName is objection.
func (Objection) TableName() string { return "objection" }

// Number is how the office calls it: 异2026-000012.
func (o Objection) Number() string {
	return fmt.Sprintf("异%04d-%06d", workday.On(o.ReceivedAt).Year(), o.Seq)
}

// Config is what a Desk needs.
type Config struct {
	Store   *store.Store
	Keys    *seal.Keys
	Atlas   *region.Atlas
	Staff   *staff.Desk
	Intake  *intake.Desk
	Notices *notice.Desk
	Rolls   *roll.Book
	Shelf   *evidence.Shelf
	Clocks  *clock.Book
	// Tell finds a sentence sent to an objector in their language: the catalog
	// key objection.told.<event> or objection.public_line.
	Tell func(lang, key string, pairs ...any) string
}

// Desk takes objections and decides them.
type Desk struct{ Config }

// New returns the desk.
func New(c Config) *Desk { return &Desk{c} }

func (d *Desk) today() workday.Date { return workday.On(d.Store.Now()) }
