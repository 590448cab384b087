package triage

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/uuid"

	"minsheng/intake"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
	"minsheng/staff"
)

// reads is everything that somebody reads of a case's words, also in lists.
func (w *crew) reads(by staff.Officer, c intake.Complaint) string {
	w.t.Helper()
	page, err := w.Case(bg, by, c.ID)
	w.must(err)
	var b strings.Builder
	add := func(pieces []intake.Piece) {
		for _, p := range pieces {
			b.WriteString(p.Text)
		}
		b.WriteString("|")
	}
	b.WriteString(page.Narrative.Text + page.Narrative.Who + "|")
	add(page.Narrative.Pieces("text", ReadsCovered(by)))
	add(page.Narrative.Pieces("who", ReadsCovered(by)))
	for _, m := range page.Messages {
		b.WriteString(m.Text + "|")
		add(m.Pieces(ReadsCovered(by)))
	}
	list, err := w.Find(bg, by, Filter{}, "")
	w.must(err)
	for _, r := range list.Rows {
		b.WriteString(r.Summary + "|")
	}
	covering, err := w.Covering(bg, by, c.ID)
	w.must(err)
	for _, m := range covering.Masks {
		b.WriteString(m.Words + "|")
	}
	return b.String() + strings.Join(covering.Proposed, "|")
}

// TestCoveredWordsAreReadByCustodiansAlone wherever a case says them, until one of
// them lifts the mask, and by nobody else any more once they are covered for good.
func TestCoveredWordsAreReadByCustodiansAlone(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newCrew(t, s)
		c, receipt := w.handIn(shuangliu, func(s *intake.Submission) {
			s.Text, s.Who = "邻居柳 大旺看见会计拿走三千,他的电话13900000002,车号辽L12345。柳大旺能作证。", "柳大旺家的事"
		})
		say := func(text string) {
			t.Helper()
			page, err := w.intake.Track(bg, receipt)
			w.must(err)
			w.must(w.intake.Say(bg, page.Token, page.Form.Token, text))
		}
		say("柳大旺昨天搬走了")
		everybody := []staff.Officer{w.officer, w.boss, w.above}
		for _, by := range append(everybody, w.custodian) {
			if !strings.Contains(w.reads(by, c), "柳大旺") {
				t.Fatal("not read before it is covered")
			}
		}
		if got := w.reads(w.officer, c); !strings.HasSuffix(got, "13900000002|辽L12345") {
			t.Errorf("proposed: %s", got)
		}
		for words, key := range map[string]string{"柳": "mask_words", "王": "mask_words", "王大旺": "mask_none", "": "mask_words"} {
			if _, err := w.Mask(bg, w.officer, c.ID, intake.Masked, words); problem(err, "words") != key {
				t.Errorf("%q: %v", words, err)
			}
		}
		if n, err := w.Mask(bg, w.officer, c.ID, intake.Masked, "柳大旺"); err != nil || n != 4 {
			t.Fatalf("covered %d times: %v", n, err)
		}
		say("再说一句：柳大旺不敢出来")
		for _, by := range everybody {
			if got := w.reads(by, c); strings.Contains(got, "大旺") || strings.Count(got, intake.Black) < 4 {
				t.Errorf("%s reads %s", by.Roles, got)
			}
		}
		if got := w.reads(w.custodian, c); strings.Count(got, "大旺") < 5 {
			t.Errorf("the custodian reads %s", got)
		}
		// Who tries names learns nothing, and none of them goes out.
		if _, err := w.Mask(bg, w.officer, c.ID, intake.Masked, "柳大旺"); problem(err, "words") != "mask_none" {
			t.Errorf("tried: %v", err)
		}
		d := goodDescription
		d.Summary = "反映邻居柳大旺看见会计拿走三千元"
		leak := (*Leak)(nil)
		if err := w.Describe(bg, w.officer, c.ID, w.again(c).Version, d); !errors.As(err, &leak) || leak.Findings[0].Reason != "covered" {
			t.Errorf("described with it: %v", err)
		}
		if _, err := w.Split(bg, w.officer, c.ID, w.again(c).Version, []string{d.Summary}); !errors.As(err, &leak) {
			t.Errorf("split with it: %v", err)
		}
		secrets, err := w.SecretsOf(bg, w.boss, c.ID)
		w.must(err)
		if err := secrets.Check([2]string{"summary", "请找柳 大旺了解"}); !errors.As(err, &leak) || leak.Findings[0].Reason != "covered" {
			t.Errorf("an item with it: %v", err)
		}
		w.must(w.Describe(bg, w.officer, c.ID, w.again(c).Version, goodDescription))
		if _, err := w.Mask(bg, w.officer, c.ID, intake.Masked, "13900000002"); err != nil {
			t.Fatal(err)
		}

		// A mask is lifted by custodians, once.
		shown, err := w.Covering(bg, w.custodian, c.ID)
		w.must(err)
		name, phone := shown.Masks[0], shown.Masks[1]
		if err := w.LiftMask(bg, w.officer, c.ID, name.ID); !errors.Is(err, staff.ErrForbidden) {
			t.Errorf("an officer lifts: %v", err)
		}
		w.must(w.LiftMask(bg, w.custodian, c.ID, name.ID))
		if err := w.LiftMask(bg, w.custodian, c.ID, name.ID); !errors.Is(err, step.ErrState) {
			t.Errorf("lifted twice: %v", err)
		}
		if got := w.reads(w.officer, c); strings.Count(got, "柳大旺") < 4 || strings.Contains(got, "0002") {
			t.Errorf("after it was lifted: %s", got)
		}
		w.must(w.MaskForGood(bg, w.officer, c.ID, phone.ID))
		for who, err := range map[string]error{
			"lifted":       w.LiftMask(bg, w.custodian, c.ID, phone.ID),
			"for good":     w.MaskForGood(bg, w.officer, c.ID, phone.ID),
			"past the app": w.store.Read(bg).Model(&intake.Mask{}).Where("id = ?", phone.ID).Update("lifted_at", w.store.Now()).Error,
		} {
			if err == nil || who != "past the app" && !errors.Is(err, step.ErrState) {
				t.Errorf("%s: %v", who, err)
			}
		}
		if got := w.reads(w.boss, c); strings.Contains(got, "0002") {
			t.Errorf("covered for good: %s", got)
		}
	})
}

