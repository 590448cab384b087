package triage

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"minsheng/intake"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/staff"
)

func TestNamingAnOfficeMovesTheCaseAboveIt(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newCrew(t, s)
		c := w.submitted()
		w.must(w.Claim(bg, w.officer, c.ID))
		c = w.again(c)
		w.must(w.NameSubject(bg, w.officer, c.ID, c.Version, []uuid.UUID{w.units[panshan].ID}))
		c = w.again(c)
		if c.DeskUnitID != w.units[cityDesk].ID || c.OwnerID != nil {
			t.Errorf("desk %s, owner %v", w.unitName(c.DeskUnitID), c.OwnerID)
		}
		if got := w.kinds(ledger.OfComplaint, c.ID); !slices.Equal(got, []string{"submitted", "claimed", "subject_named", "rerouted"}) {
			t.Errorf("events %v", got)
		}
		if w.opens(w.officer, c) || !w.opens(w.above, c) {
			t.Error("the accused office still sees it, or the one above does not")
		}
		if err := w.NameSubject(bg, w.above, c.ID, c.Version, []uuid.UUID{uuid.New()}); problem(err, "units") == "" {
			t.Errorf("an unknown office: %v", err)
		}
	})
}

func TestWhatNoDeskStandsAboveIsReferred(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newCrew(t, s)
		ticked, _ := w.handIn(shuangliu, func(s *intake.Submission) { s.AccusedLevel = "city" })
		if err := w.Accept(bg, w.above, ticked.ID, ticked.Version); !errors.Is(err, step.ErrState) {
			t.Errorf("accepting: %v, want step.ErrState", err)
		}
		w.must(w.ProposeReferral(bg, w.above, ticked.ID, ticked.Version, "反映市级干部"))
		named := w.submitted()
		w.must(w.NameSubject(bg, w.above, named.ID, named.Version, []uuid.UUID{w.units[cityDesk].ID}))
		now := w.again(named)
		if now.State != intake.Submitted || !w.opens(w.officer, now) {
			t.Errorf("one person alone made it %s", now.State)
		}
		asked, err := w.Case(bg, w.boss, named.ID)
		w.must(err)
		if about := asked.Proposals[0].About; len(about) != 1 || about[0].Name != cityDesk {
			t.Errorf("the second person is not told whom it would name: %v", about)
		}
		w.must(w.Rule(bg, w.boss, named.ID, w.openProposal(named), true, ""))
		now = w.again(named)
		if w.opens(w.above, now) || w.opens(w.officer, now) {
			t.Error("those it is about still see it")
		}
		if now.State != intake.Referred || now.ClosedAt == nil {
			t.Errorf("nobody may see it, and it is %s", now.State)
		}
		if got := w.kinds(ledger.OfComplaint, now.ID); !slices.Equal(got[1:], []string{"refer_proposed", "referred", "refused", "refused"}) {
			t.Errorf("events %v", got)
		}
		if told := w.lastTold(now).Text; !strings.Contains(told, "told.referred") {
			t.Errorf("told %q", told)
		}
	})
}

func TestATransferStaysAboveTheAccused(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newCrew(t, s)
		c := w.described()
		w.must(w.NameSubject(bg, w.officer, c.ID, c.Version, []uuid.UUID{w.units[dawa].ID}))
		c = w.again(c)
		err := w.Transfer(bg, w.above, c.ID, c.Version, w.units[dawa].ID, "属于大洼")
		if problem(err, "unit") == "" {
			t.Errorf("to the accused office: %v", err)
		}
		named := w.described()
		w.must(w.NamePerson(bg, w.officer, named.ID, named.Version, "王水生", w.units[dawa].ID))
		if err := w.Transfer(bg, w.above, named.ID, w.again(named).Version, w.units[dawa].ID, "属于大洼"); problem(err, "unit") == "" {
			t.Errorf("to where the accused works: %v", err)
		}
		own := w.described()
		if err := w.Transfer(bg, w.officer, own.ID, own.Version, w.units[panshan].ID, "还是这里"); problem(err, "unit") == "" {
			t.Errorf("to its own desk: %v", err)
		}
		w.must(w.Transfer(bg, w.officer, own.ID, own.Version, w.units[dawa].ID, "属于大洼"))
		if w.opens(w.officer, own) || !w.opens(w.foreign, own) || w.deadline(own, acceptNotice) == nil {
			t.Error("the case did not move whole to the other desk")
		}
	})
}

