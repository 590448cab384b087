package inspection

import (
	"testing"

	"minsheng/internal/workday"
)

func TestInspectionsAreCountedForReportsUpwards(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		plan := o.planned()
		o.issued() // in no plan
		entry := o.sheet(plan).Entries[0].Key
		m := o.mandate()
		m.PlanKey = &entry
		kept, err := o.Arrange(bg, o.lead, m)
		o.must(err)
		o.must(o.Record(bg, o.lead, kept, o.done()))
		o.arranged() // not begun
		gone := o.visited()
		o.must(o.CallOff(bg, o.lead, gone, o.version(gone), "镇里正在换届，推后"))
		march := workday.Span{First: "2026-03-01", Last: "2026-03-31"}
		for unit, want := range map[string]Sums{panshan: {InPlan: 1, Carried: 2, CarriedPlan: 1}, cityDesk: {InPlan: 1, Carried: 2, CarriedPlan: 1}, dawa: {}} {
			s, err := o.SumsOf(bg, o.units[unit].ID, march)
			o.must(err)
			if s.InPlan != want.InPlan || s.Carried != want.Carried || s.CarriedPlan != want.CarriedPlan {
				t.Errorf("%s: %+v", unit, s)
			}
			if unit == dawa && len(s.Findings) != 0 || unit != dawa && (len(s.Findings) != 1 || s.Findings[0] != (ClauseSum{"9.2", 1, 2, 400000})) {
				t.Errorf("%s found %+v", unit, s.Findings)
			}
		}
		if s, err := o.SumsOf(bg, o.units[panshan].ID, workday.Span{First: "2026-07-01", Last: "2026-09-30"}); err != nil || s.InPlan != 1 || s.Carried != 0 || len(s.Findings) != 0 {
			t.Errorf("third quarter: %+v, %v", s, err)
		}
	})
}