// TestMasksOfHiddenCases are as if there were none, and what the office itself wrote
// is changed before the same words are covered.
func TestMasksOfHiddenCases(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newCrew(t, s)
		c, _ := w.handIn(shuangliu)
		other, _ := w.handIn(weizigou)
		_, err := w.Mask(bg, w.officer, c.ID, intake.Redacted, "会计")
		w.must(err)
		shown, err := w.Covering(bg, w.officer, c.ID)
		w.must(err)
		mask := shown.Masks[0].ID
		w.about(c, w.above, w.units[panshan].ID)
		_, covered := w.Mask(bg, w.officer, c.ID, intake.Masked, "手续费")
		_, seen := w.Covering(bg, w.officer, c.ID)
		for what, err := range map[string]error{
			"covered": covered, "seen": seen, "lifted": w.LiftMask(bg, w.custodian, c.ID, mask), "for good": w.MaskForGood(bg, w.officer, c.ID, mask),
			"of another": w.MaskForGood(bg, w.officer, other.ID, mask), "none": w.LiftMask(bg, w.custodian, other.ID, uuid.Must(uuid.NewV7())),
		} {
			if !errors.Is(err, store.ErrNotFound) {
				t.Errorf("%s: %v", what, err)
			}
		}
		w.must(w.Describe(bg, w.officer, other.ID, other.Version, goodDescription))
		if _, err := w.Mask(bg, w.officer, other.ID, intake.Masked, "危房改造"); problem(err, "words") != "mask_summary" {
			t.Errorf("the summary says it too: %v", err)
		}
	})
}
