package retention_test

import (
	"errors"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/objection"
	"minsheng/region"
	"minsheng/retention"
	"minsheng/roll"
	"minsheng/staff"
)

const (
	countyPoor = "盘山县扶贫开发办公室"

	against = "他家在镇上有楼，还开着车，怎么还在名单上。"
	found   = "户主名下一辆借来的旧车，镇上的楼是亲戚的。"
	answer  = "经入户核实，该户符合条件，留在名单上。"
)

// objected is an objection to a list of the county's poverty office, with a name, a
// file, a later message and a photo of the visit, which the county's desk above it
// ruled on and which ended so many years ago; and its receipt.
func (o *office) objected(yearsAgo int, ended objection.State) (objection.Objection, string) {
	o.t.Helper()
	receipt := o.object()
	page, err := o.intake.Track(bg, receipt.Digits)
	o.must(err)
	o.must(o.intake.Say(bg, page.Token, page.Form.Token, later))
	p := o.against(page.ReportID)
	first, second := o.officer(cityDesk, staff.TriageOfficer), o.officer(cityDesk, staff.Supervisor)
	open := func() objection.Case {
		c, err := o.lists.Open(bg, first, p.ID)
		o.must(err)
		return c
	}
	o.must(o.lists.Acknowledge(bg, first, p.ID, open().Version))
	form := []byte("visit " + p.ID.String())
	_, err = o.Shelf.Stage(bg, form, "入户.pdf", strings.NewReader("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n%%EOF\n"))
	o.must(err)
	o.must(o.lists.Record(bg, first, p.ID, open().Version, objection.Visit{VisitedOn: workday.On(o.Store.Now()), Place: "双柳村一组", Method: "household_visit", Found: found, Declared: true, Form: form}))
	o.must(o.lists.Sign(bg, second, p.ID, open().Checks[0].ID, open().Version, true))
	o.must(o.lists.Propose(bg, first, p.ID, open().Version, objection.NotUpheld, roll.Edit{}, answer))
	o.must(o.lists.Rule(bg, second, p.ID, open().Rulings[0].ID, open().Version, true, ""))
	o.exec("UPDATE objection SET state = ?, closed_at = ? WHERE id = ?", string(ended), o.Store.Now().AddDate(-yearsAgo, 0, -1), p.ID)
	return o.against(page.ReportID), receipt.Digits
}

// object hands one in to a list that has no rows.
func (o *office) object() intake.Receipt {
	o.t.Helper()
	form := o.intake.NewForm()
	opened, err := o.intake.OpenForm(form.Token)
	o.must(err)
	_, err = o.Shelf.Stage(bg, opened.Key, "房照.pdf", strings.NewReader("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n%%EOF\n"))
	o.must(err)
	list, now := uuid.Must(uuid.NewV7()), o.Store.Now()
	o.must(o.Store.Read(bg).Table("notice").Create(map[string]any{"id": list, "kind": "LIST_VILLAGE", "title": "双柳村名单", "doc_number": "", "unit_id": o.units[countyPoor].ID,
		"place_code": shuangliu, "body": "", "state": "ended", "starts_on": "2026-02-01", "created_at": now, "version": 1}).Error)
	s := intake.Submission{Token: form.Token, PlaceCode: shuangliu, Text: against, Mode: intake.Confidential, Name: "柳大有", Phone: "13800000000", Channel: intake.Web, Lang: "zh-CN"}
	receipt, err := o.intake.SubmitOther(bg, s, false, func(tx *gorm.DB, r intake.Report, place region.Division) (intake.Placed, error) {
		due := workday.On(now).Add(30)
		p := objection.Objection{ID: uuid.Must(uuid.NewV7()), ReportID: r.ID, NoticeID: list, Kind: objection.WrongIn, State: objection.Submitted, PlaceCode: place.Code, PlaceName: place.FullName,
			DeskUnitID: o.units[cityDesk].ID, PublisherID: o.units[countyPoor].ID, ReceivedAt: r.ReceivedAt, Mode: r.Mode, DueOn: &due, DueRule: "objection.acknowledge", Version: 1}
		if err := tx.Create(&p).Error; err != nil {
			return intake.Placed{}, err
		}
		return intake.Placed{Desk: p.DeskUnitID, Against: p.PublisherID, AnswerBy: due}, o.lists.Note(tx, staff.Officer{}, p, "objected", nil)
	})
	o.must(err)
	return receipt
}

