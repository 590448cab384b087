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
	"gorm.io/gorm/clause"

	"minsheng/intake"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/retention"
	"minsheng/staff"
)

// What is due is destroyed by two, and what keeps it keeps it.
func TestTwoPeopleDestroyWhatIsDue(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		want := func(what string, err, sentinel error) {
			t.Helper()
			if !errors.Is(err, sentinel) {
				t.Errorf("%s: %v, want %v", what, err, sentinel)
			}
		}
		old, digits := o.ended(11, intake.Unsubstantiated)
		founded, _ := o.ended(11, intake.Partly)
		young, _ := o.ended(2, intake.Unsubstantiated)
		open, _ := o.ended(4, intake.Unsubstantiated)
		o.exec("UPDATE complaint SET closed_at = NULL WHERE id = ?", open.ID)
		if got := o.due(o.keeper, retention.Words); !slices.Equal(got, []string{old.Number()}) {
			t.Errorf("words due: %v", got)
		}
		if got := o.due(o.chief, retention.Names); !slices.Equal(got, []string{old.Number(), founded.Number()}) {
			t.Errorf("names due: %v", got)
		}

		// Who may not know of the case reads of nothing and changes nothing.
		foreign := o.officer(dawa, staff.IdentityCustodian)
		if got := o.due(foreign, retention.Names); len(got) != 0 {
			t.Errorf("a foreign office reads %v", got)
		}
		want("a foreign office asks", o.Ask(bg, foreign, retention.Case(old.ID), retention.Words, retention.Due, ""), store.ErrNotFound)
		for _, by := range []staff.Officer{o.admin, o.auditor, o.handler, o.chief} {
			want("asks: "+string(by.Roles[0]), errors.Join(o.Ask(bg, by, retention.Case(old.ID), retention.Words, retention.Due, "")), map[bool]error{true: staff.ErrForbidden, false: store.ErrNotFound}[by.May(staff.ReadCases)])
		}
		want("not due", o.Ask(bg, o.keeper, retention.Case(young.ID), retention.Names, retention.Due, ""), retention.ErrNotDue)
		want("not due", o.Ask(bg, o.keeper, retention.Case(founded.ID), retention.Words, retention.Due, ""), retention.ErrNotDue)
		var held *retention.Held
		if err := o.Ask(bg, o.keeper, retention.Case(open.ID), retention.Names, retention.Wish, "反映人自己要求"); !errors.As(err, &held) || held.By[0] != "open" {
			t.Errorf("open: %v", err)
		}

		id := o.asked(old, retention.Words, retention.Due)
		want("asked twice", o.Ask(bg, o.keeper, retention.Case(old.ID), retention.Names, retention.Due, ""), step.ErrState)
		both := o.keeper
		both.Roles = []staff.Role{staff.IdentityCustodian, staff.Supervisor}
		want("the same person", o.Rule(bg, both, id, true), step.ErrSamePerson)
		want("an office below", o.Rule(bg, o.boss, id, true), store.ErrNotFound)
		want("an administrator", o.Rule(bg, o.admin, id, true), store.ErrNotFound)
		want("a custodian", o.Rule(bg, o.officer(cityDesk, staff.IdentityCustodian), id, true), staff.ErrForbidden)
		took := o.officer(cityDesk, staff.Supervisor)
		o.exec("UPDATE complaint SET owner_id = ? WHERE id = ?", took.ID, old.ID)
		want("who handled it", o.Rule(bg, took, id, true), retention.ErrTookPart)
		if o.again(old.ID).Erased != "" || o.files() == 0 {
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
		if o.events("erased") != 2 { // of the report, and of its one part
			t.Errorf("%d events", o.events("erased"))
		}
		o.destroyed(old, digits)
		if got := o.files(); got != before-1 {
			t.Errorf("%d of %d files are left", got, before)
		}
		if got := o.due(o.keeper, retention.Words); len(got) != 0 {
			t.Errorf("still due: %v", got)
		}
		want("once more", o.Ask(bg, o.keeper, retention.Case(old.ID), retention.Words, retention.Wish, "反映人自己要求"), step.ErrState)

		// A name alone, at the reporter's wish, before it is due.
		name := o.asked(young, retention.Names, retention.Wish)
		o.must(o.Rule(bg, o.chief, name, false))
		if o.again(young.ID).Erased != "" {
			t.Error("refused, and destroyed all the same")
		}
		o.must(o.Rule(bg, o.chief, o.asked(young, retention.Names, retention.Wish), true))
		var names int64
		o.must(o.Store.Read(bg).Table("sealed_blob").Where("owner_id = ? AND kind = 'identity'", young.ReportID).Count(&names).Error)
		if c, err := o.Triage.Case(bg, o.keeper, young.ID); err != nil || c.HasName || names != 0 || c.Narrative.Text == "" || c.Summary == "" {
			t.Errorf("after the name: %v %d %q %v", c.HasName, names, c.Narrative.Text, err)
		}
		late := o.asked(founded, retention.Names, retention.Due)
		o.now.Add(int64(15 * 24 * time.Hour))
		want("nobody answered in time", o.Rule(bg, o.chief, late, true), step.ErrState)
		done, err := o.Done(bg, o.auditor)
		if err != nil || len(done) != 2 || done[1].Number != old.Number() || done[1].RuledUnit != cityDesk || done[1].Basis == "" {
			t.Errorf("an auditor reads %+v, %v", done, err)
		}
	})
}

