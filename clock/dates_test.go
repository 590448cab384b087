package clock_test

import (
	"strings"
	"testing"

	"minsheng/internal/workday"
)

// eves are the days from which each rule is tried.
var eves = [5]workday.Date{
	"2026-02-13", // the Friday before the Saturday that is worked before the Spring Festival
	"2026-09-30", // before National Day, which is followed by a Saturday that is worked
	"2026-05-08", // the Friday before a Saturday that is worked
	"2025-12-31", // before New Year, whose Sunday is worked
	"2026-12-31", // before a year that is not announced
}

// ends are the last days of each rule from those days, counted by hand on the
// notices of 2025 and 2026. For remind_before the eve is what is due, and the day
// is that of the reminder.
var ends = map[string][5]workday.Date{
	"complaint.triage_target":     {"2026-02-24", "2026-10-09", "2026-05-11", "2026-01-05", "2027-01-05"},
	"complaint.accept_notice":     {"2026-02-28", "2026-10-15", "2026-05-25", "2026-01-15", "2027-01-15"},
	"complaint.simplified_accept": {"2026-02-25", "2026-10-10", "2026-05-12", "2026-01-06", "2027-01-06"},
	"complaint.simplified_reply":  {"2026-03-05", "2026-10-20", "2026-05-21", "2026-01-15", "2027-01-15"},
	"complaint.reply":             {"2026-04-14", "2026-11-30", "2026-07-07", "2026-03-02", "2027-03-01"},
	"complaint.transfer_dispute":  {"2026-02-27", "2026-10-13", "2026-05-14", "2026-01-08", "2027-01-08"},
	"complaint.refer_discipline":  {"2026-02-27", "2026-10-13", "2026-05-14", "2026-01-08", "2027-01-08"},
	"complaint.callback":          {"2026-02-27", "2026-10-13", "2026-05-14", "2026-01-08", "2027-01-08"},

	"complaint.reply_extension_max": {"2026-03-16", "2026-10-30", "2026-06-08", "2026-01-30", "2027-02-01"},
	"complaint.review_request":      {"2026-03-16", "2026-10-30", "2026-06-08", "2026-01-30", "2027-02-01"},
	"complaint.review_decide":       {"2026-03-16", "2026-10-30", "2026-06-08", "2026-01-30", "2027-02-01"},
	"complaint.reexam_request":      {"2026-03-16", "2026-10-30", "2026-06-08", "2026-01-30", "2027-02-01"},
	"complaint.reexam_decide":       {"2026-03-16", "2026-10-30", "2026-06-08", "2026-01-30", "2027-02-01"},

	"complaint.delivery_presumed": {"2026-03-16", "2026-10-30", "2026-06-08", "2026-01-30", "2027-02-01"},
	"complaint.rating_change":     {"2026-02-24", "2026-10-08", "2026-05-15", "2026-01-07", "2027-01-07"},
	"complaint.second_look":       {"2026-03-05", "2026-10-20", "2026-05-21", "2026-01-15", "2027-01-15"},
	"complaint.withdrawal":        {"2026-02-24", "2026-10-08", "2026-05-11", "2026-01-04", "2027-01-04"},
	"complaint.repeat_window":     {"2026-05-14", "2026-12-29", "2026-08-06", "2026-03-31", "2027-03-31"},

	"objection.acknowledge": {"2026-02-14", "2026-10-08", "2026-05-09", "2026-01-04", "2027-01-04"},
	"objection.verify":      {"2026-02-27", "2026-10-13", "2026-05-14", "2026-01-08", "2027-01-08"},
	"objection.answer":      {"2026-02-25", "2026-10-10", "2026-05-12", "2026-01-06", "2027-01-06"},

	"supervision_item.acknowledge":       {"2026-02-14", "2026-10-08", "2026-05-09", "2026-01-04", "2027-01-04"},
	"supervision_item.dispute":           {"2026-02-24", "2026-10-09", "2026-05-11", "2026-01-05", "2027-01-05"},
	"supervision_item.urgent":            {"2026-02-24", "2026-10-08", "2026-05-13", "2026-01-05", "2027-01-05"},
	"supervision_item.normal":            {"2026-02-28", "2026-10-15", "2026-05-25", "2026-01-15", "2027-01-15"},
	"supervision_item.complex":           {"2026-03-16", "2026-10-30", "2026-06-08", "2026-01-30", "2027-02-01"},
	"supervision_item.extension_request": {"2026-02-13", "2026-09-30", "2026-05-08", "2025-12-31", "2026-12-31"},
	"supervision_item.remind_before":     {"2026-02-10", "2026-09-24", "2026-04-30", "2025-12-26", "2026-12-28"},
	"supervision_item.yellow":            {"2026-02-14", "2026-10-08", "2026-05-09", "2026-01-04", "2027-01-04"},
	"supervision_item.red":               {"2026-02-27", "2026-10-13", "2026-05-14", "2026-01-08", "2027-01-08"},

	"supervision_item.urgent_extension_max":  {"2026-03-16", "2026-10-30", "2026-06-08", "2026-01-30", "2027-02-01"},
	"supervision_item.normal_extension_max":  {"2026-03-16", "2026-10-30", "2026-06-08", "2026-01-30", "2027-02-01"},
	"supervision_item.complex_extension_max": {"2026-03-16", "2026-10-30", "2026-06-08", "2026-01-30", "2027-02-01"},

	"inspection.plan_entry": {"2026-03-16", "2026-11-02", "2026-06-08", "2026-02-02", "2027-02-01"},
	"inspection.visit":      {"2026-02-27", "2026-10-13", "2026-05-14", "2026-01-08", "2027-01-08"},
	"inspection.material":   {"2026-02-27", "2026-10-13", "2026-05-14", "2026-01-08", "2027-01-08"},
	"inspection.findings":   {"2026-03-05", "2026-10-20", "2026-05-21", "2026-01-15", "2027-01-15"},
	"selfreport.due":        {"2026-02-27", "2026-10-13", "2026-05-14", "2026-01-08", "2027-01-08"},

	"rectification.plan":            {"2026-02-27", "2026-10-13", "2026-05-14", "2026-01-08", "2027-01-08"},
	"rectification.report":          {"2026-03-16", "2026-10-30", "2026-06-08", "2026-01-30", "2027-02-01"},
	"rectification.follow_up_check": {"2026-03-16", "2026-10-30", "2026-06-08", "2026-01-30", "2027-02-01"},

	"notice.list":   {"2026-03-19", "2026-11-03", "2026-06-04", "2026-01-29", "2027-01-29"},
	"notice.fund":   {"2026-03-12", "2026-10-27", "2026-05-28", "2026-01-22", "2027-01-22"},
	"notice.plan":   {"2026-03-19", "2026-11-03", "2026-06-04", "2026-01-29", "2027-01-29"},
	"notice.result": {"2026-03-19", "2026-11-03", "2026-06-04", "2026-01-29", "2027-01-29"},
}

