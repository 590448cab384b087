package triage

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
	"minsheng/ledger"
	"minsheng/staff"
)

func (w *crew) open(by staff.Officer, c intake.Complaint) Case {
	w.t.Helper()
	got, err := w.Case(bg, by, c.ID)
	w.must(err)
	return got
}

// lay puts a case on another desk.
func (w *crew) lay(c intake.Complaint, desk string) {
	w.t.Helper()
	w.must(w.store.Read(bg).Exec("UPDATE complaint SET desk_unit_id = ? WHERE id = ?", w.units[desk].ID, c.ID).Error)
}

// finally names what a page says could be repeated.
func finally(c Case) (numbers []string) {
	for _, f := range c.Finals {
		numbers = append(numbers, f.Number())
	}
	return numbers
}

// What was decided for the last time lies with the office above, out of sight of
// the one that decided it first, where the same is reported again.
func TestWhoDecidedFirstRecognisesWhatIsReportedAgain(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newCrew(t, s)
		final := w.final()
		w.lay(final, cityDesk)
		c := w.described()
		w.must(w.Claim(bg, w.officer, c.ID))
		got := w.open(w.officer, c)
		if len(got.Finals) != 1 || got.Finals[0].ID != final.ID || got.Finals[0].Outcome != intake.Substantiated || got.Finals[0].On != w.today() {
			t.Fatalf("the office that decided it finds %+v", got.Finals)
		}
		if slices.ContainsFunc(got.Similar, func(s Similar) bool { return s.ID == final.ID }) {
			t.Error("it sees the case itself")
		}
		if !slices.Contains(got.Actions, RejectRepeat) {
			t.Errorf("the page offers %v", got.Actions)
		}
		t.Run("but not what is about it", func(t *testing.T) {
			w.t = t
			w.about(final, w.above, w.officer.UnitID)
			if got := finally(w.open(w.officer, c)); got != nil {
				t.Errorf("an accused office finds %v", got)
			}
			w.must(w.store.Read(bg).Exec("DELETE FROM complaint_subject WHERE complaint_id = ?", final.ID).Error)
			w.stepBack(final, w.second)
			if got := finally(w.open(w.second, c)); got != nil {
				t.Errorf("who stepped back finds %v", got)
			}
		})
		t.Run("nor of another kind, unless the reporter named it", func(t *testing.T) {
			w.t = t
			other := w.submitted()
			d := goodDescription
			d.Kind = "CARD_HELD"
			w.must(w.Describe(bg, w.officer, other.ID, other.Version, d))
			other = w.again(other)
			if err := w.ProposeRepeat(bg, w.officer, other.ID, other.Version, final.ID); problem(err, "final") == "" {
				t.Errorf("of another kind: %v", err)
			}
			w.must(w.store.Read(bg).Create(&intake.Earlier{ComplaintID: other.ID, EarlierReportID: final.ReportID, At: w.store.Now()}).Error)
			if got := finally(w.open(w.officer, other)); !slices.Equal(got, []string{final.Number()}) {
				t.Errorf("named by the reporter: %v", got)
			}
		})
		w.t = t
		w.must(w.ProposeRepeat(bg, w.officer, c.ID, w.again(c).Version, final.ID))
		if p := openOf(w.open(w.boss, c).Proposals); p == nil || p.Final != final.Number() {
			t.Errorf("the approver reads %+v", p)
		}
		w.must(w.Rule(bg, w.boss, c.ID, w.openProposal(c), true, ""))
		now := w.again(c)
		if now.State != intake.NotAccepted || now.Outcome != intake.RepeatAfterFinal || now.RepeatsID == nil || *now.RepeatsID != final.ID || now.ClosedAt == nil {
			t.Errorf("it is %+v", now)
		}
		told := w.lastTold(c).Text
		if !strings.Contains(told, "told.repeat") || !strings.Contains(told, sayDay("zh-CN", w.today())) || !strings.Contains(told, "told.outcome.substantiated") {
			t.Errorf("told %q", told)
		}
		for _, secret := range []string{final.Number(), "张试样", goodAnswer.Findings[0].Facts} {
			if strings.Contains(told, secret) {
				t.Errorf("told of the other report: %q", told)
			}
		}
	})
}