func TestPartsAreHiddenLikeTheWholeAndCountFromItsDay(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newCrew(t, s)
		c := w.described()
		village := w.village(shuangliu).ID
		w.must(w.NameSubject(bg, w.officer, c.ID, c.Version, []uuid.UUID{village}))
		w.must(w.Recuse(bg, w.second, c.ID, "是亲戚"))
		c = w.again(c)
		received := c.ReceivedAt.AddDate(0, 0, -3)
		w.must(s.Read(bg).Model(&intake.Complaint{}).Where("id = ?", c.ID).Update("received_at", received).Error)
		parts, err := w.Split(bg, w.officer, c.ID, c.Version, []string{"反映同村道路工程质量问题", "", "反映低保名单没有张贴公示"})
		w.must(err)
		if len(parts) != 2 {
			t.Fatalf("%d parts", len(parts))
		}
		for i, id := range parts {
			part := w.again(intake.Complaint{ID: id})
			if part.Part != i+2 || part.ReportID != c.ReportID || part.State != intake.Submitted || part.Number() == c.Number() {
				t.Errorf("part %+v", part)
			}
			if w.opens(w.second, part) || !w.opens(w.officer, part) {
				t.Error("a part is not hidden like the whole")
			}
			if named, _ := subjectIDs(s.Read(bg), id); !slices.Equal(named, []uuid.UUID{village}) {
				t.Errorf("about %v", named)
			}
			if d := w.deadline(part, acceptNotice); d == nil || d.StartedOn != workday.On(received) {
				t.Errorf("the time to accept counts from %+v", d)
			}
			if !w.finds(w.officer, Filter{Text: []string{"道路", "低保"}[i]}, part) {
				t.Error("a part is not found by its summary")
			}
		}
		if err := w.Describe(bg, w.officer, parts[0], 1, Description{Summary: "电话13800000000请回电话", Kind: "OTHER", Severity: 9}); problem(err, "summary") != "case_personal" || problem(err, "severity") == "" {
			t.Errorf("a phone in the summary: %v", err)
		}
	})
}

func TestRetaliationIsAlwaysGravest(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newCrew(t, s)
		c := w.submitted()
		d := goodDescription
		d.Kind, d.Severity = "RETALIATION", 4
		w.must(w.Describe(bg, w.officer, c.ID, c.Version, d))
		if got := w.again(c).Severity; got != 1 {
			t.Errorf("severity %d", got)
		}
	})
}

func TestRetaliationLiesWithTheCityWhateverHappens(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newCrew(t, s)
		ticked, _ := w.handIn(shuangliu, func(s *intake.Submission) { s.Kind, s.AccusedLevel = "RETALIATION", "village" })
		village := w.village(shuangliu).ID
		w.must(w.NameSubject(bg, w.above, ticked.ID, ticked.Version, []uuid.UUID{village}))
		if got := w.again(ticked).DeskUnitID; got != w.units[cityDesk].ID {
			t.Errorf("naming the village committee sent it to %s", w.unitName(got))
		}
		err := w.Transfer(bg, w.above, ticked.ID, w.again(ticked).Version, w.units[panshan].ID, "属于盘山")
		if problem(err, "unit") == "" {
			t.Errorf("to the county, where the leak may have been: %v", err)
		}
		found := w.submitted()
		d := goodDescription
		d.Kind = "RETALIATION"
		w.must(w.Describe(bg, w.officer, found.ID, found.Version, d))
		if got := w.again(found).DeskUnitID; got != w.units[cityDesk].ID || w.opens(w.officer, found) {
			t.Errorf("what turned out to be retaliation lies with %s", w.unitName(got))
		}
	})
}

