package world_test

import "minsheng/rectification"

// rectified are orders in three stages of their life: struck off with the money
// back in households' hands, in a second round, and not signed for.
func (s *story) rectified() {
	boss := s.people["shi.shenpi"]
	rows, err := s.r.Orders.List(ctx, boss, rectification.Filter{State: "all"})
	s.must(err)
	seen := map[rectification.State]int{}
	for _, r := range rows {
		seen[r.State]++
		w, err := s.r.Orders.Open(ctx, boss, r.ID)
		s.must(err)
		switch {
		case r.State == rectification.StruckOff && (w.Money.ConfirmedReturned != 1_260_000 || w.Money.Households != 42):
			s.t.Errorf("paid back: %+v", w.Money)
		case r.State == rectification.InProgress && (r.Round != 2 || len(w.Points) != 1 || len(w.Points[0].Opinion) == 0):
			s.t.Errorf("the second round: %d, %+v", r.Round, w.Points)
		case r.State == rectification.Ordered && r.ReceivedAt != nil:
			s.t.Error("the last one is signed for")
		}
	}
	if len(rows) != 4 || seen[rectification.StruckOff] != 1 || seen[rectification.NotPassed] != 1 || seen[rectification.InProgress] != 1 || seen[rectification.Ordered] != 1 {
		s.t.Errorf("%v", seen)
	}
}
