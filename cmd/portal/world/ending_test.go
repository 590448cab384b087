package world_test

import (
	"slices"
	"time"

	"minsheng/audit"
	"minsheng/intake"
	"minsheng/triage"
)

// endings: whoever works on what follows answers has something to do, and an audit
// is open that shows who looked.
func (s *story) endings() {
	for who, wants := range map[string][]string{
		"shi.shouli": {triage.WantsSecondLook, triage.WantsAppeal, triage.WantsLetGo, triage.WantsCare},
		"dw.shouli":  {triage.WantsCallback},
	} {
		groups, err := s.r.Triage.Today(ctx, s.people[who])
		s.must(err)
		for _, want := range wants {
			if len(groups[want]) == 0 {
				s.t.Errorf("nothing of %s waits for %s", want, who)
			}
		}
	}
	for what, query := range map[string]string{
		"an answer that was never read is delivered": "SELECT COUNT(*) FROM delivery WHERE how = 'presumed'",
		"a hearing paused a re-examination":          "SELECT COUNT(*) FROM deadline_pause WHERE rule = 'complaint.reexam_decide'",
		"a case was sent back":                       "SELECT COUNT(*) FROM complaint WHERE redone = true AND state = 'verifying'",
		"an answer stands after a second look":       "SELECT COUNT(*) FROM second_look WHERE state = 'stands'",
	} {
		if count(s.t, s.r, query) != 1 {
			s.t.Errorf("not so, or not once: %s", what)
		}
	}
	if n := count(s.t, s.r, "SELECT COUNT(*) FROM complaint WHERE outcome = ?", intake.RepeatAfterFinal); n != 1 {
		s.t.Errorf("%d repeat what is final", n)
	}
	audits, err := s.r.Audits.List(ctx, s.people["shi.fuhe.shenpi"])
	s.must(err)
	if len(audits) != 1 {
		s.t.Fatalf("%d audits", len(audits))
	}
	v, err := s.r.Audits.Open(ctx, s.people["shi.fuhe.shenpi"], audits[0].ComplaintID, time.Time{})
	s.must(err)
	if !v.MayEnd || !slices.ContainsFunc(v.Entries, func(e audit.Entry) bool {
		return slices.Contains(e.Marks, audit.OffHours) && slices.Contains(e.Marks, audit.NoPart)
	}) {
		s.t.Errorf("the audit shows %+v", v)
	}
}
