package intake_test

import (
	"testing"
	"time"

	"gorm.io/gorm"

	"minsheng/clock"
	"minsheng/intake"
	"minsheng/internal/store"
	"minsheng/internal/workday"
)

func TestWhatWasPromisedStaysWhenTheRuleChanges(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		before := o.submit(o.filled())
		o.must(o.store.Read(ctx).Exec("UPDATE time_rule SET n = 10 WHERE code = ?", intake.RuleAccept).Error)
		o.pass(31 * time.Second)
		after := o.submit(o.filled())
		if before.AcceptBy != "2026-03-17" || after.AcceptBy != "2026-03-12" {
			t.Errorf("accept by %s, then %s", before.AcceptBy, after.AcceptBy)
		}
		var kept clock.Deadline
		o.must(store.One(o.store.Read(ctx).Where("subject_id = ? AND rule = ?", o.complaint(o.track(before).ReportID).ID, intake.RuleAccept), &kept))
		if kept.N != 15 || kept.DueOn != "2026-03-17" || kept.Basis == "" || kept.Calendar == "" || kept.ToldOn == nil || *kept.ToldOn != kept.DueOn {
			t.Errorf("what was promised changed: %+v", kept)
		}
	})
}

func TestARowSaysWhatIsDueNext(t *testing.T) {
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
		o.in(func(tx *gorm.DB) error { return o.clocks.Meet(tx, c.ID, intake.RuleTriage) })
		due("2026-03-17", intake.RuleAccept)
		o.in(func(tx *gorm.DB) error {
			_, err := o.clocks.Start(tx, c.Clocked(), intake.RuleAccept, "2026-03-05")
			return err
		})
		due("2026-03-20", intake.RuleAccept)
		o.in(func(tx *gorm.DB) error { return o.clocks.Meet(tx, c.ID) })
		due("", "")
	})
}