// Every rule that the portal comes with is tried around the Spring Festival,
// National Day, Saturdays that are worked, and ends of years. A rule without a
// row fails, and a row without a rule.
func TestEveryRuleIsCountedAroundHolidays(t *testing.T) {
	each(t, func(t *testing.T, w *tower) {
		rules, err := w.Rules(bg, w.admin)
		w.must(err)
		left := map[string]bool{}
		for code := range ends {
			left[code] = true
		}
		for _, r := range rules {
			if r.Kind != "" || r.ValidTo != nil {
				continue
			}
			delete(left, r.Code)
			want, known := ends[r.Code]
			if !known {
				t.Errorf("%s has no row here: count its last days by hand", r.Code)
				continue
			}
			for i, eve := range eves {
				got := w.Calendar().Limit(eve, r.N, r.DayKind)
				if strings.HasSuffix(r.Code, ".remind_before") {
					got = workday.Due{On: w.Calendar().WorkdaysBefore(eve, r.N)}
				}
				if got.On != want[i] || got.Provisional != (got.On > "2026-12-31") {
					t.Errorf("%s from %s: %s, provisional %v, want %s", r.Code, eve, got.On, got.Provisional, want[i])
				}
			}
		}
		for code := range left {
			t.Errorf("%s stands here and is no rule", code)
		}
	})
}
