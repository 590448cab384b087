package accountability

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/paper"
	"minsheng/staff"
	"minsheng/triage"
)

func TestTheFourteenMeasures(t *testing.T) {
	natures := map[Nature]int{}
	for _, c := range Codes() {
		natures[c.Nature()]++
		if names[c] == "" {
			t.Errorf("%s has no name on paper", c)
		}
	}
	if len(Codes()) != 14 || natures[Decide] != 5 || natures[Recommend] != 7 || natures[Refer] != 2 {
		t.Errorf("%d measures: %v", len(Codes()), natures)
	}
	for _, s := range sanctions {
		if own := slices.Contains(s.Bodies, OwnOffice); own != (s.Nature == Decide) || own && len(s.Bodies) > 1 {
			t.Errorf("%s is %s, and addressed to %v", s.Code, s.Nature, s.Bodies)
		}
	}
	for clause, want := range map[string]string{"19.1": "第十九条第（一）项", "19.7": "第十九条第（七）项", "19.8": "19.8", "": ""} {
		if got := clauseName(clause); got != want {
			t.Errorf("%s is cited %s", clause, got)
		}
	}
}

// Every act in every state of every nature: what is not in the table is refused.
func TestWhatIsPossibleInWhichState(t *testing.T) {
	want := map[Act]map[Nature][]State{
		ToRule:   {Decide: {Proposed}, Recommend: {Proposed}, Refer: {Proposed}},
		ToServe:  {Decide: {Approved}, Recommend: {Approved}},
		ToHand:   {Refer: {Approved}},
		ToAnswer: {Decide: {Served, Appealed}, Recommend: {Served, Appealed}},
		ToAppeal: {Decide: {Served, Adopted}},
		ToLift:   {Decide: {Approved, Served, Adopted, Appealed}, Recommend: {Approved, Served, Adopted, Appealed}},
	}
	for a, of := range want {
		for _, n := range Natures() {
			for _, s := range States() {
				if got := possible(a, n, s); got != slices.Contains(of[n], s) {
					t.Errorf("%s of %s in %s: %v", a, n, s, got)
				}
			}
		}
	}
}

// tallied: a measure that was served is counted for its office and those above,
// and stands beside its item for who may know of it.
func (o *office) tallied(item uuid.UUID, code Code) {
	o.t.Helper()
	march := workday.Span{First: "2026-03-01", Last: "2026-03-31"}
	for unit, want := range map[string]int{panshan: 1, cityDesk: 1, dawa: 0} {
		if all, err := o.TallyOf(bg, o.units[unit].ID, march); err != nil || len(all) != want || want == 1 && all[0] != (Tally{code, 1}) {
			o.t.Errorf("%s counts %v, %v", unit, all, err)
		}
	}
	if all, err := o.TallyOf(bg, o.units[cityDesk].ID, workday.Span{First: "2026-02-01", Last: "2026-02-28"}); err != nil || len(all) != 0 {
		o.t.Errorf("the month before counts %v, %v", all, err)
	}
	for _, by := range []staff.Officer{o.boss, o.foreign} {
		codes, err := o.CodesOf(bg, by, []uuid.UUID{item, uuid.New()})
		if of := codes[item]; err != nil || (len(of) == 1 && of[0] == code) != (by.ID == o.boss.ID) {
			o.t.Errorf("%s reads %v, %v", by.UnitName, codes, err)
		}
	}
}

