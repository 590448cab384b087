package triage

import (
	"context"

	"github.com/google/uuid"

	"minsheng/intake"
	"minsheng/internal/workday"
	"minsheng/staff"
)

// The steps. version is the Version the page showed; ErrStale when it moved on.

func (q *Queue) Claim(ctx context.Context, by staff.Officer, id uuid.UUID) error {
	panic("contract: not built")
}

// Assign gives cases to a colleague, all or none; it also hands over.
func (q *Queue) Assign(ctx context.Context, by staff.Officer, to uuid.UUID, ids ...uuid.UUID) error {
	panic("contract: not built")
}

func (q *Queue) Release(ctx context.Context, by staff.Officer, id uuid.UUID) error {
	panic("contract: not built")
}

// Recuse takes the officer off a case for good and hides it from them.
func (q *Queue) Recuse(ctx context.Context, by staff.Officer, id uuid.UUID, reason string) error {
	panic("contract: not built")
}

// Description is what the officer writes about a case.
type Description struct {
	Summary   string // 10 to 500 characters; checked for phones and ID numbers
	Kind      intake.Kind
	Programme string
	Severity  int
	Demands   []string
}

func (q *Queue) Describe(ctx context.Context, by staff.Officer, id uuid.UUID, version int, d Description) error {
	panic("contract: not built")
}

// NameSubject records which offices the complaint is about and moves it to a
// desk above them; the officer may lose sight of it, which is not an error.
func (q *Queue) NameSubject(ctx context.Context, by staff.Officer, id uuid.UUID, version int, units []uuid.UUID) error {
	panic("contract: not built")
}

// Split makes further complaints out of one message, one per summary.
func (q *Queue) Split(ctx context.Context, by staff.Officer, id uuid.UUID, version int, summaries []string) ([]uuid.UUID, error) {
	panic("contract: not built")
}

// Link merges a complaint into another visible one; both reporters keep their
// own receipt and learn nothing of each other.
func (q *Queue) Link(ctx context.Context, by staff.Officer, id uuid.UUID, version int, into uuid.UUID) error {
	panic("contract: not built")
}

func (q *Queue) Message(ctx context.Context, by staff.Officer, id uuid.UUID, text string) error {
	panic("contract: not built")
}

func (q *Queue) AskMore(ctx context.Context, by staff.Officer, id uuid.UUID, version int, text string) error {
	panic("contract: not built")
}

func (q *Queue) Accept(ctx context.Context, by staff.Officer, id uuid.UUID, version int) error {
	panic("contract: not built")
}

func (q *Queue) Transfer(ctx context.Context, by staff.Officer, id uuid.UUID, version int, toUnit uuid.UUID, reason string) error {
	panic("contract: not built")
}

// Refer passes the accusation to the discipline organ and tells the reporter.
func (q *Queue) Refer(ctx context.Context, by staff.Officer, id uuid.UUID, version int, reason string) error {
	panic("contract: not built")
}

// ProposeDecline, ProposeExtension and ProposeAnswer ask a second person.
func (q *Queue) ProposeDecline(ctx context.Context, by staff.Officer, id uuid.UUID, version int, reason, whereTo string) error {
	panic("contract: not built")
}

// ProposeExtension asks for 1 to 30 more days, before expiry, once.
func (q *Queue) ProposeExtension(ctx context.Context, by staff.Officer, id uuid.UUID, version int, days int, reason string) error {
	panic("contract: not built")
}

// ProposeAnswer needs at least one verification (two verifiers for list
// matters) and one part for each numbered demand.
func (q *Queue) ProposeAnswer(ctx context.Context, by staff.Officer, id uuid.UUID, version int, a Answer) error {
	panic("contract: not built")
}

// Rule approves or returns the open proposal; ErrSamePerson for who asked.
func (q *Queue) Rule(ctx context.Context, by staff.Officer, id uuid.UUID, proposal uuid.UUID, approve bool, note string) error {
	panic("contract: not built")
}

// NewVerification is what Verify needs; files staged under FormKey are bound.
type NewVerification struct {
	VisitedOn workday.Date
	Place     string
	Method    string
	Verifiers []string
	Found     string
	FormKey   []byte
}

func (q *Queue) Verify(ctx context.Context, by staff.Officer, id uuid.UUID, version int, v NewVerification) error {
	panic("contract: not built")
}

func (q *Queue) Close(ctx context.Context, by staff.Officer, id uuid.UUID, version int) error {
	panic("contract: not built")
}

// RevealIdentity opens the reporter's name for a custodian, with a reason that
// the reporter sees on the tracking page.
func (q *Queue) RevealIdentity(ctx context.Context, by staff.Officer, id uuid.UUID, reason string) (intake.Identity, error) {
	panic("contract: not built")
}
