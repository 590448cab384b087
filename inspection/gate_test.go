package inspection

import (
	"slices"
	"testing"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/ledger"
	"minsheng/staff"
)

// TestNothingIsIssuedBeforeViewsWereExchanged tries every way around Art. 16 that
// there is: the steps themselves, in the wrong order and from stale pages; what a
// phone brings in; and the tables, past all code.
func TestNothingIsIssuedBeforeViewsWereExchanged(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		id := o.visited()
		f := o.found(id)
		version := o.version(id)
		bag, err := o.TakeAlong(bg, o.lead, id, "Chrome · Android")
		o.must(err)
		o.must(o.BringDraft(bg, o.lead, parcel(id, bag.Copy, uuid.New()), 0, o.talk(id))) // a draft is not an exchange

		for what, err := range map[string]error{
			"submitted":                o.SubmitFindings(bg, o.lead, id, version),
			"issued":                   o.IssueFindings(bg, o.boss, id, version),
			"issued without a version": o.IssueFindings(bg, o.boss, id, 0),
			"returned":                 o.ReturnFindings(bg, o.boss, id, version, "没有交换意见"),
			"closed":                   o.Finish(bg, o.boss, id, version, ""),
			"corrected":                o.Correct(bg, o.lead, id, f.ID, "金额应为四千元"),
		} {
			o.fails(what, err, step.ErrState)
		}
		o.must(o.Store.Transact(bg, func(tx *gorm.DB) error {
			o.fails("ordered", o.MarkOrdered(tx, o.boss, f.ID), step.ErrState)
			return nil
		}))
		// Past all code: the schema holds the gate as well.
		now, other := o.Store.Now(), o.issued()
		strange := *o.whole(other).ExchangeID
		for what, err := range map[string]error{
			"a day of issue":                   o.exec("UPDATE inspection_finding SET issued_at = ? WHERE id = ?", now, f.ID),
			"another inspection's exchange":    o.exec("UPDATE inspection_finding SET issued_at = ?, exchange_id = ?, n = 1 WHERE id = ?", now, strange, f.ID),
			"an exchange of none":              o.exec("UPDATE inspection_finding SET exchange_id = ?, n = 1 WHERE id = ?", uuid.New(), f.ID),
			"the state of issued findings":     o.exec("UPDATE inspection SET state = 'findings_issued' WHERE id = ?", id),
			"the state of an exchange":         o.exec("UPDATE inspection SET state = 'views_exchanged' WHERE id = ?", id),
			"closed":                           o.exec("UPDATE inspection SET state = 'closed' WHERE id = ?", id),
			"a finding that is born issued":    o.exec("INSERT INTO inspection_finding (id, inspection_id, clause, facts_sealed, basis, severity, households, amount_fen, requirement, written_by, written_at, issued_at, version) VALUES (?, ?, '9.2', ?, 'x', 'grave', 0, 0, 'x', ?, ?, ?, 1)", uuid.New(), id, []byte{1}, o.lead.ID, now, now),
			"an order before the issue":        o.exec("UPDATE inspection_finding SET ordered_at = ? WHERE id = ?", now, f.ID),
			"an exchange nobody signed or not": o.exec("INSERT INTO inspection_exchange (id, inspection_id, round, held_on, leaders, agreed, opinion_sealed, signed, unsigned_why, by_id, at) VALUES (?, ?, 1, '2026-03-02', '[]', true, ?, false, '', ?, ?)", uuid.New(), id, []byte{1}, o.lead.ID, now),
			"the leader's own issue":           o.exec("UPDATE inspection SET issued_by = leader_id WHERE id = ?", id),
		} {
			if err == nil {
				t.Errorf("the schema lets through: %s", what)
			}
		}
		if w := o.whole(id); w.State != UnderWay || w.Findings[0].IssuedAt != nil || w.Findings[0].N != 0 {
			t.Errorf("got past the gate: %+v", w.Inspection)
		}
		if got, err := o.Findings(o.Store.Read(bg), id); err != nil || len(got) != 0 {
			t.Errorf("rooms above read %d findings, %v", len(got), err)
		}

		o.must(o.ExchangeViews(bg, o.lead, id, o.version(id), o.talk(id)))
		o.fails("issued from a page of before the exchange", o.IssueFindings(bg, o.boss, id, version), step.ErrStale)
		o.fails("issued unasked", o.IssueFindings(bg, o.boss, id, o.version(id)), step.ErrState)
		if due := o.clocks(id); due[ruleFindings] != "2026-03-16" || len(due) != 1 {
			t.Errorf("clocks %v", due)
		}
		o.must(o.SubmitFindings(bg, o.lead, id, o.version(id)))
		o.must(o.IssueFindings(bg, o.boss, id, o.version(id)))
		if w := o.whole(id); w.State != FindingsIssued || w.Findings[0].IssuedAt == nil || w.Findings[0].N != 1 || len(o.clocks(id)) != 0 {
			t.Errorf("%+v", w.Inspection)
		}
		o.must(o.Store.Transact(bg, func(tx *gorm.DB) error { return o.MarkOrdered(tx, o.boss, f.ID) }))
		o.must(o.Store.Transact(bg, func(tx *gorm.DB) error { return o.MarkOrdered(tx, o.boss, f.ID) })) // once is enough
		o.must(o.Finish(bg, o.boss, id, o.version(id), ""))
		want := []string{"inspection_planned", "inspection_begun", "activity_recorded", "finding_written", "visit_taken_along", "exchange_prepared", "inspection_announced", "views_exchanged", "findings_submitted", "findings_issued", "finding_ordered", "inspection_closed"}
		if got := o.kinds(ledger.OfInspection, id); !slices.Equal(got, want) {
			t.Errorf("events %v", got)
		}
	})
}