// destroyed holds what must be true once the words of a case are gone.
func (o *office) destroyed(c intake.Complaint, digits string) {
	o.t.Helper()
	now, err := o.Triage.Case(bg, o.chief, c.ID)
	o.must(err)
	if now.Erased != intake.WordsErased || now.Outcome != c.Outcome || now.Kind != c.Kind || now.PlaceName != c.PlaceName {
		o.t.Errorf("the case says %+v", now.Complaint)
	}
	for _, m := range now.Messages {
		if m.Text != "" || len(m.Files) > 0 {
			o.t.Errorf("a message says %q", m.Text)
		}
	}
	if now.Narrative.Text != "" || now.Summary != "" || len(now.Files) > 0 || now.HasName {
		o.t.Errorf("the case shows %+v", now)
	}
	var keys, names int64
	o.must(o.Store.Read(bg).Table("content_key").Where("owner_id = ? OR owner_id IN (SELECT id FROM message WHERE report_id = ?)", c.ReportID, c.ReportID).Count(&keys).Error)
	o.must(o.Store.Read(bg).Table("sealed_blob").Where("owner_id = ? AND kind = 'identity'", c.ReportID).Count(&names).Error)
	if keys+names != 0 {
		o.t.Errorf("%d keys and %d names are left", keys, names)
	}
	page, err := o.intake.Track(bg, digits)
	if err != nil || len(page.Matters) != 1 || page.Files != 0 {
		o.t.Errorf("under the receipt: %+v, %v", page, err)
	}
}

