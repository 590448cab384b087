package rectification

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"minsheng/internal/step"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/paper"
	"minsheng/staff"
)

func TestAnOrderGoesFromFindingsToItsEnd(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		id := o.at(StruckOff)
		want := []string{"order_proposed", "paper_issued", "order_issued", "order_plan_handed_in", "order_plan_approved", "order_progress",
			"paper_issued", "order_reported", "order_checked", "order_struck_off"}
		if got := o.kinds(id); !slices.Equal(got, want) {
			t.Errorf("%v, want %v", got, want)
		}
		w := o.whole(id)
		if w.Number != "盘县督整〔2026〕1号" || w.ClosedAt == nil || len(w.Entries) != 6 || w.Report().Lines[w.Points[1].ID].Result != Unfinished {
			t.Errorf("%+v", w.Order)
		}
		if got := o.clocks(id); len(got) != 1 || got[ruleFollow] != "2026-04-01" || *w.DueOn != "2026-04-01" {
			t.Errorf("clocks %v", got)
		}
		papers, err := o.Papers.Of(bg, o.boss, ledger.OfOrder, id)
		o.must(err)
		texts := map[paper.Kind]string{}
		for _, p := range papers {
			_, page, err := o.Papers.Shown(bg, o.boss, p.ID)
			o.must(err)
			texts[p.Kind] = fmt.Sprint(page)
		}
		for kind, words := range map[paper.Kind][]string{
			paper.RectificationOrder: {"甜水镇人民政府：", "抽查六户", "第九条第二项", "发现1", "款项在途中", "无异议", "十五日内发放到户", "举一反三", "2026年3月2日与镇长交换意见", "4000.00元", "涉及2户",
				"请于签收后5个工作日（不签收的，2026年3月12日）前报送整改方案", "请于签收后30日（不签收的，2026年4月7日）前完成整改"},
			paper.RectificationReport: {"镇里召开专题会议", "经办人截留", "未完成。第二笔月底到账", "发放表公示后再发放", "2．第二笔月底到账", "镇长 季某"},
		} {
			for _, word := range words {
				if !strings.Contains(texts[kind], word) {
					t.Errorf("the %s does not say %q: %s", kind, word, texts[kind])
				}
			}
		}
		events, err := ledger.Of(bg, o.Store, ledger.OfInspection, *w.InspectionID)
		o.must(err)
		if last := events[len(events)-1]; last.Kind != "finding_ordered" {
			t.Errorf("the inspection's last event is %s", last.Kind)
		}
	})
}

// What can be done, by state and side; everything else is refused.
func TestWhatEachStateAllowsToWhom(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		id := o.proposed()
		allowed := map[State]map[string][]Act{
			Proposed:        {"mate": {ToIssue, ToChange, ToWithdraw}, "worker": {ToChange, ToWithdraw}},
			Ordered:         {"mate": {ToSuspend}, "town": {ToAcknowledge, ToPlan, ToEnter}},
			PlanSubmitted:   {"mate": {ToRulePlan}, "town": {ToEnter}},
			PlanApproved:    {"mate": {ToSuspend}, "town": {ToReport, ToEnter, ToNote}},
			InProgress:      {"mate": {ToSuspend}, "town": {ToReport, ToEnter, ToNote}},
			ReportSubmitted: {"mate": {ToReturn}, "checker": {ToCheck, ToReturn}, "town": {ToEnter}},
			Verified:        {"boss": {ToStrike}, "town": {ToEnter}},
			StruckOff:       {"mate": {ToFollow}, "checker": {ToFollow}, "town": {ToEnter}},
		}
		people := map[string]staff.Officer{"worker": o.worker, "mate": o.mate, "checker": o.checker, "boss": o.boss, "town": o.town, "city": o.city}
		for n := -1; n < len(stages); n++ {
			if n >= 0 {
				o.must(stages[n].do(o, id))
			}
			state := o.whole(id).State
			for name, by := range people {
				w, err := o.Open(bg, by, id)
				if name == "town" && state == Proposed {
					o.fails("the town opens a proposal", err, errNotFound)
					continue
				}
				o.must(err)
				want, listed := allowed[state][name]
				if !listed && name != "city" && name != "town" {
					continue
				}
				if !slices.Equal(w.Actions, want) {
					t.Errorf("%s, %s: offered %v, want %v", state, name, w.Actions, want)
				}
				for act := range doers {
					if slices.Contains(want, act) {
						continue
					}
					if err := o.try(by, act, id); !errors.Is(err, staff.ErrForbidden) && !errors.Is(err, step.ErrSamePerson) && !errors.Is(err, step.ErrState) &&
						!errors.Is(err, errNotFound) && !errors.Is(err, step.ErrStale) {
						t.Errorf("%s, %s: %s got %v", state, name, act, err)
					}
				}
			}
		}
	})
}