// What is found after the exchange needs another one; what was exchanged stands.
func TestALateFindingNeedsItsOwnExchange(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		id := o.visited()
		first := o.found(id)
		o.exchange(id)
		late := o.found(id)
		o.fails("submitted with a finding on which nobody was heard", o.SubmitFindings(bg, o.lead, id, o.version(id)), step.ErrState)
		if _, err := o.exchangeOn(id, nil); problem(err, "opinion."+late.ID.String()) == "" {
			t.Errorf("exchanged without an opinion on it: %v", err)
		}
		o.fails("the first reworded", o.Write(bg, o.lead, id, &first.ID, first.Version+1, o.words(id)), step.ErrState)
		o.fails("the first taken back", o.Drop(bg, o.lead, id, first.ID, first.Version+1), step.ErrState)
		disagreed := map[uuid.UUID]Opinion{late.ID: {Agreed: false, Words: "资金在途，不是没有到户"}}
		talk, err := o.exchangeOn(id, disagreed)
		o.must(err)
		w := o.whole(id)
		if len(w.Talks) != 2 || w.Talks[1].Round != 2 || w.Talks[1].Signed || w.Talks[1].UnsignedWhy != talk.UnsignedWhy || *w.ExchangeID != w.Talks[1].ID {
			t.Errorf("talks %+v", w.Talks)
		}
		second := w.Findings[1]
		if second.N != 2 || len(second.Remarks) != 1 || second.Remarks[0].Agreed || second.Remarks[0].Words != disagreed[late.ID].Words {
			t.Errorf("second %+v", second)
		}
		// Past all code.
		for what, err := range map[string]error{
			"the exchange changed":    o.exec("UPDATE inspection_exchange SET agreed = true WHERE inspection_id = ?", id),
			"the exchange gone":       o.exec("DELETE FROM inspection_exchange WHERE inspection_id = ?", id),
			"the opinion changed":     o.exec("UPDATE inspection_remark SET agreed = true WHERE inspection_id = ?", id),
			"the opinion gone":        o.exec("DELETE FROM inspection_remark WHERE inspection_id = ?", id),
			"the finding reworded":    o.exec("UPDATE inspection_finding SET requirement = 'x' WHERE id = ?", late.ID),
			"its amount changed":      o.exec("UPDATE inspection_finding SET amount_fen = 1 WHERE id = ?", late.ID),
			"its exchange forgotten":  o.exec("UPDATE inspection_finding SET exchange_id = NULL WHERE id = ?", late.ID),
			"the finding gone":        o.exec("DELETE FROM inspection_finding WHERE id = ?", late.ID),
			"the gate forgotten":      o.exec("UPDATE inspection SET exchange_id = NULL WHERE id = ?", id),
			"an opinion out of order": o.exec("INSERT INTO inspection_remark (id, inspection_id, finding_id, kind, agreed, words_sealed, by_id, at) VALUES (?, ?, ?, 'opinion', true, ?, ?, ?)", uuid.New(), id, late.ID, []byte{1}, o.lead.ID, o.Store.Now()),
		} {
			if err == nil {
				t.Errorf("the schema lets through: %s", what)
			}
		}
		// What has to be added is added.
		o.must(o.Correct(bg, o.lead, id, late.ID, "涉及金额更正为三千九百元"))
		o.must(o.Comment(bg, o.town, id, nil, "镇里三日内补齐凭证"))
		o.fails("a statement on what is not issued", o.Comment(bg, o.town, id, &late.ID, "补充说明在途凭证"), store.ErrNotFound)
		o.must(o.SubmitFindings(bg, o.lead, id, o.version(id)))
		o.fails("written while it waits", o.Write(bg, o.lead, id, nil, 0, o.words(id)), step.ErrState)
		o.fails("exchanged while it waits", func() error { _, err := o.exchangeOn(id, nil); return err }(), step.ErrState)
		o.must(o.ReturnFindings(bg, o.boss, id, o.version(id), "第二条的依据写得不准，请再核对"))
		if w := o.whole(id); w.ReturnedWhy == "" || w.SubmittedAt != nil || w.State != ViewsExchanged {
			t.Errorf("returned: %+v", w.Inspection)
		}
		o.must(o.SubmitFindings(bg, o.mate, id, o.version(id)))
		o.must(o.IssueFindings(bg, o.boss, id, o.version(id)))
		o.must(o.Comment(bg, o.town, id, &late.ID, "补充说明：凭证已经补齐"))
		if remarks := o.whole(id).Findings[1].Remarks; len(remarks) != 3 || remarks[0].Kind != "opinion" || remarks[1].Kind != "correction" || remarks[2].Kind != "statement" {
			t.Errorf("remarks %+v", remarks)
		}
	})
}

