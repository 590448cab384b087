package custody_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/appeal"
	"minsheng/custody"
	"minsheng/intake"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/staff"
	"minsheng/triage"
)

// What officers write about a case, step by step.
const (
	wanted    = "查清三千元去了哪里"
	checkedAt = "双柳村二组河边第三家"
	seenThere = "存折上到账一万二，少了三千"
	proposed  = "拟答复少发属实，已责成退还"
	noted     = "请先核对发放表再报"
	related   = "会计是我表弟，应当回避"
	withdrew  = "本人说没有人逼，事情已经解决"
	handed    = "村口小卖部当面交给本人"
)

// worked has somebody work on a case up to a proposed answer that a second person
// returned, and a third step back from it.
func (w handled) worked(c intake.Complaint, by, boss staff.Officer) intake.Complaint {
	w.t.Helper()
	w.must(w.triage.Describe(bg, by, c.ID, w.again(c).Version, triage.Description{
		Summary: "反映危房改造补助未足额发放", Kind: "FUND_WITHHOLD", Severity: 2, Demands: []string{wanted, "公开发放表"},
	}))
	w.must(w.triage.Accept(bg, by, c.ID, w.again(c).Version))
	w.must(w.triage.Verify(bg, by, c.ID, w.again(c).Version, triage.NewVerification{
		VisitedOn: workday.On(w.store.Now()), Place: checkedAt, Method: "household_visit", Verifiers: []string{"甲某", "乙某"}, Found: seenThere,
	}))
	w.must(w.answer(c, by))
	w.must(w.triage.Rule(bg, boss, c.ID, w.open(c), false, noted))
	w.must(w.triage.Recuse(bg, w.person(by.UnitName, staff.TriageOfficer), c.ID, related))
	return w.again(c)
}

func (w handled) answer(c intake.Complaint, by staff.Officer) error {
	part := func(n int) triage.AnswerPart {
		return triage.AnswerPart{N: n, Result: intake.Substantiated, Facts: proposed, Basis: "发放办法第九条"}
	}
	return w.triage.ProposeAnswer(bg, by, c.ID, w.again(c).Version, triage.Answer{Outcome: intake.Substantiated, Findings: []triage.AnswerPart{part(1), part(2)}})
}

func (h *house) again(c intake.Complaint) intake.Complaint {
	h.t.Helper()
	h.must(store.One(h.store.Read(bg).Where("id = ?", c.ID), &c))
	return c
}

// open is the proposal of a case that waits.
func (h *house) open(c intake.Complaint) (id uuid.UUID) {
	h.t.Helper()
	var waits struct{ ID uuid.UUID }
	h.must(store.One(h.store.Read(bg).Table("proposal").Where("complaint_id = ? AND state = 'open'", c.ID), &waits))
	return waits.ID
}

// letGo has the reporter withdraw a grave case, and an officer say what becomes of it.
func (h *house) letGo(digits string, c intake.Complaint, by staff.Officer) {
	h.t.Helper()
	page, err := h.intake.Track(bg, digits)
	h.must(err)
	h.must(h.intake.Withdraw(bg, page.Token, "solved"))
	h.must(h.store.Read(bg).Exec("UPDATE complaint SET leaves_on = ? WHERE id = ?", workday.On(h.store.Now()), c.ID).Error)
	h.must(h.triage.LetGo(bg, by, c.ID, h.again(c).Version, false, withdrew))
}

// sees is all that the page of a case shows somebody of what officers wrote.
func (h *house) sees(by staff.Officer, c intake.Complaint) (triage.Case, string) {
	h.t.Helper()
	page, err := h.triage.Case(bg, by, c.ID)
	h.must(err)
	var said []string
	for _, d := range page.Demands {
		said = append(said, d.Body+string(d.Kept))
	}
	for _, check := range page.Checks {
		said = append(said, check.Place+check.Found+string(check.Kept))
	}
	for _, p := range page.Proposals {
		said = append(said, fmt.Sprint(p.Reason, p.Answer, p.Kept), p.Note+string(p.NoteKept))
	}
	for _, d := range page.Deliveries {
		said = append(said, d.Words+string(d.Kept))
	}
	if page.Withdrawal != nil {
		said = append(said, page.Withdrawal.Words+string(page.Withdrawal.Kept))
	}
	return page, strings.Join(said, "|")
}

