package custody_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/custody"
	"minsheng/intake"
	"minsheng/internal/store"
	"minsheng/staff"
	"minsheng/triage"
)

const (
	asked  = "请补充二月的存折复印件"
	proved = "发放表与存折差三千元"
)

// answer puts a letter under the receipts of everybody whose report a case handles.
func (h *house) answer(by staff.Officer, c intake.Complaint) {
	h.t.Helper()
	h.must(store.One(h.store.Read(bg).Where("id = ?", c.ID), &c))
	l := triage.Letter{Kind: intake.OfDecision, UnitID: c.DeskUnitID, Office: cityDesk, On: "2026-03-02", Outcome: intake.Substantiated,
		Parts: []intake.LetterPart{{N: 1, Result: intake.Substantiated, Facts: proved, Basis: "《办法》第十九条"}}}
	h.must(h.store.Transact(bg, func(tx *gorm.DB) error {
		_, err := h.triage.Post(tx, by, &c, l)
		return err
	}))
}

// ask has the office say something to the reporter.
func (h *house) ask(by staff.Officer, c intake.Complaint) {
	h.t.Helper()
	h.must(h.store.Transact(bg, func(tx *gorm.DB) error {
		return h.intake.Reply(tx, by, c.ReportID, &c.ID, intake.Talk, asked)
	}))
}

// under is what the holder of a receipt reads of messages and letters.
func (h *house) under(digits string) string {
	h.t.Helper()
	t, err := h.intake.Track(bg, digits)
	h.must(err)
	again, err := h.intake.Reopen(bg, t.Token)
	h.must(err)
	said := toldOf(t.Messages, t.Matters[0].Letters)
	if other := toldOf(again.Messages, again.Matters[0].Letters); other != said {
		h.t.Errorf("by the receipt %q, by the page's token %q", said, other)
	}
	return said
}

// told is what an officer reads of the same.
func (h *house) told(by staff.Officer, c intake.Complaint) string {
	h.t.Helper()
	talk, err := h.intake.Conversation(bg, by, c.ReportID)
	h.must(err)
	letters, err := h.intake.Letters(h.store.Read(bg), by, c.ID)
	h.must(err)
	return toldOf(talk, letters)
}

func toldOf(talk []intake.Message, letters []intake.DecisionLetter) string {
	var said []string
	for _, m := range talk {
		switch {
		case m.Kept != "":
			said = append(said, string(m.Kept))
		case m.Text == asked, strings.Contains(m.Text, added):
			said = append(said, m.Text)
		case m.Letter:
			said = append(said, "letter")
		}
	}
	for _, l := range letters {
		if l.Outcome != intake.Substantiated || l.On != "2026-03-02" {
			said = append(said, "no outcome")
		}
		for _, p := range l.Parts {
			said = append(said, p.Facts)
		}
		if l.Kept != "" {
			said = append(said, string(l.Kept))
		}
	}
	return strings.Join(said, "|")
}

// TestWhatAReporterIsToldOpensUnderTheReceipt, and for who handles the matter; with
// the portal's keys alone nobody reads it.
func TestWhatAReporterIsToldOpensUnderTheReceipt(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		w := h.handled()
		c, digits := h.report("county", "")
		_, other := h.report("county", "")
		h.add(digits)
		h.ask(w.city, c)
		h.answer(h.as(w.city), c)
		all := added + "。|" + asked + "|letter|" + proved
		if got := h.under(digits); got != all {
			t.Errorf("under the receipt: %q", got)
		}
		if got := h.under(other); got != "" {
			t.Errorf("under another receipt: %q", got)
		}
		if found := h.search(t, asked, proved, added); len(found) > 0 {
			t.Errorf("with the portal's keys: %v", found)
		}
		if a, b, d := h.told(h.as(w.city), c), h.told(h.as(w.county), c), h.told(staff.Officer{}, c); a != all || b != "locked|locked|locked|locked" || d != b {
			t.Errorf("who handles it reads %q, the accused office %q, the portal %q", a, b, d)
		}
		// The key of one message opens no other.
		var rows []map[string]any
		h.must(h.store.Read(bg).Table("told_key").Order("owner_id").Find(&rows).Error)
		h.must(h.store.Read(bg).Exec("UPDATE told_key SET sealed = ? WHERE owner_id = ?", rows[1]["sealed"], rows[0]["owner_id"]).Error)
		if got := h.under(digits); strings.Count(got, "locked") != 1 {
			t.Errorf("with the key of another message: %q", got)
		}
	})
}