// exchangeOn exchanges views with these opinions and no signature.
func (o *office) exchangeOn(id uuid.UUID, of map[uuid.UUID]Opinion) (Talk, error) {
	talk := Talk{HeldOn: o.today(), Leaders: []string{"镇长 季某"}, Whole: Opinion{false, "有一条不认可"}, Of: of, UnsignedWhy: "主要负责人出差，分管负责人不签"}
	return talk, o.ExchangeViews(bg, o.lead, id, o.version(id), talk)
}

func TestWhoIssuesWasNotThere(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		m := o.mandate()
		chief := o.person(panshan, staff.Supervisor)
		m.Leader, m.Members = o.boss.ID, []uuid.UUID{o.lead.ID, chief.ID}
		id, err := o.Arrange(bg, o.lead, m)
		o.must(err)
		o.must(o.Record(bg, o.lead, id, o.done()))
		o.found(id)
		o.exchange(id)
		o.must(o.SubmitFindings(bg, chief, id, o.version(id)))
		version := o.version(id)
		o.fails("by the leader", o.IssueFindings(bg, o.boss, id, version), step.ErrSamePerson)
		o.fails("by a member", o.IssueFindings(bg, chief, id, version), step.ErrSamePerson)
		o.fails("by who may not approve", o.IssueFindings(bg, o.idle, id, version), staff.ErrForbidden)
		o.fails("by the office above", o.IssueFindings(bg, o.city, id, version), staff.ErrForbidden)
		o.fails("by another county", o.IssueFindings(bg, o.other, id, version), store.ErrNotFound)
		o.fails("by the inspected office", o.IssueFindings(bg, o.clerk, id, version), store.ErrNotFound)
		// Out of the team it is still the one who asked.
		o.must(o.exec("DELETE FROM inspection_member WHERE account_id = ?", chief.ID))
		o.fails("by who submitted them", o.IssueFindings(bg, chief, id, version), step.ErrSamePerson)
		o.must(o.IssueFindings(bg, o.person(panshan, staff.Supervisor), id, version))
	})
}