func shows(said string, texts ...string) bool {
	for _, text := range texts {
		if !strings.Contains(said, text) {
			return false
		}
	}
	return true
}

// TestNothingAtRestTellsWhatOfficersWrote about an office that works here, while of an
// ordinary matter the same search reads it all; and who holds no key reads nothing.
func TestNothingAtRestTellsWhatOfficersWrote(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		w := h.handled()
		boss, colleague := h.person(cityDesk, staff.Supervisor), h.person(cityDesk, staff.TriageOfficer)
		h.admit(w.city, boss)
		all := []string{wanted, checkedAt, seenThere, proposed, noted, related, withdrew}
		accusing, digits := h.report("county", "")
		w.worked(accusing, h.as(w.city), h.as(boss))
		h.letGo(digits, accusing, h.as(colleague))
		if found := h.search(t, all...); len(found) > 0 {
			t.Errorf("with the portal's keys alone: %v", found)
		}
		for name, by := range map[string]staff.Officer{"who works on it": w.city, "who rules": boss} {
			if _, said := h.sees(h.as(by), accusing); !shows(said, wanted, checkedAt, seenThere, proposed, noted, withdrew) {
				t.Errorf("%s reads %q", name, said)
			}
		}
		if _, said := h.sees(h.as(colleague), accusing); strings.Count(said, "locked") != 6 || shows(said, wanted) || shows(said, noted) {
			t.Errorf("a colleague reads %q", said)
		}
		ordinary, digits := h.report("village", "")
		w.worked(ordinary, h.as(w.county), h.as(h.person(panshan, staff.Supervisor)))
		h.letGo(digits, ordinary, h.as(w.late))
		found := strings.Join(h.search(t, all...), " ")
		if !shows(found, all...) {
			t.Fatalf("of an ordinary matter the search reads %v", found)
		}
		// Somebody names an office: in that commit all of it goes to who handles it.
		poor := h.units["盘山县扶贫开发办公室"]
		h.person(poor.Name, staff.UnitHandler)
		h.must(h.triage.NameSubject(bg, h.as(w.late), ordinary.ID, h.again(ordinary).Version, []uuid.UUID{poor.ID}))
		if found := h.search(t, all...); len(found) > 0 {
			t.Errorf("after an office was named: %v", found)
		}
		if _, said := h.sees(h.as(w.city), ordinary); !shows(said, wanted, checkedAt, seenThere, proposed, noted, withdrew) {
			t.Errorf("who handles it now reads %q", said)
		}
	})
}

// admit hands an office's key for handling to one more colleague.
func (h *house) admit(member, colleague staff.Officer) {
	h.t.Helper()
	h.must(h.Ring(custody.Handling).Admit(bg, member, h.key(member), colleague.ID, h.key(colleague).Recipient()))
}