func TestNothingMovesDownByItself(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newCrew(t, s)
		c := w.submitted()
		w.must(w.NameSubject(bg, w.officer, c.ID, c.Version, []uuid.UUID{w.units[panshan].ID}))
		w.must(w.NameSubject(bg, w.above, c.ID, w.again(c).Version, []uuid.UUID{w.village(shuangliu).ID}))
		if got := w.again(c).DeskUnitID; got != w.units[cityDesk].ID {
			t.Errorf("taking the accused office back sent it to %s", w.unitName(got))
		}
		w.must(w.Transfer(bg, w.above, c.ID, w.again(c).Version, w.units[panshan].ID, "与县里无关"))
		if told := w.lastTold(c).Text; !strings.Contains(told, "told.moved_desk") {
			t.Errorf("the reporter was told %q", told)
		}
	})
}

func TestMergedReportersAreToldAndKeptApart(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newCrew(t, s)
		lead, leadReceipt := w.handIn(shuangliu)
		other, otherReceipt := w.handIn(shuangliu, func(s *intake.Submission) {
			s.Name, s.Phone, s.Lang, s.Text = "李另外", "13800000002", "en", "危房改造的钱我们家也少了两千块,不知道找谁。"
		})
		w.must(w.Recuse(bg, w.second, other.ID, "是亲戚"))
		other = w.again(other)
		w.must(w.Describe(bg, w.officer, lead.ID, lead.Version, goodDescription))
		w.must(w.Accept(bg, w.officer, lead.ID, w.again(lead).Version))
		w.must(w.Link(bg, w.officer, other.ID, other.Version, lead.ID))
		if merged := w.again(other); merged.State != intake.Merged || merged.MergedInto == nil || *merged.MergedInto != lead.ID || merged.DueOn != nil {
			t.Errorf("merged: %+v", merged)
		}
		if w.opens(w.second, lead) {
			t.Error("who stepped back from the merged report sees the lead")
		}
		if told := w.lastTold(other).Text; !strings.HasPrefix(told, "en told.accepted") {
			t.Errorf("the merged reporter was told %q", told)
		}
		w.must(w.Verify(bg, w.officer, lead.ID, w.again(lead).Version, w.check("李核")))
		named := Answer{goodAnswer.Outcome, slices.Clone(goodAnswer.Findings)}
		named.Findings[0].Facts = "经向李另外了解,情况属实"
		var leak *Leak
		if err := w.ProposeAnswer(bg, w.officer, lead.ID, w.again(lead).Version, named); !errors.As(err, &leak) || leak.Findings[0].Words != "李另外" {
			t.Errorf("an answer that names another reporter: %v", err)
		}
		w.must(w.ProposeAnswer(bg, w.officer, lead.ID, w.again(lead).Version, goodAnswer))
		w.must(w.Rule(bg, w.boss, lead.ID, w.openProposal(lead), true, ""))
		for _, receipt := range []string{leadReceipt, otherReceipt} {
			page, err := w.intake.Track(bg, receipt)
			w.must(err)
			if m := page.Matters[0]; m.Stage != intake.Answered || !strings.Contains(m.Answer, "村会计扣下三千元") {
				t.Errorf("the page says %+v", m)
			}
		}
	})
}

func TestAMergedReportKeepsItsEarlierDay(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newCrew(t, s)
		old, lead := w.described(), w.described()
		earlier := w.today().Add(-6)
		_, err := w.start(s.Read(bg), &old, acceptNotice, earlier)
		w.must(err)
		w.must(w.Link(bg, w.officer, old.ID, old.Version, lead.ID))
		if d := w.deadline(lead, acceptNotice); d == nil || d.StartedOn != earlier {
			t.Errorf("the lead's time counts from %+v, want %s", d, earlier)
		}
		third := w.described()
		w.must(w.Link(bg, w.officer, lead.ID, w.again(lead).Version, third.ID))
		if now := w.again(old); *now.MergedInto != third.ID {
			t.Error("a report merged twice lost its lead")
		}
		for name, into := range map[string]uuid.UUID{"merged": lead.ID, "itself": third.ID, "unknown": uuid.New(), "closed": w.closed().ID} {
			if err := w.Link(bg, w.officer, third.ID, w.again(third).Version, into); problem(err, "into") == "" {
				t.Errorf("into a case that is %s: %v", name, err)
			}
		}
	})
}

