package objection

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/clock"
	"minsheng/intake"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/roll"
	"minsheng/staff"
)

// problem is what is wrong with a field.
func problem(err error, field string) string {
	var bad *intake.Invalid
	if !errors.As(err, &bad) {
		return ""
	}
	return bad.Problems[field]
}

func TestAnUpheldObjectionMakesTheNextVersion(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		n, by := o.list(), o.county()
		was := o.filed(n, key(2), WrongIn)
		o.days(5) // the list's last day is the eighth
		was = o.verified(by, was, householdVisit)
		got, err := o.ruled(by, was, UpheldRemove, roll.Edit{Key: 2})
		o.must(err)
		if got.State != UpheldRemove || got.ClosedAt == nil || got.DueOn != nil || *got.OwnerID != by.first.ID {
			t.Errorf("ruled %+v", got)
		}
		if _, err := o.Rolls.Row(bg, *n.RollID, 2); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("the row is still there: %v", err)
		}
		if list := o.roll(n); list.Version != 3 || list.Size != 2 {
			t.Errorf("list %+v", list)
		}
		now := o.noticeNow(n.ID)
		if *now.EndsOn != "2026-03-13" || !strings.Contains(now.PublicLine, "objection.public_line") || !strings.Contains(now.PublicLine, "received1upheld1not_upheld0open0") {
			t.Errorf("stands until %s: %s", *now.EndsOn, now.PublicLine)
		}
		if len(o.holds(n)) != 0 {
			t.Errorf("held %v", o.holds(n))
		}
		v := o.view(got)
		if v.Open || v.Stage != intake.Finished || v.Outcome != UpheldRemove || v.Ending != "" || v.NextOn != "" || v.Steps[3].On != "2026-03-07" {
			t.Errorf("view %+v", v)
		}
		for _, s := range v.Steps {
			if s.On == "" {
				t.Errorf("step %d has no day", s.Stage)
			}
		}
		clocks, err := o.Clocks.Of(bg, got.ID)
		if err != nil || len(clocks) != 3 || slices.ContainsFunc(clocks, func(d clock.Deadline) bool { return d.MetAt == nil }) {
			t.Errorf("clocks %+v, %v", clocks, err)
		}
		c, err := o.Open(bg, by.chief, got.ID)
		o.must(err)
		var kinds []intake.MessageKind
		for _, m := range c.Messages {
			kinds = append(kinds, m.Kind)
		}
		if !slices.Equal(kinds, []intake.MessageKind{intake.NoticeOfStep, intake.AnswerText}) || !strings.Contains(c.Messages[1].Text, reply) {
			t.Errorf("messages %+v", c.Messages)
		}
		counts, err := o.CountsOf(bg, n)
		if err != nil || counts != (Counts{Received: 1, Upheld: 1}) {
			t.Errorf("counts %+v, %v", counts, err)
		}
		if len(c.Actions) != 0 {
			t.Errorf("still offers %v", c.Actions)
		}
		o.eventsAreWordless(got)
		if o.count("report_other", "open = ?", true) != 0 {
			t.Error("who objected can still write")
		}
	})
}

// eventsAreWordless looks for what people wrote in the record of an objection.
func (o *office) eventsAreWordless(was Objection) {
	o.t.Helper()
	events, err := ledger.Of(bg, o.Store, ledger.OfObjection, was.ID)
	o.must(err)
	var kinds []string
	for _, e := range events {
		kinds = append(kinds, e.Kind)
		for _, value := range e.Body {
			if len([]rune(value)) != len(value) {
				o.t.Errorf("%s carries %q", e.Kind, value)
			}
		}
	}
	want := []string{"objected", eventTakenUp, eventVisited, "visit_signed", "ruling_proposed", "objection_upheld"}
	if !slices.Equal(kinds, want) {
		o.t.Errorf("events %v, want %v", kinds, want)
	}
}

