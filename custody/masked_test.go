package custody_test

import (
	"strings"
	"testing"

	"minsheng/intake"
	"minsheng/staff"
)

// TestMasksStandWhereTheWordsAre: they move along when a name that is handed over to
// custodians is covered in the words, and whoever cannot open the words that they
// stand on reads nothing that may repeat them.
func TestMasksStandWhereTheWordsAre(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		c := h.submit()
		worker := h.person(cityDesk, staff.TriageOfficer)
		_, err := h.triage.Mask(bg, worker, c.ID, intake.Redacted, "少发三千")
		h.must(err)
		h.lockAway(h.first, h.second)
		_, err = h.intake.HandOverAll(bg)
		h.must(err)
		if got := h.reads(worker, c); strings.Contains(got, reporter) || strings.Contains(got, "三千") || !strings.Contains(got, "危房改造补助"+intake.Black+"。") {
			t.Errorf("after the name was handed over: %s", got)
		}

		w := h.handled()
		c, _ = h.report("county", "")
		h.must(h.triage.Message(bg, h.as(w.city), c.ID, "已经去问过"+told[:12]+"的事。"))
		_, err = h.triage.Mask(bg, h.as(w.city), c.ID, intake.Masked, told[:12])
		h.must(err)
		for by, want := range map[*staff.Officer]string{&w.city: "已经去问过" + intake.Black + "的事。", &worker: "locked"} {
			talk, err := h.intake.Conversation(bg, h.as(*by), c.ReportID)
			if err != nil || talk[len(talk)-1].Text+string(talk[len(talk)-1].Kept) != want {
				t.Errorf("%s reads %q, %v", by.Name, talk[len(talk)-1].Text, err)
			}
		}
	})
}
