package appeal_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"minsheng/appeal"
	"minsheng/intake"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/staff"
)

// What is put under the receipt reaches nobody until somebody looks.
func TestReadingMakesItDelivered(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		m := o.decided()
		if m.State != intake.Decided || o.clock(m.ID, intake.RuleReviewAsk) != nil || o.clock(m.ID, intake.RuleReply) != nil {
			t.Fatalf("before anybody looks: %s, asks %v", m.State, o.clock(m.ID, intake.RuleReviewAsk))
		}
		o.pass(3)
		page := o.look(m)
		m = o.again(m)
		asks := o.clock(m.ID, intake.RuleReviewAsk)
		if m.State != intake.Delivered || asks == nil || asks.StartedOn != "2026-03-05" || asks.DueOn != "2026-04-07" || asks.ToldOn == nil {
			t.Fatalf("after: %s, asks %+v", m.State, asks)
		}
		// The page that delivers it shows what follows from it.
		v := page.Matters[0]
		if v.Right == nil || v.Right.DueOn != asks.DueOn || v.NextWhat != intake.RuleReviewAsk || v.Stage != intake.Answered || len(v.Letters) != 1 {
			t.Errorf("the page shows %+v", v)
		}
		if m.DueRule != "complaint.callback" {
			t.Errorf("the desk owes %q: what the reporter may do is nothing it owes", m.DueRule)
		}
		got := o.kinds(m)
		if got[len(got)-1] != "delivered" || o.count("event", "kind = 'delivered' AND actor_kind = 'reporter'") != 1 {
			t.Errorf("events %v", got)
		}
		o.look(m)
		if n := o.count("delivery", "complaint_id = ?", m.ID); n != 1 || len(o.kinds(m)) != len(got) {
			t.Errorf("looking twice leaves %d deliveries", n)
		}
	})
}

func TestWhoReadsAtOnceGetsItOnce(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		m := o.decided()
		errs := together(6, func(int) error { _, err := o.Intake.Track(bg, m.digits); return err })
		o.must(errors.Join(errs...))
		if n := o.count("event", "kind = 'delivered'"); n != 1 || o.count("delivery", "1 = 1") != 1 {
			t.Errorf("%d events", n)
		}
	})
}

func TestHandingOver(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		hand := func(how string, day workday.Date, words string) appeal.Handing {
			return appeal.Handing{How: how, OnDay: day, Words: words}
		}
		o.pass(0)
		m, nameless := o.decided(), o.decided(anonymous)
		today := o.today()
		for name, test := range map[string]struct {
			m     matter
			h     appeal.Handing
			field string
		}{
			"before it was decided":    {m, hand(intake.ByHand, today.Add(-1), "当面交给本人"), "on_day"},
			"tomorrow":                 {m, hand(intake.ByHand, today.Add(1), "当面交给本人"), "on_day"},
			"without words":            {m, hand(intake.ByHand, today, " "), "words"},
			"by no way there is":       {m, hand("read", today, "当面交给本人"), "how"},
			"by phone to the nameless": {nameless, hand(intake.ByPhone, today, "电话里念给他听"), "how"},
			"by post to the nameless":  {nameless, hand(intake.ByPost, today, "挂号信 123"), "how"},
			"presumed at once":         {m, hand(intake.Presumed, today, ""), "how"},
		} {
			test.h.To = test.m.ID
			if err := o.Deliver(bg, o.handler, test.m.ID, test.m.Version, test.h); problem(err, test.field) == "" {
				t.Errorf("%s: %v", name, err)
			}
		}
		h := hand(intake.ByHand, today, "当面交给本人,有签收")
		h.To = nameless.ID
		if err := o.Deliver(bg, o.handler, m.ID, m.Version, h); problem(err, "deliver_to") == "" {
			t.Errorf("to somebody of another case: %v", err)
		}
		h.To = m.ID
		if err := o.Deliver(bg, o.handler, m.ID, m.Version-1, h); !errors.Is(err, step.ErrStale) {
			t.Errorf("stale: %v", err)
		}
		if err := o.Deliver(bg, o.foreign, m.ID, m.Version, h); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("another county: %v", err)
		}
		o.must(o.Deliver(bg, o.handler, m.ID, m.Version, h))
		m = o.again(m)
		if m.State != intake.Delivered || o.clock(m.ID, intake.RuleReviewAsk) == nil {
			t.Errorf("handed over: %s", m.State)
		}
		if err := o.Deliver(bg, o.handler, m.ID, m.Version, h); !errors.Is(err, step.ErrState) {
			t.Errorf("twice: %v", err)
		}
		c, err := o.Triage.Case(bg, o.handler, m.ID)
		o.must(err)
		if len(c.Deliveries) != 1 || c.Deliveries[0].Words != "当面交给本人,有签收" || c.Deliveries[0].ByName != o.handler.Name || len(c.Undelivered) != 0 {
			t.Errorf("the case shows %+v", c.Deliveries)
		}
		o.presumes(nameless)
	})
}