func TestChangedAndAddedRowsStandAnew(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		n, by := o.list(), o.county()
		o.days(3)
		info := o.verified(by, o.filed(n, key(1), BadInfo), householdVisit)
		_, err := o.ruled(by, info, UpheldCorrect, roll.Edit{Key: 1, Label: "王甲一", Team: "1组", People: 3})
		o.must(err)
		row, err := o.Rolls.Row(bg, *n.RollID, 1)
		if err != nil || row.People != 3 || row.StandsUntil != "2026-03-11" || row.PlaceCode != shuangliu || row.Reason != "objection_upheld" {
			t.Errorf("corrected %+v, %v", row, err)
		}
		f := o.filling(n, nil, Missed)
		f.Household, f.Text = "孙丁四家", ""
		missed := o.verified(by, o.send(f), householdVisit)
		_, err = o.ruled(by, missed, UpheldAdd, roll.Edit{Label: "孙丁四", Team: "2组", People: 2})
		o.must(err)
		row, err = o.Rolls.Row(bg, *n.RollID, 4)
		if err != nil || row.Label != "孙丁四" || row.StandsUntil != "2026-03-11" || row.PlaceCode != shuangliu {
			t.Errorf("added %+v, %v", row, err)
		}
		if other, err := o.Rolls.Row(bg, *n.RollID, 3); err != nil || other.StandsUntil != *n.EndsOn {
			t.Errorf("another row %+v, %v", other, err)
		}
		advance := func() error {
			return o.Store.Transact(bg, func(tx *gorm.DB) error {
				return o.Rolls.Advance(tx, *n.RollID, roll.Town, workday.On(o.Store.Now()), "")
			})
		}
		o.days(6) // the eleventh: the first days are over, those of the changed rows are not
		if err := advance(); !errors.Is(err, roll.ErrStanding) {
			t.Errorf("with a changed row standing: %v", err)
		}
		o.days(1)
		o.must(advance())
	})
}

func TestTwoPeopleMustHaveBeenThere(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		n, by := o.list(), o.county()
		was := o.filed(n, key(2), WrongIn)
		propose := func() error {
			was = o.again(was)
			return o.Propose(bg, by.first, was.ID, was.Version, UpheldRemove, roll.Edit{Key: 2}, reply)
		}
		if err := propose(); !errors.Is(err, step.ErrState) {
			t.Errorf("before it is taken up: %v", err)
		}
		if err := o.Record(bg, by.first, was.ID, was.Version, o.visit(householdVisit)); !errors.Is(err, step.ErrState) {
			t.Errorf("a visit before it is taken up: %v", err)
		}
		o.must(o.Acknowledge(bg, by.first, was.ID, was.Version))
		if err := o.Acknowledge(bg, by.first, was.ID, was.Version); !errors.Is(err, step.ErrStale) {
			t.Errorf("twice: %v", err)
		}
		if err := propose(); !errors.Is(err, ErrTwo) {
			t.Errorf("unchecked: %v", err)
		}
		if was.DueRule != ruleVerify || *was.DueOn != "2026-03-09" {
			t.Errorf("due %s for %s", *was.DueOn, was.DueRule)
		}
		o.must(o.Record(bg, by.first, was.ID, was.Version, o.visit(householdVisit)))
		if err := propose(); !errors.Is(err, ErrTwo) {
			t.Errorf("with one signature: %v", err)
		}
		c, err := o.Open(bg, by.first, was.ID)
		o.must(err)
		check := c.Checks[0]
		if check.MaySign || slices.Contains(c.Actions, "sign") || slices.Contains(c.Actions, "propose") || !slices.Contains(c.Actions, "check") {
			t.Errorf("offered %v, %+v", c.Actions, check)
		}
		if err := o.Sign(bg, by.first, was.ID, check.ID, was.Version, true); !errors.Is(err, step.ErrSamePerson) {
			t.Errorf("the first signs again: %v", err)
		}
		if err := o.Sign(bg, by.second, was.ID, check.ID, was.Version, false); problem(err, "declared") == "" {
			t.Errorf("undeclared: %v", err)
		}
		if err := o.Sign(bg, by.second, was.ID, uuid.New(), was.Version, true); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("no such visit: %v", err)
		}
		o.must(o.Sign(bg, by.second, was.ID, check.ID, was.Version, true))
		if err := o.Sign(bg, by.chief, was.ID, check.ID, was.Version+1, true); !errors.Is(err, step.ErrState) {
			t.Errorf("a third signature: %v", err)
		}
		o.must(propose())
		if was = o.again(was); was.DueRule != ruleAnswer || *was.DueOn != "2026-03-05" {
			t.Errorf("due %s for %s", *was.DueOn, was.DueRule)
		}
	})
}

