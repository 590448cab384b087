package custody_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/custody"
	"minsheng/intake"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/ledger"
	"minsheng/staff"
	"minsheng/triage"
)

// nameless is a report without a name, with a voice message and a picture.
func (h *house) nameless() sent {
	h.t.Helper()
	s := h.form()
	s.Mode, s.Name, s.Phone, s.Text = intake.Anonymous, "", "", "危房改造补助少发三千。"
	return h.sends(s)
}

// original is how a picture as it came opens in somebody's session.
func (h *house) original(by staff.Officer, s sent) error {
	h.t.Helper()
	f, err := h.triage.OpenOriginal(bg, by, by.Key, s.ID, s.picture)
	if err != nil {
		return err
	}
	defer f.Content.Close()
	b, err := io.ReadAll(f.Content)
	h.must(err)
	if !bytes.Equal(b, snapshot()) {
		h.t.Errorf("%d bytes, which are not the picture", len(b))
	}
	return nil
}

// lastAsked is the newest request on a case, as somebody's session reads it.
func (h *house) lastAsked(by staff.Officer, c intake.Complaint) triage.NameOpening {
	h.t.Helper()
	all, err := h.triage.NamesOf(bg, by, c.ID)
	h.must(err)
	if len(all) == 0 {
		h.t.Fatal("nothing is asked for")
	}
	return all[len(all)-1]
}

// kinds are the events of a case that tell of names and pictures.
func (h *house) kinds(c intake.Complaint) string {
	h.t.Helper()
	events, err := ledger.Of(bg, h.store, ledger.OfComplaint, c.ID)
	h.must(err)
	var all []string
	for _, e := range events {
		if strings.Contains(e.Kind, "name") || strings.Contains(e.Kind, "identity") || strings.Contains(e.Kind, "pictures") || strings.Contains(e.Kind, "original") {
			all = append(all, e.Kind)
		}
	}
	return strings.Join(all, " ")
}

func (h *house) count(table string) (n int64) {
	h.t.Helper()
	h.must(h.store.Read(bg).Table(table).Count(&n).Error)
	return n
}

