package appeal_test

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"minsheng/appeal"
	"minsheng/intake"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/ledger"
	"minsheng/paper"
	"minsheng/staff"
	"minsheng/triage"
)

func TestAReviewGoesToTheOfficeAbove(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		m := o.delivered()
		if s := o.side(m); s.Ask != intake.OfReview || s.Missed || s.Until.DueOn != "2026-04-01" {
			t.Errorf("the reporter may: %+v", s)
		}
		if err := o.Ask(bg, m.ReportID, 1, []byte("x"), "太短"); problem(err, "appeal") == "" {
			t.Errorf("without a reason: %v", err)
		}
		form, err := o.Intake.OpenForm(o.Intake.NewForm().Token)
		o.must(err)
		_, err = o.Shelf.Stage(bg, form.Key, "收条.pdf", strings.NewReader("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n%%EOF\n"))
		o.must(err)
		errs := together(4, func(int) error { return o.Ask(bg, m.ReportID, 1, form.Key, criticism) })
		o.must(errors.Join(errs...))
		m = o.again(m)
		due := o.clock(m.ID, "complaint.review_decide")
		if m.State != intake.Review || m.DeskUnitID != o.units[cityDesk].ID || m.OwnerID != nil || due == nil || due.DueOn != "2026-04-01" || m.DueRule != due.Rule {
			t.Fatalf("%+v, due %+v", m.Complaint, due)
		}
		if o.clock(m.ID, intake.RuleReviewAsk) != nil || o.clock(m.ID, "complaint.callback") != nil || o.count("appeal", "1 = 1") != 1 || o.count("event", "kind = 'review_asked'") != 1 {
			t.Error("it was asked for more than once, or what was owed before is owed still")
		}
		if told := o.told(m); !strings.Contains(told, "told.review_taken") || !strings.Contains(told, cityDesk) || !strings.Contains(told, "2026年4月1日") {
			t.Errorf("told %q", told)
		}
		page := o.look(m)
		if v := page.Matters[0]; v.Stage != intake.Answered || v.NextWhat != "complaint.review_decide" || v.Right != nil {
			t.Errorf("the page shows %+v", v)
		}
		if s := o.side(m); s.Ask != "" || s.MayRate || len(s.Asked) != 1 || s.Asked[0].Desk != cityDesk || s.Asked[0].Due == nil {
			t.Errorf("the reporter sees %+v", s)
		}
		if err := o.ask(m); !errors.Is(err, intake.ErrClosed) {
			t.Errorf("asked for again: %v", err)
		}
		if _, err := o.Triage.Case(bg, o.handler, m.ID); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("the county still sees it: %v", err)
		}
		e := o.ending(o.judge, m)
		if len(e.Appeals) != 1 || e.Appeals[0].Words != criticism || e.Appeals[0].From != panshan || e.Appeals[0].Hidden {
			t.Errorf("the city sees %+v", e.Appeals)
		}
		c, err := o.Triage.Case(bg, o.judge, m.ID)
		o.must(err)
		if last := c.Messages[len(c.Messages)-2]; len(last.Files) != 1 {
			t.Errorf("the file is not there: %+v", last)
		}
	})
}

func TestTooLateIsSaidWithTheDay(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		m := o.delivered()
		o.pass(30) // the last day
		late := o.delivered()
		o.must(o.ask(m))
		o.pass(36)
		var over *appeal.Late
		if err := o.ask(late); !errors.As(err, &over) || over.Level != intake.OfReview || over.Until != "2026-05-06" {
			t.Errorf("%v", err)
		}
		if s := o.side(late); !s.Missed || s.Ask != intake.OfReview || s.Until.DueOn != "2026-05-06" || s.Until.N != 30 {
			t.Errorf("the reporter sees %+v", s)
		}
		if v := o.look(late).Matters[0]; v.NextWhat == intake.RuleReviewAsk {
			t.Errorf("a day that has passed is the next one: %+v", v)
		}
		if o.again(late).State != intake.Delivered {
			t.Error("it was taken all the same")
		}
	})
}

