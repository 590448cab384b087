package triage

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"minsheng/clock"
	"minsheng/intake"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/staff"
)

// problem is the key beside a field, "" when the error says nothing of it.
func problem(err error, field string) string {
	var bad *intake.Invalid
	if errors.As(err, &bad) {
		return bad.Problems[field]
	}
	return ""
}

func (w *crew) lastTold(c intake.Complaint) intake.Message {
	w.t.Helper()
	talk, err := w.intake.Conversation(bg, staff.Officer{}, c.ReportID)
	w.must(err)
	return talk[len(talk)-1]
}

func (w *crew) deadline(c intake.Complaint, rule string) *clock.Deadline {
	w.t.Helper()
	open, err := w.clocks.Running(w.store.Read(bg), c.ID)
	w.must(err)
	return clockOf(open, rule)
}

func TestAProposalNeedsAnotherPerson(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newCrew(t, s)
		c := w.described()
		w.must(w.ProposeDecline(bg, w.boss, c.ID, c.Version, "属于法院管的事", "县法院 12368"))
		p := w.openProposal(c)
		if err := w.Rule(bg, w.boss, c.ID, p, true, ""); !errors.Is(err, step.ErrSamePerson) {
			t.Errorf("who asked: %v, want step.ErrSamePerson", err)
		}
		if err := w.Rule(bg, w.officer, c.ID, p, true, ""); !errors.Is(err, staff.ErrForbidden) {
			t.Errorf("who may not approve: %v, want ErrForbidden", err)
		}
		if err := w.Rule(bg, w.foreign, c.ID, p, true, ""); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("another county: %v, want ErrNotFound", err)
		}
		if err := w.Rule(bg, w.above, w.described().ID, p, true, ""); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("of another case: %v, want ErrNotFound", err)
		}
		if err := w.Rule(bg, w.above, c.ID, p, false, ""); problem(err, "note") == "" {
			t.Errorf("returned without a word: %v", err)
		}
		w.must(w.Rule(bg, w.above, c.ID, p, true, ""))
		if now := w.again(c); now.State != intake.NotAccepted || now.ClosedAt == nil || now.DueOn != nil {
			t.Errorf("after approval: %s, closed %v, due %v", now.State, now.ClosedAt, now.DueOn)
		}
		told := w.lastTold(c).Text
		if !strings.Contains(told, "told.not_accepted") || !strings.Contains(told, "属于法院管的事") || !strings.Contains(told, "县法院 12368") {
			t.Errorf("told %q", told)
		}
	})
}

func TestNobodyEndsACaseAlone(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newCrew(t, s)
		for name, end := range map[string]struct {
			propose func(c intake.Complaint) error
			state   intake.State
			told    string
		}{
			"refer": {func(c intake.Complaint) error {
				return w.ProposeReferral(bg, w.boss, c.ID, c.Version, "反映村会计侵占")
			}, intake.Referred, "told.referred"},
			"transfer": {func(c intake.Complaint) error {
				return w.Transfer(bg, w.boss, c.ID, c.Version, w.units[panshanPoor].ID, "属于扶贫办")
			}, intake.Transferred, "told.transferred_away"},
		} {
			c := w.described()
			w.must(end.propose(c))
			if now := w.again(c); now.ClosedAt != nil || now.DueOn == nil || w.toldTo(c) != 0 {
				t.Errorf("%s: one person alone ended it: %+v", name, now)
			}
			if err := w.Rule(bg, w.boss, c.ID, w.openProposal(c), true, ""); !errors.Is(err, step.ErrSamePerson) {
				t.Errorf("%s: the one who proposed agreed: %v", name, err)
			}
			w.must(w.Rule(bg, w.above, c.ID, w.openProposal(c), true, ""))
			if now := w.again(c); now.State != end.state || now.ClosedAt == nil || !strings.Contains(w.lastTold(c).Text, end.told) {
				t.Errorf("%s: agreed, and it is %s", name, now.State)
			}
		}
		c := w.accepted()
		w.must(w.ProposeExtension(bg, w.officer, c.ID, c.Version, 30, "要查五年的账"))
		w.must(w.ProposeReferral(bg, w.officer, c.ID, w.again(c).Version, "反映村会计侵占"))
		w.must(w.Rule(bg, w.boss, c.ID, w.openProposal(c), false, "先核实"))
		if now := w.again(c); now.State != intake.Accepted || now.Extended {
			t.Errorf("returned, and it is %s", now.State)
		}
	})
}

