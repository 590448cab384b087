package custody_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/custody"
	"minsheng/intake"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/notice"
	"minsheng/objection"
	"minsheng/region"
	"minsheng/roll"
	"minsheng/staff"
	"minsheng/triage"
)

// What an objection says, and the household that it misses on the list.
const (
	objects = "他家比名单上的人困难得多"
	missing = "柳漏样"
)

// lists is a house with a village's list. Its town published it, where nobody works
// any more; the county decides on objections to it.
type lists struct {
	*house
	*objection.Desk
	town region.Unit
	list notice.Notice
}

func (h *house) lists() lists {
	h.t.Helper()
	town, err := h.Atlas.AddTownOffice(bg, "211122111000")
	h.must(err)
	h.units[town.Name] = town
	rolls := roll.New(h.store, h.Atlas)
	w := lists{house: h, town: town, Desk: objection.New(objection.Config{Store: h.store, Keys: h.keys, Atlas: h.Atlas, Staff: h.staff, Intake: h.intake,
		Notices: notice.NewDesk(notice.Config{Store: h.store, Keys: h.keys, Atlas: h.Atlas, Staff: h.staff, Shelf: h.shelf, Rolls: rolls, Clocks: h.clocks}),
		Rolls:   rolls, Shelf: h.shelf, Clocks: h.clocks, Tell: func(_, key string, pairs ...any) string { return fmt.Sprint(key, pairs) }})}
	by, today := h.person(town.Name, staff.Publisher), workday.On(h.store.Now())
	last, at := workday.PublicityEnd(today, 7), h.store.Now()
	var list roll.Roll
	h.must(h.store.Transact(bg, func(tx *gorm.DB) error {
		if list, err = rolls.Create(tx, by, roll.Households, village, 2026); err != nil {
			return err
		}
		if list, err = rolls.Amend(tx, list.ID, list.Version, []roll.Edit{{Label: "王甲一", Team: "1组", People: 4, PlaceCode: village}}, "", uuid.Nil); err != nil {
			return err
		}
		for _, stage := range []roll.Stage{roll.Village, roll.Town} {
			if _, err := rolls.SetMinutes(tx, by, roll.Minutes{RollID: list.ID, Stage: stage, MetOn: today, Present: 30, Entitled: 40}); err != nil {
				return err
			}
		}
		return rolls.Advance(tx, list.ID, roll.Village, today, last)
	}))
	w.list, err = notice.New(notice.BoardConfig{Store: h.store, Atlas: h.Atlas, Rolls: rolls, Shelf: h.shelf}).Put(bg, notice.Notice{
		Kind: "LIST_VILLAGE", Title: "双柳村贫困户初选名单公示", UnitID: town.ID, PlaceCode: village, Body: "名单",
		State: "published", StartsOn: today, EndsOn: &last, PublishedAt: &at, ApprovedAt: &at, RollID: &list.ID})
	h.must(err)
	h.must(h.store.Read(bg).Exec("UPDATE account SET state = 'disabled' WHERE id = ?", by.ID).Error)
	return w
}

// objected is an objection with a voice message and a picture, as it is stored.
type objected struct {
	objection.Objection
	digits         string
	voice, picture uuid.UUID
}

// object hands in an objection under the reporter's name, who writes more later.
func (w lists) object() objected {
	w.t.Helper()
	form := w.form()
	form.Text = objects + "。"
	opened, err := w.intake.OpenForm(form.Token)
	w.must(err)
	v, err := w.shelf.Stage(bg, opened.Key, "录音.mp3", bytes.NewReader(voice()))
	w.must(err)
	p, err := w.shelf.Stage(bg, opened.Key, "现场.jpg", bytes.NewReader(snapshot()))
	w.must(err)
	r, late, err := w.File(bg, objection.Filing{Submission: form, NoticeID: w.list.ID, Kind: objection.Missed, Household: missing})
	w.must(err)
	if late {
		w.t.Fatal("the objection came too late")
	}
	w.add(r.Digits)
	o := objected{digits: r.Digits, voice: v.ID, picture: p.ID}
	w.must(store.One(w.store.Read(bg).Order("seq DESC"), &o.Objection))
	return o
}

// page is what somebody's page of an objection says of its words: what was written,
// who is missing, and what was added; or why not.
func (w lists) page(by staff.Officer, o objected) string {
	w.t.Helper()
	c, err := w.Open(bg, by, o.ID)
	if errors.Is(err, store.ErrNotFound) {
		return "none"
	}
	w.must(err)
	said := c.Narrative.Text + c.Household + string(c.Narrative.Kept)
	for _, m := range c.Messages {
		if !m.FromOffice {
			said += "|" + m.Text + string(m.Kept)
		}
	}
	return said
}

// plays is nil when a file of an objection is given out and holds a secret.
func (w lists) plays(by staff.Officer, o objected, file uuid.UUID, secret string) error {
	w.t.Helper()
	_, content, _, err := w.OpenFile(bg, by, o.ID, file)
	if err != nil {
		return err
	}
	defer content.Close()
	b, err := io.ReadAll(content)
	w.must(err)
	if !bytes.Contains(b, []byte(secret)) {
		return errors.New("given out without what it holds")
	}
	return nil
}

