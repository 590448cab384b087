package docket

import (
	"slices"
	"strings"
	"testing"

	"minsheng/intake"
)

// One report from first to last, and what the reporter's own page says of it
// at each point.
func TestFromReportToStrikingOff(t *testing.T) {
	each(t, func(t *testing.T, w *office) {
		c, receipt := w.handIn()
		says := func(at string, stage intake.Stage, next string, messages int) intake.Tracked {
			t.Helper()
			page, err := w.Intake.Track(bg, receipt)
			w.must(err)
			m := page.Matters[0]
			if m.Stage != stage || m.NextWhat != next || len(page.Messages) != messages || m.Ending != "" {
				t.Errorf("%s: stage %d, next %q, %d messages, ending %q; want %d, %q, %d", at, m.Stage, m.NextWhat, len(page.Messages), m.Ending, stage, next, messages)
			}
			for _, step := range m.Steps {
				if (step.On != "") != (step.Stage <= stage) {
					t.Errorf("%s: stage %d dated %q", at, step.Stage, step.On)
				}
			}
			return page
		}
		version := func() int { return w.again(c).Version }

		says("handed in", intake.Received, "complaint.accept_notice", 0)
		w.must(w.Triage.Claim(bg, w.officer, c.ID))
		w.must(w.Triage.Describe(bg, w.officer, c.ID, version(), goodDescription))
		says("described", intake.Received, "complaint.accept_notice", 0)
		w.must(w.Triage.Accept(bg, w.officer, c.ID, version()))
		says("accepted", intake.TakenUp, "complaint.reply", 1)
		w.must(w.Triage.Verify(bg, w.officer, c.ID, version(), w.check("李核", "王查")))
		says("verified", intake.Checking, "complaint.reply", 1)

		i := w.docketed(c)
		w.must(w.do(w.officer, &i, "issue"))
		w.must(w.do(w.lead, &i, "acknowledge"))
		w.must(w.do(w.lead, &i, "report", w.staged()...))
		w.must(w.do(w.officer, &i, "accept_report"))
		page := says("reported", intake.Checking, "complaint.reply", 1)
		if page.Matters[0].Answer != "" {
			t.Error("there is an answer before it is approved")
		}

		w.must(w.Triage.ProposeAnswer(bg, w.officer, c.ID, version(), goodAnswer))
		says("proposed", intake.Checking, "complaint.reply", 1)
		w.approve(c)
		page = says("answered", intake.Answered, "complaint.review_request", 2)
		if !strings.Contains(page.Matters[0].Answer, "村会计扣下三千元") {
			t.Errorf("the answer reads %q", page.Matters[0].Answer)
		}
		w.must(w.do(w.officer, &i, "strike_off"))
		says("struck off", intake.Answered, "complaint.review_request", 2)
		w.solved(c)
		w.must(w.Triage.Close(bg, w.officer, c.ID, version()))
		page = says("closed", intake.Finished, "", 3)
		if page.Open {
			t.Error("the page still offers to add something")
		}

		w.tellsWhole(c)
	})
}

// tellsWhole checks the record of the case that the story above leaves.
func (w *office) tellsWhole(c intake.Complaint) {
	w.t.Helper()
	opened, err := w.Triage.Case(bg, w.officer, c.ID)
	w.must(err)
	var kinds []string
	for _, e := range opened.Events {
		kinds = append(kinds, e.Kind)
	}
	want := []string{"submitted", "received", "claimed", "described", "accepted", "verified", "converted", "item_issued",
		"decide_proposed", "decided", "delivered", "item_struck_off", "closed"}
	if !slices.Equal(kinds, want) {
		w.t.Errorf("the case's record:\n%v, want\n%v", kinds, want)
	}
	items, err := w.OfCase(bg, w.officer, c.ID)
	w.must(err)
	if len(opened.Checks) != 1 || len(opened.Checks[0].Files) != 1 || len(items) != 1 || items[0].State != StruckOff {
		w.t.Errorf("the case's page: %d checks, items %v", len(opened.Checks), items)
	}
	for _, e := range opened.Events {
		for _, secret := range []string{"张试样", "13800000001", "一万五"} {
			if strings.Contains(strings.Join(valuesOf(e.Body), " "), secret) {
				w.t.Errorf("event %s holds %q", e.Kind, secret)
			}
		}
	}
}
