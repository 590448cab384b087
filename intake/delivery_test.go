package intake_test

import (
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/staff"
)

// answer puts a letter under a receipt.
func (o *office) answer(c intake.Complaint, by staff.Officer, to ...intake.Complaint) intake.DecisionLetter {
	o.t.Helper()
	var l intake.DecisionLetter
	o.set(c, map[string]any{"state": intake.Decided, "outcome": intake.Partly})
	o.in(func(tx *gorm.DB) (err error) {
		l, err = o.PutLetter(tx, c, intake.DecisionLetter{
			Kind: intake.OfDecision, UnitID: c.DeskUnitID, On: "2026-03-02", Outcome: intake.Partly, Next: intake.OfReview, NextDays: 30,
			Parts: []intake.LetterPart{{N: 1, Result: intake.Partly, Facts: "少发三千", Basis: "第五条"}},
		})
		for _, each := range append([]intake.Complaint{c}, to...) {
			if err == nil {
				err = o.Answer(tx, by, each, l.ID, "查过了。")
			}
		}
		return err
	})
	return l
}

// Reading is what delivers: once, however often and from however many places the
// page is opened at the same time.
func TestReadingDeliversALetterOnce(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		r := o.submit(o.filled())
		c := o.complaint(o.track(r).ReportID)
		l := o.answer(c, o.officer(staff.TriageOfficer))
		o.pass(5 * 24 * time.Hour)
		var all sync.WaitGroup
		errs := make([]error, 8)
		for i := range errs {
			all.Go(func() { _, errs[i] = o.Track(ctx, r.Digits) })
		}
		all.Wait()
		for _, err := range errs {
			o.must(err)
		}
		page := o.track(r)
		m := page.Matters[0]
		if m.Stage != intake.Answered || len(m.Letters) != 1 || m.Letters[0].ID != l.ID || len(m.Letters[0].Parts) != 1 || m.Right == nil || m.Right.StartedOn != "2026-03-07" {
			t.Errorf("the page shows %+v, right %+v", m, m.Right)
		}
		delivered := 0
		for _, kind := range o.kinds(c) {
			if kind == "delivered" {
				delivered++
			}
		}
		if n := o.count("delivery", ""); n != 1 || delivered != 1 || o.complaint(c.ReportID).State != intake.Delivered {
			t.Errorf("%d deliveries, %d events, the complaint is %s", n, delivered, o.complaint(c.ReportID).State)
		}
		if n := o.count("deadline", "rule = ? AND subject_id = ?", intake.RuleReviewAsk, c.ID); n != 1 {
			t.Errorf("%d times to ask for a review", n)
		}
	})
}

// Each of several reporters has a time of their own to ask for more, from the day
// on which the letter reached them.
func TestEachReporterHasTheirOwnTime(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		first, second := o.submit(o.filled()), o.submit(o.filled())
		lead, joined := o.complaint(o.track(first).ReportID), o.complaint(o.track(second).ReportID)
		o.set(joined, map[string]any{"state": intake.Merged, "merged_into": lead.ID})
		o.answer(lead, o.officer(staff.TriageOfficer), joined)
		o.track(first)
		o.pass(10 * 24 * time.Hour)
		if o.count("delivery", "") != 1 {
			t.Error("one who read it delivered it to the other")
		}
		page := o.track(second)
		if own := page.Matters[0].Right; own == nil || own.StartedOn != "2026-03-12" || own.SubjectID != joined.ID {
			t.Errorf("the second may ask from %+v", own)
		}
		if own := o.track(first).Matters[0].Right; own == nil || own.StartedOn != "2026-03-02" || own.SubjectID != lead.ID {
			t.Errorf("the first may ask from %+v", own)
		}
	})
}

// An older letter that is read late starts nothing: a newer one took its place.
func TestALetterThatWasReplacedStartsNothing(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		by := o.officer(staff.TriageOfficer)
		r := o.submit(o.filled())
		c := o.complaint(o.track(r).ReportID)
		old := o.answer(c, by)
		o.answer(c, by)
		o.in(func(tx *gorm.DB) error {
			first, err := o.Deliver(tx, by.Actor(), intake.Delivery{LetterID: old.ID, ComplaintID: c.ID, How: intake.ByHand, OnDay: "2026-03-02", ByID: &by.ID})
			if err == nil && !first {
				t.Error("it had been delivered")
			}
			return err
		})
		if n := o.count("deadline", "rule = ?", intake.RuleReviewAsk); n != 0 {
			t.Errorf("%d times to ask", n)
		}
		o.in(func(tx *gorm.DB) error {
			again, err := o.Deliver(tx, by.Actor(), intake.Delivery{LetterID: old.ID, ComplaintID: c.ID, How: intake.ByPost, OnDay: "2026-03-02", ByID: &by.ID})
			if again {
				t.Error("it was delivered twice")
			}
			return err
		})
		if _, err := o.Desk.Letters(o.store.Read(ctx), staff.Officer{}, uuid.New()); err != nil {
			t.Error(err)
		}
	})
}