// try does an act with all it needs, as an officer.
func (o *office) try(by staff.Officer, a Act, id uuid.UUID) error {
	v, point := o.version(id), o.whole(id).Points[0].ID
	switch a {
	case ToChange:
		return o.Change(bg, by, id, v, wording)
	case ToIssue:
		return o.Issue(bg, by, id, v)
	case ToWithdraw:
		return o.Withdraw(bg, by, id, v, "与另一份合并")
	case ToRulePlan:
		return o.RulePlan(bg, by, id, v, true, "")
	case ToReturn:
		return o.ReturnReport(bg, by, id, v, o.today().Add(1), "缺少凭证")
	case ToCheck:
		return o.Check(bg, by, id, v, o.seen(id))
	case ToConfirm:
		return o.Confirm(bg, by, id, uuid.New())
	case ToStrike:
		return o.StrikeOff(bg, by, id, v, "")
	case ToFollow:
		return o.FollowUp(bg, by, id, v, o.seen(id))
	case ToSuspend:
		return o.AskSuspension(bg, by, id, v, "court", "法院已立案", o.today().Add(30))
	case ToRuleHalt:
		return o.RuleSuspension(bg, by, id, uuid.New(), true, "")
	case ToResume:
		return o.Resume(bg, by, id, v, "法院已结案")
	case ToAcknowledge:
		return o.Acknowledge(bg, by, id, v)
	case ToPlan:
		return o.HandInPlan(bg, by, id, v, o.plan(id))
	case ToNote:
		return o.Note(bg, by, id, "已核对四户", nil)
	case ToReport:
		return o.HandInReport(bg, by, id, v, o.report(id))
	case ToEnter:
		return o.Enter(bg, by, id, Amount{Point: point, Kind: Recovered, Fen: 1, On: o.today(), Words: "凭证一号"})
	}
	return o.Correct(bg, by, id, uuid.New(), 1, 0, "多记一分")
}

func TestEachStepNeedsAnotherPerson(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		id := o.proposed()
		o.fails("the proposer issues", o.Issue(bg, o.worker, id, 1), step.ErrSamePerson)
		o.must(o.Change(bg, o.mate, id, 1, wording))
		o.fails("who changed it issues", o.Issue(bg, o.mate, id, 2), step.ErrSamePerson)
		// Two issue it at once, and there is one paper.
		o.race([]error{step.ErrStale, step.ErrState},
			func() error { return o.Issue(bg, o.worker, id, 2) },
			func() error { return o.Issue(bg, o.checker, id, 2) })
		if papers, err := o.Papers.Of(bg, o.boss, ledger.OfOrder, id); err != nil || len(papers) != 1 {
			t.Errorf("%d papers, %v", len(papers), err)
		}
		o.must(o.HandInPlan(bg, o.town, id, o.version(id), o.plan(id)))
		o.must(o.RulePlan(bg, o.mate, id, o.version(id), true, ""))
		o.must(o.HandInReport(bg, o.town, id, o.version(id), o.report(id)))
		o.must(o.ReturnReport(bg, o.worker, id, o.version(id), o.today().Add(10), "缺少发放凭证"))
		o.must(o.HandInReport(bg, o.town, id, o.version(id), o.report(id)))
		o.fails("who approved the plan looks", o.Check(bg, o.mate, id, o.version(id), o.seen(id)), step.ErrSamePerson)
		o.fails("who returned the report looks", o.Check(bg, o.worker, id, o.version(id), o.seen(id)), step.ErrSamePerson)
		o.fails("who approved the plan confirms money", o.Confirm(bg, o.mate, id, uuid.New()), step.ErrSamePerson)
		v := o.version(id)
		o.race([]error{step.ErrStale, step.ErrState},
			func() error { return o.Check(bg, o.checker, id, v, o.seen(id)) },
			func() error { return o.Check(bg, o.boss, id, v, o.seen(id, 1)) })
		looked := o.at(ReportSubmitted)
		o.must(o.Check(bg, o.boss, looked, o.version(looked), o.seen(looked)))
		o.fails("who looked strikes off", o.StrikeOff(bg, o.boss, looked, o.version(looked), ""), step.ErrSamePerson)
		o.fails("no approver strikes off", o.StrikeOff(bg, o.mate, looked, o.version(looked), ""), staff.ErrForbidden)
		o.must(o.StrikeOff(bg, o.person(panshan, staff.Supervisor), looked, o.version(looked), ""))
		// The schema holds the same.
		o.must(o.Store.Read(bg).Exec("UPDATE rectification_order SET checked_by = ? WHERE id = ?", o.checker.ID, id).Error)
		defer quietly()()
		for _, broken := range []string{"issued_by = proposed_by", "checked_by = approved_by", "struck_by = checked_by"} {
			if err := o.Store.Read(bg).Exec("UPDATE rectification_order SET "+broken+" WHERE id = ?", id).Error; err == nil {
				t.Errorf("%s was written", broken)
			}
		}
	})
}