// TestPicturesOfAReportWithoutANameAreOpenedByTwo: one custodian asks, another opens
// them for the one who asked, for a day, and nobody else can. The reporter reads of it.
func TestPicturesOfAReportWithoutANameAreOpenedByTwo(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.lockAway(h.first, h.second)
		s := h.nameless()
		first, second, stranger := h.as(h.first), h.as(h.second), h.as(h.person(cityDesk, staff.IdentityCustodian))
		refused := func(err error) bool { return errors.Is(err, staff.ErrForbidden) || errors.Is(err, store.ErrNotFound) }
		for _, role := range []staff.Role{staff.Auditor, staff.Administrator, staff.TriageOfficer, staff.Supervisor} {
			by := h.as(h.person(panshan, role))
			if err := h.triage.AskPictures(bg, by, by.Key, s.ID, toVisit); !refused(err) {
				t.Errorf("%s asks: %v", role, err)
			}
			if may, err := h.triage.MayAskPictures(bg, by, s.ID); may || err != nil {
				t.Errorf("%s is offered it: %v", role, err)
			}
			if err := h.original(by, s); !refused(err) {
				t.Errorf("%s opens it: %v", role, err)
			}
		}
		if err := h.triage.AskName(bg, first, first.Key, s.ID, toVisit); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("asked for a name that there is not: %v", err)
		}
		if may, err := h.triage.MayAskPictures(bg, first, s.ID); !may || err != nil {
			t.Errorf("a custodian is not offered it: %v", err)
		}
		h.must(h.triage.AskPictures(bg, first, first.Key, s.ID, toVisit))
		asked := h.lastAsked(second, s.Complaint)
		if asked.What != triage.OpensPictures || asked.Words != "要约定入户时间" || asked.Kept != "" {
			t.Errorf("the second reads %+v", asked)
		}
		auditor := h.as(h.person(panshan, staff.Auditor))
		if err := h.triage.RuleName(bg, auditor, auditor.Key, asked.ID, true); !refused(err) {
			t.Errorf("an auditor agrees: %v", err)
		}
		for name, try := range map[string]struct {
			err, want error
		}{
			"asked twice":         {h.triage.AskPictures(bg, first, first.Key, s.ID, toVisit), step.ErrState},
			"opened by one alone": {h.original(first, s), step.ErrState},
			"agreed by who asked": {h.triage.RuleName(bg, first, first.Key, asked.ID, true), step.ErrSamePerson},
			"by who has no key":   {h.triage.RuleName(bg, stranger, stranger.Key, asked.ID, true), custody.ErrNotMember},
		} {
			if !errors.Is(try.err, try.want) {
				t.Errorf("%s: %v", name, try.err)
			}
		}
		named := h.send()
		if err := h.triage.AskPictures(bg, first, first.Key, named.ID, toVisit); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("asked for the pictures of a report whose name opens: %v", err)
		}
		h.must(h.triage.RuleName(bg, second, second.Key, asked.ID, true))
		if err := h.original(first, s); err != nil {
			t.Errorf("opened by a second custodian: %v", err)
		}
		if err := h.original(second, s); !errors.Is(err, step.ErrState) {
			t.Errorf("who opened it for somebody else: %v", err)
		}
		if _, _, err := h.triage.Name(bg, first, first.Key, s.ID); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a name: %v", err)
		}
		if got := h.kinds(s.Complaint); got != "pictures_asked pictures_opened original_opened" {
			t.Errorf("on record: %s", got)
		}
		var looks []string
		h.must(h.store.Read(bg).Table("look").Where("complaint_id = ? AND account_id = ?", s.ID, first.ID).Pluck("what", &looks).Error)
		if fmt.Sprint(looks) != "["+triage.SawFile+"]" {
			t.Errorf("looks: %v", looks)
		}
		page, err := h.intake.Track(bg, s.digits)
		h.must(err)
		if all := page.IdentityOpenings; len(all) != 1 || all[0].What != intake.OpenedPictures || all[0].UnitName != panshan || all[0].Reason != "visit" {
			t.Errorf("the reporter reads %+v", all)
		}
		if read := h.disk(t); strings.Contains(fmt.Sprint(read), camera) {
			t.Errorf("while it is open the search reads %v", read)
		}
		h.must(h.store.Read(bg).Table("identity_opening").Where("id = ?", asked.ID).Update("until", h.store.Now().Add(-time.Minute)).Error)
		if err := h.original(first, s); !errors.Is(err, step.ErrState) {
			t.Errorf("after a day: %v", err)
		}
		h.must(h.triage.EndNames(bg))
		if left := h.count("opened_original"); left > 0 {
			t.Errorf("%d keys are left", left)
		}
	})
}

// TestWhoOpensNoPictureAgreesToNone: who reads why it is asked for, and holds no key to
// any of the pictures, opens nothing by agreeing.
func TestWhoOpensNoPictureAgreesToNone(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		above, aboveToo := h.person(cityDesk, staff.IdentityCustodian), h.person(cityDesk, staff.IdentityCustodian)
		h.lockAway(above, aboveToo)
		h.lockAway(h.first, h.second)
		s := h.nameless()
		h.must(h.triage.AskPictures(bg, h.first, h.key(h.first), s.ID, toVisit))
		asked := h.lastAsked(h.as(h.second), s.Complaint)
		h.must(h.store.Read(bg).Exec("DELETE FROM original_key WHERE recipient_id = ?", h.units[panshan].ID.String()).Error)
		if err := h.triage.RuleName(bg, h.second, h.key(h.second), asked.ID, true); asked.Words == "" || !errors.Is(err, custody.ErrNotMember) {
			t.Errorf("agreed: %v", err)
		}
		h.must(h.triage.RuleName(bg, aboveToo, h.key(aboveToo), asked.ID, true))
		if err := h.original(h.as(h.first), s); err != nil {
			t.Errorf("opened by who holds the key: %v", err)
		}
	})
}