func TestLinkingTakesTheStricterSight(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newCrew(t, s)
		lead, other := w.described(), w.described()
		w.must(w.NameSubject(bg, w.officer, other.ID, other.Version, []uuid.UUID{w.units[panshan].ID}))
		w.must(w.Link(bg, w.above, other.ID, w.again(other).Version, lead.ID))
		if now := w.again(lead); now.DeskUnitID != w.units[cityDesk].ID || w.opens(w.officer, now) {
			t.Error("the lead stayed with an office that the merged report accuses")
		}
	})
}

func TestMergingBreaksNoPromise(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newCrew(t, s)
		taken, untaken := w.accepted(), w.described()
		if err := w.Link(bg, w.officer, taken.ID, taken.Version, untaken.ID); problem(err, "into") != "case_into_untaken" {
			t.Errorf("what was taken up into what was not: %v", err)
		}
		w.must(w.ProposeExtension(bg, w.officer, taken.ID, taken.Version, 1, "要查五年的账"))
		w.must(w.Rule(bg, w.boss, taken.ID, w.openProposal(taken), true, ""))
		promised := w.deadline(taken, replyDue).DueOn
		lead := w.accepted()
		later := lead.AcceptedAt.AddDate(0, 0, 20)
		_, err := w.start(s.Read(bg), &lead, replyDue, workday.On(later))
		w.must(err)
		w.must(w.Link(bg, w.officer, taken.ID, w.again(taken).Version, lead.ID))
		if now := w.again(lead); now.DueOn == nil || *now.DueOn != promised || !now.Extended {
			t.Errorf("promised by %s, now due %v, extended %v", promised, *now.DueOn, now.Extended)
		}
		other, _ := w.handIn(shuangliu)
		d := goodDescription
		d.Demands = []string{d.Demands[0], "处理村会计"}
		w.must(w.Describe(bg, w.officer, other.ID, other.Version, d))
		w.must(w.Link(bg, w.officer, other.ID, w.again(other).Version, lead.ID))
		all, err := w.Case(bg, w.officer, lead.ID)
		w.must(err)
		if len(all.Demands) != 3 || all.Demands[2] != (Demand{N: 3, Body: "处理村会计"}) {
			t.Errorf("the lead answers to %v", all.Demands)
		}
	})
}

func TestWhatWasMergedIsHiddenLikeItsLead(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newCrew(t, s)
		lead, other := w.described(), w.described()
		w.must(w.NameSubject(bg, w.officer, lead.ID, lead.Version, []uuid.UUID{w.units[panshan].ID}))
		w.must(w.Link(bg, w.above, other.ID, other.Version, lead.ID))
		if w.opens(w.officer, other) || !w.opens(w.above, other) {
			t.Error("the accused office reads into which hidden case a report was merged")
		}
		third, later := w.described(), w.described()
		w.must(w.Link(bg, w.officer, later.ID, later.Version, third.ID))
		w.must(w.NameSubject(bg, w.officer, third.ID, w.again(third).Version, []uuid.UUID{w.units[panshan].ID}))
		if w.opens(w.officer, later) || !w.opens(w.above, later) {
			t.Error("naming an office later does not hide what was merged before")
		}
	})
}