// presumes: who left no name and never looks does not keep a case open for ever.
func (o *office) presumes(m matter) {
	o.t.Helper()
	c, err := o.Triage.Case(bg, o.handler, m.ID)
	o.must(err)
	if len(c.Undelivered) != 1 || c.PresumedOn.DueOn != "2026-04-01" || c.PresumedOn.N != 30 || !slices.Contains(c.Unfinished, "unread") {
		o.t.Errorf("undelivered %d, presumed after %s, %v", len(c.Undelivered), c.PresumedOn.DueOn, c.Unfinished)
	}
	left := appeal.Handing{To: m.ID, How: intake.Presumed}
	o.pass(30) // the last day
	if err := o.Deliver(bg, o.handler, m.ID, m.Version, left); problem(err, "how") == "" {
		o.t.Errorf("on the last day: %v", err)
	}
	o.pass(1)
	o.must(o.Deliver(bg, o.handler, m.ID, m.Version, left))
	if asks := o.clock(m.ID, intake.RuleReviewAsk); asks == nil || asks.StartedOn != o.today() {
		o.t.Errorf("asks %+v", asks)
	}
	o.look(m) // and then looks after all
	if n := o.count("delivery", "complaint_id = ?", m.ID); n != 1 {
		o.t.Errorf("%d deliveries", n)
	}
}

func TestACaseIsClosedWhenNothingCanBeSaidAnyMore(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		closes := func(m matter) error { return o.Triage.Close(bg, o.handler, m.ID, o.again(m).Version) }
		m := o.decided()
		if err := closes(m); !errors.Is(err, step.ErrState) {
			t.Errorf("unread: %v", err)
		}
		o.look(m)
		if err := closes(m); !errors.Is(err, step.ErrState) {
			t.Errorf("while a review can be asked for: %v", err)
		}
		o.must(o.rate(m, intake.Partway))
		if err := closes(m); !errors.Is(err, step.ErrState) {
			t.Errorf("half satisfied: %v", err)
		}
		o.must(o.rate(m, intake.Solved))
		o.must(closes(m))

		late := o.delivered()
		o.pass(32) // the thirtieth day was a Saturday
		o.must(o.rate(late, intake.Unsolved))
		if err := closes(late); !errors.Is(err, step.ErrState) {
			t.Errorf("while a second look is owed: %v", err)
		}
		o.must(o.SecondLook(bg, o.looker, late.ID, o.again(late).Version, false, "该退的都退了,有收条。"))
		o.must(closes(late))
		if err := o.rate(late, intake.Solved); !errors.Is(err, intake.ErrClosed) {
			t.Errorf("rated after the end: %v", err)
		}
	})
}