// against is the objection of a report as it is stored now.
func (o *office) against(report uuid.UUID) (p objection.Objection) {
	o.t.Helper()
	o.must(store.One(o.Store.Read(bg).Where("report_id = ?", report), &p))
	return p
}

// askedAbout asks as the custodian does, and returns the request.
func (o *office) askedAbout(p objection.Objection, what string, ground retention.Ground) uuid.UUID {
	o.t.Helper()
	o.must(o.Ask(bg, o.keeper, retention.Objection(p.ID), what, ground, "到期销毁"))
	return o.waiting(intake.Complaint{ReportID: p.ReportID})
}

// Objections are due, asked for, agreed to and destroyed as complaints are.
func TestTwoPeopleDestroyAnObjection(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		want := func(what string, err, sentinel error) {
			t.Helper()
			if !errors.Is(err, sentinel) {
				t.Errorf("%s: %v, want %v", what, err, sentinel)
			}
		}
		old, digits := o.objected(11, objection.NotUpheld)
		aCase, _ := o.ended(12, intake.Unsubstantiated)
		upheld, _ := o.objected(11, objection.UpheldCorrect)
		young, _ := o.objected(2, objection.Withdrawn)
		if got := o.due(o.keeper, retention.Words); !slices.Equal(got, []string{aCase.Number(), old.Number()}) {
			t.Errorf("words due: %v", got)
		}
		if got := o.due(o.chief, retention.Names); !slices.Equal(got, []string{aCase.Number(), old.Number(), upheld.Number()}) {
			t.Errorf("names due: %v", got)
		}
		of := retention.Objection(old.ID)

		// Neither the office that published the list nor any other that may not know of it.
		for _, unit := range []string{countyPoor, dawa, panshan} {
			by := o.officer(unit, staff.IdentityCustodian, staff.Supervisor)
			if got := o.due(by, retention.Names); slices.Contains(got, old.Number()) {
				t.Errorf("%s reads %v", unit, got)
			}
			_, err := o.Look(bg, by, of)
			want(unit+" looks", err, store.ErrNotFound)
			want(unit+" asks", o.Ask(bg, by, of, retention.Words, retention.Due, ""), store.ErrNotFound)
			want(unit+" keeps", o.Keep(bg, by, of, "法院调卷"), store.ErrNotFound)
		}
		o.exec("UPDATE objection SET publisher_id = ? WHERE id = ?", o.units[cityDesk].ID, old.ID) // and the desk is its own
		if got := o.due(o.keeper, retention.Words); slices.Contains(got, old.Number()) {
			t.Errorf("the publisher that has the desk reads %v", got)
		}
		want("the publisher that has the desk asks", o.Ask(bg, o.keeper, of, retention.Words, retention.Due, ""), store.ErrNotFound)
		want("the publisher that has the desk keeps", o.Keep(bg, o.chief, of, "法院调卷"), store.ErrNotFound)
		o.exec("UPDATE objection SET publisher_id = ? WHERE id = ?", old.PublisherID, old.ID)
		want("a supervisor asks", o.Ask(bg, o.chief, of, retention.Words, retention.Due, ""), staff.ErrForbidden)
		want("an auditor asks", o.Ask(bg, o.auditor, of, retention.Words, retention.Due, ""), store.ErrNotFound)
		want("an administrator asks", o.Ask(bg, o.admin, of, retention.Words, retention.Due, ""), store.ErrNotFound)
		want("not due", o.Ask(bg, o.keeper, retention.Objection(young.ID), retention.Names, retention.Due, ""), retention.ErrNotDue)
		want("not due", o.Ask(bg, o.keeper, retention.Objection(upheld.ID), retention.Words, retention.Due, ""), retention.ErrNotDue)

		id := o.askedAbout(old, retention.Words, retention.Due)
		want("asked twice", o.Ask(bg, o.keeper, of, retention.Names, retention.Due, ""), step.ErrState)
		for _, by := range []staff.Officer{o.auditor, o.chief, o.keeper} {
			if w, err := o.Waiting(bg, by); err != nil || len(w) != 1 || w[0].Number != old.Number() || w[0].Of != of || w[0].PlaceName != old.PlaceName {
				t.Errorf("%s reads %v, %v", by.Roles[0], w, err)
			}
		}
		if w, err := o.Waiting(bg, o.officer(countyPoor, staff.Auditor)); err != nil || len(w) != 0 {
			t.Errorf("the publisher's auditor reads %v, %v", w, err)
		}
		both := o.keeper
		both.Roles = []staff.Role{staff.IdentityCustodian, staff.Supervisor}
		want("the same person", o.Rule(bg, both, id, true), step.ErrSamePerson)
		want("a custodian", o.Rule(bg, o.officer(cityDesk, staff.IdentityCustodian), id, true), staff.ErrForbidden)
		want("the publisher", o.Rule(bg, o.officer(countyPoor, staff.Supervisor), id, true), store.ErrNotFound)
		for what, query := range map[string]string{
			"owner": "SELECT owner_id AS id FROM objection WHERE id = ?", "verifier": "SELECT first_id AS id FROM objection_check WHERE objection_id = ?",
			"who signed": "SELECT second_id AS id FROM objection_check WHERE objection_id = ?", "who proposed": "SELECT asked_by AS id FROM objection_ruling WHERE objection_id = ?",
			"who ruled": "SELECT ruled_by AS id FROM objection_ruling WHERE objection_id = ?",
		} {
			var one struct{ ID uuid.UUID }
			o.must(o.Store.Read(bg).Raw(query, old.ID).Scan(&one).Error)
			want(what, o.Rule(bg, staff.Officer{ID: one.ID, UnitID: o.chief.UnitID, Roles: o.chief.Roles}, id, true), retention.ErrTookPart)
		}
		owner := o.officer(cityDesk, staff.Supervisor) // who took it over and did nothing yet
		o.exec("UPDATE objection SET owner_id = ? WHERE id = ?", owner.ID, old.ID)
		want("a new owner", o.Rule(bg, owner, id, true), retention.ErrTookPart)
		if o.against(old.ReportID).Erased != "" {
			t.Fatal("destroyed by one")
		}

		before := o.files()
		results := make(chan error, 2)
		for _, by := range []staff.Officer{o.chief, o.officer(cityDesk, staff.Supervisor)} {
			go func() { results <- o.Rule(bg, by, id, true) }()
		}
		two := []error{<-results, <-results}
		if !slices.Contains(two, nil) || !errors.Is(errors.Join(two...), step.ErrState) {
			t.Errorf("two who agree at once: %v", two)
		}
		if o.events("erased") != 2 { // of the report, and of the objection
			t.Errorf("%d events", o.events("erased"))
		}
		o.objectionDestroyed(old, digits)
		if got := o.files(); got != before-2 { // what came with it, and the photo of the visit
			t.Errorf("%d of %d files are left", got, before)
		}
		if got := o.due(o.keeper, retention.Words); !slices.Equal(got, []string{aCase.Number()}) {
			t.Errorf("still due: %v", got)
		}
		want("once more", o.Ask(bg, o.keeper, of, retention.Words, retention.Wish, "反映人自己要求"), step.ErrState)
		done, err := o.Done(bg, o.auditor)
		if err != nil || len(done) != 1 || done[0].Number != old.Number() || done[0].RuledUnit != cityDesk || done[0].Basis == "" {
			t.Errorf("an auditor reads %+v, %v", done, err)
		}

		// A name alone, at the reporter's wish, before it is due.
		o.must(o.Rule(bg, o.chief, o.askedAbout(young, retention.Names, retention.Wish), false))
		if o.against(young.ReportID).Erased != "" {
			t.Error("refused, and destroyed all the same")
		}
		o.must(o.Rule(bg, o.chief, o.askedAbout(young, retention.Names, retention.Wish), true))
		c, err := o.lists.Open(bg, o.chief, young.ID)
		if err != nil || c.Erased != intake.NamesErased || c.Narrative.Text == "" || o.names(young.ReportID) != 0 {
			t.Errorf("after the name: %v %q %v", c.Erased, c.Narrative.Text, err)
		}
	})
}

