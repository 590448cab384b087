package triage

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"minsheng/intake"
	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
	"minsheng/ledger"
	"minsheng/paper"
	"minsheng/region"
	"minsheng/staff"
)

// Whatever is put on paper fits the form of its kind, and lacks nothing.
func TestPapersFitTheirForms(t *testing.T) {
	c := intake.Complaint{PlaceName: "盘山县甜水镇双柳村", Kind: "FUND_WITHHOLD"}
	letter := Letter{Outcome: intake.Partly, Accepted: "2026-03-02", Parts: []intake.LetterPart{{N: 1, Demand: "退钱", Result: intake.Partly, Facts: "少发三千", Basis: "第五条", Done: "已退还"}}}
	for kind, content := range map[paper.Kind]paper.Content{
		paper.Acceptance:    acceptanceContent(c, "补助没有发全", "2026-03-02", "2026-05-01"),
		paper.NonAcceptance: nonAcceptanceContent(c, "补助没有发全", "法院已经判了", declineBasis, "县法院 12368"),
		paper.TransferNote:  transferContent(c, "补助没有发全", "", "由农业部门发放", "2026-03-02"),
		paper.ExtensionNote: extensionContent("补助没有发全", "盘山县督查室", "要查五年的账", "2026-05-01", "2026-05-31"),
		paper.Decision:      LetterContent(letter, "补助没有发全", "可以申请复查"),
	} {
		form, _ := paper.FormOf(kind)
		var own []string // what the press fills in itself
		for _, f := range form.Known()[:5] {
			own = append(own, f.Name)
		}
		for _, missing := range form.Missing(content) {
			if !slices.Contains(own, missing) {
				t.Errorf("%s lacks %s", kind, missing)
			}
		}
		for name := range content.Fields {
			if !slices.ContainsFunc(form.Known(), func(f paper.Field) bool { return f.Name == name }) {
				t.Errorf("%s knows no %s", kind, name)
			}
		}
	}
	rows := LetterContent(letter, "", "").Lists["诉求"]
	if len(rows) != 1 || rows[0]["序号"] != "一" || rows[0]["结论"] != "部分属实" || rows[0]["处理意见"] != "已退还" {
		t.Errorf("the demands %v", rows)
	}
	if to := transferContent(c, "", "", "", "").Fields["转送单位"]; to != "有权处理的机关、单位" {
		t.Errorf("passed on to nobody in particular: %q", to)
	}
}

func TestNumerals(t *testing.T) {
	for n, want := range map[int]string{0: "0", 1: "一", 9: "九", 10: "十", 11: "十一", 20: "二十", 21: "二十一", 99: "九十九", 100: "100"} {
		if got := numeral(n); got != want {
			t.Errorf("%d is %s", n, got)
		}
	}
}

// withPress lets a crew write papers.
func withPress(w *crew) *crew {
	w.papers = paper.New(paper.Config{Store: w.store, Keys: w.keys, Atlas: w.atlas, Staff: w.staff, Shelf: w.shelf, Intake: w.intake,
		Guards: map[ledger.Subject]paper.Guard{ledger.OfComplaint: func(ctx context.Context, by staff.Officer, id uuid.UUID) error {
			_, err := w.CaseIn(w.store.Read(ctx), by, id)
			return err
		}}})
	return w
}

// onPaper lists the papers about a case with what they say.
func (w *crew) onPaper(c intake.Complaint) (papers []paper.Paper, says []paper.Content) {
	w.t.Helper()
	all, err := w.papers.Of(bg, w.above, ledger.OfComplaint, c.ID)
	w.must(err)
	for _, p := range all {
		_, content, err := w.papers.Open(bg, w.above, p.ID)
		w.must(err)
		papers, says = append(papers, p), append(says, content)
	}
	return papers, says
}