// TestWhatWasToldGoesAlongWithTheWords: an ordinary matter turns out to accuse an
// office that works here, and the receipt goes on opening what was said before.
func TestWhatWasToldGoesAlongWithTheWords(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		w := h.handled()
		poor := h.units["盘山县扶贫开发办公室"]
		h.person(poor.Name, staff.UnitHandler)
		c, digits := h.report("village", "")
		_, merged := h.report("village", "")
		var second intake.Complaint
		h.must(store.One(h.store.Read(bg).Order("seq DESC"), &second))
		h.must(h.store.Read(bg).Exec("UPDATE complaint SET state = 'merged', merged_into = ? WHERE id = ?", c.ID, second.ID).Error)
		h.add(digits)
		h.ask(w.county, c)
		h.answer(w.county, c)
		all := added + "。|" + asked + "|letter|" + proved
		if got := h.told(staff.Officer{}, c); got != all || len(h.search(t, asked)) == 0 || len(h.search(t, proved)) == 0 {
			t.Fatalf("an ordinary matter: %q", got)
		}
		h.must(store.One(h.store.Read(bg).Where("id = ?", c.ID), &c))
		h.must(h.store.Transact(bg, func(tx *gorm.DB) error {
			h.must(tx.Exec("INSERT INTO complaint_subject (complaint_id, unit_id, named_by, at) VALUES (?, ?, ?, ?)", c.ID, poor.ID, w.county.ID, h.store.Now()).Error)
			h.must(tx.Exec("UPDATE complaint SET desk_unit_id = ? WHERE id = ?", h.units[cityDesk].ID, c.ID).Error)
			return h.intake.Reseal(tx, w.county, c.ReportID)
		}))
		if a, b, d := h.told(h.as(w.city), c), h.told(h.as(w.county), c), h.told(staff.Officer{}, c); a != all || b != "locked|locked|locked|locked" || d != b {
			t.Errorf("who handles it reads %q, the accused office %q, the portal %q", a, b, d)
		}
		if got := h.under(digits); got != all {
			t.Errorf("under the receipt: %q", got)
		}
		if got := h.under(merged); got != "letter|"+proved {
			t.Errorf("under the receipt of what was merged: %q", got)
		}
	})
}

// TestAReceiptOfBeforeReadsOn: it has no key of its own, and what its holder is told
// stays with the portal.
func TestAReceiptOfBeforeReadsOn(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		w := h.handled()
		c, digits := h.report("county", "")
		h.must(h.store.Read(bg).Exec("UPDATE report SET receipt_key = NULL WHERE id = ?", c.ReportID).Error)
		h.ask(w.city, c)
		h.answer(h.as(w.city), c)
		by := h.as(w.city)
		h.must(h.store.Transact(bg, func(tx *gorm.DB) error { return h.intake.Reseal(tx, by, c.ReportID) }))
		if got := h.under(digits); got != asked+"|letter|"+proved {
			t.Errorf("under a receipt of before: %q", got)
		}
	})
}

// TestWhoIsMergedLaterReadsTheLetters that were written before.
func TestWhoIsMergedLaterReadsTheLetters(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		w := h.handled()
		c, _ := h.report("county", "")
		late, digits := h.report("county", "")
		by := h.as(w.city)
		h.answer(by, c)
		h.must(h.store.Transact(bg, func(tx *gorm.DB) error {
			h.must(tx.Exec("UPDATE complaint SET state = 'merged', merged_into = ? WHERE id = ?", c.ID, late.ID).Error)
			return h.intake.ShowLetters(tx, by, c.ID, late.ReportID)
		}))
		if got := h.under(digits); got != proved {
			t.Errorf("under the receipt: %q", got)
		}
	})
}

// talk is what the page of a case shows somebody of what was said.
func (h *house) talk(by staff.Officer, c intake.Complaint) string {
	h.t.Helper()
	page, err := h.triage.Case(bg, by, c.ID)
	h.must(err)
	return spokenIn(page.Messages)
}

// opensOf is what somebody's session opens of what was said of all parts.
func (h *house) opensOf(by staff.Officer, c intake.Complaint) string {
	h.t.Helper()
	talk, err := h.intake.Conversation(bg, by, c.ReportID)
	h.must(err)
	return spokenIn(talk)
}

