package world_test

import (
	"minsheng/clock"
	"minsheng/docket"
)

// items are those that come of no report: each shows one turn of its life.
func (s *story) items() {
	boss := s.people["shi.shenpi"]
	first := func(what string, f docket.Filter, fits func(docket.ItemView) bool) docket.ItemView {
		s.t.Helper()
		page, err := s.r.Docket.Items(ctx, boss, f, "")
		s.must(err)
		for _, i := range page.Rows {
			if fits(i) {
				v, err := s.r.Docket.Item(ctx, boss, i.ID)
				s.must(err)
				return v
			}
		}
		s.t.Errorf("no item is %s", what)
		return docket.ItemView{}
	}
	any := func(docket.ItemView) bool { return true }
	red := first("a leader's instruction, and red", docket.Filter{Origin: docket.LeaderInstruction, Color: clock.Red}, any)
	if red.Pressed != 2 || red.OriginNote == "" || red.Responsible == "" {
		s.t.Errorf("the instruction: pressed %d, %q", red.Pressed, red.OriginNote)
	}
	first("suspended", docket.Filter{Stretch: docket.Suspended}, any)
	first("waiting for a ruling", docket.Filter{Stretch: docket.WithIssuer}, func(i docket.ItemView) bool { return i.Waits })
	longer := first("extended", docket.Filter{Origin: docket.SuperiorAssignment}, any)
	if x := longer.Extension; x == nil || x.State != "approved" || longer.DueOn == nil || *longer.DueOn <= *longer.FirstDueOn {
		s.t.Errorf("extended: %+v", x)
	}
	first("of the plan, and pressed", docket.Filter{Origin: docket.AnnualPlan}, func(i docket.ItemView) bool { return i.Pressed == 2 })
	if paid := first("struck off with money recovered", docket.Filter{Stretch: docket.Finished, Origin: docket.AuditOrMedia}, any); paid.RecoveredFen == 0 {
		s.t.Error("no money was recovered")
	}
}
