package custody_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/uuid"

	"minsheng/custody"
	"minsheng/intake"
	"minsheng/internal/store"
	"minsheng/staff"
	"minsheng/triage"
)

const (
	told  = "危房改造补助少发三千"
	added = "昨天又有人来家里要回扣"
)

// handled is a house in which the city and the county hold keys for handling, with
// some who hold them, and some who do not.
type handled struct {
	*house
	city, county, late staff.Officer
}

func (h *house) handled() handled {
	h.t.Helper()
	w := handled{h, h.person(cityDesk, staff.TriageOfficer), h.person(panshan, staff.TriageOfficer), h.person(panshan, staff.TriageOfficer)}
	h.handle(w.city, h.person(cityDesk, staff.Supervisor))
	h.handle(w.county, h.person(panshan, staff.Supervisor))
	plain := h.form() // which the portal opens
	plain.Mode, plain.Name, plain.Phone, plain.Text = intake.Anonymous, "", "", "村口的路灯坏了三个月没人修。"
	_, err := h.intake.Submit(bg, plain)
	h.must(err)
	return w
}

// report hands in an anonymous report about somebody of a level; who is what the
// reporter wrote of whom it is about.
func (h *house) report(level, who string) (intake.Complaint, string) {
	h.t.Helper()
	form := h.form()
	form.Mode, form.Name, form.Phone, form.Text, form.AccusedLevel, form.Who = intake.Anonymous, "", "", "他们说"+told+"。", level, who
	r, err := h.intake.Submit(bg, form)
	h.must(err)
	var c intake.Complaint
	h.must(store.One(h.store.Read(bg).Order("seq DESC"), &c))
	return c, r.Digits
}

// add has the reporter write more.
func (h *house) add(digits string) {
	h.t.Helper()
	page, err := h.intake.Track(bg, digits)
	h.must(err)
	h.must(h.intake.Say(bg, page.Token, page.Form.Token, added+"。"))
}

// reads is what somebody reads of a report: the words, what was added, or why not.
func (h *house) reads(by staff.Officer, c intake.Complaint) string {
	h.t.Helper()
	words, err := h.intake.Narratives(bg, by, c.ReportID)
	h.must(err)
	talk, err := h.intake.Conversation(bg, by, c.ReportID)
	h.must(err)
	said := words[c.ReportID].Text + string(words[c.ReportID].Kept)
	for _, m := range talk {
		if !m.FromOffice {
			said += "|" + m.Text + string(m.Kept)
		}
	}
	return said
}

const (
	all    = "他们说" + told + "。|" + added + "。"
	locked = "locked|locked"
)

func TestWordsAboutAnOfficeThatWorksHereAreReadByItsHandlersAlone(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		w := h.handled()
		c, digits := h.report("county", "")
		h.add(digits)
		if c.DeskUnitID != h.units[cityDesk].ID {
			t.Fatal("it does not lie with the city")
		}
		if found := h.search(t, told, added); len(found) > 0 {
			t.Errorf("with the portal's keys alone: %v", found)
		}
		second := h.person(cityDesk, staff.TriageOfficer)
		for name, try := range map[string]struct {
			by   staff.Officer
			want string
		}{
			"who handles it":        {h.as(w.city), all},
			"the accused office":    {h.as(w.county), locked},
			"a colleague":           {h.as(second), locked},
			"an administrator":      {h.as(h.person(cityDesk, staff.Administrator)), locked},
			"the portal":            {staff.Officer{}, locked},
			"outside their session": {w.city, locked},
		} {
			if got := h.reads(try.by, c); got != try.want {
				t.Errorf("%s reads %q", name, got)
			}
		}
		// Who holds no key works on it all the same, and is told why.
		page, err := h.triage.Case(bg, h.as(second), c.ID)
		if err != nil || page.Narrative.Kept != intake.Locked || page.Narrative.Text != "" {
			t.Errorf("the page of a colleague: %+v, %v", page.Narrative, err)
		}
		// Nor does it let out what it cannot compare.
		for by, reason := range map[*staff.Officer]string{&second: "locked", &w.city: "phrase"} {
			secret, err := h.triage.SecretsOf(bg, h.as(*by), c.ID)
			h.must(err)
			var leak *triage.Leak
			if err := secret.Check([2]string{"summary", "请核实" + told + "一事。"}); !errors.As(err, &leak) || leak.Findings[0].Reason != reason {
				t.Errorf("%s: let out: %v", reason, err)
			}
		}
		track, err := h.intake.Track(bg, digits)
		h.must(err)
		if m := track.Messages[len(track.Messages)-1]; m.Kept != "" || m.Text != added+"。" {
			t.Errorf("the receipt shows %+v", m)
		}
		h.must(h.Ring(custody.Handling).Rotate(bg, w.city, h.key(w.city), 1))
		if got := h.reads(h.as(w.city), c); got != all {
			t.Errorf("after the key was changed: %q", got)
		}
		h.must(h.store.Read(bg).Where("1 = 1").Delete(&custody.ContentKey{}).Error)
		if got := h.reads(h.as(w.city), c); got != "erased|erased" {
			t.Errorf("after the keys were destroyed: %q", got)
		}
		if page, err := h.triage.Case(bg, h.as(w.city), c.ID); err != nil || page.Narrative.Kept != intake.Erased {
			t.Errorf("the page of what was destroyed: %+v, %v", page.Narrative, err)
		}
	})
}