const objectedAll = objects + "。" + missing + "|" + added + "。"

// TestAnObjectionIsReadByTheHandlersOfItsDeskAlone: not by who published the list, by
// a colleague without the key, nor with all that lies on the server; and who holds no
// key goes on with it all the same.
func TestAnObjectionIsReadByTheHandlersOfItsDeskAlone(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		w := h.lists()
		publisher := h.person(w.town.Name, staff.Publisher, staff.TriageOfficer)
		keys := h.handled()
		h.lockAway(h.first, h.second)
		h.send() // of which the portal opens the clean picture
		o := w.object()
		if o.DeskUnitID != h.units[panshan].ID || o.PublisherID != w.town.ID {
			t.Fatalf("it lies on %s", o.DeskUnitID)
		}
		if found, read := h.search(t, objects, added, missing), h.disk(t); len(found)+len(read) > 0 {
			t.Errorf("with the portal's keys alone: %v, %v", found, read)
		}
		for name, try := range map[string]struct {
			by    staff.Officer
			words string
			voice error
		}{
			"who handles it":        {h.as(keys.county), objectedAll, nil},
			"the highest office":    {h.as(keys.city), objectedAll, nil},
			"a colleague":           {h.as(keys.late), locked, intake.ErrLocked},
			"outside their session": {keys.county, locked, intake.ErrLocked},
			"who published it":      {h.as(publisher), "none", store.ErrNotFound},
			"an administrator":      {h.as(h.person(cityDesk, staff.Administrator)), "none", store.ErrNotFound},
		} {
			if got := w.page(try.by, o); got != try.words {
				t.Errorf("%s reads %q", name, got)
			}
			if err := w.plays(try.by, o, o.voice, spoken); !errors.Is(err, try.voice) {
				t.Errorf("%s plays: %v", name, err)
			}
		}
		if err := w.plays(h.as(keys.late), o, o.picture, ""); !errors.Is(err, intake.ErrLocked) {
			t.Errorf("a colleague sees the picture: %v", err)
		}
		for _, reader := range []staff.Officer{h.as(publisher), {}} {
			said, err := h.intake.Narratives(bg, reader, o.ReportID)
			if err != nil || said[o.ReportID].Kept != intake.Locked {
				t.Errorf("past the page: %+v, %v", said, err)
			}
		}
		for by, reason := range map[*staff.Officer]string{&keys.late: "locked", &keys.county: "phrase"} {
			secret, err := h.triage.SecretsOfReports(bg, h.as(*by), o.ReportID)
			h.must(err)
			var leak *triage.Leak
			if err := secret.Check([2]string{"title", "请核实" + objects + "一事。"}); !errors.As(err, &leak) || leak.Findings[0].Reason != reason {
				t.Errorf("%s: let out: %v", reason, err)
			}
		}
		chief, heard := h.person(panshan, staff.Supervisor), h.key(keys.county)
		h.must(h.Ring(custody.Handling).Admit(bg, keys.county, heard, chief.ID, h.key(chief).Recipient()))
		w.settle(h.as(keys.late), h.as(h.person(panshan, staff.Supervisor)), h.as(keys.county), h.as(chief), o)
		if found := h.search(t, saw, objects, answered); len(found) > 0 {
			t.Errorf("with the portal's keys alone, settled: %v", found)
		}
		page, err := h.intake.Track(bg, o.digits)
		h.must(err)
		if text := fmt.Sprint(page.Messages); !strings.Contains(text, added) || !strings.Contains(text, answered) {
			t.Errorf("the receipt shows %s", text)
		}
		h.must(h.store.Read(bg).Where("1 = 1").Delete(&custody.ContentKey{}).Error)
		if got := w.page(h.as(keys.county), o); !strings.HasPrefix(got, "erased|erased") {
			t.Errorf("after the keys were destroyed: %q", got)
		}
	})
}

const answered = "经入户核实，该户不符合条件，名单不变。"

// What officers write about an objection.
const saw = "家里有车有楼,村民也这么说"

func (w lists) version(by staff.Officer, o objected) (objection.Case, int) {
	w.t.Helper()
	c, err := w.Open(bg, by, o.ID)
	w.must(err)
	return c, c.Version
}

// visit takes an objection up and records a visit.
func (w lists) visit(by staff.Officer, o objected) {
	w.t.Helper()
	_, n := w.version(by, o)
	w.must(w.Acknowledge(bg, by, o.ID, n))
	_, n = w.version(by, o)
	w.must(w.Record(bg, by, o.ID, n, objection.Visit{VisitedOn: workday.On(w.store.Now()), Place: "双柳村1组", Method: "household_visit", Found: saw + "。", Declared: true}))
}