func (o *office) names(report uuid.UUID) (n int64) {
	o.t.Helper()
	o.must(o.Store.Read(bg).Table("sealed_blob").Where("owner_id = ? AND kind = 'identity'", report).Count(&n).Error)
	return n
}

// objectionDestroyed holds what must be true once the words of an objection are gone.
func (o *office) objectionDestroyed(p objection.Objection, digits string) {
	o.t.Helper()
	c, err := o.lists.Open(bg, o.chief, p.ID)
	o.must(err)
	if c.Erased != intake.WordsErased || c.State != p.State || c.Kind != p.Kind {
		o.t.Errorf("the objection says %+v", c.Objection)
	}
	if c.Narrative.Text != "" || c.Household != "" || len(c.Files) > 0 || len(c.Checks[0].Files) > 0 || o.names(p.ReportID) != 0 {
		o.t.Errorf("the objection shows %+v", c)
	}
	if c.Checks[0].Found != found || c.Rulings[0].Answer != answer { // what officers found and decided stays
		o.t.Errorf("found %q, ruled %q", c.Checks[0].Found, c.Rulings[0].Answer)
	}
	said := ""
	for _, m := range c.Messages {
		said += m.Text
	}
	if strings.Contains(said, later) || !strings.Contains(said, answer) {
		o.t.Errorf("the conversation says %q", said)
	}
	var keys, nonces int64
	o.must(o.Store.Read(bg).Table("content_key").Where("owner_id = ?", p.ReportID).Count(&keys).Error)
	o.must(o.Store.Read(bg).Table("event").Where("subject_id IN ? AND seq = 1 AND nonce IS NOT NULL", []uuid.UUID{p.ID, p.ReportID}).Count(&nonces).Error)
	if keys+nonces != 0 {
		o.t.Errorf("%d keys and %d openings are left", keys, nonces)
	}
	page, err := o.intake.Track(bg, digits)
	if err != nil || page.Erased != intake.WordsErased || page.Files != 0 || !page.Other {
		o.t.Errorf("under the receipt: %+v, %v", page, err)
	}
	if v, err := o.lists.Of(bg, p.ReportID); err != nil || v.Outcome != p.State {
		o.t.Errorf("its end: %+v, %v", v, err)
	}
}

