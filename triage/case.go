package triage

import (
	"errors"
	"time"

	"github.com/google/uuid"

	"minsheng/clock"
	"minsheng/intake"
	"minsheng/internal/evidence"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/staff"
)

// ErrShortSearch means the words looked for are shorter than two characters,
// which is the least that is indexed.
var ErrShortSearch = errors.New("triage: search for at least two characters")

// Taken means another officer was faster; it names them.
type Taken struct{ By string }

func (t *Taken) Error() string { return "triage: taken" }

// Leak means a supervision item's text repeats what could give the reporter
// away; each finding quotes the item's own words.
type Leak struct{ Findings []Finding }

func (l *Leak) Error() string { return "triage: text could give the reporter away" }

// Finding is one giveaway in a text that is about to leave the office.
type Finding struct {
	Field  string // title, summary, requirement
	Reason string // catalog key leak.<reason>: phone, name, covered, phrase, id_number, card
	Words  string
}

// Action is a step that the page may offer (catalog key action.<code>).
type Action string

const (
	Claim         Action = "claim"
	Assign        Action = "assign"
	Release       Action = "release"
	Recuse        Action = "recuse"
	Split         Action = "split"
	Link          Action = "link"
	AskMore       Action = "ask_more"
	SayToReporter Action = "message"
	Describe      Action = "describe" // summary, kind, programme, severity, demands
	NameSubject   Action = "name_subject"
	NamePerson    Action = "name_person"
	Accept        Action = "accept"
	Decline       Action = "decline" // proposes
	Transfer      Action = "transfer"
	Refer         Action = "refer"  // proposes
	Extend        Action = "extend" // proposes
	Verify        Action = "verify"
	Decide        Action = "decide" // proposes
	Rule          Action = "rule"   // approve or return a proposal
	Convert       Action = "convert"
	Close         Action = "close"
	RevealName    Action = "reveal_name"

	RejectRepeat Action = "repeat"     // proposes: decided finally before
	Again        Action = "again"      // closed not long ago: to the office above
	LetGo        Action = "withdrawal" // what becomes of a wish to withdraw
	TieEarlier   Action = "earlier"    // which report the reporter handed in before
)

// Row is one line of the queue. It holds none of the reporter's words.
type Row struct {
	intake.Complaint
	Withheld  bool // as Case.Withheld; told of what has no summary yet
	Files     int  // that came with the report; counted where there is no summary yet and nothing is withheld
	OwnerName string
	DeskName  string
	Late      int // working days overdue; 0 when not, and for finished cases
	Color     clock.Color
}

// CameOn is the day on which it was received.
func (r Row) CameOn() workday.Date { return workday.On(r.ReceivedAt) }

// Case is everything an officer may see of one complaint.
type Case struct {
	About []Reference
	intake.Complaint
	DeskName  string
	OwnerName string
	Narrative intake.Narrative
	// Withheld is true when another part of the same message is about the
	// officer's own office or one above it, or one the officer stepped back
	// from: the message's words, files and conversation are then not shown,
	// only what was written about this part.
	Withheld  bool
	Late      int  // working days overdue; 0 when not, or closed
	HasName   bool // an identity is sealed with it
	Demands   []Demand
	Subjects  []Subject
	People    []Named // whom it is about, by name
	Files     []evidence.File
	Locked    map[uuid.UUID]bool // files, of messages too, that the session does not open
	Messages  []intake.Message
	Checks    []Verification
	Proposals []Proposal
	Siblings  []intake.Complaint // other parts of the same message
	Linked    []intake.Complaint // reports merged into this one
	Similar   []Similar
	Deadlines []clock.Deadline
	Events    []ledger.Event
	Actions   []Action // what state and role allow now
	Barred    []Action // what they would allow, but it needs words that are locked to the officer

	Letters     []Letter           // what was decided, newest first
	Deliveries  []Delivered        // how they reached whom
	Undelivered []intake.Complaint // whose reporters do not have the newest one
	PresumedOn  clock.Deadline     // from its last day on the newest may be taken for delivered; zero when all have it
	Unfinished  []string           // what keeps an answered case from being closed: catalog key unfinished.<code>
	Alike       []AlikeAnswer      // answers to other cases that say nearly the same as the one proposed; for who may rule
	Withdrawal  *Withdrawal        // the reporter's wish to withdraw it, not taken back
	Earlier     []Row              // of the report that the reporter handed in before, as far as visible
	Audit       bool               // an audit of who looked at that one began
	Repeats     []Row              // the case in which it was decided finally, if visible
	Finals      []Final            // cases that were decided finally and that it may repeat, while it can be found to
	AgainOf     []Row              // the case that was closed not long before it, if visible
	Lately      []Row              // cases of the same village and kind that were: for an officer to say whether it is the same

	cover func(text string) string // of what offices wrote; nil leaves it as it is
}

// Letter is what was decided about a complaint, as its reporters read it.
type Letter = intake.DecisionLetter