// The whole way: a review that changes the decision, a re-examination with a
// hearing that upholds it; then nothing can be asked for any more.
func TestReviewAndReexaminationEndInWhatIsFinal(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		m := o.reviewed()
		changed := appeal.Ruling{Ruling: appeal.Changed, Facts: "县里漏算了两户,应当一并退还。", Basis: "资金管理办法第五条", Answer: triage.Answer{
			Outcome: intake.Partly, Findings: []triage.AnswerPart{{N: 1, Result: intake.Partly, Facts: "六户被扣,四户已退。", Basis: "资金管理办法第五条", Done: "余下两户本月退还。"}}}}
		m = o.ruled(m, o.judge, o.chief, changed)
		if m.State != intake.Decided || m.Outcome != intake.Partly || m.DeskUnitID != o.units[cityDesk].ID || o.clock(m.ID, "complaint.review_decide") != nil {
			t.Fatalf("reviewed: %+v", m.Complaint)
		}
		told := o.told(m)
		for _, want := range []string{"told.review_changed", "县里漏算了两户", "told.outcome.partly", "余下两户本月退还", "told.may_reexam_here", cityDesk} {
			if !strings.Contains(told, want) {
				t.Errorf("the letter lacks %q: %s", want, told)
			}
		}
		v := o.look(m).Matters[0]
		if m = o.again(m); m.State != intake.Delivered || v.Right == nil || v.Right.Rule != intake.RuleReexamAsk || v.Letters[0].Kind != intake.OfReview || !v.Letters[0].NextHere || len(v.Letters) != 2 {
			t.Errorf("delivered: %s, %+v", m.State, v)
		}
		o.must(o.ask(m))
		if m = o.again(m); m.State != intake.Reexam || m.DeskUnitID != o.units[cityDesk].ID {
			t.Fatalf("asked once more: %s", m.State)
		}
		o.hearing(m)
		m = o.ruled(m, o.second, o.chairman, upheld)
		o.isFinal(m)
		papers, err := o.papers.Of(bg, o.chief, ledger.OfComplaint, m.ID)
		o.must(err)
		by := map[paper.Kind][2]uuid.UUID{}
		for _, p := range papers {
			if p.State == paper.Final {
				by[p.Kind] = [2]uuid.UUID{p.DraftedBy, *p.IssuedBy}
			}
		}
		want := map[paper.Kind][2]uuid.UUID{paper.Decision: {o.handler.ID, o.boss.ID}, paper.ReviewDecision: {o.judge.ID, o.chief.ID}, paper.ReexamDecision: {o.second.ID, o.chairman.ID}}
		if !maps.Equal(by, want) {
			t.Errorf("who drafted and who signed: %v, want %v", by, want)
		}
	})
}

// hearing sets one: the clock stands still on its days, and the reporter is told
// which and until when.
func (o *office) hearing(m matter) {
	o.t.Helper()
	before := o.clock(m.ID, "complaint.reexam_decide")
	h := appeal.Hearing{First: o.today().Add(3), Last: o.today().Add(6), Words: "3月5日上午九点,市信访大厅二楼。"}
	for field, bad := range map[string]appeal.Hearing{
		"words": {First: h.First, Last: h.Last}, "last_on": {First: h.Last, Last: h.First, Words: h.Words}, "first_on": {First: o.today().Add(-2), Last: h.Last, Words: h.Words},
	} {
		if err := o.Hear(bg, o.second, m.ID, o.again(m).Version, bad); problem(err, field) == "" {
			o.t.Errorf("%s: %v", field, err)
		}
	}
	o.must(o.Hear(bg, o.second, m.ID, o.again(m).Version, h))
	after := o.clock(m.ID, "complaint.reexam_decide")
	if after.DueOn.Sub(before.DueOn) < 4 || *o.again(m).DueOn != after.DueOn || *after.ToldOn != after.DueOn {
		o.t.Errorf("from %s to %s", before.DueOn, after.DueOn)
	}
	if told := o.told(m); !strings.Contains(told, "市信访大厅二楼") || !strings.Contains(told, string(after.DueOn.Time().Format("2006年1月2日"))) {
		o.t.Errorf("told %q", told)
	}
	if s := o.side(m); len(s.Asked) != 2 || len(s.Asked[1].Pauses) != 1 || s.Asked[1].Due.DueOn != after.DueOn || len(s.Asked[0].Pauses) != 0 {
		o.t.Errorf("the reporter sees %+v", s.Asked)
	}
	if err := o.Hear(bg, o.second, m.ID, o.again(m).Version, h); problem(err, "first_on") == "" {
		o.t.Errorf("two hearings on the same days: %v", err)
	}
}