// Each hold keeps an objection that is due, and is named.
func TestAnObjectionThatIsStillNeededIsKept(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		p, _ := o.objected(11, objection.NotUpheld)
		other, _ := o.ended(1, intake.Unsubstantiated)
		of, city, poor := retention.Objection(p.ID), o.units[cityDesk].ID, o.units[countyPoor].ID
		item, order, measure, referral, now := uuid.New(), uuid.New(), uuid.New(), uuid.New(), o.Store.Now()
		insert := func(table string, row map[string]any) {
			t.Helper()
			o.must(o.Store.Read(bg).Table(table).Create(maps.Clone(row)).Error)
		}
		insert("supervision_item", map[string]any{"id": item, "issuer_id": city, "year": 2026, "number": "盘督交〔2026〕1号", "title": "核查", "summary": "请核查。", "requirement": "逐户核对。",
			"origin": "objection", "origin_note": "名单异议", "origin_ref": p.ID, "origin_report": p.ReportID,
			"urgency": "normal", "state": "struck_off", "place_code": shuangliu, "lead_unit_id": poor, "created_by": o.boss.ID, "created_at": now, "issued_at": now, "closed_at": now, "version": 1})
		insert("rectification_order", map[string]any{"id": order, "unit_id": city, "target_id": poor, "item_id": item, "root_id": order, "round": 1, "number": "", "exchange": "", "requirement": "", "contact": "",
			"state": "proposed", "proposed_by": o.chief.ID, "proposed_at": now, "closed_at": now, "due_rule": "", "version": 1})
		insert("measure", map[string]any{"id": measure, "unit_id": city, "code": "U_RECTIFY", "nature": "decide", "target_id": poor, "role": "", "level": "", "clauses": "[]", "words_sealed": []byte{1}, "body": "own", "body_name": "",
			"offer": "", "state": "served", "number": "", "public": false, "proposed_by": o.keeper.ID, "proposed_at": now, "ruled_by": o.chief.ID, "served_how": "", "version": 1})
		insert("referral", map[string]any{"id": referral, "unit_id": city, "organ": "discipline", "target_id": poor, "said_sealed": []byte{1}, "state": "handed", "number": "盘督移〔2026〕1号", "composed_by": o.keeper.ID, "composed_at": now,
			"ruled_by": o.chief.ID, "file_id": uuid.New(), "sha256": []byte{1}, "list_sealed": []byte{1}, "recipient": "", "version": 1})
		closed := func(table string, id uuid.UUID) (set, lift func()) {
			return func() { o.exec("UPDATE "+table+" SET closed_at = NULL WHERE id = ?", id) }, func() { o.exec("UPDATE "+table+" SET closed_at = ? WHERE id = ?", now, id) }
		}
		ground := func(of string, id uuid.UUID, kind string, ref uuid.UUID) (set, lift func()) {
			return func() {
				insert(of+"_ground", map[string]any{of + "_id": id, "kind": kind, "ref_id": ref, "number": ""})
			}, func() { o.exec("DELETE FROM "+of+"_ground WHERE "+of+"_id = ?", id) }
		}
		type tie struct {
			code      string
			set, lift func()
		}
		tied := func(code string, set, lift func()) tie { return tie{code, set, lift} }
		with := func(code string) func(set, lift func()) tie {
			return func(set, lift func()) tie { return tied(code, set, lift) }
		}
		for _, h := range []tie{
			tied("open", func() { o.exec("UPDATE objection SET closed_at = NULL WHERE id = ?", p.ID) }, func() { o.exec("UPDATE objection SET closed_at = ? WHERE id = ?", *p.ClosedAt, p.ID) }),
			tied("open", func() {
				o.exec("UPDATE complaint SET report_id = ?, closed_at = NULL WHERE id = ?", p.ReportID, other.ID)
			},
				func() {
					o.exec("UPDATE complaint SET report_id = ?, closed_at = ? WHERE id = ?", other.ReportID, now, other.ID)
				}),
			with("item")(closed("supervision_item", item)),
			with("order")(closed("rectification_order", order)),
			with("measure")(ground("measure", measure, "item", item)), with("measure")(ground("measure", measure, "order", order)),
			with("referral")(ground("referral", referral, "item", item)), with("referral")(ground("referral", referral, "order", order)),
			tied("retaliation", func() {
				insert("complaint_earlier", map[string]any{"complaint_id": other.ID, "earlier_report_id": p.ReportID, "at": now, "audit_at": now, "audit_found": ""})
			},
				func() { o.exec("DELETE FROM complaint_earlier WHERE complaint_id = ?", other.ID) }),
			tied("wanted", func() { o.must(o.Keep(bg, o.chief, of, "法院调卷")) }, func() { o.must(o.LetGo(bg, o.chief, of)) }),
		} {
			if got := o.due(o.keeper, retention.Words); !slices.Contains(got, p.Number()) {
				t.Fatalf("before %s: due %v", h.code, got)
			}
			h.set()
			if got := o.due(o.keeper, retention.Words); slices.Contains(got, p.Number()) {
				t.Errorf("%s: still listed", h.code)
			}
			var held *retention.Held
			if err := o.Ask(bg, o.keeper, of, retention.Words, retention.Due, ""); !errors.As(err, &held) || !slices.Contains(held.By, h.code) {
				t.Errorf("%s: %v", h.code, err)
			}
			h.lift()
		}
		// What is asked for and then kept is not destroyed; nor does who docketed an item agree.
		id := o.askedAbout(p, retention.Words, retention.Due)
		o.must(o.Keep(bg, o.chief, of, "法院调卷"))
		if err := o.Keep(bg, o.chief, of, "法院调卷"); !errors.Is(err, step.ErrState) {
			t.Errorf("kept twice: %v", err)
		}
		var held *retention.Held
		if err := o.Rule(bg, o.chief, id, true); !errors.As(err, &held) || o.against(p.ReportID).Erased != "" {
			t.Errorf("kept meanwhile: %v", err)
		}
		o.must(o.LetGo(bg, o.chief, of))
		o.exec("UPDATE supervision_item SET created_by = ? WHERE id = ?", o.chief.ID, item)
		if err := o.Rule(bg, o.chief, id, true); !errors.Is(err, retention.ErrTookPart) {
			t.Errorf("who docketed an item of it: %v", err)
		}
	})
}