func TestAReturnedProposalLetsTheCaseGoOn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newCrew(t, s)
		c := w.described()
		w.must(w.ProposeDecline(bg, w.officer, c.ID, c.Version, "属于法院管的事", "县法院 12368"))
		c = w.again(c)
		for name, err := range map[string]error{
			"accept":   w.Accept(bg, w.officer, c.ID, c.Version),
			"describe": w.Describe(bg, w.officer, c.ID, c.Version, goodDescription),
			"another":  w.ProposeDecline(bg, w.second, c.ID, c.Version, "再提一次", "县法院 12368"),
		} {
			if !errors.Is(err, step.ErrState) {
				t.Errorf("%s while a proposal is open: %v, want step.ErrState", name, err)
			}
		}
		before := w.toldTo(c)
		w.must(w.Rule(bg, w.boss, c.ID, w.openProposal(c), false, "应当受理"))
		if w.toldTo(c) != before {
			t.Error("the reporter was told of a returned proposal")
		}
		c = w.again(c)
		w.must(w.Accept(bg, w.officer, c.ID, c.Version))
		if got := w.kinds(ledger.OfComplaint, c.ID); !slices.Contains(got, "decline_returned") {
			t.Errorf("events %v", got)
		}
	})
}

func TestAcceptingStartsTheTimeToAnswer(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newCrew(t, s)
		c := w.accepted()
		want := w.clocks.Calendar().Limit(w.today(), 60, workday.CalendarDays).On
		if c.DueOn == nil || *c.DueOn != want || c.DueRule != replyDue {
			t.Errorf("due %v by %s, want %s by %s", c.DueOn, c.DueRule, want, replyDue)
		}
		for _, rule := range []string{triageTarget, acceptNotice} {
			if w.deadline(c, rule) != nil {
				t.Errorf("%s still runs", rule)
			}
		}
		if told := w.lastTold(c); !strings.Contains(told.Text, sayDay("zh-CN", want)) || told.Kind != intake.NoticeOfStep {
			t.Errorf("told %+v", told)
		}
	})
}

func TestTimeIsExtendedOnceAndBeforeItIsOver(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newCrew(t, s)
		c := w.accepted()
		for _, days := range []int{0, -1, 31} {
			if err := w.ProposeExtension(bg, w.officer, c.ID, c.Version, days, "要查五年的账"); problem(err, "days") == "" {
				t.Errorf("%d days: %v", days, err)
			}
		}
		first := w.deadline(c, replyDue).DueOn
		w.must(w.ProposeExtension(bg, w.officer, c.ID, c.Version, 20, "要查五年的账"))
		w.must(w.Rule(bg, w.boss, c.ID, w.openProposal(c), true, ""))
		c = w.again(c)
		want := w.clocks.Calendar().Limit(first, 20, workday.CalendarDays).On
		if !c.Extended || c.DueOn == nil || *c.DueOn != want {
			t.Errorf("extended %v to %v, want %s", c.Extended, c.DueOn, want)
		}
		if told := w.lastTold(c).Text; !strings.Contains(told, sayDay("zh-CN", want)) || !strings.Contains(told, "要查五年的账") {
			t.Errorf("told %q", told)
		}
		if err := w.ProposeExtension(bg, w.officer, c.ID, c.Version, 5, "还要几天"); !errors.Is(err, step.ErrState) {
			t.Errorf("a second time: %v, want step.ErrState", err)
		}
	})
}

func TestAnApprovalAfterTheEndComesTooLate(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newCrew(t, s)
		c := w.accepted()
		w.must(w.ProposeExtension(bg, w.officer, c.ID, c.Version, 20, "要查五年的账"))
		p := w.openProposal(c)
		expire := func(c intake.Complaint) {
			w.must(s.Read(bg).Table("deadline").Where("subject_id = ? AND rule = ?", c.ID, replyDue).
				Update("due_on", w.today().Add(-1)).Error)
		}
		expire(c)
		if err := w.Rule(bg, w.boss, c.ID, p, true, ""); !errors.Is(err, step.ErrState) {
			t.Errorf("approving: %v, want step.ErrState", err)
		}
		if w.again(c).Extended || w.openProposal(c) != p {
			t.Error("the late approval left something")
		}
		other := w.accepted()
		expire(other)
		if err := w.ProposeExtension(bg, w.officer, other.ID, other.Version, 20, "要查五年的账"); !errors.Is(err, step.ErrState) {
			t.Errorf("proposing: %v, want step.ErrState", err)
		}
	})
}