// isFinal holds what a case must be that was decided for the last time.
func (o *office) isFinal(m matter) {
	o.t.Helper()
	if m.State != intake.Final || m.FinalAt == nil || m.DueOn != nil {
		o.t.Fatalf("final: %+v", m.Complaint)
	}
	if told := o.told(m); !strings.Contains(told, "told.reexam_upheld") || !strings.Contains(told, "told.may_nothing") {
		o.t.Errorf("told %q", told)
	}
	if err := o.Triage.Close(bg, o.judge, m.ID, m.Version); !errors.Is(err, step.ErrState) {
		o.t.Errorf("closed unread: %v", err)
	}
	page := o.look(m)
	if v := page.Matters[0]; v.Stage != intake.Answered || v.Right != nil || v.NextOn != "" || page.Open {
		o.t.Errorf("the page shows %+v, open %v", v, page.Open)
	}
	if m = o.again(m); m.State != intake.Final {
		o.t.Errorf("reading makes it %s", m.State)
	}
	if err := o.ask(m); !errors.Is(err, intake.ErrClosed) {
		o.t.Errorf("asked once more: %v", err)
	}
	if err := o.rate(m, intake.Unsolved); !errors.Is(err, intake.ErrClosed) {
		o.t.Errorf("rated: %v", err)
	}
	if err := o.Intake.Say(bg, page.Token, page.Form.Token, "还有话说"); !errors.Is(err, intake.ErrClosed) {
		o.t.Errorf("said: %v", err)
	}
	o.must(o.Triage.Close(bg, o.judge, m.ID, o.again(m).Version))
	if now := o.again(m); now.State != intake.Closed || now.FinalAt == nil {
		o.t.Errorf("closed: %+v", now.Complaint)
	}
}

func TestAReviewThatOrdersItToBeDoneAnew(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		m := o.reviewed()
		o.must(o.NoteDown(bg, o.judge, m.ID, m.Version, "打电话问过三户,两户没有收到钱。"))
		back := appeal.Ruling{Ruling: appeal.Redo, Facts: "三户中有两户没有收到退款,请逐户入户核实。", Basis: "信访工作条例"}
		m = o.ruled(m, o.judge, o.chief, back)
		o.sentBack(m)

		// The county works on it again, and reads what it has to do, not how the
		// city found out, nor what the reporter said of the county.
		e := o.ending(o.handler, m)
		if len(e.Appeals) != 1 || !e.Appeals[0].Hidden || e.Appeals[0].Ruling.Facts != back.Facts || e.Appeals[0].Words != "" || len(e.Appeals[0].Notes) != 0 || e.Appeals[0].ProposedBy != "" {
			t.Errorf("the county sees %+v", e.Appeals)
		}
		c, err := o.Triage.Case(bg, o.handler, m.ID)
		o.must(err)
		for _, said := range c.Messages {
			if said.Text == criticism {
				t.Error("the county reads what the reporter said of it")
			}
		}
		if seen := o.ending(o.judge, m).Appeals[0]; seen.Words != criticism || len(seen.Notes) != 1 || seen.Notes[0].ByName != o.judge.Name {
			t.Errorf("the city sees %+v", seen)
		}
		m = o.decide(m)
		if v := o.look(m).Matters[0]; v.Right == nil || v.Right.Rule != intake.RuleReviewAsk || len(v.Letters) != 2 {
			t.Errorf("answered anew: %+v", v)
		}
	})
}

// Files and messages of a review stay with the office that decides it.
func TestWhatIsSaidAboveStaysAbove(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		m := o.reviewed()
		page := o.look(m)
		_, err := o.Shelf.Stage(bg, page.Form.Key, "录音.pdf", strings.NewReader("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n%%EOF\n"))
		o.must(err)
		o.must(o.Intake.Say(bg, page.Token, page.Form.Token, "会计还说要收拾我。"))
		o.must(o.Triage.Message(bg, o.judge, m.ID, "县里谁跟您谈的?"))
		var file struct{ ID uuid.UUID }
		o.must(store.One(o.store.Read(bg).Table("evidence_file").Where("owner_kind = 'message'"), &file))
		m = o.ruled(m, o.judge, o.chief, appeal.Ruling{Ruling: appeal.Redo, Facts: "请逐户入户核实退款。", Basis: "信访工作条例"})
		said := func(by staff.Officer) string {
			c, err := o.Triage.Case(bg, by, m.ID)
			o.must(err)
			all := ""
			for _, one := range c.Messages {
				all += one.Text + "\n"
			}
			return all
		}
		for _, words := range []string{"会计还说要收拾我", "县里谁跟您谈的"} {
			if strings.Contains(said(o.handler), words) || !strings.Contains(said(o.judge), words) {
				t.Errorf("%s: read below, or not above", words)
			}
		}
		if _, err := o.Triage.OpenFile(bg, o.handler, file.ID); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("the county opens the file: %v", err)
		}
		f, err := o.Triage.OpenFile(bg, o.judge, file.ID)
		o.must(err)
		f.Content.Close()
	})
}