func TestARulingOnAHouseholdNeedsAVisitThere(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		n, by := o.list(), o.county()
		for kind, outcome := range map[Kind]State{WrongIn: NotUpheld, BadProcedure: NotUpheld, ForgedConsent: Referred} {
			was := o.verified(by, o.filed(n, key(1), kind), "records")
			err := o.Propose(bg, by.first, was.ID, was.Version, outcome, roll.Edit{}, reply)
			if (kind == WrongIn) != errors.Is(err, ErrTwo) || kind != WrongIn && err != nil {
				t.Errorf("%s %s on papers: %v", kind, outcome, err)
			}
		}
	})
}

func TestAVisitIsWrittenDownInFull(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		n, by := o.list(), o.county()
		was := o.filed(n, key(2), WrongIn)
		o.must(o.Acknowledge(bg, by.first, was.ID, was.Version))
		was = o.again(was)
		for field, change := range map[string]func(*Visit){
			"visited_on": func(v *Visit) { v.VisitedOn = "2026-03-03" },
			"place":      func(v *Visit) { v.Place = " 村 " },
			"method":     func(v *Visit) { v.Method = "hearsay" },
			"found":      func(v *Visit) { v.Found = "属实" },
			"declared":   func(v *Visit) { v.Declared = false },
		} {
			v := o.visit(householdVisit)
			change(&v)
			if err := o.Record(bg, by.first, was.ID, was.Version, v); problem(err, field) == "" {
				t.Errorf("%s: %v", field, err)
			}
		}
		if o.count("objection_check", "1 = 1") != 0 {
			t.Error("a refused visit was stored")
		}
	})
}

func TestAVerifierOfThePublisherDoesNotCount(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		n, by := o.list(), o.county()
		was := o.verified(by, o.filed(n, key(2), WrongIn), householdVisit)
		o.must(o.Store.Read(bg).Table("account").Where("id = ?", by.second.ID).Updates(map[string]any{"unit_id": o.town.ID}).Error)
		err := o.Propose(bg, by.first, was.ID, was.Version, UpheldRemove, roll.Edit{Key: 2}, reply)
		if !errors.Is(err, ErrOwnList) {
			t.Errorf("got %v", err)
		}
	})
}

func TestAProposalFitsItsObjection(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		n, by := o.list(), o.county()
		was := o.verified(by, o.filed(n, key(2), BadInfo), householdVisit)
		good := roll.Edit{Key: 2, Label: "李乙二", Team: "1组", People: 3}
		for name, c := range map[string]struct {
			outcome State
			edit    roll.Edit
			answer  string
			field   string
		}{
			"short answer":   {UpheldCorrect, good, "属实", "answer"},
			"adds":           {UpheldAdd, good, reply, "outcome"},
			"withdraws":      {Withdrawn, good, reply, "outcome"},
			"another row":    {UpheldCorrect, roll.Edit{Key: 1, Label: "王甲一"}, reply, "row"},
			"no row":         {UpheldRemove, roll.Edit{}, reply, "row"},
			"no name":        {UpheldCorrect, roll.Edit{Key: 2, People: 3}, reply, "label"},
			"fewer than 0":   {UpheldCorrect, roll.Edit{Key: 2, Label: "李乙二", People: -1}, reply, "people"},
			"too many":       {UpheldCorrect, roll.Edit{Key: 2, Label: "李乙二", People: 1 << 30}, reply, "people"},
			"a phone":        {UpheldCorrect, roll.Edit{Key: 2, Label: "李乙二 13800000000"}, reply, "label"},
			"an ID in cells": {UpheldCorrect, roll.Edit{Key: 2, Label: "李乙二", Cells: map[string]string{"cause": "11010519491231002X"}}, reply, "cause"},
		} {
			err := o.Propose(bg, by.first, was.ID, was.Version, c.outcome, c.edit, c.answer)
			if problem(err, c.field) == "" {
				t.Errorf("%s: %v", name, err)
			}
		}
		if o.count("objection_ruling", "1 = 1") != 0 || o.roll(n).Version != 2 {
			t.Error("a refused proposal left something")
		}
		o.must(o.Propose(bg, by.first, was.ID, was.Version, UpheldCorrect, good, reply))
		if list := o.roll(n); list.Version != 2 {
			t.Errorf("a proposal changed the list: %+v", list)
		}
		was = o.again(was)
		if err := o.Propose(bg, by.second, was.ID, was.Version, NotUpheld, roll.Edit{}, reply); !errors.Is(err, step.ErrState) {
			t.Errorf("a second proposal: %v", err)
		}
		if err := o.Record(bg, by.first, was.ID, was.Version, o.visit("records")); !errors.Is(err, step.ErrState) {
			t.Errorf("a visit while a ruling waits: %v", err)
		}
	})
}