func TestOfManyAtTheGateOneIsRight(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		// Two exchange views from the same page.
		id := o.visited()
		o.found(id)
		version, talk := o.version(id), o.talk(id)
		o.oneWins(race(
			func() error { return o.ExchangeViews(bg, o.lead, id, version, talk) },
			func() error { return o.ExchangeViews(bg, o.mate, id, version, talk) },
		), step.ErrStale)
		// Two approvers issue; a third returns; a member writes one more finding.
		o.must(o.SubmitFindings(bg, o.lead, id, o.version(id)))
		second := o.person(panshan, staff.Supervisor)
		version = o.version(id)
		o.oneWins(race(
			func() error { return o.IssueFindings(bg, o.boss, id, version) },
			func() error { return o.IssueFindings(bg, second, id, version) },
			func() error {
				return o.Write(bg, o.mate, id, nil, 0, Words{Clause: "9.6", Facts: "发放表没有公示，村民不知道。", Basis: "第九条第六项", Severity: Ordinary, Requirement: "补公示十日", Activities: o.words(id).Activities})
			},
		), step.ErrStale, step.ErrState)
		for _, f := range o.whole(id).Findings {
			if f.IssuedAt == nil || f.ExchangeID == nil {
				t.Errorf("issued beside it: %+v", f)
			}
		}
		// Somebody deletes the exchange while the findings are issued.
		id = o.visited()
		o.found(id)
		o.exchange(id)
		o.must(o.SubmitFindings(bg, o.lead, id, o.version(id)))
		version = o.version(id)
		got := race(
			func() error { return o.IssueFindings(bg, o.boss, id, version) },
			func() error { return o.exec("DELETE FROM inspection_exchange WHERE inspection_id = ?", id) },
			func() error { return o.exec("UPDATE inspection SET exchange_id = NULL WHERE id = ?", id) },
		)
		if got[0] != nil || got[1] == nil || got[2] == nil {
			t.Errorf("got %v", got)
		}
		if w := o.whole(id); w.State != FindingsIssued || len(w.Talks) != 1 {
			t.Errorf("%+v", w.Inspection)
		}
	})
}

func TestAnExchangeIsWrittenDownInFull(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		id := o.visited()
		f := o.found(id)
		for what, c := range map[string]struct {
			change func(*Talk)
			field  string
		}{
			"tomorrow":                   {func(t *Talk) { t.HeldOn = "2026-03-03" }, "held_on"},
			"no day":                     {func(t *Talk) { t.HeldOn = "" }, "held_on"},
			"with nobody":                {func(t *Talk) { t.Leaders = nil }, "leaders"},
			"with a letter":              {func(t *Talk) { t.Leaders = []string{"季"} }, "leaders"},
			"against it without a word":  {func(t *Talk) { t.Whole = Opinion{} }, "opinion"},
			"against one without a word": {func(t *Talk) { t.Of[f.ID] = Opinion{} }, "opinion." + f.ID.String()},
			"without one's opinion":      {func(t *Talk) { t.Of = nil }, "opinion." + f.ID.String()},
			"unsigned without a reason":  {func(t *Talk) { t.Signed = false }, "unsigned_why"},
		} {
			talk := o.talk(id)
			c.change(&talk)
			if err := o.ExchangeViews(bg, o.lead, id, o.version(id), talk); problem(err, c.field) == "" {
				t.Errorf("%s: %v", what, err)
			}
		}
		// It is prepared first, by whoever is faster.
		draft := o.talk(id)
		o.must(o.KeepDraft(bg, o.lead, id, 0, draft))
		var other *DraftConflict
		if err := o.KeepDraft(bg, o.mate, id, 0, draft); !asDraft(err, &other) || other.Now.By != o.lead.Name || other.Now.Leaders[0] != draft.Leaders[0] {
			t.Errorf("prepared twice: %v", err)
		}
		draft.Whole.Words = "改过的意见"
		o.must(o.KeepDraft(bg, o.mate, id, 1, draft))
		if p := o.whole(id).Prepared; p.Version != 2 || p.Whole.Words != "改过的意见" || p.By != o.mate.Name {
			t.Errorf("prepared %+v", p)
		}
		draft.Form = []byte("a sheet with signatures")
		o.stage(draft.Form)
		o.must(o.ExchangeViews(bg, o.lead, id, o.version(id), draft))
		w := o.whole(id)
		if w.Prepared.Version != 0 || len(w.Talks) != 1 || len(w.Talks[0].Files) != 1 || w.AnnouncedAt == nil {
			t.Errorf("%+v", w.Talks)
		}
		// No findings, no objections: that is an end as well.
		clean := o.visited()
		o.exchange(clean)
		o.fails("nothing is submitted", o.SubmitFindings(bg, o.lead, clean, o.version(clean)), step.ErrState)
		o.must(o.Finish(bg, o.lead, clean, o.version(clean), "未发现问题"))
		if w := o.whole(clean); w.State != Closed || len(o.clocks(clean)) != 0 {
			t.Errorf("%+v", w.Inspection)
		}
		// With findings it is none.
		o.fails("closed over its findings", o.Finish(bg, o.boss, id, o.version(id), ""), step.ErrState)
	})
}
