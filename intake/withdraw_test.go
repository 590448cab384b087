package intake_test

import (
	"encoding/json"
	"errors"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/ledger"
	"minsheng/region"
	"minsheng/staff"
)

// grave is a report about money that somebody keeps.
func (o *office) grave() intake.Submission {
	s := o.filled()
	s.Kind, s.AccusedLevel = "FUND_WITHHOLD", "village"
	return s
}

func (o *office) kinds(c intake.Complaint) (kinds []string) {
	o.t.Helper()
	events, err := ledger.Of(ctx, o.store, ledger.OfComplaint, c.ID)
	o.must(err)
	for _, e := range events {
		kinds = append(kinds, e.Kind)
	}
	return kinds
}

const days = 24 * time.Hour

func TestAGraveWithdrawalCanBeTakenBackForAWhile(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		r := o.submit(o.grave())
		before := o.track(r)
		o.must(o.Withdraw(ctx, before.Token, "tired"))
		c := o.complaint(before.ReportID)
		if c.State != intake.Submitted || c.ClosedAt != nil || c.LeavesOn == nil || *c.LeavesOn != "2026-03-05" {
			t.Fatalf("meanwhile it is %+v", c)
		}
		page := o.track(r)
		if m := page.Matters[0]; page.Open || m.Ending != intake.Withdrawn || m.LeavesOn != "2026-03-05" || m.NextOn != "" || m.Waiting {
			t.Errorf("the page shows %+v", m)
		}
		for name, err := range map[string]error{"say": o.Say(ctx, page.Token, page.Form.Token, "等等"), "withdraw": o.Withdraw(ctx, page.Token, "")} {
			if !errors.Is(err, intake.ErrClosed) {
				t.Errorf("%s: %v, want ErrClosed", name, err)
			}
		}
		o.pass(2 * days)
		o.must(o.TakeBack(ctx, o.track(r).Token))
		if got := o.track(r); !got.Open || got.Matters[0].Ending != "" || got.Matters[0].LeavesOn != "" || got.Matters[0].NextOn != before.Matters[0].NextOn {
			t.Errorf("taken back, the page shows %+v", got.Matters[0])
		}
		if c := o.complaint(before.ReportID); c.LeavesOn != nil || c.Version != 3 {
			t.Errorf("taken back, it is %+v", c)
		}
		if err := o.TakeBack(ctx, o.track(r).Token); !errors.Is(err, intake.ErrClosed) {
			t.Errorf("nothing to take back: %v", err)
		}
		o.must(o.Withdraw(ctx, o.track(r).Token, "solved"))
		o.pass(5 * days) // three, and the last of them was a Saturday
		page = o.track(r)
		if page.Matters[0].LeavesOn != "" {
			t.Error("it can be taken back for ever")
		}
		if err := o.TakeBack(ctx, page.Token); !errors.Is(err, intake.ErrClosed) {
			t.Errorf("too late: %v", err)
		}
		if c := o.complaint(before.ReportID); c.State != intake.Submitted || c.LeavesOn == nil {
			t.Errorf("it ends before a second officer has looked: %+v", c)
		}
		want := []string{"submitted", "withdraw_asked", "withdrawal_taken_back", "withdraw_asked"}
		if got := o.kinds(c); !slices.Equal(got, want) {
			t.Errorf("events %v, want %v", got, want)
		}
	})
}

func TestAForcedWithdrawalGoesOnAtTheHighestDesk(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		city, _, err := o.atlas.DeskFor(village, region.Accused{Level: "county"})
		o.must(err)
		for name, s := range map[string]intake.Submission{"grave": o.grave(), "of little weight": o.filled()} {
			r := o.submit(s)
			c := o.complaint(o.track(r).ReportID)
			by := o.officer(staff.TriageOfficer)
			o.set(c, map[string]any{"state": intake.NeedInfo, "resume_state": intake.Verifying, "accepted_at": o.store.Now(), "owner_id": by.ID})
			o.must(o.Withdraw(ctx, o.track(r).Token, intake.Pressed))
			now := o.complaint(c.ReportID)
			if now.State != intake.Verifying || now.ClosedAt != nil || now.PressedAt == nil || now.Severity != 1 || now.DeskUnitID != city.ID || now.OwnerID != nil || now.LeavesOn != nil {
				t.Errorf("%s: it goes on as %+v", name, now)
			}
			if got := o.kinds(now); !slices.Contains(got, "pressed_to_withdraw") || slices.Contains(got, "withdrawn") {
				t.Errorf("%s: events %v", name, got)
			}
		}
		if n := o.count("event", "subject_kind = 'report' AND kind = 'withdrawn'"); n != 0 {
			t.Errorf("%d messages are on record as withdrawn", n)
		}
	})
}