func TestWhatReportersGetOnPaper(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := withPress(newCrew(t, s))
		for name, test := range map[string]struct {
			act   func() intake.Complaint
			kind  paper.Kind
			state paper.State
			says  map[string]string
		}{
			"accepted": {w.accepted, paper.Acceptance, paper.Drafted, map[string]string{"反映事项": goodDescription.Summary}},
			"decided":  {w.decided, paper.Decision, paper.Final, map[string]string{"总体结论": "反映的情况属实。", "复查权利": "told.may_review"}},
			"declined": {func() intake.Complaint {
				c := w.described()
				w.must(w.ProposeDecline(bg, w.officer, c.ID, c.Version, "属于法院管的事", "县法院 12368"))
				w.must(w.Rule(bg, w.boss, c.ID, w.openProposal(c), true, ""))
				return c
			}, paper.NonAcceptance, paper.Final, map[string]string{"不予受理理由": "属于法院管的事", "应向何处反映": "县法院 12368"}},
			"passed on": {func() intake.Complaint {
				c := w.described()
				w.must(w.Transfer(bg, w.officer, c.ID, c.Version, w.units[panshanPoor].ID, "属于扶贫办"))
				w.must(w.Rule(bg, w.boss, c.ID, w.openProposal(c), true, ""))
				return c
			}, paper.TransferNote, paper.Final, map[string]string{"转送单位": panshanPoor, "转送理由": "属于扶贫办"}},
			"extended": {func() intake.Complaint {
				c := w.accepted()
				w.must(w.ProposeExtension(bg, w.officer, c.ID, c.Version, 30, "要查五年的账"))
				w.must(w.Rule(bg, w.boss, c.ID, w.openProposal(c), true, ""))
				return c
			}, paper.ExtensionNote, paper.Final, map[string]string{"延期理由": "要查五年的账", "批准单位": panshan, "延长后期限": "日"}},
			"repeated": {func() intake.Complaint {
				c := w.repeating()
				w.must(w.ProposeRepeat(bg, w.officer, c.ID, c.Version, w.before.ID))
				w.must(w.Rule(bg, w.boss, c.ID, w.openProposal(c), true, ""))
				return c
			}, paper.NonAcceptance, paper.Final, map[string]string{"不予受理理由": "反映的情况属实"}},
		} {
			c := test.act()
			papers, says := w.onPaper(c)
			if len(papers) == 0 {
				t.Fatalf("%s: nothing on paper", name)
			}
			last := len(papers) - 1
			if papers[last].Kind != test.kind || papers[last].State != test.state || (papers[last].Number != "") != (test.state == paper.Final) {
				t.Errorf("%s: %+v", name, papers[last])
			}
			if by := papers[last].IssuedBy; papers[last].DraftedBy != w.officer.ID || by != nil && *by != w.boss.ID {
				t.Errorf("%s: drafted by %s, issued by %v", name, papers[last].DraftedBy, by)
			}
			for field, want := range test.says {
				if got := says[last].Fields[field]; !strings.Contains(got, want) {
					t.Errorf("%s: %s says %q, want %q", name, field, got, want)
				}
			}
			if test.kind != paper.Decision {
				continue
			}
			if letters, err := w.intake.Letters(w.store.Read(bg), staff.Officer{}, c.ID); err != nil || letters[0].Number != papers[last].Number {
				t.Errorf("the letter bears %q, the paper %q", letters[0].Number, papers[last].Number)
			}
		}
	})
}

// Where several people reported the same, each of them gets the paper.
func TestAPaperForSeveralTellsNothingOfOne(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := withPress(newCrew(t, s))
		lead, joined := w.verified(), w.described()
		w.must(w.Link(bg, w.officer, joined.ID, joined.Version, lead.ID))
		w.must(w.ProposeAnswer(bg, w.officer, lead.ID, w.again(lead).Version, goodAnswer))
		w.must(w.Rule(bg, w.boss, lead.ID, w.openProposal(lead), true, ""))
		papers, says := w.onPaper(lead)
		decision := says[len(papers)-1]
		if got := decision.Fields["反映事项"]; strings.Contains(got, goodDescription.Summary) || !strings.Contains(got, "kind.FUND_WITHHOLD") {
			t.Errorf("it is about %q", got)
		}
		for _, row := range decision.Lists["诉求"] {
			if row["诉求"] != "" {
				t.Errorf("it tells a demand: %v", row)
			}
		}
	})
}

// An office above that agrees does not write in the name of the one below, and
// an office without a mark writes nothing: the letter goes out all the same.
func TestALetterGoesWithoutAPaper(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := withPress(newCrew(t, s))
		c := w.verified()
		w.must(w.ProposeAnswer(bg, w.officer, c.ID, c.Version, goodAnswer))
		w.must(w.Rule(bg, w.above, c.ID, w.openProposal(c), true, ""))
		unmarked := w.verified()
		w.must(w.ProposeAnswer(bg, w.officer, unmarked.ID, unmarked.Version, goodAnswer))
		w.must(w.store.Read(bg).Exec("UPDATE unit SET doc_mark = '' WHERE id = ?", w.boss.UnitID).Error)
		fresh, err := region.NewAtlas(bg, s)
		w.must(err)
		w.atlas = fresh
		w.must(w.Rule(bg, w.boss, unmarked.ID, w.openProposal(unmarked), true, ""))
		for name, c := range map[string]intake.Complaint{"agreed above": c, "without a mark": unmarked} {
			papers, _ := w.onPaper(c)
			if slices.ContainsFunc(papers, func(p paper.Paper) bool { return p.Kind == paper.Decision }) {
				t.Errorf("%s: a paper was written", name)
			}
			if letters, err := w.intake.Letters(w.store.Read(bg), staff.Officer{}, c.ID); err != nil || len(letters) != 1 || letters[0].Number != "" {
				t.Errorf("%s: letters %+v, %v", name, letters, err)
			}
		}
	})
}