func TestOneRatingStands(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		unread := o.decided()
		if err := o.rate(unread, intake.Solved); !errors.Is(err, intake.ErrClosed) {
			t.Errorf("unread, yet rated: %v", err)
		}
		m := o.delivered()
		for field, err := range map[string]error{
			"rating":       o.Rate(bg, m.ReportID, 1, appeal.Say{Code: "great"}),
			"rating_words": o.Rate(bg, m.ReportID, 1, appeal.Say{Code: intake.Solved, Words: strings.Repeat("长", 501)}),
		} {
			if problem(err, field) == "" {
				t.Errorf("%s: %v", field, err)
			}
		}
		if err := o.Rate(bg, m.ReportID, 2, appeal.Say{Code: intake.Solved}); !errors.Is(err, intake.ErrClosed) {
			t.Errorf("a part that is not there: %v", err)
		}
		errs := together(5, func(int) error { return o.rate(m, intake.Partway) })
		o.must(errors.Join(errs...))
		if n := o.count("event", "kind = 'rated'"); n != 1 || o.count("rating", "1 = 1") != 1 || o.again(m).Rating != intake.Partway {
			t.Errorf("%d events", n)
		}
		o.pass(7)
		if s := o.side(m); !s.MayRate || s.Rating.Words != "没人来过" {
			t.Errorf("on the last day: %+v", s)
		}
		o.must(o.rate(m, intake.Solved))
		o.pass(1)
		var late *appeal.Late
		if err := o.rate(m, intake.Unsolved); !errors.As(err, &late) || late.Until != "2026-03-09" || late.Level != "" {
			t.Errorf("after a week: %v", err)
		}
		o.must(o.rate(m, intake.Solved)) // the same form once more
		if s := o.side(m); s.MayRate || o.again(m).Rating != intake.Solved {
			t.Errorf("after a week: %+v", s)
		}
		if e := o.ending(o.handler, m); len(e.Ratings) != 1 || e.Ratings[0].Code != intake.Solved || e.Ratings[0].Of != m.Number() {
			t.Errorf("the office sees %+v", e.Ratings)
		}
	})
}

func TestUnsolvedIsWorkForTheOfficeAbove(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		m := o.delivered(anonymous)
		errs := together(4, func(int) error { return o.rate(m, intake.Unsolved) })
		o.must(errors.Join(errs...))
		m = o.again(m)
		due := o.clock(m.ID, intake.RuleSecondLook)
		if m.SecondDeskID == nil || *m.SecondDeskID != o.units[cityDesk].ID || due == nil || due.DueOn != "2026-03-16" || m.DeskUnitID != o.units[panshan].ID {
			t.Fatalf("second desk %v, due %+v", m.SecondDeskID, due)
		}
		if n := o.count("second_look", "1 = 1"); n != 1 || m.State != intake.Delivered || m.DueRule == intake.RuleSecondLook {
			t.Errorf("%d second looks, state %s, the county owes %s", n, m.State, m.DueRule)
		}
		listed := func(by staff.Officer) bool {
			groups, err := o.Triage.Today(bg, by)
			o.must(err)
			return len(groups["second_look"]) == 1
		}
		if !listed(o.looker) || listed(o.handler) || listed(o.other) {
			t.Error("it is not on the desk above, or on the one below")
		}
		again := func(by staff.Officer, redo bool) error {
			return o.SecondLook(bg, by, m.ID, o.again(m).Version, redo, "扣款没有全部退还,请入户再核。")
		}
		if err := again(o.other, true); !errors.Is(err, staff.ErrForbidden) {
			t.Errorf("the county itself: %v", err)
		}
		if err := again(o.foreign, true); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("another county: %v", err)
		}
		if err := o.SecondLook(bg, o.looker, m.ID, m.Version, true, " 短 "); problem(err, "words") == "" {
			t.Errorf("without a reason: %v", err)
		}
		if err := o.SecondLook(bg, o.looker, m.ID, m.Version-1, true, "扣款没有全部退还。"); !errors.Is(err, step.ErrStale) {
			t.Errorf("stale: %v", err)
		}
		o.must(o.Triage.Message(bg, o.second, m.ID, "您好，正在看。"))
		if err := again(o.second, true); !errors.Is(err, step.ErrSamePerson) {
			t.Errorf("who took part: %v", err)
		}
		o.must(o.Triage.Assign(bg, o.boss, o.other.ID, m.ID))
		o.must(again(o.looker, true))
		o.sentBack(m)
		if err := again(o.judge, false); !errors.Is(err, step.ErrState) {
			t.Errorf("ended twice: %v", err)
		}
	})
}