// TestNamingAnOfficeLaterMovesTheWords, whoever names it; and what was under the
// portal's own key since before moves too.
func TestNamingAnOfficeLaterMovesTheWords(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		w := h.handled()
		poor := h.units["盘山县扶贫开发办公室"]
		h.person(poor.Name, staff.UnitHandler)
		town, err := h.Atlas.AddTownOffice(bg, "211122111000")
		h.must(err)
		h.units[town.Name] = town
		h.person(town.Name, staff.UnitHandler)
		c, digits := h.report("village", "")
		h.add(digits)
		if got := h.reads(staff.Officer{}, c); got != all || len(h.search(t, told)) == 0 {
			t.Fatalf("an ordinary matter: %q", got)
		}
		old, _ := h.report("village", "")
		h.asBefore(old)
		for _, c := range []intake.Complaint{c, old} {
			h.must(h.triage.NameSubject(bg, w.late, c.ID, c.Version, []uuid.UUID{town.ID}))
		}
		if found := h.search(t, told, added); len(found) > 0 {
			t.Errorf("with the portal's keys: %v", found)
		}
		if a, b, d := h.reads(h.as(w.county), c), h.reads(h.as(w.city), c), h.reads(h.as(w.late), c); a != all || b != all || d != locked {
			t.Errorf("named: %q, %q, %q", a, b, d)
		}
		if got := h.reads(h.as(w.county), old); !strings.HasPrefix(got, "他们说"+told) {
			t.Errorf("what came before: %q", got)
		}
		// It turns out to accuse the county: the city keeps it, the county loses it.
		h.must(store.One(h.store.Read(bg).Where("id = ?", c.ID), &c))
		h.must(h.triage.NameSubject(bg, w.late, c.ID, c.Version, []uuid.UUID{poor.ID}))
		if a, b := h.reads(h.as(w.county), c), h.reads(h.as(w.city), c); a != locked || b != all {
			t.Errorf("named again: %q, %q", a, b)
		}
	})
}

