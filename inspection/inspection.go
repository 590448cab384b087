package inspection

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"minsheng/internal/step"
	"minsheng/internal/workday"
)

// State of an inspection; catalog key inspection.state.<code>.
type State string

// States, in the order of an inspection's life.
const (
	Planned        State = "planned"
	UnderWay       State = "under_way"
	ViewsExchanged State = "views_exchanged"
	FindingsIssued State = "findings_issued"
	Closed         State = "closed"
	Cancelled      State = "cancelled"
)

// States lists all states in order.
func States() []State {
	return []State{Planned, UnderWay, ViewsExchanged, FindingsIssued, Closed, Cancelled}
}

// Inspection is an inspection as stored.
type Inspection struct {
	ID          uuid.UUID `gorm:"primaryKey"`
	UnitID      uuid.UUID // office that inspects
	Year        int
	N           int
	Number      string    // 盘督查〔2026〕12号
	TargetID    uuid.UUID // inspected office
	Kind        Kind
	Form        Form
	Basis       string
	Focus       string
	Contact     string // whom the inspected office asks
	StartsOn    workday.Date
	EndsOn      workday.Date
	LeaderID    uuid.UUID
	State       State
	PlanKey     *uuid.UUID // entry of the plan that it came of
	FollowsID   *uuid.UUID // the inspection whose findings are looked at again
	AnnouncedAt *time.Time // from here on the inspected office knows of it
	ExchangeID  *uuid.UUID // the last exchange of views
	SubmittedBy *uuid.UUID
	SubmittedAt *time.Time // its findings wait for somebody else to issue them
	ReturnedWhy string
	IssuedBy    *uuid.UUID
	IssuedAt    *time.Time
	ClosedAt    *time.Time
	EndedWhy    string
	DueOn       *workday.Date // earliest open deadline of its own
	DueRule     string
	CreatedBy   uuid.UUID
	CreatedAt   time.Time
	Version     int
}

// TableName is inspection.
func (Inspection) TableName() string { return "inspection" }

// Act is something that may be done with an inspection; catalog keys
// inspection.act.<code> and so on.
type Act string

// What may be done.
const (
	ToChange   Act = "change"   // team, days, focus
	ToAnnounce Act = "announce" // tell the inspected office
	ToAsk      Act = "ask"      // for materials
	ToReturn   Act = "return"   // materials that are not what was asked for
	ToSilence  Act = "silence"  // record that none came
	ToQuestion Act = "question" // add to the checklist
	ToAnswer   Act = "answer"   // the checklist
	ToRecord   Act = "record"   // an activity
	ToMatter   Act = "matter"   // tie a case or item to it
	ToWrite    Act = "write"    // a finding
	ToPrepare  Act = "prepare"  // the exchange of views
	ToExchange Act = "exchange"
	ToSubmit   Act = "submit" // findings, to be issued by somebody else
	ToIssue    Act = "issue"
	ToCorrect  Act = "correct"
	ToClose    Act = "close"
	ToCancel   Act = "cancel"
	ToFollow   Act = "follow" // plan a look at what became of the findings
	ToRevoke   Act = "revoke" // a copy on a phone that was lost

	ToHandIn  Act = "hand_in" // materials, by the inspected office
	ToRefuse  Act = "refuse"
	ToComment Act = "comment" // its view, after the exchange
)

// turn is when an act is possible, and where it leads.
type turn struct {
	act  Act
	from []State
	to   State // "" where the state stays
}

// turns is the life of an inspection. What was written down on a visit comes in
// late when there was no signal, so that records are taken until it is closed;
// nothing but an exchange of views leads past it (Art. 16).
var turns = []turn{
	{ToChange, []State{Planned, UnderWay}, ""},
	{ToAnnounce, []State{Planned, UnderWay}, ""},
	{ToAsk, []State{Planned, UnderWay}, ""},
	{ToReturn, []State{Planned, UnderWay}, ""},
	{ToSilence, []State{Planned, UnderWay}, ""},
	{ToHandIn, []State{Planned, UnderWay}, ""},
	{ToRefuse, []State{Planned, UnderWay}, ""},
	{ToMatter, []State{Planned, UnderWay, ViewsExchanged}, ""},
	{ToQuestion, []State{Planned, UnderWay}, ""},
	{ToAnswer, []State{Planned}, UnderWay},
	{ToAnswer, []State{UnderWay, ViewsExchanged}, ""},
	{ToRecord, []State{Planned}, UnderWay},
	{ToRecord, []State{UnderWay, ViewsExchanged, FindingsIssued}, ""},
	{ToWrite, []State{UnderWay, ViewsExchanged}, ""},
	{ToPrepare, []State{Planned, UnderWay, ViewsExchanged}, ""},
	{ToExchange, []State{UnderWay, ViewsExchanged}, ViewsExchanged},
	{ToSubmit, []State{ViewsExchanged}, ""},
	{ToIssue, []State{ViewsExchanged}, FindingsIssued},
	{ToCorrect, []State{ViewsExchanged, FindingsIssued}, ""},
	{ToComment, []State{ViewsExchanged, FindingsIssued}, ""},
	{ToClose, []State{ViewsExchanged, FindingsIssued}, Closed},
	{ToCancel, []State{Planned, UnderWay, ViewsExchanged}, Cancelled},
	{ToFollow, []State{FindingsIssued, Closed}, ""},
	{ToRevoke, States(), ""},
}

// after is the state in which an act leaves an inspection: step.ErrState where
// it is not possible.
func after(s State, a Act) (State, error) {
	for _, t := range turns {
		if t.act != a || !slices.Contains(t.from, s) {
			continue
		}
		if t.to == "" {
			return s, nil
		}
		return t.to, nil
	}
	return s, step.ErrState
}

// waiting reports whether the findings lie with somebody who may issue them.
func (i Inspection) waiting() bool { return i.State == ViewsExchanged && i.SubmittedAt != nil }