func TestNobodyJudgesTheirOwnWork(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		m := o.delivered()
		o.must(o.rate(m, intake.Unsolved))
		o.must(o.SecondLook(bg, o.looker, m.ID, o.again(m).Version, false, "钱已经退了,有收条。"))
		o.must(o.ask(m))
		propose := func(by staff.Officer) error {
			return o.Propose(bg, by, m.ID, o.again(m).Version, upheld)
		}
		if err := propose(o.looker); !errors.Is(err, step.ErrSamePerson) {
			t.Errorf("who looked before: %v", err)
		}
		if err := propose(o.handler); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("the handler: %v", err)
		}
		o.must(propose(o.judge))
		rule := func(by staff.Officer) error { return o.Rule(bg, by, m.ID, o.again(m).Version, true, "") }
		judge := o.judge
		judge.Roles = append(judge.Roles, staff.Supervisor)
		if err := rule(judge); !errors.Is(err, step.ErrSamePerson) {
			t.Errorf("who proposed: %v", err)
		}
		if err := rule(o.second); !errors.Is(err, staff.ErrForbidden) {
			t.Errorf("who may not approve: %v", err)
		}
		if err := propose(o.second); !errors.Is(err, step.ErrState) {
			t.Errorf("a second proposal: %v", err)
		}
		if err := o.Rule(bg, o.chief, m.ID, o.again(m).Version, false, ""); problem(err, "note") == "" {
			t.Errorf("returned without a word: %v", err)
		}
		o.must(o.Rule(bg, o.chief, m.ID, o.again(m).Version, false, "请写清退了几户。"))
		o.must(propose(o.judge))
		bosses := []staff.Officer{o.chief, o.chairman}
		version := o.again(m).Version
		errs := together(2, func(i int) error { return o.Rule(bg, bosses[i], m.ID, version, true, "") })
		slices.SortFunc(errs, func(a, b error) int {
			if a == nil {
				return -1
			}
			return 1
		})
		if errs[0] != nil || !errors.Is(errs[1], step.ErrStale) && !errors.Is(errs[1], step.ErrState) {
			t.Errorf("of two who agree: %v", errs)
		}
		o.look(m)
		o.must(o.ask(m))
		for name, by := range map[string]staff.Officer{"who looked": o.looker, "who proposed the review": o.judge} {
			if err := propose(by); !errors.Is(err, step.ErrSamePerson) {
				t.Errorf("%s decides the re-examination: %v", name, err)
			}
		}
		o.must(propose(o.second))
		agreed := o.chief
		if errs[0] == nil && o.decidedBy(m) == o.chairman.ID {
			agreed = o.chairman
		}
		if err := o.Rule(bg, agreed, m.ID, o.again(m).Version, true, ""); !errors.Is(err, step.ErrSamePerson) {
			t.Errorf("who agreed to the review agrees to the re-examination: %v", err)
		}
	})
}

func (o *office) decidedBy(m matter) uuid.UUID {
	o.t.Helper()
	var a struct{ DecidedBy uuid.UUID }
	o.must(store.One(o.store.Read(bg).Table("appeal").Where("complaint_id = ? AND level = 'review'", m.ID), &a))
	return a.DecidedBy
}