func spokenIn(talk []intake.Message) string {
	var said []string
	for _, m := range talk {
		said = append(said, m.Text+string(m.Kept))
	}
	return strings.Join(said, "|")
}

// sealedTo are the offices that hold the keys of what a query finds.
func (h *house) sealedTo(owners string, values ...any) (offices []string) {
	h.t.Helper()
	var ids []string
	h.must(h.store.Read(bg).Raw("SELECT DISTINCT recipient_id FROM content_key WHERE owner_id IN ("+owners+")", values...).Scan(&ids).Error)
	for name, u := range h.units {
		if slices.Contains(ids, u.ID.String()) {
			offices = append(offices, name)
		}
	}
	if len(offices) != len(ids) {
		h.t.Errorf("sealed to %v", ids)
	}
	slices.Sort(offices)
	return offices
}

const ofMessages = "SELECT id FROM message WHERE complaint_id = ?"

// TestADeskReadsWhatItSaidOfItsOwnPart, before and after another part of the same
// message turns out to accuse it: not what the reporter writes, nor what is said of the
// other part. It goes along with the part.
func TestADeskReadsWhatItSaidOfItsOwnPart(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		w := h.handled()
		c, digits := h.report("village", "")
		parts, err := h.triage.Split(bg, h.as(w.county), c.ID, c.Version, []string{"另反映县里办事人员收取好处费"})
		h.must(err)
		other := h.again(intake.Complaint{ID: parts[0]})
		h.must(h.triage.Message(bg, h.as(w.county), c.ID, asked))
		h.must(h.triage.NameSubject(bg, h.as(w.county), other.ID, other.Version, []uuid.UUID{h.units[panshan].ID}))
		h.must(h.triage.Message(bg, h.as(w.county), c.ID, asked+"，谢谢"))
		h.must(h.triage.Message(bg, h.as(w.city), other.ID, wanted))
		h.add(digits)
		const own = asked + "|" + asked + "，谢谢"
		if a, b := h.talk(h.as(w.county), c), h.talk(h.as(w.late), c); a != own || b != locked {
			t.Errorf("who said it reads %q, a colleague without the key %q", a, b)
		}
		for by, want := range map[*staff.Officer]string{&w.county: own + "|" + locked, &w.city: own + "|" + wanted + "|" + added + "。", &w.late: locked + "|" + locked, {}: locked + "|" + locked} {
			reader := *by
			if by.ID != uuid.Nil {
				reader = h.as(reader)
			}
			if got := h.opensOf(reader, c); got != want {
				t.Errorf("%s opens %q", by.UnitName, got)
			}
		}
		if got := h.talk(h.as(w.city), other); got != wanted+"|"+added+"。" {
			t.Errorf("the desk of the other part reads %q", got)
		}
		if a, b := h.sealedTo(ofMessages, c.ID), h.sealedTo(ofMessages, other.ID); !slices.Equal(a, []string{panshan, cityDesk}) || !slices.Equal(b, []string{cityDesk}) {
			t.Errorf("sealed to %v and %v", a, b)
		}
		page, err := h.intake.Track(bg, digits)
		h.must(err)
		if got := spokenIn(page.Messages); got != own+"|"+wanted+"|"+added+"。" {
			t.Errorf("under the receipt: %q", got)
		}
		if found := h.search(t, asked, wanted, added); len(found) > 0 {
			t.Errorf("with the portal's keys: %v", found)
		}
		// The key is changed, and what was said is renewed under the next one.
		h.must(h.Ring(custody.Handling).Rotate(bg, w.county, h.key(w.county), 1))
		if _, _, err := h.intake.RenewWords(bg, h.as(w.county)); err != nil {
			t.Fatal(err)
		}
		if got := h.talk(h.as(w.county), c); got != own {
			t.Errorf("under the next key: %q", got)
		}
		// The part goes to another desk, and what was said of it with it.
		h.must(h.triage.Transfer(bg, h.as(w.county), c.ID, h.again(c).Version, h.units[cityDesk].ID, "请督查室直接办理"))
		if got := h.sealedTo(ofMessages, c.ID); !slices.Equal(got, []string{cityDesk}) {
			t.Errorf("moved, it is sealed to %v", got)
		}
		if a, b := h.opensOf(h.as(w.city), c), h.opensOf(h.as(w.county), c); !shows(a, asked, wanted) || shows(b, asked) {
			t.Errorf("moved, the new desk reads %q, the old one %q", a, b)
		}
	})
}