// TestPicturesOfAReportWithoutANameAreRefusedAndErased, and hidden from who is accused.
func TestPicturesOfAReportWithoutANameAreRefusedAndErased(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		s := h.nameless()
		h.lockAway(h.first, h.second)
		_, err := h.intake.HandOverAll(bg)
		h.must(err)
		first, second := h.as(h.first), h.as(h.second)
		ask := func(s sent) uuid.UUID {
			t.Helper()
			h.must(h.triage.AskPictures(bg, first, first.Key, s.ID, toVisit))
			return h.lastAsked(second, s.Complaint).ID
		}
		h.must(h.triage.RuleName(bg, second, second.Key, ask(s), false))
		if err := h.original(first, s); !errors.Is(err, step.ErrState) || h.kinds(s.Complaint) != "pictures_asked pictures_refused" {
			t.Errorf("refused: %v, %s", err, h.kinds(s.Complaint))
		}
		page, err := h.intake.Track(bg, s.digits)
		h.must(err)
		if len(page.IdentityOpenings) > 0 {
			t.Errorf("the reporter reads %+v", page.IdentityOpenings)
		}
		h.must(h.triage.RuleName(bg, second, second.Key, ask(s), true))
		waits := ask(h.nameless())
		h.must(h.store.Transact(bg, func(tx *gorm.DB) error { return h.triage.EraseName(tx, s.Complaint) }))
		if err := h.original(first, s); !errors.Is(err, store.ErrNotFound) || h.count("opened_original") > 0 {
			t.Errorf("erased: %v, %d left", err, h.count("opened_original"))
		}
		if again := h.lastAsked(second, s.Complaint); again.Words != "" || again.Kept != intake.Erased || again.State != triage.NameOver {
			t.Errorf("after the erasure: %+v", again)
		}
		if err := h.triage.AskPictures(bg, first, first.Key, s.ID, toVisit); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("asked for what was erased: %v", err)
		}
		// Another part of the message turns out to accuse their own office.
		var c intake.Complaint
		h.must(store.One(h.store.Read(bg).Order("seq DESC"), &c))
		officer := h.as(h.person(panshan, staff.TriageOfficer))
		parts, err := h.triage.Split(bg, officer, c.ID, c.Version, []string{"另反映县里办事人员收取好处费"})
		h.must(err)
		h.must(h.triage.NameSubject(bg, officer, parts[0], h.again(intake.Complaint{ID: parts[0]}).Version, []uuid.UUID{h.units[panshan].ID}))
		if err := h.triage.RuleName(bg, second, second.Key, waits, true); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("opened though a part is hidden: %v", err)
		}
		if may, err := h.triage.MayAskPictures(bg, first, c.ID); may || err != nil {
			t.Errorf("offered though a part is hidden: %v", err)
		}
	})
}

const confided = "李试样的邻居说是他家大儿子写的"

// TestWhyANameIsAskedForIsReadByWhoKeepsTheName: at rest by nobody, also where it was
// written before there was a key; who cannot read it does not rule on it, and leaves
// nothing behind by trying.
func TestWhyANameIsAskedForIsReadByWhoKeepsTheName(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		early := h.submit()
		h.must(h.triage.AskName(bg, h.first, h.key(h.first), early.ID, "other: "+confided))
		if found := h.search(t, confided); !strings.Contains(fmt.Sprint(found), confided) {
			t.Fatalf("while the portal keeps it the search reads %v", found)
		}
		h.lockAway(h.first, h.second)
		_, err := h.intake.HandOverAll(bg)
		h.must(err)
		late := h.submit()
		h.must(h.triage.AskName(bg, h.first, h.key(h.first), late.ID, "other: "+confided))
		keyless := h.person(panshan, staff.IdentityCustodian)
		stranger := h.person(cityDesk, staff.IdentityCustodian)
		for _, c := range []intake.Complaint{early, late} {
			if found := h.search(t, confided); len(found) > 0 {
				t.Errorf("read at rest: %v", found)
			}
			asked := h.lastAsked(h.as(h.second), c)
			if asked.Words != confided {
				t.Errorf("a custodian reads %q (%s)", asked.Words, asked.Kept)
			}
			before := h.rows()
			for name, by := range map[string]staff.Officer{"a colleague without the key": h.as(keyless), "another office": h.as(stranger), "outside any session": h.second} {
				if got := h.lastAsked(by, c); got.Words != "" || got.Kept != intake.Locked {
					t.Errorf("%s reads %q (%s)", name, got.Words, got.Kept)
				}
				for _, give := range []bool{true, false} {
					err := h.triage.RuleName(bg, by, by.Key, asked.ID, give)
					if !errors.Is(err, triage.ErrUnread) || !errors.Is(err, custody.ErrNotMember) && !errors.Is(err, staff.ErrNoKey) {
						t.Errorf("%s rules (%v): %v", name, give, err)
					}
				}
			}
			if after := h.rows(); after != before || h.lastAsked(h.second, c).State != triage.NameAsked {
				t.Errorf("left behind: %s before, %s after", before, after)
			}
			h.must(h.triage.RuleName(bg, h.second, h.key(h.second), asked.ID, true))
			if found := h.search(t, confided); len(found) > 0 {
				t.Errorf("read at rest once it is open: %v", found)
			}
			if still := h.lastAsked(h.as(h.second), c); still.Words != confided {
				t.Errorf("the reason that is kept: %+v", still)
			}
		}
	})
}

