package intake_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/internal/store"
	"minsheng/internal/workday"
)

func TestTimeRulesAreThoseOfTheBrief(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		for code, want := range map[string]intake.Rule{
			"complaint.triage_target":       {N: 2, DayKind: "wd", FromEvent: "submitted", Duty: "internal"},
			"complaint.accept_notice":       {N: 15, DayKind: "cd", FromEvent: "submitted", Duty: "statutory"},
			"complaint.simplified_accept":   {N: 3, DayKind: "wd", FromEvent: "submitted", Duty: "statutory"},
			"complaint.simplified_reply":    {N: 10, DayKind: "wd", FromEvent: "accepted", Duty: "statutory"},
			"complaint.reply":               {N: 60, DayKind: "cd", FromEvent: "accepted", Duty: "statutory"},
			"complaint.reply_extension_max": {N: 30, DayKind: "cd", FromEvent: "reply.due", Duty: "statutory"},
			"complaint.transfer_dispute":    {N: 5, DayKind: "wd", FromEvent: "transferred", Duty: "statutory"},
			"complaint.refer_discipline":    {N: 5, DayKind: "wd", FromEvent: "triaged", Duty: "internal"},
			"complaint.callback":            {N: 5, DayKind: "wd", FromEvent: "replied", Duty: "internal"},
			"complaint.review_request":      {N: 30, DayKind: "cd", FromEvent: "reply_delivered", Duty: "statutory"},
			"complaint.reexam_decide":       {N: 30, DayKind: "cd", FromEvent: "reexam_received", Duty: "statutory"},
			"objection.verify":              {N: 5, DayKind: "wd", FromEvent: "acknowledged", Duty: "internal"},
			"supervision_item.acknowledge":  {N: 1, DayKind: "wd", FromEvent: "issued", Duty: "internal"},
			"supervision_item.urgent":       {N: 5, DayKind: "cd", FromEvent: "issued", Duty: "internal"},
			"supervision_item.complex":      {N: 30, DayKind: "cd", FromEvent: "issued", Duty: "internal"},
			"supervision_item.red":          {N: 5, DayKind: "wd", FromEvent: "due", Duty: "internal"},
			"rectification.plan":            {N: 5, DayKind: "wd", FromEvent: "order_received", Duty: "internal"},
			"rectification.follow_up_check": {N: 30, DayKind: "cd", FromEvent: "report_accepted", Duty: "internal"},
		} {
			got, err := o.RuleOn(ctx, code, "2026-03-02")
			o.must(err)
			if got.N != want.N || got.DayKind != want.DayKind || got.FromEvent != want.FromEvent || got.Duty != want.Duty || got.Basis == "" {
				t.Errorf("%s: %+v", code, got)
			}
		}
		old, err := o.RuleOn(ctx, intake.RuleReply, "2022-04-30")
		o.must(err)
		now, err := o.RuleOn(ctx, intake.RuleReply, "2022-05-01")
		o.must(err)
		if !strings.Contains(old.Basis, "第431号") || !strings.Contains(now.Basis, "信访工作条例") {
			t.Errorf("basis before %q, after %q", old.Basis, now.Basis)
		}
		for _, code := range []string{"complaint.lunch", ""} {
			if _, err := o.RuleOn(ctx, code, "2026-03-02"); !errors.Is(err, intake.ErrNoRule) {
				t.Errorf("%q: %v", code, err)
			}
		}
	})
}

func TestAChangedRuleIsKnownWithinHalfAMinute(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		before := o.submit(o.filled())
		o.must(o.store.Read(ctx).Exec("UPDATE time_rule SET n = 10 WHERE code = ?", intake.RuleAccept).Error)
		o.pass(31 * time.Second)
		after := o.submit(o.filled())
		if before.AcceptBy != "2026-03-17" || after.AcceptBy != "2026-03-12" {
			t.Errorf("accept by %s, then %s", before.AcceptBy, after.AcceptBy)
		}
		var kept intake.Deadline
		o.must(store.One(o.store.Read(ctx).Where("subject_id = ? AND rule = ?", o.complaint(o.track(before).ReportID).ID, intake.RuleAccept), &kept))
		if kept.N != 15 || kept.DueOn != "2026-03-17" || kept.Basis == "" || kept.Calendar == "" {
			t.Errorf("what was promised changed: %+v", kept)
		}
	})
}

func TestClocksRunMeetAndRunAgain(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		c := o.complaint(o.track(o.submit(o.filled())).ReportID)
		due := func(day workday.Date, rule string) {
			t.Helper()
			o.in(func(tx *gorm.DB) error { return o.NextDue(tx, c.ID) })
			got := o.complaint(c.ReportID)
			on := workday.Date("")
			if got.DueOn != nil {
				on = *got.DueOn
			}
			if on != day || got.DueRule != rule {
				t.Errorf("due %s by %s, want %s by %s", on, got.DueRule, day, rule)
			}
		}
		due("2026-03-04", intake.RuleTriage)
		o.in(func(tx *gorm.DB) error { return o.MeetClock(tx, c.ID, intake.RuleTriage) })
		due("2026-03-17", intake.RuleAccept)
		o.in(func(tx *gorm.DB) error {
			d, err := o.StartClock(tx, c.ID, intake.RuleAccept, "2026-03-05")
			if d.Round != 2 || d.DueOn != "2026-03-20" || d.StartedOn != "2026-03-05" {
				t.Errorf("second round %+v", d)
			}
			return err
		})
		due("2026-03-20", intake.RuleAccept)
		if n := o.count("deadline", "subject_id = ? AND met_at IS NULL", c.ID); n != 1 {
			t.Errorf("%d clocks run; the first round should be met", n)
		}
		o.in(func(tx *gorm.DB) error { return o.MeetClocks(tx, c.ID) })
		due("", "")
		o.in(func(tx *gorm.DB) error { return o.MeetClock(tx, uuid.New(), "complaint.reply") })
	})
}

func TestExtendingCountsFromTheLastDay(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		c := o.complaint(o.track(o.submit(o.filled())).ReportID)
		extend := func(days int) (d intake.Deadline, err error) {
			o.in(func(tx *gorm.DB) error { d, err = o.ExtendClock(tx, c.ID, intake.RuleReply, days); return nil })
			return
		}
		if _, err := extend(10); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a clock that does not run was extended: %v", err)
		}
		o.in(func(tx *gorm.DB) error { _, err := o.StartClock(tx, c.ID, intake.RuleReply, "2026-03-04"); return err })
		for _, days := range []int{0, -1, 31} {
			if _, err := extend(days); !errors.Is(err, intake.ErrNoRule) {
				t.Errorf("%d days: %v", days, err)
			}
		}
		// 60 days from 4 March end on 3 May, in the holidays: due on 6 May.
		d, err := extend(30)
		if err != nil || d.StartedOn != "2026-05-06" || d.DueOn != "2026-06-05" || d.Rule != intake.RuleReply || d.Round != 2 || !strings.Contains(d.Basis, "延长") {
			t.Errorf("extended %+v, %v", d, err)
		}
		all, err := o.Deadlines(ctx, c.ID)
		if err != nil || len(all) != 4 {
			t.Errorf("%d deadlines, %v", len(all), err)
		}
	})
}