func TestAnotherPersonRules(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		n, by := o.list(), o.county()
		was := o.verified(by, o.filed(n, key(2), WrongIn), householdVisit)
		o.must(o.Propose(bg, by.chief, was.ID, was.Version, UpheldRemove, roll.Edit{Key: 2}, reply))
		was = o.again(was)
		second := o.officer(panshan, staff.Supervisor)
		c, err := o.Open(bg, second, was.ID)
		o.must(err)
		r := c.Rulings[0]
		if !r.MayRule || r.Change.Key != 2 || !r.Change.Gone || r.Answer != reply || !slices.Contains(c.Actions, "rule") {
			t.Errorf("shows %+v, %v", r, c.Actions)
		}
		if err := o.Rule(bg, by.chief, was.ID, r.ID, was.Version, true, ""); !errors.Is(err, step.ErrSamePerson) {
			t.Errorf("who proposed: %v", err)
		}
		if err := o.Rule(bg, by.first, was.ID, r.ID, was.Version, true, ""); !errors.Is(err, staff.ErrForbidden) {
			t.Errorf("who may not: %v", err)
		}
		if err := o.Rule(bg, second, was.ID, r.ID, was.Version, false, " "); problem(err, "note") == "" {
			t.Errorf("returned without a word: %v", err)
		}
		if err := o.Rule(bg, second, was.ID, r.ID, was.Version-1, true, ""); !errors.Is(err, step.ErrStale) {
			t.Errorf("an old page: %v", err)
		}
		o.must(o.Rule(bg, second, was.ID, r.ID, was.Version, false, "请补充房产情况"))
		was = o.again(was)
		if was.State != Verifying || o.roll(n).Version != 2 || o.holds(n)[2] != 1 {
			t.Errorf("returned: %+v", was)
		}
		if err := o.Rule(bg, second, was.ID, r.ID, was.Version, true, ""); !errors.Is(err, step.ErrState) {
			t.Errorf("a returned one: %v", err)
		}
		_, err = o.ruled(by, was, NotUpheld, roll.Edit{Key: 2, Label: "别人"})
		o.must(err)
		if list := o.roll(n); list.Version != 2 || len(o.holds(n)) != 0 {
			t.Errorf("not upheld: %+v", list)
		}
		now := o.noticeNow(n.ID)
		if *now.EndsOn != *n.EndsOn || !strings.Contains(now.PublicLine, "upheld0not_upheld1") {
			t.Errorf("stands until %s: %s", *now.EndsOn, now.PublicLine)
		}
	})
}

// Neighbours object to the same row: each is answered, and what the first is
// right in does not wait for the second.
func TestSeveralObjectToOneRow(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		n, by := o.list(), o.county()
		one, two := o.filed(n, key(2), WrongIn), o.filed(n, key(2), WrongIn)
		one, two = o.verified(by, one, householdVisit), o.verified(by, two, householdVisit)
		if _, err := o.ruled(by, one, UpheldRemove, roll.Edit{Key: 2}); err != nil {
			t.Fatal(err)
		}
		if h := o.holds(n); !maps.Equal(h, map[int]int{2: 1}) {
			t.Errorf("held %v", h)
		}
		two, err := o.ruled(by, o.again(two), UpheldRemove, roll.Edit{Key: 2})
		if err != nil || two.State != UpheldRemove || len(o.holds(n)) != 0 || o.roll(n).Version != 3 {
			t.Errorf("the second: %+v, %v, held %v", two, err, o.holds(n))
		}
		counts, err := o.CountsOf(bg, n)
		if err != nil || counts != (Counts{Received: 2, Upheld: 2}) {
			t.Errorf("counts %+v, %v", counts, err)
		}
	})
}