// A backup that is put back does not bring back an objection either.
func TestAnObjectionStaysDestroyedAfterARestore(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		p, digits := o.objected(11, objection.NotUpheld)
		backup := o.copy(intake.Complaint{ReportID: p.ReportID})
		o.must(o.Rule(bg, o.chief, o.askedAbout(p, retention.Words, retention.Due), true))
		kept, err := os.ReadFile(o.File)
		if err != nil || strings.Count(string(kept), "\n") != 1 || !strings.Contains(string(kept), p.ID.String()) || strings.Contains(string(kept), `"complaint"`) {
			t.Fatalf("outside: %s, %v", kept, err)
		}
		o.putBackWords(p.ReportID, backup)
		o.exec("UPDATE objection SET erased = '' WHERE id = ?", p.ID)
		o.exec("UPDATE report_other SET erased = '' WHERE report_id = ?", p.ReportID)
		o.exec("UPDATE erasure SET state = 'asked', ruled_by = NULL, ruled_unit = NULL, ruled_at = NULL")
		if now, err := o.lists.Open(bg, o.chief, p.ID); err != nil || now.Narrative.Text == "" {
			t.Fatalf("the backup holds nothing: %v", err)
		}
		if n, err := o.Reapply(bg); err != nil || n != 1 {
			t.Fatalf("%d, %v", n, err)
		}
		o.objectionDestroyed(p, digits)
		if n, err := o.Reapply(bg); err != nil || n != 0 {
			t.Errorf("once more: %d, %v", n, err)
		}
		if done, err := o.Done(bg, o.auditor); err != nil || len(done) != 1 {
			t.Errorf("%v, %v", done, err)
		}
	})
}