func TestADecisionFromProposalToWhatBecameOfIt(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		item := o.item(o.officer)
		id := o.proposed(o.officer, o.against(SelfCriticism, item.Number))
		for who, want := range map[*staff.Officer]int{&o.officer: 0, &o.boss: 1, &o.cityBoss: 0, &o.foreign: 0, &o.clerk: 0} {
			if n, err := o.Waiting(bg, *who); err != nil || n.Rulings != want {
				t.Errorf("%s: %+v waiting, %v", who.UnitName, n, err)
			}
		}
		o.fails("the proposer approves", o.Rule(bg, o.officer, id, 1, true, false, ""), staff.ErrForbidden)
		o.fails("served before approval", o.Serve(bg, o.officer, id, 1, o.today(), "in_person"), step.ErrState)
		o.must(o.Rule(bg, o.boss, id, 1, true, false, ""))
		o.fails("served as the page was before", o.Serve(bg, o.officer, id, 1, o.today(), "in_person"), step.ErrStale)
		o.fails("approved twice", o.Rule(bg, o.boss2, id, 2, true, false, ""), step.ErrState)
		if _, err := o.Decided(bg, o.clerk, id); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("shown to the office before it is served: %v", err)
		}
		o.on("2026-03-04")
		for field, err := range map[string]error{
			"on":  o.Serve(bg, o.officer, id, 2, "2026-03-01", "in_person"),
			"how": o.Serve(bg, o.officer, id, 2, "2026-03-03", "package"),
		} {
			if problem(err, field) == "" {
				t.Errorf("%s: %v", field, err)
			}
		}
		o.must(o.Serve(bg, o.officer, id, 2, "2026-03-03", "in_person"))
		w := o.whole(o.boss, id)
		if w.State != Served || !strings.Contains(w.Number, "责") || w.Person.Name != accused || w.Proposer != o.officer.Name || w.Ruler != o.boss.Name || len(w.Grounds) != 1 {
			t.Errorf("served: %+v", w)
		}
		o.tallied(item.ID, w.Code)
		papers, err := o.Papers.Of(bg, o.boss, ledger.OfMeasure, id)
		o.must(err)
		if len(papers) != 1 || papers[0].Kind != paper.MeasureDecision || strings.Contains(papers[0].Title, accused) {
			t.Fatalf("papers: %+v", papers)
		}
		_, said, err := o.Papers.Open(bg, o.clerk, papers[0].ID) // the office reads it
		o.must(err)
		for field, want := range map[string]string{"对象": accused, "对象职务": "甜水镇人民政府分管副镇长（分管领导）", "适用条款": theMeasures + "第十九条第（五）项", "决定措施": "责令作出书面检查", "执行要求": "十五日内书面报告。"} {
			if said.Fields[field] != want {
				t.Errorf("%s: %s", field, said.Fields[field])
			}
		}
		seen, err := o.Decided(bg, o.clerk, id)
		o.must(err)
		if seen.Proposer != "" || seen.Grounds != nil || !slices.Equal(seen.Actions, []Act{ToAppeal}) {
			t.Errorf("the office reads more than it should: %+v", seen)
		}
		o.must(o.Appeal(bg, o.clerk, id, 3, "当时分管工作已经调整，请复核。", nil))
		key := []byte(uuid.NewString())
		o.stage(key)
		o.must(o.Answer(bg, o.officer, id, 4, Feedback{Adopted: true, On: o.today(), Words: "书面检查已交，申诉经复核不成立。", FormKey: key}))
		w = o.whole(o.officer, id)
		if w.State != Adopted || len(w.Notes) != 2 || len(w.Notes[1].Files) != 1 || w.Notes[0].Unit != tianshui {
			t.Errorf("at the end: %s %+v", w.State, w.Notes)
		}
		_, content, _, err := o.OpenFile(bg, o.clerk, id, w.Notes[1].Files[0].ID)
		o.must(err)
		content.Close()
		o.must(o.Lift(bg, o.boss, id, 5, "复查后予以撤销。"))
		want := []string{"measure_proposed", "measure_approved", "paper_drafted", "paper_issued", "measure_served", "measure_appealed", "measure_adopted", "evidence_opened", "measure_lifted"}
		if got := slices.DeleteFunc(o.kinds(ledger.OfMeasure, id), func(k string) bool { return k == "paper_drafted" }); !slices.Equal(got, slices.DeleteFunc(want, func(k string) bool { return k == "paper_drafted" })) {
			t.Errorf("events %v", got)
		}
	})
}