// Each hold keeps what is due, and is named.
func TestWhatIsStillNeededIsKept(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		c, _ := o.ended(11, intake.Unsubstantiated)
		other, _ := o.ended(1, intake.Unsubstantiated)
		city, poor := o.units[cityDesk].ID, o.units["盘山县扶贫开发办公室"].ID
		item, order, measure, referral, now := uuid.New(), uuid.New(), uuid.New(), uuid.New(), o.Store.Now()
		insert := func(table string, row map[string]any) {
			t.Helper()
			o.must(o.Store.Read(bg).Table(table).Create(maps.Clone(row)).Error) // GORM adds to it
		}
		insert("supervision_item", map[string]any{"id": item, "issuer_id": city, "year": 2026, "number": "盘督交〔2026〕1号", "title": "核查", "summary": "请核查。", "requirement": "逐户核对。",
			"urgency": "normal", "state": "issued", "place_code": shuangliu, "lead_unit_id": poor, "created_by": o.chief.ID, "created_at": now, "issued_at": now, "due_on": "2026-05-01", "version": 1})
		tie := func(table, id string, row map[string]any) (set, lift func()) {
			return func() { insert(table, row) }, func() { o.exec("DELETE FROM "+table+" WHERE "+id+" = ?", row[id]) }
		}
		setItem, liftItem := tie("item_complaint", "item_id", map[string]any{"item_id": item, "complaint_id": c.ID})
		setAppeal, liftAppeal := tie("appeal", "complaint_id", map[string]any{"id": uuid.New(), "complaint_id": c.ID, "level": "review", "asked_for": c.ID, "from_unit_id": city, "desk_unit_id": city,
			"message_id": o.message(c), "asked_at": now, "state": "open", "ruling": "", "version": 1})
		setTie, liftTie := tie("complaint_earlier", "complaint_id", map[string]any{"complaint_id": other.ID, "earlier_report_id": c.ReportID, "at": now, "audit_at": now, "audit_found": ""})
		// What comes of an item goes on when the item is closed.
		insert("rectification_order", map[string]any{"id": order, "unit_id": city, "target_id": poor, "item_id": item, "root_id": order, "round": 1, "number": "", "exchange": "", "requirement": "", "contact": "",
			"state": "proposed", "proposed_by": o.chief.ID, "proposed_at": now, "closed_at": now, "due_rule": "", "version": 1})
		insert("measure", map[string]any{"id": measure, "unit_id": city, "code": "U_RECTIFY", "nature": "decide", "target_id": poor, "role": "", "level": "", "clauses": "[]", "words_sealed": []byte{1}, "body": "own", "body_name": "",
			"offer": "", "state": "served", "number": "", "public": false, "proposed_by": o.keeper.ID, "proposed_at": now, "ruled_by": o.chief.ID, "served_how": "", "version": 1})
		insert("referral", map[string]any{"id": referral, "unit_id": city, "organ": "discipline", "target_id": poor, "said_sealed": []byte{1}, "state": "handed", "number": "盘督移〔2026〕1号", "composed_by": o.keeper.ID, "composed_at": now,
			"ruled_by": o.chief.ID, "file_id": uuid.New(), "sha256": []byte{1}, "list_sealed": []byte{1}, "recipient": "", "version": 1})
		behind := func(set, lift func()) (s, l func()) {
			return func() {
				o.exec("UPDATE supervision_item SET closed_at = ? WHERE id = ?", now, item)
				liftItem()
				setItem()
				set()
			}, lift
		}
		ground := func(of string, id uuid.UUID, kind string, ref uuid.UUID) (set, lift func()) {
			return tie(of+"_ground", of+"_id", map[string]any{of + "_id": id, "kind": kind, "ref_id": ref, "number": ""})
		}
		setOrder, liftOrder := behind(func() { o.exec("UPDATE rectification_order SET closed_at = NULL WHERE id = ?", order) }, func() { o.exec("UPDATE rectification_order SET closed_at = ? WHERE id = ?", now, order) })
		setMeasure, liftMeasure := ground("measure", measure, "complaint", c.ID)
		setMeasureOfItem, liftMeasureOfItem := behind(ground("measure", measure, "item", item))
		setMeasureOfOrder, _ := behind(ground("measure", measure, "order", order))
		setReferral, liftReferral := ground("referral", referral, "complaint", c.ID)
		setReferralOfItem, liftReferralOfItem := behind(ground("referral", referral, "item", item))
		setReferralOfOrder, _ := behind(ground("referral", referral, "order", order))
		for _, h := range []struct {
			code      string
			set, lift func()
		}{
			{"item", setItem, liftItem}, {"appeal", setAppeal, liftAppeal}, {"retaliation", setTie, liftTie},
			{"open", func() { o.exec("UPDATE complaint SET second_desk_id = ? WHERE id = ?", city, c.ID) }, func() { o.exec("UPDATE complaint SET second_desk_id = NULL WHERE id = ?", c.ID) }},
			{"merged", func() {
				o.exec("UPDATE complaint SET closed_at = NULL WHERE id = ?", other.ID)
				o.exec("UPDATE complaint SET merged_into = ? WHERE id = ?", other.ID, c.ID)
			}, func() { o.exec("UPDATE complaint SET merged_into = NULL WHERE id = ?", c.ID) }},
			{"order", setOrder, liftOrder},
			{"measure", setMeasure, liftMeasure}, {"measure", setMeasureOfItem, liftMeasureOfItem},
			{"measure", setMeasureOfOrder, func() { o.exec("UPDATE measure SET state = 'adopted' WHERE id = ?", measure) }},
			{"referral", setReferral, liftReferral}, {"referral", setReferralOfItem, liftReferralOfItem},
			{"referral", setReferralOfOrder, func() { o.exec("UPDATE referral SET state = 'received' WHERE id = ?", referral) }},
			{"wanted", func() { o.must(o.Keep(bg, o.chief, retention.Case(c.ID), "法院调卷")) }, func() { o.must(o.LetGo(bg, o.chief, retention.Case(c.ID))) }},
		} {
			if got := o.due(o.keeper, retention.Words); !slices.Contains(got, c.Number()) {
				t.Fatalf("before %s: due %v", h.code, got)
			}
			h.set()
			if got := o.due(o.keeper, retention.Words); slices.Contains(got, c.Number()) {
				t.Errorf("%s: still listed", h.code)
			}
			var held *retention.Held
			if err := o.Ask(bg, o.keeper, retention.Case(c.ID), retention.Words, retention.Due, ""); !errors.As(err, &held) || !slices.Contains(held.By, h.code) {
				t.Errorf("%s: %v", h.code, err)
			}
			h.lift()
		}
		// What is asked for and then kept is not destroyed.
		id := o.asked(c, retention.Words, retention.Due)
		o.must(o.Keep(bg, o.chief, retention.Case(c.ID), "法院调卷"))
		var held *retention.Held
		if err := o.Rule(bg, o.chief, id, true); !errors.As(err, &held) || o.again(c.ID).Erased != "" {
			t.Errorf("kept meanwhile: %v", err)
		}
		o.must(o.LetGo(bg, o.chief, retention.Case(c.ID)))
		// Hidden from who is accused, and from who sees a part only.
		o.exec("INSERT INTO complaint_subject (complaint_id, unit_id, named_by, at) VALUES (?, ?, ?, ?)", c.ID, city, o.chief.ID, now)
		if got := o.due(o.keeper, retention.Words); slices.Contains(got, c.Number()) {
			t.Error("the accused office reads of it")
		}
		if w, err := o.Waiting(bg, o.auditor); err != nil || len(w) != 0 {
			t.Errorf("its auditor reads %v, %v", w, err)
		}
		if w, err := o.Waiting(bg, o.chief); err != nil || len(w) != 0 {
			t.Errorf("its supervisor reads %v, %v", w, err)
		}
	})
}