// Pages of what is due go on where the one before ended, whichever room a line is of.
func TestPagesOfWhatIsDueFollowEachOther(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		c, _ := o.ended(11, intake.Unsubstantiated)
		p, _ := o.objected(11, objection.NotUpheld)
		o.many(c, 3*50*20)
		o.manyObjections(p, 3*50*20)
		seen, last := map[string]bool{}, time.Time{}
		for cursor, pages := "", 0; ; pages++ {
			page, err := o.Due(bg, o.keeper, retention.Words, cursor)
			o.must(err)
			if len(page.Lines) > retention.PageSize {
				t.Fatalf("%d lines", len(page.Lines))
			}
			for _, l := range page.Lines {
				if seen[l.ID.String()] || l.ClosedAt.Before(last) {
					t.Errorf("%s comes twice, or out of order", l.Number)
				}
				seen[l.ID.String()], last = true, *l.ClosedAt
			}
			if cursor = page.Next; cursor == "" {
				break
			}
			if pages > 20 {
				t.Fatal("the pages do not end")
			}
		}
		if len(seen) != 2*(3*60+1) {
			t.Errorf("%d lines on all pages", len(seen))
		}
	})
}

// Where several walks stopped early, a page ends at the first of them: what lies
// between belongs to the next page.
func TestAPageEndsWhereTheFirstWalkStopped(t *testing.T) {
	var all []retention.Line
	for i := range 6 {
		at := time.Date(2020, 1, 1+i, 0, 0, 0, 0, time.UTC)
		all = append(all, retention.Line{Matter: retention.Matter{Ref: retention.Objection(uuid.Must(uuid.NewV7())), ClosedAt: &at}})
	}
	for _, stopped := range [][]retention.Matter{{all[1].Matter, all[4].Matter}, {all[4].Matter, all[1].Matter}} {
		page := retention.CutAt(slices.Clone(all), stopped...)
		if len(page.Lines) != 2 || page.Next != retention.CursorAt(all[1].Matter) {
			t.Errorf("%d lines, and the next after %s", len(page.Lines), page.Next)
		}
	}
}
