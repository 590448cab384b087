package custody_test

import (
	"errors"
	"slices"
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

// What is written after an answer, each by whom it is in life.
const (
	rated    = "钱到现在没退没人来过"
	called   = "没留电话只好留言"
	looked   = "收条去看过是真的"
	jotted   = "会计前后说法不一"
	returned = "请再去问第二户"
	ordered  = "账上是十二户，漏了两户。"
)

// after is a case of the county after its answer, in a house where the county and the
// city hold keys for handling.
type after struct {
	handled
	*appeal.Desk
	boss, chief staff.Officer // of the county, of the city: they hold the key
	judge       staff.Officer // of the city, without it
	id          uuid.UUID
	digits      string
}

// answered is a case about somebody of a level that the county answered, and its
// reporter has read it.
func (h *house) answered(level string) *after {
	h.t.Helper()
	if level == "town" {
		town, err := h.Atlas.AddTownOffice(bg, "211122111000")
		h.must(err)
		h.units[town.Name] = town
		h.person(town.Name, staff.UnitHandler)
	}
	a := &after{handled: h.handled(), boss: h.person(panshan, staff.Supervisor), chief: h.person(cityDesk, staff.Supervisor), judge: h.person(cityDesk, staff.TriageOfficer)}
	a.Desk = appeal.New(appeal.Config{Store: h.store, Keys: h.keys, Atlas: h.Atlas, Triage: h.triage, Intake: h.intake, Shelf: h.shelf, Clocks: h.clocks})
	a.admit(a.county, a.boss)
	a.admit(a.city, a.chief)
	c, digits := h.report(level, "")
	a.id, a.digits = c.ID, digits
	by := h.as(a.county)
	h.must(h.triage.Describe(bg, by, a.id, a.now().Version, triage.Description{Summary: "反映危房改造补助未足额发放", Kind: "FUND_WITHHOLD", Severity: 2, Demands: []string{"把少发的补上"}}))
	h.must(h.triage.Accept(bg, by, a.id, a.now().Version))
	h.must(h.triage.Verify(bg, by, a.id, a.now().Version, triage.NewVerification{VisitedOn: workday.On(h.store.Now()), Place: "村部", Method: "review_files", Verifiers: []string{"李核", "王查"}, Found: "账上没有差额"}))
	h.must(h.triage.ProposeAnswer(bg, by, a.id, a.now().Version, triage.Answer{Outcome: intake.Unsubstantiated, Findings: []triage.AnswerPart{{N: 1, Result: intake.Unsubstantiated, Facts: "账上没有差额。", Basis: "资金管理办法"}}}))
	page, err := h.triage.Case(bg, h.as(a.boss), a.id)
	h.must(err)
	i := slices.IndexFunc(page.Proposals, func(p triage.Proposal) bool { return p.State == "open" })
	h.must(h.triage.Rule(bg, h.as(a.boss), a.id, page.Proposals[i].ID, true, ""))
	a.track()
	return a
}

func (a *after) now() (c intake.Complaint) {
	a.t.Helper()
	a.must(store.One(a.store.Read(bg).Where("id = ?", a.id), &c))
	return c
}

func (a *after) track() intake.Tracked {
	a.t.Helper()
	page, err := a.intake.Track(bg, a.digits)
	a.must(err)
	return page
}

func (a *after) rate(s appeal.Say) error { return a.Rate(bg, a.now().ReportID, 1, s) }

// heard lets the reporter say that nothing is solved, the county write to ask, and
// the city say that the answer stands.
func (a *after) heard() {
	a.t.Helper()
	a.must(a.rate(appeal.Say{Code: intake.Unsolved, Words: rated}))
	a.must(a.CallBack(bg, a.late, a.id, a.now().Version, appeal.Call{Channel: appeal.ByMessage, Words: called}))
	a.must(a.SecondLook(bg, a.as(a.city), a.id, a.now().Version, false, looked))
}

// reviewed lets the reporter ask for a review, of which one of the city notes
// something down and proposes twice what should come of it.
func (a *after) reviewed(ruling string) {
	a.t.Helper()
	page := a.track()
	a.must(a.Ask(bg, page.ReportID, 1, page.Form.Key, "账本没有给我们看过，请再查。"))
	r := appeal.Ruling{Ruling: ruling, Facts: ordered, Basis: "信访工作条例"}
	a.must(a.NoteDown(bg, a.as(a.judge), a.id, a.now().Version, jotted))
	a.must(a.Propose(bg, a.as(a.judge), a.id, a.now().Version, r))
	a.must(a.ruled(a.chief, false))
	a.must(a.Propose(bg, a.as(a.judge), a.id, a.now().Version, r))
}

// ruled lets somebody rule on what was proposed.
func (a *after) ruled(by staff.Officer, approve bool) error {
	return a.Rule(bg, a.as(by), a.id, a.now().Version, approve, returned)
}

// reads is what somebody reads of what followed the answer.
func (a *after) reads(by staff.Officer) string {
	a.t.Helper()
	c, err := a.triage.Case(bg, a.as(by), a.id)
	a.must(err)
	e, err := a.Of(bg, a.as(by), c)
	a.must(err)
	var said []string
	for _, r := range e.Ratings {
		said = append(said, r.Words+string(r.Kept))
	}
	for _, r := range e.Calls {
		said = append(said, r.Words+string(r.Kept))
	}
	for _, l := range e.Looks {
		said = append(said, l.Words+string(l.Kept))
	}
	for _, p := range e.Appeals {
		said = append(said, p.Ruling.Facts+string(p.RulingKept))
		for _, n := range p.Notes {
			said = append(said, n.Words+string(n.Kept))
		}
	}
	return strings.Join(said, "|")
}

const (
	allHeard    = rated + "|" + called + "|" + looked
	allReviewed = allHeard + "|" + ordered + "|" + jotted + "|" + returned
)

// TestWhatFollowsAnAnswerIsReadByWhoReadsTheWords: and what those who look again
// write, by them and those above, also when the case lies below again.
func TestWhatFollowsAnAnswerIsReadByWhoReadsTheWords(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		a := h.answered("town")
		a.heard()
		for name, try := range map[string]struct {
			by   staff.Officer
			want string
		}{
			"who handles it": {a.county, allHeard}, "who answers for it": {a.boss, allHeard}, "the city": {a.city, allHeard}, "a colleague": {a.late, "locked|locked|locked"},
		} {
			if got := a.reads(try.by); got != try.want {
				t.Errorf("%s reads %q", name, got)
			}
		}
		a.reviewed(appeal.Redo)
		if a, b := a.reads(a.chief), a.reads(a.judge); a != allReviewed || b != "locked|locked|locked|locked|locked|locked" {
			t.Errorf("the city reads %q, without the key %q", a, b)
		}
		// What the reporter is told of it lies with the messages.
		found := slices.DeleteFunc(h.search(t, rated, called, looked, jotted, returned, ordered), func(where string) bool { return strings.HasPrefix(where, "message.") })
		if len(found) > 0 {
			t.Errorf("with the portal's keys: %v", found)
		}
		blind := h.person(cityDesk, staff.Supervisor)
		before, events := a.now(), a.count("event")
		for _, approve := range []bool{true, false} {
			if err := a.ruled(blind, approve); !errors.Is(err, intake.ErrLocked) || !errors.Is(err, custody.ErrNotMember) {
				t.Errorf("ruled (%v) on what cannot be read: %v", approve, err)
			}
		}
		if now := a.now(); now.Version != before.Version || a.count("event") != events {
			t.Error("that left something behind")
		}
		a.must(a.ruled(a.chief, true))
		if now := a.now(); now.DeskUnitID != h.units[panshan].ID {
			t.Fatal("it does not lie with the county again")
		}
		// The county is told why it has to do it anew, and no more.
		if a, b, c := a.reads(a.county), a.reads(a.late), a.reads(a.chief); a != allHeard+"|"+ordered || b != "locked|locked|locked|locked" || c != allReviewed {
			t.Errorf("sent back, the county reads %q, without the key %q, the city %q", a, b, c)
		}
		for _, kept := range []string{jotted, returned} {
			for _, s := range a.notes() {
				if text, err := h.intake.ReadSheets(h.store.Read(bg), h.as(a.county), s); err != nil || strings.Contains(string(text[s.ID].Text), kept) {
					t.Errorf("the office that decided first opens %q, %v", kept, err)
				}
			}
		}
	})
}

