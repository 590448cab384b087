package console

import (
	"context"
	"testing"

	"minsheng/clock"
	"minsheng/internal/store/storetest"
	"minsheng/internal/workday"
	"minsheng/portal/locale"
	"minsheng/staff"
	"minsheng/watch"
)

// TestClocksHaveTheirWords holds what the pages of clocks put together at run
// time; every rule of the table has a name and says from what it counts.
func TestClocksHaveTheirWords(t *testing.T) {
	catalog, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	rules, err := clock.New(storetest.SQLite(t), workday.BuiltIn()).Rules(context.Background(), staff.Officer{Roles: []staff.Role{staff.Administrator}})
	if err != nil || len(rules) < 30 {
		t.Fatal(len(rules), err)
	}
	var froms []string
	for _, r := range rules {
		if !catalog.Has(locale.Chinese, "clocks.rule."+r.Code) && !catalog.Has(locale.Chinese, "console.rule."+r.Code) {
			t.Errorf("no name for the rule %s: console.rule.%s", r.Code, r.Code)
		}
		froms = append(froms, r.FromEvent)
	}
	units := []string{string(workday.CalendarDays), string(workday.WorkingDays)}
	stages := codes(watch.Stages())
	for prefix, codes := range map[string][]string{
		"clocks.from.": froms, "clocks.origin.": itemOrigins, "clocks.unit.": units, "clocks.limit.": units, "clock.pause.": clock.PauseReasons(),
		"clock.moved.": {"calendar", "rule", "paused", "resumed"}, "clocks.group.": ruleGroups, "alarms.stage.": stages, "alarms.group.": stages,
		"alarms.says.": {"ownerless", "absent", "never", "calendar", "late", "passed", "today", "left"}, "calendar.bad.": {"head", "fields", "day", "kind", "twice"},
		"calendar.day.": {"holiday", "work", "presumed"}, "calendar.kind.": {"off", "work"}, "console.done.": {"alarm_heard", "rule_set", "calendar_imported"},
		"clocks.field.": {"kind", "n", "day_kind", "basis", "from", "why"}, "clocks.hint.": {"kind", "n", "day_kind", "basis", "from", "why"},
		"problem.": {"rule_n", "rule_day_kind", "rule_from", "rule_basis", "rule_why", "rule_early", "calendar_size", "calendar_day", "calendar_year"},
	} {
		for _, code := range codes {
			if !catalog.Has(locale.Chinese, prefix+code) {
				t.Errorf("no text for %s%s", prefix, code)
			}
		}
	}
}
