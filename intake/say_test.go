package intake_test

import (
	"errors"
	"maps"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/staff"
)

func TestSayOnceHoweverOftenItArrives(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		page := o.track(o.submit(o.filled()))
		errs := make([]error, 20)
		var all sync.WaitGroup
		for i := range errs {
			all.Go(func() { errs[i] = o.Say(ctx, page.Token, page.Form.Token, "会计姓什么我不知道。") })
		}
		all.Wait()
		o.must(errors.Join(errs...))
		talk, err := o.Conversation(ctx, staff.Officer{}, page.ReportID)
		if err != nil || len(talk) != 1 || talk[0].FromOffice || talk[0].Text != "会计姓什么我不知道。" {
			t.Errorf("conversation %+v, %v", talk, err)
		}
		if n := o.count("event", "subject_id = ? AND kind = 'reporter_wrote'", page.ReportID); n != 1 {
			t.Errorf("%d events", n)
		}
	})
}

func TestDifferentMessagesAtOnceAllArrive(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		page := o.track(o.submit(o.filled()))
		errs := make([]error, 5)
		var all sync.WaitGroup
		for i := range errs {
			form := o.NewForm().Token
			all.Go(func() { errs[i] = o.Say(ctx, page.Token, form, "再补充一句。") })
		}
		all.Wait()
		o.must(errors.Join(errs...))
		if n := o.count("message", ""); n != len(errs) {
			t.Errorf("%d messages, want %d", n, len(errs))
		}
	})
}

func TestSayWithAFile(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		r := o.submit(o.filled())
		page := o.track(r)
		_, err := o.shelf.Stage(ctx, page.Form.Key, "单据.pdf", strings.NewReader("%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"))
		o.must(err)
		o.must(o.Say(ctx, page.Token, page.Form.Token, ""))
		page = o.track(r)
		if page.Files != 1 || len(page.Messages) != 1 || page.Messages[0].FileCount != 1 || page.Messages[0].Files != nil {
			t.Errorf("the reporter sees %+v", page)
		}
		talk, err := o.Conversation(ctx, staff.Officer{}, page.ReportID)
		if err != nil || len(talk) != 1 || len(talk[0].Files) != 1 || talk[0].Files[0].Name != "单据.pdf" {
			t.Errorf("the office sees %+v, %v", talk, err)
		}
	})
}

func TestSayRefusesNothingAndTooMuch(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		page := o.track(o.submit(o.filled()))
		for text, want := range map[string]string{" \n ": "say_empty", strings.Repeat("长", 5001): "text_long"} {
			err := o.Say(ctx, page.Token, page.Form.Token, text)
			bad := &intake.Invalid{}
			if errors.As(err, &bad); !maps.Equal(bad.Problems, map[string]string{"text": want}) {
				t.Errorf("%v, want %s", err, want)
			}
		}
		if err := o.Say(ctx, page.Token, "x", "有话说"); !errors.Is(err, intake.ErrStaleForm) {
			t.Errorf("without a form: %v", err)
		}
		if n := o.count("message", "") + o.count("event", "kind = 'reporter_wrote'"); n != 0 {
			t.Errorf("%d rows left", n)
		}
	})
}

func TestWhoWasAskedGoesBackToWhereItWas(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		for _, back := range []intake.State{intake.Submitted, intake.Verifying} {
			r := o.submit(o.filled())
			page := o.track(r)
			c := o.complaint(page.ReportID)
			o.set(c, map[string]any{"state": intake.NeedInfo, "resume_state": back})
			if m := o.track(r).Matters[0]; !m.Waiting {
				t.Errorf("not told that the office waits: %+v", m)
			}
			o.must(o.Say(ctx, page.Token, page.Form.Token, "是二组的。"))
			got := o.complaint(page.ReportID)
			if got.State != back || got.ResumeState != "" || got.Version != c.Version+1 {
				t.Errorf("now %s, %q, version %d", got.State, got.ResumeState, got.Version)
			}
			if n := o.count("event", "subject_id = ? AND kind = 'info_given' AND actor_kind = 'reporter'", c.ID); n != 1 {
				t.Errorf("%d events", n)
			}
		}
	})
}

func TestWhoWasMergedIsNotAsked(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		first, second := o.submit(o.filled()), o.submit(o.filled())
		lead, other := o.complaint(o.track(first).ReportID), o.complaint(o.track(second).ReportID)
		o.set(lead, map[string]any{"state": intake.NeedInfo, "resume_state": intake.Submitted})
		o.set(other, map[string]any{"state": intake.Merged, "merged_into": lead.ID, "closed_at": o.store.Now()})
		page := o.track(second)
		o.must(o.Say(ctx, page.Token, page.Form.Token, "我也是二组的。"))
		if got := o.complaint(lead.ReportID); got.State != intake.NeedInfo || page.Matters[0].Waiting {
			t.Errorf("another's question was answered: %s; told to answer: %v", got.State, page.Matters[0].Waiting)
		}
	})
}