// TestWhyANameWasTakenOutsideIsReadByWhoKeepsIt, by a colleague without the key that
// there is something, and by nobody else.
func TestWhyANameWasTakenOutsideIsReadByWhoKeepsIt(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.lockAway(h.first, h.second)
		c := h.submit()
		h.must(h.triage.ReleaseName(bg, h.second, h.key(h.second), c.ID, confided, func(*gorm.DB, intake.Identity) error { return nil }))
		keyless, officer := h.person(panshan, staff.IdentityCustodian), h.person(panshan, staff.TriageOfficer)
		for _, one := range []struct {
			by    staff.Officer
			reads string
		}{{h.first, confided}, {keyless, string(intake.Locked)}, {officer, ""}} {
			why, err := h.triage.Reasons(bg, h.as(one.by), c.ID)
			h.must(err)
			got := ""
			for _, r := range why {
				got += r.Words + string(r.Kept)
			}
			if got != one.reads {
				t.Errorf("%v: %+v", one.by.Roles, why)
			}
		}
	})
}

// TestWhyANameIsAskedForFollowsTheName: to the next key of an office, away from an
// office that turns out to be accused, and into the same erasure.
func TestWhyANameIsAskedForFollowsTheName(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		above, aboveToo := h.person(cityDesk, staff.IdentityCustodian), h.person(cityDesk, staff.IdentityCustodian)
		h.lockAway(above, aboveToo)
		h.lockAway(h.first, h.second)
		c := h.submit()
		h.must(h.triage.AskName(bg, h.first, h.key(h.first), c.ID, "other: "+confided))
		reads := func(by staff.Officer) bool {
			t.Helper()
			return h.lastAsked(h.as(by), c).Words == confided
		}
		h.must(h.Ring(custody.Identity).Rotate(bg, h.first, h.key(h.first), 1))
		n, more, err := h.intake.Renew(bg, h.first, h.key(h.first))
		if err != nil || n != 2 || more { // the name, and why
			t.Errorf("renewed %d, %v, %v", n, more, err)
		}
		h.must(h.store.Read(bg).Exec("DELETE FROM unit_key_member WHERE key_id IN (SELECT id FROM unit_key WHERE unit_id = ? AND generation = 1)", h.units[panshan].ID).Error)
		if older, _, err := h.intake.Behind(bg, h.first); err != nil || older || !reads(h.second) || !reads(aboveToo) {
			t.Errorf("after the change: %v", err)
		}
		h.must(h.store.Transact(bg, func(tx *gorm.DB) error { return h.intake.KeepAbove(tx, c.ReportID, h.units[cityDesk].ID) }))
		if reads(h.first) || !reads(above) {
			t.Error("the accused office keeps it, or the one above does not")
		}
		h.must(h.store.Transact(bg, func(tx *gorm.DB) error { return h.triage.EraseName(tx, c) }))
		if got := h.lastAsked(h.as(above), c); got.Words != "" || got.Kept != intake.Erased || h.count("name_note") > 0 {
			t.Errorf("after the erasure: %q (%s), %d notes", got.Words, got.Kept, h.count("name_note"))
		}
	})
}