// notes are the notes of a review as they are stored.
func (a *after) notes() (all []intake.Sheet) {
	a.t.Helper()
	var rows []struct {
		ID          uuid.UUID
		WordsSealed []byte
	}
	a.must(a.store.Read(bg).Table("appeal_note").Find(&rows).Error)
	for _, r := range rows {
		all = append(all, intake.Sheet{ID: r.ID, Place: "appeal_note:" + r.ID.String(), Sealed: r.WordsSealed})
	}
	if len(all) != 2 {
		a.t.Fatalf("%d notes", len(all))
	}
	return all
}

func (a *after) count(table string) (n int64) {
	a.t.Helper()
	a.must(a.store.Read(bg).Table(table).Count(&n).Error)
	return n
}

// TestWhatFollowsAnAnswerOfAnOrdinaryMatter is read by whoever works there, and found
// by the search that finds nothing above; naming an office takes it away from them.
func TestWhatFollowsAnAnswerOfAnOrdinaryMatter(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		a := h.answered("village")
		a.heard()
		a.reviewed(appeal.Redo)
		found := strings.Join(h.search(t, rated, called, looked, jotted, returned, ordered), "\n")
		for _, where := range []string{"rating.words_sealed " + rated, "callback.words_sealed " + called, "second_look.words_sealed " + looked,
			"appeal_note.words_sealed " + jotted, "appeal_note.words_sealed " + returned, "appeal.body_sealed " + ordered} {
			if !strings.Contains(found, where) {
				t.Errorf("the search does not find %s", where)
			}
		}
		if got := a.reads(a.judge); got != allReviewed {
			t.Errorf("whoever works there reads %q", got)
		}
		a.must(a.ruled(a.chief, true))
		town, err := h.Atlas.AddTownOffice(bg, "211122111000")
		h.must(err)
		h.units[town.Name] = town
		h.person(town.Name, staff.UnitHandler)
		a.must(h.triage.NameSubject(bg, h.as(a.late), a.id, a.now().Version, []uuid.UUID{town.ID}))
		if a, b, c := a.reads(a.late), a.reads(a.county), a.reads(a.chief); a != "locked|locked|locked|locked" || b != allHeard+"|"+ordered || c != allReviewed {
			t.Errorf("once it is named: %q, with the key %q, in the city %q", a, b, c)
		}
	})
}