// Everybody whose report was merged into one that is not taken up again reads why.
func TestEverybodyReadsThatItIsNotTakenUpAgain(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newCrew(t, s)
		final := w.final()
		lead, joined := w.described(), w.described()
		w.must(w.Link(bg, w.officer, joined.ID, joined.Version, lead.ID))
		w.must(w.ProposeRepeat(bg, w.officer, lead.ID, w.again(lead).Version, final.ID))
		w.must(w.Rule(bg, w.boss, lead.ID, w.openProposal(lead), true, ""))
		for _, c := range []intake.Complaint{lead, joined} {
			if told := w.lastTold(c).Text; !strings.Contains(told, "told.repeat") {
				t.Errorf("told %q", told)
			}
		}
	})
}

func TestTheSameAgainGoesToTheOfficeAbove(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newCrew(t, s)
		before := w.closed()
		c := w.described()
		w.must(w.Claim(bg, w.officer, c.ID))
		if got := w.open(w.officer, c); len(got.Lately) != 1 || got.Lately[0].ID != before.ID || !slices.Contains(got.Actions, Again) {
			t.Fatalf("closed lately: %+v, offered %v", got.Lately, got.Actions)
		}
		closed := func(daysAgo int) {
			w.must(w.store.Read(bg).Exec("UPDATE complaint SET closed_at = ? WHERE id = ?", c.ReceivedAt.AddDate(0, 0, -daysAgo), before.ID).Error)
		}
		closed(91)
		if err := w.ComesAgain(bg, w.officer, c.ID, w.again(c).Version, before.ID); problem(err, "into") == "" {
			t.Errorf("closed 91 days before: %v", err)
		}
		closed(90)
		w.must(w.store.Read(bg).Exec("UPDATE complaint SET kind = 'OTHER' WHERE id = ?", before.ID).Error)
		if err := w.ComesAgain(bg, w.officer, c.ID, w.again(c).Version, before.ID); problem(err, "into") == "" {
			t.Errorf("of another kind: %v", err)
		}
		w.must(w.store.Read(bg).Exec("UPDATE complaint SET kind = ? WHERE id = ?", c.Kind, before.ID).Error)
		w.must(w.ComesAgain(bg, w.officer, c.ID, w.again(c).Version, before.ID))
		now := w.again(c)
		if now.DeskUnitID != w.units[cityDesk].ID || now.OwnerID != nil || now.AgainOf == nil || *now.AgainOf != before.ID {
			t.Errorf("it lies %+v", now)
		}
		if told := w.lastTold(c).Text; !strings.Contains(told, "told.came_again") || strings.Contains(told, before.Number()) {
			t.Errorf("told %q", told)
		}
		if got := w.open(w.above, c); len(got.AgainOf) != 1 || slices.Contains(got.Actions, Again) {
			t.Errorf("the office above sees %+v and is offered %v", got.AgainOf, got.Actions)
		}
		t.Run("and stays where no office is above", func(t *testing.T) {
			w.t = t
			c := w.described()
			w.lay(c, cityDesk)
			told := w.toldTo(c)
			w.must(w.ComesAgain(bg, w.above, c.ID, w.again(c).Version, before.ID))
			if now := w.again(c); now.DeskUnitID != w.units[cityDesk].ID || now.AgainOf == nil || w.toldTo(c) != told {
				t.Errorf("it lies %+v, told %d", now, w.toldTo(c)-told)
			}
		})
	})
}