func TestASecondPersonRules(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		item := o.item(o.officer)
		id := o.proposed(o.boss, o.against(Criticise, item.Number))
		o.fails("who proposed rules", o.Rule(bg, o.boss, id, 1, true, false, ""), step.ErrSamePerson)
		o.fails("the office above rules", o.Rule(bg, o.cityBoss, id, 1, true, false, ""), staff.ErrForbidden)
		o.fails("a stranger rules", o.Rule(bg, o.foreign, id, 1, true, false, ""), store.ErrNotFound)
		if err := o.Rule(bg, o.boss2, id, 1, false, false, "  "); problem(err, "note") == "" {
			t.Errorf("returned without a word: %v", err)
		}
		o.oneWins("two rule", []error{step.ErrStale, step.ErrState},
			func() error { return o.Rule(bg, o.boss2, id, 1, true, true, "") },
			func() error { return o.Rule(bg, o.person2(), id, 1, false, false, "事实不清，退回补充。") })
		o.must(o.Store.Read(bg).Exec("UPDATE measure SET state = 'proposed', ruled_by = NULL, version = 1 WHERE id = ?", id).Error)
		o.must(o.Rule(bg, o.boss2, id, 1, true, true, ""))
		if !o.stored(id).Public {
			t.Error("what was decided about an office may be public when the approver says so")
		}
		o.oneWins("two serve", []error{step.ErrStale, step.ErrState},
			func() error { return o.Serve(bg, o.officer, id, 2, o.today(), "office") },
			func() error { return o.Serve(bg, o.mate, id, 2, o.today(), "post") })
		o.fails("who proposed lifts", o.Lift(bg, o.boss, id, 3, "不再需要了。"), step.ErrSamePerson)
		if err := o.Store.Read(bg).Exec("UPDATE measure SET ruled_by = proposed_by WHERE id = ?", id).Error; err == nil {
			t.Error("the schema lets who proposed rule")
		}
	})
}

// person2 is a further boss of 盘山县.
func (o *office) person2() staff.Officer { return o.person(panshan, staff.Supervisor) }

// What the office may only recommend, it can never decide, and nothing about a
// person is public.
func TestDecideRecommendAndReferStayApart(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		item := o.item(o.officer)
		for what, change := range map[string]func(*Proposal){
			"code":      func(p *Proposal) { p.Code = "P_FINE" },
			"body":      func(p *Proposal) { p.Body = OwnOffice }, // the office decides on a transfer
			"body_name": func(p *Proposal) { p.BodyName = "关于" + accused + "的处理小组" },
			"target":    func(p *Proposal) { p.Target = o.units[panshan].ID },
			"clauses":   func(p *Proposal) { p.Clauses = []string{"9.2"} },
			"facts":     func(p *Proposal) { p.Facts = "不行" },
			"grounds":   func(p *Proposal) { p.Grounds = nil },
			"role":      func(p *Proposal) { p.Person.Role = "" },
			"name":      func(p *Proposal) { p.Person.Name = "" },
		} {
			p := o.against(Transfer, item.Number)
			change(&p)
			if _, err := o.Propose(bg, o.officer, p); problem(err, what) == "" {
				t.Errorf("%s: %v", what, err)
			}
		}
		unit := o.against(Transfer, item.Number)
		unit.Person = Person{}
		if _, err := o.Propose(bg, o.officer, unit); problem(err, "code") != "accountability_code_target" {
			t.Errorf("an office is transferred: %v", err)
		}
		person := o.approvedThrough(o.against(CriticisePerson, item.Number))
		if person != "accountability_public" {
			t.Errorf("a person is made public: %s", person)
		}
		id := o.handed(o.against(Transfer, item.Number))
		papers, err := o.Papers.Of(bg, o.boss, ledger.OfMeasure, id)
		o.must(err)
		if len(papers) != 1 || papers[0].Kind != paper.MeasureProposal || papers[0].ToUnitID != nil {
			t.Errorf("a recommendation is %+v", papers)
		}
		if _, err := o.Decided(bg, o.clerk, id); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("the office reads what is recommended about it: %v", err)
		}
		o.fails("appeal against a recommendation", o.Appeal(bg, o.officer, id, 3, "不服这个建议。", nil), step.ErrState)
		for _, set := range []string{"nature = 'decide'", "nature = 'refer'", "code = 'U_EXPLAIN'", "person_sealed = NULL", "role = ''", "public = true"} {
			if err := o.Store.Read(bg).Exec("UPDATE measure SET "+set+" WHERE id = ?", id).Error; err == nil {
				t.Errorf("the schema takes %s of a recommended transfer", set)
			}
		}
		decide, err := o.List(bg, o.officer, Filter{Nature: Decide})
		o.must(err)
		recommend, err := o.List(bg, o.officer, Filter{Nature: Recommend})
		o.must(err)
		if len(decide) != 1 || len(recommend) != 1 || recommend[0].ID != id {
			t.Errorf("lists: %d decided, %d recommended", len(decide), len(recommend))
		}
	})
}

