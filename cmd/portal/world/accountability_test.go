package world_test

import (
	"slices"
	"strings"

	"github.com/google/uuid"

	"minsheng/accountability"
	"minsheng/ledger"
)

// measures are in every stage that the demo tells of, and name nobody outside.
func (s *story) measures() {
	dawa, city := s.people["dw.shouli"], s.people["shi.shouli"]
	states := func(login string, n accountability.Nature) (all []accountability.State) {
		lines, err := s.r.Measures.List(ctx, s.people[login], accountability.Filter{Nature: n})
		s.must(err)
		for _, l := range lines {
			all = append(all, l.State)
		}
		return all
	}
	if got := states("dw.shouli", accountability.Decide); !slices.Equal(got, []accountability.State{accountability.Approved, accountability.Adopted}) {
		s.t.Errorf("大洼区 decided: %v", got)
	}
	lines, err := s.r.Measures.List(ctx, dawa, accountability.Filter{Nature: accountability.Decide, State: accountability.Adopted})
	s.must(err)
	w, err := s.r.Measures.Open(ctx, dawa, lines[0].ID)
	s.must(err)
	if !slices.Equal(w.Offers, []accountability.Offer{accountability.OfferDeputy}) || len(w.Linked) != 1 || len(w.Notes) != 1 || len(w.Notes[0].Files) != 1 {
		s.t.Errorf("the circular: offers %v, linked %d, notes %+v", w.Offers, len(w.Linked), w.Notes)
	}
	late, err := s.r.Measures.List(ctx, city, accountability.Filter{Nature: accountability.Recommend, State: accountability.Served})
	s.must(err)
	if len(late) != 1 || late[0].Code != accountability.ToCounty || late[0].Late == 0 {
		s.t.Errorf("a committee that does not answer: %+v", late)
	}
	if got := states("shi.shouli", accountability.Decide); !slices.Contains(got, accountability.Proposed) {
		s.t.Errorf("nothing waits for approval: %v", got)
	}
	sent, err := s.r.Measures.Referrals(ctx, s.people["shi.fuhe.shenpi"], uuid.Nil)
	s.must(err)
	if len(sent) != 2 || sent[0].State != accountability.Composed || sent[1].State != accountability.Received || sent[1].Number == "" {
		s.t.Errorf("referrals: %+v", sent)
	}
	if asked, err := s.r.Measures.Asked(ctx, s.people["shi.baoguan"]); err != nil || len(asked) != 1 {
		s.t.Errorf("the custodian is asked %d times, %v", len(asked), err)
	}
	events, err := ledger.Of(ctx, s.r.Store, ledger.OfMeasure, w.Linked[0].ID)
	s.must(err)
	for _, e := range events {
		for _, value := range e.Body {
			if strings.Contains(value, "荣启年") {
				s.t.Errorf("%s names the person", e.Kind)
			}
		}
	}
}