// settle brings an objection to its end: whoever writes needs no key, and nobody puts
// their name to what they cannot read. blind and blindChief hold no key.
func (w lists) settle(blind, blindChief, reader, chief staff.Officer, o objected) {
	w.t.Helper()
	w.visit(blind, o)
	c, n := w.version(reader, o)
	if err := w.Sign(bg, blindChief, o.ID, c.Checks[0].ID, n, true); !errors.Is(err, custody.ErrNotMember) {
		w.t.Errorf("signed unread: %v", err)
	}
	w.must(w.Sign(bg, reader, o.ID, c.Checks[0].ID, n, true))
	for _, approve := range []bool{false, true} {
		_, n = w.version(blind, o)
		w.must(w.Propose(bg, blind, o.ID, n, objection.NotUpheld, roll.Edit{}, answered))
		c, n = w.version(reader, o)
		last := c.Rulings[len(c.Rulings)-1]
		if last.Answer != answered || c.Checks[0].Found != saw+"。" {
			w.t.Errorf("who holds the key reads %+v, %+v", c.Checks[0], last)
		}
		hidden, _ := w.version(blind, o)
		if r := hidden.Rulings[len(hidden.Rulings)-1]; r.Kept != intake.Locked || r.Answer != "" || hidden.Checks[0].Kept != intake.Locked || hidden.Checks[0].Found != "" {
			w.t.Errorf("who does not reads %+v, %+v", hidden.Checks[0], r)
		}
		if !approve {
			w.must(w.Rule(bg, blindChief, o.ID, last.ID, n, false, "请写明依据。")) // unread it can be returned
			continue
		}
		if err := w.Rule(bg, blindChief, o.ID, last.ID, n, true, ""); !errors.Is(err, custody.ErrNotMember) {
			w.t.Errorf("approved unread: %v", err)
		}
		w.must(w.Rule(bg, chief, o.ID, last.ID, n, true, ""))
	}
}

// TestObjectionsOfBeforeThereWasAKeyAreHandedOver, by the portal itself; to the highest
// office, once it has one, by a member of the desk, and under the next key.
func TestObjectionsOfBeforeThereWasAKeyAreHandedOver(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.lockAway(h.first, h.second)
		w := h.lists()
		o := w.object()
		ordinary, _ := h.report("village", "")
		county, city := h.person(panshan, staff.TriageOfficer), h.person(cityDesk, staff.TriageOfficer)
		if got := w.page(staff.Officer{ID: county.ID, UnitID: county.UnitID, Roles: county.Roles}, o); got != objectedAll {
			t.Fatalf("without a key: %q", got)
		}
		w.visit(county, o)
		if len(h.search(t, saw)) == 0 {
			t.Fatal("the search does not find what the portal keeps")
		}
		handed := func(want int) {
			t.Helper()
			if n, next, err := h.intake.HandOverOthers(bg, uuid.Nil); n != want || next != uuid.Nil || err != nil {
				t.Errorf("handed over %d, %v, %v; want %d", n, next, err, want)
			}
		}
		handed(0)
		h.handle(county, h.person(panshan, staff.Supervisor))
		handed(0) // nobody of the town works here
		h.person(w.town.Name, staff.Publisher)
		// Somebody begins to work there; the next step on any matter looks anew.
		h.must(h.store.Transact(bg, func(tx *gorm.DB) error { return h.intake.Reseal(tx, staff.Officer{}, ordinary.ReportID) }))
		if n, err := h.intake.HandOverAll(bg); n != 1 || err != nil {
			t.Errorf("handed over %d, %v", n, err)
		}
		handed(0)
		if found := h.search(t, saw, objects); len(found) > 0 {
			t.Errorf("handed over, with the portal's keys: %v", found)
		}
		reads := func(who map[*staff.Officer]string) {
			t.Helper()
			for by, want := range who {
				if got := w.page(h.as(*by), o); got != want {
					t.Errorf("%s reads %q, want %q", by.UnitName, got, want)
				}
			}
			if said, err := h.intake.Narratives(bg, staff.Officer{}, o.ReportID); err != nil || said[o.ReportID].Kept != intake.Locked {
				t.Errorf("the portal reads %+v, %v", said, err)
			}
		}
		reads(map[*staff.Officer]string{&county: objectedAll, &city: locked})
		renewed := func(want int) {
			t.Helper()
			by := h.as(county)
			behind, err := h.intake.WordsBehind(bg, by)
			if n, _, failed := h.intake.RenewWords(bg, by); n < want || want == 0 && n > 0 || err != nil || failed != nil || behind != (want > 0) {
				t.Errorf("renewed %d, %v, %v; behind %v; want at least %d", n, err, failed, behind, want)
			}
		}
		renewed(0)
		h.handle(city, h.person(cityDesk, staff.Supervisor))
		h.Forget()
		renewed(1)
		reads(map[*staff.Officer]string{&county: objectedAll, &city: objectedAll})
		h.must(h.Ring(custody.Handling).Rotate(bg, county, h.key(county), 1))
		renewed(5) // words, a message, a recording, a picture, and what the officer found
		renewed(0)
		reads(map[*staff.Officer]string{&county: objectedAll, &city: objectedAll})
		w.add(o.digits)
		reads(map[*staff.Officer]string{&county: objectedAll + "|" + added + "。", &city: objectedAll + "|" + added + "。"})
	})
}
