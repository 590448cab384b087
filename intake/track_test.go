package intake_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/ledger"
	"minsheng/staff"
)

func TestTrackOpensAReceiptHoweverItIsTyped(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		r := o.submit(o.filled())
		for _, typed := range []string{r.Digits, strings.Join(r.Groups, " "), strings.Join(r.Groups, "－")} {
			got, err := o.Track(ctx, typed)
			if err != nil || !got.Open || got.PlaceName != r.PlaceName || got.Received != "2026-03-02" || len(got.Matters) != 1 {
				t.Fatalf("Track(%q) = %+v, %v", typed, got, err)
			}
			m := got.Matters[0]
			if m.Stage != intake.Received || m.NextOn != r.AcceptBy || m.NextWhat != intake.RuleAccept || m.Ending != "" || m.Answer != "" {
				t.Errorf("matter %+v", m)
			}
		}
	})
}

func TestUnknownAndMistypedReceiptsAreOneError(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		r := o.submit(o.filled())
		other := r.Digits[:19] + string('0'+(r.Digits[19]-'0'+1)%10)
		unknown := "441700920000000017" + fmt.Sprintf("%02d", 98-4417009200000000_17%97*100%97)
		for name, typed := range map[string]string{"mistyped": other, "unknown": unknown, "empty": "", "letters": "SELECT", "digits and a word": r.Digits + "号"} {
			if _, err := o.Track(ctx, typed); !errors.Is(err, intake.ErrNoReceipt) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestATrackingPageLivesFifteenMinutes(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		page := o.track(o.submit(o.filled()))
		o.pass(14 * time.Minute)
		page, err := o.Reopen(ctx, page.Token)
		o.must(err)
		o.pass(14 * time.Minute) // renewed at each page
		if _, err = o.Reopen(ctx, page.Token); err != nil {
			t.Fatal(err)
		}
		o.pass(2 * time.Minute)
		for name, do := range map[string]func() error{
			"reopen":   func() error { _, err := o.Reopen(ctx, page.Token); return err },
			"say":      func() error { return o.Say(ctx, page.Token, page.Form.Token, "再说一句") },
			"withdraw": func() error { return o.Withdraw(ctx, page.Token, "") },
			"forged":   func() error { _, err := o.Reopen(ctx, page.Form.Token); return err },
		} {
			if err := do(); !errors.Is(err, intake.ErrStaleForm) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestReporterSeesWordsWithDatesAndTheAnswer(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		by := o.officer(staff.TriageOfficer)
		r := o.submit(o.filled())
		report := o.track(r).ReportID
		c := o.complaint(report)
		o.pass(48 * time.Hour)
		o.set(c, map[string]any{"state": intake.Accepted, "accepted_at": o.store.Now()})
		o.in(func(tx *gorm.DB) error {
			if err := o.clocks.Meet(tx, c.ID, intake.RuleAccept); err != nil {
				return err
			}
			_, err := o.clocks.Start(tx, c.Clocked(), intake.RuleReply, "2026-03-04")
			return err
		})
		m := o.track(r).Matters[0]
		if m.Stage != intake.TakenUp || m.Steps[1].On != "2026-03-04" || m.NextWhat != intake.RuleReply || m.NextOn != "2026-05-06" {
			t.Errorf("taken up: %+v", m)
		}
		o.pass(24 * time.Hour)
		o.set(c, map[string]any{"state": intake.Delivered, "outcome": intake.Partly})
		o.in(func(tx *gorm.DB) error {
			if err := o.Reply(tx, by, report, &c.ID, intake.AnswerText, "经核查，部分属实。"); err != nil {
				return err
			}
			if err := o.Reply(tx, by, report, &c.ID, intake.Talk, "还有事请说。"); err != nil {
				return err
			}
			return ledger.Append(tx, ledger.OfComplaint, c.ID, "identity_opened", by.Actor(), o.store.Now(), map[string]string{"reason": "call_back"})
		})
		page := o.track(r)
		m = page.Matters[0]
		if m.Stage != intake.Answered || m.Answer != "经核查，部分属实。" || m.Steps[3].On != "2026-03-05" || m.Steps[2].On != "2026-03-04" {
			t.Errorf("answered: %+v", m)
		}
		if len(page.IdentityOpenings) != 1 || page.IdentityOpenings[0] != (intake.Opening{On: "2026-03-05", UnitName: by.UnitName, Reason: "call_back", What: intake.OpenedName}) {
			t.Errorf("openings %+v", page.IdentityOpenings)
		}
		if len(page.Messages) != 2 || page.Messages[0].AuthorName != "" || page.Messages[1].Text != "还有事请说。" || !page.Messages[0].FromOffice {
			t.Errorf("messages %+v", page.Messages)
		}
		talk, err := o.Conversation(ctx, staff.Officer{}, report)
		if err != nil || len(talk) != 2 || talk[0].AuthorName != by.Name || talk[0].ReadAt == nil || talk[0].Kind != intake.AnswerText {
			t.Errorf("conversation %+v, %v", talk, err)
		}
	})
}

func TestMergedReportsFollowTheLeadAndLearnNothing(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		by := o.officer(staff.TriageOfficer)
		first := o.submit(o.filled())
		lead := o.complaint(o.track(first).ReportID)
		o.set(lead, map[string]any{"state": intake.Accepted, "accepted_at": o.store.Now()})
		o.pass(30 * 24 * time.Hour)
		second := o.submit(o.filled())
		own := o.complaint(o.track(second).ReportID)
		o.set(own, map[string]any{"state": intake.Merged, "merged_into": lead.ID, "closed_at": o.store.Now()})
		o.in(func(tx *gorm.DB) error {
			if _, err := o.clocks.Start(tx, lead.Clocked(), intake.RuleReply, "2026-03-02"); err != nil {
				return err
			}
			if err := o.Reply(tx, by, lead.ReportID, &lead.ID, intake.AnswerText, "给第一个人的话"); err != nil {
				return err
			}
			return ledger.Append(tx, ledger.OfComplaint, lead.ID, "identity_opened", by.Actor(), o.store.Now(), map[string]string{"reason": "other"})
		})
		page := o.track(second)
		m := page.Matters[0]
		if m.Stage != intake.TakenUp || m.NextWhat != intake.RuleReply || !page.Open {
			t.Errorf("follows not: %+v", m)
		}
		for _, step := range m.Steps {
			if step.On != "" && step.On < page.Received {
				t.Errorf("step %d on %s tells of an earlier reporter", step.Stage, step.On)
			}
		}
		if m.Answer != "" || len(page.Messages) != 0 || len(page.IdentityOpenings) != 0 {
			t.Errorf("learns of the other: %+v", page)
		}
		o.set(lead, map[string]any{"state": intake.Closed, "closed_at": o.store.Now()})
		if page := o.track(second); page.Open || page.Matters[0].Stage != intake.Finished {
			t.Errorf("after the end: %+v", page)
		}
	})
}