func TestAGraveWithdrawalIsLookedAtByAnother(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newCrew(t, s)
		c := w.leaving()
		if err := w.LetGo(bg, w.officer, c.ID, c.Version, true, "打过电话"); !errors.Is(err, step.ErrSamePerson) {
			t.Errorf("who wrote down what it is about: %v", err)
		}
		tomorrow := w.today().Add(1)
		w.must(w.store.Read(bg).Exec("UPDATE complaint SET leaves_on = ? WHERE id = ?", tomorrow, c.ID).Error)
		if err := w.LetGo(bg, w.second, c.ID, c.Version, true, "打过电话"); !errors.Is(err, step.ErrState) {
			t.Errorf("while it can be taken back: %v", err)
		}
		if w.finds(w.second, Filter{Wants: WantsLetGo}, c) || slices.Contains(w.open(w.second, c).Actions, LetGo) {
			t.Error("it is offered while it can be taken back")
		}
		w.must(w.store.Read(bg).Exec("UPDATE complaint SET leaves_on = ? WHERE id = ?", w.today(), c.ID).Error)
		if !w.finds(w.second, Filter{Wants: WantsLetGo}, c) || w.finds(w.officer, Filter{Wants: WantsLetGo}, c) {
			t.Error("it waits for the wrong people")
		}
		if err := w.LetGo(bg, w.second, c.ID, c.Version, true, "短"); problem(err, "words") == "" {
			t.Errorf("without a word: %v", err)
		}
		w.must(w.LetGo(bg, w.second, c.ID, c.Version, false, "本人说是村里逼的"))
		now := w.again(c)
		got := w.open(w.above, c)
		if now.State != intake.Submitted || now.ClosedAt != nil || now.LeavesOn != nil {
			t.Errorf("it goes on as %+v", now)
		}
		if got.Withdrawal == nil || got.Withdrawal.Ended != "goes_on" || got.Withdrawal.Words != "本人说是村里逼的" || got.Withdrawal.ByName != w.second.Name {
			t.Errorf("the office reads %+v", got.Withdrawal)
		}
		if err := w.LetGo(bg, w.second, c.ID, now.Version, true, "再来一次"); !errors.Is(err, step.ErrState) {
			t.Errorf("twice: %v", err)
		}
		if w.toldTo(c) != 0 {
			t.Error("the reporter was told")
		}
	})
}

func TestWhatCannotBeAnEarlierReport(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newCrew(t, s)
		c := w.retaliation()
		later := w.submitted()
		hidden := w.before
		w.about(hidden, w.foreign, w.above.UnitID)
		for name, earlier := range map[string]intake.Complaint{"itself": c, "a later one": later, "one that is hidden": hidden} {
			if err := w.TieEarlier(bg, w.above, c.ID, c.Version, earlier.ID); problem(err, "number") == "" {
				t.Errorf("%s: %v", name, err)
			}
		}
		w.must(w.store.Read(bg).Exec("DELETE FROM complaint_subject WHERE complaint_id = ?", hidden.ID).Error)
		w.must(w.TieEarlier(bg, w.above, c.ID, c.Version, hidden.ID))
		// Who finds out more may tie it to another one, until the audit has ended.
		w.must(w.TieEarlier(bg, w.above, c.ID, w.again(c).Version, w.earliest().ID))
		began := 0
		for _, kind := range w.kinds(ledger.OfComplaint, c.ID) {
			if kind == "audit_opened" {
				began++
			}
		}
		if began != 1 {
			t.Errorf("%d audits began", began)
		}
		w.must(s.Transact(bg, func(tx *gorm.DB) error { _, err := w.intake.EndAudit(tx, c.ID, intake.FoundNothing); return err }))
		if err := w.TieEarlier(bg, w.above, c.ID, w.again(c).Version, hidden.ID); !errors.Is(err, step.ErrState) {
			t.Errorf("after the audit: %v", err)
		}
	})
}

// earliest is a case that is older than all others.
func (w *crew) earliest() intake.Complaint {
	c := w.submitted()
	w.must(w.store.Read(bg).Exec("UPDATE complaint SET seq = -1 WHERE id = ?", c.ID).Error)
	return w.again(c)
}