func TestWithdrawEndsEverythingOpen(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		r := o.submit(o.filled())
		page := o.track(r)
		c := o.complaint(page.ReportID)
		o.must(o.Withdraw(ctx, page.Token, ""))
		got := o.complaint(page.ReportID)
		if got.State != intake.Withdrawn || got.ClosedAt == nil || got.DueOn != nil || got.DueRule != "" || got.Version != c.Version+1 {
			t.Errorf("complaint %+v", got)
		}
		if n := o.count("deadline", "met_at IS NULL"); n != 0 {
			t.Errorf("%d clocks still run", n)
		}
		if n := o.count("event", "subject_id IN ? AND kind = 'withdrawn'", []uuid.UUID{c.ID, page.ReportID}); n != 2 {
			t.Errorf("%d events", n)
		}
		after := o.track(r)
		if after.Open || after.Matters[0].Ending != intake.Withdrawn || after.Matters[0].NextOn != "" {
			t.Errorf("page %+v", after)
		}
		for name, err := range map[string]error{"again": o.Withdraw(ctx, after.Token, ""), "say": o.Say(ctx, after.Token, after.Form.Token, "等等")} {
			if !errors.Is(err, intake.ErrClosed) {
				t.Errorf("%s: %v, want ErrClosed", name, err)
			}
		}
	})
}

func TestWithdrawingDoesNotBuryOthers(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		first, second := o.submit(o.filled()), o.submit(o.filled())
		lead, other := o.complaint(o.track(first).ReportID), o.complaint(o.track(second).ReportID)
		o.set(other, map[string]any{"state": intake.Merged, "merged_into": lead.ID, "closed_at": o.store.Now()})
		o.must(o.Withdraw(ctx, o.track(first).Token, ""))
		if got := o.complaint(lead.ReportID); got.State != intake.Submitted || got.ClosedAt != nil {
			t.Errorf("the lead was ended: %+v", got)
		}
		mine, theirs := o.track(first), o.track(second)
		if mine.Open || mine.Matters[0].Ending != intake.Withdrawn || mine.Matters[0].NextOn != "" {
			t.Errorf("who left sees %+v", mine)
		}
		if !theirs.Open || theirs.Matters[0].Ending != "" || theirs.Matters[0].NextOn == "" {
			t.Errorf("who stayed sees %+v", theirs)
		}
		if err := o.Withdraw(ctx, mine.Token, ""); !errors.Is(err, intake.ErrClosed) {
			t.Errorf("again: %v", err)
		}
		o.must(o.Withdraw(ctx, theirs.Token, ""))
		if got := o.track(second); got.Open || got.Matters[0].Ending != intake.Withdrawn {
			t.Errorf("the last one cannot leave: %+v", got)
		}
	})
}

func TestWithdrawAndOfficerAtOnce(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		for range 10 {
			page := o.track(o.submit(o.filled()))
			c := o.complaint(page.ReportID)
			var all sync.WaitGroup
			var err error
			all.Go(func() { err = o.Withdraw(ctx, page.Token, "") })
			all.Go(func() {
				o.store.Transact(ctx, func(tx *gorm.DB) error {
					return tx.Model(&intake.Complaint{}).Where("id = ? AND version = ?", c.ID, c.Version).
						Updates(map[string]any{"state": intake.Accepted, "version": c.Version + 1}).Error
				})
			})
			all.Wait()
			if got := o.complaint(page.ReportID); err != nil || got.State != intake.Withdrawn {
				t.Errorf("%v, state %s", err, got.State)
			}
		}
	})
}

func TestOfficeWritesManyMessages(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		by := o.officer(staff.TriageOfficer)
		page := o.track(o.submit(o.filled()))
		o.in(func(tx *gorm.DB) error {
			for range 3 {
				if err := o.Reply(tx, by, page.ReportID, nil, intake.Talk, "请问是哪一年？"); err != nil {
					return err
				}
			}
			return nil
		})
		talk, err := o.Conversation(ctx, staff.Officer{}, page.ReportID)
		if err != nil || len(talk) != 3 || talk[0].ReadAt != nil {
			t.Errorf("%+v, %v", talk, err)
		}
	})
}
