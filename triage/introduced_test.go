package triage

import (
	"strings"
	"testing"

	"minsheng/intake"
	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
	"minsheng/staff"
)

// TestHowReportersNameThemselvesIsCovered, in what they handed in, without their name
// too, and in what they write later, until a custodian lifts a mask that hides
// something else. What they wrote is shown back to them whole.
func TestHowReportersNameThemselvesIsCovered(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newCrew(t, s)
		c, receipt := w.handIn(shuangliu, func(s *intake.Submission) {
			s.Text = "我叫柳大旺，电话13900000002。会计拿走三千，柳大旺家的。"
		})
		page, err := w.intake.Track(bg, receipt)
		w.must(err)
		w.must(w.intake.Say(bg, page.Token, page.Form.Token, "本人关秀兰，再说一遍：会计的电话是13900000003"))
		for _, by := range []staff.Officer{w.officer, w.boss, w.above} {
			read := w.reads(by, c)
			for _, own := range []string{"大旺", "13900000002", "秀兰"} {
				if strings.Contains(read, own) {
					t.Errorf("%s reads %s", by.Name, own)
				}
			}
			if !strings.Contains(read, "13900000003") || !strings.Contains(read, "会计拿走三千") {
				t.Errorf("%s does not read what is said of others: %s", by.Name, read)
			}
		}
		if read := w.reads(w.custodian, c); !strings.Contains(read, "柳大旺") || !strings.Contains(read, "关秀兰") {
			t.Errorf("the custodian reads %s", read)
		}
		page, err = w.intake.Track(bg, receipt)
		w.must(err)
		if said := page.Messages[len(page.Messages)-1].Text; !strings.Contains(said, "关秀兰") {
			t.Errorf("shown back: %s", said)
		}

		covering, err := w.Covering(bg, w.custodian, c.ID)
		w.must(err)
		if len(covering.Masks) != 3 {
			t.Fatalf("masks: %+v", covering.Masks)
		}
		for _, m := range covering.Masks {
			if m.ByName != "" {
				t.Errorf("%s is said to have covered %s", m.ByName, m.Words)
			}
			w.must(w.LiftMask(bg, w.custodian, c.ID, m.ID))
		}
		if read := w.reads(w.officer, c); !strings.Contains(read, "柳大旺") {
			t.Errorf("lifted, and not read: %s", read)
		}
	})
}
