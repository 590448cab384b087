package intake_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"minsheng/intake"
)

// The reporter reads which offices were shown what they wrote, by role and day and
// not by person; of a case that theirs was merged into, only what came after.
func TestTheReporterReadsWhoLooked(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		lead := o.submit(o.filled())
		o.pass(2 * 24 * time.Hour)
		r := o.submit(o.filled())
		first, own := o.complaint(o.track(lead).ReportID), o.complaint(o.track(r).ReportID)
		look := func(c intake.Complaint, at time.Time, what, role string) {
			t.Helper()
			o.must(o.store.Read(ctx).Exec(`INSERT INTO look (complaint_id, account_id, hour, what, name, role, unit_id, unit_name, at)
				VALUES (?, ?, ?, ?, '何田田', ?, ?, '盘山县督查室', ?)`, c.ID, uuid.New(), at, what, role, uuid.New(), at).Error)
		}
		now := o.store.Now()
		look(first, now.Add(-time.Hour), "page", "supervisor")
		look(first, now.Add(time.Hour), "item", "triage_officer")
		look(own, now.Add(time.Hour), "page", "triage_officer")
		look(own, now.Add(2*time.Hour), "page", "triage_officer") // the same day: once
		look(own, now.Add(2*time.Hour), "name", "identity_custodian")
		o.set(own, map[string]any{"state": intake.Merged, "merged_into": first.ID, "closed_at": now})
		got := map[intake.Look]bool{}
		for _, l := range o.track(r).Looks {
			got[l] = true
		}
		page, item := intake.Look{On: "2026-03-04", UnitName: "盘山县督查室", Role: "triage_officer", What: "page"}, intake.Look{On: "2026-03-04", UnitName: "盘山县督查室", Role: "triage_officer", What: "item"}
		if len(got) != 2 || !got[page] || !got[item] {
			t.Errorf("the page says %v", got)
		}
	})
}