// sentBack holds what a case must be that was sent back to be verified anew.
func (o *office) sentBack(m matter) {
	o.t.Helper()
	m = o.again(m)
	reply := o.clock(m.ID, intake.RuleReply)
	if m.State != intake.Verifying || m.Outcome != "" || m.Rating != "" || !m.Redone || m.OwnerID != nil || m.SecondDeskID != nil || m.DeskUnitID != o.units[panshan].ID {
		o.t.Errorf("sent back: %+v", m.Complaint)
	}
	if reply == nil || reply.StartedOn != o.today() || reply.N != 60 || m.DueRule != intake.RuleReply {
		o.t.Errorf("time to answer: %+v", reply)
	}
	for _, rule := range []string{intake.RuleReviewAsk, intake.RuleSecondLook, "complaint.callback", "complaint.review_decide"} {
		if o.clock(m.ID, rule) != nil {
			o.t.Errorf("%s still runs", rule)
		}
	}
	page := o.look(m)
	if v := page.Matters[0]; v.Stage != intake.Checking || len(v.Letters) == 0 || v.Right != nil || v.NextWhat != intake.RuleReply {
		o.t.Errorf("the page shows %+v", v)
	}
	if !strings.Contains(o.told(m), "told.redo") {
		o.t.Errorf("told %q", o.told(m))
	}
}

func TestACaseIsSentBackOnce(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		m := o.delivered()
		o.must(o.rate(m, intake.Unsolved))
		o.must(o.SecondLook(bg, o.looker, m.ID, o.again(m).Version, true, "请入户再核。"))
		m = o.decide(m)
		if letters, err := o.Intake.Letters(o.store.Read(bg), staff.Officer{}, m.ID); err != nil || len(letters) != 2 || letters[0].N != 2 {
			t.Fatalf("letters %v, %v", letters, err)
		}
		if v := o.look(m).Matters[0]; v.Stage != intake.Answered || v.Rating != "" || v.Right == nil {
			t.Errorf("answered anew: %+v", v)
		}
		o.must(o.rate(m, intake.Unsolved)) // of the second answer
		if err := o.SecondLook(bg, o.judge, m.ID, o.again(m).Version, true, "再来一次。"); !errors.Is(err, step.ErrState) {
			t.Errorf("by a second look: %v", err)
		}
		o.must(o.ask(m))
		back := upheld
		back.Ruling = appeal.Redo
		if err := o.Propose(bg, o.judge, m.ID, o.again(m).Version, back); problem(err, "appeal_ruling") == "" {
			t.Errorf("by a review: %v", err)
		}
		if n := o.count("second_look", "state = 'overtaken'"); n != 1 {
			t.Errorf("the second look goes on beside the review: %d", n)
		}
	})
}

func TestStandingByTheAnswerSaysWhy(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		m := o.delivered()
		o.must(o.rate(m, intake.Unsolved))
		asks := o.clock(m.ID, intake.RuleReviewAsk)
		o.must(o.SecondLook(bg, o.looker, m.ID, o.again(m).Version, false, "钱已经退了,有本人的收条。"))
		now := o.again(m)
		if now.State != intake.Delivered || now.SecondDeskID != nil || o.clock(m.ID, intake.RuleSecondLook) != nil {
			t.Errorf("%+v", now.Complaint)
		}
		if told := o.told(m); !strings.Contains(told, "told.second_look_stands") || !strings.Contains(told, "有本人的收条") {
			t.Errorf("told %q", told)
		}
		if left := o.clock(m.ID, intake.RuleReviewAsk); left == nil || left.DueOn != asks.DueOn {
			t.Error("it takes the right to a review away")
		}
		if s := o.side(m); s.LookOn != nil || s.LookedOn != o.today() {
			t.Errorf("the reporter sees %+v", s)
		}
		if e := o.ending(o.handler, m); len(e.Looks) != 1 || e.Looks[0].State != appeal.LookStands || e.Looks[0].ByName != o.looker.Name {
			t.Errorf("the office sees %+v", e.Looks)
		}
	})
}

// problem is the key that stands beside a field, or "".
func problem(err error, field string) string {
	var unfit *step.Invalid
	if !errors.As(err, &unfit) {
		return ""
	}
	return unfit.Problems[field]
}