func TestNothingOwedToAReporterIsBuried(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		by := o.officer(staff.TriageOfficer)
		r := o.submit(o.filled())
		c := o.complaint(o.track(r).ReportID)
		said := func(kind intake.MessageKind, text string) {
			o.in(func(tx *gorm.DB) error { return o.Reply(tx, by, c.ReportID, &c.ID, kind, text) })
		}
		said(intake.AnswerText, "经核查，属实。")
		o.in(func(tx *gorm.DB) error {
			before, err := ledger.Of(ctx, o.store, ledger.OfComplaint, c.ID)
			if err != nil {
				return err
			}
			last := before[len(before)-1]
			var noise []ledger.Event
			for range 1100 {
				last = last.Next("evidence_opened", by.Actor(), o.store.Now(), nil)
				noise = append(noise, last)
			}
			if err := tx.CreateInBatches(noise, 50).Error; err != nil {
				return err
			}
			for n := range 520 {
				text := fmt.Sprint("第", n, "句")
				if err := o.Reply(tx, by, c.ReportID, &c.ID, intake.Talk, text); err != nil {
					return err
				}
			}
			return ledger.Append(tx, ledger.OfComplaint, c.ID, "identity_opened", by.Actor(), o.store.Now(), nil)
		})
		said(intake.NoticeOfStep, "已经办完。")
		page := o.track(r)
		if page.Matters[0].Answer != "经核查，属实。" {
			t.Error("the answer is not shown")
		}
		if len(page.IdentityOpenings) != 1 {
			t.Error("a look at the name is not shown")
		}
		last := len(page.Messages) - 1
		if page.Messages[last].Text != "已经办完。" || page.Messages[last-1].Text != "第519句" {
			t.Error("the newest messages are not shown last")
		}
		events, err := ledger.Of(ctx, o.store, ledger.OfComplaint, c.ID)
		if err != nil || len(events) != 1000 || events[999].Kind != "identity_opened" {
			t.Errorf("the record ends with %+v, %v", events[len(events)-1], err)
		}
	})
}

func TestSplitReportsShowEachPart(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		r := o.submit(o.filled())
		part := o.complaint(o.track(r).ReportID)
		part.ID, part.Part, part.Seq, part.State = uuid.New(), 2, 0, intake.NotAccepted
		o.must(o.store.Read(ctx).Create(&part).Error)
		page := o.track(r)
		if len(page.Matters) != 2 || page.Matters[0].Part != 1 || page.Matters[1].Part != 2 || page.Matters[1].Ending != intake.NotAccepted || page.Matters[0].Ending != "" {
			t.Errorf("matters %+v", page.Matters)
		}
	})
}

func TestIndexFindsPlaceNumberAndSummary(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		c := o.complaint(o.track(o.submit(o.filled())).ReportID)
		finds := func(text string) bool {
			o.t.Helper()
			if o.store.Postgres() {
				query := strings.Join(intake.Grams(text), "' & '")
				return o.count("complaint_search", "grams @@ ?::tsquery", "'"+query+"'") == 1
			}
			query := fmt.Sprintf(`"%s"`, strings.Join(intake.Grams(text), `" AND "`))
			return o.count("complaint_search", "complaint_search MATCH ? AND rowid = ?", query, c.Seq) == 1
		}
		for text, want := range map[string]bool{"双柳": true, "双柳村": true, "甜水镇": true, c.Number(): true, "000001": true, "000002": false, "补助": false, "苇子沟": false} {
			if finds(text) != want {
				t.Errorf("new: finds %q = %v", text, !want)
			}
		}
		for _, summary := range []string{"反映危房补助被扣三千元", "反映补助款发放迟缓"} {
			c.Summary = summary
			o.in(func(tx *gorm.DB) error { return o.Index(tx, c) })
		}
		for text, want := range map[string]bool{"补助": true, "迟缓": true, "三千": false, "双柳": true, c.Number(): true} {
			if finds(text) != want {
				t.Errorf("described: finds %q = %v", text, !want)
			}
		}
		if n := o.count("complaint_search", ""); n != 1 {
			t.Errorf("%d entries", n)
		}
	})
}