func TestARulingNeedsItsWords(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		m := o.reviewed()
		for field, r := range map[string]appeal.Ruling{
			"appeal_ruling": {Ruling: "maybe", Facts: upheld.Facts, Basis: upheld.Basis},
			"facts":         {Ruling: appeal.Upheld, Facts: "短", Basis: upheld.Basis},
			"basis":         {Ruling: appeal.Upheld, Facts: upheld.Facts},
			"outcome":       {Ruling: appeal.Changed, Facts: upheld.Facts, Basis: upheld.Basis},
		} {
			if err := o.Propose(bg, o.judge, m.ID, m.Version, r); problem(err, field) == "" {
				t.Errorf("%s: %v", field, err)
			}
		}
		if err := o.Hear(bg, o.judge, m.ID, m.Version, appeal.Hearing{First: o.today().Add(1), Last: o.today().Add(2), Words: "市里开会"}); !errors.Is(err, step.ErrState) {
			t.Errorf("a hearing in a review: %v", err)
		}
		if err := o.NoteDown(bg, o.judge, m.ID, m.Version, " "); problem(err, "text") == "" {
			t.Errorf("an empty note: %v", err)
		}
		plain := o.delivered()
		if err := o.Propose(bg, o.judge, plain.ID, plain.Version, upheld); !errors.Is(err, step.ErrState) {
			t.Errorf("nobody asked: %v", err)
		}
	})
}

// Whose reports were merged each get the letter, each may ask, and what is
// decided then is told to both; neither reads the other's words.
func TestWhoWasMergedHasTheSameRights(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		lead, second := o.accepted(o.submit()), o.submit(anonymous)
		o.must(o.Triage.Link(bg, o.handler, second.ID, o.again(second).Version, lead.ID))
		lead = o.decide(lead)
		o.look(second)
		if lead = o.again(lead); lead.State != intake.Delivered || o.clock(second.ID, intake.RuleReviewAsk) == nil || o.clock(lead.ID, intake.RuleReviewAsk) != nil {
			t.Fatalf("the second reads first: %s", lead.State)
		}
		o.must(o.rate(second, intake.Solved))
		if got := o.again(lead); got.Rating != "" {
			t.Errorf("the lead is rated %q by another", got.Rating)
		}
		if err := o.Triage.Close(bg, o.handler, lead.ID, o.again(lead).Version); !errors.Is(err, step.ErrState) {
			t.Errorf("closed while the first has no answer: %v", err)
		}
		page := o.look(lead)
		for _, l := range page.Matters[0].Letters {
			if l.Matter != "" || l.Parts[0].Demand != "" {
				t.Errorf("the letter tells what others asked for: %+v", l)
			}
		}
		o.must(o.ask(second))
		if s := o.side(lead); len(s.Asked) != 0 || s.Ask != "" {
			t.Errorf("the first sees that the second asked: %+v", s)
		}
		for _, said := range o.look(lead).Messages {
			if said.Text == criticism || strings.Contains(said.Text, "review_taken") {
				t.Error("the first reads what the second said")
			}
		}
		leak := upheld
		leak.Facts = "张试样家的钱已经退了,有收条。"
		var gone *triage.Leak
		if err := o.Propose(bg, o.judge, lead.ID, o.again(lead).Version, leak); !errors.As(err, &gone) {
			t.Errorf("the letter names one of them: %v", err)
		}
		lead = o.ruled(lead, o.judge, o.chief, upheld)
		for _, each := range []matter{lead, second} {
			if v := o.look(each).Matters[0]; v.Letters[0].Kind != intake.OfReview || v.Right == nil || v.Right.Rule != intake.RuleReexamAsk {
				t.Errorf("%s: %+v", each.Number(), v)
			}
		}
	})
}