// TestWordsOfBeforeThereWasAKeyAreHandedOver: by the portal itself, once somebody can
// read them; and under the next key, or on another desk, by a member.
func TestWordsOfBeforeThereWasAKeyAreHandedOver(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		c, digits := h.report("county", "")
		h.add(digits)
		ordinary, _ := h.report("village", "")
		if got := h.reads(staff.Officer{}, c); got != all {
			t.Fatalf("without a key: %q", got)
		}
		w := h.handled()
		handed := func(want int) {
			t.Helper()
			if n, err := h.intake.HandOverAll(bg); n != want || err != nil {
				t.Errorf("handed over %d, %v; want %d", n, err, want)
			}
		}
		handed(1)
		handed(0)
		if a, b := h.reads(staff.Officer{}, c), h.reads(h.as(w.city), c); a != locked || b != all {
			t.Errorf("handed over: %q, %q", a, b)
		}
		if got := h.reads(staff.Officer{}, ordinary); got == string(intake.Locked) {
			t.Error("an ordinary matter is sealed to its handlers")
		}
		renewed := func(by staff.Officer, want int) {
			t.Helper()
			by = h.as(by)
			behind, err := h.intake.WordsBehind(bg, by)
			if n, _, failed := h.intake.RenewWords(bg, by); n != want || err != nil || failed != nil || behind != (want > 0) {
				t.Errorf("renewed %d, %v, %v; behind %v; want %d", n, err, failed, behind, want)
			}
		}
		renewed(w.city, 0)
		h.must(h.Ring(custody.Handling).Rotate(bg, w.city, h.key(w.city), 1))
		renewed(w.city, 2)
		// It comes to lie with the county, and nobody of the city was there.
		h.must(h.store.Read(bg).Exec("UPDATE complaint SET desk_unit_id = ?, accused_level = 'village' WHERE id = ?", h.units[panshan].ID, c.ID).Error)
		if got := h.reads(h.as(w.county), c); got != locked {
			t.Errorf("the county, before: %q", got)
		}
		renewed(w.county, 0)
		renewed(w.city, 1)
		if a, b := h.reads(h.as(w.county), c), h.reads(h.as(w.city), c); a != all || b != all {
			t.Errorf("handed on: %q, %q", a, b)
		}
		renewed(w.city, 0)
		if _, _, err := h.intake.RenewWords(bg, h.as(w.late)); !errors.Is(err, custody.ErrNotMember) && err != nil {
			t.Errorf("who holds no key: %v", err)
		}
	})
}

// TestNamesGoUpOnceTheHighestOfficeHasAKey: in the session of who keeps them; and
// those of merged reports move up with the case.
func TestNamesGoUpOnceTheHighestOfficeHasAKey(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.lockAway(h.first, h.second)
		lead, merged, pictured := h.submit(), h.submit(), h.send()
		above := h.person(cityDesk, staff.IdentityCustodian)
		h.lockAway(above, h.person(cityDesk, staff.IdentityCustodian))
		h.Forget()
		if behind, err := h.intake.KeptBelow(bg, h.first); err != nil || !behind || h.opens(above, h.key(above), lead) {
			t.Fatalf("behind %v, %v; or the city opens it already", behind, err)
		}
		if _, _, err := h.intake.SealUp(bg, h.first, h.key(above)); !errors.Is(err, staff.ErrNoKey) {
			t.Errorf("with somebody else's key: %v", err)
		}
		n, more, err := h.intake.SealUp(bg, h.first, h.key(h.first))
		if err != nil || n != 3 || more || !h.opens(above, h.key(above), lead) {
			t.Errorf("sealed up %d, %v, %v", n, more, err)
		}
		if keys, err := h.intake.UnsealOriginals(h.store.Read(bg), h.as(above), pictured.ReportID); err != nil || keys[pictured.picture] == nil {
			t.Errorf("the picture as it came stayed below: %v", err)
		}
		if behind, err := h.intake.KeptBelow(bg, h.first); err != nil || behind {
			t.Errorf("behind afterwards: %v, %v", behind, err)
		}
		officer := h.person(panshan, staff.TriageOfficer)
		h.must(h.triage.Link(bg, officer, merged.ID, merged.Version, lead.ID))
		h.must(store.One(h.store.Read(bg).Where("id = ?", lead.ID), &lead))
		h.must(h.triage.NameSubject(bg, officer, lead.ID, lead.Version, []uuid.UUID{h.units[panshan].ID}))
		for _, c := range []intake.Complaint{lead, merged} {
			if h.opens(h.first, h.key(h.first), c) || !h.opens(above, h.key(above), c) {
				t.Error("the accused office keeps a name, or the city has not got it")
			}
		}
	})
}

// asBefore puts a report's words back to how they lay before they had keys of their
// own.
func (h *house) asBefore(c intake.Complaint) {
	h.t.Helper()
	db := h.store.Read(bg)
	h.must(db.Where("owner_id = ?", c.ReportID).Delete(&custody.ContentKey{}).Error)
	sealed := h.keys.Box("narrative").Shut([]byte(`{"Text":"他们说`+told+`。"}`), "report:"+c.ReportID.String()+":narrative")
	h.must(db.Exec("UPDATE sealed_blob SET generation = 1, ciphertext = ? WHERE owner_id = ?", sealed, c.ReportID).Error)
}