// approvedThrough approves a proposal publicly and says what is wrong with that.
func (o *office) approvedThrough(p Proposal) string {
	o.t.Helper()
	id := o.proposed(o.officer, p)
	return problem(o.Rule(bg, o.boss, id, 1, true, true, ""), "public")
}

func TestACountysCommitteeIsToAnswerWithinAMonth(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		own := o.item(o.officer)
		if _, err := o.Propose(bg, o.officer, o.against(ToCounty, own.Number)); problem(err, "code") != "accountability_city" {
			t.Errorf("a county recommends to itself: %v", err)
		}
		p := o.against(ToCounty, own.Number)
		p.Body, p.BodyName, p.Person = County, "中共盘山县委", Person{Name: accused, Post: "镇长", Role: ChiefLead}
		id, err := o.Propose(bg, o.city, p)
		o.must(err)
		o.must(o.Rule(bg, o.cityBoss, id, 1, true, false, ""))
		o.must(o.Serve(bg, o.city, id, 2, "2026-03-02", "office"))
		m := o.stored(id)
		if m.DueOn == nil || *m.DueOn != "2026-04-01" {
			t.Fatalf("due on %v", m.DueOn)
		}
		papers, err := o.Papers.Of(bg, o.boss, ledger.OfMeasure, id)
		o.must(err)
		_, said, err := o.Papers.Open(bg, o.city, papers[0].ID)
		o.must(err)
		if said.Fields["主送单位"] != "中共盘山县委" || said.Fields["反馈期限"] != "2026年4月1日" {
			t.Errorf("%v", said.Fields)
		}
		owners, err := o.Owners(o.Store.Read(bg), []uuid.UUID{id, uuid.New()})
		o.must(err)
		if len(owners) != 1 || owners[id].Unit != o.units[cityDesk].ID || owners[id].Name != m.Number {
			t.Errorf("owners %+v", owners)
		}
		o.on("2026-04-08")
		w := o.whole(o.city, id)
		if w.Late != 4 || len(w.Offers) != 0 { // 清明 stands between
			t.Errorf("late by %d, offers %v", w.Late, w.Offers)
		}
		if n, err := o.Waiting(bg, o.city); err != nil || n != (Waiting{Late: 1}) {
			t.Errorf("waiting: %+v, %v", n, err)
		}
		o.must(o.Answer(bg, o.city, id, 3, Feedback{On: "2026-04-07", Words: "县委研究，不予采纳，另行诫勉。"}))
		running, err := o.Clocks.Running(o.Store.Read(bg), id)
		o.must(err)
		if m = o.stored(id); m.State != NotAdopted || m.DueOn != nil || len(running) != 0 {
			t.Errorf("answered: %+v, %d clocks", m, len(running))
		}
	})
}