func TestAssigningIsAllOrNone(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newCrew(t, s)
		a, b := w.submitted(), w.submitted()
		w.must(w.Recuse(bg, w.second, b.ID, "是亲戚"))
		if err := w.Assign(bg, w.boss, w.second.ID, a.ID, b.ID); problem(err, "to") == "" {
			t.Errorf("a colleague who stepped back: %v", err)
		}
		if w.again(a).OwnerID != nil {
			t.Error("half of them were assigned")
		}
		for name, to := range map[string]uuid.UUID{"custodian": w.custodian.ID, "another county": w.foreign.ID, "nobody": uuid.New()} {
			if err := w.Assign(bg, w.boss, to, a.ID); problem(err, "to") == "" {
				t.Errorf("to %s: %v", name, err)
			}
		}
		foreign, _ := w.handIn(dayushu)
		if err := w.Assign(bg, w.officer, w.second.ID, a.ID, foreign.ID); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("with another county's case: %v, want ErrNotFound", err)
		}
		if got := w.kinds(ledger.OfComplaint, foreign.ID); got[len(got)-1] != "refused" {
			t.Errorf("the attempt was not recorded: %v", got)
		}
		w.must(w.Assign(bg, w.boss, w.officer.ID, a.ID, b.ID))
		w.must(w.Assign(bg, w.officer, w.boss.ID, a.ID)) // hand over
		if now := w.again(a); now.OwnerID == nil || *now.OwnerID != w.boss.ID {
			t.Error("not handed over")
		}
	})
}

func TestNobodyActsOnSomebodyElsesCase(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newCrew(t, s)
		for _, name := range slices.Sorted(maps.Keys(drills())) {
			d := drills()[name]
			if slices.Contains([]Action{Recuse, RevealName, LetGo, TieEarlier}, d.action) {
				continue // everybody's own right, the custodian's, somebody else's duty, the city's
			}
			c := d.from(w)
			w.must(w.Claim(bg, w.officer, c.ID))
			var taken *Taken
			if err := d.take(w, w.second, w.again(c)); !errors.As(err, &taken) || taken.By != w.officer.Name {
				t.Errorf("%s: %v, want *Taken", name, err)
			}
			if now := w.again(c); *now.OwnerID != w.officer.ID || now.State != c.State {
				t.Errorf("%s: it is %s now", name, now.State)
			}
		}
	})
}

func TestReleasingIsTheOwnersOrTheApprovers(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newCrew(t, s)
		c := w.submitted()
		w.must(w.Claim(bg, w.officer, c.ID))
		w.must(w.Claim(bg, w.officer, c.ID)) // a double click
		if err := w.Release(bg, w.second, c.ID); !errors.Is(err, staff.ErrForbidden) {
			t.Errorf("somebody else's: %v, want ErrForbidden", err)
		}
		w.must(w.Release(bg, w.boss, c.ID))
		if w.again(c).OwnerID != nil {
			t.Error("not released")
		}
		if err := w.Release(bg, w.boss, c.ID); !errors.Is(err, step.ErrState) {
			t.Errorf("nobody's: %v, want step.ErrState", err)
		}
		w.must(w.Claim(bg, w.second, c.ID))
		w.must(w.Recuse(bg, w.second, c.ID, "是亲戚"))
		if w.again(c).OwnerID != nil || w.opens(w.second, c) {
			t.Error("who stepped back still has it or sees it")
		}
	})
}

func TestACaseWaitsForTheReporterAndGoesOn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newCrew(t, s)
		c, receipt := w.handIn(shuangliu)
		w.must(w.Accept(bg, w.officer, c.ID, c.Version))
		w.must(w.AskMore(bg, w.officer, c.ID, w.again(c).Version, "是哪一年的事?"))
		page, err := w.intake.Track(bg, receipt)
		w.must(err)
		if m := page.Matters[0]; !m.Waiting || m.Stage != intake.TakenUp {
			t.Errorf("the page says %+v", m)
		}
		w.must(w.intake.Say(bg, page.Token, page.Form.Token, "是前年的事"))
		if now := w.again(c); now.State != intake.Accepted {
			t.Errorf("state %s", now.State)
		}
	})
}