func TestTheWayOutLiftsTheHold(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		n, by := o.list(), o.county()
		gone := o.verified(by, o.filed(n, key(1), WrongIn), householdVisit)
		o.must(o.Propose(bg, by.first, gone.ID, gone.Version, UpheldRemove, roll.Edit{Key: 1}, reply))
		o.must(o.Withdraw(bg, gone.ReportID))
		o.must(o.Withdraw(bg, gone.ReportID)) // again, and of a report without one
		o.must(o.Withdraw(bg, uuid.New()))
		gone = o.again(gone)
		if v := o.view(gone); v.Ending != Withdrawn || v.Open || v.Outcome != "" || v.Stage != intake.Checking {
			t.Errorf("view %+v", v)
		}
		var rulings []uuid.UUID
		o.must(o.Store.Read(bg).Table("objection_ruling").Pluck("id", &rulings).Error)
		if err := o.Rule(bg, by.chief, gone.ID, rulings[0], gone.Version, true, ""); !errors.Is(err, step.ErrState) {
			t.Errorf("ruled after it was withdrawn: %v", err)
		}
		forged := o.verified(by, o.filed(n, nil, ForgedConsent), householdVisit)
		if h := o.holds(n); !maps.Equal(h, map[int]int{0: 1}) {
			t.Errorf("held %v", h)
		}
		forged, err := o.ruled(by, forged, Referred, roll.Edit{})
		o.must(err)
		if v := o.view(forged); v.Ending != Referred || len(o.holds(n)) != 0 {
			t.Errorf("view %+v, held %v", v, o.holds(n))
		}
		if err := o.Message(bg, by.first, forged.ID, "还有一句话"); !errors.Is(err, step.ErrState) {
			t.Errorf("message after the end: %v", err)
		}
		if o.count("report_other", "open = ?", true) != 0 {
			t.Error("who objected can still write")
		}
		if counts, err := o.CountsOf(bg, n); err != nil || counts != (Counts{Received: 2}) {
			t.Errorf("counts %+v, %v", counts, err)
		}
	})
}

// A procedure can be wrong with every row being right: the list stands anew.
func TestAWrongProcedureRestartsTheDays(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		n, by := o.list(), o.county()
		o.days(4)
		was := o.verified(by, o.filed(n, nil, BadProcedure), "records")
		if _, err := o.ruled(by, was, UpheldCorrect, roll.Edit{}); err != nil {
			t.Fatal(err)
		}
		if now := o.noticeNow(n.ID); *now.EndsOn != "2026-03-12" || o.roll(n).Version != 2 {
			t.Errorf("stands until %s", *now.EndsOn)
		}
	})
}

func TestTheListIsPutRightLongAfterItsDays(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		n, by := o.list(), o.county()
		was := o.filed(n, key(2), WrongIn)
		o.days(10)
		n.State = "archived"
		_, err := o.board.Put(bg, n)
		o.must(err)
		was = o.verified(by, was, householdVisit)
		if _, err := o.ruled(by, was, UpheldRemove, roll.Edit{Key: 2}); err != nil || o.roll(n).Version != 3 || len(o.holds(n)) != 0 {
			t.Errorf("%v, held %v", err, o.holds(n))
		}
	})
}

func TestMessagesGoBothWays(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		n, by := o.list(), o.county()
		f := o.filling(n, key(2), WrongIn)
		f.Lang = "en"
		r, _, err := o.File(bg, f)
		o.must(err)
		was := o.of(r)
		page, err := o.Intake.Track(bg, r.Digits)
		o.must(err)
		o.must(o.Intake.Say(bg, page.Token, page.Form.Token, "再说一句，他家有两辆车。"))
		if err := o.Message(bg, by.first, was.ID, "好"); problem(err, "text") == "" {
			t.Errorf("one character: %v", err)
		}
		o.must(o.Message(bg, by.first, was.ID, "收到，正在看。"))
		o.must(o.Acknowledge(bg, by.first, was.ID, was.Version))
		c, err := o.Open(bg, by.second, was.ID)
		o.must(err)
		if len(c.Messages) != 3 || c.Messages[0].FromOffice || !strings.HasPrefix(c.Messages[2].Text, "en objection.told.taken_up") || !strings.Contains(c.Messages[2].Text, "9 March 2026") {
			t.Errorf("messages %+v", c.Messages)
		}
		if page, err = o.Intake.Track(bg, r.Digits); err != nil || len(page.Messages) != 3 {
			t.Errorf("the objector reads %+v, %v", page.Messages, err)
		}
	})
}