// TestARatingIsChangedUnseen: the receipt does not show its words again, and nothing
// that was typed is lost for it.
func TestARatingIsChangedUnseen(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		a := h.answered("town")
		side := func() appeal.Rating {
			t.Helper()
			all, err := a.Sides(bg, a.now().ReportID)
			h.must(err)
			return all[0].Rating
		}
		changes := func(s appeal.Say, want string) {
			t.Helper()
			h.must(a.rate(s))
			if got := side(); got.Code != s.Code || got.Words != "" || (got.Kept == intake.Locked) != (want != "") {
				t.Errorf("the receipt shows %+v", got)
			}
			if got, _, _ := strings.Cut(a.reads(a.county), "|"); got != want {
				t.Errorf("the office reads %q, want %q", got, want)
			}
		}
		first := appeal.Say{Code: intake.Unsolved, Words: rated, Form: "first"}
		changes(first, rated)
		events := a.count("event")
		changes(first, rated) // the form arrives twice
		if a.count("event") != events {
			t.Error("it is on record twice")
		}
		changes(appeal.Say{Code: intake.Partway, Keep: true}, rated)
		changes(appeal.Say{Code: intake.Partway, Keep: true}, rated)
		changes(appeal.Say{Code: intake.Partway, Words: called, Keep: true}, called)
		changes(appeal.Say{Code: intake.Solved}, "") // of a page that showed the words: they were taken out
		if n := a.count("event"); n != events+3 {
			t.Errorf("%d changes are on record", n-events)
		}
	})
}