// TestWhoCannotReadAProposalDoesNotRuleOnIt, and leaves nothing behind by trying; who
// can does, to the end; and then a letter is handed over.
func TestWhoCannotReadAProposalDoesNotRuleOnIt(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		w := h.handled()
		boss, keyless := h.person(cityDesk, staff.Supervisor), h.person(cityDesk, staff.Supervisor)
		h.admit(w.city, boss)
		c, _ := h.report("county", "")
		w.worked(c, h.as(w.city), h.as(boss))
		h.must(w.answer(c, h.as(w.city)))
		p, before := h.open(c), h.rows()
		for name, try := range map[string]error{
			"approves":            h.triage.Rule(bg, h.as(keyless), c.ID, p, true, ""),
			"returns":             h.triage.Rule(bg, h.as(keyless), c.ID, p, false, noted),
			"outside any session": h.triage.Rule(bg, boss, c.ID, p, true, ""),
		} {
			if !errors.Is(try, triage.ErrUnread) || !errors.Is(try, custody.ErrNotMember) && !errors.Is(try, staff.ErrNoKey) {
				t.Errorf("%s: %v", name, try)
			}
		}
		if after := h.rows(); after != before {
			t.Errorf("left behind: %s before, %s after", before, after)
		}
		page, _ := h.sees(h.as(keyless), c)
		if page.Offers(triage.Rule) || len(page.Barred) != 1 || page.Barred[0] != triage.Rule {
			t.Errorf("offered %v, barred %v", page.Actions, page.Barred)
		}
		if page, _ := h.sees(h.as(boss), c); !page.Offers(triage.Rule) || len(page.Barred) > 0 {
			t.Errorf("who holds the key is offered %v, barred %v", page.Actions, page.Barred)
		}
		h.must(h.triage.Rule(bg, h.as(boss), c.ID, p, true, ""))
		page, _ = h.sees(h.as(w.city), c)
		if page.State != intake.Decided || len(page.Letters) != 1 || page.Letters[0].Parts[0].Demand != wanted || page.Letters[0].Parts[0].Facts != proposed {
			t.Fatalf("approved: %s, %+v", page.State, page.Letters)
		}
		after := appeal.New(appeal.Config{Store: h.store, Keys: h.keys, Atlas: h.Atlas, Triage: h.triage, Intake: h.intake, Shelf: h.shelf, Clocks: h.clocks})
		h.must(after.Deliver(bg, h.as(w.city), c.ID, h.again(c).Version, appeal.Handing{To: c.ID, How: intake.ByHand, OnDay: workday.On(h.store.Now()), Words: handed}))
		if found := h.search(t, handed); len(found) > 0 {
			t.Errorf("at rest: %v", found)
		}
		if _, said := h.sees(h.as(w.city), c); !shows(said, handed) {
			t.Errorf("who handed it over reads %q", said)
		}
		if _, said := h.sees(h.as(keyless), c); shows(said, handed) {
			t.Errorf("who holds no key reads %q", said)
		}
	})
}

// rows counts what a step could leave behind.
func (h *house) rows() string {
	h.t.Helper()
	var said []string
	for _, table := range []string{"event", "sheet", "content_key", "letter", "message", "deadline"} {
		var n int64
		h.must(h.store.Read(bg).Table(table).Count(&n).Error)
		said = append(said, fmt.Sprint(table, n))
	}
	var states []string
	h.must(h.store.Read(bg).Table("proposal").Order("id").Pluck("state", &states).Error)
	return strings.Join(append(said, states...), " ")
}

// TestDemandsAreNotWrittenOverUnread: who cannot read them neither changes nor answers
// nor merges them.
func TestDemandsAreNotWrittenOverUnread(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		w := h.handled()
		colleague := h.person(cityDesk, staff.TriageOfficer)
		d := triage.Description{Summary: "反映危房改造补助未足额发放", Kind: "FUND_WITHHOLD", Severity: 2, Demands: []string{wanted}}
		lead, _ := h.report("county", "")
		c, _ := h.report("county", "")
		// The first to describe it need not hold the key: there is nothing to read yet.
		h.must(h.triage.Describe(bg, h.as(colleague), c.ID, c.Version, d))
		d.Demands = []string{"公开发放表"}
		h.must(h.triage.Describe(bg, h.as(w.city), lead.ID, lead.Version, d))
		h.must(h.triage.Claim(bg, h.as(colleague), c.ID))
		before := h.rows()
		for name, try := range map[string]error{
			"changed": h.triage.Describe(bg, h.as(colleague), c.ID, h.again(c).Version, d),
			"merged":  h.triage.Link(bg, h.as(colleague), c.ID, h.again(c).Version, lead.ID),
		} {
			if !errors.Is(try, triage.ErrUnread) {
				t.Errorf("%s: %v", name, try)
			}
		}
		if after := h.rows(); after != before {
			t.Errorf("left behind: %s before, %s after", before, after)
		}
		if page, said := h.sees(h.as(colleague), c); said != "locked" || page.Offers(triage.Describe) || page.Offers(triage.Link) || len(page.Barred) != 2 {
			t.Errorf("a colleague reads %q, is offered %v, barred %v", said, page.Actions, page.Barred)
		}
		h.must(h.triage.Release(bg, h.as(colleague), c.ID))
		h.must(h.triage.Link(bg, h.as(w.city), c.ID, h.again(c).Version, lead.ID))
		if _, said := h.sees(h.as(w.city), lead); said != "公开发放表|"+wanted {
			t.Errorf("the lead asks for %q", said)
		}
		if found := h.search(t, wanted, "公开发放表"); len(found) > 0 {
			t.Errorf("at rest: %v", found)
		}
		// Fewer demands: what is not demanded any more is gone.
		d.Demands = []string{"把少发的补上"}
		h.must(h.triage.Describe(bg, h.as(w.city), lead.ID, h.again(lead).Version, d))
		if _, said := h.sees(h.as(w.city), lead); said != "把少发的补上" {
			t.Errorf("described again: %q", said)
		}
	})
}