func TestAnOrderIsReceivedWhenSignedForOrAfterThreeDays(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		id := o.at(Ordered)
		if got := o.clocks(id); !maps.Equal(got, map[string]workday.Date{ruleReceipt: "2026-03-05", rulePlan: "2026-03-12", ruleReport: "2026-04-07"}) {
			t.Errorf("issued: %v", got) // thirty days after 5 March is 4 April, a holiday
		}
		o.on("2026-03-03")
		o.must(o.Acknowledge(bg, o.town, id, o.version(id)))
		if got := o.clocks(id); !maps.Equal(got, map[string]workday.Date{rulePlan: "2026-03-10", ruleReport: "2026-04-02"}) {
			t.Errorf("signed for: %v", got)
		}
		o.fails("signing twice", o.Acknowledge(bg, o.town, id, o.version(id)), step.ErrState)
		o.must(o.HandInPlan(bg, o.town, id, o.version(id), o.plan(id)))
		o.on("2026-03-11")
		o.must(o.RulePlan(bg, o.mate, id, o.version(id), false, "措施不具体"))
		if got := o.clocks(id); got[rulePlan] != "2026-03-18" || got[ruleReport] != "2026-04-02" {
			t.Errorf("returned: %v", got)
		}
		late := o.at(Ordered)
		o.on("2026-03-20")
		o.must(o.Acknowledge(bg, o.town, late, o.version(late)))
		if got := o.clocks(late); got[rulePlan] != "2026-03-23" {
			t.Errorf("signed for late: %v", got)
		}
	})
}

func TestWhatFailsGoesOnAsAnotherRound(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		id := o.at(ReportSubmitted)
		o.must(o.Check(bg, o.checker, id, o.version(id), o.seen(id, 2)))
		w := o.whole(id)
		if w.State != NotPassed || w.ClosedAt == nil || len(o.clocks(id)) != 0 || len(w.Rounds) != 2 {
			t.Fatalf("%s, clocks %v, %d rounds", w.State, o.clocks(id), len(w.Rounds))
		}
		next := o.whole(w.Rounds[1].ID)
		if next.Round != 2 || next.State != Proposed || *next.PreviousID != id || len(next.Points) != 1 || *next.Points[0].PreviousID != w.Points[1].ID ||
			next.Points[0].Problem != w.Points[1].Problem {
			t.Errorf("%+v %+v", next.Order, next.Points)
		}
		if town, err := o.Open(bg, o.town, id); err != nil || len(town.Rounds) != 1 {
			t.Errorf("the town knows of %d rounds, %v", len(town.Rounds), err)
		}
		o.fails("the checker issues the round", o.Issue(bg, o.checker, next.ID, 1), step.ErrSamePerson)
		o.fails("the round is withdrawn", o.Withdraw(bg, o.mate, next.ID, 1, "不再整改"), step.ErrState)
		o.bring(next.ID, StruckOff)
		if n := o.whole(next.ID).Number; n != "盘县督整〔2026〕2号" {
			t.Errorf("number %s", n)
		}
		o.on("2026-03-30")
		o.must(o.FollowUp(bg, o.mate, next.ID, o.version(next.ID), o.seen(next.ID)))
		if w := o.whole(next.ID); w.State != StruckOff || len(o.clocks(next.ID)) != 0 {
			t.Errorf("it holds: %s, %v", w.State, o.clocks(next.ID))
		}
		o.must(o.FollowUp(bg, o.mate, next.ID, o.version(next.ID), o.seen(next.ID, 1)))
		w = o.whole(next.ID)
		if w.State != Reopened || len(w.Rounds) != 3 || w.Rounds[2].State != Proposed || w.Rounds[2].Round != 3 {
			t.Errorf("it came back: %s, %d rounds", w.State, len(w.Rounds))
		}
		o.fails("looking again at the old round", o.FollowUp(bg, o.mate, next.ID, o.version(next.ID), o.seen(next.ID, 1)), step.ErrState)
	})
}