func TestLinkedTargetsAreOfferedAndNeverTakenByThemselves(t *testing.T) {
	for role, want := range map[Role][]Offer{"": {OfferDeputy, OfferChief}, Direct: {OfferUnit, OfferDeputy, OfferChief}, DeputyLead: nil, ChiefLead: {OfferUnit}} {
		if got := linked(role); !slices.Equal(got, want) {
			t.Errorf("%q links %v", role, got)
		}
	}
	each(t, func(t *testing.T, o *office) {
		item := o.item(o.officer)
		id := o.proposed(o.officer, o.against(Criticise, item.Number))
		if w := o.whole(o.officer, id); len(w.Offers) != 0 {
			t.Errorf("a proposal offers %v", w.Offers)
		}
		o.must(o.Rule(bg, o.boss, id, 1, true, false, ""))
		var n int64
		o.must(o.Store.Read(bg).Table("measure").Count(&n).Error)
		if w := o.whole(o.officer, id); n != 1 || !slices.Equal(w.Offers, []Offer{OfferDeputy, OfferChief}) {
			t.Errorf("%d measures, offers %v", n, w.Offers)
		}
		p := o.against(SelfCriticism, item.Number)
		p.After, p.Offer = &id, OfferChief
		if _, err := o.Propose(bg, o.officer, p); problem(err, "target") != "accountability_linked" {
			t.Errorf("a deputy taken for the head: %v", err)
		}
		p.Offer = OfferDeputy
		if _, err := o.Propose(bg, o.cityBoss, p); !errors.Is(err, step.ErrState) && problem(err, "target") == "" {
			t.Errorf("another office takes it up: %v", err)
		}
		o.oneWins("two take up", []error{step.ErrState},
			func() error { _, err := o.Propose(bg, o.officer, p); return err },
			func() error { _, err := o.Propose(bg, o.mate, p); return err })
		o.must(o.Decline(bg, o.officer, id, OfferChief))
		o.fails("declined twice", o.Decline(bg, o.officer, id, OfferChief), step.ErrState)
		p.Offer, p.Person.Role = OfferChief, ChiefLead
		_, err := o.Propose(bg, o.officer, p)
		o.fails("taken up after it was declined", err, step.ErrState)
		if w := o.whole(o.officer, id); len(w.Offers) != 0 || len(w.Linked) != 1 {
			t.Errorf("offers %v, linked %d", w.Offers, len(w.Linked))
		}
		var child Measure
		o.must(store.One(o.Store.Read(bg).Where("after_id = ?", id), &child))
		head := o.against(SelfCriticism, item.Number)
		head.Person.Role = ChiefLead
		first := o.approved(head)
		unit := o.against(Criticise, item.Number)
		unit.After, unit.Offer = &first, OfferUnit
		if w := o.whole(o.officer, o.approved(unit)); !slices.Equal(w.Offers, []Offer{OfferDeputy}) {
			t.Errorf("what it came of is offered again: %v", w.Offers)
		}
		o.must(o.Rule(bg, o.boss, child.ID, 1, false, false, "分管领导没有责任。"))
		if w := o.whole(o.officer, id); !slices.Equal(w.Offers, []Offer{OfferDeputy}) {
			t.Errorf("after it was returned: %v", w.Offers)
		}
	})
}

func TestWordsThatGiveAReporterAwayDoNotLeave(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		c := o.complaint()
		p := o.against(Criticise, c.Number())
		var leak *triage.Leak
		p.Facts = "据" + reporter + "反映，补助没有足额发放。"
		if _, err := o.Propose(bg, o.officer, p); !errors.As(err, &leak) || leak.Findings[0].Field != "facts" {
			t.Errorf("the name: %v", err)
		}
		if !slices.Contains(o.kinds(ledger.OfComplaint, c.ID), "name_stopped") {
			t.Error("that a name was tried is not on record")
		}
		p.Facts = "会计说那三千是手续费，没有足额发放。"
		if _, err := o.Propose(bg, o.officer, p); !errors.As(err, &leak) {
			t.Errorf("the words: %v", err)
		}
		item, err := o.Docket.Convert(bg, o.officer, c.ID, c.Version, docketOf(o))
		o.must(err)
		o.must(o.Docket.Step(bg, o.officer, item, 1, "issue", enter()))
		b, err := o.Docket.Brief(bg, o.officer, item)
		o.must(err)
		p.Grounds = []string{b.Number}
		if _, err := o.Propose(bg, o.officer, p); !errors.As(err, &leak) {
			t.Errorf("through the item: %v", err)
		}
		p.Facts = "经核实，一户补助少发三千元。"
		o.proposed(o.officer, p)
	})
}

// What nobody may find: the person's name in any column in the clear.
func TestAPersonsNameStandsNowhereInTheClear(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		item := o.item(o.officer)
		id := o.handed(o.against(SelfCriticism, item.Number))
		o.must(o.Appeal(bg, o.officer, id, 3, accused+"书面提出不服。", nil))
		o.must(o.Answer(bg, o.officer, id, 4, Feedback{Adopted: true, On: o.today(), Words: accused + "已交书面检查。"}))
		found := 0
		for table, rows := range o.dump() {
			for _, row := range rows {
				if strings.Contains(row, accused) {
					t.Errorf("%s holds the name: %s", table, row)
				}
				found++
			}
		}
		if found < 100 {
			t.Errorf("the dump has %d rows", found)
		}
	})
}