func (o *office) message(c intake.Complaint) (id uuid.UUID) {
	o.t.Helper()
	var m struct{ ID uuid.UUID }
	o.must(store.One(o.Store.Read(bg).Table("message").Where("report_id = ?", c.ReportID).Limit(1), &m))
	return m.ID
}

// A rule changes from now on, after a look at what it would do.
func TestHowLongIsForTheHighestOffice(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		for range 3 {
			o.ended(6, intake.Unsubstantiated)
		}
		change := retention.Change{What: retention.Words, Class: retention.Other, Years: 5, Basis: "市档案局批复", Why: "缩短保管期限"}
		if before, after, err := o.Preview(bg, o.admin, change); err != nil || before != 0 || after != 3 {
			t.Errorf("%d → %d, %v", before, after, err)
		}
		if err := o.SetRule(bg, o.chief, change); !errors.Is(err, staff.ErrForbidden) {
			t.Errorf("a supervisor: %v", err)
		}
		if err := o.SetRule(bg, o.officer(panshan, staff.Administrator), change); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a county: %v", err)
		}
		var wrong *step.Invalid
		if err := o.SetRule(bg, o.admin, retention.Change{What: retention.Words, Class: retention.Other, Years: 101}); !errors.As(err, &wrong) || len(wrong.Problems) != 3 {
			t.Errorf("nonsense: %v", err)
		}
		o.must(o.SetRule(bg, o.admin, change))
		if got := o.due(o.keeper, retention.Words); len(got) != 3 {
			t.Errorf("due: %v", got)
		}
		if rules, err := o.Rules(bg); err != nil || len(rules) != 5 {
			t.Errorf("%v, %v", rules, err)
		}
	})
}