func TestAFindingIsOrderedOnce(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		w := o.inspected()
		first := []uuid.UUID{w.Findings[0].ID}
		propose := func(by staff.Officer, findings ...uuid.UUID) error {
			_, err := o.FromFindings(bg, by, w.ID, findings, wording)
			return err
		}
		taken := func() error {
			if err := propose(o.worker, first...); err == nil || problem(err, "findings") == "" {
				return err
			}
			return step.ErrStale
		}
		o.race([]error{step.ErrStale}, taken, taken)
		if err := propose(o.mate, first...); problem(err, "findings") != "order_finding_taken" {
			t.Errorf("a finding that is proposed already: %v", err)
		}
		all, err := o.List(bg, o.mate, Filter{})
		o.must(err)
		o.must(o.Withdraw(bg, o.mate, all[0].ID, 1, "与另一份合并"))
		o.must(propose(o.mate, first...))
		if err := propose(o.mate, uuid.New()); problem(err, "findings") != "order_findings" {
			t.Errorf("a finding of another: %v", err)
		}
		o.fails("the office above proposes", propose(o.city, w.Findings[1].ID), staff.ErrForbidden)
		o.fails("the county beside proposes", propose(o.other, w.Findings[1].ID), errNotFound)
	})
}

func TestAnOrderStandsStillWhileACourtHasTheMatter(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		id := o.at(PlanApproved)
		o.on("2026-03-09")
		o.must(o.AskSuspension(bg, o.boss, id, o.version(id), "court", "法院已立案审理", "2026-03-18"))
		request := func() uuid.UUID { return o.whole(id).Suspensions[0].ID }
		o.fails("who asked rules", o.RuleSuspension(bg, o.boss, id, request(), true, ""), step.ErrSamePerson)
		second, third := o.person(panshan, staff.Supervisor), o.person(panshan, staff.Supervisor)
		o.race([]error{step.ErrStale, step.ErrState},
			func() error { return o.RuleSuspension(bg, second, id, request(), true, "") },
			func() error { return o.RuleSuspension(bg, third, id, request(), true, "") })
		if got := o.clocks(id)[ruleReport]; got != "2026-04-13" { // ten days after 2 April, a Sunday
			t.Errorf("the report is due on %s", got)
		}
		owners, err := o.Owners(o.Store.Read(bg), []uuid.UUID{id})
		if err != nil || len(owners) != 0 {
			t.Errorf("somebody owes it: %v, %v", owners, err)
		}
		o.fails("a report meanwhile", o.HandInReport(bg, o.town, id, o.version(id), o.report(id)), step.ErrState)
		if w, err := o.Open(bg, o.town, id); err != nil || len(w.Suspensions) != 1 || w.Suspensions[0].Why+w.Suspensions[0].Reason != "" {
			t.Errorf("the town is told why: %+v, %v", w.Suspensions, err)
		}
		o.on("2026-03-12")
		o.must(o.Resume(bg, o.mate, id, o.version(id), "法院已结案"))
		if got := o.clocks(id)[ruleReport]; got != "2026-04-07" { // three days after 2 April, in a holiday
			t.Errorf("resumed, it is due on %s", got)
		}
		o.must(o.HandInReport(bg, o.town, id, o.version(id), o.report(id)))
	})
}

func TestWhoOwesWhatIsDue(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		id := o.proposed()
		for _, want := range []struct {
			state State
			unit  string
		}{{Ordered, tianshui}, {PlanSubmitted, ""}, {PlanApproved, tianshui}, {InProgress, tianshui}, {ReportSubmitted, panshan}, {Verified, panshan}, {StruckOff, panshan}} {
			o.bring(id, want.state)
			owners, err := o.Owners(o.Store.Read(bg), []uuid.UUID{id, uuid.New()})
			o.must(err)
			owner, owed := owners[id]
			if owed != (want.unit != "") || owed && (owner.Unit != o.units[want.unit].ID || owner.Name != o.whole(id).Number) {
				t.Errorf("%s: %+v", want.state, owners)
			}
		}
	})
}