// TestADeskReadsWhatWasSaidOfItsAnswer to its own part, when another part of the same
// message accuses it; it goes along with the part.
func TestADeskReadsWhatWasSaidOfItsAnswer(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		a := h.answered("village")
		other := a.now()
		other.Seq, other.ID, other.Part, other.State, other.AcceptedAt, other.Version = 0, uuid.Must(uuid.NewV7()), 2, intake.Submitted, nil, 1
		h.must(h.store.Read(bg).Create(&other).Error)
		h.must(h.triage.NameSubject(bg, h.as(a.county), other.ID, 1, []uuid.UUID{h.units[panshan].ID}))
		if got := a.house.reads(h.as(a.county), a.now()); got != string(intake.Locked) {
			t.Fatalf("the accused desk reads the words: %q", got)
		}
		a.must(a.rate(appeal.Say{Code: intake.Partway, Words: rated}))
		who := func(want ...string) {
			t.Helper()
			if got := h.sealedTo("SELECT id FROM sheet WHERE complaint_id = ? AND id IN (?)", a.id, a.ratingSheet()); !slices.Equal(got, want) {
				t.Errorf("sealed to %v, want %v", got, want)
			}
		}
		who(panshan, cityDesk)
		if b, c, d := a.reads(a.county), a.reads(a.city), a.reads(a.late); b != rated || c != rated || d != "locked" {
			t.Errorf("who answered reads %q, the city %q, a colleague without the key %q", b, c, d)
		}
		// One of before was sealed to who reads the words, and is changed.
		a.must(h.store.Read(bg).Exec("UPDATE sheet SET complaint_id = NULL WHERE id = ?", a.ratingSheet()).Error)
		a.must(a.rate(appeal.Say{Code: intake.Partway, Words: called}))
		who(panshan, cityDesk)
		page := a.track()
		a.must(a.Ask(bg, page.ReportID, 1, page.Form.Key, "账本没有给我们看过，请再查。"))
		who(cityDesk)
	})
}

// ratingSheet is under what the words of the rating of the first letter have their key.
func (a *after) ratingSheet() uuid.UUID { return uuid.NewSHA1(a.id, []byte("rating 1")) }

// TestWhatFollowedAnAnswerIsDestroyed: by its key, and itself where it has none.
func TestWhatFollowedAnAnswerIsDestroyed(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		a := h.answered("town")
		a.heard()
		erase := func() {
			t.Helper()
			a.must(h.store.Transact(bg, func(tx *gorm.DB) error { return a.Erase(tx, []uuid.UUID{a.id}) }))
		}
		var row struct {
			ID          uuid.UUID
			ComplaintID uuid.UUID
		}
		a.must(h.store.Read(bg).Table("callback").Take(&row).Error)
		box, db := h.keys.Box("appeal"), h.store.Read(bg)
		a.must(db.Exec("UPDATE callback SET words_sealed = ?", box.Shut([]byte(called), "callback:"+row.ID.String())).Error)
		if got := a.reads(a.late); got != "locked|"+called+"|locked" {
			t.Errorf("what was written before: %q", got)
		}
		erase()
		if got := a.reads(a.county); got != "erased||"+looked {
			t.Errorf("destroyed: %q", got)
		}
		a.must(db.Exec("UPDATE rating SET words_sealed = ?", box.Shut([]byte(rated), "rating:"+row.ComplaintID.String()+"/1")).Error)
		if got := a.reads(a.late); got != rated+"||locked" {
			t.Errorf("a rating of before: %q", got)
		}
		erase()
		if got := a.reads(a.late); got != "||locked" {
			t.Errorf("a rating of before, destroyed: %q", got)
		}
	})
}