// A case that turns out to be about retaliation begins the audit, when its
// reporter named an earlier report.
func TestDescribingRetaliationBeginsTheAudit(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newCrew(t, s)
		before, c := w.submitted(), w.submitted()
		w.must(w.store.Read(bg).Create(&intake.Earlier{ComplaintID: c.ID, EarlierReportID: before.ReportID, At: w.store.Now()}).Error)
		d := goodDescription
		d.Kind, d.Severity = intake.Retaliation, 1
		w.must(w.Describe(bg, w.officer, c.ID, c.Version, d))
		e, err := w.intake.EarlierOf(w.store.Read(bg), c.ID)
		if err != nil || e.AuditAt == nil || !slices.Contains(w.kinds(ledger.OfComplaint, c.ID), "audit_opened") {
			t.Errorf("%+v, %v", e, err)
		}
	})
}

// What is like another answer is shown to who rules on it, and does not hinder.
func TestCopiedAnswersAreShownToTheApprover(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newCrew(t, s)
		long := Answer{Outcome: intake.Partly, Findings: []AnswerPart{
			{N: 1, Result: intake.Partly, Facts: "经核实,发放表所列金额与存折入账金额一致,差额系代扣的合作医疗保险费,有本人签字。", Basis: "资金管理办法第五条", Done: "已向群众解释说明,下一步加强政策宣传。"},
			{N: 2, Result: intake.Partly, Facts: "经核实,有关补助已按规定程序发放到位,未发现截留挪用问题。", Basis: "资金管理办法第六条"},
		}}
		first := w.verified()
		w.must(w.ProposeAnswer(bg, w.officer, first.ID, first.Version, long))
		if got := w.open(w.boss, first); got.Alike != nil {
			t.Errorf("the first of its kind is like %+v", got.Alike)
		}
		w.must(w.Rule(bg, w.boss, first.ID, w.openProposal(first), true, ""))
		c := w.verified()
		nearly := Answer{Outcome: long.Outcome, Findings: slices.Clone(long.Findings)}
		nearly.Findings[0].Facts = strings.Replace(long.Findings[0].Facts, "合作医疗", "养老", 1)
		w.must(w.ProposeAnswer(bg, w.officer, c.ID, c.Version, nearly))
		got := w.open(w.boss, c)
		if len(got.Alike) != 1 || got.Alike[0].Number != first.Number() || got.Alike[0].Percent < alikePercent {
			t.Fatalf("the approver reads %+v", got.Alike)
		}
		if got := w.open(w.officer, c); got.Alike != nil {
			t.Error("who proposed it is told too")
		}
		w.stepBack(first, w.boss)
		if got := w.open(w.boss, c); len(got.Alike) != 1 || got.Alike[0].Number != "" {
			t.Errorf("of a case that is hidden: %+v", got.Alike)
		}
		w.must(w.store.Read(bg).Exec("UPDATE letter SET at = ?", w.store.Now().Add(-alikeSince-time.Hour)).Error)
		if got := w.open(w.boss, c); got.Alike != nil {
			t.Errorf("after 90 days it is still like %+v", got.Alike)
		}
		w.must(w.Rule(bg, w.boss, c.ID, w.openProposal(c), true, ""))
	})
}

func TestLikeness(t *testing.T) {
	text := func(words string) map[string]bool { return pieces([]intake.LetterPart{{Facts: words}}) }
	long := "经核实发放表所列金额与存折入账金额一致差额系代扣的合作医疗保险费有本人签字"
	other := "水井打完以后从来没有出过水泵也让人拉走了牌子上还写着受益八十户村民"
	for name, test := range map[string]struct {
		a, b        string
		least, most int
	}{
		"the same":           {long, long, 100, 100},
		"a word changed":     {long, strings.Replace(long, "合作医疗", "农村养老", 1), 60, 99},
		"nothing in common":  {long, other, 0, 10},
		"both short":         {"已经退还", "已经退还", 0, 0},
		"one is short":       {long, "已经退还", 0, 0},
		"what one says more": {long, long + other, 30, 60},
	} {
		if got := likeness(text(test.a), text(test.b)); got < test.least || got > test.most {
			t.Errorf("%s: %d %%, want %d to %d", name, got, test.least, test.most)
		}
	}
	if likeness(pieces([]intake.LetterPart{{Facts: long, Basis: "资金管理办法第五条"}}), text(long)) != 100 {
		t.Error("the basis takes part")
	}
}

