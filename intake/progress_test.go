package intake

import (
	"testing"
	"time"

	"minsheng/clock"
	"minsheng/internal/workday"
	"minsheng/ledger"
)

func day(text string) *time.Time {
	t := workday.Date(text).Time().Add(9 * time.Hour)
	return &t
}

func TestFiveWords(t *testing.T) {
	received := *day("2026-03-02")
	for name, c := range map[string]struct {
		lead     Complaint
		began    map[string]workday.Date
		answered workday.Date
		left     bool
		stage    Stage
		ending   State
		dates    [5]workday.Date
	}{
		"new":                  {lead: Complaint{State: Submitted}, stage: Received, dates: [5]workday.Date{"2026-03-02"}},
		"asked before":         {lead: Complaint{State: NeedInfo, ResumeState: Submitted}, stage: Received, dates: [5]workday.Date{"2026-03-02"}},
		"taken up":             {lead: Complaint{State: Accepted, AcceptedAt: day("2026-03-04")}, stage: TakenUp, dates: [5]workday.Date{"2026-03-02", "2026-03-04"}},
		"asked after":          {lead: Complaint{State: NeedInfo, ResumeState: Verifying, AcceptedAt: day("2026-03-04")}, stage: Checking, dates: [5]workday.Date{"2026-03-02", "2026-03-04", "2026-03-04"}},
		"checking":             {lead: Complaint{State: Verifying, AcceptedAt: day("2026-03-04")}, began: map[string]workday.Date{"verified": "2026-03-09"}, stage: Checking, dates: [5]workday.Date{"2026-03-02", "2026-03-04", "2026-03-09"}},
		"decided, not read":    {lead: Complaint{State: Decided, AcceptedAt: day("2026-03-04")}, began: map[string]workday.Date{"verified": "2026-03-09", "decided": "2026-03-10"}, answered: "2026-03-10", stage: Answered, dates: [5]workday.Date{"2026-03-02", "2026-03-04", "2026-03-09", "2026-03-10"}},
		"sent back":            {lead: Complaint{State: Verifying, AcceptedAt: day("2026-03-04"), Redone: true}, began: map[string]workday.Date{"verified": "2026-03-09", "delivered": "2026-03-11"}, answered: "2026-03-10", stage: Checking, dates: [5]workday.Date{"2026-03-02", "2026-03-04", "2026-03-09"}},
		"looked at again":      {lead: Complaint{State: Review, AcceptedAt: day("2026-03-04")}, began: map[string]workday.Date{"verified": "2026-03-09"}, answered: "2026-03-10", stage: Answered, dates: [5]workday.Date{"2026-03-02", "2026-03-04", "2026-03-09", "2026-03-10"}},
		"and once more":        {lead: Complaint{State: Reexam, AcceptedAt: day("2026-03-04")}, answered: "2026-03-10", stage: Answered, dates: [5]workday.Date{"2026-03-02", "2026-03-04", "2026-03-04", "2026-03-10"}},
		"final":                {lead: Complaint{State: Final, AcceptedAt: day("2026-03-04")}, answered: "2026-03-10", stage: Answered, dates: [5]workday.Date{"2026-03-02", "2026-03-04", "2026-03-04", "2026-03-10"}},
		"answered":             {lead: Complaint{State: Delivered, AcceptedAt: day("2026-03-04")}, began: map[string]workday.Date{"delivered": "2026-03-11"}, answered: "2026-03-12", stage: Answered, dates: [5]workday.Date{"2026-03-02", "2026-03-04", "2026-03-04", "2026-03-12"}},
		"done":                 {lead: Complaint{State: Closed, AcceptedAt: day("2026-03-04"), ClosedAt: day("2026-03-20")}, answered: "2026-03-12", stage: Finished, dates: [5]workday.Date{"2026-03-02", "2026-03-04", "2026-03-04", "2026-03-12", "2026-03-20"}},
		"declined":             {lead: Complaint{State: NotAccepted, ClosedAt: day("2026-03-05")}, stage: Received, ending: NotAccepted, dates: [5]workday.Date{"2026-03-02"}},
		"referred while at it": {lead: Complaint{State: Referred, AcceptedAt: day("2026-03-04")}, began: map[string]workday.Date{"verified": "2026-03-09"}, stage: Checking, ending: Referred, dates: [5]workday.Date{"2026-03-02", "2026-03-04", "2026-03-09"}},
		"withdrawn":            {lead: Complaint{State: Withdrawn, ClosedAt: day("2026-03-05")}, stage: Received, ending: Withdrawn, dates: [5]workday.Date{"2026-03-02"}},
		"left to others":       {lead: Complaint{State: Verifying, AcceptedAt: day("2026-03-04")}, left: true, stage: Checking, ending: Withdrawn, dates: [5]workday.Date{"2026-03-02", "2026-03-04", "2026-03-04"}},
		// Merged into a complaint that is older than the report: its dates
		// would tell that somebody else was first.
		"merged into an older one": {lead: Complaint{State: Verifying, AcceptedAt: day("2026-01-15")}, began: map[string]workday.Date{"verified": "2026-02-01"}, stage: Checking, dates: [5]workday.Date{"2026-03-02", "2026-03-02", "2026-03-02"}},
	} {
		p := progress{own: Complaint{ReceivedAt: received, State: Merged}, lead: c.lead, began: c.began, answered: c.answered, withdrawn: c.left}
		if got := p.stage(); got != c.stage {
			t.Errorf("%s: stage %d, want %d", name, got, c.stage)
		}
		if got := p.ending(); got != c.ending {
			t.Errorf("%s: ending %q, want %q", name, got, c.ending)
		}
		for i, step := range p.steps() {
			if step.Stage != Stage(i+1) || step.On != c.dates[i] {
				t.Errorf("%s: step %d on %q, want %q", name, step.Stage, step.On, c.dates[i])
			}
		}
	}
}

func TestNextDateIsTheLaws(t *testing.T) {
	statutory := func(rule string) bool { return rule != RuleTriage }
	clocks := []clock.Deadline{
		{Rule: RuleTriage, DueOn: "2026-03-04"},
		{Rule: RuleReply, DueOn: "2026-05-01"},
		{Rule: RuleAccept, DueOn: "2026-03-17", MetAt: day("2026-03-04")},
		{Rule: "complaint.transfer_dispute", DueOn: "2026-03-30"},
	}
	if on, rule := next(clocks, "2026-03-01", statutory); on != "2026-03-30" || rule != "complaint.transfer_dispute" {
		t.Errorf("next = %s, %s", on, rule)
	}
	if on, _ := next(clocks, "2026-04-01", statutory); on != "2026-05-01" {
		t.Errorf("a date of another report is told: %s", on)
	}
	if on, rule := next(clocks[:1], "2026-03-01", statutory); on != "" || rule != "" {
		t.Errorf("an internal target is told: %s, %s", on, rule)
	}
}

func TestFirstDays(t *testing.T) {
	got := firstDays([]ledger.Event{{Kind: "verified", At: *day("2026-03-09")}, {Kind: "verified", At: *day("2026-03-05")}, {Kind: "closed", At: time.Date(2026, 3, 9, 17, 0, 0, 0, time.UTC)}})
	if got["verified"] != "2026-03-05" || got["closed"] != "2026-03-10" {
		t.Errorf("firstDays = %v", got)
	}
}