// TestWhatWasDemandedIsDestroyed with the words: by its key, and itself where it has
// none.
func TestWhatWasDemandedIsDestroyed(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		w := h.handled()
		c, _ := h.report("county", "")
		d := triage.Description{Summary: "反映危房改造补助未足额发放", Kind: "FUND_WITHHOLD", Severity: 2, Demands: []string{wanted, "公开发放表"}}
		h.must(h.triage.Describe(bg, h.as(w.city), c.ID, c.Version, d))
		h.must(h.store.Read(bg).Exec("UPDATE demand SET body = ?, body_sealed = NULL WHERE complaint_id = ? AND n = 2", "公开发放表", c.ID).Error)
		if _, said := h.sees(h.as(w.city), c); said != wanted+"|公开发放表" {
			t.Fatalf("before: %q", said)
		}
		h.must(h.store.Transact(bg, func(tx *gorm.DB) error {
			_, err := h.triage.EraseWords(tx, c)
			return err
		}))
		if _, said := h.sees(h.as(w.city), c); said != "erased|" {
			t.Errorf("destroyed: %q", said)
		}
		var left int64
		h.must(h.store.Read(bg).Table("content_key").Where("owner_id IN (SELECT id FROM sheet WHERE complaint_id = ?)", c.ID).Count(&left).Error)
		if found := h.search(t, "公开发放表"); left != 0 || len(found) > 0 {
			t.Errorf("%d keys are left, and %v", left, found)
		}
	})
}

// TestADeskReadsWhatItWroteOfItsOwnPart, also when another part of the same message
// turns out to accuse it, and its words are taken from it.
func TestADeskReadsWhatItWroteOfItsOwnPart(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		w := h.handled()
		boss := h.person(panshan, staff.Supervisor)
		h.admit(w.county, boss)
		c, _ := h.report("village", "")
		parts, err := h.triage.Split(bg, h.as(w.county), c.ID, c.Version, []string{"另反映县里办事人员收取好处费"})
		h.must(err)
		w.worked(c, h.as(w.county), h.as(boss))
		var other intake.Complaint
		h.must(store.One(h.store.Read(bg).Where("id = ?", parts[0]), &other))
		h.must(h.triage.Describe(bg, h.as(w.county), other.ID, other.Version, triage.Description{Summary: "反映县里办事人员收取好处费", Kind: "FEE_EXTORT", Severity: 2, Demands: []string{withdrew}}))
		h.must(h.triage.NameSubject(bg, h.as(w.county), other.ID, h.again(other).Version, []uuid.UUID{h.units[panshan].ID}))
		if got := h.reads(h.as(w.county), c); got != "locked" {
			t.Fatalf("the accused desk reads the words: %q", got)
		}
		if _, said := h.sees(h.as(w.county), c); !shows(said, wanted, seenThere, noted) {
			t.Errorf("the desk reads of its own part %q", said)
		}
		if _, said := h.sees(h.as(w.city), other); said != withdrew {
			t.Errorf("the desk above reads of the other part %q", said)
		}
		var key []string
		h.must(h.store.Read(bg).Raw("SELECT recipient_id FROM content_key WHERE owner_id IN (SELECT id FROM sheet WHERE complaint_id = ?)", other.ID).Scan(&key).Error)
		if len(key) != 1 || key[0] != h.units[cityDesk].ID.String() {
			t.Errorf("what is written of the other part opens for %v", key)
		}
		h.must(w.answer(c, h.as(w.county)))
		h.must(h.triage.Rule(bg, h.as(boss), c.ID, h.open(c), true, ""))
		if found := h.search(t, seenThere, noted, checkedAt); len(found) > 0 {
			t.Errorf("at rest: %v", found)
		}
	})
}
