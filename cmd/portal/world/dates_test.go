package world_test

import (
	"strings"

	"minsheng/ledger"
)

// untold are rules whose last days not every event of the demo's world tells, and
// why.
var untold = map[string]string{
	"complaint.accept_notice":      "earlier years are written in bulk",
	"complaint.reply":              "earlier years are written in bulk",
	"supervision_item.acknowledge": "earlier years are written in bulk",
	"supervision_item.urgent":      "earlier years are written in bulk",
	"supervision_item.normal":      "earlier years are written in bulk",
	"supervision_item.complex":     "earlier years are written in bulk",
}

// dates looks whether every last day stands in an event of what it runs for: what
// an event tells is in the public log, and cannot be moved unseen.
func (s *story) dates() {
	s.t.Helper()
	var days []struct{ SubjectID, Rule, DueOn string }
	if err := s.r.Store.Read(ctx).Raw("SELECT CAST(subject_id AS text) AS subject_id, rule, due_on FROM deadline").Scan(&days).Error; err != nil {
		s.t.Fatal(err)
	}
	var events []ledger.Event
	if err := s.r.Store.Read(ctx).Find(&events).Error; err != nil {
		s.t.Fatal(err)
	}
	told := map[[3]string]bool{}
	for _, e := range events {
		for name, day := range e.Body {
			rule, part, of := strings.Cut(name, "@")
			if !of {
				part = e.SubjectID.String()
			}
			told[[3]string{part, rule, day}] = true
		}
	}
	missing := map[string]int{}
	for _, d := range days {
		if !told[[3]string{d.SubjectID, "due:" + d.Rule, d.DueOn}] && untold[d.Rule] == "" {
			missing[d.Rule]++
		}
	}
	if len(missing) > 0 {
		s.t.Errorf("last days that no event tells: %v", missing)
	}
}