// Delivered is how a letter reached one of its reporters.
type Delivered struct {
	intake.Delivery
	N      int    // of the letter
	Of     string // number of the reporter's own complaint
	Words  string // of the officer
	Kept   intake.Kept
	ByName string // "" the reporter read it
}

// Withdrawal is a reporter's wish to withdraw, as the office sees it.
type Withdrawal struct {
	intake.Withdrawal
	Words  string // of the officer who looked at it
	Kept   intake.Kept
	ByName string
}

// Demand is one numbered thing that the reporter asks for.
type Demand struct {
	N    int
	Body string
	Kept intake.Kept // why there is no Body
}

// Subject is an office named as what the complaint is about.
type Subject struct {
	UnitID uuid.UUID
	Name   string
}

// Named is somebody whom a case is about.
type Named struct {
	Name       string
	UnitName   string // where they work; "" it was not said
	ByReporter bool   // found in the reporter's own words
}

// Similar is an earlier case that looks like this one.
type Similar struct {
	Row
	Reasons []string // catalog key similar.<reason>: same_village, same_kind, same_programme, near_time, words, earlier
}

// Verification is one check of the facts.
type Verification struct {
	ID        uuid.UUID
	VisitedOn workday.Date
	Place     string
	Method    string // DOMAIN §8.1 method
	Verifiers []string
	Found     string
	Kept      intake.Kept // why there is neither Place nor Found
	ByName    string
	At        time.Time
	Files     []evidence.File
}

// Answer is a proposed or approved decision: one finding per numbered demand.
type Answer struct {
	Outcome  intake.Outcome
	Findings []AnswerPart
}

// AnswerPart addresses the n-th demand.
type AnswerPart struct {
	N      int
	Result intake.Outcome
	Facts  string
	Basis  string
	Done   string
}

// Proposal is a step waiting for, or ruled on by, a second person.
type Proposal struct {
	ID        uuid.UUID
	Step      string      // decline, transfer, refer, extend, decide
	Reason    string      // all but decide; "" when About says it
	WhereTo   string      // decline, transfer: who to turn to, with phone
	About     []Subject   // refer: the offices that it would name
	Days      int         // extend
	Final     string      // repeat: number of the case in which it was decided
	Answer    Answer      // decide
	Kept      intake.Kept // why nothing of all this is said
	AskedBy   string
	AskedByID uuid.UUID
	AskedAt   time.Time
	State     string
	RuledBy   string
	RuledAt   *time.Time
	Note      string
	NoteKept  intake.Kept
}

// Filter narrows the queue. Zero fields do not filter.
type Filter struct {
	Place      string // division code of a county, town or village
	Kind       intake.Kind
	Mode       intake.Mode
	State      intake.State
	Channel    intake.Channel
	Severity   int
	Mine       bool
	Unassigned bool
	Late       bool // the last day has passed
	DueToday   bool
	DueWeek    bool   // in the seven days after today
	Waiting    bool   // with a proposal on which the officer may rule
	Finished   bool   // closed ones instead of open ones
	Wants      string // one of Wants: what it waits for, beside its last day
	Text       string // words of the summary or place, or a case number; looks through closed ones too

	// What figures are counted of: a number and the list behind it are asked for
	// in the same way.
	Period   Period    // looks through open and closed ones; newest in it first
	Office   uuid.UUID // on the desk of this office or one below it
	Desk     uuid.UUID // on this desk
	Outcomes []intake.Outcome
	Open     bool // not closed
	Taken    bool // taken up by now
	First    bool // stands for a message: its first part, and not what the office found by itself
	Again    bool // came within 90 days after one about the same village and kind was closed on the same desk
	Red      bool // overdue by as many working days as the rule of red says
}

// Period narrows to cases to which something happened within a stretch of days.
// The zero Period does not filter.
type Period struct {
	By   string // Received, Ended, Answered, Rated, Dated
	Span workday.Span
	// Of Dated: a last day of one of these time rules lies in the span and came
	// to this result.
	Rules  []string
	Result clock.Result
	Rating intake.Rating // of Rated: what the reporter said of the newest answer rated
}

// What a period is about.
const (
	Received = "received"
	Ended    = "ended"
	Answered = "answered" // for the first time
	Rated    = "rated"    // by the reporter
	Dated    = "dated"
)

// Counts of open cases within the officer's scope, exact.
type Counts struct {
	Open, Overdue, DueToday, DueWeek, Mine, MineLate, Unassigned, WaitingForMe int
}

// Page is a stretch of the queue.
type Page struct {
	Rows []Row
	Next string // cursor of the following page, "" at the end
}

// View is a filter that an officer keeps.
type View struct {
	ID    uuid.UUID
	Name  string
	Query string // the address's query
}

// SavedReply is a text that an office uses often.
type SavedReply struct {
	ID    uuid.UUID
	Title string
	Body  string
}

var _ = staff.ReadCases