func TestCallingBack(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		m := o.delivered()
		call := appeal.Call{OnDay: o.today(), Channel: appeal.ByCall, Reached: true, Result: intake.Solved, Words: "说钱收到了,满意。"}
		calls := func(by staff.Officer, m matter, c appeal.Call) error {
			return o.CallBack(bg, by, m.ID, o.again(m).Version, c)
		}
		waiting := func(by staff.Officer) int {
			groups, err := o.Triage.Today(bg, by)
			o.must(err)
			return len(groups["callback"])
		}
		if waiting(o.other) != 1 || waiting(o.looker) != 1 || waiting(o.handler) != 0 || waiting(o.boss) != 0 {
			t.Error("it waits for who may not, or not for who may")
		}
		for name, by := range map[string]staff.Officer{"the handler": o.handler, "who approved": o.boss} {
			if err := calls(by, m, call); !errors.Is(err, step.ErrSamePerson) {
				t.Errorf("%s: %v", name, err)
			}
		}
		for field, bad := range map[string]appeal.Call{
			"on_day":   {OnDay: o.today().Add(1), Channel: appeal.ByCall, Words: "没人接"},
			"callback": {OnDay: o.today(), Channel: "fax", Words: "没人接"},
			"result":   {OnDay: o.today(), Channel: appeal.ByCall, Reached: true, Words: "接了"},
			"words":    {OnDay: o.today(), Channel: appeal.ByCall},
		} {
			if err := calls(o.other, m, bad); problem(err, field) == "" {
				t.Errorf("%s: %v", field, err)
			}
		}
		o.must(calls(o.other, m, appeal.Call{OnDay: o.today(), Channel: appeal.ByCall, Words: "没人接"}))
		if o.clock(m.ID, "complaint.callback") == nil {
			t.Error("nobody answered, and nobody has to call again")
		}
		o.must(calls(o.other, m, call))
		if now := o.again(m); o.clock(m.ID, "complaint.callback") != nil || now.Rating != "" || now.DueOn != nil {
			t.Errorf("called: rating %q", now.Rating)
		}
		if err := o.Triage.Close(bg, o.handler, m.ID, o.again(m).Version); !errors.Is(err, step.ErrState) {
			t.Errorf("what somebody says they heard on the phone closes a case: %v", err)
		}
		if err := calls(o.other, m, call); !errors.Is(err, step.ErrState) {
			t.Errorf("once more: %v", err)
		}
		if e := o.ending(o.handler, m); len(e.Calls) != 2 || e.Calls[1].Words != call.Words || e.Calls[1].ByName != o.other.Name {
			t.Errorf("the office sees %+v", e.Calls)
		}
		unhappy := o.delivered()
		call.Result = intake.Unsolved
		o.must(calls(o.looker, unhappy, call))
		if now := o.again(unhappy); now.SecondDeskID == nil || now.Rating != "" {
			t.Errorf("unsolved, told on the phone: %+v", now.Complaint)
		}
		o.callsNameless(call)
	})
}

// callsNameless: who left no name is written to.
func (o *office) callsNameless(call appeal.Call) {
	o.t.Helper()
	m := o.decided(anonymous)
	if err := o.CallBack(bg, o.other, m.ID, m.Version, call); problem(err, "callback") == "" {
		o.t.Errorf("called without a number: %v", err)
	}
	o.must(o.CallBack(bg, o.other, m.ID, m.Version, appeal.Call{Channel: appeal.ByMessage}))
	if told := o.told(m); !strings.Contains(told, "told.callback") || o.clock(m.ID, "complaint.callback") != nil {
		o.t.Errorf("told %q", told)
	}
	tries := o.delivered()
	for range 3 {
		if o.clock(tries.ID, "complaint.callback") == nil {
			o.t.Fatal("given up too early")
		}
		o.must(o.CallBack(bg, o.other, tries.ID, o.again(tries).Version, appeal.Call{OnDay: o.today(), Channel: appeal.ByCall, Words: "没人接"}))
	}
	if o.clock(tries.ID, "complaint.callback") != nil {
		o.t.Error("three times is not enough")
	}
	if said, err := o.Called(bg, []uuid.UUID{m.ID, tries.ID}); err != nil || len(said) != 0 {
		o.t.Errorf("who was not reached said %v, %v", said, err)
	}
	glad := o.delivered()
	o.must(o.CallBack(bg, o.other, glad.ID, o.again(glad).Version, call))
	if said, err := o.Called(bg, []uuid.UUID{glad.ID}); err != nil || said[glad.ID] != call.Result {
		o.t.Errorf("who was reached said %v, %v", said, err)
	}
}

// Who withdrew says nothing any more, whatever the page offered.
func TestWhoWithdrewIsNotHeard(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		for _, reason := range []string{"tired", intake.Pressed} {
			m := o.delivered()
			o.must(o.Intake.Withdraw(bg, o.look(m).Token, reason))
			if err := o.rate(m, intake.Unsolved); !errors.Is(err, intake.ErrClosed) {
				t.Errorf("%s: rated: %v", reason, err)
			}
			if err := o.ask(m); !errors.Is(err, intake.ErrClosed) {
				t.Errorf("%s: asked: %v", reason, err)
			}
			if sides, err := o.Sides(bg, m.ReportID); err != nil || len(sides) != 0 {
				t.Errorf("%s: offered %+v, %v", reason, sides, err)
			}
		}
	})
}