func TestALetterInWords(t *testing.T) {
	q := New(Config{Tell: func(_, key string, pairs ...any) string {
		return strings.TrimSpace(fmt.Sprintln(append([]any{key}, pairs...)...))
	}})
	part := intake.LetterPart{N: 1, Result: intake.Partly, Facts: "少发三千", Basis: "第五条", Done: "已退还"}
	for name, test := range map[string]struct {
		l    Letter
		want []string
	}{
		"a decision": {Letter{Kind: intake.OfDecision, Outcome: intake.Partly, Parts: []intake.LetterPart{part}, Next: intake.OfReview, NextBy: "市", NextDays: 30}, []string{
			"told.answer outcome told.outcome.partly", "told.answer_part n 1 result told.outcome.partly facts 少发三千", "told.answer_basis basis 第五条", "told.answer_done done 已退还",
			"told.may_review unit 市 n 30"}},
		"nothing was done": {Letter{Kind: intake.OfDecision, Outcome: intake.Partly, Parts: []intake.LetterPart{{N: 1, Result: intake.Partly, Facts: "a", Basis: "b"}}}, []string{
			"told.answer outcome told.outcome.partly", "told.answer_part n 1 result told.outcome.partly facts a", "told.answer_basis basis b", "told.may_nothing"}},
		"a review that upholds": {Letter{Kind: intake.OfReview, Ruling: "upheld", Facts: "查过", Basis: "条例", Next: intake.OfReexam, NextBy: "市", NextHere: true, NextDays: 30}, []string{
			"told.review_upheld", "told.ruling_facts facts 查过", "told.answer_basis basis 条例", "told.may_reexam_here unit 市 n 30"}},
		"a re-examination that changes": {Letter{Kind: intake.OfReexam, Ruling: "changed", Facts: "查过", Basis: "条例", Outcome: intake.Substantiated, Parts: []intake.LetterPart{{N: 1, Result: intake.Substantiated, Facts: "a", Basis: "b"}}}, []string{
			"told.reexam_changed", "told.ruling_facts facts 查过", "told.answer_basis basis 条例", "told.answer outcome told.outcome.substantiated",
			"told.answer_part n 1 result told.outcome.substantiated facts a", "told.answer_basis basis b", "told.may_nothing"}},
	} {
		if got := strings.Split(q.Words("zh-CN", test.l), "\n"); !slices.Equal(got, test.want) {
			t.Errorf("%s:\n%q, want\n%q", name, got, test.want)
		}
	}
}

// Where several people reported the same, a letter leaves out what each asked for
// and by which words the office knows the case.
func TestALetterToSeveralNamesNoDemand(t *testing.T) {
	c := intake.Complaint{Summary: "反映补助没有发全"}
	answer := Answer{Outcome: intake.Partly, Findings: []AnswerPart{{N: 1, Result: intake.Partly, Facts: "a", Basis: "b"}, {N: 2, Result: intake.Unverifiable, Facts: "c", Basis: "d", Done: "e"}}}
	demands := []demandRow{{N: 1, Body: "退钱"}, {N: 2, Body: "公开"}}
	one, several := letterOf(c, answer, demands, false), letterOf(c, answer, demands, true)
	if one.Matter != c.Summary || one.Parts[0].Demand != "退钱" || one.Parts[1].Demand != "公开" || one.Parts[1].Done != "e" {
		t.Errorf("to one: %+v", one)
	}
	if several.Matter != "" || several.Parts[0].Demand != "" || several.Parts[1].Demand != "" || several.Parts[1].Facts != "c" {
		t.Errorf("to several: %+v", several)
	}
}
