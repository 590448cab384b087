package rectification

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"minsheng/internal/step"
	"minsheng/internal/workday"
)

// State of an order; catalog key order.state.<code>.
type State string

// States, in the order of an order's life. One that did not pass,
// or was opened again, goes on as another order of a further round.
const (
	Proposed        State = "proposed"
	Ordered         State = "ordered"
	PlanSubmitted   State = "plan_submitted"
	PlanApproved    State = "plan_approved"
	InProgress      State = "in_progress"
	ReportSubmitted State = "report_submitted"
	Verified        State = "verified"
	NotPassed       State = "not_passed"
	StruckOff       State = "struck_off"
	Reopened        State = "reopened"
	Withdrawn       State = "withdrawn"
)

// States lists all states in order.
func States() []State {
	return []State{Proposed, Ordered, PlanSubmitted, PlanApproved, InProgress, ReportSubmitted, Verified, NotPassed, StruckOff, Reopened, Withdrawn}
}

// Order is an order to one office as stored.
type Order struct {
	ID             uuid.UUID `gorm:"primaryKey"`
	UnitID         uuid.UUID // office that orders
	TargetID       uuid.UUID // office that has to put it right
	InspectionID   *uuid.UUID
	ItemID         *uuid.UUID // one of both: what it comes of
	RootID         uuid.UUID  // the first round
	PreviousID     *uuid.UUID // the round before
	Round          int
	Number         string // 盘督整〔2026〕3号; "" before it is issued
	Exchange       string
	Requirement    string
	Contact        string
	State          State
	ProposedBy     uuid.UUID // who worded it last
	ProposedAt     time.Time
	IssuedBy       *uuid.UUID
	IssuedAt       *time.Time // from here on the ordered office knows of it
	ReceivedAt     *time.Time
	ApprovedBy     *uuid.UUID // of the plan
	CheckedBy      *uuid.UUID
	StruckBy       *uuid.UUID
	ClosedAt       *time.Time
	SuspendedUntil *workday.Date // last day; the order goes on by itself the day after
	DueOn          *workday.Date // earliest open deadline
	DueRule        string
	Version        int
}

// TableName is rectification_order.
func (Order) TableName() string { return "rectification_order" }

// Suspended reports whether a court or the discipline organ has the matter on
// that day.
func (o Order) Suspended(today workday.Date) bool {
	return o.ClosedAt == nil && o.SuspendedUntil != nil && today <= *o.SuspendedUntil
}

// Act is something that may be done with an order; catalog keys order.act.<code>
// and so on.
type Act string

// What may be done.
const (
	ToChange   Act = "change" // what a proposal says
	ToIssue    Act = "issue"
	ToWithdraw Act = "withdraw" // a proposal
	ToRulePlan Act = "rule_plan"
	ToReturn   Act = "return"     // a report that is no basis for a look on site
	ToCheck    Act = "check"      // on site
	ToConfirm  Act = "confirm"    // money
	ToStrike   Act = "strike_off" //
	ToFollow   Act = "follow_up"  // look again whether it holds
	ToSuspend  Act = "suspend"
	ToRuleHalt Act = "rule_suspension"
	ToResume   Act = "resume"

	ToAcknowledge Act = "acknowledge" // by the ordered office
	ToPlan        Act = "plan"
	ToNote        Act = "note"
	ToReport      Act = "report"
	ToEnter       Act = "enter" // money
	ToCorrect     Act = "correct"
)

// turn is when an act is possible, and where it leads.
type turn struct {
	act    Act
	from   []State
	to     State // "" where the state stays, or where what was found decides
	halted bool  // also while the order is suspended
}

var (
	withTarget = []State{Ordered, PlanApproved, InProgress} // the clock runs against the ordered office
	counted    = []State{Ordered, PlanSubmitted, PlanApproved, InProgress, ReportSubmitted, Verified, StruckOff}
)

// turns is the life of an order, in the order in which a page offers
// it.
var turns = []turn{
	{ToIssue, []State{Proposed}, Ordered, false},
	{ToAcknowledge, []State{Ordered}, "", true},
	{ToPlan, []State{Ordered}, PlanSubmitted, false},
	{ToRulePlan, []State{PlanSubmitted}, "", false},
	{ToReport, []State{PlanApproved, InProgress}, ReportSubmitted, false},
	{ToCheck, []State{ReportSubmitted}, "", false},
	{ToStrike, []State{Verified}, StruckOff, false},
	{ToRuleHalt, withTarget, "", false},
	{ToEnter, counted, "", true},
	{ToConfirm, counted, "", true},
	{ToNote, []State{PlanApproved, InProgress}, InProgress, true},
	{ToResume, withTarget, "", true},
	{ToFollow, []State{StruckOff}, "", false},
	{ToReturn, []State{ReportSubmitted}, InProgress, false},
	{ToChange, []State{Proposed}, "", false},
	{ToCorrect, counted, "", true},
	{ToSuspend, withTarget, "", false},
	{ToWithdraw, []State{Proposed}, Withdrawn, false},
}

// after is the state in which an act leaves an order: step.ErrState where it is
// not possible on that day.
func after(o Order, a Act, today workday.Date) (State, error) {
	for _, t := range turns {
		if t.act != a || !slices.Contains(t.from, o.State) || o.Suspended(today) && !t.halted {
			continue
		}
		if t.to == "" {
			return o.State, nil
		}
		return t.to, nil
	}
	return o.State, step.ErrState
}