func TestAnAnswerAddressesEveryDemand(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newCrew(t, s)
		unchecked := w.accepted()
		if err := w.ProposeAnswer(bg, w.officer, unchecked.ID, unchecked.Version, goodAnswer); problem(err, "checks") != "case_unchecked" {
			t.Errorf("unchecked: %v", err)
		}
		c := w.verified()
		part := func(change func(*AnswerPart)) Answer {
			a := Answer{goodAnswer.Outcome, slices.Clone(goodAnswer.Findings)}
			change(&a.Findings[1])
			return a
		}
		for field, a := range map[string]Answer{
			"outcome":  {"", goodAnswer.Findings},
			"demands":  {goodAnswer.Outcome, goodAnswer.Findings[:1]},
			"result.2": part(func(p *AnswerPart) { p.Result = "maybe" }),
			"facts.2":  part(func(p *AnswerPart) { p.Facts = " " }),
			"basis.2":  part(func(p *AnswerPart) { p.Basis = "" }),
		} {
			if err := w.ProposeAnswer(bg, w.officer, c.ID, c.Version, a); problem(err, field) == "" {
				t.Errorf("%s: %v", field, err)
			}
		}
		bare := w.submitted()
		w.must(w.Accept(bg, w.officer, bare.ID, bare.Version))
		bare = w.again(bare)
		w.must(w.Verify(bg, w.officer, bare.ID, bare.Version, w.check("李核")))
		bare = w.again(bare)
		if err := w.ProposeAnswer(bg, w.officer, bare.ID, bare.Version, goodAnswer); problem(err, "demands") != "case_no_demands" {
			t.Errorf("no demands: %v", err)
		}
	})
}

func TestListMattersNeedTwoVerifiers(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newCrew(t, s)
		c := w.submitted()
		d := goodDescription
		d.Kind = "HH_INELIGIBLE"
		w.must(w.Describe(bg, w.officer, c.ID, c.Version, d))
		w.must(w.Accept(bg, w.officer, c.ID, w.again(c).Version))
		for range 2 { // the same person twice is one person
			w.must(w.Verify(bg, w.officer, c.ID, w.again(c).Version, w.check("李核")))
		}
		if err := w.ProposeAnswer(bg, w.officer, c.ID, w.again(c).Version, goodAnswer); problem(err, "checks") != "case_two_verifiers" {
			t.Errorf("one verifier: %v", err)
		}
		w.must(w.Verify(bg, w.officer, c.ID, w.again(c).Version, w.check("王查")))
		w.must(w.ProposeAnswer(bg, w.officer, c.ID, w.again(c).Version, goodAnswer))
	})
}

func TestAnApprovedAnswerLiesUnderTheReceipt(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newCrew(t, s)
		c := w.decided()
		if c.State != intake.Decided || c.Outcome != intake.Substantiated {
			t.Errorf("%s %s", c.State, c.Outcome)
		}
		if w.deadline(c, replyDue) != nil || w.deadline(c, callback) == nil || c.DueRule != callback {
			t.Errorf("clocks: reply %v, callback %v, due rule %s", w.deadline(c, replyDue), w.deadline(c, callback), c.DueRule)
		}
		answer := w.lastTold(c)
		for _, want := range []string{"told.outcome.substantiated", "told.outcome.partly", "村会计扣下三千元", "资金管理办法第五条",
			"已责令退还", "补发正在办理", "told.may_review", cityDesk, "n 30"} {
			if !strings.Contains(answer.Text, want) {
				t.Errorf("the answer lacks %q:\n%s", want, answer.Text)
			}
		}
		if answer.Kind != intake.AnswerText {
			t.Errorf("kind %s", answer.Kind)
		}
		if got := w.kinds(ledger.OfComplaint, c.ID); !slices.Equal(got[len(got)-2:], []string{"decide_proposed", "decided"}) {
			t.Errorf("events %v", got)
		}
		letters, err := w.intake.Letters(s.Read(bg), staff.Officer{}, c.ID)
		w.must(err)
		want := Letter{Kind: intake.OfDecision, On: w.today(), Office: panshan, Matter: goodDescription.Summary, Accepted: w.today(), Outcome: intake.Substantiated,
			Next: intake.OfReview, NextBy: cityDesk, NextDays: 30, Parts: []intake.LetterPart{
				{N: 1, Demand: "查清补助去向", Result: intake.Substantiated, Facts: "村会计扣下三千元", Basis: "资金管理办法第五条", Done: "已责令退还"},
				{N: 2, Demand: "把少发的补上", Result: intake.Partly, Facts: "补发正在办理", Basis: "资金管理办法第六条"},
			}}
		if len(letters) != 1 {
			t.Fatalf("%d letters", len(letters))
		}
		got := letters[0]
		want.ID, want.ComplaintID, want.N, want.UnitID, want.At = got.ID, c.ID, 1, c.DeskUnitID, got.At
		if !reflect.DeepEqual(got, want) {
			t.Errorf("the letter is\n%+v, want\n%+v", got, want)
		}
	})
}

func TestDaysAreWrittenAsPeopleWriteThem(t *testing.T) {
	for lang, want := range map[string]string{"zh-CN": "2027年1月4日", "en": "4 January 2027"} {
		if got := sayDay(lang, "2027-01-04"); got != want {
			t.Errorf("%s: %s, want %s", lang, got, want)
		}
	}
}