// A backup that is put back does not bring back what was destroyed.
func TestWhatWasDestroyedStaysSoAfterARestore(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		c, digits := o.ended(11, intake.Unsubstantiated)
		backup := o.copy(c)
		o.must(o.Rule(bg, o.chief, o.asked(c, retention.Words, retention.Due), true))
		kept, err := os.ReadFile(o.File)
		if err != nil || strings.Count(string(kept), "\n") != 1 || strings.Contains(string(kept), "到期") {
			t.Fatalf("outside: %s, %v", kept, err)
		}
		o.must(o.Tend(bg))
		if again, _ := os.ReadFile(o.File); string(again) != string(kept) {
			t.Errorf("written twice: %s", again)
		}
		o.putBack(c, backup)
		o.exec("UPDATE erasure SET state = 'asked', ruled_by = NULL, ruled_unit = NULL, ruled_at = NULL")
		if now, err := o.Triage.Case(bg, o.chief, c.ID); err != nil || now.Narrative.Text == "" {
			t.Fatalf("the backup holds nothing: %v", err)
		}
		if n, err := o.Reapply(bg); err != nil || n != 1 {
			t.Fatalf("%d, %v", n, err)
		}
		o.destroyed(c, digits)
		if n, err := o.Reapply(bg); err != nil || n != 0 {
			t.Errorf("once more: %d, %v", n, err)
		}
		if done, err := o.Done(bg, o.auditor); err != nil || len(done) != 1 {
			t.Errorf("%v, %v", done, err)
		}
		// A line that a crash cut off loses none after it.
		f, err := os.OpenFile(o.File, os.O_APPEND|os.O_WRONLY, 0)
		o.must(err)
		_, err = f.WriteString(`{"request":"`)
		o.must(errors.Join(err, f.Close()))
		second, _ := o.ended(11, intake.Unsubstantiated)
		o.must(o.Rule(bg, o.chief, o.asked(second, retention.Names, retention.Due), true))
		o.exec("UPDATE complaint SET erased = '' WHERE id = ?", second.ID)
		if n, err := o.Reapply(bg); err != nil || n != 1 {
			t.Errorf("after a torn line: %d, %v", n, err)
		}
	})
}

// copy keeps what an erasure changes of one case, as a backup does.
func (o *office) copy(c intake.Complaint) map[string][]map[string]any {
	o.t.Helper()
	all := map[string][]map[string]any{}
	for table, where := range copied {
		var rows []map[string]any
		o.must(o.Store.Read(bg).Table(table).Where(where, c.ReportID).Find(&rows).Error)
		all[table] = rows
	}
	return all
}

var copied = map[string]string{"sealed_blob": "owner_id = ?", "content_key": "owner_id = ? OR 1 = 1", "message": "report_id = ?", "complaint": "report_id = ?"}

func (o *office) putBack(c intake.Complaint, backup map[string][]map[string]any) {
	o.t.Helper()
	o.putBackWords(c.ReportID, backup)
	o.exec("UPDATE complaint SET erased = '', summary = '反映双柳村危房改造补助未足额发放' WHERE id = ?", c.ID)
}

func (o *office) putBackWords(report uuid.UUID, backup map[string][]map[string]any) {
	o.t.Helper()
	for _, blob := range backup["sealed_blob"] {
		o.exec("DELETE FROM sealed_blob WHERE owner_id = ? AND kind = ?", report, blob["kind"])
		o.must(o.Store.Read(bg).Table("sealed_blob").Create(blob).Error)
	}
	for _, key := range backup["content_key"] {
		o.must(o.Store.Read(bg).Table("content_key").Clauses(clause.OnConflict{DoNothing: true}).Create(key).Error)
	}
	for _, m := range backup["message"] {
		o.exec("UPDATE message SET body_sealed = ?, keyed = ? WHERE id = ?", m["body_sealed"], m["keyed"], m["id"])
	}
}
