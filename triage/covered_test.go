package triage

import (
	"errors"
	"strings"
	"testing"

	"minsheng/intake"
	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
	"minsheng/staff"
)

// TestWhatOfficesWroteIsShownCovered to who may not read the covered words: checks,
// proposals and answers repeat names too.
func TestWhatOfficesWroteIsShownCovered(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newCrew(t, s)
		c, _ := w.handIn(shuangliu, func(s *intake.Submission) { s.Text = "邻居柳大旺看见会计拿走三千。" })
		w.must(w.Describe(bg, w.officer, c.ID, c.Version, Description{Summary: "反映危房改造补助没有发全", Kind: "FUND_WITHHOLD", Severity: 2, Demands: []string{"补发三千元"}}))
		w.must(w.Accept(bg, w.officer, c.ID, w.again(c).Version))
		w.must(w.Verify(bg, w.officer, c.ID, w.again(c).Version, NewVerification{VisitedOn: w.today(), Place: "柳大旺家", Method: "interview", Verifiers: []string{"李核", "王查"}, Found: "柳 大旺说亲眼看见。"}))
		said := func(facts string) Answer {
			return Answer{Outcome: intake.Substantiated, Findings: []AnswerPart{{N: 1, Result: intake.Substantiated, Facts: facts, Basis: "应足额发放。", Done: "已退给农户。"}}}
		}
		w.must(w.ProposeAnswer(bg, w.officer, c.ID, w.again(c).Version, said("柳大旺作证，扣下三千元。")))
		w.must(w.Rule(bg, w.boss, c.ID, w.open(w.boss, c).Proposals[0].ID, true, "请再访柳大旺。"))
		read := func(by staff.Officer) string {
			page := w.open(by, c)
			p, l := page.Proposals[0], page.Letters[0]
			return strings.Join([]string{page.Checks[0].Place, page.Checks[0].Found, p.Answer.Findings[0].Facts, p.Note, l.Parts[0].Facts}, "|")
		}
		whole := "柳大旺家|柳 大旺说亲眼看见。|柳大旺作证，扣下三千元。|请再访柳大旺。|柳大旺作证，扣下三千元。"
		if got := read(w.officer); got != whole {
			t.Errorf("before anything is covered: %s", got)
		}
		if _, err := w.Mask(bg, w.officer, c.ID, intake.Masked, "柳大旺"); err != nil {
			t.Fatal(err)
		}
		for _, by := range []staff.Officer{w.officer, w.boss, w.above} {
			if got := read(by); strings.Contains(got, "旺") || strings.Count(got, intake.Black) != 5 {
				t.Errorf("%s reads %s", by.UnitName, got)
			}
		}
		if got := read(w.custodian); got != whole {
			t.Errorf("a custodian reads %s", got)
		}
	})
}

// TestCoveredWordsReachNoReporter in a text that an office writes to one.
func TestCoveredWordsReachNoReporter(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newCrew(t, s)
		c, _ := w.handIn(shuangliu, func(s *intake.Submission) { s.Text = "邻居柳大旺看见会计拿走三千。" })
		w.must(w.Describe(bg, w.officer, c.ID, c.Version, Description{Summary: "反映危房改造补助没有发全", Kind: "FUND_WITHHOLD", Severity: 2, Demands: []string{"补发三千元"}}))
		_, err := w.Mask(bg, w.officer, c.ID, intake.Masked, "柳大旺")
		w.must(err)
		refused := func(what, field string, err error) {
			t.Helper()
			var leak *Leak
			if !errors.As(err, &leak) || leak.Findings[0].Field != field || leak.Findings[0].Reason != "covered" {
				t.Errorf("%s: %v", what, err)
			}
		}
		now := func() int { return w.again(c).Version }
		refused("message", "text", w.Message(bg, w.officer, c.ID, "柳大旺的话我们听过了。"))
		refused("question", "text", w.AskMore(bg, w.officer, c.ID, now(), "柳大旺住哪里？"))
		refused("decline", "where_to", w.ProposeDecline(bg, w.officer, c.ID, now(), "不归我们管。", "请找柳大旺"))
		refused("transfer", "reason", w.Transfer(bg, w.officer, c.ID, now(), w.units[cityDesk].ID, "柳大旺说归市里管。"))
		w.must(w.Accept(bg, w.officer, c.ID, now()))
		refused("extension", "reason", w.ProposeExtension(bg, w.officer, c.ID, now(), 10, "柳 大旺在外地。"))
		w.must(w.Verify(bg, w.officer, c.ID, now(), NewVerification{VisitedOn: w.today(), Place: "村部", Method: "interview", Verifiers: []string{"李核", "王查"}, Found: "柳大旺说亲眼看见。"}))
		before := now()
		refused("answer", "done.1", w.ProposeAnswer(bg, w.officer, c.ID, before, Answer{Outcome: intake.Substantiated, Findings: []AnswerPart{
			{N: 1, Result: intake.Substantiated, Facts: "扣下三千元。", Basis: "应足额发放。", Done: "已告知柳大旺。"}}}))
		stopped := 0
		for _, e := range w.open(w.officer, c).Events {
			if e.Kind == "name_stopped" {
				stopped++
			}
		}
		if stopped != 6 || now() != before {
			t.Errorf("%d attempts stand in the record", stopped)
		}
		w.must(w.Message(bg, w.officer, c.ID, "您邻居的话我们听过了。"))
	})
}