// Whoever holds the receipt, or looks over its holder's shoulder, reads the same
// whether the reporter wanted to withdraw or was made to, whatever the office does
// afterwards.
func TestNobodyCanTellThatAWithdrawalWasForced(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		by := o.officer(staff.TriageOfficer)
		acts := o.officeActs(by)
		names := slices.Sorted(maps.Keys(acts))
		random := rand.New(rand.NewPCG(7, 11))
		for range 12 {
			s := o.filled()
			if random.IntN(2) == 0 {
				s = o.grave()
			}
			var before, after []string
			for range random.IntN(4) {
				before = append(before, names[random.IntN(len(names))])
			}
			for range 1 + random.IntN(4) {
				after = append(after, names[random.IntN(len(names))])
			}
			pages := map[string][]string{}
			began := o.clock()
			for _, why := range []string{"tired", intake.Pressed} {
				o.pass(began.Sub(o.clock()))
				s.Token = o.NewForm().Token
				r := o.submit(s)
				c := o.complaint(o.track(r).ReportID)
				for _, name := range before {
					o.pass(time.Hour)
					acts[name](o.complaint(c.ReportID))
				}
				o.pass(time.Hour)
				o.track(r)
				if err := o.Withdraw(ctx, o.track(r).Token, why); err != nil {
					t.Fatal(err, before)
				}
				pages[why] = append(pages[why], o.face(r))
				for _, name := range after {
					o.pass(time.Hour)
					if why == intake.Pressed {
						acts[name](o.complaint(c.ReportID))
					}
					pages[why] = append(pages[why], o.face(r))
				}
				o.pass(4 * days)
				pages[why] = append(pages[why], o.face(r))
			}
			for i, page := range pages["tired"] {
				if forced := pages[intake.Pressed][i]; forced != page {
					t.Fatalf("after %v, then %v, page %d:\n%s\n%s", before, after, i, page, forced)
				}
			}
		}
	})
}

// officeActs is what an office does with a complaint, as the reporter's page
// learns of it.
func (o *office) officeActs(by staff.Officer) map[string]func(c intake.Complaint) {
	event := func(c intake.Complaint, kind string) {
		o.in(func(tx *gorm.DB) error {
			return ledger.Append(tx, ledger.OfComplaint, c.ID, kind, by.Actor(), o.store.Now(), nil)
		})
	}
	tell := func(c intake.Complaint, kind intake.MessageKind, text string) {
		o.in(func(tx *gorm.DB) error { return o.Reply(tx, by, c.ReportID, &c.ID, kind, text) })
	}
	return map[string]func(c intake.Complaint){
		"accept": func(c intake.Complaint) {
			o.set(c, map[string]any{"state": intake.Accepted, "accepted_at": o.store.Now()})
			event(c, "accepted")
			tell(c, intake.NoticeOfStep, "受理了。")
		},
		"verify": func(c intake.Complaint) {
			o.set(c, map[string]any{"state": intake.Verifying})
			event(c, "verified")
		},
		"ask": func(c intake.Complaint) {
			o.set(c, map[string]any{"state": intake.NeedInfo, "resume_state": intake.Verifying})
			tell(c, intake.Talk, "是哪一年的事？")
		},
		"open the name": func(c intake.Complaint) { event(c, "identity_opened") },
		"extend":        func(c intake.Complaint) { o.set(c, map[string]any{"extended": true}) },
		"answer": func(c intake.Complaint) {
			o.set(c, map[string]any{"state": intake.Decided, "outcome": intake.Partly})
			event(c, "decided")
			o.in(func(tx *gorm.DB) error {
				l, err := o.PutLetter(tx, c, intake.DecisionLetter{Kind: intake.OfDecision, UnitID: c.DeskUnitID, On: "2026-03-02", Outcome: intake.Partly, Next: intake.OfReview})
				if err != nil {
					return err
				}
				return o.Answer(tx, by, c, l.ID, "查过了。")
			})
		},
		"send back": func(c intake.Complaint) {
			o.set(c, map[string]any{"state": intake.Verifying, "redone": true, "outcome": "", "rating": ""})
			tell(c, intake.NoticeOfStep, "要重新查。")
		},
		"move": func(c intake.Complaint) { tell(c, intake.NoticeOfStep, "改由上级来办。") },
		"due": func(c intake.Complaint) {
			o.in(func(tx *gorm.DB) error {
				_, err := o.clocks.Start(tx, c.Clocked(), intake.RuleReply, "2026-03-10")
				return err
			})
		},
	}
}

// face is what the reporter's page says, without what differs between two reports
// in any case.
func (o *office) face(r intake.Receipt) string {
	o.t.Helper()
	page := o.track(r)
	page.ReportID, page.Token, page.Form = uuid.Nil, "", intake.Form{}
	for i := range page.Matters {
		m := &page.Matters[i]
		if m.Right != nil {
			m.Right.SubjectID = uuid.Nil
		}
		m.Letters = append([]intake.DecisionLetter(nil), m.Letters...)
		for j := range m.Letters {
			m.Letters[j].ID, m.Letters[j].ComplaintID = uuid.Nil, uuid.Nil
		}
	}
	for i := range page.Messages {
		page.Messages[i].ID, page.Messages[i].ComplaintID = uuid.Nil, nil
	}
	text, err := json.Marshal(page)
	o.must(err)
	return string(text)
}

// A letter that came after its reporter withdrew is not delivered to them, and
// starts no time in which they could ask for more.
func TestWhatComesAfterAWithdrawalIsNotDelivered(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		r := o.submit(o.grave())
		c := o.complaint(o.track(r).ReportID)
		o.must(o.Withdraw(ctx, o.track(r).Token, intake.Pressed))
		o.pass(time.Hour)
		acts := o.officeActs(o.officer(staff.TriageOfficer))
		acts["answer"](o.complaint(c.ReportID))
		o.track(r)
		if n := o.count("delivery", ""); n != 0 || o.complaint(c.ReportID).State != intake.Decided || o.count("deadline", "rule = ?", intake.RuleReviewAsk) != 0 {
			t.Errorf("%d deliveries", n)
		}
	})
}
